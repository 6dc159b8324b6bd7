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

/// What something costs on top of an erasure.
pub(super) struct OnTop {
    pub(super) what: &'static str,
    pub(super) with: Vec<Duration>,
    pub(super) without: Vec<Duration>,
    /// The most that it may add, in percent.
    pub(super) goal_percent: u32,
}

impl OnTop {
    pub(super) const fn new(what: &'static str, goal_percent: u32) -> Self {
        Self {
            what,
            with: Vec::new(),
            without: Vec::new(),
            goal_percent,
        }
    }

    /// What it adds, in percent, by medians.
    fn percent(&self) -> f64 {
        let without = median(&self.without).as_secs_f64().max(1e-9);
        100.0 * (median(&self.with).as_secs_f64() / without - 1.0)
    }

    pub(super) fn reached(&self) -> bool {
        self.percent() <= f64::from(self.goal_percent)
    }

    pub(super) fn line(&self) -> String {
        let goal = self.goal_percent;
        let reached = if self.reached() { "reached" } else { "MISSED" };
        format!(
            "{:<38} {:>10} {:>10} {:>+7.0} %  at most {goal} %: {reached}",
            self.what,
            milliseconds(median(&self.with)),
            milliseconds(median(&self.without)),
            self.percent(),
        )
    }
}

/// Over the lines of [`OnTop`].
pub(super) fn header_on_top() -> String {
    format!(
        "{:<38} {:>10} {:>10} {:>9}  goal",
        "p50, on top of an erasure", "with", "without", "adds"
    )
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
