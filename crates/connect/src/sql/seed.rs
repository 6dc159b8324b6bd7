//! Rows with which a sweep starts: those whose time is over, that nothing holds
//! back, and that still say who they are about. A bounded number of them, by
//! parameters: `$1` how many and `$2` before which second in PostgreSQL, the
//! line with slot -1 of the identities in MariaDB and SQLite. Invariant: a row that a sweep
//! is done with is no seed any more, so sweeps end.

use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{Content, SourceMap};

use super::anchor::AnchorColumn;
use super::work::Work;
use super::{erase, held, literal, name, notice, row, row_names};
use crate::catalogue::Catalogue;
use crate::plan::{Decision, Plan, PlannedTable, Replacement, Seed};

/// The slot of the line that bounds a sweep in MariaDB and SQLite.
pub(crate) const BOUNDS_SLOT: i64 = -1;

/// Name of the relation of a table's seeds.
pub(crate) fn relation(table: usize) -> String {
    format!("candor_x{table}")
}

/// The relations of a plan's seeds.
pub(crate) fn works(plan: &Plan) -> Vec<Work> {
    plan.seeds
        .iter()
        .filter_map(|seed| {
            let table = plan.tables.get(seed.table)?;
            let rows: Vec<String> = row(table, "t")
                .iter()
                .enumerate()
                .map(|(place, own)| format!("{own} AS r{place}"))
                .collect();
            let step = match plan.kind {
                SourceKind::Postgres => "0::int8",
                SourceKind::Mysql | SourceKind::Sqlite => "0",
            };
            let mut columns = vec!["step".to_owned()];
            columns.extend(row_names(table));
            let due = is_due(plan, seed, &moment(plan.kind))?;
            Some(Work {
                name: relation(seed.table),
                columns,
                select: format!(
                    "SELECT {step} AS step, {} {}",
                    rows.join(", "),
                    bounded(plan.kind, &name(&table.name), &due)
                ),
                table: seed.table,
                recursive: false,
                bounded: plan.kind == SourceKind::Mysql,
                rounds: Vec::new(),
            })
        })
        .collect()
}

/// `FROM … LIMIT …` of the rows that are due. Whoever holds one is not waited
/// for.
fn bounded(kind: SourceKind, target: &str, due: &str) -> String {
    match kind {
        // Says its own bound when it is filled: only a number may stand there.
        SourceKind::Mysql => format!("FROM {target} AS t WHERE {due}"),
        SourceKind::Postgres => {
            format!("FROM {target} AS t WHERE {due} LIMIT $1::int8 FOR UPDATE OF t SKIP LOCKED")
        }
        SourceKind::Sqlite => format!(
            "FROM {target} AS t WHERE {due} LIMIT (SELECT step FROM temp.candor_identity WHERE slot = {BOUNDS_SLOT})"
        ),
    }
}

/// `FROM … LIMIT …` of the rows of `target` that are due, by the parameters.
pub(crate) fn due_rows(plan: &Plan, seed: &Seed, target: &str) -> Option<String> {
    let due = is_due(plan, seed, &moment(plan.kind))?;
    Some(bounded(plan.kind, target, &due))
}

/// The statement without its locks, for a look.
pub(crate) fn unlocked(sql: &str) -> String {
    sql.replace(" FOR UPDATE OF t SKIP LOCKED", "")
}

/// The moment before which rows are due.
fn moment(kind: SourceKind) -> String {
    match kind {
        SourceKind::Mysql => format!(
            "(SELECT CAST(value AS SIGNED) FROM candor_identity WHERE slot = {BOUNDS_SLOT})"
        ),
        SourceKind::Postgres => "$2::int8".to_owned(),
        SourceKind::Sqlite => format!(
            "(SELECT CAST(value AS INTEGER) FROM temp.candor_identity WHERE slot = {BOUNDS_SLOT})"
        ),
    }
}

/// That row `t` is due at `moment`, an expression in seconds.
pub(crate) fn is_due(plan: &Plan, seed: &Seed, moment: &str) -> Option<String> {
    let table = plan.tables.get(seed.table)?;
    let anchor = anchor(plan.kind, table, seed)?;
    let mut parts = vec![anchor.is_before(moment)];
    parts.extend(can_go(plan.kind, table, seed));
    if let Some(told) = &seed.told {
        parts.push(notice::was_told(table, anchor, told));
    }
    Some(parts.join(" AND "))
}

/// The column that starts the period.
pub(crate) fn anchor<'a>(
    kind: SourceKind,
    table: &'a PlannedTable,
    seed: &'a Seed,
) -> Option<AnchorColumn<'a>> {
    let column = table.column(&seed.anchor)?;
    Some(AnchorColumn {
        kind,
        column: &column.name,
        type_name: &column.type_name,
        class: column.class,
    })
}

/// That row `t` would be due at `moment` if nothing held it back, and something
/// does.
pub(crate) fn is_held_back(plan: &Plan, seed: &Seed, moment: &str) -> Option<String> {
    let table = plan.tables.get(seed.table)?;
    let anchor = anchor(plan.kind, table, seed)?;
    let free = is_free(plan.kind, table, seed);
    if free.is_empty() {
        return None;
    }
    let mut parts = vec![anchor.is_before(moment)];
    parts.extend(is_open_row(plan.kind, table));
    parts.push(format!("NOT ({})", free.join(" AND ")));
    Some(parts.join(" AND "))
}

/// That nothing holds row `t` back, and that there is something left to do.
pub(crate) fn can_go(kind: SourceKind, table: &PlannedTable, seed: &Seed) -> Vec<String> {
    let mut parts = is_free(kind, table, seed);
    parts.extend(is_open_row(kind, table));
    parts
}

/// That nothing holds row `t` back.
fn is_free(kind: SourceKind, table: &PlannedTable, seed: &Seed) -> Vec<String> {
    let flags = seed.holds.iter();
    let mut parts: Vec<String> = flags.map(|flag| held::is_free(kind, "t", flag)).collect();
    if !seed.spared.is_empty() {
        let spared = held::is_spared(kind, table, "t", &seed.spared);
        parts.push(format!("NOT ({spared})"));
    }
    parts
}

/// That there is something left to do in row `t`.
fn is_open_row(kind: SourceKind, table: &PlannedTable) -> Option<String> {
    let Decision::Pseudonymise(replacements) = &table.decision else {
        return None;
    };
    let open: Vec<String> = replacements
        .iter()
        .map(|replacement| {
            let own = super::value(kind, table, "t", &replacement.path);
            let column = table.column(&replacement.path.column);
            let type_name = column.map_or("text", |column| column.type_name.as_str());
            is_open(kind, &own, type_name, replacement.value.as_deref())
        })
        .collect();
    Some(format!("({})", open.join(" OR ")))
}

/// That a row of a table still says who it is about, where the map keeps its
/// rows without.
pub(crate) fn still_says_who(
    catalogue: &Catalogue,
    map: &SourceMap,
    table: &str,
) -> Option<String> {
    let (mapped, own) = (map.tables.get(table)?, catalogue.table(table)?);
    if mapped.on_erasure != OnErasure::Pseudonymise {
        return None;
    }
    let personal = own.columns.iter().filter_map(|column| {
        let mapped = mapped.columns.get(&column.name)?;
        let replaced = matches!(mapped.content, Content::Personal(_)) && !column.generated;
        replaced.then_some((column, mapped.erased.as_deref()))
    });
    let open: Vec<String> = personal
        .map(|(column, erased)| {
            let own = format!("t.{}", name(&column.name));
            is_open(catalogue.kind, &own, &column.type_name, erased)
        })
        .collect();
    (!open.is_empty()).then(|| format!("({})", open.join(" OR ")))
}

/// That an expression is not what it is replaced by.
fn is_open(kind: SourceKind, own: &str, type_name: &str, replaced: Option<&str>) -> String {
    match (kind, replaced) {
        (_, None) => format!("{own} IS NOT NULL"),
        (SourceKind::Mysql, Some(value)) => format!("NOT ({own} <=> {})", literal(value)),
        // As the type writes it, whatever the map wrote.
        (SourceKind::Postgres, Some(value)) => format!(
            "({own})::text IS DISTINCT FROM ({}::{type_name})::text",
            literal(value)
        ),
        (SourceKind::Sqlite, Some(value)) => format!("{own} IS NOT {}", literal(value)),
    }
}

/// Parts of a statement that takes rows to which nothing else belongs.
pub(crate) struct Leaf<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) seed: &'a Seed,
    /// What is replaced; empty where the rows go.
    pub(crate) replacements: &'a [Replacement],
}

impl Leaf<'_> {
    /// Takes rows of `target`, the table or one partition of it; the journal is
    /// written apart, in the same transaction, as in each of these.
    pub(crate) fn postgres(&self, target: &str) -> Option<String> {
        let table = self.plan.tables.get(self.seed.table)?;
        Some(format!(
            "/* candor: what may not be kept any longer */\n{} WHERE t.ctid = ANY(ARRAY(SELECT t.ctid {}))",
            self.write(target, table),
            due_rows(self.plan, self.seed, target)?
        ))
    }

    /// Takes rows.
    pub(crate) fn sqlite(&self) -> Option<String> {
        let table = self.plan.tables.get(self.seed.table)?;
        let own = row(table, "t").join(", ");
        let target = name(&table.name);
        let rows = due_rows(self.plan, self.seed, &target)?;
        Some(format!(
            "/* candor: what may not be kept any longer */\n{} WHERE ({own}) IN (SELECT {own} {rows})",
            self.write(&target, table)
        ))
    }

    /// Deletes rows that were found before, in MariaDB and SQLite.
    pub(crate) fn found(&self) -> Option<String> {
        let table = self.plan.tables.get(self.seed.table)?;
        let set = relation(self.seed.table);
        Some(match self.plan.kind {
            SourceKind::Mysql => erase::delete(table, &set),
            SourceKind::Postgres | SourceKind::Sqlite => format!(
                "DELETE FROM {} AS t WHERE ({}) IN (SELECT {} FROM {set})",
                name(&table.name),
                row(table, "t").join(", "),
                row_names(table).join(", ")
            ),
        })
    }

    /// The same for MariaDB, for rows that are found and locked before: a
    /// statement that reads what it writes would wait for others.
    pub(crate) fn mysql(&self) -> Option<String> {
        let table = self.plan.tables.get(self.seed.table)?;
        let due = relation(self.seed.table);
        Some(match self.replacements {
            [] => erase::delete(table, &due),
            replacements => {
                let assignments = assigned(SourceKind::Mysql, table, replacements);
                erase::update(SourceKind::Mysql, table, &assignments, &due, "w")
            }
        })
    }

    fn write(&self, target: &str, table: &PlannedTable) -> String {
        if self.replacements.is_empty() {
            return format!("DELETE FROM {target} AS t");
        }
        let assignments = assigned(self.plan.kind, table, self.replacements);
        format!("UPDATE {target} AS t SET {assignments}")
    }
}

/// `SET` of what is replaced.
fn assigned(kind: SourceKind, table: &PlannedTable, replacements: &[Replacement]) -> String {
    let changed: Vec<&str> = replacements
        .iter()
        .map(|replacement| replacement.path.column.as_str())
        .collect();
    let assignments = replacements.iter().map(|replacement| {
        let column = &replacement.path.column;
        let current = format!("t.{}", name(column));
        let value = erase::replaced(kind, table, &current, replacement);
        format!("{} = {value}", erase::column_to_set(kind, column))
    });
    let assignments: Vec<String> = assignments
        .chain(erase::untouched(table, &changed))
        .collect();
    assignments.join(", ")
}
