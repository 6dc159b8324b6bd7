//! The dice: a stream of numbers fixed by (seed, tenant).
//!
//! Invariant: integers only and one stream per tenant, so the same seed gives
//! the same rows on every platform and whatever the size of the world.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Two letters stand twice, which makes it 64.
const ALPHANUMERIC: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789Ab";

/// The stream of one tenant. Nothing but the words drawn so far decides the
/// next one.
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    pub(crate) fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The high half of the 128-bit product: no division, and a bias far
        // below anything a world of this size could show.
        ((u128::from(self.word()) * u128::from(bound)) >> 64) as u64
    }

    /// A number in `low..=high`, or `low` where the range is empty.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).unwrap_or(0);
        low + i64::try_from(self.below(width)).unwrap_or(0)
    }

    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, each as likely as the others.
    pub(crate) fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        let index = self.below(choices.len() as u64) as usize;
        choices.get(index).copied().unwrap_or_default()
    }

    /// `length` characters of `alphabet`.
    fn text(&mut self, alphabet: &[u8; 64], length: usize) -> String {
        let mut out = String::with_capacity(length);
        while out.len() < length {
            let mut word = self.word();
            for _ in 0..10.min(length - out.len()) {
                let byte = alphabet.get((word & 63) as usize).copied().unwrap_or(b'A');
                out.push(char::from(byte));
                word >>= 6;
            }
        }
        out
    }

    /// `length` characters of unpadded Base64.
    pub(crate) fn base64(&mut self, length: usize) -> String {
        self.text(BASE64, length)
    }

    /// `length` letters and digits, as payment processors make references.
    pub(crate) fn reference(&mut self, length: usize) -> String {
        self.text(ALPHANUMERIC, length)
    }

    /// A documentation address (RFC 5737, RFC 3849), so that no row of the
    /// demo ever names somebody's real machine.
    pub(crate) fn ip(&mut self) -> String {
        let word = self.word();
        let last = word & 0xff;
        match (word >> 8) % 5 {
            0 => format!("192.0.2.{last}"),
            1 => format!("198.51.100.{last}"),
            2 => format!("203.0.113.{last}"),
            _ => format!(
                "2001:db8:{:x}:{:x}::{last:x}",
                (word >> 16) & 0xffff,
                (word >> 32) & 0xffff
            ),
        }
    }
}
