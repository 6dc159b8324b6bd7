//! Declared names in the words of the declaration, for tables.

use crate::charter::{Basis, Charter, Keep, Vendor};
use crate::countries::is_code;
use crate::words::{countries, list, plain};

/// What data is called.
pub(super) fn data(charter: &Charter, name: &str) -> String {
    let about = charter.data.get(name).and_then(|data| data.about.clone());
    about.unwrap_or_else(|| plain(name))
}

/// What a purpose is called.
pub(super) fn purpose(charter: &Charter, name: &str) -> String {
    let about = charter
        .purposes
        .get(name)
        .and_then(|purpose| purpose.about.clone());
    about.unwrap_or_else(|| plain(name))
}

/// Several names in one cell.
pub(super) fn each<'n>(
    names: impl IntoIterator<Item = &'n String>,
    called: impl Fn(&str) -> String,
) -> String {
    let words: Vec<String> = names.into_iter().map(|name| called(name)).collect();
    list(&words)
}

/// A ceiling.
pub(super) fn keep(keep: &Keep) -> String {
    match keep {
        Keep::For(period) => period.to_string(),
        Keep::Until(event) => format!("until {}", plain(event)),
        Keep::Criterion(criterion) => criterion.says.clone(),
        Keep::Forever { because, .. } => format!("without end ({because})"),
    }
}

/// A legal basis, with its place in the law.
pub(super) const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Consent => "consent, Article 6(1)(a)",
        Basis::Contract => "contract, Article 6(1)(b)",
        Basis::LegalObligation => "legal obligation, Article 6(1)(c)",
        Basis::VitalInterests => "vital interests, Article 6(1)(d)",
        Basis::PublicTask => "public task, Article 6(1)(e)",
        Basis::LegitimateInterests => "legitimate interests, Article 6(1)(f)",
        Basis::Instructions => "instructions of the controller, Article 28(3)(a)",
    }
}

/// A country by its name; a region as it is declared.
pub(super) fn place(region: &str) -> &str {
    countries::english(region).unwrap_or(region)
}

/// What makes a transfer out of the Economic Area lawful, with its place in the
/// law. `None` where there is no transfer: none is declared, and the region
/// does not lie outside either.
pub(super) fn safeguard(vendor: &Vendor) -> Option<&str> {
    Some(match vendor.transfer.as_deref() {
        None | Some("none") => return is_abroad(vendor).then_some("no safeguard declared"),
        Some("adequacy") => "adequacy decision, Article 45",
        Some("dpf") => "Data Privacy Framework, an adequacy decision, Article 45",
        Some("scc") => "standard contractual clauses, Article 46(2)(c)",
        Some("bcr") => "binding corporate rules, Article 46(2)(b)",
        Some("derogation") => "derogation, Article 49",
        Some("privacy_shield") => "Privacy Shield, which allows nothing any more",
        Some("safe_harbor") => "Safe Harbor, which allows nothing any more",
        Some(other) => other,
    })
}

fn is_abroad(vendor: &Vendor) -> bool {
    is_third_country(vendor.region.as_deref().unwrap_or_default())
}

/// Whether a region is known to be a country outside the Economic Area.
pub(super) fn is_third_country(region: &str) -> bool {
    is_code(region) && countries::agree("EEA", region) == Some(false)
}
