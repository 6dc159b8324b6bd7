//! Drafts declare what the text says, and nothing else: every value is in the
//! text, every origin is where it is said to be, and the text itself stays as
//! it was but for the links.

use candor_policy::diagnostic::Severity;
use candor_policy::reading::draft::{Draft, Given, Sureness, draft};
use candor_policy::reading::{Format, ReadingError};
use proptest::prelude::*;

use crate::reading::PARTS;

/// Numbers as people write them.
const NUMBERS: [(&str, u32); 12] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("twelve", 12),
    ("thirty", 30),
];

fn given() -> Given {
    Given {
        name: Some("Example".to_owned()),
        country: Some("FR".to_owned()),
        email: Some("privacy@example.test".to_owned()),
    }
}

fn drafted(text: &str) -> Draft {
    let text = format!("# Privacy\n\nWrite to privacy@example.test.\n\n{text}\n");
    draft(&text, Format::Markdown, &given()).unwrap()
}

fn errors(draft: &Draft) -> Vec<&str> {
    let errors = draft
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error);
    errors.map(|found| found.code).collect()
}

fn value<'d>(draft: &'d Draft, promise: &str) -> Option<&'d str> {
    let mut entries = draft.entries.iter();
    let entry = entries.find(|entry| entry.promise == promise);
    entry.map(|entry| entry.value.as_str())
}

/// A drafted text without its promise links.
fn unlinked(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("](promise:") {
        let (before, after) = rest.split_at(at);
        let open = before.rfind('[').unwrap();
        plain.push_str(before.get(..open).unwrap());
        plain.push_str(before.get(open + 1..).unwrap());
        rest = after.split_once(')').unwrap().1;
    }
    plain + rest
}

/// Every number and every quoted word of a value is in the text, and every
/// origin is where the draft says.
fn check(draft: &Draft, source: &str) {
    let text = draft.files.file("policy.md").unwrap();
    let plain = unlinked(text);
    for entry in &draft.entries {
        let line = plain.lines().nth(entry.origin.line - 1);
        let first = entry.origin.words.lines().next().unwrap();
        assert!(
            line.unwrap().contains(first),
            "{entry:?} is not in line {:?}",
            line.unwrap()
        );
        assert!(text.contains(&format!("](promise:{})", entry.promise)));
        let lower = source.to_lowercase();
        let numbers = entry.value.split(|letter: char| !letter.is_ascii_digit());
        for number in numbers.filter(|number| !number.is_empty()) {
            let word = NUMBERS.iter().find(|(_, n)| n.to_string() == number);
            let said = lower.contains(number) || word.is_some_and(|(word, _)| lower.contains(word));
            assert!(said, "{entry:?}: {number} is not in the text");
        }
        for quoted in entry.value.split('"').skip(1).step_by(2) {
            let said = lower.contains(&quoted.to_lowercase());
            assert!(said, "{entry:?}: `{quoted}` is not in the text");
        }
    }
}

#[test]
fn a_draft_says_where_each_entry_comes_from() {
    let draft = drafted(
        "We log your IP address and keep it for 90 days.\n\nWe may share your email address with \
         Mailchimp.\n\nWe never sell your data.",
    );
    assert_eq!(value(&draft, "retain.ip"), Some("{ for: 90 days }"));
    assert_eq!(value(&draft, "no_sale"), Some("never"));
    let mailchimp = draft
        .entries
        .iter()
        .find(|entry| entry.promise == "share.mailchimp");
    assert_eq!(mailchimp.unwrap().sureness, Sureness::Unsure);
    assert_eq!(mailchimp.unwrap().origin.words, "Mailchimp");
    assert_eq!(
        mailchimp.unwrap().value,
        "{ name: \"Mailchimp\", for: [], receives: [email] }"
    );
    let yaml = draft.files.file("candor.yaml").unwrap();
    assert!(yaml.contains(
        "  # line 5, sure: “90 days” in: We log your IP address and keep it for 90 days.\n  \
         ip: { for: 90 days }\n"
    ));
    assert_eq!(errors(&draft), Vec::<&str>::new());
}

#[test]
fn a_contradiction_stays_in_the_text_and_is_an_error() {
    let draft = drafted(
        "You have the right to erasure. We answer erasure requests within 30 days.\n\nWe answer \
         requests for erasure within 60 days.",
    );
    assert_eq!(value(&draft, "right.erasure"), Some("{ within: 30 days }"));
    let text = draft.files.file("policy.md").unwrap();
    assert!(text.contains("[30 days](promise:right.erasure)"), "{text}");
    assert!(text.contains("[60 days](promise:right.erasure)"), "{text}");
    assert!(
        errors(&draft).contains(&"CND0302"),
        "{:?}",
        draft.diagnostics
    );
    assert!(
        errors(&draft).contains(&"CND0703"),
        "{:?}",
        draft.diagnostics
    );
}

#[test]
fn what_has_no_entry_is_listed() {
    let draft = drafted(
        "We keep IP addresses for 30 days.\n\nWe keep e-mail addresses and names for 60 days.",
    );
    assert_eq!(value(&draft, "retain.ip"), Some("{ for: 30 days }"));
    assert_eq!(value(&draft, "retain.email"), None);
    let left = draft.left.iter().find(|left| left.line == 7).unwrap();
    assert!(left.why.contains("60 days"), "{left:?}");
    let yaml = draft.files.file("candor.yaml").unwrap();
    assert!(yaml.contains("# - line 7: We keep e-mail addresses and names for 60 days."));
}

#[test]
fn what_the_text_does_not_say_is_missing_and_never_made_up() {
    let text = "# Privacy\n\nThe weather is fine.\n";
    let draft = draft(text, Format::Markdown, &Given::default()).unwrap();
    assert_eq!(draft.entries, []);
    assert_eq!(
        draft.missing,
        ["the organisation's name", "its country", "a mailbox"]
    );
    assert!(errors(&draft).contains(&"CND0203"));
}

#[test]
fn who_speaks_is_read_and_only_completed_by_what_is_given() {
    let text = "# Privacy\n\nExample Hosting, Inc. (“we”), Main Street, Toronto, Canada, is the \
                controller. Write to privacy@example.test.\n\nOur officer: \
                [dpo@example.test](mailto:dpo@example.test).\n";
    let draft = draft(text, Format::Markdown, &given()).unwrap();
    let yaml = draft.files.file("candor.yaml").unwrap();
    for said in [
        "name: \"Example Hosting, Inc\"\n",
        "country: \"CA\"\n",
        "email: \"privacy@example.test\"\n",
        "officer: \"dpo@example.test\"\n",
    ] {
        assert!(yaml.contains(said), "{said} is not in {yaml}");
    }
    assert_eq!(errors(&draft), Vec::<&str>::new());
}

/// An age that decides something else is no second age of the service.
#[test]
fn only_whom_the_service_is_not_for_is_a_childrens_age() {
    let draft = drafted(
        "Our service is not for children under 13.\n\nWe do not share data of minors under 16 \
         years of age.\n\nCalifornia residents under the age of 18 may ask us to remove posts.",
    );
    assert_eq!(value(&draft, "children"), Some("{ under: 13 }"));
    assert_eq!(errors(&draft), Vec::<&str>::new());
}

#[test]
fn a_link_makes_way_only_where_no_other_words_can_and_is_listed() {
    let draft = drafted(
        "We use [Stripe](https://stripe.example/privacy) and \
         [Mailchimp](https://mailchimp.example/privacy).",
    );
    let text = draft.files.file("policy.md").unwrap();
    assert!(
        text.contains(
            "We [use](promise:share.stripe) [Stripe](https://stripe.example/privacy) and \
             [Mailchimp](promise:share.mailchimp)."
        ),
        "{text}"
    );
    let yaml = draft.files.file("candor.yaml").unwrap();
    assert!(yaml.contains("# - “Mailchimp” led to https://mailchimp.example/privacy\n"));
}

#[test]
fn every_format_gives_the_same_draft() {
    let markdown = "# Privacy\n\n- We log your IP address and keep it for 90 days.\n\n| What | Kept \
                    for |\n|---|---|\n| Chat messages | 2 years |\n";
    let html = "<nav>Home</nav><h1>Privacy</h1><ul><li>We log your IP address and keep it for \
                90&nbsp;days.</li></ul><table><tr><th>What<th>Kept for</tr><tr><td>Chat \
                messages<td>2 years</tr></table>";
    let values = |source: &str, format: Format| {
        let draft = draft(source, format, &given()).unwrap();
        let entries = draft.entries.into_iter();
        entries
            .map(|entry| (entry.promise, entry.value))
            .collect::<Vec<_>>()
    };
    let expected = values(markdown, Format::Markdown);
    assert!(expected.contains(&("retain.ip".to_owned(), "{ for: 90 days }".to_owned())));
    assert_eq!(values(html, Format::Html), expected);
    // HTML within Markdown, where Markdown reads no links.
    assert_eq!(values(html, Format::Markdown), expected);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let refused = draft("\n\n", Format::Plain, &given()).map(|_| ());
    assert_eq!(refused, Err(ReadingError::Empty));
}

/// Sentences with a number or a name in them.
fn sentence() -> impl Strategy<Value = String> {
    let number = (
        1_u32..120,
        prop::sample::select(&NUMBERS[..]),
        any::<bool>(),
    )
        .prop_map(|(digits, (word, _), words)| match words {
            true => word.to_owned(),
            false => digits.to_string(),
        });
    let unit =
        prop::sample::select(&["hours", "days", "working days", "weeks", "months", "years"][..]);
    let data = prop::sample::select(
        &[
            "IP addresses",
            "email addresses",
            "server logs",
            "chat messages",
            "invoices",
        ][..],
    );
    let vendor = prop::sample::select(
        &[
            "Stripe",
            "Mailchimp",
            "Google Analytics",
            "Amazon Web Services",
            "Zendesk",
        ][..],
    );
    let modal = prop::sample::select(&["", "may ", "never ", "only ", "will "][..]);
    let shape = 0..9_usize;
    (number, unit, data, vendor, modal, shape).prop_map(|(n, unit, data, vendor, modal, shape)| {
        match shape {
            0 => format!("We {modal}keep {data} for {n} {unit}."),
            1 => format!("We {modal}share {data} with {vendor}."),
            2 => format!("- {data}: {n} {unit}"),
            3 => format!("You can ask us to delete your data; we answer within {n} {unit}."),
            4 => format!("Our service is not for children under {n}."),
            5 => format!("We {modal}collect {data} and send them to {vendor}, which deletes them after {n} {unit}."),
            6 => format!("## {vendor} and {data}"),
            7 => format!("We tell you by email {n} {unit} before this policy changes."),
            _ => format!("| Data | Recipient | Kept |\n|---|---|---|\n| {data} | {vendor} | {n} {unit} |"),
        }
    })
}

proptest! {
    #[test]
    fn every_declared_value_is_in_the_text(sentences in prop::collection::vec(sentence(), 1..12)) {
        let source = format!("# Privacy\n\nWrite to privacy@example.test.\n\n{}\n", sentences.join("\n\n"));
        let draft = draft(&source, Format::Markdown, &given()).unwrap();
        check(&draft, &source);
        prop_assert_eq!(unlinked(draft.files.file("policy.md").unwrap()), source);
        // What the draft brings in compiles; what is left are the text's own
        // contradictions.
        for code in errors(&draft) {
            prop_assert!(code.starts_with("CND07") || code == "CND0302" || code == "CND0303", "{:?}", draft.diagnostics);
        }
    }

    #[test]
    fn any_row_of_parts_is_drafted_in_every_format(
        parts in prop::collection::vec(prop::sample::select(&PARTS[..]), 0..60)
    ) {
        let source = parts.concat();
        for format in [Format::Markdown, Format::Html, Format::Plain] {
            if let Ok(draft) = draft(&source, format, &given()) {
                let text = draft.files.file("policy.md").unwrap();
                let lines = text.lines().count();
                for entry in &draft.entries {
                    prop_assert!(entry.origin.line <= lines, "{:?}", entry);
                    let link = format!("](promise:{})", entry.promise);
                    prop_assert!(text.contains(&link), "{:?}", entry);
                }
            }
        }
    }
}

/// A draft compiles many times over; a square would take minutes here.
#[test]
fn hostile_texts_are_drafted_soon() {
    let sentence = "We share IP addresses for 30 days with Stripe, Mailchimp, Zendesk and Hotjar";
    for source in [
        format!("{}\n\n", "[".repeat(60)).repeat(100),
        format!("{sentence}. ").repeat(300),
        format!("- {sentence}\n").repeat(300),
        format!(
            "| Name |\n|---|\n{}",
            "| We may access your data |\n".repeat(500)
        ),
        format!("{}@{}.test ", "a".repeat(2_000), "b".repeat(2_000)).repeat(20),
        "Our staff may access your account. ".repeat(300),
    ] {
        drafted(&source);
    }
}
