//! Sentences about data: what is collected, why, how long it is kept, who
//! receives it.

use std::ops::Range;

use super::fact::{Sureness, Words};
use super::gather::{Gatherer, Said, Sketch, hit};
use crate::checks::undeclared_vendor::is_denied;
use crate::reading::durations::Role;
use crate::reading::{is_aside, recipients, suggest};
use crate::vendor_names;
use crate::yaml::quoted;

/// Categories whose words are as often about the text as about data.
pub(super) const DOUBTFUL: [&str; 3] = ["child", "account", "social"];
/// Legal bases, as rules of `draft.txt` ask for them.
const BASES: [(&str, &str); 4] = [
    ("consent", "basis_consent"),
    ("contract", "basis_contract"),
    ("legal_obligation", "basis_legal_obligation"),
    ("legitimate_interests", "basis_legitimate_interests"),
];
/// Words between "from" and the data that is only where something else goes
/// from: "deleted from our systems and logs".
const FROM_WORDS: usize = 6;

impl Gatherer<'_> {
    /// A purpose whose legal basis stands in the same sentence.
    pub(super) fn purpose(&mut self, said: Said<'_>) {
        let bases: Vec<&str> = BASES
            .iter()
            .filter(|(_, rule)| hit(said.sentence, rule).is_some())
            .map(|(basis, _)| *basis)
            .collect();
        let purposes = said.sentence.purposes.names();
        let ([basis], [purpose]) = (bases.as_slice(), purposes.as_slice()) else {
            return;
        };
        if let Some(words) = said.sentence.purposes.first(purpose) {
            let value = format!("{{ basis: {basis}, is: {purpose} }}");
            let entry = Sketch::new("purposes", "purpose", &suggest::identifier(purpose), &value);
            self.draft(said, entry, vec![Self::words(said, &words)]);
        }
    }

    pub(super) fn data(&mut self, said: Said<'_>) {
        if matches!(
            said.commitment.family,
            "collect" | "retain" | "cookies" | "purpose"
        ) {
            for category in said.sentence.data.names() {
                self.datum(said, category);
            }
        }
    }

    /// A category of data, where the sentence names it.
    fn datum(&mut self, said: Said<'_>, wanted: &str) {
        for (category, words) in said.sentence.data.all() {
            if category != wanted || DOUBTFUL.contains(&category) {
                continue;
            }
            let name = data_name(category);
            let value = format!("{{ category: {category}, of: [], for: [] }}");
            let words = Self::words(said, &words);
            if let Some(fact) = self.drafted(&format!("collect.{name}")) {
                fact.phrases.push(words);
                continue;
            }
            self.draft(
                said,
                Sketch::new("data", "collect", &name, &value),
                vec![words],
            );
        }
    }

    /// A period or an event, for the one category that the sentence names.
    pub(super) fn retention(&mut self, said: Said<'_>) {
        let mut categories: Vec<&str> = said
            .sentence
            .data
            .all()
            .filter(|(category, words)| !DOUBTFUL.contains(category) && !is_origin(said, words))
            .map(|(category, _)| category)
            .collect();
        categories.sort_unstable();
        categories.dedup();
        let [category] = categories.as_slice() else {
            return;
        };
        let mut periods = self.periods(said, Role::Retention);
        // Two periods in one sentence belong to two things.
        if periods.len() > 1 {
            return;
        }
        let entry = match periods.pop() {
            Some((period, place)) => Some((format!("{{ for: {period} }}"), place)),
            None if said.commitment.family == "retain" => {
                let words = hit(said.sentence, "until_account");
                let value = "{ until: account_closed }".to_owned();
                words.map(|words| (value, Self::words(said, &words)))
            }
            None => None,
        };
        let Some((value, place)) = entry else {
            return;
        };
        let name = data_name(category);
        // A rule governs the data of its own name: that is declared too.
        self.datum(said, category);
        match self.drafted(&format!("retain.{name}")) {
            Some(fact) if fact.value == value => fact.phrases.push(place),
            Some(fact) => fact.contested.push(place),
            None => self.draft(
                said,
                Sketch::new("retention", "retain", &name, &value),
                vec![place],
            ),
        }
    }

    /// Recipients that the sentence names, and the data that it says they get.
    pub(super) fn vendors(&mut self, said: Said<'_>) {
        let page = self.page;
        for named in recipients::in_sentence(page, said.sentence) {
            let mut phrases = vec![Words {
                block: said.sentence.block,
                plain: named.bytes.clone(),
            }];
            if let Some(words) = said.sentence.faults.first("recipient") {
                phrases.push(Self::words(said, &words));
            }
            let receives = self.received(said);
            let sureness = Sureness::of(Some(said.commitment));
            self.vendor(sureness, &named.name, phrases, &receives);
        }
    }

    /// The data that a sentence about sharing names.
    fn received(&mut self, said: Said<'_>) -> Vec<String> {
        let mut received = Vec::new();
        for category in said.sentence.data.names() {
            if !DOUBTFUL.contains(&category) {
                self.datum(said, category);
                received.push(data_name(category));
            }
        }
        received.dedup();
        received
    }

    /// Vendors that sentences name without saying what they receive. The
    /// compiler takes them for recipients, so a draft without them would not
    /// compile; whether they are, somebody has to say.
    pub(super) fn named_in_passing(&mut self) {
        let page = self.page;
        for (at, block) in page.document.blocks.iter().enumerate() {
            for found in vendor_names::find(&block.plain, &block.sentences, block.is_heading()) {
                let own = block.plain.get(found.span.clone()).is_some_and(|name| {
                    let name = name.to_lowercase();
                    page.own_names.iter().any(|own| name.starts_with(own))
                });
                if own
                    || is_denied(&block.plain, &block.sentences, found.span.start)
                    || is_aside(&block.plain, &block.sentences, &found.span)
                {
                    continue;
                }
                let words = Words {
                    block: at,
                    plain: found.span,
                };
                self.vendor(Sureness::Unsure, found.vendor.name(), vec![words], &[]);
            }
        }
    }

    /// A vendor under the name that the text first calls it by; `usual` is how
    /// the list of vendors calls it.
    fn vendor(
        &mut self,
        sureness: Sureness,
        usual: &str,
        phrases: Vec<Words>,
        receives: &[String],
    ) {
        if let Some(promise) = self.vendors.get(usual).cloned() {
            if let Some(fact) = self.drafted(&promise) {
                fact.phrases.extend(phrases);
            }
            return;
        }
        let page = self.page;
        let written = phrases.first().and_then(|words| {
            let block = page.document.blocks.get(words.block)?;
            block.plain.get(words.plain.clone())
        });
        let Some(name) = written else { return };
        let key = suggest::identifier(name);
        let promise = format!("share.{key}");
        let named = format!("name: {}, for: []", quoted(name));
        let value = match receives {
            [] => format!("{{ {named} }}"),
            _ => format!("{{ {named}, receives: [{}] }}", receives.join(", ")),
        };
        self.draft_as(
            sureness,
            Sketch::new("vendors", "share", &key, &value),
            phrases,
        );
        if let Some(fact) = self.drafted(&promise).filter(|_| !receives.is_empty()) {
            fact.weaker = Some(format!("{{ {named} }}"));
        }
        self.vendors.insert(usual.to_owned(), promise);
    }
}

/// Whether data is named only as where something else is removed from.
fn is_origin(said: Said<'_>, words: &Range<usize>) -> bool {
    let first = words.start.saturating_sub(FROM_WORDS);
    let before = said.sentence.tokens.get(first..words.start);
    before
        .unwrap_or_default()
        .iter()
        .any(|token| token.word == "from")
}

/// `contact.email` as `email`; the roots keep their name.
pub(super) fn data_name(category: &str) -> String {
    category.rsplit('.').next().unwrap_or(category).to_owned()
}
