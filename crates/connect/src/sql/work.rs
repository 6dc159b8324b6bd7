//! Work sets: which rows of each table belong to whom. One relation
//! `candor_w{n}` per table that an edge leads to, with the step, what tells the
//! row from others (`r0`…), and the values other tables' links compare with
//! (`k0`…). PostgreSQL reads them as common table expressions of one statement,
//! MariaDB and SQLite as temporary tables. A row that goes has one step, the first that
//! leads to it; a row that stays has one line per step.

use candor_policy::charter::SourceKind;

use super::circle::Circle;
use super::tenant::{within, within_root};
use super::{
    carried_names, collated, join, link_matches, name, row, row_names, same_row, same_work,
    telling, text, typed, value,
};
use super::{elements, late, rounds, seed};
use crate::catalogue::Class;
use crate::plan::{Link, Plan, PlannedTable, Root};

/// A relation of the work: a common table expression, or a temporary table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) select: String,
    /// The table whose rows it names; in a circle of several, one of them.
    pub(crate) table: usize,
    pub(crate) recursive: bool,
    /// Whether it is about no more rows than is said when it is filled.
    pub(crate) bounded: bool,
    /// Statements that add to this work set and others before it, again and
    /// again until none does; their parameter is the number of the round.
    pub(crate) rounds: Vec<String>,
}

/// An identity column that a statement compares with: its parameter is the
/// `slot`-th.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) table: usize,
    pub(crate) root: Root,
}

/// The identity columns of a plan.
pub(crate) fn slots(plan: &Plan) -> Vec<Slot> {
    plan.tables
        .iter()
        .enumerate()
        .flat_map(|(table, planned)| {
            planned.roots.iter().map(move |root| Slot {
                table,
                root: root.clone(),
            })
        })
        .collect()
}

/// Name of a table's work set.
pub(crate) fn set(table: usize) -> String {
    format!("candor_w{table}")
}

/// The work sets in the order in which they are computed.
pub(crate) fn sets(plan: &Plan, reading: Reading) -> Vec<Work> {
    let renderer = Renderer {
        plan,
        reading,
        slots: slots(plan),
    };
    let mut works = seed::works(plan);
    works.extend(late::works(plan));
    for (place, group) in plan.groups.iter().enumerate() {
        let in_rounds = group.recursive && plan.kind == SourceKind::Mysql;
        if in_rounds {
            works.extend(rounds::works(&renderer, place, group));
        } else if group.recursive {
            works.push(Circle::new(&renderer, place, group).work());
        }
        for &index in &group.tables {
            if let Some(table) = plan.tables.get(index) {
                let select = if in_rounds {
                    renderer.one_line_per_row(table, &[rounds::members(place, index, table)])
                } else if group.recursive {
                    renderer.out_of_circle(place, index, table)
                } else {
                    let branches = renderer.branches(index, table, &[]);
                    renderer.one_line_per_row(table, &branches)
                };
                works.push(Work {
                    name: set(index),
                    columns: columns(table),
                    select,
                    table: index,
                    recursive: false,
                    bounded: false,
                    rounds: Vec::new(),
                });
            }
        }
    }
    works
}

/// Columns of a table's work set.
pub(crate) fn columns(table: &PlannedTable) -> Vec<String> {
    let mut columns = vec!["step".to_owned()];
    columns.extend(row_names(table));
    columns.extend(carried_names(table));
    columns
}

/// Whether rows that are found are kept from changing until the transaction
/// ends. PostgreSQL notices a change instead, SQLite allows only one writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As they are.
    Plain,
    /// Locked, where the database can.
    Locking,
    /// As they are, and each under every step that leads to it: also what goes
    /// with the last row that names it.
    EveryStep,
    /// As they are, and each step as if it were the only one: what several
    /// people have in common is in the work of each.
    Alone,
}

impl Reading {
    /// A `SELECT` of a union that reads the company's rows.
    pub(crate) fn of(self, kind: SourceKind, select: String) -> String {
        match (kind, self) {
            (SourceKind::Mysql, Self::Locking) => format!("({select} FOR UPDATE)"),
            _ => select,
        }
    }
}

pub(super) struct Renderer<'a> {
    pub(super) plan: &'a Plan,
    pub(super) reading: Reading,
    slots: Vec<Slot>,
}

impl Renderer<'_> {
    pub(super) fn kind(&self) -> SourceKind {
        self.plan.kind
    }

    pub(super) fn read(&self, select: String) -> String {
        self.reading.of(self.kind(), select)
    }

    fn one_line_per_row(&self, table: &PlannedTable, branches: &[String]) -> String {
        let mut columns: Vec<String> = row_names(table);
        columns.extend(carried_names(table));
        let columns: Vec<String> = columns.iter().map(|column| format!("x.{column}")).collect();
        let columns = columns.join(", ");
        let branches = branches.join("\n  UNION ALL ");
        if table.goes() && self.reading != Reading::Alone {
            format!("SELECT min(x.step), {columns} FROM (\n  {branches}) AS x GROUP BY {columns}")
        } else {
            format!("SELECT DISTINCT x.step, {columns} FROM (\n  {branches}) AS x")
        }
    }

    /// `step, row, carried` of a table under the alias `t`.
    pub(super) fn output(&self, table: &PlannedTable, step: &str) -> String {
        let mut parts = vec![format!("{step} AS step")];
        for (place, own) in row(table, "t").iter().enumerate() {
            parts.push(format!("{own} AS r{place}"));
        }
        for (place, path) in table.carried.iter().enumerate() {
            let own = value(self.kind(), table, "t", path);
            parts.push(format!("{own} AS k{place}"));
        }
        parts.join(", ")
    }

    /// One `SELECT` for each way to the table's rows, except from the tables of
    /// `without`.
    pub(super) fn branches(
        &self,
        index: usize,
        table: &PlannedTable,
        without: &[usize],
    ) -> Vec<String> {
        let mut branches = Vec::new();
        for (place, slot) in self.slots.iter().enumerate() {
            if slot.table == index {
                let Some(is_theirs) = late::is_still_theirs(self.plan, slot) else {
                    continue;
                };
                branches.push(self.read(format!(
                    "SELECT {} FROM {}{is_theirs}",
                    self.output(table, "i.step"),
                    root_join(self.plan, place, slot)
                )));
            }
        }
        if self.plan.seeds.iter().any(|seed| seed.table == index) {
            branches.push(self.read(format!(
                "SELECT {} FROM {} AS i {} {} AS t ON {}",
                self.output(table, "i.step"),
                seed::relation(index),
                join(self.kind()),
                name(&table.name),
                same_row(table, "t", "i")
            )));
        }
        for link in &table.owners {
            if !without.contains(&link.target) {
                branches.extend(self.owned(table, link));
            }
        }
        if !table.counted.is_empty() {
            branches.push(self.counted(table));
        }
        branches.extend(self.late(index, table));
        branches
    }

    fn owned(&self, table: &PlannedTable, link: &Link) -> Option<String> {
        let owner = self.plan.tables.get(link.target)?;
        owner.reached.then(|| {
            self.read(format!(
                "SELECT {} FROM {} AS w {} {} AS t ON {}{}",
                self.output(table, "w.step"),
                set(link.target),
                join(self.kind()),
                name(&table.name),
                self.points_at_set(table, link),
                within(self.kind(), table, "t")
            ))
        })
    }

    /// That row `t` of the link's table names the row of work set `w`.
    fn points_at_set(&self, table: &PlannedTable, link: &Link) -> String {
        points_at(self.plan, table, "t", link, "w")
    }

    /// Rows whose every pointer is in the work. The last step that reaches a
    /// pointer is the row's.
    fn counted(&self, table: &PlannedTable) -> String {
        let kind = self.kind();
        let mut candidates = Vec::new();
        let mut held = Vec::new();
        for link in &table.counted {
            let Some(pointing) = self.plan.tables.get(link.table) else {
                continue;
            };
            if pointing.reached {
                candidates.push(self.pointed_at(table, link, pointing));
            }
            let points = link_matches(kind, (pointing, table), "q", link, |place| {
                let column = link.to.get(place).map(String::as_str).unwrap_or_default();
                let place = table
                    .carried
                    .iter()
                    .position(|path| path.path.is_empty() && path.column == column)
                    .unwrap_or_default();
                format!("c.k{place}")
            });
            let ours = if pointing.reached {
                // Not a join: this way the set is hashed once.
                let telling = telling(pointing);
                let mut own: Vec<String> = row(pointing, "q").into_iter().take(telling).collect();
                let mut rows: Vec<String> = row_names(pointing).into_iter().take(telling).collect();
                if self.reading == Reading::Alone {
                    own.push("c.step".to_owned());
                    rows.push("m.step".to_owned());
                }
                format!(
                    " AND ({}) NOT IN (SELECT {} FROM {} AS m)",
                    own.join(", "),
                    rows.join(", "),
                    set(link.table)
                )
            } else {
                String::new()
            };
            held.push(format!(
                "NOT EXISTS (SELECT 1 FROM {} AS q WHERE {points}{ours})",
                name(&pointing.name)
            ));
        }
        let mut columns = row_names(table);
        columns.extend(carried_names(table));
        let columns: Vec<String> = columns.iter().map(|column| format!("c.{column}")).collect();
        let columns = columns.join(", ");
        let (step, of_step) = match self.reading {
            Reading::EveryStep | Reading::Alone => ("c.step", ", c.step"),
            Reading::Plain | Reading::Locking => ("max(c.step) AS step", ""),
        };
        format!(
            "SELECT {step}, {columns} FROM (\n    {}) AS c\n    WHERE {}\n    GROUP BY {columns}{of_step}",
            candidates.join("\n    UNION ALL "),
            held.join("\n      AND ")
        )
    }

    /// Rows that rows of another table's work name, each under the first step of
    /// those, or under every one.
    fn pointed_at(&self, table: &PlannedTable, link: &Link, pointing: &PlannedTable) -> String {
        let every_step = matches!(self.reading, Reading::EveryStep | Reading::Alone);
        let (step, of_step) = match every_step {
            true => ("step", ", step"),
            false => ("min(step) AS step", ""),
        };
        let rows = row_names(pointing).join(", ");
        if link.is_list {
            let Some(listed) = elements::named(self.kind(), (pointing, table), "q", "t", link)
            else {
                return String::new();
            };
            return self.read(format!(
                "SELECT {} FROM (SELECT {step}, {rows} FROM {} GROUP BY {rows}{of_step}) AS p {join} {} AS q ON {} {join} {} {join} {} AS t ON {}{}",
                self.output(table, "p.step"),
                set(link.table),
                name(&pointing.name),
                same_row(pointing, "q", "p"),
                listed.relation,
                name(&table.name),
                listed.is_key,
                within(self.kind(), table, "t"),
                join = join(self.kind()),
            ));
        }
        let carried = link.from.iter();
        let carried = carried.filter_map(|path| pointing.carried_place(path));
        let carried: Vec<String> = carried.map(|place| format!("k{place}")).collect();
        let on = carried.iter().zip(&link.to);
        let on: Vec<String> = on
            .map(|(carried, column)| format!("t.{} = p.{carried}", name(column)))
            .collect();
        let carried = carried.join(", ");
        self.read(format!(
            "SELECT {} FROM (SELECT {step}, {carried} FROM {} GROUP BY {rows}, {carried}{of_step}) AS p {} {} AS t ON {}{}",
            self.output(table, "p.step"),
            set(link.table),
            join(self.kind()),
            name(&table.name),
            on.join(" AND "),
            within(self.kind(), table, "t")
        ))
    }

    fn out_of_circle(&self, place: usize, index: usize, table: &PlannedTable) -> String {
        self.one_line_per_row(
            table,
            &[format!(
                "SELECT {} FROM candor_g{place} AS g JOIN {} AS t ON {} WHERE g.tab = {index}",
                self.output(table, "g.step"),
                name(&table.name),
                same_row(table, "t", "g")
            )],
        )
    }
}

/// That row `alias` of the link's table names a row of the target's work set.
pub(crate) fn points_at(
    plan: &Plan,
    table: &PlannedTable,
    alias: &str,
    link: &Link,
    work: &str,
) -> String {
    let Some(target) = plan.tables.get(link.target) else {
        return "false".to_owned();
    };
    link_matches(plan.kind, (table, target), alias, link, |place| {
        let column = link.to.get(place).map(String::as_str).unwrap_or_default();
        let place = target
            .carried
            .iter()
            .position(|path| path.path.is_empty() && path.column == column)
            .unwrap_or_default();
        format!("{work}.k{place}")
    })
}

/// Identities `i` joined with the rows `t` they lead to. E-mail addresses are
/// compared without case; everything else as it is.
pub(crate) fn root_join(plan: &Plan, place: usize, slot: &Slot) -> String {
    let Some(table) = plan.tables.get(slot.table) else {
        return String::new();
    };
    let column = format!("t.{}", name(&slot.root.column));
    let class = table.column(&slot.root.column).map(|column| column.class);
    let is_email = slot.root.kind == candor_domain::identity::EMAIL;
    let within = within_root(plan.kind, table, "t");
    let table = name(&table.name);
    match plan.kind {
        SourceKind::Mysql => {
            let own = plan.tables.get(slot.table);
            let own = own.and_then(|table| table.column(&slot.root.column));
            let (class, type_name, collation) = own.map_or((Class::Other, "", None), |own| {
                (own.class, own.type_name.as_str(), own.collation.as_deref())
            });
            let exact = text(plan.kind, &column);
            // As the column compares, so that its index serves; then exactly.
            let alike = format!("{column} = {}", collated("i.value", collation));
            let matches = match class {
                _ if is_email && collation.is_some_and(|own| own.contains("_ci")) => {
                    format!("{alike} AND lower({exact}) = i.value")
                }
                _ if is_email => format!("lower({exact}) = i.value"),
                Class::Text => format!("{alike} AND {exact} = i.value"),
                Class::Integer | Class::Uuid | Class::Bytes => {
                    let value = typed("i.value", (class, type_name, collation));
                    format!("{column} = {value}")
                }
                _ => format!("{exact} = i.value"),
            };
            format!(
                "candor_identity AS i STRAIGHT_JOIN {table} AS t ON i.slot = {place} AND {matches}{within}"
            )
        }
        SourceKind::Postgres => {
            let (array, matches) = match class {
                _ if is_email => ("text", format!("lower({column}) = i.value")),
                Some(crate::catalogue::Class::Integer) => ("int8", format!("{column} = i.value")),
                Some(crate::catalogue::Class::Uuid) => ("uuid", format!("{column} = i.value")),
                Some(crate::catalogue::Class::Text) => ("text", format!("{column} = i.value")),
                _ => ("text", format!("({column})::text = i.value")),
            };
            format!(
                "unnest(${}::int8[], ${}::text[]::{array}[]) AS i(step, value) JOIN {table} AS t ON {matches}{within}",
                2 * place + 1,
                2 * place + 2
            )
        }
        SourceKind::Sqlite => {
            let matches = match class {
                _ if is_email => format!("lower({column}) = i.value"),
                Some(crate::catalogue::Class::Text) => format!("{column} = i.value"),
                Some(crate::catalogue::Class::Integer) => {
                    format!("{column} = i.value AND CAST({column} AS TEXT) = i.value")
                }
                _ => format!("CAST({column} AS TEXT) = i.value"),
            };
            format!(
                "candor_identity AS i JOIN {table} AS t ON i.slot = {place} AND {matches}{within}"
            )
        }
    }
}

/// That a work set names the same row as another of the same table.
pub(crate) fn is_in_set(table: &PlannedTable, index: usize, other: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM {} AS w WHERE {})",
        set(index),
        same_work(table, "w", other)
    )
}
