//! What Candor decides: subject requests, calendars, clocks, plans, evidence and
//! verdicts, as pure functions of state, event and time. Refuses I/O, async
//! and clocks, so that a simulator can drive years in seconds.

pub mod api_key;
pub mod bulk;
pub mod calendar;
pub mod check;
pub mod clock;
pub mod hold;
pub mod id;
pub mod identity;
pub mod personal;
pub mod plan;
pub mod portability;
pub mod record;
pub mod rectification;
pub mod subject_request;
pub mod sweep;
#[cfg(any(test, feature = "test-util"))]
pub mod testing;
pub mod undo;
pub mod verdict;
pub mod work;
