//! `retention`: how long something is kept, with the ceiling that is promised
//! and the floor that law demands.

use super::erasure;
use crate::charter::{Keep, Named, Retention};
use crate::checks::{contradictory_keys, unknown_value};
use crate::reader::{Fields, Reader};
use crate::yaml::Entry;

const KEYS: [&str; 10] = [
    "for",
    "until",
    "criterion",
    "forever",
    "review",
    "from",
    "covers",
    "law",
    "at_least",
    "on_erasure",
];
/// The keys that say how long; a rule has exactly one of them.
const CEILINGS: [&str; 4] = ["for", "until", "criterion", "forever"];
/// Events the engine can learn of.
pub(crate) const EVENTS: [&str; 6] = [
    "account_closed",
    "consent_withdrawn",
    "contract_ended",
    "purpose_fulfilled",
    "request_closed",
    "session_ended",
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Retention> {
    reader.named(entry, retention)
}

fn retention(reader: &mut Reader<'_>, entry: &Entry) -> Option<Retention> {
    let fields = reader.fields(entry, format!("`retention.{}`", entry.key.text), &KEYS)?;
    let keep = keep(reader, &fields);
    let mut words = |key| {
        fields
            .get(key)
            .map(|entry| reader.words(entry))
            .unwrap_or_default()
    };
    let (covers, from) = (words("covers"), words("from"));
    let law = fields.get("law").and_then(|entry| reader.text(entry));
    let at_least = fields
        .get("at_least")
        .and_then(|entry| reader.period(entry));
    let on_erasure = fields
        .get("on_erasure")
        .and_then(|entry| reader.one_of(entry, "erasure", &erasure::WORDS));
    Some(Retention {
        keep: keep?,
        covers,
        from,
        law,
        at_least,
        on_erasure: on_erasure.unwrap_or_default(),
    })
}

fn keep(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Keep> {
    let given: Vec<&Entry> = CEILINGS.iter().filter_map(|key| fields.get(key)).collect();
    let [entry] = given.as_slice() else {
        let at = reader.at(fields.anchor());
        let keys: Vec<&str> = given.iter().map(|entry| entry.key.text.as_str()).collect();
        reader.report(if keys.is_empty() {
            contradictory_keys::none_of(at, fields.within(), &CEILINGS)
        } else {
            contradictory_keys::contradictory(at, fields.within(), &keys)
        });
        return None;
    };
    match entry.key.text.as_str() {
        "for" => reader.period(entry).map(Keep::For),
        "until" => event(reader, entry).map(Keep::Until),
        "criterion" => reader.text(entry).map(Keep::Criterion),
        _ => {
            let because = reader.text(entry);
            let review = reader
                .required(fields, "review")
                .and_then(|entry| reader.date(entry));
            Some(Keep::Forever {
                because: because?,
                review: review?,
            })
        }
    }
}

fn event(reader: &mut Reader<'_>, entry: &Entry) -> Option<String> {
    let text = reader.text(entry)?;
    let plain = text.replace([' ', '-'], "_");
    if EVENTS.contains(&plain.as_str()) {
        return Some(plain);
    }
    let at = reader.at(entry.node.span.clone());
    reader.report(unknown_value::unknown_value(
        at,
        &text,
        "known event",
        &EVENTS,
    ));
    None
}
