//! `decisions`: solely automated decisions with legal or similar effect
//! (GDPR Article 22), or that there are none.

use crate::charter::{Decision, Decisions};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::{Entry, Value};

pub(super) const SHAPE: Shape = Shape::new(
    "decision",
    "Solely automated decisions with legal or similar effect (GDPR Article 22); `never` where \
     there are none.",
    &[
        Key::required("says", Kind::Text, "What is decided."),
        Key::new("logic", Kind::Text, "How, in words."),
        Key::new("data", Kind::Many(&Kind::Name("data")), "What it rests on."),
        Key::new(
            "human",
            Kind::Flag,
            "Whether a person can have a human look at it.",
        ),
    ],
);
/// There are none.
const NEVER: &str = "never";

pub(super) fn words() -> Vec<&'static str> {
    vec![NEVER]
}

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Option<Decisions> {
    if matches!(entry.node.value, Value::Scalar(_)) {
        return reader
            .one_of(entry, "rule for decisions", &[(NEVER, ())])
            .map(|()| Decisions::Never);
    }
    Some(Decisions::Made(reader.named(entry, decision)))
}

fn decision(reader: &mut Reader<'_>, entry: &Entry) -> Option<Decision> {
    let fields = reader.fields(entry, format!("`decisions.{}`", entry.key.text), &SHAPE)?;
    let decision = Decision {
        says: String::new(),
        logic: reader.field(&fields, "logic", Reader::text),
        data: reader.names_field(&fields, "data", "data"),
        human: reader.flag_field(&fields, "human"),
    };
    Some(Decision {
        says: reader.field(&fields, "says", Reader::text)?,
        ..decision
    })
}
