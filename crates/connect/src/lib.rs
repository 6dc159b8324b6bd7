//! Other people's systems: the company's databases and services, and mail. Everything here
//! does I/O and decides nothing: what may be found, erased and shown is in the
//! map. Personal data passes through and is never written down.

pub mod atlas;
pub mod callback;
pub mod catalogue;
mod compiled;
pub mod draft;
mod engine;
mod error;
mod footprint;
mod hold;
pub mod http;
mod indexes;
mod late;
mod limits;
pub mod mail;
mod observe;
pub mod package;
pub mod plan;
mod replica;
mod resolve;
mod rewrite;
pub mod service;
mod silence;
mod source;
mod sql;
mod sweep;
mod tenant;
mod traces;
pub mod transport;
mod undo;
mod verify;

pub use error::SourceError;
pub use footprint::{KEYS_AT_ONCE, Key, KeySink, Verification};
pub use hold::HELD_MAX;
pub use indexes::{SCAN_BYTES_MAX, WholeRead};
pub use late::{Lasting, OldKeys};
pub use limits::Limits;
pub use resolve::{Closure, ROUNDS_MAX, closure, closures};
pub use rewrite::RewriteStep;
pub use source::{EraseStep, ExportColumn, ExportSink, ExportTable, KeptStep, Source, StepReport};
pub use sql::export::{WITHHELD, is_withheld};
pub use sweep::{
    Addressee, Sources, SweepBounds, SweepRun, forecast_rule, noted, noticed_rule, preview_rule,
    sweep_rule, tallied_rule, whom_to_tell,
};
pub use tenant::View;
pub use undo::{SealFailed, Sealer};
pub use verify::VALUE_LENGTH_MIN;
