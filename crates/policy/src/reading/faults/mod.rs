//! Faults that a text alone shows: one file per diagnostic code, whose page
//! lies in `docs/diagnostics/` and whose specification in `specs/lint.md`.
//! Pairs that are compared are bounded, so that the time stays linear.

mod anonymous_but_tied;
mod closed_purposes;
mod closed_sharing;
mod consent_by_use;
mod drifting_copy;
mod empty_link;
mod hedge;
mod hidden_character;
mod internal_policy;
mod kept_forever;
mod missing_list;
mod missing_part;
mod missing_place;
mod never_but_collected;
mod old_version;
mod open_list;
mod other_language;
mod processor_with_basis;
mod relative_date;
mod sale_and_audiences;
mod software_recipient;
mod stale_claim;
mod two_deadlines;
mod undefined_term;
mod unfitting_heading;
mod unmeasurable_claim;
mod vague_retention;

use std::ops::Range;

use jiff::civil::Date;

use super::commitments;
use super::document::{Block, Kind};
use super::durations::Duration;
use super::page::{Page, Sentence};
use super::recipients::{self, Recipient};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location};

/// Sentences of one kind that are compared with all others.
const PAIRS_MAX: usize = 16;
/// Further places that one finding names.
const SECONDARY_MAX: usize = 5;
/// Findings of one code; what is beyond says the same again.
const FINDINGS_MAX: usize = 100;

/// What the checks look at.
pub(crate) struct Facts<'a> {
    pub(crate) page: &'a Page<'a>,
    pub(crate) durations: &'a [Duration],
    pub(crate) recipients: &'a [Recipient],
    /// The date from which the text holds, and where it says so.
    pub(crate) version: Option<(Date, Location)>,
    pub(crate) today: Option<Date>,
}

type Check = fn(&Facts<'_>, &mut Vec<Diagnostic>);

/// Every check, in the order of the codes.
const CHECKS: [(&Code, Check); 26] = [
    (&closed_purposes::CODE, closed_purposes::check),
    (&kept_forever::CODE, kept_forever::check),
    (&two_deadlines::CODE, two_deadlines::check),
    (&sale_and_audiences::CODE, sale_and_audiences::check),
    (&never_but_collected::CODE, never_but_collected::check),
    (&closed_sharing::CODE, closed_sharing::check),
    (&processor_with_basis::CODE, processor_with_basis::check),
    (&anonymous_but_tied::CODE, anonymous_but_tied::check),
    (&consent_by_use::CODE, consent_by_use::check),
    (&vague_retention::CODE, vague_retention::check),
    (&internal_policy::CODE, internal_policy::check),
    (&unmeasurable_claim::CODE, unmeasurable_claim::check),
    (&open_list::CODE, open_list::check),
    (&hedge::CODE, hedge::check),
    (&software_recipient::CODE, software_recipient::check),
    (&stale_claim::CODE, stale_claim::check),
    (&old_version::CODE, old_version::check),
    (&relative_date::CODE, relative_date::check),
    (&missing_list::CODE, missing_list::check),
    (&missing_place::CODE, missing_place::check),
    (&empty_link::CODE, empty_link::check),
    (&undefined_term::CODE, undefined_term::check),
    (&drifting_copy::CODE, drifting_copy::check),
    (&unfitting_heading::CODE, unfitting_heading::check),
    (&missing_part::CODE, missing_part::check),
    (&hidden_character::CODE, hidden_character::check),
];

/// Every code of this module, in order.
pub(crate) fn codes() -> impl Iterator<Item = &'static Code> {
    let checks = CHECKS.iter().map(|(code, _)| *code);
    checks.chain(std::iter::once(&other_language::CODE))
}

/// Everything found, by position.
pub(crate) fn find(facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    if !other_language::is_read(facts) {
        hidden_character::check(facts, &mut all);
        other_language::check(facts, &mut all);
        return all;
    }
    for (_, check) in CHECKS {
        let mut found = Vec::new();
        check(facts, &mut found);
        found.truncate(FINDINGS_MAX);
        all.extend(found);
    }
    all.sort_by(|one, other| {
        let order = |found: &Diagnostic| (found.primary.at.span.start, found.code);
        order(one).cmp(&order(other))
    });
    all
}

impl<'a> Facts<'a> {
    /// The family a sentence commits to.
    fn family(&self, sentence: &Sentence) -> Option<&'static str> {
        commitments::family(sentence).map(|(family, _)| family)
    }

    /// The first sentence with a hit of a rule.
    fn first(&self, rule: &str) -> Option<&Sentence> {
        self.page
            .body()
            .find(|sentence| sentence.faults.has(rule) && !sentence.question)
    }

    /// Every hit of a rule, questions left out.
    fn hits<'f>(&'f self, rule: &'f str) -> impl Iterator<Item = (&'f Sentence, Range<usize>)> {
        self.page
            .body()
            .filter(|sentence| !sentence.question)
            .flat_map(move |sentence| {
                let hits = sentence.faults.all().filter(move |(name, _)| *name == rule);
                hits.map(move |(_, words)| (sentence, words))
            })
    }

    /// The first hit of a rule in every sentence that has one.
    fn once_a_sentence<'f>(
        &'f self,
        rule: &'f str,
    ) -> impl Iterator<Item = (&'f Sentence, Range<usize>)> {
        self.page
            .body()
            .filter(|sentence| !sentence.question)
            .filter_map(move |sentence| Some((sentence, sentence.faults.first(rule)?)))
    }

    /// The words of a hit, as they stand.
    fn phrase(&self, sentence: &Sentence, words: &Range<usize>) -> &str {
        let block = self.page.block(sentence);
        block
            .and_then(|block| block.plain.get(sentence.bytes(words)))
            .unwrap_or_default()
    }

    fn durations_in(&self, sentence: &Sentence) -> usize {
        let at = |duration: &Duration| self.page.sentences.get(duration.place.sentence);
        let first = self.durations.partition_point(|duration| {
            at(duration).is_some_and(|other| {
                (other.block, other.plain.start) < (sentence.block, sentence.plain.start)
            })
        });
        let rest = self.durations.get(first..).unwrap_or_default();
        rest.iter()
            .take_while(|duration| at(duration).is_some_and(|other| std::ptr::eq(other, sentence)))
            .count()
    }

    /// Who a sentence names.
    fn named<'f>(&'f self, sentence: &Sentence) -> impl Iterator<Item = &'f str> {
        recipients::in_sentence(self.page, sentence).map(|named| named.name.as_str())
    }

    fn recipients_in(&self, sentence: &Sentence) -> usize {
        self.named(sentence).count()
    }

    /// Where a sentence names somebody.
    fn place_of_name(&self, sentence: &Sentence, name: &str) -> Option<Location> {
        recipients::in_sentence(self.page, sentence)
            .find(|named| named.name == name)
            .map(|named| self.page.locate(sentence.block, &named.bytes))
    }

    /// A range of the file's bytes.
    fn locate_source(&self, span: &Range<usize>) -> Location {
        Location::new(self.page.path, span.clone())
    }

    /// The text's first line.
    fn top(&self) -> Location {
        match self.page.sentences.first() {
            Some(sentence) => self.page.place(sentence),
            None => Location::new(self.page.path, 0..0),
        }
    }

    /// Whether a heading belongs to the section that another one opens.
    fn is_below(&self, block: &Block, heading: usize, level: Kind) -> bool {
        let deeper = match (block.kind, level) {
            (Kind::Heading(inner), Kind::Heading(outer)) => inner > outer,
            _ => false,
        };
        deeper && block.section.is_some_and(|section| section >= heading)
    }
}

/// Hits by the words they cover, each with its first places.
fn grouped<'f>(
    facts: &Facts<'_>,
    hits: impl Iterator<Item = (&'f Sentence, Range<usize>)>,
) -> Vec<(String, Vec<Location>)> {
    let mut groups: Vec<(String, Vec<Location>)> = Vec::new();
    for (sentence, words) in hits {
        let phrase = facts.phrase(sentence, &words).to_lowercase();
        let place = facts.page.place_words(sentence, &words);
        let full = groups.len() >= FINDINGS_MAX;
        match groups.iter_mut().find(|(known, _)| *known == phrase) {
            Some((_, places)) if places.len() <= SECONDARY_MAX => places.push(place),
            Some(_) => {}
            None if !full => groups.push((phrase, vec![place])),
            None => {}
        }
    }
    groups
}
