//! CND0311: texts in several languages that don't promise the same.

use std::collections::{BTreeMap, BTreeSet};

use super::Facts;
use super::quantity_differs::held_to;
use super::said::{self, Said};
use crate::bundle::ROOT;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::period::{Period, find_periods_in};
use crate::promise::Promise;
use crate::text::Document;

pub(crate) const CODE: Code = Code {
    id: "CND0311",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0311.md"),
};

/// A promise of one text.
struct Made<'a> {
    promise: &'a Promise,
    /// Its first link.
    at: Location,
    /// Periods in its linked words.
    linked: Vec<Period>,
    /// Periods in its sentences.
    around: Vec<Period>,
}

/// Compares every text with the first.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let [first, others @ ..] = facts.documents else {
        return;
    };
    if others.is_empty() {
        return;
    }
    let mut made: Vec<BTreeMap<&str, Made<'_>>> = Vec::new();
    made.resize_with(facts.documents.len(), BTreeMap::new);
    for said in said::all(facts) {
        if let Some(promises) = made.get_mut(said.document_at) {
            add(promises, said);
        }
    }
    let Some((original, translations)) = made.split_first() else {
        return;
    };
    for (document, translated) in others.iter().zip(translations) {
        dates(first, document, diagnostics);
        missing(
            facts,
            (first, original),
            (document, translated),
            diagnostics,
        );
        missing(
            facts,
            (document, translated),
            (first, original),
            diagnostics,
        );
        for (id, own) in original {
            if let Some(other) = translated.get(id) {
                periods(facts, own, other, diagnostics);
            }
        }
    }
}

fn add<'a>(promises: &mut BTreeMap<&'a str, Made<'a>>, said: &Said<'a>) {
    let promise = said.promise;
    let made = promises.entry(&promise.id.0).or_insert_with(|| Made {
        promise,
        at: said.at(&said.link.plain),
        linked: Vec::new(),
        around: Vec::new(),
    });
    let language = &said.document.text.language;
    let found = |text: &str| {
        let found = find_periods_in(text, language).unwrap_or_default();
        found.into_iter().map(|(_, period)| period)
    };
    made.linked.extend(found(said.text(&said.link.plain)));
    made.around.extend(found(said.text(&said.sentence)));
}

/// Promises that one text makes and the other doesn't.
fn missing(
    facts: &Facts<'_>,
    (document, made): (&Document, &BTreeMap<&str, Made<'_>>),
    (other, other_made): (&Document, &BTreeMap<&str, Made<'_>>),
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (id, own) in made {
        if other_made.contains_key(id) {
            continue;
        }
        let declared = facts.places.key(ROOT, &facts.declared_at(own.promise));
        let message = format!("`{id}` is promised here, but not in `{}`", other.text.path);
        let label = format!("only in `{}`", document.text.path);
        diagnostics.push(
            CODE.at(own.at.clone(), label, message)
                .with_secondary(declared, "declared here")
                .with_help(format!(
                    "link the words of `{}` that say it: `[…](promise:{id})`",
                    other.text.path
                )),
        );
    }
}

/// A period that one text links and the other's sentences don't give. A wrong
/// one is compared with the declaration, where that has any.
fn periods(facts: &Facts<'_>, one: &Made<'_>, other: &Made<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let declared = held_to(facts.charter, one.promise, None);
    let declared = declared.is_some_and(|declared| !declared.is_empty());
    for (own, against) in [(one, other), (other, one)] {
        if declared && !against.around.is_empty() {
            continue;
        }
        let lost = own.linked.iter().find(|period| {
            let mut given = against.around.iter();
            !given.any(|given| given.same_length(**period))
        });
        if let Some(period) = lost {
            let id = &own.promise.id;
            let given: BTreeSet<String> = against.around.iter().map(Period::to_string).collect();
            let given: Vec<String> = given.into_iter().collect();
            let said = if given.is_empty() {
                "no period".to_owned()
            } else {
                given.join(" and ")
            };
            let path = &against.at.path;
            let message = format!("`{id}` says {period} here, and {said} in `{path}`");
            let found = CODE.at(own.at.clone(), period.to_string(), message);
            diagnostics.push(found.with_secondary(against.at.clone(), said));
            return;
        }
    }
}

/// Texts that apply from different days.
fn dates(first: &Document, other: &Document, diagnostics: &mut Vec<Diagnostic>) {
    if first.text.effective == other.text.effective {
        return;
    }
    let say = |document: &Document| {
        let date = document.text.effective;
        date.map_or_else(|| "no date".to_owned(), |date| date.to_string())
    };
    let at = Location::new(other.text.path.clone(), 0..0);
    let message = format!(
        "`{}` names {} as its date, `{}` names {}",
        other.text.path,
        say(other),
        first.text.path,
        say(first)
    );
    let first_at = Location::new(first.text.path.clone(), 0..0);
    diagnostics.push(
        CODE.at(at, "this text", message)
            .with_secondary(first_at, "and this one"),
    );
}
