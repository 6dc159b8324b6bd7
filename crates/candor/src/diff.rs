//! `candor diff`: two versions of a policy, promise by promise.

use std::process::ExitCode;

use candor_policy::diff::{Change, diff as compare};
use candor_policy::render::changes;

use crate::check;
use crate::cli::{DiffArguments, Format};

/// Prints what changed. Exit code 1 where somebody has to acknowledge it.
pub(crate) fn diff(arguments: &DiffArguments) -> anyhow::Result<ExitCode> {
    let before = check::charter(&arguments.old)?;
    let after = check::charter(&arguments.new)?;
    let found = compare(&before, &after);
    match arguments.format {
        Format::Json => println!("{}", changes::json(&found)),
        Format::Text => print!("{}", changes::text(&found)),
    }
    Ok(
        match found.changes.iter().any(Change::needs_acknowledgement) {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        },
    )
}
