//! Counting rows into an aggregate's table before they go. A row's **line** is
//! the day, month or year in which its time lies and the values of the columns
//! that it is counted by; it is told by a **label**, a JSON list of their texts.
//! A line of too few people has no label of its own: its rows are counted in the
//! line without values of the same span, the **rest**, and where that is of too
//! few people as well, not at all. Invariant: which labels there are is decided
//! over all rows that are due, so that how a sweep is cut into batches makes no
//! difference. Labels hold no personal data, so they are literals.

use candor_policy::charter::{COUNTED, SourceKind, Tally};
use candor_policy::map::ColumnPath;

use super::anchor::AnchorColumn;
use super::{join, literal, name, same_row, seed, text, value};
use crate::catalogue::Table;
use crate::plan::{Plan, PlannedTable, Seed};

/// What a rule counts in one source.
#[derive(Clone, Debug)]
pub(crate) struct Counting {
    /// What is declared.
    pub(crate) tally: Tally,
    /// The table that rows are counted into.
    pub(crate) into: String,
    /// The type of its column for the span.
    pub(crate) span_type: String,
    /// The column, or value inside JSON, that says whose a row is.
    pub(crate) person: ColumnPath,
}

/// Which lines have a label of their own, and of which spans the rest is
/// counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Labels {
    pub(crate) own: Vec<String>,
    pub(crate) rest: Vec<String>,
    /// Rows that are counted.
    pub(crate) rows: u64,
}

impl Counting {
    /// Columns that the table lacks for what is declared.
    pub(crate) fn missing<'t>(tally: &'t Tally, into: &'t Table) -> impl Iterator<Item = &'t str> {
        tally
            .columns()
            .filter(|column| into.column(column).is_none())
    }

    fn into(&self) -> String {
        name(&self.into)
    }

    fn span(&self) -> String {
        name(self.tally.per.word())
    }

    /// Rows of a table that are due, as `span, label, person, is_rest`.
    fn rows(&self, table: &PlannedTable, anchor: AnchorColumn<'_>, due: &str) -> String {
        let (kind, from) = (anchor.kind, name(&table.name));
        let by = self.tally.by.iter();
        let nulls: Vec<String> = by
            .map(|column| format!("t.{} IS NULL", name(column)))
            .collect();
        let is_rest = match nulls.as_slice() {
            [] => "1".to_owned(),
            nulls => format!("CASE WHEN {} THEN 1 ELSE 0 END", nulls.join(" AND ")),
        };
        let span = anchor.first_day(self.tally.per);
        format!(
            "SELECT {span} AS span, {} AS label, {} AS person, {is_rest} AS is_rest FROM {from} AS t WHERE {due}",
            self.label(kind, &span, |column| format!("t.{}", name(column))),
            value(kind, table, "t", &self.person)
        )
    }

    /// A label as text, of a span and the columns it is counted by.
    fn label(&self, kind: SourceKind, span: &str, own: impl Fn(&str) -> String) -> String {
        let by = self.tally.by.iter();
        let mut parts = vec![span.to_owned()];
        parts.extend(by.map(|column| text(kind, &own(column))));
        let list = match kind {
            SourceKind::Postgres => format!("json_build_array({})", parts.join(", ")),
            SourceKind::Mysql | SourceKind::Sqlite => format!("json_array({})", parts.join(", ")),
        };
        text(kind, &list)
    }

    /// The label of the rest of a span.
    fn rest_label(&self, kind: SourceKind, span: &str) -> String {
        self.label(kind, span, |_| "NULL".to_owned())
    }

    /// That the table has a line of this span and label already.
    fn has_line(&self, kind: SourceKind, span: &str, label: &str) -> String {
        let own = text(kind, &format!("o.{}", self.span()));
        let known = self.label(kind, &own, |column| format!("o.{}", name(column)));
        format!(
            "EXISTS (SELECT 1 FROM {} AS o WHERE o.{} = {} AND {known} = {label})",
            self.into(),
            self.span(),
            self.as_span(kind, span)
        )
    }

    /// A span as the table's column holds it.
    fn as_span(&self, kind: SourceKind, span: &str) -> String {
        match kind {
            SourceKind::Postgres => format!("({span})::{}", self.span_type),
            SourceKind::Mysql | SourceKind::Sqlite => span.to_owned(),
        }
    }

    /// The labels of rows that are due (`0, label, rows`) and the spans of which
    /// the rest is counted (`1, span, rows`), as texts.
    pub(crate) fn labels(&self, plan: &Plan, seed: &Seed, moment: &str) -> Option<String> {
        Some(format!(
            "/* candor: which lines are of enough people */ {} SELECT {}, label, {} FROM own UNION ALL SELECT {}, span, {} FROM rest",
            self.decided(plan, seed, moment)?,
            text(plan.kind, "0"),
            text(plan.kind, "number"),
            text(plan.kind, "1"),
            text(plan.kind, "number")
        ))
    }

    /// How many of the rows that are due would be counted.
    pub(crate) fn counted(&self, plan: &Plan, seed: &Seed, moment: &str) -> Option<String> {
        Some(format!(
            "/* candor: how many rows would be counted */ {} SELECT {} FROM (SELECT number FROM own UNION ALL SELECT number FROM rest) AS d",
            self.decided(plan, seed, moment)?,
            text(plan.kind, "coalesce(sum(number), 0)")
        ))
    }

    fn decided(&self, plan: &Plan, seed: &Seed, moment: &str) -> Option<String> {
        let table = plan.tables.get(seed.table)?;
        let anchor = seed::anchor(plan.kind, table, seed)?;
        let due = seed::is_due(plan, seed, moment)?;
        let most = self.tally.people_min;
        let kind = plan.kind;
        Some(format!(
            "WITH due AS ({}), line AS (SELECT span, label, count(*) AS number, count(DISTINCT person) AS people FROM due WHERE is_rest = 0 GROUP BY span, label), \
             own AS (SELECT l.span, l.label, l.number FROM line AS l WHERE l.people >= {most} OR {}), \
             remaining AS (SELECT d.span, count(*) AS number, count(DISTINCT d.person) AS people FROM due AS d WHERE NOT EXISTS (SELECT 1 FROM own WHERE own.label = d.label) GROUP BY d.span), \
             rest AS (SELECT r.span, r.number FROM remaining AS r WHERE r.people >= {most} OR {})",
            self.rows(table, anchor, &due),
            self.has_line(kind, "l.span", "l.label"),
            self.has_line(kind, "r.span", &self.rest_label(kind, "r.span")),
        ))
    }

    /// `span, g0 …, number, s0 …` of rows `t`, given as `FROM …`.
    fn lines(
        &self,
        kind: SourceKind,
        anchor: AnchorColumn<'_>,
        from: &str,
        labels: &Labels,
    ) -> String {
        let span = anchor.first_day(self.tally.per);
        let label = self.label(kind, &span, |column| format!("t.{}", name(column)));
        let mut columns = vec![
            format!("{span} AS span"),
            format!(
                "CASE WHEN {} THEN 1 ELSE 0 END AS is_own",
                within(&label, &labels.own)
            ),
        ];
        columns.extend(
            self.values()
                .map(|(own, column)| format!("t.{} AS {own}", name(column))),
        );
        let rows = format!("SELECT {} {from}", columns.join(", "));
        self.folded(kind, &rows, labels)
    }

    /// The values of a row: `g0 …`, by which it is counted, and `s0 …`, which
    /// are added up.
    fn values(&self) -> impl Iterator<Item = (String, &String)> {
        let by = self.tally.by.iter().enumerate();
        let by = by.map(|(place, column)| (format!("g{place}"), column));
        let sum = self.tally.sum.iter().enumerate();
        by.chain(sum.map(|(place, column)| (format!("s{place}"), column)))
    }

    /// Rows with `span, is_own, g0 …, s0 …` as lines.
    fn folded(&self, kind: SourceKind, rows: &str, labels: &Labels) -> String {
        let by: Vec<String> = (0..self.tally.by.len())
            .map(|place| format!("CASE WHEN d.is_own = 1 THEN d.g{place} END"))
            // Its columns may take two texts for one that have lines of their own.
            .map(|own| match kind {
                SourceKind::Mysql => text(kind, &own),
                SourceKind::Postgres | SourceKind::Sqlite => own,
            })
            .collect();
        let mut columns = vec!["d.span AS span".to_owned()];
        let named = by.iter().enumerate();
        columns.extend(named.map(|(place, by)| format!("{by} AS g{place}")));
        columns.push("count(*) AS number".to_owned());
        let sums = 0..self.tally.sum.len();
        columns.extend(sums.map(|place| format!("coalesce(sum(d.s{place}), 0) AS s{place}")));
        let mut groups = vec!["d.span".to_owned()];
        groups.extend(by);
        format!(
            "SELECT {} FROM ({rows}) AS d WHERE d.is_own = 1 OR {} GROUP BY {}",
            columns.join(", "),
            within("d.span", &labels.rest),
            groups.join(", ")
        )
    }

    /// That line `f` is line `o` of the table.
    fn is_line(&self, kind: SourceKind) -> String {
        let mut parts = vec![format!(
            "o.{} = {}",
            self.span(),
            self.as_span(kind, "f.span")
        )];
        let equal = match kind {
            SourceKind::Mysql => "<=>",
            SourceKind::Postgres => "IS NOT DISTINCT FROM",
            SourceKind::Sqlite => "IS",
        };
        let by = self.tally.by.iter().enumerate();
        parts.extend(by.map(|(place, column)| {
            let own = text(kind, &format!("o.{}", name(column)));
            format!("{own} {equal} {}", text(kind, &format!("f.g{place}")))
        }));
        parts.join(" AND ")
    }

    /// `SET …` that adds line `f` to line `o`.
    fn added(&self, kind: SourceKind) -> String {
        let target = |column: &str| match kind {
            SourceKind::Mysql => format!("o.{}", name(column)),
            SourceKind::Postgres | SourceKind::Sqlite => name(column),
        };
        let mut parts = vec![format!(
            "{} = o.{} + f.number",
            target(COUNTED),
            name(COUNTED)
        )];
        let sum = self.tally.sum.iter().enumerate();
        parts.extend(sum.map(|(place, column)| {
            format!(
                "{} = coalesce(o.{}, 0) + f.s{place}",
                target(column),
                name(column)
            )
        }));
        parts.join(", ")
    }

    /// Writes the lines `from` that the table does not have.
    fn inserted(&self, kind: SourceKind, from: &str) -> String {
        let mut columns = vec![self.span(), name(COUNTED)];
        columns.extend(self.values().map(|(_, column)| name(column)));
        let mut values = vec![self.as_span(kind, "f.span"), "f.number".to_owned()];
        values.extend(self.values().map(|(own, _)| format!("f.{own}")));
        format!(
            "INSERT INTO {0} ({1}) SELECT {2} FROM {from} AS f WHERE NOT EXISTS (SELECT 1 FROM {0} AS o WHERE {3})",
            self.into(),
            columns.join(", "),
            values.join(", "),
            self.is_line(kind)
        )
    }

    /// PostgreSQL: takes up to `$1` rows of `target` that are due before second
    /// `$2`, and counts them: how many went, and how many were counted.
    pub(crate) fn postgres(
        &self,
        plan: &Plan,
        seed: &Seed,
        target: &str,
        labels: &Labels,
    ) -> Option<String> {
        let kind = SourceKind::Postgres;
        let table = plan.tables.get(seed.table)?;
        let anchor = seed::anchor(kind, table, seed)?;
        let span = anchor.first_day(self.tally.per);
        let label = self.label(kind, &span, |column| format!("t.{}", name(column)));
        let mut returned = vec![format!("{span} AS span"), format!("{label} AS label")];
        returned.extend(
            self.values()
                .map(|(own, column)| format!("t.{} AS {own}", name(column))),
        );
        let mut carried = vec!["gone.span".to_owned(), "gone.label".to_owned()];
        carried.extend(self.values().map(|(own, _)| format!("gone.{own}")));
        let rows = format!(
            "SELECT {}, CASE WHEN {} THEN 1 ELSE 0 END AS is_own FROM gone",
            carried.join(", "),
            within("gone.label", &labels.own)
        );
        Some(format!(
            "/* candor: what may not be kept any longer is counted, and goes */\n\
             WITH gone AS (DELETE FROM {target} AS t WHERE t.ctid = ANY(ARRAY(SELECT t.ctid {})) RETURNING {}), \
             f AS ({}), \
             added AS (UPDATE {into} AS o SET {} FROM f WHERE {}), \
             made AS ({}) \
             SELECT (SELECT count(*) FROM gone) AS gone, (SELECT coalesce(sum(number), 0)::int8 FROM f) AS counted",
            seed::due_rows(plan, seed, target)?,
            returned.join(", "),
            self.folded(kind, &rows, labels),
            self.added(kind),
            self.is_line(kind),
            self.inserted(kind, "f"),
            into = self.into(),
        ))
    }

    /// MariaDB and SQLite: how many of the rows that were found are counted, and
    /// the two statements that do.
    pub(crate) fn tables(
        &self,
        plan: &Plan,
        seed: &Seed,
        labels: &Labels,
    ) -> Option<(String, [String; 2])> {
        let kind = plan.kind;
        let table = plan.tables.get(seed.table)?;
        let anchor = seed::anchor(kind, table, seed)?;
        let from = found(kind, table, seed);
        let lines = format!("({})", self.lines(kind, anchor, &from, labels));
        let into = self.into();
        let (added, same) = (self.added(kind), self.is_line(kind));
        let add = match kind {
            SourceKind::Mysql => {
                format!("UPDATE {into} AS o JOIN {lines} AS f ON {same} SET {added}")
            }
            SourceKind::Postgres | SourceKind::Sqlite => {
                format!("UPDATE {into} AS o SET {added} FROM {lines} AS f WHERE {same}")
            }
        };
        // MariaDB's sums are decimals.
        let whole = match kind {
            SourceKind::Mysql => "SIGNED",
            SourceKind::Postgres | SourceKind::Sqlite => "INTEGER",
        };
        let number =
            format!("SELECT CAST(coalesce(sum(f.number), 0) AS {whole}) FROM {lines} AS f");
        Some((number, [add, self.inserted(kind, &lines)]))
    }

    /// Lines of the table, and those that stand for too few, as texts.
    pub(crate) fn lines_of_table(&self, kind: SourceKind) -> String {
        let small = format!(
            "count(CASE WHEN o.{} < {} THEN 1 END)",
            name(COUNTED),
            self.tally.people_min
        );
        format!(
            "/* candor: whether an aggregate tells of people */ SELECT {}, {} FROM {} AS o",
            text(kind, "count(*)"),
            text(kind, &small),
            self.into()
        )
    }
}

/// The rows that a batch found, as `t`.
fn found(kind: SourceKind, table: &PlannedTable, seed: &Seed) -> String {
    format!(
        "FROM {} AS w {} {} AS t ON {}",
        seed::relation(seed.table),
        join(kind),
        name(&table.name),
        same_row(table, "t", "w")
    )
}

/// That an expression is one of some texts.
fn within(expression: &str, texts: &[String]) -> String {
    if texts.is_empty() {
        return "1 = 0".to_owned();
    }
    let texts: Vec<String> = texts.iter().map(|text| literal(text)).collect();
    format!("{expression} IN ({})", texts.join(", "))
}
