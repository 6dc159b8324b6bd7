//! What is written into sources for a subject request: corrections, which are
//! sealed, and marks, which the map says. A new address is proved by a link that
//! goes there and nowhere else, and only then our own record follows.

use candor_connect::Source;
use candor_connect::mail::is_address;
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::rectification::{self, Correction, Writing, changes_identity};
use candor_domain::subject_request::{
    Event, Rejection, State, SubjectRequest, Wish, WishError, duties_of,
};
use candor_policy::charter::{Charter, Right};
use candor_store::{Change, Recontact};

use super::holds::concerning;
use super::{LinkError, Service, ServiceError, StandingError};
use crate::links::{self, Door};
use crate::people;

/// Name of the sealed value that holds what is wrong and what is right.
const CORRECTIONS: &str = "corrections";

/// The hold that a restriction is: it is there so that what is contested can be
/// checked, and so does not keep it from being put right.
const RESTRICTION: &str = "hold.restriction";

impl Service {
    /// What a person wants to have put right, checked and sealed.
    pub(super) async fn correcting(
        &self,
        request: &SubjectRequest,
        charter: &Charter,
        corrections: &[Correction],
        has_text: bool,
    ) -> Result<(Wish, Change), CorrectingError> {
        let wish = Wish::correcting(charter, &request.about, corrections, has_text)?;
        let mut corrections = corrections.to_vec();
        for correction in &mut corrections {
            if changes_identity(charter, &request.about, &correction.what) {
                // Somebody may have several addresses: the one they showed us is
                // meant, unless they say otherwise.
                if correction.was.is_none() {
                    let person = self.person(&request.subject).await?;
                    let contact = person.map(|person| person.contact);
                    let contact = contact.filter(|contact| contact.kind == EMAIL);
                    correction.was = contact.map(|contact| contact.value);
                }
                let value = correction.value.as_ref();
                let address = value.map(|value| value.expose("it is checked to be an address"));
                if !address.is_some_and(|address| is_address(address)) {
                    return Err(WishError::Value.into());
                }
            }
        }
        if corrections.is_empty() {
            return Ok((wish, Change::default()));
        }
        let text = serde_json::to_string(&corrections);
        let text = text.map_err(|_| ServiceError::Corrupt("corrections"))?;
        Ok((wish, self.sealing(request, CORRECTIONS, &text).await?))
    }

    /// What is to be put right, opened; empty once the person is shredded.
    pub(crate) async fn corrections(
        &self,
        request: &SubjectRequest,
    ) -> Result<Vec<Correction>, ServiceError> {
        let wished = request.wish.as_ref();
        if wished.is_none_or(|wish| wish.corrections.is_empty()) {
            return Ok(Vec::new());
        }
        let Some(person) = self.person(&request.subject).await? else {
            return Ok(Vec::new());
        };
        let text = self.unsealed(&person, request, CORRECTIONS).await?;
        let text = text.ok_or(ServiceError::Corrupt("corrections"))?;
        serde_json::from_str(&text).map_err(|_| ServiceError::Corrupt("corrections"))
    }

    /// What a subject request writes into a source; `lifted` for the end of a
    /// restriction. Under the version in force: its map is the source's.
    pub(crate) async fn writings(
        &self,
        request: &SubjectRequest,
        source: &str,
        lifted: bool,
    ) -> Result<Vec<Writing>, ServiceError> {
        let charter = self.charter();
        if request.right != Right::Rectification {
            return Ok(rectification::marks(&charter, request, source, lifted));
        }
        let corrections = self.corrections(request).await?;
        let about = &request.about;
        Ok(rectification::writings(
            &charter,
            about,
            source,
            &corrections,
        ))
    }

    /// Who has to do what; asks each source whether it can be written.
    pub(crate) async fn duties(
        &self,
        request: &SubjectRequest,
    ) -> Result<candor_domain::subject_request::Duties, candor_connect::SourceError> {
        let mut able = std::collections::BTreeSet::new();
        for (name, source) in self.sources().all_of(request.tenant.as_ref())? {
            if source.can_rewrite().await? {
                able.insert(name);
            }
        }
        Ok(duties_of(request, &self.charter(), &|source| {
            able.contains(source)
        }))
    }

    /// Why what is to be put right has to stay as it is: a hold keeps the table.
    pub(crate) async fn held_writings(
        &self,
        request: &SubjectRequest,
        source: &Source,
        identities: &[Identity],
        writings: &[Writing],
    ) -> Result<Vec<String>, StandingError> {
        if request.right != Right::Rectification {
            return Ok(Vec::new());
        }
        let standing = concerning(&self.standing().await?, request);
        let mut held = source.held(identities, &standing).await?;
        held.retain(|_, hold| hold != RESTRICTION);
        let kept = writings.iter().filter_map(|writing| {
            let hold = held.get(&writing.table)?;
            let Writing { table, column, .. } = writing;
            Some(format!("`{table}.{column}` is kept as it is: {hold}"))
        });
        Ok(kept.collect())
    }

    /// The new address of a person who wants to be known by another.
    pub(crate) async fn new_contact(
        &self,
        request: &SubjectRequest,
    ) -> Result<Option<Identity>, ServiceError> {
        if request.new_contact.is_none() {
            return Ok(None);
        }
        let charter = self.charter();
        let corrections = self.corrections(request).await?.into_iter().rev();
        let mut moving = corrections
            .filter(|one| changes_identity(&charter, &request.about, &one.what))
            .filter_map(|one| one.value);
        let value = moving.next();
        Ok(value.map(|value| Identity::new(EMAIL, value.expose("it is the new address").trim())))
    }

    /// Everything that leads to the person: what was written down before, and the
    /// new address once it is written somewhere.
    pub(crate) async fn known_by(
        &self,
        request: &SubjectRequest,
        mut identities: Vec<Identity>,
    ) -> Result<Vec<Identity>, ServiceError> {
        identities.extend(self.new_contact(request).await?);
        identities.sort();
        identities.dedup();
        Ok(identities)
    }

    /// The address of the page that proves a new address; it works for that one
    /// alone.
    pub(crate) fn contact_address(&self, id: &SubjectRequestId, contact: &Identity) -> String {
        let value = contact.value.expose("the link is a keyed hash of it");
        let door = Door::Contact(value);
        let link = links::link(self.root(), door, id);
        format!("{}/requests/contact/{link}", self.public_address())
    }

    /// The subject request whose new address a link would prove; for the page
    /// that asks before it does.
    ///
    /// # Errors
    /// A [`LinkError`].
    pub async fn contact_provable(&self, link: &str) -> Result<SubjectRequest, LinkError> {
        let id = links::named(link).ok_or(LinkError::Unknown)?;
        let known = self.store().request(&id).await?;
        let request = known.ok_or(LinkError::Unknown)?.value;
        let contact = self.new_contact(&request).await?;
        let contact = contact.ok_or(LinkError::Unknown)?;
        let value = contact.value.expose("the link is a keyed hash of it");
        links::open(self.root(), Door::Contact(value), link).ok_or(LinkError::Unknown)?;
        match request.state {
            State::Locating | State::Undecided => Ok(request),
            _ => Err(LinkError::Lapsed),
        }
    }

    /// Takes in that the new address is the person's. Twice is as good as once.
    /// Whoever holds this link sees nothing of the person's page.
    ///
    /// # Errors
    /// A [`LinkError`].
    pub async fn prove_contact(&self, link: &str) -> Result<(), LinkError> {
        let request = self.contact_provable(link).await?;
        let proved = self
            .take_in(&request.id, &Event::ContactProved, &Change::default())
            .await?;
        match proved {
            Ok(_) | Err(Rejection::Repeated) => Ok(()),
            Err(_) => Err(LinkError::Lapsed),
        }
    }

    /// Our own record under the new address, once it stands in the sources. Where
    /// there is a record under it already, that one stays.
    pub(crate) async fn recontact(
        &self,
        request: &SubjectRequest,
    ) -> Result<Option<Recontact>, ServiceError> {
        let Some(contact) = self.new_contact(request).await? else {
            return Ok(None);
        };
        let tenant = request.tenant.as_ref();
        let index = people::contact_index(self.root(), &request.about, tenant, &contact);
        if self.store().subject_by_contact(&index).await?.is_some() {
            return Ok(None);
        }
        let Some(row) = self.store().subject(&request.subject).await? else {
            return Ok(None);
        };
        let sealed = people::moved(&self.vault(), &row, contact)?;
        Ok(sealed.map(|sealed| Recontact {
            subject: row.id,
            contact_index: index,
            sealed,
        }))
    }
}

/// Corrections that were not taken in.
pub(super) enum CorrectingError {
    /// They leave open what is asked, or don't fit.
    Wish(WishError),
    /// Something inside.
    Service(ServiceError),
}

impl From<WishError> for CorrectingError {
    fn from(error: WishError) -> Self {
        Self::Wish(error)
    }
}

impl From<ServiceError> for CorrectingError {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}
