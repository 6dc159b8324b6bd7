//! Benchmarks, run as `cargo xtask bench WHAT`. Those of the engine need the
//! database drivers that the rest of the house's tools do without, so they are
//! compiled only with the feature `bench`, optimised; without it this module
//! starts the tool again with it.

use anyhow::Result;

#[cfg(feature = "bench")]
mod erasure;
#[cfg(feature = "bench")]
mod raw;
mod serve;
#[cfg(feature = "bench")]
mod table;

/// Runs a benchmark. `words` are what follows `bench` on the command line.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        ["serve"] => serve::run(),
        _ => with_drivers(words),
    }
}

#[cfg(feature = "bench")]
fn with_drivers(words: &[&str]) -> Result<()> {
    match words {
        ["erasure", options @ ..] => erasure::run(options),
        _ => anyhow::bail!("usage: cargo xtask bench {}, or serve", erasure::USAGE),
    }
}

/// Starts the tool again, optimised and with the drivers.
#[cfg(not(feature = "bench"))]
fn with_drivers(words: &[&str]) -> Result<()> {
    let status = std::process::Command::new("cargo")
        .args([
            "run",
            "--release",
            "--package",
            "xtask",
            "--features",
            "bench",
            "--",
            "bench",
        ])
        .args(words)
        .current_dir(crate::tree::root())
        .status()?;
    anyhow::ensure!(status.success(), "the benchmark did not reach its goals");
    Ok(())
}
