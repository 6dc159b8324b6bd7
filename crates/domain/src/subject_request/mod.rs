//! A subject request from filing to answer, as a pure state machine
//! `(state, event, now) -> (state, effects)`. The shell performs effects and
//! reports events back; nothing is carried out that this machine didn't write
//! down first, and nothing is completed before it was verified. Refuses events
//! that don't fit the state: most are repeats after a crash, and harmless.

mod arranging;
mod choices;
mod follower;
mod keeping;
mod origin;
mod repeats;
mod settling;
mod tasks;
mod tenancy;
mod timing;
mod transition;
mod undo;
mod wish;
mod writing;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use candor_policy::charter::{Approval, CharterId, Right};
use candor_policy::period::Period;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::{Clock, ExtensionReason, Question};
use crate::id::{StaffId, SubjectId, SubjectRequestId};
use crate::plan::{Residue, SourcePreview, TableEffect};
use crate::record::Record;
use crate::undo::TableReturn;
use crate::work::{Job, Message};

pub use arranging::{Declined, Restriction, WISH_TIME};
pub use choices::Choices;
pub use follower::{FOLLOWERS_MAX, Follower, Phase, Protocol};
pub use keeping::{PACKAGE_TIME, shred_from};
pub use origin::{Channel, Proof, Tenant, TenantError};
pub use repeats::{Repeats, repeats};
pub use settling::{Grade, LOOKS_MAX, Reached, SETTLING_PATIENCE, SETTLING_TIME, Settling, Traces};
pub use tasks::{Duties, System, Task, TaskDone, duties_of, tasks_of};
pub use tenancy::{NoticeWay, TenantNotice};
pub use transition::{Terms, VERIFICATION_TIME, file, step};
pub use undo::{Undo, UndoAsked};
pub use wish::{Ground, Wish, WishError, choices_for, is_marketing, needs_wish};
pub use writing::NewContact;

/// How often an erasure is repeated after a verification that found something.
pub const ERASE_ATTEMPTS_MAX: u32 = 3;

/// A subject request (GDPR Chapter III).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubjectRequest {
    /// Its id.
    pub id: SubjectRequestId,
    /// The right exercised.
    pub right: Right,
    /// Kind of person, as the declaration names it.
    pub about: String,
    /// Our own record of the person.
    pub subject: SubjectId,
    /// Charter in force when it was filed; its terms apply to the end.
    pub charter: CharterId,
    /// How it came in.
    pub channel: Channel,
    /// The business customer whose end user asks; `None` where the person is the
    /// organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Tenant>,
    /// What showed that it is the person who asks, once something did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// When it was received: the clock starts here (Article 12(3)).
    pub filed_at: Timestamp,
    /// When it must be answered: what [`Self::clock`] says.
    pub due_at: Timestamp,
    /// Every rule that sets a deadline, and what happened to them.
    #[serde(default)]
    pub clock: Clock,
    /// Who decides before it is carried out.
    pub approval: Approval,
    /// Where it stands.
    pub state: State,
    /// What the person said beside the right.
    #[serde(default)]
    pub wish: Option<Wish>,
    /// What of it staff declined, where they granted the rest.
    #[serde(default)]
    pub declined: Option<Declined>,
    /// A new address that the person gave, and whether it is proved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_contact: Option<NewContact>,
    /// What staff have to do, and have done.
    #[serde(default)]
    pub tasks: BTreeMap<System, Task>,
    /// For a restriction: from when to when it holds.
    #[serde(default)]
    pub restriction: Option<Restriction>,
    /// What each source holds and what was done there, by source.
    pub sources: BTreeMap<String, Progress>,
    /// The sources it waits for, and why.
    pub waiting: BTreeMap<String, Waiting>,
    /// Parties that filed it for the person and are told how it goes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub followers: Vec<Follower>,
    /// How it can be taken back, for an erasure whose policy promises that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
    /// How long after an erasure its rows are looked for again, where the policy
    /// says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settle: Option<Period>,
    /// What happened when, oldest first.
    pub history: Vec<Moment>,
    /// When it was answered, for one that goes on because a hold was lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_answered_at: Option<Timestamp>,
}

/// Where a subject request stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum State {
    /// A mail was sent; nobody has answered it yet.
    Unverified {
        /// After this the subject request lapses.
        expires_at: Timestamp,
    },
    /// The person proved their address and has not said yet what they want.
    Unstated {
        /// After this the subject request lapses.
        expires_at: Timestamp,
    },
    /// The person is looked for in every source.
    Locating,
    /// Staff look at the plan.
    Undecided,
    /// The footprint is written down.
    Preparing,
    /// The plan is carried out.
    Carrying,
    /// It is carried out; the receipt is made.
    Closing {
        /// What came of it.
        outcome: Outcome,
    },
    /// Answered.
    Completed {
        /// When.
        at: Timestamp,
        /// What came of it.
        outcome: Outcome,
    },
    /// Refused, with the reason the person was told.
    Refused {
        /// When.
        at: Timestamp,
        /// By whom.
        by: StaffId,
        /// Why (Article 12(4)).
        reason: RefusalReason,
    },
    /// Nobody answered the verification mail, or said what was wanted.
    Lapsed {
        /// When.
        at: Timestamp,
    },
    /// Taken back by whoever asked, before anything was carried out.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Who took it back in the person's name; `None` where the person did.
        by: Option<StaffId>,
    },
}

/// What came of a subject request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Carried out in full, or with the exceptions that were declared.
    Fulfilled,
    /// Nothing is held under the identity that was proved.
    NothingHeld,
}

/// Why a subject request is refused: the reason codes of the Data Rights Protocol
/// 1.0, and two that the GDPR has beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// Nobody was found whom it could be about (Article 11(2)).
    NoMatch,
    /// Who asks could not be established (Article 12(6)).
    InsufficientVerification,
    /// Somebody else than the person seems to ask.
    SuspectedFraud,
    /// The claim is not covered by the right.
    ClaimNotCovered,
    /// The law it rests on does not apply to the person.
    OutsideJurisdiction,
    /// The same was asked before, and is answered or being answered.
    TooManyRequests,
    /// Manifestly unfounded or excessive (Article 12(5)).
    Excessive,
    /// Needed for legal claims or a legal obligation (Article 17(3)).
    LegalException,
}

impl RefusalReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::NoMatch,
        Self::InsufficientVerification,
        Self::SuspectedFraud,
        Self::ClaimNotCovered,
        Self::OutsideJurisdiction,
        Self::TooManyRequests,
        Self::Excessive,
        Self::LegalException,
    ];

    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::NoMatch => "no_match",
            Self::InsufficientVerification => "insufficient_verification",
            Self::SuspectedFraud => "suspected_fraud",
            Self::ClaimNotCovered => "claim_not_covered",
            Self::OutsideJurisdiction => "outside_jurisdiction",
            Self::TooManyRequests => "too_many_requests",
            Self::Excessive => "excessive",
            Self::LegalException => "legal_exception",
        }
    }

    /// Its code in the Data Rights Protocol 1.0.
    #[must_use]
    pub const fn protocol_code(self) -> &'static str {
        match self {
            Self::InsufficientVerification => "insuf_verification",
            Self::LegalException => "claim_not_covered",
            Self::Excessive => "other",
            _ => self.key(),
        }
    }
}

/// One source within a subject request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What the source was found to hold.
    pub preview: SourcePreview,
    /// How far it is.
    pub stage: Stage,
    /// Whether something is written here: a correction, or a mark.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub writes: bool,
    /// What was done, once done.
    pub effects: Vec<TableEffect>,
    /// How often it was erased; more than once only after residue was found.
    pub attempts: u32,
    /// What the last verification still found.
    pub residue: Vec<Residue>,
    /// The read replicas in which the last verification looked as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<SearchedReplicas>,
    /// Tables in which rows stay because of a hold, each with the hold as
    /// `hold.name`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<String, String>,
    /// How far it has settled, once an erasure is carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settling: Option<Settling>,
}

/// Read replicas that were searched once they had caught up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchedReplicas {
    /// Their places in the declaration, and where they are: for staff.
    pub names: Vec<String>,
    /// When they were searched last.
    pub at: Timestamp,
}

impl SearchedReplicas {
    /// `None` where there are none.
    pub(super) fn of(names: Vec<String>, at: Timestamp) -> Option<Self> {
        (!names.is_empty()).then_some(Self { names, at })
    }
}

/// How far a source is within a subject request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Looked at, nothing done.
    #[default]
    Located,
    /// Erased; not yet looked for.
    Erased,
    /// Written; not yet read again.
    Written,
    /// Looked for and not found; or read again, and as it should be.
    Verified,
    /// Still found, or not as it should be, after every attempt: staff must look
    /// ([`Event::Retried`]).
    Stuck,
    /// In the package.
    Packaged,
}

/// Why a subject request waits for a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Since when.
    pub since: Timestamp,
    /// What was wrong when it was last tried, without personal data.
    pub why: String,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// The record's kind, such as `subject_request.verified`.
    pub kind: String,
    /// Member of staff who did it, if one did.
    pub by: Option<StaffId>,
}

/// What the shell reports.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It is established who asks.
    Verified {
        /// By what.
        proof: Proof,
    },
    /// It is taken back.
    Cancelled {
        /// Who takes it back in the person's name; `None` where the person does.
        by: Option<StaffId>,
    },
    /// The person said what they want.
    Stated {
        /// Staff who took it in; `None` where the person wrote on their own
        /// page.
        by: Option<StaffId>,
        /// What.
        wish: Wish,
    },
    /// A party files it for the person, and wants to be told how it goes.
    Followed {
        /// Which.
        follower: Follower,
    },
    /// A party takes it back for the person.
    Unfollowed {
        /// How it speaks.
        protocol: Protocol,
        /// Its name.
        party: String,
        /// What it calls the subject request; `None` for all it filed.
        reference: Option<String>,
    },
    /// Every source was looked at.
    Located {
        /// What each holds.
        previews: BTreeMap<String, SourcePreview>,
    },
    /// The new address is the person's: they used the link that was sent there.
    ContactProved,
    /// Staff approve the plan.
    Approved {
        /// Who.
        by: StaffId,
    },
    /// Staff refuse.
    Refused {
        /// Who.
        by: StaffId,
        /// Why.
        reason: RefusalReason,
    },
    /// Staff have the person told now that it arrived and is worked on.
    Acknowledged {
        /// Who.
        by: StaffId,
    },
    /// Staff need more time; it counts once the person was told.
    Extended {
        /// Who.
        by: StaffId,
        /// Why.
        reason: ExtensionReason,
    },
    /// Staff must know something first; the clock stands still from when the
    /// question went out, where its rules let it.
    Asked {
        /// Who.
        by: StaffId,
        /// What is asked.
        question: Question,
    },
    /// The question is answered.
    Replied {
        /// Staff who took the answer in; `None` where the person gave it on
        /// their own page.
        by: Option<StaffId>,
    },
    /// Staff answer a complaint; the text is sealed.
    Answered {
        /// Who.
        by: StaffId,
    },
    /// Footprints are written down, and what people have to do is known.
    Prepared {
        /// The tasks.
        tasks: BTreeMap<System, Task>,
        /// The sources in which something is written.
        writes: BTreeSet<String>,
    },
    /// Staff did one of the tasks.
    TaskDone {
        /// Who.
        by: StaffId,
        /// Where.
        system: System,
    },
    /// A task that was said to be done is not.
    TaskReopened {
        /// Who.
        by: StaffId,
        /// Where.
        system: System,
    },
    /// Staff end a restriction; it holds until the person was told.
    Lifted {
        /// Who.
        by: StaffId,
    },
    /// A source could not be reached or no longer fits its map.
    Blocked {
        /// The source.
        source: String,
        /// What is wrong, without personal data.
        why: String,
    },
    /// A source carried out the erasure.
    Erased {
        /// The source.
        source: String,
        /// What was done.
        effects: Vec<TableEffect>,
        /// Tables in which rows stay because of a hold, each with the hold.
        held: BTreeMap<String, String>,
    },
    /// A source wrote what is to stand there.
    Written {
        /// The source.
        source: String,
        /// What was done.
        effects: Vec<TableEffect>,
    },
    /// A source does not take what is to be written; nothing was.
    Unfit {
        /// The source.
        source: String,
        /// Which column, and why; never the value.
        why: String,
    },
    /// A source took the marks of a restriction back.
    Unmarked {
        /// The source.
        source: String,
    },
    /// A tenant was told that it waits for its decision.
    TenantTold {
        /// What.
        notice: TenantNotice,
        /// How.
        by: NoticeWay,
    },
    /// A tenant could not be told: nobody is declared whom to tell.
    TenantUntold,
    /// A hold that kept something back is lifted.
    Released,
    /// A source was searched.
    Searched {
        /// The source.
        source: String,
        /// What was still found.
        residue: Vec<Residue>,
        /// Its read replicas, which were searched as well.
        replicas: Vec<String>,
    },
    /// A source was looked at again after an erasure had settled.
    Settled {
        /// The source.
        source: String,
        /// What was found after all.
        residue: Vec<Residue>,
        /// Its read replicas, if they were searched as well.
        replicas: Vec<String>,
        /// What its storage shows; `None` of a service.
        traces: Option<Traces>,
    },
    /// A source could not be looked at again for very long.
    Unsettled {
        /// The source.
        source: String,
    },
    /// Staff looked into a source that was stuck: it is erased once more.
    Retried {
        /// Who.
        by: StaffId,
        /// The source.
        source: String,
    },
    /// Staff have a completed erasure taken back.
    UndoAsked {
        /// Who.
        by: StaffId,
    },
    /// A source brought back what the erasure took.
    Returned {
        /// The source.
        source: String,
        /// What came back, and what stayed away.
        returns: Vec<TableReturn>,
    },
    /// The key of what the erasure took is destroyed.
    UndoEnded,
    /// The package is ready.
    Packaged {
        /// Rows in it, by source; every located source is named.
        effects: BTreeMap<String, Vec<TableEffect>>,
    },
    /// The receipt is made.
    ReceiptIssued,
    /// A mail was handed over.
    MailSent {
        /// Which.
        message: Message,
    },
    /// A mail could not be handed over, however often it was tried.
    MailFailed {
        /// Which.
        message: Message,
    },
    /// Time has passed.
    TimePassed,
}

/// What the shell must do, in the same transaction as the new state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Put a job into the queue, not before this time.
    Enqueue {
        /// The job.
        job: Job,
        /// Not before.
        not_before: Timestamp,
    },
    /// Append to the ledger.
    Record(Record),
}

/// An event that doesn't fit the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Rejection {
    /// It was verified before, or is over.
    #[error("this subject request is already verified")]
    AlreadyVerified,
    /// The verification link is too old.
    #[error("this subject request has lapsed; file it again")]
    Lapsed,
    /// Nothing is to be decided now.
    #[error("this subject request does not wait for a decision")]
    NothingToDecide,
    /// The event repeats something that was already taken in.
    #[error("this was already recorded")]
    Repeated,
    /// Something that was located is missing from the event: nothing of it
    /// counts.
    #[error("this does not cover every source")]
    Incomplete,
    /// The charter has no terms for this right.
    #[error("the policy in force does not offer this right here")]
    NotOffered,
    /// No rule that decides the deadline gives more time.
    #[error("neither the promise nor the law gives more time for this")]
    NotExtendable,
    /// The notice would go out after the first time is over.
    #[error("the deadline has passed; more time had to be asked for before")]
    TooLate,
    /// Whoever asked has the answer already, or it is on its way.
    #[error("this subject request is answered; nothing of it can be opened again")]
    AnsweredBefore,
    /// What is carried out can't be taken back.
    #[error("this subject request is being carried out and can no longer be taken back")]
    TooLateToCancel,
    /// Nobody has that many agents.
    #[error("too many parties follow this subject request")]
    TooManyFollow,
    /// The window is over, none was promised, or it was taken back before.
    #[error("this erasure can't be taken back (any more)")]
    NotUndoable,
    /// A source would not take what is to be written.
    #[error("a source does not take what is to be written; take the right values in again")]
    Obstructed,
    /// Nobody showed yet that the new address is the person's.
    #[error("the new address is not proved yet; the person has a mail with a link there")]
    ContactUnproved,
    /// It is about an end user of a tenant, who alone decides.
    #[error(
        "the business customer whose end user it is decides, with its API key or on its own page"
    )]
    TenantDecides,
    /// The clock was stopped before.
    #[error("the person was already asked once; decide with what is known")]
    AskedBefore,
}

impl SubjectRequest {
    /// `true` once nothing more will happen to it.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(
            self.state,
            State::Completed { .. }
                | State::Refused { .. }
                | State::Lapsed { .. }
                | State::Cancelled { .. }
        )
    }

    /// When it was answered, if it was.
    #[must_use]
    pub const fn answered_at(&self) -> Option<Timestamp> {
        if self.first_answered_at.is_some() {
            return self.first_answered_at;
        }
        match self.state {
            State::Completed { at, .. } | State::Refused { at, .. } => Some(at),
            _ => None,
        }
    }

    /// `true` where it is answered and a hold still keeps something that was to
    /// go.
    #[must_use]
    pub fn is_held(&self) -> bool {
        let mut sources = self.sources.values();
        matches!(self.state, State::Completed { .. }) && sources.any(|one| !one.held.is_empty())
    }

    /// `true` where a hold keeps something that was to go.
    #[must_use]
    pub fn keeps_something(&self) -> bool {
        self.sources.values().any(|one| !one.held.is_empty())
    }

    /// `true` where it counts as open: verified, and said, and not yet answered.
    /// An unverified one has no proven person behind it, and one without a wish
    /// nothing to answer.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !self.is_over()
            && !matches!(
                self.state,
                State::Unverified { .. } | State::Unstated { .. }
            )
            && self.first_answered_at.is_none()
    }

    /// The deadline it is measured by: the earliest that is or was missed, or is
    /// still to be met. An acknowledgement that came too late counts for ever; a
    /// refusal may have had to come sooner than an answer.
    #[must_use]
    pub fn measured_by(&self) -> Timestamp {
        let answer = match self.state {
            State::Refused { .. } => self.clock.refusal().map(|deadline| deadline.at),
            _ => None,
        };
        let acknowledged_at = self.clock.acknowledged_at.or(self.answered_at());
        let acknowledgement = self.clock.acknowledgement().map(|deadline| deadline.at);
        let open = acknowledgement
            .filter(|due_at| acknowledged_at.is_none_or(|told_at| told_at > *due_at));
        let answer = answer.unwrap_or(self.due_at);
        open.map_or(answer, |open| open.min(answer))
    }

    /// A stable name of its state, for lists and look-ups.
    #[must_use]
    pub fn state_key(&self) -> &'static str {
        match self.state {
            State::Completed { .. } if self.is_held() => "held",
            State::Unverified { .. } => "unverified",
            State::Unstated { .. } => "unstated",
            State::Locating => "locating",
            State::Undecided => "undecided",
            State::Preparing => "preparing",
            State::Carrying => "carrying",
            State::Closing { .. } => "closing",
            State::Completed { .. } => "completed",
            State::Refused { .. } => "refused",
            State::Lapsed { .. } => "lapsed",
            State::Cancelled { .. } => "cancelled",
        }
    }
}
