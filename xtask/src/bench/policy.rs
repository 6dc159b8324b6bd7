//! How long `candor check` and `candor lint` take, and how much memory. Runs the
//! optimised binary as an author would: the time is from the process's start to
//! its end.

#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark reads the machine's clock"
)]

mod generate;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::binary;

const RUNS: usize = 31;
const MEMORY_RUNS: usize = 5;
const PROMISES: usize = 1_000;
const WORDS: usize = 20_000;
const CHECK_GOAL: Duration = Duration::from_millis(50);
const LINT_GOAL: Duration = Duration::from_millis(20);
const MEMORY_GOAL_KB: u64 = 50 * 1024;

/// What was measured of one command.
struct Measured {
    what: String,
    times: Vec<Duration>,
    peak_kb: u64,
    goal: Duration,
}

/// Measures and prints; an error where a goal is missed. `words` names the
/// policies to be linted; without, the examples are read as one.
pub(super) fn run(words: &[&str]) -> Result<()> {
    let binary = binary()?;
    let folder = std::env::temp_dir().join(format!("candor-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(&binary, &folder, words);
    std::fs::remove_dir_all(&folder)?;
    let mut missed = Vec::new();
    for measured in measured? {
        if !report(&measured) {
            missed.push(measured.what);
        }
    }
    ensure!(missed.is_empty(), "missed by: {}", missed.join(", "));
    Ok(())
}

fn measure(binary: &Path, folder: &Path, texts: &[&str]) -> Result<Vec<Measured>> {
    let policy = folder.join("policy");
    std::fs::create_dir_all(&policy)?;
    let mut words = 0;
    for (path, text) in generate::files(PROMISES) {
        if path.ends_with(".md") {
            words = text.split_whitespace().count();
        }
        std::fs::write(policy.join(path), text)?;
    }
    ensure!(words >= WORDS, "only {words} words were made");
    let mut all = vec![repeat(binary, "check", &policy, CHECK_GOAL)?];
    let texts: Vec<PathBuf> = match texts {
        [] => vec![examples(folder)?],
        named => named.iter().map(PathBuf::from).collect(),
    };
    for text in texts {
        all.push(repeat(binary, "lint", &text, LINT_GOAL)?);
    }
    Ok(all)
}

/// The examples' policies as one text, about as long as real ones are.
fn examples(folder: &Path) -> Result<PathBuf> {
    let mut paths = Vec::new();
    for example in std::fs::read_dir(crate::tree::root().join("examples"))? {
        let path = example?.path().join("policy/policy.md");
        if path.exists() {
            paths.push(path);
        }
    }
    paths.sort();
    let mut text = String::new();
    for path in paths {
        text.push_str(&std::fs::read_to_string(path)?);
        text.push('\n');
    }
    let all = folder.join("examples.md");
    std::fs::write(&all, text)?;
    Ok(all)
}

/// Runs a command again and again on one path: for its time, then for its
/// memory. Asking for that all the time would keep a processor from it.
fn repeat(binary: &Path, command: &str, path: &Path, goal: Duration) -> Result<Measured> {
    let start = || {
        let mut started = Command::new(binary);
        let started = started.arg(command).arg(path);
        started.stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    };
    let mut times = Vec::new();
    // The first fills the caches.
    for run in 0..=RUNS {
        let began = Instant::now();
        let status = start()?.wait()?;
        let took = began.elapsed();
        let refused = command == "check" && !status.success();
        ensure!(!refused, "the generated policy doesn't compile");
        if run > 0 {
            times.push(took);
        }
    }
    let mut peak_kb = 0;
    for _ in 0..MEMORY_RUNS {
        let mut child = start()?;
        // Its last reading before it ends: the mark only rises.
        while let Some(kb) = high_water_kb(child.id()) {
            peak_kb = peak_kb.max(kb);
        }
        child.wait()?;
    }
    times.sort_unstable();
    let words = word_count(path)?;
    Ok(Measured {
        what: format!("{command} of {words} words"),
        times,
        peak_kb,
        goal,
    })
}

fn word_count(path: &Path) -> Result<usize> {
    let file = match path.is_dir() {
        true => path.join("policy.md"),
        false => path.to_owned(),
    };
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("`{}` cannot be read", file.display()))?;
    Ok(text.split_whitespace().count())
}

/// The most memory a process has held so far; `None` once it has ended.
fn high_water_kb(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line?.split_whitespace().next()?.parse().ok()
}

/// Prints a line; whether the goals were reached.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn report(measured: &Measured) -> bool {
    let median = measured
        .times
        .get(measured.times.len() / 2)
        .copied()
        .unwrap_or_default();
    println!(
        "{:<24} {:>6.1} ms (median of {RUNS}; goal {} ms), {:>5.1} MB at most (goal {} MB)",
        measured.what,
        median.as_secs_f64() * 1_000.0,
        measured.goal.as_millis(),
        super::kilo_to_mega(measured.peak_kb),
        super::kilo_to_mega(MEMORY_GOAL_KB),
    );
    median <= measured.goal && (1..=MEMORY_GOAL_KB).contains(&measured.peak_kb)
}
