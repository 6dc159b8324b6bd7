//! What is said between Candor and a service, as `docs/reference/http-source.md`
//! has it. Invariant: whatever an answer names that the map does not, or any
//! value of another type, makes the whole answer none.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::identity::Identity;
use candor_domain::plan::{Action, Residue, TableEffect};
use candor_domain::undo::{Conflict, TableReturn};
use candor_policy::catalogue::{CatalogueTable, looks_personal};
use candor_policy::charter::OnErasure;
use candor_policy::map::SourceMap;
use serde::{Deserialize, Serialize};

use crate::error::Fault;

/// The version of the protocol that is spoken here.
pub(crate) const PROTOCOL: u32 = 1;
/// Among what a service can: to bring back what it erased.
pub(crate) const RESTORE: &str = "restore";
/// The same: to put values right.
pub(crate) const RECTIFY: &str = "rectify";
/// The type of an answer that is not ready yet.
pub(crate) const PENDING: &str = "candor.pending";
/// The type of the message by which a service says that one is.
pub(crate) const READY: &str = "candor.ready";

/// What a service can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Describe,
    Locate,
    Preview,
    Erase,
    Verify,
    Export,
    Restore,
    Forget,
    Rectify,
    Result,
}

impl Operation {
    /// The type of its message; its answer's ends in `.answer`.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Describe => "candor.describe",
            Self::Locate => "candor.locate",
            Self::Preview => "candor.preview",
            Self::Erase => "candor.erase",
            Self::Verify => "candor.verify",
            Self::Export => "candor.export",
            Self::Restore => "candor.restore",
            Self::Forget => "candor.forget",
            Self::Rectify => "candor.rectify",
            Self::Result => "candor.result",
        }
    }

    /// In an error.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Describe => "describing itself",
            Self::Locate => "looking for a person",
            Self::Preview => "counting what it holds",
            Self::Erase => "erasing",
            Self::Verify => "looking again",
            Self::Export => "handing out",
            Self::Restore => "bringing back",
            Self::Forget => "forgetting what it kept",
            Self::Rectify => "putting something right",
            Self::Result => "handing out a result",
        }
    }
}

/// A signed body, either way.
#[derive(Serialize, Deserialize)]
pub(crate) struct Envelope<T> {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Where a signed `candor.ready` may be sent to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) callback: Option<String>,
    pub(crate) data: T,
}

/// Names a piece of work that is not finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Task {
    pub(crate) task: String,
    /// When it is worth asking.
    #[serde(default, skip_serializing)]
    pub(crate) again_in_seconds: Option<u64>,
}

/// Whom it is about. `step` names an erasure: the same is done once.
#[derive(Serialize)]
pub(crate) struct Person<'p> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<&'p str>,
    pub(crate) identities: Vec<&'p Identity>,
    /// That what goes is kept until it is restored or forgotten.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) keep: bool,
}

/// Steps that took something, and the step that brings it back.
#[derive(Serialize)]
pub(crate) struct Steps<'s> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<&'s str>,
    pub(crate) steps: &'s [String],
}

/// What the service holds, in names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    pub(crate) protocol: u32,
    pub(crate) collections: BTreeMap<String, Collection>,
    /// What it does beyond what every service does; words that mean nothing
    /// here are for others.
    #[serde(default)]
    pub(crate) can: BTreeSet<String>,
}

/// One kind of record.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Collection {
    /// The fields that tell two records apart.
    pub(crate) key: Vec<String>,
    pub(crate) fields: Vec<String>,
}

impl Description {
    /// What does not fit between this and the map, one sentence each.
    pub(crate) fn drift(&self, map: &SourceMap) -> Vec<String> {
        let mut found = Vec::new();
        if self.protocol != PROTOCOL {
            found.push(format!(
                "it speaks version {} of the protocol, and this is version {PROTOCOL}",
                self.protocol
            ));
        }
        for (name, collection) in &self.collections {
            let Some(table) = map.tables.get(name) else {
                if !map.ignored.contains(name) {
                    found.push(format!("collection `{name}` is neither mapped nor ignored"));
                }
                continue;
            };
            let unmapped = collection.fields.iter();
            let unmapped = unmapped.filter(|field| !table.columns.contains_key(*field));
            found.extend(unmapped.map(|field| format!("field `{name}.{field}` is not mapped")));
            let fields: BTreeSet<&String> = collection.fields.iter().collect();
            let missing = table.columns.keys().filter(|field| !fields.contains(field));
            found.extend(missing.map(|field| format!("field `{name}.{field}` does not exist")));
            let keys = collection.key.iter().filter(|key| !fields.contains(key));
            found.extend(keys.map(|key| format!("key `{name}.{key}` is none of its fields")));
        }
        let described = |name: &&String| self.collections.contains_key(*name);
        let missing = map.tables.keys().filter(|name| !described(name));
        found.extend(missing.map(|name| format!("collection `{name}` does not exist")));
        found
    }

    /// `collection.field` of every field that looks personal and that no map
    /// names.
    pub(crate) fn personal_unmapped(&self, map: &SourceMap) -> Vec<String> {
        let mut found = Vec::new();
        for (name, collection) in &self.collections {
            let table = map.tables.get(name);
            let known = |field: &&String| {
                map.ignored.contains(name)
                    || table.is_some_and(|table| table.columns.contains_key(*field))
            };
            let unmapped = collection.fields.iter().filter(|field| !known(field));
            let personal = unmapped.filter(|field| looks_personal(field, "").is_some());
            found.extend(personal.map(|field| format!("{name}.{field}")));
        }
        found
    }

    /// As the compiler compares it with a map.
    pub(crate) fn tables(&self) -> Vec<CatalogueTable> {
        let collections = self.collections.iter();
        collections
            .map(|(name, collection)| CatalogueTable {
                name: name.clone(),
                columns: collection
                    .fields
                    .iter()
                    .map(|field| (field.clone(), String::new()))
                    .collect(),
                foreign_keys: Vec::new(),
            })
            .collect()
    }

    /// The fields that tell its records apart.
    pub(crate) fn key(&self, collection: &str) -> &[String] {
        let known = self.collections.get(collection);
        known.map_or(&[], |collection| &collection.key)
    }
}

/// Answer to `candor.locate`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Found {
    pub(crate) found: Vec<FoundRecord>,
}

/// A record in which an identity stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FoundRecord {
    /// The place of that identity among those that were asked for.
    pub(crate) identity: usize,
    pub(crate) collection: String,
    /// Everything by which the record names its person.
    pub(crate) identities: Vec<Identity>,
}

/// Answer to `candor.preview` and `candor.erase`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Effects {
    #[serde(default)]
    pub(crate) step: Option<String>,
    pub(crate) effects: Vec<CollectionEffect>,
}

/// Records of one collection under one action.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CollectionEffect {
    collection: String,
    action: Action,
    records: u64,
}

impl Effects {
    /// As effects on tables, in the order of the map. What the map does not
    /// say is refused: it would be done to somebody.
    pub(crate) fn fitting(self, map: &SourceMap) -> Result<Vec<TableEffect>, Fault> {
        let mut wrong = Vec::new();
        let mut effects = Vec::new();
        for effect in self.effects {
            let name = &effect.collection;
            let Some(table) = map.tables.get(name) else {
                wrong.push(format!("it would change `{name}`, which is not mapped"));
                continue;
            };
            let mapped = match table.on_erasure {
                OnErasure::Delete => Action::Delete,
                OnErasure::Pseudonymise => Action::Pseudonymise,
                OnErasure::Keep => Action::Keep,
            };
            if effect.action != mapped && effect.action != Action::Unlink {
                wrong.push(format!(
                    "an erasure is to {} records of `{name}`, and it would {}",
                    words(mapped),
                    words(effect.action)
                ));
            }
            if effect.records > 0 {
                effects.push(TableEffect {
                    table: effect.collection,
                    action: effect.action,
                    rows: effect.records,
                    because: table.because.clone().filter(|_| effect.action == mapped),
                });
            }
        }
        if !wrong.is_empty() {
            return Err(Fault::Refused(wrong));
        }
        effects.sort();
        Ok(effects)
    }
}

const fn words(action: Action) -> &'static str {
    match action {
        Action::Delete => "delete",
        Action::Pseudonymise => "pseudonymise",
        Action::Unlink => "unlink",
        Action::Keep => "keep",
        Action::Rewrite => "rewrite",
        Action::Aggregate => "aggregate",
    }
}

/// Answer to `candor.restore`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Returned {
    pub(crate) step: String,
    returned: Vec<CollectionReturn>,
}

/// What came back in one collection.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CollectionReturn {
    collection: String,
    #[serde(default)]
    records: u64,
    #[serde(default)]
    set_back: u64,
    #[serde(default)]
    left: BTreeMap<Conflict, u64>,
}

impl Returned {
    /// As what came back in tables; refused where the map knows no such.
    pub(crate) fn fitting(self, map: &SourceMap) -> Result<Vec<TableReturn>, Fault> {
        let returned = self.returned.into_iter();
        let returned = returned.map(|own| match map.tables.contains_key(&own.collection) {
            true => Ok(TableReturn {
                table: own.collection,
                returned: own.records,
                set_back: own.set_back,
                conflicts: own.left,
            }),
            false => Err(Fault::Refused(vec![format!(
                "it brought back records of `{}`, which is not mapped",
                own.collection
            )])),
        });
        returned.collect()
    }
}

/// Answer to `candor.forget`: that it is done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgotten {}

/// Answer to `candor.verify`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Left {
    residue: Vec<FieldResidue>,
}

/// Records that should be gone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldResidue {
    collection: String,
    field: String,
    records: u64,
}

impl Left {
    pub(crate) fn residue(self) -> Vec<Residue> {
        let left = self.residue.into_iter();
        left.filter(|left| left.records > 0)
            .map(|left| Residue {
                table: left.collection,
                column: left.field,
                rows: left.records,
            })
            .collect()
    }
}
