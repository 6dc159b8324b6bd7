//! Filing a subject request, through whichever way in. What a stranger gets is the
//! same for every address; what is vouched for or signed in needs no mail.
//! INVARIANT: one person has one open subject request of a right: whoever files it
//! again is attached to it. Refuses identities that nothing proves.

use candor_connect::mail::is_address;
use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::subject_request::{self, Channel, Event, Proof, SubjectRequest, Tenant, Terms};
use candor_domain::work::{Job, Message};
use candor_policy::charter::{Charter, Person, Right, Role};
use candor_store::rows::{OnceRow, SubjectRow, Versioned};
use candor_store::{Change, ONCE, RequestWrite, SealedValue, StoreError};
use jiff::Timestamp;
use thiserror::Error;

use super::fields::fields_index;
use super::{CONFLICTS_MAX, Service, ServiceError, add_effects};
use crate::people::{self, OpenPerson};

/// Bytes of one identity.
const IDENTITY_BYTES_MAX: usize = 320;
/// Name of the sealed value that holds identities beside the contact.
const IDENTITIES: &str = "identities";
/// Name of the sealed value that holds why somebody vouched.
const VOUCHED: &str = "vouched";

/// What somebody files.
#[derive(Clone, Debug)]
pub struct Filing {
    /// The right.
    pub right: Right,
    /// Kind of person, as declared; `None` for the first whom the way in is for.
    pub about: Option<String>,
    /// What leads to the person, each of another kind.
    pub identities: Vec<Identity>,
    /// How it comes in.
    pub channel: Channel,
    /// The business customer whose end user it is about.
    pub tenant: Option<Tenant>,
    /// When it reached the organisation, where that was earlier than now.
    pub received_at: Option<Timestamp>,
    /// What shows already that it is the person.
    pub proved: Option<Proved>,
    /// What makes sure that it happens once.
    pub once: Option<OnceName>,
}

/// What shows that it is the person who asks, with what is written down of it.
#[derive(Clone, Debug)]
pub enum Proved {
    /// Somebody vouches.
    Vouched {
        /// Who.
        who: StaffId,
        /// Why, in words: sealed under the person's key.
        reason: String,
    },
    /// They were signed in.
    Login,
}

/// A name under which something happens once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceName {
    /// Whose names these are.
    pub scope: String,
    /// Keyed hash of the name.
    pub name: [u8; 32],
    /// Keyed hash of everything asked under it.
    pub fingerprint: [u8; 32],
    /// Until when it is remembered.
    pub expires_at: Timestamp,
}

/// What came of filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The subject request.
    pub id: SubjectRequestId,
    /// Whether it was open before: then this one was attached to it.
    pub attached: bool,
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
    /// Not a kind of person the policy declares, or not one for this way in.
    #[error("the policy declares no such people here")]
    About,
    /// An end user of a business customer needs the customer named, and nobody
    /// else may have one.
    #[error("a tenant is named for people of a processor's customers, and for nobody else")]
    Tenant,
    /// Such people aren't known by it, or it is empty or too long.
    #[error("`{kind}` does not lead to such people, or its value is empty or too long")]
    Identity {
        /// Kind of identity.
        kind: String,
    },
    /// A mail proves an address and nothing else.
    #[error("a mail can only prove one e-mail address; anything else needs somebody who vouches")]
    Unprovable,
    /// It happened under this name already.
    #[error("this was filed before under the same name")]
    Before,
    /// Too many.
    #[error("too many requests; try again in an hour")]
    TooMany,
    /// Something inside.
    #[error("the request could not be filed")]
    Service(#[from] ServiceError),
}

impl From<StoreError> for FileError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { what: ONCE } => Self::Before,
            other => Self::Service(other.into()),
        }
    }
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
        let filing = Filing {
            right,
            about: None,
            identities: vec![Identity::new(EMAIL, email)],
            channel,
            tenant: None,
            received_at: None,
            proved: None,
            once: None,
        };
        Ok(self.file_for(filing).await?.id)
    }

    /// Files a subject request. One of the same person and right that is open
    /// takes it in; where it waited for a proof and this one has it, it goes on.
    ///
    /// # Errors
    /// A [`FileError`].
    pub async fn file_for(&self, filing: Filing) -> Result<Filed, FileError> {
        let charter = self.charter();
        let whose = Whose::of(&charter, &filing)?;
        let index = whose.index(self);
        let limits = &self.inner.limits;
        let allowed = match (&filing.proved, filing.channel) {
            (Some(_), _) => true,
            (None, Channel::Form) => limits.allows_stranger(&index),
            (None, _) => limits.allows_mail(&index),
        };
        if !allowed {
            return Err(FileError::TooMany);
        }
        // Two at once for one person: whoever is second finds what the first wrote.
        let mut conflicts = 0;
        loop {
            let mut change = Change::default();
            let filed = self.add_filing(&filing, &whose, &mut change).await?;
            match self.commit(change).await.map_err(FileError::of_service) {
                Ok(_) => return Ok(filed),
                Err(FileError::Service(ServiceError::Store(StoreError::Conflict { .. })))
                    if conflicts < CONFLICTS_MAX =>
                {
                    conflicts += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Adds a filing to a change, which may hold others already: what they bring is
    /// seen as if it were stored.
    pub(crate) async fn add_filing(
        &self,
        filing: &Filing,
        whose: &Whose,
        change: &mut Change,
    ) -> Result<Filed, FileError> {
        let now = self.now();
        let row = self.record_of(whose, change).await?;
        if let Some(same) = self.open_one(&row, filing.right, change).await? {
            return self.attach(filing, whose, same, change).await;
        }
        let person = people::open(&self.vault(), &row)?.ok_or(ServiceError::Corrupt("person"))?;
        let terms = Terms {
            id: self.new_request_id()?,
            right: filing.right,
            about: whose.about.clone(),
            subject: row.id.clone(),
            channel: filing.channel,
            tenant: filing.tenant.clone(),
            received_at: filing.received_at,
            proof: filing.proved.as_ref().map(Proved::proof),
        };
        let running = self.running();
        let charter = &running.charter;
        let (request, effects) =
            subject_request::file(terms, charter, now).map_err(|_| FileError::NotOffered)?;
        let id = request.id.clone();
        self.write_down(filing, whose, &person, &id, change)?;
        add_effects(change, effects, Some(person.commitment()), now);
        change.requests.push(RequestWrite {
            request,
            expected: None,
        });
        let attached = false;
        Ok(Filed { id, attached })
    }

    /// Our own record of a person, new in the change where there is none.
    async fn record_of(&self, whose: &Whose, change: &mut Change) -> Result<SubjectRow, FileError> {
        let index = whose.index(self);
        let mut new = change.subjects.iter();
        if let Some(row) = new.find(|row| row.contact_index == Some(index)) {
            return Ok(row.clone());
        }
        if let Some(row) = self.store().subject_by_contact(&index).await? {
            return Ok(row);
        }
        let contact = whose.contact.clone();
        let whom = (whose.about.as_str(), whose.tenant.as_ref());
        let row = people::create(&self.vault(), whom, index, contact)?;
        change.subjects.push(row.clone());
        Ok(row)
    }

    /// The person's open subject request of a right.
    async fn open_one(
        &self,
        row: &SubjectRow,
        right: Right,
        change: &Change,
    ) -> Result<Option<Open>, FileError> {
        let same = |request: &SubjectRequest| {
            request.subject == row.id && request.right == right && !request.is_over()
        };
        let mut new = change.requests.iter();
        if let Some(write) = new.find(|write| same(&write.request)) {
            return Ok(Some(Open::Here(write.request.id.clone())));
        }
        let known = self.store().requests_of(&row.id).await?;
        let mut known = known.into_iter();
        let stored = known.find(|known| same(&known.value));
        Ok(stored.map(|stored| Open::Stored(Box::new(stored))))
    }

    /// The same right asked twice is one subject request. Where it waits for a
    /// proof, this one brings it, or the mail goes again.
    async fn attach(
        &self,
        filing: &Filing,
        whose: &Whose,
        open: Open,
        change: &mut Change,
    ) -> Result<Filed, FileError> {
        let attached = true;
        let open = match open {
            // It has all that this one could bring.
            Open::Here(id) => return Ok(Filed { id, attached }),
            Open::Stored(open) => open,
        };
        let id = open.value.id.clone();
        change.once = filing.once.as_ref().map(|once| once.row(id.as_str()));
        match &filing.proved {
            Some(proved) => {
                let now = self.now();
                let proof = proved.proof();
                let verified = Event::Verified { proof };
                // Where it was proved before, there is nothing to add.
                if let Ok((next, effects)) = subject_request::step(&open.value, verified, now) {
                    let person = self.person(&next.subject).await?;
                    let person = person.ok_or(ServiceError::Corrupt("person"))?;
                    self.write_down(filing, whose, &person, &id, change)?;
                    add_effects(change, effects, Some(person.commitment()), now);
                    change.requests.push(RequestWrite {
                        request: next,
                        expected: Some(open.version),
                    });
                }
            }
            None => {
                let job = Job::SendMail {
                    subject_request: id.clone(),
                    message: Message::Verify,
                };
                change.enqueue.push((job, self.now()));
            }
        }
        Ok(Filed { id, attached })
    }

    /// Seals what belongs to a filing beside its subject request.
    fn write_down(
        &self,
        filing: &Filing,
        whose: &Whose,
        person: &OpenPerson,
        id: &SubjectRequestId,
        change: &mut Change,
    ) -> Result<(), ServiceError> {
        if let Some(once) = &filing.once {
            change.once = Some(once.row(id.as_str()));
        }
        if !whose.others.is_empty() {
            change
                .sealed
                .push(self.sealed(person, id, IDENTITIES, &whose.others)?);
        }
        if let Some(Proved::Vouched { reason, .. }) = &filing.proved {
            change
                .sealed
                .push(self.sealed(person, id, VOUCHED, reason)?);
        }
        Ok(())
    }

    fn sealed<T: serde::Serialize>(
        &self,
        person: &OpenPerson,
        id: &SubjectRequestId,
        name: &str,
        value: &T,
    ) -> Result<SealedValue, ServiceError> {
        let entropy = self.world().entropy.as_ref();
        Ok(SealedValue {
            subject_request: id.clone(),
            name: name.to_owned(),
            bytes: person.seal(id, name, value, entropy)?,
        })
    }

    /// Every identity of a subject request's person that was proved, the contact
    /// first.
    pub(crate) async fn proved_identities(
        &self,
        id: &SubjectRequestId,
        person: &OpenPerson,
    ) -> Result<Vec<Identity>, ServiceError> {
        let mut identities = vec![person.contact.clone()];
        if let Some(bytes) = self.store().sealed(id, IDENTITIES).await? {
            let others: Vec<Identity> = person.unseal(id, IDENTITIES, bytes)?;
            identities.extend(others);
        }
        Ok(identities)
    }

    /// Why somebody vouched for the person, in their words; nothing once the
    /// person is shredded.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn vouched_because(
        &self,
        request: &SubjectRequest,
    ) -> Result<Option<String>, ServiceError> {
        let Some(Proof::Vouched { .. }) = request.proof else {
            return Ok(None);
        };
        let sealed = self.store().sealed(&request.id, VOUCHED).await?;
        match (sealed, self.person(&request.subject).await?) {
            (Some(bytes), Some(person)) => Ok(Some(person.unseal(&request.id, VOUCHED, bytes)?)),
            _ => Ok(None),
        }
    }

    /// Vouches for the person of a subject request that waits for its proof.
    ///
    /// # Errors
    /// A [`super::DecideError`].
    pub async fn vouch(
        &self,
        id: &SubjectRequestId,
        who: &StaffId,
        reason: &str,
        once: Option<&OnceName>,
    ) -> Result<(), super::DecideError> {
        let known = self.store().request(id).await.map_err(ServiceError::from)?;
        let request = known.ok_or(super::DecideError::Unknown)?.value;
        let person = self.person(&request.subject).await?;
        let mut change = Change {
            once: once.map(|once| once.row(id.as_str())),
            ..Change::default()
        };
        if let Some(person) = person {
            change
                .sealed
                .push(self.sealed(&person, id, VOUCHED, &reason)?);
        }
        let proof = Proof::Vouched { who: who.clone() };
        self.take_in(id, &Event::Verified { proof }, &change)
            .await??;
        Ok(())
    }

    fn new_request_id(&self) -> Result<SubjectRequestId, ServiceError> {
        let mut bytes = [0; 16];
        self.world().entropy.fill(&mut bytes)?;
        Ok(SubjectRequestId::from_random(bytes))
    }
}

impl FileError {
    fn of_service(error: ServiceError) -> Self {
        match error {
            ServiceError::Store(error) => error.into(),
            other => other.into(),
        }
    }
}

impl Proved {
    fn proof(&self) -> Proof {
        match self {
            Self::Vouched { who, .. } => Proof::Vouched { who: who.clone() },
            Self::Login => Proof::Login,
        }
    }
}

impl OnceName {
    /// What is remembered, with the id of what came of it.
    pub(crate) fn row(&self, outcome: &str) -> OnceRow {
        OnceRow {
            scope: self.scope.clone(),
            name: self.name,
            fingerprint: self.fingerprint,
            outcome: outcome.to_owned(),
            expires_at: self.expires_at,
        }
    }
}

/// An open subject request of the same person and right.
enum Open {
    /// The same change brings it.
    Here(SubjectRequestId),
    /// It is stored.
    Stored(Box<Versioned<SubjectRequest>>),
}

/// Who a filing is about.
pub(crate) struct Whose {
    about: String,
    tenant: Option<Tenant>,
    /// Under which we know the person, and write to them where it is an address.
    contact: Identity,
    /// What else leads to the person.
    pub(crate) others: Vec<Identity>,
}

impl Whose {
    /// Checks a filing against the charter.
    pub(crate) fn of(charter: &Charter, filing: &Filing) -> Result<Self, FileError> {
        let (about, person) = match &filing.about {
            Some(about) => charter
                .people
                .get_key_value(about)
                .ok_or(FileError::About)?,
            None => meant(charter, filing)?,
        };
        if filing.tenant.is_some() != (person.role == Role::Processor) {
            return Err(FileError::Tenant);
        }
        let mut identities = filing.identities.clone();
        for identity in &identities {
            check(person, identity)?;
        }
        identities.sort_by_key(|identity| rank(person, &identity.kind));
        let mut identities = identities.into_iter();
        let contact = identities.next().ok_or(FileError::Unprovable)?;
        let others: Vec<Identity> = identities.collect();
        if filing.proved.is_none() && (contact.kind != EMAIL || !others.is_empty()) {
            return Err(FileError::Unprovable);
        }
        Ok(Self {
            about: about.clone(),
            tenant: filing.tenant.clone(),
            contact,
            others,
        })
    }

    /// Whoever is known by an identity, whatever is asked for them.
    pub(super) fn known_by(
        charter: &Charter,
        about: Option<&str>,
        tenant: Option<&Tenant>,
        identity: &Identity,
    ) -> Result<Self, FileError> {
        let filing = Filing {
            right: Right::Access,
            about: about.map(str::to_owned),
            identities: vec![identity.clone()],
            channel: Channel::Api,
            tenant: tenant.cloned(),
            received_at: None,
            proved: Some(Proved::Login),
            once: None,
        };
        Self::of(charter, &filing)
    }

    /// Under which the key for the person's fields is found.
    pub(super) fn fields_index(&self, service: &Service) -> [u8; 32] {
        fields_index(service, &self.about, self.tenant.as_ref(), &self.contact)
    }

    /// A record of the person for the key of their fields.
    pub(super) fn fields_record(
        &self,
        service: &Service,
        index: [u8; 32],
    ) -> Result<SubjectRow, ServiceError> {
        let whom = (self.about.as_str(), self.tenant.as_ref());
        people::create(&service.vault(), whom, index, self.contact.clone())
    }

    pub(crate) fn index(&self, service: &Service) -> [u8; 32] {
        let tenant = self.tenant.as_ref();
        people::contact_index(service.root(), &self.about, tenant, &self.contact)
    }
}

/// The kind of person that is meant where none is named: the first for whom the
/// company is controller (processor, for a tenant's) and who is known by everything
/// that was given.
fn meant<'a>(charter: &'a Charter, filing: &Filing) -> Result<(&'a String, &'a Person), FileError> {
    let role = match filing.tenant {
        Some(_) => Role::Processor,
        None => Role::Controller,
    };
    let of_role = charter
        .people
        .iter()
        .filter(|(_, person)| person.role == role);
    let mut missing = None;
    for (about, person) in of_role {
        let mut kinds = filing.identities.iter().map(|one| &one.kind);
        match kinds.find(|kind| !person.known_by.contains(kind)) {
            None => return Ok((about, person)),
            Some(kind) => missing = missing.or(Some(kind)),
        }
    }
    Err(match missing {
        Some(kind) => FileError::Identity { kind: kind.clone() },
        None => FileError::NotOffered,
    })
}

fn check(person: &Person, identity: &Identity) -> Result<(), FileError> {
    let value = identity.value.expose("it is checked before it is stored");
    if identity.kind == EMAIL && !is_address(value) {
        return Err(FileError::Address);
    }
    let known = person.known_by.contains(&identity.kind);
    let has_form = !value.is_empty()
        && value.len() <= IDENTITY_BYTES_MAX
        && !value.chars().any(char::is_control);
    if known && has_form {
        Ok(())
    } else {
        let kind = identity.kind.clone();
        Err(FileError::Identity { kind })
    }
}

/// An address first, since it can be written to; then as declared.
fn rank(person: &Person, kind: &str) -> (bool, usize) {
    let place = person.known_by.iter().position(|known| known == kind);
    (kind != EMAIL, place.unwrap_or(usize::MAX))
}
