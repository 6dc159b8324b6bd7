//! The running product: HTTP pages, the console, and the jobs that carry
//! promises out. Refuses SQL and declaration syntax: the store knows the one,
//! the compiler the other.

pub(crate) mod api;
pub mod backup;
pub mod bulk;
mod error;
pub mod http;
mod jobs;
pub mod keyring;
pub mod keys;
mod ledger;
pub mod letters;
mod links;
pub mod network;
mod people;
pub mod protocols;
pub mod sealed_stream;
pub mod service;
pub mod sources;
pub mod ui;
pub mod worker;
pub mod world;

pub use jobs::tombstone::{EraseAgainError, ErasedAgain};
pub use service::{Service, Settings};
pub use worker::Worker;
