//! Staff: the first-run setup link, signing in and out. Passwords are argon2id
//! hashes, sessions and setup links are stored as hashes only. The answer to a
//! wrong name and a wrong password is the same, and takes as long.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use candor_domain::id::StaffId;
use candor_seal::token::{Token, token_hash};
use candor_store::rows::StaffRow;
use jiff::SignedDuration;
use thiserror::Error;

use super::{Service, ServiceError};

/// Characters a password has at least (OWASP ASVS 5.0, 6.2.1).
pub const PASSWORD_MIN: usize = 12;
/// Bytes a password has at most, so that hashing is bounded.
pub const PASSWORD_MAX: usize = 256;
/// How long a session lasts.
const SESSION_TIME: SignedDuration = SignedDuration::from_hours(12);
const SETUP: &str = "setup_token_hash";

/// Staff who could not be added.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The setup link was used, or never was one.
    #[error("this setup link is not open")]
    Closed,
    /// The login is empty, too long, or has characters other than letters,
    /// digits, `.`, `-`, `_`.
    #[error("a login has 2 to 64 letters, digits, dots, hyphens or underscores")]
    Login,
    /// Too short or too long.
    #[error("a password has at least {PASSWORD_MIN} characters and at most {PASSWORD_MAX} bytes")]
    Password,
    /// Something inside.
    #[error("the account could not be made")]
    Service(#[from] ServiceError),
}

/// A sign-in that failed.
#[derive(Debug, Error)]
pub enum SignInError {
    /// Wrong name or password.
    #[error("name or password is wrong")]
    Wrong,
    /// Too many at once.
    #[error("too many attempts; try again in a minute")]
    TooMany,
    /// Something inside.
    #[error("signing in failed")]
    Service(#[from] ServiceError),
}

impl Service {
    /// A new setup link, if nobody was set up yet. An older one closes.
    ///
    /// # Errors
    /// Where the state can't be read or written.
    pub async fn setup_link(&self) -> Result<Option<String>, ServiceError> {
        if self.store().staff_count().await? > 0 {
            return Ok(None);
        }
        let token = Token::generate(self.world().entropy.as_ref())?;
        let hash = hex::encode(token.hash());
        self.store().set_setting(SETUP, &hash).await?;
        let address = self.public_address();
        Ok(Some(format!("{address}/console/setup/{}", token.expose())))
    }

    /// Whether a setup link is open.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn setup_open(&self, token: &str) -> Result<bool, ServiceError> {
        let open = self.store().setting(SETUP).await?;
        let nobody = self.store().staff_count().await? == 0;
        Ok(nobody && open.is_some_and(|hash| hash == hex::encode(token_hash(token))))
    }

    /// Makes the first member of staff and signs them in.
    ///
    /// # Errors
    /// A [`SetupError`].
    pub async fn setup(
        &self,
        token: &str,
        login: &str,
        password: &str,
    ) -> Result<Token, SetupError> {
        if !self.setup_open(token).await? {
            return Err(SetupError::Closed);
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if !(2..=64).contains(&login.len()) || !login.chars().all(plain) {
            return Err(SetupError::Login);
        }
        if password.chars().count() < PASSWORD_MIN || password.len() > PASSWORD_MAX {
            return Err(SetupError::Password);
        }
        let mut id = [0; 16];
        self.world()
            .entropy
            .fill(&mut id)
            .map_err(ServiceError::from)?;
        let staff = StaffRow {
            id: StaffId::from_random(id),
            login: login.to_owned(),
            password_hash: self.hash(password.to_owned()).await?,
            created_at: self.now(),
        };
        self.store()
            .add_staff(&staff)
            .await
            .map_err(ServiceError::from)?;
        Ok(self.open_session(&staff.id).await?)
    }

    /// Signs in.
    ///
    /// # Errors
    /// A [`SignInError`].
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Token, SignInError> {
        if !self.inner.limits.allows_sign_in(login) {
            return Err(SignInError::TooMany);
        }
        let read = self.store().staff_by_login(login).await;
        let staff = read.map_err(ServiceError::from)?;
        let hash = staff.as_ref().map(|staff| staff.password_hash.clone());
        let right = self.verify(password.to_owned(), hash).await?;
        match staff {
            Some(staff) if right => Ok(self.open_session(&staff.id).await?),
            _ => Err(SignInError::Wrong),
        }
    }

    /// Who a session belongs to.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn staff(&self, session: &str) -> Result<Option<StaffRow>, ServiceError> {
        Ok(self
            .store()
            .session(&token_hash(session), self.now())
            .await?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Where the state can't be written.
    pub async fn sign_out(&self, session: &str) -> Result<(), ServiceError> {
        Ok(self.store().end_session(&token_hash(session)).await?)
    }

    async fn open_session(&self, staff: &StaffId) -> Result<Token, ServiceError> {
        let token = Token::generate(self.world().entropy.as_ref())?;
        let ends = self.now().checked_add(SESSION_TIME);
        let ends = ends.unwrap_or(jiff::Timestamp::MAX);
        self.store()
            .open_session(&token.hash(), staff, ends)
            .await?;
        Ok(token)
    }

    async fn hash(&self, password: String) -> Result<String, ServiceError> {
        let mut salt = [0; 16];
        self.world().entropy.fill(&mut salt)?;
        self.hashing(move || {
            let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string())
                .map_err(|_| ServiceError::Corrupt("password"))
        })
        .await
    }

    /// Compares with a hash, or with nothing for as long.
    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, ServiceError> {
        let Some(hash) = hash else {
            self.hash(password).await?;
            return Ok(false);
        };
        self.hashing(move || {
            let parsed =
                PasswordHash::new(&hash).map_err(|_| ServiceError::Corrupt("password hash"))?;
            let argon2 = Argon2::default();
            Ok(argon2.verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await
    }

    /// Hashing is slow on purpose: a few at a time, off the async threads.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let permit = self.inner.hashing.acquire().await;
        let _permit = permit.map_err(|_| ServiceError::Corrupt("semaphore"))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| ServiceError::Corrupt("password hash"))?
    }
}
