//! What is fuzzed: one function for each way that bytes somebody else wrote come
//! into the policy compiler. Each ends, panics nowhere, and points at places
//! that are there. The tests of `candor-policy` hold this file too, and run it
//! on every input kept in `corpus/`.

use candor_policy::diagnostic::Diagnostic;
use candor_policy::diff::diff as compare;
use candor_policy::reading::draft::Given;
use candor_policy::reading::{self, Format, report};
use candor_policy::render::{self, page, sarif};
use candor_policy::{Bundle, Compiled, apply_fixes, compile, decode};
use jiff::civil::date;

/// A target, by the name of its corpus.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 10] = [
    ("declaration", declaration),
    ("diff", diff),
    ("draft", draft),
    ("fides", fides),
    ("html", html),
    ("lint", lint),
    ("map", map),
    ("plain", plain),
    ("policy", policy),
    ("text", text),
];

/// What parts the files of an input that is several.
const SEPARATOR: &str = "\n=====\n";

/// A declaration that a text and a map are read with.
const DECLARATION: &str = "\
candor: 1
organisation: { name: Example SAS, country: FR, contact: { email: privacy@example.test } }
text: { en: policy.md, fr: policy.fr.md }
people: { customer: { role: controller, known_by: [email] } }
purposes: { service: { basis: contract }, news: { basis: consent, mail: refusable } }
data:
  only: true
  account_email: { category: contact.email, of: customer, for: [service, news] }
  usage_events: { category: telemetry, of: customer, for: service }
sources: { app: { kind: sqlite, url: app.db, map: maps/app.yaml, region: FR } }
vendors: { mailer: { for: news, receives: account_email, region: US, transfer: scc } }
retention: { usage_events: { for: 90 days }, account_email: { until: account_closed } }
rights: { erasure: { answer: 24 hours, complete: seven working days }, access: { within: 1 month } }
cookies: { session: { class: essential, lifetime: session } }
sale: never
";

const MAP: &str = "\
tables:
  accounts:
    owner: { of: customer, by: { email: email } }
    columns: { email: account_email }
";

const TEXT: &str = "# Privacy\n\nWrite to [our mailbox](promise:contact.email).\n";

/// Any bytes as `candor.yaml`.
pub fn declaration(bytes: &[u8]) {
    if let Some(yaml) = readable(bytes) {
        compiled(&bundle(&yaml, TEXT, MAP));
    }
}

/// Any bytes as the map of a source.
pub fn map(bytes: &[u8]) {
    if let Some(yaml) = readable(bytes) {
        compiled(&bundle(DECLARATION, TEXT, &yaml));
    }
}

/// Any bytes as the text of a policy, in English and, the same, in French.
pub fn text(bytes: &[u8]) {
    if let Some(markdown) = readable(bytes) {
        compiled(&bundle(DECLARATION, &markdown, MAP));
    }
}

/// Any bytes as declaration, text and map, parted by a line of `=====`.
pub fn policy(bytes: &[u8]) {
    let Some(input) = readable(bytes) else { return };
    let mut parts = input.splitn(3, SEPARATOR);
    let mut next = || parts.next().unwrap_or_default();
    let before = bundle(next(), next(), next());
    let found = compiled(&before).diagnostics;
    let (mended, made) = apply_fixes(&before, &found);
    if made > 0 {
        compiled(&mended);
    }
}

/// Any bytes as two declarations, parted by a line of `=====`, the second the
/// next version of the first.
pub fn diff(bytes: &[u8]) {
    let Some(input) = readable(bytes) else { return };
    let (old, new) = input.split_once(SEPARATOR).unwrap_or((&input, DECLARATION));
    let charter = |yaml: &str| compile(&bundle(yaml, TEXT, MAP)).charter;
    if let (Some(old), Some(new)) = (charter(old), charter(new)) {
        let there = compare(&old, &new);
        drop(render::changes::text(&there));
        let same = compare(&old, &old);
        assert_eq!(
            same.unchanged(),
            same.changes.len(),
            "a policy differs from itself"
        );
    }
}

/// Any bytes as somebody's policy in Markdown.
pub fn lint(bytes: &[u8]) {
    read_alone(bytes, Format::Markdown);
}

/// Any bytes as somebody's policy in HTML.
pub fn html(bytes: &[u8]) {
    read_alone(bytes, Format::Html);
}

/// Any bytes as somebody's policy in plain text.
pub fn plain(bytes: &[u8]) {
    read_alone(bytes, Format::Plain);
}

/// Any bytes as somebody's policy that a folder is drafted from. A draft
/// compiles, or shows where its text contradicts itself.
pub fn draft(bytes: &[u8]) {
    let Some(source) = readable(bytes) else {
        return;
    };
    let given = Given {
        name: Some("Example SAS".to_owned()),
        country: Some("FR".to_owned()),
        email: Some("privacy@example.test".to_owned()),
    };
    let markdown = reading::draft::draft(&source, Format::Markdown, &given);
    let html = reading::draft::draft(&source, Format::Html, &given);
    for draft in [markdown, html].into_iter().flatten() {
        places_are_there(&draft.diagnostics, &draft.files);
    }
}

/// Any bytes as files of Fides, parted by a line of `=====`.
pub fn fides(bytes: &[u8]) {
    let Some(input) = readable(bytes) else { return };
    let files = input.splitn(3, SEPARATOR).enumerate();
    let files = files.map(|(at, text)| (format!("{at}.yml"), text.to_owned()));
    if let Ok(imported) = candor_policy::fides::import(&Bundle::new(files)) {
        drop(compile(&imported.files));
    }
}

/// Most files begin as bytes; what isn't UTF-8 is refused with its place.
fn readable(bytes: &[u8]) -> Option<String> {
    match decode(bytes.to_vec()) {
        Ok(text) => Some(text),
        Err(error) => {
            assert!(bytes.contains(&error.byte), "a byte that isn't there");
            None
        }
    }
}

fn bundle(yaml: &str, markdown: &str, map: &str) -> Bundle {
    Bundle::new(
        [
            ("candor.yaml", yaml),
            ("policy.md", markdown),
            ("policy.fr.md", markdown),
            ("maps/app.yaml", map),
        ]
        .map(|(path, text)| (path.to_owned(), text.to_owned())),
    )
}

fn compiled(bundle: &Bundle) -> Compiled {
    let compiled = compile(bundle);
    places_are_there(&compiled.diagnostics, bundle);
    drop(render::text::render(
        &compiled.diagnostics,
        bundle,
        render::text::Style::Plain,
    ));
    drop(render::json::render(&compiled.diagnostics, bundle));
    if let Some(charter) = &compiled.charter {
        for text in &charter.texts {
            let html = page::policy_html(text, charter, &|phrase| page::escape(&phrase.words));
            assert!(!html.contains("<script"), "a script in the page");
        }
        drop(render::dpv::json_ld(charter));
        drop(render::grid::grid(charter));
    }
    compiled
}

fn read_alone(bytes: &[u8], format: Format) {
    let Some(source) = readable(bytes) else {
        return;
    };
    let Ok(reading) = reading::read("policy.md", &source, format, Some(date(2026, 11, 22))) else {
        return;
    };
    let bundle = Bundle::new([("policy.md".to_owned(), source)]);
    places_are_there(&reading.findings, &bundle);
    assert!(
        !report::html(&reading).contains("<script"),
        "a script in the report"
    );
    drop(report::json(&reading, &bundle));
    drop(report::text(&reading, &bundle, true));
    drop(sarif::render(&reading.findings, &bundle));
}

fn places_are_there(diagnostics: &[Diagnostic], bundle: &Bundle) {
    for found in diagnostics {
        for label in found.secondary.iter().chain([&found.primary]) {
            let source = bundle.file(&label.at.path).unwrap_or_default();
            assert!(source.get(label.at.span.clone()).is_some(), "{found:?}");
        }
    }
}
