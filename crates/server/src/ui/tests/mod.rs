//! What pages look like, who may open them, and what forms do.

mod console;
pub(crate) mod fixture;
mod routes;
mod signed_in;
mod snapshots;
mod timing;
mod visitor;
