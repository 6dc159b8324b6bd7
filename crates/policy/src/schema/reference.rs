//! The tables as a page for people: `docs/reference/candor-yaml.md`.

use std::fmt::Write as _;

use super::{Key, Kind, Rule, Shape};
use crate::promise::Family;
use crate::{maps, sections, words};

const TOP: &str = "# candor.yaml\n\n\
    *Generated from the tables the compiler reads with: don't edit. `cargo xtask generated \
    --write` makes it again.*\n\n\
    What the declaration may hold, section by section. Each entry of a section is a promise, whose \
    id is its family and its name: `retention.invoices` is `retain.invoices`. A key in **bold** \
    must be there. An editor completes and checks the file with the schema beside this page, \
    [`candor.schema.json`](candor.schema.json), if the file begins with \
    `# yaml-language-server: $schema=…`; for maps it is [`map.schema.json`](map.schema.json).\n\n\
    Periods are written as people say them: `90 days`, `seven working days`, `24 hours`, \
    `1 month`. Where a list is allowed, a single value may stand without brackets. In words of a \
    fixed list, spaces and hyphens may stand for underscores. `${NAME}` stands for an environment \
    variable.\n";

/// The reference page of `candor.yaml` and the maps, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(TOP);
    page.push_str("\n## The whole\n\n");
    table(&mut page, sections::SHAPE.keys);
    let mut shown: Vec<&str> = Vec::new();
    for key in sections::SHAPE.keys {
        if let Some(shape) = shape_of(key.kind) {
            heading(&mut page, key);
            shapes(&mut page, shape, &mut shown, false);
        }
    }
    page.push_str("\n## Maps\n\n");
    let _ = writeln!(page, "{}\n", maps::SHAPE.about);
    shapes(&mut page, &maps::SHAPE, &mut shown, false);
    page
}

fn heading(page: &mut String, key: &Key) {
    let _ = write!(page, "\n## {}\n\n{}", key.name, key.about);
    let families: Vec<String> = Family::ALL
        .iter()
        .filter(|family| family.section() == key.name)
        .map(|family| format!("`{}`", family.key()))
        .collect();
    if !families.is_empty() {
        let _ = write!(page, " Promises: {}.", families.join(", "));
    }
    if matches!(key.kind, Kind::Closable(_)) {
        page.push_str(" `only: true` beside the entries says that the list is complete.");
    }
    page.push_str("\n\n");
}

/// A shape's table, and those of the shapes in it that weren't shown yet.
fn shapes(page: &mut String, shape: &'static Shape, shown: &mut Vec<&'static str>, inner: bool) {
    if shown.contains(&shape.name) {
        return;
    }
    shown.push(shape.name);
    if inner {
        let _ = write!(page, "\n### {}\n\n{}\n\n", title(shape), shape.about);
    }
    table(page, shape.keys);
    for one in shape.rules {
        let _ = write!(page, "\n{}\n", rule(*one));
    }
    for key in shape.keys {
        if let Some(inner) = shape_of(key.kind) {
            shapes(page, inner, shown, true);
        }
    }
}

fn rule(rule: Rule) -> String {
    let list = |keys: &[&str]| {
        let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        words::list(&keys)
    };
    match rule {
        Rule::One(keys) => format!("Exactly one of {} must be there.", list(keys)),
        Rule::Some(keys) => format!("At least one of {} must be there.", list(keys)),
        Rule::NotBoth(keys) => format!("{} exclude one another.", list(&keys)),
        Rule::Needs(key, needed) => format!("`{key}` needs {}.", list(needed)),
        Rule::NeedsWhere { key, word, needed } => format!("`{key}: {word}` needs `{needed}`."),
    }
}

fn title(shape: &Shape) -> String {
    let article = if shape.name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "An"
    } else {
        "A"
    };
    format!("{article} {}", shape.name)
}

fn table(page: &mut String, keys: &[Key]) {
    page.push_str("| Key | Value | What it says |\n|---|---|---|\n");
    for key in keys {
        let name = if key.required {
            format!("**`{}`**", key.name)
        } else {
            format!("`{}`", key.name)
        };
        let _ = writeln!(page, "| {name} | {} | {} |", value(key.kind), key.about);
    }
}

/// The shape of a key's value or of the entries under it.
fn shape_of(kind: Kind) -> Option<&'static Shape> {
    match kind {
        Kind::Map(shape) => Some(shape),
        Kind::Many(inner)
        | Kind::List(inner)
        | Kind::Named(inner)
        | Kind::Free(inner)
        | Kind::Closable(inner) => shape_of(*inner),
        Kind::Either(one, other) => shape_of(*one).or_else(|| shape_of(*other)),
        _ => None,
    }
}

fn value(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Count => "a whole number".to_owned(),
        Kind::Period => "a period".to_owned(),
        Kind::Every => "`day`, `week`, … or a period".to_owned(),
        Kind::Date => "a date: `2027-06-01`".to_owned(),
        Kind::Email => "an e-mail address".to_owned(),
        Kind::Variable => "a variable: `${NAME}`".to_owned(),
        Kind::Country => "a country: `FR`".to_owned(),
        Kind::Place => "a country or region: `FR`, `CH-ZH`".to_owned(),
        Kind::Address => "an address: `https://…`".to_owned(),
        Kind::Word(words) => {
            let words: Vec<String> = words().iter().map(|word| format!("`{word}`")).collect();
            words.join(", ")
        }
        Kind::Name(section) => format!("a name of `{section}`"),
        Kind::Category => "a [data category](../diagnostics/cnd0208.md)".to_owned(),
        Kind::Purpose => "a [purpose](../diagnostics/cnd0208.md) of the vocabulary".to_owned(),
        Kind::Many(inner) => format!("{}; one or a list", value(*inner)),
        Kind::List(inner) => format!("a list, each {}", value(*inner)),
        Kind::Either(one, other) => format!("{}; or {}", value(*one), value(*other)),
        Kind::Map(shape) => format!("a map: {}", shape.name),
        Kind::Named(inner) | Kind::Closable(inner) => format!("names, each with {}", value(*inner)),
        Kind::Free(inner) => format!("names of the database, each with {}", value(*inner)),
    }
}
