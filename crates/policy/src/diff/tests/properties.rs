//! Each family's order is a preorder, and the way back is the reverse.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Value, json};

use super::examples::{DECLARATION, charter};
use crate::charter::Charter;
use crate::diff::families::{RULES, Rules};
use crate::diff::order::{Order, Terms};
use crate::diff::{Direction, Presence, diff, fields};

/// Few values, so that equal and neighbouring ones are common.
fn of_order(order: Order) -> BoxedStrategy<Value> {
    let words = || {
        let all = ["alpha", "beta", "gamma"].to_vec();
        subsequence(all, 0..=3).prop_map(|words| json!(words))
    };
    let maybe_words = || select(vec![Value::Null, json!("alpha"), json!("beta")]);
    match order {
        Order::Shorter(_) | Order::Longer => prop_oneof![Just(Value::Null), period()].boxed(),
        Order::Fewer
        | Order::FewerOrAny
        | Order::More
        | Order::MoreOrAll
        | Order::Covers
        | Order::Same => words().boxed(),
        Order::MoreCategories => {
            let all = vec!["contact", "contact.email", "health", "contact.phone"];
            subsequence(all, 1..=4).prop_map(|all| json!(all)).boxed()
        }
        Order::Narrower => select(vec!["contact", "contact.email", "contact.phone", "health"])
            .prop_map(|category| json!(category))
            .boxed(),
        Order::Larger => prop_oneof![Just(Value::Null), (1..4u32).prop_map(|it| json!(it))].boxed(),
        Order::Yes | Order::No => any::<bool>().prop_map(|it| json!(it)).boxed(),
        Order::Levels(levels) => {
            let mut all: Vec<Value> = levels
                .iter()
                .flat_map(|level| level.split(' '))
                .map(|value| json!(value))
                .collect();
            all.extend([Value::Null, json!("unheard of")]);
            select(all).boxed()
        }
        Order::Measure => select(vec![
            "1.2", "1.3", "aes-128", "aes-256", "chacha20", "argon2",
        ])
        .prop_map(|value| json!(value))
        .boxed(),
        Order::Limit | Order::Exception | Order::Offered | Order::Wording => maybe_words().boxed(),
        Order::Keep => keep().boxed(),
    }
}

fn period() -> impl Strategy<Value = Value> {
    let units = vec!["hours", "days", "working_days", "weeks", "months", "years"];
    let amounts = vec![1, 2, 4, 7, 12, 24, 28, 30, 31, 52, 365, 366];
    (select(amounts), select(units))
        .prop_map(|(amount, unit)| json!({ "amount": amount, "unit": unit }))
}

fn keep() -> impl Strategy<Value = Value> {
    let words = || select(vec!["alpha", "beta"]);
    prop_oneof![
        4 => period().prop_map(|period| json!({ "for": period })),
        2 => words().prop_map(|event| json!({ "until": event })),
        1 => words().prop_map(|criterion| json!({ "criterion": criterion })),
        2 => words().prop_map(|why| json!({ "forever": { "because": why, "review": "2027-01-01" } })),
    ]
}

/// Terms of a family: mostly one field varies, so that the fields don't hide
/// one another.
fn terms(rules: &'static Rules) -> impl Strategy<Value = [Terms; 3]> {
    let one = || {
        let fields = rules.fields.iter();
        fields
            .map(|field| of_order(field.order))
            .collect::<Vec<_>>()
    };
    let few = proptest::collection::vec(any::<Index>(), 1..=2);
    (one(), one(), one(), few).prop_map(move |(base, second, third, few)| {
        let vary = |other: &[Value]| {
            let mut values = base.clone();
            for index in &few {
                let index = index.index(values.len());
                values[index] = other[index].clone();
            }
            let names = rules.fields.iter().map(|field| field.name.to_owned());
            names.zip(values).collect::<Terms>()
        };
        [vary(&base), vary(&second), vary(&third)]
    })
}

fn direction(rules: &Rules, before: &Terms, after: &Terms) -> Direction {
    fields::changes(rules, before, after)
        .iter()
        .fold(Direction::Equal, |all, field| all.and(field.direction))
}

/// Whether the later is at least as strong.
fn holds(direction: Direction) -> bool {
    matches!(direction, Direction::Stronger | Direction::Equal)
}

#[test]
fn each_family_has_a_preorder() {
    for rules in RULES.iter().filter(|rules| !rules.fields.is_empty()) {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let checked = runner.run(&terms(rules), |[a, b, c]| {
            prop_assert_eq!(direction(rules, &a, &a), Direction::Equal);
            let (ab, bc, ac) = (
                direction(rules, &a, &b),
                direction(rules, &b, &c),
                direction(rules, &a, &c),
            );
            prop_assert_eq!(direction(rules, &b, &a), ab.reversed());
            if holds(ab) && holds(bc) {
                prop_assert!(holds(ac), "{:?}, {:?}, but {:?}", ab, bc, ac);
                let equal = ab == Direction::Equal && bc == Direction::Equal;
                prop_assert_eq!(ac == Direction::Equal, equal);
            }
            Ok(())
        });
        if let Err(error) = checked {
            panic!("{}: {error}", rules.family);
        }
    }
}

/// Edits that are independent of one another.
const EDITS: [(&str, &str); 16] = [
    ("email: { for: 90 days }", "email: { for: 180 days }"),
    ("pages: { for: 1 year }", "pages: { until: account_closed }"),
    ("complete: 30 days", "complete: 1 month"),
    ("through: [form, chat]", "through: [form]"),
    ("  access: { within: 14 days }\n", ""),
    ("newsletter], only: true", "newsletter]"),
    (
        "g, of: [visitor], for: [statistics] }",
        "g, of: [visitor], for: [statistics, newsletter] }",
    ),
    ("receives: [email]", "receives: [email, pages]"),
    (
        "vendors:\n",
        "vendors:\n  parley: { for: [login], receives: [email], region: NL }\n",
    ),
    ("[health, union]", "[health]"),
    ("sale: never\n", ""),
    ("class: analytics", "class: advertising"),
    ("tls: \"1.2\"", "tls: \"1.3\""),
    ("encrypted: true", "encrypted: false"),
    ("logged: true", "logged: false"),
    ("notify: [email, page]", "notify: [page]"),
];

fn random_charter() -> impl Strategy<Value = Charter> {
    subsequence(EDITS.to_vec(), 0..=EDITS.len()).prop_map(|edits| {
        let edit = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
        charter(&edits.iter().fold(DECLARATION.to_owned(), edit))
    })
}

const fn reversed(presence: Presence) -> Presence {
    match presence {
        Presence::New => Presence::Gone,
        Presence::Gone => Presence::New,
        Presence::Both => Presence::Both,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_differs_from_itself(one in random_charter()) {
        let found = diff(&one, &one);
        prop_assert_eq!(found.unchanged(), one.promises.len());
        prop_assert!(found.ask_again.is_empty() && found.texts.is_empty());
        prop_assert!(!found.is_material());
    }

    #[test]
    fn the_way_back_is_the_reverse(one in random_charter(), other in random_charter()) {
        let (there, back) = (diff(&one, &other), diff(&other, &one));
        prop_assert_eq!(there.changes.len(), back.changes.len());
        for change in &there.changes {
            let mut all = back.changes.iter();
            let reverse = all.find(|it| it.promise == change.promise).unwrap();
            prop_assert_eq!(reverse.direction, change.direction.reversed());
            prop_assert_eq!(reverse.presence, reversed(change.presence));
            prop_assert_eq!(&reverse.people, &change.people);
        }
    }

    #[test]
    fn stronger_than_the_stronger_is_stronger(
        [one, two, three] in [random_charter(), random_charter(), random_charter()],
    ) {
        let find = |changes: &[crate::diff::Change], id: &crate::promise::PromiseId| {
            let change = changes.iter().find(|it| it.promise == *id);
            change.map_or(Direction::Equal, |it| it.direction)
        };
        let (first, second, both) = (diff(&one, &two), diff(&two, &three), diff(&one, &three));
        for change in first.changes.iter().chain(&second.changes) {
            let id = &change.promise;
            let steps = (find(&first.changes, id), find(&second.changes, id));
            if holds(steps.0) && holds(steps.1) {
                let whole = find(&both.changes, id);
                prop_assert!(holds(whole), "{}: {:?}, but {:?}", id, steps, whole);
            }
        }
    }
}
