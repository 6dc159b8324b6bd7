//! What leads to a person's rows in one source, as it is kept until the rows'
//! absence was verified: a sealed value with identities, key columns and
//! counts, and beside it the keys, which may be millions, in a sealed blob that
//! all sources of the subject request share. Invariant: keys stream in and out,
//! and no more than [`KEYS_AT_ONCE`] of them are held. Refuses keys of which
//! any is missing.

use std::io::{self, BufWriter, PipeWriter, Write as _};
use std::ops::Range;
use std::sync::Arc;

use candor_connect::{KEYS_AT_ONCE, Key, KeySink, Source, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::{Footprint, KeyColumns};
use candor_domain::subject_request::SubjectRequest;
use candor_policy::charter::Right;
use candor_store::{SealedValue, Store};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use crate::people::OpenPerson;
use crate::sealed_stream::{self, File, OpenedStream};
use crate::service::{Service, ServiceError};

const CORRUPT: ServiceError = ServiceError::Corrupt("footprint");

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

/// Writes footprints down, source by source, each source's keys behind those of
/// the one before.
pub(super) struct Pen<'a> {
    service: &'a Service,
    request: &'a SubjectRequest,
    person: &'a Arc<OpenPerson>,
    /// The next chunk of the blob. Counted from 0 at each attempt: what one
    /// that was interrupted left behind is written over, or belongs to nothing.
    next: u32,
}

impl<'a> Pen<'a> {
    pub(super) const fn new(
        service: &'a Service,
        request: &'a SubjectRequest,
        person: &'a Arc<OpenPerson>,
    ) -> Self {
        Self {
            service,
            request,
            person,
            next: 0,
        }
    }

    /// What is to be kept of a person in one source; its keys are by then.
    /// Only an erasure needs any.
    pub(super) async fn write(
        &mut self,
        source: &Arc<Source>,
        identities: &[Identity],
    ) -> Result<Result<SealedValue, SourceError>, ServiceError> {
        let mut stored = Stored {
            form: FORM,
            footprint: Footprint {
                identities: identities.to_vec(),
                keys: Vec::new(),
            },
            chunks: self.next..self.next,
        };
        if self.request.right == Right::Erasure && !source.is_service() {
            match self.stream(source, identities).await? {
                Ok((footprint, chunks)) => {
                    stored.footprint = footprint;
                    stored.chunks = chunks;
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        let name = value_name(source.name());
        let entropy = self.service.world().entropy.as_ref();
        let id = &self.request.id;
        let bytes = self.person.seal(id, &name, &stored, entropy)?;
        self.next = stored.chunks.end;
        Ok(Ok(SealedValue {
            subject_request: id.clone(),
            name,
            bytes,
        }))
    }

    async fn stream(
        &self,
        source: &Arc<Source>,
        identities: &[Identity],
    ) -> Result<Result<(Footprint, Range<u32>), SourceError>, ServiceError> {
        let (reader, writer) = io::pipe().map_err(ServiceError::Package)?;
        let capturing = {
            let (source, identities) = (source.clone(), identities.to_vec());
            let runtime = Handle::current();
            // Writing into the pipe waits for whoever seals.
            tokio::task::spawn_blocking(move || {
                let mut lines = Lines(BufWriter::new(writer));
                let footprint = runtime.block_on(source.footprint(&identities, &mut lines));
                let flushed = lines.0.flush();
                footprint.map(|footprint| flushed.map(|()| footprint))
            })
        };
        let file = File::keys(&self.request.id, source.name(), self.next);
        let entropy = self.service.world().entropy.clone();
        let person = self.person.clone();
        let store = self.service.store();
        let sealing = sealed_stream::seal_into(store, file, person, reader, entropy);
        let (captured, chunks) = tokio::join!(capturing, sealing);
        // Where the state failed, the source is not to blame.
        let chunks = chunks?;
        let captured = captured.map_err(|error| ServiceError::Package(io::Error::other(error)))?;
        Ok(match captured {
            Ok(footprint) => Ok((footprint.map_err(ServiceError::Package)?, chunks)),
            Err(error) => Err(error),
        })
    }
}

/// Keys as lines of JSON: the place, and the values.
struct Lines(BufWriter<PipeWriter>);

impl KeySink for Lines {
    fn key(&mut self, key: Key) -> io::Result<()> {
        serde_json::to_writer(&mut self.0, &(key.place, &key.values))?;
        self.0.write_all(b"\n")
    }
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
