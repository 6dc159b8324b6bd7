//! A draft as a map writes it. Pure. A line that is not a comment is a fact
//! with its reason behind it; a line that begins with `# ?` is a question.

use std::fmt::Write as _;

use candor_policy::map::{Edge, ReferenceAction};

use super::{DraftColumn, DraftTable, Grade, Reason};

/// What stands above a new map.
pub(super) const HEAD: &str = "\
# Drafted from the database. Behind each line stands why: `proven` where the
# database says so or names, types and sampled values agree, `weak` where a
# name or type alone does. A line that begins with `# ?` asks you something:
# the source is refused until its columns are mapped.
";

/// Reasons that go without saying.
const PLAIN: [&str; 2] = ["by its type", "primary key"];

/// A table's block, indented as one under `tables:`.
pub(super) fn table(name: &str, table: &DraftTable) -> String {
    let mut text = format!("  {}:\n", scalar(name));
    for question in &table.questions {
        push(&mut text, 4, &self::question(question));
    }
    for note in &table.notes {
        push(&mut text, 4, &format!("# {note}"));
    }
    if let Some((kind, reason)) = &table.about {
        push(
            &mut text,
            4,
            &format!("about: {}{}", scalar(kind), behind(reason)),
        );
    }
    if !table.identities.is_empty() {
        let pairs: Vec<String> = table
            .identities
            .iter()
            .map(|(kind, column)| format!("{}: {}", scalar(kind), scalar(column)))
            .collect();
        push(
            &mut text,
            4,
            &format!("identities: {{ {} }}", pairs.join(", ")),
        );
    }
    if !table.owned_by.is_empty() {
        push(&mut text, 4, "owned_by:");
        for (edge, reason) in &table.owned_by {
            push(
                &mut text,
                6,
                &format!("- {}{}", owner(edge), behind(reason)),
            );
        }
    }
    if !table.references.is_empty() {
        push(&mut text, 4, "references:");
        for (edge, action, reason) in &table.references {
            push(
                &mut text,
                6,
                &format!("- {}{}", reference(edge, *action), behind(reason)),
            );
        }
    }
    let settled = table.columns.iter().any(DraftColumn::is_settled);
    push(
        &mut text,
        4,
        if settled { "columns:" } else { "columns: {}" },
    );
    for column in &table.columns {
        push(&mut text, 6, &self::column(column));
    }
    text
}

/// A column's line: a fact, or a question.
pub(super) fn column(column: &DraftColumn) -> String {
    let name = scalar(&column.name);
    match &column.content {
        Some(content) if column.is_settled() => {
            format!("{name}: {content}{}", behind(&column.reason))
        }
        content => {
            // Quoted, so that it is told from a question about the table.
            let name = if name.contains(' ') {
                quoted(&column.name)
            } else {
                name
            };
            let content = content.as_deref().unwrap_or("?");
            format!("# ? {name}: {content}  # {}", column.reason.why)
        }
    }
}

/// A question about a table.
pub(super) fn question(question: &str) -> String {
    format!("# ? {question}")
}

/// An ignored table in a list.
pub(super) fn ignored(name: &str, why: &str) -> String {
    format!("- {}  # {why}", scalar(name))
}

/// An edge in `owned_by`.
pub(super) fn owner(edge: &Edge) -> String {
    match &edge.when {
        Some(when) => format!(
            "{{ edge: {}, when: {{ {}: {} }} }}",
            scalar(&edge.to_string()),
            scalar(&when.column),
            scalar(&when.value)
        ),
        None => scalar(&edge.to_string()),
    }
}

/// An edge in `references`.
pub(super) fn reference(edge: &Edge, action: ReferenceAction) -> String {
    let mut text = format!(
        "{{ edge: {}, action: {}",
        scalar(&edge.to_string()),
        word(action)
    );
    if let Some(when) = &edge.when {
        let _ = write!(
            text,
            ", when: {{ {}: {} }}",
            scalar(&when.column),
            scalar(&when.value)
        );
    }
    text.push_str(" }");
    text
}

pub(super) const fn word(action: ReferenceAction) -> &'static str {
    match action {
        ReferenceAction::Unlink => "unlink",
        ReferenceAction::Keep => "keep",
    }
}

/// A reason, as a comment at the end of a line.
pub(super) fn behind(reason: &Reason) -> String {
    if reason.grade != Grade::Undetermined && PLAIN.contains(&reason.why.as_str()) {
        return String::new();
    }
    format!("  # {}: {}", reason.grade, reason.why)
}

/// A text as YAML: bare where nothing in it could be read as anything else.
pub(super) fn scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let bare = starts
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
        && text.chars().all(|own| {
            own.is_ascii_alphanumeric() || matches!(own, '_' | '-' | '.' | ' ' | '>' | '$')
        });
    if bare {
        return text.to_owned();
    }
    quoted(text)
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            own if own.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(own));
            }
            own => quoted.push(own),
        }
    }
    quoted.push('"');
    quoted
}

fn push(text: &mut String, indent: usize, line: &str) {
    let _ = writeln!(text, "{:indent$}{line}", "");
}

impl DraftColumn {
    /// Whether it is written as a fact.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.reason.grade != Grade::Undetermined && self.content.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_yaml_would_read_something_else() {
        for (text, written) in [
            ("orders", "orders"),
            ("actor_id -> accounts.id", "actor_id -> accounts.id"),
            ("(a, b)", "\"(a, b)\""),
            ("true", "\"true\""),
            ("7", "\"7\""),
            ("App\\Models\\User", "\"App\\\\Models\\\\User\""),
            ("a: b", "\"a: b\""),
        ] {
            assert_eq!(scalar(text), written);
        }
    }
}
