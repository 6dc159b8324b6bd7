//! Text and declaration in, charter or diagnostics out. Pure: no clock, disk,
//! network or SQL. Refuses a policy whose text and facts disagree.
//!
//! [`compile`] turns a [`Bundle`] of files into a [`charter::Charter`]; what
//! is wrong comes back as [`diagnostic::Diagnostic`]s, which `render` prints.

mod address;
mod bundle;
pub mod catalogue;
pub mod charter;
mod checks;
mod code;
mod compile;
pub mod diagnostic;
pub mod map;
mod maps;
pub mod period;
mod places;
pub mod promise;
mod promises;
mod reader;
pub mod render;
mod sections;
mod suggest;
mod text;
mod vendor_names;
pub mod vocabulary;
mod words;
mod yaml;

pub use bundle::{Bundle, FILE_BYTES_MAX, ROOT};
pub use checks::{codes, explain};
pub use compile::{Compiled, compile};
pub use places::Places;
