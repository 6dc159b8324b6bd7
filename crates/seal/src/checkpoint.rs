//! Checkpoints (C2SP tlog-checkpoint): a ledger's size and root, signed.
//!
//! [`Checkpoint::open`] hands one out only when the key named like its origin
//! signed it. Refuses extension lines (nobody could audit them), sizes with
//! leading zeroes, and an empty tree with another root than the empty one.
//! Whoever signs must never sign two checkpoints of which one does not continue
//! the other; see [`crate::ledger::verify_consistency`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::hash::Hash;
use crate::ledger::{SIZE_MAX, empty_root};
use crate::note::{self, LogKey, NoteError, VerifierKey};

/// What a ledger was at one moment.
///
/// ```
/// use candor_seal::checkpoint::Checkpoint;
/// use candor_seal::entropy::SystemEntropy;
/// use candor_seal::ledger::{leaf_hash, root_of};
/// use candor_seal::note::LogKey;
///
/// let key = LogKey::generate("privacy.example/ledger", &SystemEntropy::new())?;
/// let checkpoint = Checkpoint {
///     origin: "privacy.example/ledger".into(),
///     size: 1,
///     root: root_of([leaf_hash(b"entry")]),
/// };
/// let signed = checkpoint.sign(&key)?;
/// assert_eq!(Checkpoint::open(&signed, &[key.verifier()])?, checkpoint);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which ledger: the name of its key.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// Signs it as a note.
    ///
    /// # Errors
    /// When the key's name is not the origin, or size and root are impossible.
    pub fn sign(&self, key: &LogKey) -> Result<String, CheckpointError> {
        if key.verifier().name() != self.origin {
            return Err(CheckpointError::Origin {
                found: self.origin.clone(),
            });
        }
        self.check()?;
        Ok(note::sign(&self.body(), key)?)
    }

    /// Reads a signed checkpoint. `keys` are the ledgers the reader trusts.
    ///
    /// # Errors
    /// When it is malformed, or not signed by the key of its origin.
    pub fn open(signed: &str, keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let note = note::open(signed, keys)?;
        let checkpoint = Self::parse_body(note.text())?;
        // A key that may speak for one ledger, or as a witness, must not be
        // able to speak for another.
        if !note
            .signers()
            .iter()
            .any(|key| key.name() == checkpoint.origin)
        {
            return Err(CheckpointError::Origin {
                found: checkpoint.origin,
            });
        }
        Ok(checkpoint)
    }

    /// The signed text: three lines.
    fn body(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root.as_bytes())
        )
    }

    /// What a signed checkpoint claims, for whoever made it and would rather
    /// find a mistake than hand it on. Never enough for a reader.
    pub(crate) fn unverified(signed: &str) -> Result<Self, CheckpointError> {
        Self::parse_body(note::unverified_text(signed)?)
    }

    fn parse_body(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) = (
            lines.next(),
            lines.next(),
            lines.next(),
            lines.next(),
            lines.next(),
        ) else {
            return Err(CheckpointError::Malformed);
        };
        let root = decode_hash(root).ok_or(CheckpointError::Malformed)?;
        let size = decode_decimal(size).ok_or(CheckpointError::Malformed)?;
        let checkpoint = Self {
            origin: origin.to_owned(),
            size,
            root,
        };
        checkpoint.check()?;
        Ok(checkpoint)
    }

    fn check(&self) -> Result<(), CheckpointError> {
        let empty_holds = self.size != 0 || self.root == empty_root();
        if self.origin.is_empty() || self.size > SIZE_MAX || !empty_holds {
            return Err(CheckpointError::Malformed);
        }
        Ok(())
    }
}

/// Why a checkpoint can't be signed or trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The note around it can't be trusted.
    #[error("the checkpoint is not a note that can be trusted")]
    Note(#[from] NoteError),
    /// Not an origin, a size and a root.
    #[error("not a checkpoint")]
    Malformed,
    /// The key of another ledger.
    #[error("not signed by the key of its origin `{found}`")]
    Origin {
        /// The origin it claims.
        found: String,
    },
}

/// A decimal number without leading zeroes or sign.
pub(crate) fn decode_decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A hash in canonical base64.
pub(crate) fn decode_hash(text: &str) -> Option<Hash> {
    STANDARD
        .decode(text)
        .ok()?
        .try_into()
        .ok()
        .map(Hash::from_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::ledger::{leaf_hash, root_of};

    fn key(name: &str, seed: u64) -> LogKey {
        LogKey::generate(name, &SeededEntropy::new(seed)).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: "a.example/log".into(),
            size: 1,
            root: root_of([leaf_hash(b"x")]),
        }
    }

    #[test]
    fn only_the_key_of_the_origin_speaks_for_it() {
        let (log, other) = (key("a.example/log", 1), key("b.example/log", 2));
        let signed = checkpoint().sign(&log).unwrap();
        assert_eq!(
            Checkpoint::open(&signed, &[other.verifier(), log.verifier()]),
            Ok(checkpoint())
        );
        assert_eq!(
            checkpoint().sign(&other),
            Err(CheckpointError::Origin {
                found: "a.example/log".into()
            })
        );
        // A trusted key of another ledger, and an untrusted key of this name.
        let forged = note::sign(&checkpoint().body(), &other).unwrap();
        assert_eq!(
            Checkpoint::open(&forged, &[other.verifier(), log.verifier()]),
            Err(CheckpointError::Origin {
                found: "a.example/log".into()
            })
        );
        let forged = checkpoint().sign(&key("a.example/log", 3)).unwrap();
        assert_eq!(
            Checkpoint::open(&forged, &[log.verifier()]),
            Err(CheckpointError::Note(NoteError::Unknown))
        );
    }

    #[test]
    fn bodies_are_read_strictly() {
        let good = checkpoint().body();
        assert_eq!(Checkpoint::parse_body(&good), Ok(checkpoint()));
        let empty = Checkpoint {
            size: 0,
            root: empty_root(),
            ..checkpoint()
        };
        assert_eq!(Checkpoint::parse_body(&empty.body()), Ok(empty));
        for bad in [
            String::new(),
            good.trim_end().into(),
            good.clone() + "extension\n",
            good.clone() + "\n",
            good.replace("\n1\n", "\n01\n"),
            good.replace("\n1\n", "\n+1\n"),
            good.replace("\n1\n", "\n-1\n"),
            good.replace("\n1\n", "\n0\n"),
            good.replace("\n1\n", "\n18446744073709551616\n"),
            good.replace("\n1\n", "\n18446744073709551615\n"),
            good.replace("a.example/log", ""),
            good.replace("=\n", "\n"),
        ] {
            assert_eq!(
                Checkpoint::parse_body(&bad),
                Err(CheckpointError::Malformed),
                "{bad}"
            );
        }
    }

    #[test]
    fn impossible_ones_are_not_signed() {
        let log = key("a.example/log", 1);
        let empty = Checkpoint {
            size: 0,
            ..checkpoint()
        };
        assert_eq!(empty.sign(&log), Err(CheckpointError::Malformed));
    }
}
