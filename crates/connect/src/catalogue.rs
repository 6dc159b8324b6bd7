//! The catalogue of a source: what its schema really is, read from the
//! database. Invariant: two catalogues with the same fingerprint describe the
//! same tables, columns, keys and triggers. Our own journal is never part of
//! it.

use std::collections::BTreeMap;

use candor_policy::catalogue::{CatalogueForeignKey, CatalogueTable};
use candor_policy::charter::SourceKind;
use serde::Serialize;
use sha2::{Digest, Sha256};

pub(crate) mod mysql;
pub(crate) mod postgres;
pub(crate) mod sqlite;
mod writes;

/// The table in a source that says which steps were carried out there: step,
/// counts, time. It holds no personal data, and no map mentions it.
pub const JOURNAL: &str = "candor_journal";

/// The table in a source that keeps, sealed, what an erasure took, for as long
/// as it can be taken back. No map mentions it.
pub const KEPT: &str = "candor_undo";

/// The table in a source that says of which rows people were told that they
/// go: a mark of the row, what it counts from, and when. No map mentions it.
pub const NOTICES: &str = "candor_notice";

/// Whether a table is Candor's own.
fn is_ours(name: &str) -> bool {
    [JOURNAL, KEPT, NOTICES].contains(&name)
}

/// A source's schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Catalogue {
    /// Software it runs on.
    pub kind: SourceKind,
    /// Its tables by name.
    pub tables: BTreeMap<String, Table>,
}

impl Catalogue {
    /// SHA-256 of the canonical form, in lower-case hexadecimal.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        // Maps are ordered and every value is a name, a number or a truth
        // value, so this cannot fail; an empty fingerprint equals no other.
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(canonical)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// As the compiler compares it with a map.
    #[must_use]
    pub fn described(&self) -> Vec<CatalogueTable> {
        self.tables
            .iter()
            .filter(|(_, table)| table.relation != Relation::Outside)
            .map(|(name, table)| CatalogueTable {
                name: name.clone(),
                columns: table
                    .columns
                    .iter()
                    .map(|column| (column.name.clone(), column.type_name.clone()))
                    .collect(),
                foreign_keys: table
                    .foreign_keys
                    .iter()
                    .map(|key| CatalogueForeignKey {
                        columns: key.columns.clone(),
                        to_table: key.target.clone(),
                        to_columns: key.target_columns.clone(),
                    })
                    .collect(),
            })
            .collect()
    }

    /// The table with this name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What kind of relation it is.
    pub relation: Relation,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Columns of the primary key, in key order; empty without one.
    pub primary_key: Vec<String>,
    /// Whether the database may give the key of a row that went to another:
    /// SQLite's whole numbers without `AUTOINCREMENT`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keys_come_again: bool,
    /// Unique keys without conditions or expressions, the primary key excluded.
    pub unique_keys: Vec<Vec<String>>,
    /// Foreign keys of this table.
    pub foreign_keys: Vec<ForeignKey>,
    /// Triggers and rules on it.
    pub triggers: Vec<Trigger>,
}

impl Table {
    /// The column with this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The foreign key whose columns these are, in any order.
    #[must_use]
    pub fn foreign_key(&self, columns: &[&str]) -> Option<&ForeignKey> {
        self.foreign_keys.iter().find(|key| {
            key.columns.len() == columns.len()
                && columns
                    .iter()
                    .all(|column| key.columns.iter().any(|own| own == column))
        })
    }
}

/// What kind of relation a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// An ordinary table.
    Table,
    /// A SQLite table without row ids.
    WithoutRowid,
    /// A PostgreSQL table with partitions.
    Partitioned,
    /// A copy that is only refreshed as a whole (materialised view), or that
    /// another program keeps (foreign table, virtual table).
    Copy,
    /// A table whose storage engine can't undo a write (MariaDB's MyISAM, Aria and
    /// others).
    Untransacted,
    /// A MariaDB table that keeps every version its rows ever had.
    Versioned,
    /// A table of another schema whose foreign key points into this one.
    Outside,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as the database writes it.
    pub type_name: String,
    /// What can be done with the type.
    pub class: Class,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether the database computes it.
    pub generated: bool,
    /// Whether the database sets it to the time of any change of the row
    /// (MariaDB's `ON UPDATE CURRENT_TIMESTAMP`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub touched: bool,
    /// How MariaDB compares its texts; the others compare them as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
}

/// What can be done with a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Text of any length.
    Text,
    /// JSON in a type of its own.
    Json,
    /// Whole numbers.
    Integer,
    /// UUID in a type of its own.
    Uuid,
    /// Bytes, or in SQLite a column without a declared type.
    Bytes,
    /// A date or time.
    Time,
    /// Lists, XML and others whose text form may contain values.
    Textual,
    /// Anything else.
    Other,
}

/// One foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForeignKey {
    /// Columns of the table that has it.
    pub columns: Vec<String>,
    /// The table it names.
    pub target: String,
    /// The columns there, in the order of `columns`.
    pub target_columns: Vec<String>,
    /// What the database does when the named row goes.
    pub on_delete: KeyAction,
    /// What the database does when the named columns change.
    pub on_update: KeyAction,
    /// Whether it can wait for the end of the transaction.
    pub deferrable: bool,
}

/// What a database does by itself to keep a foreign key true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyAction {
    /// Refuses, at the end of the statement or transaction.
    NoAction,
    /// Refuses at once.
    Restrict,
    /// Deletes or changes the row that points.
    Cascade,
    /// Sets the columns to null.
    SetNull,
    /// Sets the columns to their default.
    SetDefault,
}

/// One trigger or rewrite rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// Whether it runs when a row is deleted.
    pub on_delete: bool,
    /// Whether it runs when a row is updated.
    pub on_update: bool,
    /// Whether it may write anything but the row it runs for.
    pub writes: bool,
    /// SHA-256 of what it does, so that a change is a drift.
    pub definition: String,
}

/// Brings columns to the spelling of the table that has them: SQLite and
/// MariaDB compare names without case, and maps are compared exactly.
fn respell(columns: &mut [String], table: &Table) {
    for column in columns {
        if let Some(found) = spelled(table.columns.iter().map(|column| &column.name), column) {
            *column = found;
        }
    }
}

fn spelled<'a>(mut names: impl Iterator<Item = &'a String>, name: &str) -> Option<String> {
    names.find(|own| own.eq_ignore_ascii_case(name)).cloned()
}

/// SHA-256 of a definition, in lower-case hexadecimal.
pub(crate) fn digest(definition: &str) -> String {
    Sha256::digest(definition.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
