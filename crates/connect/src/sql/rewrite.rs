//! Statements that write values into a person's own rows, and that read them
//! again. Invariant: what is written is a parameter, never text of a statement,
//! which a server may write down; and no row is touched that is somebody else's
//! as well.

use candor_domain::personal::Personal;
use candor_policy::charter::SourceKind;

use super::erase::{self, column_to_set};
use super::work::{self, Reading, Slot, Work, points_at, root_join, set};
use super::{
    elements, join, link_matches, name, row, row_names, same_row, same_work, telling, text, value,
};
use crate::catalogue::Class;
use crate::plan::{Decision, Link, Plan, PlannedColumn, PlannedTable};

/// The result code of rows that were rewritten.
pub(crate) const REWRITTEN: i64 = 4;

/// A column, and what its rows are to hold.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// Index of the table.
    pub(crate) table: usize,
    pub(crate) column: PlannedColumn,
    /// `None` for null.
    pub(crate) value: Option<Personal<String>>,
    /// Only rows that hold this now.
    pub(crate) was: Option<Personal<String>>,
}

/// A statement with its parameters, in the order in which they stand in it.
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) values: Vec<String>,
}

/// The plan in which everything stays: its work sets hold every row of the
/// person, and its counts are of rows that are kept.
pub(crate) fn staying(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.deletions.clear();
    plan.loosened.clear();
    for table in &mut plan.tables {
        table.decision = Decision::Keep(Vec::new());
        table.cuts.clear();
        table.because = None;
    }
    plan
}

/// The work sets, and for the tables in question the rows that are somebody
/// else's as well.
pub(crate) fn works(plan: &Plan, reading: Reading, tables: &[usize]) -> Vec<Work> {
    let mut works = work::sets(plan, reading);
    works.extend(foreign(plan, tables).into_iter().map(|(_, work)| work));
    works
}

/// One statement that rewrites all of it in PostgreSQL and counts as an
/// erasure's preview does. `first` is the number of its first own parameter.
pub(crate) fn postgres(plan: &Plan, changes: &[Change], first: usize) -> Statement {
    let tables = tables_of(changes);
    let works = works(plan, Reading::Plain, &tables);
    let mut parts: Vec<String> = works.iter().map(erase::expression).collect();
    let mut results = erase::counts(plan, Reading::Plain);
    let mut binder = Binder::new(plan.kind, first);
    for (index, sql) in updates(plan, changes, &mut binder) {
        parts.push(format!("candor_n{index} AS ({sql} RETURNING 1)"));
        results.push(format!(
            "SELECT {index} AS tab, {REWRITTEN} AS action, 0::int8 AS step, count(*) AS number FROM candor_n{index}"
        ));
    }
    Statement {
        sql: erase::with("candor: put a person's data right", &parts, &results),
        values: binder.values,
    }
}

/// The same for filled work sets: one statement for each table.
pub(crate) fn tables(plan: &Plan, changes: &[Change]) -> Vec<(usize, Statement)> {
    let each = tables_of(changes).into_iter().filter_map(|table| {
        let own: Vec<Change> = of_table(changes, table).cloned().collect();
        let mut binder = Binder::new(plan.kind, 1);
        let (index, sql) = updates(plan, &own, &mut binder).into_iter().next()?;
        let values = binder.values;
        Some((index, Statement { sql, values }))
    });
    each.collect()
}

/// Reads it again, one result for each change: `place, 0, rows that don't hold
/// it, rows that do`. Says nothing of how it was written.
pub(crate) fn reread(plan: &Plan, changes: &[Change], first: usize) -> Statement {
    let tables = tables_of(changes);
    let mut binder = Binder::new(plan.kind, first);
    let foreign = foreign(plan, &tables);
    let results: Vec<String> = changes
        .iter()
        .enumerate()
        .filter_map(|(place, change)| {
            let table = plan.tables.get(change.table)?;
            let wrong = binder.is_wanted(change);
            let right = binder.holds(change);
            let own = name(&table.name);
            let set = set(change.table);
            let same = same_row(table, "t", "w");
            let mine = is_own(table, change.table, &foreign, "w");
            let joined = match plan.kind {
                SourceKind::Sqlite => format!("{own} AS t JOIN {set} AS w ON {same}"),
                kind => format!("{set} AS w {} {own} AS t ON {same}", join(kind)),
            };
            // Both as the widest whole number, whatever a sum's type is.
            let sum = |of: &str| match plan.kind {
                SourceKind::Postgres => {
                    format!("coalesce(sum(CASE WHEN {of} THEN 1 ELSE 0 END), 0)::int8")
                }
                SourceKind::Mysql => {
                    format!("CAST(coalesce(sum(CASE WHEN {of} THEN 1 ELSE 0 END), 0) AS SIGNED)")
                }
                SourceKind::Sqlite => {
                    format!("coalesce(sum(CASE WHEN {of} THEN 1 ELSE 0 END), 0)")
                }
            };
            Some(format!(
                "SELECT {place} AS tab, 0 AS action, {} AS step, {} AS number FROM {joined} WHERE {mine}",
                sum(&wrong),
                sum(&right)
            ))
        })
        .collect();
    let parts: Vec<String> = match plan.kind {
        SourceKind::Postgres => {
            let works = works(plan, Reading::Plain, &tables);
            works.iter().map(erase::expression).collect()
        }
        SourceKind::Mysql | SourceKind::Sqlite => Vec::new(),
    };
    Statement {
        sql: erase::with("candor: read a person's data again", &parts, &results),
        values: binder.values,
    }
}

/// The tables of changes, each once and in order.
pub(crate) fn tables_of(changes: &[Change]) -> Vec<usize> {
    let mut tables: Vec<usize> = changes.iter().map(|change| change.table).collect();
    tables.sort_unstable();
    tables.dedup();
    tables
}

fn of_table(changes: &[Change], table: usize) -> impl Iterator<Item = &Change> {
    changes.iter().filter(move |change| change.table == table)
}

/// One update of each table. A row in which everything is right already is not
/// written.
fn updates(plan: &Plan, changes: &[Change], binder: &mut Binder) -> Vec<(usize, String)> {
    let tables = tables_of(changes);
    let foreign = foreign(plan, &tables);
    let mut statements = Vec::new();
    for index in tables {
        let Some(table) = plan.tables.get(index) else {
            continue;
        };
        let assignments: Vec<String> = of_table(changes, index)
            .map(|change| {
                let own = format!("t.{}", name(&change.column.name));
                let to = column_to_set(plan.kind, &change.column.name);
                let wanted = binder.is_wanted(change);
                let value = binder.value(change);
                format!("{to} = CASE WHEN {wanted} THEN {value} ELSE {own} END")
            })
            .collect();
        let wanted: Vec<String> = of_table(changes, index)
            .map(|change| binder.is_wanted(change))
            .collect();
        let update = erase::update(plan.kind, table, &assignments.join(", "), &set(index), "w");
        let also = match plan.kind {
            SourceKind::Mysql => "WHERE",
            SourceKind::Postgres | SourceKind::Sqlite => "AND",
        };
        let mine = is_own(table, index, &foreign, "w");
        let wanted = wanted.join(" OR ");
        statements.push((index, format!("{update} {also} {mine} AND ({wanted})")));
    }
    statements
}

/// That a row of a work set is nobody else's.
fn is_own(table: &PlannedTable, index: usize, foreign: &[(usize, Work)], alias: &str) -> String {
    if !foreign.iter().any(|(of, _)| *of == index) {
        return "1 = 1".to_owned();
    }
    format!(
        "NOT EXISTS (SELECT 1 FROM {} AS x WHERE {})",
        set_of_foreign(index),
        same_work(table, "x", alias)
    )
}

fn set_of_foreign(index: usize) -> String {
    format!("candor_x{index}")
}

/// For each table from which a row of `wanted` may be reached, those of the
/// person's rows that are another person's as well: rows that name another
/// person, that belong to a row outside the person's, or to such a row.
fn foreign(plan: &Plan, wanted: &[usize]) -> Vec<(usize, Work)> {
    let above = above(plan, wanted);
    let order = plan.groups.iter().flat_map(|group| &group.tables);
    let mut works: Vec<(usize, Work)> = Vec::new();
    for &index in order.filter(|index| above.contains(index)) {
        let Some(table) = plan.tables.get(index) else {
            continue;
        };
        let reasons = reasons(plan, index, table, &works);
        if reasons.is_empty() {
            continue;
        }
        let names: Vec<String> = row_names(table).into_iter().take(telling(table)).collect();
        let rows: Vec<String> = names.iter().map(|column| format!("w.{column}")).collect();
        let select = format!(
            "SELECT DISTINCT {} FROM {} AS w {} {} AS o ON {} WHERE ({}){}",
            rows.join(", "),
            set(index),
            join(plan.kind),
            name(&table.name),
            same_row(table, "o", "w"),
            reasons.join(" OR "),
            unless_named(plan, index, table)
        );
        let work = Work {
            name: set_of_foreign(index),
            columns: names,
            select,
            table: index,
            recursive: false,
            bounded: false,
            rounds: Vec::new(),
        };
        works.push((index, work));
    }
    works
}

/// The tables, and all through which their rows are found.
fn above(plan: &Plan, wanted: &[usize]) -> Vec<usize> {
    let mut above = wanted.to_vec();
    let mut place = 0;
    while let Some(table) = above.get(place).and_then(|index| plan.tables.get(*index)) {
        let owners = table.owners.iter().map(|link| link.target);
        let counting = table.counted.iter().map(|link| link.table);
        for index in owners.chain(counting) {
            if !above.contains(&index) {
                above.push(index);
            }
        }
        place += 1;
    }
    above
}

/// Why row `o` may be somebody else's as well.
fn reasons(
    plan: &Plan,
    index: usize,
    table: &PlannedTable,
    known: &[(usize, Work)],
) -> Vec<String> {
    let roots = table.roots.iter();
    let mut reasons: Vec<String> = roots
        .map(|root| format!("o.{} IS NOT NULL", name(&root.column)))
        .collect();
    let is_known = |index: usize| known.iter().any(|(of, _)| *of == index);
    for link in &table.owners {
        let Some(target) = plan.tables.get(link.target).filter(|one| one.reached) else {
            continue;
        };
        let points = points_at(plan, table, "o", link, "p");
        let set = set(link.target);
        if link.is_list {
            reasons.extend(elements::has_other(plan, table, "o", link, &set));
            continue;
        }
        reasons.push(format!(
            "({} AND NOT EXISTS (SELECT 1 FROM {set} AS p WHERE {points}))",
            names_somebody(plan, table, link)
        ));
        if is_known(link.target) {
            reasons.push(format!(
                "EXISTS (SELECT 1 FROM {set} AS p JOIN {} AS x ON {} WHERE {points})",
                set_of_foreign(link.target),
                same_work(target, "p", "x")
            ));
        }
    }
    for link in table.counted.iter().filter(|link| is_known(link.table)) {
        let Some(pointing) = plan.tables.get(link.table) else {
            continue;
        };
        let points = link_matches(plan.kind, (pointing, table), "q", link, |place| {
            let column = link.to.get(place).map(String::as_str).unwrap_or_default();
            format!("o.{}", name(column))
        });
        reasons.push(format!(
            "EXISTS (SELECT 1 FROM {} AS x {} {} AS q ON {} WHERE {points})",
            set_of_foreign(link.table),
            join(plan.kind),
            name(&pointing.name),
            same_telling(pointing, "q", "x")
        ));
    }
    let _ = index;
    reasons
}

/// That row `o` names an owner.
fn names_somebody(plan: &Plan, table: &PlannedTable, link: &Link) -> String {
    let named = link.from.iter().map(|path| {
        let own = value(plan.kind, table, "o", path);
        format!("{own} IS NOT NULL")
    });
    let when = link.when.as_ref();
    let when = when.map(|when| super::condition(plan.kind, "o", when));
    named.chain(when).collect::<Vec<_>>().join(" AND ")
}

/// A row by which the person is known is theirs, whoever it belongs to.
fn unless_named(plan: &Plan, index: usize, table: &PlannedTable) -> String {
    let slots = work::slots(plan);
    let own = slots.iter().enumerate();
    let own = own.filter(|(_, slot): &(usize, &Slot)| slot.table == index);
    let rows: Vec<String> = row(table, "t").into_iter().take(telling(table)).collect();
    let outer: Vec<String> = row_names(table)
        .iter()
        .take(telling(table))
        .map(|column| format!("w.{column}"))
        .collect();
    own.map(|(place, slot)| {
        format!(
            " AND ({}) NOT IN (SELECT {} FROM {})",
            outer.join(", "),
            rows.join(", "),
            root_join(plan, place, slot)
        )
    })
    .collect()
}

fn same_telling(table: &PlannedTable, alias: &str, work: &str) -> String {
    let rows = row(table, alias).into_iter().take(telling(table));
    let parts: Vec<String> = rows
        .enumerate()
        .map(|(place, own)| format!("{own} = {work}.r{place}"))
        .collect();
    parts.join(" AND ")
}

/// Writes values down as parameters.
struct Binder {
    kind: SourceKind,
    next: usize,
    values: Vec<String>,
}

impl Binder {
    fn new(kind: SourceKind, first: usize) -> Self {
        Self {
            kind,
            next: first,
            values: Vec::new(),
        }
    }

    fn bind(&mut self, value: &Personal<String>) -> String {
        let value = value.expose("it is written into its person's own row, or looked for there");
        self.values.push(value.clone());
        let place = self.next;
        self.next += 1;
        match self.kind {
            SourceKind::Mysql => "?".to_owned(),
            SourceKind::Postgres => format!("${place}::text"),
            SourceKind::Sqlite => format!("?{place}"),
        }
    }

    /// What is assigned.
    fn value(&mut self, change: &Change) -> String {
        let Some(value) = &change.value else {
            return "NULL".to_owned();
        };
        let bound = self.bind(value);
        match self.kind {
            // An assignment of text to a shorter column is refused, where a
            // cast would cut it off.
            SourceKind::Postgres if change.column.class != Class::Text => {
                format!(
                    "CAST({bound} AS {})",
                    without_length(&change.column.type_name)
                )
            }
            _ => bound,
        }
    }

    /// That row `t` is to be written.
    fn is_wanted(&mut self, change: &Change) -> String {
        let differs = self.compare(change, false);
        let Some(was) = &change.was else {
            return differs;
        };
        let bound = self.bind(was);
        let own = text(self.kind, &format!("t.{}", name(&change.column.name)));
        format!("({differs} AND lower({own}) = lower({bound}))")
    }

    /// That row `t` holds it.
    fn holds(&mut self, change: &Change) -> String {
        self.compare(change, true)
    }

    /// To the letter: a collation that ignores case or accents would find right
    /// what is not.
    fn compare(&mut self, change: &Change, is: bool) -> String {
        let own = format!("t.{}", name(&change.column.name));
        let Some(value) = &change.value else {
            let not = if is { "" } else { "NOT " };
            return format!("{own} IS {not}NULL");
        };
        let class = change.column.class;
        match self.kind {
            SourceKind::Postgres => {
                let not = if is { "NOT " } else { "" };
                let right = self.value(&Change {
                    value: Some(value.clone()),
                    ..change.clone()
                });
                match class {
                    Class::Text => format!("({own})::text IS {not}DISTINCT FROM {right}"),
                    // JSON as text has no equality.
                    Class::Json => {
                        format!("({own})::jsonb IS {not}DISTINCT FROM ({right})::jsonb")
                    }
                    _ => format!("{own} IS {not}DISTINCT FROM {right}"),
                }
            }
            SourceKind::Mysql => {
                let bound = self.bind(value);
                let own = match class {
                    Class::Text | Class::Textual => text(self.kind, &own),
                    _ => own,
                };
                let same = format!("{own} <=> {bound}");
                if is { same } else { format!("NOT ({same})") }
            }
            SourceKind::Sqlite => {
                let not = if is { "" } else { "NOT " };
                let bound = self.bind(value);
                format!("{own} COLLATE BINARY IS {not}{bound}")
            }
        }
    }
}

/// A type of PostgreSQL without what is said of its length.
fn without_length(type_name: &str) -> String {
    let mut result = String::new();
    let mut depth = 0_u32;
    for character in type_name.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => result.push(character),
            _ => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_cast_to_without_its_length() {
        assert_eq!(without_length("numeric(5,2)"), "numeric");
        assert_eq!(
            without_length("timestamp(3) with time zone"),
            "timestamp with time zone"
        );
        assert_eq!(without_length("date"), "date");
    }
}
