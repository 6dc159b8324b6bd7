//! CND0303: a known vendor that the text names and no entry declares.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::reading::is_aside;
use crate::suggest;
use crate::vendor_names::{self, Vendor};
use crate::words::plain;

pub(crate) const CODE: Code = Code {
    id: "CND0303",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0303.md"),
};

/// Looks for known names in every text and reports each vendor once a text.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let declared = declared_names(facts);
    for document in facts.documents {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (index, block) in document.blocks.iter().enumerate() {
            for mention in vendor_names::find(&block.plain, &block.sentences, block.is_heading()) {
                if seen.contains(mention.vendor.name())
                    || is_declared(mention.vendor, &declared)
                    || is_denied(&block.plain, &block.sentences, mention.span.start)
                    || is_aside(&block.plain, &block.sentences, &mention.span)
                {
                    continue;
                }
                seen.insert(mention.vendor.name());
                let at = document.location(index, &mention.span);
                let known: Vec<&str> = declared.iter().map(String::as_str).collect();
                diagnostics.push(undeclared(at, mention.vendor.name(), &known));
            }
        }
    }
}

fn undeclared(at: Location, name: &str, declared: &[&str]) -> Diagnostic {
    let diagnostic = CODE.at(
        at,
        "not declared",
        format!("`{name}` is named as a recipient, but `vendors` doesn't declare it"),
    );
    match suggest::nearest(&name.to_lowercase(), declared.iter().copied()) {
        Some(near) => diagnostic.with_help(format!(
            "is it the declared `{near}`? Then give that entry `name: {name}`"
        )),
        None => diagnostic.with_help("declare what it receives and why under `vendors`"),
    }
}

/// Names that stand for a declared vendor, and the organisation's own.
fn declared_names(facts: &Facts<'_>) -> Vec<String> {
    let charter = facts.charter;
    let vendors = charter
        .vendors
        .iter()
        .flat_map(|(key, vendor)| [vendor.name.as_str(), key.as_str()]);
    std::iter::once(charter.organisation.name.as_str())
        .chain(vendors)
        .map(|name| plain(name).to_lowercase())
        .collect()
}

/// A vendor is declared by any of its names, by a product ("Google Cloud" for
/// "Google"), or by the company ("Stripe" for "Stripe Payments" and "Stripe, Inc").
fn is_declared(vendor: &Vendor, declared: &[String]) -> bool {
    vendor.names().any(|name| {
        let name = name.to_lowercase();
        declared
            .iter()
            .any(|other| begins_with(other, &name) || begins_with(&name, other))
    })
}

fn begins_with(longer: &str, shorter: &str) -> bool {
    longer
        .strip_prefix(shorter)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ',']))
}

/// "We never pass data to Stripe": the sentence denies before it names.
pub(crate) fn is_denied(plain: &str, sentences: &[Range<usize>], at: usize) -> bool {
    let sentence = sentences
        .iter()
        .take_while(|sentence| sentence.start <= at)
        .last()
        .map_or(0, |sentence| sentence.start);
    let before = plain.get(sentence..at).unwrap_or_default().to_lowercase();
    before
        .split(|character: char| {
            !character.is_alphanumeric() && character != '\'' && character != '’'
        })
        .any(|word| {
            matches!(word, "not" | "no" | "never" | "neither" | "nor" | "without")
                || word.ends_with("n't")
                || word.ends_with("n’t")
        })
}
