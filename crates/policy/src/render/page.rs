//! The policy as a page: Markdown to HTML, with every promised phrase drawn by
//! the caller. No HTML of the author's passes: it is shown as text, so that a
//! policy can't carry a script. Links lead to web pages, mailboxes, telephones
//! or places of the same site; any other scheme loses its link.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, html};

use crate::charter::{Charter, Text};
use crate::promise::Phrase;
use crate::text::{MARKDOWN, SCHEME};

/// The HTML of a text's body. `phrase` draws each promised phrase: it must
/// return safe HTML, which [`escape`] helps with. Headings carry ids made from
/// their words.
///
/// ```
/// # use candor_policy::charter::Charter;
/// use candor_policy::render::page::{escape, policy_html};
///
/// # fn page(charter: &Charter) {
/// for text in &charter.texts {
///     let html = policy_html(text, charter, &|phrase| {
///         format!("<a id=\"{}\">{}</a>", phrase.anchor, escape(&phrase.words))
///     });
/// }
/// # }
/// ```
pub fn policy_html(text: &Text, charter: &Charter, phrase: &dyn Fn(&Phrase) -> String) -> String {
    let phrases: BTreeMap<usize, &Phrase> = charter
        .promises
        .iter()
        .flat_map(|promise| &promise.phrases)
        .filter(|phrase| phrase.language == text.language)
        .map(|phrase| (phrase.span.start, phrase))
        .collect();
    let events: Vec<(Event<'_>, Range<usize>)> = Parser::new_ext(&text.markdown, MARKDOWN)
        .into_offset_iter()
        .collect();
    let mut ids = heading_ids(&events).into_iter();
    let mut page: Vec<Event<'_>> = Vec::with_capacity(events.len());
    let mut replaced = false;
    let mut dropped = false;
    for (event, span) in events {
        match event {
            Event::End(TagEnd::Link) if replaced => replaced = false,
            _ if replaced => {}
            Event::Start(Tag::Link { dest_url, .. }) if dest_url.starts_with(SCHEME) => {
                if let Some(promised) = phrases.get(&span.start) {
                    replaced = true;
                    page.push(Event::InlineHtml(phrase(promised).into()));
                } else {
                    dropped = true;
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) if !is_safe(&dest_url) => dropped = true,
            Event::End(TagEnd::Link) if dropped => dropped = false,
            Event::Start(Tag::Heading {
                level,
                classes,
                attrs,
                ..
            }) => {
                let id = ids.next().map(CowStr::from);
                page.push(Event::Start(Tag::Heading {
                    level,
                    id,
                    classes,
                    attrs,
                }));
            }
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            Event::Html(raw) | Event::InlineHtml(raw) => page.push(Event::Text(raw)),
            Event::Start(Tag::HtmlBlock) => page.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => page.push(Event::End(TagEnd::Paragraph)),
            other => page.push(other),
        }
    }
    let mut rendered = String::with_capacity(text.markdown.len() * 2);
    html::push_html(&mut rendered, page.into_iter());
    rendered
}

/// Text as HTML, in element content and in quoted attributes alike.
///
/// ```
/// use candor_policy::render::page::escape;
///
/// assert_eq!(escape("<a & 'b'>"), "&lt;a &amp; &#39;b&#39;&gt;");
/// ```
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// One id per heading, each different: `data-we-hold`, `data-we-hold-2`.
fn heading_ids(events: &[(Event<'_>, Range<usize>)]) -> Vec<String> {
    let mut ids = Vec::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut open: Option<String> = None;
    for (event, _) in events {
        match event {
            Event::Start(Tag::Heading { .. }) => open = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(words) = &mut open {
                    words.push_str(text);
                }
            }
            Event::SoftBreak => {
                if let Some(words) = &mut open {
                    words.push(' ');
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&open.take().unwrap_or_default());
                let mut id = slug.clone();
                let mut count = 1;
                while !taken.insert(id.clone()) {
                    count += 1;
                    id = format!("{slug}-{count}");
                }
                ids.push(id);
            }
            _ => {}
        }
    }
    ids
}

fn slug(words: &str) -> String {
    let parts: Vec<String> = words
        .to_lowercase()
        .split(|character: char| !character.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    if parts.is_empty() {
        return "section".to_owned();
    }
    parts.join("-")
}

/// Whether an address may be linked: of this site, or of a known scheme.
fn is_safe(address: &str) -> bool {
    const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];
    // Browsers ignore control characters and spaces before and in a scheme.
    if address.contains(|character: char| character.is_control()) || address.starts_with(' ') {
        return false;
    }
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    match address.get(..end).and_then(|start| start.split_once(':')) {
        None => true,
        Some((scheme, _)) => SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()),
    }
}

#[cfg(test)]
mod tests;
