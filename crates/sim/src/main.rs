//! Runs simulated years of subject requests; says the seed of one that fails.

use std::io::Write;
use std::process::ExitCode;

use candor_sim::{Sabotage, Settings, run};
use clap::Parser;

/// Years of subject requests in seconds, with crashes between any two steps.
#[derive(Parser)]
struct Arguments {
    /// The first seed; the same seed gives the same history
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many seeds to run, one after another
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Years in which people file
    #[arg(long, default_value_t = 2)]
    years: u32,
    /// Do something wrong on purpose
    #[arg(long)]
    sabotage: Option<Sabotage>,
    /// Print all that happened
    #[arg(long)]
    schedule: bool,
}

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    match simulate(&Arguments::parse(), &mut out) {
        Ok(true) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// `true` where every property held in every history.
fn simulate(arguments: &Arguments, out: &mut dyn Write) -> std::io::Result<bool> {
    for seed in arguments.seed..arguments.seed.saturating_add(arguments.seeds) {
        let settings = Settings {
            seed,
            years: arguments.years,
            sabotage: arguments.sabotage,
        };
        let history = match run(settings) {
            Ok(history) => history,
            Err(error) => {
                writeln!(out, "{error}")?;
                return Ok(false);
            }
        };
        let schedule = match &history {
            Ok(summary) => &summary.schedule,
            Err(failure) => &failure.schedule,
        };
        if arguments.schedule {
            for line in schedule {
                writeln!(out, "{line}")?;
            }
        }
        match history {
            Ok(summary) => {
                let ends: Vec<String> = summary
                    .ends
                    .iter()
                    .map(|(state, count)| format!("{count} {state}"))
                    .collect();
                writeln!(
                    out,
                    "seed {seed}: {} filed: {}; {} late; {} workers died or stalled",
                    summary.filed,
                    ends.join(", "),
                    summary.late,
                    summary.faults
                )?;
            }
            Err(failure) => {
                write!(out, "{failure}")?;
                return Ok(false);
            }
        }
    }
    Ok(true)
}
