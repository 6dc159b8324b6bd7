//! Fields of an application's own, sealed and opened under a key of the person's that
//! is for nothing else. INVARIANT: a field opens as long as that key lives, and the key
//! is destroyed in the change that ends an erasure of the person; whoever restores an
//! older copy of the application's database has text that nobody can read. Refuses to
//! say anything about who is known: whoever has no key yet is given one.
//!
//! The key is not the one of the person's record: that one goes when a subject request
//! is answered, this one stays as long as the application needs it.

use std::collections::BTreeMap;

use candor_domain::id::SubjectId;
use candor_domain::identity::Identity;
use candor_domain::record::Record;
use candor_domain::subject_request::{SubjectRequest, Tenant};
use candor_domain::work::{Job, Shard};
use candor_policy::charter::Right;
use candor_seal::envelope::SealError;
use candor_seal::field::{FieldKey, FieldKeyId, FieldPlace, SealedField};
use candor_store::rows::SubjectRow;
use candor_store::{Change, Shred, StoreError};
use jiff::Timestamp;
use serde_json::json;

use super::filing::{FileError, Whose};
use super::{Service, ServiceError};
use crate::people;

/// Fields in one call.
pub(crate) const FIELDS_MAX: usize = 1_000;
/// Bytes of one value.
pub(crate) const VALUE_BYTES_MAX: usize = 64 * 1024;
/// Writers of the same people that may be first before a call fails.
const CONFLICTS_MAX: usize = 8;

/// A value to be sealed.
#[derive(Clone, Debug)]
pub(crate) struct ToSeal {
    /// Whose it is.
    pub(crate) person: Identity,
    /// Where it stands.
    pub(crate) place: Standing,
    /// It.
    pub(crate) value: Vec<u8>,
}

/// A field to be opened.
#[derive(Clone, Debug)]
pub(crate) struct ToOpen {
    /// Where it stands.
    pub(crate) place: Standing,
    /// It.
    pub(crate) field: SealedField,
}

/// Where a field stands in the application.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// The table.
    pub(crate) table: String,
    /// The column.
    pub(crate) column: String,
    /// The row's key.
    pub(crate) row: String,
}

/// What became of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// Its value.
    Open(Vec<u8>),
    /// Its person is erased: nobody can read it any more.
    Gone,
    /// It was changed, or stood elsewhere, or is another tenant's.
    Refused,
}

impl Standing {
    fn of<'a>(&'a self, tenant: Option<&'a Tenant>) -> FieldPlace<'a> {
        FieldPlace {
            tenant: tenant.map_or("", Tenant::as_str),
            table: &self.table,
            column: &self.column,
            row: &self.row,
        }
    }
}

impl Service {
    /// Seals values, each under its person's key and for its place, in their order.
    ///
    /// # Errors
    /// A [`FileError`] where somebody is no such person; nothing is sealed then.
    pub(crate) async fn seal_fields(
        &self,
        tenant: Option<&Tenant>,
        about: Option<&str>,
        fields: &[ToSeal],
    ) -> Result<Vec<SealedField>, FileError> {
        let charter = self.charter();
        let mut people = BTreeMap::new();
        let mut indexes = Vec::with_capacity(fields.len());
        for field in fields {
            let whose = Whose::known_by(&charter, about, tenant, &field.person)?;
            let index = whose.fields_index(self);
            people.entry(index).or_insert(whose);
            indexes.push(index);
        }
        let keys = self.field_keys(&people).await?;
        let entropy = self.world().entropy.as_ref();
        let mut sealed = Vec::with_capacity(fields.len());
        for (field, index) in fields.iter().zip(indexes) {
            let key = keys.get(&index);
            let key = key.ok_or(ServiceError::Corrupt("key of a person's fields"))?;
            let one = key.seal(&field.place.of(tenant), &field.value, entropy);
            sealed.push(one.map_err(ServiceError::from)?);
        }
        Ok(sealed)
    }

    /// The ids of these people's keys, in their order: by them an application finds its
    /// rows about somebody without storing who it is. `None` for whoever has none, and
    /// again once they are erased.
    ///
    /// # Errors
    /// A [`FileError`] where somebody is no such person.
    pub(crate) async fn field_key_ids(
        &self,
        tenant: Option<&Tenant>,
        about: Option<&str>,
        people: &[Identity],
    ) -> Result<Vec<Option<SubjectId>>, FileError> {
        let charter = self.charter();
        let mut ids = Vec::with_capacity(people.len());
        for person in people {
            let whose = Whose::known_by(&charter, about, tenant, person)?;
            let index = whose.fields_index(self);
            let row = self.store().subject_by_contact(&index).await?;
            ids.push(row.map(|row| row.id));
        }
        Ok(ids)
    }

    /// Opens fields, in their order; one that can't be opened stands in nobody's way.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub(crate) async fn open_fields(
        &self,
        tenant: Option<&Tenant>,
        fields: &[ToOpen],
    ) -> Result<Vec<Opened>, ServiceError> {
        let mut keys: BTreeMap<FieldKeyId, Option<FieldKey>> = BTreeMap::new();
        let mut opened = Vec::with_capacity(fields.len());
        for one in fields {
            let id = one.field.key_id();
            let key = match keys.entry(id) {
                std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::btree_map::Entry::Vacant(new) => {
                    let row = self.store().subject(&SubjectId::from_random(id.0)).await?;
                    let key = row.as_ref().map(|row| self.field_key(row)).transpose()?;
                    new.insert(key.flatten())
                }
            };
            let place = one.place.of(tenant);
            opened.push(match key.as_ref().map(|key| key.open(&place, &one.field)) {
                None => Opened::Gone,
                Some(Ok(value)) => Opened::Open(value),
                Some(Err(SealError::Refused)) => Opened::Refused,
                Some(Err(error)) => return Err(error.into()),
            });
        }
        Ok(opened)
    }

    /// Adds to the change that ends an erasure that the keys of the person's fields
    /// are destroyed. Not while the erasure can be undone, or a hold keeps something.
    pub(crate) async fn shredding_fields(
        &self,
        request: &SubjectRequest,
        identities: &[Identity],
        change: &mut Change,
    ) -> Result<(), ServiceError> {
        if request.right != Right::Erasure || request.keeps_something() {
            return Ok(());
        }
        let now = self.now();
        let mut count = 0_u32;
        for identity in identities {
            let tenant = request.tenant.as_ref();
            let index = fields_index(self, &request.about, tenant, identity);
            let row = self.store().subject_by_contact(&index).await?;
            if let Some(row) =
                row.filter(|row| change.shred.iter().all(|one| one.subject != row.id))
            {
                count += 1;
                // A copy of the state has the key as well, until its shard has rolled.
                let (tenant, shard) = (row.tenant, Shard::of(&row.id));
                change.enqueue.push((Job::RollShard { tenant, shard }, now));
                change.shred.push(shred(row.id, now));
            }
        }
        if count > 0 {
            let person = self.person(&request.subject).await?;
            let commitment = person.as_ref().map(people::OpenPerson::commitment);
            let record = Record {
                kind: "fields.shredded".to_owned(),
                charter: request.charter.clone(),
                promises: vec![format!("right.{}", request.right.key())],
                subject_request: Some(request.id.clone()),
                subject: Some(request.subject.clone()),
                facts: [("keys".to_owned(), json!(count))].into(),
            };
            super::add_record(change, record, commitment, now);
        }
        Ok(())
    }

    /// The key of each of these people; whoever has none is given one.
    async fn field_keys(
        &self,
        people: &BTreeMap<[u8; 32], Whose>,
    ) -> Result<BTreeMap<[u8; 32], FieldKey>, ServiceError> {
        let mut conflicts = 0;
        loop {
            let (mut keys, mut new) = (BTreeMap::new(), Vec::new());
            for (index, whose) in people {
                let row = match self.store().subject_by_contact(index).await? {
                    Some(row) => row,
                    None => {
                        let row = whose.fields_record(self, *index)?;
                        new.push(row.clone());
                        row
                    }
                };
                let key = self.field_key(&row)?;
                keys.insert(*index, key.ok_or(ServiceError::Corrupt("person"))?);
            }
            if new.is_empty() {
                return Ok(keys);
            }
            let change = Change {
                subjects: new,
                ..Change::default()
            };
            match self.commit(change).await {
                Ok(_) => return Ok(keys),
                // Somebody gave one of them a key in the same moment.
                Err(ServiceError::Store(StoreError::Conflict { .. }))
                    if conflicts < CONFLICTS_MAX =>
                {
                    conflicts += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The key for fields of a record; `None` once it is shredded.
    fn field_key(&self, row: &SubjectRow) -> Result<Option<FieldKey>, ServiceError> {
        let Some(person) = people::open(&self.vault(), row)? else {
            return Ok(None);
        };
        let mut id = [0; 16];
        hex::decode_to_slice(row.id.as_str(), &mut id)
            .map_err(|_| ServiceError::Corrupt("person's id"))?;
        Ok(Some(FieldKey::new(person.key(), FieldKeyId(id))?))
    }
}

/// Under which the key for a person's fields is found: apart from their record.
pub(super) fn fields_index(
    service: &Service,
    about: &str,
    tenant: Option<&Tenant>,
    identity: &Identity,
) -> [u8; 32] {
    people::contact_index(service.root(), &format!("fields/{about}"), tenant, identity)
}

/// No subject request is ever about the record of somebody's fields.
const fn shred(subject: SubjectId, at: Timestamp) -> Shred {
    Shred {
        subject,
        at,
        requests_seen: 0,
    }
}
