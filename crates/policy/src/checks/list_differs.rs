//! CND0307: a list of data in the text that is not the declared one.

use std::ops::Range;

use super::Facts;
use super::said::{self, Said};
use crate::bundle::ROOT;
use crate::charter::{Charter, Vendor, covers};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::promise::Family;
use crate::words::data_nouns::{self, Noun};
use crate::words::plain;
use crate::words::tokens::Word;

pub(crate) const CODE: Code = Code {
    id: "CND0307",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0307.md"),
};

/// Compares the kinds of data that sentences name with what they link to.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for said in said::all(facts) {
        match said.promise.family {
            Family::Collect => collected(facts, said, diagnostics),
            Family::Occasion => occasion(facts, said, diagnostics),
            Family::Never => never(facts, said, diagnostics),
            Family::Share => received(facts, said, diagnostics),
            _ => {}
        }
    }
}

/// Whether one category holds the other.
fn related(one: &str, other: &str) -> bool {
    covers(one, other) || covers(other, one)
}

fn differs(
    facts: &Facts<'_>,
    said: &Said<'_>,
    at: Location,
    message: String,
    keys: &[&str],
) -> Diagnostic {
    let mut path = facts.declared_at(said.promise);
    path.extend(keys);
    CODE.at(at, "not the same", message)
        .with_secondary(facts.places.value(ROOT, &path), "declared here")
        .with_help("change the sentence or the declaration")
}

/// Linked words that name another kind of data.
fn collected(facts: &Facts<'_>, said: &Said<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(data) = facts.charter.data.get(&said.promise.name) else {
        return;
    };
    let nouns = data_nouns::find(said.linked_words());
    if nouns
        .iter()
        .any(|noun| related(&data.category, noun.category))
    {
        return;
    }
    if let Some(noun) = nouns.iter().find(|noun| !noun.in_lists) {
        let message = format!(
            "the text says `{}`, but `{}` is `{}`",
            said.text(&noun.span),
            said.promise.id,
            data.category
        );
        let at = said.at(&noun.span);
        diagnostics.push(differs(facts, said, at, message, &["category"]));
    }
}

/// Kinds of data in the sentence that the occasion doesn't collect.
fn occasion(facts: &Facts<'_>, said: &Said<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let charter = facts.charter;
    let Some(occasion) = charter.occasions.get(&said.promise.name) else {
        return;
    };
    // Of the occasion it adds to, everything is collected too.
    let base = occasion
        .adds_to
        .as_ref()
        .and_then(|base| charter.occasions.get(base));
    let names: Vec<&String> = occasion
        .collects
        .iter()
        .chain(base.iter().flat_map(|base| &base.collects))
        .collect();
    for noun in data_nouns::find(said.linked_words()) {
        if !noun.in_lists && !any(charter, &names, noun.category) {
            let message = format!(
                "the text says `{}`, which `{}` doesn't collect",
                said.text(&noun.span),
                said.promise.id
            );
            let at = said.at(&noun.span);
            diagnostics.push(differs(facts, said, at, message, &["collects"]));
        }
    }
}

/// Kinds of data that the text says are never collected, and no `never` covers.
fn never(facts: &Facts<'_>, said: &Said<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(never) = facts.charter.never.get(&said.promise.name) else {
        return;
    };
    if never.categories.is_empty() {
        return;
    }
    for noun in data_nouns::find(said.linked_words()) {
        let covered = never
            .categories
            .iter()
            .any(|category| related(category, noun.category));
        if !noun.in_lists && !covered {
            let message = format!(
                "the text says `{}`, which `{}` doesn't exclude",
                said.text(&noun.span),
                said.promise.id
            );
            let at = said.at(&noun.span);
            diagnostics.push(differs(facts, said, at, message, &["categories"]));
        }
    }
}

/// What a sentence says that a vendor receives.
fn received(facts: &Facts<'_>, said: &Said<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let charter = facts.charter;
    let Some(vendor) = charter.vendors.get(&said.promise.name) else {
        return;
    };
    if !said.alone_of_family() {
        return;
    }
    let Some(list) = list_of(said) else { return };
    let names: Vec<&String> = vendor.receives.iter().chain(&vendor.collects).collect();
    let nouns = data_nouns::find(said.between(&list));
    for noun in &nouns {
        if !any(charter, &names, noun.category) {
            let what = said.text(&noun.span);
            diagnostics.push(not_received(facts, said, &noun.span, what));
        }
    }
    let linked: Vec<&str> = said
        .links
        .iter()
        .filter(|(link, promise)| {
            promise.family == Family::Collect
                && link.plain.start >= list.start
                && link.plain.end <= list.end
        })
        .map(|(link, promise)| {
            if !names.iter().any(|name| **name == promise.name) {
                let what = said.text(&link.plain);
                diagnostics.push(not_received(facts, said, &link.plain, what));
            }
            promise.name.as_str()
        })
        .collect();
    let something = !nouns.is_empty() || !linked.is_empty();
    if something && is_exclusive(said, &list) {
        let text = said.text(&list).to_lowercase();
        for name in &vendor.receives {
            if !linked.contains(&name.as_str()) && !is_named(charter, name, &text, &nouns) {
                let vendor_name = &vendor.name;
                let message = format!(
                    "the text says what `{vendor_name}` receives and no more, but it receives `{name}`"
                );
                let at = said.at(&list);
                diagnostics.push(differs(facts, said, at, message, &["receives"]));
            }
        }
        not_closed(facts, said, vendor, &list, diagnostics);
    }
}

/// A closed list in the text needs a closed list in the declaration.
fn not_closed(
    facts: &Facts<'_>,
    said: &Said<'_>,
    vendor: &Vendor,
    list: &Range<usize>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if !vendor.only {
        let message = format!(
            "the text says that `{}` receives nothing else, the declaration doesn't",
            vendor.name
        );
        let found = differs(facts, said, said.at(list), message, &[]);
        diagnostics.push(found.with_help("add `only: true` to the vendor"));
    }
}

fn not_received(facts: &Facts<'_>, said: &Said<'_>, span: &Range<usize>, what: &str) -> Diagnostic {
    let id = &said.promise.id;
    let message = format!("the text says that `{id}` receives `{what}`, the declaration doesn't");
    differs(facts, said, said.at(span), message, &["receives"])
}

/// Whether any of this declared data is of a category.
fn any(charter: &Charter, names: &[&String], category: &str) -> bool {
    names.iter().any(|name| {
        let data = charter.data.get(*name);
        data.is_some_and(|data| related(&data.category, category))
    })
}

/// Whether a list names declared data, by its category, its name or its words.
fn is_named(charter: &Charter, name: &str, list: &str, nouns: &[Noun]) -> bool {
    let data = charter.data.get(name);
    let by_noun = data.is_some_and(|data| {
        nouns
            .iter()
            .any(|noun| related(&data.category, noun.category))
    });
    let about = data.and_then(|data| data.about.as_ref());
    let about = about.is_some_and(|about| {
        let about = about.to_lowercase();
        list.contains(about.trim_start_matches("your "))
    });
    by_noun || about || list.contains(&plain(name).to_lowercase())
}

/// Verbs after which comes what a vendor receives.
const RECEIVES: [&str; 10] = [
    "receives", "receive", "gets", "get", "sees", "obtains", "obtain", "reçoit", "obtient",
    "erhält",
];
/// Verbs after which comes what a vendor is given.
const GIVES: [&str; 16] = [
    "share",
    "send",
    "pass",
    "give",
    "transmit",
    "transfer",
    "forward",
    "disclose",
    "shared",
    "sent",
    "passed",
    "transmettons",
    "partageons",
    "communiquons",
    "envoyons",
    "übermitteln",
];
/// Words that end a list of data.
const ENDS: [&str; 22] = [
    "for", "so", "when", "if", "which", "who", "where", "because", "while", "collects", "but",
    "through", "in", "from", "pour", "afin", "lorsque", "si", "qui", "um", "wenn", "until",
];

/// The part of the sentence that lists what a vendor receives: "Chatter
/// receives …", or "we share … with Chatter".
fn list_of(said: &Said<'_>) -> Option<Range<usize>> {
    let link = &said.link.plain;
    let is = |word: &Word, table: &[&str]| table.contains(&word.text.as_str());
    let after = said.between(&(link.end..said.sentence.end));
    if let Some(verb) = after.iter().take(3).find(|word| is(word, &RECEIVES)) {
        let rest = after.iter().filter(|word| word.span.start >= verb.span.end);
        let end = rest
            .clone()
            .find(|word| is(word, &ENDS))
            .map_or(said.sentence.end, |word| word.span.start);
        return Some(verb.span.end..end);
    }
    let before = said.between(&(said.sentence.start..link.start));
    let preposition = before
        .last()
        .filter(|word| is(word, &["with", "to", "avec", "à", "mit", "an"]))?;
    let verb = before.iter().rev().find(|word| is(word, &GIVES))?;
    Some(verb.span.end..preposition.span.start)
}

/// Whether the list says that there is nothing else.
fn is_exclusive(said: &Said<'_>, list: &Range<usize>) -> bool {
    let Some(cues) = said.cues else { return false };
    // "Only your e-mail" and "we only share your e-mail".
    let near = said.between(&(list.start.saturating_sub(12)..list.end));
    near.iter().enumerate().any(|(at, word)| {
        let next = near.get(at + 1).map_or("", |next| next.text.as_str());
        cues.only.contains(&word.text.as_str()) && !cues.conditions.contains(&next)
    }) || said.text(list).to_lowercase().contains("limited set")
}
