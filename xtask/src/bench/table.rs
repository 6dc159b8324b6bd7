//! Times, and the table they are printed in.

use std::time::Duration;

/// What was measured against hand-written SQL, and what the goal is.
pub(super) struct Comparison {
    pub(super) what: &'static str,
    pub(super) ours: Vec<Duration>,
    pub(super) raw: Vec<Duration>,
    /// The least share of the raw rate, in percent, if there is a goal.
    pub(super) goal_percent: Option<u32>,
}

impl Comparison {
    pub(super) const fn new(what: &'static str, goal_percent: Option<u32>) -> Self {
        Self {
            what,
            ours: Vec::new(),
            raw: Vec::new(),
            goal_percent,
        }
    }

    /// Our rate as a share of the raw one, in percent, by medians.
    pub(super) fn percent(&self) -> f64 {
        100.0 * median(&self.raw).as_secs_f64() / median(&self.ours).as_secs_f64().max(1e-9)
    }

    pub(super) fn reached(&self) -> bool {
        self.goal_percent
            .is_none_or(|goal| self.percent() >= f64::from(goal))
    }

    pub(super) fn line(&self) -> String {
        let goal = match self.goal_percent {
            Some(goal) if self.reached() => format!("at least {goal} %: reached"),
            Some(goal) => format!("at least {goal} %: MISSED"),
            None => String::new(),
        };
        format!(
            "{:<38} {:>10} {:>10} {:>7.0} %  {goal}",
            self.what,
            milliseconds(median(&self.ours)),
            milliseconds(median(&self.raw)),
            self.percent(),
        )
    }
}

pub(super) fn header() -> String {
    format!(
        "{:<38} {:>10} {:>10} {:>9}  goal",
        "p50", "candor", "raw SQL", "of raw"
    )
}

pub(super) fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}
