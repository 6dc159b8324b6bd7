//! PostgreSQL says exactly how far each replica has come: the place in its log
//! up to which it has replayed. Whose log it is, says the identifier that a
//! cluster is given when it is made and that its copies keep.

use super::Stand;
use crate::error::Fault;
use crate::source::Source;

// What is not written out yet counts as well: a commit may be told before.
const POSITION: &str = "/* candor: how far is everything that was written */
SELECT pg_current_wal_insert_lsn()::text || ' ' || (SELECT system_identifier FROM pg_control_system())::text
       || ' ' || (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'wal_segment_size')";
const FOLLOWS: &str = "/* candor: how far has the replica come */
SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text ELSE '' END
       || ' ' || (SELECT system_identifier FROM pg_control_system())::text || ' '";

/// A place in the log, and whose log it is.
#[derive(Debug)]
pub(super) struct Written {
    place: Option<u64>,
    system: String,
}

pub(super) async fn written(database: &Source) -> Result<Written, Fault> {
    position(database, POSITION).await
}

pub(super) async fn stand(replica: &Source, written: &Written) -> Result<Stand, Fault> {
    let reached = position(replica, FOLLOWS).await?;
    if reached.system != written.system {
        return Ok(Stand::Refused("follows another database".to_owned()));
    }
    Ok(match reached.place {
        None => Stand::Refused("follows nothing: it is a database of its own".to_owned()),
        place if place >= written.place => Stand::CaughtUp,
        Some(_) => Stand::Behind("has not caught up".to_owned()),
    })
}

async fn position(source: &Source, sql: &str) -> Result<Written, Fault> {
    let found = source.texts_of(sql).await?.unwrap_or_default();
    let (place, rest) = found.split_once(' ').unwrap_or_default();
    let (system, segment) = rest.split_once(' ').unwrap_or_default();
    let place = place_in_log(place);
    let place = place.map(|place| end_of_records(place, segment.parse().unwrap_or(0)));
    Ok(Written {
        place,
        system: system.to_owned(),
    })
}

/// `16/B374D848` as PostgreSQL writes a place in its log.
fn place_in_log(text: &str) -> Option<u64> {
    let (high, low) = text.split_once('/')?;
    let high = u64::from_str_radix(high, 16).ok()?;
    let low = u64::from_str_radix(low, 16).ok()?;
    high.checked_mul(1 << 32)?.checked_add(low)
}

/// Bytes of a page of the log, of its head, and of the head that begins a
/// segment.
const PAGE: u64 = 8192;
const HEAD: u64 = 24;
const FIRST_HEAD: u64 = 40;

/// Where the last record ends. What is written next stands behind the head of
/// a page that nothing is on yet, and a replica that has it all is before it.
fn end_of_records(place: u64, segment: u64) -> u64 {
    let is_first = segment > 0 && place % segment == FIRST_HEAD;
    match place % PAGE {
        HEAD => place - HEAD,
        _ if is_first => place - FIRST_HEAD,
        _ => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_the_order_in_which_they_were_written() {
        assert_eq!(place_in_log("0/0"), Some(0));
        assert!(place_in_log("16/B374D848") > place_in_log("16/B374D847"));
        assert!(place_in_log("10/0") > place_in_log("9/FFFFFFFF"));
        assert_eq!(place_in_log(""), None);
        assert_eq!(place_in_log("x/1"), None);
    }

    #[test]
    fn nothing_is_on_a_page_that_has_only_its_head() {
        let segment = 1 << 24;
        assert_eq!(end_of_records(0x300_0028, segment), 0x300_0000);
        assert_eq!(end_of_records(0x300_2018, segment), 0x300_2000);
        // The end of a record that began on the page before.
        assert_eq!(end_of_records(0x300_2028, segment), 0x300_2028);
        assert_eq!(end_of_records(0x300_0148, segment), 0x300_0148);
    }
}
