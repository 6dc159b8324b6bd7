//! `sale`: whether data is sold. Only `never` can be said: a sale needs more
//! than this language has words for.

use crate::reader::Reader;
use crate::schema;
use crate::yaml::Entry;

const RULES: [(&str, bool); 1] = [("never", true)];

pub(super) fn words() -> Vec<&'static str> {
    schema::words(&RULES)
}

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> bool {
    reader
        .one_of(entry, "rule for sale", &RULES)
        .unwrap_or_default()
}
