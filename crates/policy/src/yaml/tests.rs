//! Trees with their spans, and what is refused.

#![expect(clippy::string_slice, reason = "a wrong span should fail the test")]

use super::*;
use crate::bundle::FILE_BYTES_MAX;

fn read(source: &str) -> (Option<Node>, Vec<&'static str>) {
    let mut diagnostics = Vec::new();
    let node = parse("candor.yaml", source, &mut diagnostics);
    (node, diagnostics.iter().map(|found| found.code).collect())
}

#[test]
fn spans_are_the_bytes_of_keys_and_values() {
    let source = "été: { a: \"x y\", b: [1, deux] }\nlast:\n  - z\n\n\n";
    let (root, codes) = read(source);
    assert!(codes.is_empty());
    let root = root.unwrap();
    let entry = &root.entries()[0];
    assert_eq!(&source[entry.key.span.clone()], "été");
    assert_eq!(
        &source[entry.node.span.clone()],
        "{ a: \"x y\", b: [1, deux] }"
    );
    let inner = entry.node.get("a").unwrap();
    assert_eq!(&source[inner.span.clone()], "\"x y\"");
    assert_eq!(&source[root.get("last").unwrap().span.clone()], "- z");
}

#[test]
fn environment_variables_need_no_quotes() {
    let (root, codes) = read("app: { url: ${APP_URL}, kind: x }\nother: a ${B} c ${}");
    assert!(codes.is_empty(), "{codes:?}");
    let root = root.unwrap();
    let url = root.get("app").unwrap().get("url").unwrap();
    assert!(matches!(&url.value, Value::Scalar(text) if text == "${APP_URL}"));
    let other = root.get("other").unwrap();
    assert!(matches!(&other.value, Value::Scalar(text) if text == "a ${B} c ${}"));
}

#[test]
fn what_would_mislead_is_refused() {
    for (source, code) in [
        ("a: &x 1\nb: *x", "CND0103"),
        ("a: !!str 1", "CND0103"),
        ("a: 1\n---\nb: 2", "CND0103"),
        ("a: 1\na: 2", "CND0102"),
        ("a:\n\t- b", "CND0101"),
        ("a: [1, 2", "CND0101"),
        ("{a: 1}: 2", "CND0101"),
        ("", "CND0101"),
        ("# only a comment\n", "CND0101"),
        ("a: \u{E000}", "CND0101"),
    ] {
        assert_eq!(read(source).1, [code], "{source:?}");
    }
}

#[test]
fn size_and_depth_are_bounded() {
    let deep = format!("a: {}", "[".repeat(10_000));
    assert_eq!(read(&deep).1.len(), 1);
    let nested: String = (0..=DEPTH_MAX)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    assert_eq!(read(&nested).1, ["CND0104"]);
    let many = "- x\n".repeat(NODES_MAX + 1);
    assert_eq!(read(&many).1, ["CND0104"]);
    let large = "#".repeat(FILE_BYTES_MAX + 1);
    assert_eq!(read(&large).1, ["CND0104"]);
}
