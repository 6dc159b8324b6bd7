//! Hits, surplus and misses, and the figures made from them.

use std::fmt;

use super::gold::GoldVendor;

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

    /// Compares two lists of codes.
    pub(crate) fn of_sets(wanted: &[&str], found: &[&str]) -> Self {
        let mut score = Self::default();
        for name in wanted {
            score.outcome(true, found.contains(name));
        }
        for name in found {
            if !wanted.contains(name) {
                score.outcome(false, true);
            }
        }
        score
    }

    /// Compares vendors with the names that were found.
    pub(crate) fn of_vendors(wanted: &[GoldVendor], found: &[&str]) -> Self {
        let mut score = Self::default();
        for vendor in wanted.iter().filter(|vendor| !vendor.doubtful) {
            score.outcome(true, found.iter().any(|name| vendor.is(name)));
        }
        for name in found {
            if !wanted.iter().any(|vendor| vendor.is(name)) {
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

    pub(crate) fn precision(self) -> f64 {
        ratio(self.hits, self.hits + self.surplus)
    }

    pub(crate) fn recall(self) -> f64 {
        ratio(self.hits, self.hits + self.missed)
    }

    pub(crate) fn f1(self) -> f64 {
        ratio(2 * self.hits, 2 * self.hits + self.surplus + self.missed)
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
        let score = Score::of_sets(&["a", "b", "c"], &["b", "c", "d"]);
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

    #[test]
    fn vendors_have_several_names_and_some_are_doubtful() {
        let vendor = |names: &[&str], doubtful| GoldVendor {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            doubtful,
        };
        let wanted = [vendor(&["Amazon", "AWS"], false), vendor(&["Ghost"], true)];
        assert!(Score::of_vendors(&wanted, &["aws"]).is_perfect());
        assert!(Score::of_vendors(&wanted, &["AWS", "Ghost"]).is_perfect());
        assert!(!Score::of_vendors(&wanted, &["Ghost"]).is_perfect());
        assert!(!Score::of_vendors(&wanted, &["AWS", "Stripe"]).is_perfect());
    }
}
