//! Compares what was read in one text with what a person read, and tells each
//! difference where it is asked to.

use std::collections::BTreeSet;

use candor_policy::reading::Reading;

use super::gold::{self, Gold};
use super::score::Score;
use super::{Tally, contradictions};

/// What is compared: the annotations, the reading and the text.
pub(crate) struct Compared<'a> {
    pub(crate) gold: &'a Gold,
    pub(crate) reading: &'a Reading,
    pub(crate) source: &'a str,
}

impl Compared<'_> {
    /// Counts everything that was annotated; the lines tell what is wrong.
    pub(crate) fn count(&self, tally: &mut Tally) -> Vec<String> {
        if self.gold.vendors_only {
            return self.vendors(tally);
        }
        let mut wrong = self.commitments(tally);
        wrong.extend(self.durations(tally));
        wrong.extend(self.vendors(tally));
        wrong.extend(self.contradictions(tally));
        wrong
    }

    fn commitments(&self, tally: &mut Tally) -> Vec<String> {
        let mut wrong = Vec::new();
        let spans: Vec<_> = self.reading.commitments.iter().collect();
        let mut met: BTreeSet<usize> = BTreeSet::new();
        for (span, commits) in &self.gold.sentences {
            let hits = spans.iter().enumerate();
            let found: Vec<usize> = hits
                .filter(|(_, found)| gold::overlap(span, &found.at.span))
                .map(|(at, _)| at)
                .collect();
            tally.commitments.outcome(*commits, !found.is_empty());
            if *commits == found.is_empty() {
                let text = self.source.get(span.clone()).unwrap_or_default();
                let family = found.first().and_then(|at| spans.get(*at));
                wrong.push(family.map_or_else(
                    || format!("missed  | {text}"),
                    |found| format!("surplus | {}: {text}", found.family),
                ));
            }
            met.extend(found);
        }
        for (at, found) in spans.iter().enumerate() {
            if !met.contains(&at) {
                tally.commitments.outcome(false, true);
                wrong.push(format!("surplus | beside every sentence: {}", found.text));
            }
        }
        wrong
    }

    fn durations(&self, tally: &mut Tally) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut open: Vec<_> = self.reading.durations.iter().collect();
        for wanted in &self.gold.durations {
            let fits = |found: &&candor_policy::reading::Duration| {
                gold::inside(&found.at.span, &wanted.span)
                    && found.amount == wanted.amount
                    && gold::name(found.unit) == wanted.unit
            };
            // Of two equal durations in a sentence, the one with the right role.
            let place = open
                .iter()
                .position(|found| fits(found) && gold::name(found.role) == wanted.role)
                .or_else(|| open.iter().position(fits));
            tally.durations.outcome(true, place.is_some());
            let Some(place) = place else {
                wrong.push(format!(
                    "missed duration: {} {}",
                    wanted.amount, wanted.unit
                ));
                continue;
            };
            let found = open.remove(place);
            let right = gold::name(found.role) == wanted.role;
            tally.roles.outcome(true, right);
            if !right {
                wrong.push(format!(
                    "role of `{}`: {:?}, not {} | {}",
                    found.words, found.role, wanted.role, found.sentence
                ));
            }
        }
        for surplus in open {
            tally.durations.outcome(false, true);
            wrong.push(format!(
                "surplus duration: `{}` | {}",
                surplus.words, surplus.sentence
            ));
        }
        wrong
    }

    fn vendors(&self, tally: &mut Tally) -> Vec<String> {
        let named: Vec<&str> = self
            .reading
            .recipients
            .iter()
            .map(|found| found.name.as_str())
            .collect();
        let score = Score::of_vendors(&self.gold.vendors, &named);
        tally.vendors.add(score);
        if score.is_perfect() {
            return Vec::new();
        }
        let wanted = &self.gold.vendors;
        let missed = wanted
            .iter()
            .filter(|vendor| !vendor.doubtful && !named.iter().any(|name| vendor.is(name)))
            .map(|vendor| format!("missed vendor: {}", vendor.names.join(", ")));
        let surplus = named
            .iter()
            .filter(|name| !wanted.iter().any(|vendor| vendor.is(name)))
            .map(|name| format!("surplus vendor: {name}"));
        missed.chain(surplus).collect()
    }

    fn contradictions(&self, tally: &mut Tally) -> Vec<String> {
        let wanted: Vec<&str> = self
            .gold
            .contradictions
            .iter()
            .map(String::as_str)
            .collect();
        let found: Vec<&str> = contradictions::found(self.reading).collect();
        let score = Score::of_sets(&wanted, &found);
        tally.contradictions.add(score);
        if score.is_perfect() {
            return Vec::new();
        }
        let mut wrong = vec![format!(
            "contradictions: wanted {wanted:?}, found {found:?}"
        )];
        wrong.extend(contradictions::told(self.reading, self.source));
        wrong
    }
}
