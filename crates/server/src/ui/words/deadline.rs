//! What a deadline follows from, in words: the rule that sets it, and what has
//! moved it.

use candor_domain::clock::{Deadline, Duty, ExtensionReason, Question, Rule, limits_of};
use candor_domain::subject_request::SubjectRequest;
use candor_policy::charter::{Charter, Clock as Start, Right};
use candor_policy::period::Period;

use super::{count_of, date_words};

/// How long an answer may take at the longest, as far as is known before anybody
/// asks: the shortest of what is promised and what the laws give.
pub(crate) fn answer_time(charter: &Charter, right: Right) -> Period {
    let limits = limits_of(charter, right);
    let answers = limits.iter().filter(|limit| limit.duty == Duty::Answer);
    let shortest = answers
        .map(|limit| limit.period)
        .min_by_key(|period| period.longest_hours());
    shortest.unwrap_or(Period::ONE_MONTH)
}

/// The rule that decides: `30 days from when the request arrived (our promise)`.
pub(crate) fn rule_words(request: &SubjectRequest, deadline: &Deadline<'_>) -> String {
    let limit = deadline.limit;
    let from = match limit.from {
        Start::Receipt => "from when the request arrived",
        Start::Verification => "from when the person was verified",
    };
    let whose = match limit.rule {
        Rule::Promise => "our promise",
        Rule::Law(law) => law.terms(request.right).source,
    };
    format!("{} {from} ({whose})", limit.period)
}

/// What has moved it: an extension, a pause, a day off.
pub(crate) fn moved_words(request: &SubjectRequest, deadline: &Deadline<'_>) -> Vec<String> {
    let mut moved = Vec::new();
    if let Some(extension) = request.clock.extension.as_ref()
        && deadline.extended
    {
        let more = deadline
            .limit
            .extension
            .map(|more| format!("{more} longer"))
            .unwrap_or_default();
        moved.push(format!("{more}: {}", extension_words(extension.reason)));
    }
    if let Ok(days) = u64::try_from(deadline.paused_days)
        && days > 0
    {
        let days = count_of(days, "day", "days");
        let open = request
            .clock
            .pause
            .as_ref()
            .is_some_and(|pause| pause.is_open());
        moved.push(if open {
            format!("the clock stands still while we wait for an answer, for at most {days}")
        } else {
            format!("the clock stood still for {days} while we waited for an answer")
        });
    }
    if let Some(day) = deadline.moved_from {
        let day = date_words(day);
        moved.push(format!(
            "{day} is a day off, so it ends with the next working day"
        ));
    }
    moved
}

/// Why it takes longer, to the person.
pub(crate) const fn extension_words(reason: ExtensionReason) -> &'static str {
    match reason {
        ExtensionReason::Complexity => "What was asked is complex",
        ExtensionReason::Number => "Many things were asked",
    }
}

/// What the person is asked, in general.
pub(crate) const fn question_words(question: Question) -> &'static str {
    match question {
        Question::Identity => "We have to be sure that it is you who asks.",
        Question::Meaning => "We have to know more exactly what you ask for.",
    }
}
