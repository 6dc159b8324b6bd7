//! Calendars of countries and regions: a time zone and public holidays,
//! embedded from `data/holidays.txt`. For a country only days on which the
//! whole of it is off count, so a deadline is never later than any region
//! allows. Refuses places the table doesn't know.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Made by `data/public_holidays.py`.
const TABLE: &str = include_str!("../../data/holidays.txt");
/// The years the table holds, for every place.
const YEARS: RangeInclusive<i16> = 2020..=2040;

static CALENDARS: LazyLock<BTreeMap<&'static str, Calendar>> = LazyLock::new(|| read(TABLE));

/// Which days people work in one place, and when their days begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    place: &'static str,
    zone: TimeZone,
    holidays: BTreeSet<Date>,
}

impl Calendar {
    /// The calendar of a country by its ISO 3166-1 alpha-2 code, in capitals:
    /// the European Union and Economic Area, `CH`, `GB` (England and Wales),
    /// `US` (federal holidays), `BR`, `CA`; or of a region by its ISO 3166-2
    /// code: the Swiss cantons (`CH-ZH`), the German Länder (`DE-BY`), the
    /// nations of the United Kingdom (`GB-SCT`), `US-CA`, `CA-QC`. `None` for
    /// any other.
    #[must_use]
    pub fn of(place: &str) -> Option<&'static Self> {
        CALENDARS.get(place)
    }

    /// The places there is a calendar for.
    pub fn places() -> impl Iterator<Item = &'static str> {
        CALENDARS.keys().copied()
    }

    /// `true` where the holidays of a year are known. In any other year only
    /// weekends count as days off: deadlines come out early, never late.
    #[must_use]
    pub fn covers(year: i16) -> bool {
        YEARS.contains(&year)
    }

    /// The code it is known by.
    #[must_use]
    pub const fn place(&self) -> &'static str {
        self.place
    }

    /// The time zone of the place.
    #[must_use]
    pub const fn time_zone(&self) -> &TimeZone {
        &self.zone
    }

    /// `true` where this day is a public holiday. Weekends are known without
    /// it.
    #[must_use]
    pub fn is_holiday(&self, day: Date) -> bool {
        self.holidays.contains(&day)
    }
}

/// Every calendar. A region starts from its country's, which stands before it.
fn read(table: &'static str) -> BTreeMap<&'static str, Calendar> {
    let mut calendars: BTreeMap<&'static str, Calendar> = BTreeMap::new();
    let mut current: Option<Calendar> = None;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let Some((head, rest)) = line.split_once(' ') else {
            continue;
        };
        if let Ok(year) = head.parse() {
            let days = rest.split(' ');
            current
                .iter_mut()
                .for_each(|calendar| calendar.change(year, days.clone()));
            continue;
        }
        finish(&mut calendars, current.take());
        let country = head.split_once('-').map_or(head, |(country, _)| country);
        let holidays = calendars.get(country).map(|known| known.holidays.clone());
        current = TimeZone::get(rest).ok().map(|zone| Calendar {
            place: head,
            zone,
            holidays: holidays.unwrap_or_default(),
        });
    }
    finish(&mut calendars, current);
    calendars
}

fn finish(calendars: &mut BTreeMap<&'static str, Calendar>, done: Option<Calendar>) {
    calendars.extend(done.map(|calendar| (calendar.place, calendar)));
}

impl Calendar {
    /// Takes in days such as `0406`, or `-1012` for one the region works.
    fn change<'a>(&mut self, year: i16, days: impl Iterator<Item = &'a str>) {
        for written in days {
            let worked = written.strip_prefix('-');
            let Some(day) = date(year, worked.unwrap_or(written)) else {
                continue;
            };
            if worked.is_some() {
                self.holidays.remove(&day);
            } else {
                self.holidays.insert(day);
            }
        }
    }
}

fn date(year: i16, day: &str) -> Option<Date> {
    let (month, day) = day.split_at_checked(2)?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests;
