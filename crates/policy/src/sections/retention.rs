//! `retention`: how long something is kept, with the ceiling that is promised
//! and the floor that law demands.

use super::erasure;
use crate::charter::{CalendarSpan, Criterion, Keep, Named, Retention};
use crate::reader::{Fields, Reader};
use crate::schema::{Key, Kind, Rule, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "retention",
    "How long something is kept: the ceiling that is promised, and the floor that law demands.",
    &[
        Key::new("for", Kind::Period, "A period."),
        Key::new("until", Kind::Word(|| words(&EVENTS)), "An event."),
        Key::new(
            "criterion",
            Kind::Text,
            "A criterion in words.",
        ),
        Key::new(
            "forever",
            Kind::Text,
            "Without end, for this reason.",
        ),
        Key::new(
            "owner",
            Kind::Text,
            "Who judges the criterion: a function, not a name.",
        ),
        Key::new(
            "review",
            Kind::Date,
            "When criterion or reason is looked at again.",
        ),
        Key::new(
            "from",
            Kind::Many(&Kind::Text),
            "The column that starts the period, as `source.table.column`.",
        ),
        Key::new(
            "from_end_of",
            Kind::Word(|| words(&SPANS)),
            "The period starts when the calendar span ends in which that column's time lies.",
        ),
        Key::new(
            "covers",
            Kind::Many(&Kind::Text),
            "What it governs: names of `data`, or `source.table`; without it, the data of its own name.",
        ),
        Key::new("law", Kind::Text, "The law that demands it, in words."),
        Key::new("at_least", Kind::Period, "The least that law demands."),
        Key::new(
            "on_erasure",
            Kind::Word(|| words(&erasure::WORDS)),
            "What an erasure does to it.",
        ),
        Key::new(
            "shorter_than",
            Kind::Name("retention"),
            "The rule than which this one is shorter.",
        ),
        Key::new(
            "unless",
            Kind::Text,
            "When it is kept longer all the same, in words.",
        ),
        Key::new(
            "on_request",
            Kind::Flag,
            "Whether a person is told the exact period on request.",
        ),
        Key::new(
            "notice",
            Kind::Period,
            "How long before it goes people are told by mail; nothing goes before they were.",
        ),
    ],
)
.with(&[
    Rule::One(&CEILINGS),
    Rule::Needs("criterion", &["owner", "review"]),
    Rule::Needs("forever", &["review"]),
    Rule::Needs("notice", &["from"]),
    Rule::Needs("from_end_of", &["from"]),
]);
/// The spans of the calendar at whose end a period may start.
const SPANS: [(&str, CalendarSpan); 3] = [
    (CalendarSpan::Month.word(), CalendarSpan::Month),
    (CalendarSpan::Quarter.word(), CalendarSpan::Quarter),
    (CalendarSpan::Year.word(), CalendarSpan::Year),
];
/// The keys that say how long; a rule has exactly one of them.
const CEILINGS: [&str; 4] = ["for", "until", "criterion", "forever"];
/// Events the engine can learn of.
const EVENTS: [(&str, &str); 8] = [
    ("account_closed", "account_closed"),
    ("case_closed", "case_closed"),
    ("consent_withdrawn", "consent_withdrawn"),
    ("contract_ended", "contract_ended"),
    ("purpose_fulfilled", "purpose_fulfilled"),
    ("request_closed", "request_closed"),
    ("session_ended", "session_ended"),
    ("unsubscribed", "unsubscribed"),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Retention> {
    reader.named(entry, retention)
}

fn retention(reader: &mut Reader<'_>, entry: &Entry) -> Option<Retention> {
    let fields = reader.fields(entry, format!("`retention.{}`", entry.key.text), &SHAPE)?;
    let keep = keep(reader, &fields);
    let on_erasure = reader.field(&fields, "on_erasure", |reader, entry| {
        reader.one_of(entry, "erasure", &erasure::WORDS)
    });
    let from_end_of = reader.field(&fields, "from_end_of", |reader, entry| {
        reader.one_of(entry, "span of the calendar", &SPANS)
    });
    Some(Retention {
        covers: reader.words_field(&fields, "covers"),
        from: reader.words_field(&fields, "from"),
        from_end_of,
        law: reader.field(&fields, "law", Reader::text),
        at_least: reader.field(&fields, "at_least", Reader::period),
        on_erasure: on_erasure.unwrap_or_default(),
        shorter_than: reader.name_field(&fields, "shorter_than", "retention"),
        unless: reader.field(&fields, "unless", Reader::text),
        on_request: reader.flag_field(&fields, "on_request"),
        notice: reader.field(&fields, "notice", Reader::period),
        keep: keep?,
    })
}

fn keep(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Keep> {
    let mut given = CEILINGS.iter().filter_map(|key| fields.get(key));
    let entry = given.next()?;
    if given.next().is_some() {
        return None;
    }
    match entry.key.text.as_str() {
        "for" => reader.period(entry).map(Keep::For),
        "until" => reader
            .one_of(entry, "known event", &EVENTS)
            .map(|event| Keep::Until(event.to_owned())),
        "criterion" => {
            let says = reader.text(entry);
            let owner = reader.field(fields, "owner", Reader::text);
            let review = reader.field(fields, "review", Reader::date);
            Some(Keep::Criterion(Criterion {
                says: says?,
                owner: owner?,
                review: review?,
            }))
        }
        _ => {
            let because = reader.text(entry);
            let review = reader.field(fields, "review", Reader::date);
            Some(Keep::Forever {
                because: because?,
                review: review?,
            })
        }
    }
}
