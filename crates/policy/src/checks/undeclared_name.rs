//! CND0207: a name that no section declares.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0207",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0207.md"),
};
use std::collections::BTreeMap;

use crate::reader::Reader;
use crate::suggest;
use crate::yaml::Node;

/// A mention of something that its section doesn't hold.
pub(crate) fn undeclared(at: Location, name: &str, section: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = CODE.at(
        at,
        "not declared",
        format!("`{name}` is not declared in `{section}`"),
    );
    match suggest::nearest(name, known.iter().copied()) {
        Some(near) => diagnostic
            .mended_by(near)
            .with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help(format!("declare it under `{section}`")),
    }
}

/// Resolves every mention. A name counts as declared even where its entry
/// couldn't be read: that is reported there, once.
pub(crate) fn check(reader: &mut Reader<'_>, root: &Node) {
    let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for mention in std::mem::take(&mut reader.mentions) {
        let known = sections.entry(mention.section).or_insert_with(|| {
            let entries = root.get(mention.section).map(Node::entries);
            let mut names: Vec<&str> = entries
                .unwrap_or_default()
                .iter()
                .map(|entry| entry.key.text.as_str())
                .collect();
            names.sort_unstable();
            names
        });
        if known.binary_search(&mention.name.as_str()).is_err() {
            let diagnostic = undeclared(mention.at, &mention.name, mention.section, known);
            reader.diagnostics.push(diagnostic);
        }
    }
}
