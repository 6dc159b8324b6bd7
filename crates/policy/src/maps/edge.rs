//! Edges between tables, as people write them: `account_id`,
//! `(order_id, line_no)`, `actor_id -> accounts.id`,
//! `(tenant_id, number) -> orders(tenant_id, number)`, and
//! `payload.account_id -> accounts.id` for a value inside a JSON column.

use crate::checks::{edge_without_target, malformed_value, missing_key};
use crate::map::{ColumnPath, Condition, Edge, Incoming, Reference, ReferenceAction, Target};
use crate::reader::Reader;
use crate::schema::{Key as Known, Kind, Shape, words};
use crate::yaml::{Entry, Key, Node, Value};

pub(super) const OWNER: Shape = Shape::new(
    "owner",
    "An edge that holds only for some rows.",
    &[
        Known::required("edge", Kind::Text, "The edge: `actor_id -> accounts.id`."),
        Known::new(
            "when",
            CONDITION,
            "Only rows whose column has this value: `{ actor_type: account }`.",
        ),
    ],
);
pub(super) const REFERENCE: Shape = Shape::new(
    "reference",
    "A foreign key that does not own, and what becomes of it.",
    &[
        Known::required("edge", Kind::Text, "The edge: `referred_by`."),
        Known::required(
            "action",
            ACTION,
            "What becomes of it when the row it names goes.",
        ),
        Known::new("when", CONDITION, "Only rows whose column has this value."),
    ],
);
pub(super) const ACTION: Kind = Kind::Word(|| words(&ACTIONS));
const CONDITION: Kind = Kind::Free(&Kind::Text);
const ACTIONS: [(&str, ReferenceAction); 2] = [
    ("unlink", ReferenceAction::Unlink),
    ("keep", ReferenceAction::Keep),
];
const EDGE_HELP: &str = "write `account_id`, `\"(order_id, line_no)\"`, \
    `actor_id -> accounts.id` or `\"(a, b) -> orders(a, b)\"`; brackets need quotes \
    inside `{ }`";
const INCOMING_HELP: &str = "write `accounts.tenant_id` or `\"orders(tenant_id, number)\"`";

/// `owned_by`: one edge or a list, each a text or a map with a condition.
pub(super) fn owners(reader: &mut Reader<'_>, entry: &Entry) -> Vec<Edge> {
    items(entry)
        .iter()
        .filter_map(|item| match item.node.value {
            Value::Map(_) => {
                let fields = reader.fields(item, "`owned_by`", &OWNER)?;
                let edge = reader.field(&fields, "edge", edge);
                let when = reader.field(&fields, "when", condition);
                Some(Edge { when, ..edge? })
            }
            _ => edge(reader, item),
        })
        .collect()
}

/// `references`: `{column: action}`, or a list of `{edge, action}`.
pub(super) fn references(reader: &mut Reader<'_>, entry: &Entry) -> Vec<Reference> {
    if let Value::Map(entries) = &entry.node.value {
        return entries
            .iter()
            .filter_map(|inner| {
                let action = reader.one_of(inner, "action", &ACTIONS);
                let named = Entry {
                    key: inner.key.clone(),
                    node: Node {
                        span: inner.key.span.clone(),
                        value: Value::Scalar(inner.key.text.clone()),
                    },
                };
                let edge = edge(reader, &named);
                Some(Reference {
                    edge: edge?,
                    action: action?,
                })
            })
            .collect();
    }
    items(entry)
        .iter()
        .filter_map(|item| {
            let fields = reader.fields(item, "`references`", &REFERENCE)?;
            let edge = reader.field(&fields, "edge", edge);
            let when = reader.field(&fields, "when", condition);
            let action = reader.field(&fields, "action", |reader, entry| {
                reader.one_of(entry, "action", &ACTIONS)
            });
            Some(Reference {
                edge: Edge { when, ..edge? },
                action: action?,
            })
        })
        .collect()
}

/// `last_of`: one `table.column` or a list.
pub(super) fn incoming(reader: &mut Reader<'_>, entry: &Entry) -> Vec<Incoming> {
    items(entry)
        .iter()
        .filter_map(|item| {
            reader.parsed(item, "`table.column`", INCOMING_HELP, |text| {
                target(text).map(|Target { table, columns }| Incoming { table, columns })
            })
        })
        .collect()
}

fn edge(reader: &mut Reader<'_>, entry: &Entry) -> Option<Edge> {
    let edge = reader.parsed(entry, "an edge", EDGE_HELP, parse)?;
    if edge.to.is_none() && edge.from.iter().any(|from| !from.path.is_empty()) {
        let at = reader.at(entry.node.span.clone());
        reader.report(edge_without_target::inside_json(at));
        return None;
    }
    Some(edge)
}

fn condition(reader: &mut Reader<'_>, entry: &Entry) -> Option<Condition> {
    let entries = reader.map(entry, "`when`")?;
    let [only] = entries else {
        let at = reader.at(entry.node.span.clone());
        let text = format!("{} conditions", entries.len());
        let help = "write one, such as `when: { actor_type: account }`";
        reader.report(malformed_value::malformed(at, &text, "one condition", help));
        return None;
    };
    if only.key.text.is_empty() {
        let at = reader.at(entry.node.span.clone());
        reader.report(missing_key::missing_key(at, "column", "`when`"));
        return None;
    }
    Some(Condition {
        column: only.key.text.clone(),
        value: reader.text(only)?,
    })
}

/// One value or the values of a list, each under the entry's own key.
fn items(entry: &Entry) -> Vec<Entry> {
    match &entry.node.value {
        Value::List(nodes) => nodes
            .iter()
            .map(|node| Entry {
                key: Key {
                    text: entry.key.text.clone(),
                    span: node.span.clone(),
                },
                node: node.clone(),
            })
            .collect(),
        _ => vec![entry.clone()],
    }
}

fn parse(text: &str) -> Option<Edge> {
    let (from, to) = match text.split_once("->") {
        Some((from, to)) => (from, Some(target(to.trim())?)),
        None => (text, None),
    };
    let from = from.trim();
    let from = match bracketed(from) {
        Some(columns) => columns
            .into_iter()
            .map(|column| ColumnPath {
                column,
                path: Vec::new(),
            })
            .collect(),
        None => vec![column_path(from)?],
    };
    let fits = to.as_ref().is_none_or(|to| to.columns.len() == from.len());
    fits.then_some(Edge {
        from,
        to,
        when: None,
    })
}

fn column_path(text: &str) -> Option<ColumnPath> {
    let mut parts = text.split('.').map(str::to_owned);
    let column = parts.next()?;
    let path: Vec<String> = parts.collect();
    (is_name(&column) && path.iter().all(|key| is_name(key))).then_some(ColumnPath { column, path })
}

/// `accounts.id`, `billing.accounts.id` or `orders(tenant_id, number)`.
fn target(text: &str) -> Option<Target> {
    let (table, columns) = match text.split_once('(') {
        Some((table, _)) => {
            let rest = text.get(table.len()..)?;
            (table.trim(), bracketed(rest)?)
        }
        None => {
            let (table, column) = text.rsplit_once('.')?;
            (table, vec![column.to_owned()])
        }
    };
    let good = table.split('.').all(is_name) && columns.iter().all(|column| is_name(column));
    good.then(|| Target {
        table: table.to_owned(),
        columns,
    })
}

/// `(a, b)` as its names; `None` for anything else.
fn bracketed(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let columns: Vec<String> = inner
        .split(',')
        .map(|column| column.trim().to_owned())
        .collect();
    columns
        .iter()
        .all(|column| is_name(column))
        .then_some(columns)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '_' | '-' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_way_to_write_an_edge() {
        let simple = parse("account_id").unwrap();
        assert_eq!(simple.from[0].column, "account_id");
        assert_eq!(simple.to, None);

        let composite = parse("(tenant_id, number) -> orders(tenant_id, number)").unwrap();
        assert_eq!(composite.from.len(), 2);
        let to = composite.to.unwrap();
        assert_eq!((to.table.as_str(), to.columns.len()), ("orders", 2));

        let json = parse("payload.user.id -> billing.accounts.id").unwrap();
        assert_eq!(json.from[0].path, ["user", "id"]);
        assert_eq!(json.to.unwrap().table, "billing.accounts");
    }

    #[test]
    fn refuses_what_names_no_columns() {
        for text in [
            "",
            "(order_id",
            "a -> b",
            "(a, b) -> c(a)",
            "a b",
            "a -> (b)",
            "(a,)",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
