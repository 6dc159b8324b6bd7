//! The console for staff. They see plans as counts and deadlines, never a
//! person's rows.

mod account;
mod board;
mod queue;
mod request;
mod sources;

pub(crate) use account::{set_up, setup_form, sign_in, sign_in_form, sign_out};
pub(crate) use board::show as board;
pub(crate) use queue::show as queue;
pub(crate) use request::{approve, refuse, retry, show as request};
pub(crate) use sources::show as sources;

#[cfg(test)]
pub(crate) use account::{AccountProblem, SetupPage, SignInPage};
#[cfg(test)]
pub(crate) use board::{BoardPage, Installation};
#[cfg(test)]
pub(crate) use queue::{Filter, QueuePage, Shown};
#[cfg(test)]
pub(crate) use request::{DecisionProblem, RequestPage};
#[cfg(test)]
pub(crate) use sources::SourcesPage;
