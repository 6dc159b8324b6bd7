//! The shard keys of one tenant: a file with two slots for each shard. While a shard
//! rolls, both are full; the one with the higher epoch wraps. INVARIANT: a key that is
//! destroyed is overwritten where it stood, and a slot is written whole or not at all
//! (it lies within one sector). Refuses a file that others can read, and one whose
//! keys don't hang from this root.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use candor_seal::entropy::Entropy;
use candor_seal::keys::{KeyId, RootKey, ShardKey, TenantKey, WRAPPED_KEY_BYTES, WrappedKey};
use jiff::Timestamp;

use super::{KeyringError, SHARDS, Shard};

const MAGIC: &[u8; 16] = b"candor-shards-1\n";
const HEADER_BYTES: u64 = 512;
const SLOT_BYTES: usize = 256;
/// Shards whose first keys are made together: one write, and a small tenant needs few.
const BLOCK: u16 = 64;

/// A shard's key in one epoch.
pub(crate) struct Epoch {
    /// Counts from 1.
    pub(crate) number: u64,
    /// When it was made.
    pub(crate) made_at: Timestamp,
    /// The key.
    pub(crate) key: ShardKey,
}

/// The file.
pub(super) struct Slots {
    path: PathBuf,
    file: File,
    tenant: TenantKey,
    /// By the ids of their keys.
    opened: Mutex<HashMap<[u8; 8], Arc<Epoch>>>,
}

/// What a slot holds, still wrapped.
struct Slot {
    number: u64,
    made_at: i64,
    id: [u8; 8],
    wrapped: WrappedKey,
}

impl Slots {
    /// Opens the file of a tenant; makes it where there is none.
    pub(super) fn open(
        path: &Path,
        (root, name): (&RootKey, &str),
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyringError> {
        let failed = |source| KeyringError::file(path, source);
        if !path.try_exists().map_err(failed)? {
            make(path, (root, name), entropy)?;
        }
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            let path = path.to_owned();
            return Err(KeyringError::Permissions { path });
        }
        let mut header = [0; MAGIC.len() + WRAPPED_KEY_BYTES];
        file.read_exact_at(&mut header, 0).map_err(failed)?;
        let not_ours = || KeyringError::NotOurs {
            path: path.to_owned(),
        };
        let wrapped = header.strip_prefix(MAGIC).ok_or_else(not_ours)?;
        let wrapped = WrappedKey::from_bytes(wrapped).map_err(|_| not_ours())?;
        let tenant = root.unwrap_tenant(&wrapped, name).map_err(|_| not_ours())?;
        Ok(Self {
            path: path.to_owned(),
            file,
            tenant,
            opened: Mutex::default(),
        })
    }

    /// The epochs of a shard, the one that wraps first; makes the first one.
    pub(super) fn epochs(
        &self,
        shard: Shard,
        (entropy, now): (&dyn Entropy, Timestamp),
    ) -> Result<Vec<Arc<Epoch>>, KeyringError> {
        let found = self.known(shard)?;
        if !found.is_empty() {
            return Ok(found);
        }
        let _lock = self.lock()?;
        let first = shard.number() / BLOCK * BLOCK;
        for number in first..first + BLOCK {
            let one = Shard::numbered(number);
            if self.read(one)?.iter().all(Option::is_none) {
                self.write(one, 0, &(1, now), entropy)?;
            }
        }
        self.sync()?;
        self.known(shard)
    }

    /// The epochs of a shard that were made already.
    pub(super) fn known(&self, shard: Shard) -> Result<Vec<Arc<Epoch>>, KeyringError> {
        let slots = self.read(shard)?.into_iter().flatten();
        let mut epochs = slots
            .map(|slot| self.epoch(shard, &slot))
            .collect::<Result<Vec<_>, _>>()?;
        epochs.sort_by_key(|epoch| std::cmp::Reverse(epoch.number));
        Ok(epochs)
    }

    /// Begins the next epoch, unless the one before is not through yet.
    pub(super) fn begin(
        &self,
        shard: Shard,
        (entropy, now): (&dyn Entropy, Timestamp),
    ) -> Result<(), KeyringError> {
        self.epochs(shard, (entropy, now))?;
        let _lock = self.lock()?;
        let slots = self.read(shard)?;
        let Some(free) = slots.iter().position(Option::is_none) else {
            return Ok(());
        };
        let last = slots.iter().flatten().map(|slot| slot.number).max();
        let next = last.unwrap_or(0) + 1;
        self.write(shard, free, &(next, now), entropy)?;
        self.sync()
    }

    /// Overwrites every epoch of a shard but this one.
    pub(super) fn destroy_before(&self, shard: Shard, kept: KeyId) -> Result<(), KeyringError> {
        let _lock = self.lock()?;
        let slots = self.read(shard)?;
        let is_there = slots
            .iter()
            .flatten()
            .any(|slot| slot.id == kept.to_bytes());
        if !is_there {
            return Ok(());
        }
        for (side, slot) in slots.iter().enumerate() {
            let old = slot.as_ref().filter(|slot| slot.id != kept.to_bytes());
            if let Some(old) = old {
                let place = place(shard, side);
                let written = self.file.write_all_at(&[0; SLOT_BYTES], place);
                written.map_err(|source| KeyringError::file(&self.path, source))?;
                let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
                opened.remove(&old.id);
            }
        }
        self.sync()
    }

    fn epoch(&self, shard: Shard, slot: &Slot) -> Result<Arc<Epoch>, KeyringError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = opened.get(&slot.id) {
            return Ok(known.clone());
        }
        let label = label(shard, slot.number, slot.made_at);
        let key = self.tenant.unwrap_shard(&slot.wrapped, &label);
        let key = key.map_err(|_| KeyringError::NotOurs {
            path: self.path.clone(),
        })?;
        let epoch = Arc::new(Epoch {
            number: slot.number,
            made_at: Timestamp::from_second(slot.made_at).unwrap_or(Timestamp::UNIX_EPOCH),
            key,
        });
        opened.insert(epoch.key.id().to_bytes(), epoch.clone());
        Ok(epoch)
    }

    fn read(&self, shard: Shard) -> Result<[Option<Slot>; 2], KeyringError> {
        let mut slots = [None, None];
        for (side, slot) in slots.iter_mut().enumerate() {
            let mut bytes = [0; SLOT_BYTES];
            let read = self.file.read_exact_at(&mut bytes, place(shard, side));
            read.map_err(|source| KeyringError::file(&self.path, source))?;
            *slot = parsed(&bytes);
        }
        Ok(slots)
    }

    fn write(
        &self,
        shard: Shard,
        side: usize,
        (number, now): &(u64, Timestamp),
        entropy: &dyn Entropy,
    ) -> Result<(), KeyringError> {
        let key = ShardKey::generate(entropy)?;
        let made_at = now.as_second();
        let label = label(shard, *number, made_at);
        let wrapped = self.tenant.wrap_shard(&key, &label, entropy)?;
        let mut bytes = Vec::with_capacity(SLOT_BYTES);
        bytes.extend(number.to_be_bytes());
        bytes.extend(made_at.to_be_bytes());
        bytes.extend(key.id().to_bytes());
        bytes.extend(wrapped.to_bytes());
        bytes.resize(SLOT_BYTES, 0);
        let written = self.file.write_all_at(&bytes, place(shard, side));
        written.map_err(|source| KeyringError::file(&self.path, source))
    }

    fn sync(&self) -> Result<(), KeyringError> {
        let synced = self.file.sync_all();
        synced.map_err(|source| KeyringError::file(&self.path, source))
    }

    /// Held by one process at a time; another handle, because locks are a handle's.
    fn lock(&self) -> Result<File, KeyringError> {
        let failed = |source| KeyringError::file(&self.path, source);
        let file = File::open(&self.path).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(file)
    }
}

/// Makes the file beside its place and moves it there: nobody sees half of one, and
/// whoever is second takes the first one's.
fn make(
    path: &Path,
    (root, name): (&RootKey, &str),
    entropy: &dyn Entropy,
) -> Result<(), KeyringError> {
    let failed = |source| KeyringError::file(path, source);
    let tenant = TenantKey::generate(entropy)?;
    let wrapped = root.wrap_tenant(&tenant, name, entropy)?;
    let mut unique = [0; 8];
    entropy
        .fill(&mut unique)
        .map_err(candor_seal::keys::KeyError::from)?;
    let draft = path.with_extension(hex::encode(unique));
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    let mut header = MAGIC.to_vec();
    header.extend(wrapped.to_bytes());
    file.write_all_at(&header, 0).map_err(failed)?;
    let slots = u64::from(SHARDS) * 2 * SLOT_BYTES as u64;
    file.set_len(HEADER_BYTES + slots).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    let moved = match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    };
    moved.map_err(failed)?;
    fs::remove_file(&draft).map_err(failed)?;
    super::sync_folder(path)
}

fn parsed(bytes: &[u8; SLOT_BYTES]) -> Option<Slot> {
    let (number, rest) = bytes.split_first_chunk()?;
    let (made_at, rest) = rest.split_first_chunk()?;
    let (id, rest) = rest.split_first_chunk()?;
    let number = u64::from_be_bytes(*number);
    let wrapped = WrappedKey::from_bytes(rest.get(..WRAPPED_KEY_BYTES)?);
    (number > 0).then_some(Slot {
        number,
        made_at: i64::from_be_bytes(*made_at),
        id: *id,
        wrapped: wrapped.ok()?,
    })
}

fn place(shard: Shard, side: usize) -> u64 {
    let slot = u64::from(shard.number()) * 2 + side as u64;
    HEADER_BYTES + slot * SLOT_BYTES as u64
}

fn label(shard: Shard, number: u64, made_at: i64) -> String {
    format!("{shard}/{number}/{made_at}")
}
