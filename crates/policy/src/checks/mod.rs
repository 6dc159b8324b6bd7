//! One file per diagnostic code: its messages, and the check that gives them
//! where it looks at the whole. Its page lies in `docs/diagnostics/`.

pub(crate) mod accepted_by_use;
pub(crate) mod aggregate_tells;
pub(crate) mod bound_differs;
pub(crate) mod broken_yaml;
pub(crate) mod cannot_both_hold;
pub(crate) mod ceiling_below_floor;
pub(crate) mod closed_list;
pub(crate) mod consent_without_basis;
pub(crate) mod contradictory_keys;
pub(crate) mod covers_nothing;
pub(crate) mod deadline_too_long;
pub(crate) mod denial_differs;
pub(crate) mod duplicate_key;
pub(crate) mod edge_without_key;
pub(crate) mod edge_without_target;
pub(crate) mod erasure_differs;
pub(crate) mod exclusive_text;
pub(crate) mod expired_transfer;
pub(crate) mod floor_erased;
pub(crate) mod hedged;
pub(crate) mod hidden_criterion;
pub(crate) mod kept_without_reason;
pub(crate) mod link_nowhere;
pub(crate) mod list_differs;
pub(crate) mod longer_than_said;
pub(crate) mod malformed_value;
pub(crate) mod missing_file;
pub(crate) mod missing_key;
pub(crate) mod name_differs;
pub(crate) mod never_collected;
pub(crate) mod nobodys_end_users;
pub(crate) mod not_in_schema;
pub(crate) mod personal_column_ignored;
pub(crate) mod processor_basis;
pub(crate) mod quantity_differs;
pub(crate) mod refused_yaml;
pub(crate) mod reserved_hold;
pub(crate) mod right_to_left;
mod said;
pub(crate) mod table_without_owner;
pub(crate) mod text_alone;
pub(crate) mod too_large;
pub(crate) mod transfer_without_mechanism;
pub(crate) mod translation_differs;
pub(crate) mod undeclared_category;
pub(crate) mod undeclared_name;
pub(crate) mod undeclared_vendor;
pub(crate) mod undisclosed_fact;
pub(crate) mod unexplained_foreign_key;
pub(crate) mod unknown_category;
pub(crate) mod unknown_column;
pub(crate) mod unknown_key;
pub(crate) mod unknown_value;
pub(crate) mod unlinked_promise;
pub(crate) mod unmapped_column;
pub(crate) mod unmapped_personal_column;
pub(crate) mod unmapped_table;
pub(crate) mod unseen_character;
pub(crate) mod wrong_shape;
pub(crate) mod zero_period;

use std::cell::OnceCell;

use crate::bundle::ROOT;
use crate::charter::{Charter, Source};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::map::{SourceMap, TableMap};
use crate::places::Places;
use crate::promise::Promise;
use crate::promises::{Linked, declared_at};
use crate::text::{Document, Link};
use said::Said;

/// Everything the checks compare.
pub(crate) struct Facts<'a> {
    /// The declaration, with its promises and their phrases.
    pub(crate) charter: &'a Charter,
    /// The texts.
    pub(crate) documents: &'a [Document],
    /// Which link makes which promise.
    pub(crate) linked: &'a [Linked],
    /// Whether the whole declaration could be read.
    pub(crate) complete: bool,
    /// Where everything stands.
    pub(crate) places: &'a Places,
    /// What every link says, read once.
    pub(crate) said: OnceCell<Vec<Said<'a>>>,
}

/// A comparison across the whole policy.
type Check = fn(&Facts<'_>, &mut Vec<Diagnostic>);

/// Comparisons of what is there.
const OF_PRESENCE: [Check; 27] = [
    quantity_differs::check,
    bound_differs::check,
    name_differs::check,
    list_differs::check,
    denial_differs::check,
    exclusive_text::check,
    closed_list::check,
    hedged::check,
    translation_differs::check,
    floor_erased::check,
    accepted_by_use::check,
    hidden_criterion::check,
    transfer_without_mechanism::check,
    undisclosed_fact::check,
    undisclosed_fact::credits,
    ceiling_below_floor::check,
    deadline_too_long::check,
    consent_without_basis::check,
    expired_transfer::check,
    cannot_both_hold::check,
    longer_than_said::check,
    processor_basis::check,
    kept_without_reason::check,
    table_without_owner::check,
    never_collected::check,
    reserved_hold::check,
    nobodys_end_users::check,
];

/// Comparisons that conclude from what is not there. They wait until the whole
/// declaration could be read: otherwise one slip in a vendor's entry would be
/// reported again wherever the text names that vendor.
const OF_ABSENCE: [Check; 7] = [
    unlinked_promise::check,
    undeclared_vendor::check,
    covers_nothing::check,
    aggregate_tells::check,
    unknown_column::check,
    erasure_differs::check,
    undeclared_category::check,
];

/// Runs the comparisons.
pub(crate) fn run(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for check in OF_PRESENCE {
        check(facts, diagnostics);
    }
    if facts.complete {
        for check in OF_ABSENCE {
            check(facts, diagnostics);
        }
    }
}

impl<'a> Facts<'a> {
    /// Path of the promise's entry in `candor.yaml`.
    fn declared_at<'p>(&self, promise: &'p Promise) -> Vec<&'p str> {
        declared_at(promise, |path| self.places.has(ROOT, path))
    }

    /// The links of a block that make promises.
    fn links_of(&self, document: usize, block: usize) -> Vec<(&'a Link, &'a Promise)> {
        let Some(text) = self.documents.get(document) else {
            return Vec::new();
        };
        // INVARIANT: links are listed by document, then by place.
        let before = |linked: &Linked| {
            let at = text.links.get(linked.link).map_or(0, |link| link.block);
            (linked.document, at) < (document, block)
        };
        let start = self.linked.partition_point(before);
        let rest = self.linked.get(start..).unwrap_or_default();
        rest.iter()
            .take_while(|linked| linked.document == document)
            .map_while(|linked| {
                let link = text.links.get(linked.link)?;
                let promise = self.charter.promises.get(linked.promise)?;
                (link.block == block).then_some((link, promise))
            })
            .collect()
    }

    /// Every mapped table, with its map and name.
    fn tables(&self) -> impl Iterator<Item = (&'a SourceMap, &'a String, &'a TableMap)> {
        tables_of(self.charter.sources.values())
    }

    /// The same of databases only: a service knows itself whose its records
    /// are.
    fn tables_of_databases(
        &self,
    ) -> impl Iterator<Item = (&'a SourceMap, &'a String, &'a TableMap)> {
        let sources = self.charter.sources.values();
        tables_of(sources.filter(|source| !source.is_service()))
    }
}

fn tables_of<'a>(
    sources: impl Iterator<Item = &'a Source>,
) -> impl Iterator<Item = (&'a SourceMap, &'a String, &'a TableMap)> {
    sources.flat_map(|source| {
        let tables = source.map.tables.iter();
        tables.map(|(name, table)| (&source.map, name, table))
    })
}

/// Every code, in order.
const ALL: [&Code; 58] = [
    &broken_yaml::CODE,
    &duplicate_key::CODE,
    &refused_yaml::CODE,
    &too_large::CODE,
    &missing_file::CODE,
    &unseen_character::CODE,
    &right_to_left::CODE,
    &unknown_key::CODE,
    &unknown_value::CODE,
    &missing_key::CODE,
    &wrong_shape::CODE,
    &malformed_value::CODE,
    &zero_period::CODE,
    &undeclared_name::CODE,
    &unknown_category::CODE,
    &contradictory_keys::CODE,
    &link_nowhere::CODE,
    &quantity_differs::CODE,
    &undeclared_vendor::CODE,
    &undisclosed_fact::CODE,
    &bound_differs::CODE,
    &name_differs::CODE,
    &list_differs::CODE,
    &denial_differs::CODE,
    &exclusive_text::CODE,
    &hedged::CODE,
    &translation_differs::CODE,
    &unlinked_promise::CODE,
    &closed_list::CODE,
    &ceiling_below_floor::CODE,
    &deadline_too_long::CODE,
    &consent_without_basis::CODE,
    &covers_nothing::CODE,
    &expired_transfer::CODE,
    &cannot_both_hold::CODE,
    &longer_than_said::CODE,
    &processor_basis::CODE,
    &floor_erased::CODE,
    &accepted_by_use::CODE,
    &hidden_criterion::CODE,
    &transfer_without_mechanism::CODE,
    &reserved_hold::CODE,
    &aggregate_tells::CODE,
    &unknown_column::CODE,
    &kept_without_reason::CODE,
    &erasure_differs::CODE,
    &table_without_owner::CODE,
    &undeclared_category::CODE,
    &never_collected::CODE,
    &edge_without_target::CODE,
    &nobodys_end_users::CODE,
    &unmapped_table::CODE,
    &unmapped_personal_column::CODE,
    &unmapped_column::CODE,
    &not_in_schema::CODE,
    &unexplained_foreign_key::CODE,
    &edge_without_key::CODE,
    &personal_column_ignored::CODE,
];

/// The page of a diagnostic code, in Markdown: what it finds, why it matters,
/// an example, how to mend it. Case doesn't matter.
///
/// ```
/// let page = candor_policy::explain("cnd0201").unwrap();
/// assert!(page.starts_with("# CND0201"));
/// assert!(candor_policy::explain("CND9999").is_none());
/// ```
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    all()
        .find(|known| known.id.eq_ignore_ascii_case(code))
        .map(|known| known.page)
}

/// Every diagnostic code, in order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    let mut codes: Vec<&str> = all().map(|code| code.id).collect();
    codes.sort_unstable();
    codes.into_iter()
}

/// The codes of the compiler, and those of a text alone.
fn all() -> impl Iterator<Item = &'static Code> {
    ALL.into_iter().chain(crate::reading::codes())
}
