//! Observing the world for every promise in force. A source that can't be
//! reached is an observation too: it makes its promises unproven. A verdict
//! that turned goes into the ledger.

use std::collections::BTreeMap;

use candor_connect::transport::{Place, Trust};
use candor_domain::check::{Check, Finding, Observation};
use candor_domain::record::Record;
use candor_domain::verdict;
use candor_domain::work::Job;
use candor_policy::charter::Charter;
use candor_store::rows::ClaimedJob;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Ended, finishing};
use crate::backup;
use crate::error::with_causes;
use crate::service::{Service, ServiceError, add_record, judgements};

/// Time between two rounds of observation.
const EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Observes everything once and plans the next round.
pub(super) async fn observe(
    service: &Service,
    claimed: &ClaimedJob,
) -> Result<Ended, ServiceError> {
    service.store().expire_sessions(service.now()).await?;
    service.store().expire_once(service.now()).await?;
    service.store().expire_tombstones(service.now()).await?;
    let charter = service.charter();
    let _alone = service.looking().await;
    let before = service.observed(&charter).await?;
    let mut observations = Vec::new();
    for check in verdict::checks_of(&charter) {
        let at = service.now();
        if let Some(finding) = look(service, &check, &charter).await {
            observations.push(Observation { at, check, finding });
        }
    }
    let mut after = before.clone();
    let keyed = observations.iter().cloned();
    after.extend(keyed.map(|observation| (observation.check.key(), observation)));

    let now = service.now();
    let mut change = finishing(claimed);
    record_turns(&mut change, &charter, &before, &after, now);
    change.observations = observations;
    change
        .enqueue
        .extend(service.due_rolls(&charter, EVERY).await?);
    let next = now.checked_add(EVERY).unwrap_or(Timestamp::MAX);
    change.enqueue.push((Job::Observe, next));
    service.commit(change).await?;
    Ok(Ended::Done)
}

/// Makes one observation; `None` for what is looked at afresh each time.
pub(super) async fn look(service: &Service, check: &Check, charter: &Charter) -> Option<Finding> {
    let source_name = match check {
        Check::Schema { source }
        | Check::ForbiddenValues { source, .. }
        | Check::Age { source, .. }
        | Check::Restricted { source, .. }
        | Check::PasswordHashes { source, .. }
        | Check::AtRest { source }
        | Check::Isolation { source } => source,
        Check::Transport { address, oldest } => {
            return Some(transport(service, address, oldest).await);
        }
        // What the sweeps themselves write down.
        Check::Sweep { .. } => return None,
        Check::SubjectRequests { .. } => return None,
        Check::KeyAges { .. } => return Some(key_ages(service).await),
        Check::Page => return Some(page(charter)),
        Check::Backups => return backup::found(service).await,
    };
    let sources = service.sources();
    let Some(source) = sources.all().get(source_name) else {
        let what = format!("source `{source_name}` is not connected");
        return Some(Finding::Unreachable { what });
    };
    let now = service.now();
    let found = source.observe(check, now).await;
    Some(match sources.noted(source_name, found, now) {
        Ok(finding) => finding,
        Err(error) => Finding::Unreachable {
            what: error.to_string(),
        },
    })
}

/// What a visitor meets at an address, whom browsers trust.
async fn transport(service: &Service, address: &str, oldest: &str) -> Finding {
    let looked = match Place::read(address) {
        Ok(place) => place.look(oldest, &Trust::default(), service.now()).await,
        Err(error) => Err(error),
    };
    match looked {
        Ok(found) => Finding::Transport(found),
        Err(error) => Finding::Unreachable {
            what: error.to_string(),
        },
    }
}

async fn key_ages(service: &Service) -> Finding {
    match service.key_finding().await {
        Ok(finding) => finding,
        Err(error) => Finding::Unreachable {
            what: with_causes(&error),
        },
    }
}

/// The published page shows the text as compiled: it names its date if the
/// text does.
fn page(charter: &Charter) -> Finding {
    Finding::Page {
        names_its_date: charter.texts.iter().all(|text| text.effective.is_some()),
    }
}

pub(super) fn record_turns(
    change: &mut candor_store::Change,
    charter: &Charter,
    before: &BTreeMap<String, Observation>,
    after: &BTreeMap<String, Observation>,
    now: Timestamp,
) {
    let was = judgements(charter, before, now);
    for (promise, judgement) in judgements(charter, after, now) {
        let old = was.get(&promise).map(|old| old.verdict.key());
        let new = judgement.verdict.key();
        if old == Some(new) {
            continue;
        }
        let facts = [
            ("from".to_owned(), json!(old)),
            ("to".to_owned(), json!(new)),
        ];
        let record = Record {
            kind: "verdict.turned".to_owned(),
            charter: charter.id.clone(),
            promises: vec![promise.0],
            subject_request: None,
            subject: None,
            facts: facts.into(),
        };
        add_record(change, record, None, now);
    }
}
