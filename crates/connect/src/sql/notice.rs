//! Notices in a source: which rows people were told of. A line holds a mark of
//! the row, what its period counts from, and when; it says nothing about
//! anybody without the row. Invariant: a notice is of the very anchor that the
//! row has, so whoever moves it was told nothing.

use candor_policy::charter::SourceKind;

use super::anchor::AnchorColumn;
use super::{held, literal, seed};
use crate::plan::{Plan, PlannedTable, Seed, Told};

/// Makes the table of notices.
pub(crate) const fn create(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Mysql => {
            "/* candor: of which rows people were told that they go */
CREATE TABLE IF NOT EXISTS candor_notice (
    rule   varchar(190) NOT NULL,
    place  varchar(190) NOT NULL,
    mark   varchar(255) NOT NULL,
    anchor varchar(32)  NOT NULL,
    told   bigint,
    tried  bigint       NOT NULL,
    PRIMARY KEY (rule, place, mark)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
        }
        SourceKind::Postgres => {
            "/* candor: of which rows people were told that they go */
CREATE TABLE IF NOT EXISTS candor_notice (
    rule   text   NOT NULL,
    place  text   NOT NULL,
    mark   text   NOT NULL,
    anchor text   NOT NULL,
    told   bigint,
    tried  bigint NOT NULL,
    PRIMARY KEY (rule, place, mark)
)"
        }
        SourceKind::Sqlite => {
            "/* candor: of which rows people were told that they go */
CREATE TABLE IF NOT EXISTS candor_notice (
    rule   TEXT NOT NULL,
    place  TEXT NOT NULL,
    mark   TEXT NOT NULL,
    anchor TEXT NOT NULL,
    told   INTEGER,
    tried  INTEGER NOT NULL,
    PRIMARY KEY (rule, place, mark)
)"
        }
    }
}

/// Whether there is such a table: a number.
pub(crate) const fn is_there(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Mysql => {
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = database() AND table_name = 'candor_notice'"
        }
        SourceKind::Postgres => "SELECT (to_regclass('candor_notice') IS NOT NULL)::int4::int8",
        SourceKind::Sqlite => {
            "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = 'candor_notice'"
        }
    }
}

/// Writes a line, or brings the row's own up to date. The texts are parameters:
/// rule, table, mark, anchor.
pub(crate) fn write(kind: SourceKind, told: Option<i64>, tried: i64) -> String {
    let told = told.map_or_else(|| "NULL".to_owned(), |told| told.to_string());
    let (values, update) = match kind {
        SourceKind::Mysql => (
            "?, ?, ?, ?",
            "ON DUPLICATE KEY UPDATE anchor = VALUES(anchor), told = VALUES(told), tried = VALUES(tried)",
        ),
        SourceKind::Postgres => ("$1, $2, $3, $4", UPDATE),
        SourceKind::Sqlite => ("?, ?, ?, ?", UPDATE),
    };
    format!(
        "/* candor: whether somebody was told */ INSERT INTO candor_notice (rule, place, mark, anchor, told, tried) VALUES ({values}, {told}, {tried}) {update}"
    )
}

const UPDATE: &str = "ON CONFLICT (rule, place, mark) DO UPDATE SET anchor = excluded.anchor, told = excluded.told, tried = excluded.tried";

/// That whoever row `t` is about was told long enough ago.
pub(crate) fn was_told(table: &PlannedTable, anchor: AnchorColumn<'_>, told: &Told) -> String {
    match told.by {
        Some(by) => format!(
            "coalesce({}, {by} + 1) <= {by}",
            line("n.told", table, anchor, &told.rule)
        ),
        None => "1 = 0".to_owned(),
    }
}

/// What a row's own line says; null where it has none for its anchor. By its
/// whole key, so that it is looked up and not read through.
fn line(what: &str, table: &PlannedTable, anchor: AnchorColumn<'_>, rule: &str) -> String {
    format!(
        "(SELECT {what} FROM candor_notice AS n WHERE n.rule = {} AND n.place = {} AND n.mark = {} AND n.anchor = {})",
        literal(rule),
        literal(&table.name),
        held::mark(anchor.kind, table, "t"),
        anchor.whole_seconds()
    )
}

/// Conditions on the rows of one seed, which is in `table`.
pub(crate) struct Notices<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) seed: &'a Seed,
    pub(crate) table: &'a PlannedTable,
    pub(crate) anchor: AnchorColumn<'a>,
    pub(crate) rule: &'a str,
}

impl Notices<'_> {
    /// What tells the row from others, and what its period counts from.
    pub(crate) fn key(&self) -> String {
        format!(
            "{}, {}",
            held::mark(self.anchor.kind, self.table, "t"),
            self.anchor.whole_seconds()
        )
    }

    /// Rows before a second of which nobody was told, nor tried to be since
    /// another.
    pub(crate) fn untold(&self, before: i64, tried_since: i64) -> String {
        let settled =
            format!("CASE WHEN n.told IS NOT NULL OR n.tried > {tried_since} THEN 1 ELSE 0 END");
        self.where_line(before, &settled, "0", "= 0")
    }

    /// Rows before a second of which somebody was told.
    pub(crate) fn told(&self, before: i64) -> String {
        self.where_line(before, "n.told", "-1", ">= 0")
    }

    /// Rows before a second of which nobody could be told.
    pub(crate) fn unreached(&self, before: i64) -> String {
        let failed = "CASE WHEN n.told IS NULL THEN 1 ELSE 0 END";
        self.where_line(before, failed, "0", "= 1")
    }

    /// Rows before a second, of which nobody was told by another.
    pub(crate) fn waiting(&self, before: i64, by: i64) -> String {
        let after = format!("{by} + 1");
        self.where_line(before, "n.told", &after, &format!("> {by}"))
    }

    fn where_line(&self, before: i64, what: &str, without: &str, is: &str) -> String {
        let moment = match self.anchor.kind {
            SourceKind::Postgres => format!("{before}::int8"),
            SourceKind::Mysql | SourceKind::Sqlite => before.to_string(),
        };
        let mut parts = vec![self.anchor.is_before(&moment)];
        parts.extend(seed::can_go(self.plan.kind, self.table, self.seed));
        let line = line(what, self.table, self.anchor, self.rule);
        parts.push(format!("coalesce({line}, {without}) {is}"));
        parts.join(" AND ")
    }
}
