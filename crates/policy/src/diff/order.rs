//! The orders of single facts. Each is a preorder, so that a promise made of
//! several facts has one too: what is stronger than the stronger is stronger.
//! Facts are compared as the charter writes them in JSON; a value of an
//! unexpected shape is incomparable with any other.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::direction::Direction;
use super::period;
use crate::charter::covers;
use crate::period::Period;

/// The facts of one promise, by field.
pub(super) type Terms = Map<String, Value>;

/// What a missing period means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// Nothing is promised, so any period is stronger.
    Weakest,
    /// There is no such time, so any period is weaker.
    Strongest,
}

/// What makes a fact stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// A shorter period.
    Shorter(Absent),
    /// A longer period; none at all is weakest.
    Longer,
    /// Fewer names.
    Fewer,
    /// Fewer names, where none written means any.
    FewerOrAny,
    /// More names.
    More,
    /// More names, where none written means all.
    MoreOrAll,
    /// More categories, one of which covers those beneath it.
    MoreCategories,
    /// A narrower category.
    Narrower,
    /// A larger number; none at all is weakest.
    Larger,
    /// Yes rather than no.
    Yes,
    /// No rather than yes.
    No,
    /// A later level of these, weakest first; values of one level, or of none,
    /// are incomparable.
    Levels(&'static [&'static str]),
    /// The value of a measure, by the levels of its kind.
    Measure,
    /// That it is written at all ("only when …"); other words are incomparable.
    Limit,
    /// That it isn't written ("except …"); other words are incomparable.
    Exception,
    /// That there is one; which one makes no difference.
    Offered,
    /// How long something is kept.
    Keep,
    /// What a retention rule governs.
    Covers,
    /// Nothing: any other value is incomparable.
    Same,
    /// Nothing: other words promise the same.
    Wording,
}

/// Kinds of values of measures, each from weakest to strongest.
const MEASURES: [&[&str]; 3] = [
    &["1.2", "1.3"],
    &["aes-128", "aes-256 chacha20"],
    &["pbkdf2", "bcrypt", "scrypt", "argon2"],
];

/// How a field of the later terms stands to that of the earlier.
pub(super) fn compare(order: Order, field: &str, before: &Terms, after: &Terms) -> Direction {
    let (was, is) = (value(before, field), value(after, field));
    match order {
        Order::Shorter(absent) => shorter(absent, was, is),
        Order::Longer => shorter(Absent::Weakest, was, is).longer(was, is),
        Order::Fewer => names(was, is).reversed(),
        Order::FewerOrAny => or_all(was, is, names(was, is).reversed(), Direction::Weaker),
        Order::More => names(was, is),
        Order::MoreOrAll => or_all(was, is, names(was, is), Direction::Stronger),
        Order::MoreCategories => categories(&texts(was), &texts(is)),
        Order::Narrower => categories(&texts(was), &texts(is)).reversed(),
        Order::Larger => numbers(was, is),
        Order::Yes => truth(was).cmp(&truth(is)).into_direction(),
        Order::No => truth(was).cmp(&truth(is)).into_direction().reversed(),
        Order::Levels(levels) => by_level(levels, was, is).unwrap_or(Direction::Incomparable),
        Order::Measure => measure(was, is),
        Order::Limit => written(was, is, Direction::Incomparable),
        Order::Exception => written(was, is, Direction::Incomparable).reversed(),
        Order::Offered => written(was, is, Direction::Equal),
        Order::Keep => keep(was, is),
        Order::Covers => governed(before, after),
        Order::Same => same(was, is),
        Order::Wording => Direction::Equal,
    }
}

/// A field's value; null where it isn't written.
pub(super) fn value<'t>(terms: &'t Terms, field: &str) -> &'t Value {
    terms.get(field).unwrap_or(&Value::Null)
}

/// The texts of a list, or the one text.
pub(super) fn texts(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::String(text) => BTreeSet::from([text.as_str()]),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

/// The period a value is, if it is one.
pub(super) fn as_period(value: &Value) -> Option<Period> {
    serde_json::from_value(value.clone()).ok()
}

trait IntoDirection {
    fn into_direction(self) -> Direction;
}

impl IntoDirection for Ordering {
    /// For an order in which the greater is the stronger.
    fn into_direction(self) -> Direction {
        match self {
            Self::Less => Direction::Stronger,
            Self::Equal => Direction::Equal,
            Self::Greater => Direction::Weaker,
        }
    }
}

impl Direction {
    /// From "shorter is stronger" to "longer is stronger", where none at all is
    /// weakest in both.
    fn longer(self, was: &Value, is: &Value) -> Self {
        if was.is_null() || is.is_null() {
            self
        } else {
            self.reversed()
        }
    }
}

fn shorter(absent: Absent, was: &Value, is: &Value) -> Direction {
    let appears = match absent {
        Absent::Weakest => Direction::Stronger,
        Absent::Strongest => Direction::Weaker,
    };
    match (was.is_null(), is.is_null()) {
        (true, true) => Direction::Equal,
        (true, false) => appears,
        (false, true) => appears.reversed(),
        (false, false) => match (as_period(was), as_period(is)) {
            (Some(was), Some(is)) => {
                period::order(is, was).map_or(Direction::Incomparable, |order| match order {
                    Ordering::Less => Direction::Stronger,
                    Ordering::Equal => Direction::Equal,
                    Ordering::Greater => Direction::Weaker,
                })
            }
            _ => same(was, is),
        },
    }
}

/// For sets in which more is stronger.
fn names(was: &Value, is: &Value) -> Direction {
    let (was, is) = (texts(was), texts(is));
    match (was.is_subset(&is), is.is_subset(&was)) {
        (true, true) => Direction::Equal,
        (true, false) => Direction::Stronger,
        (false, true) => Direction::Weaker,
        (false, false) => Direction::Incomparable,
    }
}

/// An empty set that stands for everything: `widened` is the direction of
/// going there.
fn or_all(was: &Value, is: &Value, otherwise: Direction, widened: Direction) -> Direction {
    match (texts(was).is_empty(), texts(is).is_empty()) {
        (true, true) => Direction::Equal,
        (false, true) => widened,
        (true, false) => widened.reversed(),
        (false, false) => otherwise,
    }
}

/// For categories in which more is stronger.
fn categories(was: &BTreeSet<&str>, is: &BTreeSet<&str>) -> Direction {
    let all = |these: &BTreeSet<&str>, by: &BTreeSet<&str>| {
        these
            .iter()
            .all(|one| by.iter().any(|other| covers(other, one)))
    };
    match (all(was, is), all(is, was)) {
        (true, true) => Direction::Equal,
        (true, false) => Direction::Stronger,
        (false, true) => Direction::Weaker,
        (false, false) => Direction::Incomparable,
    }
}

fn numbers(was: &Value, is: &Value) -> Direction {
    // `None` comes before every number.
    was.as_u64().cmp(&is.as_u64()).into_direction()
}

fn truth(value: &Value) -> bool {
    value.as_bool().unwrap_or_default()
}

/// `None` where a value stands on no level.
fn by_level(levels: &[&str], was: &Value, is: &Value) -> Option<Direction> {
    if was == is {
        return Some(Direction::Equal);
    }
    let level = |value: &Value| {
        let text = value.as_str()?;
        levels
            .iter()
            .position(|level| level.split(' ').any(|known| known == text))
    };
    let (was, is) = (level(was)?, level(is)?);
    Some(match was.cmp(&is) {
        // Two values of one level.
        Ordering::Equal => Direction::Incomparable,
        order => order.into_direction(),
    })
}

fn measure(was: &Value, is: &Value) -> Direction {
    MEASURES
        .iter()
        .find_map(|levels| by_level(levels, was, is))
        .unwrap_or_else(|| same(was, is))
}

/// For words whose presence is stronger; `other` where both are written, but
/// differ.
fn written(was: &Value, is: &Value, other: Direction) -> Direction {
    match (was.is_null(), is.is_null()) {
        (true, true) => Direction::Equal,
        (true, false) => Direction::Stronger,
        (false, true) => Direction::Weaker,
        (false, false) if was == is => Direction::Equal,
        (false, false) => other,
    }
}

fn same(was: &Value, is: &Value) -> Direction {
    match was == is || (is_names(was) && is_names(is) && texts(was) == texts(is)) {
        true => Direction::Equal,
        false => Direction::Incomparable,
    }
}

/// A list of texts, whose order says nothing.
fn is_names(value: &Value) -> bool {
    let items = value.as_array();
    items.is_some_and(|items| items.iter().all(Value::is_string))
}

/// The kind of a ceiling and what it says.
fn ceiling(keep: &Value) -> (&str, &Value) {
    keep.as_object()
        .and_then(|keep| keep.iter().next())
        .map_or(("", &Value::Null), |(kind, value)| (kind.as_str(), value))
}

fn keep(was: &Value, is: &Value) -> Direction {
    let ((kind, was), (other_kind, is)) = (ceiling(was), ceiling(is));
    match (kind, other_kind) {
        ("for", "for") => shorter(Absent::Weakest, was, is),
        ("forever", "forever") => same(value_of(was, "because"), value_of(is, "because")),
        ("criterion", "criterion") => same(criterion(was), criterion(is)),
        ("for" | "until", "forever") => Direction::Weaker,
        ("forever", "for" | "until") => Direction::Stronger,
        (one, other) if one == other => same(was, is),
        _ => Direction::Incomparable,
    }
}

fn value_of<'v>(value: &'v Value, field: &str) -> &'v Value {
    value.get(field).unwrap_or(&Value::Null)
}

/// A criterion's words: who judges it, and when next, promises nothing else.
fn criterion(value: &Value) -> &Value {
    value.get("says").unwrap_or(value)
}

/// What a rule governs: under a ceiling more is stronger, under "forever" more
/// is weaker, and between the two the ceiling alone decides.
fn governed(before: &Terms, after: &Terms) -> Direction {
    let kind = |terms| ceiling(value(terms, "keep")).0;
    let covered = names(value(before, "covers"), value(after, "covers"));
    match (kind(before), kind(after)) {
        ("forever", "forever") => covered.reversed(),
        ("for" | "until", "for" | "until") => covered,
        ("for" | "until" | "forever", "for" | "until" | "forever") => Direction::Equal,
        _ if covered == Direction::Equal => Direction::Equal,
        _ => Direction::Incomparable,
    }
}
