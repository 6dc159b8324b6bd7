//! The transitions of a subject request. One function per event; each rejects
//! first, in order of cost, then writes.

use std::collections::{BTreeMap, BTreeSet};

use candor_policy::charter::{Approval, Charter, Right};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::keeping::{PACKAGE_TIME, later};
use super::timing::ACKNOWLEDGE_AFTER;
use super::{
    Channel, ERASE_ATTEMPTS_MAX, Effect, Event, Moment, Outcome, Progress, Proof, RefusalReason,
    Rejection, SearchedReplicas, Stage, State, SubjectRequest, System, Task, Tenant, Undo, Waiting,
    needs_wish,
};
use crate::clock::{Clock, limits_of};
use crate::id::{StaffId, SubjectId, SubjectRequestId};
use crate::plan::{Action, Residue, SourcePreview, TableEffect, add_effects};
use crate::record::Record;
use crate::work::{Job, Message};

/// How long a verification mail can be answered.
pub const VERIFICATION_TIME: SignedDuration = SignedDuration::from_hours(72);

const MAIL: &str = "mail";

pub(super) type Stepped = Result<Vec<Effect>, Rejection>;

/// Who asks for what, and how it came in.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The new subject request's id.
    pub id: SubjectRequestId,
    /// The right.
    pub right: Right,
    /// Kind of person, as declared.
    pub about: String,
    /// Our own record of the person.
    pub subject: SubjectId,
    /// How it came in.
    pub channel: Channel,
    /// The business customer whose end user asks, if it is one's.
    pub tenant: Option<Tenant>,
    /// When it reached the organisation, where that was earlier than now: by letter,
    /// at a counter. Its time runs from then.
    pub received_at: Option<Timestamp>,
    /// What shows already that it is the person who asks. Without it, a mail goes
    /// to their address, and nothing happens before its link is used.
    pub proof: Option<Proof>,
}

/// Files a subject request under a charter.
///
/// # Errors
/// [`Rejection::NotOffered`] where the charter has no terms for the right or
/// doesn't know the kind of person.
pub fn file(
    terms: Terms,
    charter: &Charter,
    now: Timestamp,
) -> Result<(SubjectRequest, Vec<Effect>), Rejection> {
    let offered = charter.people.contains_key(&terms.about);
    let Some(right) = charter.rights.get(&terms.right).filter(|_| offered) else {
        return Err(Rejection::NotOffered);
    };
    let received_at = terms.received_at.map_or(now, |at| at.min(now));
    let clock = Clock::new(limits_of(charter, terms.right), received_at);
    let expires_at = later(now, VERIFICATION_TIME);
    let mut request = SubjectRequest {
        id: terms.id,
        right: terms.right,
        about: terms.about,
        subject: terms.subject,
        charter: charter.id.clone(),
        channel: terms.channel,
        tenant: terms.tenant,
        proof: None,
        filed_at: now,
        // An offered right always has a rule for its answer.
        due_at: clock.answer().map_or(received_at, |deadline| deadline.at),
        clock,
        approval: right.approve,
        state: State::Unverified { expires_at },
        wish: None,
        declined: None,
        new_contact: None,
        tasks: BTreeMap::new(),
        restriction: None,
        sources: BTreeMap::new(),
        waiting: BTreeMap::new(),
        followers: Vec::new(),
        undo: right.undo.map(Undo::promised),
        settle: right.settle,
        history: Vec::new(),
        first_answered_at: None,
    };
    let channel = ("channel", json!(request.channel));
    let received = ("received_at", json!(received_at));
    let kind = "subject_request.filed";
    let filed = match received_at < now {
        true => request.record(kind, None, now, [channel, received]),
        false => request.record(kind, None, now, [channel]),
    };
    let mut effects = vec![filed];
    match terms.proof {
        Some(proof) => effects.extend(request.verified(proof, now)?),
        None if request.right == Right::OptOut => {
            // Nobody may ask first who it is (11 CCR §7060(b)).
            effects.extend(request.look_or_answer(now));
            let soon = later(now, ACKNOWLEDGE_AFTER);
            effects.push(request.mail(Message::Acknowledged, soon));
        }
        None => {
            effects.push(request.mail(Message::Verify, now));
            let subject_request = request.id.clone();
            effects.push(request.enqueue(Job::Lapse { subject_request }, expires_at));
        }
    }
    Ok((request, effects))
}

/// Takes one event in. On `Err` the subject request is unchanged.
///
/// # Errors
/// The [`Rejection`] that says why the event doesn't fit.
pub fn step(
    request: &SubjectRequest,
    event: Event,
    now: Timestamp,
) -> Result<(SubjectRequest, Vec<Effect>), Rejection> {
    let mut next = request.clone();
    let mut effects = match event {
        Event::Verified { proof } => next.verified(proof, now),
        Event::Cancelled { by } => next.cancelled(by, now),
        Event::Stated { by, wish } => next.stated(by, wish, now),
        Event::Followed { follower } => next.followed(follower, now),
        Event::Unfollowed {
            protocol,
            party,
            reference,
        } => next.unfollowed(protocol, &party, reference.as_deref(), now),
        Event::Located { previews } => next.located(previews, now),
        Event::ContactProved => next.contact_proved(now),
        Event::Approved { by } => next.approved(by, now),
        Event::Refused { by, reason } => next.refused(by, reason, now),
        Event::Acknowledged { by } => next.acknowledged(by, now),
        Event::Extended { by, reason } => next.extended(by, reason, now),
        Event::Asked { by, question } => next.asked(by, question, now),
        Event::Replied { by } => next.replied(by, now),
        Event::Answered { by } => next.answered(by, now),
        Event::Prepared { tasks, writes } => next.prepared(tasks, &writes, now),
        Event::TaskDone { by, system } => next.task_done(by, &system, now),
        Event::TaskReopened { by, system } => next.task_reopened(by, &system, now),
        Event::Lifted { by } => next.lifted(by, now),
        Event::Blocked { source, why } => next.blocked(source, why, now),
        Event::Erased {
            source,
            effects,
            held,
        } => next.erased(&source, effects, held, now),
        Event::Written { source, effects } => next.written(&source, effects, now),
        Event::Unfit { source, why } => next.unfit(&source, why, now),
        Event::Unmarked { source } => next.unmarked(&source, now),
        Event::TenantTold { notice, by } => next.tenant_told(notice, by, now),
        Event::TenantUntold => next.tenant_untold(now),
        Event::Released => next.released(now),
        Event::Searched {
            source,
            residue,
            replicas,
        } => next.searched(&source, (residue, replicas), now),
        Event::Settled {
            source,
            residue,
            replicas,
            traces,
        } => next.settled(&source, (residue, replicas), traces, now),
        Event::Unsettled { source } => next.unsettled(&source, now),
        Event::Retried { by, source } => next.retried(by, source, now),
        Event::UndoAsked { by } => next.undo_asked(by, now),
        Event::Returned { source, returns } => next.returned(source, returns, now),
        Event::UndoEnded => next.undo_ended(now),
        Event::Packaged { effects } => next.packaged(effects, now),
        Event::ReceiptIssued => next.receipt_issued(now),
        Event::MailSent { message } => next.mail_settled(message, MAIL, now),
        Event::MailFailed { message } => next.mail_settled(message, "mail_failed", now),
        Event::TimePassed => next.time_passed(now),
    }?;
    effects.extend(next.tell_followers(request, now));
    effects.extend(next.tell_tenant(request, now));
    Ok((next, effects))
}

impl SubjectRequest {
    fn verified(&mut self, proof: Proof, now: Timestamp) -> Stepped {
        let State::Unverified { expires_at } = self.state else {
            let lapsed = matches!(self.state, State::Lapsed { .. });
            return Err(if lapsed {
                Rejection::Lapsed
            } else {
                Rejection::AlreadyVerified
            });
        };
        if now > expires_at {
            return Err(Rejection::Lapsed);
        }
        self.clock.verified_at = Some(now);
        self.retime();
        let by = proof.voucher().cloned();
        let facts = [("how", json!(proof.key()))];
        self.proof = Some(proof);
        for one in &mut self.followers {
            one.is_proved = true;
        }
        let record = self.record("subject_request.verified", by, now, facts);
        if needs_wish(self.right) {
            return Ok(vec![record, self.await_wish(now)]);
        }
        let next = self.look_or_answer(now);
        let acknowledge = self.acknowledge_in_time(now);
        Ok([record]
            .into_iter()
            .chain(next)
            .chain(acknowledge)
            .collect())
    }

    fn located(&mut self, previews: BTreeMap<String, SourcePreview>, now: Timestamp) -> Stepped {
        if self.state != State::Locating {
            return Err(Rejection::Repeated);
        }
        self.waiting.clear();
        previews.into_iter().for_each(|(source, preview)| {
            let progress = Progress {
                preview,
                ..Progress::default()
            };
            self.sources.insert(source, progress);
        });
        let nothing = self
            .sources
            .values()
            .all(|source| source.preview.is_empty());
        let record = self.record(
            "subject_request.located",
            None,
            now,
            [("rows", json!(self.rows_previewed()))],
        );
        if nothing && self.is_about_rows() {
            return Ok([vec![record], self.close(Outcome::NothingHeld, now)].concat());
        }
        if self.staff_decide() {
            self.state = State::Undecided;
            let ask = self.ask_at_new_contact(now);
            return Ok(std::iter::once(record).chain(ask).collect());
        }
        Ok(vec![record, self.prepare(now)])
    }

    fn approved(&mut self, by: StaffId, now: Timestamp) -> Stepped {
        if self.state != State::Undecided || self.right == Right::Complaint {
            return Err(Rejection::NothingToDecide);
        }
        self.refuse_unwritable()?;
        self.end_pause(now);
        let record = self.record("subject_request.approved", Some(by), now, []);
        Ok(vec![record, self.prepare(now)])
    }

    fn refused(&mut self, by: StaffId, reason: RefusalReason, now: Timestamp) -> Stepped {
        if self.state != State::Undecided {
            return Err(Rejection::NothingToDecide);
        }
        self.end_pause(now);
        if let Some(effects) = self.declined_in_part(&by, reason, now) {
            return Ok(effects);
        }
        self.state = State::Refused {
            at: now,
            by: by.clone(),
            reason,
        };
        Ok(vec![
            self.record(
                "subject_request.refused",
                Some(by),
                now,
                [("reason", json!(reason.key()))],
            ),
            self.mail(Message::Refused, now),
        ])
    }

    /// Whether it can be taken back still: nothing has been prepared.
    #[must_use]
    pub const fn can_be_cancelled(&self) -> bool {
        matches!(
            self.state,
            State::Unverified { .. } | State::Unstated { .. } | State::Locating | State::Undecided
        )
    }

    pub(super) fn cancelled(&mut self, by: Option<StaffId>, now: Timestamp) -> Stepped {
        if self.is_over() {
            return Err(Rejection::NothingToDecide);
        }
        if !self.can_be_cancelled() {
            return Err(Rejection::TooLateToCancel);
        }
        self.end_pause(now);
        self.waiting.clear();
        self.state = State::Cancelled {
            at: now,
            by: by.clone(),
        };
        let record = self.record("subject_request.cancelled", by, now, []);
        // Nobody proved the address of one that was not verified: it hears
        // nothing more.
        let last = if self.proof.is_some() {
            self.mail(Message::Cancelled, now)
        } else {
            self.shred(now)
        };
        Ok(vec![record, last])
    }

    fn prepared(
        &mut self,
        tasks: BTreeMap<System, Task>,
        writes: &BTreeSet<String>,
        now: Timestamp,
    ) -> Stepped {
        if self.state != State::Preparing {
            return Err(Rejection::Repeated);
        }
        self.waiting.clear();
        self.state = State::Carrying;
        let mut effects = vec![self.record("subject_request.prepared", None, now, [])];
        for (source, progress) in &mut self.sources {
            progress.writes = writes.contains(source);
        }
        effects.extend(self.arrange(tasks, now));
        match self.right {
            Right::Access | Right::Portability => {
                let subject_request = self.id.clone();
                effects.push(self.enqueue(Job::Package { subject_request }, now));
            }
            Right::Erasure => {
                let sources: Vec<String> = self.sources.keys().cloned().collect();
                effects.extend(sources.into_iter().map(|source| self.erase(source, now)));
            }
            _ => {
                let own = self.sources.iter().filter(|(_, progress)| progress.writes);
                let own = own.map(|(source, _)| self.rewrite(source.clone(), now));
                effects.extend(own);
            }
        }
        Ok(effects)
    }

    fn blocked(&mut self, source: String, why: String, now: Timestamp) -> Stepped {
        if !self.needs(&source) {
            return Err(Rejection::Repeated);
        }
        if let Some(known) = self.waiting.get_mut(&source) {
            if known.why == why {
                return Err(Rejection::Repeated);
            }
            // The ledger holds that it waits, not each retry's complaint: a
            // source that is down for weeks must not fill it.
            known.why = why;
            return Ok(Vec::new());
        }
        let facts = [("source", json!(source)), ("why", json!(why))];
        self.waiting.insert(source, Waiting { since: now, why });
        Ok(vec![self.record("subject_request.waits", None, now, facts)])
    }

    fn erased(
        &mut self,
        source: &str,
        effects: Vec<TableEffect>,
        held: BTreeMap<String, String>,
        now: Timestamp,
    ) -> Stepped {
        let progress = self.carrying(source)?;
        if progress.stage != Stage::Located {
            return Err(Rejection::Repeated);
        }
        progress.stage = Stage::Erased;
        progress.attempts += 1;
        add_effects(&mut progress.effects, &effects);
        progress.held = held.clone();
        self.recovered(source);
        let facts = [
            ("source", json!(source)),
            ("effects", json!(effects)),
            ("held", json!(held)),
        ];
        let record = self.record("subject_request.erased", None, now, facts);
        let job = Job::Verify {
            subject_request: self.id.clone(),
            source: source.to_owned(),
        };
        Ok(vec![record, self.enqueue(job, now)])
    }

    fn searched(
        &mut self,
        source: &str,
        (residue, replicas): (Vec<Residue>, Vec<String>),
        now: Timestamp,
    ) -> Stepped {
        let writes = self.right != Right::Erasure;
        let progress = self.carrying(source)?;
        if !matches!(progress.stage, Stage::Erased | Stage::Written) {
            return Err(Rejection::Repeated);
        }
        let found: u64 = residue.iter().map(|residue| residue.rows).sum();
        let exhausted = progress.attempts >= ERASE_ATTEMPTS_MAX;
        progress.residue = residue;
        progress.replicas = SearchedReplicas::of(replicas, now);
        progress.stage = match (found, exhausted) {
            (0, _) => Stage::Verified,
            (_, true) => Stage::Stuck,
            (_, false) => Stage::Located,
        };
        let stage = progress.stage;
        self.recovered(source);
        let kind = match (stage, writes) {
            (Stage::Verified, false) => "subject_request.verified_absent",
            (Stage::Verified, true) => "subject_request.verified_written",
            (_, false) => "subject_request.residue_found",
            (_, true) => "subject_request.not_as_written",
        };
        let unsearched = self.sources.get(source).filter(|_| !writes);
        let unsearched = unsearched.map(|one| one.preview.unsearched.clone());
        let facts = [("source", json!(source)), ("rows", json!(found))];
        let mut record = self.record(kind, None, now, facts);
        self.tell_replicas(source, &mut record);
        add_unsearched(&mut record, unsearched.filter(|tables| !tables.is_empty()));
        let mut effects = vec![record];
        if stage == Stage::Located {
            effects.push(self.work_on(source.to_owned(), now));
        }
        if stage == Stage::Verified {
            effects.extend(self.settle_anew(source, now));
        }
        // One that is erased once more was answered before.
        if self.state == State::Carrying && self.is_settled() {
            effects.extend(self.close(Outcome::Fulfilled, now));
        }
        Ok(effects)
    }

    /// What was kept goes now: the rest of it was answered before, and stays so.
    fn released(&mut self, now: Timestamp) -> Stepped {
        if !self.is_held() {
            return Err(Rejection::Repeated);
        }
        self.first_answered_at = self.answered_at();
        self.state = State::Carrying;
        let mut effects = vec![self.record("subject_request.released", None, now, [])];
        let held = self.sources.iter_mut();
        let held = held.filter(|(_, progress)| !progress.held.is_empty());
        let sources = held.map(|(source, progress)| {
            let kept = std::mem::take(&mut progress.held);
            let was_kept = |effect: &TableEffect| {
                effect.action == Action::Keep && effect.because.as_ref() == kept.get(&effect.table)
            };
            progress.effects.retain(|effect| !was_kept(effect));
            progress.stage = Stage::Located;
            Self::stop_settling(progress);
            source.clone()
        });
        let sources: Vec<String> = sources.collect();
        effects.extend(sources.into_iter().map(|source| self.erase(source, now)));
        Ok(effects)
    }

    fn retried(&mut self, by: StaffId, source: String, now: Timestamp) -> Stepped {
        let progress = self.carrying(&source);
        let Some(progress) = progress.ok().filter(|one| one.stage == Stage::Stuck) else {
            return Err(Rejection::NothingToDecide);
        };
        // Attempts stay spent: if it is still found, staff look again.
        progress.stage = Stage::Located;
        progress.preview.obstacles.clear();
        let facts = [("source", json!(source))];
        let record = self.record("subject_request.retried", Some(by), now, facts);
        Ok(vec![record, self.work_on(source, now)])
    }

    fn packaged(&mut self, effects: BTreeMap<String, Vec<TableEffect>>, now: Timestamp) -> Stepped {
        let mut sources = self.sources.values();
        let is_packaged = sources.any(|source| source.stage == Stage::Packaged);
        if self.state != State::Carrying || !self.gathers() || is_packaged {
            return Err(Rejection::Repeated);
        }
        if !self
            .sources
            .keys()
            .all(|source| effects.contains_key(source))
        {
            return Err(Rejection::Incomplete);
        }
        self.waiting.clear();
        for (source, effects) in effects {
            let progress = self.sources.entry(source).or_default();
            progress.stage = Stage::Packaged;
            progress.effects = effects;
        }
        let record = self.record("subject_request.packaged", None, now, []);
        let remove = Effect::Enqueue {
            job: Job::RemovePackage {
                subject_request: self.id.clone(),
            },
            not_before: later(now, PACKAGE_TIME),
        };
        let mut effects = vec![record, remove];
        if self.is_settled() {
            effects.extend(self.close(Outcome::Fulfilled, now));
        }
        Ok(effects)
    }

    fn receipt_issued(&mut self, now: Timestamp) -> Stepped {
        let State::Closing { outcome } = self.state else {
            return Err(Rejection::Repeated);
        };
        self.state = State::Completed { at: now, outcome };
        let message = match outcome {
            Outcome::Fulfilled if self.first_answered_at.is_some() => Message::Finished,
            Outcome::Fulfilled => Message::Completed,
            Outcome::NothingHeld => Message::NothingHeld,
        };
        Ok(vec![self.mail(message, now)])
    }

    /// A mail is out, or given up: Candor has said what it could.
    fn mail_settled(&mut self, message: Message, kind: &str, now: Timestamp) -> Stepped {
        let sent = kind == MAIL;
        if message == Message::Lifting {
            return self.told_of_lifting(sent, now);
        }
        if self.settled_at(message).is_some() || !self.says(message) {
            return Err(Rejection::Repeated);
        }
        let kind = format!("{kind}.{}", message.key());
        let record = self.record(&kind, None, now, []);
        if matches!(
            message,
            Message::Verify | Message::NewContact | Message::Undone
        ) {
            return Ok(vec![record]);
        }
        // What is kept under a hold could not be found again without it.
        if self.is_held() {
            return Ok(vec![record]);
        }
        if self.is_over() {
            let ends = (!self.lasts()).then(|| self.kept_until(now));
            let shred = ends.map(|ends| self.shred(ends));
            return Ok(std::iter::once(record).chain(shred).collect());
        }
        let follows = self.told(message, sent, now);
        Ok(std::iter::once(record).chain(follows).collect())
    }

    fn time_passed(&mut self, now: Timestamp) -> Stepped {
        let expires_at = match self.state {
            State::Unverified { expires_at } | State::Unstated { expires_at } => expires_at,
            _ => return self.waited_long_enough(now),
        };
        if now < expires_at {
            return Err(Rejection::Repeated);
        }
        self.state = State::Lapsed { at: now };
        let record = self.record("subject_request.lapsed", None, now, []);
        Ok(vec![record, self.shred(now)])
    }

    /// Everything is done that was asked: say so in the ledger, then make the
    /// receipt that proves the saying.
    pub(super) fn close(&mut self, outcome: Outcome, now: Timestamp) -> Vec<Effect> {
        self.state = State::Closing { outcome };
        let done: BTreeMap<&String, &Vec<TableEffect>> = self
            .sources
            .iter()
            .map(|(source, progress)| (source, &progress.effects))
            .collect();
        let facts = [
            ("outcome", json!(outcome)),
            ("done", json!(done)),
            ("due_at", json!(self.due_at)),
        ];
        let settle = self.begin_settling(outcome, now);
        let end = self.open_undo(outcome, now);
        let undo = self.undo.as_ref().filter(|_| self.is_kept());
        let until = undo.and_then(|undo| undo.until);
        let mut record = self.record("subject_request.completed", None, now, facts);
        let sources: Vec<String> = self.sources.keys().cloned().collect();
        for source in sources {
            self.tell_replicas(&source, &mut record);
        }
        let narrow = json!(self.not_searched());
        add_unsearched(&mut record, (narrow != json!({})).then_some(narrow));
        // What can be taken back is not gone yet: whoever reads the receipt must
        // see it.
        if let (Some(until), Effect::Record(record)) = (until, &mut record) {
            let fact = ("recoverable_until".to_owned(), json!(until));
            record.facts.extend([fact]);
        }
        let job = Job::IssueReceipt {
            subject_request: self.id.clone(),
        };
        let receipt = self.enqueue(job, now);
        let last = std::iter::once(receipt).chain(end);
        std::iter::once(record).chain(settle).chain(last).collect()
    }

    /// Of an erasure, the tables of each source in which no text was searched.
    #[must_use]
    pub fn not_searched(&self) -> BTreeMap<&str, &[String]> {
        let sources = self.sources.iter();
        let narrow = sources
            .filter(|(_, one)| self.right == Right::Erasure && !one.preview.unsearched.is_empty());
        narrow
            .map(|(source, one)| (source.as_str(), one.preview.unsearched.as_slice()))
            .collect()
    }

    pub(super) fn prepare(&mut self, now: Timestamp) -> Effect {
        self.state = State::Preparing;
        let subject_request = self.id.clone();
        self.enqueue(Job::Prepare { subject_request }, now)
    }

    /// The next attempt in a source.
    fn work_on(&self, source: String, now: Timestamp) -> Effect {
        if self.right == Right::Erasure {
            self.erase(source, now)
        } else {
            self.rewrite(source, now)
        }
    }

    fn erase(&self, source: String, now: Timestamp) -> Effect {
        let subject_request = self.id.clone();
        self.enqueue(
            Job::Erase {
                subject_request,
                source,
            },
            now,
        )
    }

    pub(super) fn shred(&self, now: Timestamp) -> Effect {
        let subject = self.subject.clone();
        self.enqueue(Job::Shred { subject }, now)
    }

    pub(super) fn mail(&self, message: Message, now: Timestamp) -> Effect {
        let subject_request = self.id.clone();
        self.enqueue(
            Job::SendMail {
                subject_request,
                message,
            },
            now,
        )
    }

    #[expect(
        clippy::unused_self,
        reason = "reads as a sentence beside its siblings"
    )]
    pub(super) fn enqueue(&self, job: Job, not_before: Timestamp) -> Effect {
        Effect::Enqueue { job, not_before }
    }

    /// Whether it ends where no row is found. A choice about uses goes further
    /// than the rows of today.
    const fn is_about_rows(&self) -> bool {
        !matches!(
            self.right,
            Right::Objection | Right::Withdrawal | Right::OptOut
        )
    }

    /// Whether staff or the tenant look at it first: never where they could not say
    /// no, always where something has to be weighed.
    #[must_use]
    pub fn staff_decide(&self) -> bool {
        match self.right {
            Right::Rectification | Right::Objection => !self.must_be_granted(),
            Right::Withdrawal | Right::OptOut => false,
            _ => self.approval == Approval::Staff || self.awaits_tenant(),
        }
    }

    /// Whether the tenant has to approve it: an end user's wish is carried out on
    /// the controller's instruction (Article 28(3)(a)). What a controller sends
    /// itself, through a protocol, is one.
    fn awaits_tenant(&self) -> bool {
        self.tenant.is_some() && self.channel != Channel::Protocol
    }

    /// Whether a package is its answer.
    const fn gathers(&self) -> bool {
        matches!(self.right, Right::Access | Right::Portability)
    }

    /// A source in which something is being carried out.
    pub(super) fn carrying(&mut self, source: &str) -> Result<&mut Progress, Rejection> {
        if self.state != State::Carrying && !self.is_reopened(source) {
            return Err(Rejection::Repeated);
        }
        let erases = self.right == Right::Erasure;
        let progress = self.sources.get_mut(source);
        let progress = progress.filter(|progress| erases || progress.writes);
        progress.ok_or(Rejection::Repeated)
    }

    /// `true` where the next step can wait for this source.
    fn needs(&self, source: &str) -> bool {
        let progress = self.sources.get(source);
        let stage = progress.map(|progress| progress.stage);
        let writes = progress.is_some_and(|progress| progress.writes);
        match self.state {
            State::Locating | State::Preparing => true,
            State::Carrying if !(self.gathers() || self.right == Right::Erasure || writes) => false,
            State::Carrying => {
                matches!(stage, Some(Stage::Located | Stage::Erased | Stage::Written))
            }
            State::Completed { .. } if self.is_unmarking() => writes,
            State::Completed { .. } => {
                stage.is_some() && (self.awaits_return(source) || self.is_reopened(source))
            }
            _ => false,
        }
    }

    pub(super) fn recovered(&mut self, source: &str) {
        self.waiting.remove(source);
    }

    fn rows_previewed(&self) -> u64 {
        let effects = self
            .sources
            .values()
            .flat_map(|source| &source.preview.effects);
        effects.map(|effect| effect.rows).sum()
    }

    pub(super) fn record<const N: usize>(
        &mut self,
        kind: &str,
        by: Option<StaffId>,
        now: Timestamp,
        facts: [(&str, Value); N],
    ) -> Effect {
        let mut facts: BTreeMap<String, Value> = facts
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        facts.insert("right".to_owned(), json!(self.right));
        if let Some(by) = &by {
            facts.insert("by".to_owned(), json!(by));
        }
        self.history.push(Moment {
            at: now,
            kind: kind.to_owned(),
            by,
        });
        Effect::Record(Record {
            kind: kind.to_owned(),
            charter: self.charter.clone(),
            promises: vec![format!("right.{}", self.right.key())],
            subject_request: Some(self.id.clone()),
            subject: Some(self.subject.clone()),
            facts,
        })
    }
}

/// Adds to a record what was not searched, where there is something.
fn add_unsearched(effect: &mut Effect, unsearched: Option<impl serde::Serialize>) {
    if let (Some(unsearched), Effect::Record(record)) = (unsearched, effect) {
        let fact = ("not_searched".to_owned(), json!(unsearched));
        record.facts.extend([fact]);
    }
}
