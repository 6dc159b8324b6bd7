//! "Did you mean": the known word nearest to one that isn't known.

use crate::diagnostic::Diagnostic;

/// Farther than this share of the word's length, a suggestion is noise.
const DISTANCE_SHARE: usize = 3;

/// The nearest of the known words, if one is near enough.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / DISTANCE_SHARE).max(1);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The same finding, mended by the nearest word, or with a list of all of them.
pub(crate) fn mend(found: Diagnostic, word: &str, known: &[&str]) -> Diagnostic {
    let found = match nearest(word, known.iter().copied()) {
        Some(near) => found.mended_by(near),
        None => found,
    };
    match help(word, known) {
        Some(help) => found.with_help(help),
        None => found,
    }
}

/// A line of help: the nearest word, or else all of them if they are few.
pub(crate) fn help(word: &str, known: &[&str]) -> Option<String> {
    const LISTED_MAX: usize = 14;
    if let Some(near) = nearest(word, known.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    match known.len() {
        0 => None,
        1..=LISTED_MAX => Some(format!("known here: {}", list(known))),
        _ => None,
    }
}

/// Words in backticks, with commas.
pub(crate) fn list(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_near() {
        assert_eq!(
            nearest("retension", ["retention", "rights"]),
            Some("retention")
        );
        assert_eq!(nearest("zebra", ["retention", "rights"]), None);
        assert_eq!(nearest("on", ["of", "for"]), Some("of"));
    }
}
