//! How many rows one transaction takes: as many as fit the time that others can
//! be kept waiting. Grows at most twofold from one batch to the next, shrinks at
//! once.

use std::time::Duration;

use crate::indexes::SCAN_BYTES_MAX;

/// Named bounds of a sweep.
#[derive(Clone, Copy, Debug)]
pub struct SweepBounds {
    /// Rows that carry an anchor and are taken in one run.
    pub rows_max: u64,
    /// The longest that one run may take; what is left waits for the next.
    pub run: Duration,
    /// What one transaction is to take; the longest ones take about twice that.
    pub transaction: Duration,
    /// Rows in the first transaction.
    pub batch_first: u64,
    /// The fewest rows in one transaction.
    pub batch_min: u64,
    /// The most rows in one transaction.
    pub batch_max: u64,
    /// The largest table, in bytes, that may be read as a whole for want of an
    /// index.
    pub scan_bytes_max: u64,
}

impl Default for SweepBounds {
    fn default() -> Self {
        Self {
            rows_max: 50_000_000,
            run: Duration::from_secs(1_800),
            transaction: Duration::from_millis(80),
            batch_first: 500,
            batch_min: 20,
            // Larger ones leave the processor's cache and are slower by the row.
            batch_max: 20_000,
            scan_bytes_max: SCAN_BYTES_MAX,
        }
    }
}

/// The size of the next batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    bounds: SweepBounds,
    rows: u64,
}

impl Pace {
    pub(crate) fn new(bounds: SweepBounds) -> Self {
        Self {
            bounds,
            rows: bounds.batch_first,
        }
    }

    /// How many rows the next batch takes at most.
    pub(crate) const fn rows(self) -> u64 {
        self.rows
    }

    /// A batch of that many rows took so long.
    pub(crate) fn took(&mut self, elapsed: Duration) {
        let target = self.bounds.transaction.as_micros().max(1);
        let elapsed = elapsed.as_micros().max(1);
        let fitting = u128::from(self.rows) * target / elapsed;
        let fitting = u64::try_from(fitting).unwrap_or(u64::MAX);
        self.rows = fitting
            .min(self.rows.saturating_mul(2))
            .clamp(self.bounds.batch_min, self.bounds.batch_max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_come_to_fit_their_time() {
        for micros_a_row in [1, 10, 400, 20_000] {
            let mut pace = Pace::new(SweepBounds::default());
            let mut longest = Duration::ZERO;
            for _ in 0..20 {
                let took = Duration::from_micros(pace.rows() * micros_a_row);
                longest = longest.max(took);
                pace.took(took);
            }
            let rows = u128::from(pace.rows() * micros_a_row);
            let fits = rows <= 100_000 || pace.rows() == SweepBounds::default().batch_min;
            assert!(fits, "{micros_a_row}: {}", pace.rows());
            let first_fits = micros_a_row * SweepBounds::default().batch_first < 200_000;
            assert!(!first_fits || longest < Duration::from_millis(200));
        }
    }
}
