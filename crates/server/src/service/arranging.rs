//! What the person says beside the right, and what was written about it. Every text is sealed under the person's key and goes
//! with it; staff read it, and see whom it is about, only where they have
//! something to do.

use std::collections::BTreeMap;

use candor_domain::id::{StaffId, SubjectId, SubjectRequestId};
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::personal::Personal;
use candor_domain::rectification::Correction;
use candor_domain::subject_request::{
    Choices, Event, Ground, Rejection, SubjectRequest, System, Wish, WishError,
};
use candor_policy::charter::Right;
use candor_store::{Change, StoreError};
use thiserror::Error;

use super::rectifying::CorrectingError;
use super::{LinkError, OnceName, Service, ServiceError};
use crate::people;

/// Name of the sealed value that holds what the person wrote.
const WISH: &str = "wish";
/// Name of the sealed value that holds the answer to a complaint.
pub(super) const ANSWER: &str = "answer";

/// What a person says, as it comes in.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Declared purposes.
    pub purposes: Vec<String>,
    /// Why a use is to be restricted.
    pub ground: Option<Ground>,
    /// In their own words.
    pub text: Option<String>,
    /// What is to be put right.
    pub corrections: Vec<Correction>,
}

/// The texts of one subject request, opened; empty once the person is shredded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// What the person wrote.
    pub wish: Option<String>,
    /// The answer to a complaint.
    pub answer: Option<String>,
    /// What is to be put right.
    pub corrections: Vec<Correction>,
    /// What staff wrote about each task.
    pub notes: BTreeMap<System, String>,
    /// Whom it is about, where staff have something to do.
    pub contact: Option<Personal<String>>,
}

/// A wish that was not taken in.
#[derive(Debug, Error)]
pub enum SayError {
    /// No such subject request, or nothing behind the link.
    #[error("there is no such subject request")]
    Unknown,
    /// It doesn't wait for a wish (any more).
    #[error("{0}")]
    Rejected(#[from] Rejection),
    /// It leaves open what is asked.
    #[error("{0}")]
    Wish(#[from] WishError),
    /// Something inside.
    #[error("it could not be taken in")]
    Service(#[from] ServiceError),
}

impl From<StoreError> for SayError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<CorrectingError> for SayError {
    fn from(error: CorrectingError) -> Self {
        match error {
            CorrectingError::Wish(error) => Self::Wish(error),
            CorrectingError::Service(error) => Self::Service(error),
        }
    }
}

impl From<LinkError> for SayError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Unknown | LinkError::Lapsed => Self::Unknown,
            LinkError::Service(error) => Self::Service(error),
        }
    }
}

impl Service {
    /// Takes in what the person says on their own page.
    ///
    /// # Errors
    /// A [`SayError`].
    pub async fn say(&self, link: &str, said: &Said) -> Result<(), SayError> {
        let request = self.behind(link).await?;
        self.take_in_wish(&request, None, said, None).await
    }

    /// Takes in what the person told staff in another way; once where a name for it
    /// is given.
    ///
    /// # Errors
    /// A [`SayError`].
    pub async fn say_for(
        &self,
        id: &SubjectRequestId,
        by: &StaffId,
        said: &Said,
        once: Option<&OnceName>,
    ) -> Result<(), SayError> {
        let known = self.store().request(id).await?;
        let request = known.ok_or(SayError::Unknown)?.value;
        let by = Some(by.clone());
        self.take_in_wish(&request, by, said, once).await
    }

    async fn take_in_wish(
        &self,
        request: &SubjectRequest,
        by: Option<StaffId>,
        said: &Said,
        once: Option<&OnceName>,
    ) -> Result<(), SayError> {
        let charter = self.charter_of(request).await?;
        let has_text = said.text.is_some();
        let (wish, mut change) = if request.right == Right::Rectification {
            let corrections = &said.corrections;
            let in_force = self.charter();
            let correcting = self.correcting(request, &in_force, corrections, has_text);
            correcting.await?
        } else {
            let purposes = &said.purposes;
            let wish = Wish::new(request.right, &charter, purposes, said.ground, has_text);
            (wish?, Change::default())
        };
        if let Some(text) = &said.text {
            let sealed = self.sealing(request, WISH, text).await?;
            change.sealed.extend(sealed.sealed);
        }
        if request.right == Right::Restriction {
            change
                .holds
                .extend(self.restricted_meanwhile(request).await?);
        }
        change.once = once.map(|once| once.row(request.id.as_str()));
        let event = Event::Stated { by, wish };
        self.take_in(&request.id, &event, &change).await??;
        Ok(())
    }

    /// What was written about a subject request.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn texts(&self, request: &SubjectRequest) -> Result<Texts, ServiceError> {
        let Some(person) = self.person(&request.subject).await? else {
            return Ok(Texts::default());
        };
        let mut texts = Texts {
            wish: self.unsealed(&person, request, WISH).await?,
            answer: self.unsealed(&person, request, ANSWER).await?,
            corrections: self.corrections(request).await?,
            ..Texts::default()
        };
        for system in request.tasks.keys() {
            if let Some(note) = self.unsealed(&person, request, &note_name(system)).await? {
                texts.notes.insert(system.clone(), note);
            }
        }
        if request.open_tasks().next().is_some() {
            texts.contact = Some(person.contact.value);
        }
        Ok(texts)
    }

    /// What a person has chosen for good, by an identity of theirs: nothing
    /// where nobody is known by it.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn choices(&self, about: &str, email: &str) -> Result<Choices, ServiceError> {
        let contact = Identity::new(EMAIL, email);
        let index = people::contact_index(self.root(), about, None, &contact);
        match self.store().subject_by_contact(&index).await? {
            Some(row) => self.choices_of(&row.id).await,
            None => Ok(Choices::default()),
        }
    }

    async fn choices_of(&self, subject: &SubjectId) -> Result<Choices, ServiceError> {
        let known = self.store().requests_of(subject).await?;
        let requests: Vec<SubjectRequest> = known.into_iter().map(|known| known.value).collect();
        Ok(Choices::of(&requests))
    }
}

pub(super) fn note_name(system: &System) -> String {
    format!("note/{system}")
}
