//! What pages and letters say, in English, apart from the templates' own
//! sentences: one function per kind of thing, so that another language can be
//! put beside this one. Refuses personal data: everything here is made from
//! the declaration, the state and the clock.

mod authority;
mod deadline;
mod evidence;
mod rights;
mod time;

use candor_domain::plan::{Action, TableEffect};
use candor_domain::subject_request::{Grade, Moment, PACKAGE_TIME, RefusalReason, SubjectRequest};
use candor_domain::undo::{Conflict, TableReturn};
use candor_domain::verdict::Verdict;
use candor_policy::charter::{Charter, Keep, OnErasure, Retention, Right};
use candor_policy::promise::Family;
use jiff::Timestamp;

pub(crate) use authority::authority;
pub(crate) use deadline::{answer_time, extension_words, moved_words, question_words, rule_words};
pub(crate) use evidence::{check_words, end_of, finding_words, noticed_words};
pub(crate) use rights::{
    channel_words, ground_words, purpose_words, request_title, right_law, right_noun, right_title,
    right_wish, task_done_words, task_place, task_words, wish_words,
};
pub(crate) use time::{date_words, time_left, time_words};

/// An error as a sentence on a page.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    let words = error.to_string();
    let mut chars = words.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    let sentence: String = first.chain(chars).collect();
    format!("{sentence}.")
}

/// A family as a heading.
pub(crate) const fn family_title(family: Family) -> &'static str {
    match family {
        Family::Collect => "What is collected",
        Family::Occasion => "What is collected when",
        Family::Never => "What never happens",
        Family::BrowserOnly => "What stays in your browser",
        Family::Purpose => "What it is used for",
        Family::Mail => "Messages",
        Family::Share => "Who receives it",
        Family::NoSale => "No sale",
        Family::Consent => "Consent",
        Family::Cookies => "Cookies and browser storage",
        Family::Retain => "How long it is kept",
        Family::Hold => "When it is kept longer",
        Family::Right => "Rights and their deadlines",
        Family::Notice => "Changes of the policy",
        Family::Security => "Security",
        Family::StaffAccess => "When staff may look",
        Family::Disclosure => "Disclosure to authorities",
        Family::Aggregate => "Statistics",
        Family::Location => "Where it is kept",
        Family::Role => "Who is responsible",
        Family::Children => "Children",
        Family::Decision => "Automated decisions",
        Family::Contact => "How to reach the company",
        Family::Stated => "What no machine can check",
    }
}

/// What a verdict means, in one sentence.
pub(crate) const fn verdict_meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "Fresh evidence shows that it is kept.",
        Verdict::AtRisk { .. } => "It will break by a known time unless something happens.",
        Verdict::Broken => "Evidence shows that it is not kept.",
        Verdict::Unproven => "There is no evidence, or it is too old. This never counts as kept.",
        Verdict::Stated => {
            "No machine can tell. Somebody answers for it and reviews it by a set date."
        }
    }
}

/// What happens to rows, as a plan says it.
pub(crate) const fn action_planned(action: Action) -> &'static str {
    match action {
        Action::Delete => "will be deleted",
        Action::Pseudonymise => "will stay without your details",
        Action::Unlink => "will no longer point to you",
        Action::Keep => "will stay as it is",
        Action::Rewrite => "will be corrected",
        Action::Aggregate => "will be counted",
    }
}

/// What happened to rows.
pub(crate) const fn action_done(action: Action) -> &'static str {
    match action {
        Action::Delete => "deleted",
        Action::Pseudonymise => "kept without your details",
        Action::Unlink => "no longer linked to you",
        Action::Keep => "kept unchanged",
        Action::Rewrite => "corrected",
        Action::Aggregate => "counted",
    }
}

/// What a category of data is, for people; what is none, such as a column, as it
/// is.
pub(crate) fn category_words(category: &str) -> String {
    let known = match category {
        "name" => "Name",
        "name.first" => "First name",
        "name.last" => "Last name",
        "contact" => "Contact details",
        "contact.email" => "E-mail address",
        "contact.phone" => "Phone number",
        "contact.address" => "Postal address",
        "contact.url" => "Website",
        "contact.organization" => "Company",
        "job" => "Occupation",
        "demographic.age" => "Age",
        "demographic.birth_date" => "Date of birth",
        "demographic.gender" => "Gender",
        "demographic.language" => "Language",
        "demographic.marital" => "Marital status",
        "education" => "Education",
        "account.settings" => "Settings of your account",
        other => other,
    };
    known.to_owned()
}

/// What happens to rows, as staff say it.
pub(crate) const fn action_term(action: Action) -> &'static str {
    match action {
        Action::Delete => "delete",
        Action::Pseudonymise => "pseudonymise",
        Action::Unlink => "unlink",
        Action::Keep => "keep",
        Action::Rewrite => "rewrite",
        Action::Aggregate => "aggregate",
    }
}

/// How thoroughly something is erased.
pub(crate) const fn grade_words(grade: Grade) -> &'static str {
    match grade {
        Grade::Inaccessible => "Inaccessible",
        Grade::Deleted => "Deleted",
        Grade::Vacuumed => "Vacuumed",
    }
}

/// Why a subject request is refused, to the person.
pub(crate) const fn refusal_words(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::NoMatch => {
            "We could not find out which data is about you (GDPR Article 11(2))."
        }
        RefusalReason::InsufficientVerification => {
            "We could not establish that it is you who asks (GDPR Article 12(6))."
        }
        RefusalReason::SuspectedFraud => {
            "We have reason to think that somebody else asked in your name."
        }
        RefusalReason::ClaimNotCovered => {
            "What you asked for is not covered by the right you exercised."
        }
        RefusalReason::OutsideJurisdiction => {
            "The law this right comes from does not apply to you."
        }
        RefusalReason::TooManyRequests => {
            "You asked for the same before, and we answered it or are about to."
        }
        RefusalReason::Excessive => {
            "The request is manifestly unfounded or excessive (GDPR Article 12(5))."
        }
        RefusalReason::LegalException => {
            "The data is needed for legal claims or to fulfil a legal obligation \
             (GDPR Article 17(3))."
        }
    }
}

/// When the package of an answered access is removed.
pub(crate) fn package_until(request: &SubjectRequest) -> Timestamp {
    let packaged = request
        .history
        .iter()
        .rev()
        .find(|moment| moment.kind == "subject_request.packaged");
    let made = packaged.map_or(request.filed_at, |moment| moment.at);
    made.checked_add(PACKAGE_TIME).unwrap_or(Timestamp::MAX)
}

/// Where a subject request stands, in a few words.
pub(crate) fn state_words(request: &SubjectRequest) -> &'static str {
    match request.state_key() {
        "unverified" => "waits for the person to confirm",
        "unstated" => "waits for the person to say what they want",
        "locating" => "being looked for",
        "undecided" if is_asked(request) => "waits for the person's answer",
        "undecided" if request.right == Right::Complaint => "to be answered",
        "undecided" => "to be decided",
        "preparing" => "being prepared",
        "carrying" if has_tasks(request) => "tasks to be done",
        "carrying" => "being carried out",
        "closing" => "receipt being made",
        "held" => "answered; a hold keeps something back",
        "completed" => "answered",
        "refused" => "refused",
        "lapsed" => "lapsed",
        "cancelled" => "taken back",
        _ => "unknown",
    }
}

/// Whether staff have something to do.
pub(crate) fn has_tasks(request: &SubjectRequest) -> bool {
    let mut tasks = request.tasks.values();
    !request.is_over() && tasks.any(|task| task.done.is_none())
}

/// Whether the person is asked something now.
pub(crate) fn is_asked(request: &SubjectRequest) -> bool {
    let pause = request.clock.pause.as_ref();
    pause.is_some_and(|pause| pause.is_open() && pause.asked_at.is_some())
}

/// Something that happened to a subject request.
pub(crate) fn moment_words(moment: &Moment) -> &str {
    match moment.kind.as_str() {
        "subject_request.filed" => "Received",
        "subject_request.verified" if moment.by.is_some() => "Vouched for, with a reason",
        "subject_request.verified" => "Confirmed by the person",
        "subject_request.located" => "Looked for in every database",
        "subject_request.approved" => "Approved",
        "subject_request.refused" => "Refused",
        "subject_request.prepared" => "Written down what will be looked for afterwards",
        "subject_request.waits" => "Waiting for a database",
        "subject_request.erased" => "Erased in one database",
        "subject_request.verified_absent" => "Searched again in one database, nothing found",
        "subject_request.residue_found" => "Searched again, something found",
        "subject_request.written" => "Written in one database",
        "subject_request.not_taken" => "A database did not take it; nothing was written there",
        "subject_request.verified_written" => "Read again in one database, as it should be",
        "subject_request.not_as_written" => "Read again, not as it should be",
        "subject_request.new_contact_proved" => "New address proved",
        "restriction.told" => "Person told that the restriction ends",
        "restriction.unmarked" => "Restriction taken back in one database",
        "subject_request.packaged" => "Package made",
        "subject_request.completed" => "Completed",
        "subject_request.lapsed" => "Lapsed: nobody confirmed it, or said what was wanted",
        "subject_request.cancelled" => "Taken back",
        "subject_request.stated" => "Said what is wanted",
        "subject_request.declined_in_part" => "Declined in part, the rest granted",
        "subject_request.task_done" => "A task done",
        "subject_request.task_reopened" => "A task open again",
        "subject_request.answered" => "Answered",
        "restriction.ending" => "The restriction to be lifted, once the person is told",
        "restriction.lifted" => "The person told: the restriction is lifted",
        "restriction.goes_on" => "The person could not be told: the restriction goes on",
        "subject_request.undo_asked" => "To be undone",
        "subject_request.returned" => "Brought back in one database",
        "subject_request.undone" => "Undone",
        "subject_request.settled" => "Searched again after a day, nothing found",
        "subject_request.came_back" => "Searched again after a day, something had come back",
        "subject_request.cleaned_up" => "The database cleaned up behind what was deleted",
        "subject_request.unsettled" => "Not searched again: the database could not be asked",
        "subject_request.undo_ended" => "The key of what was erased destroyed",
        "mail.undone" => "Told by mail that it was undone",
        "subject_request.retried" => "Tried once more",
        "subject_request.acknowledged" => "To be acknowledged at once",
        "subject_request.extended" => "More time asked for",
        "subject_request.asked" => "A question asked",
        "subject_request.replied" => "The question answered",
        "subject_request.not_replied" => "Nobody answered the question",
        "tenant_told.mail" => "Business customer told by mail that it waits for them",
        "tenant_told.webhook" => "Business customer's program told that it waits for them",
        "tenant_reminded.mail" => "Business customer reminded by mail",
        "tenant_reminded.webhook" => "Business customer's program reminded",
        "tenant.untold" => "Nobody to tell that it waits: no contact of theirs is declared",
        "mail.verify" => "Confirmation mail sent",
        "mail.acknowledged" => "Acknowledgement sent by mail",
        "mail.extended" => "Told by mail that it takes longer: the deadline moves",
        "mail.asked" => "Question sent by mail",
        "mail_failed.extended" => "Could not be told that it takes longer: the deadline stays",
        "mail.completed" | "mail.nothing_held" | "mail.refused" => "Answer sent by mail",
        "mail.cancelled" => "Told by mail that it was taken back",
        kind if kind.starts_with("mail_failed.") => "A mail could not be delivered",
        other => other,
    }
}

/// What came back in one table when an erasure was undone.
pub(crate) fn table_return(source: &str, table: &TableReturn) -> String {
    let mut parts = Vec::new();
    if table.returned > 0 {
        parts.push(format!("{} again", count_of(table.returned, "row", "rows")));
    }
    if table.set_back > 0 {
        let rows = count_of(table.set_back, "row", "rows");
        parts.push(format!("{rows} as before"));
    }
    for (conflict, rows) in &table.conflicts {
        let rows = count_of(*rows, "row", "rows");
        let why = match conflict {
            Conflict::Taken => "another has the same key now",
            Conflict::Parentless => "what it belongs to is not there",
            Conflict::Changed => "changed since",
            Conflict::Gone => "the row is gone, or nothing tells it from others",
            Conflict::Unkept => "the service kept nothing of them",
        };
        parts.push(format!("{rows} left as they are ({why})"));
    }
    format!("{source}, {}: {}", table.table, parts.join(", "))
}

/// What an effect is about. A row that only loses a link to the person is not
/// theirs, and is not called so.
pub(crate) fn effect_label(charter: &Charter, source: &str, effect: &TableEffect) -> String {
    match effect.action {
        Action::Unlink => format!("Other records ({})", effect.table),
        Action::Delete
        | Action::Pseudonymise
        | Action::Keep
        | Action::Rewrite
        | Action::Aggregate => table_label(charter, source, &effect.table),
    }
}

/// A table as its map labels it, or its own name.
fn table_label(charter: &Charter, source: &str, table: &str) -> String {
    let map = charter
        .sources
        .get(source)
        .and_then(|source| source.map.tables.get(table));
    let label = map.and_then(|map| map.label.clone());
    label.unwrap_or_else(|| plain_name(table))
}

/// Why rows stay under a retention rule, for the person.
pub(crate) fn stays_because(charter: &Charter, rule: &str) -> String {
    if let Some(hold) = rule.strip_prefix("hold.") {
        let because = charter.holds.get(hold).map(|hold| hold.because.as_str());
        let because = because.unwrap_or(match hold {
            "restriction" => "the restriction that was asked for",
            _ => "a hold",
        });
        return format!("kept restricted because of {because}, until that is over");
    }
    let name = plain_name(rule);
    match charter.retention.get(rule) {
        Some(retention) => format!("{name}: {}", retention_words(retention)),
        None => name,
    }
}

fn retention_words(retention: &Retention) -> String {
    let period = match &retention.keep {
        Keep::For(period) => format!("kept for {period}"),
        Keep::Until(event) => format!("kept until {}", plain_name(event)),
        Keep::Criterion(criterion) => format!("kept while {}", criterion.says),
        Keep::Forever { because, .. } => format!("kept without end: {because}"),
    };
    match &retention.law {
        Some(law) => format!("{period}, because the law requires it ({law})"),
        None => period,
    }
}

/// What an erasure leaves, from the declaration: one sentence per rule that is
/// an exception of the right.
pub(crate) fn exceptions(charter: &Charter, right: Right) -> Vec<String> {
    let names = charter
        .rights
        .get(&right)
        .map(|terms| terms.except.as_slice());
    let rules = names.unwrap_or_default().iter();
    rules
        .map(|rule| {
            let without_details = charter
                .retention
                .get(rule)
                .is_some_and(|retention| retention.on_erasure == OnErasure::Pseudonymise);
            let how = if without_details {
                ", without your details"
            } else {
                ""
            };
            format!("{}{how}", stays_because(charter, rule))
        })
        .collect()
}

/// A declared name as words: `usage_events` is "usage events".
pub(crate) fn plain_name(name: &str) -> String {
    name.replace('_', " ")
}

/// "1 row", "2 rows", "12,345 rows".
pub(crate) fn count_of(count: u64, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", grouped(count))
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut words = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, words) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), words);
        }
        assert_eq!(count_of(1, "row", "rows"), "1 row");
        assert_eq!(count_of(0, "row", "rows"), "0 rows");
    }
}
