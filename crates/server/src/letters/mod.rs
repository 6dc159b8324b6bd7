//! Mails to people, and to tenants: plain text, one template each. They hold no personal data:
//! only what the declaration says, counts, times and one link; the one exception
//! is the answer to a complaint, which staff write to be mailed. Refuses to
//! promise what was not done: the text is made from what the subject request's
//! own record says.

#[cfg(test)]
mod tests;

use askama::Template;
use candor_domain::plan::Action;
use candor_domain::subject_request::{State, SubjectRequest, TenantNotice};
use candor_domain::work::Message;
use candor_policy::charter::{Charter, Right};
use candor_policy::promise::Promise;
use jiff::Timestamp;

use crate::jobs::LISTED_MAX;
use crate::ui::words;

/// Longer lines are broken (RFC 3676, Section 4.2, suggests 72 to 78).
const LINE_CHARS_MAX: usize = 72;

/// A mail, ready to be addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Subject line.
    pub subject: String,
    /// Plain text, lines ending in `\n`.
    pub body: String,
}

/// The letter for a message. `link` is the address the message needs: that of
/// the confirmation for [`Message::Verify`], that of the person's page for all
/// others. `answer` is what staff wrote to a complaint.
///
/// # Errors
/// Only if a template cannot be filled, which would be a fault of ours.
pub fn letter(
    message: Message,
    request: &SubjectRequest,
    charter: &Charter,
    link: &str,
    answer: &str,
) -> Result<Letter, askama::Error> {
    let organisation = &charter.organisation.name;
    let facts = Facts::new(request, charter, link);
    let (subject, body) = match message {
        Message::Verify => (
            format!("Please confirm your request to {organisation}"),
            Verify { facts }.render()?,
        ),
        Message::NewContact => (
            format!("Is this your new address? Your request to {organisation}"),
            NewContact { facts }.render()?,
        ),
        Message::Acknowledged => (
            format!("We work on your request to {organisation}"),
            Acknowledged { facts }.render()?,
        ),
        Message::Extended => (
            format!("Your request to {organisation} takes longer, and why"),
            Extended { facts }.render()?,
        ),
        Message::Asked => (
            format!("A question about your request to {organisation}"),
            Asked { facts }.render()?,
        ),
        Message::Completed => completed(request.right, organisation, facts, answer)?,
        Message::Finished => (
            format!("The rest of your data is erased: your request to {organisation}"),
            Finished { facts }.render()?,
        ),
        Message::NothingHeld => (
            format!("We hold nothing under this address: your request to {organisation}"),
            NothingHeld { facts }.render()?,
        ),
        Message::Refused => (
            format!("Your request to {organisation} is refused, and why"),
            Refused { facts }.render()?,
        ),
        Message::Undone => (
            format!("Your erasure was undone: your request to {organisation}"),
            Undone { facts }.render()?,
        ),
        Message::Cancelled => (
            format!("Your request to {organisation} was taken back"),
            Cancelled { facts }.render()?,
        ),
        Message::Lifting => (
            format!("{organisation} ends the restriction you asked for"),
            Lifting { facts }.render()?,
        ),
    };
    Ok(Letter {
        subject,
        body: wrapped(&body),
    })
}

/// The letter to somebody whose data goes under a retention rule, from a day on:
/// what is promised, in the declaration's own sentence.
///
/// # Errors
/// Only if a template cannot be filled, which would be a fault of ours.
pub fn expiring(
    charter: &Charter,
    promise: &Promise,
    earliest: Timestamp,
    address: &str,
) -> Result<Letter, askama::Error> {
    let organisation = &charter.organisation.name;
    let body = Expiring {
        organisation,
        promised: &promise.summary,
        earliest: words::time_words(earliest),
        address,
        contact: &charter.organisation.contact.email,
    }
    .render()?;
    Ok(Letter {
        subject: format!("{organisation} is going to delete data about you"),
        body: wrapped(&body),
    })
}

/// The letter to a tenant: what waits for its decision, the earliest deadline first.
///
/// # Errors
/// Only if a template cannot be filled, which would be a fault of ours.
pub(crate) fn waiting(
    charter: &Charter,
    waiting: &[(SubjectRequest, TenantNotice)],
    address: &str,
) -> Result<Letter, askama::Error> {
    let organisation = &charter.organisation.name;
    let count = waiting.len();
    let lines = waiting.iter().take(LISTED_MAX);
    let left = count.saturating_sub(LISTED_MAX) as u64;
    let body = Waiting {
        organisation,
        contact: &charter.organisation.contact.email,
        address,
        count,
        words: words::count_of(count as u64, "request", "requests"),
        lines: lines
            .map(|(request, notice)| WaitingLine {
                right: words::request_title(request.right),
                due: words::time_words(request.due_at),
                number: request.id.as_str(),
                reminder: *notice == TenantNotice::Reminder,
            })
            .collect(),
        more: (left > 0).then(|| format!("And {left} more.")),
    }
    .render()?;
    let reminds = waiting
        .iter()
        .any(|(_, one)| *one == TenantNotice::Reminder);
    let subject = match (reminds, count) {
        (true, _) => "Still waiting for your decision: requests of your end users",
        (false, 1) => "A request of your end user waits for your decision",
        (false, _) => "Requests of your end users wait for your decision",
    };
    Ok(Letter {
        subject: format!("{subject} ({organisation})"),
        body: wrapped(&body),
    })
}

/// Subject and body of the answer to what was carried out.
fn completed(
    right: Right,
    organisation: &str,
    facts: Facts<'_>,
    answer: &str,
) -> Result<(String, String), askama::Error> {
    let what = match right {
        Right::Access => "A copy of your data is ready",
        Right::Portability => "Your data is ready to take elsewhere",
        Right::Erasure => "Your data is erased",
        Right::Rectification => "Your data is corrected",
        Right::Restriction => "The use of your data is restricted",
        Right::Objection if !facts.declined.is_empty() => "Your objection is granted in part",
        Right::Objection => "Your objection is granted",
        Right::Withdrawal => "Your consent is withdrawn",
        Right::OptOut => "You have opted out",
        Right::Complaint => "Our answer to your complaint",
    };
    let body = match right {
        Right::Access | Right::Portability => AccessCompleted { facts }.render()?,
        Right::Erasure => Completed { facts }.render()?,
        Right::Complaint => ComplaintAnswered { facts, answer }.render()?,
        _ => Arranged { facts }.render()?,
    };
    Ok((format!("{what}: your request to {organisation}"), body))
}

/// Breaks long lines at spaces. A line goes on at its own indentation; what
/// has no space, such as a link, stays whole.
fn wrapped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / LINE_CHARS_MAX);
    for line in text.lines() {
        let indent: String = line.chars().take_while(|char| *char == ' ').collect();
        let mut used = 0;
        for word in line.split_whitespace() {
            let length = word.chars().count();
            if used == 0 {
                out.push_str(&indent);
                used = indent.len();
            } else if used + 1 + length > LINE_CHARS_MAX {
                out.push('\n');
                out.push_str(&indent);
                used = indent.len();
            } else {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += length;
        }
        out.push('\n');
    }
    out
}

struct Facts<'a> {
    organisation: &'a str,
    contact: &'a str,
    authority: String,
    right: &'static str,
    wish: &'static str,
    link: &'a str,
    filed: String,
    due: String,
    /// The rule the deadline follows from.
    rule: String,
    /// When it will be answered once the person knows that it takes longer.
    extended: String,
    /// Why it takes longer.
    longer: &'static str,
    /// What is to be known first, in general.
    question: &'static str,
    /// Whether the clock stands still meanwhile.
    stands_still: bool,
    expires: String,
    answered: String,
    package_until: String,
    reason: &'static str,
    /// Until when the erasure can be undone, if it can.
    recoverable: Option<String>,
    done: Vec<Done>,
    stays: Vec<String>,
    /// What was done by hand, and where.
    tasks: Vec<String>,
    /// Uses that go on, where the rest was granted.
    declined: Vec<String>,
    /// Whether a restriction is in force now.
    restricts: bool,
    /// Whether a hold keeps something that goes later.
    is_held: bool,
    charter: &'a str,
    number: &'a str,
}

/// What became of one table.
struct Done {
    what: String,
    rows: String,
    how: &'static str,
}

impl<'a> Facts<'a> {
    fn new(request: &'a SubjectRequest, charter: &'a Charter, link: &'a str) -> Self {
        let expires = match request.state {
            State::Unverified { expires_at } => words::time_words(expires_at),
            _ => words::time_words(request.due_at),
        };
        let reason = match request.state {
            State::Refused { reason, .. } => words::refusal_words(reason),
            _ => declined_because(request),
        };
        let clock = &request.clock;
        let deadline = clock.answer();
        let rule = deadline.map(|deadline| words::rule_words(request, &deadline));
        let extension = clock.extension.as_ref();
        let extended = extension.and_then(|one| clock.extended_to(one.decided_at));
        let pause = clock.pause.as_ref();
        let answered = request.answered_at().unwrap_or(request.filed_at);
        Self {
            organisation: &charter.organisation.name,
            contact: &charter.organisation.contact.email,
            authority: words::authority(&charter.organisation),
            right: words::right_noun(request.right),
            wish: words::right_wish(request.right),
            link,
            filed: words::time_words(request.filed_at),
            due: words::time_words(request.due_at),
            rule: rule.unwrap_or_default(),
            extended: words::time_words(extended.unwrap_or(request.due_at)),
            longer: extension.map_or("", |one| words::extension_words(one.reason)),
            question: pause.map_or("", |one| words::question_words(one.question)),
            stands_still: pause.is_some_and(|one| clock.waits_for(one.question)),
            expires,
            answered: words::time_words(answered),
            package_until: words::time_words(words::package_until(request)),
            reason,
            recoverable: request
                .undo
                .as_ref()
                .and_then(|undo| undo.until)
                .map(words::time_words),
            done: done(request, charter),
            stays: stays(request, charter),
            tasks: tasks(request, charter),
            declined: declined(request, charter),
            restricts: request.restricts(),
            is_held: request
                .sources
                .values()
                .any(|source| !source.held.is_empty()),
            charter: &request.charter.0,
            number: request.id.as_str(),
        }
    }
}

fn declined_because(request: &SubjectRequest) -> &'static str {
    let declined = request.declined.as_ref();
    declined.map_or("", |declined| words::refusal_words(declined.reason))
}

fn declined(request: &SubjectRequest, charter: &Charter) -> Vec<String> {
    let declined = request.declined.iter();
    let purposes = declined.flat_map(|declined| &declined.purposes);
    purposes
        .map(|name| words::purpose_words(charter, name))
        .collect()
}

fn tasks(request: &SubjectRequest, charter: &Charter) -> Vec<String> {
    let done = request.tasks.iter().filter(|(_, task)| task.done.is_some());
    done.map(|(system, _)| {
        let place = words::task_place(charter, system);
        let what = words::task_done_words(request.right, system);
        format!("{place}: {what}")
    })
    .collect()
}

fn done(request: &SubjectRequest, charter: &Charter) -> Vec<Done> {
    let mut done = Vec::new();
    for (source, progress) in &request.sources {
        for effect in progress.effects.iter().filter(|effect| effect.rows > 0) {
            done.push(Done {
                what: words::effect_label(charter, source, effect),
                rows: words::count_of(effect.rows, "row", "rows"),
                how: words::action_done(effect.action),
            });
        }
    }
    done
}

fn stays(request: &SubjectRequest, charter: &Charter) -> Vec<String> {
    let effects = request
        .sources
        .values()
        .flat_map(|progress| &progress.effects);
    let staying = effects
        .filter(|effect| effect.rows > 0)
        .filter(|effect| matches!(effect.action, Action::Pseudonymise | Action::Keep));
    let mut rules: Vec<&str> = staying
        .filter_map(|effect| effect.because.as_deref())
        .collect();
    rules.sort_unstable();
    rules.dedup();
    rules
        .into_iter()
        .map(|rule| words::stays_because(charter, rule))
        .collect()
}

#[derive(Template)]
#[template(path = "letters/verify.txt")]
struct Verify<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/acknowledged.txt")]
struct Acknowledged<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/extended.txt")]
struct Extended<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/new_contact.txt")]
struct NewContact<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/asked.txt")]
struct Asked<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/completed.txt")]
struct Completed<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/access_completed.txt")]
struct AccessCompleted<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/nothing_held.txt")]
struct NothingHeld<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/refused.txt")]
struct Refused<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/finished.txt")]
struct Finished<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/undone.txt")]
struct Undone<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/cancelled.txt")]
struct Cancelled<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/arranged.txt")]
struct Arranged<'a> {
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "letters/complaint_answered.txt")]
struct ComplaintAnswered<'a> {
    facts: Facts<'a>,
    answer: &'a str,
}

#[derive(Template)]
#[template(path = "letters/expiring.txt")]
struct Expiring<'a> {
    organisation: &'a str,
    promised: &'a str,
    earliest: String,
    address: &'a str,
    contact: &'a str,
}

#[derive(Template)]
#[template(path = "letters/waiting.txt")]
struct Waiting<'a> {
    organisation: &'a str,
    contact: &'a str,
    address: &'a str,
    count: usize,
    words: String,
    lines: Vec<WaitingLine<'a>>,
    /// How many are not listed.
    more: Option<String>,
}

struct WaitingLine<'a> {
    right: &'static str,
    due: String,
    number: &'a str,
    reminder: bool,
}

#[derive(Template)]
#[template(path = "letters/lifting.txt")]
struct Lifting<'a> {
    facts: Facts<'a>,
}
