//! `text`: the policy's texts, by language.

use crate::checks::{malformed_value, missing_file};
use crate::reader::Reader;
use crate::yaml::Entry;

/// A text the declaration names.
pub(crate) struct Named {
    /// Language tag.
    pub(crate) language: String,
    /// Path within the policy's folder.
    pub(crate) path: String,
}

/// The texts, in the order written; the first is the one that is quoted.
pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Vec<Named> {
    let entries = reader.map(entry, "`text`").unwrap_or_default();
    entries
        .iter()
        .filter_map(|inner| {
            let tag = &inner.key.text;
            if !is_tag(tag) {
                let at = reader.at(inner.key.span.clone());
                let help = "write it as `en` or `pt-BR`";
                reader.report(malformed_value::malformed(at, tag, "a language tag", help));
            }
            let path = reader.text(inner)?;
            if reader.bundle.file(&path).is_none() {
                let at = reader.at(inner.node.span.clone());
                let known = reader.bundle.files().map(|(path, _)| path);
                reader.report(missing_file::missing(at, &path, known));
                return None;
            }
            Some(Named {
                language: tag.clone(),
                path,
            })
        })
        .collect()
}

/// Whether it looks like a BCP 47 tag: a language of two or three letters,
/// then parts of up to eight letters or digits.
fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    parts.next().is_some_and(|language| {
        matches!(language.len(), 2 | 3) && language.bytes().all(|byte| byte.is_ascii_lowercase())
    }) && parts.all(|part| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
