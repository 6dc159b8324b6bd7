//! CND0411: a retention criterion that nobody outside can apply.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::Keep;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0411",
    severity: Severity::Warning,
    page: include_str!("../../../../docs/diagnostics/cnd0411.md"),
};

/// What refers to something that people can't see.
const HIDDEN: [&str; 5] = [
    "internal policy",
    "internal policies",
    "internal schedule",
    "retention policy",
    "retention schedule",
];

/// Looks for criteria that lie in a drawer, and aren't given on request.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (name, rule) in &facts.charter.retention {
        let Keep::Criterion(criterion) = &rule.keep else {
            continue;
        };
        let says = criterion.says.to_lowercase();
        let hidden = HIDDEN.iter().find(|words| says.contains(**words));
        if let Some(hidden) = hidden.filter(|_| !rule.on_request) {
            let at = facts.places.value(ROOT, &["retention", name, "criterion"]);
            let message = format!("`{name}` is kept by an {hidden}, which tells people nothing");
            diagnostics.push(
                CODE.at(
                    at,
                    "nobody outside can apply this",
                    message.replace("an retention", "a retention"),
                )
                .with_help("say the period or the criterion itself, or `on_request: true`"),
            );
        }
    }
}
