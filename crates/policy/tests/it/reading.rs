//! Whatever the bytes: reading ends, panics nowhere, and points at places that
//! are there. Every report can be made of it.

use candor_policy::Bundle;
use candor_policy::reading::{Format, Reading, ReadingError, read, report};
use candor_policy::render::sarif;
use jiff::civil::date;
use proptest::prelude::*;

const FORMATS: [Format; 3] = [Format::Markdown, Format::Html, Format::Plain];

/// Reads a text in every format, makes every report, and checks every place.
fn check(source: &str) {
    for format in FORMATS {
        let Ok(reading) = read("policy.md", source, format, Some(date(2026, 11, 22))) else {
            continue;
        };
        let bundle = Bundle::new([("policy.md".to_owned(), source.to_owned())]);
        for at in places(&reading) {
            assert!(
                source.get(at.clone()).is_some(),
                "{format:?}: no text at {at:?}"
            );
        }
        let html = report::html(&reading);
        assert!(!html.contains("<script"), "{format:?}: a script");
        assert!(report::json(&reading, &bundle).starts_with('{'));
        assert!(report::text(&reading, &bundle, true).contains("words"));
        assert!(sarif::render(&reading.findings, &bundle).contains("2.1.0"));
    }
}

fn places(reading: &Reading) -> Vec<std::ops::Range<usize>> {
    let commitments = reading.commitments.iter().map(|found| &found.at);
    let durations = reading.durations.iter().map(|found| &found.at);
    let recipients = reading.recipients.iter().flat_map(|found| &found.at);
    let findings = reading.findings.iter().flat_map(|found| {
        let secondary = found.secondary.iter().map(|label| &label.at);
        std::iter::once(&found.primary.at).chain(secondary)
    });
    commitments
        .chain(durations)
        .chain(recipients)
        .chain(findings)
        .map(|at| at.span.clone())
        .collect()
}

/// Parts that the readers and rules treat in a way of their own.
pub(crate) const PARTS: [&str; 44] = [
    "We ",
    "never ",
    "sell ",
    "your data. ",
    "keep ",
    "for 30 days",
    "forever",
    "only ",
    "Stripe",
    ", Mailchimp ",
    "\n\n",
    "\n",
    "# ",
    "## Cookies\n",
    "- ",
    "* ",
    "1. ",
    "(a) ",
    "| a | b |\n",
    "|---|---|\n",
    "[link](",
    "#)",
    "](https://example.com)",
    "**",
    "<p>",
    "</p>",
    "<table><tr><th>",
    "<td>",
    "</tr>",
    "<li>",
    "<ul>",
    "<a href='#x'>",
    "&amp;",
    "&nbsp;",
    "<nav>",
    "\u{202e}",
    "é",
    "שלום ",
    "under 13 ",
    "by using this site you agree ",
    "section 4 ",
    "“",
    "”",
    "the following:",
];

proptest! {
    #[test]
    fn any_text_is_read_or_refused(source in "\\PC{0,400}") {
        check(&source);
    }

    #[test]
    fn any_row_of_parts_is_read(parts in prop::collection::vec(prop::sample::select(&PARTS[..]), 0..120)) {
        check(&parts.concat());
    }
}

#[test]
fn what_is_no_policy_is_refused_once() {
    let read = |source: &str| read("policy.md", source, Format::Markdown, None).map(|_| ());
    assert_eq!(read(" \n\n"), Err(ReadingError::Empty));
    for (source, place) in [
        ("a\nb\u{0}b".to_owned(), (2, 2)),
        ("a ".repeat(3 * 1024 * 1024), (1, 1)),
        ("a ".repeat(600 * 1024), (1, 1)),
        ("a\n\n".repeat(60_000), (1, 1)),
        ("\u{5d0}\u{5d1} ".repeat(50), (1, 1)),
        ("[".repeat(10_000), (1, 65)),
        ("We keep \u{202e}syad 09".to_owned(), (1, 9)),
    ] {
        let Err(ReadingError::Refused {
            line, column, help, ..
        }) = read(&source)
        else {
            panic!("`{source:.20}` was read");
        };
        assert_eq!((line, column), place, "`{source:.20}`");
        assert!(!help.is_empty());
    }
}

/// Each of these made some reader slow, or would. Twice the length may take
/// twice the time; a square would take minutes here.
#[test]
fn hostile_texts_end_soon() {
    let sentence =
        "We keep IP addresses for 30 days and share them only with Stripe, never with others ";
    for source in [
        "[".repeat(10_000),
        "<div>".repeat(10_000),
        "<table><tr><td>".repeat(4_000),
        "- ".repeat(10_000),
        "> ".repeat(5_000),
        format!("{}{}", "*".repeat(10_000), "_".repeat(10_000)),
        "&".repeat(20_000),
        "(".repeat(10_000) + "see section 9 as listed above. ",
        sentence.repeat(400),
        format!("{}.\n\n", sentence.trim_end()).repeat(300),
        format!("- {}\n", sentence.trim_end()).repeat(300),
        "# Cookies\n".repeat(3_000),
        "[a](#a) ".repeat(3_000),
        "| a | b |\n|---|---|\n".to_owned() + &"| Foo | We keep it for 30 days |\n".repeat(1_000),
        "\u{5d0}\u{5d1} ".repeat(5_000),
    ] {
        check(&source);
    }
}
