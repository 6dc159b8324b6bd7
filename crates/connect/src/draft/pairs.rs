//! Columns that say together which row they name: `commentable_type` and
//! `commentable_id`, `content_type_id` and `object_id`. Pure.

use candor_policy::catalogue::words;

use super::candidates::{is_declared, is_own};
use crate::catalogue::{Catalogue, Class, Column, Table};

/// Endings of the column that says which table, and of the one with the key.
const KINDS: [&str; 5] = ["_type", "Type", "_kind", "_class", "_model"];
const KEYS: [&str; 4] = ["_id", "Id", "_uuid", "_pk"];

/// Names of columns that hold a table's name, and of the key beside one.
const TABLES: [&str; 3] = ["table_name", "target_table_name", "object_table"];
const ROWS: [&str; 6] = [
    "target_record_id",
    "target_id",
    "record_id",
    "row_id",
    "object_id",
    "entity_id",
];

/// A pair of columns, the first of which says which table the second names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) table: String,
    pub(super) kind: String,
    pub(super) key: String,
    /// The table in which the types have their names.
    pub(super) types: Option<Types>,
}

/// A table of types: its key, and the columns that make up a type's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Types {
    pub(super) table: String,
    pub(super) key: String,
    pub(super) named: Vec<String>,
}

/// Every pair of a catalogue.
pub(super) fn pairs(catalogue: &Catalogue) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (name, table) in catalogue.tables.iter().filter(|(_, own)| is_own(own)) {
        for kind in &table.columns {
            let types = types(catalogue, table, kind);
            let key = match &types {
                Some(_) => listed(table).or_else(|| beside(table, "object")),
                None if TABLES.contains(&kind.name.as_str()) => listed(table),
                None => KINDS
                    .iter()
                    .find_map(|ending| kind.name.strip_suffix(ending))
                    .filter(|_| says(kind))
                    .and_then(|stem| beside(table, stem)),
            };
            let Some(key) = key.filter(|key| !is_declared(table, &key.name)) else {
                continue;
            };
            // A table's own key is nobody else's.
            if table.primary_key != [key.name.as_str()] && key.name != kind.name {
                pairs.push(Pair {
                    table: name.clone(),
                    kind: kind.name.clone(),
                    key: key.name.clone(),
                    types,
                });
            }
        }
    }
    pairs
}

/// Whether a column can say a type: by its name, or by a number.
fn says(kind: &Column) -> bool {
    matches!(kind.class, Class::Text | Class::Other | Class::Integer)
}

fn beside<'a>(table: &'a Table, stem: &str) -> Option<&'a Column> {
    KEYS.iter()
        .find_map(|ending| table.column(&format!("{stem}{ending}")))
}

fn listed(table: &Table) -> Option<&Column> {
    ROWS.iter().find_map(|name| table.column(name))
}

/// Where the names of types stand that a column holds only the keys of:
/// `content_type_id`.
fn types(catalogue: &Catalogue, table: &Table, kind: &Column) -> Option<Types> {
    if words(&kind.name) != ["content", "type", "id"] {
        return None;
    }
    let declared = table.foreign_key(&[kind.name.as_str()]);
    let mut guessed = catalogue.tables.iter();
    let name = match declared {
        Some(key) => &key.target,
        None => guessed.find_map(|(name, _)| name.ends_with("content_type").then_some(name))?,
    };
    let own = catalogue.table(name)?;
    let [key] = own.primary_key.as_slice() else {
        return None;
    };
    let named: Vec<String> = ["app_label", "model"]
        .iter()
        .filter_map(|part| own.column(part))
        .map(|column| column.name.clone())
        .collect();
    (!named.is_empty()).then(|| Types {
        table: name.clone(),
        key: key.clone(),
        named,
    })
}
