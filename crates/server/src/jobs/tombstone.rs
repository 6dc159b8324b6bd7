//! What rows of somebody who was erased are known by, kept for as long as a
//! backup may bring them back: the keys of their own rows, and identities that
//! are mere keys. Never an address: whoever comes back with one is welcome.
//! Sealed under a key of its own, because the person's goes when the erasure
//! has settled. Refuses to erase again what a hold keeps.

use candor_connect::{EraseStep, Key, Lasting, OldKeys, Source, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::{Residue, TableEffect, add_effects};
use candor_seal::envelope::{Place, Sealed};
use candor_seal::keys::{SubjectKey, WrappedKey};
use candor_store::rows::TombstoneRow;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::erase::kept;
use super::footprint::{Written, searchable};
use crate::service::{Service, ServiceError, StandingError};

/// How long a backup is taken to bring rows back where the declaration doesn't
/// say how long backups are kept.
const KEPT_DEFAULT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The most keys that are kept of one person in one source.
const KEYS_MAX: usize = 1_000;
/// Erasures that are read from the state at once.
const PAGE: u32 = 100;

/// What was carried out once more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasedAgain {
    /// Of how many erasures rows had come back.
    pub people: u64,
    /// What became of the rows.
    pub effects: Vec<TableEffect>,
    /// What is left under their keys all the same.
    pub left: Vec<Residue>,
}

/// Why nothing, or not all, was erased again. Asking once more under the same
/// name goes on where it ended.
#[derive(Debug, Error)]
pub enum EraseAgainError {
    /// No such source is declared.
    #[error("source `{0}` is not declared")]
    Undeclared(String),
    /// The source could not be asked.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Something inside.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// What is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Tombstone {
    identities: Vec<Identity>,
    keys: Vec<Keys>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Keys {
    table: String,
    columns: Vec<String>,
    values: Vec<Personal<Vec<String>>>,
}

/// What is to be kept of an erasure in a source that was found empty of the
/// person.
pub(super) async fn written(
    service: &Service,
    id: &SubjectRequestId,
    (source, lasting): (&str, &Lasting),
    written: &Written,
) -> Result<Option<TombstoneRow>, ServiceError> {
    let footprint = &written.footprint;
    let mut own: Vec<Key> = Vec::new();
    let mut keys = written.keys(service.shared_store());
    while own.len() < KEYS_MAX
        && let Some(next) = keys.next().await?
    {
        let next = next.into_iter();
        let next = next.filter(|key| lasting.is_key_of_people(footprint, key));
        own.extend(next.take(KEYS_MAX.saturating_sub(own.len())));
    }
    let tombstone = Tombstone {
        identities: lasting.identities(footprint),
        keys: OldKeys::of(footprint, own)
            .into_iter()
            .map(|old| Keys {
                table: old.table,
                columns: old.columns,
                values: old.values,
            })
            .collect(),
    };
    if tombstone.identities.is_empty() && tombstone.keys.is_empty() {
        return Ok(None);
    }
    seal(service, id, source, &tombstone).map(Some)
}

/// What lasts of the identities, as far as every source says: asks each of them,
/// so once for everybody who is searched for together.
pub(super) async fn lasting(service: &Service, source: &Source) -> Result<Lasting, SourceError> {
    let mut lasting = source.lasting().await?;
    for other in service.sources().all().values() {
        match other.lasting().await {
            Ok(other) => lasting.without_again(&other),
            Err(_) => lasting.keys_alone(),
        }
    }
    Ok(lasting)
}

fn seal(
    service: &Service,
    id: &SubjectRequestId,
    source: &str,
    tombstone: &Tombstone,
) -> Result<TombstoneRow, ServiceError> {
    let entropy = service.world().entropy.as_ref();
    let key = SubjectKey::generate(entropy)?;
    let plain = serde_json::to_vec(tombstone).map_err(|_| ServiceError::Corrupt("tombstone"))?;
    let sealed = key.seal(&place(id, source), &plain, entropy)?;
    let kept = service
        .charter()
        .security
        .get("backups")
        .and_then(|own| own.keep);
    let kept = kept.map_or(KEPT_DEFAULT, |kept| {
        SignedDuration::from_hours(i64::try_from(kept.longest_hours()).unwrap_or(i64::MAX / 3600))
    });
    Ok(TombstoneRow {
        source: source.to_owned(),
        subject_request: id.clone(),
        wrapped_key: service
            .root()
            .wrap(&key, &label(id, source), entropy)?
            .to_bytes(),
        sealed: sealed.into_bytes(),
        expires_at: service
            .now()
            .checked_add(kept)
            .unwrap_or(jiff::Timestamp::MAX),
    })
}

fn open(service: &Service, row: &TombstoneRow) -> Result<Tombstone, ServiceError> {
    let (id, source) = (&row.subject_request, row.source.as_str());
    let wrapped = WrappedKey::from_bytes(&row.wrapped_key)?;
    let key = service.root().unwrap(&wrapped, &label(id, source))?;
    let plain = key.open(&place(id, source), &Sealed::from_bytes(row.sealed.clone()))?;
    serde_json::from_slice(&plain).map_err(|_| ServiceError::Corrupt("tombstone"))
}

fn label(id: &SubjectRequestId, source: &str) -> String {
    format!("tombstone/{id}/{source}")
}

fn place<'a>(id: &'a SubjectRequestId, source: &'a str) -> Place<'a> {
    Place {
        table: "tombstones",
        column: source,
        row: id.as_str(),
    }
}

impl Service {
    /// Erases once more, in one source, everybody whose rows may have come back:
    /// after a backup was restored there. Each person is a step of its own that
    /// the source journals under `run`, so that asking again under the same name
    /// goes on where it ended. What a hold keeps stays.
    ///
    /// # Errors
    ///
    /// [`EraseAgainError`].
    pub async fn erase_again(
        &self,
        source_name: &str,
        run: &str,
    ) -> Result<ErasedAgain, EraseAgainError> {
        let sources = self.sources();
        if !sources.all().contains_key(source_name) {
            return Err(EraseAgainError::Undeclared(source_name.to_owned()));
        }
        let mut again = ErasedAgain::default();
        let mut after = None;
        loop {
            let rows = self
                .store()
                .tombstones(source_name, after.as_ref(), self.now(), PAGE)
                .await
                .map_err(ServiceError::from)?;
            let Some(last) = rows.last() else {
                return Ok(again);
            };
            after = Some(last.subject_request.clone());
            for row in &rows {
                self.one_again(source_name, row, run, &mut again).await?;
            }
        }
    }

    async fn one_again(
        &self,
        source: &str,
        row: &TombstoneRow,
        run: &str,
        again: &mut ErasedAgain,
    ) -> Result<(), EraseAgainError> {
        let id = &row.subject_request;
        let Tombstone { identities, keys } = open(self, row)?;
        let request = self.required(id).await?.value;
        let sources = self.sources();
        let Some(source) = sources.of(source, request.tenant.as_ref())? else {
            return Ok(());
        };
        let held = kept(self, &request, &source, &identities).await;
        let held = held.map_err(|error| match error {
            StandingError::Source(error) => EraseAgainError::Source(error),
            StandingError::Service(error) => EraseAgainError::Service(error),
        })?;
        let step = EraseStep {
            step: format!("{id}/again/{run}"),
            identities: identities.clone(),
            keys: keys.iter().map(Keys::old).collect(),
        };
        let steps = std::slice::from_ref(&step);
        let under;
        let source = match held.is_empty() {
            true => source.as_ref(),
            // It can't be told what to keep, and so is told nothing.
            false if source.is_service() => return Ok(()),
            false => {
                under = source.holding(&held)?;
                &under
            }
        };
        let reports = source.erase(steps).await?;
        let effects = reports.into_iter().flat_map(|report| report.effects);
        let effects: Vec<TableEffect> = effects.collect();
        again.people += u64::from(!effects.is_empty());
        add_effects(&mut again.effects, &effects);
        let keys = keys
            .into_iter()
            .map(|own| (own.table, own.columns, own.values));
        let (footprint, keys) = searchable(identities, keys);
        let mut search = source.verification(&[&footprint]);
        search.keys(&keys).await?;
        again.left.extend(search.finish().await?.concat());
        Ok(())
    }
}

impl Keys {
    fn old(&self) -> OldKeys {
        OldKeys {
            table: self.table.clone(),
            columns: self.columns.clone(),
            values: self.values.clone(),
        }
    }
}
