//! The calendar of an organisation's country: the time zone of its capital and
//! its public holidays, embedded from `data/holidays.txt`. Only days on which
//! the whole country is off count, so a deadline is never later than any region
//! allows. Refuses countries the table doesn't know.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Calendar;

/// Made by `data/public_holidays.py`.
const TABLE: &str = include_str!("../../data/holidays.txt");
/// The years the table holds, for every country.
const YEARS: RangeInclusive<i16> = 2020..=2040;

/// Time zone and public holidays of one country.
#[derive(Clone, Debug)]
pub struct OrganisationCalendar {
    zone: TimeZone,
    holidays: BTreeSet<Date>,
}

impl OrganisationCalendar {
    /// The calendar of a country by its ISO 3166-1 alpha-2 code, in capitals:
    /// the European Union and Economic Area, `CH`, `GB` (England and Wales) and
    /// `US` (federal holidays). `None` for any other.
    #[must_use]
    pub fn of(country: &str) -> Option<Self> {
        let mut lines = TABLE.lines();
        let zone = lines.find_map(|line| zone_in(line, country))?;
        let years = lines.map_while(year_in);
        Some(Self {
            zone: TimeZone::get(zone).ok()?,
            holidays: years.flat_map(|(year, days)| days_in(year, days)).collect(),
        })
    }

    /// The countries there is a calendar for.
    pub fn countries() -> impl Iterator<Item = &'static str> {
        let heads = TABLE.lines().filter(|line| !line.starts_with('#'));
        heads.filter_map(|line| Some(line.split_once(' ')?.0).filter(|country| country.len() == 2))
    }

    /// `true` where the holidays of a year are known. In any other year only
    /// weekends count as days off: deadlines come out early, never late.
    #[must_use]
    pub fn covers(year: i16) -> bool {
        YEARS.contains(&year)
    }
}

impl Calendar for OrganisationCalendar {
    fn time_zone(&self) -> &TimeZone {
        &self.zone
    }

    fn is_holiday(&self, day: Date) -> bool {
        self.holidays.contains(&day)
    }
}

/// The zone, if this line begins the country: `FR Europe/Paris`.
fn zone_in<'a>(line: &'a str, country: &str) -> Option<&'a str> {
    let (code, zone) = line.split_once(' ')?;
    (code == country && code.len() == 2).then_some(zone)
}

/// Year and days of a line such as `2026 0101 0406`; `None` where the next
/// country begins.
fn year_in(line: &str) -> Option<(i16, &str)> {
    let (year, days) = line.split_once(' ')?;
    Some((year.parse().ok()?, days))
}

fn days_in(year: i16, days: &str) -> impl Iterator<Item = Date> {
    days.split(' ').filter_map(move |day| {
        let (month, day) = day.split_at_checked(2)?;
        Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
    })
}

#[cfg(test)]
mod tests;
