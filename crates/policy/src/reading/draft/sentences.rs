//! Sentences about everything but data: rights, security, children, staff,
//! authorities, places, changes.

use super::fact::{Fact, Words};
use super::gather::{Gatherer, Said, Sketch, hit};
use crate::reading::durations::Role;
use crate::reading::page::Sentence;
use crate::reading::suggest;
use crate::words;
use crate::yaml::quoted;

/// Measures: the rule of `draft.txt` that asks for one, its key and value.
const MEASURES: [(&str, &str, &str); 4] = [
    ("encrypted_backups", "backups", "{ encrypted: true }"),
    ("daily_backups", "backups", "{ every: day }"),
    ("aes_256", "at_rest", "aes-256"),
    ("aes_128", "at_rest", "aes-128"),
];

impl Gatherer<'_> {
    pub(super) fn no_sale(&mut self, said: Said<'_>) {
        let words = said.sentence.commitments.first("no_sale");
        let phrases = words.map(|words| Self::words(said, &words));
        let entry = Sketch::new("sale", "no_sale", "", "never");
        self.draft(said, entry, phrases.into_iter().collect());
    }

    /// The first sentence that grants a right, and its deadline, where the
    /// sentence has one.
    pub(super) fn right(&mut self, said: Said<'_>) {
        if hit(said.sentence, "no_right").is_some() {
            return;
        }
        let granted = rights(said.sentence);
        let only = granted.len() == 1;
        let deadline = self.periods(said, Role::Deadline).into_iter().next();
        for (right, at) in granted {
            let promise = format!("right.{right}");
            let phrase = Self::words(said, &(at..at + 1));
            match deadline.clone().filter(|_| only) {
                Some((period, place)) => {
                    let value = format!("{{ within: {period} }}");
                    match self.drafted(&promise) {
                        Some(fact) => answer_by(fact, value, place),
                        None => self.draft(
                            said,
                            Sketch::new("rights", "right", right, &value),
                            vec![place, phrase],
                        ),
                    }
                }
                None => self.draft(
                    said,
                    Sketch::new("rights", "right", right, "{}"),
                    vec![phrase],
                ),
            }
        }
    }

    pub(super) fn no_decision(&mut self, said: Said<'_>) {
        let words = hit(said.sentence, "no_automated_decision");
        let phrases = words.map(|words| Self::words(said, &words));
        let entry = Sketch::new("decisions", "decision", "", "never");
        self.draft(said, entry, phrases.into_iter().collect());
    }

    pub(super) fn children(&mut self, said: Said<'_>) {
        let age = self
            .durations
            .iter()
            .find(|found| found.place.sentence == said.index && found.role == Role::Age);
        let Some(age) = age.filter(|_| hit(said.sentence, "children").is_some()) else {
            return;
        };
        let value = format!("{{ under: {} }}", age.amount);
        let words = Self::words(said, &age.place.words);
        match self.drafted("children") {
            Some(fact) if fact.value == value => fact.phrases.push(words),
            Some(fact) => fact.contested.push(words),
            None => self.draft(
                said,
                Sketch::new("children", "children", "", &value),
                vec![words],
            ),
        }
    }

    pub(super) fn changes(&mut self, said: Said<'_>) {
        let mut channels = Vec::new();
        let mut phrases = Vec::new();
        for (rule, channel) in [("notify_email", "email"), ("notify_page", "page")] {
            if let Some(words) = hit(said.sentence, rule) {
                channels.push(channel);
                phrases.push(Self::words(said, &words));
            }
        }
        if channels.is_empty() {
            return;
        }
        let ahead = self.periods(said, Role::Notice).into_iter().next();
        let ahead = ahead.map_or_else(String::new, |(period, place)| {
            phrases.insert(0, place);
            format!(", ahead: {period}")
        });
        let value = format!("{{ notify: [{}]{ahead} }}", channels.join(", "));
        let entry = Sketch::new("changes", "notice", "changes", &value);
        self.draft(said, entry, phrases);
    }

    pub(super) fn security(&mut self, said: Said<'_>) {
        self.tls(said);
        for (rule, measure, value) in MEASURES {
            if let Some(words) = hit(said.sentence, rule) {
                let entry = Sketch::new("security", "security", measure, value);
                self.draft(said, entry, vec![Self::words(said, &words)]);
            }
        }
    }

    /// The oldest version of TLS, where the text names one that is spoken.
    fn tls(&mut self, said: Said<'_>) {
        let Some(words) = hit(said.sentence, "tls") else {
            return;
        };
        let version = words.end.checked_sub(1);
        let version = version.and_then(|at| said.sentence.tokens.get(at));
        let value = match version.map(|token| token.word.as_str()) {
            Some("1.2") => "\"1.2\"",
            Some("1.3") => "\"1.3\"",
            _ => return,
        };
        let entry = Sketch::new("security", "security", "tls", value);
        self.draft(said, entry, vec![Self::words(said, &words)]);
    }

    /// Entries that hold a situation in the text's own words. A name in a
    /// heading or a label of a list is none.
    pub(super) fn in_words(
        &mut self,
        said: Said<'_>,
        section: &'static str,
        family: &str,
        key: &str,
    ) {
        let hits = said.sentence.commitments.all();
        let mut hits = hits.filter(|(rule, _)| *rule == said.commitment.family);
        let (Some((_, words)), Some(_)) = (hits.next(), hit(said.sentence, section)) else {
            return;
        };
        let same = self.facts.iter().filter(|fact| fact.section == section);
        let name = format!(
            "{}_{}",
            family.trim_end_matches("_access"),
            same.count() + 1
        );
        let value = format!("{{ {key}: {} }}", quoted(self.page.text(said.sentence)));
        self.draft(
            said,
            Sketch::new(section, family, &name, &value),
            vec![Self::words(said, &words)],
        );
    }

    pub(super) fn location(&mut self, said: Said<'_>) {
        let Some(block) = self.page.block(said.sentence) else {
            return;
        };
        let within = &said.sentence.plain;
        let countries =
            words::countries::find(&block.plain, &words::tokens::words(&block.plain, false));
        let mut named = countries
            .into_iter()
            .filter(|(bytes, _)| within.start <= bytes.start && bytes.end <= within.end);
        // Of several places, a sentence rarely says that each is one.
        let (Some((plain, code)), None) = (named.next(), named.next()) else {
            return;
        };
        let name = format!("country_{}", code.to_lowercase());
        let value = format!("{{ region: {code} }}");
        let words = Words {
            block: said.sentence.block,
            plain,
        };
        self.draft(
            said,
            Sketch::new("locations", "location", &name, &value),
            vec![words],
        );
    }
}

/// The rights that a sentence names, each with its first word.
fn rights(sentence: &Sentence) -> Vec<(&'static str, usize)> {
    let mut granted: Vec<(&'static str, usize)> = Vec::new();
    for (at, token) in sentence.tokens.iter().enumerate() {
        // "the competent authority" alone is no complaint.
        let known = suggest::RIGHTS
            .iter()
            .find(|(_, words)| words.contains(&token.word.as_str()))
            .filter(|_| token.word != "authority");
        if let Some((right, _)) = known
            && (*right != "access" || hit(sentence, "access").is_some())
            && granted.iter().all(|(other, _)| other != right)
        {
            granted.push((right, at));
        }
    }
    granted
}

/// A second sentence about a right: its deadline is the right's where there
/// was none, and contradicts it where there was another.
fn answer_by(fact: &mut Fact, value: String, place: Words) {
    if fact.value == "{}" {
        fact.value = value;
        fact.phrases.insert(0, place);
    } else if fact.value != value {
        fact.contested.push(place);
    }
}
