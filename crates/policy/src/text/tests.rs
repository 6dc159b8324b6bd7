//! Blocks, sentences, links and dates of texts, with their bytes.

#![expect(clippy::string_slice, reason = "a wrong span should fail the test")]

use jiff::civil::date;

use super::*;

fn read(markdown: &str) -> Document {
    Document::read("en", "policy.md", markdown)
}

#[test]
fn phrases_carry_words_sentence_and_bytes() {
    let markdown = "# Privacy\n\nWe keep **bills** long, e.g. *for tax*. We delete it\nwithin \
                    [seven *working* days](promise:right.erasure). That’s all.\n";
    let document = read(markdown);
    let phrase = document.phrase(0, &document.links[0]);
    assert_eq!(phrase.words, "seven working days");
    assert_eq!(phrase.sentence, "We delete it within seven working days.");
    assert_eq!(phrase.target, "right.erasure");
    assert_eq!(phrase.anchor, "p1");
    assert_eq!(
        &markdown[phrase.span],
        "[seven *working* days](promise:right.erasure)"
    );
}

#[test]
fn list_items_and_cells_are_blocks_of_their_own() {
    let markdown = "Intro:\n\n- [one](promise:a.b)\n- two\n  - [three](promise:c.d)\n\n\
                    | A | B |\n|---|---|\n| x | [y](promise:e.f) |\n";
    let document = read(markdown);
    let words: Vec<&str> = document
        .links
        .iter()
        .map(|link| document.words(link))
        .collect();
    assert_eq!(words, ["one", "three", "y"]);
    let plain: Vec<&str> = document
        .blocks
        .iter()
        .map(|block| block.plain.as_str())
        .collect();
    assert_eq!(plain, ["Intro:", "one", "two", "three", "A", "B", "x", "y"]);
}

#[test]
fn plain_text_leads_back_to_its_bytes() {
    let markdown = "Some *very* `exact` words &amp; é [more](promise:x.y).";
    let document = read(markdown);
    let block = &document.blocks[0];
    for word in ["very", "exact", "é", "more"] {
        let start = block.plain.find(word).unwrap();
        let span = block.source(&(start..start + word.len()));
        assert_eq!(&markdown[span], word);
    }
}

#[test]
fn code_is_no_text() {
    assert!(read("```\n[x](promise:a.b)\n```\n").links.is_empty());
}

#[test]
fn sentences_end_where_they_do() {
    let plain = "We use Stripe, Inc. as processor. Version 1.2 is fine! (See Art. 6 GDPR.) Ask us.";
    let document = read(plain);
    let block = &document.blocks[0];
    let sentences: Vec<&str> = block
        .sentences
        .iter()
        .map(|span| block.plain[span.clone()].trim())
        .collect();
    assert_eq!(
        sentences,
        [
            "We use Stripe, Inc. as processor.",
            "Version 1.2 is fine!",
            "(See Art. 6 GDPR.)",
            "Ask us."
        ]
    );
}

#[test]
fn the_effective_date_is_read_in_every_form() {
    let expected = Some(date(2026, 12, 1));
    for line in [
        "Effective 1 December 2026",
        "*Effective date: December 1st, 2026*",
        "In force from 2026-12-01",
        "En vigueur le 1er décembre 2026",
        "Last updated: Dec 1, 2026",
    ] {
        assert_eq!(
            read(&format!("# Privacy\n\n{line}\n")).text.effective,
            expected,
            "{line}"
        );
    }
    let both = "Last updated 2025-01-01\n\nEffective 2026-12-01";
    assert_eq!(read(both).text.effective, expected);
    assert_eq!(read("We began on 2026-12-01.").text.effective, None);
    assert_eq!(read("Effective 31 February 2026").text.effective, None);
}

#[test]
fn blocks_know_what_they_stand_under() {
    let markdown = "# Policy\n\n## Kept how long\n\nWe delete:\n\n- logs\n  - old ones\n- chats\n\n\
                    | Cookie | | Stays |\n|---|---|---|\n| a | b | c |\n| d | | f |\n\n## Next\n\nEnd.\n";
    let document = read(markdown);
    let find = |plain: &str| {
        let mut blocks = document.blocks.iter();
        blocks.find(|block| block.plain == plain).unwrap()
    };
    let under = |plain: &str| -> Vec<&str> {
        let context = document.context(find(plain));
        context.map(|block| block.plain.as_str()).collect()
    };
    assert_eq!(under("logs"), ["We delete:", "Kept how long", "Policy"]);
    assert_eq!(under("old ones"), ["logs", "Kept how long", "Policy"]);
    assert_eq!(under("chats"), ["We delete:", "Kept how long", "Policy"]);
    assert_eq!(under("End."), ["Next", "Policy"]);
    assert_eq!(find("logs").kind, Kind::Item);
    assert_eq!(find("Next").kind, Kind::Heading(2));
    let columns: Vec<Option<&str>> = ["a", "b", "c", "d", "f"]
        .map(|cell| document.column(find(cell)))
        .to_vec();
    let (cookie, stays) = (Some("Cookie"), Some("Stays"));
    assert_eq!(columns, [cookie, None, stays, cookie, stays]);
    let at = document
        .blocks
        .iter()
        .position(|block| block.plain == "c")
        .unwrap();
    let row: Vec<&str> = document
        .row(at)
        .map(|(_, cell)| cell.plain.as_str())
        .collect();
    assert_eq!(row, ["b", "a"]);
}
