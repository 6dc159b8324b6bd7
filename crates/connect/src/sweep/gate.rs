//! The index gate of sweeps: PostgreSQL is asked for its plan of the very
//! statement; SQLite for that of the rows due, and for the indexes by which it
//! would follow the plan's edges; MariaDB for its indexes alone.

use super::SweepBounds;
use super::postgres::looking;
use super::unit::Unit;
use crate::engine::postgres::Postgres;
use crate::engine::sqlite::Sqlite;
use crate::engine::tables::Tables;
use crate::error::Fault;
use crate::indexes::{postgres as reading, refuse, tables};
use crate::source::Source;
use crate::sql::name;

/// Refuses a statement that reads a large table as a whole.
pub(super) async fn postgres(
    postgres: &Postgres,
    unit: &Unit,
    moment: i64,
    bounds: &SweepBounds,
) -> Result<(), Fault> {
    let statements: Vec<String> = if unit.is_leaf {
        let due = unit.due(&format!("{moment}::int8"));
        due.iter()
            .map(|(table, due)| {
                let own = name(&table.name);
                format!(
                    "SELECT 1 FROM {own} AS t WHERE {due} LIMIT {}",
                    bounds.batch_first
                )
            })
            .collect()
    } else {
        vec![looking(unit, &bounds.batch_first.to_string(), moment)]
    };
    let mut connection = postgres.connection().await?;
    let most = bounds.scan_bytes_max;
    let reads = reading::whole_reads(&mut connection, unit.plan(), &statements, most).await?;
    refuse(&reads)
}

/// As [`postgres`], for SQLite.
pub(super) async fn sqlite(
    source: &Source,
    engine: &Tables<Sqlite>,
    unit: &Unit,
    moment: i64,
    bounds: &SweepBounds,
) -> Result<(), Fault> {
    let mut is_whole = !unit.is_leaf;
    for (table, due) in unit.due(&moment.to_string()) {
        is_whole |= tables::scans(engine, &table.name, &due).await?;
    }
    if is_whole {
        mysql(source, unit, bounds).await?;
    }
    Ok(())
}

/// As [`postgres`], for MariaDB.
pub(super) async fn mysql(source: &Source, unit: &Unit, bounds: &SweepBounds) -> Result<(), Fault> {
    let plan = unit.plan();
    let mut reads = Vec::new();
    for (place, table) in plan.tables.iter().enumerate() {
        let starts = plan.seeds.iter().any(|seed| seed.table == place);
        if starts || !unit.is_leaf {
            reads.extend(tables::missing(source, plan, &table.name, bounds.scan_bytes_max).await?);
        }
    }
    refuse(&reads)
}
