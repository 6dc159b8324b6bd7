//! What pages look like, who may open them, and what forms do.

mod console;
mod fixture;
mod routes;
mod snapshots;
mod visitor;
