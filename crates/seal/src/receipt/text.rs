//! The text of a receipt (C2SP tlog-proof v1).
//!
//! Reading is bounded and strict line by line; [`super::Receipt::parse`] then
//! compares with what would be written, so that nothing loose survives.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Opening, PROOF_HASHES_MAX, RECEIPT_BYTES_MAX, Receipt, ReceiptError, SUBJECT_BYTES_MAX,
};
use crate::canonical;
use crate::checkpoint::{decode_decimal, decode_hash};
use crate::commitment::CommitmentSalt;
use crate::entry::{Entry, EntryError};
use crate::hash::Hash;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The `extra` data: canonical JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    entry: Value,
    opening: Option<ExtraOpening>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtraOpening {
    salt: Hash,
    /// Base64, because what was committed to may be any bytes.
    subject: String,
}

pub(super) fn write(receipt: &Receipt) -> Result<String, ReceiptError> {
    let opening = receipt.opening.as_ref();
    if opening.is_some_and(|opening| opening.subject.len() > SUBJECT_BYTES_MAX) {
        return Err(ReceiptError::TooLarge);
    }
    let extra = encode_extra(&receipt.entry.encode()?, opening);
    let mut text = format!(
        "{FIRST_LINE}\nextra {}\nindex {}\n",
        STANDARD.encode(extra),
        receipt.index
    );
    for hash in &receipt.proof {
        text += &STANDARD.encode(hash.as_bytes());
        text.push('\n');
    }
    text.push('\n');
    text += &receipt.checkpoint;
    if text.len() > RECEIPT_BYTES_MAX {
        return Err(ReceiptError::TooLarge);
    }
    Ok(text)
}

pub(super) fn read(text: &str) -> Result<Receipt, ReceiptError> {
    if text.len() > RECEIPT_BYTES_MAX {
        return Err(ReceiptError::TooLarge);
    }
    let (proof, checkpoint) = text.split_once("\n\n").ok_or(ReceiptError::Malformed)?;
    let mut lines = proof.split('\n');
    if lines.next() != Some(FIRST_LINE) {
        return Err(ReceiptError::Malformed);
    }
    let extra = lines.next().and_then(|line| line.strip_prefix("extra "));
    let (entry, opening) = read_extra(extra.ok_or(ReceiptError::Malformed)?)?;
    let index = lines
        .next()
        .and_then(|line| decode_decimal(line.strip_prefix("index ")?));
    let proof = lines
        .take(PROOF_HASHES_MAX + 1)
        .map(|line| decode_hash(line).ok_or(ReceiptError::Malformed))
        .collect::<Result<Vec<_>, _>>()?;
    if proof.len() > PROOF_HASHES_MAX {
        return Err(ReceiptError::Malformed);
    }
    Ok(Receipt {
        entry,
        opening,
        index: index.ok_or(ReceiptError::Malformed)?,
        proof,
        checkpoint: checkpoint.to_owned(),
    })
}

fn read_extra(encoded: &str) -> Result<(Entry, Option<Opening>), ReceiptError> {
    let bytes = STANDARD
        .decode(encoded)
        .map_err(|_| ReceiptError::Malformed)?;
    let extra: Extra = serde_json::from_slice(&bytes).map_err(|_| ReceiptError::Malformed)?;
    let entry = canonical::to_bytes(&extra.entry).map_err(EntryError::from)?;
    let opening = extra.opening.map(read_opening).transpose()?;
    Ok((Entry::decode(&entry)?, opening))
}

fn read_opening(opening: ExtraOpening) -> Result<Opening, ReceiptError> {
    Ok(Opening {
        salt: CommitmentSalt::from_bytes(opening.salt.as_bytes()),
        subject: STANDARD
            .decode(opening.subject)
            .map_err(|_| ReceiptError::Malformed)?,
    })
}

/// Canonical by construction: sorted keys, a canonical entry, and strings that
/// need no escape.
fn encode_extra(entry: &[u8], opening: Option<&Opening>) -> Vec<u8> {
    let mut extra = [br#"{"entry":"#, entry].concat();
    if let Some(Opening { salt, subject }) = opening {
        let (salt, subject) = (hex::encode(salt.expose()), STANDARD.encode(subject));
        extra.extend(format!(r#","opening":{{"salt":"{salt}","subject":"{subject}"}}"#).bytes());
    }
    extra.push(b'}');
    extra
}
