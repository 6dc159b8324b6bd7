//! Published notes, round trips, and everything a reader must refuse.

use super::*;
use crate::entropy::SeededEntropy;
use crate::secret::Secret;

const SPEC_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const SPEC_NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo \
    Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/// The key and note of Go's `golang.org/x/mod/sumdb/note` documentation.
const GO_SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_TEXT: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n";
const GO_SIGNATURE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNI\
    uGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn key(name: &str) -> LogKey {
    LogKey::generate(name, &SeededEntropy::new(1)).unwrap()
}

#[test]
fn the_specification_s_note_opens() {
    let keys = [SPEC_KEY.parse().unwrap()];
    let note = open(SPEC_NOTE, &keys).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.signers(), keys);
}

#[test]
fn signing_agrees_with_go() {
    let seed = STANDARD.decode(GO_SEED).unwrap();
    let key = LogKey::from_seed("PeterNeumann", &Secret::from_slice(&seed[1..]).unwrap()).unwrap();
    assert_eq!(key.verifier().to_string(), GO_KEY);
    assert_eq!(
        sign(GO_TEXT, &key).unwrap(),
        format!("{GO_TEXT}\n{GO_SIGNATURE}")
    );
}

#[test]
fn every_flipped_byte_is_refused() {
    let keys = [SPEC_KEY.parse().unwrap()];
    for at in 0..SPEC_NOTE.len() {
        for mask in [0x01, 0x20, 0x80] {
            let mut bytes = SPEC_NOTE.as_bytes().to_vec();
            bytes[at] ^= mask;
            let opened = String::from_utf8(bytes).is_ok_and(|note| open(&note, &keys).is_ok());
            assert!(!opened, "byte {at}");
        }
    }
}

#[test]
fn unknown_signatures_are_ignored_and_wrong_ones_are_not() {
    let (log, witness) = (key("log"), key("witness"));
    let note = sign("a\n\nb\n", &log).unwrap();
    let cosigned = sign("a\n\nb\n", &witness)
        .unwrap()
        .replace("a\n\nb\n\n", &note);
    assert_eq!(
        open(&cosigned, &[log.verifier()]).unwrap().text(),
        "a\n\nb\n"
    );
    assert_eq!(
        open(&cosigned, &[log.verifier(), witness.verifier()])
            .unwrap()
            .signers()
            .len(),
        2
    );
    assert_eq!(
        open(&cosigned, &[key("other").verifier()]),
        Err(NoteError::Unknown)
    );
    assert_eq!(open(&note, &[]), Err(NoteError::Unknown));

    let foreign = sign("other\n", &log).unwrap();
    let swapped = format!("a\n\n{}", foreign.strip_prefix("other\n\n").unwrap());
    assert_eq!(
        open(&swapped, &[log.verifier()]),
        Err(NoteError::Signature { name: "log".into() })
    );
}

#[test]
fn malformed_notes_are_refused() {
    let keys = [SPEC_KEY.parse().unwrap()];
    let (text, signature) = SPEC_NOTE.split_once("\n\n").unwrap();
    for bad in [
        String::new(),
        "\n\n".into(),
        text.to_owned(),
        SPEC_NOTE.trim_end().to_owned(),
        SPEC_NOTE.to_owned() + "\n",
        SPEC_NOTE.replace('\n', "\r\n"),
        SPEC_NOTE.replace("\u{2014} ", "- "),
        SPEC_NOTE.replace("\u{2014} example.com/foo ", "\u{2014} example.com/foo  "),
        SPEC_NOTE.replace("aQM=", "aQM"),
        // The same bytes in base64 with stray bits.
        SPEC_NOTE.replace("aQM=", "aQN="),
        SPEC_NOTE.replace("message.", "mess\tage."),
        format!("{text}\n\n\u{2014} x AAAAAA==\n{signature}"),
        format!("{text}\n\n\u{2014} x+y AAAAAAAA\n{signature}"),
        format!("{text}\n\n\u{2014}  AAAAAAAA\n{signature}"),
    ] {
        assert_eq!(open(&bad, &keys), Err(NoteError::Malformed), "{bad:?}");
    }
    let twice = SPEC_NOTE.to_owned() + signature;
    assert_eq!(
        open(&twice, &keys),
        Err(NoteError::Twice {
            name: "example.com/foo".into()
        })
    );
    let mut many = SPEC_NOTE.to_owned();
    for i in 0..SIGNATURES_MAX {
        many += &format!("\u{2014} k{i} AAAAAAAA\n");
    }
    assert_eq!(open(&many, &keys), Err(NoteError::TooLarge));
    let long = "a".repeat(NOTE_BYTES_MAX + 1);
    assert_eq!(open(&long, &keys), Err(NoteError::TooLarge));
}

#[test]
fn only_text_that_a_note_can_hold_is_signed() {
    for bad in ["", "no newline", "tab\t\n", "return\r\n"] {
        assert_eq!(sign(bad, &key("log")), Err(NoteError::Malformed));
    }
}

#[test]
fn verifier_keys_are_read_strictly() {
    let parse = |text: &str| text.parse::<VerifierKey>();
    assert_eq!(
        parse(&SPEC_KEY.replace("530d903a", "530D903A")),
        Err(NoteKeyError::Text)
    );
    assert_eq!(
        parse(&SPEC_KEY.replace("530d903a", "530d903b")),
        Err(NoteKeyError::Id)
    );
    assert_eq!(
        parse(&SPEC_KEY.replace("com/foo", "com/bar")),
        Err(NoteKeyError::Id)
    );
    assert_eq!(
        parse(&SPEC_KEY.replace("com/foo", "com foo")),
        Err(NoteKeyError::Name)
    );
    assert_eq!(
        parse(&SPEC_KEY.replace("+Aek", "+Bek")),
        Err(NoteKeyError::Algorithm { found: 5 })
    );
    assert_eq!(
        parse(&SPEC_KEY.replace("U2k", "U2l")),
        Err(NoteKeyError::Id)
    );
    for bad in ["", "a+b", "a+00000000+", "a+00000000+AQ==", "a+00000000+!"] {
        assert!(parse(bad).is_err(), "{bad}");
    }
    let json = serde_json::to_string(&parse(SPEC_KEY).unwrap()).unwrap();
    assert_eq!(
        serde_json::from_str::<VerifierKey>(&json).unwrap(),
        parse(SPEC_KEY).unwrap()
    );
}

#[test]
fn private_keys_survive_pkcs8_and_are_not_shown() {
    let first = key("log");
    let document = first.expose_pkcs8().unwrap();
    let again = LogKey::from_pkcs8("log", &document).unwrap();
    assert_eq!(again.verifier(), first.verifier());
    assert_eq!(sign("a\n", &again), sign("a\n", &first));
    assert_eq!(
        LogKey::from_pkcs8("log", &document[1..]).unwrap_err(),
        NoteKeyError::Private
    );
    assert_eq!(
        LogKey::from_pkcs8("a b", &document).unwrap_err(),
        NoteKeyError::Name
    );
    assert_eq!(
        format!("{first:?}"),
        format!("LogKey({})", first.verifier())
    );
}
