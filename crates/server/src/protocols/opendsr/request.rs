//! What a controller sends (OpenDSR 2.0, Section 7.1), read strictly. Refuses
//! identities in formats that lead to nobody, and to do less than was asked: one
//! identity that can't be used refuses all.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_policy::charter::Right;
use serde_json::Value;

use super::IDENTITY_TYPES;
use crate::protocols::callback::Origin;
use crate::protocols::parties::Controller;
use crate::protocols::reading::Reading;

/// Identities and addresses in one message.
const IDENTITIES_MAX: usize = 16;
const CALLBACKS_MAX: usize = 4;
/// The formats that the protocol knows; only the first leads to anybody.
const FORMATS: [&str; 4] = ["raw", "sha1", "md5", "sha256"];

/// What is asked for a person.
#[derive(Debug)]
pub(super) struct Asked {
    /// The controller's own id.
    pub(super) id: String,
    /// The right.
    pub(super) right: Right,
    /// What leads to the person, by the declaration's kinds.
    pub(super) identities: Vec<Identity>,
    /// Where the controller wants to be told.
    pub(super) callbacks: Vec<String>,
}

/// The types of subject requests that the protocol knows.
pub(super) const TYPES: [(&str, Right); 3] = [
    ("access", Right::Access),
    ("portability", Right::Portability),
    ("erasure", Right::Erasure),
];

/// Reads a body; what was wrong, each with its key, otherwise.
pub(super) fn read(
    body: &[u8],
    controller: &Controller,
    domain: &str,
) -> Result<Asked, Vec<String>> {
    let reading = Reading::of(body);
    let mut reading = reading.ok_or_else(|| vec!["the body must be a JSON object".to_owned()])?;
    let id = reading.required("subject_request_id");
    if id.as_deref().is_some_and(|id| !is_uuid_v4(id)) {
        reading.wrong::<()>("subject_request_id", "must be a UUID v4 in lower case");
    }
    let named = reading.required("subject_request_type");
    let known = |name: &str| TYPES.iter().find(|(key, _)| *key == name);
    let right = named.as_deref().and_then(known).map(|(_, right)| *right);
    if named.is_some() && right.is_none() {
        let what = "must be `access`, `portability` or `erasure`";
        reading.wrong::<()>("subject_request_type", what);
    }
    let regulation = reading.required("regulation");
    if regulation.is_some_and(|name| name != "gdpr" && name != "ccpa") {
        reading.wrong::<()>("regulation", "must be `gdpr` or `ccpa`");
    }
    reading.moment("submitted_time");
    let version = reading.text("api_version");
    if version.is_some_and(|version| version != "2" && !version.starts_with("2.")) {
        reading.wrong::<()>("api_version", "must be `2.0`");
    }
    let ours = reading.object("extensions");
    if ours.is_some_and(|extensions| extensions.contains_key(domain)) {
        reading.wrong::<()>("extensions", "holds one of ours, and we define none");
    }
    let callbacks = callbacks(&mut reading, controller);
    let identities = identities(&mut reading, controller);
    let wrong = reading.finish();
    match (id, right) {
        (Some(id), Some(right)) if wrong.is_empty() => Ok(Asked {
            id,
            right,
            identities,
            callbacks,
        }),
        _ => Err(wrong),
    }
}

fn callbacks(reading: &mut Reading, controller: &Controller) -> Vec<String> {
    const KEY: &str = "status_callback_urls";
    let mut addresses = Vec::new();
    for value in reading.list(KEY, CALLBACKS_MAX) {
        match value {
            Value::String(text) if Origin::allow(&controller.callbacks, &text) => {
                addresses.push(text);
            }
            _ => {
                let what = "holds one that is not at an origin agreed for this controller";
                reading.wrong::<()>(KEY, what);
            }
        }
    }
    addresses
}

fn identities(reading: &mut Reading, controller: &Controller) -> Vec<Identity> {
    const KEY: &str = "subject_identities";
    let mut identities = Vec::new();
    let mut kinds = BTreeSet::new();
    for value in reading.list(KEY, IDENTITIES_MAX) {
        let Value::Object(object) = value else {
            reading.wrong::<()>(KEY, "must hold objects");
            continue;
        };
        let mut one = Reading::of_object(object);
        if let Some((kind, value)) = identity(&mut one, &controller.identities) {
            if !kinds.insert(kind.clone()) {
                one.wrong::<()>("identity_type", "stands twice");
            }
            let value = value.expose("it leads to the person");
            identities.push(Identity::new(&kind, value));
        }
        reading.join(one);
    }
    if identities.is_empty() {
        reading.wrong::<()>(KEY, "must hold one that this controller may use");
    }
    identities
}

fn identity(
    one: &mut Reading,
    known: &BTreeMap<String, String>,
) -> Option<(String, Personal<String>)> {
    let kind = one.required("identity_type");
    let format = one.required("identity_format");
    let value = one.required("identity_value").map(Personal::new);
    match format.as_deref() {
        None | Some("raw") => {}
        Some(format) if FORMATS.contains(&format) => {
            one.wrong::<()>("identity_format", "must be `raw`: hashes lead to nobody");
        }
        Some(_) => {
            one.wrong::<()>("identity_format", "is none of the protocol");
        }
    }
    let kind = kind?;
    if !IDENTITY_TYPES.contains(&kind.as_str()) {
        return one.wrong("identity_type", "is none of the protocol");
    }
    match known.get(&kind) {
        Some(ours) => Some((ours.clone(), value?)),
        None => one.wrong("identity_type", "is none that this controller may use"),
    }
}

fn is_uuid_v4(text: &str) -> bool {
    let hyphens = [8, 13, 18, 23];
    let bytes = text.as_bytes();
    let has_form = bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match byte {
            b'-' => hyphens.contains(&at),
            b'0'..=b'9' | b'a'..=b'f' => !hyphens.contains(&at),
            _ => false,
        });
    let version = bytes.get(14) == Some(&b'4');
    let variant = matches!(bytes.get(19), Some(b'8' | b'9' | b'a' | b'b'));
    has_form && version && variant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lower_case_uuid_of_version_4_is_one() {
        assert!(is_uuid_v4("a7551968-d5d6-44b2-9831-815ac9017798"));
        for text in [
            "",
            "A7551968-D5D6-44B2-9831-815AC9017798",
            "a7551968-d5d6-14b2-9831-815ac9017798",
            "a7551968-d5d6-44b2-c831-815ac9017798",
            "a7551968d5d644b29831815ac9017798",
            "a755196-8d5d6-44b2-9831-815ac90177980",
            "a7551968-d5d6-44b2-9831-815ac9017798 ",
        ] {
            assert!(!is_uuid_v4(text), "{text}");
        }
    }
}
