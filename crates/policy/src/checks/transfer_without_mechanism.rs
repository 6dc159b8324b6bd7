//! CND0412: data that leaves the European Economic Area with nothing that allows
//! it.

use super::Facts;
use crate::bundle::ROOT;
use crate::code::Code;
use crate::countries::is_code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::words::countries::agree;

pub(crate) const CODE: Code = Code {
    id: "CND0412",
    severity: Severity::Warning,
    page: include_str!("../../../../docs/diagnostics/cnd0412.md"),
};

/// Looks for vendors in third countries, where the company is in the Area.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let inside = |country: &str| agree("EEA", country) == Some(true);
    if !inside(&facts.charter.organisation.country) {
        return;
    }
    for (name, vendor) in &facts.charter.vendors {
        let region = vendor.region.as_deref().unwrap_or_default();
        let abroad = is_code(region) && !inside(region);
        let allowed = vendor.transfer.as_deref().is_some_and(|how| how != "none");
        if abroad && !allowed && !vendor.receives.is_empty() {
            let at = facts.places.value(ROOT, &["vendors", name, "region"]);
            diagnostics.push(
                CODE.at(
                    at,
                    "outside the European Economic Area",
                    format!(
                        "`{name}` receives data in `{region}`, and nothing says what allows it"
                    ),
                )
                .with_help("add `transfer: …`: `adequacy`, `dpf`, `scc`, `bcr` or `derogation`"),
            );
        }
    }
}
