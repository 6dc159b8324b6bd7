//! Taking an erasure back: the key under which its rows are kept, bringing them
//! back, and destroying the key when the window is over. The key is random, its
//! own for each subject request, and sealed under the person's; nothing but
//! this module opens what a source keeps.

use std::sync::Arc;

use candor_connect::{EraseStep, SealFailed, Sealer, Source, SourceError, StepReport};
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Event, SubjectRequest};
use candor_seal::entropy::Entropy;
use candor_seal::envelope::{Place, Sealed};
use candor_seal::keys::{SubjectKey, WrappedKey};
use candor_store::rows::ClaimedJob;
use candor_store::{Change, SealedValue};

use super::erase::undeclared;
use super::{Ended, blocked, end_with, finishing, nothing_to_do};
use crate::people::OpenPerson;
use crate::service::{Service, ServiceError};

/// Name of the sealed value that holds the key.
const KEY: &str = "undo-key";

/// Seals and opens what sources keep of one erasure.
pub(super) struct Keeper {
    key: SubjectKey,
    request: SubjectRequestId,
    entropy: Arc<dyn Entropy>,
}

impl Sealer for Keeper {
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealFailed> {
        let sealed = self
            .key
            .seal(&self.place(place), plain, self.entropy.as_ref());
        sealed.map(Sealed::into_bytes).map_err(|_| SealFailed)
    }

    fn open(&self, place: &str, sealed: Vec<u8>) -> Result<Vec<u8>, SealFailed> {
        let sealed = Sealed::from_bytes(sealed);
        let opened = self.key.open(&self.place(place), &sealed);
        opened.map_err(|_| SealFailed)
    }
}

impl Keeper {
    fn place<'a>(&'a self, place: &'a str) -> Place<'a> {
        Place {
            table: "candor_undo",
            column: place,
            row: self.request.as_str(),
        }
    }
}

/// Makes the key of an erasure that can be taken back, to be written before
/// anything is carried out. A footprint that is written again gets a new key:
/// nothing was kept under the other.
pub(super) fn new_key(
    service: &Service,
    request: &SubjectRequest,
    person: &OpenPerson,
) -> Result<Option<SealedValue>, ServiceError> {
    if request.undo.is_none() {
        return Ok(None);
    }
    let entropy = service.world().entropy.as_ref();
    let key = SubjectKey::generate(entropy)?;
    let wrapped = service.root().wrap(&key, request.id.as_str(), entropy)?;
    Ok(Some(SealedValue {
        subject_request: request.id.clone(),
        name: KEY.to_owned(),
        bytes: person.seal(&request.id, KEY, &wrapped.to_bytes(), entropy)?,
    }))
}

/// What seals and opens; `None` where nothing is to be kept, or no longer.
pub(super) async fn keeper(
    service: &Service,
    request: &SubjectRequest,
) -> Result<Option<Keeper>, ServiceError> {
    if request.undo.is_none() {
        return Ok(None);
    }
    let Some(person) = service.person(&request.subject).await? else {
        return Ok(None);
    };
    let bytes = service.store().sealed(&request.id, KEY).await?;
    let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else {
        return Ok(None);
    };
    let wrapped: Vec<u8> = person.unseal(&request.id, KEY, bytes)?;
    let wrapped = WrappedKey::from_bytes(&wrapped)?;
    let key = service.root().unwrap(&wrapped, request.id.as_str())?;
    Ok(Some(Keeper {
        key,
        request: request.id.clone(),
        entropy: service.world().entropy.clone(),
    }))
}

/// Erases, and keeps what it takes where there is a key for it. A service keeps
/// nothing for us.
pub(super) async fn erase(
    source: &Source,
    step: &EraseStep,
    keeper: Option<&Keeper>,
) -> Result<Vec<StepReport>, SourceError> {
    match keeper {
        Some(keeper) if !source.is_service() => {
            let report = source.erase_keeping(step, keeper).await?;
            Ok(vec![report])
        }
        _ => source.erase(std::slice::from_ref(step)).await,
    }
}

/// Brings back what the erasure took in one source.
pub(super) async fn take_back(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    source_name: &str,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?.value;
    let Some(progress) = request.sources.get(source_name) else {
        return nothing_to_do(service, claimed).await;
    };
    let sources = service.sources();
    let Some(source) = sources.all().get(source_name) else {
        return Ok(undeclared(source_name));
    };
    let Some(keeper) = keeper(service, &request).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let steps = steps(id, progress.attempts);
    service.world().reach("undo.before_source").await;
    let returns = source
        .take_back(&format!("{id}/undo"), &steps, &keeper)
        .await;
    let returns = match sources.noted(source_name, returns, service.now()) {
        Ok(returns) => returns,
        Err(error) => return blocked(service, id, source_name, &error).await,
    };
    service.world().reach("undo.after_source").await;
    let event = Event::Returned {
        source: source_name.to_owned(),
        returns,
    };
    // What came back is not to be erased again.
    let change = Change {
        remove_tombstones: vec![(id.clone(), source_name.to_owned())],
        ..Change::default()
    };
    end_with(service, claimed, id, event, change).await
}

/// Destroys the key, once the window is over.
pub(super) async fn end(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
) -> Result<Ended, ServiceError> {
    let mut change = Change::default();
    if service.store().sealed(id, KEY).await?.is_some() {
        change.sealed.push(SealedValue {
            subject_request: id.clone(),
            name: KEY.to_owned(),
            bytes: Vec::new(),
        });
    }
    service.world().reach("undo.before_end").await;
    end_with(service, claimed, id, Event::UndoEnded, change).await
}

/// Removes from a source what nobody can read any more.
pub(super) async fn forget(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    source_name: &str,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?.value;
    let sources = service.sources();
    let Some(source) = sources.all().get(source_name) else {
        return Ok(undeclared(source_name));
    };
    let attempts = request.sources.get(source_name).map(|own| own.attempts);
    let steps = steps(id, attempts.unwrap_or_default());
    let forgotten = source.forget(&steps).await;
    if let Err(error) = sources.noted(source_name, forgotten, service.now()) {
        return Ok(Ended::Waits {
            why: format!("source `{source_name}`: {error}"),
        });
    }
    service.commit(finishing(claimed)).await?;
    Ok(Ended::Done)
}

/// Keys of the steps that erased, in order.
fn steps(id: &SubjectRequestId, attempts: u32) -> Vec<String> {
    (0..attempts)
        .map(|attempt| super::erase::step(id, attempt))
        .collect()
}
