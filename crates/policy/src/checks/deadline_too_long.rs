//! CND0402: a promised deadline beyond what the law gives.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::{Law, Right, RightTerms};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::period::Period;

pub(crate) const CODE: Code = Code {
    id: "CND0402",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0402.md"),
};

/// The hours after which what is left of an erasure is looked for again at the
/// latest.
const SETTLE_HOURS_MAX: u64 = 31 * 24;

/// Compares every deadline, and every extension, with each law the organisation
/// answers under. The first law that gives less is named.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let laws = facts.charter.organisation.laws();
    for (right, terms) in &facts.charter.rights {
        let extension = terms.extension.map(|period| ("extension", period));
        if let Some((key, period)) = extension
            && let Some(message) = laws
                .iter()
                .find_map(|law| too_much_longer(*law, *right, terms, period))
        {
            let at = facts.places.value(ROOT, &["rights", right.key(), key]);
            diagnostics.push(CODE.at(at, "longer than the law allows", message));
        }
        if let Some(message) = kept_too_long(*right, terms) {
            let at = facts.places.value(ROOT, &["rights", right.key(), "undo"]);
            diagnostics.push(CODE.at(at, "not done while it can be taken back", message));
        }
        if let Some(message) = settles_badly(*right, terms) {
            let at = facts.places.value(ROOT, &["rights", right.key(), "settle"]);
            diagnostics.push(CODE.at(at, "looked for at the wrong time", message));
        }
        let keys = [
            ("answer", terms.answer),
            ("complete", terms.complete),
            ("within", terms.complete),
        ];
        for (key, period) in keys {
            let path = ["rights", right.key(), key];
            let Some(period) = period.filter(|_| facts.places.has(ROOT, &path)) else {
                continue;
            };
            if let Some((law, limit)) = laws
                .iter()
                .filter_map(|law| Some((*law, law.terms(*right).answer?)))
                .find(|(_, limit)| period.shortest_hours() > limit.longest_hours())
            {
                let at = facts.places.value(ROOT, &path);
                let (short, long, help) = given(law, *right, limit);
                let message = format!("{period} for `{}` is longer than {long}", right.key());
                diagnostics.push(CODE.at(at, short, message).with_help(help));
            }
        }
    }
}

/// An extension that a law gives less of, or none.
fn too_much_longer(
    law: Law,
    right: Right,
    terms: &RightTerms,
    extension: Period,
) -> Option<String> {
    let given = law.terms(right);
    let right = right.key();
    let source = given.source;
    match (given.answer?, given.extension) {
        (_, Some(longest)) if extension.shortest_hours() > longest.longest_hours() => {
            let longest = if law == Law::Gdpr {
                "the two months the law allows".to_owned()
            } else {
                format!("the {longest} that {source} allows")
            };
            Some(format!(
                "an extension of {extension} for `{right}` is longer than {longest}"
            ))
        }
        (answer, None)
            if terms.due().shortest_hours() + extension.shortest_hours()
                > answer.longest_hours() =>
        {
            Some(format!(
                "an extension of {extension} for `{right}` leads beyond {answer}, which {source} lets nobody extend"
            ))
        }
        _ => None,
    }
}

/// What can be taken back is still there, if sealed: the erasure is not done
/// before the window is over.
fn kept_too_long(right: Right, terms: &RightTerms) -> Option<String> {
    let undo = terms.undo?;
    if right != Right::Erasure {
        return Some(format!(
            "only an erasure can be taken back, and `{}` erases nothing",
            right.key()
        ));
    }
    let due = terms.due();
    (undo.longest_hours() > due.longest_hours())
        .then(|| format!("an erasure that can be taken back for {undo} is not done within {due}"))
}

/// When an erasure has settled decides how long our own record of the person
/// stays.
fn settles_badly(right: Right, terms: &RightTerms) -> Option<String> {
    let settle = terms.settle?;
    if right != Right::Erasure {
        return Some(format!(
            "only an erasure settles, and `{}` erases nothing",
            right.key()
        ));
    }
    (settle.longest_hours() > SETTLE_HOURS_MAX).then(|| {
        format!(
            "what leads to an erased person would stay for {settle}, only to look for them again; 31 days at most"
        )
    })
}

/// What a law gives: as a label, within a sentence, and what to promise.
fn given(law: Law, right: Right, limit: Period) -> (String, String, String) {
    if law == Law::Gdpr {
        return (
            "longer than one month".to_owned(),
            "the month the law allows".to_owned(),
            "promise `1 month` or less; declare `extension` for what may take longer".to_owned(),
        );
    }
    (
        format!("longer than {limit}"),
        format!("the {limit} that {} allows", law.terms(right).source),
        format!("promise `{limit}` or less"),
    )
}
