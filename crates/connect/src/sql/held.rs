//! Statements that tell which rows a hold keeps. The work sets are those of the
//! people it is about, whoever they are joined with: step 0 is the person who is
//! to be erased, step `n` the people of the `n`-th hold. Invariant: nothing here
//! writes, and what leaves the database about a row is a mark, not its key.

use candor_policy::charter::SourceKind;

use super::tenant::within;
use super::work::{self, Reading, Work, points_at, set};
use super::{
    erase, join, key_text, link_matches, literal, name, row, row_names, same_row, same_work, text,
};
use crate::plan::{Decision, Link, Plan, PlannedTable, RowKey};

/// A hold as a source sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hold {
    /// Indexes of the tables whose rows it keeps.
    pub(crate) covers: Vec<usize>,
    /// Index of the table, and column, of each flag.
    pub(crate) flags: Vec<(usize, String)>,
}

/// Works, and statements of `place, step, v0` over them.
#[derive(Debug, Default)]
pub(crate) struct Look {
    pub(crate) works: Vec<Work>,
    pub(crate) results: Vec<String>,
}

impl Look {
    /// As one statement.
    pub(crate) fn postgres(&self) -> String {
        let parts: Vec<String> = self.works.iter().map(erase::expression).collect();
        erase::with("candor: what a hold keeps", &parts, &self.results)
    }
}

/// The plan with everybody's rows in its work sets, each under every step that
/// leads to it.
pub(crate) fn looking(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for table in &mut plan.tables {
        table.decision = Decision::Keep(Vec::new());
    }
    plan
}

/// The tables in which rows of the person are kept, `place`, by hold, `step`:
/// rows that belong to somebody on hold as well, that a held row names, or that
/// a flag holds.
pub(crate) fn tables(plan: &Plan, holds: &[Hold]) -> Look {
    let own = reached(plan).flat_map(|(index, table)| shared(plan, holds, index, table));
    let named = links(plan).flat_map(|(link, _)| named_by_held(plan, holds, link));
    let results = own.chain(named).map(|(place, step, from)| {
        let nothing = nothing(plan.kind);
        format!("SELECT DISTINCT {place} AS place, {step} AS step, {nothing} AS v0 FROM {from}")
    });
    Look {
        results: results.collect(),
        works: work::sets(plan, Reading::EveryStep),
    }
}

/// Rows of the person that are somebody's on hold as well, or flagged: table,
/// step, and the relation.
fn shared(
    plan: &Plan,
    holds: &[Hold],
    index: usize,
    table: &PlannedTable,
) -> Vec<(usize, String, String)> {
    let own = set(index);
    let mut found = Vec::new();
    if let Some(steps) = steps(holds, index) {
        let from = format!(
            "{own} AS w JOIN {own} AS h ON {} WHERE w.step = 0 AND h.step IN ({steps})",
            same_work(table, "w", "h")
        );
        found.push((index, "h.step".to_owned(), from));
    }
    for (number, column) in flags(holds, index) {
        let from = format!(
            "{own} AS w {} {} AS t ON {} WHERE w.step = 0 AND {}",
            join(plan.kind),
            name(&table.name),
            same_row(table, "t", "w"),
            is_flagged(plan.kind, "t", column)
        );
        found.push((index, step_number(plan.kind, number), from));
    }
    found
}

/// Rows of the person that a held row names, as [`shared`] has them.
fn named_by_held(plan: &Plan, holds: &[Hold], link: &Link) -> Vec<(usize, String, String)> {
    let tables = (plan.tables.get(link.table), plan.tables.get(link.target));
    let (Some(from), Some(to)) = tables else {
        return Vec::new();
    };
    if !to.reached {
        return Vec::new();
    }
    let named = points_at(plan, from, "t", link, "w") + &within(plan.kind, from, "t");
    let (own, target) = (name(&from.name), set(link.target));
    let join = join(plan.kind);
    let mut found = Vec::new();
    if let Some(steps) = steps(holds, link.table).filter(|_| from.reached) {
        let relation = format!(
            "{} AS h {join} {own} AS t ON {} JOIN {target} AS w ON {named} WHERE w.step = 0 AND h.step IN ({steps})",
            set(link.table),
            same_row(from, "t", "h"),
        );
        found.push((link.target, "h.step".to_owned(), relation));
    }
    for (number, column) in flags(holds, link.table) {
        let flagged = is_flagged(plan.kind, "t", column);
        let relation =
            format!("{target} AS w {join} {own} AS t ON {named} WHERE w.step = 0 AND {flagged}");
        found.push((link.target, step_number(plan.kind, number), relation));
    }
    found
}

/// Marks of the rows of some tables that may not go: those of people on hold,
/// those that are flagged, and those that such rows name, however far away.
/// `swept` is the plan by which rows would go.
pub(crate) fn marks(plan: &Plan, swept: &Plan, holds: &[Hold], wanted: &[usize]) -> Look {
    let mut works = work::sets(plan, Reading::EveryStep);
    works.extend(naming(plan, swept, holds, true));
    let results = wanted.iter().filter_map(|index| {
        let table = plan.tables.get(*index)?;
        Some(format!(
            "SELECT DISTINCT {index} AS place, h.step AS step, {} AS v0 FROM {} AS h {} {} AS t ON {}",
            mark(plan.kind, table, "t"),
            relation(plan.kind, *index),
            join(plan.kind),
            name(&table.name),
            same_row(table, "t", "h")
        ))
    });
    Look {
        results: results.collect(),
        works,
    }
}

/// The people to whom flagged rows belong: `place` counts the identity columns
/// of the plan, as [`work::slots`] has them.
pub(crate) fn people(plan: &Plan, holds: &[Hold]) -> Look {
    let slots = work::slots(plan);
    let results = slots.iter().enumerate().filter_map(|(place, slot)| {
        let table = plan.tables.get(slot.table)?;
        let class = table.column(&slot.root.column).map(|column| column.class);
        let value = key_text(plan.kind, class, &format!("t.{}", name(&slot.root.column)));
        Some(format!(
            "SELECT DISTINCT {place} AS place, h.step AS step, {value} AS v0 FROM {} AS h {} {} AS t ON {}",
            relation(plan.kind, slot.table),
            join(plan.kind),
            name(&table.name),
            same_row(table, "t", "h")
        ))
    });
    Look {
        results: results.collect(),
        works: naming(plan, plan, holds, false),
    }
}

/// That a row is among those with these marks.
pub(crate) fn is_spared(
    kind: SourceKind,
    table: &PlannedTable,
    alias: &str,
    marks: &[String],
) -> String {
    let marks: Vec<String> = marks.iter().map(|mark| literal(mark)).collect();
    format!("{} IN ({})", mark(kind, table, alias), marks.join(", "))
}

/// That nothing of a column holds the row.
pub(super) fn is_free(kind: SourceKind, alias: &str, column: &str) -> String {
    let hold = text(kind, &format!("{alias}.{}", name(column)));
    format!("coalesce({hold}, '') IN ('', '0', 'f', 'false')")
}

fn is_flagged(kind: SourceKind, alias: &str, column: &str) -> String {
    format!("NOT {}", is_free(kind, alias, column))
}

/// What tells a row from others without saying its key. SQLite has no digests,
/// and no server that would write a statement down.
pub(super) fn mark(kind: SourceKind, table: &PlannedTable, alias: &str) -> String {
    let key: Vec<String> = table
        .primary_key
        .iter()
        .map(|column| text(kind, &format!("{alias}.{}", name(column))))
        .collect();
    match (kind, &table.row, key.as_slice()) {
        (SourceKind::Postgres, _, []) => format!("md5({alias}::text)"),
        (SourceKind::Postgres, ..) => format!("md5(concat_ws('/', {}))", key.join(", ")),
        (SourceKind::Mysql, RowKey::Columns(columns), _) => {
            let own: Vec<String> = columns
                .iter()
                .map(|column| format!("hex({alias}.{})", name(column)))
                .collect();
            format!("sha2(concat_ws('/', {}), 256)", own.join(", "))
        }
        _ => {
            let own = row(table, alias);
            let own = own.iter().map(|own| format!("quote({own})"));
            let own: Vec<String> = own.collect();
            match kind {
                SourceKind::Mysql => row(table, alias).into_iter().next().unwrap_or_default(),
                _ => own.join(" || '/' || "),
            }
        }
    }
}

/// The relation of a table's held rows.
fn relation(kind: SourceKind, table: usize) -> String {
    match kind {
        SourceKind::Postgres => {
            format!("(SELECT h.step, h.r0, h.r1 FROM candor_h AS h WHERE h.tab = {table})")
        }
        SourceKind::Mysql | SourceKind::Sqlite => format!("candor_h{table}"),
    }
}

/// Held rows and the rows to which they belong, however far away: `step, row` of
/// each table. With people, also the rows to which a held row only refers; what
/// is there for its sake may lose its references.
fn naming(plan: &Plan, swept: &Plan, holds: &[Hold], with_people: bool) -> Vec<Work> {
    let named = links(swept).filter(|(_, bond)| with_people || *bond == Bond::Owner);
    let named = named.map(|(link, bond)| Step {
        link,
        backwards: false,
        of_held_only: bond == Bond::Reference,
    });
    // What goes with the last row that names it stays if all of these do.
    let counted = links(swept).filter(|(_, bond)| *bond == Bond::Counted);
    let counting = counted.map(|(link, _)| Step {
        link,
        backwards: true,
        of_held_only: false,
    });
    let steps: Vec<Step<'_>> = named.chain(counting).collect();
    match plan.kind {
        SourceKind::Postgres => vec![together(plan, holds, &steps, with_people)],
        SourceKind::Mysql | SourceKind::Sqlite => apart(plan, holds, &steps, with_people),
    }
}

/// A way from held rows of one table to rows of another that have to stay with
/// them, along a link in either direction.
struct Step<'a> {
    link: &'a Link,
    /// From the row that is named to those that name it.
    backwards: bool,
    /// Whether only rows that are held for their own sake lead on.
    of_held_only: bool,
}

impl Step<'_> {
    const fn from(&self) -> usize {
        if self.backwards {
            self.link.target
        } else {
            self.link.table
        }
    }

    const fn to(&self) -> usize {
        if self.backwards {
            self.link.table
        } else {
            self.link.target
        }
    }
}

/// PostgreSQL: one recursive relation, whose rows are places in any table.
fn together(plan: &Plan, holds: &[Hold], steps: &[Step<'_>], with_people: bool) -> Work {
    let columns = ["tab", "own", "step", "r0", "r1"];
    let place = |table: &PlannedTable, alias: &str| {
        let second = match table.row {
            RowKey::PartitionedPlace => format!("{alias}.r1"),
            _ => "NULL::oid".to_owned(),
        };
        format!("{alias}.r0, {second}")
    };
    let mut base = vec!["SELECT 0, true, 0::int8, NULL::tid, NULL::oid WHERE false".to_owned()];
    for (index, table) in plan.tables.iter().enumerate() {
        for branch in held_rows(plan, holds, (index, table), with_people) {
            let own = place(table, "b");
            base.push(format!(
                "SELECT {index}, true, b.step, {own} FROM ({branch}) AS b"
            ));
        }
    }
    let steps = steps.iter().filter_map(|step| {
        let of = if step.of_held_only { " AND g.own" } else { "" };
        let held = format!(
            "(SELECT g.step, g.r0, g.r1 WHERE g.tab = {}{of})",
            step.from()
        );
        let from = beside(plan, step, &held)?;
        let own = place(plan.tables.get(step.to())?, "b");
        let to = step.to();
        Some(format!(
            "SELECT {to}, false, b.step, {own} FROM ({from}) AS b"
        ))
    });
    let mut steps: Vec<String> = steps.collect();
    if steps.is_empty() {
        steps.push("SELECT g.tab, g.own, g.step, g.r0, g.r1 WHERE false".to_owned());
    }
    Work {
        name: "candor_h".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        select: format!(
            "SELECT b.tab, b.own, b.step, b.r0, b.r1 FROM (\n  {}) AS b(tab, own, step, r0, r1)\n  UNION SELECT x.tab, x.own, x.step, x.r0, x.r1 FROM candor_h AS g CROSS JOIN LATERAL (\n  {}) AS x(tab, own, step, r0, r1)",
            base.join("\n  UNION ALL "),
            steps.join("\n  UNION ALL ")
        ),
        table: 0,
        recursive: true,
        bounded: false,
        rounds: Vec::new(),
    }
}

/// MariaDB and SQLite: a relation for each table; the last of them carries the
/// rounds of all.
fn apart(plan: &Plan, holds: &[Hold], steps: &[Step<'_>], with_people: bool) -> Vec<Work> {
    let mut works = Vec::new();
    for (index, table) in plan.tables.iter().enumerate() {
        let columns = held_columns(table);
        let mut branches = held_rows(plan, holds, (index, table), with_people);
        if branches.is_empty() {
            branches.push(format!(
                "SELECT 0 AS step, {} FROM {} AS t WHERE false",
                own_row(table, "t"),
                name(&table.name)
            ));
        }
        let branches = branches.join("\n  UNION ");
        works.push(Work {
            name: relation(plan.kind, index),
            select: format!(
                "SELECT {}, 1 AS own FROM (\n  {branches}) AS b",
                outputs(table)
            ),
            columns,
            table: index,
            recursive: false,
            bounded: false,
            rounds: Vec::new(),
        });
    }
    let rounds = steps.iter().filter_map(|step| {
        let table = plan.tables.get(step.to())?;
        let target = relation(plan.kind, step.to());
        let mut held = relation(plan.kind, step.from());
        if step.of_held_only {
            let from = plan.tables.get(step.from())?;
            held = format!("(SELECT {} FROM {held} AS b WHERE b.own = 1)", outputs(from));
        }
        let from = beside(plan, step, &held)?;
        Some(format!(
            "INSERT INTO {target} ({}) SELECT DISTINCT {}, 0 FROM ({from}) AS b WHERE ? >= 0 AND NOT EXISTS (SELECT 1 FROM {target} AS o WHERE o.step = b.step AND {})",
            held_columns(table).join(", "),
            outputs(table),
            same_work(table, "o", "b")
        ))
    });
    let rounds = rounds.collect();
    if let Some(last) = works.last_mut() {
        last.rounds = rounds;
    }
    works
}

/// Step and row of a relation `b`.
fn outputs(table: &PlannedTable) -> String {
    let mut columns = vec!["b.step".to_owned()];
    columns.extend(row_names(table).iter().map(|column| format!("b.{column}")));
    columns.join(", ")
}

fn held_columns(table: &PlannedTable) -> Vec<String> {
    let mut columns = vec!["step".to_owned()];
    columns.extend(row_names(table));
    columns.push("own".to_owned());
    columns
}

/// The held rows of one table.
fn held_rows(
    plan: &Plan,
    holds: &[Hold],
    (index, table): (usize, &PlannedTable),
    with_people: bool,
) -> Vec<String> {
    let mut branches = Vec::new();
    if let Some(steps) = steps(holds, index).filter(|_| with_people && table.reached) {
        branches.push(format!(
            "SELECT w.step, {} FROM {} AS w WHERE w.step IN ({steps})",
            row_names(table)
                .iter()
                .map(|column| format!("w.{column}"))
                .collect::<Vec<_>>()
                .join(", "),
            set(index)
        ));
    }
    for (number, column) in flags(holds, index) {
        branches.push(format!(
            "SELECT {} AS step, {} FROM {} AS t WHERE {}{}",
            step_number(plan.kind, number),
            own_row(table, "t"),
            name(&table.name),
            is_flagged(plan.kind, "t", column),
            within(plan.kind, table, "t")
        ));
    }
    branches
}

/// The rows to which a step leads from held rows.
fn beside(plan: &Plan, step: &Step<'_>, held: &str) -> Option<String> {
    let link = step.link;
    let (naming, named) = (plan.tables.get(link.table)?, plan.tables.get(link.target)?);
    let matches = link_matches(plan.kind, (naming, named), "t", link, |place| {
        let column = link.to.get(place).map(String::as_str).unwrap_or_default();
        format!("u.{}", name(column))
    });
    let ((from, at), (to, there)) = if step.backwards {
        ((named, "u"), (naming, "t"))
    } else {
        ((naming, "t"), (named, "u"))
    };
    let join = join(plan.kind);
    Some(format!(
        "SELECT h.step, {} FROM {held} AS h {join} {} AS {at} ON {} {join} {} AS {there} ON {matches}{}",
        own_row(to, there),
        name(&from.name),
        same_row(from, at, "h"),
        name(&to.name),
        within(plan.kind, to, there)
    ))
}

fn own_row(table: &PlannedTable, alias: &str) -> String {
    let own = row(table, alias).into_iter().enumerate();
    let own: Vec<String> = own
        .map(|(place, own)| format!("{own} AS r{place}"))
        .collect();
    own.join(", ")
}

fn reached(plan: &Plan) -> impl Iterator<Item = (usize, &PlannedTable)> {
    let tables = plan.tables.iter().enumerate();
    tables.filter(|(_, table)| table.reached)
}

/// What a row has to do with the row that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bond {
    /// It belongs to it.
    Owner,
    /// It has it, alone or with others that name it.
    Counted,
    /// It only refers to it.
    Reference,
}

/// Every link that a row would lose with the row it names.
fn links(plan: &Plan) -> impl Iterator<Item = (&Link, Bond)> {
    plan.tables.iter().flat_map(|table| {
        let owners = table.owners.iter().map(|link| (link, Bond::Owner));
        let counted = table.counted.iter().map(|link| (link, Bond::Counted));
        let cuts = table.cuts.iter();
        let cuts = cuts.map(|cut| (&cut.link, Bond::Reference));
        owners.chain(counted).chain(cuts)
    })
}

/// The steps of the holds that keep rows of a table.
fn steps(holds: &[Hold], table: usize) -> Option<String> {
    let numbered = holds.iter().zip(1_usize..);
    let steps: Vec<String> = numbered
        .filter(|(hold, _)| hold.covers.contains(&table))
        .map(|(_, step)| step.to_string())
        .collect();
    (!steps.is_empty()).then(|| steps.join(", "))
}

/// Step and column of each flag of a table.
fn flags(holds: &[Hold], table: usize) -> impl Iterator<Item = (usize, &str)> {
    holds.iter().zip(1_usize..).flat_map(move |(hold, step)| {
        let own = hold.flags.iter().filter(move |(own, _)| *own == table);
        own.map(move |(_, column)| (step, column.as_str()))
    })
}

fn step_number(kind: SourceKind, number: usize) -> String {
    match kind {
        SourceKind::Postgres => format!("{number}::int8"),
        SourceKind::Mysql | SourceKind::Sqlite => number.to_string(),
    }
}

fn nothing(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Postgres => "NULL::text",
        SourceKind::Mysql | SourceKind::Sqlite => "NULL",
    }
}
