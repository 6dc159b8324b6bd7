#![doc = include_str!("../README.md")]

pub mod checkpoint;
pub mod commitment;
pub mod entropy;
pub mod entry;
pub mod envelope;
pub mod hash;
pub mod keys;
pub mod ledger;
pub mod note;
pub mod token;

mod canonical;
mod gcm;
mod secret;
