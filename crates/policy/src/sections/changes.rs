//! `changes`: how changes of the policy are announced, and whether protection
//! may ever be lowered.

use crate::charter::Changes;
use crate::checks::unknown_value;
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 2] = ["notify", "ratchet"];
const CHANNELS: [&str; 2] = ["email", "page"];
const RATCHETS: [(&str, bool); 2] = [("never-weaken", true), ("acknowledge", false)];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Option<Changes> {
    let fields = reader.fields(entry, "`changes`", &KEYS)?;
    let channels = reader
        .required(&fields, "notify")
        .map(|entry| reader.texts(entry));
    for (channel, span) in channels.iter().flatten() {
        if !CHANNELS.contains(&channel.as_str()) {
            let at = reader.at(span.clone());
            reader.report(unknown_value::unknown_value(
                at, channel, "channel", &CHANNELS,
            ));
        }
    }
    let never_weaken = fields
        .get("ratchet")
        .and_then(|entry| reader.one_of(entry, "ratchet", &RATCHETS));
    Some(Changes {
        notify: channels?.into_iter().map(|(channel, _)| channel).collect(),
        never_weaken: never_weaken.unwrap_or_default(),
    })
}
