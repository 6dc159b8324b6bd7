//! When somebody's wish reached the organisation, where that was before it was filed:
//! deadlines run from then, whoever files it and however late.

use candor_domain::calendar::Calendar;
use candor_policy::charter::Charter;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// How long ago what is filed now may have been received.
const RECEIVED_WITHIN: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A day on which nothing can have been received that is filed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it is in the future, or more than a year ago")]
pub struct ReceivedError;

/// The moment from which something counts that was received on a day: the beginning of
/// that day where the organisation is, which is never too late.
///
/// # Errors
/// [`ReceivedError`].
pub(crate) fn received(
    charter: &Charter,
    day: Date,
    now: Timestamp,
) -> Result<Timestamp, ReceivedError> {
    let start = day
        .to_zoned(time_zone(charter))
        .map_err(|_| ReceivedError)?;
    let at = start.timestamp();
    let earliest = now.checked_sub(RECEIVED_WITHIN).unwrap_or(Timestamp::MIN);
    if (earliest..=now).contains(&at) {
        Ok(at)
    } else {
        Err(ReceivedError)
    }
}

/// The day that it is for the organisation.
pub(crate) fn today(charter: &Charter, now: Timestamp) -> Date {
    now.to_zoned(time_zone(charter)).date()
}

fn time_zone(charter: &Charter) -> TimeZone {
    let calendar = Calendar::of(&charter.organisation.country);
    calendar.map_or(TimeZone::UTC, |calendar| calendar.time_zone().clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    #[test]
    fn a_day_begins_where_the_organisation_is_and_is_never_ahead() {
        let charter = sample::charter();
        // In Paris it is 22 November already.
        let now: Timestamp = "2026-11-21T23:30:00Z".parse().unwrap();
        let at = |day: &str| received(&charter, day.parse().unwrap(), now);
        assert_eq!(today(&charter, now), "2026-11-22".parse().unwrap());
        assert_eq!(
            at("2026-11-22"),
            Ok("2026-11-21T23:00:00Z".parse().unwrap())
        );
        assert_eq!(
            at("2026-07-01"),
            Ok("2026-06-30T22:00:00Z".parse().unwrap())
        );
        assert_eq!(at("2026-11-23"), Err(ReceivedError));
        assert_eq!(at("2025-11-20"), Err(ReceivedError));
    }
}
