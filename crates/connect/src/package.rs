//! The answer to an access or a portability request: one zip with a page for people
//! (`index.html`), everything for machines (`data.json`), and one CSV file per
//! table; with a copy also what Article 15(1) asks to be told. Streams: the CSV files wait in a [`Spool`] while `data.json` is
//! written. INVARIANT: memory is bounded by a number of rows per table for the
//! page, however many rows there are.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use candor_policy::render::information::Information;
use jiff::Timestamp;
use serde_json::{Map, Value};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::source::{ExportSink, ExportTable};

mod page;
mod portable;
mod sheet;
mod sheets;
mod told;

pub use portable::{Chooser, Omission, Portable};

use page::Page;
use sheets::Sheets;

/// Rows of one table that the page shows; the files hold all of them.
pub const PAGE_ROWS_MAX: usize = 200;

/// What a package is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeFor {
    /// To be read: a copy of everything (Article 15(3)).
    Access,
    /// To be taken elsewhere (Article 20).
    Portability,
}

/// What a package says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// What it is made for.
    pub made_for: MadeFor,
    /// Who answers.
    pub organisation: String,
    /// Mailbox for questions.
    pub contact: String,
    /// When the person asked.
    pub asked_at: Timestamp,
    /// When this was put together.
    pub made_at: Timestamp,
}

/// A place where bytes wait, outside of memory: what was written is read once,
/// from the beginning. What waits there is personal data in clear; a spool that
/// keeps it anywhere seals it.
pub trait Spool: Write {
    /// What reads it back.
    type Contents: Read;

    /// Ends the writing and starts the reading.
    ///
    /// # Errors
    ///
    /// Where something that was written can't be read back.
    fn contents(self) -> io::Result<Self::Contents>;
}

/// Writes a package while rows stream in.
#[derive(Debug)]
pub struct PackageWriter<W: Write, S: Spool> {
    about: About,
    zip: ZipWriter<StreamWriter<W>>,
    sheets: Sheets<S>,
    page: Page,
    source: Option<String>,
    table: Option<ExportTable>,
    rows: u64,
    /// Categories of which a value was written, with their tables.
    found: BTreeMap<String, BTreeSet<String>>,
    /// Columns of the table of which none was written yet, with their categories.
    unseen: Vec<(String, String)>,
}

impl<W: Write, S: Spool> PackageWriter<W, S> {
    /// Starts a package, whose CSV files wait in a spool.
    ///
    /// # Errors
    ///
    /// Whatever the writer says.
    pub fn new(writer: W, spool: S, about: About) -> io::Result<Self> {
        let mut zip = ZipWriter::new_stream(writer);
        zip.start_file("data.json", options())?;
        let head = serde_json::json!({
            "made_for": match about.made_for {
                MadeFor::Access => "access",
                MadeFor::Portability => "portability",
            },
            "organisation": about.organisation,
            "contact": about.contact,
            "asked_at": about.asked_at.to_string(),
            "made_at": about.made_at.to_string(),
        });
        write!(zip, "{{\"about\":{head},\"sources\":{{")?;
        Ok(Self {
            about,
            zip,
            sheets: Sheets::new(spool),
            page: Page::default(),
            source: None,
            table: None,
            rows: 0,
            found: BTreeMap::new(),
            unseen: Vec::new(),
        })
    }

    /// The categories of which something was written so far, each with the tables
    /// (`source.table`) that hold it.
    #[must_use]
    pub const fn found(&self) -> &BTreeMap<String, BTreeSet<String>> {
        &self.found
    }

    /// Ends it with what was left out of it, and with what a person is told beside
    /// their data, and hands the writer back.
    ///
    /// # Errors
    ///
    /// Whatever the writer or the spool says.
    pub fn finish(mut self, left_out: &[Omission], told: Option<&Information>) -> io::Result<W> {
        self.end_table()?;
        if self.source.is_some() {
            write!(self.zip, "}}")?;
        }
        write!(self.zip, "}}")?;
        if self.about.made_for == MadeFor::Portability {
            let left_out: Vec<Value> = left_out.iter().map(omission).collect();
            write!(self.zip, ",\"left_out\":{}", Value::from(left_out))?;
        }
        if let Some(told) = told {
            write!(self.zip, ",\"information\":")?;
            serde_json::to_writer(&mut self.zip, told)?;
        }
        write!(self.zip, "}}")?;
        self.zip.start_file("index.html", options())?;
        let page = self.page.finish(&self.about, left_out, told);
        self.zip.write_all(page.as_bytes())?;
        self.zip.start_file("README.txt", options())?;
        self.zip.write_all(readme(&self.about).as_bytes())?;
        self.sheets.copy_into(&mut self.zip)?;
        Ok(self.zip.finish()?.into_inner())
    }

    fn end_table(&mut self) -> io::Result<()> {
        if self.table.take().is_some() {
            write!(self.zip, "]}}")?;
            self.page.end_table(self.rows);
        }
        Ok(())
    }
}

impl<W: Write + Send, S: Spool + Send> ExportSink for PackageWriter<W, S> {
    fn table(&mut self, table: &ExportTable) -> io::Result<()> {
        self.end_table()?;
        let changed = self.source.as_deref() != Some(table.source.as_str());
        if changed {
            if self.source.replace(table.source.clone()).is_some() {
                write!(self.zip, "}},")?;
            }
            write!(self.zip, "{}:{{", Value::from(table.source.as_str()))?;
        } else {
            write!(self.zip, ",")?;
        }
        let mut head = Map::new();
        head.insert("label".to_owned(), table.label.clone().into());
        head.insert("kept_because".to_owned(), table.kept_because.clone().into());
        let columns = table
            .columns
            .iter()
            .map(|column| (column.name.clone(), Value::from(column.category.clone())));
        head.insert(
            "categories".to_owned(),
            columns.collect::<Map<_, _>>().into(),
        );
        let head = Value::from(head).to_string();
        let open = head.strip_suffix('}').unwrap_or(&head);
        write!(
            self.zip,
            "{}:{open},\"rows\":[",
            Value::from(table.table.as_str())
        )?;
        self.sheets.start(sheet::file_name(table));
        sheet::header(&mut self.sheets, table)?;
        self.page.table(table, changed);
        let columns = table.columns.iter();
        let unseen = columns.filter_map(|column| {
            let category = column.category.clone()?;
            Some((column.name.clone(), category))
        });
        self.unseen = unseen.collect();
        self.table = Some(table.clone());
        self.rows = 0;
        Ok(())
    }

    fn row(&mut self, row: Map<String, Value>) -> io::Result<()> {
        let Some(table) = &self.table else {
            return Err(io::Error::other("a row without a table"));
        };
        let holds = |name: &str| row.get(name).is_some_and(|value| !value.is_null());
        for (_, category) in self.unseen.extract_if(.., |(name, _)| holds(name)) {
            let tables = self.found.entry(category).or_default();
            tables.insert(format!("{}.{}", table.source, table.table));
        }
        sheet::row(&mut self.sheets, table, &row)?;
        self.page.row(table, &row);
        if self.rows > 0 {
            write!(self.zip, ",")?;
        }
        self.rows += 1;
        serde_json::to_writer(&mut self.zip, &row)?;
        Ok(())
    }
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(false)
}

fn omission(one: &Omission) -> Value {
    let columns = one.columns.iter();
    let columns = columns.map(|(why, names)| (why.key().to_owned(), Value::from(names.clone())));
    serde_json::json!({
        "source": one.source,
        "table": one.table,
        "columns": columns.collect::<Map<_, _>>(),
    })
}

fn readme(about: &About) -> String {
    format!(
        "{title}\n\
         \n\
         index.html   to read: open it in any browser, nothing is loaded from the network\n\
         data.json    everything, for programs\n\
         tables/      everything again, one spreadsheet (CSV, UTF-8) per table; an apostrophe\n\
         \x20            stands before text that a spreadsheet would take for a formula\n\
         \n\
         Asked for on {asked}, put together on {made}.\n\
         {note}\n\
         Questions: {contact}\n",
        title = page::title(about),
        note = page::note(about.made_for),
        contact = about.contact,
        asked = page::day(about.asked_at),
        made = page::day(about.made_at),
    )
}

#[cfg(test)]
mod tests;
