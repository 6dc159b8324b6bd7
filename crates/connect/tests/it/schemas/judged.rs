//! What a person who read a schema knows of it: which tables hold people,
//! which columns name what without a foreign key, and which are personal. And
//! how well a draft agrees.

use std::collections::{BTreeMap, BTreeSet};

use candor_connect::catalogue::{Catalogue, Relation};
use candor_connect::draft::{Draft, Grade, Inferred};
use candor_policy::charter::covers;
use candor_policy::map::Condition;

/// An edge: table, column, table and column it names, and for which rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TrueEdge {
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
    pub(crate) target: String,
    pub(crate) to: Vec<String>,
    /// The column that says so, and its value.
    pub(crate) when: Option<(String, String)>,
    /// The column holds a list of keys.
    pub(crate) is_list: bool,
}

/// A schema as somebody judged it.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// Tables whose rows are people, with their kind.
    pub(crate) people: BTreeMap<String, String>,
    /// Edges that no foreign key declares.
    pub(crate) edges: BTreeSet<TrueEdge>,
    /// Personal columns and their category.
    pub(crate) personal: BTreeMap<(String, String), String>,
    /// Columns about which people may differ, and edges that may be left out.
    pub(crate) open: BTreeSet<(String, String)>,
    /// What the owner of the schema decides where a draft asks: a word, then
    /// what it is about.
    pub(crate) decided: Vec<(String, String)>,
}

impl Judged {
    /// Reads lines such as `edge posts.author_id > users.id when kind=User`.
    pub(crate) fn read(text: &str) -> Self {
        let mut judged = Self::default();
        for line in text.lines() {
            let line = line.split('#').next().unwrap().trim();
            let Some((word, rest)) = line.split_once(' ') else {
                continue;
            };
            let rest = rest.trim();
            match word {
                "people" => {
                    let (table, kind) = rest.split_once(' ').unwrap();
                    judged.people.insert(table.to_owned(), kind.to_owned());
                }
                "edge" | "list" => {
                    let (rest, when) = match rest.split_once(" when ") {
                        Some((rest, when)) => {
                            let (column, value) = when.split_once('=').unwrap();
                            (rest, Some((column.to_owned(), value.to_owned())))
                        }
                        None => (rest, None),
                    };
                    let (from, to) = rest.split_once(" > ").unwrap();
                    let (table, column) = place(from);
                    let (target, key) = place(to);
                    judged.edges.insert(TrueEdge {
                        table,
                        columns: vec![column],
                        target,
                        to: vec![key],
                        when,
                        is_list: word == "list",
                    });
                }
                "personal" => {
                    let (columns, category) = rest.rsplit_once(' ').unwrap();
                    let (table, columns) = columns.split_once('.').unwrap();
                    for column in columns.split(',') {
                        let place = (table.to_owned(), column.to_owned());
                        judged.personal.insert(place, category.to_owned());
                    }
                }
                "open" => {
                    let (table, columns) = rest.split_once('.').unwrap();
                    for column in columns.split(',') {
                        judged.open.insert((table.to_owned(), column.to_owned()));
                    }
                }
                _ => judged.decided.push((word.to_owned(), rest.to_owned())),
            }
        }
        judged
    }

    /// Every edge, with those that the database declares.
    pub(crate) fn edges(&self, catalogue: &Catalogue) -> BTreeSet<TrueEdge> {
        let mut edges = self.edges.clone();
        for (name, table) in &catalogue.tables {
            for key in &table.foreign_keys {
                edges.insert(TrueEdge {
                    table: name.clone(),
                    columns: key.columns.clone(),
                    target: key.target.clone(),
                    to: key.target_columns.clone(),
                    when: None,
                    is_list: false,
                });
            }
        }
        edges
    }

    /// Names in this file that the schema does not have: a slip of the judge.
    pub(crate) fn check(&self, catalogue: &Catalogue) {
        let has = |table: &str, column: &str| {
            let own = catalogue.table(table);
            assert!(
                own.is_some_and(|own| own.column(column).is_some()),
                "there is no `{table}.{column}`"
            );
        };
        for (table, column) in self.personal.keys().chain(&self.open) {
            has(table, column);
        }
        for edge in &self.edges {
            has(&edge.table, &edge.columns[0]);
            has(&edge.target, &edge.to[0]);
            if let Some((column, _)) = &edge.when {
                has(&edge.table, column);
            }
        }
        for table in self.people.keys() {
            has(table, &catalogue.table(table).unwrap().columns[0].name);
        }
    }
}

fn place(text: &str) -> (String, String) {
    let (table, column) = text.trim().split_once('.').unwrap();
    (table.to_owned(), column.to_owned())
}

/// How well a draft agrees, in hundredths, and where it does not.
#[derive(Debug)]
pub(crate) struct Score {
    pub(crate) recall: usize,
    pub(crate) precision: usize,
    pub(crate) wrong: Vec<String>,
}

impl Score {
    fn new(right: usize, all: usize, found: usize, wrong: Vec<String>) -> Self {
        Self {
            recall: right * 100 / all.max(1),
            precision: right * 100 / found.max(1),
            wrong,
        }
    }
}

/// Edges that were inferred against the true ones.
pub(crate) fn score_edges(
    found: &[Inferred],
    truth: &BTreeSet<TrueEdge>,
    open: &BTreeSet<(String, String)>,
) -> Score {
    let mut wrong = Vec::new();
    let named = |edge: &Inferred| TrueEdge {
        table: edge.table.clone(),
        columns: edge
            .edge
            .from
            .iter()
            .map(|from| from.column.clone())
            .collect(),
        target: edge.target.clone(),
        to: edge.edge.to.as_ref().unwrap().columns.clone(),
        when: edge
            .edge
            .when
            .clone()
            .map(|Condition { column, value }| (column, value)),
        is_list: edge.is_list,
    };
    let is_open = |edge: &TrueEdge| open.contains(&(edge.table.clone(), edge.columns[0].clone()));
    let sure: BTreeSet<TrueEdge> = found
        .iter()
        .filter(|edge| edge.reason.grade != Grade::Undetermined)
        .map(named)
        .filter(|edge| truth.contains(edge) || !is_open(edge))
        .collect();
    for edge in sure.difference(truth) {
        wrong.push(format!("not true: {edge:?}"));
    }
    for edge in truth.difference(&sure) {
        let asked = found.iter().map(named).any(|own| own == *edge);
        wrong.push(format!("not found (asked {asked}): {edge:?}"));
    }
    let right = truth.intersection(&sure).count();
    Score::new(right, truth.len(), sure.len(), wrong)
}

/// Personal columns of a draft against the true ones. A column is found where
/// the draft says or asks whether it holds that category or one around it.
pub(crate) fn score_columns(draft: &Draft, judged: &Judged) -> Score {
    let mut wrong = Vec::new();
    let mut found: BTreeMap<(String, String), String> = BTreeMap::new();
    for (name, table) in &draft.tables {
        for column in &table.columns {
            let content = column.content.as_deref().unwrap_or("plain");
            if content != "plain" && content != "key" {
                found.insert((name.clone(), column.name.clone()), content.to_owned());
            }
        }
    }
    let mut right = 0;
    for (place, category) in &judged.personal {
        match found.get(place) {
            Some(own) if covers(own, category) || covers(category, own) => right += 1,
            other => wrong.push(format!("{place:?} is {category}, drafted as {other:?}")),
        }
    }
    let judged_or_open = |place: &(String, String)| judged.open.contains(place);
    let extra: Vec<_> = found
        .iter()
        .filter(|(place, _)| !judged.personal.contains_key(*place) && !judged_or_open(place))
        .collect();
    for (place, category) in &extra {
        wrong.push(format!("{place:?} is not personal, drafted as {category}"));
    }
    Score::new(right, judged.personal.len(), right + extra.len(), wrong)
}

/// Personal columns that a draft passes over: neither said nor asked.
pub(crate) fn missed(draft: &Draft, judged: &Judged) -> Vec<String> {
    let mut missed = Vec::new();
    for (table, column) in judged.personal.keys() {
        let own = draft.tables.get(table);
        let own = own.and_then(|own| own.columns.iter().find(|own| own.name == *column));
        let is_seen = own.is_some_and(|own| {
            own.content.as_deref() != Some("plain") || own.reason.grade == Grade::Undetermined
        });
        if !is_seen {
            missed.push(format!("{table}.{column}"));
        }
    }
    missed
}

/// Whether a table is one that rows can be put into.
pub(crate) fn is_filled(relation: Relation) -> bool {
    !matches!(relation, Relation::Outside | Relation::Copy)
}
