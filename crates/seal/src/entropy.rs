//! Where random bytes come from.
//!
//! Every key, nonce, salt and token of this crate is drawn through
//! [`Entropy`], so that a simulator can replay a run from its seed. Refuses to
//! go on with fewer bytes than asked for.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

/// A source of random bytes fit for keys.
pub trait Entropy: Send + Sync {
    /// Fills all of `buf`.
    ///
    /// # Errors
    /// When the source has no bytes to give; `buf` must then not be used.
    fn fill(&self, buf: &mut [u8]) -> Result<(), EntropyError>;
}

/// The source of random bytes failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the source of random bytes failed")]
pub struct EntropyError;

/// The operating system's generator, by way of the cryptography library.
#[derive(Debug, Default)]
pub struct SystemEntropy(SystemRandom);

impl SystemEntropy {
    /// The generator of this process.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, buf: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill(buf).map_err(|_| EntropyError)
    }
}

/// Draws an array.
pub(crate) fn draw<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N], EntropyError> {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}

/// A stream fixed by its seed: HMAC-SHA-256 of a counter. For tests and
/// simulation; whoever knows the seed knows every key drawn from it.
#[cfg(any(test, feature = "test-util"))]
#[derive(Debug)]
pub struct SeededEntropy {
    key: aws_lc_rs::hmac::Key,
    block: std::sync::atomic::AtomicU64,
}

#[cfg(any(test, feature = "test-util"))]
impl SeededEntropy {
    /// The stream of `seed`, from its start.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            key: aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &seed.to_be_bytes()),
            block: std::sync::atomic::AtomicU64::new(0),
        }
    }
}

#[cfg(any(test, feature = "test-util"))]
impl Entropy for SeededEntropy {
    fn fill(&self, buf: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in buf.chunks_mut(32) {
            let block = self
                .block
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let stream = aws_lc_rs::hmac::sign(&self.key, &block.to_be_bytes());
            for (byte, random) in chunk.iter_mut().zip(stream.as_ref()) {
                *byte = *random;
            }
        }
        Ok(())
    }
}

/// A source that is always empty, to test what happens then.
#[cfg(test)]
pub(crate) struct NoEntropy;

#[cfg(test)]
impl Entropy for NoEntropy {
    fn fill(&self, _buf: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_stream_and_the_system_does_not_repeat() {
        let one: [u8; 100] = draw(&SeededEntropy::new(7)).unwrap();
        assert_eq!(one, draw(&SeededEntropy::new(7)).unwrap());
        assert_ne!(one, draw(&SeededEntropy::new(8)).unwrap());
        let system = SystemEntropy::new();
        assert_ne!(draw::<32>(&system).unwrap(), draw::<32>(&system).unwrap());
    }
}
