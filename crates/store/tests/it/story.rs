//! What the store promises, aggregate by aggregate.

mod jobs;
mod ledger;
mod opening;
mod requests;
mod small;
mod subjects;
