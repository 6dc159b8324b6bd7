//! `children`: whom the service is not for (GDPR Article 8).

use crate::charter::Children;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "children",
    "Whom the service is not for (GDPR Article 8).",
    &[
        Key::required(
            "under",
            Kind::Count,
            "Not directed at people below this age, in years.",
        ),
        Key::new(
            "erase",
            Kind::Period,
            "Within what time their data is erased, once it is found.",
        ),
        Key::new(
            "parent",
            Kind::Flag,
            "Whether a parent's consent is asked instead.",
        ),
    ],
);

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Option<Children> {
    let fields = reader.fields(entry, "`children`", &SHAPE)?;
    Some(Children {
        erase: reader.field(&fields, "erase", Reader::period),
        parent: reader.flag_field(&fields, "parent"),
        under: reader.field(&fields, "under", Reader::count)?,
    })
}
