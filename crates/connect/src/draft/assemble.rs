//! Puts a draft together: who the people are, which tables lead to them, what
//! of the rest needs a map. Pure. Leaves alone what the map already says.

use std::collections::{BTreeMap, BTreeSet};

use candor_policy::map::{ColumnPath, Edge, ReferenceAction, SourceMap, TableMap};

use super::candidates::is_own;
use super::columns::{self, Place};
use super::judge::Inferred;
use super::lead::{Lead, Leads, Role};
use super::people::Likely;
use super::sample::Samples;
use super::{
    Draft, DraftColumn, DraftTable, Grade, Reason, Terms, history, roots, strangers, write,
};
use crate::catalogue::{Catalogue, Class, Relation, Table};

/// Everything a draft is made from.
pub(super) struct Evidence<'a> {
    pub(super) catalogue: &'a Catalogue,
    /// What was decided before.
    pub(super) known: &'a SourceMap,
    pub(super) terms: &'a Terms,
    pub(super) people: &'a [Likely],
    pub(super) samples: &'a Samples,
    pub(super) edges: &'a [Inferred],
}

/// Drafts what the map does not say.
pub(super) fn assemble(evidence: &Evidence<'_>) -> Draft {
    let roots = roots::roots(evidence);
    let leads = Leads::new(evidence, &roots);
    let mut draft = Draft {
        statements: evidence.samples.statements,
        ..Draft::default()
    };
    let mut columns: BTreeMap<&str, Vec<DraftColumn>> = BTreeMap::new();
    for (name, table) in &evidence.catalogue.tables {
        columns.insert(name, contents(evidence, &leads, name, table, false));
    }
    for name in strangers::strangers(evidence, &leads, &columns) {
        if let Some(table) = evidence.catalogue.table(name) {
            columns.insert(name, contents(evidence, &leads, name, table, true));
        }
    }
    let mapped = mapped(evidence, &leads, &columns);
    let settled = settled(evidence, &columns);
    for (name, table) in &evidence.catalogue.tables {
        if table.relation == Relation::Outside || evidence.known.ignored.contains(name) {
            continue;
        }
        if !mapped.contains(name.as_str()) {
            let why = if table.relation == Relation::Copy {
                "another program keeps it; map what it is made from"
            } else {
                "nothing in it looks personal, and it leads to nobody"
            };
            draft.ignored.insert(name.clone(), why.to_owned());
            continue;
        }
        let own = columns.remove(name.as_str()).unwrap_or_default();
        let (mut drafted, asks) = edges(evidence, &leads, name, &mapped);
        drafted.columns = own;
        let is_root = leads.root(name).is_some();
        await_columns(&settled, name, &mut drafted, is_root);
        if let Some(root) = leads.root(name) {
            let settled = |column: &str| {
                let is_it = |own: &&DraftColumn| own.name == column;
                let own = drafted.columns.iter().find(is_it);
                own.is_some_and(|own| own.reason.grade != Grade::Undetermined)
            };
            let identities = root.identities.iter();
            drafted.identities = identities
                .filter(|(_, column)| settled(column))
                .cloned()
                .collect();
            drafted.about = Some((root.kind.clone(), root.reason.clone()));
        }
        remark(evidence, &leads, name, table, &mut drafted);
        if let Some(before) = evidence.known.tables.get(name) {
            forget_known(before, &mut drafted);
            let asks = asks.into_iter().filter(|(edge, _)| is_open(before, edge));
            drafted.questions.extend(asks.map(|(_, question)| question));
        } else {
            drafted
                .questions
                .extend(asks.into_iter().map(|(_, question)| question));
        }
        draft.tables.insert(name.clone(), drafted);
    }
    draft
}

/// Columns that the map has, or the draft writes as facts.
fn settled<'a>(
    evidence: &'a Evidence<'_>,
    columns: &BTreeMap<&'a str, Vec<DraftColumn>>,
) -> BTreeSet<(&'a str, String)> {
    let mut settled = BTreeSet::new();
    for (table, own) in columns {
        let known = evidence.known.tables.get(*table);
        for column in own {
            let before = known.is_some_and(|known| known.columns.contains_key(&column.name));
            if before || column.is_settled() {
                settled.insert((*table, column.name.clone()));
            }
        }
    }
    settled
}

/// An edge can only be written once its columns are mapped; until then it is a
/// question, and so is what is personal in a table that nothing else owns.
fn await_columns(
    settled: &BTreeSet<(&str, String)>,
    name: &str,
    drafted: &mut DraftTable,
    is_root: bool,
) {
    let open = |edge: &Edge| {
        let own = edge.from.iter().map(|from| (name, &from.column));
        let when = edge.when.iter().map(|when| (name, &when.column));
        let to = edge.to.iter().flat_map(|to| {
            let columns = to.columns.iter();
            columns.map(|column| (to.table.as_str(), column))
        });
        let mut all = own.chain(when).chain(to);
        all.find(|(table, column)| !settled.contains(&(*table, (*column).clone())))
            .map(|(table, column)| format!("{table}.{column}"))
    };
    let owned = !drafted.owned_by.is_empty();
    let mut questions = Vec::new();
    drafted.owned_by.retain(|(edge, reason)| {
        let Some(column) = open(edge) else {
            return true;
        };
        let edge = write::owner(edge);
        let Reason { grade, why } = reason;
        questions.push(format!(
            "once `{column}` is mapped, `owned_by: {edge}` ({grade}: {why})"
        ));
        false
    });
    drafted.references.retain(|(edge, action, reason)| {
        let Some(column) = open(edge) else {
            return true;
        };
        let edge = write::reference(edge, *action);
        let Reason { grade, why } = reason;
        questions.push(format!(
            "once `{column}` is mapped, `references: [{edge}]` ({grade}: {why})"
        ));
        false
    });
    drafted.questions.extend(questions);
    if owned && drafted.owned_by.is_empty() && !is_root {
        ask_whose(&mut drafted.columns);
    }
}

/// What each column of a table holds; `is_strangers` where its rows are those
/// of people whom nobody declared.
fn contents(
    evidence: &Evidence<'_>,
    leads: &Leads<'_>,
    name: &str,
    table: &Table,
    is_strangers: bool,
) -> Vec<DraftColumn> {
    let likely = evidence
        .people
        .iter()
        .any(|own| own.table == name && own.is_likely());
    let is_people = |name: &str| leads.root(name).is_some_and(|root| !root.is_event);
    let former = history::base(evidence.catalogue, name);
    let is_persons = likely || is_people(name) || former.is_some_and(|(base, _)| is_people(base));
    let is_led = leads.is_reached(name) || leads.is_asked(name);
    let is_owned = is_persons || is_led || is_strangers;
    table
        .columns
        .iter()
        .map(|column| {
            let place = Place {
                table: name,
                column,
                counts: evidence.samples.counts(name, &column.name),
                is_persons,
                is_owned,
                paths: evidence.samples.json_paths(name, &column.name),
            };
            let found = columns::content(&place, evidence.terms);
            // The id of a row of `devices` is a key, whoever has the device.
            let is_personal = found
                .content
                .as_ref()
                .is_some_and(|content| content != "plain" && !content.starts_with("device."));
            match leads.key(name, &column.name) {
                // An address stays one where rows are known by it.
                Some(_) if is_personal => found,
                Some(reason) => DraftColumn {
                    name: column.name.clone(),
                    content: Some("key".to_owned()),
                    reason,
                },
                None if leads.is_kind(name, &column.name) => DraftColumn {
                    name: column.name.clone(),
                    content: Some("plain".to_owned()),
                    reason: Reason::weak("says which table another column names"),
                },
                None => found,
            }
        })
        .collect()
}

/// Tables that a map has to speak of.
fn mapped<'a>(
    evidence: &Evidence<'a>,
    leads: &Leads<'_>,
    columns: &BTreeMap<&str, Vec<DraftColumn>>,
) -> BTreeSet<&'a str> {
    let catalogue = evidence.catalogue;
    let personal = |name: &str| {
        let own = columns.get(name).into_iter().flatten();
        own.clone().any(|column| {
            column
                .content
                .as_ref()
                .is_some_and(|own| own != "plain" && own != "key")
        })
    };
    catalogue
        .tables
        .iter()
        .filter(|(name, table)| {
            let name = name.as_str();
            is_own(table)
                && !evidence.known.ignored.iter().any(|ignored| ignored == name)
                && (evidence.known.tables.contains_key(name)
                    || leads.is_reached(name)
                    || leads.is_asked(name)
                    || leads
                        .of(name)
                        .iter()
                        .any(|lead| leads.is_reached(lead.target))
                    || evidence
                        .people
                        .iter()
                        .any(|own| own.table == name && own.is_likely())
                    || personal(name))
        })
        .map(|(name, _)| name.as_str())
        .collect()
}

/// Edges of a table to others that are mapped, and those that somebody has to
/// say something about.
fn edges(
    evidence: &Evidence<'_>,
    leads: &Leads<'_>,
    name: &str,
    mapped: &BTreeSet<&str>,
) -> (DraftTable, Vec<(Edge, String)>) {
    let mut drafted = DraftTable::default();
    let mut asks = Vec::new();
    for lead in leads.of(name) {
        let target = evidence.known.tables.get(lead.target);
        let counted = target.is_some_and(|target| lead.is_counted(name, target));
        if !mapped.contains(lead.target) || counted {
            continue;
        }
        let edge = lead.written();
        match leads.role(name, lead) {
            Role::Owns(reason) => drafted.owned_by.push((edge, reason)),
            Role::Refers(action, reason) => drafted.references.push((edge, action, reason)),
            Role::Asks(question) => asks.push((edge, question)),
            Role::Nothing => {}
        }
    }
    (drafted, asks)
}

/// Notes and questions about a table as a whole.
fn remark(
    evidence: &Evidence<'_>,
    leads: &Leads<'_>,
    name: &str,
    table: &Table,
    drafted: &mut DraftTable,
) {
    if table.primary_key.is_empty() {
        let note = "no primary key: rows are told apart by their place";
        drafted.notes.push(note.to_owned());
    }
    for column in &table.columns {
        if is_soft_delete(&column.name, column.class) {
            drafted.notes.push(format!(
                "`{}` hides rows without deleting them; an erasure takes hidden rows too",
                column.name
            ));
        }
    }
    drafted.questions.extend(leads.pairs(name));
    if leads.is_reached(name) {
        return;
    }
    let personal = ask_whose(&mut drafted.columns);
    let likely = evidence.people.iter().find(|own| own.table == name);
    if let Some(likely) = likely.filter(|own| own.is_likely()) {
        let columns = likely.columns.join(", ");
        drafted.questions.push(if likely.is_staff {
            format!("its rows are people ({columns}), it seems of your own staff: `about` one of the declared kinds, or `ignored` with the reason?")
        } else {
            format!("its rows are people ({columns}): `about` which of the declared kinds?")
        });
    } else {
        drafted.questions.extend(whose(leads, name, &personal));
    }
}

/// Personal columns of a table that leads to nobody are questions: without an
/// owner they would never be erased. Returns their names.
fn ask_whose(columns: &mut [DraftColumn]) -> Vec<String> {
    let mut personal = Vec::new();
    for column in columns {
        let content = column.content.as_deref().unwrap_or("plain");
        if content != "plain" && content != "key" {
            personal.push(column.name.clone());
            let why = format!("{}; its rows lead to nobody", column.reason.why);
            column.reason = Reason::undetermined(why);
        }
    }
    personal
}

fn whose(leads: &Leads<'_>, name: &str, personal: &[String]) -> Option<String> {
    let holders = leads.people_pointing_at(name);
    if !holders.is_empty() {
        return Some(format!(
            "people share its rows; does one go with the last of them? then: `last_of: {}`",
            holders.join(", ")
        ));
    }
    (!personal.is_empty()).then(|| {
        let look = if personal.len() == 1 { "looks" } else { "look" };
        format!(
            "whose are its rows? {} {look} personal, and no edge leads to a person: `owned_by`, `about`, or `ignored` with the reason",
            personal.join(", ")
        )
    })
}

/// Takes out what the map says already, and what was asked when it was made.
fn forget_known(before: &TableMap, drafted: &mut DraftTable) {
    drafted.about = None;
    drafted.identities.clear();
    drafted.notes.clear();
    drafted.questions.clear();
    drafted.owned_by.retain(|(edge, _)| is_open(before, edge));
    drafted
        .references
        .retain(|(edge, _, _)| is_open(before, edge));
    let known = &before.columns;
    drafted
        .columns
        .retain(|column| !known.contains_key(&column.name));
}

/// Whether an edge is news to a map: a foreign key that nothing explains, or
/// any edge from a column that was not there.
fn is_open(before: &TableMap, edge: &Edge) -> bool {
    let is_new = |from: &ColumnPath| !before.columns.contains_key(&from.column);
    let references = before.references.iter().map(|reference| &reference.edge);
    let mut known = before.owned_by.iter().chain(references);
    let explained = known.any(|own| own.from == edge.from);
    !explained && (edge.to.is_none() || edge.from.iter().any(is_new))
}

/// Whether a column says that a row counts as deleted.
fn is_soft_delete(column: &str, class: Class) -> bool {
    let words = candor_policy::catalogue::words(column);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_mark = matches!(
        words.as_slice(),
        ["deleted" | "is", "at" | "on" | "deleted"]
            | ["deleted" | "trashed" | "soft" | "removed", ..]
            | ["discarded", "at"]
            | ["date", "deleted"]
    );
    is_mark
        && words.last() != Some(&"by")
        && matches!(class, Class::Time | Class::Other | Class::Integer)
}

/// A reference's action where nothing says otherwise: what can be null becomes
/// so; what nothing enforces may stay, since it names nobody afterwards.
pub(super) fn action(lead: &Lead<'_>) -> Option<ReferenceAction> {
    if lead.nullable {
        Some(ReferenceAction::Unlink)
    } else {
        lead.declared.is_none().then_some(ReferenceAction::Keep)
    }
}
