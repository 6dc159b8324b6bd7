//! A map against the source it describes: what the database says it holds, and
//! where the map does not fit. Every finding points into the map's file.

mod findings;
mod personal;

pub use findings::schema_findings;
pub use personal::{looks_personal, words};

use serde::{Deserialize, Serialize};

/// A table as the source's catalogue lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueTable {
    /// Its name, with its schema where the map gives one.
    pub name: String,
    /// Its columns: name and declared type, in the table's order.
    pub columns: Vec<(String, String)>,
    /// Its foreign keys.
    #[serde(default)]
    pub foreign_keys: Vec<CatalogueForeignKey>,
}

/// A foreign key as the source's catalogue lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueForeignKey {
    /// Columns of the table that has it, in key order.
    pub columns: Vec<String>,
    /// The table it names.
    pub to_table: String,
    /// Columns of that table, in key order.
    pub to_columns: Vec<String>,
}

impl CatalogueForeignKey {
    /// Whether it is made of these columns, in any order.
    pub(crate) fn has_columns<'a>(&self, columns: impl IntoIterator<Item = &'a str>) -> bool {
        let mut own: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        let mut given: Vec<&str> = columns.into_iter().collect();
        own.sort_unstable();
        given.sort_unstable();
        own == given
    }
}

#[cfg(test)]
mod tests;
