//! What was imported, as files. At the end of each stands what has no place in
//! Candor, key by key, with lines and values.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::dataset::{Column, Dataset, Table};
use super::leaves::Lost;
use super::system::{Declared, Purpose, Vendor};
use super::terms::Category;
use crate::yaml::{flat, quoted};

/// A dataset as a map.
pub(super) fn map(dataset: &Dataset, lost: &[Lost]) -> String {
    let mut yaml = String::new();
    put(
        &mut yaml,
        format_args!("# From the dataset `{}` of Fides.", flat(&dataset.key)),
    );
    for line in &dataset.about {
        put(&mut yaml, format_args!("# {}", flat(line)));
    }
    let (tables, ignored): (Vec<&Table>, Vec<&Table>) = dataset
        .tables
        .iter()
        .partition(|table| table.is_personal() || !table.identities.is_empty());
    match tables.is_empty() {
        true => yaml.push_str("tables: {}\n"),
        false => yaml.push_str("tables:\n"),
    }
    for one in tables {
        table(&mut yaml, one);
    }
    if !ignored.is_empty() {
        yaml.push_str(
            "# Fides names no personal data in these; what it says of them stands below each.\n",
        );
        yaml.push_str("ignored:\n");
        for one in ignored {
            put(&mut yaml, format_args!("  - {}", key(&one.name)));
            let mut said = String::new();
            table(&mut said, one);
            for line in said.lines() {
                put(&mut yaml, format_args!("  # {line}"));
            }
        }
    }
    left(&mut yaml, lost);
    yaml
}

fn table(yaml: &mut String, table: &Table) {
    if let Some(description) = &table.description {
        put(yaml, format_args!("  # {}", flat(description)));
    }
    put(yaml, format_args!("  {}:", key(&table.name)));
    if !table.identities.is_empty() {
        match table.subjects.as_slice() {
            [] => put(yaml, format_args!("    about: person")),
            [only] => put(yaml, format_args!("    about: {}", key(only))),
            several => put(
                yaml,
                format_args!("    # about: … one of {}", several.join(", ")),
            ),
        }
        let identities = table.identities.iter();
        let identities: Vec<String> = identities
            .map(|(kind, column)| format!("{}: {}", key(kind), key(column)))
            .collect();
        put(
            yaml,
            format_args!("    identities: {{ {} }}", identities.join(", ")),
        );
    }
    for (name, edges) in [("owned_by", &table.owned_by), ("last_of", &table.last_of)] {
        if !edges.is_empty() {
            let edges: Vec<String> = edges.iter().map(|edge| quoted(edge)).collect();
            put(yaml, format_args!("    {name}: [{}]", edges.join(", ")));
        }
    }
    if !table.keeps.is_empty() {
        let keeps: Vec<String> = table
            .keeps
            .iter()
            .map(|from| key(from) + ": keep")
            .collect();
        put(
            yaml,
            format_args!("    references: {{ {} }}", keeps.join(", ")),
        );
    }
    if table.deletes {
        put(yaml, format_args!("    on_erasure: delete"));
    }
    let known = |column: &&Column| column.content != Category::Unknown;
    match table.columns.iter().any(|column| known(&column)) {
        true => put(yaml, format_args!("    columns:")),
        false => put(yaml, format_args!("    columns: {{}}")),
    }
    for one in &table.columns {
        column(yaml, one);
    }
}

fn column(yaml: &mut String, column: &Column) {
    let name = key(&column.name);
    let about = match &column.description {
        Some(description) => format!("  # {}", flat(description)),
        None => String::new(),
    };
    let content = match column.content {
        Category::Plain => "plain",
        Category::Key => "key",
        Category::Personal { key, .. } => key,
        Category::Unknown => {
            let erased = column.erased.as_deref().map(quoted);
            let erased = erased.map_or_else(String::new, |erased| format!(", erased: {erased}"));
            return put(
                yaml,
                format_args!("      # {name}: … Fides doesn't say what it is{erased}{about}"),
            );
        }
    };
    match &column.erased {
        Some(erased) => put(
            yaml,
            format_args!(
                "      {name}: {{ category: {content}, erased: {} }}{about}",
                quoted(erased)
            ),
        ),
        None => put(yaml, format_args!("      {name}: {content}{about}")),
    }
}

/// What systems declare, as a part of the declaration.
pub(super) fn declaration(
    declared: &Declared,
    people: &BTreeMap<String, Vec<String>>,
    sources: &[(String, String)],
    organisation: &[String],
    lost: &[Lost],
) -> String {
    let mut yaml = String::from(
        "# From the systems and datasets of Fides. `include: fides.yaml` in candor.yaml makes\n\
         # it a part of the declaration. What stands as `…` Fides doesn't say.\n",
    );
    for line in organisation {
        put(&mut yaml, format_args!("# organisation: {}", flat(line)));
    }
    for line in &declared.own {
        put(&mut yaml, format_args!("# own system: {}", flat(line)));
    }
    if !sources.is_empty() {
        yaml.push_str("\n# sources:\n");
    }
    for (name, map) in sources {
        let variable = name.to_uppercase();
        put(
            &mut yaml,
            format_args!(
                "#   {name}: {{ kind: …, url: ${{{variable}_DATABASE_URL}}, map: {map} }}"
            ),
        );
    }
    section(&mut yaml, "people", people.iter(), |(name, kinds)| {
        format!(
            "{}: {{ known_by: [{}] }}  # role: … controller or processor{}",
            key(name),
            kinds
                .iter()
                .map(|kind| key(kind))
                .collect::<Vec<_>>()
                .join(", "),
            if kinds.is_empty() {
                ", and known_by"
            } else {
                ""
            },
        )
    });
    section(&mut yaml, "purposes", declared.purposes.iter(), purpose);
    section(&mut yaml, "data", declared.data.iter(), |(name, datum)| {
        format!(
            "{name}: {{ category: {}, of: [{}], for: [{}] }}",
            datum.category,
            datum.of.join(", "),
            datum.purposes.join(", ")
        )
    });
    section(&mut yaml, "vendors", declared.vendors.iter(), vendor);
    section(
        &mut yaml,
        "retention",
        declared.retention.iter(),
        |(name, (period, data))| {
            format!("{name}: {{ for: {period}, covers: [{}] }}", data.join(", "))
        },
    );
    left(&mut yaml, lost);
    yaml
}

fn vendor((name, vendor): (&String, &Vendor)) -> String {
    let mut fields = vec![
        format!("name: {}", quoted(&vendor.name)),
        format!("for: [{}]", vendor.purposes.join(", ")),
    ];
    if !vendor.receives.is_empty() {
        fields.push(format!("receives: [{}]", vendor.receives.join(", ")));
    }
    let words = [("role", vendor.role), ("transfer", vendor.transfer)];
    let words = words
        .into_iter()
        .filter_map(|(key, word)| Some((key, word?)));
    fields.extend(words.map(|(key, word)| format!("{key}: {word}")));
    let about = vendor.description.as_ref();
    let about = about.map_or_else(String::new, |about| format!("  # {}", flat(about)));
    format!("{name}: {{ {} }}{about}", fields.join(", "))
}

fn purpose((name, purpose): (&String, &Purpose)) -> String {
    let mut fields = Vec::new();
    let mut open = Vec::new();
    match purpose.basis {
        Some(basis) => fields.push(format!("basis: {basis}")),
        None => open.push("basis: …".to_owned()),
    }
    match &purpose.is {
        Ok(is) => fields.push(format!("is: {is}")),
        Err(term) => open.push(format!("is: … Fides says `{}`", flat(term))),
    }
    if let Some(about) = &purpose.about {
        fields.push(format!("about: {}", quoted(about)));
    }
    let open = match open.is_empty() {
        true => String::new(),
        false => format!("  # {}", open.join("; ")),
    };
    format!("{name}: {{ {} }}{open}", fields.join(", "))
}

fn section<T>(
    yaml: &mut String,
    name: &str,
    entries: impl Iterator<Item = T>,
    write: impl Fn(T) -> String,
) {
    let mut entries = entries.peekable();
    if entries.peek().is_some() {
        put(yaml, format_args!("\n{name}:"));
    }
    for entry in entries {
        put(yaml, format_args!("  {}", write(entry)));
    }
}

/// What has no place, by key.
fn left(yaml: &mut String, lost: &[Lost]) {
    let mut keys: BTreeMap<(&str, &str, Option<&str>), Vec<&Lost>> = BTreeMap::new();
    for one in lost {
        let key = (one.resource.as_str(), one.key.as_str(), one.why.as_deref());
        keys.entry(key).or_default().push(one);
    }
    if keys.is_empty() {
        return;
    }
    yaml.push_str("\n# Without a place in Candor:\n");
    for ((resource, key, why), all) in keys {
        let why = why.map_or_else(String::new, |why| format!(" ({why})"));
        put(yaml, format_args!("# - {resource}, {key}{why}:"));
        for one in all {
            let (line, value) = (one.line, flat(&one.value));
            put(yaml, format_args!("#     line {line}: {value}"));
        }
    }
}

/// A key as YAML reads it: in quotation marks unless it is a plain word.
fn key(name: &str) -> String {
    let plain = name
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let word = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    match plain && !word.contains(&name.to_lowercase().as_str()) {
        true => name.to_owned(),
        false => quoted(name),
    }
}

fn put(yaml: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to memory can't fail.
    let _ = writeln!(yaml, "{line}");
}
