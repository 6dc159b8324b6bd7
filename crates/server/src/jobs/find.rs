//! Finding a person: the closure of their identities over all sources, what
//! each source holds, and the footprint by which absence is verified later.

use std::collections::BTreeMap;

use candor_connect::{Source, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::subject_request::{Event, State, tasks_of};
use candor_store::rows::ClaimedJob;
use candor_store::{Change, SealedValue};

use super::{Ended, blocked, end_with, nothing_to_do};
use crate::service::{Service, ServiceError};

/// A source that stopped the search.
struct Stopped {
    source: String,
    error: SourceError,
}

/// Looks the person up everywhere and counts what is held.
pub(super) async fn locate(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?;
    if request.value.state != State::Locating {
        return nothing_to_do(service, claimed).await;
    }
    let Some(person) = service.person(&request.value.subject).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let mut previews = BTreeMap::new();
    let identities = match closure(service, person.contact).await {
        Ok(identities) => identities,
        Err(stopped) => return blocked(service, id, &stopped.source, &stopped.error).await,
    };
    let sources = service.sources();
    for (name, source) in sources.all() {
        let preview = source.preview(&identities).await;
        match sources.noted(name, preview, service.now()) {
            Ok(preview) => previews.insert(name.clone(), preview),
            Err(error) => return blocked(service, id, name, &error).await,
        };
    }
    service.world().reach("locate.before_commit").await;
    let event = Event::Located { previews };
    end_with(service, claimed, id, event, Change::default()).await
}

/// Looks the person up again and writes down, sealed, what leads to them in
/// every source. Only then is anything carried out: afterwards it could no
/// longer be found.
pub(super) async fn prepare(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?;
    if request.value.state != State::Preparing {
        return nothing_to_do(service, claimed).await;
    }
    let Some(person) = service.person(&request.value.subject).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let identities = match closure(service, person.contact.clone()).await {
        Ok(identities) => identities,
        Err(stopped) => return blocked(service, id, &stopped.source, &stopped.error).await,
    };
    let mut change = Change::default();
    let sources = service.sources();
    for (source_name, source) in sources.all() {
        let footprint = source.footprint(&identities).await;
        let footprint = match sources.noted(source_name, footprint, service.now()) {
            Ok(footprint) => footprint,
            Err(error) => return blocked(service, id, source_name, &error).await,
        };
        let name = footprint_name(source_name);
        let bytes = person.seal(id, &name, &footprint, service.world().entropy.as_ref())?;
        change.sealed.push(SealedValue {
            subject_request: id.clone(),
            name,
            bytes,
        });
    }
    service.world().reach("prepare.before_commit").await;
    let charter = service.charter_of(&request.value).await?;
    let tasks = tasks_of(&request.value, &charter);
    end_with(service, claimed, id, Event::Prepared { tasks }, change).await
}

/// Name of the sealed value that holds a source's footprint.
pub(super) fn footprint_name(source: &str) -> String {
    format!("footprint/{source}")
}

/// Every identity that a proved one leads to, through any source. An identity
/// that leads to several people in any source leads nowhere, unless it is the
/// one that was proved.
async fn closure(service: &Service, proved: Identity) -> Result<Vec<Identity>, Stopped> {
    let sources = service.sources();
    let all: Vec<&Source> = sources.all().values().map(AsRef::as_ref).collect();
    match candor_connect::closure(&all, &proved).await {
        Ok(closure) => {
            for name in sources.all().keys() {
                let _ = sources.noted(name, Ok(()), service.now());
            }
            Ok(closure.identities)
        }
        Err(error) => {
            let source = error.source_name().to_owned();
            let _ = sources.noted::<()>(&source, Err(error.clone()), service.now());
            Err(Stopped { source, error })
        }
    }
}
