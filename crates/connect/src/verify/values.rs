//! Looks for identities in every text of every table, mapped or not: what no key
//! leads to. Invariant: a value is found only where it stands alone, so that
//! `ann@post.example` is not found in `joann@post.example`.

use candor_domain::plan::Footprint;
use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{Reach, SourceMap};

use super::{of_them, owners};
use crate::catalogue::{Catalogue, Class, Column, Relation, Table};
use crate::sql::{name, text};

/// The fewest characters an identity must have to be searched for as a value:
/// anything shorter stands in other people's texts by chance.
pub const VALUE_LENGTH_MIN: usize = 6;

/// The most identities one scan of a table looks for.
pub(crate) const NEEDLES_MAX: usize = 64;

/// The values of people that are looked for in texts: lower case, each once.
/// Short ones and plain numbers are left out, because they stand in anybody's
/// texts; they are searched for by key.
pub(crate) fn needles(footprint: &Footprint) -> Vec<String> {
    let mut needles: Vec<String> = footprint
        .identities
        .iter()
        .map(|identity| {
            identity
                .value
                .expose("its absence is looked for in its own source")
                .to_lowercase()
        })
        .filter(|value| {
            value.chars().count() >= VALUE_LENGTH_MIN
                && !value.chars().all(|character| character.is_ascii_digit())
        })
        .collect();
    let encoded: Vec<String> = needles
        .iter()
        .filter(|value| value.contains('@'))
        .map(|value| value.replace('@', "%40"))
        .collect();
    needles.extend(encoded);
    needles.sort();
    needles.dedup();
    needles
}

/// One scan of one table for values: a count for each column with text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
    /// `c0, c1, …`, one row.
    pub(crate) sql: String,
}

/// Scans of every table whose rows do not stay by decision. For a tenant only of
/// those that say whose their rows are, and of rows that such a row owns: in any
/// other the same value may be somebody else's, whom that tenant may not even count.
pub(crate) fn scans(catalogue: &Catalogue, map: &SourceMap) -> Vec<Scan> {
    catalogue
        .tables
        .iter()
        .filter(|(name, table)| {
            table.relation != Relation::Outside
                && map
                    .tables
                    .get(*name)
                    .is_none_or(|table| table.on_erasure != OnErasure::Keep)
        })
        .filter_map(|(name, table)| {
            let mut scan = scan(catalogue.kind, name, table)?;
            let of_them = match map.reach(name) {
                Reach::Owned => Some(owners::owned(catalogue, map, name)?),
                _ => of_them(catalogue, map, name),
            };
            if let Some(of_them) = of_them {
                scan.sql.push_str(&format!(" WHERE {of_them}"));
            }
            Some(scan)
        })
        .collect()
}

fn scan(kind: SourceKind, table_name: &str, table: &Table) -> Option<Scan> {
    let columns: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| {
            // Any column of SQLite may hold text.
            kind == SourceKind::Sqlite
                || matches!(column.class, Class::Text | Class::Json | Class::Textual)
        })
        .collect();
    if columns.is_empty() {
        return None;
    }
    let counts: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let own = format!("t.{}", name(&column.name));
            let found = match kind {
                SourceKind::Mysql => format!("lower({}) REGEXP ?", text(kind, &own)),
                SourceKind::Postgres => {
                    let own = format!("lower(({own})::text)");
                    format!(
                        "strpos({own}, $3) > 0 AND {own} LIKE ANY($1::text[]) AND {own} ~ ANY($2::text[])"
                    )
                }
                SourceKind::Sqlite => format!(
                    "typeof({own}) = 'text' AND instr({own}, ?2) > 0 AND EXISTS (SELECT 1 FROM json_each(?1) AS n WHERE ' ' || lower({own}) || '  ' GLOB n.value)"
                ),
            };
            match kind {
                SourceKind::Mysql => format!("count(CASE WHEN {found} THEN 1 END) AS c{place}"),
                _ => format!("count(*) FILTER (WHERE {found}) AS c{place}"),
            }
        })
        .collect();
    Some(Scan {
        table: table_name.to_owned(),
        columns: columns.iter().map(|column| column.name.clone()).collect(),
        sql: format!(
            "/* candor: look for values of people who were erased */ SELECT {} FROM {} AS t",
            counts.join(", "),
            name(table_name)
        ),
    })
}

/// What is in every one of these needles: most texts hold no address, and are
/// then not compared with each. Nothing is in all texts.
pub(crate) fn in_all(needles: &[String]) -> &'static str {
    match needles.iter().all(|needle| needle.contains('@')) {
        true => "@",
        false => "",
    }
}

/// A needle as `LIKE` finds it anywhere.
pub(crate) fn like_pattern(needle: &str) -> String {
    let mut pattern = "%".to_owned();
    for character in needle.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// A needle as PostgreSQL's regular expressions find it standing alone:
/// `ann@post.example` is not in `joann@post.example`.
pub(crate) fn regex_pattern(needle: &str) -> String {
    let mut pattern = "(?<![[:alnum:]._%+-])".to_owned();
    for character in needle.chars() {
        if !character.is_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push_str("(?![[:alnum:]_-]|\\.[[:alnum:]])");
    pattern
}

/// Any of the needles, as MariaDB's regular expressions find them.
pub(crate) fn regex_of_any(needles: &[String]) -> String {
    let patterns: Vec<String> = needles.iter().map(|needle| regex_pattern(needle)).collect();
    patterns.join("|")
}

/// The same for SQLite's `GLOB`, for text between a space and two: alone, or
/// before a full stop that ends the sentence.
pub(crate) fn glob_patterns(needle: &str) -> [String; 2] {
    let mut escaped = String::new();
    for character in needle.chars() {
        if matches!(character, '*' | '?' | '[') {
            escaped.push_str(&format!("[{character}]"));
        } else {
            escaped.push(character);
        }
    }
    [
        format!("*[^a-z0-9._%+-]{escaped}[^a-z0-9._-]*"),
        format!("*[^a-z0-9._%+-]{escaped}.[^a-z0-9]*"),
    ]
}
