//! What looks personal and what does not, and every difference between a map
//! and a catalogue.

use super::*;
use crate::{Bundle, compile, vocabulary};

#[test]
fn personal_columns_are_seen() {
    for (column, declared, category) in [
        ("email", "text", "contact.email"),
        ("billing_email", "character varying(255)", "contact.email"),
        ("EMAIL_ADDRESS", "VARCHAR(80)", "contact.email"),
        ("email_hash", "bytea", "contact.email"),
        ("last_used_ip", "inet", "device.ip"),
        ("clientIp", "text", "device.ip"),
        ("user_agent", "text", "device.user_agent"),
        ("firstName", "text", "name.first"),
        ("address_line_2", "text", "contact.address"),
        ("phone", "bigint", "contact.phone"),
        ("date_of_birth", "date", "demographic.birth_date"),
        ("password_hash", "text", "credential.password"),
        ("card_last4", "text", "payment"),
        ("device_id", "uuid", "device.id"),
        ("vat_number", "text", "financial.tax_id"),
        ("email", "", "contact.email"),
        ("address2", "text", "contact.address"),
        ("permitted_ip_addresses", "inet[]", "device.ip"),
        ("recipient_emails", "text[]", "contact.email"),
        ("mobile_no", "varchar(20)", "contact.phone"),
        ("referer_url", "text", "behavior.referrer"),
    ] {
        assert_eq!(
            looks_personal(column, declared),
            Some(category),
            "{column} {declared}"
        );
    }
}

#[test]
fn columns_that_only_sound_personal_are_not() {
    for (column, declared) in [
        ("email_verified", "boolean"),
        ("email_verified", "text"),
        ("email_verified_at", "timestamptz"),
        ("email", "boolean"),
        ("email_count", "integer"),
        ("ip_count", "integer"),
        ("email_template", "text"),
        ("notify_email", "text"),
        ("name", "text"),
        ("product_name", "text"),
        ("host_name", "text"),
        ("file_name", "text"),
        ("server_ip", "inet"),
        ("wallet_address", "text"),
        ("ACADEMIC_YEAR_CODE", "text"),
        ("description", "text"),
        ("storage", "integer"),
        ("zip", "boolean"),
        ("relationship", "text"),
        ("recipe", "text"),
        ("phone_required", "text"),
        ("", "text"),
    ] {
        assert_eq!(
            looks_personal(column, declared),
            None,
            "{column} {declared}"
        );
    }
}

#[test]
fn every_guess_is_a_category_of_the_vocabulary() {
    for (ending, category, _) in personal::ENDINGS {
        assert!(vocabulary::is_data_category(category), "{category}");
        let name = ending.join("_");
        let guessed = ["text", "bigint", "date"].map(|declared| looks_personal(&name, declared));
        assert!(
            guessed.contains(&Some(*category)),
            "{name} is hidden by another ending"
        );
    }
}

const MAP: &str = "
tables:
  accounts:
    about: customer
    identities: { email: email }
    columns: { id: key, email: contact.email, tenant_id: key, gone: plain }
  tenants: { last_of: accounts.tenant_id, columns: { id: key } }
  orders:
    owned_by: account_id
    columns: { id: key, account_id: key, machine_id: key, coupon: plain }
  machines: { owned_by: id -> orders.machine_id, columns: { id: key } }
  sessions: { owned_by: account_id, columns: { account_id: key } }
  lost: { columns: { id: key } }
ignored: [migrations, newsletter]
";

fn table(name: &str, columns: &[&str], keys: &[(&str, &str)]) -> CatalogueTable {
    CatalogueTable {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|column| ((*column).to_owned(), "text".to_owned()))
            .collect(),
        foreign_keys: keys
            .iter()
            .map(|(column, to)| CatalogueForeignKey {
                columns: vec![(*column).to_owned()],
                to_table: (*to).to_owned(),
                to_columns: vec!["id".to_owned()],
            })
            .collect(),
    }
}

#[test]
fn every_difference_is_found_where_the_map_says_it() {
    let bundle = Bundle::new([
        (
            "candor.yaml".to_owned(),
            "sources: { app: { kind: sqlite, url: x, map: app.yaml } }".to_owned(),
        ),
        ("app.yaml".to_owned(), MAP.to_owned()),
    ]);
    let mut reader = crate::reader::Reader::new(&bundle, "candor.yaml");
    let map = crate::maps::read(&mut reader, "app.yaml", MAP).unwrap();
    let catalogue = [
        table(
            "accounts",
            &["id", "email", "tenant_id", "phone", "name", "flags"],
            &[("tenant_id", "tenants")],
        ),
        table("tenants", &["id"], &[]),
        table(
            "orders",
            &["id", "account_id", "machine_id", "coupon"],
            &[
                ("account_id", "accounts"),
                ("machine_id", "machines"),
                ("coupon", "migrations"),
            ],
        ),
        table("machines", &["id"], &[]),
        table("sessions", &["account_id"], &[]),
        table("notes", &["body"], &[]),
        table("migrations", &["version"], &[]),
        table("newsletter", &["email"], &[]),
    ];
    let findings = schema_findings(&map, &catalogue, &reader.places);
    let found: Vec<(&str, &str)> = findings
        .iter()
        .map(|found| {
            let at = &found.primary.at;
            (found.code, MAP.get(at.span.clone()).unwrap())
        })
        .collect();
    assert_eq!(
        found,
        [
            ("CND0602", "columns"),
            ("CND0602", "columns"),
            ("CND0603", "columns"),
            ("CND0604", "gone"),
            ("CND0605", "orders"),
            ("CND0606", "account_id"),
            ("CND0601", "tables"),
            ("CND0607", "newsletter"),
            ("CND0604", "lost"),
        ]
    );
    assert!(compile(&bundle).charter.is_none());
}
