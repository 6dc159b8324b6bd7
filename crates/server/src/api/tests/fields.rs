//! Fields of an application's own: they open at their place, for their tenant, until
//! their person is erased.

use std::collections::BTreeMap;

use candor_domain::api_key::Permission;
use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::subject_request::Event;
use candor_store::Change;
use serde_json::{Value, json};

use super::{problem, with_tenants};
use crate::keyring::KeyAge;
use crate::ui::tests::fixture::{Answer, Site};

const BOTH: [Permission; 2] = [Permission::Seal, Permission::Open];

/// A field of a person's.
fn field(email: &str, row: u32, value: &str) -> Value {
    json!({
        "person": { "email": email }, "value": value,
        "table": "notes", "column": "text", "row": row.to_string(),
    })
}

async fn ask(site: &Site, key: &str, what: &str, body: &Value) -> Answer {
    let path = format!("/v1/{what}");
    site.call("POST", &path, key, &body.to_string()).await
}

/// The fields as they are stored: at the places where they were sealed.
async fn sealed(site: &Site, key: &str, fields: &[Value]) -> Vec<Value> {
    let answer = ask(site, key, "seal", &json!({ "fields": fields })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(!answer.body.contains("post.example"), "{}", answer.body);
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    let sealed = answer["fields"].as_array().unwrap().iter();
    let stored = sealed.zip(fields).map(|(sealed, field)| {
        let mut stored = field.clone();
        let stored_fields = stored.as_object_mut().unwrap();
        stored_fields.remove("person");
        stored_fields.remove("value");
        stored_fields.remove("base64");
        stored_fields.insert("sealed".to_owned(), sealed["sealed"].clone());
        stored
    });
    stored.collect()
}

async fn opened(site: &Site, key: &str, stored: &[Value]) -> Vec<Value> {
    let answer = ask(site, key, "open", &json!({ "fields": stored })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    answer["fields"].as_array().unwrap().clone()
}

fn open(value: &str) -> Value {
    json!({ "is": "open", "value": value })
}

fn refused() -> Value {
    json!({ "is": "refused" })
}

fn gone() -> Value {
    json!({ "is": "gone" })
}

/// Carries an erasure out that waits for a decision; the service does the rest.
async fn erase(site: &Site, id: &SubjectRequestId) {
    let effects = site.service.required(id).await.unwrap().value.sources["app"]
        .preview
        .effects
        .clone();
    for event in [
        Event::Approved {
            by: StaffId::from_random([9; 16]),
        },
        Event::Prepared {
            tasks: BTreeMap::new(),
            writes: [].into(),
        },
        Event::Erased {
            source: "app".to_owned(),
            effects,
            held: BTreeMap::new(),
        },
        Event::Searched {
            source: "app".to_owned(),
            residue: Vec::new(),
            replicas: Vec::new(),
        },
    ] {
        let taken = site.service.take_in(id, &event, &Change::default()).await;
        taken.unwrap().unwrap();
    }
    site.work().await;
}

#[tokio::test]
async fn fields_open_at_their_place_and_nowhere_else() {
    let site = Site::new().await;
    let key = site.key(&BOTH, &[], None).await.secret;
    let bytes = json!({
        "person": { "email": "ada@post.example" }, "base64": "/wD/",
        "table": "files", "column": "bytes", "row": "1",
    });
    let fields = [
        field("ada@post.example", 1, "one"),
        field("mireille@post.example", 2, "two"),
        field("ada@post.example", 3, ""),
        bytes,
    ];
    let stored = sealed(&site, &key, &fields).await;
    let all = opened(&site, &key, &stored).await;
    let raw = json!({ "is": "open", "base64": "/wD/" });
    assert_eq!(all, [open("one"), open("two"), open(""), raw]);
    let again = sealed(&site, &key, &fields).await;
    assert_ne!(again, stored, "each has a nonce of its own");
    assert_eq!(opened(&site, &key, &again).await, all);

    let mut moved = stored.clone();
    moved[0]["row"] = json!("2");
    moved[1]["sealed"] = stored[0]["sealed"].clone();
    moved[2]["column"] = json!("texts");
    let found = opened(&site, &key, &moved).await;
    assert_eq!(found[..3], [refused(), refused(), refused()]);
    assert_eq!(found[3], all[3], "the others open");
}

/// In which epoch a key's shard was.
fn epochs(before: &[KeyAge], key: &KeyAge) -> u64 {
    let shard = before.iter().find(|one| one.shard == key.shard);
    shard.map_or(key.epoch, |one| one.epoch)
}

#[tokio::test]
async fn an_erased_persons_fields_are_gone_and_everybody_elses_open() {
    let site = Site::new().await;
    let key = site.key(&BOTH, &[], None).await.secret;
    let fields = [
        field("mireille@post.example", 1, "hers"),
        field("ada@post.example", 2, "ada's"),
    ];
    let backup = sealed(&site, &key, &fields).await;
    let id = site.undecided().await;
    assert_eq!(opened(&site, &key, &backup).await[0], open("hers"));
    let before = site.service.key_ages().await.unwrap();
    erase(&site, &id).await;
    let request = site.service.required(&id).await.unwrap().value;
    assert_eq!(request.state_key(), "completed");
    let found = opened(&site, &key, &backup).await;
    assert_eq!(found, [gone(), open("ada's")]);
    let entries = site.service.store().ledger_entries_of(&id).await.unwrap();
    let kinds = entries.iter().map(|row| {
        let entry = candor_seal::entry::Entry::decode(&row.bytes).unwrap();
        entry.kind
    });
    assert_eq!(kinds.filter(|kind| kind == "fields.shredded").count(), 1);
    let keys = site.service.key_ages().await.unwrap();
    let rolled = keys.iter().filter(|key| key.epoch > epochs(&before, key));
    assert_eq!(
        rolled.count(),
        1,
        "nor do copies of our own state open them"
    );

    // Whoever comes back with the same address is somebody new.
    let anew = sealed(&site, &key, &fields[..1]).await;
    assert_eq!(opened(&site, &key, &anew).await, [open("hers")]);
    assert_eq!(opened(&site, &key, &backup).await[0], gone());
}

#[tokio::test]
async fn people_are_found_by_their_keys_id_until_it_is_destroyed() {
    let site = Site::new().await;
    let key = site.key(&BOTH, &[], None).await.secret;
    let people = json!({ "people": [
        { "person": { "email": "mireille@post.example" } },
        { "person": { "email": "ada@post.example" } },
    ]});
    let ids = async || -> Vec<Value> {
        let answer = ask(&site, &key, "index", &people).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(!answer.body.contains("post.example"), "{}", answer.body);
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        let ids = answer["people"].as_array().unwrap().iter();
        ids.map(|one| one["key"].clone()).collect()
    };
    assert_eq!(
        ids().await,
        [Value::Null, Value::Null],
        "nobody is given a key"
    );
    let fields = [field("mireille@post.example", 1, "hers")];
    let answer = ask(&site, &key, "seal", &json!({ "fields": fields })).await;
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    let own = answer["fields"][0]["key"].clone();
    assert_eq!(ids().await, [own, Value::Null]);
    let id = site.undecided().await;
    erase(&site, &id).await;
    assert_eq!(ids().await, [Value::Null, Value::Null]);
}

#[tokio::test]
async fn an_answer_to_another_right_leaves_the_fields_as_they_are() {
    let site = Site::new().await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    let stored = sealed(&site, &key, &[field("mireille@post.example", 1, "hers")]).await;
    let id = site.undecided().await;
    let refuse = format!("/v1/subject-requests/{id}/refuse");
    let body = r#"{"reason":"excessive"}"#;
    assert_eq!(site.call("POST", &refuse, &key, body).await.status, 200);
    site.work().await;
    assert_eq!(opened(&site, &key, &stored).await, [open("hers")]);
}

#[tokio::test]
async fn a_tenants_key_opens_its_own_end_users_only() {
    let site = with_tenants().await;
    let own = site.key(&BOTH, &[], None).await.secret;
    let acme = site.key(&BOTH, &[], Some("acme")).await.secret;
    let other = site.key(&BOTH, &[], Some("globex")).await.secret;
    let of_tenant = |row| {
        json!({
            "person": { "external_id": "17" }, "value": "acme's",
            "table": "notes", "column": "text", "row": row,
        })
    };
    let stored = sealed(&site, &acme, &[of_tenant("1")]).await;
    assert_eq!(opened(&site, &acme, &stored).await, [open("acme's")]);
    assert_eq!(opened(&site, &other, &stored).await, [refused()]);
    assert_eq!(opened(&site, &own, &stored).await, [refused()]);
    let body = json!({ "tenant": "acme", "fields": stored });
    let answer = ask(&site, &own, "open", &body).await;
    assert!(
        answer.body.contains("acme's"),
        "the operator names it: {}",
        answer.body
    );
    for what in ["open", "seal"] {
        let answer = ask(&site, &other, what, &body).await;
        assert_eq!(
            problem(&answer).0,
            if what == "open" { 403 } else { 422 },
            "{what}"
        );
    }
    // The same number at another tenant is another person, under another key.
    let theirs = sealed(&site, &other, &[of_tenant("1")]).await;
    let id = |stored: &Value| {
        stored["sealed"]
            .as_str()
            .unwrap()
            .get(..20)
            .map(str::to_owned)
    };
    assert_ne!(id(&theirs[0]), id(&stored[0]));
}

#[tokio::test]
async fn what_is_wrong_with_a_field_is_named_by_its_place() {
    let site = Site::new().await;
    let key = site.key(&BOTH, &[], None).await.secret;
    let good = field("mireille@post.example", 1, "hers");
    let with = |name: &str, value: Value| {
        let mut field = good.clone();
        field[name] = value;
        json!({ "fields": [good.clone(), field] })
    };
    let long = "m".repeat(64 * 1024 + 1);
    let many = vec![good.clone(); 1_001];
    for (body, places) in [
        (json!({}), vec!["/fields"]),
        (json!({ "fields": [] }), vec!["/fields"]),
        (json!({ "fields": many }), vec!["/fields"]),
        (with("value", json!(long)), vec!["/fields/1/value"]),
        (with("value", Value::Null), vec!["/fields/1/value"]),
        (with("table", json!("")), vec!["/fields/1/table"]),
        (with("person", json!({})), vec!["/fields/1/person"]),
        (
            with("person", json!({ "email": "mireille" })),
            vec!["/fields"],
        ),
        (
            with("person", json!({ "phone": "mireille" })),
            vec!["/fields"],
        ),
        (with("colour", json!("mireille")), vec!["/fields/1/colour"]),
    ] {
        let answer = ask(&site, &key, "seal", &body).await;
        assert_eq!(problem(&answer).2, places);
    }
    let mut stored = sealed(&site, &key, &[good]).await;
    stored[0]["sealed"] = json!("mireille");
    let answer = ask(&site, &key, "open", &json!({ "fields": stored })).await;
    assert_eq!(problem(&answer).2, ["/fields/0/sealed"]);
}
