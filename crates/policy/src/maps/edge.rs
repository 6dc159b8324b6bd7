//! Edges between tables, as people write them: `account_id`,
//! `(order_id, line_no)`, `actor_id -> accounts.id`,
//! `(tenant_id, number) -> orders(tenant_id, number)`,
//! `payload.account_id -> accounts.id` for a value inside a JSON column, and
//! `reader_ids[] -> accounts.id` for each element of a list. A name that is no
//! plain word stands in double quotes: `"order no" -> "Order"."no"`.

use std::fmt;

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
    `actor_id -> accounts.id`, `reader_ids[] -> accounts.id` or \
    `\"(a, b) -> orders(a, b)\"`; brackets need quotes inside `{ }`";
const INCOMING_HELP: &str = "write `accounts.tenant_id`, `albums.photo_ids[]` or \
    `\"orders(tenant_id, number)\"`";

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
        .filter_map(|item| reader.parsed(item, "`table.column`", INCOMING_HELP, pointing))
        .collect()
}

fn edge(reader: &mut Reader<'_>, entry: &Entry) -> Option<Edge> {
    let edge = reader.parsed(entry, "an edge", EDGE_HELP, parse)?;
    let is_inside = edge.is_list || edge.from.iter().any(|from| !from.path.is_empty());
    if edge.to.is_none() && is_inside {
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
    let mut words = Words { rest: text };
    let mut is_list = false;
    let from = match words.names() {
        Some(columns) => columns.iter().map(|column| whole(column)).collect(),
        None => {
            let mut parts = words.dotted()?;
            is_list = words.takes("[]");
            let column = parts.remove(0);
            vec![ColumnPath {
                column,
                path: parts,
            }]
        }
    };
    let to = if words.takes("->") {
        Some(words.target()?)
    } else {
        None
    };
    let fits = to.as_ref().is_none_or(|to| to.columns.len() == from.len());
    (fits && words.is_over()).then_some(Edge {
        from,
        to,
        when: None,
        is_list,
    })
}

/// `accounts.tenant_id`, `orders(tenant_id, number)`, or `albums.photo_ids[]`
/// for each element of a list.
fn pointing(text: &str) -> Option<Incoming> {
    let mut words = Words { rest: text };
    let Target { table, columns } = words.target()?;
    let is_list = words.takes("[]");
    let fits = !is_list || columns.len() == 1;
    (fits && words.is_over()).then_some(Incoming {
        table,
        columns,
        is_list,
    })
}

fn whole(column: &str) -> ColumnPath {
    ColumnPath {
        column: column.to_owned(),
        path: Vec::new(),
    }
}

/// What is left of a text to read.
struct Words<'a> {
    rest: &'a str,
}

impl Words<'_> {
    /// Goes on behind a mark, if it comes next.
    fn takes(&mut self, mark: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(mark);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn is_over(&self) -> bool {
        self.rest.trim().is_empty()
    }

    fn name(&mut self) -> Option<String> {
        let text = self.rest.trim_start();
        if let Some(inner) = text.strip_prefix('"') {
            return self.quoted(inner);
        }
        // `a->b` is an arrow, `a-b` a name.
        let arrow = text.find("->").unwrap_or(text.len());
        let end = text.find(|own: char| !is_plain(own)).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end.min(arrow))?;
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// A name up to the quote that ends it; two quotes stand for one.
    fn quoted(&mut self, inner: &str) -> Option<String> {
        let mut name = String::new();
        let mut left = inner;
        loop {
            let (part, rest) = left.split_once('"')?;
            name.push_str(part);
            match rest.strip_prefix('"') {
                Some(more) => {
                    name.push('"');
                    left = more;
                }
                None => {
                    let behind = self.rest.len() - rest.len();
                    self.rest = self.rest.split_at_checked(behind)?.1;
                    return (!name.is_empty()).then_some(name);
                }
            }
        }
    }

    /// `a.b.c`.
    fn dotted(&mut self) -> Option<Vec<String>> {
        let mut names = vec![self.name()?];
        while self.takes(".") {
            names.push(self.name()?);
        }
        Some(names)
    }

    /// `(a, b)`; `None`, and nothing read, where there is no bracket.
    fn names(&mut self) -> Option<Vec<String>> {
        let before = self.rest;
        let names = self.bracketed();
        if names.is_none() {
            self.rest = before;
        }
        names
    }

    fn bracketed(&mut self) -> Option<Vec<String>> {
        if !self.takes("(") {
            return None;
        }
        let mut names = vec![self.name()?];
        while self.takes(",") {
            names.push(self.name()?);
        }
        self.takes(")").then_some(names)
    }

    fn target(&mut self) -> Option<Target> {
        let mut table = self.dotted()?;
        let columns = match self.names() {
            Some(columns) => columns,
            None if table.len() > 1 => vec![table.pop()?],
            None => return None,
        };
        Some(Target {
            table: table.join("."),
            columns,
        })
    }
}

fn is_plain(own: char) -> bool {
    own.is_alphanumeric() || matches!(own, '_' | '-' | '$')
}

/// A name as it stands in an edge.
struct Written<'a>(&'a str);

impl fmt::Display for Written<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.chars().all(is_plain) && !self.0.ends_with('-') {
            return formatter.write_str(self.0);
        }
        write!(formatter, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

fn brackets(formatter: &mut fmt::Formatter<'_>, columns: &[String]) -> fmt::Result {
    let columns: Vec<String> = columns.iter().map(|own| Written(own).to_string()).collect();
    write!(formatter, "({})", columns.join(", "))
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Written(&self.table).fmt(formatter)?;
        match self.columns.as_slice() {
            [only] => write!(formatter, ".{}", Written(only)),
            columns => brackets(formatter, columns),
        }
    }
}

impl fmt::Display for ColumnPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Written(&self.column).fmt(formatter)?;
        for key in &self.path {
            write!(formatter, ".{}", Written(key))?;
        }
        Ok(())
    }
}

/// As a map has it, without its condition.
impl fmt::Display for Edge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.from.as_slice() {
            [only] => write!(formatter, "{only}")?,
            paths => {
                let columns: Vec<String> = paths.iter().map(|own| own.column.clone()).collect();
                brackets(formatter, &columns)?;
            }
        }
        if self.is_list {
            formatter.write_str("[]")?;
        }
        match &self.to {
            Some(to) => write!(formatter, " -> {to}"),
            None => Ok(()),
        }
    }
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

        let list = parse("payload.readers[] -> accounts.id").unwrap();
        assert!(list.is_list);
        assert_eq!(list.from[0].path, ["readers"]);
        assert!(!parse("actor_id->accounts.id").unwrap().is_list);
    }

    #[test]
    fn names_that_are_no_words_stand_in_quotes() {
        let odd = parse(r#""order no" -> "Order ""x""".""a.b""#);
        assert_eq!(odd, None);
        let odd = parse(r#""order no" -> "Order ""x"""."a.b""#).unwrap();
        assert_eq!(odd.from[0].column, "order no");
        let to = odd.to.unwrap();
        assert_eq!(
            (to.table.as_str(), to.columns),
            (r#"Order "x""#, vec!["a.b".to_owned()])
        );
    }

    #[test]
    fn an_edge_is_read_as_it_is_written() {
        for text in [
            "account_id",
            "actor_id -> accounts.id",
            "(a, b) -> orders(c, d)",
            "payload.user.id -> accounts.id",
            "reader_ids[] -> accounts.id",
            "payload.\"the readers\"[] -> accounts.id",
            "\"from -> to\" -> \"a \"\"b\"\"\".id",
            "(\"a, b\", select) -> \"Order\"(\"(\", c)",
            "\"a-\" -> b.c",
        ] {
            let edge = parse(text).unwrap_or_else(|| panic!("{text}"));
            let written = edge.to_string().replace("\"Order\"", "Order");
            assert_eq!(written, text.replace("\"Order\"", "Order"), "{edge:?}");
            assert_eq!(parse(&edge.to_string()), Some(edge));
        }
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
            "a[]b",
            "(a)[] -> b.c",
            "\"a",
            "\"\" -> b.c",
            "a -> b.c d",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
