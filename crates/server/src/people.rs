//! Our own records of people: a random key each, and under it the contact and
//! the salt of their ledger commitments. Everything personal we store hangs
//! from that key and goes with it.

use candor_domain::id::{HoldId, SubjectId, SubjectRequestId};
use candor_domain::identity::Identity;
use candor_domain::subject_request::Tenant;
use candor_seal::commitment::{Commitment, CommitmentSalt};
use candor_seal::entropy::Entropy;
use candor_seal::envelope::{Place, Sealed};
use candor_seal::keys::{RootKey, SubjectKey, WrappedKey};
use candor_store::rows::SubjectRow;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::ServiceError;
use crate::keyring::Keyring;

/// What is sealed in a person's record.
#[derive(Serialize, Deserialize)]
struct Contents {
    contact: Identity,
    salt: [u8; 32],
}

/// A person's record, opened.
pub(crate) struct OpenPerson {
    pub(crate) contact: Identity,
    pub(crate) salt: CommitmentSalt,
    key: SubjectKey,
}

/// The blind index under which a contact is found. Two tenants' end users with the
/// same contact are two people: neither tenant learns of the other's.
pub(crate) fn contact_index(
    root: &RootKey,
    about: &str,
    tenant: Option<&Tenant>,
    contact: &Identity,
) -> [u8; 32] {
    let label = match tenant {
        None => format!("contact/{about}/{}", contact.kind),
        Some(tenant) => format!("contact/{about}/{}/{tenant}", contact.kind),
    };
    let value = contact.value.expose("the index is computed from it");
    root.blind_index(&label, value.as_bytes())
}

/// What people's records are opened and made with.
pub(crate) struct Vault<'a> {
    pub(crate) keyring: &'a Keyring,
    pub(crate) entropy: &'a dyn Entropy,
    pub(crate) now: Timestamp,
}

/// A new record of a person of this kind, and of this tenant if of one, found by this
/// index.
pub(crate) fn create(
    vault: &Vault<'_>,
    (about, tenant): (&str, Option<&Tenant>),
    index: [u8; 32],
    contact: Identity,
) -> Result<SubjectRow, ServiceError> {
    let entropy = vault.entropy;
    let mut id = [0; 16];
    entropy.fill(&mut id)?;
    let id = SubjectId::from_random(id);
    let key = SubjectKey::generate(entropy)?;
    let contents = Contents {
        contact,
        salt: *CommitmentSalt::generate(entropy)?.expose(),
    };
    let plaintext = encode(&contents)?;
    let sealed = key.seal(&place(&id), &plaintext, entropy)?;
    let wrapped = vault
        .keyring
        .wrap((tenant, &id), &key, (entropy, vault.now))?;
    Ok(SubjectRow {
        wrapped_key: Some(wrapped.to_bytes()),
        contact_index: Some(index),
        sealed: Some(sealed.into_bytes()),
        about: about.to_owned(),
        tenant: tenant.cloned(),
        created_at: vault.now,
        shredded_at: None,
        id,
    })
}

/// The sealed part of a record under another contact; `None` where the person
/// was shredded.
pub(crate) fn moved(
    vault: &Vault<'_>,
    row: &SubjectRow,
    contact: Identity,
) -> Result<Option<Vec<u8>>, ServiceError> {
    let Some(person) = open(vault, row)? else {
        return Ok(None);
    };
    let contents = Contents {
        contact,
        salt: *person.salt.expose(),
    };
    let plaintext = encode(&contents)?;
    let sealed = person
        .key
        .seal(&place(&row.id), &plaintext, vault.entropy)?;
    Ok(Some(sealed.into_bytes()))
}

/// Opens a record; `None` where the person was shredded, be it after this copy of the
/// record was made.
pub(crate) fn open(
    vault: &Vault<'_>,
    row: &SubjectRow,
) -> Result<Option<OpenPerson>, ServiceError> {
    let (Some(wrapped), Some(sealed)) = (&row.wrapped_key, &row.sealed) else {
        return Ok(None);
    };
    let whose = (row.tenant.as_ref(), &row.id);
    let wrapped = WrappedKey::from_bytes(wrapped)?;
    let Some(key) = vault.keyring.unwrap(whose, &wrapped, vault.entropy)? else {
        return Ok(None);
    };
    let plaintext = key.open(&place(&row.id), &Sealed::from_bytes(sealed.clone()))?;
    let contents: Contents = decode(&plaintext, "person")?;
    Ok(Some(OpenPerson {
        contact: contents.contact,
        salt: CommitmentSalt::from_bytes(&contents.salt),
        key,
    }))
}

impl OpenPerson {
    /// The person in a ledger entry.
    pub(crate) fn commitment(&self) -> Commitment {
        Commitment::commit(&self.salt, self.contact_bytes())
    }

    /// What the commitment is made over: the proved contact.
    pub(crate) fn contact_bytes(&self) -> &[u8] {
        let value = self.contact.value.expose("the commitment is made over it");
        value.as_bytes()
    }

    /// The key that seals this person's larger files.
    pub(crate) const fn key(&self) -> &SubjectKey {
        &self.key
    }

    /// Seals a value kept beside a subject request.
    pub(crate) fn seal<T: Serialize>(
        &self,
        request: &SubjectRequestId,
        name: &str,
        value: &T,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, ServiceError> {
        let plaintext = encode(value)?;
        let sealed = self.key.seal(&beside(request, name), &plaintext, entropy)?;
        Ok(sealed.into_bytes())
    }

    /// Seals what is kept beside a hold.
    pub(crate) fn seal_hold<T: Serialize>(
        &self,
        hold: &HoldId,
        value: &T,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, ServiceError> {
        let plaintext = encode(value)?;
        let sealed = self.key.seal(&with_hold(hold), &plaintext, entropy)?;
        Ok(sealed.into_bytes())
    }

    /// Opens what is kept beside a hold.
    pub(crate) fn unseal_hold<T: DeserializeOwned>(
        &self,
        hold: &HoldId,
        bytes: Vec<u8>,
    ) -> Result<T, ServiceError> {
        let plaintext = self
            .key
            .open(&with_hold(hold), &Sealed::from_bytes(bytes))?;
        decode(&plaintext, "hold")
    }

    /// Opens a value kept beside a subject request.
    pub(crate) fn unseal<T: DeserializeOwned>(
        &self,
        request: &SubjectRequestId,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<T, ServiceError> {
        let sealed = Sealed::from_bytes(bytes);
        let plaintext = self.key.open(&beside(request, name), &sealed)?;
        decode(&plaintext, "sealed value")
    }
}

fn place(id: &SubjectId) -> Place<'_> {
    Place {
        table: "subjects",
        column: "sealed",
        row: id.as_str(),
    }
}

fn with_hold(id: &HoldId) -> Place<'_> {
    Place {
        table: "holds",
        column: "sealed",
        row: id.as_str(),
    }
}

fn beside<'a>(request: &'a SubjectRequestId, name: &'a str) -> Place<'a> {
    Place {
        table: "sealed_values",
        column: name,
        row: request.as_str(),
    }
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, ServiceError> {
    serde_json::to_vec(value).map_err(|_| ServiceError::Corrupt("value"))
}

fn decode<T: DeserializeOwned>(bytes: &[u8], what: &'static str) -> Result<T, ServiceError> {
    serde_json::from_slice(bytes).map_err(|_| ServiceError::Corrupt(what))
}

#[cfg(test)]
mod tests {
    use candor_domain::identity::EMAIL;
    use candor_seal::entropy::SystemEntropy;

    use super::*;

    #[test]
    fn a_record_opens_until_it_is_shredded_and_shows_nothing_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let root = || RootKey::from_bytes(&[7; 32]).unwrap();
        let keyring = Keyring::open(root(), folder.path()).unwrap();
        let root = root();
        let contact = Identity::new(EMAIL, "mireille@post.example");
        let entropy = SystemEntropy::new();
        let vault = Vault {
            keyring: &keyring,
            entropy: &entropy,
            now: Timestamp::UNIX_EPOCH,
        };
        let index = contact_index(&root, "customer", None, &contact);
        let mut row = create(&vault, ("customer", None), index, contact.clone()).unwrap();
        assert_eq!(row.contact_index, Some(index));
        for tenant in ["acme", "other"] {
            let tenant = tenant.parse().ok();
            let other = contact_index(&root, "customer", tenant.as_ref(), &contact);
            assert_ne!(other, index);
        }
        let sealed = row.sealed.clone().unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("mireille"));
        assert_eq!(open(&vault, &row).unwrap().unwrap().contact, contact);
        row.wrapped_key = None;
        assert!(open(&vault, &row).unwrap().is_none());
    }
}
