//! A plan with its statements rendered, kept as long as the schema does not
//! change, and the parameters that turn it on particular people.

use std::sync::Arc;

use candor_domain::identity::Identity;
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;

use crate::catalogue::{Catalogue, Class};
use crate::engine::postgres::stamped;
use crate::error::Fault;
use crate::plan::{Plan, PlanError};
use crate::sql::work::{self, Slot, Work};
use crate::sql::{erase, export, find};
use crate::verify::{self, Scan, is_integer, is_uuid};

/// The most lines that one look at identities returns.
pub(crate) const IDENTITY_ROWS_MAX: usize = 100_000;

/// Everything that is derived from a catalogue and a map.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// What the database says of its schema's version.
    pub(crate) stamp: String,
    pub(crate) catalogue: Catalogue,
    pub(crate) plan: Plan,
    pub(crate) slots: Vec<Slot>,
    pub(crate) identities: Option<Arc<str>>,
    pub(crate) captured: Vec<(usize, Vec<String>)>,
    pub(crate) scans: Vec<Scan>,
    pub(crate) postgres: PostgresStatements,
    pub(crate) sqlite: SqliteStatements,
}

/// Whole statements.
#[derive(Debug, Default)]
pub(crate) struct PostgresStatements {
    pub(crate) erase: Arc<str>,
    pub(crate) preview: Arc<str>,
    pub(crate) keys: Option<Arc<str>>,
    pub(crate) export: Option<Arc<str>>,
}

/// Statements around temporary tables.
#[derive(Debug, Default)]
pub(crate) struct SqliteStatements {
    pub(crate) works: Vec<Work>,
    pub(crate) counts: Option<String>,
    pub(crate) writes: Vec<String>,
    pub(crate) missing: Option<String>,
    pub(crate) keys: Option<String>,
    pub(crate) export: Vec<String>,
}

impl PostgresStatements {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            erase: Arc::from(erase::postgres(plan)),
            preview: stamped(&erase::postgres_preview(plan)),
            keys: find::postgres_keys(plan).map(|sql| stamped(&sql)),
            export: export::postgres(plan).map(|sql| stamped(&sql)),
        }
    }
}

impl SqliteStatements {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            works: erase::works(plan),
            counts: union(&erase::counts(plan)),
            writes: erase::sqlite_writes(plan),
            missing: union(&erase::sqlite_missing(plan)),
            keys: union(&find::keys(plan)),
            export: export::sqlite(plan),
        }
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
            stamp,
            slots: work::slots(&plan),
            identities: find::identities(&plan, IDENTITY_ROWS_MAX).map(|sql| match plan.kind {
                SourceKind::Postgres => stamped(&sql),
                SourceKind::Sqlite => Arc::from(sql),
            }),
            captured: find::captured(&plan),
            scans: verify::scans(&catalogue, map),
            postgres: match plan.kind {
                SourceKind::Postgres => PostgresStatements::new(&plan),
                SourceKind::Sqlite => PostgresStatements::default(),
            },
            sqlite: match plan.kind {
                SourceKind::Postgres => SqliteStatements::default(),
                SourceKind::Sqlite => SqliteStatements::new(&plan),
            },
            catalogue,
            plan,
        })
    }

    /// For each slot the steps and values of the identities that fit it.
    pub(crate) fn parameters(&self, targets: &[&[Identity]]) -> Vec<(Vec<i64>, Vec<String>)> {
        self.slots
            .iter()
            .map(|slot| {
                let class = self
                    .plan
                    .tables
                    .get(slot.table)
                    .and_then(|table| table.column(&slot.root.column))
                    .map(|column| column.class);
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
