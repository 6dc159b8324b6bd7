//! CND0104: a file beyond the limits of the compiler.

use crate::bundle::FILE_BYTES_MAX;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::limits::{BLOCKS_MAX, NESTING_MAX, TEXT_BYTES_MAX};
use crate::yaml::{DEPTH_MAX, NODES_MAX};

pub(crate) const CODE: Code = Code {
    id: "CND0104",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0104.md"),
};

/// Too many bytes.
pub(crate) fn bytes(at: Location, len: usize) -> Diagnostic {
    CODE.at(
        at,
        "this file",
        format!("the file has {len} bytes; a policy's files have {FILE_BYTES_MAX} at most"),
    )
    .with_help("split it, or take out what isn't the policy")
}

/// Values too deeply nested.
pub(crate) fn depth(at: Location) -> Diagnostic {
    CODE.at(
        at,
        "too deep",
        format!("values are nested more than {DEPTH_MAX} deep"),
    )
    .with_help("check that brackets and braces are closed")
}

/// Too many values.
pub(crate) fn nodes(at: Location) -> Diagnostic {
    CODE.at(
        at,
        "too many",
        format!("the file holds more than {NODES_MAX} values"),
    )
    .with_help("split it into files that `candor.yaml` includes, or a map into one for each source")
}

/// A text of too many words.
pub(crate) fn words(at: Location, len: usize) -> Diagnostic {
    CODE.at(
        at,
        "this text",
        format!("the text has {len} bytes; a policy has {TEXT_BYTES_MAX} at most"),
    )
    .with_help("take out what isn't the policy's text")
}

/// A text of too many parts.
pub(crate) fn blocks(at: Location, count: usize) -> Diagnostic {
    CODE.at(
        at,
        "this text",
        format!(
            "the text has {count} paragraphs, items and cells; a policy has {BLOCKS_MAX} at most"
        ),
    )
    .with_help("take out what isn't the policy's text")
}

/// Brackets, quotes or lists of a text too deeply nested.
pub(crate) fn nesting(at: Location) -> Diagnostic {
    CODE.at(
        at,
        "too deep",
        format!("brackets or lists are nested more than {NESTING_MAX} deep"),
    )
    .with_help("close the brackets, or take out what isn't the policy's text")
}
