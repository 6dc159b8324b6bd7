//! Tokens that travel in links and cookies, and the hash that is stored.
//!
//! A [`Token`] is 32 random bytes as URL-safe base64. Only [`token_hash`] of it
//! is stored, so that a stolen database opens nothing. With 256 random bits a
//! plain hash needs no salt and no stretching.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::entropy::{Entropy, EntropyError};
use crate::hash::sha256_of;
use crate::secret::Secret;

/// A secret handed to one person, once.
pub struct Token(String);

impl Token {
    /// A new token.
    ///
    /// ```
    /// use candor_seal::entropy::SystemEntropy;
    /// use candor_seal::token::{Token, token_hash};
    ///
    /// let token = Token::generate(&SystemEntropy::new())?;
    /// let stored = token.hash();
    /// assert_eq!(token_hash(token.expose()), stored);
    /// # Ok::<(), candor_seal::entropy::EntropyError>(())
    /// ```
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        Ok(Self(
            URL_SAFE_NO_PAD.encode(Secret::generate(entropy)?.expose()),
        ))
    }

    /// The text for the link or cookie: 43 characters.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What to store.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        token_hash(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// What is stored for a token's text: SHA-256 of `candor/v1/token ‖ 0 ‖ text`.
#[must_use]
pub fn token_hash(text: &str) -> [u8; 32] {
    sha256_of(&[b"candor/v1/token\0", text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn tokens_are_long_distinct_url_safe_and_silent() {
        let entropy = SeededEntropy::new(1);
        let token = Token::generate(&entropy).unwrap();
        assert_eq!(token.expose().len(), 43);
        assert!(
            token
                .expose()
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
        assert_ne!(token.expose(), Token::generate(&entropy).unwrap().expose());
        assert_ne!(token.hash(), token_hash("other"));
        assert_eq!(format!("{token:?}"), "Token(..)");
    }
}
