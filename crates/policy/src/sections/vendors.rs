//! `vendors`: who receives what, for which purpose, where.

use super::{agreement, people};
use crate::charter::{Named, Vendor};
use crate::promise::Family;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape, words};
use crate::words::capitalised;
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "vendor",
    "Who receives what, for which purpose, where.",
    &[
        Key::new(
            "name",
            Kind::Text,
            "Its name as people know it, where not its key's.",
        ),
        Key::required(
            "for",
            Kind::Many(&Kind::Name("purposes")),
            "What it serves.",
        ),
        Key::new(
            "receives",
            Kind::Many(&Kind::Name("data")),
            "What it receives.",
        ),
        Key::new("only", Kind::Flag, "Whether it receives nothing else."),
        Key::new(
            "collects",
            Kind::Many(&Kind::Name("data")),
            "What it collects itself.",
        ),
        Key::new(
            "enriches",
            Kind::Flag,
            "Whether it adds to profiles what it knows from elsewhere.",
        ),
        Key::new(
            "passes_to",
            Kind::Many(&Kind::Name("vendors")),
            "Vendors to which it passes data on.",
        ),
        Key::new(
            "role",
            Kind::Word(people::roles),
            "Its role: `processor`, or `controller` where it decides itself.",
        ),
        Key::new(
            "agreement",
            agreement::KIND,
            "The processing agreement with it.",
        ),
        Key::new(
            "region",
            Kind::Text,
            "Where it processes: a country or region.",
        ),
        Key::new(
            "transfer",
            Kind::Word(|| words(&TRANSFERS)),
            "What allows the transfer (GDPR Chapter V).",
        ),
        Key::new(
            "erase",
            Kind::Text,
            "The connector that erases a person there.",
        ),
        Key::new(
            "when",
            Kind::Text,
            "Only then, in words: `you sign in with it`.",
        ),
        Key::new(
            "opt_out",
            Kind::Address,
            "The page where a person opts out.",
        ),
        Key::new(
            "group",
            Kind::Flag,
            "Whether it stands for recipients that aren't named one by one (Article 13(1)(e)).",
        ),
    ],
);
/// GDPR Chapter V: Articles 45, 46(2)(c), 46(2)(b), 49, and none needed. The
/// last two no longer allow anything, and are known so that a finding can say
/// so.
const TRANSFERS: [(&str, &str); 8] = [
    ("adequacy", "adequacy"),
    ("dpf", "dpf"),
    ("scc", "scc"),
    ("bcr", "bcr"),
    ("derogation", "derogation"),
    ("none", "none"),
    ("privacy_shield", "privacy_shield"),
    ("safe_harbor", "safe_harbor"),
];
/// Mechanisms that the Court of Justice struck down, with the day.
pub(crate) const EXPIRED_TRANSFERS: [(&str, &str); 2] = [
    ("privacy_shield", "16 July 2020"),
    ("safe_harbor", "6 October 2015"),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Vendor> {
    reader.closable(entry, Family::Share, vendor)
}

fn vendor(reader: &mut Reader<'_>, entry: &Entry) -> Option<Vendor> {
    let key = &entry.key.text;
    let fields = reader.fields(entry, format!("`vendors.{key}`"), &SHAPE)?;
    let name = reader.field(&fields, "name", Reader::text);
    let transfer = reader.field(&fields, "transfer", |reader, entry| {
        reader.one_of(entry, "transfer mechanism", &TRANSFERS)
    });
    let mut text = |key| reader.field(&fields, key, Reader::text);
    let (region, erase, when) = (text("region"), text("erase"), text("when"));
    let purposes = reader.names_field(&fields, "for", "purposes");
    fields.get("for")?;
    Some(Vendor {
        name: name.unwrap_or_else(|| capitalised(key)),
        purposes,
        receives: reader.names_field(&fields, "receives", "data"),
        only: reader.flag_field(&fields, "only"),
        collects: reader.names_field(&fields, "collects", "data"),
        enriches: reader.flag_field(&fields, "enriches"),
        passes_to: reader.names_field(&fields, "passes_to", "vendors"),
        region,
        transfer: transfer.map(str::to_owned),
        erase,
        when,
        opt_out: reader.field(&fields, "opt_out", Reader::address),
        role: reader.field(&fields, "role", people::role),
        agreement: reader.field(&fields, "agreement", agreement::read),
        group: reader.flag_field(&fields, "group"),
    })
}
