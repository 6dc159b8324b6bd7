//! The small grammars an entry's text must follow.
//!
//! Pure predicates; a text that follows none of them is refused by the caller.

const ID_BYTES_MAX: usize = 128;

/// `2026-11-22T09:30:00Z`, with up to nine digits of a second's fraction.
pub(super) fn is_utc_timestamp(text: &str) -> bool {
    let Some((date, time)) = text.strip_suffix('Z').and_then(|text| text.split_once('T')) else {
        return false;
    };
    let (seconds, fraction) = time.split_once('.').map_or((time, "0"), |(s, f)| (s, f));
    let fraction_holds =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|b| b.is_ascii_digit());
    let (Some([year, month, day]), Some([hour, minute, second])) = (
        numbers(date, '-', [4, 2, 2]),
        numbers(seconds, ':', [2, 2, 2]),
    ) else {
        return false;
    };
    fraction_holds
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60
}

/// Words of `a-z0-9_` that begin with a letter, two at least, joined by dots.
pub(super) fn is_dotted_name(text: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    text.len() <= ID_BYTES_MAX && text.contains('.') && text.split('.').all(word)
}

/// An identifier: visible ASCII, and no e-mail address.
pub(super) fn is_id(text: &str) -> bool {
    (1..=ID_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic())
        && !looks_personal(text)
}

/// Whether an e-mail address stands somewhere in the text: an `@` with a
/// character before it and a dotted domain after it that ends in letters.
pub(super) fn looks_personal(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || "<>,;()[]\"'".contains(c))
        .any(|word| {
            word.rsplit_once('@').is_some_and(|(local, domain)| {
                let domain = domain.trim_end_matches(|c: char| !c.is_alphanumeric());
                !local.is_empty()
                    && domain.rsplit_once('.').is_some_and(|(name, top)| {
                        !name.is_empty()
                            && top.chars().count() > 1
                            && top.chars().all(char::is_alphabetic)
                    })
            })
        })
}

fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(separator);
    let mut found = [0; 3];
    for (number, width) in found.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width)?;
        if !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

const fn days_in(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for good in [
            "2026-11-22T09:30:00Z",
            "2024-02-29T23:59:59.123456789Z",
            "2000-02-29T00:00:00.5Z",
        ] {
            assert!(is_utc_timestamp(good), "{good}");
        }
        for bad in [
            "",
            "2026-11-22",
            "2026-11-22T09:30:00",
            "2026-11-22T09:30:00+00:00",
            "2026-11-22t09:30:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T09:30:60Z",
            "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-11-31T00:00:00Z",
            "2026-11-22T09:30:00.Z",
            "2026-11-22T09:30:00.1234567890Z",
            "2026-11-22T9:30:00Z",
            "2026-11-22T+9:30:00Z",
            "2026-11-22T09:30:00:00Z",
        ] {
            assert!(!is_utc_timestamp(bad), "{bad}");
        }
    }

    #[test]
    fn names_and_ids() {
        assert!(is_dotted_name("subject_request.completed"));
        for bad in ["", "completed", ".a", "a.", "a..b", "A.b", "a.1b", "a b.c"] {
            assert!(!is_dotted_name(bad), "{bad}");
        }
        assert!(is_id("retain.usage_events") && is_id("sha256:ab12"));
        for bad in ["", "two words", "caf\u{e9}", "ada@example.org"] {
            assert!(!is_id(bad), "{bad}");
        }
        assert!(!is_id(&"a".repeat(129)));
    }

    #[test]
    fn addresses() {
        for personal in [
            "ada@example.org",
            "for <ada@mail.example.org>.",
            "x,ada+1@b.co;",
            "\u{e9}@\u{e9}.fr",
        ] {
            assert!(looks_personal(personal), "{personal}");
        }
        for fine in [
            "",
            "@",
            "a@b",
            "c2sp.org/tlog-proof@v1",
            "tool@v1.0.0",
            "@example.org",
            "a@.org",
        ] {
            assert!(!looks_personal(fine), "{fine}");
        }
    }
}
