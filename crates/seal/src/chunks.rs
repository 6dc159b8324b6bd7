//! Files sealed under a subject key, chunk by chunk.
//!
//! `version ‖ salt (32) ‖ chunk ‖ chunk ‖ …`: each file has its own key,
//! derived from the subject's and the random salt, and each chunk of
//! [`CHUNK_BYTES`] is AES-256-GCM under the nonce `zeroes (7) ‖ number (4) ‖
//! last (1)` (STREAM: Hoang, Reyhanitabar, Rogaway and Vizár, 2015). Version and
//! [`Place`] are authenticated with every chunk.
//!
//! INVARIANT: one plaintext length has one shape: every chunk but the last is
//! full, and the last is empty only in an empty file. Refuses files that were
//! cut, extended, reordered, mixed or moved.
//!
//! What [`SubjectKey::open_chunks`] wrote before it failed was authentic, but is
//! not the file: the caller discards it.

use std::io::{self, Read, Write};

use crate::entropy::{self, Entropy, EntropyError};
use crate::envelope::Place;
use crate::gcm::{Gcm, NONCE_BYTES, TAG_BYTES};
use crate::keys::SubjectKey;

/// Plaintext bytes of a full chunk.
pub const CHUNK_BYTES: usize = 65_536;

const FILE_VERSION: u8 = 1;
const FILE_KEY: &str = "candor/v1/file";
const SALT_BYTES: usize = 32;

impl SubjectKey {
    /// Seals all that `plaintext` yields and returns its length in bytes.
    /// Memory stays at two chunks, whatever the length.
    ///
    /// ```
    /// use candor_seal::entropy::SystemEntropy;
    /// use candor_seal::envelope::Place;
    /// use candor_seal::keys::SubjectKey;
    ///
    /// let entropy = SystemEntropy::new();
    /// let key = SubjectKey::generate(&entropy)?;
    /// let place = Place { table: "packages", column: "file", row: "7" };
    /// let package = vec![1; 200_000];
    ///
    /// let mut sealed = Vec::new();
    /// key.seal_chunks(&place, &mut package.as_slice(), &mut sealed, &entropy)?;
    /// let mut opened = Vec::new();
    /// assert_eq!(key.open_chunks(&place, &mut sealed.as_slice(), &mut opened)?, 200_000);
    /// assert_eq!(opened, package);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When reading, writing or `entropy` fails.
    pub fn seal_chunks(
        &self,
        place: &Place<'_>,
        plaintext: &mut dyn Read,
        sealed: &mut dyn Write,
        entropy: &dyn Entropy,
    ) -> Result<u64, ChunkError> {
        let salt: [u8; SALT_BYTES] = entropy::draw(entropy)?;
        let gcm = self.file_key(&salt)?;
        let aad = place.aad(FILE_VERSION);
        sealed
            .write_all(&[FILE_VERSION])
            .map_err(ChunkError::Write)?;
        sealed.write_all(&salt).map_err(ChunkError::Write)?;
        let mut chunks = Chunks::start(plaintext, CHUNK_BYTES)?;
        let mut length = 0;
        while let Some(Chunk {
            nonce,
            bytes: mut chunk,
        }) = chunks.next()?
        {
            length += chunk.len() as u64;
            gcm.seal(nonce, &aad, &mut chunk)
                .map_err(|_| ChunkError::Library)?;
            sealed.write_all(&chunk).map_err(ChunkError::Write)?;
        }
        Ok(length)
    }

    /// Opens a sealed file and returns the plaintext's length in bytes.
    ///
    /// # Errors
    /// [`ChunkError::Refused`] when it is not, in full, what was sealed for
    /// this place: discard what was written. Else when reading or writing
    /// fails.
    pub fn open_chunks(
        &self,
        place: &Place<'_>,
        sealed: &mut dyn Read,
        plaintext: &mut dyn Write,
    ) -> Result<u64, ChunkError> {
        let header = read_up_to(sealed, 1 + SALT_BYTES)?;
        let (version, salt) = header.split_first().ok_or(ChunkError::Refused)?;
        let salt: &[u8; SALT_BYTES] = salt.try_into().map_err(|_| ChunkError::Refused)?;
        if *version != FILE_VERSION {
            return Err(ChunkError::Refused);
        }
        let gcm = self.file_key(salt)?;
        let aad = place.aad(FILE_VERSION);
        let mut chunks = Chunks::start(sealed, CHUNK_BYTES + TAG_BYTES)?;
        let mut length = 0;
        while let Some(Chunk {
            nonce,
            bytes: mut chunk,
        }) = chunks.next()?
        {
            gcm.open(nonce, &aad, &mut chunk)
                .map_err(|_| ChunkError::Refused)?;
            if chunk.is_empty() && length > 0 {
                return Err(ChunkError::Refused);
            }
            length += chunk.len() as u64;
            plaintext.write_all(&chunk).map_err(ChunkError::Write)?;
        }
        Ok(length)
    }

    fn file_key(&self, salt: &[u8; SALT_BYTES]) -> Result<Gcm, ChunkError> {
        Gcm::new(&self.secret.derive(FILE_KEY, salt)).map_err(|_| ChunkError::Library)
    }
}

/// Why a file could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChunkError {
    /// No random bytes.
    #[error("could not draw a salt")]
    Entropy(#[from] EntropyError),
    /// The input failed.
    #[error("could not read")]
    Read(#[source] io::Error),
    /// The output failed.
    #[error("could not write")]
    Write(#[source] io::Error),
    /// More than 2³² chunks, which is 256 TiB.
    #[error("the file has more than 4294967296 chunks")]
    TooLong,
    /// Changed, cut, extended, moved, or sealed under another key.
    #[error("the sealed file is not authentic at this place")]
    Refused,
    /// The cryptography library failed where it should not.
    #[error("the cryptography library failed")]
    Library,
}

/// One chunk's input, and the nonce of its place.
struct Chunk {
    nonce: [u8; NONCE_BYTES],
    bytes: Vec<u8>,
}

/// Reads one chunk ahead, because the last chunk's nonce says that it is last.
struct Chunks<'a> {
    reader: &'a mut dyn Read,
    bytes: usize,
    ahead: Option<Vec<u8>>,
    number: u64,
}

impl<'a> Chunks<'a> {
    fn start(reader: &'a mut dyn Read, bytes: usize) -> Result<Self, ChunkError> {
        let first = read_up_to(reader, bytes)?;
        Ok(Self {
            reader,
            bytes,
            ahead: Some(first),
            number: 0,
        })
    }

    fn next(&mut self) -> Result<Option<Chunk>, ChunkError> {
        let Some(bytes) = self.ahead.take() else {
            return Ok(None);
        };
        let following = read_up_to(self.reader, self.bytes)?;
        let number = u32::try_from(self.number).map_err(|_| ChunkError::TooLong)?;
        let [a, b, c, d] = number.to_be_bytes();
        let last = u8::from(following.is_empty());
        self.number += 1;
        self.ahead = Some(following).filter(|chunk| !chunk.is_empty());
        Ok(Some(Chunk {
            nonce: [0, 0, 0, 0, 0, 0, 0, a, b, c, d, last],
            bytes,
        }))
    }
}

/// Reads until there are `bytes` or the input ends.
fn read_up_to(reader: &mut dyn Read, bytes: usize) -> Result<Vec<u8>, ChunkError> {
    // Room for the tag, so that sealing in place does not reallocate.
    let mut buffer = Vec::with_capacity(bytes + TAG_BYTES);
    reader
        .take(bytes as u64)
        .read_to_end(&mut buffer)
        .map_err(ChunkError::Read)?;
    Ok(buffer)
}

#[cfg(test)]
mod tests;
