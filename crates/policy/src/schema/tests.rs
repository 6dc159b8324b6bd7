//! The tables and the reader agree: every key is read, by what its table says
//! it holds, and by nothing else.

use super::*;
use crate::{Bundle, compile, maps, sections};

/// Findings that say that something could not be read.
const UNREAD: [&str; 7] = [
    "CND0101", "CND0201", "CND0202", "CND0203", "CND0204", "CND0205", "CND0208",
];
/// A value of a shape that no key of the language has.
const WRONG: &str = "[[[]]]";

/// One key: where it stands, and how to write a file around it.
struct Case {
    path: String,
    kind: Kind,
    around: Box<dyn Fn(&str) -> String>,
}

/// Every key of a shape and of the shapes within, each in the smallest map
/// that may hold it.
fn cases(shape: &'static Shape, path: &str, around: &dyn Fn(&str) -> String) -> Vec<Case> {
    let mut found = Vec::new();
    for key in shape.keys {
        let rest = beside(shape, key.name);
        let before = format!("{rest}{}: ", key.name);
        let (start, end) = split(around);
        let path = format!("{path}.{}", key.name);
        let (own_start, own_end) = (format!("{start}{{ {before}"), format!(" }}{end}"));
        for (inner, open, close) in inner(key.kind) {
            let within = |text: &str| format!("{own_start}{open}{text}{close}{own_end}");
            found.extend(cases(inner, &path, &within));
        }
        found.push(Case {
            path,
            kind: key.kind,
            around: Box::new(move |value| format!("{own_start}{value}{own_end}")),
        });
    }
    found
}

/// What stands before and after a value.
fn split(around: &dyn Fn(&str) -> String) -> (String, String) {
    let (start, end) = ("\u{1}", around("\u{1}"));
    let (before, after) = end.split_once(start).unwrap();
    (before.to_owned(), after.to_owned())
}

/// The keys that a key needs beside it.
fn beside(shape: &Shape, name: &str) -> String {
    let mut wanted: Vec<&str> = Vec::new();
    for key in shape.keys.iter().filter(|key| key.required) {
        wanted.push(key.name);
    }
    for rule in shape.rules {
        match *rule {
            Rule::Needs(key, needed) if key == name => wanted.extend(needed),
            Rule::NeedsWhere { key, needed, .. } if key == name => wanted.push(needed),
            // What is read only beside another key.
            Rule::Needs(key, needed) if needed.contains(&name) => {
                wanted.push(key);
                wanted.extend(needed);
                break;
            }
            _ => {}
        }
    }
    wanted.retain(|other| *other != name);
    let find = |name: &str| shape.keys.iter().find(|key| key.name == name).unwrap();
    wanted
        .iter()
        .map(|name| format!("{name}: {}, ", examples(find(name).kind)[0]))
        .collect()
}

/// The shapes a value may have inside, with what opens and closes them.
fn inner(kind: Kind) -> Vec<(&'static Shape, &'static str, &'static str)> {
    match kind {
        Kind::Map(shape) => vec![(shape, "", "")],
        Kind::Named(Kind::Map(shape)) | Kind::Closable(Kind::Map(shape)) => {
            vec![(shape, "{ one: ", " }")]
        }
        Kind::Free(Kind::Map(shape)) => vec![(shape, "{ one: ", " }")],
        Kind::Free(Kind::Either(_, Kind::Map(shape))) => vec![(shape, "{ one: ", " }")],
        Kind::List(Kind::Map(shape)) => vec![(shape, "[", "]")],
        Kind::Many(inner_kind) => inner(*inner_kind),
        Kind::Either(one, other) => [inner(*one), inner(*other)].concat(),
        _ => Vec::new(),
    }
}

/// Every way to write a value.
fn examples(kind: Kind) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match kind {
        // A column of a table too, where one is asked for.
        Kind::Text => one("one.two"),
        Kind::Flag => vec!["true".to_owned(), "false".to_owned()],
        Kind::Count => one("16"),
        Kind::Period => one("seven working days"),
        Kind::Every => vec!["day".to_owned(), "90 days".to_owned()],
        Kind::Date => one("2027-06-01"),
        Kind::Email => one("a@b.example"),
        Kind::Variable => one("${NAME}"),
        Kind::Country => one("FR"),
        Kind::Place => vec!["FR".to_owned(), "CH-ZH".to_owned()],
        Kind::Address => vec!["/page".to_owned(), "https://a.example/b".to_owned()],
        Kind::Word(words) => words().into_iter().map(str::to_owned).collect(),
        Kind::Name(_) => one("name"),
        Kind::Category => one("contact.email"),
        Kind::Purpose => one("marketing.email"),
        Kind::Many(item) => {
            let items = examples(*item);
            let list = format!("[{}]", items.join(", "));
            items.into_iter().chain([list]).collect()
        }
        Kind::List(item) => vec![format!("[{}]", examples(*item).join(", "))],
        Kind::Either(first, second) => [examples(*first), examples(*second)].concat(),
        Kind::Map(shape) => {
            let needed: Vec<Rule> = shape.rules.to_vec();
            let first = needed.iter().find_map(|rule| match rule {
                Rule::One(keys) | Rule::Some(keys) => keys.first(),
                _ => None,
            });
            let name = first.copied().unwrap_or(shape.keys[0].name);
            let kind = shape.keys.iter().find(|key| key.name == name).unwrap().kind;
            let rest = beside(shape, name);
            vec![format!("{{ {rest}{name}: {} }}", examples(kind)[0])]
        }
        Kind::Named(item) | Kind::Free(item) => each(*item, ""),
        Kind::Closable(item) => each(*item, "only: true, "),
    }
}

fn each(item: Kind, before: &str) -> Vec<String> {
    let items = examples(item);
    let named = items
        .iter()
        .map(|item| format!("{{ {before}one: {item} }}"));
    named.collect()
}

/// What could not be read in a declaration, or in a map.
fn unread(declaration: &str, map: &str) -> Vec<String> {
    let bundle = Bundle::new([
        ("candor.yaml".to_owned(), declaration.to_owned()),
        ("map.yaml".to_owned(), map.to_owned()),
        ("one.two".to_owned(), map.to_owned()),
    ]);
    let found = compile(&bundle).diagnostics.into_iter();
    let unread = found.filter(|found| UNREAD.contains(&found.code));
    unread
        .map(|found| format!("{} {}", found.code, found.message))
        .collect()
}

fn check(all: Vec<Case>, unread: impl Fn(&str) -> Vec<String>) {
    for case in all {
        for value in examples(case.kind) {
            let file = (case.around)(&value);
            assert_eq!(unread(&file), Vec::<String>::new(), "{}: {file}", case.path);
        }
        let file = (case.around)(WRONG);
        assert_ne!(unread(&file), Vec::<String>::new(), "{}: {file}", case.path);
    }
}

const MAP: &str = "tables: { a: { columns: { id: key } } }";

#[test]
fn every_key_of_the_declaration_is_read_as_its_table_says() {
    let all = cases(&sections::SHAPE, "", &str::to_owned);
    assert!(all.len() > 180, "{}", all.len());
    // Language tags and files are names of their own kind.
    let read_otherwise = [".text", ".include"];
    let all = all
        .into_iter()
        .filter(|case| !read_otherwise.contains(&case.path.as_str()))
        .collect();
    check(all, |file| {
        let file = file.replace("text: { one: one.two }", "text: { en: map.yaml }");
        unread(&file, MAP)
    });
}

#[test]
fn every_key_of_a_map_is_read_as_its_table_says() {
    let declaration = "{ candor: 1, organisation: { name: A, country: FR, contact: { email: \
                       a@b.example } }, text: { en: one.two }, sources: { app: { kind: sqlite, \
                       url: x, map: map.yaml } } }";
    let all = cases(&maps::SHAPE, "", &str::to_owned);
    assert!(all.len() > 15, "{}", all.len());
    check(all, |file| unread(declaration, file));
}

#[test]
fn shapes_have_names_of_their_own() {
    fn walk(shape: &'static Shape, seen: &mut Vec<(&'static str, &'static str)>) {
        if seen.contains(&(shape.name, shape.about)) {
            return;
        }
        let taken = seen.iter().any(|(name, _)| *name == shape.name);
        assert!(!taken, "{}", shape.name);
        seen.push((shape.name, shape.about));
        for key in shape.keys {
            assert!(key.about.ends_with('.'), "{}", key.about);
            for (inner, _, _) in inner(key.kind) {
                walk(inner, seen);
            }
        }
    }
    let mut seen = Vec::new();
    walk(&sections::SHAPE, &mut seen);
    walk(&maps::SHAPE, &mut seen);
    assert!(seen.len() > 25, "{}", seen.len());
}
