//! One file per diagnostic code: its messages, and the check that gives them
//! where it looks at the whole. Its page lies in `docs/diagnostics/`.

pub(crate) mod broken_yaml;
pub(crate) mod contradictory_keys;
pub(crate) mod duplicate_key;
pub(crate) mod edge_without_target;
pub(crate) mod link_nowhere;
pub(crate) mod malformed_value;
pub(crate) mod missing_file;
pub(crate) mod missing_key;
pub(crate) mod refused_yaml;
pub(crate) mod too_large;
pub(crate) mod undeclared_name;
pub(crate) mod unknown_category;
pub(crate) mod unknown_key;
pub(crate) mod unknown_value;
pub(crate) mod wrong_shape;
pub(crate) mod zero_period;

use crate::charter::Charter;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::places::Places;
use crate::promises::Linked;
use crate::text::Document;

/// Everything the checks compare.
pub(crate) struct Facts<'a> {
    /// The declaration, with its promises and their phrases.
    pub(crate) charter: &'a Charter,
    /// The texts.
    pub(crate) documents: &'a [Document],
    /// Which link makes which promise.
    pub(crate) linked: &'a [Linked],
    /// Where everything stands.
    pub(crate) places: &'a Places,
}

/// A comparison across the whole policy.
type Check = fn(&Facts<'_>, &mut Vec<Diagnostic>);

/// Every comparison.
const CHECKS: [Check; 0] = [];

/// Runs every comparison.
pub(crate) fn run(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for check in CHECKS {
        check(facts, diagnostics);
    }
}

/// Every code, in order.
const ALL: [&Code; 16] = [
    &broken_yaml::CODE,
    &duplicate_key::CODE,
    &refused_yaml::CODE,
    &too_large::CODE,
    &missing_file::CODE,
    &unknown_key::CODE,
    &unknown_value::CODE,
    &missing_key::CODE,
    &wrong_shape::CODE,
    &malformed_value::CODE,
    &zero_period::CODE,
    &undeclared_name::CODE,
    &unknown_category::CODE,
    &contradictory_keys::CODE,
    &link_nowhere::CODE,
    &edge_without_target::CODE,
];

/// The page of a diagnostic code, in Markdown: what it finds, why it matters,
/// an example, how to mend it. Case doesn't matter.
///
/// ```
/// let page = candor_policy::explain("cnd0201").unwrap();
/// assert!(page.starts_with("# CND0201"));
/// assert!(candor_policy::explain("CND9999").is_none());
/// ```
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    ALL.iter()
        .find(|known| known.id.eq_ignore_ascii_case(code))
        .map(|known| known.page)
}

/// Every diagnostic code, in order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|code| code.id)
}
