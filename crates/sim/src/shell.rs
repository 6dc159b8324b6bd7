//! The bodies of jobs: each reads what is written down, does one thing outside
//! and hands back the change it wants written. The simulation decides whether
//! that is ever written.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::id::{SubjectId, SubjectRequestId};
use candor_domain::subject_request::{Event, Stage, State, shred_from, step};
use candor_domain::work::{Job, Message};
use jiff::{SignedDuration, Timestamp};

use crate::company::{Down, PersonId, SOURCES};
use crate::later;
use crate::queue::Claim;
use crate::sabotage::Sabotage;
use crate::simulation::Simulation;
use crate::state::Change;

/// How long a job waits for something outside.
const PAUSE: SignedDuration = SignedDuration::from_hours(2);
/// How often a mail is tried before it is given up.
const MAIL_ATTEMPTS_MAX: u32 = 12;

/// What a job wants.
pub(crate) enum Performed {
    /// Write this, which ends the job.
    Done(Change),
    /// Write this, if anything, and run the job again later.
    Waits(Option<Change>, Timestamp),
}

impl Simulation {
    /// Does what a job does outside.
    pub(crate) fn perform(&mut self, claim: &Claim) -> Performed {
        match &claim.job {
            Job::Locate { subject_request } => self.locate(claim, subject_request),
            Job::Prepare { subject_request } => self.prepare(claim, subject_request),
            Job::Erase {
                subject_request,
                source,
            } => self.erase(claim, subject_request, source),
            Job::Verify {
                subject_request,
                source,
            } => self.verify(claim, subject_request, source),
            Job::Settle {
                subject_request,
                source,
            } => self.settle(claim, subject_request, source),
            Job::Package { subject_request } => self.package(claim, subject_request),
            Job::IssueReceipt { subject_request } => {
                self.report(claim, subject_request, Event::ReceiptIssued)
            }
            Job::SendMail {
                subject_request,
                message,
            } => self.send_mail(claim, subject_request, *message),
            Job::Lapse { subject_request }
            | Job::LapseUnstated { subject_request }
            | Job::EndPause { subject_request } => {
                self.report(claim, subject_request, Event::TimePassed)
            }
            Job::Shred { subject } => self.shred(claim, subject),
            Job::RemovePackage { .. }
            | Job::FileBulk { .. }
            | Job::DecideBulk { .. }
            | Job::ForgetBulk { .. }
            | Job::Tell { .. }
            | Job::TellTenant { .. }
            | Job::RollShard { .. }
            | Job::Observe
            | Job::ReviewHolds
            | Job::Sweep { .. } => nothing_to_do(claim),
            // Nobody wants anything written in the simulation.
            Job::Rewrite { .. } | Job::Unmark { .. } => nothing_to_do(claim),
            // No policy of the simulation promises that an erasure can be taken back.
            Job::TakeBack { .. } | Job::EndUndo { .. } | Job::Forget { .. } => nothing_to_do(claim),
        }
    }

    /// Who a person record is about.
    pub(crate) fn person_of(&self, subject: &SubjectId) -> PersonId {
        let record = self.state.people.get(subject);
        record.map_or(PersonId::MAX, |record| record.person)
    }

    /// The person of a subject request, unless they were shredded: then nothing
    /// leads to them any more.
    fn known(&self, id: &SubjectRequestId) -> Option<PersonId> {
        let versioned = self.state.requests.get(id)?;
        let record = self.state.people.get(&versioned.request.subject)?;
        record.shredded_at.is_none().then_some(record.person)
    }

    /// The change an event makes; none where it no longer fits.
    pub(crate) fn change(&self, id: &SubjectRequestId, event: Event) -> Option<Change> {
        let versioned = self.state.requests.get(id)?;
        let (next, effects) = step(&versioned.request, event, self.now).ok()?;
        Some(Change::to(next, versioned.version, effects))
    }

    fn report(&self, claim: &Claim, id: &SubjectRequestId, event: Event) -> Performed {
        let change = self.change(id, event).unwrap_or_default();
        Performed::Done(change.finishing(claim))
    }

    fn blocked(&self, id: &SubjectRequestId, source: &str) -> Performed {
        let event = Event::Blocked {
            source: source.to_owned(),
            why: "it does not answer".to_owned(),
        };
        Performed::Waits(self.change(id, event), later(self.now, PAUSE))
    }

    fn locate(&mut self, claim: &Claim, id: &SubjectRequestId) -> Performed {
        let Some(person) = self.known(id) else {
            return nothing_to_do(claim);
        };
        let now = self.now;
        self.witness.located.entry(id.clone()).or_insert(now);
        let mut previews = BTreeMap::new();
        for (name, source) in &self.company {
            match source.preview(person) {
                Ok(preview) => previews.insert((*name).to_owned(), preview),
                Err(Down) => return self.blocked(id, name),
            };
        }
        self.report(claim, id, Event::Located { previews })
    }

    fn prepare(&self, claim: &Claim, id: &SubjectRequestId) -> Performed {
        let down = self.company.iter().find(|(_, source)| source.down);
        match down {
            Some((name, _)) => self.blocked(id, name),
            None => {
                let tasks = BTreeMap::new();
                self.report(
                    claim,
                    id,
                    Event::Prepared {
                        tasks,
                        writes: BTreeSet::new(),
                    },
                )
            }
        }
    }

    fn stage(&self, id: &SubjectRequestId, source: &str) -> Option<(Stage, u32)> {
        let versioned = self.state.requests.get(id)?;
        let progress = versioned.request.sources.get(source)?;
        let request = &versioned.request;
        let carrying = request.state == State::Carrying || request.is_reopened(source);
        carrying.then_some((progress.stage, progress.attempts))
    }

    fn erase(&mut self, claim: &Claim, id: &SubjectRequestId, name: &str) -> Performed {
        let stage = self.stage(id, name);
        let (Some((Stage::Located, attempt)), Some(person)) = (stage, self.known(id)) else {
            return nothing_to_do(claim);
        };
        let known = SOURCES.into_iter().find(|known| *known == name);
        let found = known.and_then(|known| Some((known, self.company.get_mut(known)?)));
        let Some((name, source)) = found else {
            return nothing_to_do(claim);
        };
        let Ok(erasure) = source.erase(&format!("{id}/{attempt}"), person) else {
            return self.blocked(id, name);
        };
        // The application doesn't know yet, and writes the person again.
        if self.now < self.calm_from && self.dice.chance(25) {
            source.write(person, attempt as usize, self.now);
        }
        let place = (id.clone(), name);
        self.witness.erased.insert(place.clone(), self.now);
        *self.witness.removed.entry(place).or_default() += erasure.removed;
        let event = Event::Erased {
            source: name.to_owned(),
            effects: erasure.effects,
            held: BTreeMap::new(),
        };
        self.report(claim, id, event)
    }

    fn verify(&mut self, claim: &Claim, id: &SubjectRequestId, name: &str) -> Performed {
        let stage = self.stage(id, name);
        let (Some((Stage::Erased, _)), Some(person)) = (stage, self.known(id)) else {
            return nothing_to_do(claim);
        };
        let skips = self.sabotage() == Some(Sabotage::SkipSearch);
        let known = SOURCES.into_iter().find(|known| *known == name);
        let searched = known.and_then(|known| Some((known, self.company.get(known)?)));
        let Some((name, source)) = searched.filter(|_| !skips) else {
            let event = Event::Searched {
                source: name.to_owned(),
                residue: Vec::new(),
                replicas: Vec::new(),
            };
            return self.report(claim, id, event);
        };
        let Ok(residue) = source.search(person) else {
            return self.blocked(id, name);
        };
        if residue.is_empty() {
            let place = (id.clone(), name);
            self.witness.searched_clean.insert(place, self.now);
        }
        let source = name.to_owned();
        let event = Event::Searched {
            source,
            residue,
            replicas: Vec::new(),
        };
        self.report(claim, id, event)
    }

    fn settle(&self, claim: &Claim, id: &SubjectRequestId, name: &str) -> Performed {
        let request = self.state.requests.get(id).map(|own| &own.request);
        let progress = request.and_then(|own| own.sources.get(name));
        let settling = progress.and_then(|own| own.settling.as_ref());
        let (Some(settling), Some(person)) = (settling, self.known(id)) else {
            return nothing_to_do(claim);
        };
        if self.now < settling.due_at {
            return Performed::Waits(None, settling.due_at);
        }
        let searched = self.company.get(name).map(|source| source.search(person));
        let Some(searched) = searched else {
            return nothing_to_do(claim);
        };
        let source = name.to_owned();
        match searched {
            Ok(residue) => self.report(
                claim,
                id,
                Event::Settled {
                    source,
                    residue,
                    replicas: Vec::new(),
                    traces: None,
                },
            ),
            Err(Down) => Performed::Waits(None, later(self.now, PAUSE)),
        }
    }

    fn package(&mut self, claim: &Claim, id: &SubjectRequestId) -> Performed {
        let Some(person) = self.known(id) else {
            return nothing_to_do(claim);
        };
        let mut effects = BTreeMap::new();
        for (name, source) in &self.company {
            match source.read(person) {
                Ok(rows) => effects.insert((*name).to_owned(), rows),
                Err(Down) => return self.blocked(id, name),
            };
        }
        self.witness.packaged.insert(id.clone());
        self.report(claim, id, Event::Packaged { effects })
    }

    fn send_mail(&mut self, claim: &Claim, id: &SubjectRequestId, message: Message) -> Performed {
        let versioned = self.state.requests.get(id);
        let says = versioned.is_some_and(|one| one.request.says(message));
        let Some(person) = self.known(id).filter(|_| says) else {
            return nothing_to_do(claim);
        };
        if !self.post_accepts(person) {
            if claim.attempts < MAIL_ATTEMPTS_MAX {
                return Performed::Waits(None, later(self.now, PAUSE));
            }
            let now = self.now;
            let gave_up = &mut self.witness.gave_up;
            gave_up.entry((id.clone(), message)).or_insert(now);
            return self.report(claim, id, Event::MailFailed { message });
        }
        let times = match self.sabotage() {
            Some(Sabotage::SwallowMail) if message != Message::Verify => 0,
            Some(Sabotage::MailTwice) => 2,
            _ => 1,
        };
        for _ in 0..times {
            self.deliver(id, message);
        }
        self.report(claim, id, Event::MailSent { message })
    }

    fn shred(&self, claim: &Claim, subject: &SubjectId) -> Performed {
        let requests = self.state.requests_of(subject);
        let open = || requests.iter().any(|request| !request.is_over());
        let from = match self.sabotage() {
            Some(Sabotage::ShredAtOnce) => Some(self.now),
            Some(Sabotage::ShredUnlessOpen) => (!open()).then_some(self.now),
            _ => shred_from(&requests),
        };
        let change = Change::default().finishing(claim);
        let again = from.unwrap_or_else(|| later(self.now, SignedDuration::from_hours(24)));
        if from.is_some_and(|from| from <= self.now) {
            return Performed::Done(Change {
                shred: Some(subject.clone()),
                ..change
            });
        }
        if self.sabotage() == Some(Sabotage::ForgetShred) {
            return Performed::Done(change);
        }
        Performed::Waits(None, again)
    }
}

fn nothing_to_do(claim: &Claim) -> Performed {
    Performed::Done(Change::default().finishing(claim))
}
