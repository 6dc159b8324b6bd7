//! Holds on people: staff set and lift them, and whoever deletes asks here what
//! stands. A hold that is on record and no longer declared keeps everything, so
//! that editing a file lifts nothing that somebody stands for.

use std::collections::BTreeMap;

use candor_connect::mail::is_address;
use candor_connect::{Source, SourceError, closure};
use candor_domain::hold::{Held, Standing, standing};
use candor_domain::id::{HoldId, StaffId, SubjectId};
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::record::Record;
use candor_domain::subject_request::{SubjectRequest, Tenant};
use candor_domain::work::Job;
use candor_policy::charter::{Charter, RESTRICTION_HOLD, Right, Role};
use candor_store::rows::HoldRow;
use candor_store::{Change, HoldWrite, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use thiserror::Error;

use super::{OnceName, Service, ServiceError, add_record};
use crate::people::{self, OpenPerson};
use crate::sources::whose;

/// The longest reason, in characters.
pub const NOTE_CHARS_MAX: usize = 1_000;

/// Under this name a restriction of use holds (Article 18): it stands by the
/// person's own subject request, whatever the policy declares.
const RESTRICTION: &str = RESTRICTION_HOLD;

/// A hold that was not set or lifted.
#[derive(Debug, Error)]
pub enum HoldError {
    /// Not an address.
    #[error("this is not an e-mail address")]
    Address,
    /// No reason, or too long a one.
    #[error("a hold needs a reason of at most {NOTE_CHARS_MAX} characters")]
    Note,
    /// The policy in force doesn't know it.
    #[error("the policy in force declares no such hold; declare it under `holds` first")]
    Undeclared,
    /// The policy in force knows people by nothing that a mail reaches.
    #[error("the policy in force knows nobody by an e-mail address")]
    NobodyByMail,
    /// It stands already.
    #[error("this person has that hold already")]
    Known,
    /// It doesn't stand.
    #[error("there is no such hold, or it was lifted before")]
    Unknown,
    /// A source in which the person has to be found.
    #[error("the person can't be looked for")]
    Source(#[from] SourceError),
    /// Something inside.
    #[error("the hold could not be written down")]
    Service(#[from] ServiceError),
}

/// Why it isn't known what stands.
#[derive(Debug, Error)]
pub(crate) enum StandingError {
    /// A source could not say who somebody is there.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Something inside.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for StandingError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<StoreError> for HoldError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// A hold as staff see it.
#[derive(Clone, Debug)]
pub struct HoldView {
    /// Its id.
    pub id: HoldId,
    /// Its kind, as declared.
    pub hold: String,
    /// On whom.
    pub contact: Identity,
    /// Why.
    pub note: String,
    /// Since when.
    pub set_at: Timestamp,
    /// Who set it: the login of staff, or the id of an API key; `None` where the
    /// process did it by itself.
    pub set_by: Option<String>,
}

/// A hold to be set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewHold<'a> {
    /// Its kind, as declared.
    pub(crate) hold: &'a str,
    /// On whom: an address.
    pub(crate) email: &'a str,
    /// Why.
    pub(crate) note: &'a str,
}

/// What is sealed beside a hold.
#[derive(Serialize, Deserialize)]
struct Contents {
    note: String,
    /// What led to the person when it was set: an address may change meanwhile.
    identities: Vec<Identity>,
    /// Whose end user it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<Tenant>,
}

/// The holds that can concern whoever a subject request is about: those that the
/// data sets, and those on people of the same tenant.
pub(crate) fn concerning(standing: &[Standing], request: &SubjectRequest) -> Vec<Standing> {
    let own = whose(request.tenant.as_ref());
    let concerning = standing
        .iter()
        .filter(|hold| hold.people.is_empty() || hold.whose == own);
    concerning.cloned().collect()
}

impl Service {
    /// Every hold that staff set on a person and that stands.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn holds(&self) -> Result<Vec<HoldView>, ServiceError> {
        let mut views = Vec::new();
        let standing = self.store().holds().await?;
        for row in standing.into_iter().filter(|row| row.hold != RESTRICTION) {
            let (person, contents) = self.opened(&row).await?;
            let set_by = match &row.set_by {
                Some(by) => {
                    let staff = self.store().staff(by).await?;
                    Some(staff.map_or_else(|| by.to_string(), |staff| staff.login))
                }
                None => None,
            };
            views.push(HoldView {
                id: row.id,
                hold: row.hold,
                contact: person.contact,
                note: contents.note,
                set_at: row.set_at,
                set_by,
            });
        }
        Ok(views)
    }

    /// Sets a declared hold on whoever is known by an address.
    ///
    /// # Errors
    /// A [`HoldError`].
    pub async fn set_hold(
        &self,
        hold: &str,
        email: &str,
        note: &str,
        by: Option<&StaffId>,
    ) -> Result<HoldId, HoldError> {
        let wanted = NewHold { hold, email, note };
        self.set_hold_once(&wanted, by, None).await
    }

    /// The same, once where a name for it is given.
    pub(crate) async fn set_hold_once(
        &self,
        wanted: &NewHold<'_>,
        by: Option<&StaffId>,
        once: Option<&OnceName>,
    ) -> Result<HoldId, HoldError> {
        let NewHold { hold, email, note } = *wanted;
        let contact = Identity::new(EMAIL, email.trim());
        if !is_address(contact.value.expose("it is checked before it is stored")) {
            return Err(HoldError::Address);
        }
        let note = note.trim();
        if note.is_empty() || note.chars().count() > NOTE_CHARS_MAX {
            return Err(HoldError::Note);
        }
        let charter = self.charter();
        if !charter.holds.contains_key(hold) {
            return Err(HoldError::Undeclared);
        }
        let about = known_by_mail(&charter).ok_or(HoldError::NobodyByMail)?;
        let identities = self.followed(&contact, None).await?;
        let contents = Contents {
            note: note.to_owned(),
            identities,
            tenant: None,
        };
        let at = (hold, about);
        let written = self.write_hold(at, contact, &contents, (by, once)).await;
        match written {
            Err(HoldError::Service(ServiceError::Store(StoreError::Conflict { .. }))) => {
                Err(HoldError::Known)
            }
            written => written,
        }
    }

    /// Lifts a hold; what it kept back goes with the next look.
    ///
    /// # Errors
    /// A [`HoldError`].
    pub async fn lift_hold(&self, id: &HoldId, by: Option<&StaffId>) -> Result<(), HoldError> {
        self.lift_hold_once(id, by, None).await
    }

    /// The same, once where a name for it is given.
    pub(crate) async fn lift_hold_once(
        &self,
        id: &HoldId,
        by: Option<&StaffId>,
        once: Option<&OnceName>,
    ) -> Result<(), HoldError> {
        let standing = self.store().holds().await?;
        // A restriction is lifted with its subject request.
        let mut own = standing.into_iter().filter(|row| row.hold != RESTRICTION);
        let row = own.find(|row| row.id == *id);
        let row = row.ok_or(HoldError::Unknown)?;
        let person = self.person(&row.subject).await?;
        let person = person.ok_or(ServiceError::Corrupt("person"))?;
        let now = self.now();
        let lift = HoldWrite::Lift {
            id: id.clone(),
            at: now,
            by: by.cloned(),
        };
        let shred = Job::Shred {
            subject: row.subject.clone(),
        };
        let mut change = Change {
            holds: vec![lift],
            enqueue: vec![(Job::ReviewHolds, now), (shred, now)],
            once: once.map(|once| once.row(id.as_str())),
            ..Change::default()
        };
        let record = self.hold_record("hold.lifted", &row.hold, &row.subject, by);
        add_record(&mut change, record, Some(person.commitment()), now);
        match self.commit(change).await {
            Err(ServiceError::Store(StoreError::Conflict { .. })) => Err(HoldError::Unknown),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(()),
        }
    }

    /// The hold that comes with a restriction of use; `None` where one stands
    /// already.
    pub(crate) async fn restricting(
        &self,
        person: &OpenPerson,
        request: &SubjectRequest,
        identities: Vec<Identity>,
    ) -> Result<Option<HoldWrite>, ServiceError> {
        let subject = &request.subject;
        if self.restriction_of(subject).await?.is_some() {
            return Ok(None);
        }
        let entropy = self.world().entropy.as_ref();
        let mut id = [0; 16];
        entropy.fill(&mut id)?;
        let id = HoldId::from_random(id);
        let contents = Contents {
            note: String::new(),
            identities,
            tenant: request.tenant.clone(),
        };
        Ok(Some(HoldWrite::Set(HoldRow {
            sealed: person.seal_hold(&id, &contents, entropy)?,
            id,
            hold: RESTRICTION.to_owned(),
            subject: subject.clone(),
            set_at: self.now(),
            set_by: None,
        })))
    }

    /// What ends with a restriction of use: its hold, if it stands, and then
    /// whatever that kept back.
    pub(crate) async fn unrestricting(&self, subject: &SubjectId) -> Result<Change, ServiceError> {
        let Some(row) = self.restriction_of(subject).await? else {
            return Ok(Change::default());
        };
        let lift = HoldWrite::Lift {
            id: row.id,
            at: self.now(),
            by: None,
        };
        Ok(Change {
            holds: vec![lift],
            enqueue: vec![(Job::ReviewHolds, self.now())],
            ..Change::default()
        })
    }

    async fn restriction_of(&self, subject: &SubjectId) -> Result<Option<HoldRow>, ServiceError> {
        let mut standing = self.store().holds().await?.into_iter();
        Ok(standing.find(|row| row.hold == RESTRICTION && row.subject == *subject))
    }

    /// The hold of a restriction, from when it is asked for: while it is being
    /// looked at, nothing that is contested may go (Article 18(1)).
    pub(super) async fn restricted_meanwhile(
        &self,
        request: &SubjectRequest,
    ) -> Result<Option<HoldWrite>, ServiceError> {
        let person = self.person(&request.subject).await?;
        let person = person.ok_or(ServiceError::Corrupt("person"))?;
        let contact = vec![person.contact.clone()];
        self.restricting(&person, request, contact).await
    }

    /// What ends where a restriction was not granted or was taken back: its hold,
    /// unless another restriction of the same person stands or is looked at.
    pub(crate) async fn not_restricting(
        &self,
        request: &SubjectRequest,
    ) -> Result<Change, ServiceError> {
        let known = self.store().requests_of(&request.subject).await?;
        let another = known.iter().map(|known| &known.value).any(|other| {
            other.id != request.id
                && other.right == Right::Restriction
                && (other.is_open() || other.restricts())
        });
        if another {
            return Ok(Change::default());
        }
        self.unrestricting(&request.subject).await
    }

    /// What keeps rows of whoever asks to be erased. Their own restriction does
    /// not, where the erasure was asked for later: a restriction serves the
    /// person, who may consent to more (Article 18(2)) and now wants what they
    /// first did not (Article 18(1)(b)). Whatever they asked for last counts.
    pub(crate) async fn standing_against(
        &self,
        request: &SubjectRequest,
    ) -> Result<Vec<Standing>, StandingError> {
        let own = |row: &HoldRow| {
            row.hold == RESTRICTION
                && row.subject == request.subject
                && row.set_at <= request.filed_at
        };
        let standing = self.standing_of(&|row| !own(row)).await?;
        Ok(concerning(&standing, request))
    }

    /// What keeps rows now, with everything that leads to the people concerned.
    pub(crate) async fn standing(&self) -> Result<Vec<Standing>, StandingError> {
        self.standing_of(&|_| true).await
    }

    async fn standing_of(
        &self,
        counts: &(dyn Fn(&HoldRow) -> bool + Sync),
    ) -> Result<Vec<Standing>, StandingError> {
        let charter = self.charter();
        let mut people = Held::new();
        let rows = self.store().holds().await?.into_iter();
        for row in rows.filter(counts) {
            let (person, contents) = self.opened(&row).await?;
            let mut identities = contents.identities;
            let tenant = contents.tenant.as_ref();
            identities.extend(self.followed(&person.contact, tenant).await?);
            identities.sort();
            identities.dedup();
            let at = (row.hold, whose(tenant));
            people.entry(at).or_default().push(identities);
        }
        let undeclared = people
            .iter()
            .filter(|((hold, _), _)| !charter.holds.contains_key(hold));
        let undeclared = undeclared.map(|((hold, whose), people)| Standing {
            hold: hold.clone(),
            people: people.clone(),
            whose: whose.clone(),
            ..Standing::default()
        });
        let undeclared: Vec<Standing> = undeclared.collect();
        let mut all = standing(&charter, people);
        all.extend(undeclared);
        Ok(all)
    }

    async fn write_hold(
        &self,
        (hold, about): (&str, &str),
        contact: Identity,
        contents: &Contents,
        (by, once): (Option<&StaffId>, Option<&OnceName>),
    ) -> Result<HoldId, HoldError> {
        let now = self.now();
        let entropy = self.world().entropy.as_ref();
        let mut change = Change::default();
        let index = people::contact_index(self.root(), about, None, &contact);
        let row = match self.store().subject_by_contact(&index).await? {
            Some(row) => row,
            None => {
                let row = people::create(&self.vault(), (about, None), index, contact)?;
                change.subjects.push(row.clone());
                row
            }
        };
        let person = people::open(&self.vault(), &row)?.ok_or(ServiceError::Corrupt("person"))?;
        let mut id = [0; 16];
        entropy.fill(&mut id).map_err(ServiceError::from)?;
        let id = HoldId::from_random(id);
        change.once = once.map(|once| once.row(id.as_str()));
        change.holds.push(HoldWrite::Set(HoldRow {
            sealed: person.seal_hold(&id, contents, entropy)?,
            id: id.clone(),
            hold: hold.to_owned(),
            subject: row.id.clone(),
            set_at: now,
            set_by: by.cloned(),
        }));
        let record = self.hold_record("hold.set", hold, &row.id, by);
        add_record(&mut change, record, Some(person.commitment()), now);
        self.commit(change).await?;
        Ok(id)
    }

    async fn opened(&self, row: &HoldRow) -> Result<(OpenPerson, Contents), ServiceError> {
        let person = self.person(&row.subject).await?;
        let person = person.ok_or(ServiceError::Corrupt("person"))?;
        let contents = person.unseal_hold(&row.id, row.sealed.clone())?;
        Ok((person, contents))
    }

    async fn followed(
        &self,
        contact: &Identity,
        tenant: Option<&Tenant>,
    ) -> Result<Vec<Identity>, SourceError> {
        let own = self.sources().all_of(tenant)?;
        let all: Vec<&Source> = own.values().map(AsRef::as_ref).collect();
        Ok(closure(&all, contact).await?.identities)
    }

    fn hold_record(
        &self,
        kind: &str,
        hold: &str,
        subject: &SubjectId,
        by: Option<&StaffId>,
    ) -> Record {
        let charter: &Charter = &self.charter();
        let mut facts = BTreeMap::from([("hold".to_owned(), json!(hold))]);
        if let Some(by) = by {
            facts.insert("by".to_owned(), json!(by));
        }
        Record {
            kind: kind.to_owned(),
            charter: charter.id.clone(),
            promises: vec![format!("hold.{hold}")],
            subject_request: None,
            subject: Some(subject.clone()),
            facts,
        }
    }
}

/// The kind of person whom an e-mail address leads to: the first for which the
/// company is controller.
fn known_by_mail(charter: &Charter) -> Option<&str> {
    let mut people = charter.people.iter();
    let found = people.find(|(_, person)| {
        person.role == Role::Controller && person.known_by.iter().any(|kind| kind == EMAIL)
    });
    found.map(|(kind, _)| kind.as_str())
}
