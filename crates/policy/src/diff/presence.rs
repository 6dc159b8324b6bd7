//! What it does to people that a promise appears. That one goes is the
//! reverse.

use super::direction::Direction;
use super::families::{Appears, rules};
use super::order::value;
use super::people::governed;
use super::terms::Facts;
use crate::charter::Charter;
use crate::promise::{Family, Promise};

/// What it does that a promise appears.
pub(super) struct Appearance {
    /// Its direction; the reverse where it goes.
    pub(super) direction: Direction,
    /// Why, where it is new.
    pub(super) new: &'static str,
    /// Why, where it is gone.
    pub(super) gone: &'static str,
}

const PERMITS: Appearance = Appearance {
    direction: Direction::Weaker,
    new: "new: it permits something",
    gone: "gone: it permitted something",
};
const PROTECTS: Appearance = Appearance {
    direction: Direction::Stronger,
    new: "new: it protects",
    gone: "gone: it protected",
};
const CLOSES: Appearance = Appearance {
    direction: Direction::Stronger,
    new: "new: it closes a list",
    gone: "gone: it closed a list",
};
const ENDLESS: Appearance = Appearance {
    direction: Direction::Weaker,
    new: "new: it permits to keep data without end",
    gone: "gone: it permitted to keep data without end",
};
const NEUTRAL: Appearance = Appearance {
    direction: Direction::Equal,
    new: "new: it neither permits nor forbids anything by itself",
    gone: "gone: it neither permitted nor forbade anything by itself",
};
const ELSEWHERE: Appearance = Appearance {
    direction: Direction::Equal,
    new: "new, as is what it is about",
    gone: "gone, as is what it was about",
};
const UNCLEAR: Appearance = Appearance {
    direction: Direction::Incomparable,
    new: "new: whether it protects or permits, somebody has to say",
    gone: "gone: whether it protected or permitted, somebody has to say",
};

/// What it does that `with` makes a promise and `without` does not.
pub(super) fn appears(with: &Facts<'_>, without: &Facts<'_>, promise: &Promise) -> Appearance {
    let Some((rules_of_entry, terms)) = with.terms(promise) else {
        return match rules(promise.family).next() {
            // That a list is complete, that there is none of something.
            Some(_) => CLOSES,
            None => UNCLEAR,
        };
    };
    match rules_of_entry.appears {
        Appears::Permits => PERMITS,
        Appears::Protects => PROTECTS,
        Appears::Neutral => NEUTRAL,
        Appears::Unclear => UNCLEAR,
        Appears::Follows if is_about_something_else(with.charter, without.charter, promise) => {
            ELSEWHERE
        }
        Appears::Follows => {
            let keep = value(&terms, "keep");
            if keep.get("forever").is_some() {
                ENDLESS
            } else if keep.get("criterion").is_some() {
                UNCLEAR
            } else {
                PROTECTS
            }
        }
    }
}

/// Whether nothing that the promise is about is in the other charter.
fn is_about_something_else(with: &Charter, without: &Charter, promise: &Promise) -> bool {
    match promise.family {
        Family::Consent => !without.purposes.contains_key(&promise.name),
        Family::Retain => governed(with, &promise.name)
            .iter()
            .all(|governed| !holds(without, governed)),
        _ => false,
    }
}

/// Whether a charter knows the data, or `source.table`.
fn holds(charter: &Charter, governed: &str) -> bool {
    charter.data.contains_key(governed)
        || governed.split_once('.').is_some_and(|(source, table)| {
            charter
                .sources
                .get(source)
                .is_some_and(|source| source.map.tables.contains_key(table))
        })
}
