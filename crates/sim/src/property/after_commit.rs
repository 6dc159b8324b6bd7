//! What is looked at whenever something was written down.

use candor_domain::id::{SubjectId, SubjectRequestId};
use candor_domain::record::Record;
use candor_domain::subject_request::{Outcome, PACKAGE_TIME, Stage, State, SubjectRequest};
use candor_domain::work::{Job, Message};
use candor_policy::charter::Right;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Property, Violation, fails, last_word, unknown};
use crate::company::{PersonId, SOURCES};
use crate::simulation::Simulation;

/// Days until an answer: 30 are promised, the law's month has fewer where it ends
/// in February; and the longest run of days off after them.
const DAYS_LEAST: i32 = 28;
const PROMISED_DAYS: i32 = 30;
const DAYS_OFF_MAX: i32 = 5;
/// How long a refused person can be answered.
const CONTACT_TIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Kinds of records that may repeat: each source has its own, and a source
/// may be down, erased or stuck more than once.
const REPEATED: [&str; 7] = [
    "subject_request.waits",
    "subject_request.erased",
    "subject_request.residue_found",
    "subject_request.settled",
    "subject_request.came_back",
    "subject_request.verified_absent",
    "subject_request.retried",
];

/// Checks one subject request after it was written.
pub(crate) fn check(simulation: &Simulation, id: &SubjectRequestId) -> Result<(), Violation> {
    let state = &simulation.state;
    let versioned = state.requests.get(id).ok_or_else(|| unknown(id))?;
    let request = &versioned.request;
    let records = state.ledger.get(id).map_or(&[][..], Vec::as_slice);
    nothing_twice(request, records)?;
    ledger_agrees(request, records)?;
    deadline_from_receipt(simulation, request)?;
    no_dead_end(simulation, request)?;
    if let State::Closing { outcome } = request.state {
        completed(simulation, request, outcome, records)?;
    }
    Ok(())
}

fn nothing_twice(request: &SubjectRequest, records: &[Record]) -> Result<(), Violation> {
    for (number, record) in records.iter().enumerate() {
        let kind = record.kind.as_str();
        let earlier = records.iter().take(number);
        if !REPEATED.contains(&kind) && earlier.into_iter().any(|other| other.kind == kind) {
            let what = format!("`{kind}` is recorded twice");
            return Err(fails(Property::NothingTwice, &request.id, what));
        }
    }
    Ok(())
}

fn ledger_agrees(request: &SubjectRequest, records: &[Record]) -> Result<(), Violation> {
    let fails = |what: &str| Err(fails(Property::LedgerAgrees, &request.id, what));
    let ledger = records.iter().map(|record| &record.kind);
    if !ledger.eq(request.history.iter().map(|moment| &moment.kind)) {
        return fails("history and ledger differ");
    }
    let promise = format!("right.{}", request.right.key());
    let named = |record: &Record| {
        record.charter == request.charter
            && record.subject.as_ref() == Some(&request.subject)
            && record.promises.iter().eq([&promise])
    };
    if records.iter().all(named) {
        return Ok(());
    }
    fails("an entry doesn't name its promise, charter and person")
}

fn deadline_from_receipt(
    simulation: &Simulation,
    request: &SubjectRequest,
) -> Result<(), Violation> {
    let fails = |what: &str| Err(fails(Property::DeadlineFromReceipt, &request.id, what));
    let filed = simulation.witness.filed.get(&request.id).copied();
    if filed != Some(request.filed_at) {
        return fails("the clock doesn't start when it was received");
    }
    let told_first = simulation.witness.due.get(&request.id).copied();
    if told_first != Some(request.due_at) {
        let told = [Message::Extended, Message::Asked];
        let told = told.map(|message| simulation.witness.told(&request.id, message));
        let later = told_first.is_some_and(|due_at| due_at < request.due_at);
        if !later || told.into_iter().flatten().next().is_none() {
            return fails("the deadline moved before the person was told");
        }
        return Ok(());
    }
    let Ok(paris) = TimeZone::get("Europe/Paris") else {
        return fails("Paris has no time zone");
    };
    let from = request.filed_at.to_zoned(paris.clone()).date();
    let due = request.due_at.to_zoned(paris).date();
    let days = (due - from).get_days();
    let weekend = matches!(due.weekday(), Weekday::Saturday | Weekday::Sunday);
    if weekend || !(DAYS_LEAST..=PROMISED_DAYS + DAYS_OFF_MAX).contains(&days) {
        return fails("the deadline is not the one that was promised");
    }
    Ok(())
}

fn no_dead_end(simulation: &Simulation, request: &SubjectRequest) -> Result<(), Violation> {
    let stuck = request
        .sources
        .values()
        .any(|one| one.stage == Stage::Stuck);
    let staff = request.state == State::Undecided || stuck;
    let mut jobs = simulation.state.queue.jobs();
    if request.is_over() || staff || jobs.any(|job| drives(job, request)) {
        return Ok(());
    }
    let what = format!("nothing moves it on from `{}`", request.state_key());
    Err(fails(Property::NoDeadEnd, &request.id, what))
}

/// `true` where this job takes the subject request out of its state.
fn drives(job: &Job, request: &SubjectRequest) -> bool {
    let (id, fits) = match job {
        Job::Lapse { subject_request } => {
            let unverified = matches!(request.state, State::Unverified { .. });
            (subject_request, unverified)
        }
        Job::Locate { subject_request } => (subject_request, request.state == State::Locating),
        Job::Prepare { subject_request } => (subject_request, request.state == State::Preparing),
        Job::Package { subject_request }
        | Job::Erase {
            subject_request, ..
        }
        | Job::Verify {
            subject_request, ..
        } => (subject_request, request.state == State::Carrying),
        Job::IssueReceipt { subject_request } => {
            let closing = matches!(request.state, State::Closing { .. });
            (subject_request, closing)
        }
        _ => return false,
    };
    fits && *id == request.id
}

/// Checks what is about to be told as done.
fn completed(
    simulation: &Simulation,
    request: &SubjectRequest,
    outcome: Outcome,
    records: &[Record],
) -> Result<(), Violation> {
    let id = &request.id;
    let person = simulation.person_of(&request.subject);
    let witness = &simulation.witness;
    if outcome == Outcome::NothingHeld {
        let located = witness.located.get(id).copied().unwrap_or(Timestamp::MAX);
        return nothing_left(simulation, id, person, |_| located);
    }
    if request.right == Right::Access {
        let what = "the package doesn't hold every source";
        let packaged = witness.packaged.contains(id);
        let broken = fails(Property::CompletedImpliesVerified, id, what);
        return if packaged { Ok(()) } else { Err(broken) };
    }
    for source in SOURCES {
        let place = (id.clone(), source);
        let erased = witness.erased.get(&place);
        let clean = witness.searched_clean.get(&place);
        if erased.is_none() || clean < erased {
            let what = format!("`{source}` was not searched after it was erased");
            return Err(fails(Property::CompletedImpliesVerified, id, what));
        }
        let removed = witness.removed.get(&place).copied().unwrap_or(0);
        let counted = rows_in_ledger(records, source);
        if removed != counted {
            let what = format!("{removed} rows went from `{source}`, the ledger has {counted}");
            return Err(fails(Property::NothingTwice, id, what));
        }
    }
    nothing_left(simulation, id, person, |source| {
        let clean = witness.searched_clean.get(&(id.clone(), source));
        clean.copied().unwrap_or(Timestamp::MAX)
    })
}

fn nothing_left(
    simulation: &Simulation,
    id: &SubjectRequestId,
    person: PersonId,
    looked_at: impl Fn(&'static str) -> Timestamp,
) -> Result<(), Violation> {
    for name in SOURCES {
        let source = simulation.company.get(name);
        let left = source.map_or(0, |source| source.rows_before(person, looked_at(name)));
        if left > 0 {
            let what = format!("{left} rows are left in `{name}`");
            return Err(fails(Property::NothingLeft, id, what));
        }
    }
    Ok(())
}

fn rows_in_ledger(records: &[Record], source: &str) -> u64 {
    let erased = records.iter().filter(|record| {
        let at = record.facts.get("source").and_then(|name| name.as_str());
        record.kind == "subject_request.erased" && at == Some(source)
    });
    let effects = erased.filter_map(|record| record.facts.get("effects")?.as_array());
    let rows = effects
        .flatten()
        .filter_map(|effect| effect.get("rows")?.as_u64());
    rows.sum()
}

/// Checks that a person's record may go now. Called before it goes.
pub(crate) fn check_shred(simulation: &Simulation, subject: &SubjectId) -> Result<(), Violation> {
    let requests = simulation.state.requests_of(subject);
    let erasures: Vec<Timestamp> = requests
        .iter()
        .filter(|request| request.right == Right::Erasure)
        .filter(|request| matches!(request.state, State::Completed { .. }))
        .filter_map(|request| {
            simulation
                .witness
                .last_told(&request.id, last_word(request)?)
        })
        .collect();
    for request in &requests {
        let fails = |what| Err(fails(Property::LastWordFirst, &request.id, what));
        if !request.is_over() {
            return fails("the person is shredded while it is open");
        }
        let Some(message) = last_word(request) else {
            continue;
        };
        let Some(settled) = simulation.witness.settled(&request.id, message) else {
            return fails("the person is shredded before their last word");
        };
        let kept = match (message, request.right) {
            (Message::Refused, _) => CONTACT_TIME,
            (Message::Completed, Right::Access) => PACKAGE_TIME,
            _ => SignedDuration::ZERO,
        };
        let erased_since = erasures.iter().any(|erased| *erased >= settled);
        if simulation.now.duration_since(settled) < kept && !erased_since {
            return fails("the person is shredded while it still serves them");
        }
    }
    Ok(())
}
