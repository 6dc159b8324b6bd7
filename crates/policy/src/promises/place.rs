//! Where in the declaration a promise is made.

use crate::promise::{Family, Promise};

/// Path of the promise's entry in `candor.yaml`. `has` tells whether there is
/// an entry at a path: places are declared in one of two sections.
pub(crate) fn declared_at(promise: &Promise, has: impl Fn(&[&str]) -> bool) -> Vec<&str> {
    match promise.family {
        Family::Contact => vec!["organisation", "contact", &promise.name],
        family if promise.name.is_empty() => vec![family.section()],
        Family::Notice => vec![promise.family.section()],
        Family::Location if has(&["locations", &promise.name]) => {
            vec!["locations", &promise.name]
        }
        family => vec![family.section(), &promise.name],
    }
}
