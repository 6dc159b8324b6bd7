//! One entry, one encoding; everything else refused.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::commitment::CommitmentSalt;

fn entry() -> Entry {
    let mut entry = Entry::new("2026-11-22T09:30:00Z", "subject_request.completed");
    entry.charter = Some("sha256:0f".into());
    entry.promises = vec!["right.erasure".into(), "retain.usage_events".into()];
    entry.subject_request = Some("sr_01".into());
    entry.commitment = Some(Commitment::commit(
        &CommitmentSalt::from_bytes(&[7; 32]),
        b"ada@example.org",
    ));
    entry
        .facts
        .insert("rows".into(), json!({"orders": 3, "accounts": 1}));
    entry.facts.insert("law".into(), json!(["FR accounting"]));
    entry
}

fn with(change: impl FnOnce(&mut Entry)) -> Result<Vec<u8>, EntryError> {
    let mut entry = entry();
    change(&mut entry);
    entry.encode()
}

#[test]
fn the_encoding_is_fixed() {
    let bytes = entry().encode().unwrap();
    let expected = concat!(
        r#"{"at":"2026-11-22T09:30:00Z","charter":"sha256:0f","commitment":"COMMITMENT","#,
        r#""facts":{"law":["FR accounting"],"rows":{"accounts":1,"orders":3}},"#,
        r#""kind":"subject_request.completed","#,
        r#""promises":["right.erasure","retain.usage_events"],"subject_request":"sr_01","version":1}"#,
    );
    let commitment = entry().commitment.unwrap().to_string();
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        expected.replace("COMMITMENT", &commitment)
    );
    assert_eq!(Entry::decode(&bytes), Ok(entry()));
}

#[test]
fn other_spellings_are_refused() {
    let text =
        String::from_utf8(Entry::new("2026-11-22T09:30:00Z", "a.b").encode().unwrap()).unwrap();
    assert_eq!(
        text,
        r#"{"at":"2026-11-22T09:30:00Z","kind":"a.b","version":1}"#
    );
    for (bad, error) in [
        (
            text.replace(r#","kind""#, r#", "kind""#),
            EntryError::NotCanonical,
        ),
        (
            text.replace(r#""version":1"#, r#""version":1,"facts":{}"#),
            EntryError::NotCanonical,
        ),
        (text.replace("a.b", "\\u0061.b"), EntryError::NotCanonical),
        (text.clone() + "\n", EntryError::NotCanonical),
        (text.clone() + "x", EntryError::Syntax),
        (
            text.replace(r#""version":1"#, r#""version":2"#),
            EntryError::Version { found: 2 },
        ),
        (
            text.replace(r#""version":1"#, r#""version":1,"who":1"#),
            EntryError::Syntax,
        ),
        (text.replace(r#","version":1"#, ""), EntryError::Syntax),
        (
            text.replace(r#""kind""#, r#""facts":{"a":1,"a":2},"kind""#),
            EntryError::NotCanonical,
        ),
    ] {
        assert_eq!(Entry::decode(bad.as_bytes()), Err(error), "{bad}");
    }
}

#[test]
fn fields_follow_their_rules() {
    assert!(matches!(
        with(|e| e.at = "yesterday".into()),
        Err(EntryError::Time { .. })
    ));
    assert!(matches!(
        with(|e| e.kind = "Completed".into()),
        Err(EntryError::Kind { .. })
    ));
    assert_eq!(
        with(|e| e.charter = Some(String::new())),
        Err(EntryError::Id { field: "charter" })
    );
    assert_eq!(
        with(|e| e.subject_request = Some("ada@example.org".into())),
        Err(EntryError::Id {
            field: "subject_request"
        })
    );
    assert_eq!(
        with(|e| e.promises.push("right.erasure".into())),
        Err(EntryError::Twice {
            promise: "right.erasure".into()
        })
    );
    assert!(matches!(
        with(|e| drop(e.facts.insert("ratio".into(), json!(0.5)))),
        Err(EntryError::Fact(CanonicalError::Fraction(_)))
    ));
}

#[test]
fn addresses_never_enter_and_are_never_shown() {
    for (name, value) in [
        ("note", json!("wrote to ada@example.org")),
        ("note", json!([{"to": ["ada@example.org"]}])),
        ("note", json!({"ada@example.org": 1})),
        ("ada@example.org", json!(1)),
    ] {
        let error = with(|e| drop(e.facts.insert(name.into(), value))).unwrap_err();
        assert!(matches!(error, EntryError::Personal { .. }));
        assert!(!format!("{error} {error:?}").contains("ada"));
    }
}

#[test]
fn length_and_depth_are_bounded() {
    let room = with(|e| drop(e.facts.insert("x".into(), json!(""))))
        .unwrap()
        .len();
    let fill = |n: usize| with(|e| drop(e.facts.insert("x".into(), json!("y".repeat(n)))));
    let longest = fill(ENTRY_BYTES_MAX - room).unwrap();
    assert!(Entry::decode(&longest).is_ok());
    assert_eq!(
        fill(ENTRY_BYTES_MAX - room + 1),
        Err(EntryError::Length {
            found: ENTRY_BYTES_MAX + 1
        })
    );
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    assert_eq!(
        with(|e| drop(e.facts.insert("x".into(), deep))),
        Err(EntryError::Fact(CanonicalError::Depth))
    );
    let bomb = "[".repeat(60_000);
    assert_eq!(Entry::decode(bomb.as_bytes()), Err(EntryError::Syntax));
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        names in proptest::collection::btree_map("[a-z_ .]{1,9}", any::<(i64, bool, String)>(), 0..6),
    ) {
        let mut entry = entry();
        entry.facts = names.into_iter().map(|(k, v)| (k, json!([v.0, v.1, v.2]))).collect();
        if let Ok(bytes) = entry.encode() {
            prop_assert_eq!(Entry::decode(&bytes), Ok(entry));
        }
    }

    #[test]
    fn whatever_decodes_is_canonical(at in 0_usize..300, byte in any::<u8>()) {
        let mut bytes = entry().encode().unwrap();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(read) = Entry::decode(&bytes) {
            prop_assert_eq!(read.encode().unwrap(), bytes);
        }
    }
}
