//! People's ages, which texts write with and without "years": "under 13",
//! "sixteen and older", "at least 16 years old".

use std::ops::Range;

use super::durations::number;
use super::page::Sentence;

/// Ages that policies draw lines at.
const AGE_MIN: u32 = 5;
const AGE_MAX: u32 = 25;
/// Words that make a sentence speak of age.
const OF_AGE: [&str; 11] = [
    "age", "aged", "ages", "old", "older", "younger", "child", "children", "minor", "minors",
    "kids",
];
/// Words of people, beside which "under 16" is an age as well.
const OF_PEOPLE: [&str; 9] = [
    "you",
    "those",
    "anyone",
    "individuals",
    "persons",
    "people",
    "consumers",
    "users",
    "someone",
];
/// Words right before an age.
const BEFORE: [&str; 12] = [
    "under", "over", "below", "than", "least", "age", "aged", "ages", "of", "between", "above",
    "turn",
];
/// Words right before an age that is followed by "years".
const BOUNDS: [&str; 5] = ["under", "least", "than", "over", "below"];
/// Units that make a number no age.
const OTHER_UNITS: [&str; 6] = ["days", "day", "months", "month", "hours", "weeks"];

/// The ages of a sentence, and their words.
pub(super) fn find(sentence: &Sentence) -> Vec<(u32, Range<usize>)> {
    let of_age = sentence.has_word(&OF_AGE);
    if !of_age && !sentence.has_word(&OF_PEOPLE) {
        return Vec::new();
    }
    (0..sentence.tokens.len())
        .filter(|at| of_age || stands_alone(sentence, *at))
        .filter_map(|at| age(sentence, at))
        .collect()
}

/// "under 16", and then nothing that could be counted.
fn stands_alone(sentence: &Sentence, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| sentence.tokens.get(at));
    let bounded = before.is_some_and(|word| matches!(word.word.as_str(), "under" | "over"));
    let next = sentence.tokens.get(at + 1);
    bounded
        && next.is_none_or(|next| {
            next.after_break
                || matches!(
                    next.word.as_str(),
                    "years" | "and" | "or" | "without" | "unless" | "in" | "from"
                )
        })
}

fn age(sentence: &Sentence, at: usize) -> Option<(u32, Range<usize>)> {
    let word = |at: usize| {
        let token = sentence.tokens.get(at);
        token.map_or("", |token| token.word.as_str())
    };
    let amount = number(word(at)).filter(|age| (AGE_MIN..=AGE_MAX).contains(age))?;
    let before = at.checked_sub(1).map_or("", word);
    // "sixteen (16)" is one age, found at its first word.
    if number(before) == Some(amount) {
        return None;
    }
    let repeated = number(word(at + 1)) == Some(amount);
    let next = at + 1 + usize::from(repeated);
    let years = matches!(word(next), "years" | "year");
    let old = years && matches!(word(next + 1), "old" | "olds");
    let of_age = old || years && matches!(word(next + 1), "of" | "or" | "and");
    let open = matches!(word(next), "and" | "or")
        && matches!(
            word(next + 1),
            "older" | "over" | "above" | "up" | "under" | "younger"
        );
    let bounded = if years {
        BOUNDS.contains(&before)
    } else {
        BEFORE.contains(&before) && !OTHER_UNITS.contains(&word(next))
    };
    let end = next + usize::from(years) + usize::from(old);
    (of_age || open || bounded).then_some((amount, at..end))
}
