//! Filing through a protocol: who files is told how it goes. INVARIANT: what a
//! party names once leads to one subject request, however often it is sent.

use candor_connect::http::Client;
use candor_domain::subject_request::{Event, Follower, Rejection, SubjectRequest};
use candor_store::Change;

use super::{FileError, Filing, OnceName, Service};
use crate::protocols::Parties;

impl Service {
    /// Files a subject request that a party follows; the one it led to before, where
    /// it was filed under the same name.
    pub(crate) async fn file_followed(
        &self,
        filing: Filing,
        mut follower: Follower,
    ) -> Result<SubjectRequest, FileError> {
        follower.is_proved = filing.proved.is_some();
        let name = filing.once.clone();
        let known = self.filed_before(name.as_ref()).await?;
        let (id, is_repeat) = match known {
            Some(known) => (known.id, true),
            None => match self.file_for(filing).await {
                Ok(filed) => (filed.id, false),
                // The same, sent twice at once: this one is second.
                Err(FileError::Before) => match self.filed_before(name.as_ref()).await? {
                    Some(known) => (known.id, true),
                    None => return Err(FileError::Before),
                },
                Err(error) => return Err(error),
            },
        };
        let request = self.required(&id).await?.value;
        let same = |one: &Follower| {
            one.is_of(follower.protocol, &follower.party) && one.reference == follower.reference
        };
        // What it took back stays so, whoever sends its old message again.
        if is_repeat && request.followers.iter().any(same) {
            return Ok(request);
        }
        let event = Event::Followed { follower };
        match self.take_in(&id, &event, &Change::default()).await? {
            Ok(request) => Ok(request),
            Err(Rejection::Repeated) => Ok(self.required(&id).await?.value),
            Err(_) => Err(FileError::TooMany),
        }
    }

    async fn filed_before(
        &self,
        name: Option<&OnceName>,
    ) -> Result<Option<SubjectRequest>, FileError> {
        let Some(name) = name else {
            return Ok(None);
        };
        let Some(row) = self.remembered(&name.scope, &name.name).await? else {
            return Ok(None);
        };
        if row.fingerprint != name.fingerprint {
            return Err(FileError::Before);
        }
        let id = row.outcome.parse();
        let id = id.map_err(|_| super::ServiceError::Corrupt("subject request"))?;
        Ok(Some(self.required(&id).await?.value))
    }

    /// Who may file through a protocol.
    pub(crate) fn parties(&self) -> Parties {
        self.inner.parties.clone()
    }

    /// What parties are told with.
    pub(crate) fn callbacks(&self) -> &Client {
        &self.inner.callbacks
    }
}
