//! The statements a draft samples with. Invariant: each reads a bounded number
//! of rows, newest first where the key allows it, and returns counts, keys of
//! JSON objects, or values of type columns; never another value. Differences
//! between databases are in the small functions at the end.

use candor_policy::charter::SourceKind;
use candor_policy::map::{ColumnPath, Condition};

use super::candidates::Candidate;
use super::pairs::Pair;
use crate::catalogue::{Catalogue, Class, Column, Table};
use crate::sql::{collated, json_path, literal, name, text};

/// Rows of a table whose values are counted.
pub(super) const ROWS_MAX: u32 = 1_000;
/// Rows of a table in which different keys are looked for.
const KEY_ROWS_MAX: u32 = 5_000;
/// Different keys that are looked up in the table they may name.
const KEYS_MAX: u32 = 300;
/// Keys of JSON objects, and values of type columns, that are taken.
const NAMES_MAX: u32 = 50;
/// Characters of a UUID as text.
const UUID_LENGTH: u32 = 36;
/// Characters of a value that are looked at.
const LENGTH_MAX: u32 = 200;

/// Forms of values that tell a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Email,
    Ip,
    Phone,
    UserAgent,
    PasswordHash,
    Address,
    Json,
    List,
    Words,
    Moment,
}

pub(super) const FORMS: [Form; 10] = [
    Form::Email,
    Form::Ip,
    Form::Phone,
    Form::UserAgent,
    Form::PasswordHash,
    Form::Address,
    Form::Json,
    Form::List,
    Form::Words,
    Form::Moment,
];

/// Counts of a table's columns: all rows, then for each column how many hold
/// something, how many differ, and how many have each form.
pub(super) fn counts(
    kind: SourceKind,
    table_name: &str,
    table: &Table,
    columns: &[&Column],
) -> String {
    let taken: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let whole = text(kind, &format!("t.{}", name(&column.name)));
            format!("substr({whole}, 1, {LENGTH_MAX}) AS c{place}")
        })
        .collect();
    let mut counted = vec![text(kind, "count(*)")];
    for place in 0..columns.len() {
        let value = format!("s.c{place}");
        counted.push(number(kind, &format!("{value} <> ''")));
        counted.push(text(kind, &format!("count(DISTINCT {value})")));
        counted.extend(FORMS.map(|form| number(kind, &has_form(kind, form, &value))));
    }
    format!(
        "/* candor: what columns hold, as counts */\nSELECT {} FROM (SELECT {} FROM {} AS t{} LIMIT {ROWS_MAX}) AS s",
        counted.join(", "),
        taken.join(", "),
        name(table_name),
        newest(table),
    )
}

/// How many different values there are in a sample, and how many of them the
/// table knows that they may name.
pub(super) fn contained(
    catalogue: &Catalogue,
    candidate: &Candidate,
    when: Option<&Condition>,
) -> Option<String> {
    let kind = catalogue.kind;
    let table = catalogue.table(&candidate.table)?;
    let target = catalogue.table(&candidate.to.table)?;
    let mut taken = Vec::new();
    let mut filled = Vec::new();
    let mut same = Vec::new();
    for (place, (path, to)) in candidate.from.iter().zip(&candidate.to.columns).enumerate() {
        let column = table.column(&path.column)?;
        let key = target.column(to)?;
        let is_text = !path.path.is_empty() || column.class == Class::Text || candidate.is_list;
        let own = match kind {
            // Only what is JSON all the way can be asked whether it is a list.
            SourceKind::Postgres if candidate.is_list && !path.path.is_empty() => {
                let keys: Vec<String> = path.path.iter().map(|key| literal(key)).collect();
                format!(
                    "(t.{})::jsonb #> ARRAY[{}]",
                    name(&column.name),
                    keys.join(", ")
                )
            }
            _ => value(kind, column, path),
        };
        taken.push(format!("{own} AS x{place}"));
        filled.push(filled_in(kind, &format!("a.x{place}"), is_text, key.class));
        let looked = as_key(kind, &format!("v.x{place}"), is_text, key);
        same.push(format!("u.{} = {looked}", name(to)));
    }
    let places: Vec<String> = (0..taken.len())
        .map(|place| format!("a.x{place}"))
        .collect();
    let condition = when.map_or_else(String::new, |when| {
        let column = text(kind, &format!("t.{}", name(&when.column)));
        format!(" WHERE {column} = {}", literal(&when.value))
    });
    let rows = format!(
        "SELECT {} FROM {} AS t{condition}{} LIMIT {KEY_ROWS_MAX}",
        taken.join(", "),
        name(&candidate.table),
        newest(table)
    );
    let rows = match candidate.from.first() {
        Some(path) if candidate.is_list => {
            let is_array = path.path.is_empty() && table.column(&path.column)?.class != Class::Json;
            elements(kind, is_array, &rows)
        }
        _ => rows,
    };
    let found = format!(
        "EXISTS (SELECT 1 FROM {} AS u WHERE {})",
        name(&candidate.to.table),
        same.join(" AND ")
    );
    Some(format!(
        "/* candor: are values keys of another table, as counts */\nSELECT {}, {} FROM (SELECT DISTINCT {} FROM ({rows}) AS a WHERE {} LIMIT {KEYS_MAX}) AS v",
        text(kind, "count(*)"),
        number(kind, &found),
        places.join(", "),
        filled.join(" AND "),
    ))
}

/// The elements of lists `x0`, as texts; what is no list has none.
fn elements(kind: SourceKind, is_array: bool, rows: &str) -> String {
    match kind {
        SourceKind::Postgres if is_array => {
            format!("SELECT unnest(l.x0)::text AS x0 FROM ({rows}) AS l")
        }
        SourceKind::Postgres => format!(
            "SELECT e.x #>> '{{}}' AS x0 FROM ({rows}) AS l, \
             LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(l.x0::jsonb) = 'array' THEN l.x0::jsonb END) AS e(x)"
        ),
        SourceKind::Mysql => format!(
            "SELECT e.x AS x0 FROM ({rows}) AS l JOIN json_table(CASE WHEN json_valid(l.x0) AND json_type(l.x0) = 'ARRAY' THEN l.x0 ELSE '[]' END, '$[*]' COLUMNS (x varchar(255) PATH '$')) AS e"
        ),
        SourceKind::Sqlite => format!(
            "SELECT CAST(e.value AS TEXT) AS x0 FROM ({rows}) AS l, json_each(CASE WHEN json_valid(l.x0) AND json_type(l.x0) = 'array' THEN l.x0 ELSE '[]' END) AS e"
        ),
    }
}

/// The keys of a JSON column's objects that many rows share, and whether
/// objects lie under them. A key that few rows have may be a value.
pub(super) fn json_keys(
    kind: SourceKind,
    table_name: &str,
    table: &Table,
    column: &Column,
    outer: &[String],
) -> String {
    let path = ColumnPath {
        column: column.name.clone(),
        path: outer.to_vec(),
    };
    let rows = format!(
        "SELECT {} AS j FROM {} AS t{} LIMIT {ROWS_MAX}",
        value(kind, column, &path),
        name(table_name),
        newest(table)
    );
    match kind {
        SourceKind::Postgres => format!(
            "/* candor: keys that objects share */\nSELECT k.key, max(CASE WHEN jsonb_typeof(k.value) = 'object' THEN '1' ELSE '0' END) \
             FROM ({rows}) AS s, LATERAL jsonb_each(CASE WHEN jsonb_typeof(s.j::jsonb) = 'object' THEN s.j::jsonb END) AS k \
             WHERE k.key ~ '^[A-Za-z_][A-Za-z0-9_]{{0,39}}$' \
             GROUP BY k.key HAVING count(*) > 1 ORDER BY count(*) DESC, k.key LIMIT {NAMES_MAX}"
        ),
        SourceKind::Mysql => format!(
            "/* candor: keys that objects share */\nSELECT k.own, max(CASE WHEN json_type(json_extract(s.j, concat('$.\"', k.own, '\"'))) = 'OBJECT' THEN '1' ELSE '0' END) \
             FROM ({rows}) AS s JOIN json_table(json_keys(s.j), '$[*]' COLUMNS (own varchar(64) PATH '$')) AS k \
             WHERE k.own REGEXP '^[A-Za-z_][A-Za-z0-9_]{{0,39}}$' \
             GROUP BY k.own HAVING count(*) > 1 ORDER BY count(*) DESC, k.own LIMIT {NAMES_MAX}"
        ),
        SourceKind::Sqlite => format!(
            "/* candor: keys that objects share */\nSELECT k.key, CAST(max(k.type = 'object') AS TEXT) \
             FROM ({rows}) AS s, json_each(CASE WHEN json_valid(s.j) AND json_type(s.j) = 'object' THEN s.j ELSE '{{}}' END) AS k \
             WHERE k.key NOT GLOB '*[^A-Za-z0-9_]*' AND k.key GLOB '[A-Za-z_]*' AND length(k.key) <= 40 \
             GROUP BY k.key HAVING count(*) > 1 ORDER BY count(*) DESC, k.key LIMIT {NAMES_MAX}"
        ),
    }
}

/// The values of a type column, each with the name of the type.
pub(super) fn types(catalogue: &Catalogue, pair: &Pair) -> Option<String> {
    let kind = catalogue.kind;
    let table = catalogue.table(&pair.table)?;
    let own = text(kind, &format!("t.{}", name(&pair.kind)));
    let (called, joined) = match &pair.types {
        None => ("s.k".to_owned(), String::new()),
        Some(types) => {
            let parts = types.named.iter();
            let parts: Vec<String> = parts.map(|part| format!("y.{}", name(part))).collect();
            let key = text(kind, &format!("y.{}", name(&types.key)));
            let called = format!("max({})", parts.join(" || '_' || "));
            let joined = format!(" LEFT JOIN {} AS y ON {key} = s.k", name(&types.table));
            (called, joined)
        }
    };
    Some(format!(
        "/* candor: which types a pair of columns names */\nSELECT s.k, {called} FROM (SELECT {own} AS k FROM {} AS t{} LIMIT {KEY_ROWS_MAX}) AS s{joined} \
         WHERE s.k <> '' GROUP BY s.k ORDER BY count(*) DESC, s.k LIMIT {NAMES_MAX}",
        name(&pair.table),
        newest(table)
    ))
}

/// How many different values a column has in a sample, or its lists have, and
/// how many of them are keys of each of these tables.
pub(super) fn scattered(
    catalogue: &Catalogue,
    table_name: &str,
    column: &Column,
    is_list: bool,
    targets: &[(&str, &Column)],
) -> Option<String> {
    let kind = catalogue.kind;
    let table = catalogue.table(table_name)?;
    let is_text = is_list || column.class == Class::Text;
    let counted: Vec<String> = targets
        .iter()
        .map(|(target, key)| {
            let looked = as_key(kind, "v.x0", is_text, key);
            let found = format!(
                "EXISTS (SELECT 1 FROM {} AS u WHERE u.{} = {looked})",
                name(target),
                name(&key.name)
            );
            number(kind, &found)
        })
        .collect();
    let rows = format!(
        "SELECT t.{} AS x0 FROM {} AS t{} LIMIT {KEY_ROWS_MAX}",
        name(&column.name),
        name(table_name),
        newest(table)
    );
    let mut filled = filled_in(kind, "a.x0", is_text, Class::Uuid);
    let rows = if is_list {
        // Words and numbers in lists are not the same nowhere else.
        filled.push_str(&format!(" AND length(a.x0) = {UUID_LENGTH}"));
        elements(kind, column.class == Class::Textual, &rows)
    } else {
        rows
    };
    Some(format!(
        "/* candor: of which tables values are keys, as counts */\nSELECT {}, {} FROM (SELECT DISTINCT a.x0 FROM ({rows}) AS a WHERE {filled} LIMIT {KEYS_MAX}) AS v",
        text(kind, "count(*)"),
        counted.join(", "),
    ))
}

/// How many rows a sample has, and for how many of them a condition on `t`
/// holds.
pub(super) fn without(kind: SourceKind, table_name: &str, table: &Table, empty: &str) -> String {
    format!(
        "/* candor: rows that name nobody, as counts */\nSELECT {}, {} FROM (SELECT CASE WHEN {empty} THEN 1 ELSE 0 END AS e FROM {} AS t{} LIMIT {KEY_ROWS_MAX}) AS s",
        text(kind, "count(*)"),
        number(kind, "s.e = 1"),
        name(table_name),
        newest(table)
    )
}

/// A column, or a value inside it as text.
pub(super) fn value(kind: SourceKind, column: &Column, path: &ColumnPath) -> String {
    let whole = format!("t.{}", name(&column.name));
    let Some((last, outer)) = path.path.split_last() else {
        return whole;
    };
    let mut value = match kind {
        SourceKind::Mysql => {
            let inside = format!("json_extract({whole}, {})", json_path(&path.path));
            let inside = text(kind, &format!("json_unquote({inside})"));
            return format!("nullif({inside}, 'null')");
        }
        SourceKind::Postgres => format!("({whole})::jsonb"),
        SourceKind::Sqlite => whole,
    };
    for key in outer {
        value.push_str(&format!(" -> {}", literal(key)));
    }
    // Objects are asked for whole by their keys; JSON text serves both.
    format!("({value} ->> {})", literal(last))
}

/// Newest first, where that is the way an index runs.
fn newest(table: &Table) -> String {
    match table.primary_key.as_slice() {
        [only]
            if table
                .column(only)
                .is_some_and(|key| key.class == Class::Integer) =>
        {
            format!(" ORDER BY t.{} DESC", name(only))
        }
        _ => String::new(),
    }
}

/// How many rows a condition holds for.
fn number(kind: SourceKind, condition: &str) -> String {
    let sum = format!("coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)");
    text(kind, &sum)
}

/// That there is a value, and not one that stands for none.
fn filled_in(kind: SourceKind, value: &str, is_text: bool, key: Class) -> String {
    let none = match (kind, is_text) {
        (SourceKind::Mysql | SourceKind::Postgres, true) => format!("{value} NOT IN ('', '0')"),
        (SourceKind::Mysql | SourceKind::Postgres, false) if key == Class::Integer => {
            format!("{value} <> 0")
        }
        (SourceKind::Mysql | SourceKind::Postgres, false) => return format!("{value} IS NOT NULL"),
        (SourceKind::Sqlite, _) => format!("{value} NOT IN ('', '0', 0)"),
    };
    format!("{value} IS NOT NULL AND {none}")
}

/// A sampled value in the type of the key it is compared with, so that the
/// key's index serves; null where it cannot be one.
fn as_key(kind: SourceKind, value: &str, is_text: bool, key: &Column) -> String {
    match (kind, key.class) {
        (SourceKind::Postgres, Class::Integer) if is_text => {
            format!("CASE WHEN {value} ~ '^[0-9]{{1,18}}$' THEN {value}::bigint END")
        }
        (SourceKind::Postgres, Class::Uuid) if is_text => format!(
            "CASE WHEN {value} ~* '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' THEN {value}::uuid END"
        ),
        (SourceKind::Mysql, Class::Integer) if is_text => {
            format!("CASE WHEN {value} REGEXP '^[0-9]{{1,18}}$' THEN CAST({value} AS UNSIGNED) END")
        }
        (SourceKind::Mysql, Class::Text) => collated(value, key.collation.as_deref()),
        (SourceKind::Sqlite, Class::Integer) => format!(
            "CASE WHEN typeof({value}) = 'integer' THEN {value} \
             WHEN {value} NOT GLOB '*[^0-9]*' THEN CAST({value} AS INTEGER) END"
        ),
        (SourceKind::Sqlite, Class::Text) => format!("CAST({value} AS TEXT)"),
        _ => value.to_owned(),
    }
}

/// That a text has a form.
fn has_form(kind: SourceKind, form: Form, value: &str) -> String {
    let only = |characters: &str| match kind {
        SourceKind::Mysql => format!("{value} REGEXP '^[{characters}]+$'"),
        SourceKind::Postgres => format!("{value} ~ '^[{characters}]+$'"),
        SourceKind::Sqlite => format!("{value} NOT GLOB '*[^{characters}]*'"),
    };
    match form {
        Form::Email => format!("{value} LIKE '%_@_%._%' AND {value} NOT LIKE '% %'"),
        Form::Ip => format!(
            "{value} LIKE '_%._%._%._%' AND length({value}) BETWEEN 7 AND 18 AND {}",
            only("0-9./")
        ),
        Form::Phone => format!(
            "{value} LIKE '+%' AND length({value}) BETWEEN 8 AND 22 AND {}",
            only("0-9 ()./+-")
        ),
        Form::UserAgent => format!("{value} LIKE 'Mozilla/_.%'"),
        Form::PasswordHash => {
            format!(
                "({value} LIKE '$2_$__$%' OR {value} LIKE '$argon2%' OR {value} LIKE 'pbkdf2_%$%')"
            )
        }
        Form::Address => format!("{value} LIKE 'http%://%'"),
        Form::Json => format!("({value} LIKE '{{\"%' OR {value} = '{{}}')"),
        Form::List => format!("{value} LIKE '[%'"),
        Form::Moment => format!("{value} LIKE '____-__-__%' AND {}", only("0-9 :.,TZtz+-")),
        Form::Words => format!("{value} LIKE '_% _% _% _%'"),
    }
}
