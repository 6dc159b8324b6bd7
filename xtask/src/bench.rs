//! Benchmarks, run as `cargo xtask bench WHAT`. Those of the engine need the
//! database drivers that the rest of the house's tools do without, so they are
//! compiled only with the feature `bench`, optimised; without it this module
//! starts the tool again with it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

#[cfg(feature = "bench")]
mod bulk;
#[cfg(feature = "bench")]
mod erasure;
#[cfg(feature = "bench")]
mod memory;
mod policy;
#[cfg(feature = "bench")]
mod raw;
mod serve;
#[cfg(feature = "bench")]
mod strangers;
#[cfg(feature = "bench")]
mod sweep;
#[cfg(feature = "bench")]
mod table;

/// Runs a benchmark. `words` are what follows `bench` on the command line.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        ["policy", texts @ ..] => policy::run(texts),
        ["serve"] => serve::run(),
        _ => with_drivers(words),
    }
}

#[cfg(feature = "bench")]
fn with_drivers(words: &[&str]) -> Result<()> {
    match words {
        ["erasure", options @ ..] => erasure::run(options),
        ["bulk", options @ ..] => bulk::run(options),
        ["strangers", options @ ..] => strangers::run(options),
        ["sweep", options @ ..] => sweep::run(options),
        ["memory", options @ ..] => memory::run(options),
        [memory::ONE, case @ ..] => memory::run_one(case),
        _ => anyhow::bail!(
            "usage: cargo xtask bench {}\n  or {}\n  or {}\n  or {}\n  or {}\n  or policy [FILE …], or serve",
            erasure::USAGE,
            bulk::USAGE,
            memory::USAGE,
            strangers::USAGE,
            sweep::USAGE
        ),
    }
}

/// Starts the tool again, optimised and with the drivers.
#[cfg(not(feature = "bench"))]
fn with_drivers(words: &[&str]) -> Result<()> {
    let status = Command::new("cargo")
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
    ensure!(status.success(), "the benchmark did not reach its goals");
    Ok(())
}

/// Builds `candor`, optimised, and says where it is.
#[expect(clippy::disallowed_methods, reason = "tells where cargo builds")]
fn binary() -> Result<PathBuf> {
    let root = crate::tree::root();
    let built = Command::new("cargo")
        .args(["build", "--release", "--package", "candor"])
        .current_dir(&root)
        .status()?;
    ensure!(built.success(), "the binary does not build");
    let target = std::env::var("CARGO_TARGET_DIR").map_or(root.join("target"), Into::into);
    Ok(target.join("release/candor"))
}

#[expect(clippy::cast_precision_loss, reason = "printed with one decimal")]
fn kilo_to_mega(kilo: u64) -> f64 {
    kilo as f64 / 1_024.0
}
