//! Versions of the policy: publishing one after it was compared with the one
//! before it, and what that owes to people. INVARIANT: nothing protects less
//! than it did without somebody having acknowledged it by name.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::record::Record;
use candor_policy::charter::{Changes, Charter, CharterId};
use candor_policy::diff::{Acknowledgement, Diff, Direction, Refusal, diff, ratchet};
use candor_policy::promise::PromiseId;
use candor_store::rows::{OwedNotice, VersionRow};
use candor_store::{Change, Notice, Publication, Store, StoreError};
use jiff::Timestamp;
use serde_json::{Value, json};
use thiserror::Error;

use super::open::{UnknownCalendar, calendar_of};
use super::{Service, ServiceError, add_record};

/// The channel that needs no notice of its own: the page shows every version.
const PAGE: &str = "page";
/// The shortest start of a charter's id that names it.
const ID_CHARS_MIN: usize = 8;

/// A version about to be published.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its charter.
    pub charter: Charter,
    /// From when; at once where it is `None`.
    pub effective_at: Option<Timestamp>,
    /// Who stands for it: a function, not a name. Needed where something is
    /// acknowledged.
    pub by: Option<String>,
    /// What was looked at although it got weaker, or may have.
    pub acknowledged: Vec<PromiseId>,
}

impl Draft {
    /// A version that begins at once and acknowledges nothing.
    #[must_use]
    pub const fn of(charter: Charter) -> Self {
        Self {
            charter,
            effective_at: None,
            by: None,
            acknowledged: Vec::new(),
        }
    }
}

/// A version that was published.
#[derive(Clone, Debug)]
pub struct Published {
    /// Its charter's id.
    pub charter: CharterId,
    /// From when it is in force.
    pub effective_at: Timestamp,
    /// What changed; `None` for the first.
    pub diff: Option<Diff>,
    /// What was recorded as acknowledged.
    pub acknowledged: Vec<Acknowledgement>,
    /// What is owed to people.
    pub notices: Vec<Notice>,
}

/// A version with its charter.
#[derive(Clone, Debug)]
pub struct Version {
    /// How it came to be.
    pub row: VersionRow,
    /// What it promises.
    pub charter: Charter,
}

/// What a version owes to people, with the version it follows.
#[derive(Clone, Debug)]
pub struct OwedBy {
    /// The version.
    pub version: VersionRow,
    /// The charter it was compared with; `None` for the first.
    pub before: Option<CharterId>,
    /// The notices.
    pub notices: Vec<OwedNotice>,
}

/// A version that was not published. Nothing was changed.
#[derive(Debug, Error)]
pub enum PublishError {
    /// It is the latest version already.
    #[error("this is the latest version already; there is nothing to publish")]
    Already,
    /// The ratchet.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something is acknowledged by nobody.
    #[error("somebody has to stand for what is acknowledged; say who with `--by`")]
    ByNobody,
    /// Versions don't begin in the past.
    #[error("a version cannot begin in the past ({0})")]
    Past(Timestamp),
    /// Another one waits that begins later.
    #[error(
        "a version that begins later was published already; this one can begin with it, at {0}, or after it"
    )]
    BeforeAnother(Timestamp),
    /// The text names a later date.
    #[error(
        "the text in `{language}` says that it is effective from {named}; begin on that day with \
         `--effective {named}`, or change the text"
    )]
    TextBeginsLater {
        /// Language of the text.
        language: String,
        /// The day it names.
        named: jiff::civil::Date,
    },
    /// No calendar for a place the charter names.
    #[error(transparent)]
    Calendar(#[from] UnknownCalendar),
    /// Somebody else published meanwhile.
    #[error("another version was published meanwhile; compare again")]
    Meanwhile,
    /// The state.
    #[error("the state could not be read or written")]
    Store(#[source] StoreError),
}

/// The version a new one would be compared with: the latest published, whether
/// it has begun or not. `None` before the first.
///
/// # Errors
/// Where the state can't be read.
pub async fn prepare(store: &dyn Store) -> Result<Option<Version>, StoreError> {
    let Some(row) = store.versions().await?.into_iter().next() else {
        return Ok(None);
    };
    version(store, row).await.map(Some)
}

/// Publishes a version: compares it with the one before it, asks the ratchet,
/// and writes down the version, what was acknowledged, what is owed to people,
/// and a ledger entry, together.
///
/// # Errors
/// A [`PublishError`]; nothing was changed.
pub async fn publish(
    store: &dyn Store,
    draft: Draft,
    now: Timestamp,
) -> Result<Published, PublishError> {
    let before = prepare(store).await.map_err(PublishError::Store)?;
    let effective_at = begins(&draft, before.as_ref(), now)?;
    let found = before
        .as_ref()
        .map(|before| diff(&before.charter, &draft.charter));
    let acknowledged = match (&before, &found) {
        (Some(before), Some(found)) => ratchet(&before.charter, found, &draft.acknowledged)?,
        _ => Vec::new(),
    };
    if !acknowledged.is_empty() && draft.by.is_none() {
        return Err(PublishError::ByNobody);
    }
    let notices = match (&before, &found) {
        (Some(before), Some(found)) => owed(before.charter.changes.as_ref(), found),
        _ => Vec::new(),
    };
    let published = Published {
        charter: draft.charter.id.clone(),
        effective_at,
        diff: found,
        acknowledged,
        notices,
    };
    let mut change = Change {
        publication: Some(Publication {
            charter: draft.charter,
            effective_at,
            follows: before.as_ref().map(|before| before.row.number),
            published_at: now,
            published_by: draft.by.clone(),
            acknowledged: published.acknowledged.clone(),
            notices: published.notices.clone(),
        }),
        ..Change::default()
    };
    let record = record(&published, before.as_ref(), draft.by);
    add_record(&mut change, record, None, now);
    match store.commit(change).await {
        Ok(_) => Ok(published),
        Err(StoreError::Conflict { .. }) => Err(PublishError::Meanwhile),
        Err(error) => Err(PublishError::Store(error)),
    }
}

/// When a draft begins, where it may.
fn begins(
    draft: &Draft,
    before: Option<&Version>,
    now: Timestamp,
) -> Result<Timestamp, PublishError> {
    if before.is_some_and(|before| before.charter.id == draft.charter.id) {
        return Err(PublishError::Already);
    }
    let effective_at = draft.effective_at.unwrap_or(now);
    if effective_at < now {
        return Err(PublishError::Past(effective_at));
    }
    let later = before.filter(|before| before.row.effective_at > effective_at);
    if let Some(later) = later {
        return Err(PublishError::BeforeAnother(later.row.effective_at));
    }
    let calendar = calendar_of(&draft.charter)?;
    let zone = calendar.time_zone().clone();
    let day = effective_at.to_zoned(zone).date();
    for text in &draft.charter.texts {
        if let Some(named) = text.effective.filter(|named| *named > day) {
            return Err(PublishError::TextBeginsLater {
                language: text.language.clone(),
                named,
            });
        }
    }
    Ok(effective_at)
}

/// What the policy in force promised to those whom a change concerns.
fn owed(promised: Option<&Changes>, found: &Diff) -> Vec<Notice> {
    let only_material = promised.is_none_or(|promised| promised.material);
    let mut asks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for kind in found.tell() {
        asks.entry(kind.to_owned()).or_default();
    }
    if !only_material {
        let differing = found.changes.iter().filter(|change| change.differs());
        for kind in differing.flat_map(|change| &change.people) {
            asks.entry(kind.clone()).or_default();
        }
    }
    for ask in &found.ask_again {
        for kind in &ask.people {
            let purposes = asks.entry(kind.clone()).or_default();
            purposes.push(ask.purpose.clone());
        }
    }
    let channels: BTreeSet<&String> = promised
        .iter()
        .flat_map(|promised| &promised.notify)
        .filter(|channel| *channel != PAGE)
        .collect();
    let notice = |about: &String, asks: &Vec<String>, channel: &&String| Notice {
        about: about.clone(),
        channel: (*channel).clone(),
        asks: asks.clone(),
    };
    asks.iter()
        .flat_map(|(about, asks)| {
            let channels = channels.iter();
            channels.map(move |channel| notice(about, asks, channel))
        })
        .collect()
}

fn record(published: &Published, before: Option<&Version>, by: Option<String>) -> Record {
    let count = |direction| {
        let found = published.diff.as_ref();
        found.map_or(0, |found| found.of(direction).count())
    };
    let facts: [(&str, Value); 7] = [
        ("effective_at", json!(published.effective_at.to_string())),
        ("follows", json!(before.map(|before| &before.charter.id.0))),
        ("by", json!(by)),
        ("weaker", json!(count(Direction::Weaker))),
        ("incomparable", json!(count(Direction::Incomparable))),
        ("stronger", json!(count(Direction::Stronger))),
        ("notices", json!(published.notices.len())),
    ];
    let facts = facts.into_iter().filter(|(_, value)| !value.is_null());
    Record {
        kind: "charter.published".to_owned(),
        charter: published.charter.clone(),
        promises: published
            .acknowledged
            .iter()
            .map(|acknowledged| acknowledged.promise.0.clone())
            .collect(),
        subject_request: None,
        subject: None,
        facts: facts
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}

/// Whether a folder's charter may be served: it is the version in force or one
/// that was announced, or says to the word what one of them says.
pub(super) async fn is_published(
    store: &dyn Store,
    versions: &[VersionRow],
    charter: &Charter,
    now: Timestamp,
) -> Result<bool, StoreError> {
    for row in current(versions, now) {
        if row.charter == charter.id {
            return Ok(true);
        }
        // A newer program may write the same policy down in another form.
        let version = version(store, row.clone()).await?;
        let found = diff(&version.charter, charter);
        let same = found.changes.iter().all(|change| !change.differs());
        if same && found.texts.is_empty() && found.sources.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The version in force and those that begin later; the latest comes first.
fn current(versions: &[VersionRow], now: Timestamp) -> impl Iterator<Item = &VersionRow> {
    let in_force = in_force(versions, now).map(|row| row.number);
    versions
        .iter()
        .filter(move |row| Some(row.number) == in_force || row.effective_at > now)
}

/// The version in force at a moment.
pub(crate) fn in_force(versions: &[VersionRow], now: Timestamp) -> Option<&VersionRow> {
    versions
        .iter()
        .filter(|row| row.effective_at <= now)
        .max_by_key(|row| (row.effective_at, row.number))
}

/// A version with the charter it put in force.
pub(super) async fn version(store: &dyn Store, row: VersionRow) -> Result<Version, StoreError> {
    let stored = store.charter(&row.charter).await?;
    let stored = stored.ok_or(StoreError::Corrupt { what: "charter" })?;
    Ok(Version {
        row,
        charter: stored.charter,
    })
}

impl Service {
    /// Every version that was, is or will be in force, the latest published
    /// first.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn versions(&self) -> Result<Vec<VersionRow>, ServiceError> {
        Ok(self.store().versions().await?)
    }

    /// The latest version whose charter's id begins so; `None` where none does,
    /// or where the beginning is too short to name one.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn version(&self, id: &str) -> Result<Option<Version>, ServiceError> {
        if id.len() < ID_CHARS_MIN {
            return Ok(None);
        }
        let versions = self.store().versions().await?;
        let named = versions
            .into_iter()
            .find(|row| row.charter.0.starts_with(id));
        match named {
            None => Ok(None),
            Some(row) => Ok(Some(version(self.store(), row).await?)),
        }
    }

    /// What versions owe to people and nobody has sent, the latest first.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn owed(&self) -> Result<Vec<OwedBy>, ServiceError> {
        let notices = self.store().owed_notices().await?;
        if notices.is_empty() {
            return Ok(Vec::new());
        }
        let versions = self.store().versions().await?;
        let owed = versions.iter().map(|version| OwedBy {
            version: version.clone(),
            before: version.follows.and_then(|number| {
                let mut all = versions.iter();
                let before = all.find(|other| other.number == number)?;
                Some(before.charter.clone())
            }),
            notices: notices
                .iter()
                .filter(|notice| notice.version == version.number)
                .cloned()
                .collect(),
        });
        Ok(owed.filter(|owed| !owed.notices.is_empty()).collect())
    }
}
