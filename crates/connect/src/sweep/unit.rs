//! What a rule does in one source: rows that go by themselves, or rows with all
//! that belongs to them, by the same plan as an erasure. All anchors of whole
//! rows start one plan together, so that no row is counted twice; an anchor of
//! mere columns is a unit of its own. Refuses a rule that covers a table to
//! which its anchors don't lead, and one whose rows a law keeps.

use std::sync::Arc;

use candor_domain::plan::{Action, TableEffect};
use candor_domain::sweep::{Anchor, SweepOrder};
use candor_policy::charter::OnErasure;
use candor_policy::map::{Content, SourceMap};

use super::tally;
use crate::catalogue::Relation;
use crate::compiled::Compiled;
use crate::error::Fault;
use crate::plan::{Decision, Plan, PlanError, PlannedTable, Replacement, Seed, Told};
use crate::sql::anchor::AnchorColumn;
use crate::sql::seed::{self, Leaf};
use crate::sql::tally::Counting;

/// Anchors of a rule that are swept together, compiled for a schema.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) compiled: Arc<Compiled>,
    /// The schema's own stamp.
    pub(crate) stamp: String,
    /// Whether nothing but the rows themselves is concerned.
    pub(crate) is_leaf: bool,
    /// What is counted of the rows before they go.
    pub(crate) counting: Option<Counting>,
}

impl Unit {
    /// Compiles a rule: its units, in the order in which they are swept.
    /// `has_notices` says whether the source knows of any notice at all.
    pub(crate) fn all(
        known: &Compiled,
        map: &SourceMap,
        order: &SweepOrder,
        has_notices: bool,
    ) -> Result<Vec<Self>, Fault> {
        let (whole, parts): (Vec<_>, Vec<_>) = order
            .anchors
            .iter()
            .partition(|anchor| anchor.only.is_empty());
        let groups = parts.into_iter().map(|part| vec![part]);
        let groups = groups.chain((!whole.is_empty()).then_some(whole));
        let units: Vec<Self> = groups
            .map(|anchors| Self::new(known, map, order, &anchors, has_notices))
            .collect::<Result<_, _>>()?;
        let uncovered = uncovered(order, &units);
        if uncovered.is_empty() {
            Ok(units)
        } else {
            Err(Fault::Refused(uncovered))
        }
    }

    fn new(
        known: &Compiled,
        map: &SourceMap,
        order: &SweepOrder,
        anchors: &[&Anchor],
        has_notices: bool,
    ) -> Result<Self, Fault> {
        let seeds = anchors
            .iter()
            .map(|anchor| seed(known, map, order, anchor, has_notices));
        let seeds = seeds.collect::<Result<_, _>>()?;
        let adapted = adapted(map, order, anchors);
        let plan = Plan::compile_from(&known.catalogue, &adapted, seeds);
        let plan = plan.map_err(|error| match error {
            PlanError::Drift(what) => Fault::Drift(what),
            PlanError::Unsafe(what) => Fault::Refused(what),
        })?;
        for table in plan
            .seeds
            .iter()
            .filter_map(|seed| plan.tables.get(seed.table))
        {
            if matches!(table.decision, Decision::Keep(_)) {
                return Err(refused(format!(
                    "`{}` starts `{}`, and the map or another rule's law keeps its rows",
                    table.name, order.rule
                )));
            }
        }
        let columns_only = anchors.iter().any(|anchor| !anchor.only.is_empty());
        let unit = Self {
            is_leaf: columns_only || is_leaf(&plan),
            compiled: Arc::new(compiled(known, plan, order, anchors)),
            stamp: known.stamp.clone(),
            counting: tally::counting(known, order)?,
        };
        if unit.counting.is_some() {
            tally::fits(order, &unit)?;
        }
        Ok(unit)
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.compiled.plan
    }

    /// The only seed of a leaf.
    pub(crate) fn seed(&self) -> Option<&Seed> {
        self.plan().seeds.first()
    }

    /// The only table of a leaf.
    pub(crate) fn table(&self) -> Option<&PlannedTable> {
        self.plan().tables.get(self.seed()?.table)
    }

    /// Whether the table of the anchor has partitions.
    pub(crate) fn is_partitioned(&self) -> bool {
        let own = self
            .table()
            .and_then(|table| self.compiled.catalogue.table(&table.name));
        own.is_some_and(|own| own.relation == Relation::Partitioned)
    }

    /// For each anchor its table, and the condition of rows that are due at a
    /// moment in seconds.
    pub(crate) fn due(&self, moment: &str) -> Vec<(&PlannedTable, String)> {
        let plan = self.plan();
        let seeds = plan.seeds.iter().filter_map(|seed| {
            let table = plan.tables.get(seed.table)?;
            Some((table, seed::is_due(plan, seed, moment)?))
        });
        seeds.collect()
    }

    /// For each anchor its table, and the condition of rows that would be due
    /// at a moment in seconds if no hold kept them.
    pub(crate) fn held(&self, moment: &str) -> Vec<(&PlannedTable, String)> {
        let plan = self.plan();
        let seeds = plan.seeds.iter().filter_map(|seed| {
            let table = plan.tables.get(seed.table)?;
            Some((table, seed::is_held_back(plan, seed, moment)?))
        });
        seeds.collect()
    }

    /// The statement for rows that go by themselves.
    pub(crate) fn leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf {
            plan: self.plan(),
            seed: self.seed()?,
            replacements: self.replacements(),
        })
    }

    /// What becomes of rows that go by themselves.
    pub(crate) fn effect(&self, rows: u64) -> Option<TableEffect> {
        let action = if self.replacements().is_empty() {
            Action::Delete
        } else {
            Action::Pseudonymise
        };
        Some(TableEffect {
            table: self.table()?.name.clone(),
            action,
            rows,
            because: None,
        })
    }

    fn replacements(&self) -> &[Replacement] {
        self.table()
            .map_or(&[], |table| table.decision.replacements())
    }
}

/// Tables that a rule covers and to which none of its anchors leads.
fn uncovered(order: &SweepOrder, units: &[Unit]) -> Vec<String> {
    let reached = |name: &String| {
        let mut tables = units.iter().flat_map(|unit| &unit.plan().tables);
        tables.any(|table| table.name == *name && table.reached)
    };
    let uncovered = order.covers.iter().filter(|name| !reached(name));
    uncovered
        .map(|name| {
            format!(
                "`{name}` is covered by `{}`, and its anchors do not lead to it",
                order.rule
            )
        })
        .collect()
}

/// The map as a sweep reads it: nobody is looked for, and what another rule's
/// law keeps stays.
fn adapted(map: &SourceMap, order: &SweepOrder, anchors: &[&Anchor]) -> SourceMap {
    let mut map = map.clone();
    let only = anchors.iter().find(|anchor| !anchor.only.is_empty());
    for (name, table) in &mut map.tables {
        table.identities.clear();
        if order.floors.contains(name) && table.on_erasure == OnErasure::Delete {
            table.on_erasure = OnErasure::Keep;
        }
        let Some(anchor) = only else {
            continue;
        };
        // Only some columns go, so nothing that the row owns is concerned.
        table.owned_by.clear();
        table.last_of.clear();
        if *name == anchor.table {
            table.on_erasure = OnErasure::Pseudonymise;
            for (column, mapped) in &mut table.columns {
                if !anchor.only.contains(column) && matches!(mapped.content, Content::Personal(_)) {
                    mapped.content = Content::Plain;
                }
            }
        }
    }
    map
}

fn seed(
    known: &Compiled,
    map: &SourceMap,
    order: &SweepOrder,
    anchor: &Anchor,
    has_notices: bool,
) -> Result<Seed, Fault> {
    let missing = |column: &str| {
        Fault::Drift(vec![format!(
            "column `{}.{column}` is in a retention rule and does not exist",
            anchor.table
        )])
    };
    let table = map.tables.keys().position(|name| *name == anchor.table);
    let table = table.ok_or_else(|| missing(&anchor.column))?;
    let own = known.catalogue.table(&anchor.table);
    let column = own.and_then(|own| own.column(&anchor.column));
    let column = column.ok_or_else(|| missing(&anchor.column))?;
    let is_time = AnchorColumn {
        kind: known.catalogue.kind,
        column: &column.name,
        type_name: &column.type_name,
        class: column.class,
    }
    .is_time();
    if !is_time {
        return Err(refused(format!(
            "`{}.{}` starts a period and is no time",
            anchor.table, anchor.column
        )));
    }
    let holds = order
        .holds
        .iter()
        .filter(|(table, _)| *table == anchor.table);
    let holds: Vec<String> = holds.map(|(_, column)| column.clone()).collect();
    if let Some(hold) = holds
        .iter()
        .find(|hold| own.is_none_or(|own| own.column(hold).is_none()))
    {
        return Err(missing(hold));
    }
    Ok(Seed {
        table,
        anchor: anchor.column.clone(),
        holds,
        spared: order.spared.get(&anchor.table).cloned().unwrap_or_default(),
        told: order.notice.map(|notice| Told {
            rule: order.rule.clone(),
            by: has_notices.then(|| notice.told_by.as_second()),
        }),
    })
}

fn is_leaf(plan: &Plan) -> bool {
    plan.seeds.len() == 1
        && plan.groups.len() == 1
        && plan
            .groups
            .iter()
            .all(|group| group.tables.len() == 1 && !group.recursive)
        && plan.tables.iter().all(|table| table.cuts.is_empty())
}

fn compiled(known: &Compiled, plan: Plan, order: &SweepOrder, anchors: &[&Anchor]) -> Compiled {
    let anchors: Vec<String> = anchors
        .iter()
        .map(|anchor| format!("{}.{}", anchor.table, anchor.column))
        .collect();
    let stamp = known.stamp_beside(&format!("{}/{}", order.rule, anchors.join("+")));
    Compiled::of_plan(stamp, known.catalogue.clone(), plan)
}

fn refused(why: String) -> Fault {
    Fault::Refused(vec![why])
}
