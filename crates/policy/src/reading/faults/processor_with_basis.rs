//! CND0707: a processor that claims a legal basis of its own.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::page::Sentence;

pub(crate) const CODE: Code = Code {
    id: "CND0707",
    severity: Severity::Error,
    page: include_str!("../../../../../docs/diagnostics/cnd0707.md"),
};

/// A processor acts on its customer's basis (GDPR Article 28(3)(a)).
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let role = facts.page.body().find(|sentence| is_processor(sentence));
    let Some(role) = role else {
        return;
    };
    let claim = facts.page.body().find_map(|sentence| {
        let words = sentence.faults.first("own_basis")?;
        let about = is_processor(sentence) || sentence.faults.has("customer_data");
        let controller = sentence.has_word(&["controller", "not"]);
        (about && !controller).then_some((sentence, words))
    });
    if let Some((sentence, words)) = claim {
        diagnostics.push(
            CODE.at(
                facts.page.place_words(sentence, &words),
                "a basis of its own",
                "a processor claims a legal basis of its own",
            )
            .with_secondary(facts.page.place(role), "a processor here")
            .with_help("a processor acts on its customer's instructions and basis; name the data for which you are the controller"),
        );
    }
}

fn is_processor(sentence: &Sentence) -> bool {
    sentence.faults.has("processor")
        && !sentence.question
        && sentence.has_word(&["we", "our", "as", "role"])
}
