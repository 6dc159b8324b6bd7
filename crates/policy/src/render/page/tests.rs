//! Pages carry what was promised and nothing of the author's HTML.

use super::*;
use crate::charter::{CharterId, Contact, Organisation};
use crate::promise::{Family, Promise, PromiseId};
use crate::text::Document;

/// A charter whose only promise is made by the links of a text.
fn charter(markdown: &str) -> Charter {
    let document = Document::read("en", "policy.md", markdown);
    let phrases = document
        .links
        .iter()
        .enumerate()
        .map(|(index, link)| document.phrase(index, link))
        .collect();
    Charter {
        id: CharterId(String::new()),
        organisation: Organisation {
            name: "Example".to_owned(),
            country: "FR".to_owned(),
            contact: Contact {
                email: "privacy@example.test".to_owned(),
                form: false,
                ..Contact::default()
            },
            ..Organisation::default()
        },
        texts: vec![document.text],
        no_sale: true,
        promises: vec![Promise {
            id: PromiseId("no_sale".to_owned()),
            family: Family::NoSale,
            name: String::new(),
            summary: "Never sold.".to_owned(),
            phrases,
        }],
        ..Charter::default()
    }
}

fn page(markdown: &str) -> String {
    let charter = charter(markdown);
    policy_html(&charter.texts[0], &charter, &|phrase| {
        format!("<b id={}>{}</b>", phrase.anchor, escape(&phrase.words))
    })
}

#[test]
fn promised_phrases_are_drawn_by_the_caller() {
    assert_eq!(
        page("We [never *sell* <it>](promise:no_sale). [More](https://example.test)."),
        "<p>We <b id=p1>never sell </b>. <a href=\"https://example.test\">More</a>.</p>\n"
    );
}

#[test]
fn no_html_of_the_author_passes() {
    let html = page("<script>alert(1)</script>\n\nHello <img src=x onerror=y> <b>you</b>");
    assert!(
        !html.contains("<script") && !html.contains("<img") && !html.contains("<b>"),
        "{html}"
    );
    assert!(html.contains("&lt;script&gt;"), "{html}");
}

#[test]
fn only_known_schemes_are_linked() {
    for address in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "<java\tscript:alert(1)>",
        "vbscript:x",
        "promise:nothing.here",
    ] {
        let charter = charter("x");
        let text = Text {
            markdown: format!("[a]({address})"),
            ..charter.texts[0].clone()
        };
        let html = policy_html(&text, &charter, &|_| String::new());
        assert!(!html.contains("href"), "{html}");
    }
    for address in [
        "/contact",
        "#rights",
        "mailto:a@b.example",
        "https://a.example/?q=a:b",
    ] {
        assert!(
            page(&format!("[a]({address})")).contains("href"),
            "{address}"
        );
    }
}

#[test]
fn headings_have_ids_of_their_own() {
    let html = page("# Data we hold\n\n## Data *we* hold\n\n## !\n\n## Données");
    assert!(html.contains("<h1 id=\"data-we-hold\">"), "{html}");
    assert!(html.contains("<h2 id=\"data-we-hold-2\">"), "{html}");
    assert!(html.contains("<h2 id=\"section\">"), "{html}");
    assert!(html.contains("<h2 id=\"données\">"), "{html}");
}

#[test]
fn images_leave_their_words() {
    assert_eq!(
        page("![a seal](https://tracker.example/x.png)"),
        "<p>a seal</p>\n"
    );
}
