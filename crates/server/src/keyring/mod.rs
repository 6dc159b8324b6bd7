//! The keys above people's own: the root, a key for each tenant, and 4,096 shard keys
//! for each, in files outside the state (`docs/CRYPTO.md`). INVARIANT: what is wrapped
//! is wrapped under the present key of its shard; a key that was destroyed is nowhere,
//! and whoever hung from it and is no survivor can't be read in any copy of the state.
//! Refuses files that others can read or that belong to another root.

mod slots;
mod survivors;

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use candor_domain::id::SubjectId;
use candor_domain::subject_request::Tenant;
use candor_domain::work::Shard;
use candor_seal::entropy::Entropy;
use candor_seal::keys::{KeyError, KeyId, RootKey, SubjectKey, WrappedKey};
use jiff::Timestamp;
use thiserror::Error;

use self::slots::{Epoch, Slots};

/// Shards of one tenant.
pub(crate) const SHARDS: u16 = candor_domain::work::SHARDS;

/// A key that could not be had.
#[derive(Debug, Error)]
pub enum KeyringError {
    /// Reading or writing failed.
    #[error("the key file `{path}` could not be used")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others can read it.
    #[error("others can read `{path}`; run: chmod 600 {path}")]
    Permissions {
        /// The file.
        path: PathBuf,
    },
    /// It is none of ours, or hangs from another root.
    #[error("`{path}` holds no keys of this root key; restore the folder of keys as a whole")]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A shard has people in the state and no key in the folder.
    #[error(
        "the folder of keys has none for shard {shard} of {of}; is it of another installation?"
    )]
    Missing {
        /// The shard.
        shard: Shard,
        /// Whose.
        of: String,
    },
    /// A key could not be made, wrapped or unwrapped.
    #[error("a key could not be used")]
    Key(#[from] KeyError),
}

impl KeyringError {
    fn file(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::File { path, source }
    }

    pub(crate) fn missing(tenant: Option<&Tenant>, shard: Shard) -> Self {
        let of = named(tenant);
        Self::Missing { shard, of }
    }
}

/// All keys above people's own.
pub struct Keyring {
    root: RootKey,
    folder: PathBuf,
    tenants: Mutex<HashMap<Option<Tenant>, Arc<Slots>>>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({:?})", self.root)
    }
}

/// How old a shard's present key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAge {
    /// Whose.
    pub tenant: Option<Tenant>,
    /// Which.
    pub shard: Shard,
    /// In which epoch it is.
    pub epoch: u64,
    /// When that began.
    pub made_at: Timestamp,
    /// Whether the one before is not destroyed yet.
    pub is_rolling: bool,
}

impl Keyring {
    /// The keys that hang from a root, in this folder.
    ///
    /// # Errors
    /// Where the folder can't be made.
    pub fn open(root: RootKey, folder: &Path) -> Result<Self, KeyringError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|source| KeyringError::file(folder, source))?;
        Ok(Self {
            root,
            folder: folder.to_owned(),
            tenants: Mutex::default(),
        })
    }

    /// The root: it names and looks up, and wraps tenants' keys.
    #[must_use]
    pub const fn root(&self) -> &RootKey {
        &self.root
    }

    /// Wraps a person's key under the present key of their shard.
    ///
    /// # Errors
    /// A [`KeyringError`].
    pub fn wrap(
        &self,
        (tenant, id): (Option<&Tenant>, &SubjectId),
        key: &SubjectKey,
        (entropy, now): (&dyn Entropy, Timestamp),
    ) -> Result<WrappedKey, KeyringError> {
        let slots = self.slots(tenant, entropy)?;
        let epochs = slots.epochs(Shard::of(id), (entropy, now))?;
        let present = present(&epochs, tenant, id)?;
        Ok(present.key.wrap(key, id.as_str(), entropy)?)
    }

    /// A person's key; `None` where the key it hung from was destroyed and they are
    /// no survivor: they were shredded after this wrap was written.
    ///
    /// # Errors
    /// A [`KeyringError`]; a missing folder of keys is an error, not a shredded person.
    pub fn unwrap(
        &self,
        (tenant, id): (Option<&Tenant>, &SubjectId),
        wrapped: &WrappedKey,
        entropy: &dyn Entropy,
    ) -> Result<Option<SubjectKey>, KeyringError> {
        // Wraps from before there were shards.
        if wrapped.root() == self.root.id() {
            return Ok(Some(self.root.unwrap(wrapped, id.as_str())?));
        }
        let slots = self.slots(tenant, entropy)?;
        let epochs = slots.known(Shard::of(id))?;
        present(&epochs, tenant, id)?;
        let of = |wrapped: &WrappedKey| {
            let mut epochs = epochs.iter();
            epochs.find(|epoch| epoch.key.id() == wrapped.root())
        };
        if let Some(epoch) = of(wrapped) {
            return Ok(Some(epoch.key.unwrap(wrapped, id.as_str())?));
        }
        let survivors = survivors::read(&self.survivors(tenant, Shard::of(id)))?;
        let Some(wrapped) = survivors.get(id) else {
            return Ok(None);
        };
        // Those of a roll that was cut between writing them and destroying the key
        // before hang from the present one already.
        let key = of(wrapped).map(|epoch| epoch.key.unwrap(wrapped, id.as_str()));
        Ok(key.transpose()?)
    }

    /// Begins the next epoch of a shard, unless one is not through yet; its key's id.
    ///
    /// # Errors
    /// A [`KeyringError`].
    pub(crate) fn begin(
        &self,
        tenant: Option<&Tenant>,
        shard: Shard,
        (entropy, now): (&dyn Entropy, Timestamp),
    ) -> Result<KeyId, KeyringError> {
        let slots = self.slots(tenant, entropy)?;
        slots.begin(shard, (entropy, now))?;
        let epochs = slots.known(shard)?;
        let present = epochs
            .first()
            .ok_or_else(|| KeyringError::missing(tenant, shard))?;
        Ok(present.key.id())
    }

    /// Writes a shard's survivors down, in place of those before.
    ///
    /// # Errors
    /// A [`KeyringError`].
    pub(crate) fn write_survivors(
        &self,
        tenant: Option<&Tenant>,
        shard: Shard,
        survivors: &[(SubjectId, WrappedKey)],
    ) -> Result<(), KeyringError> {
        survivors::write(&self.survivors(tenant, shard), survivors)
    }

    /// Destroys every key of a shard but the present one.
    ///
    /// # Errors
    /// A [`KeyringError`].
    pub(crate) fn destroy_before(
        &self,
        tenant: Option<&Tenant>,
        shard: Shard,
        present: KeyId,
        entropy: &dyn Entropy,
    ) -> Result<(), KeyringError> {
        let slots = self.slots(tenant, entropy)?;
        slots.destroy_before(shard, present)
    }

    /// The ids of a shard's keys, the present one first; none where there is no file.
    ///
    /// # Errors
    /// A [`KeyringError`].
    pub(crate) fn ids(
        &self,
        tenant: Option<&Tenant>,
        shard: Shard,
        entropy: &dyn Entropy,
    ) -> Result<Vec<KeyId>, KeyringError> {
        if !exists(&self.path(tenant))? {
            return Ok(Vec::new());
        }
        let epochs = self.slots(tenant, entropy)?.known(shard)?;
        Ok(epochs.iter().map(|epoch| epoch.key.id()).collect())
    }

    /// The present key of a shard, if it has one.
    ///
    /// # Errors
    /// A [`KeyringError`].
    pub(crate) fn age(
        &self,
        tenant: Option<&Tenant>,
        shard: Shard,
        entropy: &dyn Entropy,
    ) -> Result<Option<KeyAge>, KeyringError> {
        if !exists(&self.path(tenant))? {
            return Ok(None);
        }
        let epochs = self.slots(tenant, entropy)?.known(shard)?;
        Ok(epochs.first().map(|present| KeyAge {
            tenant: tenant.cloned(),
            shard,
            epoch: present.number,
            made_at: present.made_at,
            is_rolling: epochs.len() > 1,
        }))
    }

    fn slots(
        &self,
        tenant: Option<&Tenant>,
        entropy: &dyn Entropy,
    ) -> Result<Arc<Slots>, KeyringError> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let key = tenant.cloned();
        if let Some(known) = tenants.get(&key) {
            return Ok(known.clone());
        }
        let opened = Slots::open(&self.path(tenant), (&self.root, &named(tenant)), entropy)?;
        let opened = Arc::new(opened);
        tenants.insert(key, opened.clone());
        Ok(opened)
    }

    fn path(&self, tenant: Option<&Tenant>) -> PathBuf {
        self.folder.join(format!("{}.shards", named(tenant)))
    }

    fn survivors(&self, tenant: Option<&Tenant>, shard: Shard) -> PathBuf {
        let folder = format!("{}.survivors", named(tenant));
        self.folder.join(folder).join(shard.to_string())
    }
}

/// A name of a tenant's files: one that no other tenant and no other file has.
fn named(tenant: Option<&Tenant>) -> String {
    match tenant {
        None => "own".to_owned(),
        Some(tenant) => format!("tenant-{tenant}"),
    }
}

fn present<'e>(
    epochs: &'e [Arc<Epoch>],
    tenant: Option<&Tenant>,
    id: &SubjectId,
) -> Result<&'e Arc<Epoch>, KeyringError> {
    epochs
        .first()
        .ok_or_else(|| KeyringError::missing(tenant, Shard::of(id)))
}

/// Makes a new, moved or removed file of a folder durable.
fn sync_folder(path: &Path) -> Result<(), KeyringError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| KeyringError::file(path, source))
}

fn exists(path: &Path) -> Result<bool, KeyringError> {
    fs::exists(path).map_err(|source| KeyringError::file(path, source))
}
