//! The company's sources, opened from the charter in force, and how each was
//! when it was last used.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use candor_connect::{Source, SourceError};
use jiff::Timestamp;

use crate::service::SourceView;

/// Every source of the charter in force.
pub(crate) struct Sources {
    by_name: BTreeMap<String, Source>,
    health: Mutex<BTreeMap<String, Health>>,
}

/// How a source was when it was last used.
#[derive(Clone, Debug)]
struct Health {
    wrong: Option<String>,
    since: Timestamp,
}

impl Sources {
    pub(crate) const fn new(by_name: BTreeMap<String, Source>) -> Self {
        Self {
            by_name,
            health: Mutex::new(BTreeMap::new()),
        }
    }

    /// Every source, by name.
    pub(crate) const fn all(&self) -> &BTreeMap<String, Source> {
        &self.by_name
    }

    /// Writes down how a use of a source went, and passes it on.
    pub(crate) fn noted<T>(
        &self,
        name: &str,
        outcome: Result<T, SourceError>,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let wrong = outcome.as_ref().err().map(ToString::to_string);
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let known = health.get(name);
        if known.is_none_or(|known| known.wrong != wrong) {
            if let Some(why) = &wrong {
                tracing::warn!(source = name, why, "a source does not do its part");
            }
            health.insert(name.to_owned(), Health { wrong, since: now });
        }
        outcome
    }

    /// How every source is.
    pub(crate) fn views(&self) -> Vec<SourceView> {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let view = |name: &String| {
            let known = health.get(name);
            SourceView {
                name: name.clone(),
                up: known.map(|known| known.wrong.is_none()),
                detail: known.and_then(|known| known.wrong.clone()),
                since: known.map(|known| known.since),
            }
        };
        self.by_name.keys().map(view).collect()
    }
}
