//! Which rules set the deadlines of a subject request: the organisation's
//! promise, and every law it answers under.

use candor_policy::charter::{Charter, Law, LawTerms, Organisation, Right, RightTerms, Rounding};
use candor_policy::period::Period;

use super::{Duty, Limit, Question, Rule};

/// Every rule that sets a deadline for a right; none where the charter doesn't
/// offer it.
#[must_use]
pub fn limits_of(charter: &Charter, right: Right) -> Vec<Limit> {
    let Some(terms) = charter.rights.get(&right) else {
        return Vec::new();
    };
    let organisation = &charter.organisation;
    let laws = organisation.laws();
    let promised = promised(organisation, right, terms, &laws);
    let legal = laws.into_iter().flat_map(|law| {
        let given = law.terms(right);
        let duties = [
            (Duty::Acknowledge, given.acknowledge),
            (Duty::Answer, given.answer),
        ];
        duties.into_iter().filter_map(move |(duty, period)| {
            Some(legal(organisation, terms, law, given, duty, period?))
        })
    });
    promised.into_iter().chain(legal).collect()
}

/// What the organisation promises. `answer` beside `complete` is a first answer;
/// alone, it is the whole of it. Its clock stands still where the clock of
/// every law does, and a refusal takes the longer time where every law gives
/// it that.
fn promised(
    organisation: &Organisation,
    right: Right,
    terms: &RightTerms,
    laws: &[Law],
) -> Vec<Limit> {
    let limit = |duty, period| Limit {
        rule: Rule::Promise,
        duty,
        period,
        extension: terms.extension.filter(|_| duty == Duty::Answer),
        from: terms.from,
        calendar: terms
            .calendar
            .clone()
            .unwrap_or_else(|| organisation.country.clone()),
        rounding: terms.rounding,
        moves: true,
        waits_for: Question::ALL
            .into_iter()
            .filter(|question| laws.iter().all(|law| waits(law.terms(right), *question)))
            .collect(),
        refusal_extends: laws.iter().all(|law| law.terms(right).refusal_extends),
    };
    match (terms.answer, terms.complete) {
        (Some(answer), Some(complete)) => vec![
            limit(Duty::Acknowledge, answer),
            limit(Duty::Answer, complete),
        ],
        (Some(period), None) | (None, Some(period)) => vec![limit(Duty::Answer, period)],
        // Nothing is promised, and no law may name a time: one month.
        (None, None) if laws.iter().all(|law| law.terms(right).answer.is_none()) => {
            vec![limit(Duty::Answer, Period::ONE_MONTH)]
        }
        (None, None) => Vec::new(),
    }
}

fn legal(
    organisation: &Organisation,
    terms: &RightTerms,
    law: Law,
    given: LawTerms,
    duty: Duty,
    period: Period,
) -> Limit {
    Limit {
        rule: Rule::Law(law),
        duty,
        period,
        extension: given.extension.filter(|_| duty == Duty::Answer),
        from: given.from,
        calendar: given
            .calendar
            .map_or_else(|| place(organisation, terms), str::to_owned),
        rounding: Rounding::EndOfDay,
        moves: given.moves,
        waits_for: Question::ALL
            .into_iter()
            .filter(|question| waits(given, *question))
            .collect(),
        refusal_extends: given.refusal_extends,
    }
}

/// A region of the organisation's own country may be declared; another
/// country's holidays move no legal deadline.
fn place(organisation: &Organisation, terms: &RightTerms) -> String {
    let declared = terms.calendar.as_ref().filter(|declared| {
        declared
            .split_once('-')
            .is_some_and(|(country, _)| country == organisation.country)
    });
    declared.unwrap_or(&organisation.country).clone()
}

const fn waits(given: LawTerms, question: Question) -> bool {
    match question {
        Question::Identity => given.waits_for_identity,
        Question::Meaning => given.waits_for_meaning,
    }
}
