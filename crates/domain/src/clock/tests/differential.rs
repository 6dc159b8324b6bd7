//! Clocks against another implementation: `data/clocks.py`.

use super::*;

const CLOCKS: &str = include_str!("../../../data/clocks.csv");
const CLOCKS_MIN: usize = 1_500;

/// `7 working_days`; nothing where nothing is written.
fn written_period(text: &str) -> Option<Period> {
    let (amount, unit) = text.split_once(' ')?;
    let unit: Unit = serde_json::from_value(unit.into()).unwrap();
    Some(period(amount.parse().unwrap(), unit))
}

fn moment(text: &str) -> Option<Timestamp> {
    (!text.is_empty()).then(|| at(text))
}

fn laws(text: &str) -> Vec<Law> {
    let written = text.split('+').filter(|law| !law.is_empty());
    written
        .map(|law| serde_json::from_value(law.into()).unwrap())
        .collect()
}

#[test]
fn clocks_agree_with_another_implementation() {
    let lines = CLOCKS.lines().filter(|line| !line.starts_with('#'));
    let mut compared = 0;
    for line in lines.skip(1) {
        let fields: [&str; 16] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let [place, laws_of, right, promised, longer, from, rounding, ..] = fields;
        let [
            ..,
            received,
            verified,
            told_at,
            question,
            asked_at,
            ended_at,
            _,
            _,
            _,
        ] = fields;
        let right = Right::from_key(right).unwrap();
        let terms = RightTerms {
            complete: written_period(promised),
            extension: written_period(longer),
            from: serde_json::from_value(from.into()).unwrap(),
            rounding: serde_json::from_value(rounding.into()).unwrap(),
            ..RightTerms::default()
        };
        let charter = charter(place, &laws(laws_of), right, terms);
        let mut clock = Clock::new(limits_of(&charter, right), at(received));
        clock.verified_at = moment(verified);
        if !told_at.is_empty() {
            clock = told(clock, told_at);
        }
        if !question.is_empty() {
            let question = serde_json::from_value(question.into()).unwrap();
            clock = asked(clock, question, asked_at, Some(ended_at));
        }
        let [.., answer, refusal, acknowledgement] = fields;
        let end = |deadline: Option<Deadline<'_>>| deadline.map(|one| one.at);
        assert_eq!(end(clock.answer()), moment(answer), "{line}");
        assert_eq!(end(clock.refusal()), moment(refusal), "{line}");
        assert_eq!(
            end(clock.acknowledgement()),
            moment(acknowledgement),
            "{line}"
        );
        compared += 1;
    }
    assert!(compared >= CLOCKS_MIN, "{compared} compared");
}
