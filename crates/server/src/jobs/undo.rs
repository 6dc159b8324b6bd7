//! Taking an erasure back: the key under which its rows are kept, bringing them
//! back, and destroying the key when the window is over. The key is random, its
//! own for each subject request, and sealed under the person's; nothing but
//! this module opens what a source keeps.

use std::sync::Arc;

use candor_connect::{SealFailed, Sealer};
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Event, SubjectRequest};
use candor_domain::undo::unkept;
use candor_seal::entropy::Entropy;
use candor_seal::envelope::{Place, Sealed};
use candor_seal::keys::{SubjectKey, WrappedKey};
use candor_store::rows::ClaimedJob;
use candor_store::{Change, SealedValue};

use super::close::shred_fields;
use super::visit::{Done, Stop, Visit};
use super::{Ended, end_with};
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

/// Brings back what the erasure took in one source.
pub(super) async fn take_back(visit: &Visit<'_>) -> Result<Done, Stop> {
    let steps = steps(visit)?;
    let (service, source) = (visit.service, visit.source()?);
    let keeper = keeper(service, &visit.request).await?;
    let keeper = keeper.ok_or(Stop::Nothing)?;
    service.world().reach("undo.before_source").await;
    let returns = if visit.noted(source.can_take_back().await)? {
        let key = format!("{}/undo", visit.request.id);
        visit.noted(source.take_back(&key, &steps, &keeper).await)?
    } else {
        // It stays erased there, and that is what the undo says.
        unkept(&visit.progress()?.effects)
    };
    service.world().reach("undo.after_source").await;
    let source = visit.source_name.to_owned();
    Ok(Done {
        // What came back is not to be erased again.
        remove_tombstones: vec![(visit.request.id.clone(), source.clone())],
        ..Done::from(Event::Returned { source, returns })
    })
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
    let request = service.required(id).await?.value;
    if !request.is_undone() {
        shred_fields(service, &request, &mut change).await?;
    }
    service.world().reach("undo.before_end").await;
    end_with(service, claimed, id, Event::UndoEnded, change).await
}

/// Removes from a source what nobody can read any more; nobody waits for that.
pub(super) async fn forget(visit: &Visit<'_>) -> Result<Done, Stop> {
    let forgotten = visit.source()?.forget(&steps(visit)?).await;
    visit.noted(forgotten).map_err(|stop| visit.aside(stop))?;
    Err(Stop::Nothing)
}

/// Keys of the steps that erased, in order.
fn steps(visit: &Visit<'_>) -> Result<Vec<String>, Stop> {
    let attempts = 0..visit.progress()?.attempts;
    let id = &visit.request.id;
    Ok(attempts
        .map(|attempt| super::erase::step(id, attempt))
        .collect())
}
