#![doc = include_str!("../README.md")]

pub mod commitment;
pub mod entropy;
pub mod entry;
pub mod envelope;
pub mod hash;
pub mod keys;
pub mod ledger;
pub mod token;

mod canonical;
mod gcm;
mod secret;
