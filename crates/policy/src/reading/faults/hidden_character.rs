//! CND0751: characters that hide or reorder what is read.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0751",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0751.md"),
};

/// Characters without width. What reorders text is refused before.
const fn hides(character: char) -> bool {
    matches!(character, '\u{200b}' | '\u{2060}')
}

/// Reports the first, and how many there are.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut places = facts
        .page
        .source
        .char_indices()
        .filter(|(_, character)| hides(*character));
    if let Some((at, character)) = places.next() {
        let count = places.count() + 1;
        diagnostics.push(
            CODE.at(
                facts.locate_source(&(at..at + character.len_utf8())),
                "not seen",
                format!("{count} hidden characters, the first U+{:04X}: people and programs read different texts", u32::from(character)),
            )
            .with_help("take them out"),
        );
    }
}
