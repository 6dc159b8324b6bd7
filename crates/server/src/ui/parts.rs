//! Parts that several pages share, each a small template of its own: a time, a
//! verdict's mark, the summary bar, a deadline. All values are ready to print.
//! Refuses colour as the only sign: each mark has a shape and a word.

use std::collections::BTreeMap;
use std::fmt::Write;

use askama::Template;
use askama::filters::HtmlSafe;
use candor_domain::subject_request::SubjectRequest;
use candor_domain::verdict::Verdict;
use jiff::{SignedDuration, Timestamp};

use super::words;

/// A moment, for people and for machines.
#[derive(Clone, Template)]
#[template(path = "parts/when.html")]
pub(crate) struct When {
    iso: String,
    words: String,
}

impl HtmlSafe for When {}

impl From<Timestamp> for When {
    fn from(at: Timestamp) -> Self {
        Self {
            iso: at.to_string(),
            words: words::time_words(at),
        }
    }
}

/// A verdict as a shape with its word.
#[derive(Clone, Copy, PartialEq, Eq, Template)]
#[template(path = "parts/mark.html")]
pub(crate) struct Mark {
    pub(crate) key: &'static str,
    pub(crate) word: &'static str,
}

impl HtmlSafe for Mark {}

impl From<Verdict> for Mark {
    fn from(verdict: Verdict) -> Self {
        Self {
            key: verdict.key(),
            word: verdict.words(),
        }
    }
}

/// How many of something have each verdict, as a bar with its legend.
#[derive(Clone, Template)]
#[template(path = "parts/summary.html")]
pub(crate) struct Summary {
    total: usize,
    noun: &'static str,
    shares: Vec<Share>,
}

impl HtmlSafe for Summary {}

#[derive(Clone)]
struct Share {
    mark: Mark,
    count: usize,
    meaning: &'static str,
    /// Left edge and width in thousandths of the bar.
    x: usize,
    width: usize,
}

/// Width of the bar's drawing.
const BAR_WIDTH: usize = 1000;
/// What separates two shares, so that they differ by more than colour.
const BAR_GAP: usize = 4;

impl Summary {
    /// Counts verdicts; `noun` names what is counted, in the plural.
    pub(crate) fn new(noun: &'static str, verdicts: impl Iterator<Item = Verdict>) -> Self {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for verdict in verdicts {
            *counts.entry(verdict.key()).or_default() += 1;
        }
        let total: usize = counts.values().sum();
        let mut x = 0;
        let shares = EVERY_VERDICT.map(|verdict| {
            let count = counts.get(verdict.key()).copied().unwrap_or_default();
            let width = (count * BAR_WIDTH).checked_div(total).unwrap_or_default();
            let share = Share {
                mark: verdict.into(),
                count,
                meaning: words::verdict_meaning(verdict),
                x,
                width: width.saturating_sub(BAR_GAP),
            };
            x += width;
            share
        });
        Self {
            total,
            noun,
            shares: shares.into(),
        }
    }
}

/// One of each verdict, in the order of the legend.
const EVERY_VERDICT: [Verdict; 5] = [
    Verdict::Kept,
    Verdict::AtRisk { by: Timestamp::MAX },
    Verdict::Broken,
    Verdict::Unproven,
    Verdict::Stated,
];

/// The worst of several verdicts, in the order in which they count: broken,
/// unproven, at risk, stated, kept.
pub(crate) const fn gravity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Broken => 0,
        Verdict::Unproven => 1,
        Verdict::AtRisk { .. } => 2,
        Verdict::Stated => 3,
        Verdict::Kept => 4,
    }
}

/// A deadline in words, with a bar from filing to due.
#[derive(Clone, Template)]
#[template(path = "parts/deadline.html")]
pub(crate) struct Deadline {
    due: When,
    left: String,
    /// Time used, in hundredths.
    used: i64,
    /// `calm`, `soon` or `over`.
    level: &'static str,
}

impl HtmlSafe for Deadline {}

/// An open subject request due within this time needs attention now.
const SOON: SignedDuration = SignedDuration::from_hours(72);

impl Deadline {
    /// The deadline of an open subject request.
    pub(crate) fn of(request: &SubjectRequest, now: Timestamp) -> Self {
        let whole = request.due_at.duration_since(request.filed_at).as_secs();
        let used = now.duration_since(request.filed_at).as_secs();
        let left = request.due_at.duration_since(now);
        let level = if left.is_negative() {
            "over"
        } else if left <= SOON {
            "soon"
        } else {
            "calm"
        };
        Self {
            due: request.due_at.into(),
            left: words::time_left(now, request.due_at),
            used: (used * 100).checked_div(whole).unwrap_or(100).clamp(0, 100),
            level,
        }
    }
}

/// Why a deadline is when it is.
#[derive(Clone, Template)]
#[template(path = "parts/reasons.html")]
pub(crate) struct Reasons {
    rule: String,
    moved: Vec<String>,
    /// The first word that is still to be said, and by when.
    word: Option<When>,
}

impl HtmlSafe for Reasons {}

impl Reasons {
    /// Those of a subject request; `None` where it was filed before deadlines
    /// had rules.
    pub(crate) fn of(request: &SubjectRequest) -> Option<Self> {
        let deadline = request.clock.answer()?;
        let owed = request.clock.acknowledgement();
        let owed = owed.filter(|_| !request.is_over() && request.clock.acknowledged_at.is_none());
        Some(Self {
            rule: words::rule_words(request, &deadline),
            moved: words::moved_words(request, &deadline),
            word: owed.map(|owed| owed.at.into()),
        })
    }
}

/// The path of a promise's page.
pub(crate) fn promise_path(id: &str) -> String {
    format!("/promises/{}", segment(id))
}

/// A text as one segment of a path: everything that is not unreserved (RFC
/// 3986, Section 2.3) is escaped.
fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    #[test]
    fn shares_fill_the_bar_and_never_pass_it() {
        let verdicts = [Verdict::Kept, Verdict::Kept, Verdict::Broken];
        let summary = Summary::new("promises", verdicts.into_iter());
        let last = summary.shares.last().unwrap();
        assert!(last.x + last.width <= BAR_WIDTH);
        let counts: Vec<usize> = summary.shares.iter().map(|share| share.count).collect();
        assert_eq!(counts, [2, 0, 1, 0, 0]);
        assert_eq!(Summary::new("promises", std::iter::empty()).total, 0);
    }

    #[test]
    fn a_deadline_grows_urgent_and_its_bar_ends_at_its_end() {
        let request = sample::unverified_erasure();
        let at = |time: &str| {
            let deadline = Deadline::of(&request, sample::at(time));
            (deadline.level, deadline.used)
        };
        assert_eq!(at("2026-11-20T09:30:00Z"), ("calm", 0));
        assert_eq!(at("2026-12-20T22:59:59Z"), ("soon", 96));
        assert_eq!(at("2027-01-20T22:59:59Z"), ("over", 100));
    }

    #[test]
    fn a_promise_path_is_one_segment() {
        assert_eq!(promise_path("right.erasure"), "/promises/right.erasure");
        assert_eq!(
            promise_path("cookies.a/b?é"),
            "/promises/cookies.a%2Fb%3F%C3%A9"
        );
    }
}
