//! `retention`: how long something is kept, with the ceiling that is promised
//! and the floor that law demands.

use super::erasure;
use crate::charter::{Bucket, CalendarSpan, Criterion, Keep, Named, PEOPLE_MIN, Retention, Tally};
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
        Key::new(
            "aggregate",
            Kind::Map(&TALLY),
            "What is counted of rows before they go.",
        ),
    ],
)
.with(&[
    Rule::One(&CEILINGS),
    Rule::Needs("criterion", &["owner", "review"]),
    Rule::Needs("forever", &["review"]),
    Rule::Needs("notice", &["from"]),
    Rule::Needs("from_end_of", &["from"]),
    Rule::Needs("aggregate", &["from", "covers"]),
    Rule::NotBoth(["notice", "aggregate"]),
]);

const TALLY: Shape = Shape::new(
    "tally",
    "Rows whose time is over are counted into a table of the same source, and deleted, in one \
     transaction. Groups of too few people are counted together, under no name; where those are \
     too few as well, they are not counted.",
    &[
        Key::required(
            "into",
            Kind::Text,
            "The table, as `source.table`, with the columns `counted`, the word under `per`, and \
             those under `by` and `sum`.",
        ),
        Key::required(
            "per",
            Kind::Word(|| words(&BUCKETS)),
            "The span that one line counts.",
        ),
        Key::new(
            "by",
            Kind::Many(&Kind::Text),
            "Columns by which rows are told apart; nothing personal, and no keys.",
        ),
        Key::new("sum", Kind::Many(&Kind::Text), "Columns that are added up."),
        Key::new(
            "at_least",
            Kind::Count,
            "The fewest people that a line stands for: 10 where nothing is said, and never fewer.",
        ),
    ],
);
/// The spans that one line of an aggregate may count.
const BUCKETS: [(&str, Bucket); 3] = [
    ("day", Bucket::Day),
    ("month", Bucket::Month),
    ("year", Bucket::Year),
];
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
        aggregate: reader.field(&fields, "aggregate", aggregate),
        keep: keep?,
    })
}

fn aggregate(reader: &mut Reader<'_>, entry: &Entry) -> Option<Tally> {
    let fields = reader.fields(entry, "`aggregate`", &TALLY)?;
    let into = reader.field(&fields, "into", Reader::text);
    let per = reader.field(&fields, "per", |reader, entry| {
        reader.one_of(entry, "span of an aggregate", &BUCKETS)
    });
    let people = reader.field(&fields, "at_least", Reader::count);
    Some(Tally {
        by: reader.words_field(&fields, "by"),
        sum: reader.words_field(&fields, "sum"),
        people_min: people.unwrap_or(PEOPLE_MIN),
        into: into?,
        per: per?,
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
