//! What a tenant is told while a subject request of its end user waits for its
//! decision: that it waits, and once more before it is due. INVARIANT: the clock of
//! the person runs meanwhile, so each notice is a job of its own, made in the step
//! that makes the subject request wait; what was told stands in its history. Refuses
//! to say of a tenant that it was told before the notice was taken.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::keeping::later;
use super::transition::Stepped;
use super::{Effect, Rejection, State, SubjectRequest, Tenant};
use crate::work::Job;

/// What is filed within this time is told of in one notice.
const GATHERED: SignedDuration = SignedDuration::from_mins(5);
/// The longest before the deadline that a tenant is reminded.
const REMINDED_BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The same, as a part of the whole time.
const REMINDED_PART: i32 = 3;

/// Recorded where nobody is declared whom to tell.
const UNTOLD: &str = "tenant.untold";

/// How a tenant is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeWay {
    /// By mail.
    Mail,
    /// By a signed message to its own program.
    Webhook,
}

impl NoticeWay {
    /// Every way.
    pub const ALL: [Self; 2] = [Self::Mail, Self::Webhook];

    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

/// What a tenant is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantNotice {
    /// It waits for the tenant's decision.
    Waits,
    /// It still does, and the deadline is near.
    Reminder,
}

impl TenantNotice {
    /// The record's kind once it was told.
    const fn kind(self, by: NoticeWay) -> &'static str {
        match (self, by) {
            (Self::Waits, NoticeWay::Mail) => "tenant_told.mail",
            (Self::Waits, NoticeWay::Webhook) => "tenant_told.webhook",
            (Self::Reminder, NoticeWay::Mail) => "tenant_reminded.mail",
            (Self::Reminder, NoticeWay::Webhook) => "tenant_reminded.webhook",
        }
    }
}

impl SubjectRequest {
    /// What its tenant is to be told now in this way, if anything.
    #[must_use]
    pub fn tenant_notice(&self, by: NoticeWay, now: Timestamp) -> Option<TenantNotice> {
        self.awaited_tenant()?;
        let Some(told_at) = self.told_at(TenantNotice::Waits, by) else {
            return Some(TenantNotice::Waits);
        };
        let from = self.reminds_at();
        // Who was told this late needs no second notice.
        let reminds = now >= from && told_at < from;
        let reminded = self.told_at(TenantNotice::Reminder, by).is_some();
        (reminds && !reminded).then_some(TenantNotice::Reminder)
    }

    /// The tenant whose decision it waits for.
    #[must_use]
    pub fn awaited_tenant(&self) -> Option<&Tenant> {
        self.tenant
            .as_ref()
            .filter(|_| self.state == State::Undecided)
    }

    pub(super) fn tenant_told(
        &mut self,
        notice: TenantNotice,
        by: NoticeWay,
        now: Timestamp,
    ) -> Stepped {
        if self.tenant.is_none() || self.told_at(notice, by).is_some() {
            return Err(Rejection::Repeated);
        }
        let facts = [("due_at", json!(self.due_at))];
        Ok(vec![self.record(notice.kind(by), None, now, facts)])
    }

    /// Nobody is declared whom to tell: that is on record, once.
    pub(super) fn tenant_untold(&mut self, now: Timestamp) -> Stepped {
        let known = self.history.iter().any(|moment| moment.kind == UNTOLD);
        if known || self.awaited_tenant().is_none() {
            return Err(Rejection::Repeated);
        }
        Ok(vec![self.record(UNTOLD, None, now, [])])
    }

    /// The notices that follow from a step: soon, once it waits, and again before
    /// the deadline, wherever that moved.
    pub(super) fn tell_tenant(&self, before: &Self, now: Timestamp) -> Vec<Effect> {
        let Some(tenant) = self.awaited_tenant() else {
            return Vec::new();
        };
        let begins = before.awaited_tenant().is_none();
        if !begins && before.due_at == self.due_at {
            return Vec::new();
        }
        let soon = begins.then(|| later(now, GATHERED));
        let again = Some(self.reminds_at()).filter(|from| *from > now);
        let moments = soon.into_iter().chain(again);
        moments
            .flat_map(|at| NoticeWay::ALL.map(|by| tell(tenant, by, at)))
            .collect()
    }

    fn reminds_at(&self) -> Timestamp {
        let whole = self.due_at.duration_since(self.filed_at);
        let part = whole / REMINDED_PART;
        later(
            self.due_at,
            -part.clamp(SignedDuration::ZERO, REMINDED_BEFORE),
        )
    }

    fn told_at(&self, notice: TenantNotice, by: NoticeWay) -> Option<Timestamp> {
        let kind = notice.kind(by);
        let mut history = self.history.iter();
        history
            .find(|moment| moment.kind == kind)
            .map(|moment| moment.at)
    }
}

/// One job for a tenant, a way and a day: it tells of everything that waits by then.
fn tell(tenant: &Tenant, by: NoticeWay, at: Timestamp) -> Effect {
    Effect::Enqueue {
        job: Job::TellTenant {
            tenant: tenant.clone(),
            by,
            day: at.to_zoned(TimeZone::UTC).date(),
        },
        not_before: at,
    }
}
