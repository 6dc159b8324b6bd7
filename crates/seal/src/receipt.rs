//! Receipts: a ledger entry that a stranger can verify offline.
//!
//! A receipt is a C2SP tlog-proof whose `extra` line is the base64 of canonical
//! JSON: the entry itself and, if its holder wants to show whom it concerns,
//! the [`Opening`] of its commitment. Keep it in a file named `*.tlog-proof`.
//!
//! INVARIANT: a receipt has one spelling. Refuses anything else, an entry that
//! is not at its index under the signed root, and an opening that does not fit
//! the entry's commitment. Whoever publishes a receipt first drops its opening
//! with [`Receipt::without_opening`].

mod text;

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::commitment::CommitmentSalt;
use crate::entry::{Entry, EntryError};
use crate::hash::Hash;
use crate::ledger::{VerifyError, leaf_hash, verify_inclusion};
use crate::note::VerifierKey;

/// Bytes of a receipt: an entry in base64, a long checkpoint, and the proof.
pub const RECEIPT_BYTES_MAX: usize = 262_144;
/// Bytes of the subject an opening may show.
pub const SUBJECT_BYTES_MAX: usize = 1_024;
/// Hashes of an inclusion proof in the largest tree.
pub const PROOF_HASHES_MAX: usize = 62;

/// What makes a commitment checkable: its salt and the subject it names.
/// Personal data; it is shown by nothing here.
pub struct Opening {
    /// The salt.
    pub salt: CommitmentSalt,
    /// The subject as it was committed to.
    pub subject: Vec<u8>,
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(..)")
    }
}

/// An entry, its place in a ledger, and the proof. Nothing in it is to be
/// believed before [`Receipt::verify`].
///
/// ```
/// use std::collections::BTreeMap;
/// use candor_seal::checkpoint::Checkpoint;
/// use candor_seal::entropy::SystemEntropy;
/// use candor_seal::entry::Entry;
/// use candor_seal::ledger::{Frontier, inclusion_proof, leaf_hash};
/// use candor_seal::note::LogKey;
/// use candor_seal::receipt::Receipt;
///
/// // The ledger's side.
/// let key = LogKey::generate("privacy.example/ledger", &SystemEntropy::new())?;
/// let entry = Entry::new("2026-11-22T09:30:00Z", "subject_request.completed");
/// let (mut frontier, mut nodes) = (Frontier::new(), BTreeMap::new());
/// for node in frontier.append(leaf_hash(&entry.encode()?)) {
///     nodes.insert((node.level, node.index), node.hash);
/// }
/// let checkpoint = Checkpoint {
///     origin: "privacy.example/ledger".into(),
///     size: frontier.size(),
///     root: frontier.root(),
/// };
/// let proof = inclusion_proof(0, frontier.size(), &nodes)?;
/// let receipt = Receipt::build(entry, None, 0, proof, checkpoint.sign(&key)?)?;
/// let text = receipt.to_text()?;
///
/// // A stranger's side.
/// let verified = Receipt::parse(&text)?.verify(&[key.verifier()])?;
/// assert_eq!(verified.entry.kind, "subject_request.completed");
/// assert_eq!((verified.index, verified.size), (0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Receipt {
    entry: Entry,
    opening: Option<Opening>,
    index: u64,
    proof: Vec<Hash>,
    checkpoint: String,
}

/// What a receipt shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    /// The entry, as it stands in the ledger.
    pub entry: Entry,
    /// Its index.
    pub index: u64,
    /// How many entries the ledger had when this was proven.
    pub size: u64,
    /// Which ledger: the name of the key that signed.
    pub origin: String,
    /// Whether the receipt also shows whom the entry concerns.
    pub opened: bool,
}

impl Receipt {
    /// A receipt of these parts; `checkpoint` is the signed note, verbatim.
    ///
    /// # Errors
    /// When the parts can't be written, or do not fit each other. The
    /// checkpoint's signature is left to whoever verifies.
    pub fn build(
        entry: Entry,
        opening: Option<Opening>,
        index: u64,
        proof: Vec<Hash>,
        checkpoint: String,
    ) -> Result<Self, ReceiptError> {
        let receipt = Self {
            entry,
            opening,
            index,
            proof,
            checkpoint,
        };
        receipt.check(&Checkpoint::unverified(&receipt.checkpoint)?)?;
        Self::parse(&receipt.to_text()?)
    }

    /// The same receipt, which now also shows whom the entry concerns: for that
    /// person's hands only.
    ///
    /// # Errors
    /// When the opening does not fit the entry's commitment.
    pub fn with_opening(self, opening: Opening) -> Result<Self, ReceiptError> {
        Self::build(
            self.entry,
            Some(opening),
            self.index,
            self.proof,
            self.checkpoint,
        )
    }

    /// The signed checkpoint it stands under, verbatim.
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }

    /// The same receipt, which no longer shows whom the entry concerns.
    #[must_use]
    pub fn without_opening(self) -> Self {
        Self {
            opening: None,
            ..self
        }
    }

    /// Whom the entry is claimed to concern, if the receipt says so.
    #[must_use]
    pub const fn opening(&self) -> Option<&Opening> {
        self.opening.as_ref()
    }

    /// The content of a `.tlog-proof` file.
    ///
    /// # Errors
    /// When the entry can't be encoded.
    pub fn to_text(&self) -> Result<String, ReceiptError> {
        text::write(self)
    }

    /// Reads the content of a `.tlog-proof` file.
    ///
    /// # Errors
    /// When it is not what [`Receipt::to_text`] would write.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let receipt = text::read(text)?;
        if receipt.to_text()? != text {
            return Err(ReceiptError::Malformed);
        }
        Ok(receipt)
    }

    /// Checks everything against the ledgers that the reader trusts.
    ///
    /// # Errors
    /// When it does not show what it claims; the reason says which part fails.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<VerifiedReceipt, ReceiptError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, keys)?;
        self.check(&checkpoint)?;
        Ok(VerifiedReceipt {
            entry: self.entry.clone(),
            index: self.index,
            size: checkpoint.size,
            origin: checkpoint.origin,
            opened: self.opening.is_some(),
        })
    }

    fn check(&self, checkpoint: &Checkpoint) -> Result<(), ReceiptError> {
        let leaf = leaf_hash(&self.entry.encode()?);
        verify_inclusion(
            &leaf,
            self.index,
            checkpoint.size,
            &self.proof,
            &checkpoint.root,
        )?;
        if let Some(opening) = &self.opening {
            let commitment = self.entry.commitment.ok_or(ReceiptError::Opening)?;
            if !commitment.verify(&opening.salt, &opening.subject) {
                return Err(ReceiptError::Opening);
            }
        }
        Ok(())
    }
}

/// Why a receipt can't be made, or shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// Larger than allowed.
    #[error("the receipt is over its limit of 262144 bytes")]
    TooLarge,
    /// Not a receipt, or not in its one spelling.
    #[error("not a receipt")]
    Malformed,
    /// The entry breaks its rules.
    #[error("the receipt's entry is not one")]
    Entry(#[from] EntryError),
    /// The checkpoint can't be trusted.
    #[error("the receipt's checkpoint can't be trusted")]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not where the receipt says.
    #[error("the receipt does not show that its entry is in the ledger")]
    Inclusion(#[from] VerifyError),
    /// The opening is of another person, or the entry names nobody.
    #[error("the receipt's opening does not fit its entry")]
    Opening,
}

#[cfg(test)]
mod tests;
