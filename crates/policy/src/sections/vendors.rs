//! `vendors`: who receives what, for which purpose, where.

use crate::charter::{Named, Vendor};
use crate::reader::Reader;
use crate::words;
use crate::yaml::Entry;

const KEYS: [&str; 8] = [
    "name", "for", "receives", "region", "transfer", "erase", "when", "opt_out",
];
/// GDPR Chapter V: Articles 45, 46(2)(c), 46(2)(b), 49, and none needed.
const TRANSFERS: [(&str, &str); 5] = [
    ("adequacy", "adequacy"),
    ("scc", "scc"),
    ("bcr", "bcr"),
    ("derogation", "derogation"),
    ("none", "none"),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Vendor> {
    reader.named(entry, vendor)
}

fn vendor(reader: &mut Reader<'_>, entry: &Entry) -> Option<Vendor> {
    let key = &entry.key.text;
    let fields = reader.fields(entry, format!("`vendors.{key}`"), &KEYS)?;
    let name = fields.get("name").and_then(|entry| reader.text(entry));
    let purposes = reader
        .required(&fields, "for")
        .map(|entry| reader.mentions(entry, "purposes"));
    let receives = fields
        .get("receives")
        .map(|entry| reader.mentions(entry, "data"));
    let transfer = fields
        .get("transfer")
        .and_then(|entry| reader.one_of(entry, "transfer mechanism", &TRANSFERS));
    let mut text = |key| fields.get(key).and_then(|entry| reader.text(entry));
    let (region, erase, when, opt_out) =
        (text("region"), text("erase"), text("when"), text("opt_out"));
    Some(Vendor {
        name: name.unwrap_or_else(|| words::capitalised(key)),
        purposes: purposes?,
        receives: receives.unwrap_or_default(),
        region,
        transfer: transfer.map(str::to_owned),
        erase,
        when,
        opt_out,
    })
}
