//! Takes out what the compiler refuses, until it refuses nothing that the
//! draft brought in. What is taken out is listed with the compiler's reason.
//! Contradictions of the text stay, and are what compiling then reports.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::fact::{Fact, Origin, Words};
use super::gather::Gathered;
use super::links::Links;
use super::proposal::{Dropped, Outcome};
use super::write::{self, Aside, Left, Written};
use super::{Draft, TEXT};
use crate::bundle::{Bundle, ROOT};
use crate::compile::compile;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::faults::{self, Facts};
use crate::reading::page::Page;
use crate::reading::{Format, document_of, durations, recipients};

/// Rounds of taking out; each takes out at least one entry, or a part of one.
const ROUNDS_MAX: usize = 60;

/// A draft at one stage.
struct Stage {
    bundle: Bundle,
    written: Written,
    /// Where each fact is linked, in the linked text.
    links: Vec<(usize, Range<usize>)>,
    /// Contradicting phrases, in the linked text.
    contested: Vec<Range<usize>>,
    /// Facts of which no phrase could carry a link.
    unlinked: Vec<usize>,
    left: Vec<Left>,
}

pub(super) fn settle(page: &Page<'_>, mut gathered: Gathered) -> Draft {
    let mut refused: BTreeMap<usize, String> = BTreeMap::new();
    let against_itself = contradictions(page.source);
    let mut stage = stage(page, &gathered, &refused, &against_itself);
    let mut diagnostics = compile(&stage.bundle).diagnostics;
    for _ in 0..ROUNDS_MAX {
        let mut blamed = blame(&stage, &diagnostics);
        for unlinked in &stage.unlinked {
            blamed.insert(*unlinked, "no words of it can carry a link".to_owned());
        }
        blamed.retain(|fact, _| !refused.contains_key(fact));
        if blamed.is_empty() {
            break;
        }
        for (index, why) in blamed {
            match gathered.facts.get_mut(index) {
                Some(Fact {
                    value,
                    weaker: weaker @ Some(_),
                    ..
                }) => *value = weaker.take().unwrap_or_default(),
                _ => {
                    refused.insert(index, why);
                }
            }
        }
        stage = self::stage(page, &gathered, &refused, &against_itself);
        diagnostics = compile(&stage.bundle).diagnostics;
    }
    diagnostics.extend(contradictions(stage.bundle.file(TEXT).unwrap_or_default()));
    let kept = |promise: &str| {
        let mut entries = stage.written.entries.iter();
        entries.any(|(.., entry)| entry.promise == promise)
    };
    let mut proposed = Outcome::default();
    for outcome in &gathered.proposed {
        match outcome {
            Ok(promise) if kept(promise) => proposed.accepted += 1,
            Ok(_) => *proposed.dropped.entry(Dropped::Refused).or_default() += 1,
            Err(why) => *proposed.dropped.entry(*why).or_default() += 1,
        }
    }
    Draft {
        proposed,
        entries: stage
            .written
            .entries
            .into_iter()
            .map(|(.., entry)| entry)
            .collect(),
        diagnostics,
        left: stage.left,
        missing: gathered.organisation.missing(),
        files: stage.bundle,
    }
}

fn stage(
    page: &Page<'_>,
    gathered: &Gathered,
    refused: &BTreeMap<usize, String>,
    against_itself: &[Diagnostic],
) -> Stage {
    let kept: Vec<(usize, &Fact)> = gathered
        .facts
        .iter()
        .enumerate()
        .filter(|(index, _)| !refused.contains_key(index))
        .collect();
    let mut links = Links::new(page);
    let mut placed: Vec<(usize, Range<usize>)> = Vec::new();
    let mut from: BTreeMap<usize, Origin> = BTreeMap::new();
    let mut contested: Vec<Range<usize>> = Vec::new();
    let mut unlinked = Vec::new();
    for (index, fact) in &kept {
        let mut free = fact.phrases.iter().map(|words| (words, false));
        let mut held = fact.phrases.iter().map(|words| (words, true));
        let mut put = |(words, held)| {
            let span = match held {
                false => links.put(words, &fact.promise),
                true => links.replace(words, &fact.promise),
            };
            Some((span?, gathered.origin(page, words)))
        };
        match free.find_map(&mut put).or_else(|| held.find_map(&mut put)) {
            Some((span, origin)) => {
                placed.push((*index, span));
                from.insert(*index, origin);
            }
            None => unlinked.push(*index),
        }
        let mut others = fact.contested.iter();
        contested.extend(
            others
                .by_ref()
                .filter_map(|words| links.put(words, &fact.promise)),
        );
    }
    let left = left(page, gathered, refused, &from);
    let declared: Vec<(usize, &Fact, Origin)> = kept
        .into_iter()
        .filter(|(_, fact)| fact.section != "organisation")
        .filter_map(|(index, fact)| Some((index, fact, from.get(&index)?.clone())))
        .collect();
    let aside = Aside {
        against_itself,
        left: &left,
        replaced: links.replaced(),
    };
    let written = write::declaration(&gathered.organisation, &declared, &aside);
    let files = [
        (TEXT.to_owned(), links.text()),
        (ROOT.to_owned(), written.yaml.clone()),
    ];
    Stage {
        bundle: Bundle::new(files),
        written,
        links: placed
            .iter()
            .map(|(index, span)| (*index, links.moved(span)))
            .collect(),
        contested: contested.iter().map(|span| links.moved(span)).collect(),
        unlinked,
        left,
    }
}

/// Facts that the compiler's errors are about, and what it says.
fn blame(stage: &Stage, diagnostics: &[Diagnostic]) -> BTreeMap<usize, String> {
    let errors = diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error);
    let mut blamed = BTreeMap::new();
    for error in errors {
        let at = &error.primary.at;
        let places = std::iter::once(at).chain(error.secondary.iter().map(|label| &label.at));
        let in_text: Vec<&Range<usize>> = places
            .filter(|at| at.path == TEXT)
            .map(|at| &at.span)
            .collect();
        // Where the text contradicts itself, the compiler shall say so.
        let shown = stage
            .contested
            .iter()
            .any(|contested| in_text.iter().any(|span| touches(span, contested)));
        if shown {
            continue;
        }
        let fact = match at.path == ROOT {
            true => entry_at(stage, at.span.start),
            // A recipient that no entry could hold is nobody's fault.
            false if error.code == "CND0303" => None,
            false => nearest_link(stage, &at.span),
        };
        if let Some(fact) = fact {
            blamed
                .entry(fact)
                .or_insert_with(|| format!("{}: {}", error.code, error.message));
        }
    }
    blamed
}

fn touches(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start <= other.end && other.start <= one.end
}

fn entry_at(stage: &Stage, byte: usize) -> Option<usize> {
    let mut entries = stage.written.entries.iter();
    let entry = entries.find(|(_, bytes, _)| bytes.contains(&byte));
    entry.map(|(fact, ..)| *fact)
}

/// The linked phrase that holds, or stands nearest to, a place in the text, in
/// the same paragraph.
fn nearest_link(stage: &Stage, span: &Range<usize>) -> Option<usize> {
    let text = stage.bundle.file(TEXT).unwrap_or_default();
    let near = |link: &Range<usize>| {
        let (first, last) = (link.start.min(span.start), link.end.max(span.end));
        text.get(first..last)
            .is_some_and(|between| !between.contains("\n\n"))
    };
    stage
        .links
        .iter()
        .filter(|(_, link)| near(link))
        .min_by_key(|(_, link)| match touches(link, span) {
            true => 0,
            false => link
                .start
                .abs_diff(span.start)
                .min(link.end.abs_diff(span.start)),
        })
        .map(|(fact, _)| *fact)
}

/// Entries that were taken out, and commitments without an entry.
fn left(
    page: &Page<'_>,
    gathered: &Gathered,
    refused: &BTreeMap<usize, String>,
    from: &BTreeMap<usize, Origin>,
) -> Vec<Left> {
    let mut left: Vec<Left> = Vec::new();
    for (index, why) in refused {
        let fact = gathered.facts.get(*index);
        if let Some((fact, words)) = fact.and_then(|fact| Some((fact, fact.phrases.first()?))) {
            let origin = gathered.origin(page, words);
            left.push(Left {
                line: origin.line,
                why: match fact.value.is_empty() {
                    true => format!("not `{}`: {why}", fact.promise),
                    false => format!("not `{}: {}`: {why}", fact.promise, fact.value),
                },
                sentence: origin.sentence,
            });
        }
    }
    // A sentence is understood where an entry's phrase stands in it, and every
    // period of it is in some entry.
    let used: BTreeSet<&str> = from
        .values()
        .map(|origin| origin.sentence.as_str())
        .chain(left.iter().map(|left| left.sentence.as_str()))
        .map(str::trim)
        .collect();
    let kept = gathered.facts.iter().enumerate();
    let phrases: Vec<&Words> = kept
        .filter(|(index, _)| !refused.contains_key(index))
        .flat_map(|(_, fact)| fact.phrases.iter().chain(&fact.contested))
        .collect();
    let without: Vec<Left> = gathered
        .commitments
        .iter()
        .filter_map(|found| {
            let why = match used.contains(found.text.trim()) {
                false => format!("would be `{}`", found.suggests),
                true => {
                    let period = gathered.open_period(page, found, &phrases)?;
                    format!("its “{period}” is in no entry")
                }
            };
            Some(Left {
                line: gathered.line(found),
                sentence: found.text.clone(),
                why,
            })
        })
        .collect();
    left.extend(without);
    left.sort_by_key(|left| left.line);
    left
}

/// The text's contradictions.
fn contradictions(source: &str) -> Vec<Diagnostic> {
    let page = Page::new(TEXT, source, document_of(source, Format::Markdown));
    let facts = Facts {
        page: &page,
        durations: &durations::find(&page),
        recipients: &recipients::find(&page),
        version: None,
        today: None,
    };
    let mut found = faults::find(&facts);
    found.retain(|found| found.severity == Severity::Error);
    found
}
