//! The promise that would carry a commitment: a key to begin with, made from
//! the words of the vocabulary, never from the text's own.

use super::page::{Page, Sentence};

/// What a text calls a right, and its key.
pub(crate) const RIGHTS: [(&str, &[&str]); 8] = [
    (
        "erasure",
        &[
            "delete",
            "deleted",
            "deletion",
            "erase",
            "erasure",
            "remove",
            "removal",
            "forgotten",
        ],
    ),
    (
        "portability",
        &["portability", "export", "port", "transmit"],
    ),
    (
        "rectification",
        &[
            "correct",
            "correction",
            "rectify",
            "rectification",
            "update",
            "amend",
            "change",
            "edit",
        ],
    ),
    ("restriction", &["restrict", "restriction", "limit"]),
    ("objection", &["object", "objection", "opt", "unsubscribe"]),
    ("withdrawal", &["withdraw", "revoke", "withdrawing"]),
    (
        "complaint",
        &["complaint", "complain", "lodge", "authority"],
    ),
    ("access", &["access", "copy", "know", "obtain"]),
];

/// What a text calls a measure, and its key.
const MEASURES: [(&str, &[&str]); 7] = [
    ("backups", &["backup", "backups"]),
    ("rotate_keys", &["rotation", "rotate", "rotated"]),
    ("passwords", &["password", "passwords", "hashed"]),
    ("tls", &["tls", "ssl", "https", "transit"]),
    (
        "at_rest",
        &["aes", "rest", "encrypted", "encrypt", "encryption"],
    ),
    ("isolation", &["isolation", "isolated", "segregated"]),
    ("audits", &["audit", "audits"]),
];

/// The key: a family's, a dot, a name.
pub(crate) fn key(
    page: &Page<'_>,
    sentence: &Sentence,
    family: &str,
    data: &[&'static str],
) -> String {
    let named = |table: &[(&'static str, &[&str])]| {
        table
            .iter()
            .find(|(_, words)| sentence.has_word(words))
            .map(|(name, _)| *name)
    };
    let datum = data.first().and_then(|key| key.rsplit('.').next());
    let name = match family {
        "no_sale" => return family.to_owned(),
        "notice" => "changes".to_owned(),
        "right" => named(&RIGHTS).unwrap_or("access").to_owned(),
        "security" => named(&MEASURES).unwrap_or("measures").to_owned(),
        "share" => super::recipients::in_sentence(page, sentence)
            .next()
            .map_or_else(|| "recipients".to_owned(), |named| identifier(&named.name)),
        "purpose" | "mail" => sentence
            .purposes
            .names()
            .first()
            .and_then(|key| key.rsplit('.').next())
            .unwrap_or("service")
            .to_owned(),
        "contact" => "email".to_owned(),
        _ => datum.unwrap_or("personal_data").to_owned(),
    };
    format!("{family}.{name}")
}

/// A name as a key: `Google Cloud` as `google_cloud`.
pub(crate) fn identifier(name: &str) -> String {
    let words: Vec<String> = name
        .to_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    match words.is_empty() {
        true => "unnamed".to_owned(),
        false => words.join("_"),
    }
}
