//! A difference between two versions, for people: what matters first, each
//! promise once, what stays the same only counted. [`json()`] is the same for
//! programs.

use std::fmt::Write as _;

use crate::diff::{Change, Diff, Direction, Presence};
use crate::words::{list, plain};

/// The groups, in the order they matter to a person, each with its heading.
pub const GROUPS: [(Direction, &str); 4] = [
    (Direction::Weaker, "Weaker"),
    (
        Direction::Incomparable,
        "Neither weaker nor stronger by any rule",
    ),
    (Direction::Stronger, "Stronger"),
    (Direction::Equal, "Said differently, promising the same"),
];

/// The difference as plain text, ending with a line break.
///
/// ```
/// # use candor_policy::charter::Charter;
/// use candor_policy::{diff, render};
///
/// # fn print(before: &Charter, after: &Charter) {
/// println!("{}", render::changes::text(&diff::diff(before, after)));
/// # }
/// ```
#[must_use]
pub fn text(diff: &Diff) -> String {
    let mut page = headline(diff);
    page.push('\n');
    for (direction, title) in GROUPS {
        let changes: Vec<&Change> = diff.of(direction).collect();
        if changes.is_empty() {
            continue;
        }
        // Writing to a `String` can't fail.
        let _ = write!(page, "\n{title}\n");
        for change in changes {
            promise(&mut page, change);
        }
    }
    consequences(&mut page, diff);
    page
}

/// The difference as JSON, indented; its fields are those of [`Diff`].
#[must_use]
pub fn json(diff: &Diff) -> String {
    // Texts and numbers only: serialising them can't fail.
    serde_json::to_string_pretty(diff).unwrap_or_default()
}

/// The difference in one sentence: `2 promises are weaker, 1 is stronger; 48
/// are the same.`
#[must_use]
pub fn headline(diff: &Diff) -> String {
    let same = diff.unchanged();
    let counts = [
        (diff.of(Direction::Weaker).count(), "weaker"),
        (
            diff.of(Direction::Incomparable).count(),
            "changed without an order",
        ),
        (diff.of(Direction::Stronger).count(), "stronger"),
        (diff.of(Direction::Equal).count(), "said differently"),
    ];
    let mut parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", promises(count)))
        .collect();
    if parts.is_empty() {
        return format!("No promise changed; {} the same.", promises(same));
    }
    // Only the first names what is counted.
    for part in parts.iter_mut().skip(1) {
        *part = part
            .replacen("promises ", "", 1)
            .replacen("promise ", "", 1);
    }
    let same = promises(same)
        .replacen("promises ", "", 1)
        .replacen("promise ", "", 1);
    format!("{}; {same} the same.", parts.join(", "))
}

fn promises(count: usize) -> String {
    match count {
        1 => "1 promise is".to_owned(),
        count => format!("{count} promises are"),
    }
}

fn promise(page: &mut String, change: &Change) {
    let mark = match change.presence {
        Presence::New => " (new)",
        Presence::Gone => " (gone)",
        Presence::Both => "",
    };
    let _ = writeln!(page, "  {}{mark}: {}", change.promise, change.summary);
    for reason in &change.reasons {
        let _ = writeln!(page, "    {reason}");
    }
    for wording in &change.wording {
        let language = &wording.language;
        if let Some(before) = &wording.before {
            let _ = writeln!(page, "    {language} - {before}");
        }
        if let Some(after) = &wording.after {
            let _ = writeln!(page, "    {language} + {after}");
        }
    }
}

fn consequences(page: &mut String, diff: &Diff) {
    let mut lines = Vec::new();
    for text in &diff.texts {
        lines.push(format!(
            "The text in `{}` was {}.",
            text.language, text.change
        ));
    }
    for source in &diff.sources {
        lines.push(format!("The source `{source}` or its map was edited."));
    }
    let told: Vec<String> = diff.tell().into_iter().map(plain).collect();
    if !told.is_empty() {
        lines.push(format!("To be told: every {}.", list(&told)));
    }
    for ask in &diff.ask_again {
        let purpose = plain(&ask.purpose);
        lines.push(format!(
            "To be asked again about {purpose}: {}.",
            list(&ask.because)
        ));
    }
    if !lines.is_empty() {
        let _ = write!(page, "\n{}\n", lines.join("\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::diff;
    use crate::diff::tests::examples::{DECLARATION, charter};

    #[test]
    fn a_difference_reads_calmly() {
        let after = DECLARATION
            .replace("email: { for: 90 days }", "email: { for: 1 year }")
            .replace("tls: \"1.2\"", "tls: \"1.3\"")
            .replace("sale: never\n", "")
            .replace(
                "g, of: [visitor], for: [statistics] }",
                "g, of: [visitor], for: [statistics, newsletter] }",
            );
        let found = diff(&charter(DECLARATION), &charter(&after));
        let expected = "\
3 promises are weaker, 1 is stronger; 34 are the same.

Weaker
  collect.pages: We use pages for statistics and newsletter.
    used for: added newsletter
  retain.email: Email: kept for 1 year.
    kept: 1 year instead of 90 days
  no_sale (gone): Personal data is never sold or rented.
    gone: it protected

Stronger
  security.tls: Connections use TLS 1.3 or newer.
    value: 1.3 instead of 1.2

The text in `en` was edited.
To be told: every customer and visitor.
To be asked again about newsletter: also uses pages.
";
        assert_eq!(text(&found), expected);
        let same = diff(&charter(DECLARATION), &charter(DECLARATION));
        assert_eq!(
            text(&same),
            "No promise changed; 38 promises are the same.\n"
        );
        assert!(json(&found).contains("\"ask_again\""));
    }
}
