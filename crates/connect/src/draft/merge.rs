//! Puts a draft into the map's file. Pure. Invariant: whatever people wrote
//! stays, in its order and with its comments. What the database no longer has
//! is commented out, not deleted; what is new is added where it belongs; a
//! question goes once its column is mapped.

use std::fmt;

use candor_policy::map::{Edge, SourceMap, TableMap};
use candor_policy::read_map;

use super::edit::{File, Shape};
use super::{Draft, DraftColumn, DraftTable, write};
use crate::catalogue::{Catalogue, Table};

/// Marks a line whose subject is gone from the database.
const GONE: &str = "# gone: ";

/// A map's file with a draft in it, and what that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The file's text.
    pub text: String,
    /// What is different, in the order of the tables.
    pub differences: Vec<Difference>,
}

/// One difference between a map and the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The database has it, and the map had not.
    Added(String),
    /// The map has it, and the database has not.
    Removed(String),
    /// Both have it, and differ.
    Changed(String),
    /// Somebody has to say.
    Question(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, what) = match self {
            Self::Added(what) => ('+', what),
            Self::Removed(what) => ('-', what),
            Self::Changed(what) => ('~', what),
            Self::Question(what) => ('?', what),
        };
        write!(formatter, "{sign} {what}")
    }
}

/// Puts a draft into a map's text, or makes a text where there is none.
///
/// # Errors
/// What keeps the text from being read as a map.
pub fn merge(
    path: &str,
    text: Option<&str>,
    catalogue: &Catalogue,
    draft: &Draft,
) -> Result<Merged, Vec<candor_policy::diagnostic::Diagnostic>> {
    let Some(text) = text else {
        return Ok(fresh(draft));
    };
    let (map, places) = read_map(path, text)?;
    let mut merger = Merger {
        file: File::new(path, text, &places),
        map: &map,
        catalogue,
        differences: Vec::new(),
    };
    merger.gone();
    for (name, drafted) in &draft.tables {
        if let Some(before) = map.tables.get(name) {
            merger.known(name, before, drafted);
        }
    }
    let new = draft.tables.iter();
    let new: Vec<_> = new
        .filter(|(name, _)| !map.tables.contains_key(*name))
        .collect();
    merger.new_tables(&new);
    merger.ignored(draft);
    let differences = merger.differences;
    Ok(Merged {
        text: merger.file.finish(),
        differences,
    })
}

/// A map where there was none.
fn fresh(draft: &Draft) -> Merged {
    let mut differences = Vec::new();
    let blocks: Vec<String> = draft
        .tables
        .iter()
        .map(|(name, table)| {
            differences.extend(announced(name, table));
            write::table(name, table)
        })
        .collect();
    let mut text = write::HEAD.to_owned();
    text.push_str(if blocks.is_empty() {
        "tables: {}\n"
    } else {
        "tables:\n"
    });
    text.push_str(&blocks.join("\n"));
    if !draft.ignored.is_empty() {
        text.push_str("\nignored:\n");
        for (name, why) in &draft.ignored {
            differences.push(Difference::Added(format!("ignored `{name}`: {why}")));
            text.push_str(&format!("  {}\n", write::ignored(name, why)));
        }
    }
    Merged { text, differences }
}

/// A new table, as differences.
fn announced(name: &str, table: &DraftTable) -> Vec<Difference> {
    let settled = table
        .columns
        .iter()
        .filter(|column| column.is_settled())
        .count();
    let mut all = vec![Difference::Added(format!(
        "table `{name}`: {settled} of {} columns settled",
        table.columns.len()
    ))];
    for question in &table.questions {
        all.push(Difference::Question(format!("`{name}`: {question}")));
    }
    for column in table.columns.iter().filter(|column| !column.is_settled()) {
        all.push(asked(name, column));
    }
    all
}

fn asked(table: &str, column: &DraftColumn) -> Difference {
    let maybe = column
        .content
        .as_ref()
        .map_or_else(String::new, |content| format!("{content}? "));
    Difference::Question(format!(
        "`{table}.{}`: {maybe}{}",
        column.name, column.reason.why
    ))
}

struct Merger<'a> {
    file: File<'a>,
    map: &'a SourceMap,
    catalogue: &'a Catalogue,
    differences: Vec<Difference>,
}

impl Merger<'_> {
    /// Comments out what the database no longer has.
    fn gone(&mut self) {
        for (name, before) in &self.map.tables {
            let Some(table) = self.catalogue.table(name) else {
                self.file.comment_out(&["tables", name], GONE);
                self.differences
                    .push(Difference::Removed(format!("table `{name}`")));
                continue;
            };
            for column in before.columns.keys() {
                if table.column(column).is_none() {
                    self.file
                        .comment_out(&["tables", name, "columns", column], GONE);
                    let what = format!("column `{name}.{column}`");
                    self.differences.push(Difference::Removed(what));
                }
            }
            self.changed_edges(name, table, before);
            self.file.settle_questions(name, |column| {
                before.columns.contains_key(column) || table.column(column).is_none()
            });
        }
        for (place, name) in self.map.ignored.iter().enumerate() {
            if self.catalogue.table(name).is_none() {
                let listed = place.to_string();
                let path = if self.file.has(&["ignored", name]) {
                    ["ignored", name.as_str()]
                } else {
                    ["ignored", listed.as_str()]
                };
                self.file.comment_out(&path, GONE);
                let what = format!("ignored table `{name}`");
                self.differences.push(Difference::Removed(what));
            }
        }
    }

    /// Edges whose columns or foreign keys are gone: what they meant was
    /// decided by people, so they are told and nothing is rewritten.
    fn changed_edges(&mut self, name: &str, table: &Table, before: &TableMap) {
        let references = before.references.iter().map(|reference| &reference.edge);
        for edge in before.owned_by.iter().chain(references) {
            let columns: Vec<&str> = edge.from.iter().map(|from| from.column.as_str()).collect();
            let arrow = edge.to_string();
            let missing = columns.iter().find(|column| table.column(column).is_none());
            let what = if let Some(column) = missing {
                format!("edge `{name}.{arrow}`: column `{column}` is gone")
            } else if edge.to.is_none() && table.foreign_key(&columns).is_none() {
                format!("edge `{name}.{arrow}`: its foreign key is gone; say which table it names")
            } else {
                continue;
            };
            self.differences.push(Difference::Changed(what));
        }
        for (kind, column) in &before.identities {
            if table.column(column).is_none() {
                let what = format!("identity `{kind}` of `{name}`: column `{column}` is gone");
                self.differences.push(Difference::Changed(what));
            }
        }
    }

    /// A table the map has: its new columns, edges and questions.
    fn known(&mut self, name: &str, before: &TableMap, drafted: &DraftTable) {
        let order: Vec<&str> = self.catalogue.table(name).map_or_else(Vec::new, |table| {
            table
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .collect()
        });
        for column in &drafted.columns {
            let is_earlier = |other: &&&str| before.columns.contains_key(**other);
            let earlier = order.iter().take_while(|other| **other != column.name);
            let after = earlier.filter(is_earlier).last().copied();
            let line = write::column(column);
            if column.is_settled() {
                self.file
                    .add_entry(&["tables", name, "columns"], after, &line);
                let content = column.content.as_deref().unwrap_or_default();
                self.differences.push(Difference::Added(format!(
                    "column `{name}.{}`: {content} ({}: {})",
                    column.name, column.reason.grade, column.reason.why
                )));
            } else if !self.file.asks(name, &column.name) {
                self.file.ask(&["tables", name, "columns"], after, &line);
                self.differences.push(asked(name, column));
            }
        }
        for (edge, reason) in &drafted.owned_by {
            let item = write::owner(edge);
            self.edge(name, "owned_by", edge, &item, &write::behind(reason));
        }
        for (edge, action, reason) in &drafted.references {
            let behind = write::behind(reason);
            let is_map = self.file.shape(&["tables", name, "references"]) == Shape::Map;
            if is_map && edge.when.is_none() {
                let key = write::scalar(&edge.to_string());
                let line = format!("{key}: {}{behind}", write::word(*action));
                self.file
                    .add_entry(&["tables", name, "references"], None, &line);
                self.added_edge(name, "references", edge);
            } else {
                let item = write::reference(edge, *action);
                self.edge(name, "references", edge, &item, &behind);
            }
        }
        for question in &drafted.questions {
            let line = write::question(question);
            if !self.file.contains(&line) {
                self.file.ask_of_table(name, &line);
                self.differences
                    .push(Difference::Question(format!("`{name}`: {question}")));
            }
        }
    }

    fn edge(&mut self, table: &str, part: &str, edge: &Edge, item: &str, behind: &str) {
        self.file.add_item(table, part, item, behind);
        self.added_edge(table, part, edge);
    }

    fn added_edge(&mut self, table: &str, part: &str, edge: &Edge) {
        let what = format!("edge `{table}.{edge}` under `{part}`");
        self.differences.push(Difference::Added(what));
    }

    fn new_tables(&mut self, new: &[(&String, &DraftTable)]) {
        let blocks: Vec<String> = new
            .iter()
            .map(|(name, table)| {
                self.differences.extend(announced(name, table));
                write::table(name, table)
            })
            .collect();
        if !blocks.is_empty() {
            self.file.add_tables(&blocks);
        }
    }

    fn ignored(&mut self, draft: &Draft) {
        for (name, why) in &draft.ignored {
            self.file.ignore(name, why);
            let what = format!("ignored `{name}`: {why}");
            self.differences.push(Difference::Added(what));
        }
    }
}
