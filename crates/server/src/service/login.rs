//! The company's own login as a way in: a signed token says who somebody is, so that
//! no mail is needed. INVARIANT: a token is used once. Every token that is not
//! accepted gets the same answer.

use candor_domain::identity::Identity;
use candor_domain::subject_request::Channel;
use candor_policy::charter::Right;
use candor_seal::login::Login;
use jiff::Timestamp;
use thiserror::Error;

use super::{FileError, Filing, OnceName, Proved, Service};
use crate::links::{self, Door};

/// Whose names tokens are, among what may be used once.
const LOGIN: &str = "login";

/// Somebody who was not let in by a token.
#[derive(Debug, Error)]
pub enum SignedInError {
    /// The token is not accepted, for whatever reason, or no login is declared.
    #[error("the token is not accepted")]
    Refused,
    /// They are who they say, and it can't be filed.
    #[error("{0}")]
    File(FileError),
}

impl Service {
    /// Whether the company's own login is declared.
    #[must_use]
    pub fn has_login(&self) -> bool {
        self.inner.login.is_some()
    }

    /// Files a subject request for whoever a token speaks of, or goes on with the
    /// one that waits for their proof; gives the link to its page.
    ///
    /// # Errors
    /// A [`SignedInError`].
    pub async fn file_signed_in(&self, right: Right, token: &str) -> Result<String, SignedInError> {
        if !self.limits().allows_token() {
            return Err(SignedInError::File(FileError::TooMany));
        }
        let keys = self.inner.login.as_ref().ok_or(SignedInError::Refused)?;
        let now = self.now().as_second();
        let login = keys.verify(token, self.public_address(), now);
        let login = login.map_err(|_| SignedInError::Refused)?;
        let for_another = login
            .right
            .as_deref()
            .is_some_and(|named| named != right.key());
        if for_another {
            return Err(SignedInError::Refused);
        }
        let filing = Filing {
            right,
            about: login.about.clone(),
            identities: identities(&login),
            channel: Channel::Login,
            tenant: None,
            received_at: None,
            proved: Some(Proved::Login),
            once: Some(self.token_name(&login)),
        };
        match self.file_for(filing).await {
            Ok(filed) => Ok(links::link(self.root(), Door::Page, &filed.id)),
            // It was used before.
            Err(FileError::Before) => Err(SignedInError::Refused),
            Err(error) => Err(SignedInError::File(error)),
        }
    }

    fn token_name(&self, login: &Login) -> OnceName {
        let name = self.root().blind_index("once/login", login.id.as_bytes());
        OnceName {
            scope: LOGIN.to_owned(),
            name,
            fingerprint: name,
            expires_at: Timestamp::from_second(login.forget_at).unwrap_or(Timestamp::MAX),
        }
    }
}

fn identities(login: &Login) -> Vec<Identity> {
    let identities = login.identities.iter();
    identities
        .map(|(kind, value)| Identity::new(kind, value))
        .collect()
}
