//! CND0306: a name that is not the declared one: another vendor, another
//! mailbox, another place.

use std::ops::Range;

use super::Facts;
use super::said::{self, Said, words_in};
use crate::bundle::ROOT;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::promise::Family;
use crate::text::Kind;
use crate::vendor_names;
use crate::words::{countries, plain};

pub(crate) const CODE: Code = Code {
    id: "CND0306",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0306.md"),
};

/// Compares the names that linked phrases give.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for said in said::all(facts) {
        match said.promise.family {
            Family::Share => {
                vendor(facts, said, diagnostics);
                place(facts, said, diagnostics);
            }
            Family::Location => place(facts, said, diagnostics),
            Family::Contact => mailbox(facts, said, diagnostics),
            _ => {}
        }
    }
}

fn differs(at: Location, text: &str, declared: &str, declared_at: Location) -> Diagnostic {
    CODE.at(
        at,
        format!("declared: {declared}"),
        format!("the text says `{text}`, the declaration `{declared}`"),
    )
    .with_secondary(declared_at, "declared here")
    .with_help("change one of them, or the link")
}

/// Linked words that name another vendor.
fn vendor(facts: &Facts<'_>, said: &Said<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let charter = facts.charter;
    let Some(own) = charter.vendors.get(&said.promise.name) else {
        return;
    };
    if own.group || said.field.is_some() {
        return;
    }
    let text = said.text(&said.link.plain).to_lowercase();
    let names = |key: &str, name: &str| [plain(key).to_lowercase(), name.to_lowercase()];
    let named = |key: &str, name: &str| names(key, name).iter().any(|name| holds(&text, name));
    if named(&said.promise.name, &own.name) {
        return;
    }
    let other = charter
        .vendors
        .iter()
        .find(|(key, vendor)| named(key, &vendor.name))
        .map(|(_, vendor)| vendor.name.as_str());
    let whole = 0..text.len();
    let raw = said.text(&said.link.plain);
    let known = vendor_names::find(raw, std::slice::from_ref(&whole), false);
    // A product or another name of the same company is no other vendor.
    let own_names = names(&said.promise.name, &own.name);
    let known = known
        .iter()
        .find(|mention| {
            !mention.vendor.names().any(|name| {
                let name = name.to_lowercase();
                own_names
                    .iter()
                    .any(|own| holds(own, &name) || holds(&name, own))
            })
        })
        .map(|mention| mention.vendor.name());
    if let Some(other) = other.or(known) {
        let declared_at = facts
            .places
            .key(ROOT, &["vendors", said.promise.name.as_str()]);
        let at = said.at(&said.link.plain);
        diagnostics.push(differs(at, other, &own.name, declared_at));
    }
}

/// Whether a text holds a name as whole words.
fn holds(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text
            .get(at + name.len()..)
            .and_then(|after| after.chars().next());
        !name.is_empty()
            && !before.is_some_and(char::is_alphanumeric)
            && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Countries beside the link, where a country is declared.
fn place(facts: &Facts<'_>, said: &Said<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let charter = facts.charter;
    let name = said.promise.name.as_str();
    let (section, region) = match said.promise.family {
        Family::Share => ("vendors", charter.vendors.get(name).map(|one| &one.region)),
        _ if charter.sources.contains_key(name) => {
            ("sources", charter.sources.get(name).map(|one| &one.region))
        }
        _ => (
            "locations",
            charter.locations.get(name).map(|one| &one.region),
        ),
    };
    let Some(Some(region)) = region else { return };
    let Some((at, text)) = wrong_country(said, region) else {
        return;
    };
    let declared_at = facts.places.value(ROOT, &[section, name, "region"]);
    diagnostics.push(differs(at, &text, region, declared_at));
}

/// A country that the link's part of the sentence or its row's column of places
/// names, where none of those named is the declared one.
fn wrong_country(said: &Said<'_>, region: &str) -> Option<(Location, String)> {
    let own = said.own_part();
    let mut parts: Vec<(usize, Range<usize>)> = vec![(said.block_at, own)];
    for (at, cell) in said.document.row(said.block_at) {
        let column = said.document.column(cell).unwrap_or_default();
        if cell.kind == Kind::Cell && says_where(column) {
            parts.push((at, 0..cell.plain.len()));
        }
    }
    let mut wrong = None;
    for (block_at, part) in parts {
        let block = said.document.blocks.get(block_at)?;
        let words = words_in(block, &part, said.cues);
        for (span, code) in countries::find(&block.plain, &words) {
            if countries::agree(region, code)? {
                return None;
            }
            let text = block.plain.get(span.clone()).unwrap_or_default();
            wrong.get_or_insert((said.document.location(block_at, &span), text.to_owned()));
        }
    }
    wrong
}

/// Whether a column's name announces places.
fn says_where(column: &str) -> bool {
    const STEMS: [&str; 11] = [
        "where", "country", "location", "region", "place", "hosted", "lieu", "pays", "où", "land",
        "ort",
    ];
    let column = column.to_lowercase();
    let mut words = column.split(|character: char| !character.is_alphanumeric());
    words.any(|word| STEMS.iter().any(|stem| word.starts_with(stem)))
}

/// Linked words that hold another mailbox than the declared one.
fn mailbox(facts: &Facts<'_>, said: &Said<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let contact = &facts.charter.organisation.contact;
    let declared = match said.promise.name.as_str() {
        "email" => &contact.email,
        "officer" => contact.officer.as_ref().unwrap_or(&contact.email),
        _ => return,
    };
    let text = said.text(&said.link.plain);
    let Some(given) = text.split_whitespace().find(|word| word.contains('@')) else {
        return;
    };
    let given = given.trim_matches(|character: char| !character.is_alphanumeric());
    if !given.eq_ignore_ascii_case(declared) {
        let path = ["organisation", "contact", said.promise.name.as_str()];
        let declared_at = facts.places.value(ROOT, &path);
        let start = said.link.plain.start + (given.as_ptr() as usize - text.as_ptr() as usize);
        let at = said.at(&(start..start + given.len()));
        let found = differs(at, given, declared, declared_at);
        diagnostics.push(found.mended_by(declared));
    }
}
