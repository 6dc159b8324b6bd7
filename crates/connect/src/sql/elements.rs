//! Lists whose elements each name a row: arrays of PostgreSQL, and arrays in
//! JSON, whole or inside an object. Elements are compared as text. Invariant:
//! what is no list has no elements, and elements that are not taken out stay in
//! their order and as they are.

use candor_policy::charter::SourceKind;
use candor_policy::map::ColumnPath;

use super::work::set;
use super::{collated, json_key, json_path, key_text, late, literal, name};
use crate::catalogue::Class;
use crate::plan::{Link, Plan, PlannedColumn, PlannedTable};

/// The elements of a list as a relation `e`, and one of them as text.
struct Elements {
    relation: String,
    text: &'static str,
}

/// The elements of a list in row `alias`. As `relation`, it may stand in a
/// subquery of a statement that has the row.
fn elements(
    kind: SourceKind,
    column: Option<&PlannedColumn>,
    own: &str,
    path: &[String],
) -> Elements {
    match kind {
        SourceKind::Postgres if is_array(column) => Elements {
            relation: format!("unnest({own}) WITH ORDINALITY AS e(x, n)"),
            text: "(e.x)::text",
        },
        SourceKind::Postgres => {
            let list = format!("(({own})::jsonb #> {})", keys(path));
            Elements {
                relation: format!(
                    "jsonb_array_elements(CASE WHEN jsonb_typeof({list}) = 'array' THEN {list} END) WITH ORDINALITY AS e(x, n)"
                ),
                text: "(e.x #>> '{}')",
            }
        }
        SourceKind::Mysql => Elements {
            relation: format!(
                "json_table(CASE WHEN json_valid({own}) AND json_type(json_extract({own}, {at})) = 'ARRAY' THEN json_extract({own}, {at}) ELSE '[]' END, '$[*]' COLUMNS (n FOR ORDINALITY, x varchar({LENGTH_MAX}) PATH '$')) AS e",
                at = at(path)
            ),
            text: "CONVERT(e.x USING utf8mb4) COLLATE utf8mb4_nopad_bin",
        },
        SourceKind::Sqlite => Elements {
            relation: format!(
                "json_each(CASE WHEN json_valid({own}) AND json_type({own}, {at}) = 'array' THEN json_extract({own}, {at}) ELSE '[]' END) AS e",
                at = at(path)
            ),
            text: "CAST(e.value AS TEXT)",
        },
    }
}

/// The elements of a list of one row beside the rows of another table.
pub(super) struct Named {
    /// The elements, to be joined to the row; PostgreSQL demands a condition.
    pub(super) relation: String,
    /// That a row of the other table is the one an element names: first as its
    /// index can tell, then exactly.
    pub(super) is_key: String,
}

/// What the elements of the list in row `alias` name in row `other`.
pub(super) fn named(
    kind: SourceKind,
    (table, target): (&PlannedTable, &PlannedTable),
    alias: &str,
    other: &str,
    link: &Link,
) -> Option<Named> {
    let (path, to) = (link.from.first()?, link.to.first()?);
    let own = format!("{alias}.{}", name(&path.column));
    let Elements { relation, text } = elements(kind, table.column(&path.column), &own, &path.path);
    let column = target.column(to)?;
    let key = format!("{other}.{}", name(to));
    let exact = format!("{} = {text}", key_text(kind, Some(column.class), &key));
    const DIGITS: &str = "'^-?[0-9]{1,18}$'";
    let looked = match (kind, column.class) {
        (SourceKind::Postgres, Class::Integer) => Some(format!(
            "CASE WHEN {text} ~ {DIGITS} THEN {text}::bigint END"
        )),
        (SourceKind::Postgres, Class::Text) => Some(text.to_owned()),
        (SourceKind::Mysql, Class::Integer) => Some(format!(
            "CASE WHEN {text} REGEXP {DIGITS} THEN CAST({text} AS SIGNED) END"
        )),
        (SourceKind::Mysql, Class::Text) => Some(collated("e.x", column.collation.as_deref())),
        (SourceKind::Sqlite, Class::Integer) => Some("CAST(e.value AS INTEGER)".to_owned()),
        (SourceKind::Sqlite, Class::Text) => Some(text.to_owned()),
        _ => None,
    };
    let looked = looked.map(|looked| format!("{key} = {looked} AND "));
    let on = match kind {
        SourceKind::Postgres => " ON true",
        SourceKind::Mysql | SourceKind::Sqlite => "",
    };
    let lateral = match kind {
        SourceKind::Postgres => "LATERAL ",
        SourceKind::Mysql | SourceKind::Sqlite => "",
    };
    Some(Named {
        relation: format!("{lateral}{relation}{on}"),
        is_key: format!("{}{exact}", looked.unwrap_or_default()),
    })
}

/// Characters of an element of a list in MariaDB; a longer one names nothing.
const LENGTH_MAX: u32 = 768;

/// That the list in row `alias` has a key as an element: as an index of
/// PostgreSQL (`USING gin`) can tell, where the types are the same.
pub(super) fn holds(
    kind: SourceKind,
    table: &PlannedTable,
    alias: &str,
    path: &ColumnPath,
    (key, key_column): (&str, Option<&PlannedColumn>),
) -> String {
    let column = table.column(&path.column);
    let own = format!("{alias}.{}", name(&path.column));
    if is_of_type(column, key_column) {
        return format!("{own} @> ARRAY[{key}]");
    }
    let Elements { relation, text } = elements(kind, column, &own, &path.path);
    let key = key_text(kind, key_column.map(|column| column.class), key);
    format!("EXISTS (SELECT 1 FROM {relation} WHERE {text} = {key})")
}

/// Whether a column is an array of the very type of a key.
pub(crate) fn is_of_type(column: Option<&PlannedColumn>, key: Option<&PlannedColumn>) -> bool {
    let element = column.and_then(|column| column.type_name.strip_suffix("[]"));
    element.is_some_and(|element| key.is_some_and(|key| key.type_name == element))
}

/// A list whose elements name rows of a work.
struct Listed<'a> {
    path: &'a ColumnPath,
    /// Which of the values that the work carries they name.
    place: usize,
    /// That value's class.
    class: Option<Class>,
    elements: Elements,
}

/// The list of a link in `current`, an expression of the whole column; `None`
/// where the work does not carry what it names.
fn listed<'a>(
    plan: &Plan,
    table: &PlannedTable,
    current: &str,
    link: &'a Link,
) -> Option<Listed<'a>> {
    let path = link.from.first()?;
    let target = plan.tables.get(link.target)?;
    let key = link.to.first()?;
    let mut carried = target.carried.iter();
    Some(Listed {
        path,
        place: carried.position(|own| own.path.is_empty() && own.column == *key)?,
        class: target.column(key).map(|column| column.class),
        elements: elements(plan.kind, table.column(&path.column), current, &path.path),
    })
}

/// A list without the elements that name rows of the work: `current` is an
/// expression of the whole column.
pub(super) fn without(
    plan: &Plan,
    table: &PlannedTable,
    current: &str,
    link: &Link,
) -> Option<String> {
    let Listed {
        path,
        place,
        class,
        elements: Elements { relation, text },
    } = listed(plan, table, current, link)?;
    let column = table.column(&path.column);
    // What came late is named by keys that nobody has any more.
    let late = late::gone(plan, link).into_iter();
    let late = late.map(|gone| (gone, "g.k".to_owned()));
    let taken: Vec<String> = std::iter::once((set(link.target), format!("g.k{place}")))
        .chain(late)
        .map(|(of, value)| {
            let value = key_text(plan.kind, class, &value);
            format!("NOT EXISTS (SELECT 1 FROM {of} AS g WHERE {value} = {text})")
        })
        .collect();
    let rest = format!("FROM {relation} WHERE {}", taken.join(" AND "));
    let type_name = column.map_or("jsonb", |column| column.type_name.as_str());
    Some(match plan.kind {
        SourceKind::Postgres if is_array(column) => {
            format!("ARRAY(SELECT e.x {rest} ORDER BY e.n)::{type_name}")
        }
        SourceKind::Postgres => {
            let list =
                format!("coalesce((SELECT jsonb_agg(e.x ORDER BY e.n) {rest}), '[]'::jsonb)");
            if path.path.is_empty() {
                format!("({list})::{type_name}")
            } else {
                let keys = keys(&path.path);
                format!("(jsonb_set(({current})::jsonb, {keys}, {list}, false))::{type_name}")
            }
        }
        SourceKind::Mysql => {
            let at = at(&path.path);
            let element = format!("json_extract({current}, concat({at}, '[', e.n - 1, ']'))");
            let list = format!(
                "(SELECT concat('[', coalesce(group_concat({element} ORDER BY e.n SEPARATOR ', '), ''), ']') {rest})"
            );
            // What is put in is JSON, not a text.
            match path.path.as_slice() {
                [] => list,
                _ => format!("json_set({current}, {at}, json_extract({list}, '$'))"),
            }
        }
        SourceKind::Sqlite => {
            let element = "CASE e.type WHEN 'true' THEN json('true') WHEN 'false' THEN json('false') \
                 WHEN 'object' THEN json(e.value) WHEN 'array' THEN json(e.value) ELSE e.value END";
            let list = format!("(SELECT json_group_array({element}) {rest})");
            match path.path.as_slice() {
                [] => list,
                keys => format!("json_set({current}, {}, json({list}))", json_path(keys)),
            }
        }
    })
}

/// That the list in row `alias` has an element that is not among these keys of
/// a work set: it names somebody else as well.
pub(super) fn has_other(
    plan: &Plan,
    table: &PlannedTable,
    alias: &str,
    link: &Link,
    work: &str,
) -> Option<String> {
    let own = format!("{alias}.{}", name(&link.from.first()?.column));
    let Listed {
        place,
        class,
        elements: Elements { relation, text },
        ..
    } = listed(plan, table, &own, link)?;
    Some(format!(
        "EXISTS (SELECT 1 FROM {relation} WHERE {text} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {work} AS g WHERE {} = {text}))",
        key_text(plan.kind, class, &format!("g.k{place}"))
    ))
}

/// Whether a column is an array of PostgreSQL.
fn is_array(column: Option<&PlannedColumn>) -> bool {
    column.is_some_and(|column| column.class == Class::Textual && column.type_name.ends_with("[]"))
}

/// Where a list is inside JSON, as PostgreSQL writes it.
fn keys(path: &[String]) -> String {
    let keys: Vec<String> = path.iter().map(|key| json_key(key)).collect();
    format!("{}::text[]", literal(&format!("{{{}}}", keys.join(","))))
}

/// The same for MariaDB and SQLite.
fn at(path: &[String]) -> String {
    if path.is_empty() {
        return literal("$");
    }
    json_path(path)
}
