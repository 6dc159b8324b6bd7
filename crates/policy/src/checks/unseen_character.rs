//! CND0106: characters that nobody sees, though they change what is read.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::limits::reorders;

pub(crate) const CODE: Code = Code {
    id: "CND0106",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0106.md"),
};

/// The first of `count` characters that a text has no use for.
pub(crate) fn unseen(at: Location, character: char, count: usize) -> Diagnostic {
    let number = u32::from(character);
    let (what, why) = match reorders(character) {
        true => (
            "reordering",
            "people and programs would read different texts",
        ),
        false => ("control", "this is no text"),
    };
    let others = match count {
        1 => String::new(),
        _ => format!(", the first of {count} characters that can't be seen"),
    };
    CODE.at(
        at,
        "can't be seen",
        format!("U+{number:04X} is a {what} character{others}: {why}"),
    )
    .with_help(match count {
        1 => "take it out",
        _ => "take them out",
    })
}
