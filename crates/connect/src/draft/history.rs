//! Tables that keep what rows of another table once were: `account_history`,
//! `post_versions`. Pure. A column means there what it means in the table
//! itself, whatever its name alone would say.

use super::candidates::{Candidate, Names, is_declared, is_own, plain, to};
use super::keys;
use super::names;
use crate::catalogue::{Catalogue, Table};

/// Last words of such a table's name, in the singular.
const WORDS: [&str; 9] = [
    "history",
    "version",
    "revision",
    "audit",
    "archive",
    "snapshot",
    "changelog",
    "log",
    "old",
];
/// Fit of an edge that is taken over, and of the edge to the row itself.
const FIT: u8 = 95;

/// Gives tables of former rows the edges of the table they are about, and one
/// to the row.
pub(super) fn carry_over(names: &Names<'_>, candidates: &mut Vec<Candidate>) {
    for (name, table) in names.catalogue.tables.iter().filter(|(_, own)| is_own(own)) {
        let Some((base, of)) = base(names.catalogue, name) else {
            continue;
        };
        for column in &table.columns {
            if is_declared(table, &column.name) {
                continue;
            }
            let mut found = taken_over(candidates, (base, of), name, &column.name);
            if let Some(key) = itself(&column.name, of)
                && of
                    .column(key)
                    .is_some_and(|key| keys::compatible(column, key))
            {
                found.push(Candidate {
                    table: name.clone(),
                    from: vec![plain(&column.name)],
                    to: to(base, key),
                    fit: FIT,
                    is_list: false,
                });
            }
            if !found.is_empty() {
                let is_it =
                    |own: &Candidate| own.table == *name && own.from == [plain(&column.name)];
                candidates.retain(|own| !is_it(own));
                candidates.extend(found);
            }
        }
    }
}

/// The table whose former rows one keeps.
pub(super) fn base<'a>(catalogue: &'a Catalogue, name: &str) -> Option<(&'a str, &'a Table)> {
    let stems = names::stems(name);
    let (last, base) = stems.split_last()?;
    if !WORDS.contains(&last.as_str()) || base.is_empty() {
        return None;
    }
    let mut tables = catalogue.tables.iter();
    let found = tables.find(|(other, _)| *other != name && names::stems(other) == base);
    found.map(|(name, table)| (name.as_str(), table))
}

/// What the column of the same name names in the table itself.
fn taken_over(
    candidates: &[Candidate],
    (base, of): (&str, &Table),
    name: &str,
    column: &str,
) -> Vec<Candidate> {
    let own = [plain(column)];
    let declared = of.foreign_keys.iter().filter(|key| key.columns == [column]);
    let declared = declared.filter_map(|key| {
        let named = key.target_columns.first()?;
        Some(Candidate {
            table: name.to_owned(),
            from: own.to_vec(),
            to: to(&key.target, named),
            fit: FIT,
            is_list: false,
        })
    });
    let guessed = candidates
        .iter()
        .filter(|own_of| own_of.table == base && own_of.from == own);
    let guessed = guessed.cloned().map(|guessed| Candidate {
        table: name.to_owned(),
        ..guessed
    });
    declared.chain(guessed).collect()
}

/// The key of the table itself that `target_record_id` holds.
fn itself<'a>(column: &str, of: &'a Table) -> Option<&'a str> {
    let stems = names::stems(column);
    let (first, rest) = stems.split_first()?;
    if !matches!(first.as_str(), "target" | "original") {
        return None;
    }
    keys::keys(of)
        .into_iter()
        .find(|key| names::stems(key) == rest)
}
