//! What a person is asked and what they answer, and texts as they are kept. Question and answer are sealed under the person's key and go with it;
//! no mail carries them.

use candor_domain::subject_request::{Event, Rejection, SubjectRequest};
use candor_store::{Change, SealedValue};

use super::{LinkError, Service, ServiceError};
use crate::people::OpenPerson;

/// Characters of a question or an answer.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Name of the sealed value that holds what the person is asked.
pub(super) const QUESTION: &str = "question";
/// Name of the sealed value that holds what they answered.
const REPLY: &str = "reply";

/// What a person was asked and what they answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversation {
    /// In the words of staff.
    pub question: Option<String>,
    /// In the words of the person.
    pub reply: Option<String>,
}

/// A text as it is kept: without space around it, `None` where nothing is left
/// or it is too long.
#[must_use]
pub fn kept_text(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX).then_some(text)
}

impl Service {
    /// The person's answer, from their own page. One that comes when nothing is
    /// asked any more is not kept.
    ///
    /// # Errors
    /// A [`LinkError`]: [`LinkError::Lapsed`] where nothing is asked any more.
    pub async fn reply(&self, link: &str, text: &str) -> Result<(), LinkError> {
        let request = self.behind(link).await?;
        let change = self.sealing(&request, REPLY, text).await?;
        let event = Event::Replied { by: None };
        let taken = self.take_in(&request.id, &event, &change).await?;
        taken.map(|_| ()).map_err(|_: Rejection| LinkError::Lapsed)
    }

    /// What the person was asked and answered; nothing once they are shredded.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn conversation(
        &self,
        request: &SubjectRequest,
    ) -> Result<Conversation, ServiceError> {
        if request.clock.pause.is_none() {
            return Ok(Conversation::default());
        }
        let Some(person) = self.person(&request.subject).await? else {
            return Ok(Conversation::default());
        };
        let mut texts = [None, None];
        for (text, name) in texts.iter_mut().zip([QUESTION, REPLY]) {
            *text = self.unsealed(&person, request, name).await?;
        }
        let [question, reply] = texts;
        Ok(Conversation { question, reply })
    }

    /// A text that was sealed beside a subject request, opened.
    pub(super) async fn unsealed(
        &self,
        person: &OpenPerson,
        request: &SubjectRequest,
        name: &str,
    ) -> Result<Option<String>, ServiceError> {
        let sealed = self.store().sealed(&request.id, name).await?;
        sealed
            .map(|bytes| person.unseal(&request.id, name, bytes))
            .transpose()
    }

    pub(super) async fn sealing(
        &self,
        request: &SubjectRequest,
        name: &str,
        text: &str,
    ) -> Result<Change, ServiceError> {
        let person = self.person(&request.subject).await?;
        let person = person.ok_or(ServiceError::Corrupt("person"))?;
        let entropy = self.world().entropy.as_ref();
        let sealed = SealedValue {
            subject_request: request.id.clone(),
            name: name.to_owned(),
            bytes: person.seal(&request.id, name, &text, entropy)?,
        };
        Ok(Change {
            sealed: vec![sealed],
            ..Change::default()
        })
    }
}
