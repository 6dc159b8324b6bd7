//! Looks for keys among the elements of lists, in other words than the planner
//! takes them out with.

use candor_policy::charter::SourceKind;
use candor_policy::map::ColumnPath;

use super::{KeySearch, Pointing};
use crate::catalogue::Table;
use crate::sql::{condition, json_path, literal, name};

impl KeySearch<'_> {
    /// Lists of which a key may be an element.
    pub(super) fn select_list(&mut self, pointing: &Pointing, is_free: Option<&str>, first: usize) {
        let kind = self.catalogue.kind;
        let (Some(table), [path]) = (
            self.catalogue.table(&pointing.table),
            pointing.from.as_slice(),
        ) else {
            return;
        };
        let (values, join) = match kind {
            SourceKind::Postgres => (format!("unnest(${first}::text[]) AS k(c0)"), "JOIN"),
            SourceKind::Mysql => (
                format!("(SELECT value FROM candor_value WHERE list = {first}) AS k0"),
                "STRAIGHT_JOIN",
            ),
            SourceKind::Sqlite => (format!("json_each(?{first}) AS k0"), "CROSS JOIN"),
        };
        let mut parts = vec![has_element(kind, table, path)];
        parts.extend(
            pointing
                .when
                .as_ref()
                .map(|when| condition(kind, "t", when)),
        );
        parts.extend(is_free.map(str::to_owned));
        let rows = format!(
            "{values} {join} {} AS t ON {}",
            name(&pointing.table),
            parts.join(" AND ")
        );
        self.found(&rows, (&pointing.table, path.column.clone()));
    }
}

/// That a list of row `t` has the value of `k` as an element, a text or a
/// number.
fn has_element(kind: SourceKind, table: &Table, path: &ColumnPath) -> String {
    let own = format!("t.{}", name(&path.column));
    let at = match path.path.as_slice() {
        [] => literal("$"),
        keys => json_path(keys),
    };
    match kind {
        SourceKind::Postgres => {
            let column = table.column(&path.column);
            if column.is_some_and(|column| column.type_name.ends_with("[]")) {
                return format!("k.c0 = ANY (({own})::text[])");
            }
            let keys = path.path.iter();
            let keys: Vec<String> = keys.map(|key| format!(" -> {}", literal(key))).collect();
            let list = format!("(({own})::jsonb{})", keys.concat());
            format!(
                "jsonb_typeof({list}) = 'array' AND ({list} ? k.c0 OR CASE WHEN k.c0 ~ '^-?[0-9]{{1,18}}$' THEN {list} @> to_jsonb(k.c0::int8) ELSE false END)"
            )
        }
        SourceKind::Mysql => {
            let own = format!("CASE WHEN json_valid({own}) THEN {own} ELSE 'null' END");
            format!(
                "json_type(json_extract({own}, {at})) = 'ARRAY' AND (json_contains({own}, json_quote(k0.value), {at}) OR (k0.value REGEXP '^-?[0-9]+$' AND json_contains({own}, k0.value, {at})))"
            )
        }
        SourceKind::Sqlite => format!(
            "EXISTS (SELECT 1 FROM json_tree(CASE WHEN json_valid({own}) THEN {own} END, {at}) AS n WHERE typeof(n.key) = 'integer' AND CAST(n.atom AS TEXT) = k0.value)"
        ),
    }
}
