//! What a person does from outside: file a subject request, confirm it, see
//! it, fetch package and receipt. Answers about an address that was not yet
//! proved are the same whoever it belongs to.

use std::num::NonZeroU32;
use std::sync::Arc;

use candor_connect::mail::is_address;
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::subject_request::{
    self, Channel, Event, Proof, Rejection, State, SubjectRequest, Terms,
};
use candor_domain::work::{Job, Message};
use candor_policy::charter::{Charter, Right, Role};
use candor_seal::token::token_hash;
use candor_store::{Change, RequestWrite, StoreError};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use thiserror::Error;

use super::{Conversation, Service, ServiceError, Texts, add_effects};
use crate::links::{self, Door};
use crate::people;
use crate::sealed_stream::{self, OpenedStream};

/// Subject requests filed for one address, an hour.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// Subject requests filed in all, a minute.
const IN_ALL: NonZeroU32 = NonZeroU32::new(120).unwrap();
/// Addresses remembered by the rate limit before quiet ones are forgotten.
const ADDRESSES_MAX: usize = 100_000;

/// Sign-ins tried for one login, a minute.
const SIGN_INS: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// How often strangers may knock.
pub(crate) struct Limits {
    sign_ins: DefaultKeyedRateLimiter<[u8; 32]>,
    per_address: DefaultKeyedRateLimiter<[u8; 32]>,
    in_all: DefaultDirectRateLimiter,
}

impl Limits {
    pub(crate) fn new() -> Self {
        Self {
            sign_ins: RateLimiter::keyed(Quota::per_minute(SIGN_INS)),
            per_address: RateLimiter::keyed(Quota::per_hour(PER_ADDRESS)),
            in_all: RateLimiter::direct(Quota::per_minute(IN_ALL)),
        }
    }

    pub(crate) fn allows_sign_in(&self, login: &str) -> bool {
        if self.sign_ins.len() > ADDRESSES_MAX {
            self.sign_ins.retain_recent();
        }
        self.sign_ins.check_key(&token_hash(login)).is_ok()
    }

    fn allows(&self, address: &[u8; 32]) -> bool {
        if self.per_address.len() > ADDRESSES_MAX {
            self.per_address.retain_recent();
        }
        self.per_address.check_key(address).is_ok() && self.in_all.check().is_ok()
    }
}

/// A subject request that was not filed.
#[derive(Debug, Error)]
pub enum FileError {
    /// Not an address.
    #[error("this is not an e-mail address")]
    Address,
    /// The policy in force has no terms for it.
    #[error("the policy in force does not offer this right here")]
    NotOffered,
    /// Too many.
    #[error("too many requests; try again in an hour")]
    TooMany,
    /// Something inside.
    #[error("the request could not be filed")]
    Service(#[from] ServiceError),
}

/// A link that opens nothing.
#[derive(Debug, Error)]
pub enum LinkError {
    /// No such link, or nothing behind it any more.
    #[error("there is nothing behind this link")]
    Unknown,
    /// Its time is over.
    #[error("this link has lapsed")]
    Lapsed,
    /// Something inside.
    #[error("the page could not be shown")]
    Service(#[from] ServiceError),
}

impl From<StoreError> for FileError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<StoreError> for LinkError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// What a person sees of their subject request.
#[derive(Clone, Debug)]
pub struct PersonPage {
    /// The subject request.
    pub request: SubjectRequest,
    /// The charter it was filed under.
    pub charter: Arc<Charter>,
    /// Whether a package can be fetched.
    pub package: bool,
    /// Whether a receipt can be fetched.
    pub receipt: bool,
    /// What the person is asked, and answered.
    pub conversation: Conversation,
    /// What they wrote, and what staff wrote about it.
    pub texts: Texts,
}

impl Service {
    /// Files a subject request for whoever receives mail at an address. The
    /// outcome is the same for known and unknown addresses; the link that
    /// confirms it goes to that address only.
    ///
    /// # Errors
    /// A [`FileError`].
    pub async fn file(&self, right: Right, email: &str) -> Result<(), FileError> {
        self.file_through(right, email, Channel::Form).await?;
        Ok(())
    }

    /// Files a subject request that came in through a channel; gives its id to
    /// callers who may know it.
    ///
    /// # Errors
    /// A [`FileError`].
    pub async fn file_through(
        &self,
        right: Right,
        email: &str,
        channel: Channel,
    ) -> Result<SubjectRequestId, FileError> {
        let contact = Identity::new(EMAIL, email);
        if !is_address(contact.value.expose("it is checked before it is stored")) {
            return Err(FileError::Address);
        }
        let charter = self.charter();
        let about = asks_by_mail(&charter).ok_or(FileError::NotOffered)?;
        let index = people::contact_index(self.root(), about, &contact);
        if !self.inner.limits.allows(&index) {
            return Err(FileError::TooMany);
        }
        // Two at once for a new address: the second finds the first's record.
        match self.file_once(right, about, &contact, index, channel).await {
            Err(FileError::Service(ServiceError::Store(StoreError::Conflict { .. }))) => {
                self.file_once(right, about, &contact, index, channel).await
            }
            outcome => outcome,
        }
    }

    async fn file_once(
        &self,
        right: Right,
        about: &str,
        contact: &Identity,
        index: [u8; 32],
        channel: Channel,
    ) -> Result<SubjectRequestId, FileError> {
        let now = self.now();
        let mut change = Change::default();
        let row = match self.store().subject_by_contact(&index).await? {
            Some(row) => row,
            None => {
                let entropy = self.world().entropy.as_ref();
                let row = people::create(self.root(), about, contact.clone(), entropy, now)?;
                change.subjects.push(row.clone());
                row
            }
        };
        let known = self.store().requests_of(&row.id).await?;
        let mut open = known.into_iter().filter(|known| !known.value.is_over());
        if let Some(same) = open.find(|known| known.value.right == right) {
            return self.repeat_mail(same.value.id).await;
        }
        let person = people::open(self.root(), &row)?.ok_or(ServiceError::Corrupt("person"))?;
        let terms = Terms {
            id: self.new_request_id()?,
            right,
            about: about.to_owned(),
            subject: row.id.clone(),
            channel,
            tenant: None,
            proof: None,
        };
        let running = self.running();
        let charter = &running.charter.charter;
        let (request, effects) =
            subject_request::file(terms, charter, now).map_err(|_| FileError::NotOffered)?;
        let id = request.id.clone();
        add_effects(&mut change, effects, Some(person.commitment()), now);
        change.requests.push(RequestWrite {
            request,
            expected: None,
        });
        self.commit(change).await?;
        Ok(id)
    }

    /// The same right asked twice is one subject request: the mail goes again.
    async fn repeat_mail(&self, open: SubjectRequestId) -> Result<SubjectRequestId, FileError> {
        let job = Job::SendMail {
            subject_request: open.clone(),
            message: Message::Verify,
        };
        let change = Change {
            enqueue: vec![(job, self.now())],
            ..Change::default()
        };
        self.commit(change).await?;
        Ok(open)
    }

    /// Confirms a subject request and gives the link to its page. Confirming
    /// twice gives the same link.
    ///
    /// # Errors
    /// A [`LinkError`].
    pub async fn confirm(&self, link: &str) -> Result<String, LinkError> {
        let id = links::open(self.root(), Door::Confirm, link).ok_or(LinkError::Unknown)?;
        self.store().request(&id).await?.ok_or(LinkError::Unknown)?;
        let event = Event::Verified { proof: Proof::Mail };
        match self.take_in(&id, &event, &Change::default()).await? {
            Ok(_) | Err(Rejection::AlreadyVerified) => {
                Ok(links::link(self.root(), Door::Page, &id))
            }
            Err(_) => Err(LinkError::Lapsed),
        }
    }

    /// Whether a link that confirms could still be used; for the page that
    /// asks before it is.
    ///
    /// # Errors
    /// A [`LinkError`].
    pub async fn confirmable(&self, link: &str) -> Result<SubjectRequest, LinkError> {
        let id = links::open(self.root(), Door::Confirm, link).ok_or(LinkError::Unknown)?;
        let request = self.store().request(&id).await?.ok_or(LinkError::Unknown)?;
        let over = match request.value.state {
            State::Lapsed { .. } | State::Cancelled { .. } => true,
            State::Unverified { expires_at } => self.now() > expires_at,
            _ => false,
        };
        if over {
            Err(LinkError::Lapsed)
        } else {
            Ok(request.value)
        }
    }

    /// What a person sees of their subject request.
    ///
    /// # Errors
    /// A [`LinkError`].
    pub async fn person_page(&self, link: &str) -> Result<PersonPage, LinkError> {
        let request = self.behind(link).await?;
        let charter = self.charter_of(&request).await?;
        let package = self.store().chunk(&package_blob(&request.id), 0).await?;
        let receipt = self.store().chunk(&receipt_blob(&request.id), 0).await?;
        Ok(PersonPage {
            package: package.is_some(),
            receipt: receipt.is_some(),
            conversation: self.conversation(&request).await?,
            texts: self.texts(&request).await?,
            request,
            charter,
        })
    }

    /// The receipt's text, without the opening: that went to the person by
    /// mail and is not kept.
    ///
    /// # Errors
    /// A [`LinkError`].
    pub async fn receipt(&self, link: &str) -> Result<String, LinkError> {
        let request = self.behind(link).await?;
        let chunk = self.store().chunk(&receipt_blob(&request.id), 0).await?;
        let bytes = chunk.ok_or(LinkError::Unknown)?;
        String::from_utf8(bytes).map_err(|_| ServiceError::Corrupt("receipt").into())
    }

    /// The package as a stream.
    ///
    /// # Errors
    /// [`LinkError::Unknown`] once it was removed.
    pub async fn package(&self, link: &str) -> Result<OpenedStream, LinkError> {
        let request = self.behind(link).await?;
        let blob = package_blob(&request.id);
        let exists = self.store().chunk(&blob, 0).await?.is_some();
        let person = self.person(&request.subject).await?;
        match person.filter(|_| exists) {
            None => Err(LinkError::Unknown),
            Some(person) => {
                let store = self.inner.store.clone();
                Ok(sealed_stream::open_from(store, blob, person, request.id))
            }
        }
    }

    /// The whole package, opened. For callers that keep it in memory; pages
    /// stream it.
    ///
    /// # Errors
    /// A [`LinkError`].
    pub async fn package_bytes(&self, link: &str) -> Result<Vec<u8>, LinkError> {
        let mut bytes = Vec::new();
        let mut package = self.package(link).await?;
        while let Some(part) = package.next().await? {
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    }

    /// The subject request behind a link to its page.
    pub(crate) async fn behind(&self, link: &str) -> Result<SubjectRequest, LinkError> {
        let id = links::open(self.root(), Door::Page, link).ok_or(LinkError::Unknown)?;
        let request = self.store().request(&id).await?.ok_or(LinkError::Unknown)?;
        Ok(request.value)
    }

    /// The charter a subject request was filed under.
    pub(crate) async fn charter_of(
        &self,
        request: &SubjectRequest,
    ) -> Result<Arc<Charter>, ServiceError> {
        let in_force = self.charter();
        if in_force.id == request.charter {
            return Ok(in_force);
        }
        let row = self.store().charter(&request.charter).await?;
        let row = row.ok_or(ServiceError::Corrupt("charter"))?;
        Ok(Arc::new(row.charter))
    }

    fn new_request_id(&self) -> Result<SubjectRequestId, ServiceError> {
        let mut bytes = [0; 16];
        self.world().entropy.fill(&mut bytes)?;
        Ok(SubjectRequestId::from_random(bytes))
    }
}

/// Name of the blob that holds a subject request's package.
pub(crate) fn package_blob(id: &SubjectRequestId) -> String {
    format!("package/{id}")
}

/// Name of the blob that holds a package's sheets while it is written.
pub(crate) fn sheets_blob(id: &SubjectRequestId) -> String {
    format!("sheets/{id}")
}

/// Name of the blob that holds a subject request's receipt.
pub(crate) fn receipt_blob(id: &SubjectRequestId) -> String {
    format!("receipt/{id}")
}

/// The kind of person who proves an e-mail address to us: the first for which
/// the company is controller.
fn asks_by_mail(charter: &Charter) -> Option<&str> {
    let mut people = charter.people.iter();
    let found = people.find(|(_, person)| {
        person.role == Role::Controller && person.known_by.iter().any(|kind| kind == EMAIL)
    });
    found.map(|(kind, _)| kind.as_str())
}
