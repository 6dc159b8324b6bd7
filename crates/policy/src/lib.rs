//! Text and declaration in, charter or diagnostics out. Pure: no clock, disk,
//! network or SQL. Refuses a policy whose text and facts disagree.
//!
//! [`compile()`] turns a [`Bundle`] of files into a [`charter::Charter`]; what
//! is wrong comes back as [`diagnostic::Diagnostic`]s, which [`render`] prints.
//!
//! The way of a policy through this crate:
//!
//! 1. `yaml` reads files into trees whose every part knows its bytes;
//! 2. `sections` and `maps` turn them into the charter's types, one file per
//!    section, through the typed accessors of `reader`;
//! 3. `text` finds blocks, sentences and promise links in the Markdown;
//! 4. `promises` derives one promise per entry and gives each its phrases;
//! 5. `checks` compares it all: one file per diagnostic code, whose page lies
//!    in `docs/diagnostics/` and whose specification lies in `specs/`;
//! 6. `diff` compares two charters, promise by promise;
//! 7. `catalogue` compares a map with its source, once somebody has read that.
//!
//! Beside that way, `reading` reads texts that have no declaration and drafts
//! one from them, and `fides` makes one of Fides' files.
//!
//! To add a diagnostic: a file under `checks/`, a line in its table, a page, a
//! specification. Tests refuse a code without page or specification.

mod address;
mod bundle;
pub mod catalogue;
pub mod charter;
mod checks;
mod code;
mod compile;
pub mod countries;
pub mod diagnostic;
pub mod diff;
pub mod fides;
mod fix;
mod include;
mod limits;
pub mod map;
mod maps;
mod outline;
pub mod period;
mod places;
pub mod promise;
mod promises;
mod reader;
pub mod reading;
pub mod render;
pub mod schema;
mod sections;
mod suggest;
mod text;
mod threads;
mod vendor_names;
pub mod vocabulary;
mod words;
mod yaml;

pub use bundle::{Bundle, FILE_BYTES_MAX, ROOT};
pub use checks::{codes, explain};
pub use compile::{Compiled, compile};
pub use fix::apply as apply_fixes;
pub use limits::{NotUtf8, decode};
pub use outline::{Outline, outline, read_map};
pub use places::Places;
