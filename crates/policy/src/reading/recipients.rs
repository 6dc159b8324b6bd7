//! Who a text names as receiving data: vendors of the list wherever they are
//! named so, and names it doesn't know where a table, a list or a phrase says
//! what they are. No recipients: the organisation itself, browsers whose
//! settings are explained, and whatever `data/reading/recipients.txt` lists.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use super::document::{Block, Document, Kind, Link};
use super::page::{Page, Sentence};
use super::tokens::{Token, tokens};
use super::{lexicon, own_name};
use crate::diagnostic::Location;
use crate::vendor_names;

/// A recipient, and every place that names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recipient {
    /// What it is called; a vendor of the list under its usual name.
    pub name: String,
    /// Whether it is a vendor of the list.
    pub known: bool,
    /// Where it is named.
    pub at: Vec<Location>,
    #[serde(skip)]
    pub(crate) blocks: Vec<usize>,
}

/// A name in a block.
pub(crate) struct Named {
    pub(crate) name: String,
    known: bool,
    /// Its bytes in the block's plain text.
    pub(crate) bytes: Range<usize>,
}

/// Bytes around a name that say whether it is a recipient's.
const AROUND: usize = 240;
/// Words of a name at most.
const NAME_WORDS_MAX: usize = 5;
/// Words that tell what a name is at most.
const TOLD_WORDS_MAX: usize = 9;
/// Letters of a name in an address at least.
const LABEL_LETTERS_MIN: usize = 3;
/// Letters of an acronym at most.
const ACRONYM_LETTERS_MAX: usize = 5;

/// The recipients of a text, in the order in which they are first named.
pub(crate) fn find(page: &Page<'_>) -> Vec<Recipient> {
    let mut order: Vec<Recipient> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (at, block) in page.named.iter().enumerate() {
        for named in block {
            let key = named.name.to_lowercase();
            let place = *places.entry(key).or_insert_with(|| {
                order.push(Recipient {
                    name: named.name.clone(),
                    known: named.known,
                    at: Vec::new(),
                    blocks: Vec::new(),
                });
                order.len() - 1
            });
            if let Some(recipient) = order.get_mut(place) {
                recipient.at.push(page.locate(at, &named.bytes));
                recipient.blocks.push(at);
            }
        }
    }
    order
}

/// The recipients that a sentence names.
pub(crate) fn in_sentence<'p>(
    page: &'p Page<'_>,
    sentence: &Sentence,
) -> impl Iterator<Item = &'p Named> {
    let all = page.named.get(sentence.block).map(Vec::as_slice);
    let all = all.unwrap_or_default();
    let first = all.partition_point(|named| named.bytes.start < sentence.plain.start);
    let end = sentence.plain.end;
    all.get(first..)
        .unwrap_or_default()
        .iter()
        .take_while(move |named| named.bytes.start < end)
}

/// The names in every block.
pub(super) fn named(document: &Document, own_names: &[String]) -> Vec<Vec<Named>> {
    let products = own_name::products(document, own_names);
    let text = Text {
        document,
        own_names,
        products: &products,
    };
    document
        .blocks
        .iter()
        .map(|block| in_block(&text, block))
        .collect()
}

/// A document, and what its organisation is called.
struct Text<'d> {
    document: &'d Document,
    own_names: &'d [String],
    products: &'d [String],
}

fn in_block(page: &Text<'_>, block: &Block) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    for mention in vendor_names::find(&block.plain, &block.sentences, block.is_heading()) {
        let name = mention.vendor.name();
        if is_recipient(page, block, &mention.span) {
            found.push(Named {
                name: name.to_owned(),
                known: true,
                bytes: mention.span,
            });
        }
    }
    let running = !matches!(block.kind, Kind::Heading(_) | Kind::Header | Kind::Row);
    let listed = match running {
        true => beside_known(block, &found),
        false => Vec::new(),
    };
    for bytes in unlisted(page, block).into_iter().chain(listed) {
        let taken = found
            .iter()
            .any(|known| known.bytes.start < bytes.end && bytes.start < known.bytes.end);
        let written = block.plain.get(bytes.clone()).unwrap_or_default();
        if !taken && is_recipient(page, block, &bytes) {
            found.push(Named {
                name: written.to_owned(),
                known: false,
                bytes,
            });
        }
    }
    found.sort_by_key(|named| named.bytes.start);
    found
}

/// False friends: the organisation itself and its products, and names that are
/// no recipients where they stand.
fn is_recipient(page: &Text<'_>, block: &Block, bytes: &Range<usize>) -> bool {
    let words = tokens(&block.plain, bytes.clone());
    let own = words.first().is_some_and(|word| {
        let own = |name: &String| name.split(' ').next() == Some(word.word.as_str());
        page.own_names.iter().any(own) || page.products.contains(&word.word)
    });
    let before = bytes.start.checked_sub("our ".len());
    let before = before.and_then(|from| block.plain.get(from..bytes.start));
    let of_ours = before.is_some_and(|word| word.eq_ignore_ascii_case("our "));
    !own && !of_ours && !is_aside(&block.plain, &block.sentences, bytes)
}

/// Whether a name stands where no recipient is meant: browsers and systems
/// whose settings are explained, what the text is about, where its copies and
/// its history lie.
pub(crate) fn is_aside(plain: &str, sentences: &[Range<usize>], bytes: &Range<usize>) -> bool {
    let around = tokens(plain, around(plain, sentences, bytes));
    let rules = &*lexicon::RECIPIENTS;
    let names = |found: &[super::patterns::Hit<'_, usize>], wanted: &str| {
        found.iter().any(|hit| rules.name(*hit.rule) == wanted)
    };
    let here = rules.patterns.find(&tokens(plain, bytes.clone()));
    let there = rules.patterns.find(&around);
    let explained = names(&there, "browser") && names(&there, "system");
    let excluded = &*lexicon::EXCLUSIONS;
    let aside = excluded.patterns.find(&around);
    let aside = aside
        .iter()
        .any(|hit| matches!(excluded.name(*hit.rule), "about" | "scope" | "pointer"));
    aside
        || explained
        || names(&here, "none")
        || names(&here, "system")
        || names(&there, "history")
        || names(&there, "advice")
}

/// The sentence around a name, or as much of it as says what the name is.
fn around(plain: &str, sentences: &[Range<usize>], bytes: &Range<usize>) -> Range<usize> {
    let at = sentences.partition_point(|sentence| sentence.end <= bytes.start);
    let sentence = sentences.get(at).cloned().unwrap_or(bytes.clone());
    let start = plain.floor_char_boundary(bytes.start.saturating_sub(AROUND));
    let end = plain.ceil_char_boundary((bytes.end + AROUND).min(plain.len()));
    sentence.start.max(start)..sentence.end.min(end)
}

/// Names the list doesn't hold, where their place says what they are.
fn unlisted(page: &Text<'_>, block: &Block) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    match block.kind {
        Kind::Header => return found,
        Kind::Heading(_) => {
            found.extend(as_heading(page, block));
            return found;
        }
        Kind::Row => {
            found.extend(in_row(page, block));
            return found;
        }
        Kind::Item(_) => found.extend(as_item(page, block)),
        Kind::Paragraph => {}
    }
    found.extend(after_cues(block));
    found.extend(linked(block));
    found.extend(policies_linked(block));
    found.extend(told_what_they_are(block));
    found
}

/// A heading under "Third parties" that is a name and nothing else; what
/// stands under it says the name again, which it wouldn't of "Legal Reasons".
fn as_heading(page: &Text<'_>, heading: &Block) -> Option<Range<usize>> {
    let name = heading.plain.trim_end();
    let of_vendors = page
        .document
        .headings(heading)
        .any(|above| says(&above.plain, "heading"));
    if !of_vendors || !is_name(name) {
        return None;
    }
    let blocks = &page.document.blocks;
    let mut under = blocks.iter().filter(|block| {
        let section = block.section.and_then(|section| blocks.get(section));
        section.is_some_and(|section| std::ptr::eq(section, heading))
    });
    let again = under.any(|block| !block.is_heading() && block.plain.contains(name));
    again.then_some(0..name.len())
}

/// `Ferrule` of `[Ferrule's privacy policy](https://ferrule.example/privacy)`.
fn policies_linked(block: &Block) -> Vec<Range<usize>> {
    let name_of = |link: &Link| {
        let words = tokens(&block.plain, link.plain.clone());
        let end = (1..words.len()).find(|at| begins(words.get(*at..), "policy"))?;
        let (bytes, next) = name_at(&block.plain, words.get(..end)?, 0)?;
        let written = block.plain.get(bytes.clone())?;
        let called = host_label(&link.target).is_some_and(|label| is_called(written, &label));
        (next == end && called).then_some(bytes)
    };
    block.links.iter().filter_map(name_of).collect()
}

/// Names that are told what they are: "Ferrule, our payment processor".
fn told_what_they_are(block: &Block) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for sentence in &block.sentences {
        let words = tokens(&block.plain, sentence.clone());
        let mut at = 0;
        while at < words.len() {
            let Some((bytes, next)) = name_at(&block.plain, &words, at) else {
                at += 1;
                continue;
            };
            let told = words.get(next).is_some_and(|word| word.after_break)
                && begins(words.get(next..), "named");
            found.extend(told.then_some(bytes));
            at = next;
        }
    }
    found
}

/// Whether words begin as a rule that is bound to the beginning says.
fn begins(words: Option<&[Token]>, rule: &str) -> bool {
    let rules = &*lexicon::RECIPIENTS;
    let first = words.unwrap_or_default();
    let first = first
        .get(..first.len().min(TOLD_WORDS_MAX))
        .unwrap_or(first);
    let hits = rules.patterns.find(first);
    hits.iter()
        .any(|hit| rules.name(*hit.rule) == rule && hit.words.start == 0)
}

/// Names that are links to a site called the same: `[Ferrule](https://ferrule.example)`.
fn linked(block: &Block) -> Vec<Range<usize>> {
    let links = block.links.iter().filter(|link| {
        let written = block.plain.get(link.plain.clone()).unwrap_or_default();
        let written = written.trim_end_matches(['.', ',', ':']);
        host_label(&link.target).is_some_and(|label| is_called(written, &label)) && is_name(written)
    });
    links
        .filter(|link| says(sentence_around(block, &link.plain), "context"))
        .map(|link| {
            let written = block.plain.get(link.plain.clone()).unwrap_or_default();
            let name = written.trim_end_matches(['.', ',', ':', ' ']);
            let name = unpossessed(name);
            link.plain.start..link.plain.start + name.len()
        })
        .collect()
}

fn sentence_around<'b>(block: &'b Block, bytes: &Range<usize>) -> &'b str {
    let at = block
        .sentences
        .partition_point(|sentence| sentence.end <= bytes.start);
    let sentence = block.sentences.get(at).cloned().unwrap_or_default();
    block.plain.get(sentence).unwrap_or_default()
}

/// `Ferrule` of "Ferrule's".
fn unpossessed(name: &str) -> &str {
    let stem = name.strip_suffix("'s").or_else(|| name.strip_suffix("’s"));
    stem.unwrap_or(name)
}

/// The part of an address that a company's name is in: `ferrule` of
/// `https://www.ferrule.co.uk/privacy`. Authorities' addresses have none.
fn host_label(target: &str) -> Option<String> {
    let rest = target
        .strip_prefix("https://")
        .or_else(|| target.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#', ':']).next()?.to_lowercase();
    let parts: Vec<&str> = host.split('.').collect();
    if parts
        .iter()
        .any(|part| matches!(*part, "gov" | "gouv" | "europa" | "ico" | "edu"))
    {
        return None;
    }
    let (_, rest) = parts.split_last()?;
    let label = rest
        .iter()
        .rev()
        .find(|part| !matches!(**part, "co" | "com" | "org" | "net" | "ac"))?;
    Some((*label).to_owned())
}

/// Whether a name and the name in an address are the same but for their ends.
fn is_called(written: &str, label: &str) -> bool {
    let plain = |text: &str| -> String {
        text.to_lowercase()
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect()
    };
    let (name, label) = (plain(written), plain(label));
    let first = written
        .split([' ', '.'])
        .next()
        .map(plain)
        .unwrap_or_default();
    label.len() >= LABEL_LETTERS_MIN
        && (name.starts_with(&label)
            || written.split(' ').any(|word| plain(word) == label)
            || first.len() >= LABEL_LETTERS_MIN && label.starts_with(&first))
}

/// The first cell, where its column or its table is one of vendors.
fn in_row(page: &Text<'_>, block: &Block) -> Option<Range<usize>> {
    let cell = block.cells.first()?;
    let column = page.document.column(block, cell.start)?;
    let of_vendors =
        says(column, "heading") || says(column, "column") && introduced_as_vendors(page, block);
    let written = block.plain.get(cell.clone())?;
    // "Ferrule (Ireland)" is called "Ferrule", as is "Ferrule d/b/a Baz".
    let name = [
        " (",
        " dba ",
        " d/b/a ",
        " doing business as ",
        " trading as ",
    ]
    .iter()
    .fold(written, |name, end| {
        name.split_once(end).map_or(name, |(name, _)| name)
    });
    (of_vendors && is_name(name)).then(|| cell.start..cell.start + name.len())
}

/// An item under "Subprocessors" begins with a name, then a stop.
fn as_item(page: &Text<'_>, block: &Block) -> Option<Range<usize>> {
    if !introduced_as_vendors(page, block) {
        return None;
    }
    let end = block
        .plain
        .find([':', '.', '(', '–', '—', ';', ','])
        .unwrap_or(block.plain.len());
    let written = block.plain.get(..end)?.trim_end();
    // "Affiliates: we may share …" is a kind of recipient, not one's name.
    let rest = block.plain.get(end..)?;
    let speaks = tokens(rest, 0..rest.len());
    if speaks
        .iter()
        .any(|word| matches!(word.word.as_str(), "we" | "our" | "us"))
    {
        return None;
    }
    let written = written.strip_suffix(" -").unwrap_or(written);
    is_name(written).then_some(0..written.len())
}

fn introduced_as_vendors(page: &Text<'_>, block: &Block) -> bool {
    let lead = block.lead.and_then(|lead| page.document.blocks.get(lead));
    let heading = block
        .section
        .and_then(|heading| page.document.blocks.get(heading));
    heading.is_some_and(|heading| says(&heading.plain, "heading"))
        || lead.is_some_and(|lead| {
            says(&lead.plain, "heading") && lead.plain.trim_end().ends_with(':')
        })
}

fn says(text: &str, rule: &str) -> bool {
    let rules = &*lexicon::RECIPIENTS;
    let words = tokens(text, 0..text.len());
    let hits = rules.patterns.find(&words);
    hits.iter().any(|hit| rules.name(*hit.rule) == rule)
}

/// "API", "(GA)": short words in capitals alone name what a text explains.
fn is_acronym(written: &str) -> bool {
    written.len() <= ACRONYM_LETTERS_MAX && !written.contains(char::is_lowercase)
}

/// A few words, each with a capital, that name somebody.
fn is_name(written: &str) -> bool {
    let words: Vec<&str> = written.split_whitespace().collect();
    let small = ["of", "and", "the", "for", "by", "&", "de", "-"];
    (1..=NAME_WORDS_MAX).contains(&words.len())
        && words.iter().all(|word| {
            word.starts_with(|first: char| {
                first.is_uppercase() || first.is_ascii_digit() || first == '('
            }) || small.contains(word)
                || word.contains('.') && !word.ends_with('.')
        })
        && written.chars().any(char::is_alphabetic)
        && !written.contains('/')
        && !is_kind(written)
        && !super::ordinary::is_ordinary(written)
}

/// "Session Cookies", "Ferrule Act": what ends so is a kind of thing, or a law.
fn is_kind(written: &str) -> bool {
    let words = tokens(written, 0..written.len());
    let last = words.len().saturating_sub(1);
    begins(words.get(last..), "kind")
}

/// Capitalised names right after "provided by", "such as" and the like.
fn after_cues(block: &Block) -> Vec<Range<usize>> {
    let rules = &*lexicon::RECIPIENTS;
    let mut found = Vec::new();
    for sentence in &block.sentences {
        let words = tokens(&block.plain, sentence.clone());
        for hit in rules.patterns.find(&words) {
            // In a title every word has a capital letter.
            let title =
                hit.words.start > 0 && words.get(hit.words.start).is_some_and(|word| word.capital);
            if rules.name(*hit.rule) == "cue" && !title {
                names_from(&block.plain, &words, hit.words.end, &mut found);
            }
        }
    }
    found
}

/// The names of a list that begins at a word: "Foo, Bar and Baz".
fn names_from(plain: &str, words: &[Token], mut at: usize, found: &mut Vec<Range<usize>>) {
    while let Some((bytes, next)) = name_at(plain, words, at) {
        if !found.contains(&bytes) {
            found.push(bytes);
        }
        at = next;
        let Some(goes_on) = list_goes_on(plain, words, at) else {
            return;
        };
        at = goes_on;
    }
}

/// The word at which a list's next name begins.
fn list_goes_on(plain: &str, words: &[Token], at: usize) -> Option<usize> {
    let word = words.get(at)?;
    if matches!(word.word.as_str(), "and" | "or") {
        return Some(at + 1);
    }
    (word.after_break && is_capital(plain, word)).then_some(at)
}

/// `Ferrule`, and `myFerrule` too.
fn is_capital(plain: &str, word: &Token) -> bool {
    let written = plain.get(word.span.clone()).unwrap_or_default();
    word.capital || written.contains(char::is_uppercase)
}

/// What goes on a list that a known vendor is in: "Stripe, Ferrule and Baz".
fn beside_known(block: &Block, known: &[Named]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for sentence in &block.sentences {
        let words = tokens(&block.plain, sentence.clone());
        let first = known.partition_point(|named| named.bytes.start < sentence.start);
        let inside = known.get(first..).unwrap_or_default().iter();
        for named in inside.take_while(|named| named.bytes.start < sentence.end) {
            let next = words.partition_point(|word| word.span.start < named.bytes.end);
            if let Some(at) = list_goes_on(&block.plain, &words, next) {
                names_from(&block.plain, &words, at, &mut found);
            }
        }
    }
    found
}

/// A capitalised name at a word: its bytes, and the word after it.
fn name_at(plain: &str, words: &[Token], at: usize) -> Option<(Range<usize>, usize)> {
    let article = ["a", "an", "the", "our", "your", "their", "its"];
    let first = words.get(at).filter(|word| {
        is_capital(plain, word) && (word.word == "the" || !article.contains(&word.word.as_str()))
    })?;
    let more = words
        .get(at + 1..)
        .unwrap_or_default()
        .iter()
        .take(NAME_WORDS_MAX - 1)
        .take_while(|word| word.capital && !word.after_break)
        .count();
    let last = words.get(at + more)?;
    let written = plain.get(first.span.start..last.span.end)?;
    let written = unpossessed(written);
    let bytes = first.span.start..first.span.start + written.len();
    let name = !super::ordinary::is_ordinary(written) && !is_acronym(written) && !is_kind(written);
    name.then_some((bytes, at + more + 1))
}

#[cfg(test)]
mod tests {
    use crate::reading::{Format, read};

    /// The recipients of a text, parted by commas.
    fn named(source: &str) -> String {
        let reading = read("policy.md", source, Format::Markdown, None).unwrap();
        let names = reading.recipients.iter().map(|found| found.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_heading_under_third_parties_is_a_name() {
        let source = "# Third parties\n\n## Ferrule\n\nYour address is kept by Ferrule.";
        assert_eq!(named(source), "Ferrule");
    }

    #[test]
    fn a_link_names_whose_site_or_policy_it_leads_to() {
        for source in [
            "Payments are handled; see [Ferrule](https://www.ferrule.example/).",
            "Cards are handled as [Ferrule's privacy policy](https://ferrule.example/privacy) says.",
            "Cards are handled as the [Ferrule Privacy Policy](https://ferrule.example/privacy) says.",
        ] {
            assert_eq!(named(source), "Ferrule", "{source}");
        }
    }

    #[test]
    fn who_is_told_to_do_our_work_is_a_recipient() {
        for source in [
            "Ferrule, our payment processor, sees your card.",
            "We use Ferrule (our payment processor) for cards.",
            "Cards go to our payment processor, Ferrule.",
        ] {
            assert_eq!(named(source), "Ferrule", "{source}");
        }
    }

    #[test]
    fn other_capitals_are_no_recipients() {
        for source in [
            "# Third parties\n\n## Corporate Mergers\n\nIn a merger, data moves with us.",
            "# Habits\n\n## Ferrule\n\nWe keep the habits of Ferrule.",
            "Cookies we use:\n\n- Session Cookies. We use Session Cookies to run it.",
            "See the [Ferrule Privacy Policy](https://other.example/privacy).",
            "Change the settings of your browser, such as Chrome or Firefox.",
            "You may opt out at the Network Advertising Initiative.",
        ] {
            assert_eq!(named(source), "", "{source}");
        }
    }

    #[test]
    fn the_organisation_receives_nothing_from_itself() {
        for source in [
            "We at the shop (\"we/us/our\" or \"Ferrule\") act. Payments are handled by Ferrule.",
            "This website is operated by Ferrule. Your data are stored by Ferrule.",
            "Example SAS (doing business as Ferrule) runs this. Your data are kept by Ferrule.",
        ] {
            assert_eq!(named(source), "", "{source}");
        }
    }

    #[test]
    fn who_is_spoken_of_often_is_not_who_speaks() {
        let source = "(\"we\", \"us\" or \"Ferrule\") We use YouTube. YouTube stores it. \
                      YouTube provides it. YouTube does not sell it.";
        assert_eq!(named(source), "YouTube");
        let cookies = "Google Analytics may set cookies in your browser.";
        assert_eq!(named(cookies), "Google Analytics");
    }
}
