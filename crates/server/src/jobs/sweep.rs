//! Carrying a retention rule out, every hour; where that is not switched on,
//! looking what it would do. A long run goes in slices, so that nobody waits
//! behind it: the job stays in the queue under its number, which is the run's
//! name in the sources' journals, and so it goes on where it was, killed or not.

use std::collections::BTreeMap;
use std::time::Duration;

use candor_connect::{
    SourceError, Sources, SweepBounds, SweepRun, forecast_rule, noticed_rule, preview_rule,
    sweep_rule, tallied_rule,
};
use candor_domain::check::{Check, Finding, Observation, SweepFinding};
use candor_domain::plan::TableEffect;
use candor_domain::record::Record;
use candor_domain::sweep::{self, Noticed, SWEEP_EVERY, SweepRule};
use candor_domain::verdict::checks_for;
use candor_domain::work::Job;
use candor_policy::charter::Charter;
use candor_policy::promise::{Family, Promise};
use candor_store::rows::ClaimedJob;
use jiff::Timestamp;
use serde_json::json;

use super::notice::{self, Telling};
use super::observe::{look, record_turns};
use super::{Ended, finishing, nothing_to_do};
use crate::service::{Service, ServiceError, StandingError, add_record};

/// The longest that one slice of a run takes before other jobs get their turn.
const SLICE: Duration = Duration::from_secs(5);

/// How a slice ended.
enum Slice {
    /// The run is over.
    Over(Box<SweepFinding>),
    /// There is more to do.
    Cut,
}

/// Carries one rule out, and plans the next time.
pub(super) async fn sweep(
    service: &Service,
    claimed: &ClaimedJob,
    name: &str,
) -> Result<Ended, ServiceError> {
    let charter = service.charter();
    let promise = charter.promises.iter();
    let promise = promise
        .clone()
        .find(|promise| promise.family == Family::Retain && promise.name == name);
    let Some(promise) = promise else {
        return nothing_to_do(service, claimed).await;
    };
    let finding = match sweep::rule(&charter, name, service.now()) {
        Ok(rule) if rule.orders.is_empty() => return nothing_to_do(service, claimed).await,
        Ok(rule) => match held_slice(service, claimed, promise, rule).await? {
            Ok(Slice::Over(finding)) => *finding,
            Ok(Slice::Cut) => {
                return Ok(Ended::Not {
                    before: service.now(),
                });
            }
            // It will answer again; until then what is known grows old.
            Err(
                error @ (SourceError::Unreachable { .. }
                | SourceError::Busy { .. }
                | SourceError::Database { .. }),
            ) => {
                return Ok(Ended::Waits {
                    why: error.to_string(),
                });
            }
            Err(error) => refused(service, error.to_string()),
        },
        Err(why) => refused(service, why),
    };
    service.world().reach("sweep.before_commit").await;
    ended(service, claimed, &charter, promise, finding).await
}

/// A slice that leaves what holds keep.
async fn held_slice(
    service: &Service,
    claimed: &ClaimedJob,
    promise: &Promise,
    mut rule: SweepRule,
) -> Result<Result<Slice, SourceError>, ServiceError> {
    rule.holds = match service.standing().await {
        Ok(standing) => standing,
        Err(StandingError::Source(error)) => return Ok(Err(error)),
        Err(StandingError::Service(error)) => return Err(error),
    };
    Ok(slice(service, claimed, promise, &rule).await)
}

async fn slice(
    service: &Service,
    claimed: &ClaimedJob,
    promise: &Promise,
    rule: &SweepRule,
) -> Result<Slice, SourceError> {
    let opened = service.sources();
    let sources: Sources<'_> = opened
        .all()
        .iter()
        .map(|(name, source)| (name.as_str(), source.as_ref()))
        .collect();
    let noted = |error: SourceError| {
        let name = error.source_name().to_owned();
        match opened.noted::<()>(&name, Err(error.clone()), service.now()) {
            Ok(()) => error,
            Err(noted) => noted,
        }
    };
    let mut finding = SweepFinding {
        carried_out: service.sweeps(),
        ..SweepFinding::default()
    };
    let mut stopped = None;
    if service.sweeps() {
        stopped = match notice::tell(service, promise, rule, &sources).await {
            Ok(Telling::Over { stopped }) => stopped,
            Ok(Telling::Cut) => return Ok(Slice::Cut),
            Err(error) => return Err(noted(error)),
        };
        service.world().reach("sweep.before_source").await;
        // Its id is another each time it is claimed.
        let id = claimed.number.to_string();
        let run = SweepRun {
            id: &id,
            bounds: SweepBounds {
                run: SLICE,
                ..SweepBounds::default()
            },
            is_stopped: &|| false,
        };
        let swept = sweep_rule(rule, &sources, &run).await.map_err(noted)?;
        service.world().reach("sweep.after_source").await;
        if swept.values().any(|swept| swept.stopped) {
            return Ok(Slice::Cut);
        }
        finding.complete = swept.values().all(|swept| swept.complete);
        for (name, swept) in swept {
            finding.held.insert(name.clone(), swept.held);
            finding.effects.insert(name, swept.effects);
        }
        finding.held.retain(|_, held| !held.is_empty());
    } else {
        finding.effects = preview_rule(rule, &sources).await.map_err(noted)?;
        finding.complete = finding.effects.values().all(Vec::is_empty);
    }
    finding.forecast = forecast_rule(rule, &sources).await.map_err(noted)?;
    finding.tallied = tallied_rule(rule, &sources).await.map_err(noted)?;
    finding.noticed = noticed_rule(rule, &sources).await.map_err(noted)?;
    if let Some(noticed) = &mut finding.noticed {
        noticed.stopped = stopped;
    }
    Ok(Slice::Over(Box::new(finding)))
}

fn refused(service: &Service, why: String) -> SweepFinding {
    SweepFinding {
        carried_out: service.sweeps(),
        refused: Some(why),
        ..SweepFinding::default()
    }
}

/// Writes down what came of it, what is old now, and what verdicts turned.
async fn ended(
    service: &Service,
    claimed: &ClaimedJob,
    charter: &Charter,
    promise: &Promise,
    finding: SweepFinding,
) -> Result<Ended, ServiceError> {
    let _alone = service.looking().await;
    let before = service.observed(charter).await?;
    let told_before = told(&before, &promise.name);
    let record = swept(charter, promise, &finding, told_before);
    let mut observations = vec![Observation {
        check: Check::Sweep {
            rule: promise.name.clone(),
        },
        at: service.now(),
        finding: Finding::Swept(finding),
    }];
    for check in checks_for(promise, charter) {
        if let Some(finding) = look(service, &check, charter).await {
            observations.push(Observation {
                at: service.now(),
                check,
                finding,
            });
        }
    }
    let mut after = before.clone();
    let keyed = observations.iter().cloned();
    after.extend(keyed.map(|observation| (observation.check.key(), observation)));
    let now = service.now();
    let mut change = finishing(claimed);
    if let Some(record) = record {
        add_record(&mut change, record, None, now);
    }
    record_turns(&mut change, charter, &before, &after, now);
    change.observations = observations;
    let next = now.checked_add(SWEEP_EVERY).unwrap_or(Timestamp::MAX);
    let rule = promise.name.clone();
    change.enqueue.push((Job::Sweep { rule }, next));
    service.commit(change).await?;
    Ok(Ended::Done)
}

/// How the notices of a rule stood after its last sweep.
fn told(observed: &BTreeMap<String, Observation>, rule: &str) -> Option<Noticed> {
    let check = Check::Sweep {
        rule: rule.to_owned(),
    };
    match &observed.get(&check.key())?.finding {
        Finding::Swept(found) => found.noticed.clone(),
        _ => None,
    }
}

/// The ledger's record of a sweep that took anything, or told anybody.
fn swept(
    charter: &Charter,
    promise: &Promise,
    finding: &SweepFinding,
    told_before: Option<Noticed>,
) -> Option<Record> {
    let is_quiet = finding.effects.values().all(Vec::is_empty) && finding.noticed == told_before;
    if !finding.carried_out || is_quiet {
        return None;
    }
    let mut facts: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    if let Some(noticed) = &finding.noticed {
        facts.insert("told".to_owned(), json!(noticed.told));
        facts.insert("waiting".to_owned(), json!(noticed.waiting));
        facts.insert("unreached".to_owned(), json!(noticed.unreached));
    }
    for (source, effects) in &finding.effects {
        for effect in effects {
            facts.insert(fact(source, effect), json!(effect.rows));
        }
    }
    for (source, held) in &finding.held {
        for (table, rows) in held {
            facts.insert(format!("{source}.{table}.held"), json!(rows));
        }
    }
    facts.insert("complete".to_owned(), json!(finding.complete));
    Some(Record {
        kind: "retention.swept".to_owned(),
        charter: charter.id.clone(),
        promises: vec![promise.id.0.clone()],
        subject_request: None,
        subject: None,
        facts,
    })
}

fn fact(source: &str, effect: &TableEffect) -> String {
    let action = serde_json::to_value(effect.action).unwrap_or_default();
    let action = action.as_str().unwrap_or_default().to_owned();
    format!("{source}.{}.{action}", effect.table)
}
