//! A deterministic simulator, for development only: seed → schedule → faults.
//! It drives the engine of `candor-domain` through years in which workers die
//! between any two steps, jobs are delivered more than once, sources go down,
//! people confirm late or twice and staff take their time, and checks the
//! [`Property`]s after everything that was written down. The same seed gives
//! the same history. Refuses wall time, threads and disk.
//!
//! ```text
//! cargo run -p candor-sim -- --seed 7 --years 2
//! ```

mod actors;
mod company;
mod dice;
mod property;
mod queue;
mod sabotage;
mod shell;
mod simulation;
mod state;
#[cfg(test)]
mod tests;
mod witness;

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

pub use property::Property;
pub use sabotage::Sabotage;

/// How many lines of the schedule a failure shows that don't name what failed.
const SHOWN_MAX: usize = 40;

/// What to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Decides everything.
    pub seed: u64,
    /// Years in which people file.
    pub years: u32,
    /// Something that is done wrong on purpose.
    pub sabotage: Option<Sabotage>,
}

/// What a history came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Subject requests filed.
    pub filed: u64,
    /// How many ended in each state.
    pub ends: BTreeMap<&'static str, u64>,
    /// Answered after their deadline: sources may be down, and staff away, for
    /// longer than that.
    pub late: u64,
    /// Workers that died or stalled.
    pub faults: u64,
    /// What happened, in order.
    pub schedule: Vec<String>,
}

/// A history in which a property doesn't hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct Failure {
    /// How to have it again.
    pub settings: Settings,
    /// The property.
    pub property: Property,
    /// What is wrong, beginning with the id it is wrong for.
    pub what: String,
    /// What happened until then, in order.
    pub schedule: Vec<String>,
}

impl fmt::Display for Failure {
    /// The seed, the property and the part of the schedule that led there.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { seed, years, .. } = self.settings;
        writeln!(formatter, "{:?} fails: {}", self.property, self.what)?;
        writeln!(
            formatter,
            "seed {seed}, again with `cargo run -p candor-sim -- --seed {seed} --years {years} --schedule`"
        )?;
        let id = self.what.split(':').next().unwrap_or_default();
        let recent = self.schedule.len().saturating_sub(SHOWN_MAX);
        for (number, line) in self.schedule.iter().enumerate() {
            if number >= recent || line.contains(id) {
                writeln!(formatter, "  {line}")?;
            }
        }
        Ok(())
    }
}

/// A simulation that can't begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SetupError {
    /// The first moment is no moment.
    #[error("the clock can't be set")]
    Clock,
}

/// Runs one history to its end.
///
/// # Errors
/// The [`Failure`] of the first property that doesn't hold; `Err` of the outer
/// result where the simulation can't begin.
pub fn run(settings: Settings) -> Result<Result<Summary, Failure>, SetupError> {
    Ok(simulation::Simulation::new(settings)?.run())
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}
