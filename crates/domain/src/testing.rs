//! A small charter, for the tests of this crate, of others, and for the
//! simulator. Compiled with the feature `test-util` only.

#[cfg(test)]
mod fixtures;

use std::collections::BTreeMap;

use candor_policy::charter::{
    Approval, Charter, CharterId, Contact, Organisation, Person, Right, RightTerms, Role,
};
use candor_policy::period::{Period, Unit};

#[cfg(test)]
pub(crate) use fixtures::{deleted, hours, previews, residue, staff, start, terms};

/// A charter that offers every right to customers, and declares nothing else.
#[must_use]
pub fn charter(approve: Approval) -> Charter {
    let terms = RightTerms {
        complete: Some(Period {
            amount: 30,
            unit: Unit::Days,
        }),
        approve,
        ..RightTerms::default()
    };
    let customer = Person {
        role: Role::Controller,
        of: None,
        known_by: vec!["email".to_owned()],
        agreement: None,
        tools: Vec::new(),
    };
    Charter {
        id: CharterId("c0ffee".to_owned()),
        organisation: Organisation {
            name: "Stackyard".to_owned(),
            country: "FR".to_owned(),
            contact: Contact {
                email: "privacy@stackyard.example".to_owned(),
                form: true,
                ..Contact::default()
            },
            ..Organisation::default()
        },
        people: BTreeMap::from([("customer".to_owned(), customer)]),
        rights: Right::ALL.map(|right| (right, terms.clone())).into(),
        ..Charter::default()
    }
}
