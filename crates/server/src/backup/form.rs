//! A state's pages as bytes, and back. Each row is a record of its own, so that
//! a reader needs no more than one of them at a time; the last record counts
//! them. Refuses what is cut, what follows the last record, and a table or a
//! cell that no state has.

use std::io::{self, Write};

use candor_store::copy::{Cell, Page, tables};
use thiserror::Error;

/// What begins a record.
const ROW: u8 = b'R';
const END: u8 = b'Z';
/// What begins a cell.
const NULL_INTEGER: u8 = 0;
const INTEGER: u8 = 1;
const NULL_TEXT: u8 = 2;
const TEXT: u8 = 3;
const NULL_BYTES: u8 = 4;
const BYTES: u8 = 5;
/// The longest text or bytes of one cell: a chunk of a blob has a mebibyte, and
/// nothing else has as much.
const CELL_BYTES_MAX: u32 = 64 << 20;

/// Bytes that are no pages.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FormError {
    /// Before the last record, or behind it.
    #[error("it ends after {rows} rows, before its end")]
    Cut {
        /// Rows that were read.
        rows: u64,
    },
    /// A record of another form.
    #[error("row {row} cannot be read")]
    Row {
        /// Which, counted from 0.
        row: u64,
    },
    /// Its last record counts otherwise.
    #[error("it has {found} rows and says that it has {said}")]
    Count {
        /// Rows that were read.
        found: u64,
        /// What the last record says.
        said: u64,
    },
}

/// The records of a page.
pub(super) fn encode(page: &Page, into: &mut Vec<u8>) -> Result<(), FormError> {
    let place = tables().iter().position(|(name, _)| *name == page.table);
    let place = place.and_then(|place| u8::try_from(place).ok());
    let place = place.ok_or(FormError::Row { row: 0 })?;
    for (row, cells) in (0_u64..).zip(&page.rows) {
        into.extend([ROW, place]);
        for cell in cells {
            encode_cell(cell, into).ok_or(FormError::Row { row })?;
        }
    }
    Ok(())
}

/// The last record.
pub(super) fn end(rows: u64, into: &mut Vec<u8>) {
    into.push(END);
    into.extend(rows.to_be_bytes());
}

fn encode_cell(cell: &Cell, into: &mut Vec<u8>) -> Option<()> {
    let mut long = |tag, bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).ok()?;
        into.push(tag);
        into.extend(length.to_be_bytes());
        into.extend(bytes);
        (length <= CELL_BYTES_MAX).then_some(())
    };
    match cell {
        Cell::Text(Some(text)) => return long(TEXT, text.as_bytes()),
        Cell::Bytes(Some(bytes)) => return long(BYTES, bytes),
        Cell::Integer(Some(number)) => {
            into.push(INTEGER);
            into.extend(number.to_be_bytes());
        }
        Cell::Integer(None) => into.push(NULL_INTEGER),
        Cell::Text(None) => into.push(NULL_TEXT),
        Cell::Bytes(None) => into.push(NULL_BYTES),
    }
    Some(())
}

/// Takes bytes as they come, and hands each row on.
pub(super) struct Decoder<'a> {
    take: &'a mut dyn FnMut(Page) -> io::Result<()>,
    waiting: Vec<u8>,
    rows: u64,
    said: Option<u64>,
    /// Why a write failed.
    pub(super) refused: Option<FormError>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(take: &'a mut dyn FnMut(Page) -> io::Result<()>) -> Self {
        Self {
            take,
            waiting: Vec::new(),
            rows: 0,
            said: None,
            refused: None,
        }
    }

    /// How many rows there were, once all has come.
    pub(super) fn finish(self) -> Result<u64, FormError> {
        let rows = self.rows;
        match self.said {
            Some(said) if said == rows && self.waiting.is_empty() => Ok(rows),
            Some(said) if said != rows => Err(FormError::Count { found: rows, said }),
            _ => Err(FormError::Cut { rows }),
        }
    }

    /// Takes the records that are whole, and says of how many bytes they are.
    fn records(&mut self) -> io::Result<usize> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut rest = Rest(&waiting);
        let mut used = 0;
        let outcome = loop {
            match self.record(&mut rest) {
                Ok(true) => used = waiting.len() - rest.0.len(),
                Ok(false) => break Ok(used),
                Err(error) => break Err(error),
            }
        };
        self.waiting = waiting;
        outcome
    }

    /// `false` where there is no whole record any more.
    fn record(&mut self, rest: &mut Rest<'_>) -> io::Result<bool> {
        let Some(tag) = rest.byte() else {
            return Ok(false);
        };
        let (ROW, None) = (tag, self.said) else {
            return match (tag, self.said, rest.array::<8>()) {
                (END, None, Some(said)) => {
                    self.said = Some(u64::from_be_bytes(said));
                    Ok(true)
                }
                (END, None, None) => Ok(false),
                _ => Err(self.refuse()),
            };
        };
        let Some(place) = rest.byte() else {
            return Ok(false);
        };
        let Some((table, columns)) = tables().get(usize::from(place)).copied() else {
            return Err(self.refuse());
        };
        let mut row = Vec::with_capacity(columns);
        for _ in 0..columns {
            match rest.cell() {
                Ok(Some(cell)) => row.push(cell),
                Ok(None) => return Ok(false),
                Err(NoCell) => return Err(self.refuse()),
            }
        }
        self.rows += 1;
        let rows = vec![row];
        (self.take)(Page { table, rows })?;
        Ok(true)
    }

    fn refuse(&mut self) -> io::Error {
        self.refused = Some(FormError::Row { row: self.rows });
        io::Error::from(io::ErrorKind::InvalidData)
    }
}

impl Write for Decoder<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        let used = self.records()?;
        self.waiting.drain(..used);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes that are no cell.
struct NoCell;

/// What has yet to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn long(&mut self) -> Result<Option<&'a [u8]>, NoCell> {
        let Some(length) = self.array::<4>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(length);
        if length > CELL_BYTES_MAX {
            return Err(NoCell);
        }
        let length = usize::try_from(length).map_err(|_| NoCell)?;
        let Some((bytes, rest)) = self.0.split_at_checked(length) else {
            return Ok(None);
        };
        self.0 = rest;
        Ok(Some(bytes))
    }

    /// `None` where it has not wholly come yet.
    fn cell(&mut self) -> Result<Option<Cell>, NoCell> {
        let Some(tag) = self.byte() else {
            return Ok(None);
        };
        Ok(match tag {
            NULL_INTEGER => Some(Cell::Integer(None)),
            NULL_TEXT => Some(Cell::Text(None)),
            NULL_BYTES => Some(Cell::Bytes(None)),
            INTEGER => {
                let number = self.array::<8>().map(i64::from_be_bytes);
                number.map(|number| Cell::Integer(Some(number)))
            }
            TEXT => match self.long()? {
                Some(bytes) => {
                    let text = String::from_utf8(bytes.to_vec()).map_err(|_| NoCell)?;
                    Some(Cell::Text(Some(text)))
                }
                None => None,
            },
            BYTES => self.long()?.map(|bytes| Cell::Bytes(Some(bytes.to_vec()))),
            _ => return Err(NoCell),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let cells = |id: &str, bytes: Option<Vec<u8>>| {
            vec![
                Cell::Text(Some(id.to_owned())),
                Cell::Text(Some("é".to_owned())),
                Cell::Bytes(bytes),
                Cell::Bytes(Some(vec![])),
                Cell::Bytes(None),
                Cell::Integer(Some(-7)),
                Cell::Integer(None),
                Cell::Text(None),
            ]
        };
        Page {
            table: "subjects",
            rows: vec![cells("a", Some(vec![0; 70_000])), cells("b", None)],
        }
    }

    fn decoded(bytes: &[u8], part: usize) -> (Result<u64, FormError>, Vec<Vec<Cell>>) {
        let mut rows = Vec::new();
        let mut take = |page: Page| {
            rows.extend(page.rows);
            Ok(())
        };
        let mut decoder = Decoder::new(&mut take);
        for part in bytes.chunks(part) {
            if decoder.write_all(part).is_err() {
                let refused = decoder.refused.unwrap();
                return (Err(refused), rows);
            }
        }
        let counted = decoder.finish();
        (counted, rows)
    }

    #[test]
    fn pages_come_back_however_they_are_cut_into_parts() {
        let mut bytes = Vec::new();
        encode(&page(), &mut bytes).unwrap();
        end(2, &mut bytes);
        for part in [1, 7, 4_096, bytes.len()] {
            assert_eq!(decoded(&bytes, part), (Ok(2), page().rows), "{part}");
        }
    }

    #[test]
    fn what_is_cut_or_changed_is_refused() {
        let mut bytes = Vec::new();
        encode(&page(), &mut bytes).unwrap();
        let without_end = bytes.clone();
        end(2, &mut bytes);
        for length in 0..without_end.len().min(60) {
            let cut = decoded(&bytes[..length], 9).0;
            assert!(
                matches!(cut, Err(FormError::Cut { .. })),
                "{length}: {cut:?}"
            );
        }
        assert_eq!(decoded(&without_end, 9).0, Err(FormError::Cut { rows: 2 }));
        let mut counted = without_end.clone();
        end(3, &mut counted);
        let wrong = FormError::Count { found: 2, said: 3 };
        assert_eq!(decoded(&counted, 9).0, Err(wrong));
        let mut behind = bytes.clone();
        behind.push(ROW);
        assert_eq!(decoded(&behind, 9).0, Err(FormError::Row { row: 2 }));
        let mut table = bytes;
        table[1] = 200;
        assert_eq!(decoded(&table, 9).0, Err(FormError::Row { row: 0 }));
    }
}
