//! Fills a schema nobody here designed with rows that fit it: types, lengths,
//! unique keys, foreign keys and the edges somebody judged to be true. What
//! row `n` holds follows from names and `n` alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use candor_connect::catalogue::{Catalogue, Class, Column, Table};
use candor_policy::charter::SourceKind;

use super::judged::{TrueEdge, is_filled};

/// Rows of a table, at least and at most.
const ROWS_MIN: usize = 12;
const ROWS_MAX: usize = 40;
/// Links followed for one value: a key that is a key of another table's key.
const DEPTH_MAX: usize = 6;

/// Rows for every table of a catalogue.
pub(crate) struct Filler<'a> {
    catalogue: &'a Catalogue,
    /// By table.
    edges: BTreeMap<&'a str, Vec<&'a TrueEdge>>,
    rows: BTreeMap<&'a str, usize>,
}

impl<'a> Filler<'a> {
    pub(crate) fn new(catalogue: &'a Catalogue, truth: &'a BTreeSet<TrueEdge>) -> Self {
        let mut edges: BTreeMap<&str, Vec<&TrueEdge>> = BTreeMap::new();
        for edge in truth {
            edges.entry(&edge.table).or_default().push(edge);
        }
        let own = catalogue.tables.iter();
        let own = own.filter(|(_, table)| is_filled(table.relation));
        let rows = own
            .map(|(name, _)| (name.as_str(), ROWS_MIN + hash(name) % (ROWS_MAX - ROWS_MIN)))
            .collect();
        let mut filler = Self {
            catalogue,
            edges,
            rows,
        };
        filler.fit();
        filler
    }

    /// What is unique in a link has no more rows than there are to name.
    fn fit(&mut self) {
        loop {
            let mut next = self.rows.clone();
            for (name, edges) in &self.edges {
                let table = &self.catalogue.tables[*name];
                for edge in edges.iter().filter(|edge| !edge.is_list) {
                    let unique = edge.columns.iter().all(|own| is_unique(table, own));
                    let named = self.rows[edge.target.as_str()];
                    if unique && next[name] > named {
                        next.insert(name, named);
                    }
                }
            }
            if next == self.rows {
                return;
            }
            self.rows = next;
        }
    }

    /// How many rows a table gets.
    pub(crate) fn rows(&self, table: &str) -> usize {
        self.rows.get(table).copied().unwrap_or_default()
    }

    /// Statements that put all rows in, unchecked until all are there.
    pub(crate) fn sql(&self) -> String {
        let mut sql = match self.catalogue.kind {
            SourceKind::Postgres => "SET session_replication_role = replica;\n",
            SourceKind::Mysql => "SET foreign_key_checks = 0;\n",
            SourceKind::Sqlite => "PRAGMA foreign_keys = OFF;\n",
        }
        .to_owned();
        let quote = |name: &str| match self.catalogue.kind {
            SourceKind::Mysql => format!("`{name}`"),
            _ => format!("\"{name}\""),
        };
        for (name, table) in &self.catalogue.tables {
            let own = table.columns.iter().filter(|column| !column.generated);
            let columns: Vec<&Column> = own.collect();
            let named: Vec<String> = columns.iter().map(|own| quote(&own.name)).collect();
            let rows: Vec<String> = (0..self.rows(name))
                .map(|row| {
                    let values: Vec<String> = columns
                        .iter()
                        .map(|column| self.literal(name, column, row))
                        .collect();
                    format!("({})", values.join(", "))
                })
                .collect();
            if rows.is_empty() {
                continue;
            }
            let overriding = match self.catalogue.kind {
                SourceKind::Postgres => " OVERRIDING SYSTEM VALUE",
                _ => "",
            };
            let _ = writeln!(
                sql,
                "INSERT INTO {} ({}){overriding} VALUES {};",
                quote(name),
                named.join(", "),
                rows.join(",\n")
            );
        }
        sql
    }

    fn literal(&self, table: &str, column: &Column, row: usize) -> String {
        let Some(value) = self.value(table, &column.name, row) else {
            return "NULL".to_owned();
        };
        let type_name = column.type_name.to_ascii_lowercase();
        let is_bits = type_name.starts_with("bit");
        let bare = is_bits
            || column.class == Class::Integer
            || [
                "tinyint(1)",
                "decimal",
                "double",
                "float",
                "numeric",
                "real",
                "oid",
            ]
            .iter()
            .any(|own| type_name.starts_with(own));
        match (self.catalogue.kind, bare) {
            (_, true) => value,
            (SourceKind::Postgres, false) => format!("'{}'::{}", quoted(&value), column.type_name),
            (_, false) => format!("'{}'", quoted(&value)),
        }
    }

    /// What a row holds in a column, as text.
    pub(crate) fn value(&self, table: &str, column: &str, row: usize) -> Option<String> {
        self.deep(table, column, row, 0)
    }

    fn deep(&self, name: &str, column: &str, row: usize, depth: usize) -> Option<String> {
        let table = &self.catalogue.tables[name];
        let own = table.column(column).unwrap();
        if depth > DEPTH_MAX {
            return Some(plain(name, own, row));
        }
        let edges = self.edges.get(name).map_or(&[][..], Vec::as_slice);
        let kinds = edges.iter().filter_map(|edge| {
            let (kind, value) = edge.when.as_ref()?;
            (kind == column).then_some(value)
        });
        let mut kinds: Vec<&String> = kinds.collect();
        kinds.sort();
        kinds.dedup();
        if !kinds.is_empty() {
            return Some(kinds[row % kinds.len()].clone());
        }
        let is_it = |edge: &&&TrueEdge| {
            let fits = edge.when.as_ref().is_none_or(|(kind, value)| {
                self.deep(name, kind, row, depth + 1).as_ref() == Some(value)
            });
            edge.columns.iter().any(|own| own == column) && fits
        };
        let Some(edge) = edges.iter().find(is_it) else {
            let typed = edges
                .iter()
                .any(|edge| edge.columns.iter().any(|own| own == column));
            return (!typed || !own.nullable).then(|| plain(name, own, row));
        };
        let place = edge.columns.iter().position(|own| own == column).unwrap();
        if edge.is_list {
            let named = [row, row + 1].map(|step| {
                let there = (step * 5 + hash(column)) % self.rows(&edge.target);
                self.deep(&edge.target, &edge.to[place], there, depth + 1)
            });
            let named: Vec<String> = named.into_iter().flatten().collect();
            return Some(format!("{{{}}}", named.join(",")));
        }
        let named = self.named(edge, row)?;
        self.deep(&edge.target, &edge.to[place], named, depth + 1)
    }

    /// The row that an edge of a row names; none where the edge is empty.
    pub(crate) fn named(&self, edge: &TrueEdge, row: usize) -> Option<usize> {
        let table = &self.catalogue.tables[&edge.table];
        let nullable = edge
            .columns
            .iter()
            .any(|own| table.column(own).unwrap().nullable);
        let key = format!("{}.{}", edge.table, edge.columns.join(","));
        let seed = hash(&key);
        if nullable && (row + seed).is_multiple_of(4) {
            return None;
        }
        let there = self.rows(&edge.target);
        let unique = edge.columns.iter().any(|own| is_unique(table, own));
        let picked = if unique {
            row + seed
        } else {
            hash(&format!("{key} {row}"))
        };
        Some(picked % there)
    }
}

/// Whether a column is part of what tells rows apart.
fn is_unique(table: &Table, column: &str) -> bool {
    let keys = std::iter::once(&table.primary_key).chain(&table.unique_keys);
    let mut keys = keys.filter(|key| !key.is_empty());
    keys.any(|key| key.iter().any(|own| own == column))
}

/// A value for a column that names nothing.
fn plain(table: &str, column: &Column, row: usize) -> String {
    let type_name = column.type_name.to_ascii_lowercase();
    let starts = |own: &str| type_name.starts_with(own);
    let name = column.name.to_ascii_lowercase();
    if type_name.ends_with("[]") {
        return "{}".to_owned();
    }
    match column.class {
        Class::Integer if starts("tinyint(1)") => (row % 2).to_string(),
        Class::Integer => (row + 1).to_string(),
        Class::Uuid => uuid(&format!("{table}.{name}"), row),
        Class::Json => format!("{{\"n\": {row}}}"),
        Class::Time if starts("date") && !starts("datetime") => {
            format!("2026-01-{:02}", 1 + row % 28)
        }
        Class::Time if starts("time") && !starts("timestamp") => "10:00:00".to_owned(),
        Class::Time => format!("2026-01-{:02} 10:00:{:02}", 1 + row % 28, row % 60),
        Class::Bytes => format!("b{row}"),
        _ if starts("bool") => row.is_multiple_of(2).to_string(),
        _ if starts("bit") => (row % 2).to_string(),
        _ if starts("inet") || starts("cidr") => format!("10.{}.0.{}", hash(table) % 200, row + 1),
        _ if starts("interval") => format!("{row} days"),
        _ if starts("time") => "10:00:00".to_owned(),
        Class::Text | Class::Textual => written(&name, &format!("{table}.{name}"), &type_name, row),
        Class::Other => (row + 1).to_string(),
    }
}

/// A text, of the form that its name says.
fn written(name: &str, key: &str, type_name: &str, row: usize) -> String {
    let has = |word: &str| name.contains(word);
    let length = type_name
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'))
        .and_then(|(length, _)| length.parse::<usize>().ok())
        .unwrap_or(usize::MAX);
    const CHOICES: [&str; 5] = ["type", "status", "state", "kind", "category"];
    let text = if CHOICES.iter().any(|own| name.ends_with(own)) {
        format!("{}{name}", row % 3)
    } else if length == 36 {
        uuid(key, row)
    } else if name.ends_with("email") || name.ends_with("address") && key.contains("email") {
        format!("p{row}.{}@post.example", hash(key) % 1000)
    } else if has("password") && has("hash") {
        format!("$2b$12$k{row}")
    } else if has("user_agent") {
        format!("Mozilla/5.0 ({row})")
    } else if has("url") || has("referer") {
        format!("https://www.example/{row}")
    } else if has("phone") || has("mobile") {
        format!("+33 1 00 00 {:02} {:02}", row / 100, row % 100)
    } else if [
        "body",
        "message",
        "note",
        "comment",
        "description",
        "reason",
    ]
    .iter()
    .any(|own| has(own))
    {
        format!("{row} words of several kinds in a row")
    } else {
        format!("{row}-{name}")
    };
    text.chars().take(length).collect()
}

fn uuid(key: &str, row: usize) -> String {
    format!("{:08x}-0000-4000-8000-{row:012x}", hash(key) & 0xffff_ffff)
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

/// A number that follows from a text, the same on every machine.
pub(crate) fn hash(text: &str) -> usize {
    let mixed = text.bytes().fold(0x811c_9dc5_u32, |mixed, byte| {
        (mixed ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (mixed ^ (mixed >> 15)) as usize
}
