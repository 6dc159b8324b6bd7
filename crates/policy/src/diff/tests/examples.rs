//! One small policy, changed in one place at a time.

use crate::charter::Charter;
use crate::diagnostic::Severity;
use crate::diff::terms::Facts;
use crate::diff::{Direction, Presence, Refusal, diff, ratchet};
use crate::promise::PromiseId;
use crate::{Bundle, compile};

pub(crate) const DECLARATION: &str = r#"candor: 1
organisation:
  name: Example SAS
  country: FR
  contact: { email: privacy@company.example, form: true, officer: officer@company.example }
text: { en: policy.md }
people:
  customer: { role: controller, known_by: [email] }
  visitor: { role: controller, known_by: [email] }
purposes:
  login: { basis: contract, is: service.authenticate }
  newsletter: { basis: consent, is: marketing.email, mail: refusable }
  statistics: { basis: consent, is: analytics }
data:
  email: { category: contact.email, of: [customer], for: [login, newsletter], only: true }
  pages: { category: behavior.browsing, of: [visitor], for: [statistics] }
  language: { category: demographic.language, of: [visitor], for: [statistics] }
never:
  health: { categories: [health, union] }
sources: { app: { kind: sqlite, url: "sqlite:app.sqlite", map: map.yaml, region: FR } }
vendors:
  posthorn: { for: [newsletter], receives: [email], region: DE }
sale: never
retention:
  email: { for: 90 days }
  pages: { for: 1 year }
holds:
  claims: { because: legal claims, decided_by: counsel, review: 2027-06-30 }
rights:
  erasure: { answer: 24 hours, complete: 30 days, through: [form, chat] }
  access: { within: 14 days }
consent:
  newsletter: { equal_choice: true, change: [account settings] }
  statistics: { equal_choice: true }
cookies:
  session: { class: essential, lifetime: session }
  count: { class: analytics, lifetime: 90 days }
security:
  tls: "1.2"
  rotate_keys: 90 days
  backups: { every: day, encrypted: true, keep: 35 days }
staff:
  support: { when: you ask us, logged: true }
disclosure:
  law: { when: a law obliges us }
changes: { notify: [email, page] }
occasions:
  signing_up: { collects: [email], only: true }
browser_only:
  looks: { data: [language] }
aggregates:
  users: { figures: [active users], to: [public], at_least: 10, data: [pages] }
locations:
  sites: { region: worldwide, about: our web pages }
children: { under: 16, erase: 30 days }
decisions:
  limits: { says: how many machines a customer may have, data: [email], human: true }
statements:
  secrecy: { says: staff keep secrets, owner: head of operations, review: 2027-05-31 }
"#;

const MAP: &str = "tables: {}\nignored: []\n";

/// A text with a sentence for every promise: the compiler names those that
/// have none.
fn text(declaration: &str) -> String {
    let mut markdown = "# Policy\n\nEffective: 1 June 2026.\n".to_owned();
    let found = compile(&bundle(declaration, &markdown)).diagnostics;
    for help in found.iter().filter_map(|found| found.help.as_ref()) {
        if let Some((_, link)) = help.split_once("(promise:") {
            let id = link.trim_end_matches("`").trim_end_matches(')');
            markdown.push_str(&format!("\nWe never break [this promise](promise:{id}).\n"));
        }
    }
    markdown
}

fn bundle(declaration: &str, markdown: &str) -> Bundle {
    let files = [
        ("candor.yaml", declaration),
        ("policy.md", markdown),
        ("map.yaml", MAP),
    ];
    Bundle::new(files.map(|(path, text)| (path.to_owned(), text.to_owned())))
}

pub(crate) fn charter(declaration: &str) -> Charter {
    let compiled = compile(&bundle(declaration, &text(declaration)));
    let found = compiled.diagnostics.iter();
    let errors: Vec<_> = found
        .filter(|found| found.severity == Severity::Error)
        .map(|found| (&found.message, &found.primary))
        .collect();
    compiled
        .charter
        .unwrap_or_else(|| panic!("{declaration}\n{errors:#?}"))
}

fn replaced(from: &str, to: &str) -> Charter {
    assert_eq!(DECLARATION.matches(from).count(), 1, "`{from}`");
    charter(&DECLARATION.replace(from, to))
}

/// The one promise that an edit changes, and how.
fn edited(from: &str, to: &str) -> (String, Direction, String) {
    let found = diff(&charter(DECLARATION), &replaced(from, to));
    let changes: Vec<_> = found.changes.iter().filter(|it| it.differs()).collect();
    let [change] = changes.as_slice() else {
        panic!("`{from}` to `{to}`: {changes:#?}");
    };
    let back = diff(&replaced(from, to), &charter(DECLARATION));
    let reversed = back.changes.iter().find(|it| it.promise == change.promise);
    assert_eq!(reversed.unwrap().direction, change.direction.reversed());
    (
        change.promise.to_string(),
        change.direction,
        change.reasons.join("; "),
    )
}

#[test]
fn each_fact_has_its_order() {
    use Direction::{Equal, Incomparable, Stronger, Weaker};
    #[rustfmt::skip]
    let edits = [
        ("email: { for: 90 days }", "email: { for: 180 days }", "retain.email", Weaker, "kept: 180 days instead of 90 days"),
        ("email: { for: 90 days }", "email: { for: 3 months }", "retain.email", Incomparable, "kept: 3 months instead of 90 days, which may be longer or shorter"),
        ("email: { for: 90 days }", "email: { forever: abuse, review: 2027-06-01 }", "retain.email", Weaker, "kept: without end (abuse, reviewed by 2027-06-01) instead of 90 days"),
        ("email: { for: 90 days }", "email: { until: account_closed }", "retain.email", Incomparable, "kept: until account closed instead of 90 days, which may be longer or shorter"),
        ("because: legal claims", "because: a court's order", "hold.claims", Incomparable, "because: a court's order instead of legal claims"),
        ("complete: 30 days", "complete: 10 days", "right.erasure", Stronger, "carried out within: 10 days instead of 30 days"),
        ("through: [form, chat]", "through: [form]", "right.erasure", Weaker, "through: removed chat"),
        ("through: [form, chat]", "through: [form, chat], except: [pages]", "right.erasure", Weaker, "except: added pages"),
        ("complete: 30 days", "complete: 30 days, undo: 7 days", "right.erasure", Weaker, "can be taken back for: 7 days, which was not declared before"),
        ("complete: 30 days", "complete: 30 days, settle: 7 days", "right.erasure", Incomparable, "looked for again after: 7 days, which was not declared before"),
        ("answer: 24 hours, ", "", "right.erasure", Weaker, "first answer within: no longer declared; it was 24 hours"),
        ("login: { basis: contract,", "login: { basis: legitimate_interests,", "purpose.login", Incomparable, "legal basis: legitimate interests instead of contract, which no rule orders"),
        ("mail: refusable", "mail: always", "mail.newsletter", Weaker, "sent: always instead of refusable"),
        ("browsing, of: [visitor], for", "browsing, of: [visitor, customer], for", "collect.pages", Weaker, "about: added customer"),
        ("browsing, of: [visitor], for: [statistics] }", "browsing, of: [visitor], for: [statistics, login] }", "collect.pages", Weaker, "used for: added login"),
        ("newsletter], only: true", "newsletter]", "collect.email", Weaker, "used for nothing else: no longer"),
        ("category: behavior.browsing", "category: behavior", "collect.pages", Weaker, "category: behavior instead of behavior.browsing"),
        ("for: [newsletter], receives: [email]", "for: [newsletter], receives: [email, pages]", "share.posthorn", Weaker, "receives: added pages"),
        ("region: DE", "region: US, transfer: scc", "share.posthorn", Incomparable, "processes in: US instead of DE; transfer mechanism: scc, which was not declared before, which no rule orders"),
        ("[health, union]", "[health]", "never.health", Weaker, "never collected: removed union"),
        ("[health, union]", "[health, union], except: what you tell us", "never.health", Weaker, "except: what you tell us, which was not declared before"),
        ("class: analytics", "class: advertising", "cookies.count", Weaker, "class: advertising instead of analytics"),
        ("lifetime: 90 days", "lifetime: session", "cookies.count", Stronger, "lifetime: no longer declared; it was 90 days"),
        ("tls: \"1.2\"", "tls: \"1.3\"", "security.tls", Stronger, "value: 1.3 instead of 1.2"),
        ("rotate_keys: 90 days", "rotate_keys: 180 days", "security.rotate_keys", Weaker, "every: 180 days instead of 90 days"),
        ("encrypted: true", "encrypted: false", "security.backups", Weaker, "encrypted: no longer"),
        ("logged: true", "logged: false", "staff_access.support", Weaker, "each access is written down: no longer"),
        ("a law obliges us", "we like to", "disclosure.law", Incomparable, "when: we like to instead of a law obliges us"),
        ("change: [account settings]", "change: [account settings, chat]", "consent.newsletter", Stronger, "the choice can be changed in: added chat"),
        ("notify: [email, page]", "notify: [page]", "notice.changes", Weaker, "announced by: removed email"),
        ("notify: [email, page]", "notify: [email, page], ratchet: never-weaken", "notice.changes", Stronger, "protection is never lowered: now"),
        ("review: 2027-05-31", "review: 2028-05-31", "stated.secrecy", Equal, "reviewed by: 2028-05-31 instead of 2027-05-31"),
        ("map.yaml, region: FR", "map.yaml, region: US", "location.app", Incomparable, "region: US instead of FR"),
        ("{ collects: [email], only", "{ collects: [email, pages], only", "occasion.signing_up", Weaker, "collected then: added pages"),
        ("at_least: 10", "at_least: 5", "aggregate.users", Weaker, "people in a figure at least: 5 instead of 10"),
        ("region: worldwide", "region: FR", "location.sites", Incomparable, "region: FR instead of worldwide"),
        ("erase: 30 days", "erase: 7 days", "children", Stronger, "erased when found within: 7 days instead of 30 days"),
        (", human: true", "", "decision.limits", Weaker, "a human looks at it on request: no longer"),
        ("email: privacy@", "email: data@", "contact.email", Equal, "reached at: data@company.example instead of privacy@company.example"),
    ];
    for (from, to, promise, direction, reason) in edits {
        let expected = (promise.to_owned(), direction, reason.to_owned());
        assert_eq!(edited(from, to), expected, "`{from}` to `{to}`");
    }
}

#[test]
fn what_appears_or_goes_has_its_direction() {
    use Direction::{Stronger, Weaker};
    #[rustfmt::skip]
    let edits = [
        ("form: true, ", "", "contact.form", Weaker),
        (", officer: officer@company.example", "", "contact.officer", Weaker),
        ("sale: never\n", "", "no_sale", Weaker),
        ("  access: { within: 14 days }\n", "", "right.access", Weaker),
        ("  tls: \"1.2\"\n", "", "security.tls", Weaker),
        ("  email: { for: 90 days }\n", "", "retain.email", Weaker),
        ("  statistics: { equal_choice: true }\n", "", "consent.statistics", Weaker),
        ("never:\n  health: { categories: [health, union] }\n", "", "never.health", Weaker),
        ("staff:\n", "staff:\n  abuse: { when: there is abuse }\n", "staff_access.abuse", Weaker),
        ("disclosure:\n", "disclosure:\n  merger: { when: we merge }\n", "disclosure.merger", Weaker),
        ("cookies:\n", "cookies:\n  seen: { class: essential, lifetime: session }\n", "cookies.seen", Weaker),
        ("vendors:\n", "vendors:\n  parley: { for: [login], receives: [email], region: NL }\n", "share.parley", Weaker),
        ("vendors:\n", "vendors:\n  only: true\n", "share.only", Stronger),
        ("children: { under: 16, erase: 30 days }\n", "", "children", Weaker),
        ("browser_only:\n  looks: { data: [language] }\n", "", "browser_only.looks", Weaker),
        ("rights:\n", "rights:\n  portability: { within: 14 days }\n", "right.portability", Stronger),
        ("statements:\n", "statements:\n  care: { says: we care, owner: us, review: 2027-01-01 }\n", "stated.care", Stronger),
    ];
    for (from, to, promise, direction) in edits {
        let (id, found, reason) = edited(from, to);
        assert_eq!((id.as_str(), found), (promise, direction), "{reason}");
    }
    // A statement is dropped with its section.
    let section = DECLARATION.split_once("statements:").unwrap().1;
    let (id, found, _) = edited(&format!("statements:{section}"), "");
    assert_eq!((id.as_str(), found), ("stated.secrecy", Weaker));
}

#[test]
fn every_declared_fact_has_an_order() {
    let charter = charter(DECLARATION);
    let facts = Facts::new(&charter);
    for promise in &charter.promises {
        let Some((rules, terms)) = facts.terms(promise) else {
            panic!("{} has no facts", promise.id);
        };
        // That nothing is sold has no parts.
        for name in terms.keys().filter(|_| !rules.fields.is_empty()) {
            let mut known = rules.fields.iter();
            assert!(known.any(|it| it.name == name), "{}: {name}", promise.id);
        }
    }
}

#[test]
fn a_cookie_that_is_needed_is_no_reason_to_write_to_people() {
    let needed = "cookies:\n  seen: { class: essential, lifetime: session }\n";
    let found = diff(&charter(DECLARATION), &replaced("cookies:\n", needed));
    assert!(!found.is_material());
    let tracking = "cookies:\n  seen: { class: survey, lifetime: session }\n";
    let found = diff(&charter(DECLARATION), &replaced("cookies:\n", tracking));
    assert!(found.is_material());
}

#[test]
fn consent_given_up_for_legitimate_interests_is_weaker() {
    let after = DECLARATION
        .replace(
            "statistics: { basis: consent",
            "statistics: { basis: legitimate_interests",
        )
        .replace("  statistics: { equal_choice: true }\n", "");
    let found = diff(&charter(DECLARATION), &charter(&after));
    let purpose = found
        .changes
        .iter()
        .find(|it| it.promise.0 == "purpose.statistics");
    assert_eq!(purpose.unwrap().direction, Direction::Weaker);
    assert_eq!(purpose.unwrap().people, ["visitor"]);
    assert!(found.ask_again.is_empty());
}

#[test]
fn only_purposes_on_consent_that_became_wider_are_asked_again() {
    let after = replaced(
        "browsing, of: [visitor], for: [statistics]",
        "browsing, of: [visitor], for: [statistics, newsletter]",
    );
    let found = diff(&charter(DECLARATION), &after);
    let asked: Vec<_> = found.ask_again.iter().map(|ask| &ask.purpose).collect();
    assert_eq!(asked, ["newsletter"]);
    assert_eq!(found.ask_again[0].because, ["also uses pages"]);
    assert_eq!(found.ask_again[0].people, ["customer", "visitor"]);

    let vendor = "vendors:\n  tally: { for: [statistics], receives: [pages], region: FR }\n";
    let found = diff(&charter(DECLARATION), &replaced("vendors:\n", vendor));
    assert_eq!(found.ask_again[0].purpose, "statistics");
    assert_eq!(found.ask_again[0].because, ["also goes to Tally"]);
    assert_eq!(found.tell(), ["visitor"].into());

    let found = diff(
        &charter(DECLARATION),
        &replaced("tls: \"1.2\"", "tls: \"1.3\""),
    );
    assert!(found.ask_again.is_empty() && !found.is_material());
    assert!(found.tell().is_empty());
}

#[test]
fn other_words_for_the_same_promise_are_wording() {
    let before = charter(DECLARATION);
    let markdown = text(DECLARATION).replace(
        "We never break [this promise](promise:no_sale)",
        "Truly, we never break [this promise](promise:no_sale)",
    );
    let after = compile(&bundle(DECLARATION, &markdown)).charter.unwrap();
    let found = diff(&before, &after);
    let changed: Vec<_> = found.changes.iter().filter(|it| it.differs()).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].direction, Direction::Equal);
    let wording = &changed[0].wording[0];
    assert_eq!(
        wording.before.as_deref(),
        Some("We never break this promise.")
    );
    assert_eq!(
        wording.after.as_deref(),
        Some("Truly, we never break this promise.")
    );
    assert_eq!(found.texts[0].change, "edited");
    assert!(!found.is_material());
}

#[test]
fn a_retention_rule_for_data_that_is_new_neither_protects_nor_permits() {
    let after = DECLARATION
        .replace(
            "never:\n",
            "  phone: { category: contact.phone, of: [customer], for: [login] }\nnever:\n",
        )
        .replace("retention:\n", "retention:\n  phone: { for: 1 year }\n");
    let found = diff(&charter(DECLARATION), &charter(&after));
    let rule = found
        .changes
        .iter()
        .find(|it| it.promise.0 == "retain.phone");
    let rule = rule.unwrap();
    assert_eq!(
        (rule.direction, rule.presence),
        (Direction::Equal, Presence::New)
    );
}

#[test]
fn the_ratchet_refuses_what_weakens_and_asks_for_the_rest() {
    let before = charter(DECLARATION);
    let weaker = diff(
        &before,
        &replaced("email: { for: 90 days }", "email: { for: 1 year }"),
    );
    let id = PromiseId("retain.email".to_owned());
    let other = PromiseId("no_sale".to_owned());

    let refused = ratchet(&before, &weaker, &[]).unwrap_err();
    assert_eq!(refused, Refusal::Unacknowledged(vec![id.clone()]));
    let refused = ratchet(&before, &weaker, &[id.clone(), other.clone()]).unwrap_err();
    assert_eq!(refused, Refusal::NothingToAcknowledge(vec![other]));
    let acknowledged = ratchet(&before, &weaker, std::slice::from_ref(&id)).unwrap();
    assert_eq!(acknowledged[0].direction, Direction::Weaker);
    assert_eq!(acknowledged[0].reasons, ["kept: 1 year instead of 90 days"]);

    let strict = replaced("[email, page]", "[email, page], ratchet: never-weaken");
    let refused = ratchet(&strict, &weaker, std::slice::from_ref(&id)).unwrap_err();
    assert_eq!(refused, Refusal::NeverWeaken(vec![id]));
}

#[test]
fn a_weakening_hidden_in_a_strengthening_is_seen() {
    let strict = replaced("[email, page]", "[email, page], ratchet: never-weaken");
    let mixed = DECLARATION
        .replace("[email, page]", "[email, page], ratchet: never-weaken")
        .replace(
            "complete: 30 days, through: [form, chat]",
            "complete: 10 days, through: [form]",
        );
    let found = diff(&strict, &charter(&mixed));
    let change = found
        .changes
        .iter()
        .find(|it| it.promise.0 == "right.erasure");
    assert_eq!(change.unwrap().direction, Direction::Incomparable);
    let id = PromiseId("right.erasure".to_owned());
    let refused = ratchet(&strict, &found, std::slice::from_ref(&id)).unwrap_err();
    assert_eq!(refused, Refusal::NeverWeaken(vec![id]));
}
