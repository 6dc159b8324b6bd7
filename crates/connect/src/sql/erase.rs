//! An erasure and its preview. Both count from the same work sets; the erasure
//! also writes, and says where the database did not do what was counted.

use candor_domain::plan::Action;
use candor_policy::charter::SourceKind;
use candor_policy::map::ColumnPath;

use super::tenant::within;
use super::work::{self, Reading, Work, points_at, set};
use super::{elements, late, undo};
use super::{join, json_key, json_path, literal, name, row, row_names, same_row, same_work};
use crate::catalogue::postgres::STAMP;
use crate::plan::{Cut, Link, Plan, PlannedTable, Replacement, RowKey};

/// The result code of rows that were counted and are not done.
pub(crate) const MISSING: i32 = 9;

/// The result code of an action.
pub(crate) fn code(action: Action) -> i32 {
    match action {
        Action::Delete => 0,
        Action::Pseudonymise => 1,
        Action::Unlink => 2,
        Action::Keep => 3,
        Action::Rewrite => 4,
        Action::Aggregate => 5,
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

/// Rows to loosen. Reads the work sets.
pub(crate) fn loosened(plan: &Plan, reading: Reading) -> Vec<Work> {
    let tables = plan.tables.iter().enumerate();
    let works = tables.filter_map(|(index, table)| cut_rows(plan, index, table, reading));
    works.collect()
}

/// Rows to change. Reads the work sets and the rows to loosen.
pub(crate) fn changed(plan: &Plan) -> Vec<Work> {
    let tables = plan.tables.iter().enumerate();
    let works = tables.filter_map(|(index, table)| changed_rows(index, table));
    works.collect()
}

/// `tab, action, step, number` for everything that is counted. Reads the works,
/// as they were made.
pub(crate) fn counts(plan: &Plan, reading: Reading) -> Vec<String> {
    let mut selects = Vec::new();
    for (index, table) in plan.tables.iter().enumerate() {
        if table.reached {
            selects.push(format!(
                "SELECT {index} AS tab, {} AS action, step, count(*) AS number FROM {} GROUP BY step",
                code(table.action()),
                each_row(plan.kind, table, &set(index))
            ));
        }
        if table.cuts.is_empty() {
            continue;
        }
        // A person's own rows are counted under what becomes of them; a row
        // that an earlier step loosens and a later one takes counts in both.
        let own = if table.reached {
            format!(
                " WHERE NOT EXISTS (SELECT 1 FROM {} AS w WHERE {} AND {})",
                set(index),
                same_work(table, "w", "u"),
                match reading {
                    Reading::Alone => "w.step = u.step".to_owned(),
                    _ => own_before(table),
                }
            )
        } else {
            String::new()
        };
        let columns: Vec<String> = row_names(table)
            .iter()
            .map(|column| format!("u.{column}"))
            .collect();
        let rows = format!(
            "(SELECT DISTINCT u.step, {} FROM candor_u{index} AS u{own})",
            columns.join(", ")
        );
        selects.push(format!(
            "SELECT {index} AS tab, {} AS action, step, count(*) AS number FROM {} GROUP BY step",
            code(Action::Unlink),
            match table.row {
                RowKey::Content(_) => each_row(plan.kind, table, &rows),
                _ => format!("{rows} AS y"),
            }
        ));
    }
    selects
}

/// That a row, which step `w` has as a person's own, has nothing left to loosen
/// in step `u`: it is gone, or counted as the person's, or an earlier step
/// replaced that very link.
fn own_before(table: &PlannedTable) -> String {
    if table.goes() {
        return "w.step <= u.step".to_owned();
    }
    let replaced = |cut: &Cut| {
        let own = table.decision.replacements();
        own.iter().any(|own| cut.link.from.contains(&own.path))
    };
    let cuts = table.cuts.iter().enumerate();
    let cuts: Vec<String> = cuts
        .filter(|(_, cut)| replaced(cut))
        .map(|(place, _)| place.to_string())
        .collect();
    if cuts.is_empty() {
        "w.step = u.step".to_owned()
    } else {
        let cuts = cuts.join(", ");
        format!("(w.step = u.step OR (w.step < u.step AND u.cut IN ({cuts})))")
    }
}

/// A work set with one line for each row of the table, where one line of it
/// stands for all that are alike.
fn each_row(kind: SourceKind, table: &PlannedTable, set: &str) -> String {
    match table.row {
        RowKey::Content(_) => format!(
            "(SELECT w.step FROM {set} AS w {} {} AS t ON {}) AS y",
            join(kind),
            name(&table.name),
            same_row(table, "t", "w")
        ),
        _ => set.to_owned(),
    }
}

/// One statement that does all of it in PostgreSQL, where constraints are
/// checked once the whole statement is done, so that no order is needed. It
/// also writes the journal, whose keys are the last parameter but one, and
/// returns what it wrote there: `step, effects`. If less was written than was
/// counted, or the schema's stamp is not the last parameter, it divides by zero
/// and so undoes itself.
///
/// Where it is to be taken back, each result also says of which table it is and
/// what a row became: `was` and `became` stand beside the journal's lines, which
/// have no table.
pub(crate) fn postgres(plan: &Plan, keeping: bool) -> String {
    let mut works = work::sets(plan, Reading::Plain);
    works.extend(loosened(plan, Reading::Plain));
    works.extend(changed(plan));
    let mut parts: Vec<String> = works.iter().map(expression).collect();
    let locked = match locks(plan) {
        Some(locks) => {
            parts.push(locks);
            " AND (SELECT sum(number) FROM candor_locked) IS NOT NULL"
        }
        None => "",
    };
    let Writing { missing, kept } = writing(plan, keeping, locked, &mut parts);
    let missing = if missing.is_empty() {
        "0::int8".to_owned()
    } else {
        missing.join("\n    + ")
    };
    let counts = with("", &[], &counts(plan, Reading::Plain));
    parts.push(format!(
        "candor_counts(tab, action, step, number) AS MATERIALIZED ({counts})"
    ));
    parts.push(format!(
        "candor_missing(number) AS MATERIALIZED (SELECT {missing})"
    ));
    parts.push(journal(plan));
    let mut results = vec![if keeping {
        "SELECT step, effects, NULL::int4 AS tab, NULL::text AS became FROM candor_written"
            .to_owned()
    } else {
        "SELECT step, effects FROM candor_written".to_owned()
    }];
    results.extend(kept);
    with("candor: erase people's rows", &parts, &results)
}

/// What is written, what of it is missing, and what is kept.
#[derive(Default)]
struct Writing {
    missing: Vec<String>,
    kept: Vec<String>,
}

/// The writing parts of [`postgres`].
fn writing(plan: &Plan, keeping: bool, locked: &str, parts: &mut Vec<String>) -> Writing {
    let mut writing = Writing::default();
    let Writing { missing, kept } = &mut writing;
    for (index, table) in plan.tables.iter().enumerate() {
        let own = name(&table.name);
        let image = undo::image(plan.kind, table, "t");
        let mut write = |letter: &str, from: String, statement: String| {
            let done = format!("candor_{letter}{index}");
            missing.push(format!(
                "(SELECT count(*) FROM {from}) - (SELECT count(*) FROM {done})"
            ));
            let returned = match (keeping, letter) {
                (false, _) => "1".to_owned(),
                (true, "d") => format!("{image} AS was, NULL::text AS became"),
                (true, _) => {
                    let found = undo::image(plan.kind, table, "o");
                    format!("{found} AS was, {image} AS became")
                }
            };
            if keeping {
                kept.push(format!("SELECT NULL, was, {index}, became FROM {done}"));
            }
            parts.push(format!("{done} AS ({statement} RETURNING {returned})"));
        };
        if table.goes() {
            let set = set(index);
            let rows = same_row(table, "t", "w");
            let statement = format!("DELETE FROM {own} AS t USING {set} AS w WHERE {rows}{locked}");
            write("d", set, statement);
        }
        if let Some(assignments) = assignments(plan, table) {
            let set = format!("candor_s{index}");
            let rows = same_row(table, "t", "s");
            // Beside the row as it is written, the row as it was found.
            let found = if keeping {
                format!(" JOIN {own} AS o ON {}", same_row(table, "o", "s"))
            } else {
                String::new()
            };
            let statement = format!(
                "UPDATE {own} AS t SET {assignments} FROM {set} AS s{found} WHERE {rows}{locked}"
            );
            write("e", set, statement);
        }
    }
    writing
}

/// Locks the rows by which people are known before anything is written, in the
/// order of their keys: two erasures never wait for each other, and nothing can
/// be hung onto these rows meanwhile.
fn locks(plan: &Plan) -> Option<String> {
    let locks: Vec<String> = plan
        .tables
        .iter()
        .enumerate()
        .filter(|(_, table)| table.goes() && !table.keys.is_empty() && !table.roots.is_empty())
        .map(|(index, table)| {
            let order: Vec<String> = if table.primary_key.is_empty() {
                row(table, "t")
            } else {
                let columns = table.primary_key.iter();
                columns.map(|column| format!("t.{}", name(column))).collect()
            };
            format!(
                "SELECT count(*) FROM (SELECT 1 FROM {} AS t JOIN {} AS w ON {} ORDER BY {} FOR UPDATE OF t) AS l",
                name(&table.name),
                set(index),
                same_row(table, "t", "w"),
                order.join(", ")
            )
        })
        .collect();
    (!locks.is_empty()).then(|| {
        format!(
            "candor_locked(number) AS MATERIALIZED ({})",
            locks.join(" UNION ALL ")
        )
    })
}

/// Effects as the journal holds them: what the engine reads back.
fn journal(plan: &Plan) -> String {
    let names: Vec<String> = plan
        .tables
        .iter()
        .enumerate()
        .map(|(index, table)| {
            let because = table.because.as_deref().filter(|_| table.reached);
            let because = because.map_or_else(|| "NULL".to_owned(), literal);
            let action = code(table.action());
            format!("({index}, {}, {action}, {because})", literal(&table.name))
        })
        .collect();
    let actions = [
        Action::Delete,
        Action::Pseudonymise,
        Action::Unlink,
        Action::Keep,
    ];
    let actions: Vec<String> = actions
        .iter()
        .map(|action| {
            let word = serde_json::to_value(action).unwrap_or_default();
            let word = word.as_str().unwrap_or_default();
            format!("({}, {})", code(*action), literal(word))
        })
        .collect();
    format!(
        "candor_written AS (INSERT INTO candor_journal AS j (step, effects)
  SELECT k.step, coalesce(json_agg(json_build_object('table', n.name, 'action', a.word, 'rows', c.number,
           'because', CASE WHEN n.action = c.action THEN n.because END) ORDER BY c.tab, c.action)
           FILTER (WHERE c.number IS NOT NULL), '[]')::text
    FROM unnest(${}::text[]) WITH ORDINALITY AS k(step, place)
    LEFT JOIN candor_counts AS c ON c.step = k.place - 1
    LEFT JOIN (VALUES {}) AS n(tab, name, action, because) ON n.tab = c.tab
    LEFT JOIN (VALUES {}) AS a(code, word) ON a.code = c.action
   WHERE (SELECT CASE WHEN m.number = 0 AND ({}) = ${} THEN 1 ELSE 1 / (m.number - m.number) END FROM candor_missing AS m) = 1
   GROUP BY k.step
  RETURNING j.step, j.effects)",
        parameters_before(plan) + 1,
        names.join(", "),
        actions.join(", "),
        STAMP,
        parameters_before(plan) + 2,
    )
}

/// How many parameters say whom, or what, it is about.
fn parameters_before(plan: &Plan) -> usize {
    let bounds = if plan.seeds.is_empty() { 0 } else { 2 };
    2 * work::slots(plan).len() + bounds + late::parameters(plan)
}

/// The counts that each erasure would have alone, without one.
pub(crate) fn postgres_preview(plan: &Plan) -> String {
    let mut works = work::sets(plan, Reading::Alone);
    works.extend(loosened(plan, Reading::Alone));
    let parts: Vec<String> = works.iter().map(expression).collect();
    let counts = counts(plan, Reading::Alone);
    with("candor: count people's rows", &parts, &counts)
}

/// A writing statement of an erasure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Write {
    pub(crate) sql: String,
    /// The work set of which it takes the lines after `?1` and up to `?2`;
    /// `None` where it takes all at once. SQLite remembers in memory which rows
    /// a statement is going to delete.
    pub(crate) part_of: Option<String>,
}

/// The writing statements of an erasure in MariaDB and SQLite, in order, for
/// work sets that are already filled.
pub(crate) fn writes(plan: &Plan) -> Vec<Write> {
    let whole = |sql| Write { sql, part_of: None };
    let mut statements = Vec::new();
    for (index, columns) in &plan.loosened {
        if let Some(table) = plan.tables.get(*index) {
            let own = |column: &String| column_to_set(plan.kind, column);
            let nulls: Vec<String> = columns
                .iter()
                .map(|column| format!("{} = NULL", own(column)))
                .collect();
            let nulls = nulls.join(", ");
            statements.push(whole(update(plan.kind, table, &nulls, &set(*index), "w")));
        }
    }
    for (index, table) in plan.tables.iter().enumerate() {
        if let Some(assignments) = assignments(plan, table) {
            let changed = format!("candor_s{index}");
            let sql = update(plan.kind, table, &assignments, &changed, "s");
            statements.push(whole(sql));
        }
    }
    for index in &plan.deletions {
        if let Some(table) = plan.tables.get(*index) {
            let set = set(*index);
            statements.push(match plan.kind {
                SourceKind::Sqlite => delete_part(table, set),
                _ => whole(delete(table, &set)),
            });
        }
    }
    statements
}

/// Deletes the rows of a table that a work set of MariaDB names.
pub(super) fn delete(table: &PlannedTable, set: &str) -> String {
    format!(
        "DELETE t FROM {set} AS w STRAIGHT_JOIN {} AS t ON {}",
        name(&table.name),
        same_row(table, "t", "w")
    )
}

/// The same for SQLite, for some lines of the set.
fn delete_part(table: &PlannedTable, set: String) -> Write {
    Write {
        sql: format!(
            "DELETE FROM {} AS t WHERE ({}) IN (SELECT {} FROM {set} WHERE rowid > ?1 AND rowid <= ?2)",
            name(&table.name),
            row(table, "t").join(", "),
            row_names(table).join(", ")
        ),
        part_of: Some(set),
    }
}

/// Changes the rows of a table that a work set names.
pub(super) fn update(
    kind: SourceKind,
    table: &PlannedTable,
    assignments: &str,
    set: &str,
    alias: &str,
) -> String {
    let own = name(&table.name);
    let rows = same_row(table, "t", alias);
    match kind {
        SourceKind::Mysql => {
            format!("UPDATE {set} AS {alias} STRAIGHT_JOIN {own} AS t ON {rows} SET {assignments}")
        }
        _ => format!("UPDATE {own} AS t SET {assignments} FROM {set} AS {alias} WHERE {rows}"),
    }
}

/// A column on the left of an assignment.
pub(super) fn column_to_set(kind: SourceKind, column: &str) -> String {
    match kind {
        SourceKind::Mysql => format!("t.{}", name(column)),
        _ => name(column),
    }
}

/// Locks the rows by which people are known in MariaDB before anything else is
/// read, in the order of their keys: two erasures never wait for each other,
/// and nothing can be hung onto these rows meanwhile.
pub(crate) fn mysql_locks(plan: &Plan) -> Vec<String> {
    let slots = work::slots(plan);
    let tables = plan.tables.iter().enumerate();
    tables
        .filter(|(_, table)| table.goes() && !table.roots.is_empty())
        .map(|(index, table)| {
            let own: Vec<String> = row(table, "t")
                .iter()
                .enumerate()
                .map(|(place, own)| format!("{own} AS r{place}"))
                .collect();
            let own = own.join(", ");
            let found: Vec<String> = slots
                .iter()
                .enumerate()
                .filter(|(_, slot)| slot.table == index)
                .map(|(place, slot)| {
                    format!("SELECT {own} FROM {}", work::root_join(plan, place, slot))
                })
                .collect();
            let order = row_names(table).join(", ");
            // Without a limit the order would be taken for an ornament.
            format!(
                "/* candor: lock people's rows */ SELECT 1 FROM ({} ORDER BY {order} LIMIT {}) AS o STRAIGHT_JOIN {} AS t ON {} FOR UPDATE",
                found.join(" UNION "),
                u64::MAX,
                name(&table.name),
                same_row(table, "t", "o")
            )
        })
        .collect()
}

/// Counts what should be gone in MariaDB and SQLite and is not.
pub(crate) fn missing(plan: &Plan) -> Vec<String> {
    plan.deletions
        .iter()
        .filter_map(|index| {
            let table = plan.tables.get(*index)?;
            Some(format!(
                "SELECT {index} AS tab, {MISSING} AS action, 0 AS step, count(*) AS number FROM {}",
                match plan.kind {
                    SourceKind::Mysql => format!(
                        "{} AS w STRAIGHT_JOIN {} AS t ON {}",
                        set(*index),
                        name(&table.name),
                        same_row(table, "t", "w")
                    ),
                    _ => format!(
                        "{} AS t WHERE {}",
                        name(&table.name),
                        in_set(table, &set(*index))
                    ),
                }
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
    if purpose.is_empty() {
        result
    } else if parts.is_empty() {
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

/// Rows of a table whose links name rows that go: `cut` says which link.
fn cut_rows(plan: &Plan, index: usize, table: &PlannedTable, reading: Reading) -> Option<Work> {
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
        .flat_map(|(place, cut)| {
            let select = format!(
                "SELECT w.step, {rows}, {place} AS cut FROM {} AS w {} {} AS t ON {}{}",
                set(cut.link.target),
                join(plan.kind),
                name(&table.name),
                points_at(plan, table, "t", &cut.link, "w"),
                within(plan.kind, table, "t")
            );
            let late = late::naming(plan, table, &cut.link).into_iter();
            let late =
                late.map(|from| format!("SELECT o.step, {rows}, {place} AS cut FROM {from}"));
            let selects = std::iter::once(select).chain(late);
            selects
                .map(|select| reading.of(plan.kind, select))
                .collect::<Vec<_>>()
        })
        .collect();
    let mut columns = vec!["step".to_owned()];
    columns.extend(row_names(table));
    columns.push("cut".to_owned());
    Some(Work {
        name: format!("candor_u{index}"),
        columns,
        select: selects.join("\n  UNION ALL "),
        table: index,
        recursive: false,
        bounded: false,
        rounds: Vec::new(),
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
        table: index,
        recursive: false,
        bounded: false,
        rounds: Vec::new(),
    })
}

/// `SET` of the one update of a table: a row is never updated twice.
fn assignments(plan: &Plan, table: &PlannedTable) -> Option<String> {
    let kind = plan.kind;
    let own = table.reached.then(|| table.decision.replacements());
    let own = own.unwrap_or_default();
    let cuts = table.cuts.iter().enumerate().flat_map(|(place, cut)| {
        let list = Some(&cut.link).filter(|link| link.is_list);
        let replacements = cut.replacements.iter();
        replacements.map(move |replacement| (format!("s.c{place} = 1"), replacement, list))
    });
    let changes: Vec<(String, &Replacement, Option<&Link>)> = cuts
        .chain(own.iter().map(|own| ("s.own = 1".to_owned(), own, None)))
        .collect();
    let mut columns: Vec<&str> = Vec::new();
    for (_, replacement, _) in &changes {
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
                .filter(|(_, replacement, _)| replacement.path.column == *column)
                .partition(|(_, replacement, list)| {
                    list.is_some() || !replacement.path.path.is_empty()
                });
            for (when, replacement, list) in inside.into_iter().chain(whole) {
                let list = list.and_then(|link| elements::without(plan, table, &text, link));
                let value = list.unwrap_or_else(|| replaced(kind, table, &text, replacement));
                text = format!("CASE WHEN {when} THEN {value} ELSE {text} END");
            }
            format!("{} = {text}", column_to_set(kind, column))
        })
        .collect();
    (!assignments.is_empty()).then(|| {
        let all: Vec<String> = assignments
            .into_iter()
            .chain(untouched(table, &columns))
            .collect();
        all.join(", ")
    })
}

/// Columns that the database would set to the time of the change, as they are:
/// the row may be somebody else's. Without those that are changed.
pub(super) fn untouched(table: &PlannedTable, changed: &[&str]) -> Vec<String> {
    let touched = table.columns.iter().filter(|column| column.touched);
    let touched = touched.filter(|column| !changed.contains(&column.name.as_str()));
    let touched = touched.map(|column| {
        let own = format!("t.{}", name(&column.name));
        format!("{own} = {own}")
    });
    touched.collect()
}

pub(super) fn replaced(
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
    match kind {
        SourceKind::Postgres => {
            let type_name = table
                .column(column)
                .map_or("jsonb", |column| column.type_name.as_str());
            let keys: Vec<String> = path.iter().map(|key| json_key(key)).collect();
            let keys = literal(&format!("{{{}}}", keys.join(",")));
            format!("(({current})::jsonb #- {keys}::text[])::{type_name}")
        }
        SourceKind::Mysql | SourceKind::Sqlite => {
            format!("json_remove({current}, {})", json_path(path))
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
