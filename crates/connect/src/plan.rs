//! Plans: what an access or an erasure does in one source, compiled once from
//! its catalogue and its map. Invariant: everything a plan would change is in
//! it; a map under which the database would do more (a cascade, a trigger) or
//! less (a reference that forbids it) does not compile. Says nothing about SQL.

use candor_domain::plan::Action;
use candor_policy::charter::SourceKind;
use candor_policy::map::{ColumnPath, Condition, Content, Reach};
use serde::Serialize;

use crate::catalogue::Class;

mod compile;
mod decide;
mod links;
mod order;
mod safety;

pub use compile::PlanError;

/// What to do in one source for any person. Immutable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// Software the source runs on.
    pub kind: SourceKind,
    /// Every mapped table, in the map's order.
    pub tables: Vec<PlannedTable>,
    /// The tables that any edge leads to, owners before what they own; those
    /// that own each other in a circle together.
    pub groups: Vec<Group>,
    /// Indexes of the tables whose rows are deleted, those that point before
    /// those that are pointed at.
    pub deletions: Vec<usize>,
    /// References in a circle that forbid deletion at once: set to null before
    /// anything is deleted, where the database cannot do both together.
    pub loosened: Vec<(usize, Vec<String>)>,
    /// Whether several steps can be carried out at once with exact counts.
    pub batches: bool,
    /// Where the work starts when it isn't about people: rows whose time is
    /// over. Empty for a plan about people.
    pub seeds: Vec<Seed>,
    /// Keys that rows of the people had who were erased before: what came late,
    /// or came back, is found by them. Empty in any other plan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub old_keys: Vec<OldKey>,
}

/// A key whose old values are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OldKey {
    /// Index of the table whose rows had it.
    pub table: usize,
    /// Its columns.
    pub columns: Vec<String>,
}

/// Rows with which a sweep starts: those whose period is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seed {
    /// Index of the table they are in.
    pub table: usize,
    /// The column that starts their period.
    pub anchor: String,
    /// Columns that hold a row back while they are neither null nor false.
    pub holds: Vec<String>,
    /// Marks of the rows that stay because of a hold on somebody.
    pub spared: Vec<String>,
    /// Which notice must have gone out before a row may go.
    pub told: Option<Told>,
}

/// A notice that must have gone out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The rule whose notice it is.
    pub rule: String,
    /// The second by which it must have; `None` where none ever did.
    pub by: Option<i64>,
}

/// Tables that are found together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// Indexes into [`Plan::tables`].
    pub tables: Vec<usize>,
    /// Whether a row of one can lead to another of the same group.
    pub recursive: bool,
}

/// One table's part in a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlannedTable {
    /// Its name in the source.
    pub name: String,
    /// Heading in a person's package.
    pub label: Option<String>,
    /// How one row is told from another.
    pub row: RowKey,
    /// Its columns, in order.
    pub columns: Vec<PlannedColumn>,
    /// Its primary key, if it has one.
    pub primary_key: Vec<String>,
    /// Whether the database may give the key of a row that went to another.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keys_come_again: bool,
    /// Whether any chain of edges leads from a person to its rows.
    pub reached: bool,
    /// Identity columns by which a person is found here.
    pub roots: Vec<Root>,
    /// The column that says whose end user a row is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Which of its rows there are for whom the plan was made.
    #[serde(skip)]
    pub reach: Reach,
    /// Links of this table to the rows that own its rows.
    pub owners: Vec<Link>,
    /// Links of other tables to this one, with the last of which a row goes.
    pub counted: Vec<Link>,
    /// What an erasure does to a person's rows.
    pub decision: Decision,
    /// Retention rule that demands anything but deletion.
    pub because: Option<String>,
    /// Links of this table that are loosened when the row they name goes.
    pub cuts: Vec<Cut>,
    /// Values of a work set beside the row itself: what other tables' links
    /// compare with.
    pub carried: Vec<ColumnPath>,
    /// Keys that links of other tables name; each a list of columns.
    pub keys: Vec<Vec<String>>,
}

impl PlannedTable {
    /// Whether a person's rows here go.
    #[must_use]
    pub fn goes(&self) -> bool {
        self.reached && self.decision == Decision::Delete
    }

    /// The column with this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&PlannedColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// What a person's rows here are counted under.
    #[must_use]
    pub fn action(&self) -> Action {
        match self.decision {
            Decision::Delete => Action::Delete,
            Decision::Pseudonymise(_) => Action::Pseudonymise,
            Decision::Keep(_) => Action::Keep,
        }
    }

    /// Where a carried value is in the work set.
    pub(crate) fn carried_place(&self, path: &ColumnPath) -> Option<usize> {
        self.carried.iter().position(|own| own == path)
    }
}

/// How one row of a table is told from another within a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKey {
    /// By its place: `ctid`, or `rowid` under the name given.
    Place(String),
    /// By its partition and place there.
    PartitionedPlace,
    /// By its primary key, or another key without nulls, where there is no
    /// place.
    Columns(Vec<String>),
    /// By all that is in it, where there is neither place nor key: rows that are
    /// alike belong to the same people. These columns are compared one by one,
    /// because they may be indexed.
    Content(Vec<String>),
}

/// One column of a planned table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlannedColumn {
    /// Its name.
    pub name: String,
    /// Its type as the database writes it.
    pub type_name: String,
    /// What can be done with the type.
    pub class: Class,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether the database computes it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub generated: bool,
    /// Whether any change of the row sets it to the time.
    pub touched: bool,
    /// How MariaDB compares its texts.
    pub collation: Option<String>,
    /// What it holds.
    pub content: Content,
}

/// A column by which a person is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Root {
    /// Identity kind, such as `email`.
    pub kind: String,
    /// The column.
    pub column: String,
}

/// Columns of one table that name rows of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Index of the table that has the columns.
    pub table: usize,
    /// The columns, or values inside JSON columns.
    pub from: Vec<ColumnPath>,
    /// Index of the table they name.
    pub target: usize,
    /// The columns there, in the same order.
    pub to: Vec<String>,
    /// Only rows where this holds.
    pub when: Option<Condition>,
    /// Whether the one column is a list whose elements each name a row.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_list: bool,
}

/// What an erasure does to a person's rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// They go.
    Delete,
    /// They stay, with these values replaced.
    Pseudonymise(Vec<Replacement>),
    /// They stay; only links that could not outlive their target are replaced.
    Keep(Vec<Replacement>),
}

impl Decision {
    /// What is replaced in a person's own rows.
    #[must_use]
    pub fn replacements(&self) -> &[Replacement] {
        match self {
            Self::Delete => &[],
            Self::Pseudonymise(replacements) | Self::Keep(replacements) => replacements,
        }
    }
}

/// A value that is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replacement {
    /// Where.
    pub path: ColumnPath,
    /// By what; `None` for null, or, inside JSON, for leaving it out. Of a link
    /// that is a list, the elements that name rows that go are left out.
    pub value: Option<String>,
}

/// A link that is loosened when the row it names goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// The link.
    pub link: Link,
    /// What of it is replaced.
    pub replacements: Vec<Replacement>,
}
