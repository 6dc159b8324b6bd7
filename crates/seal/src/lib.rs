#![doc = include_str!("../README.md")]

pub mod commitment;
pub mod entropy;
pub mod envelope;
pub mod hash;
pub mod keys;
pub mod token;

mod gcm;
mod secret;
