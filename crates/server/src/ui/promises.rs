//! `/promises`: every promise by family, with its verdict. `/promises/{id}`:
//! one promise, the sentences that make it, and the evidence it rests on.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use candor_domain::check::{Check, Observation};
use candor_domain::verdict::{Judgement, Verdict};
use candor_policy::charter::Charter;
use candor_policy::promise::{Family, Phrase, Promise, PromiseId};

use super::failure::Failure;
use super::frame::{Frame, Here};
use super::page::html;
use super::parts::{Mark, Summary, When, promise_path};
use super::policy::{Judgements, verdict_of};
use super::words;
use crate::service::{LastEntry, Service};

/// `GET /promises`.
pub(crate) async fn board(State(service): State<Service>) -> Result<Response, Failure> {
    let board = service.board().await?;
    Ok(html(&PromisesPage::new(&board.charter, &board.judgements)))
}

/// `GET /promises/{id}`.
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let evidence = service
        .evidence(&PromiseId(id))
        .await?
        .ok_or(Failure::NotFound)?;
    Ok(html(&PromisePage::new(
        &service.charter(),
        &evidence.promise,
        &evidence.judgement,
        &evidence.observations,
        evidence.last_entry.as_ref(),
    )))
}

/// The board of all promises.
#[derive(Template)]
#[template(path = "promises/board.html")]
pub(crate) struct PromisesPage {
    frame: Frame,
    summary: Summary,
    families: Vec<FamilySection>,
}

/// The promises of one family.
pub(crate) struct FamilySection {
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    /// How many stand how: "2 at risk, 1 kept".
    pub(crate) tally: String,
    pub(crate) promises: Vec<PromiseRow>,
}

/// One promise in a list.
pub(crate) struct PromiseRow {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) summary: String,
    pub(crate) mark: Mark,
    pub(crate) reason: String,
}

impl PromisesPage {
    /// The page for the charter in force.
    pub(crate) fn new(charter: &Charter, judgements: &Judgements) -> Self {
        Self {
            frame: Frame::public(charter, Here::Promises, "Every promise"),
            summary: summary(charter, judgements),
            families: families(charter, judgements),
        }
    }
}

/// Promises counted by verdict.
pub(crate) fn summary(charter: &Charter, judgements: &Judgements) -> Summary {
    let verdicts = charter
        .promises
        .iter()
        .map(|promise| verdict_of(judgements, promise));
    Summary::new("promises", verdicts)
}

/// Promises by family, in the order of the families.
pub(crate) fn families(charter: &Charter, judgements: &Judgements) -> Vec<FamilySection> {
    let section = |family: Family| {
        let promises = charter
            .promises
            .iter()
            .filter(|promise| promise.family == family);
        let promises: Vec<PromiseRow> = promises.map(|promise| row(judgements, promise)).collect();
        FamilySection {
            key: family.key(),
            title: words::family_title(family),
            tally: tally(&promises),
            promises,
        }
    };
    let sections = Family::ALL.into_iter().map(section);
    sections
        .filter(|section| !section.promises.is_empty())
        .collect()
}

fn tally(promises: &[PromiseRow]) -> String {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for promise in promises {
        *counts.entry(promise.mark.word).or_default() += 1;
    }
    let counts = counts.iter().map(|(word, count)| format!("{count} {word}"));
    counts.collect::<Vec<_>>().join(", ")
}

/// One promise with its first reason.
pub(crate) fn row(judgements: &Judgements, promise: &Promise) -> PromiseRow {
    let judgement = judgements.get(&promise.id);
    PromiseRow {
        id: promise.id.0.clone(),
        href: promise_path(&promise.id.0),
        summary: promise.summary.clone(),
        mark: verdict_of(judgements, promise).into(),
        reason: judgement
            .map(|judgement| judgement.reasons.join("; "))
            .unwrap_or_default(),
    }
}

/// One promise with its evidence.
#[derive(Template)]
#[template(path = "promises/promise.html")]
pub(crate) struct PromisePage {
    frame: Frame,
    id: String,
    family: &'static str,
    summary: String,
    mark: Mark,
    meaning: &'static str,
    by: Option<When>,
    reasons: Vec<String>,
    observed: Option<When>,
    quotes: Vec<Quote>,
    checks: Vec<CheckRow>,
    charter: String,
    entry: Option<EntryRow>,
}

/// Where the ledger last speaks of it.
struct EntryRow {
    index: u64,
    kind: String,
    when: Option<When>,
}

impl EntryRow {
    fn of(entry: &LastEntry) -> Self {
        Self {
            index: entry.index,
            kind: entry.kind.clone(),
            when: entry.at.parse().ok().map(|at: jiff::Timestamp| at.into()),
        }
    }
}

/// A sentence that makes the promise.
struct Quote {
    language: String,
    pieces: Vec<Piece>,
}

/// Part of a sentence; the promised phrases lead back into the policy.
struct Piece {
    words: String,
    href: Option<String>,
}

struct CheckRow {
    key: String,
    what: String,
    when: Option<When>,
    found: Vec<String>,
}

impl PromisePage {
    /// The page of one promise.
    pub(crate) fn new(
        charter: &Charter,
        promise: &Promise,
        judgement: &Judgement,
        observations: &[(Check, Option<Observation>)],
        last_entry: Option<&LastEntry>,
    ) -> Self {
        let by = match judgement.verdict {
            Verdict::AtRisk { by } => Some(by.into()),
            _ => None,
        };
        Self {
            frame: Frame::public(charter, Here::Promises, &promise.summary),
            id: promise.id.0.clone(),
            family: words::family_title(promise.family),
            summary: promise.summary.clone(),
            mark: judgement.verdict.into(),
            meaning: words::verdict_meaning(judgement.verdict),
            by,
            reasons: judgement.reasons.clone(),
            observed: judgement.observed_at.map(When::from),
            quotes: quotes(promise),
            checks: observations.iter().map(CheckRow::of).collect(),
            charter: charter.id.0.clone(),
            entry: last_entry.map(EntryRow::of),
        }
    }
}

/// The sentences that make a promise, each once, its phrases in their order.
fn quotes(promise: &Promise) -> Vec<Quote> {
    let mut quotes: Vec<(&str, &str, Vec<&Phrase>)> = Vec::new();
    for phrase in &promise.phrases {
        let (language, sentence) = (phrase.language.as_str(), phrase.sentence.as_str());
        match quotes.last_mut() {
            Some((known, same, phrases)) if (*known, *same) == (language, sentence) => {
                phrases.push(phrase);
            }
            _ => quotes.push((language, sentence, vec![phrase])),
        }
    }
    let quote = |(language, sentence, phrases): (&str, &str, Vec<&Phrase>)| Quote {
        language: language.to_owned(),
        pieces: pieces(sentence, &phrases),
    };
    quotes.into_iter().map(quote).collect()
}

fn pieces(sentence: &str, phrases: &[&Phrase]) -> Vec<Piece> {
    let mut rest = sentence;
    let mut pieces = Vec::new();
    for phrase in phrases {
        let Some((before, after)) = rest.split_once(phrase.words.as_str()) else {
            continue;
        };
        pieces.push(Piece {
            words: before.to_owned(),
            href: None,
        });
        pieces.push(Piece {
            words: phrase.words.clone(),
            href: Some(format!("/?language={}#{}", phrase.language, phrase.anchor)),
        });
        rest = after;
    }
    pieces.push(Piece {
        words: rest.to_owned(),
        href: None,
    });
    pieces
}

impl CheckRow {
    fn of((check, observation): &(Check, Option<Observation>)) -> Self {
        Self {
            key: check.key(),
            what: words::check_words(check),
            when: observation
                .as_ref()
                .map(|observation| observation.at.into()),
            found: observation
                .as_ref()
                .map(|observation| words::finding_words(&observation.finding))
                .unwrap_or_default(),
        }
    }
}
