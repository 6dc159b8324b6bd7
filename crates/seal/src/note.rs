//! Signed notes (C2SP signed-note) with Ed25519.
//!
//! A note's text is only handed out once a signature by a known key was
//! verified. Refuses control characters, notes over [`NOTE_BYTES_MAX`] or with
//! more than [`SIGNATURES_MAX`] signatures, base64 that is not canonical, two
//! signatures by one key, and the whole note when a known key's signature is
//! wrong. Signatures by unknown keys are ignored, as the specification asks.

mod keys;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub use keys::{LogKey, NoteKeyError, VerifierKey};

/// Bytes of a note. Room for sixteen post-quantum signatures, which the
/// specification asks to accept.
pub const NOTE_BYTES_MAX: usize = 131_072;
/// Signatures of a note.
pub const SIGNATURES_MAX: usize = 32;

/// A note whose signatures were verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedNote {
    text: String,
    signers: Vec<VerifierKey>,
}

impl VerifiedNote {
    /// The text, ending in a newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The known keys that signed it: one at least.
    #[must_use]
    pub fn signers(&self) -> &[VerifierKey] {
        &self.signers
    }
}

/// Signs `text` and returns the note.
///
/// ```
/// use candor_seal::entropy::SystemEntropy;
/// use candor_seal::note::{LogKey, open, sign};
///
/// let key = LogKey::generate("example.com/log", &SystemEntropy::new())?;
/// let note = sign("hello\n", &key)?;
/// assert_eq!(open(&note, &[key.verifier()])?.text(), "hello\n");
/// assert!(open(&note.replace("hello", "hallo"), &[key.verifier()]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the text is empty, does not end in a newline, or holds control
/// characters.
pub fn sign(text: &str, key: &LogKey) -> Result<String, NoteError> {
    if !text.ends_with('\n') || text.len() > NOTE_BYTES_MAX / 2 {
        return Err(NoteError::Malformed);
    }
    check_characters(text)?;
    let verifier = key.verifier();
    let mut signature = verifier.id().to_be_bytes().to_vec();
    signature.extend(key.sign(text.as_bytes()));
    Ok(format!(
        "{text}\n\u{2014} {} {}\n",
        verifier.name(),
        STANDARD.encode(signature)
    ))
}

/// Verifies a note against the keys its reader trusts.
///
/// # Errors
/// When it is malformed, a known key's signature is wrong, or no known key
/// signed it.
pub fn open(note: &str, keys: &[VerifierKey]) -> Result<VerifiedNote, NoteError> {
    let (text, signatures) = parse(note)?;
    let mut signers = Vec::new();
    for signature in signatures {
        let known = keys
            .iter()
            .find(|k| k.id() == signature.key_id && k.name() == signature.name);
        if let Some(key) = known {
            if !key.verify(text.as_bytes(), &signature.bytes) {
                return Err(NoteError::Signature {
                    name: key.name().to_owned(),
                });
            }
            signers.push(key.clone());
        }
    }
    if signers.is_empty() {
        return Err(NoteError::Unknown);
    }
    Ok(VerifiedNote {
        text: text.to_owned(),
        signers,
    })
}

/// Why a note can't be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Not a note.
    #[error("not a signed note")]
    Malformed,
    /// Larger than allowed.
    #[error("the note is over its limit of 131072 bytes or 32 signatures")]
    TooLarge,
    /// One key signed twice.
    #[error("two signatures by key `{name}`")]
    Twice {
        /// The key's name.
        name: String,
    },
    /// A trusted key's signature does not fit the text.
    #[error("the signature by `{name}` is wrong")]
    Signature {
        /// The key's name.
        name: String,
    },
    /// Nobody trusted signed it.
    #[error("no trusted key signed the note")]
    Unknown,
}

/// The text of a well-formed note that nobody has verified.
pub(crate) fn unverified_text(note: &str) -> Result<&str, NoteError> {
    parse(note).map(|(text, _)| text)
}

struct SignatureLine<'a> {
    name: &'a str,
    key_id: u32,
    bytes: Vec<u8>,
}

/// The text (with its newline) before the last empty line, and the signatures
/// after it. The text must be ignored until one of them was verified.
fn parse(note: &str) -> Result<(&str, Vec<SignatureLine<'_>>), NoteError> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(NoteError::TooLarge);
    }
    check_characters(note)?;
    let (body, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
    let text = note.get(..=body.len()).ok_or(NoteError::Malformed)?;
    let lines = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
    let mut parsed: Vec<SignatureLine<'_>> = Vec::new();
    for line in lines.split('\n') {
        if parsed.len() == SIGNATURES_MAX {
            return Err(NoteError::TooLarge);
        }
        let signature = parse_signature(line).ok_or(NoteError::Malformed)?;
        if parsed
            .iter()
            .any(|s| s.name == signature.name && s.key_id == signature.key_id)
        {
            return Err(NoteError::Twice {
                name: signature.name.to_owned(),
            });
        }
        parsed.push(signature);
    }
    Ok((text, parsed))
}

fn parse_signature(line: &str) -> Option<SignatureLine<'_>> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    if !keys::is_key_name(name) {
        return None;
    }
    let decoded = STANDARD.decode(encoded).ok()?;
    let (key_id, bytes) = decoded.split_first_chunk()?;
    if bytes.is_empty() {
        return None;
    }
    Some(SignatureLine {
        name,
        key_id: u32::from_be_bytes(*key_id),
        bytes: bytes.to_vec(),
    })
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    if text.bytes().any(|byte| byte < b' ' && byte != b'\n') {
        return Err(NoteError::Malformed);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
