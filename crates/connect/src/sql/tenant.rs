//! Which rows of a table there are for whom a plan was made: a condition on the
//! column that names the tenant. INVARIANT: it stands wherever a work set takes
//! rows of a table in, or a link is cut, and nowhere else: whether a row is held
//! by others is asked of all rows.

use candor_policy::charter::SourceKind;
use candor_policy::map::Reach;

use super::{key_text, literal, name};
use crate::catalogue::Class;
use crate::plan::PlannedTable;
use crate::verify::{is_integer, is_unsigned_integer, is_uuid};

/// What holds of no row.
const NOTHING: &str = "1 = 0";

/// That row `alias`, which an edge leads to, is within reach; as a further
/// condition, or nothing.
pub(crate) fn within(kind: SourceKind, table: &PlannedTable, alias: &str) -> String {
    match condition(kind, table, alias) {
        Some(condition) => format!(" AND {condition}"),
        None => String::new(),
    }
}

/// The same of a row in which a person was found by who they are.
pub(crate) fn within_root(kind: SourceKind, table: &PlannedTable, alias: &str) -> String {
    match table.reach {
        Reach::Owned => format!(" AND {NOTHING}"),
        Reach::All | Reach::Null(_) | Reach::Equal(_) => within(kind, table, alias),
    }
}

fn condition(kind: SourceKind, table: &PlannedTable, alias: &str) -> Option<String> {
    match &table.reach {
        Reach::All | Reach::Owned => None,
        Reach::Null(column) => Some(format!("{alias}.{} IS NULL", name(column))),
        Reach::Equal(is) => {
            let class = table.column(&is.column).map(|column| column.class);
            let column = format!("{alias}.{}", name(&is.column));
            Some(equal(kind, class, &column, &is.value))
        }
    }
}

/// As the column compares, so that its index serves; then exactly.
fn equal(kind: SourceKind, class: Option<Class>, column: &str, value: &str) -> String {
    let alike = match class {
        Some(Class::Integer) if is_integer(value) || is_unsigned_integer(value) => {
            return format!("{column} = {value}");
        }
        Some(Class::Uuid) if is_uuid(value) => return format!("{column} = {}", literal(value)),
        Some(Class::Integer | Class::Uuid) => return NOTHING.to_owned(),
        Some(Class::Text) => true,
        _ => kind == SourceKind::Sqlite,
    };
    let mut exact = format!("{} = {}", key_text(kind, class, column), literal(value));
    if kind == SourceKind::Sqlite {
        // Else the column's own collation would count, which may ignore case.
        exact.push_str(" COLLATE BINARY");
    }
    match alike {
        true => format!("{column} = {} AND {exact}", literal(value)),
        false => exact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_compared_as_its_column_is_and_exactly() {
        let of = |kind, class, value| equal(kind, Some(class), "t.\"of\"", value);
        let postgres = SourceKind::Postgres;
        for (kind, class, value, expected) in [
            (
                postgres,
                Class::Text,
                "acme",
                r#"t."of" = 'acme' AND (t."of")::text = 'acme'"#,
            ),
            (postgres, Class::Integer, "42", r#"t."of" = 42"#),
            (postgres, Class::Integer, "acme", "1 = 0"),
            (postgres, Class::Integer, "042", "1 = 0"),
            (postgres, Class::Uuid, "acme", "1 = 0"),
            (postgres, Class::Other, "acme", r#"(t."of")::text = 'acme'"#),
            (
                SourceKind::Sqlite,
                Class::Text,
                "acme",
                r#"t."of" = 'acme' AND CAST(t."of" AS TEXT) = 'acme' COLLATE BINARY"#,
            ),
            (
                SourceKind::Mysql,
                Class::Text,
                "acme",
                r#"t."of" = 'acme' AND CONVERT(t."of" USING utf8mb4) COLLATE utf8mb4_nopad_bin = 'acme'"#,
            ),
        ] {
            assert_eq!(of(kind, class, value), expected, "{kind:?} {class:?}");
        }
    }
}
