//! Signed tokens by which a company's own login says who somebody is (JSON Web
//! Tokens, RFC 7519, after RFC 8725). A key is for one algorithm: EdDSA, ES256 or
//! RS256; nothing in a token chooses another. INVARIANT: what [`LoginKeys::verify`]
//! gives was signed by a declared key, for this audience, for a few minutes. Refuses
//! to say which of that was wrong. Whether a token was used before, the caller must
//! remember: [`Login::id`].

use std::collections::BTreeMap;
use std::fmt;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use thiserror::Error;

/// Seconds that a token may be valid at most.
pub const LOGIN_SECONDS_MAX: i64 = 600;
/// Seconds by which two clocks may differ.
const LEEWAY_SECONDS: i64 = 30;
/// Keys that are tried.
const KEYS_MAX: usize = 16;
/// Bytes of a token that are looked at.
const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// Bytes of a token's id.
const ID_BYTES_MAX: usize = 256;

/// The public keys of a company's login.
pub struct LoginKeys {
    issuer: String,
    keys: Vec<LoginKey>,
}

struct LoginKey {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// Keys that can't be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum LoginKeysError {
    /// Not a JSON Web Key Set.
    #[error("the login's keys are no JSON Web Key Set (RFC 7517)")]
    Format,
    /// None, or too many.
    #[error("the login has 1 to {KEYS_MAX} keys")]
    Number,
    /// A key of another kind.
    #[error("key {0} of the login is none for EdDSA (Ed25519), ES256 (P-256) or RS256")]
    Kind(usize),
    /// Tokens name who made them.
    #[error("the login's issuer has no name")]
    Issuer,
}

/// A token that is not accepted. Whoever sent it learns nothing more.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the token is not accepted")]
pub struct LoginError;

/// Who somebody is, as the company's login says.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// Names the token: it may be used once.
    pub id: String,
    /// Second since 1970 after which it need not be remembered.
    pub forget_at: i64,
    /// What leads to the person, by kind.
    pub identities: BTreeMap<String, String>,
    /// Kind of person, where the token names it.
    pub about: Option<String>,
    /// The only right it is for, where the token names one.
    pub right: Option<String>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(..)")
    }
}

impl fmt::Debug for LoginKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginKeys({}, {} keys)", self.issuer, self.keys.len())
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: i64,
    exp: i64,
    nbf: Option<i64>,
    jti: String,
    identities: BTreeMap<String, String>,
    about: Option<String>,
    right: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl LoginKeys {
    /// Reads the keys of a login from a JSON Web Key Set.
    ///
    /// # Errors
    /// A [`LoginKeysError`].
    pub fn from_jwks(issuer: &str, text: &str) -> Result<Self, LoginKeysError> {
        if issuer.trim().is_empty() {
            return Err(LoginKeysError::Issuer);
        }
        let set: JwkSet = serde_json::from_str(text).map_err(|_| LoginKeysError::Format)?;
        if !(1..=KEYS_MAX).contains(&set.keys.len()) {
            return Err(LoginKeysError::Number);
        }
        let read = |(at, key): (usize, &Jwk)| read_key(key).ok_or(LoginKeysError::Kind(at + 1));
        let keys: Result<_, _> = set.keys.iter().enumerate().map(read).collect();
        Ok(Self {
            issuer: issuer.trim().to_owned(),
            keys: keys?,
        })
    }

    /// Who a token speaks of. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`LoginError`], whatever is wrong with it.
    pub fn verify(&self, token: &str, audience: &str, now: i64) -> Result<Login, LoginError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(LoginError);
        }
        let header = decode_header(token).map_err(|_| LoginError)?;
        let fitting = self.keys.iter().filter(|key| {
            let named = header.kid.is_none() || header.kid == key.id;
            named && header.alg == key.algorithm
        });
        let mut signed = fitting.filter_map(|key| key.claims(token));
        let claims = signed.next().ok_or(LoginError)?;
        self.check(claims, audience, now)
    }

    fn check(&self, claims: Claims, audience: &str, now: i64) -> Result<Login, LoginError> {
        let is_for_us = match &claims.aud {
            Audience::One(name) => name == audience,
            Audience::Several(names) => names.iter().any(|name| name == audience),
        };
        let begins = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
        let short = (0..=LOGIN_SECONDS_MAX).contains(&claims.exp.saturating_sub(claims.iat));
        let forget_at = claims.exp.saturating_add(LEEWAY_SECONDS);
        let in_time = begins.saturating_sub(LEEWAY_SECONDS) <= now && now < forget_at;
        let named = (1..=ID_BYTES_MAX).contains(&claims.jti.len());
        if claims.iss != self.issuer || !is_for_us || !short || !in_time || !named {
            return Err(LoginError);
        }
        Ok(Login {
            id: claims.jti,
            forget_at,
            identities: claims.identities,
            about: claims.about,
            right: claims.right,
        })
    }
}

impl LoginKey {
    /// The claims of a token that this key signed.
    fn claims(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(self.algorithm);
        // Looked at by ourselves, by our own clock.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let decoded = decode::<Claims>(token, &self.key, &validation);
        Some(decoded.ok()?.claims)
    }
}

fn read_key(key: &Jwk) -> Option<LoginKey> {
    let algorithm = match &key.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            Algorithm::EdDSA
        }
        AlgorithmParameters::EllipticCurve(pair) if pair.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        _ => return None,
    };
    Some(LoginKey {
        id: key.common.key_id.clone(),
        algorithm,
        key: DecodingKey::from_jwk(key).ok()?,
    })
}

/// Signs tokens as a company's login would, with a key fixed by a seed. For tests.
#[cfg(any(test, feature = "test-util"))]
pub struct TestSigner(aws_lc_rs::signature::Ed25519KeyPair);

#[cfg(any(test, feature = "test-util"))]
impl TestSigner {
    /// The signer of `seed`; `None` where the library refuses it.
    #[must_use]
    pub fn new(seed: u8) -> Option<Self> {
        let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&[seed; 32]);
        Some(Self(pair.ok()?))
    }

    /// Its public key, as a JSON Web Key Set.
    #[must_use]
    pub fn jwks(&self) -> String {
        use aws_lc_rs::signature::KeyPair;
        let x = base64url(self.0.public_key().as_ref());
        format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}]}}"#)
    }

    /// A token with these claims, as JSON.
    #[must_use]
    pub fn token(&self, claims: &str) -> String {
        let header = base64url(br#"{"alg":"EdDSA"}"#);
        let text = format!("{header}.{}", base64url(claims.as_bytes()));
        let signature = base64url(self.0.sign(text.as_bytes()).as_ref());
        format!("{text}.{signature}")
    }
}

#[cfg(any(test, feature = "test-util"))]
fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests;
