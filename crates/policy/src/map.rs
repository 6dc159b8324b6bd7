//! Maps: what the columns of a source are. A table that is neither mapped nor
//! ignored, and a column that is not named, are refused when the source's
//! catalogue is read, not here: the map alone cannot know them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::charter::OnErasure;

/// The map of one source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceMap {
    /// Path of the map's file within the policy's folder.
    pub path: String,
    /// Tables with personal data, or that lead to some.
    pub tables: BTreeMap<String, TableMap>,
    /// Tables without any, by name.
    pub ignored: Vec<String>,
    /// Whose people it is read for. Not part of a policy: whoever carries
    /// something out says it.
    #[serde(skip)]
    pub whose: Whose,
}

/// Whose people a map is read for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// Everybody's: what retention and observation look at.
    #[default]
    Everybody,
    /// The organisation's own, who are of no tenant.
    Own,
    /// The end users of the tenant with this name.
    Tenant(String),
}

/// Which rows of a table there are for whom a map is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// All.
    #[default]
    All,
    /// Those that belong to rows within reach; nobody is found here by who they
    /// are, since nothing says whose they are.
    Owned,
    /// Those where this column is null.
    Null(String),
    /// Those where this column has this value, compared as text.
    Equal(Condition),
}

impl SourceMap {
    /// Whether any table says whose end user a row is about.
    #[must_use]
    pub fn tells_tenants(&self) -> bool {
        self.tables.values().any(|table| table.tenant.is_some())
    }

    /// The same map, read for these people.
    #[must_use]
    pub fn read_for(&self, whose: Whose) -> Self {
        Self {
            whose,
            ..self.clone()
        }
    }

    /// Which rows of a table there are for whom it is read.
    #[must_use]
    pub fn reach(&self, table: &str) -> Reach {
        let column = self.tables.get(table);
        let column = column.and_then(|table| table.tenant.clone());
        match (&self.whose, column) {
            (Whose::Everybody, _) | (Whose::Own, None) => Reach::All,
            (Whose::Tenant(_), None) => Reach::Owned,
            (Whose::Own, Some(column)) => Reach::Null(column),
            (Whose::Tenant(tenant), Some(column)) => Reach::Equal(Condition {
                column,
                value: tenant.clone(),
            }),
        }
    }
}

/// What a table is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableMap {
    /// Each row is one person of this kind.
    pub about: Option<String>,
    /// Heading in a person's package.
    pub label: Option<String>,
    /// The column that says whose end user a row is about, by the tenant's name;
    /// null for the organisation's own people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Identity kind to column: how a person is found here.
    pub identities: BTreeMap<String, String>,
    /// The rows that own this table's rows: a row belongs to a person if any
    /// of these leads to one.
    pub owned_by: Vec<Edge>,
    /// Edges of another table that point here: a row goes with the last row
    /// that points at it (counted ownership).
    pub last_of: Vec<Incoming>,
    /// Foreign keys that do not own.
    pub references: Vec<Reference>,
    /// Every column, by name.
    pub columns: BTreeMap<String, ColumnMap>,
    /// What an erasure does to a person's rows here.
    pub on_erasure: OnErasure,
    /// Name of the retention rule that demands anything but deletion.
    pub because: Option<String>,
    /// How a row says that its person's data may only be stored (GDPR, Article
    /// 18).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restriction: Option<Mark>,
    /// How a row says that its person wants no direct marketing (Article 21(3)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection: Option<Mark>,
}

/// What is written into a row so that whoever uses it knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The column.
    pub column: String,
    /// What it holds while it is so; `None` for null.
    pub value: Option<String>,
    /// What it holds again afterwards; `None` for null.
    pub lifted: Option<String>,
}

/// An edge from this table's columns to the row they name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// Columns of this table, in key order; more than one for composite keys.
    pub from: Vec<ColumnPath>,
    /// The table and columns they name; `None` to read the foreign key of
    /// `from` from the catalogue.
    pub to: Option<Target>,
    /// Only rows where this column has this value (a discriminator).
    pub when: Option<Condition>,
    /// Whether the one column, or value inside it, is a list whose elements
    /// each name a row.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_list: bool,
}

/// A column, or a value inside a JSON column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ColumnPath {
    /// The column.
    pub column: String,
    /// Keys inside it, outermost first; empty for the column itself.
    pub path: Vec<String>,
}

/// Table and columns an edge names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The table.
    pub table: String,
    /// Its columns, in key order.
    pub columns: Vec<String>,
}

/// A column must have a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// The value, compared as text.
    pub value: String,
}

/// Columns of another table that point at this one's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incoming {
    /// The other table.
    pub table: String,
    /// Its columns, in key order.
    pub columns: Vec<String>,
    /// Whether the one column is a list whose elements each name a row.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_list: bool,
}

/// A foreign key that does not own, and what becomes of it when the row it
/// names goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// The edge.
    pub edge: Edge,
    /// What an erasure of the named row does to this one.
    pub action: ReferenceAction,
}

/// What becomes of a reference whose row goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceAction {
    /// The columns become null; out of a list the element is taken.
    Unlink,
    /// The value stays: it names nobody once the row is gone.
    Keep,
}

/// What a column is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnMap {
    /// Its content.
    pub content: Content,
    /// What pseudonymisation writes into it; `None` for null.
    pub erased: Option<String>,
    /// Whether people can have it put right (Article 16); `None` for what its
    /// category and the declaration say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rectify: Option<bool>,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A structural key: links rows, says nothing by itself.
    Key,
    /// Nothing personal.
    Plain,
    /// Personal data of this category.
    Personal(String),
}
