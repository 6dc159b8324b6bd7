//! Columns that start a period: as seconds since 1970, and compared with a
//! moment so that an index on the column serves. A value that is no time is
//! before no moment, so its row is never touched.

use candor_policy::charter::{Bucket, SourceKind};

use super::{name, text};
use crate::catalogue::Class;

/// Above this a whole number is milliseconds: as seconds it is the year 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// The first day that MariaDB knows; what is before is the zero date, which is
/// none.
const FIRST_DAY: &str = "DATE'1000-01-01'";

/// A column that starts a period.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnchorColumn<'a> {
    pub(crate) kind: SourceKind,
    pub(crate) column: &'a str,
    pub(crate) type_name: &'a str,
    pub(crate) class: Class,
}

impl AnchorColumn<'_> {
    /// Whether the database can read a time out of its type.
    pub(crate) fn is_time(self) -> bool {
        match self.kind {
            SourceKind::Mysql | SourceKind::Postgres => {
                matches!(self.class, Class::Time | Class::Integer)
            }
            SourceKind::Sqlite => true,
        }
    }

    /// Its value in seconds.
    fn seconds(self) -> String {
        let own = self.own();
        // One of MariaDB's has a remainder.
        let divided = match self.kind {
            SourceKind::Mysql => format!("{own} DIV 1000"),
            SourceKind::Postgres | SourceKind::Sqlite => format!("{own} / 1000"),
        };
        let epoch = format!("CASE WHEN {own} > {MILLISECONDS_FROM} THEN {divided} ELSE {own} END");
        match self.kind {
            SourceKind::Mysql => epoch,
            SourceKind::Postgres => epoch,
            SourceKind::Sqlite => format!(
                "CASE typeof({own}) WHEN 'text' THEN unixepoch({own}) ELSE CAST({epoch} AS INTEGER) END"
            ),
        }
    }

    /// The smallest of its values, in seconds as text.
    pub(crate) fn oldest(self) -> String {
        // As the column is, so that an index on it serves.
        let smallest = match self.kind {
            SourceKind::Mysql if self.class != Class::Integer => format!(
                "timestampdiff(SECOND, '1970-01-01', min(CASE WHEN {0} >= {FIRST_DAY} THEN {0} END))",
                self.own()
            ),
            SourceKind::Mysql => format!("min({})", self.seconds()),
            SourceKind::Postgres if self.class != Class::Integer => {
                format!("floor(extract(epoch FROM min({})))::bigint", self.own())
            }
            SourceKind::Postgres => format!("floor(min({}))::bigint", self.seconds()),
            SourceKind::Sqlite => format!("min({})", self.seconds()),
        };
        text(self.kind, &smallest)
    }

    /// Its value in whole seconds, as text.
    pub(crate) fn whole_seconds(self) -> String {
        let seconds = match self.kind {
            SourceKind::Postgres if self.class != Class::Integer => {
                format!("floor(extract(epoch FROM {}))::bigint", self.own())
            }
            SourceKind::Mysql if self.class != Class::Integer => {
                format!("timestampdiff(SECOND, '1970-01-01', {})", self.own())
            }
            _ => self.seconds(),
        };
        text(self.kind, &seconds)
    }

    /// The first day of the span in which it lies, in UTC, as text.
    pub(crate) fn first_day(self, per: Bucket) -> String {
        let day = match (self.kind, per) {
            (SourceKind::Postgres, _) => {
                let own = match self.class {
                    Class::Integer => {
                        format!("to_timestamp({}) AT TIME ZONE 'UTC'", self.seconds())
                    }
                    _ if self.has_no_zone() => format!("{}::timestamp", self.own()),
                    _ => format!("{} AT TIME ZONE 'UTC'", self.own()),
                };
                format!("to_char(date_trunc('{}', {own}), 'YYYY-MM-DD')", per.word())
            }
            (_, Bucket::Day) => self.formatted("%Y-%m-%d"),
            (_, Bucket::Month) => self.formatted("%Y-%m-01"),
            (_, Bucket::Year) => self.formatted("%Y-01-01"),
        };
        text(self.kind, &day)
    }

    fn formatted(self, format: &str) -> String {
        match self.kind {
            SourceKind::Mysql if self.class == Class::Integer => format!(
                "date_format(TIMESTAMP'1970-01-01 00:00:00' + INTERVAL {} SECOND, '{format}')",
                self.seconds()
            ),
            SourceKind::Mysql => format!("date_format({}, '{format}')", self.own()),
            SourceKind::Postgres | SourceKind::Sqlite => {
                format!("strftime('{format}', {}, 'unixepoch')", self.seconds())
            }
        }
    }

    /// That it is earlier than `moment`, an expression in seconds.
    pub(crate) fn is_before(self, moment: &str) -> String {
        let own = self.own();
        let milliseconds = match self.kind {
            SourceKind::Postgres => format!("{moment}::int8 * 1000"),
            SourceKind::Mysql | SourceKind::Sqlite => format!("{moment} * 1000"),
        };
        let numbers =
            format!("{own} < {moment} OR ({own} > {MILLISECONDS_FROM} AND {own} < {milliseconds})");
        match self.kind {
            SourceKind::Mysql | SourceKind::Postgres if self.class == Class::Integer => {
                format!("({numbers})")
            }
            SourceKind::Mysql => format!(
                "({own} >= {FIRST_DAY} AND {own} < TIMESTAMP'1970-01-01 00:00:00' + INTERVAL {moment} SECOND)"
            ),
            SourceKind::Postgres if self.has_no_zone() => {
                format!("{own} < (to_timestamp({moment}) AT TIME ZONE 'UTC')")
            }
            SourceKind::Postgres => format!("{own} < to_timestamp({moment})"),
            // What an index can answer, and then what is really meant. An
            // offset moves a time by less than a day.
            SourceKind::Sqlite => {
                let texts = format!(
                    "({own} >= '' AND {own} < strftime('%Y-%m-%d', {moment} + 172800, 'unixepoch'))"
                );
                let likely = if self.class == Class::Text {
                    texts
                } else {
                    format!("({numbers} OR {texts})")
                };
                format!("{likely} AND {} < {moment}", self.seconds())
            }
        }
    }

    fn own(self) -> String {
        format!("t.{}", name(self.column))
    }

    fn has_no_zone(self) -> bool {
        self.type_name == "date" || self.type_name.ends_with("without time zone")
    }
}
