//! An erasure and its preview. Both count from the same work sets; the erasure
//! also writes, and says where the database did not do what was counted.

use candor_domain::plan::Action;
use candor_policy::charter::SourceKind;
use candor_policy::map::ColumnPath;

use super::work::{self, Work, points_at, set};
use super::{literal, name, row, row_names, same_row, same_work};
use crate::plan::{Plan, PlannedTable, Replacement};

/// The result code of rows that were counted and are not done.
pub(crate) const MISSING: i32 = 9;

/// The result code of an action.
pub(crate) fn code(action: Action) -> i32 {
    match action {
        Action::Delete => 0,
        Action::Pseudonymise => 1,
        Action::Unlink => 2,
        Action::Keep => 3,
    }
}

/// The action of a result code.
pub(crate) fn action(code: i32) -> Option<Action> {
    [
        Action::Delete,
        Action::Pseudonymise,
        Action::Unlink,
        Action::Keep,
    ]
    .into_iter()
    .find(|action| self::code(*action) == code)
}

/// Work sets, rows to loosen and rows to change, in order.
pub(crate) fn works(plan: &Plan) -> Vec<Work> {
    let mut works = work::sets(plan);
    for (index, table) in plan.tables.iter().enumerate() {
        works.extend(cut_rows(plan, index, table));
    }
    for (index, table) in plan.tables.iter().enumerate() {
        works.extend(changed_rows(index, table));
    }
    works
}

/// `tab, action, step, number` for everything that is counted. Reads the works.
pub(crate) fn counts(plan: &Plan) -> Vec<String> {
    let mut selects = Vec::new();
    for (index, table) in plan.tables.iter().enumerate() {
        if table.reached {
            selects.push(format!(
                "SELECT {index} AS tab, {} AS action, step, count(*) AS number FROM {} GROUP BY step",
                code(table.action()),
                set(index)
            ));
        }
        if table.cuts.is_empty() {
            continue;
        }
        // A person's own rows are counted under what becomes of them; a row
        // that an earlier step loosens and a later one takes counts in both.
        let own = if table.reached {
            let compare = if table.goes() { "<=" } else { "=" };
            format!(
                " WHERE NOT EXISTS (SELECT 1 FROM {} AS w WHERE {} AND w.step {compare} u.step)",
                set(index),
                same_work(table, "w", "u")
            )
        } else {
            String::new()
        };
        let columns: Vec<String> = row_names(table)
            .iter()
            .map(|column| format!("u.{column}"))
            .collect();
        selects.push(format!(
            "SELECT {index} AS tab, {} AS action, step, count(*) AS number FROM (SELECT DISTINCT u.step, {} FROM candor_u{index} AS u{own}) AS y GROUP BY step",
            code(Action::Unlink),
            columns.join(", ")
        ));
    }
    selects
}

/// One statement that does all of it in PostgreSQL, where constraints are
/// checked once the whole statement is done, so that no order is needed.
pub(crate) fn postgres(plan: &Plan) -> String {
    let mut parts: Vec<String> = works(plan).iter().map(expression).collect();
    let mut results = counts(plan);
    for (index, table) in plan.tables.iter().enumerate() {
        let own = name(&table.name);
        if table.goes() {
            let set = set(index);
            parts.push(format!(
                "candor_d{index} AS (DELETE FROM {own} AS t USING {set} AS w WHERE {} RETURNING 1)",
                same_row(table, "t", "w")
            ));
            results.push(missing(index, &set, &format!("candor_d{index}")));
        }
        if let Some(assignments) = assignments(plan.kind, table) {
            parts.push(format!(
                "candor_e{index} AS (UPDATE {own} AS t SET {assignments} FROM candor_s{index} AS s WHERE {} RETURNING 1)",
                same_row(table, "t", "s")
            ));
            results.push(missing(
                index,
                &format!("candor_s{index}"),
                &format!("candor_e{index}"),
            ));
        }
    }
    with("candor: erase people's rows", &parts, &results)
}

/// The counts of an erasure, without one.
pub(crate) fn postgres_preview(plan: &Plan) -> String {
    let parts: Vec<String> = works(plan)
        .iter()
        .filter(|work| !work.name.starts_with("candor_s"))
        .map(expression)
        .collect();
    with("candor: count people's rows", &parts, &counts(plan))
}

/// The writing statements of an erasure in SQLite, in order, for work sets
/// that are already filled.
pub(crate) fn sqlite_writes(plan: &Plan) -> Vec<String> {
    let mut statements = Vec::new();
    for (index, columns) in &plan.loosened {
        if let Some(table) = plan.tables.get(*index) {
            let nulls: Vec<String> = columns
                .iter()
                .map(|column| format!("{} = NULL", name(column)))
                .collect();
            statements.push(format!(
                "UPDATE {} AS t SET {} WHERE {}",
                name(&table.name),
                nulls.join(", "),
                in_set(table, &set(*index))
            ));
        }
    }
    for (index, table) in plan.tables.iter().enumerate() {
        if let Some(assignments) = assignments(plan.kind, table) {
            statements.push(format!(
                "UPDATE {} AS t SET {assignments} FROM candor_s{index} AS s WHERE {}",
                name(&table.name),
                same_row(table, "t", "s")
            ));
        }
    }
    for index in &plan.deletions {
        if let Some(table) = plan.tables.get(*index) {
            statements.push(format!(
                "DELETE FROM {} AS t WHERE {}",
                name(&table.name),
                in_set(table, &set(*index))
            ));
        }
    }
    statements
}

/// Counts what should be gone in SQLite and is not.
pub(crate) fn sqlite_missing(plan: &Plan) -> Vec<String> {
    plan.deletions
        .iter()
        .filter_map(|index| {
            let table = plan.tables.get(*index)?;
            Some(format!(
                "SELECT {index} AS tab, {MISSING} AS action, 0 AS step, count(*) AS number FROM {} AS t WHERE {}",
                name(&table.name),
                in_set(table, &set(*index))
            ))
        })
        .collect()
}

/// A statement of common table expressions and one result.
pub(crate) fn with(purpose: &str, parts: &[String], results: &[String]) -> String {
    let result = if results.is_empty() {
        "SELECT 0 AS tab, 0 AS action, 0 AS step, 0 AS number WHERE false".to_owned()
    } else {
        results.join("\nUNION ALL ")
    };
    if parts.is_empty() {
        format!("/* {purpose} */\n{result}")
    } else {
        format!(
            "/* {purpose} */\nWITH RECURSIVE\n{}\n{result}",
            parts.join(",\n")
        )
    }
}

/// A work as a common table expression that is computed once.
pub(crate) fn expression(work: &Work) -> String {
    let columns = work.columns.join(", ");
    let materialized = if work.recursive { "" } else { "MATERIALIZED " };
    format!(
        "{}({columns}) AS {materialized}({})",
        work.name, work.select
    )
}

fn missing(index: usize, planned: &str, done: &str) -> String {
    format!(
        "SELECT {index}, {MISSING}, 0, m.number FROM (SELECT (SELECT count(*) FROM {planned}) - (SELECT count(*) FROM {done}) AS number) AS m WHERE m.number <> 0"
    )
}

/// Rows of a table whose links name rows that go: `cut` says which link.
fn cut_rows(plan: &Plan, index: usize, table: &PlannedTable) -> Option<Work> {
    if table.cuts.is_empty() {
        return None;
    }
    let rows: Vec<String> = row(table, "t")
        .iter()
        .enumerate()
        .map(|(place, own)| format!("{own} AS r{place}"))
        .collect();
    let rows = rows.join(", ");
    let selects: Vec<String> = table
        .cuts
        .iter()
        .enumerate()
        .map(|(place, cut)| {
            format!(
                "SELECT w.step, {rows}, {place} AS cut FROM {} AS w JOIN {} AS t ON {}",
                set(cut.link.target),
                name(&table.name),
                points_at(plan, table, "t", &cut.link, "w")
            )
        })
        .collect();
    let mut columns = vec!["step".to_owned()];
    columns.extend(row_names(table));
    columns.push("cut".to_owned());
    Some(Work {
        name: format!("candor_u{index}"),
        columns,
        select: selects.join("\n  UNION ALL "),
        recursive: false,
    })
}

/// Rows of a table that are changed and stay: `own` for a person's own rows,
/// `c0`… for each link that is loosened.
fn changed_rows(index: usize, table: &PlannedTable) -> Option<Work> {
    let own = !table.decision.replacements().is_empty() && table.reached;
    if !own && table.cuts.is_empty() {
        return None;
    }
    let rows = row_names(table);
    let flags: Vec<String> = (0..table.cuts.len())
        .map(|place| format!("c{place}"))
        .collect();
    let mut selects = Vec::new();
    if own {
        let mut parts = rows.clone();
        parts.push("1 AS own".to_owned());
        parts.extend(flags.iter().map(|flag| format!("0 AS {flag}")));
        selects.push(format!("SELECT {} FROM {}", parts.join(", "), set(index)));
    }
    if !table.cuts.is_empty() {
        let mut parts: Vec<String> = rows.iter().map(|column| format!("u.{column}")).collect();
        parts.push("0 AS own".to_owned());
        parts.extend(
            flags.iter().enumerate().map(|(place, flag)| {
                format!("CASE u.cut WHEN {place} THEN 1 ELSE 0 END AS {flag}")
            }),
        );
        // A row that goes is not changed before.
        let stays = if table.goes() {
            format!(" WHERE NOT {}", work::is_in_set(table, index, "u"))
        } else {
            String::new()
        };
        selects.push(format!(
            "SELECT {} FROM candor_u{index} AS u{stays}",
            parts.join(", ")
        ));
    }
    let mut columns = rows.clone();
    columns.push("own".to_owned());
    columns.extend(flags.iter().cloned());
    let mut outputs: Vec<String> = rows.iter().map(|column| format!("x.{column}")).collect();
    let grouped = outputs.join(", ");
    outputs.push("max(x.own)".to_owned());
    outputs.extend(flags.iter().map(|flag| format!("max(x.{flag})")));
    Some(Work {
        name: format!("candor_s{index}"),
        columns,
        select: format!(
            "SELECT {} FROM (\n  {}) AS x GROUP BY {grouped}",
            outputs.join(", "),
            selects.join("\n  UNION ALL ")
        ),
        recursive: false,
    })
}

/// `SET` of the one update of a table: a row is never updated twice.
fn assignments(kind: SourceKind, table: &PlannedTable) -> Option<String> {
    let own = table.reached.then(|| table.decision.replacements());
    let own = own.unwrap_or_default();
    let cuts = table.cuts.iter().enumerate().flat_map(|(place, cut)| {
        cut.replacements
            .iter()
            .map(move |replacement| (format!("s.c{place} = 1"), replacement))
    });
    let changes: Vec<(String, &Replacement)> = cuts
        .chain(own.iter().map(|own| ("s.own = 1".to_owned(), own)))
        .collect();
    let mut columns: Vec<&str> = Vec::new();
    for (_, replacement) in &changes {
        if !columns.contains(&replacement.path.column.as_str()) {
            columns.push(&replacement.path.column);
        }
    }
    let assignments: Vec<String> = columns
        .iter()
        .map(|column| {
            let mut text = format!("t.{}", name(column));
            // What replaces the whole column comes last, so that it wins.
            let (inside, whole): (Vec<_>, Vec<_>) = changes
                .iter()
                .filter(|(_, replacement)| replacement.path.column == *column)
                .partition(|(_, replacement)| !replacement.path.path.is_empty());
            for (when, replacement) in inside.into_iter().chain(whole) {
                let value = replaced(kind, table, &text, replacement);
                text = format!("CASE WHEN {when} THEN {value} ELSE {text} END");
            }
            format!("{} = {text}", name(column))
        })
        .collect();
    (!assignments.is_empty()).then(|| assignments.join(", "))
}

fn replaced(
    kind: SourceKind,
    table: &PlannedTable,
    current: &str,
    replacement: &Replacement,
) -> String {
    let ColumnPath { column, path } = &replacement.path;
    if path.is_empty() {
        return match &replacement.value {
            Some(value) => literal(value),
            None => "NULL".to_owned(),
        };
    }
    let keys: Vec<String> = path
        .iter()
        .map(|key| format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    match kind {
        SourceKind::Postgres => {
            let type_name = table
                .column(column)
                .map_or("jsonb", |column| column.type_name.as_str());
            let keys = literal(&format!("{{{}}}", keys.join(",")));
            format!("(({current})::jsonb #- {keys}::text[])::{type_name}")
        }
        SourceKind::Sqlite => {
            let keys = literal(&format!("$.{}", keys.join(".")));
            format!("json_remove({current}, {keys})")
        }
    }
}

fn in_set(table: &PlannedTable, set: &str) -> String {
    let own = row(table, "t");
    let names = row_names(table).join(", ");
    if own.len() == 1 {
        format!("{} IN (SELECT {names} FROM {set})", own.concat())
    } else {
        format!("({}) IN (SELECT {names} FROM {set})", own.join(", "))
    }
}
