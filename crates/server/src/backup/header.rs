//! What a backup says of itself in the clear: when it was made, of which ledger
//! at which size, and the key it is sealed under, wrapped. It is authenticated
//! with every chunk that follows it, and its name is made of it. Refuses another
//! form, other keys, and another ledger's checkpoint.

use std::path::Path;

use candor_seal::checkpoint::Checkpoint;
use candor_seal::entropy::Entropy;
use candor_seal::hash::{Hash, sha256};
use candor_seal::keys::{SubjectKey, WrappedKey};
use candor_store::rows::LedgerHead;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::folder::{SINCE, STAMP, UNFINISHED};
use super::{BackupError, Holder};

/// The first line of a backup.
const MAGIC: &str = "candor-backup\n";
/// The form that is written. It rises when a release before could no longer read
/// it.
const FORM: u32 = 1;
/// The longest second line.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    form: u32,
    /// When its state was that of the moment.
    pub made_at: Timestamp,
    /// How many entries the ledger had.
    pub entries: u64,
    /// The ledger's head then, signed.
    checkpoint: String,
    /// Of what happened since a backup: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Name of the root key.
    root_key: String,
    /// Verifier of the ledger's key.
    ledger_key: String,
    /// The key of what follows, wrapped.
    key: WrappedKey,
}

impl Header {
    /// A header for the state whose ledger has this head, and the key to seal
    /// it under.
    pub(super) fn new(
        keys: Holder<'_>,
        head: &LedgerHead,
        (made_at, since): (Timestamp, Option<String>),
        entropy: &dyn Entropy,
    ) -> Result<(Self, SubjectKey), BackupError> {
        let checkpoint = Checkpoint {
            origin: keys.ledger.verifier().name().to_owned(),
            size: head.size,
            root: Hash::from_bytes(head.root),
        };
        let checkpoint = checkpoint.sign(keys.ledger);
        let checkpoint = checkpoint.map_err(|_| BackupError::Seal)?;
        let key = SubjectKey::generate(entropy).map_err(|_| BackupError::Seal)?;
        let wrapped = keys.root.wrap(&key, &label(made_at), entropy);
        let header = Self {
            form: FORM,
            made_at,
            entries: head.size,
            checkpoint,
            since,
            root_key: keys.root.id().to_string(),
            ledger_key: keys.ledger.verifier().to_string(),
            key: wrapped.map_err(|_| BackupError::Seal)?,
        };
        Ok((header, key))
    }

    /// The name of the backup.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.since {
            Some(backup) => format!("{backup}{SINCE}"),
            None => format!("{}-{}.backup", self.made_at.strftime(STAMP), self.entries),
        }
    }

    /// The first bytes of a backup.
    pub(super) fn encode(&self) -> Result<Vec<u8>, BackupError> {
        let line = serde_json::to_string(self).map_err(|_| BackupError::Seal)?;
        Ok(format!("{MAGIC}{line}\n").into_bytes())
    }

    /// Reads the first bytes of a backup: the header, and how many they are.
    pub(super) fn decode(path: &Path, bytes: &[u8]) -> Result<(Self, usize), BackupError> {
        let refused = |why: &str| BackupError::NotABackup {
            path: path.to_owned(),
            why: why.to_owned(),
        };
        let rest = bytes.strip_prefix(MAGIC.as_bytes());
        let rest = rest.ok_or_else(|| refused("it begins otherwise"))?;
        let length = rest.iter().position(|byte| *byte == b'\n');
        let line = length.and_then(|length| rest.get(..length));
        let line = line.ok_or_else(|| refused("its header has no end"))?;
        let value: serde_json::Value =
            serde_json::from_slice(line).map_err(|_| refused("its header is not JSON"))?;
        if value.get("form") != Some(&FORM.into()) {
            return Err(refused("a newer release wrote it, which can restore it"));
        }
        let header = serde_json::from_value(value);
        let header = header.map_err(|error| refused(&error.to_string()))?;
        Ok((header, MAGIC.len() + line.len() + 1))
    }

    /// How many bytes are enough to hold any header.
    pub(super) const fn bytes_max() -> usize {
        MAGIC.len() + LINE_BYTES_MAX
    }

    /// The key of what follows, if this backup is of these keys and this ledger
    /// and has its own name.
    pub(super) fn open(&self, path: &Path, keys: Holder<'_>) -> Result<SubjectKey, BackupError> {
        let expected = [
            ("root", &self.root_key, keys.root.id().to_string()),
            (
                "ledger",
                &self.ledger_key,
                keys.ledger.verifier().to_string(),
            ),
        ];
        for (which, found, expected) in expected {
            if *found != expected {
                return Err(BackupError::OtherKey {
                    path: path.to_owned(),
                    which,
                    found: found.clone(),
                    expected,
                });
            }
        }
        let name = path.file_name().and_then(std::ffi::OsStr::to_str);
        let name = name.map(|name| name.trim_end_matches(UNFINISHED));
        if name != Some(self.name().as_str()) {
            return Err(BackupError::Renamed {
                path: path.to_owned(),
                made: self.name(),
            });
        }
        let key = keys.root.unwrap(&self.key, &label(self.made_at));
        key.map_err(|_| BackupError::Damaged {
            path: path.to_owned(),
            why: "its key is not authentic".to_owned(),
        })
    }

    /// Whether a ledger's head is the one that was signed.
    pub(super) fn is_of(
        &self,
        path: &Path,
        keys: Holder<'_>,
        head: &LedgerHead,
    ) -> Result<bool, BackupError> {
        let signed = Checkpoint::open(&self.checkpoint, &[keys.ledger.verifier()]);
        let signed = signed.map_err(|source| BackupError::Checkpoint {
            path: path.to_owned(),
            source,
        })?;
        Ok(signed.size == head.size
            && signed.size == self.entries
            && *signed.root.as_bytes() == head.root)
    }
}

/// What the chunks of a backup are bound to: its first bytes.
pub(super) fn bound_to(header: &[u8]) -> String {
    Hash::from_bytes(sha256(header)).to_string()
}

fn label(made_at: Timestamp) -> String {
    format!("backup/{made_at}")
}
