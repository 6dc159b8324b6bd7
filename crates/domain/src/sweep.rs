//! Sweeps: what a retention rule asks of one source at a moment. A sweep takes
//! rows a little before their ceiling, so that the promise holds between two
//! sweeps, and never before a floor of the law. Refuses a rule whose effect
//! could not be told from the declaration alone.

use std::collections::BTreeMap;

use candor_policy::charter::{Charter, Retention, Tally, covers};
use candor_policy::map::{Content, TableMap};
use candor_policy::period::{Period, Unit};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

mod ahead;
mod notice;
mod tally;
mod term;

pub use ahead::{Expiring, Span, spans};
pub use notice::{NoticeTerms, Noticed, RETRY_AFTER, earliest};
pub use tally::{Tallied, span_end};
pub use term::{Term, starts, whole};

use crate::hold::{Standing, standing};
use crate::plan::TableEffect;

/// Time between two sweeps of a rule.
pub const SWEEP_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How long before their ceiling rows go: two sweeps may fail before a promise
/// breaks.
pub const LEAD: SignedDuration = SignedDuration::from_hours(3);
/// A sweep older than this shows that nobody sweeps any more.
pub const SWEEP_FRESH_FOR: SignedDuration = SignedDuration::from_hours(3);
/// The times ahead for which what expires is foretold, in days.
pub const FORECAST_DAYS: [u32; 4] = [1, 7, 30, 90];

/// How long a row may stay after the event until which it is kept: what a sweep
/// has to see that it happened.
pub const AFTER_EVENT: Period = Period {
    amount: 1,
    unit: Unit::Days,
};

/// What a rule asks of all sources. Of the holds, only those that the data sets
/// are in it; whom staff put on hold is for the caller to add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepRule {
    /// Of each source in which an anchor stands.
    pub orders: Vec<SweepOrder>,
    /// Sources with covered tables and without an anchor: what they hold of the
    /// people whose anchored rows go.
    pub elsewhere: Vec<String>,
    /// What keeps rows all the same.
    pub holds: Vec<Standing>,
    /// The spans for which is foretold what comes due.
    pub ahead: Vec<Span>,
}

/// What a rule asks of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepOrder {
    /// Name of the retention rule.
    pub rule: String,
    /// The source.
    pub source: String,
    /// The columns that start the period.
    pub anchors: Vec<Anchor>,
    /// Tables of this source that the rule covers beside those of its anchors.
    pub covers: Vec<String>,
    /// Tables of this source whose rows a law keeps under another rule.
    pub floors: Vec<String>,
    /// Table and column of this source that hold a row back while they are
    /// neither null nor false.
    pub holds: Vec<(String, String)>,
    /// Marks, by table, of rows that stay because of a hold on somebody: what
    /// the source itself found, and can tell again.
    pub spared: BTreeMap<String, Vec<String>>,
    /// How long they stay.
    pub term: Term,
    /// Rows whose anchor is earlier go.
    pub before: Timestamp,
    /// Who must have been told before, where the rule has a notice.
    pub notice: Option<NoticeTerms>,
    /// What is counted of the rows before they go.
    pub aggregate: Option<Tally>,
}

/// A column that starts a period, and what goes when it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// Only these columns of the row; empty for the row and all it owns.
    pub only: Vec<String>,
}

/// What a sweep did in one source, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// Rows per table and action.
    pub effects: Vec<TableEffect>,
    /// Rows that are due and stay because of a hold, by the table of their
    /// anchor.
    #[serde(default)]
    pub held: BTreeMap<String, u64>,
    /// Partitions that were dropped whole; their rows are in the effects.
    pub partitions: Vec<String>,
    /// Transactions.
    pub batches: u64,
    /// The longest of them, in milliseconds.
    pub longest_ms: u64,
    /// Whether all that was due is gone; `false` where others held rows, or it
    /// was stopped.
    pub complete: bool,
    /// Whether a bound, or a word to stop, came before the end.
    pub stopped: bool,
}

impl Swept {
    /// Rows that went or were pseudonymised.
    #[must_use]
    pub fn rows(&self) -> u64 {
        use crate::plan::Action::{Delete, Pseudonymise};
        let effects = self.effects.iter();
        effects
            .filter(|effect| matches!(effect.action, Delete | Pseudonymise))
            .map(|effect| effect.rows)
            .sum()
    }
}

/// What is due in one source by certain times, by the rows that carry an
/// anchor; what they own goes with them and isn't counted here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// Rows that are due within each of [`FORECAST_DAYS`], each including the
    /// ones before.
    pub within: [u64; FORECAST_DAYS.len()],
    /// The oldest anchor of rows that can still go.
    pub oldest: Option<Timestamp>,
    /// The same rows by the days, weeks and months of a year.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<Expiring>,
}

/// What one rule asks; nothing where no column measures it.
///
/// # Errors
///
/// In words, why the rule can't be carried out as declared.
pub fn rule(charter: &Charter, rule: &str, now: Timestamp) -> Result<SweepRule, String> {
    let Some(retention) = charter.retention.get(rule) else {
        return Err(format!("there is no rule `retention.{rule}`"));
    };
    let Some(term) = Term::of(retention) else {
        return Ok(SweepRule::default());
    };
    if retention.from.is_empty() {
        return Ok(SweepRule::default());
    }
    if term.ceiling.unit == Unit::WorkingDays {
        return Err("the age of rows is not counted in working days".to_owned());
    }
    let before = match retention.aggregate {
        Some(_) => tally::cutoff(&term, now),
        None => term.cutoff(now),
    };
    let notice = retention.notice;
    let notice = notice.map(|notice| NoticeTerms::new(now, notice, &term));
    if notice.is_some() && retention.from.len() > 1 {
        return Err(format!(
            "`retention.{rule}` has a notice and counts from several columns: \
             nobody is to be told twice, so give each column a rule of its own"
        ));
    }
    let mut orders: Vec<SweepOrder> = Vec::new();
    for anchor in &retention.from {
        let Some([source, table, column]) = split(anchor) else {
            return Err(format!("`{anchor}` names no `source.table.column`"));
        };
        let mapped = charter
            .sources
            .get(source)
            .and_then(|own| own.map.tables.get(table))
            .ok_or_else(|| format!("`{source}.{table}` is in no map"))?;
        let anchor = Anchor {
            table: table.to_owned(),
            column: column.to_owned(),
            only: only(charter, rule, retention, (source, table), mapped)?,
        };
        match orders.iter_mut().find(|order| order.source == source) {
            Some(order) => order.anchors.push(anchor),
            None => orders.push(SweepOrder {
                rule: rule.to_owned(),
                source: source.to_owned(),
                anchors: vec![anchor],
                covers: covered(retention, source),
                floors: floors(charter, rule, source),
                holds: flags(charter, source),
                spared: BTreeMap::new(),
                term,
                before,
                notice,
                aggregate: retention.aggregate.clone(),
            }),
        }
    }
    Ok(SweepRule {
        elsewhere: elsewhere(charter, retention),
        orders,
        holds: standing(charter, BTreeMap::new()),
        ahead: spans(now, &term),
    })
}

fn elsewhere(charter: &Charter, retention: &Retention) -> Vec<String> {
    let anchored = |source: &str| {
        let mut anchors = retention.from.iter().filter_map(|anchor| split(anchor));
        anchors.any(|[own, ..]| own == source)
    };
    let mut sources: Vec<String> = retention
        .covers
        .iter()
        .filter_map(|covered| covered.split_once('.'))
        .map(|(source, _)| source)
        .filter(|source| !anchored(source) && charter.sources.contains_key(*source))
        .map(str::to_owned)
        .collect();
    sources.sort();
    sources.dedup();
    sources
}

/// The columns that go alone, where the rule covers data by name: a row is
/// only deleted under a rule that names its table, or nothing else.
fn only(
    charter: &Charter,
    rule: &str,
    retention: &Retention,
    (source, table): (&str, &str),
    mapped: &TableMap,
) -> Result<Vec<String>, String> {
    let place = format!("{source}.{table}");
    if retention.covers.contains(&place) {
        return Ok(Vec::new());
    }
    let own_name = [rule.to_owned()];
    let names = if retention.covers.is_empty() {
        &own_name[..]
    } else {
        &retention.covers[..]
    };
    let columns: Vec<String> = mapped
        .columns
        .iter()
        .filter(|(_, column)| {
            let mut data = names.iter().filter_map(|name| charter.data.get(name));
            data.any(|data| match &column.content {
                Content::Personal(category) => covers(&data.category, category),
                Content::Key | Content::Plain => false,
            })
        })
        .map(|(column, _)| column.clone())
        .collect();
    if columns.is_empty() {
        return Err(format!(
            "`retention.{rule}` starts in `{place}` and covers neither that table nor a column of it"
        ));
    }
    Ok(columns)
}

fn covered(retention: &Retention, source: &str) -> Vec<String> {
    let covered = retention.covers.iter().filter_map(|covered| {
        let (own, table) = covered.split_once('.')?;
        (own == source).then(|| table.to_owned())
    });
    covered.collect()
}

/// Tables that another rule keeps for a law.
fn floors(charter: &Charter, rule: &str, source: &str) -> Vec<String> {
    let others = charter
        .retention
        .iter()
        .filter(|(name, other)| *name != rule && other.at_least.is_some());
    let mut floors: Vec<String> = others
        .flat_map(|(_, other)| covered(other, source))
        .collect();
    floors.sort();
    floors.dedup();
    floors
}

/// Columns of a source that hold rows back.
fn flags(charter: &Charter, source: &str) -> Vec<(String, String)> {
    let holds = standing(charter, BTreeMap::new());
    let flags = holds.iter().flat_map(|hold| hold.flags_of(source));
    let flags = flags.map(|(table, column)| (table.to_owned(), column.to_owned()));
    flags.collect()
}

fn split(anchor: &str) -> Option<[&str; 3]> {
    let mut parts = anchor.splitn(3, '.');
    Some([parts.next()?, parts.next()?, parts.next()?])
}

#[cfg(test)]
mod tests;
