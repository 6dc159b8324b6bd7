//! What is looked at when all has come to rest: nobody files any more, every
//! source answers, staff have acted.

use candor_domain::subject_request::{State, SubjectRequest};
use candor_domain::work::{Job, Message};

use super::{LAST_WORDS, Property, Violation, fails, last_word};
use crate::simulation::Simulation;

/// Checks every subject request and every person.
pub(crate) fn check(simulation: &Simulation) -> Result<(), Violation> {
    for versioned in simulation.state.requests.values() {
        let request = &versioned.request;
        if !request.is_over() {
            let what = format!("it is still `{}`", request.state_key());
            return Err(fails(Property::NoDeadEnd, &request.id, what));
        }
        answered_once_or_lapsed(simulation, request)?;
    }
    for (subject, record) in &simulation.state.people {
        if record.shredded_at.is_none() {
            let what = "what we know of the person was never destroyed";
            return Err(fails(Property::NothingKept, subject, what));
        }
    }
    Ok(())
}

fn answered_once_or_lapsed(
    simulation: &Simulation,
    request: &SubjectRequest,
) -> Result<(), Violation> {
    let id = &request.id;
    let witness = &simulation.witness;
    let fails = |what: String| Err(fails(Property::AnsweredOnceOrLapsed, id, what));
    let lapsed = matches!(request.state, State::Lapsed { .. });
    if lapsed && witness.confirmed.contains(id) {
        return fails("it lapsed although the person confirmed".to_owned());
    }
    let expected = last_word(request);
    if let Some(message) = expected
        && witness.settled(id, message).is_none()
    {
        return fails(format!("the person never heard `{}`", message.key()));
    }
    for message in LAST_WORDS {
        let times = witness.times_told(id, message);
        if times > 0 && expected != Some(message) {
            return fails(format!("the person was told `{}`", message.key()));
        }
        if times > 1 + interrupted(simulation, request, message) {
            return fails(format!("`{}` was said {times} times", message.key()));
        }
    }
    Ok(())
}

/// How often a worker died or stalled while it said this.
fn interrupted(simulation: &Simulation, request: &SubjectRequest, message: Message) -> usize {
    let job = Job::SendMail {
        subject_request: request.id.clone(),
        message,
    };
    let interrupted = simulation.witness.interrupted.get(&job.key());
    interrupted.copied().unwrap_or(0)
}
