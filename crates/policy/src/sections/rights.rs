//! `rights`: what people can ask for, and by when it is done.

use std::collections::BTreeMap;

use crate::charter::{Approval, Right, RightTerms};
use crate::checks::{contradictory_keys, unknown_key};
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 6] = [
    "answer", "complete", "within", "except", "approve", "through",
];
const APPROVALS: [(&str, Approval); 2] = [
    ("automatic", Approval::Automatic),
    ("staff", Approval::Staff),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> BTreeMap<Right, RightTerms> {
    let entries = reader.map(entry, "`rights`").unwrap_or_default();
    entries
        .iter()
        .filter_map(|inner| {
            let right = Right::from_key(&inner.key.text);
            if right.is_none() {
                let at = reader.at(inner.key.span.clone());
                let known = Right::ALL.map(Right::key);
                let diagnostic = unknown_key::unknown_key(at, &inner.key.text, "`rights`", &known);
                reader.report(diagnostic);
            }
            let terms = terms(reader, inner);
            Some((right?, terms?))
        })
        .collect()
}

fn terms(reader: &mut Reader<'_>, entry: &Entry) -> Option<RightTerms> {
    let fields = reader.fields(entry, format!("`rights.{}`", entry.key.text), &KEYS)?;
    let mut period = |key| fields.get(key).and_then(|entry| reader.period(entry));
    let (answer, complete, within) = (period("answer"), period("complete"), period("within"));
    if complete.is_some() && within.is_some() {
        let at = reader.at(fields.anchor());
        let keys = ["complete", "within"];
        reader.report(contradictory_keys::contradictory(
            at,
            fields.within(),
            &keys,
        ));
    }
    let except = fields
        .get("except")
        .map(|entry| reader.mentions(entry, "retention"));
    let approve = fields
        .get("approve")
        .and_then(|entry| reader.one_of(entry, "approval", &APPROVALS));
    let through = fields.get("through").map(|entry| reader.words(entry));
    Some(RightTerms {
        answer,
        complete: complete.or(within),
        except: except.unwrap_or_default(),
        approve: approve.unwrap_or_default(),
        through: through.unwrap_or_default(),
    })
}
