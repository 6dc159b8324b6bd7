//! How a person's rows in a table are found, and which are missed. Counts are
//! of a sample; no value is read.

use std::collections::VecDeque;
use std::fmt;

use candor_policy::map::{Edge, SourceMap, TableMap};

use super::{Atlas, AtlasEdge, EdgeKind, columns};
use crate::catalogue::{Catalogue, Table};
use crate::draft::{Grade, Inferred, missing};
use crate::error::SourceError;
use crate::source::Source;

/// Paths that are shown.
const PATHS_MAX: usize = 12;
/// Paths that are followed before the shown ones are chosen: the shortest come
/// first, so what is left out is longer.
const STEPS_MAX: usize = 10_000;

/// How a person's rows are found in a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The table.
    pub table: String,
    /// Every way from a person to its rows, the shortest first.
    pub found: Vec<String>,
    /// What no way leads to, or nobody has said.
    pub missed: Vec<String>,
    /// Why nobody is looked for there as long as it is so: the indexes that a
    /// large table lacks.
    pub refused: Vec<String>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "A person's rows in `{}` are found", self.table)?;
        if self.found.is_empty() {
            writeln!(formatter, "  by nothing: no edge leads from a person to it")?;
        }
        for way in &self.found {
            writeln!(formatter, "  {way}")?;
        }
        for why in &self.refused {
            writeln!(formatter, "Refused as long as an index is missing\n  {why}")?;
        }
        if self.missed.is_empty() {
            return writeln!(formatter, "Nothing that is known would be missed");
        }
        writeln!(formatter, "Missed")?;
        for missed in &self.missed {
            writeln!(formatter, "  {missed}")?;
        }
        Ok(())
    }
}

impl Source {
    /// Says how a person's rows in a table are found.
    ///
    /// # Errors
    ///
    /// [`SourceError::Refused`] for a table that is not there or not mapped.
    pub async fn explain(&self, name: &str) -> Result<Explanation, SourceError> {
        let catalogue = self.catalogue().await?;
        let refused = |what: String| {
            let source_name = self.name().to_owned();
            let what = vec![what];
            SourceError::Refused { source_name, what }
        };
        let Some(table) = catalogue.table(name) else {
            return Err(refused(format!("there is no table `{name}`")));
        };
        let Some(mapped) = self.map().tables.get(name) else {
            let ignored = self.map().ignored.iter().any(|own| own == name);
            let mut missed = vec![if ignored {
                "all of it: the map ignores the table".to_owned()
            } else {
                "all of it: the map does not mention the table, and the source is refused until it does".to_owned()
            }];
            let inferred = self.inferred_of(&catalogue, name).await;
            missed.extend(undeclared(&inferred, name, self.map()));
            return Ok(Explanation {
                table: name.to_owned(),
                missed,
                ..Explanation::default()
            });
        };
        let atlas = Atlas::new(&catalogue, self.map());
        let mut missed = Vec::new();
        if let Some(empty) = nowhere(&catalogue, table, mapped) {
            let sql = missing(catalogue.kind, name, table, &empty.sql);
            let counted = self.counts(&sql).await;
            missed.extend(empty.sentence(counted));
        }
        let own = atlas.tables.iter().find(|own| own.name == name);
        for column in own.into_iter().flat_map(|own| &own.unmapped) {
            missed.push(format!(
                "what `{column}` holds: the map does not say, and the source is refused until it does"
            ));
        }
        missed.extend(unexplained(table, mapped));
        let inferred = self.inferred_of(&catalogue, name).await;
        missed.extend(undeclared(&inferred, name, self.map()));
        Ok(Explanation {
            table: name.to_owned(),
            found: atlas.found(name),
            missed,
            refused: self.unindexed(name).await,
        })
    }

    /// What an erasure is refused for in a table; nothing as long as there is no
    /// plan at all.
    async fn unindexed(&self, name: &str) -> Vec<String> {
        let reads = self.whole_reads().await.unwrap_or_default();
        let own = reads.iter().filter(|read| read.table == name);
        own.map(ToString::to_string).collect()
    }

    /// Two counts of a statement; `None` where it failed or took too long.
    async fn counts(&self, sql: &str) -> Option<(u64, u64)> {
        let mut numbers = Vec::new();
        let mut take = |values: Vec<Option<String>>| {
            let values = values.into_iter().flatten();
            numbers.extend(values.filter_map(|value| value.parse::<u64>().ok()));
        };
        self.texts(sql, &mut take).await.ok()?;
        match numbers.as_slice() {
            [all, empty] => Some((*all, *empty)),
            _ => None,
        }
    }
}

impl Atlas {
    /// The ways from a person to a table's rows, the shortest first.
    pub(super) fn ways(&self, place: usize) -> Vec<String> {
        let mut ways = Vec::new();
        let mut open: VecDeque<(usize, Vec<usize>, Vec<String>)> = VecDeque::new();
        open.push_back((place, vec![place], Vec::new()));
        for _ in 0..STEPS_MAX {
            let Some((at, passed, steps)) = open.pop_front() else {
                break;
            };
            let Some(table) = self.tables.get(at) else {
                continue;
            };
            if !table.found_by.is_empty() {
                let by = format!("`{}` by {}", table.name, table.found_by.join(", "));
                let mut way = steps.clone();
                way.push(by);
                ways.push(way.join(", then "));
                if ways.len() == PATHS_MAX {
                    ways.push("and further ways, all longer".to_owned());
                    break;
                }
            }
            for edge in &self.edges {
                if let Some((from, to)) = edge.leads().filter(|(_, to)| *to == at)
                    && !passed.contains(&from)
                {
                    let mut passed = passed.clone();
                    passed.push(from);
                    let mut steps = steps.clone();
                    steps.push(self.step(edge, to));
                    open.push_back((from, passed, steps));
                }
            }
        }
        ways
    }

    /// One step of a way.
    fn step(&self, edge: &AtlasEdge, at: usize) -> String {
        let name = |place: usize| self.tables.get(place).map_or("", |own| own.name.as_str());
        let when = edge.when.as_ref().map_or_else(String::new, |when| {
            format!(" where `{}` is `{}`", when.column, when.value)
        });
        match edge.kind {
            EdgeKind::LastOf => format!(
                "`{}` with the last row of `{}` that names it (`{}`)",
                name(at),
                name(edge.from),
                edge.columns
            ),
            _ => format!(
                "`{}` through `{}`{when} to `{}`",
                name(at),
                edge.columns,
                name(edge.to)
            ),
        }
    }
}

/// Rows whose edges and identities all name nobody.
struct Nowhere {
    /// The condition, on `t`.
    sql: String,
    words: String,
}

impl Nowhere {
    fn sentence(&self, counted: Option<(u64, u64)>) -> Option<String> {
        match counted {
            Some((_, 0)) => None,
            Some((all, empty)) => Some(format!(
                "rows where {}: {empty} of the {all} looked at",
                self.words
            )),
            None => Some(format!("rows where {}", self.words)),
        }
    }
}

/// The rows of a table that lead to nobody: `None` where each leads somewhere.
fn nowhere(catalogue: &Catalogue, table: &Table, mapped: &TableMap) -> Option<Nowhere> {
    let mut parts = Vec::new();
    let mut words = Vec::new();
    for edge in &mapped.owned_by {
        let (sql, what) = missing::edge(catalogue.kind, table, edge)?;
        parts.push(sql);
        words.push(what);
    }
    for column in mapped.identities.values() {
        let column = table.column(column)?;
        if !column.nullable {
            return None;
        }
        parts.push(missing::column(&column.name));
        words.push(format!("`{}` is empty", column.name));
    }
    (!parts.is_empty() && mapped.last_of.is_empty()).then(|| Nowhere {
        sql: parts.join(" AND "),
        words: words.join(" and "),
    })
}

/// Foreign keys that the map says nothing about.
fn unexplained(table: &Table, mapped: &TableMap) -> Vec<String> {
    let known = |own: &[String]| {
        edges(mapped).any(|edge| {
            edge.from.len() == own.len() && edge.from.iter().all(|from| own.contains(&from.column))
        })
    };
    let keys = table.foreign_keys.iter();
    keys.filter(|key| !known(&key.columns))
        .map(|key| {
            let columns = key.columns.join(", ");
            format!(
                "nothing is said of `{columns}`, a foreign key to `{}`",
                key.target
            )
        })
        .collect()
}

/// Edges that nothing declares and the map does not have; those to tables
/// without personal data lead to nobody and are left out.
fn undeclared(inferred: &[Inferred], name: &str, map: &SourceMap) -> Vec<String> {
    let mapped = map.tables.get(name);
    let counted = |own: &Inferred| {
        let target = map.tables.get(&own.target);
        let incoming = target.into_iter().flat_map(|target| &target.last_of);
        let mut incoming = incoming.filter(|incoming| incoming.table == name);
        incoming.any(|incoming| columns(&own.edge) == incoming.columns.join(", "))
    };
    let known = |edge: &Edge| {
        let mut all = mapped.into_iter().flat_map(edges);
        all.any(|own| own.from == edge.from)
    };
    inferred
        .iter()
        .filter(|own| own.table == name && own.reason.grade != Grade::Undetermined)
        .filter(|own| !map.ignored.contains(&own.target))
        .filter(|own| !known(&own.edge) && !counted(own))
        .map(|own| {
            let list = if own.is_list { "a list, " } else { "" };
            format!(
                "rows through `{}`, which seems to name `{}` ({list}{}: {}) and is no edge of the map",
                columns(&own.edge),
                own.target,
                own.reason.grade,
                own.reason.why
            )
        })
        .collect()
}

fn edges(mapped: &TableMap) -> impl Iterator<Item = &Edge> {
    let references = mapped.references.iter().map(|reference| &reference.edge);
    mapped.owned_by.iter().chain(references)
}
