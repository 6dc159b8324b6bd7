//! A receipt of every entry of a small ledger, and every way to forge one.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::*;
use crate::commitment::Commitment;
use crate::entropy::SeededEntropy;
use crate::ledger::{Frontier, inclusion_proof};
use crate::note::LogKey;

const ORIGIN: &str = "privacy.example/ledger";
const SIZE: u64 = 7;

fn key() -> LogKey {
    LogKey::generate(ORIGIN, &SeededEntropy::new(1)).unwrap()
}

fn salt() -> CommitmentSalt {
    CommitmentSalt::from_bytes(&[5; 32])
}

fn opening(subject: &[u8]) -> Option<Opening> {
    Some(Opening {
        salt: salt(),
        subject: subject.to_vec(),
    })
}

fn entry(index: u64) -> Entry {
    let mut entry = Entry::new("2026-11-22T09:30:00Z", "subject_request.completed");
    entry.facts.insert("rows".into(), json!(index));
    entry.commitment = (index != 0).then(|| Commitment::commit(&salt(), b"ada@example.org"));
    entry
}

/// The proof of entry `index` and the signed checkpoint.
fn ledger(index: u64) -> (Vec<Hash>, String) {
    ledger_of(&(0..SIZE).map(entry).collect::<Vec<_>>(), index)
}

fn ledger_of(entries: &[Entry], index: u64) -> (Vec<Hash>, String) {
    let (mut frontier, mut nodes) = (Frontier::new(), BTreeMap::new());
    for entry in entries {
        for node in frontier.append(leaf_hash(&entry.encode().unwrap())) {
            nodes.insert((node.level, node.index), node.hash);
        }
    }
    let (size, root) = (frontier.size(), frontier.root());
    let checkpoint = Checkpoint {
        origin: ORIGIN.into(),
        size,
        root,
    };
    (
        inclusion_proof(index, size, &nodes).unwrap(),
        checkpoint.sign(&key()).unwrap(),
    )
}

fn receipt(index: u64, opening: Option<Opening>) -> Receipt {
    let (proof, checkpoint) = ledger(index);
    Receipt::build(entry(index), opening, index, proof, checkpoint).unwrap()
}

fn verify(text: &str) -> Result<VerifiedReceipt, ReceiptError> {
    Receipt::parse(text)?.verify(&[key().verifier()])
}

#[test]
fn every_entry_has_a_receipt() {
    for index in 0..SIZE {
        let verified = verify(&receipt(index, None).to_text().unwrap()).unwrap();
        let expected = VerifiedReceipt {
            entry: entry(index),
            index,
            size: SIZE,
            origin: ORIGIN.into(),
            opened: false,
        };
        assert_eq!(verified, expected);
    }
}

#[test]
fn the_text_is_a_tlog_proof() {
    let text = receipt(3, opening(b"ada@example.org")).to_text().unwrap();
    let lines: Vec<_> = text.split('\n').collect();
    assert_eq!(lines[0], "c2sp.org/tlog-proof@v1");
    let extra = STANDARD
        .decode(lines[1].strip_prefix("extra ").unwrap())
        .unwrap();
    let extra: serde_json::Value = serde_json::from_slice(&extra).unwrap();
    assert_eq!(extra["entry"]["facts"]["rows"], 3);
    assert_eq!(extra["opening"]["salt"], "05".repeat(32));
    assert_eq!(lines[2], "index 3");
    assert_eq!(lines[3].len(), 44);
    assert_eq!(lines[6..9], ["", ORIGIN, "7"]);
}

#[test]
fn an_opening_shows_whom_the_entry_concerns_and_can_be_dropped() {
    let receipt = receipt(3, opening(b"ada@example.org"));
    let verified = verify(&receipt.to_text().unwrap()).unwrap();
    assert!(verified.opened);
    assert_eq!(receipt.opening().unwrap().subject, b"ada@example.org");
    let shown = format!("{:?}", receipt.opening());
    assert_eq!(shown, "Some(Opening(..))");
    let bare = receipt.without_opening().to_text().unwrap();
    assert!(!verify(&bare).unwrap().opened);
    let again = Receipt::parse(&bare)
        .unwrap()
        .with_opening(opening(b"ada@example.org").unwrap());
    assert!(verify(&again.unwrap().to_text().unwrap()).unwrap().opened);
    let other = Receipt::parse(&bare)
        .unwrap()
        .with_opening(opening(b"bob@example.org").unwrap());
    assert_eq!(other.unwrap_err(), ReceiptError::Opening);
}

#[test]
fn wrong_openings_are_refused() {
    let (proof, checkpoint) = ledger(3);
    let built = Receipt::build(entry(3), opening(b"bob"), 3, proof, checkpoint);
    assert_eq!(built.unwrap_err(), ReceiptError::Opening);
    let (proof, checkpoint) = ledger(0);
    let built = Receipt::build(entry(0), opening(b"ada@example.org"), 0, proof, checkpoint);
    assert_eq!(built.unwrap_err(), ReceiptError::Opening);

    let text = receipt(3, opening(b"ada@example.org")).to_text().unwrap();
    let forged = replace_extra(
        &text,
        &STANDARD.encode("ada@example.org"),
        &STANDARD.encode("bob@example.org"),
    );
    assert_eq!(verify(&forged), Err(ReceiptError::Opening));
}

#[test]
fn a_subject_is_short() {
    let (mut named, subject) = (entry(1), vec![b'a'; SUBJECT_BYTES_MAX + 1]);
    named.commitment = Some(Commitment::commit(&salt(), &subject));
    let (proof, checkpoint) = ledger_of(&[named.clone()], 0);
    let built = Receipt::build(named, opening(&subject), 0, proof, checkpoint);
    assert_eq!(built.unwrap_err(), ReceiptError::TooLarge);
}

#[test]
fn every_flipped_byte_is_found() {
    for opening in [None, opening(b"ada@example.org")] {
        let text = receipt(3, opening).to_text().unwrap();
        for at in 0..text.len() {
            for mask in [0x01, 0x02, 0x20, 0x80] {
                let mut bytes = text.as_bytes().to_vec();
                bytes[at] ^= mask;
                let held = String::from_utf8(bytes).is_ok_and(|text| verify(&text).is_ok());
                assert!(!held, "byte {at} mask {mask:#x}");
            }
        }
    }
}

#[test]
fn parts_of_other_receipts_do_not_fit() {
    let (proof, checkpoint) = ledger(3);
    let wrong = |entry_of: u64, index: u64, proof: &[Hash]| {
        Receipt::build(
            entry(entry_of),
            None,
            index,
            proof.to_vec(),
            checkpoint.clone(),
        )
        .unwrap_err()
    };
    assert_eq!(
        wrong(2, 3, &proof),
        ReceiptError::Inclusion(VerifyError::Root)
    );
    assert_eq!(
        wrong(3, 2, &proof),
        ReceiptError::Inclusion(VerifyError::Root)
    );
    assert_eq!(
        wrong(3, SIZE, &proof),
        ReceiptError::Inclusion(VerifyError::OutOfRange)
    );
    assert_eq!(
        wrong(3, 3, &proof[1..]),
        ReceiptError::Inclusion(VerifyError::Length)
    );
}

#[test]
fn other_spellings_are_refused() {
    let text = receipt(3, None).to_text().unwrap();
    let malformed = [
        String::new(),
        text.replace("@v1", "@v2"),
        text.replace('\n', "\r\n"),
        text.replace("index 3", "index 03"),
        text.replace("index 3", "index  3"),
        text.replace("\nindex", "\nextra AA==\nindex"),
        replace_extra(&text, r#"{"entry""#, r#"{ "entry""#),
        replace_extra(&text, r#""version":1}}"#, r#""version":1},"more":1}"#),
        replace_extra(&text, r#""version":1}}"#, r#""version":1},"opening":null}"#),
        replace_extra(&text, r#"{"entry":{"#, r#"{"entry":{"facts":{},"#),
    ];
    for bad in malformed {
        assert_eq!(verify(&bad), Err(ReceiptError::Malformed), "{bad}");
    }
    let long = "a".repeat(RECEIPT_BYTES_MAX + 1);
    assert_eq!(verify(&long), Err(ReceiptError::TooLarge));
    let hash = STANDARD.encode([0; 32]) + "\n";
    let long = text.replace("index 3\n", &("index 3\n".to_owned() + &hash.repeat(60)));
    assert_eq!(verify(&long), Err(ReceiptError::Malformed));
    let cut = text.trim_end();
    assert!(matches!(verify(cut), Err(ReceiptError::Checkpoint(_))));
}

#[test]
fn strangers_keys_decide() {
    let receipt = receipt(3, None);
    let other = LogKey::generate(ORIGIN, &SeededEntropy::new(2)).unwrap();
    assert!(matches!(
        receipt.verify(&[other.verifier()]),
        Err(ReceiptError::Checkpoint(_))
    ));
    assert!(matches!(
        receipt.verify(&[]),
        Err(ReceiptError::Checkpoint(_))
    ));
}

/// The largest and deepest entry that the ledger accepts still fits.
#[test]
fn whatever_the_ledger_holds_fits_a_receipt() {
    let mut large = entry(1);
    let mut deep = json!("x");
    for _ in 0..5 {
        deep = json!([deep]);
    }
    large.facts.insert("deep".into(), json!({ "d": deep }));
    let mut deeper = large.clone();
    deeper.facts.insert("deep".into(), json!({ "d": [deep] }));
    assert!(deeper.encode().is_err());
    let room = crate::entry::ENTRY_BYTES_MAX - large.encode().unwrap().len();
    large.facts.insert(
        "text".into(),
        json!("y".repeat(room - r#","text":"""#.len())),
    );
    assert_eq!(large.encode().unwrap().len(), crate::entry::ENTRY_BYTES_MAX);
    let (proof, checkpoint) = ledger_of(&[large.clone()], 0);
    let receipt = Receipt::build(large, opening(b"ada@example.org"), 0, proof, checkpoint).unwrap();
    assert!(verify(&receipt.to_text().unwrap()).unwrap().opened);
}

fn replace_extra(text: &str, from: &str, to: &str) -> String {
    let line = text.split('\n').nth(1).unwrap();
    let extra = STANDARD
        .decode(line.strip_prefix("extra ").unwrap())
        .unwrap();
    let extra = String::from_utf8(extra).unwrap();
    assert!(extra.contains(from), "{from} is not in {extra}");
    text.replace(
        line,
        &format!("extra {}", STANDARD.encode(extra.replace(from, to))),
    )
}

/// `tests/tools/verifier.test.mjs` makes it with other code, and shows it to the
/// published verifier.
#[test]
fn the_published_example_holds_here_as_in_a_browser() {
    let text = include_str!("../../../../web/verifier/example.tlog-proof");
    let key = include_str!("../../../../web/verifier/example.key");
    let key: VerifierKey = key.trim().parse().unwrap();
    let receipt = Receipt::parse(text).unwrap();
    let verified = receipt.verify(&[key]).unwrap();
    assert_eq!((verified.index, verified.size), (3, 7));
    assert_eq!(receipt.opening().unwrap().subject, b"camille@post.example");
}
