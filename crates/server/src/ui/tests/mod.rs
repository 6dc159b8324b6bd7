//! What pages look like, who may open them, and what forms do.

mod bulk;
mod console;
mod doorstep;
mod every_way;
mod filing;
pub(crate) mod fixture;
mod routes;
mod sealed;
mod signed_in;
mod snapshots;
mod tenancy;
mod tenants;
mod timing;
mod visitor;
mod ways;
