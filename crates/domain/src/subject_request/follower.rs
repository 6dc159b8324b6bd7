//! Who filed a subject request for a person through a protocol, and is told how it
//! goes: authorised agents and controllers. INVARIANT: what they are told is a
//! function of the state alone, so that nothing can be called done before the
//! state machine found it done. Refuses to hold anything that names a person:
//! parties, their own references, their addresses.

use candor_policy::charter::Right;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::transition::Stepped;
use super::{Channel, Effect, Outcome, RefusalReason, Rejection, State, SubjectRequest};
use crate::work::Job;

/// Parties that may follow one subject request.
pub const FOLLOWERS_MAX: usize = 8;

/// A protocol between those who ask for a person and those who answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// OpenDSR 2.0: controllers tell their processors.
    OpenDsr,
    /// Data Rights Protocol 1.0: agents whom people authorised.
    DataRights,
}

impl Protocol {
    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::OpenDsr => "open_dsr",
            Self::DataRights => "data_rights",
        }
    }
}

/// A party that is told how a subject request goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// How it speaks.
    pub protocol: Protocol,
    /// Its name among the parties the operator declared.
    pub party: String,
    /// What it calls the subject request itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where it is told of a change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub callbacks: Vec<String>,
    /// When it filed.
    pub since: Timestamp,
    /// Whether it was proved for it who asks: it brought the proof, or followed
    /// when the subject request was proved. Until then it is told nothing that it
    /// didn't know, and stands in nobody's way.
    pub is_proved: bool,
    /// When it took the subject request back for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Timestamp>,
}

impl Follower {
    /// Whether both stand for the same.
    fn is(&self, other: &Self) -> bool {
        self.is_of(other.protocol, &other.party) && self.reference == other.reference
    }

    /// Whether it is this party's.
    #[must_use]
    pub fn is_of(&self, protocol: Protocol, party: &str) -> bool {
        self.protocol == protocol && self.party == party
    }
}

/// How far a subject request is, for those outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is not established who asks, or for what.
    Received,
    /// It is looked at; nothing was done, and it can be taken back.
    Examined,
    /// It is carried out, and not yet done.
    Carried,
    /// It is done, verified, and the receipt is made.
    Fulfilled,
    /// Nothing is held that it could be about.
    NothingHeld,
    /// It is refused.
    Refused(RefusalReason),
    /// It was taken back.
    TakenBack,
    /// Nobody established in time who asks.
    Lapsed,
}

impl SubjectRequest {
    /// How far it is, for those outside.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self.state {
            State::Unverified { .. } | State::Unstated { .. } => Phase::Received,
            State::Locating | State::Undecided => Phase::Examined,
            State::Preparing | State::Carrying | State::Closing { .. } => Phase::Carried,
            State::Completed {
                outcome: Outcome::Fulfilled,
                ..
            } => Phase::Fulfilled,
            State::Completed {
                outcome: Outcome::NothingHeld,
                ..
            } => Phase::NothingHeld,
            State::Refused { reason, .. } => Phase::Refused(reason),
            State::Cancelled { .. } => Phase::TakenBack,
            State::Lapsed { .. } => Phase::Lapsed,
        }
    }

    /// How far it is for one follower: what it took back is over for it, even
    /// where the subject request goes on for others; and where others proved who
    /// asks before it came, that is not for it to know.
    #[must_use]
    pub const fn phase_for(&self, follower: &Follower) -> Phase {
        match follower.left_at {
            Some(_) => Phase::TakenBack,
            None if follower.is_proved => self.phase(),
            None if self.is_over() => Phase::Lapsed,
            None => Phase::Received,
        }
    }

    /// When it ended for one follower, if it did.
    #[must_use]
    pub fn ended_for(&self, follower: &Follower) -> Option<Timestamp> {
        let ended_at = match self.state {
            State::Completed { at, .. }
            | State::Refused { at, .. }
            | State::Cancelled { at, .. }
            | State::Lapsed { at } => Some(at),
            _ => None,
        };
        follower.left_at.or(ended_at)
    }

    pub(super) fn followed(&mut self, mut follower: Follower, now: Timestamp) -> Stepped {
        let facts = [
            ("protocol", json!(follower.protocol.key())),
            ("party", json!(follower.party)),
        ];
        // Nobody may ask first who it is (11 CCR §7060(b)).
        follower.is_proved |= self.right == Right::OptOut;
        let is_over = self.is_over();
        let full = self.followers.len() >= FOLLOWERS_MAX;
        let known = self.followers.iter_mut().find(|known| known.is(&follower));
        match known {
            Some(known) if known.left_at.is_none() || is_over => {
                return Err(Rejection::Repeated);
            }
            Some(known) => *known = follower,
            None if full => return Err(Rejection::TooManyFollow),
            None => self.followers.push(follower),
        }
        Ok(vec![self.record(
            "subject_request.followed",
            None,
            now,
            facts,
        )])
    }

    /// A party takes the subject request back for the person. It goes on for those
    /// who asked otherwise: the person themselves, or another party.
    pub(super) fn unfollowed(
        &mut self,
        protocol: Protocol,
        party: &str,
        reference: Option<&str>,
        now: Timestamp,
    ) -> Stepped {
        let leaves = |one: &Follower| {
            let meant = reference.is_none() || one.reference.as_deref() == reference;
            one.left_at.is_none() && one.is_of(protocol, party) && meant
        };
        if !self.followers.iter().any(leaves) {
            return Err(Rejection::Repeated);
        }
        let is_unverified = matches!(self.state, State::Unverified { .. });
        let stands = |one: &Follower| one.left_at.is_none() && (one.is_proved || is_unverified);
        let gives_up = self.followers.iter().any(|one| leaves(one) && stands(one));
        match self.phase() {
            Phase::Received | Phase::Examined => {}
            _ if !gives_up => {}
            Phase::Carried => return Err(Rejection::TooLateToCancel),
            _ => return Err(Rejection::NothingToDecide),
        }
        let mut told = Vec::new();
        for (index, one) in self.followers.iter_mut().enumerate() {
            if leaves(one) {
                one.left_at = Some(now);
                told.extend(tell(&self.id, index, one, now));
            }
        }
        let nobody_stands = gives_up && !self.followers.iter().any(stands);
        let mut effects = if nobody_stands && self.channel == Channel::Protocol {
            self.cancelled(None, now)?
        } else {
            let facts = [("protocol", json!(protocol.key())), ("party", json!(party))];
            vec![self.record("subject_request.unfollowed", None, now, facts)]
        };
        effects.extend(told);
        Ok(effects)
    }

    /// Tells every follower where a step changed what they may know.
    pub(super) fn tell_followers(&self, before: &Self, now: Timestamp) -> Vec<Effect> {
        let following = self.followers.iter().enumerate();
        following
            .filter(|(index, one)| {
                let was = before.followers.get(*index).unwrap_or(one);
                let known = (
                    before.phase_for(was),
                    was.is_proved.then_some(before.due_at),
                );
                let knows = (self.phase_for(one), one.is_proved.then_some(self.due_at));
                one.left_at.is_none() && knows != known
            })
            .flat_map(|(index, one)| tell(&self.id, index, one, now))
            .collect()
    }
}

/// One job for each address, so that one which is down keeps no other waiting.
fn tell(
    id: &crate::id::SubjectRequestId,
    index: usize,
    follower: &Follower,
    now: Timestamp,
) -> Vec<Effect> {
    let jobs = (0..follower.callbacks.len()).map(|callback| Effect::Enqueue {
        job: Job::Tell {
            subject_request: id.clone(),
            follower: index,
            callback,
        },
        not_before: now,
    });
    jobs.collect()
}
