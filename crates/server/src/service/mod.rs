//! The service behind every page, job and command: one policy in force, one
//! state, one set of sources. Cheap to clone. Pages call it, jobs call it;
//! nothing else writes state.

mod api_keys;
mod arranging;
mod board;
mod console;
mod deciding;
mod doors;
pub(crate) mod fields;
mod filing;
mod following;
mod holds;
mod limits;
mod login;
mod open;
mod parties;
mod ready;
mod receiving;
mod rectifying;
mod retention;
mod shards;
mod staff;
mod tenants;
mod timing;
mod versions;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use candor_connect::http::Client;
use candor_connect::mail::Mailer;
use candor_domain::id::{SubjectId, SubjectRequestId};
use candor_domain::record::Record;
use candor_domain::subject_request::{self, Effect, Event, Rejection, SubjectRequest};
use candor_policy::charter::Charter;
use candor_seal::commitment::Commitment;
use candor_seal::keys::RootKey;
use candor_seal::login::LoginKeys;
use candor_seal::note::{LogKey, VerifierKey};
use candor_store::rows::{CharterRow, Versioned};
use candor_store::{Change, ONCE, RequestWrite, Store, StoreError};
use jiff::Timestamp;
use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::backup::Holder;
use crate::keyring::Keyring;
use crate::ledger;
use crate::links::{self, Door};
use crate::people::{self, OpenPerson, Vault};
use crate::protocols::Parties;
use crate::sources::Sources;
use crate::world::World;

pub use crate::error::ServiceError;
pub use api_keys::{KEY_PREFIX, KeyError, KeyTerms, MadeKey, make_key, revoke_key};
pub use arranging::{Said, SayError, Texts};
pub(crate) use board::judgements;
pub use board::{Board, Evidence, LastEntry, LedgerView};
pub(crate) use console::TasksWanted;
pub use console::{OpenTasks, REQUESTS_PER_PAGE, SourceView, SystemView};
pub use deciding::{DecideError, Decider, Decision};
pub use doors::{LinkError, PersonPage};
pub(crate) use doors::{keys_blob, package_blob, receipt_blob, sheets_blob};
pub(crate) use filing::Whose;
pub use filing::{FileError, Filed, Filing, OnceName, Proved};
pub use following::HeldBack;
pub use holds::{HoldError, HoldView, NOTE_CHARS_MAX};
pub(crate) use holds::{NewHold, StandingError, concerning};
pub use login::SignedInError;
pub(crate) use open::without_password;
pub use open::{Keys, OpenError, Settings, UnknownCalendar};
pub use receiving::ReceivedError;
pub(crate) use receiving::{received, today};
pub(crate) use retention::measured;
pub use retention::{RetentionView, RulePreview, RuleView};
pub use staff::{PASSWORD_MAX, PASSWORD_MIN, SetupError, SignInError};
pub use tenants::Seat;
pub use timing::{Conversation, TEXT_CHARS_MAX, kept_text};
pub use versions::{Draft, OwedBy, PublishError, Published, Version, prepare, publish};

/// Writers of one subject request that may be first before an event is given up.
const CONFLICTS_MAX: u32 = 16;
/// The same, where several events are taken in together.
const CONFLICTS_TOGETHER_MAX: u32 = 4;
/// What a conflict names whose job belongs to another worker now: no reading
/// again brings it back.
pub(crate) const LOST_LEASE: &str = "job";

/// The service. Clones share everything.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    world: World,
    keyring: Keyring,
    log_key: LogKey,
    mailer: Mailer,
    public_address: String,
    sweep: bool,
    login: Option<Arc<LoginKeys>>,
    backups: Option<PathBuf>,
    policy_folder: PathBuf,
    variables: BTreeMap<String, String>,
    running: RwLock<Running>,
    held_back: RwLock<Option<HeldBack>>,
    wake: Notify,
    looking: Mutex<()>,
    parties: Parties,
    callbacks: Client,
    limits: limits::Limits,
    hashing: tokio::sync::Semaphore,
}

/// What the version in force brings: all of it changes at once.
#[derive(Clone)]
struct Running {
    row: Arc<CharterRow>,
    /// The row's, once more: every page and every job asks for it, and it is
    /// too large to be copied for each.
    charter: Arc<Charter>,
    sources: Arc<Sources>,
}

impl Running {
    fn new(row: CharterRow, sources: Sources) -> Self {
        Self {
            charter: Arc::new(row.charter.clone()),
            row: Arc::new(row),
            sources: Arc::new(sources),
        }
    }
}

impl Service {
    /// The charter in force.
    #[must_use]
    pub fn charter(&self) -> Arc<Charter> {
        self.running().charter
    }

    /// The charter in force, and since when.
    #[must_use]
    pub fn charter_row(&self) -> Arc<CharterRow> {
        self.running().row
    }

    fn running(&self) -> Running {
        let lock = &self.inner.running;
        lock.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Address of the pages, without a trailing slash.
    #[must_use]
    pub fn public_address(&self) -> &str {
        &self.inner.public_address
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.world.now()
    }

    /// The key that verifies the ledger.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        self.log_key().verifier()
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.inner.store.as_ref()
    }

    /// The store, for threads of their own.
    pub(crate) fn shared_store(&self) -> Arc<dyn Store> {
        self.inner.store.clone()
    }

    pub(crate) fn world(&self) -> &World {
        &self.inner.world
    }

    pub(crate) fn root(&self) -> &RootKey {
        self.inner.keyring.root()
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }

    /// What people's records are opened and made with.
    pub(crate) fn vault(&self) -> Vault<'_> {
        Vault {
            keyring: self.keyring(),
            entropy: self.world().entropy.as_ref(),
            now: self.now(),
        }
    }

    pub(crate) fn log_key(&self) -> &LogKey {
        &self.inner.log_key
    }

    /// What backups of our own state are made under.
    pub(crate) fn holder(&self) -> Holder<'_> {
        Holder {
            root: self.root(),
            ledger: self.log_key(),
        }
    }

    /// Where backups of our own state lie, if this service makes any.
    pub(crate) fn backups(&self) -> Option<&Path> {
        self.inner.backups.as_deref()
    }

    pub(crate) fn mailer(&self) -> &Mailer {
        &self.inner.mailer
    }

    pub(crate) fn sources(&self) -> Arc<Sources> {
        self.running().sources
    }

    /// Tells the worker that there may be something to do.
    pub(crate) fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// Returns once there may be something to do.
    pub(crate) async fn woken(&self) {
        self.inner.wake.notified().await;
    }

    /// Held from a look at the world until what was seen is written down: else
    /// a look from before a sweep could be written over the one after it.
    pub(crate) async fn looking(&self) -> MutexGuard<'_, ()> {
        self.inner.looking.lock().await
    }

    /// The address of the page behind a link.
    pub(crate) fn page_address(&self, id: &SubjectRequestId) -> String {
        let link = links::link(self.root(), Door::Page, id);
        format!("{}/requests/{link}", self.public_address())
    }

    /// The address that confirms a subject request.
    pub(crate) fn confirm_address(&self, id: &SubjectRequestId) -> String {
        let link = links::link(self.root(), Door::Confirm, id);
        format!("{}/requests/confirm/{link}", self.public_address())
    }

    /// A subject request that must exist.
    pub(crate) async fn required(
        &self,
        id: &SubjectRequestId,
    ) -> Result<Versioned<SubjectRequest>, ServiceError> {
        let request = self.store().request(id).await?;
        request.ok_or(ServiceError::Corrupt("subject request"))
    }

    /// The person of a subject request; `None` once shredded.
    pub(crate) async fn person(&self, id: &SubjectId) -> Result<Option<OpenPerson>, ServiceError> {
        match self.store().subject(id).await? {
            Some(row) => people::open(&self.vault(), &row),
            None => Ok(None),
        }
    }

    /// Takes an event into a subject request and commits what follows from it
    /// together with a change. Others write the same subject request at the
    /// same time (a mail is sent while its link is followed, two sources report
    /// at once): whoever is second reads it again.
    pub(crate) async fn take_in(
        &self,
        id: &SubjectRequestId,
        event: &Event,
        change: &Change,
    ) -> Result<Result<SubjectRequest, Rejection>, ServiceError> {
        let mut conflicts = 0;
        loop {
            match self.take_in_once(id, event, change.clone()).await {
                Err(ServiceError::Store(StoreError::Conflict { what }))
                    if what != LOST_LEASE && what != ONCE && conflicts < CONFLICTS_MAX =>
                {
                    conflicts += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn take_in_once(
        &self,
        id: &SubjectRequestId,
        event: &Event,
        mut change: Change,
    ) -> Result<Result<SubjectRequest, Rejection>, ServiceError> {
        let next = self.add_event(id, event, &mut change).await?;
        if next.is_ok() {
            self.commit(change).await?;
        }
        Ok(next)
    }

    /// Takes an event into each of several subject requests and commits what
    /// follows together with one change. `false`, with nothing changed, where an event doesn't fit or others are in the way: then each is
    /// to be taken in by itself.
    pub(crate) async fn take_in_all(
        &self,
        events: &[(&SubjectRequestId, &Event)],
        change: &Change,
    ) -> Result<bool, ServiceError> {
        // Everyone locks rows in the same order, so nobody waits in a circle.
        let mut ordered = events.to_vec();
        ordered.sort_by_key(|(id, _)| *id);
        for _ in 0..CONFLICTS_TOGETHER_MAX {
            let mut change = change.clone();
            for (id, event) in &ordered {
                if self.add_event(id, event, &mut change).await?.is_err() {
                    return Ok(false);
                }
            }
            match self.commit(change).await {
                Ok(_) => return Ok(true),
                Err(ServiceError::Store(StoreError::Conflict { what })) if what != LOST_LEASE => {}
                Err(ServiceError::Store(StoreError::Conflict { .. })) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Adds to a change what follows from an event.
    async fn add_event(
        &self,
        id: &SubjectRequestId,
        event: &Event,
        change: &mut Change,
    ) -> Result<Result<SubjectRequest, Rejection>, ServiceError> {
        let now = self.now();
        let request = self.required(id).await?;
        let (next, effects) = match subject_request::step(&request.value, event.clone(), now) {
            Err(rejection) => return Ok(Err(rejection)),
            Ok(stepped) => stepped,
        };
        let person = self.person(&next.subject).await?;
        let commitment = person.as_ref().map(OpenPerson::commitment);
        add_effects(change, effects, commitment, now);
        change.requests.push(RequestWrite {
            request: next.clone(),
            expected: Some(request.version),
        });
        Ok(Ok(next))
    }

    /// Commits a change and wakes the worker if it brought work.
    pub(crate) async fn commit(
        &self,
        change: Change,
    ) -> Result<candor_store::Committed, ServiceError> {
        let work = !change.enqueue.is_empty();
        let committed = self.store().commit(change).await?;
        if work {
            self.wake();
        }
        Ok(committed)
    }
}

/// Adds effects of the domain to a change.
pub(crate) fn add_effects(
    change: &mut Change,
    effects: Vec<Effect>,
    commitment: Option<Commitment>,
    now: Timestamp,
) {
    for effect in effects {
        match effect {
            Effect::Enqueue { job, not_before } => change.enqueue.push((job, not_before)),
            Effect::Record(record) => add_record(change, record, commitment, now),
        }
    }
}

/// Adds a record to a change, as a ledger entry.
pub(crate) fn add_record(
    change: &mut Change,
    record: Record,
    commitment: Option<Commitment>,
    now: Timestamp,
) {
    change.entries.push(ledger::entry(record, commitment, now));
}
