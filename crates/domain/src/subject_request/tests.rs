//! Each transition, each rejection, and what holds of every history.

mod arranging;
mod following;
mod keeping;
mod properties;
mod settling;
mod tenancy;
mod timing;
mod transitions;
mod undo;

use candor_policy::charter::{Approval, Charter, Right};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::plan::{Action, TableEffect};
use crate::testing::{charter, deleted, previews, residue, staff, start, terms};

/// A subject request and what it asked the shell to do, step by step.
#[derive(Clone, Debug)]
struct Story {
    request: SubjectRequest,
    now: Timestamp,
    records: Vec<Record>,
    /// Every job it ever asked for.
    jobs: Vec<(Job, Timestamp)>,
    /// Those that still wait.
    queue: Vec<(Job, Timestamp)>,
}

impl Story {
    fn filed(right: Right, approve: Approval) -> Self {
        Self::filed_under(&charter(approve), right)
    }

    fn filed_under(charter: &Charter, right: Right) -> Self {
        let (request, effects) = file(terms(right), charter, start()).unwrap();
        let mut story = Self {
            request,
            now: start(),
            records: Vec::new(),
            jobs: Vec::new(),
            queue: Vec::new(),
        };
        story.take(effects);
        story
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Enqueue { job, not_before } => {
                    self.jobs.push((job.clone(), not_before));
                    self.queue.push((job, not_before));
                }
                Effect::Record(record) => self.records.push(record),
            }
        }
    }

    /// Takes an event that must fit.
    #[track_caller]
    fn then(mut self, event: Event) -> Self {
        let (next, effects) = step(&self.request, event.clone(), self.now)
            .unwrap_or_else(|rejection| panic!("{event:?} was rejected: {rejection}"));
        self.request = next;
        self.take(effects);
        self
    }

    /// The person proved their address and said what they want.
    fn proved(self) -> Self {
        let story = match self.request.state {
            State::Unverified { .. } => self.then(verified()),
            _ => self,
        };
        match story.request.state {
            State::Unstated { .. } => story.then(stated(wish())),
            _ => story,
        }
    }

    /// Every source was looked at again, and nothing was found.
    fn settled(self) -> Self {
        let due = SETTLING_TIME;
        let sources: Vec<String> = self.request.sources.keys().cloned().collect();
        sources.into_iter().fold(self.after(due), |story, source| {
            story.then(looked_again(&source, 0))
        })
    }

    fn after(mut self, time: SignedDuration) -> Self {
        self.now = self.now.checked_add(time).unwrap();
        self
    }

    /// The state, and how many records and jobs there were by then.
    #[track_caller]
    fn check(self, state: &str, last_record: &str, last_job: &str) -> Self {
        assert_eq!(self.request.state_key(), state);
        let record = self.records.last().map(|record| record.kind.as_str());
        assert_eq!(record, Some(last_record));
        let job = self.jobs.last().map(|(job, _)| job.key());
        let job = job.as_deref().and_then(|key| key.split('/').next());
        assert_eq!(job, Some(last_job));
        self
    }

    #[track_caller]
    fn rejects(self, event: Event, expected: Rejection) -> Self {
        let found = step(&self.request, event.clone(), self.now).map(|_| ());
        assert_eq!(found, Err(expected), "{event:?}");
        self
    }
}

fn verified() -> Event {
    Event::Verified { proof: Proof::Mail }
}

fn cancelled() -> Event {
    Event::Cancelled { by: None }
}

fn located(app: u64, billing: u64) -> Event {
    Event::Located {
        previews: previews(app, billing),
    }
}

fn approved() -> Event {
    Event::Approved { by: staff() }
}

fn refused() -> Event {
    Event::Refused {
        by: staff(),
        reason: RefusalReason::Excessive,
    }
}

fn acknowledged() -> Event {
    Event::Acknowledged { by: staff() }
}

fn extended(reason: ExtensionReason) -> Event {
    Event::Extended {
        by: staff(),
        reason,
    }
}

fn asked(question: Question) -> Event {
    Event::Asked {
        by: staff(),
        question,
    }
}

fn replied() -> Event {
    Event::Replied { by: None }
}

fn prepared() -> Event {
    prepared_with(&[])
}

/// With a task in each of these systems.
fn prepared_with(systems: &[System]) -> Event {
    let tasks = systems.iter();
    Event::Prepared {
        tasks: tasks.map(|one| (one.clone(), Task::default())).collect(),
        writes: BTreeSet::new(),
    }
}

fn stated(wish: Wish) -> Event {
    Event::Stated { by: None, wish }
}

fn answered() -> Event {
    Event::Answered { by: staff() }
}

fn task_done(system: &System) -> Event {
    Event::TaskDone {
        by: staff(),
        system: system.clone(),
    }
}

fn task_reopened(system: &System) -> Event {
    Event::TaskReopened {
        by: staff(),
        system: system.clone(),
    }
}

fn lifted() -> Event {
    Event::Lifted { by: staff() }
}

fn app() -> System {
    System::Source("app".to_owned())
}

fn posthorn() -> System {
    System::Vendor("posthorn".to_owned())
}

/// What somebody may want under any right.
fn wish() -> Wish {
    Wish {
        marketing: Vec::new(),
        purposes: vec!["usage_statistics".to_owned()],
        ground: Some(Ground::Contested),
        has_text: true,
        ..Wish::default()
    }
}

fn against_marketing() -> Wish {
    Wish {
        marketing: vec!["newsletter".to_owned()],
        purposes: Vec::new(),
        ..wish()
    }
}

fn blocked(source: &str, why: &str) -> Event {
    Event::Blocked {
        source: source.to_owned(),
        why: why.to_owned(),
    }
}

fn erased(source: &str) -> Event {
    Event::Erased {
        source: source.to_owned(),
        effects: deleted(1),
        held: BTreeMap::new(),
    }
}

/// Erased but for what a hold keeps.
fn erased_under_hold(source: &str) -> Event {
    let held = BTreeMap::from([("orders".to_owned(), "hold.claims".to_owned())]);
    let kept = TableEffect {
        table: "orders".to_owned(),
        action: Action::Keep,
        rows: 2,
        because: Some("hold.claims".to_owned()),
    };
    Event::Erased {
        source: source.to_owned(),
        effects: [deleted(1), vec![kept]].concat(),
        held,
    }
}

fn searched(source: &str, rows: u64) -> Event {
    Event::Searched {
        source: source.to_owned(),
        residue: residue(rows),
        replicas: Vec::new(),
    }
}

fn looked_again(source: &str, rows: u64) -> Event {
    Event::Settled {
        source: source.to_owned(),
        residue: residue(rows),
        replicas: Vec::new(),
        traces: None,
    }
}

fn retried(source: &str) -> Event {
    Event::Retried {
        by: staff(),
        source: source.to_owned(),
    }
}

fn packaged(sources: &[&str]) -> Event {
    let rows = sources
        .iter()
        .map(|source| ((*source).to_owned(), deleted(1)));
    Event::Packaged {
        effects: rows.collect(),
    }
}

fn sent(message: Message) -> Event {
    Event::MailSent { message }
}

fn failed(message: Message) -> Event {
    Event::MailFailed { message }
}

/// An erasure that is being carried out.
fn carrying() -> Story {
    Story::filed(Right::Erasure, Approval::Automatic)
        .then(verified())
        .then(located(2, 1))
        .then(prepared())
}

/// An erasure that is carried out and answered.
fn erasure_completed() -> Story {
    carrying()
        .then(erased("app"))
        .then(searched("app", 0))
        .then(erased("billing"))
        .then(searched("billing", 0))
        .then(Event::ReceiptIssued)
}

/// An access that is carried out and answered.
fn access_completed() -> Story {
    Story::filed(Right::Access, Approval::Automatic)
        .then(verified())
        .then(located(2, 1))
        .then(prepared())
        .then(packaged(&["app", "billing"]))
        .then(Event::ReceiptIssued)
}
