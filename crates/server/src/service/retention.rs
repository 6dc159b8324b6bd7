//! What staff see of retention: every rule that a column measures, what its
//! last sweep did, and what the next would do.

use std::collections::BTreeMap;

use candor_connect::{Sources, preview_rule};
use candor_domain::check::{Check, Finding, Observation, SweepFinding};
use candor_domain::plan::TableEffect;
use candor_domain::sweep::{self, SweepRule};
use candor_domain::verdict::{Judgement, sweep_of};
use candor_policy::charter::{Charter, Retention};
use candor_policy::promise::Promise;
use jiff::Timestamp;

use super::{Service, ServiceError, judgements};

/// Every rule that a column measures.
#[derive(Clone, Debug)]
pub struct RetentionView {
    /// Whether rules are carried out, or only looked at.
    pub carried_out: bool,
    /// One for each rule, by name.
    pub rules: Vec<RuleView>,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct RuleView {
    /// The promise it is.
    pub promise: Promise,
    /// As declared.
    pub retention: Retention,
    /// Its verdict.
    pub judgement: Option<Judgement>,
    /// The last sweep.
    pub last: Option<(Timestamp, SweepFinding)>,
}

/// What a rule would do, per source, or why it can't be carried out.
pub type RulePreview = Result<BTreeMap<String, Vec<TableEffect>>, String>;

impl Service {
    /// Whether retention is carried out, or only looked at.
    #[must_use]
    pub fn sweeps(&self) -> bool {
        self.inner.sweep
    }

    /// Every rule that a column measures.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn retention(&self) -> Result<RetentionView, ServiceError> {
        let charter = self.charter();
        let observed = self.observed(&charter).await?;
        let judgements = judgements(&charter, &observed, self.now());
        let rule = |promise: &Promise| {
            let check = Check::Sweep {
                rule: promise.name.clone(),
            };
            Some(RuleView {
                retention: charter.retention.get(&promise.name)?.clone(),
                judgement: judgements.get(&promise.id).cloned(),
                last: observed.get(&check.key()).and_then(last),
                promise: promise.clone(),
            })
        };
        Ok(RetentionView {
            carried_out: self.sweeps(),
            rules: measured(&charter).into_iter().filter_map(rule).collect(),
        })
    }

    /// What a rule asks now, with the holds that stand and whose use of data is
    /// restricted.
    ///
    /// # Errors
    /// In words, why the rule can't be carried out.
    pub async fn retention_rule(&self, name: &str) -> Result<SweepRule, String> {
        let mut rule = sweep::rule(&self.charter(), name, self.now())?;
        let standing = self.standing().await;
        rule.holds = standing.map_err(|error| error.to_string())?;
        Ok(rule)
    }

    /// What a rule would do now; `None` where there is none of that name that a
    /// column measures.
    pub async fn retention_preview(&self, name: &str) -> Option<RulePreview> {
        let charter = self.charter();
        if !measured(&charter).iter().any(|own| own.name == name) {
            return None;
        }
        let rule = match self.retention_rule(name).await {
            Ok(rule) => rule,
            Err(why) => return Some(Err(why)),
        };
        let opened = self.sources();
        let sources: Sources<'_> = opened
            .all()
            .iter()
            .map(|(name, source)| (name.as_str(), source.as_ref()))
            .collect();
        let preview = preview_rule(&rule, &sources).await;
        Some(preview.map_err(|error| error.to_string()))
    }
}

/// Promises of rules that a column measures.
pub(crate) fn measured(charter: &Charter) -> Vec<&Promise> {
    let promises = charter.promises.iter();
    promises
        .filter(|promise| sweep_of(promise, charter).is_some())
        .collect()
}

fn last(observation: &Observation) -> Option<(Timestamp, SweepFinding)> {
    match &observation.finding {
        Finding::Swept(found) => Some((observation.at, found.clone())),
        _ => None,
    }
}
