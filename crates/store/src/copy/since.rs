//! What is new since an older copy, and that copy with what is new laid over it:
//! whoever was shredded since is shredded, whatever was decided since is decided,
//! and the ledger goes on where it was. What is new is held in memory: the changes
//! of a day. INVARIANT: rows come out table by table, in the order of the tables.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::tables::{Renewal, TABLES, Table};
use super::{Cell, Page, cells};
use crate::backend::{Backend, Value, position};
use crate::ledger;
use crate::rows::LedgerHead;
use crate::traits::Stored;

/// What begins the name of a blob with the keys of an erasure.
const KEYS: &str = "keys/";

/// Everything that is new since the ledger had so many entries, at a moment; and
/// the ledger's head now.
pub(crate) async fn since(
    backend: &dyn Backend,
    entries: u64,
    at: Timestamp,
) -> Stored<(LedgerHead, Vec<Page>)> {
    let mut session = backend.snapshot().await?;
    let head = ledger::head(&mut *session).await?;
    let values: [Value<'_>; 2] = [position(entries)?.into(), at.into()];
    let mut pages = Vec::new();
    for table in TABLES {
        let values = values.get(..table.since_values()).unwrap_or_default();
        let rows = session.fetch(table.since, values).await?;
        let rows: Vec<Vec<Cell>> = rows
            .iter()
            .map(|row| cells(row, table))
            .collect::<Stored<_>>()?;
        let table = table.name;
        pages.push(Page { table, rows });
    }
    Ok((head, pages))
}

/// An older copy with what is new laid over it.
#[derive(Debug, Default)]
pub struct Renewed {
    /// New rows that were not handed out yet, by table and key.
    new: BTreeMap<&'static str, BTreeMap<Vec<Key>, Vec<Cell>>>,
    /// Subject requests of which anything is new.
    requests: BTreeSet<String>,
    /// Those whose person is shredded.
    shredded: BTreeSet<String>,
    /// What waits to be done.
    jobs: BTreeSet<String>,
    /// Which table was handed out last.
    place: usize,
}

/// A cell that tells rows apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl Renewed {
    /// With these rows laid over whatever comes.
    #[must_use]
    pub fn by(pages: Vec<Page>) -> Self {
        let mut renewed = Self::default();
        let mut gone = BTreeSet::new();
        for page in pages {
            let Some(table) = TABLES.iter().find(|table| table.name == page.table) else {
                continue;
            };
            for row in page.rows {
                match (table.name, row.as_slice()) {
                    ("subjects", [Cell::Text(Some(id)), .., Cell::Integer(Some(_))]) => {
                        gone.insert(id.clone());
                    }
                    ("subject_requests", [Cell::Text(Some(id)), _, Cell::Text(Some(of)), ..]) => {
                        renewed.requests.insert(id.clone());
                        if gone.contains(of) {
                            renewed.shredded.insert(id.clone());
                        }
                    }
                    ("jobs", [_, Cell::Text(Some(key)), ..]) => {
                        renewed.jobs.insert(key.clone());
                    }
                    _ => {}
                }
                let own = renewed.new.entry(table.name).or_default();
                own.insert(key(table, &row), row);
            }
        }
        renewed
    }

    /// The rows of an older page that stay, after what is new of the tables
    /// before it.
    pub fn next(&mut self, page: Page) -> Vec<Page> {
        let place = TABLES.iter().position(|table| table.name == page.table);
        let (Some(place), Some(table)) = (place, place.and_then(|place| TABLES.get(place))) else {
            return vec![page];
        };
        let mut pages = self.new_before(place);
        let kept = page
            .rows
            .into_iter()
            .filter_map(|row| self.kept(table, row));
        let rows: Vec<Vec<Cell>> = kept.collect();
        if !rows.is_empty() {
            let table = page.table;
            pages.push(Page { table, rows });
        }
        pages
    }

    /// What is new of all tables that were not handed out.
    pub fn rest(mut self) -> Vec<Page> {
        self.new_before(TABLES.len())
    }

    fn new_before(&mut self, place: usize) -> Vec<Page> {
        let before = self.place..place.max(self.place);
        self.place = before.end;
        let tables = TABLES.get(before).unwrap_or_default();
        let new = tables.iter().filter_map(|table| {
            let rows = self.new.remove(table.name)?;
            let rows: Vec<Vec<Cell>> = rows.into_values().collect();
            let table = table.name;
            (!rows.is_empty()).then_some(Page { table, rows })
        });
        new.collect()
    }

    /// The row as it is now; `None` where it is gone.
    fn kept(&mut self, table: &Table, row: Vec<Cell>) -> Option<Vec<Cell>> {
        let stays = match table.renewal {
            Renewal::All => false,
            Renewal::Rows => {
                let new = self.new.get_mut(table.name);
                return new
                    .and_then(|new| new.remove(&key(table, &row)))
                    .or(Some(row));
            }
            Renewal::OfRequest(column) => match row.get(column) {
                Some(Cell::Text(Some(request))) => !self.requests.contains(request),
                _ => true,
            },
            Renewal::Blobs => match row.first() {
                Some(Cell::Text(Some(blob))) => self.blob_stays(blob),
                _ => true,
            },
        };
        stays.then_some(row)
    }

    fn blob_stays(&self, blob: &str) -> bool {
        let Some((_, request)) = blob.split_once('/') else {
            return true;
        };
        if !self.requests.contains(request) {
            return true;
        }
        let is_to_be_removed = self.jobs.contains(&format!("remove-package/{request}"));
        !blob.starts_with(KEYS) && !self.shredded.contains(request) && is_to_be_removed
    }
}

fn key(table: &Table, row: &[Cell]) -> Vec<Key> {
    let cells = row.iter().take(table.keys());
    let keys = cells.map(|cell| match cell {
        Cell::Integer(number) => Key::Number(*number),
        Cell::Text(text) => Key::Text(text.clone()),
        Cell::Bytes(bytes) => Key::Bytes(bytes.clone()),
    });
    keys.collect()
}
