//! A plan with its statements rendered, kept as long as the schema does not
//! change, and the parameters that turn it on particular people.

use std::sync::{Arc, OnceLock};

use candor_domain::identity::Identity;
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;

use crate::catalogue::{Catalogue, Class};
use crate::engine::postgres::stamped;
use crate::error::Fault;
use crate::indexes::Passed;
use crate::plan::{Plan, PlanError};
use crate::sql::work::{self, Reading, Slot, Work};
use crate::sql::{erase, export, find, is_unsigned, undo};
use crate::verify::{self, Scan, is_integer, is_unsigned_integer, is_uuid};

/// The most lines that one look at identities returns.
pub(crate) const IDENTITY_ROWS_MAX: usize = 100_000;

/// Everything that is derived from a catalogue and a map.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// What the database says of its schema's version.
    pub(crate) stamp: String,
    /// When the index gate last let it pass.
    pub(crate) passed: Passed,
    /// The same for what came late, once it was needed.
    pub(crate) late: OnceLock<Arc<Self>>,
    pub(crate) catalogue: Catalogue,
    pub(crate) plan: Plan,
    pub(crate) slots: Vec<Slot>,
    pub(crate) identities: Option<Arc<str>>,
    pub(crate) captured: Vec<(usize, Vec<String>)>,
    pub(crate) scans: Vec<Scan>,
    /// Tables with text that no scan looks at, for want of saying whose it is.
    pub(crate) unsearched: Vec<String>,
    pub(crate) postgres: PostgresStatements,
    pub(crate) tables: TableStatements,
}

/// Whole statements.
#[derive(Debug, Default)]
pub(crate) struct PostgresStatements {
    pub(crate) erase: Arc<str>,
    /// The same, for what can be taken back.
    pub(crate) erase_keeping: Arc<str>,
    pub(crate) preview: Arc<str>,
    pub(crate) keys: Option<Arc<str>>,
    pub(crate) export: Option<Arc<str>>,
}

/// Statements around temporary tables.
#[derive(Debug, Default)]
pub(crate) struct TableStatements {
    pub(crate) sets: Vec<Work>,
    pub(crate) loosened: Vec<Work>,
    pub(crate) changed: Vec<Work>,
    pub(crate) locks: Vec<String>,
    /// The first two again, where what is read must be locked.
    pub(crate) locking: Option<(Vec<Work>, Vec<Work>)>,
    /// And again, for people of whom each is looked at as if alone.
    pub(crate) alone: (Vec<Work>, Vec<Work>),
    pub(crate) counts: Option<String>,
    /// The same of each as if alone.
    pub(crate) counts_alone: Option<String>,
    pub(crate) writes: Vec<erase::Write>,
    /// What is kept of rows that go, and of rows that change.
    pub(crate) kept: (Vec<String>, Vec<String>),
    pub(crate) missing: Option<String>,
    pub(crate) keys: Option<String>,
    pub(crate) export: Vec<String>,
}

impl PostgresStatements {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            erase: Arc::from(erase::postgres(plan, false)),
            erase_keeping: Arc::from(erase::postgres(plan, true)),
            preview: stamped(&erase::postgres_preview(plan)),
            keys: find::postgres_keys(plan).map(|sql| stamped(&sql)),
            export: export::postgres(plan).map(|sql| stamped(&sql)),
        }
    }
}

impl TableStatements {
    pub(crate) fn new(plan: &Plan) -> Self {
        let is_mysql = plan.kind == SourceKind::Mysql;
        Self {
            sets: work::sets(plan, Reading::Plain),
            loosened: erase::loosened(plan, Reading::Plain),
            changed: erase::changed(plan),
            locks: if is_mysql {
                erase::mysql_locks(plan)
            } else {
                Vec::new()
            },
            locking: is_mysql.then(|| {
                (
                    work::sets(plan, Reading::Locking),
                    erase::loosened(plan, Reading::Locking),
                )
            }),
            alone: (
                work::sets(plan, Reading::Alone),
                erase::loosened(plan, Reading::Alone),
            ),
            counts: union(&erase::counts(plan, Reading::Plain)),
            counts_alone: union(&erase::counts(plan, Reading::Alone)),
            writes: erase::writes(plan),
            kept: (undo::deleted(plan), undo::changed(plan)),
            missing: union(&erase::missing(plan)),
            keys: union(&find::keys(plan)),
            export: export::tables(plan),
        }
    }

    /// Every work, in the order in which they are made.
    pub(crate) fn works(&self) -> impl Iterator<Item = &Work> {
        self.sets.iter().chain(&self.loosened).chain(&self.changed)
    }
}

impl Compiled {
    /// Compiles the plan and renders its statements.
    pub(crate) fn new(stamp: String, catalogue: Catalogue, map: &SourceMap) -> Result<Self, Fault> {
        let plan = Plan::compile(&catalogue, map).map_err(|error| match error {
            PlanError::Drift(what) => Fault::Drift(what),
            PlanError::Unsafe(what) => Fault::Refused(what),
        })?;
        Ok(Self {
            slots: work::slots(&plan),
            identities: find::identities(&plan, IDENTITY_ROWS_MAX).map(|sql| match plan.kind {
                SourceKind::Postgres => stamped(&sql),
                SourceKind::Mysql | SourceKind::Sqlite => Arc::from(sql),
            }),
            captured: find::captured(&plan),
            scans: verify::scans(&catalogue, map),
            unsearched: verify::unsearched(&catalogue, map),
            ..Self::of_plan(stamp, catalogue, plan)
        })
    }

    /// A plan with its statements: nobody is looked up by it, nothing written
    /// down or searched for.
    pub(crate) fn of_plan(stamp: String, catalogue: Catalogue, plan: Plan) -> Self {
        Self {
            stamp,
            passed: Passed::default(),
            late: OnceLock::new(),
            slots: Vec::new(),
            identities: None,
            captured: Vec::new(),
            scans: Vec::new(),
            unsearched: Vec::new(),
            postgres: match plan.kind {
                SourceKind::Postgres => PostgresStatements::new(&plan),
                SourceKind::Mysql | SourceKind::Sqlite => PostgresStatements::default(),
            },
            tables: match plan.kind {
                SourceKind::Postgres => TableStatements::default(),
                SourceKind::Mysql | SourceKind::Sqlite => TableStatements::new(&plan),
            },
            catalogue,
            plan,
        }
    }

    /// The stamp of another plan for the same schema, by what sets it apart: its
    /// temporary tables are others.
    pub(crate) fn stamp_beside(&self, apart: &str) -> String {
        match self.plan.kind {
            SourceKind::Postgres => self.stamp.clone(),
            SourceKind::Mysql | SourceKind::Sqlite => format!("{}/{apart}", self.stamp),
        }
    }

    /// Number of values each captured key has at most.
    pub(crate) fn key_width(&self) -> usize {
        let widths = self.captured.iter().map(|(_, key)| key.len());
        widths.max().unwrap_or_default()
    }

    /// For each slot the steps and values of the identities that fit it.
    pub(crate) fn parameters(&self, targets: &[&[Identity]]) -> Vec<(Vec<i64>, Vec<String>)> {
        self.slots
            .iter()
            .map(|slot| {
                let table = self.plan.tables.get(slot.table);
                let column = table.and_then(|table| table.column(&slot.root.column));
                let class = column.map(|column| column.class);
                let unsigned = self.plan.kind == SourceKind::Mysql
                    && column.is_some_and(|column| is_unsigned(&column.type_name));
                targets
                    .iter()
                    .zip(0_i64..)
                    .flat_map(|(identities, step)| {
                        identities.iter().map(move |identity| (step, identity))
                    })
                    .filter(|(_, identity)| identity.kind == slot.root.kind)
                    .map(|(step, identity)| {
                        let value = identity.value.expose("it is looked up in its source");
                        (step, value.clone())
                    })
                    .filter(|(_, value)| match class {
                        Some(Class::Integer) if unsigned => is_unsigned_integer(value),
                        Some(Class::Integer) => is_integer(value),
                        Some(Class::Uuid) => is_uuid(value),
                        _ => true,
                    })
                    .unzip()
            })
            .collect()
    }
}

fn union(selects: &[String]) -> Option<String> {
    (!selects.is_empty()).then(|| selects.join("\nUNION ALL "))
}
