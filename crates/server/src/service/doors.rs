//! What a person does from outside with a link: confirm a subject request, see
//! it, fetch package and receipt. A link that is not ours opens nothing, and the
//! answer doesn't say why.

use std::sync::Arc;

use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::record::Record;
use candor_domain::subject_request::{Event, Proof, Rejection, State, SubjectRequest};
use candor_policy::charter::Charter;
use candor_store::{Change, StoreError};
use thiserror::Error;

use super::{Conversation, Service, ServiceError, Texts, add_record};
use crate::links::{self, Door};
use crate::people::OpenPerson;
use crate::sealed_stream::{self, File, OpenedStream};

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

    /// Takes the subject request behind a link back, as the person. One that was taken
    /// back before stays as it is.
    ///
    /// # Errors
    /// [`LinkError::Lapsed`] once it is being carried out.
    pub async fn take_back(&self, link: &str) -> Result<(), LinkError> {
        let request = self.behind(link).await?;
        if matches!(request.state, State::Cancelled { .. }) {
            return Ok(());
        }
        let event = Event::Cancelled { by: None };
        let taken = self
            .take_in(&request.id, &event, &Change::default())
            .await?;
        taken.map(|_| ()).map_err(|_| LinkError::Lapsed)
    }

    /// The receipt's text, without the opening: that went to the person by
    /// mail and is not kept.
    ///
    /// # Errors
    /// A [`LinkError`].
    pub async fn receipt(&self, link: &str) -> Result<String, LinkError> {
        let request = self.behind(link).await?;
        self.receipt_of(&request).await
    }

    /// The same, for callers who may have it.
    ///
    /// # Errors
    /// [`LinkError::Unknown`] where there is none.
    pub(crate) async fn receipt_of(&self, request: &SubjectRequest) -> Result<String, LinkError> {
        let chunk = self.store().chunk(&receipt_blob(&request.id), 0).await;
        let bytes = chunk.map_err(ServiceError::from)?;
        let bytes = bytes.ok_or(LinkError::Unknown)?;
        String::from_utf8(bytes).map_err(|_| ServiceError::Corrupt("receipt").into())
    }

    /// Whether there is a receipt.
    pub(crate) async fn has_receipt(&self, id: &SubjectRequestId) -> Result<bool, ServiceError> {
        Ok(self.store().chunk(&receipt_blob(id), 0).await?.is_some())
    }

    /// The package as a stream.
    ///
    /// # Errors
    /// [`LinkError::Unknown`] once it was removed.
    pub async fn package(&self, link: &str) -> Result<OpenedStream, LinkError> {
        let request = self.behind(link).await?;
        self.package_of(request).await
    }

    /// The package of a subject request as a stream, for callers who may have it.
    ///
    /// # Errors
    /// [`LinkError::Unknown`] where there is none.
    pub(crate) async fn package_of(
        &self,
        request: SubjectRequest,
    ) -> Result<OpenedStream, LinkError> {
        let blob = package_blob(&request.id);
        let exists = self.store().chunk(&blob, 0).await?.is_some();
        let person = self.person(&request.subject).await?;
        match person.filter(|_| exists) {
            None => Err(LinkError::Unknown),
            Some(person) => {
                let store = self.inner.store.clone();
                let file = File::package(&request.id);
                let person = Arc::new(person);
                Ok(sealed_stream::open_from(store, file, None, person))
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

    /// Whether there is a package to be fetched.
    pub(crate) async fn has_package(&self, id: &SubjectRequestId) -> Result<bool, ServiceError> {
        Ok(self.store().chunk(&package_blob(id), 0).await?.is_some())
    }

    /// Writes down in the ledger that somebody other than the person fetched a
    /// package.
    pub(crate) async fn record_fetch(
        &self,
        request: &SubjectRequest,
        by: &StaffId,
    ) -> Result<(), ServiceError> {
        let person = self.person(&request.subject).await?;
        let record = Record {
            kind: "subject_request.package_fetched".to_owned(),
            charter: request.charter.clone(),
            promises: vec![format!("right.{}", request.right.key())],
            subject_request: Some(request.id.clone()),
            subject: Some(request.subject.clone()),
            facts: [("by".to_owned(), serde_json::json!(by))].into(),
        };
        let mut change = Change::default();
        let commitment = person.as_ref().map(OpenPerson::commitment);
        add_record(&mut change, record, commitment, self.now());
        self.commit(change).await?;
        Ok(())
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
}

/// Name of the blob that holds a subject request's package.
pub(crate) fn package_blob(id: &SubjectRequestId) -> String {
    format!("package/{id}")
}

/// Name of the blob that holds a package's sheets while it is written.
pub(crate) fn sheets_blob(id: &SubjectRequestId) -> String {
    format!("sheets/{id}")
}

/// Name of the blob that holds the keys of the rows that an erasure took.
pub(crate) fn keys_blob(id: &SubjectRequestId) -> String {
    format!("keys/{id}")
}

/// Name of the blob that holds a subject request's receipt.
pub(crate) fn receipt_blob(id: &SubjectRequestId) -> String {
    format!("receipt/{id}")
}
