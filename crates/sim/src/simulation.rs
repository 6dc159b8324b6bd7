//! The clock, the workers and their misfortunes. Time jumps from one thing to
//! the next; a worker may die before it starts, die between what it did
//! outside and what it writes down, or stall until another has taken its job.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::id::StaffId;
use candor_domain::testing;
use candor_policy::charter::{Approval, Charter, Right};
use candor_policy::period::{Period, Unit};
use jiff::{SignedDuration, Timestamp};

use crate::actors::{Happening, PEOPLE};
use crate::company::{PersonId, SOURCES, Source};
use crate::dice::Dice;
use crate::property::{Property, Violation, after_commit, at_the_end, fails};
use crate::queue::{Claim, LEASE};
use crate::sabotage::Sabotage;
use crate::shell::Performed;
use crate::state::{Change, State};
use crate::witness::Witness;
use crate::{Failure, Settings, SetupError, Summary, later};

/// How long after the last filing everything must have come to rest.
const CALM: SignedDuration = SignedDuration::from_hours(150 * 24);
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);
/// More than this in one year and something runs in circles.
const STEPS_A_YEAR_MAX: u64 = 60_000;
/// What may be added to a deadline, once the person was told.
const TWO_MONTHS: Period = Period {
    amount: 2,
    unit: Unit::Months,
};
/// 1 January 2025, 10:00 in Paris: a holiday.
const START_SECOND: i64 = 1_735_722_000;

/// One history.
pub(crate) struct Simulation {
    settings: Settings,
    pub(crate) dice: Dice,
    pub(crate) now: Timestamp,
    /// From then on nobody files and nothing fails.
    pub(crate) calm_from: Timestamp,
    pub(crate) charter: Charter,
    pub(crate) staff: StaffId,
    pub(crate) company: BTreeMap<&'static str, Source>,
    pub(crate) dead_mailboxes: BTreeSet<PersonId>,
    pub(crate) state: State,
    pub(crate) agenda: BTreeMap<(Timestamp, u64), Happening>,
    pub(crate) planned: u64,
    pub(crate) witness: Witness,
    faults: u64,
    schedule: Vec<String>,
}

impl Simulation {
    pub(crate) fn new(settings: Settings) -> Result<Self, SetupError> {
        let mut dice = Dice::new(settings.seed);
        let now = Timestamp::from_second(START_SECOND).map_err(|_| SetupError::Clock)?;
        let mut charter = testing::charter(Approval::Automatic);
        for right in [Right::Access, Right::Erasure] {
            if let Some(terms) = charter.rights.get_mut(&right) {
                terms.extension = Some(TWO_MONTHS);
                if dice.chance(50) {
                    terms.approve = Approval::Staff;
                }
            }
        }
        let years = i32::try_from(settings.years).unwrap_or(i32::MAX);
        let mut simulation = Self {
            calm_from: later(now, YEAR.checked_mul(years).unwrap_or(SignedDuration::MAX)),
            staff: StaffId::from_random(dice.id()),
            company: BTreeMap::new(),
            dead_mailboxes: BTreeSet::new(),
            state: State::default(),
            agenda: BTreeMap::new(),
            planned: 0,
            witness: Witness::default(),
            faults: 0,
            schedule: Vec::new(),
            settings,
            dice,
            now,
            charter,
        };
        simulation.open();
        Ok(simulation)
    }

    /// The company as it is on the first day.
    fn open(&mut self) {
        for name in SOURCES {
            let mut source = Source::default();
            source.forgets = self.sabotage() == Some(Sabotage::NoJournal);
            source.leaves_one = self.sabotage() == Some(Sabotage::HalfErase);
            for _ in 0..PEOPLE * 3 {
                let person = self.dice.below(PEOPLE);
                source.write(person, self.dice.index(2), self.now);
            }
            self.company.insert(name, source);
        }
        self.plan(SignedDuration::ZERO, Happening::Files);
        self.plan(SignedDuration::ZERO, Happening::StaffLook);
        self.again_within(400, Happening::Outage);
        self.again_within(10, Happening::Writes);
        let person = self.dice.below(PEOPLE);
        self.again_within(24 * 365, Happening::MailboxDies(person));
    }

    /// Runs to the end.
    pub(crate) fn run(mut self) -> Result<Summary, Failure> {
        match self.live().and_then(|()| at_the_end::check(&self)) {
            Ok(()) => Ok(self.summary()),
            Err(violation) => Err(Failure {
                settings: self.settings,
                property: violation.property,
                what: violation.what,
                schedule: self.schedule,
            }),
        }
    }

    fn live(&mut self) -> Result<(), Violation> {
        let ends_at = later(self.calm_from, CALM);
        let steps_max = STEPS_A_YEAR_MAX * (u64::from(self.settings.years) + 1);
        for _ in 0..steps_max {
            let job_at = self.state.queue.next_at().unwrap_or(Timestamp::MAX);
            let planned_at = self.agenda.first_key_value().map(|(key, _)| key.0);
            let planned_at = planned_at.unwrap_or(Timestamp::MAX);
            let next = job_at.min(planned_at);
            if next > ends_at {
                return Ok(());
            }
            self.now = self.now.max(next);
            if planned_at > job_at {
                self.work()?;
            } else if let Some((_, happening)) = self.agenda.pop_first() {
                self.happen(happening)?;
            }
        }
        Err(fails(Property::NoDeadEnd, &"all", "it never comes to rest"))
    }

    /// A worker takes a job.
    fn work(&mut self) -> Result<(), Violation> {
        let dice = &mut self.dice;
        let Some(claim) = self.state.queue.claim(self.now, |ready| dice.index(ready)) else {
            return Ok(());
        };
        let stormy = self.now < self.calm_from;
        let luck = self.dice.below(100);
        if stormy && luck < 4 {
            return self.dies(&claim, "before it starts");
        }
        let performed = self.perform(&claim);
        match performed {
            Performed::Waits(change, until) => {
                self.say(format!("{} waits", claim.job.key()));
                if let Some(change) = change {
                    self.commit(change)?;
                }
                if self.sabotage() == Some(Sabotage::DropWaiting) {
                    self.state.queue.finish(&claim);
                }
                self.state.queue.postpone(&claim, until);
                Ok(())
            }
            Performed::Done(_) if stormy && luck < 9 => {
                self.dies(&claim, "before it writes down what it did")
            }
            Performed::Done(change) if stormy && luck < 13 => {
                self.interrupted(&claim);
                self.say(format!("{} stalls", claim.job.key()));
                let wait = LEASE + self.dice.within_hours(3);
                self.plan(wait, Happening::Resumes(Box::new(change)));
                Ok(())
            }
            Performed::Done(change) => {
                self.say(format!("{} is done", claim.job.key()));
                self.commit(change)
            }
        }
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "ends a turn like every other way to end one"
    )]
    fn dies(&mut self, claim: &Claim, when: &str) -> Result<(), Violation> {
        self.interrupted(claim);
        self.say(format!("{}: the worker dies {when}", claim.job.key()));
        Ok(())
    }

    fn interrupted(&mut self, claim: &Claim) {
        self.faults += 1;
        let times = self.witness.interrupted.entry(claim.job.key());
        *times.or_default() += 1;
    }

    /// Writes a change down, if it still fits, and looks at what came of it.
    pub(crate) fn commit(&mut self, change: Change) -> Result<(), Violation> {
        let blind = self.sabotage() == Some(Sabotage::BlindCommit);
        if !blind && !self.state.fits(&change) {
            self.say("refused: somebody else was first".to_owned());
            return Ok(());
        }
        if let Some(subject) = &change.shred {
            let hasty = matches!(
                self.sabotage(),
                Some(Sabotage::ShredAtOnce | Sabotage::ShredUnlessOpen)
            );
            if !hasty && !self.state.frees(subject, self.now) {
                self.say("refused: the person is needed again".to_owned());
                return Ok(());
            }
            after_commit::check_shred(self, subject)?;
        }
        let id = change.request.as_ref().map(|one| one.request.id.clone());
        let torn = self.sabotage() == Some(Sabotage::TornCommit) && self.dice.chance(2);
        if torn {
            self.say("dies while it writes".to_owned());
            self.state.append(change.records);
        } else {
            self.state.write(change, self.now);
        }
        match id {
            Some(id) => after_commit::check(self, &id),
            None => Ok(()),
        }
    }

    pub(crate) fn sabotage(&self) -> Option<Sabotage> {
        self.settings.sabotage
    }

    /// Adds a line to the schedule.
    pub(crate) fn say(&mut self, what: String) {
        self.schedule.push(format!("{} {what}", self.now));
    }

    fn summary(self) -> Summary {
        let requests = self.state.requests.values().map(|one| &one.request);
        let mut summary = Summary {
            faults: self.faults,
            ..Summary::default()
        };
        for request in requests {
            summary.filed += 1;
            *summary.ends.entry(request.state_key()).or_default() += 1;
            let late = request.answered_at().is_some_and(|at| at > request.due_at);
            summary.late += u64::from(late);
        }
        summary.schedule = self.schedule;
        summary
    }
}
