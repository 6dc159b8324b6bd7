//! What a service hands out: one line of JSON per record, and a last line that
//! counts and signs all of them. Invariant: memory holds one line. Refuses what
//! breaks off, what the map does not name, and what is not signed.

use std::collections::BTreeSet;
use std::time::Duration;

use candor_domain::plan::{Action, TableEffect};
use candor_policy::charter::OnErasure;
use candor_policy::map::{Content, SourceMap, TableMap};
use candor_seal::webhook::{Message, WebhookKeys};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::exchange::now;
use super::nonsense;
use super::protocol::Description;
use crate::error::Fault;
use crate::source::{ExportColumn, ExportSink, ExportTable};
use crate::sql::export::{WITHHELD, is_withheld};

/// The longest record.
const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A body that is still coming in, and the question that it answers.
pub(super) struct Stream {
    pub(super) id: String,
    pub(super) sent_at: i64,
    pub(super) body: Incoming,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Record(Record),
    End { end: End },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    collection: String,
    record: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    records: u64,
    signature: String,
}

impl Stream {
    /// Takes everything in; nothing of it counts unless this returns `Ok`.
    pub(super) async fn read(
        mut self,
        keys: &WebhookKeys,
        mut taking: Taking<'_>,
        patience: Duration,
    ) -> Result<Vec<TableEffect>, Fault> {
        let mut waiting: Vec<u8> = Vec::new();
        let mut digest = Sha256::new();
        let mut end: Option<End> = None;
        loop {
            let frame = tokio::time::timeout(patience, self.body.frame()).await;
            let late = |_| Fault::Unreachable("no answer in time".to_owned());
            let Some(frame) = frame.map_err(late)? else {
                break;
            };
            let Ok(bytes) = frame.map_err(|_| broken())?.into_data() else {
                continue;
            };
            waiting.extend_from_slice(&bytes);
            let mut lines = waiting.split_inclusive(|byte| *byte == b'\n').peekable();
            let mut rest = Vec::new();
            while let Some(line) = lines.next() {
                if lines.peek().is_none() && !line.ends_with(b"\n") {
                    rest = line.to_vec();
                    break;
                }
                if end.is_some() {
                    return Err(nonsense("something follows what it called the end"));
                }
                match serde_json::from_slice(line) {
                    Ok(Line::Record(record)) => {
                        digest.update(line);
                        taking.record(record)?;
                    }
                    Ok(Line::End { end: last }) => end = Some(last),
                    Err(_) => return Err(nonsense("a line is no record")),
                }
            }
            if rest.len() > LINE_BYTES_MAX {
                return Err(nonsense("a record is too long"));
            }
            waiting = rest;
        }
        let end = end.filter(|_| waiting.is_empty()).ok_or_else(broken)?;
        self.check(keys, &end, digest)?;
        taking.finish(end.records)
    }

    /// What is signed is the SHA-256 of all lines before the last.
    fn check(&self, keys: &WebhookKeys, end: &End, digest: Sha256) -> Result<(), Fault> {
        let digest: String = digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let message = Message {
            id: &self.id,
            sent_at: self.sent_at,
            body: digest.as_bytes(),
        };
        // It was sent when the stream began, which may be long ago by now.
        let now = now().min(self.sent_at);
        keys.verify(&message, &end.signature, now)
            .map_err(|_| Fault::Refused(vec!["what it handed out is not signed".to_owned()]))
    }
}

fn broken() -> Fault {
    Fault::Unreachable("what it handed out broke off".to_owned())
}

/// What is handed out, on its way into a package.
pub(super) struct Taking<'s> {
    source: &'s str,
    map: &'s SourceMap,
    description: &'s Description,
    sink: &'s mut dyn ExportSink,
    begun: BTreeSet<String>,
    effects: Vec<TableEffect>,
    records: u64,
}

impl<'s> Taking<'s> {
    pub(super) fn new(
        source: &'s str,
        map: &'s SourceMap,
        description: &'s Description,
        sink: &'s mut dyn ExportSink,
    ) -> Self {
        Self {
            source,
            map,
            description,
            sink,
            begun: BTreeSet::new(),
            effects: Vec::new(),
            records: 0,
        }
    }

    fn record(&mut self, record: Record) -> Result<(), Fault> {
        let name = record.collection;
        let table = self.map.tables.get(&name);
        // Its name is not repeated: nobody knows what it is.
        let unknown = || Fault::Refused(vec!["it hands out what its map does not name".to_owned()]);
        let table = table.ok_or_else(unknown)?;
        let stopped = |_| Fault::Database("the export could not be written".to_owned());
        if self
            .effects
            .last()
            .is_none_or(|effect| effect.table != name)
        {
            if !self.begun.insert(name.clone()) {
                return Err(nonsense("records of one collection stand apart"));
            }
            self.sink
                .table(&self.announced(&name, table))
                .map_err(stopped)?;
            self.effects.push(TableEffect {
                table: name.clone(),
                action: Action::Keep,
                rows: 0,
                because: None,
            });
        }
        let mut row = Map::new();
        for (field, value) in record.record {
            let column = table.columns.get(&field).ok_or_else(unknown)?;
            match &column.content {
                Content::Key if !self.description.key(&name).contains(&field) => {}
                Content::Personal(category) if is_withheld(category) && !value.is_null() => {
                    row.insert(field, Value::from(WITHHELD));
                }
                Content::Key | Content::Plain | Content::Personal(_) => {
                    row.insert(field, value);
                }
            }
        }
        if let Some(effect) = self.effects.last_mut() {
            effect.rows += 1;
        }
        self.records += 1;
        self.sink.row(row).map_err(stopped)
    }

    fn announced(&self, name: &str, table: &TableMap) -> ExportTable {
        let collection = self.description.collections.get(name);
        let fields = collection.into_iter().flat_map(|known| &known.fields);
        let columns = fields.filter_map(|field| {
            let content = &table.columns.get(field)?.content;
            let category = match content {
                Content::Personal(category) => Some(category.clone()),
                Content::Key if !self.description.key(name).contains(field) => return None,
                Content::Key | Content::Plain => None,
            };
            Some(ExportColumn {
                name: field.clone(),
                withheld: category.as_deref().is_some_and(is_withheld),
                category,
                is_key: *content == Content::Key,
            })
        });
        ExportTable {
            source: self.source.to_owned(),
            table: name.to_owned(),
            label: table.label.clone(),
            columns: columns.collect(),
            kept_because: match table.on_erasure {
                OnErasure::Delete => None,
                OnErasure::Pseudonymise | OnErasure::Keep => table.because.clone(),
            },
        }
    }

    fn finish(self, counted: u64) -> Result<Vec<TableEffect>, Fault> {
        if counted != self.records {
            return Err(nonsense("it counted other records than it handed out"));
        }
        Ok(self.effects)
    }
}
