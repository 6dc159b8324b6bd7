//! Durations and ages, and what each is for. The role is that of the nearest
//! word that names one, in the sentence; else of the column, the lead-in, the
//! heading.

use std::ops::Range;

use serde::Serialize;

use super::ages;
use super::document::Block;
use super::lexicon;
use super::page::{Page, Sentence};
use super::tokens::{Token, tokens};
use crate::diagnostic::Location;
use crate::period::{Period, Unit, find_periods};

/// What a duration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// How long data are kept.
    Retention,
    /// By when a person is answered.
    Deadline,
    /// A person's age.
    Age,
    /// How far back something reaches.
    LookBack,
    /// How long something can be tried.
    Trial,
    /// How often something happens.
    Frequency,
    /// How long before or after something people are told.
    Notice,
    /// None of these.
    Other,
}

/// A duration in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duration {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: DurationUnit,
    /// What for.
    pub role: Role,
    /// The words, as they stand.
    pub words: String,
    /// The sentence they stand in.
    pub sentence: String,
    /// Where.
    pub at: Location,
    #[serde(skip)]
    pub(crate) place: Place,
}

/// Which words of which sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Index of the sentence.
    pub(crate) sentence: usize,
    /// Its words.
    pub(crate) words: Range<usize>,
}

/// Units of a text's durations: those of promises, and shorter ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DurationUnit {
    /// 1/60 minute.
    Seconds,
    /// 1/60 hour.
    Minutes,
    /// Hours.
    Hours,
    /// Days of the calendar.
    Days,
    /// Days on which people work.
    WorkingDays,
    /// Weeks.
    Weeks,
    /// Months.
    Months,
    /// Years; also of a person's age.
    Years,
}

impl Duration {
    /// As a period of the declaration, where it can be one.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        let unit = match self.unit {
            DurationUnit::Seconds | DurationUnit::Minutes => return None,
            DurationUnit::Hours => Unit::Hours,
            DurationUnit::Days => Unit::Days,
            DurationUnit::WorkingDays => Unit::WorkingDays,
            DurationUnit::Weeks => Unit::Weeks,
            DurationUnit::Months => Unit::Months,
            DurationUnit::Years => Unit::Years,
        };
        Some(Period {
            amount: self.amount,
            unit,
        })
    }
}

/// A duration before its role is known: its bytes in the block's plain text.
struct Raw {
    amount: u32,
    unit: DurationUnit,
    bytes: Range<usize>,
    role: Option<Role>,
}

/// The durations of a text, in order.
pub(crate) fn find(page: &Page<'_>) -> Vec<Duration> {
    let mut found = Vec::new();
    for (index, sentence) in page.sentences.iter().enumerate() {
        let Some(block) = page.block(sentence) else {
            continue;
        };
        let roles = Roles::of(sentence);
        for raw in raw(block, sentence) {
            let first = sentence.word_at(raw.bytes.start);
            let words = first..sentence.word_at(raw.bytes.end).max(first + 1);
            let role = raw
                .role
                .or_else(|| role_of_column(page, block, raw.bytes.start))
                .or_else(|| roles.nearest(sentence, &words))
                .or_else(|| role_of_context(page, block))
                .unwrap_or(Role::Other);
            found.push(Duration {
                amount: raw.amount,
                unit: raw.unit,
                role,
                words: block
                    .plain
                    .get(raw.bytes.clone())
                    .unwrap_or_default()
                    .to_owned(),
                sentence: page.text(sentence).to_owned(),
                at: page.locate(sentence.block, &raw.bytes),
                place: Place {
                    sentence: index,
                    words,
                },
            });
        }
    }
    found
}

fn raw(block: &Block, sentence: &Sentence) -> Vec<Raw> {
    let start = sentence.plain.start;
    let text = block.plain.get(sentence.plain.clone()).unwrap_or_default();
    let mut raw: Vec<Raw> = find_periods(text)
        .into_iter()
        .map(|(span, period)| Raw {
            amount: period.amount,
            unit: unit(period.unit),
            bytes: span.start + start..span.end + start,
            role: None,
        })
        .collect();
    raw.extend(short(sentence));
    raw.extend(frequencies(sentence));
    let ages: Vec<Raw> = ages::find(sentence)
        .into_iter()
        .map(|(amount, words)| Raw {
            amount,
            unit: DurationUnit::Years,
            bytes: sentence.bytes(&words),
            role: Some(Role::Age),
        })
        .collect();
    // "13 years old" is an age, once.
    raw.retain(|one| !ages.iter().any(|age| overlap(&age.bytes, &one.bytes)));
    raw.extend(ages);
    raw.sort_by_key(|one| (one.bytes.start, one.bytes.end));
    raw.dedup_by(|later, earlier| overlap(&later.bytes, &earlier.bytes));
    raw
}

const fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Minutes and seconds, which promises don't have.
fn short(sentence: &Sentence) -> Vec<Raw> {
    sentence
        .tokens
        .windows(2)
        .filter_map(|pair| {
            let [count, word] = pair else { return None };
            let unit = match word.word.as_str() {
                "minute" | "minutes" | "mins" => DurationUnit::Minutes,
                "second" | "seconds" => DurationUnit::Seconds,
                _ => return None,
            };
            (!word.after_break).then_some(())?;
            let amount = number(&count.word)
                .filter(|_| word.word.ends_with('s') || count.word == "1" || count.word == "one")?;
            Some(Raw {
                amount,
                unit,
                bytes: count.span.start..word.span.end,
                role: None,
            })
        })
        .collect()
}

/// "daily", "every week", "once a year".
fn frequencies(sentence: &Sentence) -> Vec<Raw> {
    let word = |at: usize| sentence.tokens.get(at).map(|token| token.word.as_str());
    let mut found = Vec::new();
    for (at, token) in sentence.tokens.iter().enumerate() {
        let adverb = match token.word.as_str() {
            "hourly" => Some((1, DurationUnit::Hours)),
            "daily" | "nightly" => Some((1, DurationUnit::Days)),
            "weekly" => Some((1, DurationUnit::Weeks)),
            "monthly" => Some((1, DurationUnit::Months)),
            "quarterly" => Some((3, DurationUnit::Months)),
            "annually" | "yearly" | "annual" => Some((1, DurationUnit::Years)),
            _ => None,
        };
        let named = word(at + 1).and_then(one_unit);
        let rate = match token.word.as_str() {
            "every" | "each" | "per" => named.map(|unit| (at, (1, unit))),
            "a" | "an" => named
                .filter(|_| at > 0 && matches!(word(at - 1), Some("once" | "twice" | "times")))
                .map(|unit| (at - 1, (1, unit))),
            _ => None,
        };
        let (first, last, (amount, unit)) = match (adverb, rate) {
            (Some(value), _) => (at, at, value),
            (None, Some((first, value))) => (first, at + 1, value),
            (None, None) => continue,
        };
        found.push(Raw {
            amount,
            unit,
            bytes: sentence.bytes(&(first..last + 1)),
            role: Some(Role::Frequency),
        });
    }
    found
}

fn one_unit(word: &str) -> Option<DurationUnit> {
    match word {
        "hour" => Some(DurationUnit::Hours),
        "day" | "night" => Some(DurationUnit::Days),
        "week" => Some(DurationUnit::Weeks),
        "month" => Some(DurationUnit::Months),
        "quarter" => Some(DurationUnit::Months),
        "year" => Some(DurationUnit::Years),
        _ => None,
    }
}

/// The words of a sentence that name a role.
struct Roles(Vec<(Role, Range<usize>)>);

impl Roles {
    fn of(sentence: &Sentence) -> Self {
        Self::in_words(&sentence.tokens)
    }

    fn in_words(words: &[Token]) -> Self {
        let rules = &*lexicon::ROLES;
        let hits = rules.patterns.find(words);
        Self(
            hits.into_iter()
                .filter_map(|hit| Some((role(rules.name(*hit.rule))?, hit.words)))
                .collect(),
        )
    }

    /// The role of the nearest word; words before a duration count as nearer
    /// than words after it, and a break between lets them count as farther.
    fn nearest(&self, sentence: &Sentence, words: &Range<usize>) -> Option<Role> {
        let breaks = |from: usize, to: usize| {
            let between = sentence.tokens.get(from..to).unwrap_or_default();
            between.iter().filter(|token| token.after_break).count() * 3
        };
        self.0
            .iter()
            .min_by_key(|(role, hit)| {
                let distance = if hit.end <= words.start {
                    words.start - hit.end + breaks(hit.end, words.start + 1)
                } else if hit.start >= words.end {
                    hit.start - words.end + 2 + breaks(words.end, hit.start + 1)
                } else {
                    0
                };
                (distance, rank(*role))
            })
            .map(|(role, _)| *role)
    }

    /// The role named most often, where nothing says which word is nearer.
    fn most(&self) -> Option<Role> {
        self.0.iter().map(|(role, _)| *role).min_by_key(|role| {
            let times = self.0.iter().filter(|(other, _)| other == role).count();
            (std::cmp::Reverse(times), rank(*role))
        })
    }
}

/// Between roles named equally near, the more particular one.
const fn rank(role: Role) -> u8 {
    match role {
        Role::LookBack => 0,
        Role::Age => 1,
        Role::Trial => 2,
        Role::Frequency => 3,
        Role::Notice => 4,
        Role::Deadline => 5,
        Role::Retention => 6,
        Role::Other => 7,
    }
}

/// Bytes of a lead-in that are read: its end introduces the list.
const CONTEXT_BYTES_MAX: usize = 400;

/// A column says what its cells are for, whatever stands beside them.
fn role_of_column(page: &Page<'_>, block: &Block, byte: usize) -> Option<Role> {
    page.document.column(block, byte).and_then(role_of_text)
}

fn role_of_context(page: &Page<'_>, block: &Block) -> Option<Role> {
    let mut leads = page.document.leads(block);
    let mut headings = page.document.headings(block);
    leads
        .find_map(|lead| role_of_text(&lead.plain))
        .or_else(|| headings.find_map(|heading| role_of_text(&heading.plain)))
}

fn role_of_text(text: &str) -> Option<Role> {
    let start = text.ceil_char_boundary(text.len().saturating_sub(CONTEXT_BYTES_MAX));
    Roles::in_words(&tokens(text, start..text.len())).most()
}

fn role(name: &str) -> Option<Role> {
    Some(match name {
        "retention" => Role::Retention,
        "deadline" => Role::Deadline,
        "age" => Role::Age,
        "look_back" => Role::LookBack,
        "trial" => Role::Trial,
        "frequency" => Role::Frequency,
        "notice" => Role::Notice,
        _ => return None,
    })
}

const fn unit(unit: Unit) -> DurationUnit {
    match unit {
        Unit::Hours => DurationUnit::Hours,
        Unit::Days => DurationUnit::Days,
        Unit::WorkingDays => DurationUnit::WorkingDays,
        Unit::Weeks => DurationUnit::Weeks,
        Unit::Months => DurationUnit::Months,
        Unit::Years => DurationUnit::Years,
    }
}

/// Whether a word is a number.
pub(crate) fn is_number(word: &str) -> bool {
    number(word).is_some()
}

/// A number in digits or in one word.
pub(super) fn number(word: &str) -> Option<u32> {
    crate::period::number(word).and_then(|number| u32::try_from(number).ok())
}
