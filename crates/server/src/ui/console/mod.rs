//! The console for staff. They see plans as counts and deadlines, never a
//! person's rows.

mod account;
mod board;
pub(crate) mod bulk;
mod by_hand;
mod decisions;
mod file_decision;
pub(crate) mod filing;
mod holds;
mod identity;
mod keys;
mod plan;
mod queue;
mod request;
mod retention;
mod sources;
mod tasks;
mod time;

pub(crate) use account::{set_up, setup_form, sign_in, sign_in_form, sign_out};
pub(crate) use board::show as board;
pub(crate) use by_hand::wish;
pub(crate) use decisions::{
    acknowledge, approve, ask, cancel, extend, lift, refuse, reopen, replied, reply, retry, task,
    undo, vouch,
};
pub(crate) use holds::{lift as lift_hold, set as set_hold, show as holds};
pub(crate) use keys::{make as make_key, revoke as revoke_key, show as keys};
pub(crate) use plan::TablePlan;
pub(crate) use queue::{Row, show as queue};
pub(crate) use request::show as request;
pub(crate) use retention::{preview as retention_preview, show as retention};
pub(crate) use sources::show as sources;
pub(crate) use tasks::show as tasks;

#[cfg(test)]
pub(crate) use account::{AccountProblem, SetupPage, SignInPage};
#[cfg(test)]
pub(crate) use board::{BoardPage, Installation};
#[cfg(test)]
pub(crate) use decisions::DecisionProblem;
#[cfg(test)]
pub(crate) use holds::{HoldsPage, Sent as HoldSent};
#[cfg(test)]
pub(crate) use keys::{KeysPage, Shown as ShownKeys};
#[cfg(test)]
pub(crate) use queue::{Filter, QueuePage, Shown};
#[cfg(test)]
pub(crate) use request::{RequestPage, Seen};
#[cfg(test)]
pub(crate) use retention::RetentionPage;
#[cfg(test)]
pub(crate) use sources::{SourcesPage, Wanted as WantedTable};
#[cfg(test)]
pub(crate) use tasks::TasksPage;
