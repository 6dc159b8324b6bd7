//! CND0722: a text whose date lies years back.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0722",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0722.md"),
};

/// A text this old has outlived a vendor or two.
const YEARS_MAX: i16 = 2;

/// Compares the date at the top with today.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let (Some(today), Some((date, at))) = (facts.today, facts.version.clone()) else {
        return;
    };
    let limit = date.checked_add(jiff::Span::new().years(YEARS_MAX));
    if limit.is_ok_and(|limit| limit < today) {
        diagnostics.push(
            CODE.at(
                at,
                "its date",
                format!("the text is of {date}, more than {YEARS_MAX} years ago"),
            )
            .with_help("read it again, and date it anew"),
        );
    }
}
