//! Hits, surplus and misses, and the figures made from them.

use std::fmt;

/// What was right and wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Score {
    hits: u32,
    surplus: u32,
    missed: u32,
}

impl Score {
    /// Counts one thing that is there or isn't, and was found or wasn't.
    pub(crate) const fn outcome(&mut self, there: bool, found: bool) {
        match (there, found) {
            (true, true) => self.hits += 1,
            (false, true) => self.surplus += 1,
            (true, false) => self.missed += 1,
            (false, false) => {}
        }
    }

    /// Compares two lists of names; upper and lower case are the same.
    pub(crate) fn of_sets(wanted: &[&str], found: &[&str]) -> Self {
        let holds =
            |list: &[&str], name: &str| list.iter().any(|other| other.eq_ignore_ascii_case(name));
        let mut score = Self::default();
        for name in wanted {
            score.outcome(true, holds(found, name));
        }
        for name in found {
            if !holds(wanted, name) {
                score.outcome(false, true);
            }
        }
        score
    }

    pub(crate) const fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.surplus += other.surplus;
        self.missed += other.missed;
    }

    pub(crate) const fn since(self, before: Self) -> Self {
        Self {
            hits: self.hits - before.hits,
            surplus: self.surplus - before.surplus,
            missed: self.missed - before.missed,
        }
    }

    pub(crate) const fn is_perfect(self) -> bool {
        self.surplus == 0 && self.missed == 0
    }

    fn precision(self) -> f64 {
        ratio(self.hits, self.hits + self.surplus)
    }

    fn recall(self) -> f64 {
        ratio(self.hits, self.hits + self.missed)
    }

    fn f1(self) -> f64 {
        ratio(2 * self.hits, 2 * self.hits + self.surplus + self.missed)
    }

    /// A line of the report.
    pub(crate) fn row(self, what: &str, goal: &str) -> String {
        format!("  {what:<24} {self}  (goal: {goal})")
    }
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "precision {:.3} recall {:.3} F1 {:.3} ({} right, {} surplus, {} missed)",
            self.precision(),
            self.recall(),
            self.f1(),
            self.hits,
            self.surplus,
            self.missed
        )
    }
}

/// Nothing wanted and nothing found is no error.
fn ratio(part: u32, whole: u32) -> f64 {
    match whole {
        0 => 1.0,
        whole => f64::from(part) / f64::from(whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_what_they_are_called() {
        let score = Score::of_sets(&["a", "b", "c"], &["B", "c", "d"]);
        assert_eq!(
            score,
            Score {
                hits: 2,
                surplus: 1,
                missed: 1
            }
        );
        let shown = score.to_string();
        assert!(
            shown.starts_with("precision 0.667 recall 0.667 F1 0.667"),
            "{shown}"
        );
        assert!(!score.is_perfect());
        assert!(Score::default().to_string().contains("F1 1.000"));
    }
}
