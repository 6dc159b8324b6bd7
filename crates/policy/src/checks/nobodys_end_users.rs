//! CND0508: end users of business customers, and nothing that says whose.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::{Charter, Person, Role};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::map::TableMap;

pub(crate) const CODE: Code = Code {
    id: "CND0508",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0508.md"),
};

/// Looks for tables in which end users are found, in sources of several tenants.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let sources = facts.charter.sources.iter();
    for (source_name, source) in sources.filter(|(_, source)| source.tenant.is_none()) {
        for (name, table) in &source.map.tables {
            if table.tenant.is_some() || !is_of_end_users(facts.charter, table) {
                continue;
            }
            let message =
                format!("`{name}` is about end users of business customers, but not of whose");
            let at = facts.places.key(&source.map.path, &["tables", name]);
            let source_at = facts.places.key(ROOT, &["sources", source_name]);
            let help = if source.is_service() {
                "give each tenant a source of its own, with `tenant`"
            } else {
                "name the column that says so as `tenant`, or give the whole source a `tenant`"
            };
            diagnostics.push(
                CODE.at(at, "whose end users?", message)
                    .with_secondary(source_at, "not one tenant's")
                    .with_help(help),
            );
        }
    }
}

/// Whether people are found in it who can only be a business customer's.
fn is_of_end_users(charter: &Charter, table: &TableMap) -> bool {
    let is_end_user = |person: &Person| person.role == Role::Processor;
    let about = table.about.as_ref();
    if let Some(person) = about.and_then(|about| charter.people.get(about)) {
        return is_end_user(person);
    }
    table.identities.keys().any(|kind| {
        let people = charter.people.values();
        let mut known = people
            .filter(|person| person.known_by.contains(kind))
            .peekable();
        known.peek().is_some() && known.all(is_end_user)
    })
}
