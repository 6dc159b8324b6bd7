//! `candor diff`: two versions of a policy, promise by promise.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use candor_policy::charter::Charter;
use candor_policy::diff::{Change, diff as compare};
use candor_policy::render::changes;

use crate::cli::{DiffArguments, Format, Installation};
use crate::{check, serve};

/// Stands for the version published last.
const LATEST: &str = "latest";

/// Prints what changed. Exit code 1 where somebody has to acknowledge it.
pub(crate) async fn diff(arguments: DiffArguments) -> anyhow::Result<ExitCode> {
    let before = version(&arguments.old, &arguments.installation).await?;
    let after = version(&arguments.new, &arguments.installation).await?;
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

/// The charter of a folder, or of a version of the installation.
async fn version(name: &str, installation: &Installation) -> anyhow::Result<Charter> {
    if Path::new(name).is_dir() {
        return check::charter(Path::new(name));
    }
    let state = serve::state(installation);
    let is_file = !state.contains("://");
    if is_file && !Path::new(&state).exists() {
        bail!(
            "`{name}` is no folder, and there is no installation at `{state}`; name its data folder with --data"
        );
    }
    let store = candor_store::open(&state).await?;
    let versions = store.versions().await?;
    let mut named = versions
        .iter()
        .filter(|row| name == LATEST || row.charter.0.starts_with(name));
    let row = named.next().with_context(|| {
        format!("`{name}` is neither a folder nor the beginning of a version's id")
    })?;
    if name != LATEST && named.any(|other| other.charter != row.charter) {
        bail!("more than one version's id begins with `{name}`");
    }
    let stored = store.charter(&row.charter).await?;
    Ok(stored.context("the version's charter is missing")?.charter)
}
