//! Until when a certificate holds: the one fact of it that the library which
//! judges it doesn't tell. Reads DER as far as that (RFC 5280, 4.1).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The end of its time; `None` of what is no certificate.
pub(super) fn expires(der: &[u8]) -> Option<Timestamp> {
    let (_, certificate, _) = element(der).filter(|(tag, ..)| *tag == SEQUENCE)?;
    let (_, mut rest, _) = element(certificate)?;
    let (first, _, after) = element(rest)?;
    if first == VERSION {
        rest = after;
    }
    // Its number, its algorithm, who signed it.
    for _ in 0..3 {
        (_, _, rest) = element(rest)?;
    }
    let (_, validity, _) = element(rest)?;
    let (_, _, rest) = element(validity)?;
    let (kind, until, _) = element(rest)?;
    moment(kind, std::str::from_utf8(until).ok()?)
}

/// The first element: its tag, its content, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*length) {
        short if short < 0x80 => (short, rest),
        long => {
            let (bytes, rest) = rest.split_at_checked(long - 0x80)?;
            let add = |sum: usize, byte: &u8| sum.checked_mul(256)?.checked_add(usize::from(*byte));
            (bytes.iter().try_fold(0, add)?, rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// `261123080000Z`, or with four figures for the year.
fn moment(kind: u8, text: &str) -> Option<Timestamp> {
    let full = match kind {
        // Years from 50 on are of the last century.
        UTC_TIME if text.as_bytes().first()? >= &b'5' => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let at = DateTime::strptime("%Y%m%d%H%M%SZ", &full).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_both_forms() {
        let at = |kind, text| moment(kind, text).map(|at| at.to_string());
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(at(UTC_TIME, "261123080000Z"), is("2026-11-23T08:00:00Z"));
        assert_eq!(at(UTC_TIME, "991231235959Z"), is("1999-12-31T23:59:59Z"));
        let later = at(GENERALIZED_TIME, "20510101000000Z");
        assert_eq!(later, is("2051-01-01T00:00:00Z"));
        assert_eq!(at(UTC_TIME, "tomorrow"), None);
    }

    #[test]
    fn what_is_cut_is_no_certificate() {
        assert_eq!(expires(&[]), None);
        assert_eq!(expires(&[SEQUENCE, 0x82, 0x01]), None);
        assert_eq!(expires(&[SEQUENCE, 3, SEQUENCE, 1, 2]), None);
        assert_eq!(expires(&[SEQUENCE, 0xff]), None);
    }
}
