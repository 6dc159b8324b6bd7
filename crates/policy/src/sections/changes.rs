//! `changes`: how changes of the policy are announced, and whether protection
//! may ever be lowered.

use crate::charter::Changes;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "changes",
    "How changes of the policy are announced, and whether protection may ever be lowered.",
    &[
        Key::required(
            "notify",
            Kind::Many(&Kind::Word(|| words(&CHANNELS))),
            "Where changes are announced.",
        ),
        Key::new(
            "when",
            Kind::Word(|| words(&WHEN)),
            "Which changes: any (what holds without this key), or material ones.",
        ),
        Key::new(
            "to",
            Kind::Text,
            "Who is told, in words: `everyone with an account`.",
        ),
        Key::new("ahead", Kind::Period, "How long before they apply."),
        Key::new(
            "ratchet",
            Kind::Word(|| words(&RATCHETS)),
            "Whether protection may be lowered: never, or only where the weakening is acknowledged.",
        ),
        Key::new(
            "accepted_by",
            Kind::Word(|| words(&ACCEPTANCE)),
            "How people accept a change.",
        ),
        Key::new(
            "dated",
            Kind::Flag,
            "Whether each text carries its date at the top.",
        ),
        Key::new(
            "versions",
            Kind::Flag,
            "Whether old versions stay readable.",
        ),
    ],
);
const CHANNELS: [(&str, &str); 2] = [("email", "email"), ("page", "page")];
const WHEN: [(&str, bool); 2] = [("any", false), ("material", true)];
const RATCHETS: [(&str, bool); 2] = [("never-weaken", true), ("acknowledge", false)];
const ACCEPTANCE: [(&str, &str); 2] = [("continued_use", "continued_use"), ("asked", "asked")];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Option<Changes> {
    let fields = reader.fields(entry, "`changes`", &SHAPE)?;
    let channels = fields.get("notify")?;
    let channels = reader.some_of(channels, "channel", &CHANNELS);
    let mut flag = |key, what, known| {
        reader
            .field(&fields, key, |reader, entry| {
                reader.one_of(entry, what, known)
            })
            .unwrap_or_default()
    };
    let material = flag("when", "kind of change", &WHEN);
    let never_weaken = flag("ratchet", "ratchet", &RATCHETS);
    let accepted_by = reader.field(&fields, "accepted_by", |reader, entry| {
        reader.one_of(entry, "way to accept", &ACCEPTANCE)
    });
    Some(Changes {
        notify: channels.into_iter().map(str::to_owned).collect(),
        never_weaken,
        material,
        to: reader.field(&fields, "to", Reader::text),
        ahead: reader.field(&fields, "ahead", Reader::period),
        accepted_by: accepted_by.map(str::to_owned),
        dated: reader.flag_field(&fields, "dated"),
        versions: reader.flag_field(&fields, "versions"),
    })
}
