//! The company's databases: rows of people in two sources that come and go.
//! Each source journals the steps it carried out, as a real one does in the
//! transaction that carries them out, so that a repeat reports the first run.

use std::collections::BTreeMap;

use candor_domain::plan::{Action, Residue, SourcePreview, TableEffect};
use jiff::Timestamp;

/// The sources.
pub(crate) const SOURCES: [&str; 2] = ["app", "billing"];
/// Tables of each source: rows of the first are deleted, of the second kept
/// without the person.
const TABLES: [(&str, Action); 2] = [
    ("accounts", Action::Delete),
    ("invoices", Action::Pseudonymise),
];

/// A person, as the company knows them.
pub(crate) type PersonId = u64;

/// The source does not answer.
pub(crate) struct Down;

struct Row {
    person: PersonId,
    table: &'static str,
    written_at: Timestamp,
}

/// One database.
#[derive(Default)]
pub(crate) struct Source {
    /// Whether it doesn't answer.
    pub(crate) down: bool,
    rows: Vec<Row>,
    journal: BTreeMap<String, Vec<TableEffect>>,
    /// Sabotage: repeats are not recognised.
    pub(crate) forgets: bool,
    /// Sabotage: one row is left behind, and not looked for.
    pub(crate) leaves_one: bool,
}

impl Source {
    /// The application writes rows of a person.
    pub(crate) fn write(&mut self, person: PersonId, table: usize, now: Timestamp) {
        if let Some((table, _)) = TABLES.get(table % TABLES.len()) {
            self.rows.push(Row {
                person,
                table,
                written_at: now,
            });
        }
    }

    /// What an erasure would do.
    pub(crate) fn preview(&self, person: PersonId) -> Result<SourcePreview, Down> {
        self.answers()?;
        let effects = TABLES.iter().map(|(table, action)| TableEffect {
            table: (*table).to_owned(),
            action: *action,
            rows: self.count(person, table),
            because: None,
        });
        Ok(SourcePreview::of(
            effects.filter(|effect| effect.rows > 0).collect(),
        ))
    }

    /// Erases a person, once per step.
    pub(crate) fn erase(&mut self, step: &str, person: PersonId) -> Result<Erasure, Down> {
        let effects = self.preview(person)?.effects;
        if let Some(done) = self.journal.get(step).filter(|_| !self.forgets) {
            return Ok(Erasure {
                effects: done.clone(),
                removed: 0,
            });
        }
        self.journal.insert(step.to_owned(), effects.clone());
        let spared = self.leaves_one.then(|| self.last_of(person)).flatten();
        let mut number = 0;
        self.rows.retain(|row| {
            number += 1;
            row.person != person || Some(number - 1) == spared
        });
        let removed = effects.iter().map(|effect| effect.rows).sum();
        Ok(Erasure { effects, removed })
    }

    /// Looks for what should be gone.
    pub(crate) fn search(&self, person: PersonId) -> Result<Vec<Residue>, Down> {
        self.answers()?;
        if self.leaves_one {
            return Ok(Vec::new());
        }
        let residue = TABLES.iter().map(|(table, _)| Residue {
            table: (*table).to_owned(),
            column: "person".to_owned(),
            rows: self.count(person, table),
        });
        Ok(residue.filter(|residue| residue.rows > 0).collect())
    }

    /// A person's rows, for their package.
    pub(crate) fn read(&self, person: PersonId) -> Result<Vec<TableEffect>, Down> {
        let mut effects = self.preview(person)?.effects;
        effects
            .iter_mut()
            .for_each(|effect| effect.action = Action::Keep);
        Ok(effects)
    }

    /// How many rows of a person were written before a moment. The simulation
    /// sees this even where the source is down.
    pub(crate) fn rows_before(&self, person: PersonId, moment: Timestamp) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| row.person == person && row.written_at < moment)
            .count()
    }

    const fn answers(&self) -> Result<(), Down> {
        if self.down { Err(Down) } else { Ok(()) }
    }

    fn count(&self, person: PersonId, table: &str) -> u64 {
        let rows = self.rows.iter();
        let rows = rows.filter(|row| row.person == person && row.table == table);
        u64::try_from(rows.count()).unwrap_or(u64::MAX)
    }

    fn last_of(&self, person: PersonId) -> Option<usize> {
        self.rows.iter().rposition(|row| row.person == person)
    }
}

/// What a source reports of an erasure, and what it really removed just now.
pub(crate) struct Erasure {
    pub(crate) effects: Vec<TableEffect>,
    pub(crate) removed: u64,
}
