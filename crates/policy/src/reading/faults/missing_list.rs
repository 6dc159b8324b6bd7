//! CND0731: a list that is announced and missing.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::document::{Block, Kind};

pub(crate) const CODE: Code = Code {
    id: "CND0731",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0731.md"),
};

/// A paragraph that ends with a colon, or with "the following", and nothing
/// after it in its section.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let blocks = &facts.page.document.blocks;
    for (at, block) in blocks.iter().enumerate() {
        let announces = matches!(block.kind, Kind::Paragraph | Kind::Item(_)) && announces(block);
        // A subsection may be the list.
        let follows = blocks.get(at + 1).is_some_and(|next| {
            !next.is_heading() || next.section.is_some() && next.section == block.section
        });
        if announces && !follows {
            let end = block.plain.trim_end().len();
            let start = block.sentences.last().map_or(0, |sentence| sentence.start);
            diagnostics.push(
                CODE.at(
                    facts.page.locate(at, &(start..end)),
                    "followed by nothing",
                    "a list is announced and missing",
                )
                .with_help("write the list, or end the sentence"),
            );
        }
    }
}

fn announces(block: &Block) -> bool {
    let text = block.plain.trim_end();
    let words = text.split_whitespace().count();
    words > 2
        && (text.ends_with(':')
            || text.ends_with("the following")
            || text.ends_with("the following."))
}
