//! Where in the declaration a promise is made.

use crate::promise::{Family, Promise};

/// Path of the promise's entry in `candor.yaml`.
pub(crate) fn declared_at(promise: &Promise) -> Vec<&str> {
    match promise.family {
        Family::Contact => vec!["organisation", "contact", &promise.name],
        Family::NoSale | Family::Notice => vec![promise.family.section()],
        family => vec![family.section(), &promise.name],
    }
}
