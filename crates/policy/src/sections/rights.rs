//! `rights`: what people can ask for, and by when it is done.

use std::collections::BTreeMap;

use crate::charter::{Approval, Clock, Right, RightTerms, Rounding};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Rule, Shape, words};
use crate::yaml::Entry;

pub(super) const SECTION: Shape = Shape::new(
    "rights",
    "What people can ask for (GDPR Chapter III), and by when it is done.",
    &[
        Key::new("access", TERMS, "A copy of the data (Article 15)."),
        Key::new("rectification", TERMS, "Correction (Article 16)."),
        Key::new("erasure", TERMS, "Erasure (Article 17)."),
        Key::new("restriction", TERMS, "Restriction of use (Article 18)."),
        Key::new(
            "portability",
            TERMS,
            "The data in a form to take elsewhere (Article 20).",
        ),
        Key::new("objection", TERMS, "Objection to a use (Article 21)."),
        Key::new("withdrawal", TERMS, "Withdrawal of consent (Article 7(3))."),
        Key::new(
            "opt_out",
            TERMS,
            "Opting out of the sale and sharing of data (California Civil Code §1798.120).",
        ),
        Key::new(
            "complaint",
            TERMS,
            "Complaint, to the organisation or to an authority (Article 77).",
        ),
    ],
);
const TERMS: Kind = Kind::Map(&SHAPE);
const SHAPE: Shape = Shape::new(
    "right",
    "What is promised about a right.",
    &[
        Key::new(
            "answer",
            Kind::Period,
            "When the person gets a first answer.",
        ),
        Key::new("complete", Kind::Period, "When it is done."),
        Key::new(
            "within",
            Kind::Period,
            "The same as `complete`.",
        ),
        Key::new(
            "from",
            Kind::Word(|| words(&CLOCKS)),
            "When the clock starts: `receipt` (what holds without this key) or `verification` of the person.",
        ),
        Key::new(
            "calendar",
            Kind::Place,
            "The country or region whose working days count, where not the organisation's country.",
        ),
        Key::new(
            "rounding",
            Kind::Word(|| words(&ROUNDING)),
            "Whether a period ends with its last day (what holds without this key) or to the minute.",
        ),
        Key::new(
            "extension",
            Kind::Period,
            "How much longer it may take, once the person was told why; at most what the law allows (two months under Article 12(3)). Without it, what is promised is never extended.",
        ),
        Key::new(
            "undo",
            Kind::Period,
            "For an erasure: how long it can be taken back. What it took is sealed until then, and its key destroyed; at most the time in which it is done. Without it, nothing is kept.",
        ),
        Key::new(
            "settle",
            Kind::Period,
            "For an erasure: how long afterwards its rows are looked for again, so that what came late is found; at most 31 days. Without it, 24 hours. Our own record of the person stays until then.",
        ),
        Key::new(
            "except",
            Kind::Many(&Kind::Name("retention")),
            "Retention rules whose data stays.",
        ),
        Key::new(
            "approve",
            Kind::Word(|| words(&APPROVALS)),
            "Whether staff look at it first.",
        ),
        Key::new(
            "through",
            Kind::Many(&Kind::Text),
            "Where it can be exercised, in words.",
        ),
        Key::new(
            "verify",
            Kind::Many(&Kind::Text),
            "How the person's identity is verified first, in words.",
        ),
        Key::new(
            "of",
            Kind::Many(&Kind::Name("people")),
            "Who has it; without it, everybody.",
        ),
    ],
)
.with(&[Rule::NotBoth(["complete", "within"])]);
const CLOCKS: [(&str, Clock); 2] = [
    ("receipt", Clock::Receipt),
    ("verification", Clock::Verification),
];
const ROUNDING: [(&str, Rounding); 2] = [
    ("end_of_day", Rounding::EndOfDay),
    ("exact", Rounding::Exact),
];
const APPROVALS: [(&str, Approval); 2] = [
    ("automatic", Approval::Automatic),
    ("staff", Approval::Staff),
];
pub(super) const RIGHTS: [(&str, Right); 9] = [
    ("access", Right::Access),
    ("rectification", Right::Rectification),
    ("erasure", Right::Erasure),
    ("restriction", Right::Restriction),
    ("portability", Right::Portability),
    ("objection", Right::Objection),
    ("withdrawal", Right::Withdrawal),
    ("opt_out", Right::OptOut),
    ("complaint", Right::Complaint),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> BTreeMap<Right, RightTerms> {
    // The keys are checked; a right without a word on it is a promise too.
    if reader.fields(entry, "`rights`", &SECTION).is_none() {
        return BTreeMap::new();
    }
    let entries = entry.node.entries().iter();
    entries
        .filter_map(|inner| {
            let right = Right::from_key(&inner.key.text)?;
            Some((right, terms(reader, inner)?))
        })
        .collect()
}

fn terms(reader: &mut Reader<'_>, entry: &Entry) -> Option<RightTerms> {
    let fields = reader.fields(entry, format!("`rights.{}`", entry.key.text), &SHAPE)?;
    let mut period = |key| reader.field(&fields, key, Reader::period);
    let (answer, complete, within) = (period("answer"), period("complete"), period("within"));
    let (extension, undo, settle) = (period("extension"), period("undo"), period("settle"));
    let from = reader.field(&fields, "from", |reader, entry| {
        reader.one_of(entry, "start of a clock", &CLOCKS)
    });
    let rounding = reader.field(&fields, "rounding", |reader, entry| {
        reader.one_of(entry, "rounding", &ROUNDING)
    });
    let approve = reader.field(&fields, "approve", |reader, entry| {
        reader.one_of(entry, "approval", &APPROVALS)
    });
    Some(RightTerms {
        answer,
        complete: complete.or(within),
        from: from.unwrap_or_default(),
        calendar: reader.field(&fields, "calendar", Reader::place),
        rounding: rounding.unwrap_or_default(),
        extension,
        undo,
        settle,
        except: reader.names_field(&fields, "except", "retention"),
        approve: approve.unwrap_or_default(),
        through: reader.words_field(&fields, "through"),
        verify: reader.words_field(&fields, "verify"),
        of: reader.names_field(&fields, "of", "people"),
    })
}
