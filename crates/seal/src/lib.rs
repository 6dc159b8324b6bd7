#![doc = include_str!("../README.md")]

pub mod certified;
pub mod checkpoint;
pub mod chunks;
pub mod commitment;
pub mod entropy;
pub mod entry;
pub mod envelope;
pub mod export;
pub mod field;
pub mod hash;
pub mod keys;
pub mod ledger;
pub mod login;
pub mod note;
pub mod receipt;
pub mod signed_message;
pub mod token;
pub mod webhook;

mod canonical;
mod gcm;
mod secret;

#[cfg(test)]
mod formats;
