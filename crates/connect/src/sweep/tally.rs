//! Rows that are counted before they go, one span of the aggregate after the
//! other: first it is decided which lines are of enough people, over all that is
//! due, then batches count and delete, each in one transaction. Whoever counts
//! the same rule elsewhere waits for that transaction's end. Refuses rows that
//! others belong to, and a table without the columns that are declared.

use candor_domain::plan::{Action, TableEffect};
use candor_domain::sweep::{SweepOrder, SweepRule, Tallied, span_end};
use candor_policy::charter::{SourceKind, Tally};
use candor_policy::map::ColumnPath;
use jiff::Timestamp;

use super::{Sources, unit::Unit};
use crate::catalogue::{Class, Column};
use crate::compiled::Compiled;
use crate::error::{Fault, SourceError};
use crate::plan::PlannedTable;
use crate::source::Source;
use crate::sql::tally::{Counting, Labels};
use crate::sql::{name, seed};

/// The most lines of one span: they are held in memory and named by each batch.
const LINES_MAX: usize = 10_000;

/// What a batch takes: rows before a second.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) before: i64,
    /// How they are counted, if they are.
    pub(super) labels: Option<Labels>,
}

/// What a rule counts, as this source's schema has it.
pub(super) fn counting(known: &Compiled, order: &SweepOrder) -> Result<Option<Counting>, Fault> {
    let Some(tally) = &order.aggregate else {
        return Ok(None);
    };
    let refused = |why: String| Err(Fault::Refused(vec![why]));
    let Some((_, into)) = tally.into.split_once('.') else {
        return refused(format!("`{}` names no `source.table`", tally.into));
    };
    let Some(table) = known.catalogue.table(into) else {
        return Err(Fault::Drift(vec![format!(
            "table `{into}`, into which `{}` counts, does not exist",
            order.rule
        )]));
    };
    let missing: Vec<String> = Counting::missing(tally, table)
        .map(|column| {
            format!(
                "column `{into}.{column}`, which `{}` fills, does not exist",
                order.rule
            )
        })
        .collect();
    if !missing.is_empty() {
        return Err(Fault::Drift(missing));
    }
    let span = table.column(tally.per.word());
    let Some(span) = span.filter(|span| holds_days(known.catalogue.kind, span)) else {
        return refused(format!(
            "`{into}.{}` says of which days a line is: make it a date or a text",
            tally.per.word()
        ));
    };
    let anchor = order.anchors.first();
    let own = known.plan.tables.iter();
    let mut own = own.filter(|table| anchor.is_some_and(|anchor| anchor.table == table.name));
    let Some(person) = own.next().and_then(|table| person(known, table)) else {
        return refused(format!(
            "no column says whose the rows of `{}` are, so that nobody can count the people of a line",
            order.rule
        ));
    };
    Ok(Some(Counting {
        tally: tally.clone(),
        into: into.to_owned(),
        span_type: span.type_name.clone(),
        person,
    }))
}

fn holds_days(kind: SourceKind, column: &Column) -> bool {
    kind == SourceKind::Sqlite || column.class == Class::Text || column.type_name == "date"
}

/// The column that says whose a row is: an identity, or the only column that
/// names a row with one.
fn person(known: &Compiled, table: &PlannedTable) -> Option<ColumnPath> {
    if let Some(root) = table.roots.first() {
        return Some(ColumnPath {
            column: root.column.clone(),
            path: Vec::new(),
        });
    }
    let people = |target: usize| {
        let target = known.plan.tables.get(target);
        target.is_some_and(|target| !target.roots.is_empty())
    };
    let owners = table.owners.iter();
    let mut owners =
        owners.filter(|link| link.when.is_none() && !link.is_list && people(link.target));
    match owners.next()?.from.as_slice() {
        [path] => Some(path.clone()),
        _ => None,
    }
}

/// Refuses rows that cannot be counted as they go.
pub(super) fn fits(order: &SweepOrder, unit: &Unit) -> Result<(), Fault> {
    let takes_rows = unit
        .effect(0)
        .is_some_and(|effect| effect.action == Action::Delete);
    if unit.is_leaf && takes_rows {
        return Ok(());
    }
    Err(Fault::Refused(vec![format!(
        "`{}` counts rows before they go, and those of its table stay, belong to others or are \
         named by others: count rows that go by themselves",
        order.rule
    )]))
}

/// What a batch that counts did.
pub(super) fn effects(unit: &Unit, gone: u64, counted: u64) -> Vec<TableEffect> {
    let into = unit.counting.as_ref().map(|counting| TableEffect {
        table: counting.into.clone(),
        action: Action::Aggregate,
        rows: counted,
        because: None,
    });
    let effects = unit.effect(gone).into_iter().chain(into);
    effects.filter(|effect| effect.rows > 0).collect()
}

/// What stands in the tables into which a rule counts; nothing where it doesn't.
///
/// # Errors
///
/// [`SourceError`].
pub async fn tallied_rule(
    rule: &SweepRule,
    sources: &Sources<'_>,
) -> Result<Option<Tallied>, SourceError> {
    let mut all: Option<Tallied> = None;
    for order in rule.orders.iter().filter(|order| order.aggregate.is_some()) {
        let source = super::rule::of(sources, &order.source)?;
        let found = source.tallied(order).await;
        let found = found.map_err(|fault| source.named(fault))?;
        let all = all.get_or_insert_default();
        all.lines += found.lines;
        all.small += found.small;
    }
    Ok(all)
}

impl Source {
    /// The next part of what is due before a second, after the parts before.
    pub(super) async fn next_part(
        &self,
        unit: &Unit,
        since: Option<i64>,
        moment: i64,
    ) -> Result<Option<Part>, Fault> {
        let Some(counting) = &unit.counting else {
            let part = Part {
                before: moment,
                labels: None,
            };
            return Ok(since.is_none().then_some(part));
        };
        let Some(oldest) = self.oldest_due(unit, since, moment).await? else {
            return Ok(None);
        };
        let before = span_end(oldest, counting.tally.per).as_second().min(moment);
        let labels = self.labels(unit, counting, before).await?;
        Ok(Some(Part {
            before,
            labels: Some(labels),
        }))
    }

    async fn oldest_due(
        &self,
        unit: &Unit,
        since: Option<i64>,
        moment: i64,
    ) -> Result<Option<Timestamp>, Fault> {
        let plan = unit.plan();
        let due = unit.due(&moment.to_string());
        for (seed, (table, due)) in plan.seeds.iter().zip(due) {
            let Some(anchor) = seed::anchor(plan.kind, table, seed) else {
                continue;
            };
            let since = since.map(|since| anchor.is_before(&since.to_string()));
            let since = since.map_or_else(String::new, |before| format!(" AND NOT ({before})"));
            let oldest = self
                .texts_of(&format!(
                    "/* candor: whose time is over first */ SELECT {} FROM {} AS t WHERE {due}{since}",
                    anchor.oldest(),
                    name(&table.name)
                ))
                .await?;
            let oldest = oldest.and_then(|second| second.parse().ok());
            return Ok(oldest.and_then(|second| Timestamp::from_second(second).ok()));
        }
        Ok(None)
    }

    async fn labels(&self, unit: &Unit, counting: &Counting, before: i64) -> Result<Labels, Fault> {
        let mut labels = Labels::default();
        let Some((seed, sql)) = unit.seed().and_then(|seed| {
            let sql = counting.labels(unit.plan(), seed, &before.to_string())?;
            Some((seed, sql))
        }) else {
            return Ok(labels);
        };
        self.texts(&sql, &mut |line| {
            let [Some(kind), Some(mark), Some(rows)] = line.as_slice() else {
                return;
            };
            labels.rows += rows.parse::<u64>().unwrap_or_default();
            let own = if kind == "0" {
                &mut labels.own
            } else {
                &mut labels.rest
            };
            if own.len() <= LINES_MAX {
                own.push(mark.clone());
            }
        })
        .await?;
        if labels.own.len() > LINES_MAX || labels.rest.len() > LINES_MAX {
            return Err(Fault::Refused(vec![format!(
                "one {} of `{}` has more than {LINES_MAX} lines: count by fewer columns",
                counting.tally.per.word(),
                seed.anchor
            )]));
        }
        Ok(labels)
    }

    /// How many of the rows that are due would be counted.
    pub(super) async fn countable(&self, unit: &Unit, moment: i64) -> Result<u64, Fault> {
        let sql = unit.counting.as_ref().and_then(|counting| {
            let seed = unit.seed()?;
            counting.counted(unit.plan(), seed, &moment.to_string())
        });
        let Some(sql) = sql else {
            return Ok(0);
        };
        let rows = self.texts_of(&sql).await?;
        Ok(rows.and_then(|rows| rows.parse().ok()).unwrap_or_default())
    }

    async fn tallied(&self, order: &SweepOrder) -> Result<Tallied, Fault> {
        let mut tallied = Tallied::default();
        for unit in self.units(order).await? {
            let Some(counting) = &unit.counting else {
                continue;
            };
            let sql = counting.lines_of_table(unit.plan().kind);
            self.texts(&sql, &mut |line| {
                let mut numbers = line
                    .into_iter()
                    .flatten()
                    .map(|one| one.parse().unwrap_or(0_u64));
                tallied.lines += numbers.next().unwrap_or_default();
                tallied.small += numbers.next().unwrap_or_default();
            })
            .await?;
        }
        Ok(tallied)
    }
}

/// The name under which whoever counts a rule is alone.
pub(super) fn claim(tally: &Tally) -> String {
    format!("counting/{}", tally.into)
}
