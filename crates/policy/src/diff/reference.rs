//! `docs/reference/ratchet.md`, made from the rules.

use std::fmt::Write as _;

use super::families::{Appears, RULES, Rules};
use super::order::{Absent, Order};

const INTRODUCTION: &str = "\
# When a promise gets weaker

<!-- Made by `cargo xtask generated --write` from `crates/policy/src/diff`. -->

`candor diff` compares two versions of a policy promise by promise. *Stronger* \
protects a person more, *weaker* less. The tables below are the whole definition.

- A promise is as strong as its fields: stronger if some are and none is weaker; \
*incomparable* if both occur, or if a field is.
- A field that stands in no table is incomparable when it changes.
- Periods are compared only where no calendar can turn them round: 27 days are \
shorter than a month, 30 days are neither shorter nor longer. Working days are \
given twice their time, for public holidays.
- What is weaker or incomparable is material: the people it concerns are to be \
told. So is every new promise that permits something, but for essential and \
preference cookies.
- Only purposes on consent that became wider are asked again: a new one, one that \
rested on another basis, one that uses more data or has more recipients.
- Words may change freely while the facts stay. They are reported as wording.

To publish a version, everything weaker or incomparable must be acknowledged by \
name. Under `changes: { ratchet: never-weaken }` nothing weaker is published at all, \
not even inside a promise that got stronger otherwise; what is incomparable can \
still be acknowledged, by somebody who says that it does not weaken.
";

/// The page that defines the order of every family.
///
/// ```
/// let page = candor_policy::diff::reference();
/// assert!(page.contains("| `basis` | legal basis |"));
/// ```
#[must_use]
pub fn reference() -> String {
    let mut page = INTRODUCTION.to_owned();
    let mut last = "";
    for rules in RULES {
        if rules.family != last {
            // Writing to a `String` can't fail.
            let _ = write!(page, "\n## `{}`\n", rules.family);
        }
        last = rules.family;
        let _ = write!(page, "\n{}\n", appears(rules));
        if !rules.fields.is_empty() {
            page.push_str("\n| Field | Is called | Stronger is |\n|---|---|---|\n");
        }
        for field in rules.fields {
            let order = words(field.order);
            let _ = writeln!(page, "| `{}` | {} | {order} |", field.name, field.label);
        }
    }
    page
}

fn appears(rules: &Rules) -> String {
    let words = match rules.appears {
        Appears::Permits => "A new one is weaker, one that goes is stronger.",
        Appears::Protects => "A new one is stronger, one that goes is weaker.",
        Appears::Follows if rules.family == "retain" => {
            "A new one is stronger, one that goes is weaker; the other way round where data is \
             kept without end; incomparable where a criterion says how long. Equal where nothing \
             it governs is in the other version."
        }
        Appears::Follows => {
            "A new one is stronger, one that goes is weaker; equal where what it is about is not \
             in the other version."
        }
        Appears::Neutral => "A new one, or one that goes, is equal.",
        Appears::Unclear => "A new one, or one that goes, is incomparable.",
    };
    words.to_owned()
}

fn words(order: Order) -> String {
    let fixed = match order {
        Order::Levels(levels) => return by_level(levels),
        Order::Shorter(Absent::Weakest) => "a shorter time; none promised is weakest",
        Order::Shorter(Absent::Strongest) => "a shorter time; none at all is strongest",
        Order::Longer => "a longer time; none promised is weakest",
        Order::Fewer => "fewer",
        Order::FewerOrAny => "fewer; none written means any",
        Order::More => "more",
        Order::MoreOrAll => "more; none written means all",
        Order::MoreCategories => "more; a category covers those beneath it",
        Order::Narrower => "a category beneath it",
        Order::Larger => "a larger number; none is weakest",
        Order::Yes => "yes",
        Order::No => "no",
        Order::Measure => {
            "a later one of: TLS 1.2, 1.3; AES-128, then AES-256 or ChaCha20; PBKDF2, bcrypt, \
             scrypt, Argon2; other values are incomparable"
        }
        Order::Limit => "that it is written; other words are incomparable",
        Order::Exception => "that it is not written; other words are incomparable",
        Order::Offered => "that there is one; which one is the same",
        Order::Keep => {
            "a shorter period; without end is weaker than a period or an event; other events and \
             criteria are incomparable"
        }
        Order::Covers => {
            "more under a period or an event, fewer where it is kept without end; between the two, \
             `keep` decides"
        }
        Order::Same => "nothing: any other is incomparable",
        Order::Wording => "nothing: any other is the same",
    };
    fixed.to_owned()
}

fn by_level(levels: &[&str]) -> String {
    let levels: Vec<String> = levels
        .iter()
        .map(|level| {
            let values: Vec<String> = level.split(' ').map(|value| format!("`{value}`")).collect();
            values.join(" or ")
        })
        .collect();
    format!("a later one of: {}", levels.join(", then "))
}
