//! Words that changed while what they promise did not have to.

use serde::Serialize;

use crate::charter::{Charter, Text};
use crate::promise::Promise;

/// A sentence of a promise that reads differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wording {
    /// Language of the text.
    pub language: String,
    /// The sentence before, if there was one.
    pub before: Option<String>,
    /// The sentence after, if there is one.
    pub after: Option<String>,
}

/// A text that differs as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextChange {
    /// Its language.
    pub language: String,
    /// What became of it: `added`, `removed` or `edited`.
    pub change: &'static str,
}

/// Sentences of a promise that are in one version only, paired in their order.
pub(super) fn phrases(was: &Promise, is: &Promise) -> Vec<Wording> {
    let mut languages: Vec<&str> = Vec::new();
    for phrase in was.phrases.iter().chain(&is.phrases) {
        if !languages.contains(&phrase.language.as_str()) {
            languages.push(&phrase.language);
        }
    }
    languages
        .into_iter()
        .flat_map(|language| in_language(language, was, is))
        .collect()
}

fn in_language(language: &str, was: &Promise, is: &Promise) -> Vec<Wording> {
    let (before, after) = (sentences(was, language), sentences(is, language));
    let mut removed = before.iter().filter(|sentence| !after.contains(sentence));
    let mut added = after.iter().filter(|sentence| !before.contains(sentence));
    let mut found = Vec::new();
    loop {
        let pair = (removed.next(), added.next());
        if pair == (None, None) {
            return found;
        }
        found.push(Wording {
            language: language.to_owned(),
            before: pair.0.map(|sentence| (*sentence).to_owned()),
            after: pair.1.map(|sentence| (*sentence).to_owned()),
        });
    }
}

fn sentences<'p>(promise: &'p Promise, language: &str) -> Vec<&'p str> {
    let phrases = promise.phrases.iter();
    let mut sentences: Vec<&str> = phrases
        .filter(|phrase| phrase.language == language)
        .map(|phrase| phrase.sentence.as_str())
        .collect();
    sentences.dedup();
    sentences
}

/// Texts that were added, removed or edited.
pub(super) fn texts(before: &Charter, after: &Charter) -> Vec<TextChange> {
    fn find<'c>(charter: &'c Charter, language: &str) -> Option<&'c Text> {
        let mut texts = charter.texts.iter();
        texts.find(|text| text.language == language)
    }
    let changed = |text: &Text, change| TextChange {
        language: text.language.clone(),
        change,
    };
    let kept = after
        .texts
        .iter()
        .filter_map(|text| match find(before, &text.language) {
            None => Some(changed(text, "added")),
            Some(was) if was.markdown != text.markdown => Some(changed(text, "edited")),
            Some(_) => None,
        });
    let gone = before
        .texts
        .iter()
        .filter(|text| find(after, &text.language).is_none())
        .map(|text| changed(text, "removed"));
    kept.chain(gone).collect()
}
