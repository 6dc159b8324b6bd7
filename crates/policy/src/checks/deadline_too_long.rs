//! CND0402: a promised deadline beyond the month that the law gives.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::Right;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::period::{Period, Unit};

pub(crate) const CODE: Code = Code {
    id: "CND0402",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0402.md"),
};

/// The rights under GDPR Articles 15 to 22, which Article 12(3) gives one
/// month. Consent is withdrawn by a choice, and a complaint goes elsewhere.
const WITHIN_A_MONTH: [Right; 6] = [
    Right::Access,
    Right::Rectification,
    Right::Erasure,
    Right::Restriction,
    Right::Portability,
    Right::Objection,
];

/// The longest that Article 12(3) lets a deadline be extended by.
const EXTENSION: Period = Period {
    amount: 2,
    unit: Unit::Months,
};

/// Compares every deadline with one month, and every extension with two.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for right in WITHIN_A_MONTH {
        let Some(terms) = facts.charter.rights.get(&right) else {
            continue;
        };
        let keys = [
            ("answer", terms.answer),
            ("complete", terms.complete),
            ("within", terms.complete),
        ];
        if let Some(extension) = terms.extension
            && extension.shortest_hours() > EXTENSION.longest_hours()
        {
            let at = facts
                .places
                .value(ROOT, &["rights", right.key(), "extension"]);
            let message = format!(
                "an extension of {extension} for `{}` is longer than the two months the law allows",
                right.key()
            );
            diagnostics.push(CODE.at(at, "longer than two months", message));
        }
        for (key, period) in keys {
            let path = ["rights", right.key(), key];
            let Some(period) = period.filter(|_| facts.places.has(ROOT, &path)) else {
                continue;
            };
            if period.shortest_hours() > Period::ONE_MONTH.longest_hours() {
                let at = facts.places.value(ROOT, &path);
                diagnostics.push(too_long(at, right, period));
            }
        }
    }
}

fn too_long(at: Location, right: Right, period: Period) -> Diagnostic {
    CODE.at(
        at,
        "longer than one month",
        format!(
            "{period} for `{}` is longer than the month the law allows",
            right.key()
        ),
    )
    .with_help("promise `1 month` or less; an extension is decided request by request")
}
