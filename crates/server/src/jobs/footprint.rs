//! What leads to a person's rows in one source, as it is kept until the rows'
//! absence was verified: a sealed value with identities, key columns and
//! counts, and beside it the keys, which may be millions, in a sealed blob that
//! all sources of the subject request share. Invariant: keys stream in and out,
//! and no more than [`KEYS_AT_ONCE`] of them are held. Refuses keys of which
//! any is missing.

use std::io::{self, BufWriter, PipeWriter, Write};
use std::ops::Range;
use std::sync::Arc;

use candor_connect::{KEYS_AT_ONCE, Key, KeySink, Source};
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::{Footprint, KeyColumns};
use candor_domain::subject_request::SubjectRequest;
use candor_policy::charter::Right;
use candor_store::{ChunkWrite, SealedValue, Store};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::together::{MISSING, or_alone, parts};
use super::visit::Done;
use crate::people::OpenPerson;
use crate::sealed_stream::{self, File, OpenedStream};
use crate::service::{Service, ServiceError, StandingError};

const CORRUPT: ServiceError = ServiceError::Corrupt("footprint");
/// Rows of people whose keys are looked up together, as they were counted.
const ROWS_TOGETHER: u64 = 10_000;
/// Bytes of keys of several people that are held at once.
const FEW_BYTES_MAX: usize = 1 << 20;

/// A footprint that was written down.
pub(super) struct Written {
    pub(super) footprint: Footprint,
    kept: Kept,
    id: SubjectRequestId,
    source: String,
    person: Arc<OpenPerson>,
}

/// Where the keys of a footprint are.
#[derive(Clone)]
enum Kept {
    /// In these chunks of the blob.
    Blob(Range<u32>),
    /// In the value itself.
    Value(Vec<Key>),
}

/// What was written down before anything was carried out; `None` once the
/// person was shredded.
pub(super) async fn written(
    service: &Service,
    request: &SubjectRequest,
    source: &str,
) -> Result<Option<Written>, ServiceError> {
    let Some(person) = service.person(&request.subject).await? else {
        return Ok(None);
    };
    let written = of_person(service, &request.id, &Arc::new(person), source).await?;
    written.ok_or(CORRUPT).map(Some)
}

/// The same, of a person who is open already; `None` where nothing was written
/// down for this source.
pub(super) async fn of_person(
    service: &Service,
    id: &SubjectRequestId,
    person: &Arc<OpenPerson>,
    source: &str,
) -> Result<Option<Written>, ServiceError> {
    let name = value_name(source);
    let Some(bytes) = service.store().sealed(id, &name).await? else {
        return Ok(None);
    };
    let (footprint, kept) = person.unseal::<Form>(id, &name, bytes)?.read()?;
    Ok(Some(Written {
        footprint,
        kept,
        id: id.clone(),
        source: source.to_owned(),
        person: person.clone(),
    }))
}

impl Written {
    /// The keys, from the first on. Which table one is of, the footprint tells
    /// by its place.
    pub(super) fn keys(&self, store: Arc<dyn Store>) -> Keys {
        let stream = match &self.kept {
            Kept::Value(_) => None,
            Kept::Blob(chunks) if chunks.is_empty() => None,
            Kept::Blob(chunks) => {
                let file = File::keys(&self.id, &self.source, chunks.start);
                let person = self.person.clone();
                let opened = sealed_stream::open_from(store, file, Some(chunks.end), person);
                Some(opened)
            }
        };
        Keys {
            stream,
            rest: Vec::new(),
            waiting: match &self.kept {
                Kept::Value(keys) => keys.clone(),
                Kept::Blob(_) => Vec::new(),
            },
            missing: self.footprint.keys.iter().map(|key| key.rows).sum(),
        }
    }
}

/// Keys on their way out of the state.
pub(super) struct Keys {
    /// What still comes.
    stream: Option<OpenedStream>,
    /// The beginning of a line whose end has yet to come.
    rest: Vec<u8>,
    waiting: Vec<Key>,
    /// How many have yet to be read.
    missing: u64,
}

impl Keys {
    /// The next keys, at most [`KEYS_AT_ONCE`]; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Key>>, ServiceError> {
        while self.waiting.len() < KEYS_AT_ONCE
            && let Some(stream) = &mut self.stream
        {
            match stream.next().await? {
                Some(part) => self.take(&part)?,
                None => self.stream = None,
            }
        }
        let next = self.waiting.len().min(KEYS_AT_ONCE);
        let next: Vec<Key> = self.waiting.drain(..next).collect();
        let read = u64::try_from(next.len()).unwrap_or(u64::MAX);
        self.missing = self.missing.checked_sub(read).ok_or(CORRUPT)?;
        if !next.is_empty() {
            return Ok(Some(next));
        }
        let whole = self.missing == 0 && self.rest.is_empty();
        if whole { Ok(None) } else { Err(CORRUPT) }
    }

    fn take(&mut self, part: &[u8]) -> Result<(), ServiceError> {
        self.rest.extend_from_slice(part);
        let Some(last) = self.rest.iter().rposition(|byte| *byte == b'\n') else {
            return Ok(());
        };
        let rest = self.rest.split_off(last + 1);
        for line in self.rest.split_inclusive(|byte| *byte == b'\n') {
            self.waiting.push(read(line)?);
        }
        self.rest = rest;
        Ok(())
    }
}

/// Somebody of whom it is to be written down what leads to them, source by
/// source, each source's keys behind those of the one before.
pub(super) struct Due<'a> {
    pub(super) identities: Vec<Identity>,
    request: &'a SubjectRequest,
    person: &'a Arc<OpenPerson>,
    /// The next chunk of the blob. Counted from 0 at each attempt: what one
    /// that was interrupted left behind is written over, or belongs to nothing.
    next: u32,
    sealed: Vec<SealedValue>,
    chunks: Vec<ChunkWrite>,
}

/// What is to be kept of somebody in one source.
pub(super) struct Part {
    sealed: SealedValue,
    /// Their keys, unless those are in the state by now.
    chunks: Vec<ChunkWrite>,
    next: u32,
}

impl<'a> Due<'a> {
    pub(super) const fn new(
        request: &'a SubjectRequest,
        person: &'a Arc<OpenPerson>,
        identities: Vec<Identity>,
    ) -> Self {
        Self {
            identities,
            request,
            person,
            next: 0,
            sealed: Vec::new(),
            chunks: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, part: Part) {
        self.sealed.push(part.sealed);
        self.chunks.extend(part.chunks);
        self.next = part.next;
    }

    /// All of it becomes true with what was done.
    pub(super) fn end(self, done: &mut Done) {
        done.sealed.extend(self.sealed);
        done.chunks.extend(self.chunks);
    }

    /// Only an erasure needs keys.
    fn needs_keys(&self, source: &Source) -> bool {
        self.request.right == Right::Erasure && !source.is_service()
    }

    /// Rows that were counted, of which each has a key or some.
    fn rows(&self, source: &Source) -> u64 {
        let progress = self.request.sources.get(source.name());
        let effects = progress.map(|progress| progress.preview.effects.as_slice());
        let effects = effects.unwrap_or_default().iter();
        effects.map(|effect| effect.rows).sum()
    }

    fn file(&self, source: &Source) -> File {
        File::keys(&self.request.id, source.name(), self.next)
    }

    fn part(
        &self,
        service: &Service,
        source: &Source,
        (footprint, range): (Footprint, Range<u32>),
        chunks: Vec<ChunkWrite>,
    ) -> Result<Part, ServiceError> {
        let (id, name) = (&self.request.id, value_name(source.name()));
        let entropy = service.world().entropy.as_ref();
        let next = range.end;
        let stored = Stored {
            form: FORM,
            footprint,
            chunks: range,
        };
        Ok(Part {
            sealed: SealedValue {
                subject_request: id.clone(),
                bytes: self.person.seal(id, &name, &stored, entropy)?,
                name,
            },
            chunks,
            next,
        })
    }
}

/// Finds out what is to be kept of people in one source, and seals it. Whoever
/// has many keys is alone, and theirs are in the state by then.
pub(super) async fn write(
    service: &Service,
    source: &Arc<Source>,
    people: &[&Due<'_>],
) -> Vec<Result<Part, StandingError>> {
    let mut written = Vec::new();
    for part in parts(people, ROWS_TOGETHER, |due| due.rows(source)) {
        let part = or_alone(part.len(), async |who| {
            match part.get(who).unwrap_or_default() {
                [due] => Ok(vec![write_one(service, source, due).await?]),
                several => write_few(service, source, several).await,
            }
        });
        written.extend(part.await);
    }
    written
}

async fn write_one(
    service: &Service,
    source: &Arc<Source>,
    due: &Due<'_>,
) -> Result<Part, StandingError> {
    let kept = match due.needs_keys(source) {
        true => stream(service, source, due).await?,
        false => (without_keys(due), due.next..due.next),
    };
    Ok(due.part(service, source, kept, Vec::new())?)
}

/// The same for several at once, whose keys fit into memory.
async fn write_few(
    service: &Service,
    source: &Source,
    people: &[&Due<'_>],
) -> Result<Vec<Part>, StandingError> {
    let with_keys = people.iter().filter(|due| due.needs_keys(source));
    let targets: Vec<&[Identity]> = with_keys.map(|due| due.identities.as_slice()).collect();
    let mut keys = Few::new(targets.len());
    let footprints = source.footprints(&targets, &mut keys).await?;
    let mut captured = footprints.into_iter().zip(keys.lines);
    let entropy = service.world().entropy.as_ref();
    let mut parts = Vec::new();
    for due in people {
        let mut chunks = Vec::new();
        let mut footprint = without_keys(due);
        if due.needs_keys(source) {
            let (own, lines) = captured.next().ok_or(MISSING)?;
            footprint = own;
            if !lines.is_empty() {
                chunks = sealed_stream::seal_few(&due.file(source), due.person, &lines, entropy)?;
            }
        }
        let number = u32::try_from(chunks.len()).map_err(|_| CORRUPT)?;
        let kept = (footprint, due.next..due.next + number);
        parts.push(due.part(service, source, kept, chunks)?);
    }
    Ok(parts)
}

fn without_keys(due: &Due<'_>) -> Footprint {
    Footprint {
        identities: due.identities.clone(),
        keys: Vec::new(),
    }
}

/// One person's keys, however many, straight into the state.
async fn stream(
    service: &Service,
    source: &Arc<Source>,
    due: &Due<'_>,
) -> Result<(Footprint, Range<u32>), StandingError> {
    let (reader, writer) = io::pipe().map_err(ServiceError::Package)?;
    let capturing = {
        let (source, identities) = (source.clone(), due.identities.clone());
        let runtime = Handle::current();
        // Writing into the pipe waits for whoever seals.
        tokio::task::spawn_blocking(move || {
            let mut lines = Lines(BufWriter::new(writer));
            let footprint = runtime.block_on(source.footprint(&identities, &mut lines));
            let flushed = lines.0.flush();
            footprint.map(|footprint| flushed.map(|()| footprint))
        })
    };
    let entropy = service.world().entropy.clone();
    let (file, person) = (due.file(source), due.person.clone());
    let sealing = sealed_stream::seal_into(service.store(), file, person, reader, entropy);
    let (captured, chunks) = tokio::join!(capturing, sealing);
    // Where the state failed, the source is not to blame.
    let chunks = chunks?;
    let captured = captured.map_err(|error| ServiceError::Package(io::Error::other(error)))?;
    Ok((captured?.map_err(ServiceError::Package)?, chunks))
}

/// Keys of several people in memory, as lines; refuses more than fit.
struct Few {
    lines: Vec<Vec<u8>>,
    bytes: usize,
}

impl Few {
    fn new(people: usize) -> Self {
        Self {
            lines: vec![Vec::new(); people],
            bytes: 0,
        }
    }
}

impl KeySink for Few {
    fn key(&mut self, key: Key) -> io::Result<()> {
        let lines = self.lines.get_mut(key.person);
        let lines = lines.ok_or_else(|| io::Error::other("a key of nobody"))?;
        let before = lines.len();
        line(lines, &key)?;
        self.bytes += lines.len() - before;
        match self.bytes > FEW_BYTES_MAX {
            true => Err(io::Error::other("more keys than are held at once")),
            false => Ok(()),
        }
    }
}

/// Keys as lines of JSON: the place, and the values.
struct Lines(BufWriter<PipeWriter>);

impl KeySink for Lines {
    fn key(&mut self, key: Key) -> io::Result<()> {
        line(&mut self.0, &key)
    }
}

fn line(out: &mut impl Write, key: &Key) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &(key.place, &key.values))?;
    out.write_all(b"\n")
}

fn read(line: &[u8]) -> Result<Key, ServiceError> {
    let (place, values) = serde_json::from_slice(line).map_err(|_| CORRUPT)?;
    Ok(Key {
        person: 0,
        place,
        values,
    })
}

/// Name of the sealed value.
fn value_name(source: &str) -> String {
    format!("footprint/{source}")
}

/// The number of the form that is written.
const FORM: u32 = 2;

/// What is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    form: u32,
    footprint: Footprint,
    /// Of the blob.
    chunks: Range<u32>,
}

/// Any form that was ever written.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Form {
    Numbered(Stored),
    /// The first had no number, and the keys in it.
    First {
        identities: Vec<Identity>,
        keys: Vec<FirstKeys>,
    },
}

#[derive(Debug, Deserialize)]
struct FirstKeys {
    table: String,
    columns: Vec<String>,
    rows: Vec<Personal<Vec<String>>>,
}

impl Form {
    fn read(self) -> Result<(Footprint, Kept), ServiceError> {
        match self {
            Self::Numbered(stored) if stored.form == FORM => {
                Ok((stored.footprint, Kept::Blob(stored.chunks)))
            }
            Self::Numbered(_) => Err(CORRUPT),
            Self::First { identities, keys } => {
                let keys = keys.into_iter();
                let keys = keys.map(|key| (key.table, key.columns, key.rows));
                let (footprint, values) = searchable(identities, keys);
                Ok((footprint, Kept::Value(values)))
            }
        }
    }
}

/// One person's keys as a search takes them, from each table, its columns and
/// their values.
pub(super) fn searchable(
    identities: Vec<Identity>,
    keys: impl Iterator<Item = (String, Vec<String>, Vec<Personal<Vec<String>>>)>,
) -> (Footprint, Vec<Key>) {
    let mut values = Vec::new();
    let mut columns = Vec::new();
    for (place, (table, names, rows)) in keys.enumerate() {
        columns.push(KeyColumns {
            table,
            columns: names,
            rows: u64::try_from(rows.len()).unwrap_or(u64::MAX),
        });
        values.extend(rows.into_iter().map(|values| Key {
            person: 0,
            place,
            values,
        }));
    }
    let footprint = Footprint {
        identities,
        keys: columns,
    };
    (footprint, values)
}

#[cfg(test)]
mod tests;
