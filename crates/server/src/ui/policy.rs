//! `/`: the policy. Each promised phrase is a link to its evidence and carries
//! its verdict; the strip at the top counts sentences, each by the worst
//! verdict among its phrases.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use candor_domain::calendar::Calendar;
use candor_domain::verdict::{Judgement, Verdict};
use candor_policy::charter::{Charter, Right, Text};
use candor_policy::promise::{Phrase, Promise, PromiseId};
use candor_policy::render::page::policy_html;
use candor_store::rows::VersionRow;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::failure::Failure;
use super::frame::{Frame, Here};
use super::page::html;
use super::parts::{Mark, Summary, When, gravity, promise_path};
use super::versions::{HeldBackNotice, Standing, difference_path, standings, version_path};
use super::words;
use crate::service::{HeldBack, Service};

/// Which text.
#[derive(Deserialize)]
pub(crate) struct Asked {
    language: Option<String>,
}

/// `GET /`.
pub(crate) async fn show(
    State(service): State<Service>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let board = service.board().await?;
    let charter = &board.charter;
    let wanted = |text: &&Text| {
        asked
            .language
            .as_ref()
            .is_none_or(|it| *it == text.language)
    };
    let text = charter.texts.iter().find(wanted).ok_or(Failure::NotFound)?;
    let drawn = policy_html(text, charter, &|phrase| {
        phrase_html(charter, &board.judgements, phrase)
    });
    let versions = service.versions().await?;
    let page = PolicyPage::new(charter, board.effective_at, &board.judgements, text, drawn)
        .announcing(charter, &versions, service.now())
        .held_back(service.held_back().as_ref());
    Ok(html(&page))
}

/// The policy page.
#[derive(Template)]
#[template(path = "policy/page.html")]
pub(crate) struct PolicyPage {
    frame: Frame,
    language: String,
    in_force: String,
    version: String,
    version_href: String,
    announced: Option<Announced>,
    held_back: Option<HeldBackNotice>,
    languages: Vec<LanguageLink>,
    summary: Summary,
    /// HTML from the policy crate, in which only phrases are links of ours: the
    /// first heading, and what follows it.
    heading: String,
    text: String,
    calls: Vec<Call>,
    form: bool,
    authority: String,
}

/// A version that begins later.
struct Announced {
    from: When,
    href: String,
    changes: String,
}

struct LanguageLink {
    language: String,
    title: String,
    href: String,
    current: bool,
}

/// A right that the form offers.
pub(crate) struct Call {
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) law: &'static str,
    pub(crate) terms: String,
    /// What most people come for.
    pub(crate) is_frequent: bool,
}

/// A right that is exercised elsewhere.
pub(crate) struct OtherRight {
    pub(crate) title: &'static str,
    pub(crate) through: String,
}

/// A promised phrase on the page.
#[derive(Template)]
#[template(path = "policy/phrase.html")]
struct PromisedPhrase<'a> {
    href: String,
    anchor: &'a str,
    words: &'a str,
    mark: Mark,
    /// Broken or about to break: then the word is shown, not only the shape.
    loud: bool,
}

/// Judgements of promises by id.
pub(crate) type Judgements = BTreeMap<PromiseId, Judgement>;

impl PolicyPage {
    /// The page for one of the texts.
    pub(crate) fn new(
        charter: &Charter,
        effective_at: Timestamp,
        judgements: &Judgements,
        text: &Text,
        html: String,
    ) -> Self {
        let in_force = text
            .effective
            .unwrap_or_else(|| day_of(charter, effective_at));
        let (heading, body) = split_heading(&html);
        let languages = charter.texts.iter().map(|other| LanguageLink {
            language: other.language.clone(),
            title: other.title.clone(),
            href: format!("/?language={}", other.language),
            current: other.language == text.language,
        });
        Self {
            frame: Frame::public(charter, Here::Policy, &text.title),
            language: text.language.clone(),
            in_force: words::date_words(in_force),
            version: charter.id.0.clone(),
            version_href: version_path(&charter.id.0),
            announced: None,
            held_back: None,
            languages: languages.filter(|_| charter.texts.len() > 1).collect(),
            summary: Summary::new(
                "sentences that promise something",
                sentences(charter, judgements, text),
            ),
            heading,
            text: body,
            calls: calls(charter),
            form: charter.organisation.contact.form,
            authority: words::authority(&charter.organisation),
        }
    }
}

impl PolicyPage {
    /// The same page with its place among the versions: the day from which one
    /// that followed another is in force (its text may name the day of the
    /// first), and a word about the next, where one waits.
    pub(crate) fn announcing(
        self,
        charter: &Charter,
        versions: &[VersionRow],
        now: Timestamp,
    ) -> Self {
        let standings = standings(versions, &charter.id, now);
        let next = versions
            .iter()
            .zip(standings)
            .filter(|(_, standing)| *standing == Standing::Announced)
            .map(|(row, _)| row)
            .min_by_key(|row| row.effective_at);
        let begun = versions.iter().filter(|row| row.effective_at <= now);
        let served = begun
            .filter(|row| row.charter == charter.id && row.follows.is_some())
            .max_by_key(|row| (row.effective_at, row.number));
        Self {
            in_force: served.map_or(self.in_force, |row| {
                words::date_words(day_of(charter, row.effective_at))
            }),
            announced: next.map(|row| Announced {
                from: row.effective_at.into(),
                href: version_path(&row.charter.0),
                changes: difference_path(&charter.id.0, &row.charter.0),
            }),
            ..self
        }
    }
}

/// The day of a moment where the organisation is.
fn day_of(charter: &Charter, at: Timestamp) -> Date {
    let calendar = Calendar::of(&charter.organisation.country);
    let zone = calendar.map_or(TimeZone::UTC, |calendar| calendar.time_zone().clone());
    at.to_zoned(zone).date()
}

impl PolicyPage {
    /// The same page with a word about a version that could not be taken over.
    fn held_back(self, held_back: Option<&HeldBack>) -> Self {
        Self {
            held_back: held_back.map(HeldBackNotice::from),
            ..self
        }
    }
}

/// The first heading of a page, where it begins with one, and the rest: what
/// the policy says of itself goes above the summary, under its title.
pub(crate) fn split_heading(html: &str) -> (String, String) {
    const END: &str = "</h1>";
    match html.split_once(END) {
        Some((heading, body)) if heading.trim_start().starts_with("<h1") => {
            (format!("{heading}{END}"), body.to_owned())
        }
        _ => (String::new(), html.to_owned()),
    }
}

/// What stands in place of a promised phrase. Unknown targets, which the
/// compiler refuses, would read as unproven.
pub(crate) fn phrase_html(charter: &Charter, judgements: &Judgements, phrase: &Phrase) -> String {
    let promise = charter.promises.iter().find(|promise| {
        let own = |known: &Phrase| known.language == phrase.language && known.span == phrase.span;
        promise.phrases.iter().any(own)
    });
    let verdict = promise.map_or(Verdict::Unproven, |promise| verdict_of(judgements, promise));
    let page = PromisedPhrase {
        href: promise.map_or_else(
            || "/promises".to_owned(),
            |promise| promise_path(&promise.id.0),
        ),
        anchor: &phrase.anchor,
        words: &phrase.words,
        mark: verdict.into(),
        loud: matches!(verdict, Verdict::Broken | Verdict::AtRisk { .. }),
    };
    page.to_string()
}

/// A promise's verdict; without a judgement there is no evidence.
pub(crate) fn verdict_of(judgements: &Judgements, promise: &Promise) -> Verdict {
    let judgement = judgements.get(&promise.id);
    judgement.map_or(Verdict::Unproven, |judgement| judgement.verdict)
}

/// The worst verdict of each sentence of a text.
fn sentences(
    charter: &Charter,
    judgements: &Judgements,
    text: &Text,
) -> impl Iterator<Item = Verdict> {
    let mut worst: BTreeMap<&str, Verdict> = BTreeMap::new();
    for promise in &charter.promises {
        let verdict = verdict_of(judgements, promise);
        let phrases = promise.phrases.iter();
        for phrase in phrases.filter(|phrase| phrase.language == text.language) {
            let known = worst.entry(&phrase.sentence).or_insert(verdict);
            if gravity(verdict) < gravity(*known) {
                *known = verdict;
            }
        }
    }
    worst.into_values()
}

/// The rights the form offers.
pub(crate) fn calls(charter: &Charter) -> Vec<Call> {
    if !charter.organisation.contact.form {
        return Vec::new();
    }
    let rights = charter.rights.keys();
    rights
        .map(|right| Call {
            key: right.key(),
            title: words::right_title(*right),
            law: words::right_law(*right),
            terms: terms(charter, *right),
            is_frequent: matches!(right, Right::Access | Right::Erasure),
        })
        .collect()
}

fn terms(charter: &Charter, right: Right) -> String {
    let time = words::answer_time(charter, right);
    let what = match right {
        Right::Complaint => "Answered",
        _ => "Carried out",
    };
    format!("{what} within {time} of the day you ask")
}

/// The rights that are exercised another way: all, where there is no form.
pub(crate) fn other_rights(charter: &Charter) -> Vec<OtherRight> {
    let by_form = charter.organisation.contact.form;
    let others = charter.rights.iter().filter(|_| !by_form);
    others
        .map(|(right, terms)| OtherRight {
            title: words::right_title(*right),
            through: if terms.through.is_empty() {
                "by mail".to_owned()
            } else {
                terms.through.join(", ")
            },
        })
        .collect()
}
