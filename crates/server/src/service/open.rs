//! Opening the service: state, keys, sources, mail, and the version that is in
//! force. Whatever is contradictory is refused here, before anything is
//! served or changed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use candor_connect::http::Client;
use candor_connect::mail::{MailError, Mailer};
use candor_domain::calendar::Calendar;
use candor_policy::charter::Charter;
use candor_seal::login::LoginKeys;
use candor_seal::note::LogKey;
use candor_store::rows::CharterRow;
use candor_store::{Store, StoreError};
use jiff::Timestamp;
use thiserror::Error;
use tokio::sync::{Mutex, Notify, Semaphore};

use super::shards::{self, ShardsError};
use super::versions::is_published;
use super::{Draft, Inner, PublishError, Running, Service, limits, publish};
use crate::keyring::{Keyring, KeyringError};
use crate::protocols::Parties;
use crate::sources::{self, OpenSourceError, Sources, Surroundings};
use crate::world::World;

/// Passwords hashed at once: each takes 19 MiB for a moment.
const HASHING_AT_ONCE: usize = 2;
const LEDGER_KEY: &str = "ledger_key";
const ROOT_KEY: &str = "root_key";

/// Where things are.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address of our own state: a path, or `postgres://…`.
    pub state: String,
    /// Address under which people reach the pages, without a trailing slash.
    pub public_address: String,
    /// Mail server; `None` for the folder.
    pub mail_server: Option<String>,
    /// Folder for mail where there is no server.
    pub mail_folder: PathBuf,
    /// Whether retention is carried out, or only looked at.
    pub sweep: bool,
    /// Who may file through a protocol.
    pub parties: Parties,
    /// Folder for backups of our own state; `None` where nothing here makes any.
    pub backups: Option<PathBuf>,
    /// Folder of the policy: relative paths of sources start here.
    pub policy_folder: PathBuf,
    /// Keys of the company's own login, whose signed tokens prove who somebody is.
    pub login: Option<Arc<LoginKeys>>,
    /// What `${NAME}` stands for in addresses of sources.
    pub variables: BTreeMap<String, String>,
}

/// The keys that are kept outside the state.
pub struct Keys {
    /// The root and all that hangs from it.
    pub keyring: Keyring,
    /// Signs the ledger.
    pub ledger: LogKey,
}

/// A service that was not opened. Nothing was changed.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Our own state.
    #[error("the state at `{address}` could not be opened")]
    State {
        /// Its address, without a password.
        address: String,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// A key belongs to another installation.
    #[error("the {which} key is not the one this state was made with; put back the right key file")]
    OtherKey {
        /// Which key.
        which: &'static str,
    },
    /// The folder of keys doesn't fit the state.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// A source can't be used at all.
    #[error(transparent)]
    Source(#[from] OpenSourceError),
    /// No calendar for a place the charter names.
    #[error(transparent)]
    Calendar(#[from] UnknownCalendar),
    /// The folder holds another policy than the one that is in force or
    /// announced.
    #[error(
        "the folder holds another policy than the one in force; compare and publish it with \
         `candor publish`, then start again"
    )]
    Unpublished,
    /// The first version can't be published.
    #[error("the first version cannot be published: {0}")]
    First(PublishError),
    /// The only version begins later.
    #[error("no version is in force yet; `candor publish` said from when the first one is")]
    NothingInForce,
    /// Mail.
    #[error("mail cannot be set up: {0}")]
    Mail(#[from] MailError),
}

/// A country or region whose working days nobody knows.
#[derive(Debug, Error)]
#[error("no calendar is known for `{0}`")]
pub struct UnknownCalendar(pub String);

impl Service {
    /// Opens the service under the version in force. The first time, that is the
    /// given charter, which is published; later, it must be one that was
    /// published.
    ///
    /// # Errors
    /// An [`OpenError`]; nothing was changed.
    pub async fn open(
        charter: Charter,
        settings: Settings,
        keys: Keys,
        world: World,
    ) -> Result<Self, OpenError> {
        // Before anything is written: the folder's policy is the likely one.
        calendar_of(&charter)?;
        let public_address = settings.public_address.trim_end_matches('/').to_owned();
        let surroundings = Surroundings {
            folder: &settings.policy_folder,
            variables: &settings.variables,
            public_address: Some(&public_address),
        };
        sources::open(&charter, surroundings)?;
        let mailer = match &settings.mail_server {
            Some(server) => Mailer::smtp(server)?,
            None => Mailer::Folder(settings.mail_folder.clone()),
        };
        let in_state = |source| OpenError::State {
            address: without_password(&settings.state),
            source,
        };
        let store = candor_store::open(&settings.state)
            .await
            .map_err(in_state)?;
        check_keys(store.as_ref(), &keys, &in_state).await?;
        let fitting = shards::fit(store.as_ref(), &keys.keyring, world.entropy.as_ref());
        fitting.await.map_err(|error| match error {
            ShardsError::Keys(error) => OpenError::Keys(error),
            ShardsError::State(source) => in_state(source),
        })?;
        let row = in_force(store.as_ref(), charter, world.now(), &in_state).await?;
        calendar_of(&row.charter)?;
        let sources = sources::open(&row.charter, surroundings)?;
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                world,
                keyring: keys.keyring,
                log_key: keys.ledger,
                mailer,
                public_address,
                sweep: settings.sweep,
                login: settings.login,
                backups: settings.backups,
                policy_folder: settings.policy_folder,
                variables: settings.variables,
                running: RwLock::new(Running::new(row, Sources::new(sources))),
                held_back: RwLock::new(None),
                wake: Notify::new(),
                looking: Mutex::default(),
                parties: settings.parties,
                callbacks: Client::default(),
                limits: limits::Limits::new(),
                hashing: Semaphore::new(HASHING_AT_ONCE),
            }),
        })
    }
}

/// The calendar of a charter's country, once every other that its rights name
/// is known as well.
pub(super) fn calendar_of(charter: &Charter) -> Result<&'static Calendar, UnknownCalendar> {
    let of = |place: &String| Calendar::of(place).ok_or_else(|| UnknownCalendar(place.clone()));
    let rights = charter.rights.values();
    for place in rights.filter_map(|terms| terms.calendar.as_ref()) {
        of(place)?;
    }
    of(&charter.organisation.country)
}

/// A state belongs to the keys it was made with: with others, nothing sealed
/// would open, and the ledger would fork.
async fn check_keys(
    store: &dyn Store,
    keys: &Keys,
    in_state: &dyn Fn(StoreError) -> OpenError,
) -> Result<(), OpenError> {
    let expected = [
        (ROOT_KEY, "root", keys.keyring.root().id().to_string()),
        (LEDGER_KEY, "ledger", keys.ledger.verifier().to_string()),
    ];
    for (name, which, value) in expected {
        match store.setting(name).await.map_err(in_state)? {
            None => store.set_setting(name, &value).await.map_err(in_state)?,
            Some(known) if known == value => {}
            Some(_) => return Err(OpenError::OtherKey { which }),
        }
    }
    Ok(())
}

/// The version that is in force: the folder's, where there is none yet. A folder
/// that holds another policy is refused, so that nothing comes into force
/// without its difference having been looked at.
async fn in_force(
    store: &dyn Store,
    charter: Charter,
    now: Timestamp,
    in_state: &dyn Fn(StoreError) -> OpenError,
) -> Result<CharterRow, OpenError> {
    let versions = store.versions().await.map_err(in_state)?;
    if versions.is_empty() {
        let first = Draft::of(charter);
        publish(store, first, now)
            .await
            .map_err(|error| match error {
                PublishError::Store(source) => in_state(source),
                other => OpenError::First(other),
            })?;
    } else if !is_published(store, &versions, &charter, now)
        .await
        .map_err(in_state)?
    {
        return Err(OpenError::Unpublished);
    }
    let row = store.charter_in_force(now).await.map_err(in_state)?;
    row.ok_or(OpenError::NothingInForce)
}

pub(crate) fn without_password(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        assert_eq!(
            without_password("postgres://u:secret@h/db"),
            "postgres://h/db"
        );
        assert_eq!(without_password("state.sqlite"), "state.sqlite");
    }
}
