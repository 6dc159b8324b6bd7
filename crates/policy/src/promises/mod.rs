//! Every entry of the declaration is a promise. This derives them, in the
//! order written, and gives each its phrases.

mod link;
mod place;
mod summary;

pub(crate) use link::{Linked, link};
pub(crate) use place::declared_at;

use crate::charter::{Charter, Decisions, Right, Role};
use crate::promise::{Family, Promise, PromiseId};
use crate::reader::CLOSED;
use crate::yaml::Entry;

/// The promises of a declaration, without their phrases.
pub(crate) fn derive(charter: &Charter, sections: &[Entry]) -> Vec<Promise> {
    sections
        .iter()
        .flat_map(|section| of_section(charter, section))
        .collect()
}

fn of_section(charter: &Charter, section: &Entry) -> Vec<Promise> {
    let families: &[Family] = match section.key.text.as_str() {
        "organisation" => return contact(charter),
        "sale" => return no_sale(charter),
        "changes" => return notice(charter),
        "children" => return children(charter),
        "decisions" if charter.decisions == Some(Decisions::Never) => {
            return vec![promise(Family::Decision, "", summary::no_decision())];
        }
        // The purpose first, then what its messages promise.
        "purposes" => &[Family::Purpose, Family::Mail],
        "locations" => &[Family::Location],
        other => match Family::ALL
            .iter()
            .position(|family| family.section() == other)
        {
            Some(place) => Family::ALL.get(place..=place).unwrap_or_default(),
            None => &[],
        },
    };
    let entries = section.node.entries();
    entries
        .iter()
        .flat_map(|entry| {
            families
                .iter()
                .map(move |family| (*family, &entry.key.text))
        })
        .filter_map(|(family, name)| {
            let summary = summarise(charter, family, name, &section.key.text)?;
            Some(promise(family, name, summary))
        })
        .collect()
}

fn promise(family: Family, name: &str, summary: String) -> Promise {
    let key = family.key();
    let id = if name.is_empty() {
        key.to_owned()
    } else {
        format!("{key}.{name}")
    };
    Promise {
        id: PromiseId(id),
        family,
        name: name.to_owned(),
        summary,
        phrases: Vec::new(),
    }
}

/// The summary of an entry; `None` where it makes no promise of that family.
#[expect(clippy::too_many_lines, reason = "a table of one row per family")]
fn summarise(charter: &Charter, family: Family, name: &str, section: &str) -> Option<String> {
    if name == CLOSED && charter.closed.contains(&family) {
        return summary::closed(family);
    }
    match family {
        Family::Collect => charter
            .data
            .get(name)
            .map(|data| summary::collect(charter, name, data)),
        Family::Occasion => charter
            .occasions
            .get(name)
            .map(|occasion| summary::occasion(charter, name, occasion)),
        Family::Never => charter
            .never
            .get(name)
            .map(|never| summary::never(name, never)),
        Family::BrowserOnly => charter
            .browser_only
            .get(name)
            .map(|browser_only| summary::browser_only(charter, browser_only)),
        Family::Purpose => charter
            .purposes
            .get(name)
            .map(|purpose| summary::purpose(name, purpose)),
        Family::Mail => {
            let purpose = charter.purposes.get(name)?;
            Some(summary::mail(name, purpose, purpose.mail?))
        }
        Family::Share => charter
            .vendors
            .get(name)
            .map(|vendor| summary::share(charter, vendor)),
        Family::Consent => charter
            .consent
            .get(name)
            .map(|consent| summary::consent(charter, name, consent)),
        Family::Cookies => charter
            .cookies
            .get(name)
            .map(|cookie| summary::cookie(charter, name, cookie)),
        Family::Retain => charter
            .retention
            .get(name)
            .map(|retention| summary::retain(name, retention)),
        Family::Hold => charter
            .holds
            .get(name)
            .map(|hold| summary::hold(name, hold)),
        Family::Right => {
            let right = Right::from_key(name)?;
            let terms = charter.rights.get(&right)?;
            Some(summary::right(right, terms))
        }
        Family::Security => charter
            .security
            .get(name)
            .map(|measure| summary::security(name, measure)),
        Family::StaffAccess => charter.staff.get(name).map(summary::staff),
        Family::Disclosure => charter.disclosure.get(name).map(summary::disclosure),
        Family::Aggregate => charter.aggregates.get(name).map(summary::aggregate),
        Family::Location if section == Family::Location.section() => {
            let region = charter.sources.get(name)?.region.as_deref()?;
            Some(summary::location(name, region))
        }
        Family::Location => charter
            .locations
            .get(name)
            .map(|place| summary::place(name, place)),
        Family::Role => charter.people.get(name).map(|person| match person.role {
            Role::Controller => summary::controller(charter, name),
            Role::Processor => summary::processor(name, person),
        }),
        Family::Decision => match charter.decisions.as_ref()? {
            Decisions::Made(made) => made.get(name).map(summary::decision),
            Decisions::Never => None,
        },
        Family::Stated => charter.statements.get(name).map(summary::stated),
        Family::NoSale | Family::Notice | Family::Contact | Family::Children => None,
    }
}

fn contact(charter: &Charter) -> Vec<Promise> {
    let contact = &charter.organisation.contact;
    let ways = [
        ("email", Some(summary::contact_email(contact))),
        ("form", contact.form.then(summary::contact_form)),
        (
            "officer",
            contact.officer.as_deref().map(summary::contact_officer),
        ),
        (
            "phone",
            contact.phone.as_deref().map(summary::contact_phone),
        ),
        ("post", contact.post.as_deref().map(summary::contact_post)),
    ];
    ways.into_iter()
        .filter_map(|(name, summary)| Some(promise(Family::Contact, name, summary?)))
        .collect()
}

fn children(charter: &Charter) -> Vec<Promise> {
    charter
        .children
        .iter()
        .map(|children| promise(Family::Children, "", summary::children(children)))
        .collect()
}

fn no_sale(charter: &Charter) -> Vec<Promise> {
    charter
        .no_sale
        .then(|| promise(Family::NoSale, "", summary::no_sale()))
        .into_iter()
        .collect()
}

fn notice(charter: &Charter) -> Vec<Promise> {
    charter
        .changes
        .iter()
        .map(|changes| promise(Family::Notice, "changes", summary::notice(changes)))
        .collect()
}
