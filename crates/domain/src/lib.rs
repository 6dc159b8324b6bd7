#![doc = include_str!("../README.md")]

pub mod calendar;
pub mod check;
pub mod id;
pub mod identity;
pub mod personal;
pub mod plan;
pub mod record;
pub mod subject_request;
#[cfg(any(test, feature = "test-util"))]
pub mod testing;
pub mod verdict;
pub mod work;
