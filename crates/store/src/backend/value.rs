//! Values in and rows out. Both databases store integers of 64 bits, text and
//! bytes, nothing else; times are microseconds since 1970 in UTC. Refuses what
//! does not fit, in either direction.

use jiff::Timestamp;

use super::dialect::Statement;
use crate::error::StoreError;
use crate::traits::Stored;

/// A value of a statement, or null of its kind.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Integer(Option<i64>),
    Text(Option<&'a str>),
    Bytes(Option<&'a [u8]>),
}

macro_rules! values {
    ($($kind:ident($type:ty)),+ $(,)?) => {$(
        impl<'a> From<$type> for Value<'a> {
            fn from(value: $type) -> Self {
                Self::$kind(Some(value))
            }
        }

        impl<'a> From<Option<$type>> for Value<'a> {
            fn from(value: Option<$type>) -> Self {
                Self::$kind(value)
            }
        }
    )+};
}

values!(Integer(i64), Text(&'a str), Bytes(&'a [u8]));

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Integer(Some(i64::from(value)))
    }
}

impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Self::Integer(Some(i64::from(value)))
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(value: Timestamp) -> Self {
        Self::Integer(Some(stamp(value)))
    }
}

impl From<Option<Timestamp>> for Value<'_> {
    fn from(value: Option<Timestamp>) -> Self {
        Self::Integer(value.map(stamp))
    }
}

/// The cells of a row, whatever the driver.
pub(super) trait Cells: Send + Sync {
    fn integer(&self, column: usize) -> Result<Option<i64>, sqlx::Error>;
    fn text(&self, column: usize) -> Result<Option<String>, sqlx::Error>;
    fn bytes(&self, column: usize) -> Result<Option<Vec<u8>>, sqlx::Error>;
}

/// A row; columns are read in the order the statement names them.
pub(crate) struct Row {
    statement: Statement,
    cells: Box<dyn Cells>,
}

impl Row {
    pub(super) fn new(statement: Statement, cells: Box<dyn Cells>) -> Self {
        Self { statement, cells }
    }

    pub(crate) fn integer(&self, column: usize) -> Stored<i64> {
        self.present(self.integer_or_null(column)?)
    }

    pub(crate) fn text(&self, column: usize) -> Stored<String> {
        self.present(self.text_or_null(column)?)
    }

    pub(crate) fn text_or_null(&self, column: usize) -> Stored<Option<String>> {
        let text = self.cells.text(column);
        text.map_err(|source| self.refused(source))
    }

    pub(crate) fn bytes(&self, column: usize) -> Stored<Vec<u8>> {
        self.present(self.bytes_or_null(column)?)
    }

    pub(crate) fn integer_or_null(&self, column: usize) -> Stored<Option<i64>> {
        let integer = self.cells.integer(column);
        integer.map_err(|source| self.refused(source))
    }

    pub(crate) fn bytes_or_null(&self, column: usize) -> Stored<Option<Vec<u8>>> {
        let bytes = self.cells.bytes(column);
        bytes.map_err(|source| self.refused(source))
    }

    pub(crate) fn moment(&self, column: usize) -> Stored<Timestamp> {
        moment(self.integer(column)?)
    }

    pub(crate) fn moment_or_null(&self, column: usize) -> Stored<Option<Timestamp>> {
        self.integer_or_null(column)?.map(moment).transpose()
    }

    pub(crate) fn count(&self, column: usize) -> Stored<u64> {
        count(self.integer(column)?)
    }

    fn present<T>(&self, value: Option<T>) -> Stored<T> {
        value.ok_or_else(|| self.refused(sqlx::Error::RowNotFound))
    }

    fn refused(&self, source: sqlx::Error) -> StoreError {
        StoreError::Database {
            operation: self.statement.operation,
            source,
        }
    }
}

/// A time as stored: microseconds since 1970, rounded down, before 1970 too.
pub(crate) fn stamp(at: Timestamp) -> i64 {
    let floor = i128::div_euclid(at.as_nanosecond(), 1_000);
    i64::try_from(floor).unwrap_or(if floor < 0 { i64::MIN } else { i64::MAX })
}

/// A stored time.
pub(crate) fn moment(stored: i64) -> Stored<Timestamp> {
    Timestamp::from_microsecond(stored).map_err(|_| StoreError::Corrupt { what: "time" })
}

/// A stored count.
pub(crate) fn count(stored: i64) -> Stored<u64> {
    u64::try_from(stored).map_err(|_| StoreError::Corrupt { what: "count" })
}

/// A ledger index or a version as stored.
pub(crate) fn position(value: u64) -> Stored<i64> {
    i64::try_from(value).map_err(|_| StoreError::Corrupt { what: "position" })
}

/// A stored ledger index.
pub(crate) fn index<T: TryFrom<i64>>(stored: i64) -> Stored<T> {
    T::try_from(stored).map_err(|_| StoreError::Corrupt { what: "index" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_down_to_a_microsecond() {
        for (at, stored) in [
            ("1970-01-01T00:00:00.000001999Z", 1),
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.999999999Z", -1),
            ("2026-11-22T09:00:00.123456Z", 1_795_338_000_123_456),
        ] {
            assert_eq!(stamp(at.parse().unwrap()), stored, "{at}");
        }
        let at: Timestamp = "2026-11-22T09:00:00.123456Z".parse().unwrap();
        assert_eq!(moment(stamp(at)).unwrap(), at);
        assert!(moment(i64::MAX).is_err());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(count(-1).is_err());
        assert!(position(u64::MAX).is_err());
        assert_eq!(position(7).unwrap(), 7);
        assert!(index::<u32>(-1).is_err());
    }
}
