//! CND0304: a promise that no sentence makes. Its page says which
//! families are an error, which a warning, and which are not asked for.

use std::collections::BTreeSet;

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::Role;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::promise::{Family, Promise};
use crate::reader::CLOSED;

pub(crate) const CODE: Code = Code {
    id: "CND0304",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0304.md"),
};

/// Looks for promises without a phrase in any text.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let made: BTreeSet<(usize, usize)> = facts
        .linked
        .iter()
        .map(|linked| (linked.document, linked.promise))
        .collect();
    for (promise_at, promise) in facts.charter.promises.iter().enumerate() {
        let Some(severity) = severity(facts, promise) else {
            continue;
        };
        // What some text says and another doesn't is a fault of translation.
        if (0..facts.documents.len()).any(|document| made.contains(&(document, promise_at))) {
            continue;
        }
        for (document_at, document) in facts.documents.iter().enumerate() {
            if !made.contains(&(document_at, promise_at)) {
                let at = facts.places.key(ROOT, &facts.declared_at(promise));
                diagnostics.push(undisclosed(at, promise, &document.text.path, severity));
            }
        }
    }
}

/// Looks for credits that a text doesn't give: whose the work is, and under
/// which licence. Licences that ask for credit end without it.
pub(crate) fn credits(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (name, statement) in &facts.charter.statements {
        let Some(credit) = &statement.credit else {
            continue;
        };
        for document in facts.documents {
            let says = |words: &str| {
                let mut blocks = document.blocks.iter();
                blocks.any(|block| block.plain.contains(words))
            };
            let missing = [&credit.by, &credit.licence];
            let Some(missing) = missing.into_iter().find(|words| !says(words)) else {
                continue;
            };
            let at = facts.places.key(ROOT, &["statements", name, "credit"]);
            let path = &document.text.path;
            diagnostics.push(
                CODE.at(
                    at,
                    format!("not in `{path}`"),
                    format!("`{path}` gives no credit to `{missing}`"),
                )
                .with_help(format!(
                    "write that the text is based on {} of {}, under {}",
                    credit.work, credit.by, credit.licence
                )),
            );
        }
    }
}

fn undisclosed(at: Location, promise: &Promise, path: &str, severity: Severity) -> Diagnostic {
    let id = &promise.id;
    let found = CODE
        .at(
            at,
            format!("no phrase in `{path}` links to it"),
            format!("no sentence of `{path}` discloses `{id}`"),
        )
        .with_help(format!("link the words that say it: `[…](promise:{id})`"));
    Diagnostic { severity, ..found }
}

/// Errors are what the law makes a policy say: GDPR Article 13(1)(a) to (c)
/// and (e), 13(2)(a) to (c) and (f), Article 14 likewise, and Article 5(3) of the
/// ePrivacy Directive for cookies.
fn severity(facts: &Facts<'_>, promise: &Promise) -> Option<Severity> {
    if promise.name == CLOSED {
        return Some(Severity::Warning);
    }
    match promise.family {
        Family::Collect
        | Family::Purpose
        | Family::Share
        | Family::Consent
        | Family::Cookies
        | Family::Retain
        | Family::Right => Some(Severity::Error),
        Family::Contact if promise.name == "form" => None,
        // Article 13 does not ask for it, and a case may not have to be known.
        Family::Hold => None,
        Family::Contact => Some(Severity::Error),
        // The text as a whole says who the controller is.
        Family::Role => {
            let person = facts.charter.people.get(&promise.name)?;
            (person.role == Role::Processor).then_some(Severity::Warning)
        }
        // Article 13(2)(f) asks for decisions that are made.
        Family::Decision if !promise.name.is_empty() => Some(Severity::Error),
        Family::Decision => Some(Severity::Warning),
        Family::Occasion
        | Family::Never
        | Family::BrowserOnly
        | Family::Mail
        | Family::NoSale
        | Family::Notice
        | Family::Security
        | Family::StaffAccess
        | Family::Disclosure
        | Family::Aggregate
        | Family::Children
        | Family::Location
        | Family::Stated => Some(Severity::Warning),
    }
}
