//! The example of the design compiles, and means what it says.

use super::*;
use crate::charter::{Charter, Keep, Role};
use crate::period::Period;
use crate::promise::PromiseId;

/// The example of the design, with what its `…` leave out.
const DECLARATION: &str = r#"
candor: 1
organisation:
  name: Stackyard Hosting SAS
  country: FR                      # brings the working-day calendar and the supervisory authority
  contact: { email: privacy@stackyard.example, form: true }
text: { en: policy.md }

people:                            # kinds of data subjects
  customer: { role: controller, known_by: [email, customer_id] }
  end_user: { role: processor, of: customer, known_by: [external_id] }

purposes:
  login:           { basis: contract, is: service.authenticate }
  service_notice:  { basis: contract, mail: always }
  newsletter:      { basis: consent,  mail: refusable }
  usage_analytics: { basis: consent }
  intrusion_check: { basis: legitimate interests }
  payment:         { basis: contract }

data:
  account_email: { category: contact.email, of: customer, for: [login, service_notice] }
  login_ip:      { category: device.ip, of: customer, for: [intrusion_check], only: true }
  signup_ip:     { category: device.ip, of: customer, for: intrusion_check }
  usage_events:  { category: telemetry, of: [customer], for: usage_analytics }
  billing_contact: { category: contact.address, of: customer, for: payment }

never:
  card_numbers: { categories: [payment.card], except: "what you type into a chat" }

sources:
  app: { kind: postgres, url: ${APP_DATABASE_URL}, map: maps/app.yaml, region: eu-west }

vendors:
  stripe: { for: [payment], receives: [billing_contact], region: IE, transfer: scc, erase: stripe }
sale: never

retention:
  login_ip:     { until: account_closed }
  signup_ip:    { forever: against abusive sign-ups, review: 2027-06-01 }
  usage_events: { for: 90 days }
  invoices:     { for: 10 years, from: app.invoices.issued_at, at_least: 10 years, law: FR accounting, on_erasure: pseudonymise }

rights:
  erasure: { answer: 24 hours, complete: 30 days, except: [invoices], approve: staff }
  access:  { within: 1 month }

consent:
  usage_analytics: { equal_choice: true, change: [account security page, cookie notice] }
  newsletter: {}
cookies:
  session: { class: essential, lifetime: session }
security: { at_rest: aes-256, tls: "1.2", rotate_keys: 90 days, backups: { every: day, encrypted: true, keep: 35 days } }
staff: { support: { when: "you ask for help", logged: true } }
disclosure: { court_order: { when: "a court orders it" } }
changes: { notify: email, ratchet: never-weaken }
statements: { training: { says: "We train our staff.", owner: security lead, review: 2027-01-01 } }
"#;

const MAP: &str = r#"
tables:
  accounts:
    about: customer
    label: Your account
    identities: { customer_id: id, email: email }
    references: { referred_by: unlink }
    columns:
      id: key
      email: contact.email
      created_at: plain
      signup_ip: { category: device.ip, erased: "0.0.0.0" }
      referred_by: key
      tenant_id: key
  tenants: { last_of: accounts.tenant_id, columns: { id: key } }
  usage_events:
    owned_by: payload.account_id -> accounts.id
    columns: { id: key, payload: telemetry }
  audit_log:
    owned_by: { edge: "actor_id -> accounts.id", when: { actor_type: account } }
    columns: { actor_id: key, actor_type: plain }
  invoices:
    owned_by: account_id
    on_erasure: pseudonymise
    because: retention.invoices
    columns: { account_id: key, address: contact.address, issued_at: plain }
ignored: [schema_migrations]
"#;

fn bundle() -> Bundle {
    let mut text = String::from("# Privacy policy\n\nEffective 1 December 2026\n\n");
    for target in [
        "contact.email",
        "collect.account_email",
        "collect.login_ip",
        "collect.signup_ip",
        "collect.usage_events",
        "collect.billing_contact",
        "purpose.login",
        "purpose.service_notice",
        "purpose.newsletter",
        "purpose.usage_analytics",
        "purpose.intrusion_check",
        "purpose.payment",
        "mail.service_notice",
        "mail.newsletter",
        "never.card_numbers",
        "share.stripe",
        "no_sale",
        "retain.login_ip",
        "retain.signup_ip",
        "retain.usage_events",
        "retain.invoices",
        "right.erasure.answer",
        "right.access",
        "consent.usage_analytics",
        "consent.newsletter",
        "cookies.session",
        "security.at_rest",
        "security.tls",
        "security.rotate_keys",
        "security.backups",
        "staff_access.support",
        "disclosure.court_order",
        "notice.changes",
        "stated.training",
        "location.app",
        "role.end_user",
    ] {
        text.push_str(&format!("Never [this](promise:{target}).\n\n"));
    }
    Bundle::new([
        ("candor.yaml".to_owned(), DECLARATION.to_owned()),
        ("maps/app.yaml".to_owned(), MAP.to_owned()),
        ("policy.md".to_owned(), text),
    ])
}

fn compiled() -> Charter {
    let compiled = compile(&bundle());
    assert_eq!(compiled.diagnostics, []);
    compiled.charter.unwrap()
}

#[test]
fn the_design_compiles_and_says_what_it_says() {
    let charter = compiled();
    assert_eq!(charter.organisation.country, "FR");
    assert_eq!(charter.people["end_user"].role, Role::Processor);
    assert_eq!(charter.vendors["stripe"].name, "Stripe");
    assert_eq!(charter.sources["app"].url, "${APP_DATABASE_URL}");
    assert_eq!(charter.sources["app"].map.tables.len(), 5);
    let erasure = &charter.rights[&crate::charter::Right::Erasure];
    assert_eq!(erasure.complete, Period::parse("30 days").ok());
    assert!(matches!(
        charter.retention["signup_ip"].keep,
        Keep::Forever { .. }
    ));
    assert_eq!(charter.texts[0].title, "Privacy policy");
    assert_eq!(
        charter.texts[0].effective,
        Some(jiff::civil::date(2026, 12, 1))
    );
}

#[test]
fn promises_stand_in_the_order_written_with_their_phrases() {
    let charter = compiled();
    let ids: Vec<&str> = charter
        .promises
        .iter()
        .map(|promise| promise.id.0.as_str())
        .collect();
    assert_eq!(
        ids[..8],
        [
            "contact.email",
            "contact.form",
            "role.customer",
            "role.end_user",
            "purpose.login",
            "purpose.service_notice",
            "mail.service_notice",
            "purpose.newsletter"
        ]
    );
    let right = charter
        .promise(&PromiseId("right.erasure".to_owned()))
        .unwrap();
    assert_eq!(right.phrases[0].target, "right.erasure.answer");
    assert_eq!(right.phrases[0].sentence, "Never this.");
    let empty = charter
        .promises
        .iter()
        .filter(|promise| promise.summary.len() < 10);
    assert_eq!(empty.count(), 0);
}

#[test]
fn a_charter_survives_json_and_names_its_content() {
    let charter = compiled();
    let json = serde_json::to_string(&charter).unwrap();
    let read: Charter = serde_json::from_str(&json).unwrap();
    assert_eq!(read, charter);
    assert_eq!(read.content_address(), charter.id);
    assert_eq!(charter.id.0.len(), 64);
    let mut other = read;
    other.no_sale = false;
    assert_ne!(other.content_address(), charter.id);
}

#[test]
fn one_run_reports_every_mistake() {
    let mut bundle = bundle();
    let broken = DECLARATION
        .replace("country: FR ", "country: XX ")
        .replace(
            "basis: contract, mail: always",
            "bais: contract, mail: always",
        )
        .replace("for: 90 days", "for: 0 days")
        .replace("retention:", "retnetion:")
        .replace("of: [customer]", "of: [custmer]");
    bundle.insert("candor.yaml", broken);
    let compiled = compile(&bundle);
    assert!(compiled.charter.is_none());
    let codes: Vec<&str> = compiled
        .diagnostics
        .iter()
        .map(|found| found.code)
        .collect();
    for code in ["CND0201", "CND0203", "CND0205", "CND0207"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
}
