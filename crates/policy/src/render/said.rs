//! Declared names in the words of the declaration, for tables.

use crate::charter::{Basis, Charter, Keep, Vendor};
use crate::words::{list, plain};

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

/// A transfer out of the Economic Area with what makes it lawful; `None` where
/// none is declared.
pub(super) fn transfer(vendor: &Vendor) -> Option<String> {
    let mechanism = match vendor.transfer.as_deref()? {
        "none" => return None,
        "adequacy" => "adequacy decision, Article 45",
        "scc" => "standard contractual clauses, Article 46(2)(c)",
        "bcr" => "binding corporate rules, Article 46(2)(b)",
        "derogation" => "derogation, Article 49",
        other => other,
    };
    let region = vendor.region.as_deref().unwrap_or("region not declared");
    Some(format!("{}: {region} ({mechanism})", vendor.name))
}
