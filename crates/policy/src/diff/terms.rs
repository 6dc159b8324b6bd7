//! The facts of a promise, taken out of the charter as it is written down.

use serde_json::{Map, Value, json};

use super::families::{At, CONTROLLER, Rules, VALUE, rules};
use super::order::{Terms, texts, value};
use crate::charter::Charter;
use crate::period::Period;
use crate::promise::{Family, Promise};

/// A charter, ready to be asked for the facts of its promises.
pub(super) struct Facts<'c> {
    pub(super) charter: &'c Charter,
    written: Value,
}

impl<'c> Facts<'c> {
    pub(super) fn new(charter: &'c Charter) -> Self {
        Self {
            charter,
            // Texts, numbers and names only: writing them can't fail.
            written: serde_json::to_value(charter).unwrap_or_default(),
        }
    }

    /// The facts of a promise and the rules they are ordered by; `None` for a
    /// promise that is all in its name: that a list is complete, that there is
    /// none of something.
    pub(super) fn terms(&self, promise: &Promise) -> Option<(&'static Rules, Terms)> {
        rules(promise.family).find_map(|rules| {
            let facts = match rules.at {
                At::Named(fields) => self.at(fields)?.get(&promise.name)?,
                At::Whole(fields) => self.at(fields)?,
            };
            let mut terms = match facts {
                Value::Null => return None,
                Value::Object(terms) => terms.clone(),
                value => Map::from_iter([(VALUE.to_owned(), value.clone())]),
            };
            for other in rules.elsewhere {
                terms.remove(*other);
            }
            self.complete(promise.family, &mut terms);
            Some((rules, terms))
        })
    }

    fn at(&self, fields: &[&str]) -> Option<&Value> {
        fields
            .iter()
            .try_fold(&self.written, |value, field| value.get(field))
    }

    /// Adds what a promise says without its entry saying it.
    fn complete(&self, family: Family, terms: &mut Terms) {
        match family {
            // Without a time for it, what counts is the first answer's or the
            // law's.
            Family::Right => {
                let due = ["complete", "answer"]
                    .iter()
                    .filter_map(|field| terms.get(*field))
                    .find(|period| !period.is_null())
                    .cloned()
                    .unwrap_or_else(|| json!(Period::ONE_MONTH));
                terms.insert("complete".to_owned(), due);
            }
            Family::Role => {
                let organisation = &self.charter.organisation;
                let who = format!("{} ({})", organisation.name, organisation.country);
                terms.insert(CONTROLLER.to_owned(), json!(who));
            }
            Family::Security if says_its_parameters(terms) => {
                terms.remove(VALUE);
            }
            _ => {}
        }
    }
}

/// Whether a measure's value only repeats its parameters in words, as the
/// compiler writes it where none is declared.
fn says_its_parameters(terms: &Terms) -> bool {
    const BEGINNINGS: [&str; 3] = ["every ", "kept ", "tested every "];
    const WHOLES: [&str; 3] = ["encrypted", "not encrypted", "automatic"];
    let of = texts(value(terms, "of"));
    value(terms, VALUE).as_str().is_some_and(|value| {
        value.split(", ").all(|part| {
            WHOLES.contains(&part)
                || of.contains(part)
                || BEGINNINGS.iter().any(|start| part.starts_with(start))
        })
    })
}
