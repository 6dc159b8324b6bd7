//! What comes in from outside: time, randomness, and the points at which a test
//! may stop the process. Nothing else in this crate asks for either.

use std::sync::Arc;

use candor_seal::entropy::{Entropy, SystemEntropy};
use jiff::Timestamp;

/// A clock.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Everything that is not deterministic.
#[derive(Clone)]
pub struct World {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Names the point at which the process stops for ever, to be killed
    /// there by a test; see [`World::reach`].
    pub pause_at: Option<String>,
}

impl World {
    /// The real one.
    #[must_use]
    pub fn real() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::new()),
            pause_at: None,
        }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Marks a point between two steps. Where the process was told to pause
    /// at this point, it says so on standard error and goes no further.
    pub async fn reach(&self, point: &str) {
        if self.pause_at.as_deref() == Some(point) {
            tracing::error!(point, "paused");
            std::future::pending::<()>().await;
        }
    }
}
