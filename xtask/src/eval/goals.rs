//! What the reader is held to: each figure's goal, and whether it was reached
//! on held-out texts. A figure that was reached may not fall below its goal
//! again; one that wasn't is printed as missed.

use super::Tally;
use super::score::Score;

/// A figure with its goal.
struct Goal {
    name: &'static str,
    figure: &'static str,
    least: f64,
    /// Whether held-out texts once reached it.
    reached: bool,
    of: fn(&Tally) -> f64,
}

const GOALS: [Goal; 7] = [
    Goal {
        name: "commitment sentences",
        figure: "F1",
        least: 0.90,
        reached: true,
        of: |tally| tally.commitments.f1(),
    },
    Goal {
        name: "durations, value",
        figure: "F1",
        least: 0.98,
        reached: true,
        of: |tally| tally.durations.f1(),
    },
    Goal {
        name: "durations, role",
        figure: "recall",
        least: 0.90,
        reached: true,
        of: |tally| tally.roles.recall(),
    },
    Goal {
        name: "named vendors",
        figure: "recall",
        least: 0.95,
        reached: true,
        of: |tally| tally.vendors.recall(),
    },
    Goal {
        name: "named vendors",
        figure: "precision",
        least: 0.90,
        reached: true,
        of: |tally| tally.vendors.precision(),
    },
    Goal {
        name: "contradictions",
        figure: "recall",
        least: 0.80,
        reached: true,
        of: |tally| tally.all_contradictions().recall(),
    },
    Goal {
        name: "contradictions",
        figure: "precision",
        least: 0.80,
        reached: true,
        of: |tally| tally.all_contradictions().precision(),
    },
];

/// Every figure of a set beside its goal.
pub(crate) fn lines(tally: &Tally) -> Vec<String> {
    GOALS
        .iter()
        .map(|goal| {
            let value = (goal.of)(tally);
            let verdict = if value >= goal.least {
                "reached"
            } else {
                "missed"
            };
            let figure = format!("{} {}", goal.name, goal.figure);
            format!(
                "  {figure:<32} {value:.3}  goal {:.2}  {verdict}",
                goal.least
            )
        })
        .collect()
}

/// The goals that held-out texts reached and no longer do.
pub(crate) fn lost(tally: &Tally) -> Vec<String> {
    GOALS
        .iter()
        .filter(|goal| goal.reached && (goal.of)(tally) < goal.least)
        .map(|goal| format!("{} {}", goal.name, goal.figure))
        .collect()
}

/// Whether short texts with a planted contradiction are read as well as real
/// ones have to be.
pub(crate) fn short_texts(score: Score) -> bool {
    score.recall() >= 0.80 && score.precision() >= 0.80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reached_may_not_be_lost() {
        let mut tally = Tally::default();
        assert!(lost(&tally).is_empty());
        for _ in 0..10 {
            tally.commitments.outcome(true, false);
            tally.durations.outcome(true, false);
            tally.vendors.outcome(true, false);
            tally.contradictions.outcome(true, false);
        }
        let reached = GOALS
            .iter()
            .filter(|goal| goal.reached && (goal.of)(&tally) < goal.least)
            .count();
        assert_eq!(lost(&tally).len(), reached);
        assert!(lines(&tally).iter().any(|line| line.ends_with("missed")));
    }
}
