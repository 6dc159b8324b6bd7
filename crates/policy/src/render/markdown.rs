//! The policy's text as plain Markdown, for somewhere else: its promises are
//! words again, and its version stands beneath it.

use crate::charter::{Charter, Text};

/// A text without its promise links.
///
/// ```
/// # use candor_policy::charter::Charter;
/// # fn print(charter: &Charter) {
/// for text in &charter.texts {
///     println!("{}", candor_policy::render::markdown::markdown(text, charter));
/// }
/// # }
/// ```
#[must_use]
pub fn markdown(text: &Text, charter: &Charter) -> String {
    let mut phrases: Vec<_> = charter
        .promises
        .iter()
        .flat_map(|promise| &promise.phrases)
        .filter(|phrase| phrase.language == text.language)
        .collect();
    phrases.sort_by_key(|phrase| phrase.span.start);
    let mut page = String::with_capacity(text.markdown.len());
    let mut done = 0;
    for phrase in phrases {
        let before = text.markdown.get(done..phrase.span.start);
        page.push_str(before.unwrap_or_default());
        let link = text.markdown.get(phrase.span.clone()).unwrap_or_default();
        page.push_str(inside(link).unwrap_or(&phrase.words));
        done = phrase.span.end.max(done);
    }
    page.push_str(text.markdown.get(done..).unwrap_or_default());
    let version = &charter.id;
    format!("{}\n\n---\n\nVersion `{version}`\n", page.trim_end())
}

/// What stands between a link's brackets, as it is written.
fn inside(link: &str) -> Option<&str> {
    let (words, _) = link.strip_prefix('[')?.rsplit_once("](")?;
    Some(words)
}
