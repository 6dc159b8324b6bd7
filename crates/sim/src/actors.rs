//! Everybody outside the engine: people who file, confirm late, twice or never;
//! staff who look in when they get to it; sources that go down and come back;
//! an application that goes on writing; a post that loses its temper.

use candor_domain::clock::{ExtensionReason, Question};
use candor_domain::id::{StaffId, SubjectId, SubjectRequestId};
use candor_domain::subject_request::{
    Channel, Event, Proof, RefusalReason, Stage, State, Terms, file,
};
use candor_domain::work::{Job, Message};
use candor_policy::charter::Right;
use jiff::{SignedDuration, Timestamp};

use crate::company::{PersonId, SOURCES};
use crate::later;
use crate::property::Violation;
use crate::sabotage::Sabotage;
use crate::simulation::Simulation;
use crate::state::{Change, PersonRecord};

/// People who may file.
pub(crate) const PEOPLE: u64 = 12;

/// Something that happens outside.
pub(crate) enum Happening {
    /// Somebody files.
    Files,
    /// A person follows the link of their mail.
    Confirms(SubjectRequestId),
    /// Staff vouch for a person.
    Vouches(SubjectRequestId),
    /// A person answers a question.
    Replies(SubjectRequestId),
    /// Staff look at what waits for them.
    StaffLook,
    /// A source goes down.
    Outage,
    /// It comes back.
    Back(&'static str),
    /// The application writes rows of somebody.
    Writes,
    /// A mailbox stops accepting mail.
    MailboxDies(PersonId),
    /// A worker that stalled writes its change at last.
    Resumes(Box<Change>),
}

impl Simulation {
    /// Lets something happen.
    pub(crate) fn happen(&mut self, happening: Happening) -> Result<(), Violation> {
        match happening {
            Happening::Files => self.somebody_files(),
            Happening::Confirms(id) => self.confirms(&id, None),
            Happening::Vouches(id) => {
                let staff = self.staff.clone();
                self.confirms(&id, Some(staff))
            }
            Happening::Replies(id) => self.replies(&id),
            Happening::StaffLook => self.staff_look(),
            Happening::Outage => {
                self.outage();
                Ok(())
            }
            Happening::Back(name) => {
                self.say(format!("source {name} is back"));
                if let Some(source) = self.company.get_mut(name) {
                    source.down = false;
                }
                Ok(())
            }
            Happening::Writes => {
                self.application_writes();
                Ok(())
            }
            Happening::MailboxDies(person) => {
                self.say(format!("the mailbox of person {person} dies"));
                self.dead_mailboxes.insert(person);
                Ok(())
            }
            Happening::Resumes(change) => {
                self.say("a stalled worker goes on".to_owned());
                self.commit(*change)
            }
        }
    }

    fn somebody_files(&mut self) -> Result<(), Violation> {
        self.again_within(120, Happening::Files);
        let person = self.dice.below(PEOPLE);
        let right = if self.dice.chance(50) {
            Right::Access
        } else {
            Right::Erasure
        };
        let (subject, new) = self.record_of(person);
        let open = self.state.requests_of(&subject).into_iter();
        let mut same = open.filter(|request| request.right == right && !request.is_over());
        if let Some(request) = same.next() {
            self.say(format!("person {person} asks again for {}", request.id));
            let job = Job::SendMail {
                subject_request: request.id,
                message: Message::Verify,
            };
            self.state.queue.enqueue(job, self.now);
            return Ok(());
        }
        let terms = Terms {
            id: SubjectRequestId::from_random(self.dice.id()),
            right,
            about: "customer".to_owned(),
            subject: subject.clone(),
            channel: Channel::Form,
            tenant: None,
            received_at: None,
            proof: None,
        };
        let filed = file(terms, &self.charter, self.now);
        let Ok((request, effects)) = filed else {
            return Ok(());
        };
        if new {
            let record = PersonRecord {
                person,
                shredded_at: None,
            };
            self.state.people.insert(subject, record);
        }
        let id = request.id.clone();
        self.say(format!("person {person} files {} {id}", right.key()));
        self.witness.filed.insert(id.clone(), request.filed_at);
        self.witness.due.insert(id.clone(), request.due_at);
        if self.dice.chance(5) {
            let wait = self.dice.within_hours(60);
            self.plan(wait, Happening::Vouches(id));
        }
        self.commit(Change::to(request, 0, effects))
    }

    /// Our record of a person, or the id of a new one.
    fn record_of(&mut self, person: PersonId) -> (SubjectId, bool) {
        let mut records = self.state.people.iter();
        let known = records
            .find(|(_, record)| record.person == person && record.shredded_at.is_none())
            .map(|(subject, _)| subject.clone());
        let new = known.is_none();
        let subject = known.unwrap_or_else(|| SubjectId::from_random(self.dice.id()));
        (subject, new)
    }

    fn confirms(&mut self, id: &SubjectRequestId, by: Option<StaffId>) -> Result<(), Violation> {
        let proof = by.map_or(Proof::Mail, |who| Proof::Vouched { who });
        let Some(mut change) = self.change(id, Event::Verified { proof }) else {
            self.say(format!("{id} is confirmed, in vain"));
            return Ok(());
        };
        self.say(format!("{id} is confirmed"));
        self.witness.confirmed.insert(id.clone());
        if self.sabotage() == Some(Sabotage::ClockFromConfirmation)
            && let Some(versioned) = &mut change.request
        {
            versioned.request.filed_at = self.now;
        }
        self.commit(change)
    }

    fn staff_look(&mut self) -> Result<(), Violation> {
        self.plan_within(60, Happening::StaffLook);
        let waiting: Vec<(SubjectRequestId, Event)> = self
            .state
            .requests
            .values()
            .filter_map(|versioned| {
                let request = &versioned.request;
                let by = self.staff.clone();
                let stuck = request.sources.iter();
                let mut stuck = stuck.filter(|(_, one)| one.stage == Stage::Stuck);
                let event = match request.state {
                    State::Undecided => Event::Approved { by },
                    _ => Event::Retried {
                        by,
                        source: stuck.next()?.0.clone(),
                    },
                };
                Some((request.id.clone(), event))
            })
            .collect();
        for (id, event) in waiting {
            // Some are left for another day.
            if self.dice.chance(30) {
                continue;
            }
            let event = match event {
                Event::Approved { by } => self.decision(by),
                event => event,
            };
            self.say(format!("staff act on {id}: {}", word(&event)));
            if let Some(change) = self.change(&id, event) {
                self.commit(change)?;
            }
        }
        Ok(())
    }

    /// What staff do with a plan: mostly they approve it.
    fn decision(&mut self, by: StaffId) -> Event {
        let dice = self.dice.below(100);
        if dice < 15 {
            let reason = RefusalReason::Excessive;
            Event::Refused { by, reason }
        } else if dice < 30 {
            let reason = ExtensionReason::Complexity;
            Event::Extended { by, reason }
        } else if dice < 45 {
            let question = Question::Identity;
            Event::Asked { by, question }
        } else {
            Event::Approved { by }
        }
    }

    fn replies(&mut self, id: &SubjectRequestId) -> Result<(), Violation> {
        let Some(change) = self.change(id, Event::Replied { by: None }) else {
            self.say(format!("{id} is replied to, in vain"));
            return Ok(());
        };
        self.say(format!("{id} is replied to"));
        self.commit(change)
    }

    fn outage(&mut self) {
        self.again_within(400, Happening::Outage);
        let pick = self.dice.index(SOURCES.len());
        let Some(name) = SOURCES.get(pick).copied() else {
            return;
        };
        self.say(format!("source {name} goes down"));
        if let Some(source) = self.company.get_mut(name) {
            source.down = true;
        }
        let back = self.dice.within_hours(90);
        self.plan(back, Happening::Back(name));
    }

    fn application_writes(&mut self) {
        self.again_within(10, Happening::Writes);
        let person = self.dice.below(PEOPLE);
        let table = self.dice.index(2);
        let pick = self.dice.index(SOURCES.len());
        let now = self.now;
        if let Some(source) = SOURCES
            .get(pick)
            .and_then(|name| self.company.get_mut(name))
        {
            source.write(person, table, now);
        }
    }

    /// `true` where a mail goes out now.
    pub(crate) fn post_accepts(&mut self, person: PersonId) -> bool {
        !self.dead_mailboxes.contains(&person) && !self.dice.chance(5)
    }

    /// A mail arrives; its reader may do what it asks.
    pub(crate) fn deliver(&mut self, id: &SubjectRequestId, message: Message) {
        let key = (id.clone(), message);
        self.witness
            .delivered
            .entry(key)
            .or_default()
            .push(self.now);
        if message == Message::Asked && self.dice.chance(70) {
            self.plan_within(24 * 40, Happening::Replies(id.clone()));
        }
        if message != Message::Verify || self.dice.chance(15) {
            return;
        }
        let late = self.dice.chance(12);
        let least = SignedDuration::from_hours(if late { 70 } else { 0 });
        let times = if self.dice.chance(20) { 2 } else { 1 };
        for _ in 0..times {
            let wait = least + self.dice.within_hours(20);
            self.plan(wait, Happening::Confirms(id.clone()));
        }
    }

    /// Plans something after a while.
    pub(crate) fn plan(&mut self, wait: SignedDuration, happening: Happening) {
        let at: Timestamp = later(self.now, wait);
        self.planned += 1;
        self.agenda.insert((at, self.planned), happening);
    }

    fn plan_within(&mut self, hours: u64, happening: Happening) {
        let wait = self.dice.within_hours(hours);
        self.plan(wait, happening);
    }

    /// Plans it again, while people still file.
    pub(crate) fn again_within(&mut self, hours: u64, happening: Happening) {
        if self.now < self.calm_from {
            self.plan_within(hours, happening);
        }
    }
}

const fn word(event: &Event) -> &'static str {
    match event {
        Event::Approved { .. } => "approved",
        Event::Refused { .. } => "refused",
        Event::Extended { .. } => "more time",
        Event::Asked { .. } => "a question",
        _ => "retried",
    }
}
