//! What an erasure takes from a person was in that person's answer, or stays
//! out of it for a reason that has a name. Looks at rows before and after, not
//! at what the engine says it did.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::property::State;
use crate::random::{RandomLink, RandomTable, RandomWorld, Role};
use crate::support::Exported;

/// Why something that an erasure takes is not in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exception {
    /// A person's own row stays, and a key in it that named another row goes:
    /// the answer leaves such keys out, since they may be somebody else's.
    KeyOfAnother,
    /// A row of somebody else's or of nobody stays, and no longer mentions a
    /// row of the person's that went, which the answer had.
    Mention,
}

/// One table's row as text, by column.
type Texts = Vec<Option<String>>;

/// An erasure of one person.
pub(crate) struct Erasure<'a> {
    pub(crate) random: &'a RandomWorld,
    pub(crate) before: &'a State,
    pub(crate) after: &'a State,
    pub(crate) answer: &'a Exported,
}

/// What was taken beyond the answer, in words, and the exceptions that were
/// made.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) beyond: Vec<String>,
    pub(crate) exceptions: BTreeSet<Exception>,
}

impl Erasure<'_> {
    /// Compares what went with the answer.
    pub(crate) fn judge(&self) -> Verdict {
        let gone: Vec<BTreeSet<&[Option<String>]>> = (0..self.random.tables.len())
            .map(|place| self.gone(place))
            .collect();
        let mut verdict = Verdict::default();
        for (place, table) in self.random.tables.iter().enumerate() {
            let keys = table.key.len();
            let after: BTreeMap<&[Option<String>], &Texts> = self.after[place]
                .iter()
                .map(|row| (&row[..keys], row))
                .collect();
            let mut shown: Vec<&Map<String, Value>> =
                self.answer.rows(&table.name).iter().collect();
            for row in &self.before[place] {
                let left = after.get(&row[..keys]).copied();
                if left == Some(row) {
                    continue;
                }
                let own = shown.iter().position(|shown| is_it(table, shown, row));
                let own = own.map(|own| shown.swap_remove(own));
                match (left, own) {
                    (None, Some(_)) => {}
                    (None, None) => verdict.beyond.push(format!("a row of {}", table.name)),
                    (Some(left), own) => verdict.columns(table, &gone, (row, left), own),
                }
            }
        }
        verdict
    }

    /// Keys of the rows that are gone.
    fn gone(&self, place: usize) -> BTreeSet<&[Option<String>]> {
        let keys = self.random.tables[place].key.len();
        let of = |state: &'_ State| -> BTreeSet<Texts> {
            state[place]
                .iter()
                .map(|row| row[..keys].to_vec())
                .collect()
        };
        let after = of(self.after);
        self.before[place]
            .iter()
            .map(|row| &row[..keys])
            .filter(|key| !after.contains(*key))
            .collect()
    }

    /// The same with a table's rows, or what was in them, left out of the
    /// answer: it must be noticed, or the comparison means nothing.
    pub(crate) fn sabotage(&self) {
        for (place, table) in self.random.tables.iter().enumerate() {
            if !self.answer.rows(&table.name).is_empty() && !self.gone(place).is_empty() {
                let verdict = self.without(&table.name, Vec::clear);
                let word = format!("a row of {}", table.name);
                assert!(verdict.beyond.contains(&word), "no {word} was missed");
            }
            if self.is_rewritten(place, table) {
                let verdict = self.without(&table.name, |rows| {
                    for row in rows {
                        row.remove("val");
                    }
                });
                let word = format!("{}.val", table.name);
                assert!(verdict.beyond.contains(&word), "no {word} was missed");
            }
        }
    }

    /// Whether a text was taken out of a row that stays.
    fn is_rewritten(&self, place: usize, table: &RandomTable) -> bool {
        let (keys, text) = (table.key.len(), table.place("val"));
        self.before[place].iter().any(|before| {
            let mut after = self.after[place].iter();
            after.any(|after| before[..keys] == after[..keys] && before[text] != after[text])
        })
    }

    fn without(&self, table: &str, spoil: impl Fn(&mut Vec<Map<String, Value>>)) -> Verdict {
        let mut answer = Exported {
            tables: self.answer.tables.clone(),
        };
        let mut tables = answer.tables.iter_mut();
        spoil(&mut tables.find(|(own, _)| own.table == table).unwrap().1);
        let answer = &answer;
        Erasure { answer, ..*self }.judge()
    }
}

impl Verdict {
    /// What a row lost that is still there.
    fn columns(
        &mut self,
        table: &RandomTable,
        gone: &[BTreeSet<&[Option<String>]>],
        (before, after): (&Texts, &Texts),
        shown: Option<&Map<String, Value>>,
    ) {
        let columns = table.columns();
        let changed = columns
            .iter()
            .zip(before.iter().zip(after))
            .filter(|(_, (before, after))| before != after);
        for (column, _) in changed {
            if shown.is_some_and(|shown| shown.contains_key(column)) {
                continue;
            }
            let mut links = table.links.iter();
            let link = links.find(|link| link.role != Role::Keep && link.columns.contains(column));
            let exception = match (link, shown) {
                (Some(_), Some(_)) => Some(Exception::KeyOfAnother),
                (Some(link), None) if names_gone(table, link, before, &gone[link.target]) => {
                    Some(Exception::Mention)
                }
                _ => None,
            };
            match exception {
                Some(exception) => {
                    self.exceptions.insert(exception);
                }
                None => self.beyond.push(format!("{}.{column}", table.name)),
            }
        }
    }
}

/// Whether a row named one that is gone.
fn names_gone(
    table: &RandomTable,
    link: &RandomLink,
    row: &Texts,
    gone: &BTreeSet<&[Option<String>]>,
) -> bool {
    let values: Texts = link
        .columns
        .iter()
        .map(|column| row[table.place(column)].clone())
        .collect();
    if !link.is_list {
        return gone.contains(values.as_slice());
    }
    let list = values.first().cloned().flatten().unwrap_or_default();
    let mut elements = list.split(|own: char| !own.is_ascii_digit());
    elements.any(|own| gone.contains([Some(own.to_owned())].as_slice()))
}

/// Whether a row of the answer is this one.
fn is_it(table: &RandomTable, shown: &Map<String, Value>, row: &Texts) -> bool {
    shown.iter().all(|(column, value)| {
        let text = match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        row[table.place(column)] == text
    })
}
