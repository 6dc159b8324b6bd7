//! A file of many people as it was sent: CSV, its header naming what each column is.
//! INVARIANT: what is wrong is told by line and column, never by value. Refuses files
//! whose header it doesn't understand, since it may be somebody's line.

use candor_domain::bulk::{Fault, ROWS_MAX};
use candor_domain::identity::Identity;
use candor_policy::charter::Right;
use csv::{ByteRecord, Reader, ReaderBuilder};
use jiff::civil::Date;
use thiserror::Error;

/// Bytes of a file.
pub(crate) const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Characters of a reference.
const REFERENCE_CHARS_MAX: usize = 200;
/// What a spreadsheet puts before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// What may stand between two cells.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// What a column can be, beside an identity.
const RIGHT: &str = "right";
const ABOUT: &str = "about";
const REFERENCE: &str = "reference";
const RECEIVED: &str = "received";
const OTHERS: [&str; 4] = [RIGHT, ABOUT, REFERENCE, RECEIVED];

/// A file that can't be read as one of people.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SheetError {
    /// Nothing in it.
    #[error("the file has no header; its first line names the columns, such as `email,right`")]
    Empty,
    /// A column that is nothing we know.
    #[error("column {number} of the header is none of {known}")]
    Column {
        /// Counted from one.
        number: usize,
        /// What there is.
        known: String,
    },
    /// A column that is there twice.
    #[error("the header has the column `{name}` twice")]
    Twice {
        /// Its name.
        name: String,
    },
    /// No column leads to anybody.
    #[error("no column leads to a person; name at least one of {known}")]
    Nobody {
        /// What does.
        known: String,
    },
    /// No rows.
    #[error("the file has a header and no rows")]
    NoRows,
    /// Too many rows.
    #[error("the file has more than {ROWS_MAX} rows; split it")]
    TooMany,
    /// Too many bytes.
    #[error("the file has more than {FILE_BYTES_MAX} bytes; split it")]
    TooLarge,
    /// No CSV.
    #[error("line {line} is no CSV; is a quotation mark not closed?")]
    Malformed {
        /// Where.
        line: u64,
    },
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) right: Option<Right>,
    pub(super) about: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) received: Option<Date>,
    pub(super) identities: Vec<Identity>,
    /// What is wrong with it.
    pub(super) faults: Vec<Fault>,
}

impl Row {
    /// Says that the row can't be filed.
    pub(super) fn wrong(&mut self, column: Option<&str>, why: impl ToString) {
        self.faults.push(Fault {
            line: self.line,
            column: column.map(str::to_owned),
            why: why.to_string(),
        });
    }
}

/// A file that is being read, row by row.
pub(super) struct Sheet<'a> {
    reader: Reader<&'a [u8]>,
    columns: Vec<String>,
    rows: u32,
}

impl<'a> Sheet<'a> {
    /// Reads the header of a file. `kinds` are the identities that lead to people.
    pub(super) fn new(bytes: &'a [u8], kinds: &[String]) -> Result<Self, SheetError> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(SheetError::TooLarge);
        }
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(bytes))
            .from_reader(bytes);
        let mut header = ByteRecord::new();
        if !read(&mut reader, &mut header)? {
            return Err(SheetError::Empty);
        }
        let mut columns: Vec<String> = Vec::new();
        for (number, cell) in (1..).zip(&header) {
            let name = column(cell, kinds).ok_or_else(|| SheetError::Column {
                number,
                known: listed(kinds.iter().map(String::as_str).chain(OTHERS)),
            })?;
            if columns.contains(&name) {
                return Err(SheetError::Twice { name });
            }
            columns.push(name);
        }
        if !columns.iter().any(|name| kinds.contains(name)) {
            let known = listed(kinds.iter().map(String::as_str));
            return Err(SheetError::Nobody { known });
        }
        Ok(Self {
            reader,
            columns,
            rows: 0,
        })
    }

    /// The next row; `None` after the last. Rows without any value are passed over.
    pub(super) fn next(&mut self) -> Result<Option<Row>, SheetError> {
        let mut record = ByteRecord::new();
        while read(&mut self.reader, &mut record)? {
            if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            self.rows += 1;
            if self.rows > ROWS_MAX {
                return Err(SheetError::TooMany);
            }
            return Ok(Some(self.row(&record)));
        }
        match self.rows {
            0 => Err(SheetError::NoRows),
            _ => Ok(None),
        }
    }

    fn row(&self, record: &ByteRecord) -> Row {
        let mut row = Row {
            line: line_of(record),
            ..Row::default()
        };
        let known = self.columns.len();
        if record.iter().skip(known).any(|cell| !cell.is_empty()) {
            row.wrong(
                None,
                "it has more cells than the header; put a value that holds the separator in \
                 quotation marks",
            );
        }
        for (name, cell) in self.columns.iter().zip(record) {
            match std::str::from_utf8(cell).map(str::trim) {
                Ok("") => {}
                Ok(text) => take(&mut row, name, text),
                Err(_) => row.wrong(Some(name), "it is not UTF-8; save the file as CSV in UTF-8"),
            }
        }
        if row.identities.is_empty() && row.faults.is_empty() {
            row.wrong(None, "nothing in it leads to a person; fill in an identity");
        }
        row
    }
}

/// Takes a cell into its row.
fn take(row: &mut Row, name: &str, text: &str) {
    match name {
        RIGHT => match Right::from_key(&key(text)) {
            None => row.wrong(Some(name), "there is no such right; write it as `erasure`"),
            right => row.right = right,
        },
        ABOUT => row.about = Some(text.to_owned()),
        REFERENCE if text.chars().count() > REFERENCE_CHARS_MAX => {
            let why = format!("it is longer than {REFERENCE_CHARS_MAX} characters");
            row.wrong(Some(name), why);
        }
        REFERENCE => row.reference = Some(text.to_owned()),
        RECEIVED => match text.parse() {
            Ok(day) => row.received = Some(day),
            Err(_) => row.wrong(Some(name), "it is no day; write it as `2026-11-02`"),
        },
        kind => row.identities.push(Identity::new(kind, text)),
    }
}

fn read(reader: &mut Reader<&[u8]>, record: &mut ByteRecord) -> Result<bool, SheetError> {
    // Its error could repeat what was read.
    reader
        .read_byte_record(record)
        .map_err(|error| SheetError::Malformed {
            line: error.position().map_or(0, csv::Position::line),
        })
}

fn line_of(record: &ByteRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

/// What a cell of the header names.
fn column(cell: &[u8], kinds: &[String]) -> Option<String> {
    let name = key(std::str::from_utf8(cell).ok()?);
    let known = OTHERS.contains(&name.as_str()) || kinds.contains(&name);
    known.then_some(name)
}

/// A name as it stands in declarations: `Customer ID` is `customer_id`.
fn key(text: &str) -> String {
    let words: Vec<&str> = text.split([' ', '-', '_']).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join("_").to_ascii_lowercase()
}

/// What stands between cells: whichever the header has most of.
fn separator(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| *byte == b'\n').next();
    let header = header.unwrap_or_default();
    let count = |separator: &u8| header.iter().filter(|byte| *byte == separator).count();
    // Of several, the first: `max_by_key` would take the last.
    let most = SEPARATORS.iter().rev().max_by_key(|one| count(one));
    most.copied().unwrap_or(b',')
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Vec<String> {
        vec!["email".to_owned(), "customer_id".to_owned()]
    }

    fn rows(text: &[u8]) -> Result<Vec<Row>, SheetError> {
        let kinds = kinds();
        let mut sheet = Sheet::new(text, &kinds)?;
        let mut rows = Vec::new();
        while let Some(row) = sheet.next()? {
            rows.push(row);
        }
        Ok(rows)
    }

    #[test]
    fn a_file_is_read_as_spreadsheets_write_it() {
        for text in [
            "email,Customer ID,right,received\nada@post.example,7,erasure,2026-11-02\n",
            "\u{feff}email;customer_id;RIGHT;received\r\n\"ada@post.example\"; 7 ;Erasure;2026-11-02\r\n;;;\r\n",
            "email\tcustomer-id\tright\treceived\n\nada@post.example\t7\terasure\t2026-11-02",
        ] {
            let found = rows(text.as_bytes()).unwrap();
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].right, Some(Right::Erasure));
            assert_eq!(found[0].received, Some("2026-11-02".parse().unwrap()));
            let identities = ["ada@post.example", "7"];
            let read = found[0]
                .identities
                .iter()
                .map(|one| one.value.expose("test"));
            assert_eq!(read.collect::<Vec<_>>(), identities, "{text}");
            assert!(found[0].faults.is_empty());
        }
    }

    #[test]
    fn a_fault_names_its_line_and_column_and_no_value() {
        let text = b"email,right,received,reference\n\
            ada@post.example,erazure,2026-13-01,ticket\n\
            \"ada\n@post.example\",erasure,,\n\
            ,erasure,,a\n\
            b@post.example,erasure,,,c@post.example\n\
            b\xff@post.example,,,\n";
        let found = rows(text).unwrap();
        let faults = found.iter().flat_map(|row| &row.faults);
        let places: Vec<_> = faults
            .clone()
            .map(|fault| (fault.line, fault.column.as_deref().unwrap_or_default()))
            .collect();
        let expected = [
            (2, "right"),
            (2, "received"),
            // The one before has two lines.
            (5, ""),
            (6, ""),
            (7, "email"),
        ];
        assert_eq!(places, expected);
        for fault in faults {
            assert!(!fault.why.contains("post.example"), "{}", fault.why);
        }
    }

    #[test]
    fn a_header_that_is_not_understood_is_not_repeated() {
        let error = rows(b"ada@post.example,erasure\n").unwrap_err();
        assert!(matches!(error, SheetError::Column { number: 1, .. }));
        assert!(!error.to_string().contains("post.example"), "{error}");
        assert_eq!(rows(b"").unwrap_err(), SheetError::Empty);
        assert_eq!(rows(b"email\n").unwrap_err(), SheetError::NoRows);
        let twice = rows(b"email,Email\na,b\n").unwrap_err();
        assert!(matches!(twice, SheetError::Twice { .. }));
        let nobody = rows(b"right,reference\nerasure,1\n").unwrap_err();
        assert!(matches!(nobody, SheetError::Nobody { .. }));
    }

    #[test]
    fn a_file_is_bounded() {
        let many = |rows: u32| "email\n".to_owned() + &"a@b.example\n".repeat(rows as usize);
        assert_eq!(rows(many(ROWS_MAX).as_bytes()).unwrap().len(), 10_000);
        let error = rows(many(ROWS_MAX + 1).as_bytes()).unwrap_err();
        assert_eq!(error, SheetError::TooMany);
        let large = vec![b'a'; FILE_BYTES_MAX + 1];
        assert_eq!(rows(&large).unwrap_err(), SheetError::TooLarge);
    }
}
