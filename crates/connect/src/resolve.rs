//! Which identities lead to which, over all sources, as a fixpoint from the one
//! that was proved. An identity that belongs to several subjects (a shared
//! device, a family's telephone) leads nowhere and is reported.
//!
//! A kind of identity that is the primary key of a table of people somewhere
//! *is* a subject: `customer_id` 7 is one customer, however many addresses the
//! help desk knows of it. Rows are of several subjects if they name several of
//! those; where rows name none, whatever else they are known by must agree.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::identity::Identity;

use crate::compiled::Compiled;
use crate::error::SourceError;
use crate::plan::Plan;
use crate::source::Source;

/// Rounds of the closure. Each but the last finds an identity in one source
/// that leads on in another, so few are ever needed.
pub const ROUNDS_MAX: usize = 16;

/// Every identity of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closure {
    /// What leads to the person in any source, the proved one included, the
    /// ambiguous ones not.
    pub identities: Vec<Identity>,
    /// Identities that lead to several subjects in some source. They are not
    /// used anywhere; a member of staff may want to know.
    pub ambiguous: Vec<Identity>,
}

/// Follows a proved identity through all sources.
///
/// # Errors
///
/// [`SourceError`] of the first source that could not answer.
pub async fn closure(sources: &[&Source], proved: &Identity) -> Result<Closure, SourceError> {
    let mut closures = closures(sources, &[proved]).await?;
    Ok(closures.pop().unwrap_or_default())
}

/// Follows several proved identities through all sources, each as if alone, but
/// each source is asked once a round for all of them. One closure for each.
///
/// # Errors
///
/// [`SourceError`] of the first source that could not answer.
pub async fn closures(
    sources: &[&Source],
    proved: &[&Identity],
) -> Result<Vec<Closure>, SourceError> {
    let mut subject_kinds = BTreeSet::new();
    for source in sources {
        subject_kinds.extend(source.subject_kinds().await?);
    }
    let mut followed: Vec<Followed<'_>> = proved.iter().map(|own| Followed::new(own)).collect();
    for _ in 0..ROUNDS_MAX {
        let new = followed.iter().flat_map(Followed::new_ones);
        let asked: Vec<Identity> = new.cloned().collect::<BTreeSet<_>>().into_iter().collect();
        if asked.is_empty() {
            break;
        }
        let mut leads: BTreeMap<Identity, Vec<Lead>> = BTreeMap::new();
        for source in sources {
            for asked in asked_of(source, &asked, &followed) {
                for lead in source.leads(&asked, &subject_kinds).await? {
                    leads.entry(lead.from.clone()).or_default().push(lead);
                }
            }
        }
        for own in &mut followed {
            own.follow(&leads);
        }
    }
    Ok(followed.into_iter().map(Followed::closure).collect())
}

/// What a source is asked about at once: everything, but of a service, which is
/// always asked about one person.
fn asked_of(source: &Source, all: &[Identity], followed: &[Followed<'_>]) -> Vec<Vec<Identity>> {
    if source.is_service() {
        let each = followed.iter().map(|own| own.new_ones().cloned().collect());
        return each.filter(|own: &Vec<Identity>| !own.is_empty()).collect();
    }
    vec![all.to_vec()]
}

/// How far one proved identity was followed. Where an identity leads does not
/// depend on what else is known, so each is asked about once.
struct Followed<'a> {
    proved: &'a Identity,
    known: BTreeSet<Identity>,
    /// Those that every source was asked about.
    asked: BTreeSet<Identity>,
    ambiguous: BTreeSet<Identity>,
}

impl<'a> Followed<'a> {
    fn new(proved: &'a Identity) -> Self {
        Self {
            proved,
            known: BTreeSet::from([proved.clone()]),
            asked: BTreeSet::new(),
            ambiguous: BTreeSet::new(),
        }
    }

    fn new_ones(&self) -> impl Iterator<Item = &Identity> {
        self.known.difference(&self.asked)
    }

    /// Follows the new ones, by what all sources said of them. One source's
    /// doubt counts in all.
    fn follow(&mut self, leads: &BTreeMap<Identity, Vec<Lead>>) {
        let new: Vec<Identity> = self.new_ones().cloned().collect();
        for from in new {
            let own = leads.get(&from).map(Vec::as_slice).unwrap_or_default();
            if from != *self.proved && own.iter().any(|lead| lead.is_ambiguous) {
                self.ambiguous.insert(from.clone());
            } else {
                let to = own.iter().flat_map(|lead| &lead.to);
                self.known.extend(to.cloned());
            }
            self.asked.insert(from);
        }
        self.known.retain(|own| !self.ambiguous.contains(own));
    }

    fn closure(self) -> Closure {
        Closure {
            identities: self.known.into_iter().collect(),
            ambiguous: self.ambiguous.into_iter().collect(),
        }
    }
}

/// Where one identity leads in one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lead {
    from: Identity,
    to: BTreeSet<Identity>,
    is_ambiguous: bool,
}

/// Kinds of identity that are the primary key of a table of people here.
pub(crate) fn subject_kinds(plan: &Plan) -> BTreeSet<String> {
    plan.tables
        .iter()
        .flat_map(|table| {
            table
                .roots
                .iter()
                .filter(|root| table.primary_key == [root.column.as_str()])
                .map(|root| root.kind.clone())
        })
        .collect()
}

/// A row in which an identity was found.
pub(crate) struct Row {
    /// The place of that identity among those that were looked up.
    pub(crate) number: usize,
    /// The table it stands in.
    pub(crate) table: String,
    /// Everything by which the row names its person.
    pub(crate) identities: BTreeSet<Identity>,
}

/// Reads leads off the rows that identities were found in: slot, number of the
/// identity, and the identities of the row in the order of the slot's table.
pub(crate) fn leads(
    compiled: &Compiled,
    known: &[Identity],
    subject_kinds: &BTreeSet<String>,
    lines: &[(usize, usize, Vec<Option<String>>)],
) -> Vec<Lead> {
    let rows = lines.iter().filter_map(|(slot, number, values)| {
        let table = compiled.plan.tables.get(compiled.slots.get(*slot)?.table)?;
        let identities = table.roots.iter().zip(values);
        let identities = identities
            .filter_map(|(root, value)| Some(Identity::new(&root.kind, value.as_deref()?)));
        Some(Row {
            number: *number,
            table: table.name.clone(),
            identities: identities.collect(),
        })
    });
    leads_of(known, subject_kinds, rows)
}

/// The same from the rows themselves.
pub(crate) fn leads_of(
    known: &[Identity],
    subject_kinds: &BTreeSet<String>,
    found: impl IntoIterator<Item = Row>,
) -> Vec<Lead> {
    // Of each known identity, per table: the other identities of each row.
    let mut rows: BTreeMap<usize, BTreeMap<String, BTreeSet<BTreeSet<Identity>>>> = BTreeMap::new();
    for row in found {
        let Some(from) = known.get(row.number) else {
            continue;
        };
        let others = row.identities.into_iter().filter(|identity| {
            identity != from && !identity.value.expose("empty ones lead nowhere").is_empty()
        });
        rows.entry(row.number)
            .or_default()
            .entry(row.table)
            .or_default()
            .insert(others.collect());
    }
    rows.into_iter()
        .filter_map(|(number, tables)| {
            let from = known.get(number)?.clone();
            let is_ambiguous = !subject_kinds.contains(&from.kind)
                && tables.values().any(|rows| are_several(rows, subject_kinds));
            Some(Lead {
                from,
                is_ambiguous,
                to: tables.into_values().flatten().flatten().collect(),
            })
        })
        .collect()
}

/// Whether rows are of several subjects.
fn are_several(rows: &BTreeSet<BTreeSet<Identity>>, subject_kinds: &BTreeSet<String>) -> bool {
    let subjects: BTreeSet<&Identity> = rows
        .iter()
        .flatten()
        .filter(|identity| subject_kinds.contains(&identity.kind))
        .collect();
    let known = rows.iter().filter(|row| !row.is_empty());
    match subjects.len() {
        0 => known.count() > 1,
        count => count > 1,
    }
}
