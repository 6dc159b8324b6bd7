//! The part of an export that a person can take elsewhere: whatever stands
//! between a source and a package and lets through only the columns that are
//! portable. What it holds back is listed by name. INVARIANT: a value of a column
//! that was not chosen never reaches the package.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use candor_domain::portability::LeftOut;
use serde_json::{Map, Value};

use crate::source::{ExportColumn, ExportSink, ExportTable};

/// Says whether a column is portable.
pub type Chooser<'a> = dyn Fn(&ExportColumn) -> Result<(), LeftOut> + Send + Sync + 'a;

/// Columns of one table that are left out, by reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omission {
    /// The source.
    pub source: String,
    /// The table.
    pub table: String,
    /// The columns.
    pub columns: BTreeMap<LeftOut, Vec<String>>,
}

/// Lets only portable columns of one source through.
pub struct Portable<'a, S> {
    inner: &'a mut S,
    choose: &'a Chooser<'a>,
    /// Columns of the present table that go through; none where nothing does.
    columns: BTreeSet<String>,
    tables: BTreeSet<String>,
    omissions: Vec<Omission>,
}

impl<'a, S> Portable<'a, S> {
    /// Before a sink.
    pub fn new(inner: &'a mut S, choose: &'a Chooser<'a>) -> Self {
        Self {
            inner,
            choose,
            columns: BTreeSet::new(),
            tables: BTreeSet::new(),
            omissions: Vec::new(),
        }
    }

    /// The tables that went through, and what was left out.
    #[must_use]
    pub fn ends(self) -> (BTreeSet<String>, Vec<Omission>) {
        (self.tables, self.omissions)
    }
}

impl<S: ExportSink> ExportSink for Portable<'_, S> {
    fn table(&mut self, table: &ExportTable) -> io::Result<()> {
        let mut columns: BTreeMap<LeftOut, Vec<String>> = BTreeMap::new();
        let mut kept = Vec::new();
        for column in &table.columns {
            match (self.choose)(column) {
                // Keys hold the rows together; alone they say nothing.
                _ if column.is_key => kept.push(column.clone()),
                Ok(()) => kept.push(column.clone()),
                Err(why) => columns.entry(why).or_default().push(column.name.clone()),
            }
        }
        if !columns.is_empty() {
            self.omissions.push(Omission {
                source: table.source.clone(),
                table: table.table.clone(),
                columns,
            });
        }
        self.columns.clear();
        if kept.iter().all(|column| column.is_key) {
            return Ok(());
        }
        self.columns = kept.iter().map(|column| column.name.clone()).collect();
        self.tables.insert(table.table.clone());
        self.inner.table(&ExportTable {
            columns: kept,
            ..table.clone()
        })
    }

    fn row(&mut self, mut row: Map<String, Value>) -> io::Result<()> {
        if self.columns.is_empty() {
            return Ok(());
        }
        row.retain(|column, _| self.columns.contains(column));
        self.inner.row(row)
    }
}
