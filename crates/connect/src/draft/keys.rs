//! By which column other tables name a table's rows. Pure. A table may have
//! several: a number for the database and an id for the world outside.

use candor_policy::catalogue::words;

use crate::catalogue::{Class, Column, Relation, Table};

/// Columns each of which tells a table's rows apart, the primary key first;
/// `id` where nothing is declared.
pub(super) fn keys(table: &Table) -> Vec<&str> {
    let declared = std::iter::once(&table.primary_key).chain(&table.unique_keys);
    let mut keys: Vec<&str> = Vec::new();
    for key in declared {
        if let [only] = key.as_slice()
            && !keys.contains(&only.as_str())
        {
            keys.push(only);
        }
    }
    if table.primary_key.is_empty() && keys.is_empty() && table.relation != Relation::Copy {
        keys.extend(table.column("id").map(|column| column.name.as_str()));
    }
    keys
}

/// The key that a column named `…_id` or `…_record_id` most likely holds: one
/// of its type that ends like it does; else the first that it could hold.
pub(super) fn named<'a>(column: &Column, table: &'a Table) -> Option<&'a str> {
    let own = words(&column.name);
    let fitting = keys(table).into_iter().filter_map(|name| {
        let key = table.column(name)?;
        compatible(column, key).then_some(key)
    });
    let mut best: Option<(usize, &Column)> = None;
    for key in fitting {
        let ending = words(&key.name);
        let ends = if own.ends_with(&ending) {
            ending.len()
        } else {
            0
        };
        // A key of another type can be held, but seldom is where one fits.
        let worth = 2 * ends + usize::from(column.class == key.class);
        if best.is_none_or(|(least, _)| worth > least) {
            best = Some((worth, key));
        }
    }
    best.map(|(_, key)| key.name.as_str())
}

/// Whether a column can hold the values of a key.
pub(super) fn compatible(column: &Column, key: &Column) -> bool {
    match (column.class, key.class) {
        (Class::Integer, Class::Integer)
        | (Class::Uuid, Class::Uuid)
        | (Class::Text, Class::Text | Class::Uuid | Class::Integer) => true,
        (Class::Bytes | Class::Other, _) => column.type_name == key.type_name,
        _ => false,
    }
}

/// Whether a list's elements can be the values of a key.
pub(super) fn lists(column: &Column, key: &Column) -> bool {
    if column.class == Class::Json {
        return matches!(key.class, Class::Integer | Class::Uuid | Class::Text);
    }
    let element = column.type_name.trim_end_matches("[]");
    match key.class {
        Class::Integer => matches!(element, "smallint" | "integer" | "bigint"),
        Class::Uuid => matches!(element, "uuid" | "text") || element.starts_with("character"),
        Class::Text => element == "text" || element.starts_with("character"),
        _ => false,
    }
}

/// Whether a column holds a list of values: JSON may, and says so by its name.
pub(super) fn is_list(column: &Column) -> bool {
    column.class == Class::Textual && column.type_name.ends_with("[]")
        || column.class == Class::Json && is_named_list(&column.name)
}

/// Whether a column is an array of values that are the same nowhere else.
pub(super) fn lists_worldwide(column: &Column) -> bool {
    let element = column.type_name.strip_suffix("[]");
    element.is_some_and(|element| element == "uuid" || LENGTH_36.contains(&element))
}

/// Whether a name says that there are several keys: `reader_ids`.
pub(super) fn is_named_list(name: &str) -> bool {
    let words = words(name);
    words
        .last()
        .is_some_and(|last| matches!(last.as_str(), "ids" | "uuids" | "guids"))
}

/// Whether a key is the table's own: one that is somebody else's, too, would
/// be found wherever that other one is.
pub(super) fn is_own(table: &Table, key: &Column) -> bool {
    let is_named = matches!(key.name.as_str(), "id" | "uuid" | "guid");
    let is_primary = table.primary_key == [key.name.as_str()];
    let declared = table.foreign_keys.iter();
    let mut declared = declared.filter(|own| own.columns.contains(&key.name));
    (is_named || is_primary) && declared.next().is_none()
}

/// Whether values of this type are the same nowhere else, so that one that is
/// found is a proof.
pub(super) fn is_worldwide(column: &Column) -> bool {
    let declared = column.type_name.to_ascii_lowercase();
    column.class == Class::Uuid
        || column.class == Class::Text && LENGTH_36.contains(&declared.as_str())
}

/// Types of texts that are as long as a UUID.
const LENGTH_36: [&str; 4] = [
    "varchar(36)",
    "char(36)",
    "character(36)",
    "character varying(36)",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, type_name: &str, class: Class) -> Column {
        Column {
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            class,
            nullable: false,
            generated: false,
            touched: false,
            collation: None,
        }
    }

    #[test]
    fn a_column_means_the_key_that_ends_like_it() {
        let table = Table {
            relation: Relation::Table,
            columns: vec![
                column("record_id", "bigint", Class::Integer),
                column("id", "varchar(36)", Class::Text),
                column("email", "text", Class::Text),
            ],
            primary_key: vec!["record_id".to_owned()],
            unique_keys: vec![vec!["id".to_owned()], vec!["email".to_owned()]],
            foreign_keys: Vec::new(),
            triggers: Vec::new(),
            keys_come_again: false,
        };
        for (name, class, key) in [
            ("account_id", Class::Text, Some("id")),
            ("account_record_id", Class::Integer, Some("record_id")),
            ("account_id", Class::Integer, Some("record_id")),
            ("account_email", Class::Text, Some("email")),
            ("account_id", Class::Time, None),
        ] {
            assert_eq!(named(&column(name, "", class), &table), key, "{name}");
        }
    }

    #[test]
    fn a_list_of_words_names_no_numbers() {
        let number = column("id", "integer", Class::Integer);
        assert!(lists(
            &column("post_ids", "integer[]", Class::Textual),
            &number
        ));
        assert!(!lists(&column("tags", "text[]", Class::Textual), &number));
    }
}
