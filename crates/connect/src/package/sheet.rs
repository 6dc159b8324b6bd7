//! CSV files as spreadsheets read them. Text that a spreadsheet would run as a
//! formula gets an apostrophe in front.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::source::ExportTable;

/// `tables/source.table.csv`, with nothing in it that a file system minds.
pub(super) fn file_name(table: &ExportTable) -> String {
    let safe = |name: &str| -> String {
        name.chars()
            .map(|character| {
                if character.is_alphanumeric() || matches!(character, '_' | '-') {
                    character.to_string()
                } else {
                    format!("%{:X}", u32::from(character))
                }
            })
            .collect()
    };
    format!("tables/{}.{}.csv", safe(&table.source), safe(&table.table))
}

pub(super) fn header(writer: &mut impl Write, table: &ExportTable) -> io::Result<()> {
    record(
        writer,
        table.columns.iter().map(|column| column.name.clone()),
    )
}

pub(super) fn row(
    writer: &mut impl Write,
    table: &ExportTable,
    row: &Map<String, Value>,
) -> io::Result<()> {
    let cells = table
        .columns
        .iter()
        .map(|column| match row.get(&column.name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => harmless(text),
            Some(value) => value.to_string(),
        });
    record(writer, cells)
}

fn record(writer: &mut impl Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(cells.map(String::into_bytes))
        .map_err(io::Error::other)?;
    let line = csv
        .into_inner()
        .map_err(|_| io::Error::other("no CSV line"))?;
    writer.write_all(&line)
}

fn harmless(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if risky && text.parse::<f64>().is_err() {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
