//! CND0733: a link that leads nowhere or shows nothing.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0733",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0733.md"),
};

/// Targets that somebody meant to fill in.
const PLACEHOLDERS: [&str; 8] = [
    "",
    "#",
    "#!",
    "javascript:void(0)",
    "javascript:void(0);",
    "javascript:;",
    "url",
    "link",
];
/// Addresses of examples (RFC 2606), which nobody answers.
const EXAMPLES: [&str; 3] = ["://example.com", "://www.example.com", "@example.com"];

/// Looks at every link.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for block in &facts.page.document.blocks {
        for link in &block.links {
            let target = link.target.trim();
            let at = facts.locate_source(&link.span);
            let lower = target.to_lowercase();
            if PLACEHOLDERS.contains(&lower.as_str())
                || EXAMPLES.iter().any(|part| lower.contains(part))
            {
                diagnostics.push(
                    CODE.at(
                        at,
                        "leads nowhere",
                        format!("the link to `{target}` leads nowhere"),
                    )
                    .with_help("put the address in, or take the link out"),
                );
            }
        }
    }
}
