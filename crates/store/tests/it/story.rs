//! What the store promises, aggregate by aggregate.

mod atomicity;
mod bulk;
mod holds;
mod jobs;
pub(crate) mod ledger;
mod opening;
mod requests;
mod small;
mod subjects;
mod ways_in;
