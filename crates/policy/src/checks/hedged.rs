//! CND0310: a promise that its sentence takes back by half.

use super::Facts;
use super::said;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::promise::Family;
use crate::words::tokens;

pub(crate) const CODE: Code = Code {
    id: "CND0310",
    severity: Severity::Warning,
    page: include_str!("../../../../docs/diagnostics/cnd0310.md"),
};

/// Families that promise what the company does, so that a hedge weakens them.
const PROMISED: [Family; 10] = [
    Family::Never,
    Family::BrowserOnly,
    Family::NoSale,
    Family::Consent,
    Family::Retain,
    Family::Right,
    Family::Notice,
    Family::Security,
    Family::StaffAccess,
    Family::Location,
];

/// Looks for hedges in the linked words, and right before them.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for said in said::all(facts) {
        let Some(cues) = said.cues else { continue };
        if !PROMISED.contains(&said.promise.family) {
            continue;
        }
        let own = said.own_part();
        let words = said.between(&own);
        let hedge = cues
            .hedges
            .iter()
            .find_map(|phrase| tokens::find(words, phrase));
        let Some((first, last)) = hedge.and_then(|found| {
            let last = words.get(found.end.checked_sub(1)?)?;
            Some((words.get(found.start)?, last))
        }) else {
            continue;
        };
        let part = first.span.start..last.span.end;
        let id = &said.promise.id;
        diagnostics.push(
            CODE.at(
                said.at(&part),
                "takes half of it back",
                format!(
                    "the text says `{}`, but `{id}` is declared without such a limit",
                    said.text(&part)
                ),
            )
            .with_help("say what is done, or declare it as a statement"),
        );
    }
}
