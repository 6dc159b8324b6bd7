//! A service of the company's own as a source: asked by signed messages to find
//! a person, count, erase, look again and hand out. Invariant: nothing it says
//! counts unless it is signed and is the answer to what was asked, and nothing
//! is asked of it while its own description and its map part.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use candor_domain::identity::Identity;
use candor_domain::plan::{Footprint, Residue, SourcePreview, TableEffect};
use candor_domain::undo::TableReturn;
use candor_policy::charter::OnErasure;
use candor_policy::map::SourceMap;
use candor_seal::webhook::{Message, WebhookKeys};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::error::Fault;
use crate::http;
use crate::limits::Limits;
use crate::resolve::{self, Lead, Row};
use crate::source::{EraseStep, ExportSink, StepReport};

pub mod conformance;
mod exchange;
mod protocol;
mod rectify;
mod stream;

use exchange::{Exchange, Said};
use protocol::{
    Description, Effects, Envelope, Forgotten, Found, Left, Operation, Person, READY, RESTORE,
    Returned, Steps, Task,
};

/// Identities in one message.
const IDENTITIES_MAX: usize = 500;
/// How long an unfinished piece of work is asked after before it is asked for
/// anew.
const TASK_TIME: Duration = Duration::from_secs(24 * 60 * 60);
/// The shortest and longest pauses between two questions after a result.
const AGAIN: std::ops::RangeInclusive<u64> = 1..=60;

/// How a service is reached, and what both sides sign with.
#[derive(Clone, Debug, Default)]
pub struct ServiceAccess {
    /// Its address.
    pub url: String,
    /// What Candor signs with: `whsec_…` or `whsk_…`.
    pub secret: String,
    /// What the service signs with, where that is a key of its own: `whpk_…`.
    pub key: Option<String>,
    /// Where it may say that a result is ready.
    pub callback: Option<String>,
}

/// A connection to a service.
#[derive(Debug)]
pub(crate) struct Service {
    exchange: Exchange,
    limits: Limits,
    /// Work that the service has not finished, by what was asked.
    tasks: Mutex<BTreeMap<[u8; 32], (Task, Instant)>>,
}

impl Service {
    pub(crate) fn open(access: &ServiceAccess, limits: Limits) -> Result<Self, Fault> {
        Ok(Self {
            exchange: Exchange::open(access, &limits)?,
            limits,
            tasks: Mutex::default(),
        })
    }

    /// What it says of itself.
    pub(crate) async fn describe(&self) -> Result<Description, Fault> {
        self.ask(Operation::Describe, &json!({})).await
    }

    /// The same, if the map fits.
    async fn fitting(&self, map: &SourceMap) -> Result<Description, Fault> {
        let description = self.describe().await?;
        match description.drift(map) {
            drift if drift.is_empty() => Ok(description),
            drift => Err(Fault::Drift(drift)),
        }
    }

    pub(crate) async fn subject_kinds(&self, map: &SourceMap) -> Result<BTreeSet<String>, Fault> {
        let description = self.fitting(map).await?;
        let tables = map.tables.iter();
        let kinds = tables.flat_map(|(name, table)| {
            let key = description.key(name);
            let named = table.identities.iter();
            named.filter(move |(_, field)| key == [field.as_str()])
        });
        Ok(kinds.map(|(kind, _)| kind.clone()).collect())
    }

    pub(crate) async fn leads(
        &self,
        map: &SourceMap,
        known: &[Identity],
        subject_kinds: &BTreeSet<String>,
    ) -> Result<Vec<Lead>, Fault> {
        let mut rows = Vec::new();
        let asked: Vec<(usize, &Identity)> = known
            .iter()
            .enumerate()
            .filter(|(_, identity)| knows(map, identity))
            .collect();
        for part in asked.chunks(IDENTITIES_MAX) {
            let person = Person {
                step: None,
                keep: false,
                identities: part.iter().map(|(_, identity)| *identity).collect(),
            };
            let found: Found = self.ask_about(Operation::Locate, &person).await?;
            for record in found.found {
                let asked = part.get(record.identity);
                let table = map.tables.get(&record.collection);
                let (Some((number, _)), Some(table)) = (asked, table) else {
                    return Err(nonsense("it found something that nobody asked for"));
                };
                let kinds = |identity: &Identity| table.identities.contains_key(&identity.kind);
                if !record.identities.iter().all(kinds) {
                    return Err(nonsense("it names people by what its map does not"));
                }
                rows.push(Row {
                    number: *number,
                    table: record.collection,
                    identities: normal(record.identities),
                });
            }
        }
        Ok(resolve::leads_of(known, subject_kinds, rows))
    }

    pub(crate) async fn preview(
        &self,
        map: &SourceMap,
        identities: &[Identity],
    ) -> Result<SourcePreview, Fault> {
        self.fitting(map).await?;
        let effects = match person(map, None, identities)? {
            None => Vec::new(),
            Some(person) => {
                let said: Effects = self.ask_about(Operation::Preview, &person).await?;
                said.fitting(map)?
            }
        };
        Ok(SourcePreview::of(effects))
    }

    /// Erases one person; with `keep`, in a way that it can take back, if it
    /// can at all.
    pub(crate) async fn erase(
        &self,
        map: &SourceMap,
        step: &EraseStep,
        keep: bool,
    ) -> Result<StepReport, Fault> {
        let description = self.fitting(map).await?;
        let person = person(map, Some(&step.step), &step.identities)?;
        let keep = keep && description.can.contains(RESTORE);
        let Some(person) = person.map(|person| Person { keep, ..person }) else {
            return Ok(StepReport {
                step: step.step.clone(),
                effects: Vec::new(),
            });
        };
        let said: Effects = self.ask_about(Operation::Erase, &person).await?;
        // What it was asked before, it was asked of another state.
        lock(&self.tasks).clear();
        if said.step.as_deref() != Some(&step.step) {
            return Err(nonsense("it reports another step than the one asked for"));
        }
        Ok(StepReport {
            step: step.step.clone(),
            effects: said.fitting(map)?,
        })
    }

    /// Whether it can bring back what it erased.
    pub(crate) async fn can_restore(&self, map: &SourceMap) -> Result<bool, Fault> {
        Ok(self.fitting(map).await?.can.contains(RESTORE))
    }

    /// Brings back what steps took, once under a key.
    pub(crate) async fn restore(
        &self,
        map: &SourceMap,
        (key, steps): (&str, &[String]),
    ) -> Result<Vec<TableReturn>, Fault> {
        self.fitting(map).await?;
        let data = value(&Steps {
            step: Some(key),
            steps,
        })?;
        let said: Returned = self.ask(Operation::Restore, &data).await?;
        // What it was asked before, it was asked of another state.
        lock(&self.tasks).clear();
        if said.step != key {
            return Err(nonsense("it reports another step than the one asked for"));
        }
        said.fitting(map)
    }

    /// Has it destroy what it kept of steps, if it keeps anything.
    pub(crate) async fn forget(&self, steps: &[String]) -> Result<(), Fault> {
        if !self.describe().await?.can.contains(RESTORE) {
            return Ok(());
        }
        let data = value(&Steps { step: None, steps })?;
        let Forgotten {} = self.ask(Operation::Forget, &data).await?;
        Ok(())
    }

    /// What the service says is left, and whatever an erasure would still find.
    /// Both are its own word; the second comes from the code that would have to
    /// erase, so that a service must err twice to be believed.
    pub(crate) async fn verify(
        &self,
        map: &SourceMap,
        footprint: &Footprint,
    ) -> Result<Vec<Residue>, Fault> {
        let Some(person) = person(map, None, &footprint.identities)? else {
            return Ok(Vec::new());
        };
        let left: Left = self.ask_about(Operation::Verify, &person).await?;
        let stays = |name: &str| {
            let table = map.tables.get(name);
            table.is_some_and(|table| table.on_erasure == OnErasure::Keep)
        };
        let mut residue = left.residue();
        residue.retain(|left| !stays(&left.table));
        let preview = self.preview(map, &footprint.identities).await?;
        for effect in preview.effects {
            let known = residue.iter().any(|known| known.table == effect.table);
            if !stays(&effect.table) && !known {
                residue.push(Residue {
                    table: effect.table,
                    column: "*".to_owned(),
                    rows: effect.rows,
                });
            }
        }
        Ok(residue)
    }

    pub(crate) async fn export(
        &self,
        (source, map): (&str, &SourceMap),
        identities: &[Identity],
        sink: &mut dyn ExportSink,
    ) -> Result<Vec<TableEffect>, Fault> {
        let description = self.fitting(map).await?;
        let Some(person) = person(map, None, identities)? else {
            return Ok(Vec::new());
        };
        let data = value(&person)?;
        let said = self.persistently(Operation::Export, &data).await?;
        let Said::Stream(stream) = said else {
            return Err(nonsense("what it hands out is no stream of lines"));
        };
        let taking = stream::Taking::new(source, map, &description, sink);
        stream
            .read(self.exchange.keys(), taking, self.limits.statement)
            .await
    }

    /// Takes a message by which the service says that something is ready; what
    /// it names is asked for as if it had not come, so a copy of it does no
    /// harm.
    pub(crate) fn is_ready(&self, message: &Message<'_>, signatures: &str, now: i64) -> bool {
        let signed = self
            .exchange
            .keys()
            .verify(message, signatures, now)
            .is_ok();
        let envelope: Option<Envelope<Task>> = serde_json::from_slice(message.body).ok();
        signed && envelope.is_some_and(|envelope| envelope.kind == READY)
    }

    async fn ask_about<T: DeserializeOwned>(
        &self,
        operation: Operation,
        person: &Person<'_>,
    ) -> Result<T, Fault> {
        self.ask(operation, &value(person)?).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        operation: Operation,
        data: &Value,
    ) -> Result<T, Fault> {
        match self.persistently(operation, data).await? {
            Said::Done(data) => serde_json::from_value(data).map_err(|_| {
                nonsense(&format!(
                    "its answer to {} has another form",
                    operation.kind()
                ))
            }),
            Said::Stream(_) | Said::Pending(_) | Said::Unknown => {
                Err(nonsense("it answered something else than it was asked"))
            }
        }
    }

    /// Asks, and asks after what is not ready, as long as patience lasts. What
    /// is not ready then is asked after the next time the same is wanted.
    async fn persistently(&self, operation: Operation, data: &Value) -> Result<Said, Fault> {
        let wanted = digest(operation, data);
        let started = clock();
        let mut forgotten = false;
        loop {
            let task = self.task(&wanted);
            let said = match &task {
                None => self.exchange.ask(operation, operation, data).await?,
                Some(task) => {
                    let data = json!({ "task": task.task });
                    self.exchange
                        .ask(Operation::Result, operation, &data)
                        .await?
                }
            };
            match said {
                Said::Pending(task) => {
                    let again = task.again_in_seconds.unwrap_or(*AGAIN.start());
                    let again = Duration::from_secs(again.clamp(*AGAIN.start(), *AGAIN.end()));
                    lock(&self.tasks).entry(wanted).or_insert((task, clock()));
                    if started.elapsed() + again > self.limits.pending {
                        return Err(Fault::Pending(format!("it is still {}", operation.words())));
                    }
                    tokio::time::sleep(again).await;
                }
                // It lost the task; the same may be begun again, once.
                Said::Unknown if task.is_some() && !forgotten => {
                    lock(&self.tasks).remove(&wanted);
                    forgotten = true;
                }
                Said::Unknown => return Err(nonsense("it does not know what it was asked")),
                done => {
                    lock(&self.tasks).remove(&wanted);
                    return Ok(done);
                }
            }
        }
    }

    fn task(&self, wanted: &[u8; 32]) -> Option<Task> {
        let mut tasks = lock(&self.tasks);
        tasks.retain(|_, (_, since)| since.elapsed() < TASK_TIME);
        tasks.get(wanted).map(|(task, _)| task.clone())
    }
}

/// Whether the map says that people are known by this here. Nothing else is
/// anybody's business there.
fn knows(map: &SourceMap, identity: &Identity) -> bool {
    let mut tables = map.tables.values();
    tables.any(|table| table.identities.contains_key(&identity.kind))
}

/// The person as the service knows them; `None` where it could not.
fn person<'p>(
    map: &SourceMap,
    step: Option<&'p str>,
    identities: &'p [Identity],
) -> Result<Option<Person<'p>>, Fault> {
    let identities: Vec<&Identity> = identities
        .iter()
        .filter(|identity| knows(map, identity))
        .collect();
    if identities.len() > IDENTITIES_MAX {
        return Err(Fault::Refused(vec![format!(
            "a person has more than {IDENTITIES_MAX} identities there"
        )]));
    }
    Ok((!identities.is_empty()).then_some(Person {
        step,
        identities,
        keep: false,
    }))
}

fn normal(identities: Vec<Identity>) -> BTreeSet<Identity> {
    let values = identities.into_iter();
    values
        .map(|found| {
            let value = found.value.expose("it is compared with what is known");
            Identity::new(&found.kind, value)
        })
        .collect()
}

fn value(data: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(data).map_err(|_| nonsense("the question could not be written"))
}

fn nonsense(why: &str) -> Fault {
    Fault::Database(why.to_owned())
}

fn digest(operation: Operation, data: &Value) -> [u8; 32] {
    Sha256::digest(format!("{}\0{data}", operation.kind())).into()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a service has been waited for decides nothing but when to ask again"
)]
fn clock() -> Instant {
    Instant::now()
}

/// Keys of both sides.
fn keys(access: &ServiceAccess) -> Result<WebhookKeys, Fault> {
    WebhookKeys::parse(&access.secret, access.key.as_deref())
        .map_err(|error| Fault::Refused(vec![error.to_string()]))
}

fn refused_address(error: http::AddressError) -> Fault {
    Fault::Refused(vec![format!("its address is refused: {error}")])
}
