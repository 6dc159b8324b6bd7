//! `sale`: whether data is sold. Only `never` can be said: a sale needs more
//! than this language has words for.

use crate::reader::Reader;
use crate::yaml::Entry;

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> bool {
    reader
        .one_of(entry, "rule for sale", &[("never", true)])
        .unwrap_or_default()
}
