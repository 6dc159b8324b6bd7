//! Fides' files find their place, or are listed: nothing of them goes missing.

use candor_policy::fides::{FidesError, Imported, PART, import};
use candor_policy::{Bundle, compile};
use proptest::prelude::*;

const SHOP: &str = include_str!("../fides/shop.yml");

fn imported(files: &[(&str, &str)]) -> Imported {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    import(&Bundle::new(files)).unwrap()
}

/// Everything that was written.
fn written(imported: &Imported) -> String {
    imported.files.files().map(|(_, text)| text).collect()
}

fn lines(text: &str, expected: &[&str]) {
    for line in expected {
        assert!(
            text.lines().any(|other| other == *line),
            "no line `{line}` in:\n{text}"
        );
    }
}

fn lost<'i>(imported: &'i Imported, key: &str) -> (&'i str, Option<&'i str>) {
    let mut lost = imported.lost.iter();
    let lost = lost.find(|lost| lost.key == key).unwrap();
    (&lost.value, lost.why.as_deref())
}

#[test]
fn a_dataset_becomes_a_map() {
    let imported = imported(&[("shop.yml", SHOP)]);
    lines(
        imported.files.file("maps/app_db.yaml").unwrap(),
        &[
            // An address belongs to whoever points at it.
            "    last_of: [\"customer.address_id\"]",
            "      street: { category: contact.address, erased: \"REDACTED\" }  # First line",
            "    about: customer",
            "    identities: { email: email }",
            "      email: contact.email",
            // A JSON column, by what is in it.
            "      profile: demographic.birth_date",
            "      # mood: … Fides doesn't say what it is",
            "    owned_by: [\"customer_id -> customer.id\"]",
            // A product is nobody's: an erasure leaves it alone.
            "    references: { product_id: keep }",
            "  - product",
        ],
    );
    assert_eq!(imported.tables, 3);
}

#[test]
fn systems_become_purposes_data_and_vendors() {
    let imported = imported(&[("shop.yml", SHOP)]);
    lines(
        imported.files.file(PART).unwrap(),
        &[
            "  payment: { basis: contract, is: payment, about: \"Take payments\" }",
            "  service_provide: { is: service.provide, about: \"Run the shop\" }  # basis: …",
            "  contact_email: { category: contact.email, of: [customer], for: [payment] }",
            // What the shop sends it, and what it says it uses.
            "  stripe: { name: \"Stripe\", for: [payment], receives: [contact_email, financial, \
             name], role: processor, transfer: scc }",
            "  payment: { for: 10 years, covers: [contact_email, financial] }",
            "# own system: web, Web shop",
            "# organisation: contact: { email: privacy@shop.test }",
        ],
    );
}

#[test]
fn what_has_no_place_is_listed_with_its_line_and_why() {
    let imported = imported(&[("shop.yml", SHOP)]);
    let said = |key: &str| lost(&imported, key);
    assert_eq!(
        said("collections[].fields[].mystery").0,
        "nobody knows this key"
    );
    assert_eq!(said("rules[].name"), ("No ads", None));
    assert_eq!(
        said("collections[].fields[].data_categories[]"),
        (
            "user.contact.address.city",
            Some("told as `contact.address`, the nearest word")
        )
    );
    let length = imported
        .lost
        .iter()
        .find(|lost| lost.key.ends_with(".length"));
    let line = SHOP.lines().nth(length.unwrap().line - 1).unwrap();
    assert!(line.contains("length: 40"), "{line}");
    for lost in &imported.lost {
        assert!(
            written(&imported).contains(&format!("line {}: {}", lost.line, lost.value)),
            "{lost:?}"
        );
    }
}

/// With what Fides doesn't say, the maps and the part compile.
#[test]
fn what_is_written_compiles_once_the_gaps_are_filled() {
    let imported = imported(&[("shop.yml", SHOP)]);
    let mut files = imported.files.clone();
    let part = files.file(PART).unwrap();
    let part = part
        .replace(
            "{ known_by: [email] }",
            "{ role: controller, known_by: [email] }",
        )
        .replace(
            "{ is: service.provide,",
            "{ basis: contract, is: service.provide,",
        );
    files.insert(PART, part);
    files.insert(
        "candor.yaml",
        "candor: 1\ninclude: fides.yaml\norganisation: { name: Shop SAS, country: FR, contact: { \
         email: privacy@shop.test } }\ntext: { en: policy.md }\nsources: { app_db: { kind: sqlite, \
         url: x, map: maps/app_db.yaml } }\n",
    );
    files.insert(
        "policy.md",
        "# Privacy\n\nWrite to [us](promise:contact.email).\n",
    );
    let diagnostics = compile(&files).diagnostics;
    let other: Vec<&str> = diagnostics
        .iter()
        // No sentence of this text says any of it.
        .filter(|found| found.code != "CND0304")
        .map(|found| found.message.as_str())
        .collect();
    // What the database holds, and no system of Fides says what for.
    let undeclared = ["address.city", "address.street", "customer.profile"];
    assert_eq!(other.len(), undeclared.len(), "{other:#?}");
    for (message, column) in other.iter().zip(undeclared) {
        assert!(message.contains(column), "{message}");
    }
}

#[test]
fn edges_and_identities_without_a_place_say_why() {
    let dataset = "dataset:\n- fides_key: crm\n  collections:\n  - name: contacts\n    fields:\n    \
        - name: email\n      fides_meta: { identity: email }\n    - name: other_email\n      \
        fides_meta: { identity: email }\n    - name: user_id\n      fides_meta: { references: [ { \
        dataset: app, field: users.id, direction: from } ] }\n    - name: data\n      fields:\n      \
        - name: owner\n        fides_meta: { references: [ { dataset: crm, field: contacts.id, \
        direction: from } ], identity: phone_number }\n    - name: id\n      data_categories: \
        [user.unique_id]\n";
    let imported = imported(&[("crm.yml", dataset)]);
    let why = |key: &str| lost(&imported, key).1.unwrap();
    let fields = "collections[].fields[].";
    assert!(why(&format!("{fields}fides_meta.identity")).contains("one column for each kind"));
    assert!(why(&format!("{fields}fides_meta.references[].field")).contains("within a source"));
    assert!(why(&format!("{fields}fields[].fides_meta.identity")).contains("not by values inside"));
    let map = imported.files.file("maps/crm.yaml").unwrap();
    // A value inside a JSON column can lead to an owner.
    assert!(
        map.contains("owned_by: [\"data.owner -> contacts.id\"]"),
        "{map}"
    );
    // Nobody said whose data it is.
    assert!(map.contains("about: person"), "{map}");
}

#[test]
fn older_words_are_understood() {
    let dataset = "dataset:\n  fides_key: old\n  collections:\n  - name: people\n    \
        data_categories: [user.name]\n    fields:\n    - name: nick\n    - name: e\n      \
        data_categories: [user.contact.email]\n      fidesops_meta: { identity: email }\n";
    let imported = imported(&[("old.yaml", dataset)]);
    lines(
        imported.files.file("maps/old.yaml").unwrap(),
        &[
            "      nick: name",
            "      e: contact.email",
            "    identities: { email: e }",
        ],
    );
    assert_eq!(imported.lost, []);
}

#[test]
fn what_is_not_fides_is_refused() {
    let refused = |text: &str| {
        let files = Bundle::new([("a.yml".to_owned(), text.to_owned())]);
        import(&files).map(|_| ()).unwrap_err()
    };
    assert_eq!(refused("a: 1\n"), FidesError::Nothing);
    for text in [
        "dataset: [",
        "dataset: &a [*a]\n",
        "dataset: 1\ndataset: 2\n",
    ] {
        assert!(matches!(refused(text), FidesError::Yaml(_)), "{text}");
    }
}

/// Places of the skeleton at which a key can be added: its indentation.
const SKELETON: [(&str, usize); 12] = [
    ("dataset:\n- fides_key: app\n", 2),
    ("  collections:\n  - name: users\n", 4),
    ("    fides_meta:\n      skip_processing: true\n", 6),
    (
        "    fields:\n    - name: email\n      data_categories: [user.contact.email]\n",
        6,
    ),
    ("      fides_meta:\n        identity: email\n", 8),
    ("    - name: blob\n", 6),
    (
        "      fields:\n      - name: inner\n        data_categories: [user.name]\n",
        8,
    ),
    ("system:\n- fides_key: crm\n  system_type: Third Party\n", 2),
    (
        "  privacy_declarations:\n  - name: Sell\n    data_use: marketing\n",
        4,
    ),
    ("  egress:\n  - fides_key: elsewhere\n    type: system\n", 4),
    ("policy:\n- fides_key: p\n", 2),
    ("connector_params:\n- fides_key: q\n", 2),
];

proptest! {
    #[test]
    fn no_value_goes_missing(
        keys in prop::collection::vec((0..SKELETON.len(), "[a-z]{1,8}", 0..3_usize), 0..20)
    ) {
        let mut text = String::new();
        for (at, (part, indent)) in SKELETON.iter().enumerate() {
            text.push_str(part);
            for (nth, (_, key, shape)) in keys.iter().enumerate().filter(|(_, key)| key.0 == at) {
                let (pad, value) = (" ".repeat(*indent), format!("nonce {nth}."));
                text.push_str(&match shape {
                    0 => format!("{pad}x{nth}_{key}: {value}\n"),
                    1 => format!("{pad}x{nth}_{key}: [{value}, {value}]\n"),
                    _ => format!("{pad}x{nth}_{key}: {{ {key}: {{ y: \"{value}\" }} }}\n"),
                });
            }
        }
        let imported = imported(&[("a.yml", &text)]);
        let written = written(&imported);
        for nth in 0..keys.len() {
            let value = format!("nonce {nth}.");
            prop_assert!(written.contains(&value), "{} is missing", value);
        }
    }

    #[test]
    fn no_bytes_stop_it(text in "(dataset:|system:|- |\\n|  |fields:|collections:|name: a|fides_key: b|\\[|\\]|\\{|\\}|: |,|[a-z]|\\PC){0,60}") {
        let files = Bundle::new([("a.yml".to_owned(), text)]);
        let _ = import(&files);
    }
}
