//! Every length around a chunk's edge, and every way to tamper with a file.

use super::*;
use crate::entropy::SeededEntropy;

const PLACE: Place<'_> = Place {
    table: "packages",
    column: "file",
    row: "7",
};
const HEADER: usize = 1 + SALT_BYTES;
const SEALED_CHUNK: usize = CHUNK_BYTES + TAG_BYTES;

fn key() -> SubjectKey {
    SubjectKey::generate(&SeededEntropy::new(1)).unwrap()
}

fn seal(length: usize, seed: u64) -> (Vec<u8>, Vec<u8>) {
    let plain: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
    let mut sealed = Vec::new();
    let entropy = SeededEntropy::new(seed);
    let count = key()
        .seal_chunks(&PLACE, &mut plain.as_slice(), &mut sealed, &entropy)
        .unwrap();
    assert_eq!(count, length as u64);
    (plain, sealed)
}

fn open(sealed: &[u8]) -> Result<Vec<u8>, ChunkError> {
    let mut plain = Vec::new();
    let length = key().open_chunks(&PLACE, &mut &*sealed, &mut plain)?;
    assert_eq!(length, plain.len() as u64);
    Ok(plain)
}

fn refused(sealed: &[u8]) -> bool {
    matches!(open(sealed), Err(ChunkError::Refused))
}

#[test]
fn lengths_around_a_chunk_come_back() {
    for length in [
        0,
        1,
        CHUNK_BYTES - 1,
        CHUNK_BYTES,
        CHUNK_BYTES + 1,
        3 * CHUNK_BYTES,
    ] {
        let (plain, sealed) = seal(length, 2);
        assert_eq!(open(&sealed).unwrap(), plain, "{length}");
        let chunks = length.div_ceil(CHUNK_BYTES).max(1);
        assert_eq!(sealed.len(), HEADER + length + chunks * TAG_BYTES);
    }
}

#[test]
fn cut_files_are_refused() {
    let (_, sealed) = seal(2 * CHUNK_BYTES + 100, 2);
    for cut in [
        0,
        1,
        HEADER - 1,
        HEADER,
        HEADER + 15,
        HEADER + SEALED_CHUNK,
        HEADER + 2 * SEALED_CHUNK,
        sealed.len() - 1,
    ] {
        assert!(refused(&sealed[..cut]), "{cut}");
    }
}

#[test]
fn extended_reordered_and_mixed_files_are_refused() {
    let (_, sealed) = seal(2 * CHUNK_BYTES + 100, 2);
    let (header, body) = sealed.split_at(HEADER);
    let (first, rest) = body.split_at(SEALED_CHUNK);
    let (second, last) = rest.split_at(SEALED_CHUNK);
    assert!(open(&[header, first, second, last].concat()).is_ok());
    assert!(refused(&[header, first, second, last, &[0]].concat()));
    assert!(refused(&[header, first, second, last, last].concat()));
    assert!(refused(&[header, second, first, last].concat()));
    assert!(refused(&[header, first, last].concat()));
    assert!(refused(&[header, first, first, second, last].concat()));
    let (_, other) = seal(2 * CHUNK_BYTES + 100, 3);
    let foreign = &other[HEADER..HEADER + SEALED_CHUNK];
    assert!(refused(&[header, foreign, second, last].concat()));
}

/// A file of full chunks that ends in an empty one would have a second shape.
#[test]
fn an_empty_last_chunk_is_refused_after_others() {
    let (salt, place) = ([9; SALT_BYTES], PLACE.aad(FILE_VERSION));
    let gcm = key().file_key(&salt).unwrap();
    let mut full = vec![1; CHUNK_BYTES];
    gcm.seal([0; 12], &place, &mut full).unwrap();
    let mut empty = Vec::new();
    gcm.seal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1], &place, &mut empty)
        .unwrap();
    assert!(refused(
        &[&[FILE_VERSION], salt.as_slice(), &full, &empty].concat()
    ));
}

#[test]
fn every_flipped_byte_of_a_small_file_is_refused() {
    let (_, sealed) = seal(40, 2);
    for at in 0..sealed.len() {
        let mut bad = sealed.clone();
        bad[at] ^= 1;
        assert!(refused(&bad), "{at}");
    }
}

#[test]
fn files_open_at_their_place_and_under_their_key_only() {
    let (_, sealed) = seal(40, 2);
    let elsewhere = Place { row: "8", ..PLACE };
    let opened = key().open_chunks(&elsewhere, &mut sealed.as_slice(), &mut io::sink());
    assert!(matches!(opened, Err(ChunkError::Refused)));
    let other = SubjectKey::generate(&SeededEntropy::new(9)).unwrap();
    let opened = other.open_chunks(&PLACE, &mut sealed.as_slice(), &mut io::sink());
    assert!(matches!(opened, Err(ChunkError::Refused)));
}

/// A number that came round again would repeat a nonce.
#[test]
fn chunk_numbers_never_repeat() {
    let mut empty: &[u8] = &[];
    let mut chunks = Chunks::start(&mut empty, 1).unwrap();
    chunks.number = u64::from(u32::MAX) + 1;
    assert!(matches!(chunks.next(), Err(ChunkError::TooLong)));
}

/// Hands out one byte at a time, then fails.
struct Trickle<'a>(&'a [u8], bool);

impl Read for Trickle<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() && self.1 {
            return Err(io::Error::other("cable cut"));
        }
        let count = self.0.len().min(1);
        let (now, later) = self.0.split_at(count);
        buf[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

#[test]
fn short_reads_are_joined_and_failing_ones_reported() {
    let (plain, sealed) = seal(CHUNK_BYTES + 10, 2);
    let mut opened = Vec::new();
    key()
        .open_chunks(&PLACE, &mut Trickle(&sealed, false), &mut opened)
        .unwrap();
    assert_eq!(opened, plain);
    let failed = key().open_chunks(&PLACE, &mut Trickle(&sealed, true), &mut io::sink());
    assert!(matches!(failed, Err(ChunkError::Read(_))));
    let mut full: &mut [u8] = &mut [0; 100];
    let failed = key().open_chunks(&PLACE, &mut sealed.as_slice(), &mut full);
    assert!(matches!(failed, Err(ChunkError::Write(_))));
}
