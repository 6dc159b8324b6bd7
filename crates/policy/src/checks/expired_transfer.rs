//! CND0405: a transfer that rests on a mechanism that no longer allows any.

use super::Facts;
use crate::bundle::ROOT;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::sections::EXPIRED_TRANSFERS;
use crate::words::plain;

pub(crate) const CODE: Code = Code {
    id: "CND0405",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0405.md"),
};

/// Looks for vendors whose transfer rests on one.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (name, vendor) in &facts.charter.vendors {
        let expired = EXPIRED_TRANSFERS
            .iter()
            .find(|(mechanism, _)| vendor.transfer.as_deref() == Some(mechanism));
        if let Some((mechanism, since)) = expired {
            let at = facts.places.value(ROOT, &["vendors", name, "transfer"]);
            diagnostics.push(
                CODE.at(
                    at,
                    "struck down",
                    format!(
                        "the transfer to `{name}` rests on {}, which ended on {since}",
                        plain(mechanism)
                    ),
                )
                .with_help("find out what allows it today: `dpf`, `scc`, `adequacy`, `bcr`, …"),
            );
        }
    }
}
