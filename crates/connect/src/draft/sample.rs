//! Takes a draft's samples. Invariant: what comes out is counts, shared keys
//! of JSON objects and the names of types; a value that names no table is
//! dropped here. A statement that fails or takes too long leaves its columns
//! unsampled, and after a few of them no more are asked.

use std::collections::{BTreeMap, BTreeSet};

use candor_policy::charter::SourceKind;
use candor_policy::map::Condition;

use super::candidates::{self, Candidate, Names};
use super::pairs::{self, Pair};
use super::statements::{self, FORMS, Form};
use super::{judge, keys};
use crate::catalogue::{Class, Column, Table};
use crate::source::Source;

/// Columns counted in one statement.
const COLUMNS_MAX: usize = 40;
/// Tables in which values are looked for in one statement.
const TARGETS_MAX: usize = 60;
/// Statements that may fail, in a row and altogether, before the rest is left
/// unsampled.
const FAILURES_ROW_MAX: usize = 5;
const FAILURES_MAX: usize = 20;
/// The least share of a column's texts that must be JSON objects for it to be
/// read as JSON: all of them, since one other would stop the statement.
const JSON_TEXTS_MIN: u64 = 1;

/// What was counted in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Rows looked at.
    pub(super) rows: u64,
    /// Rows that hold something.
    pub(super) filled: u64,
    /// Different values among them.
    pub(super) distinct: u64,
    forms: BTreeMap<Form, u64>,
}

impl Counts {
    /// Rows whose value has this form.
    pub(super) fn of(&self, form: Form) -> u64 {
        self.forms.get(&form).copied().unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn with(rows: u64, distinct: u64, form: Option<(Form, u64)>) -> Self {
        Self {
            rows,
            filled: rows,
            distinct,
            forms: form.into_iter().collect(),
        }
    }
}

/// Different values of a sample, and how many of them are keys there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) asked: u64,
    pub(super) found: u64,
}

/// One type that a pair of columns names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    /// The type column's value: the name of a table in another style.
    pub(super) value: String,
    /// The table.
    pub(super) candidate: Candidate,
    pub(super) found: Found,
}

/// What a pair of columns names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PairSample {
    pub(super) pair: Pair,
    pub(super) types: Vec<Typed>,
    /// Values of the type column that are no table's name.
    pub(super) unknown: u64,
}

/// Everything that was sampled.
#[derive(Debug, Default)]
pub(super) struct Samples {
    columns: BTreeMap<(String, String), Counts>,
    pub(super) edges: Vec<(Candidate, Found)>,
    /// Values that are the same nowhere else, found as keys without a hint.
    pub(super) scattered: Vec<(Candidate, Found)>,
    /// Columns whose values were looked for and are keys of no table.
    adrift: BTreeSet<(String, String)>,
    pub(super) pairs: Vec<PairSample>,
    json: BTreeMap<(String, String), Vec<Vec<String>>>,
    /// Statements that were asked.
    pub(super) statements: usize,
    /// Statements that did not end in time or failed.
    pub(super) failures: usize,
}

impl Samples {
    pub(super) fn counts(&self, table: &str, column: &str) -> Option<&Counts> {
        self.columns.get(&(table.to_owned(), column.to_owned()))
    }

    /// Whether a column's values are known to be keys of no table here.
    pub(super) fn is_adrift(&self, table: &str, column: &str) -> bool {
        self.adrift.contains(&(table.to_owned(), column.to_owned()))
    }

    /// The paths that objects of a column share.
    pub(super) fn json_paths(&self, table: &str, column: &str) -> &[Vec<String>] {
        self.json
            .get(&(table.to_owned(), column.to_owned()))
            .map_or(&[], Vec::as_slice)
    }
}

/// Samples a source, or one table of it: what is found of a table rests on its
/// own rows and on the keys that they may name.
pub(super) async fn take(source: &Source, names: &Names<'_>, only: Option<&str>) -> Samples {
    let mut sampler = Sampler {
        source,
        names,
        only,
        samples: Samples::default(),
        in_a_row: 0,
    };
    let mut wanted = candidates::candidates(names);
    wanted.retain(|candidate| sampler.is_wanted(&candidate.table));
    for (name, table) in sampler.tables() {
        sampler.columns(name, table).await;
        for column in &table.columns {
            if sampler.is_json(name, column) {
                wanted.extend(sampler.json(name, table, column).await);
            }
            if !keys::is_list(column) && sampler.is_listing(name, column) {
                wanted.extend(candidates::listed(names, name, column));
            }
        }
    }
    for candidate in wanted {
        let found = sampler.contained(&candidate, None).await;
        sampler.samples.edges.push((candidate, found));
    }
    for pair in pairs::pairs(names.catalogue) {
        if sampler.is_wanted(&pair.table) {
            sampler.pair(pair).await;
        }
    }
    sampler.scattered().await;
    sampler.samples
}

struct Sampler<'a> {
    source: &'a Source,
    names: &'a Names<'a>,
    /// The one table that is sampled.
    only: Option<&'a str>,
    samples: Samples,
    /// Statements that failed since one did not.
    in_a_row: usize,
}

impl<'a> Sampler<'a> {
    fn is_wanted(&self, table: &str) -> bool {
        self.only.is_none_or(|only| only == table)
    }

    /// The tables that are sampled.
    fn tables(&self) -> Vec<(&'a String, &'a Table)> {
        let own = self.names.catalogue.tables.iter();
        own.filter(|(name, table)| candidates::is_own(table) && self.is_wanted(name))
            .collect()
    }

    /// The rows of a statement; none where it fails.
    async fn rows(&mut self, sql: &str) -> Vec<Vec<Option<String>>> {
        let mut rows = Vec::new();
        if self.in_a_row >= FAILURES_ROW_MAX || self.samples.failures >= FAILURES_MAX {
            return rows;
        }
        self.samples.statements += 1;
        let outcome = self
            .source
            .texts(sql, &mut |values| rows.push(values))
            .await;
        if outcome.is_err() {
            self.samples.failures += 1;
            self.in_a_row += 1;
            rows.clear();
        } else {
            self.in_a_row = 0;
        }
        rows
    }

    async fn columns(&mut self, name: &str, table: &Table) {
        let kind = self.names.catalogue.kind;
        let texts: Vec<&Column> = table
            .columns
            .iter()
            .filter(|column| !matches!(column.class, Class::Integer | Class::Time | Class::Uuid))
            .collect();
        for columns in texts.chunks(COLUMNS_MAX) {
            let sql = statements::counts(kind, name, table, columns);
            let mut numbers = self.rows(&sql).await.into_iter().flatten();
            let Some(rows) = numbers.next().and_then(number) else {
                continue;
            };
            for column in columns {
                let mut next = || numbers.next().and_then(number).unwrap_or_default();
                let counts = Counts {
                    rows,
                    filled: next(),
                    distinct: next(),
                    forms: FORMS.map(|form| (form, next())).into_iter().collect(),
                };
                let place = (name.to_owned(), column.name.clone());
                self.samples.columns.insert(place, counts);
            }
        }
    }

    fn is_json(&self, table: &str, column: &Column) -> bool {
        let texts = self.samples.counts(table, &column.name);
        // An empty list of another type is written like an empty object.
        let is_text = matches!(column.class, Class::Text | Class::Bytes);
        column.class == Class::Json
            || is_text
                && texts.is_some_and(|counts| {
                    counts.filled >= JSON_TEXTS_MIN && counts.of(Form::Json) == counts.filled
                })
    }

    /// Whether values that were looked at are lists in JSON.
    fn is_listing(&self, table: &str, column: &Column) -> bool {
        let kind = self.names.catalogue.kind;
        // PostgreSQL has types of its own for them.
        let is_text = column.class == Class::Text && kind != SourceKind::Postgres;
        let counts = self.samples.counts(table, &column.name);
        counts.is_some_and(|counts| {
            let lists = counts.of(Form::List);
            lists > 0 && (column.class == Class::Json || (is_text && lists == counts.filled))
        })
    }

    /// Reads the shared keys of a JSON column, two levels deep, and returns
    /// the edges that they may be.
    async fn json(&mut self, name: &str, table: &Table, column: &Column) -> Vec<Candidate> {
        let kind = self.names.catalogue.kind;
        let mut paths = Vec::new();
        let mut objects = vec![Vec::new()];
        while let Some(outer) = objects.pop() {
            let sql = statements::json_keys(kind, name, table, column, &outer);
            for row in self.rows(&sql).await {
                let mut values = row.into_iter().flatten();
                let Some(key) = values.next() else { continue };
                let mut path = outer.clone();
                path.push(key);
                if values.next().is_some_and(|is| is == "1") {
                    // Two levels are enough for what names rows.
                    if outer.is_empty() {
                        objects.push(path);
                    }
                } else {
                    paths.push(path);
                }
            }
        }
        paths.sort();
        let found = paths
            .iter()
            .flat_map(|path| candidates::inside(self.names, name, &column.name, path))
            .collect();
        let place = (name.to_owned(), column.name.clone());
        self.samples.json.insert(place, paths);
        found
    }

    async fn contained(&mut self, candidate: &Candidate, when: Option<&Condition>) -> Found {
        let Some(sql) = statements::contained(self.names.catalogue, candidate, when) else {
            return Found::default();
        };
        let mut numbers = self.rows(&sql).await.into_iter().flatten();
        let mut next = || numbers.next().and_then(number).unwrap_or_default();
        Found {
            asked: next(),
            found: next(),
        }
    }

    async fn pair(&mut self, pair: Pair) {
        let catalogue = self.names.catalogue;
        let key = catalogue
            .table(&pair.table)
            .and_then(|table| table.column(&pair.key));
        let (Some(key), Some(sql)) = (key, statements::types(catalogue, &pair)) else {
            return;
        };
        let mut types = Vec::new();
        let mut unknown = 0;
        for row in self.rows(&sql).await {
            let mut row = row.into_iter();
            let (Some(value), called) = (row.next().flatten(), row.next().flatten()) else {
                continue;
            };
            let target = called.and_then(|called| self.names.meant(&called, &pair.table));
            let named = target
                .and_then(|target| catalogue.table(target))
                .and_then(|target| keys::named(key, target));
            let (Some(target), Some(named)) = (target, named) else {
                unknown += 1;
                continue;
            };
            let candidate = Candidate {
                table: pair.table.clone(),
                from: vec![candidates::plain(&pair.key)],
                to: candidates::to(target, named),
                fit: 90,
                is_list: false,
            };
            let when = Condition {
                column: pair.kind.clone(),
                value: value.clone(),
            };
            let found = self.contained(&candidate, Some(&when)).await;
            types.push(Typed {
                value,
                candidate,
                found,
            });
        }
        self.samples.pairs.push(PairSample {
            pair,
            types,
            unknown,
        });
    }

    /// Looks for values that are the same nowhere else in every table that has
    /// such keys, where no name says which one they are of.
    async fn scattered(&mut self) {
        let catalogue = self.names.catalogue;
        let mut targets = Vec::new();
        let own = catalogue.tables.iter();
        for (name, table) in own.filter(|(_, own)| candidates::is_own(own)) {
            let keys = keys::keys(table).into_iter();
            let keys = keys.filter_map(|key| table.column(key));
            let keys = keys.filter(|key| keys::is_worldwide(key) && keys::is_own(table, key));
            targets.extend(keys.map(|key| (name.as_str(), key)));
        }
        for (name, table) in self.tables() {
            for column in &table.columns {
                let is_list = keys::lists_worldwide(column) || self.is_listing(name, column);
                if !is_list && !keys::is_worldwide(column) {
                    continue;
                }
                let is_own_key = keys::keys(table).contains(&column.name.as_str());
                let is_known = is_own_key
                    || candidates::is_declared(table, &column.name)
                    || judge::is_explained(&self.samples, name, &column.name);
                if is_known {
                    continue;
                }
                let before = self.samples.scattered.len();
                let mut asked = 0;
                for part in targets.chunks(TARGETS_MAX) {
                    asked = self.scatter(name, column, is_list, part).await;
                }
                if asked > 0 && !is_list && self.samples.scattered.len() == before {
                    self.samples
                        .adrift
                        .insert((name.clone(), column.name.clone()));
                }
            }
        }
    }

    /// How many values there were to look for.
    async fn scatter(
        &mut self,
        name: &str,
        column: &Column,
        is_list: bool,
        targets: &[(&str, &Column)],
    ) -> u64 {
        let sql = statements::scattered(self.names.catalogue, name, column, is_list, targets);
        let Some(sql) = sql else { return 0 };
        let mut numbers = self.rows(&sql).await.into_iter().flatten();
        let mut next = || numbers.next().and_then(number).unwrap_or_default();
        let asked = next();
        for (target, key) in targets {
            let found = next();
            if found > 0 {
                let candidate = Candidate {
                    table: name.to_owned(),
                    from: vec![candidates::plain(&column.name)],
                    to: candidates::to(target, &key.name),
                    fit: 0,
                    is_list,
                };
                self.samples
                    .scattered
                    .push((candidate, Found { asked, found }));
            }
        }
        asked
    }
}

fn number(text: Option<String>) -> Option<u64> {
    text?.parse().ok()
}
