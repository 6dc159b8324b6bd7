//! A service that puts values right itself (`candor.rectify`): tried out first,
//! written once under a step's name, and read again from what it hands out.
//! Invariant: its obstacles are words of ours, so that no value gets into a
//! record. Refuses a report of anything that was not to be written.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::identity::Identity;
use candor_domain::plan::{Action, Residue, SourcePreview, TableEffect};
use candor_domain::rectification::Writing;
use candor_policy::map::SourceMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::protocol::{Operation, RECTIFY};
use super::{Service, lock, nonsense, person, value};
use crate::error::Fault;
use crate::rewrite::RewriteStep;
use crate::source::{ExportSink, ExportTable};
use crate::sql::export::WITHHELD;
use crate::verify::add;

/// What is to stand, and in whose records. Without a step nothing is written.
#[derive(Serialize)]
struct Wanted<'w> {
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'w str>,
    identities: Vec<&'w Identity>,
    writings: Vec<WantedField<'w>>,
}

#[derive(Serialize)]
struct WantedField<'w> {
    collection: &'w str,
    field: &'w str,
    value: Option<&'w str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<&'w str>,
}

/// Its answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rectified {
    #[serde(default)]
    step: Option<String>,
    #[serde(default)]
    written: Vec<Written>,
    /// Where there is any, nothing was written.
    #[serde(default)]
    obstacles: Vec<Obstacle>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    collection: String,
    records: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Obstacle {
    collection: String,
    field: String,
    why: Why,
}

/// Why a value is not taken.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    Empty,
    Taken,
    Form,
    Refused,
}

impl Service {
    /// Whether it can put values right.
    pub(crate) async fn can_rectify(&self, map: &SourceMap) -> Result<bool, Fault> {
        Ok(self.fitting(map).await?.can.contains(RECTIFY))
    }

    /// What writing would do; nothing is written.
    pub(crate) async fn try_rectifying(
        &self,
        map: &SourceMap,
        identities: &[Identity],
        writings: &[Writing],
    ) -> Result<SourcePreview, Fault> {
        let said = self.rectified(map, None, identities, writings).await?;
        let obstacles = said.sentences(writings)?;
        Ok(SourcePreview {
            obstacles,
            ..SourcePreview::of(said.effects(writings)?)
        })
    }

    /// Writes, once under the step's name.
    pub(crate) async fn rectify(
        &self,
        map: &SourceMap,
        step: &RewriteStep,
    ) -> Result<Vec<TableEffect>, Fault> {
        let name = Some(step.step.as_str());
        let said = self.rectified(map, name, &step.identities, &step.writings);
        let said = said.await?;
        // What it was asked before, it was asked of another state.
        lock(&self.tasks).clear();
        let obstacles = said.sentences(&step.writings)?;
        if !obstacles.is_empty() {
            return Err(Fault::Unfit(obstacles.join("; ")));
        }
        if said.step.as_deref() != name {
            return Err(nonsense("it reports another step than the one asked for"));
        }
        said.effects(&step.writings)
    }

    /// The records, of all that it hands out, that do not hold what was written,
    /// and those that it wrote and no longer hands out.
    pub(crate) async fn unrectified(
        &self,
        source: (&str, &SourceMap),
        identities: &[Identity],
        writings: &[Writing],
        effects: &[TableEffect],
    ) -> Result<Vec<Residue>, Fault> {
        let mut reread = Reread {
            writings,
            table: String::new(),
            residue: Vec::new(),
        };
        let given = self.export(source, identities, &mut reread).await?;
        let mut residue = reread.residue;
        let given: BTreeMap<&str, u64> = given
            .iter()
            .map(|given| (given.table.as_str(), given.rows))
            .collect();
        for effect in effects {
            let rows = given.get(effect.table.as_str()).copied().unwrap_or(0);
            let field = writings.iter().find(|own| own.table == effect.table);
            if let Some(field) = field.filter(|_| effect.rows > rows) {
                add(
                    &mut residue,
                    &effect.table,
                    &field.column,
                    effect.rows - rows,
                );
            }
        }
        Ok(residue)
    }

    async fn rectified(
        &self,
        map: &SourceMap,
        step: Option<&str>,
        identities: &[Identity],
        writings: &[Writing],
    ) -> Result<Rectified, Fault> {
        self.fitting(map).await?;
        let Some(person) = person(map, step, identities)? else {
            return Ok(Rectified {
                step: step.map(str::to_owned),
                written: Vec::new(),
                obstacles: Vec::new(),
            });
        };
        let reason = "its own service is to hold it";
        let fields = writings.iter().map(|own| WantedField {
            collection: &own.table,
            field: &own.column,
            value: own
                .value
                .as_ref()
                .map(|value| value.expose(reason).as_str()),
            was: own.was.as_ref().map(|was| was.expose(reason).as_str()),
        });
        let wanted = Wanted {
            step,
            identities: person.identities,
            writings: fields.collect(),
        };
        self.ask(Operation::Rectify, &value(&wanted)?).await
    }
}

impl Rectified {
    fn effects(self, writings: &[Writing]) -> Result<Vec<TableEffect>, Fault> {
        let wanted: BTreeSet<&str> = writings.iter().map(|own| own.table.as_str()).collect();
        let mut effects = Vec::new();
        for own in self.written {
            if !wanted.contains(own.collection.as_str()) {
                return Err(Fault::Refused(vec![
                    "it would write into what nobody asked it to".to_owned(),
                ]));
            }
            if own.records > 0 {
                effects.push(TableEffect {
                    table: own.collection,
                    action: Action::Rewrite,
                    rows: own.records,
                    because: None,
                });
            }
        }
        effects.sort();
        Ok(effects)
    }

    /// Why it takes nothing, in words without a value.
    fn sentences(&self, writings: &[Writing]) -> Result<Vec<String>, Fault> {
        let own = self.obstacles.iter().map(|own| {
            let asked =
                |writing: &&Writing| writing.table == own.collection && writing.column == own.field;
            let asked = writings.iter().find(asked);
            let asked = asked.ok_or_else(|| nonsense("it refuses what nobody asked for"))?;
            let why = match own.why {
                Why::Empty => "must not be empty",
                Why::Taken => "holds this value for somebody else already",
                Why::Form => "does not take a value of this kind or length",
                Why::Refused => "is refused by a rule of the service",
            };
            Ok(format!("`{}.{}` {why}", asked.table, asked.column))
        });
        own.collect()
    }
}

/// Counts records that do not hold what they should.
struct Reread<'r> {
    writings: &'r [Writing],
    table: String,
    residue: Vec<Residue>,
}

impl ExportSink for Reread<'_> {
    fn table(&mut self, table: &ExportTable) -> std::io::Result<()> {
        self.table.clone_from(&table.table);
        Ok(())
    }

    fn row(&mut self, row: Map<String, Value>) -> std::io::Result<()> {
        for own in self.writings.iter().filter(|own| own.table == self.table) {
            let stands = row.get(&own.column).and_then(text);
            // What is never handed out can't be compared.
            if stands.as_deref() == Some(WITHHELD) {
                continue;
            }
            let reason = "what was written is compared with what is handed out";
            let value = own.value.as_ref().map(|value| value.expose(reason));
            let was = own
                .was
                .as_ref()
                .map(|was| was.expose(reason).to_lowercase());
            let holds = stands.as_ref() == value;
            let is_old = was.is_none_or(|was| {
                let stands = stands.as_ref().map(|stands| stands.to_lowercase());
                stands == Some(was)
            });
            if !holds && is_old {
                add(&mut self.residue, &own.table, &own.column, 1);
            }
        }
        Ok(())
    }
}

/// A value as a database would write it as text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(own) => Some(u8::from(*own).to_string()),
        other => Some(other.to_string()),
    }
}
