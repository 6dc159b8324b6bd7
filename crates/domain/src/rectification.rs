//! Putting a person's data right (GDPR, Article 16): which columns somebody may
//! have put right, and what a correction means in each source. What is wrong and
//! what is right are personal: sealed, and shown only to who decides. Refuses
//! what the organisation worked out or observed by itself, keys, and identities
//! that no mail proves.

use std::collections::{BTreeMap, BTreeSet};

use candor_policy::charter::{Charter, OnErasure, Right, covers};
use candor_policy::map::{Content, Mark};
use serde::{Deserialize, Serialize};

use crate::identity::EMAIL;
use crate::personal::Personal;
use crate::subject_request::{SubjectRequest, Wish};

/// The most corrections of one subject request.
pub const CORRECTIONS_MAX: usize = 20;
/// The most characters of a value.
pub const VALUE_CHARS_MAX: usize = 1_000;

/// Categories that people provide themselves. What is observed or worked out is
/// no one's to put right by saying so: staff look at it.
const PROVIDED: [&str; 6] = [
    "name",
    "contact",
    "job",
    "demographic",
    "education",
    "account.settings",
];

/// Something that is wrong, and what is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// A category of data, as maps have it, or `source.table.column`.
    pub what: String,
    /// What stands there now: only rows that hold it are concerned. `None` for
    /// all of the person's.
    #[serde(default)]
    pub was: Option<Personal<String>>,
    /// What should stand there; `None` for nothing.
    pub value: Option<Personal<String>>,
}

impl Correction {
    /// Whether its values are short enough to be written.
    #[must_use]
    pub fn fits(&self) -> bool {
        let values = self.was.iter().chain(&self.value);
        let mut lengths = values.map(|value| {
            let value = value.expose("its length is checked");
            value.chars().count()
        });
        lengths.all(|length| (1..=VALUE_CHARS_MAX).contains(&length))
    }
}

/// A column that can be put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<'c> {
    /// The source.
    pub source: &'c str,
    /// The table.
    pub table: &'c str,
    /// The column.
    pub column: &'c str,
    /// What it says of the person.
    pub category: &'c str,
    /// Whether people are known by it.
    pub is_identity: bool,
}

/// A value that a table's column is to hold, in one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The value; `None` for null.
    pub value: Option<Personal<String>>,
    /// Only rows that hold this now.
    pub was: Option<Personal<String>>,
}

/// Every column that a kind of person can have put right, in order.
#[must_use]
pub fn places<'c>(charter: &'c Charter, about: &str) -> Vec<Place<'c>> {
    let mut places = Vec::new();
    for (source, declared) in &charter.sources {
        for (table, mapped) in &declared.map.tables {
            for (column, mapped_column) in &mapped.columns {
                let Content::Personal(category) = &mapped_column.content else {
                    continue;
                };
                let mut kinds = mapped.identities.iter();
                let identity = kinds.find(|(_, own)| *own == column);
                // Whoever is known by another identity can't show us by mail that
                // the new one is theirs.
                let is_provable = identity.is_none_or(|(kind, _)| kind == EMAIL);
                // What a law keeps is a record of what was, such as an invoice.
                let by_default =
                    mapped.on_erasure == OnErasure::Delete && is_provided(charter, about, category);
                if is_provable && mapped_column.rectify.unwrap_or(by_default) {
                    places.push(Place {
                        source,
                        table,
                        column,
                        category,
                        is_identity: identity.is_some(),
                    });
                }
            }
        }
    }
    places
}

/// The categories of data that a kind of person can have put right.
#[must_use]
pub fn categories<'c>(charter: &'c Charter, about: &str) -> BTreeSet<&'c str> {
    let places = places(charter, about).into_iter();
    places.map(|place| place.category).collect()
}

/// The columns that a correction means; none where it means nothing that can be
/// put right.
#[must_use]
pub fn meant<'c>(charter: &'c Charter, about: &str, what: &str) -> Vec<Place<'c>> {
    let mut places = places(charter, about);
    places.retain(|place| {
        let Place {
            source,
            table,
            column,
            category,
            ..
        } = *place;
        category == what || what == format!("{source}.{table}.{column}")
    });
    places
}

/// Whether a correction changes by what people are known.
#[must_use]
pub fn changes_identity(charter: &Charter, about: &str, what: &str) -> bool {
    let mut meant = meant(charter, about, what).into_iter();
    meant.any(|place| place.is_identity)
}

/// What corrections mean in one source.
#[must_use]
pub fn writings(
    charter: &Charter,
    about: &str,
    source: &str,
    corrections: &[Correction],
) -> Vec<Writing> {
    let mut writings: Vec<Writing> = Vec::new();
    for correction in corrections {
        let meant = meant(charter, about, &correction.what).into_iter();
        for place in meant.filter(|place| place.source == source) {
            let same = |known: &Writing| {
                known.table == place.table && known.column == place.column && known.was.is_none()
            };
            // Of two that say the same column for all rows, the later counts.
            writings.retain(|known| !(correction.was.is_none() && same(known)));
            writings.push(Writing {
                table: place.table.to_owned(),
                column: place.column.to_owned(),
                value: correction.value.clone(),
                was: correction.was.clone(),
            });
        }
    }
    writings
}

/// What a subject request writes into a source beside corrections: the marks
/// that the map names for a restriction or an objection. `lifted` for the end of
/// a restriction.
#[must_use]
pub fn marks(
    charter: &Charter,
    request: &SubjectRequest,
    source: &str,
    lifted: bool,
) -> Vec<Writing> {
    let Some(declared) = charter.sources.get(source) else {
        return Vec::new();
    };
    let marks = declared.map.tables.iter().filter_map(|(table, mapped)| {
        let mark = request.mark_of(&mapped.restriction, &mapped.objection)?;
        let value = if lifted { &mark.lifted } else { &mark.value };
        Some(Writing {
            table: table.clone(),
            column: mark.column.clone(),
            value: value.clone().map(Personal::new),
            was: None,
        })
    });
    marks.collect()
}

/// The sources in which a subject request's wish is written by machine, with
/// whether that is all there is to do there. `able` says which can write.
#[must_use]
pub fn written(
    charter: &Charter,
    request: &SubjectRequest,
    able: &dyn Fn(&str) -> bool,
) -> BTreeMap<String, bool> {
    let Some(wish) = &request.wish else {
        return BTreeMap::new();
    };
    let able = charter.sources.keys().filter(|source| able(source));
    able.filter_map(|source| {
        let alone = written_alone(charter, request, wish, source)?;
        Some((source.clone(), alone))
    })
    .collect()
}

/// `None` where nothing is written; else whether nothing is left to do by hand.
fn written_alone(
    charter: &Charter,
    request: &SubjectRequest,
    wish: &Wish,
    source: &str,
) -> Option<bool> {
    if !wish.corrections.is_empty() {
        // Where a source has no such column, there is nothing to put right. A
        // text may say more than the corrections.
        return Some(!wish.has_text);
    }
    let marked = !marks(charter, request, source, false).is_empty();
    marked.then_some(wish.purposes.is_empty())
}

impl SubjectRequest {
    fn mark_of<'m>(
        &self,
        restriction: &'m Option<Mark>,
        objection: &'m Option<Mark>,
    ) -> Option<&'m Mark> {
        let wish = self.wish.as_ref()?;
        match self.right {
            Right::Restriction => restriction.as_ref(),
            Right::Objection if !wish.marketing.is_empty() => objection.as_ref(),
            _ => None,
        }
    }
}

/// Whether people tell it themselves, as far as the declaration says.
fn is_provided(charter: &Charter, about: &str, category: &str) -> bool {
    let mut declared = charter.data_covering(category, Some(about)).peekable();
    declared.peek().is_some()
        && declared.all(|(_, data)| data.from.is_empty() && !data.automatic)
        && PROVIDED.iter().any(|provided| covers(provided, category))
}

#[cfg(test)]
mod tests;
