//! Files of many people through the API: what is said before anything is filed, and
//! what is filed once it is confirmed.

use std::sync::Arc;

use candor_domain::api_key::Permission;
use candor_domain::bulk::{CONFIRM_TIME, PART_ROWS, REPORT_TIME};
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::Channel;
use candor_policy::charter::{Person, Right, Role};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::service::Decision;
use crate::ui::sample;
use crate::ui::tests::fixture::{Answer, Hand, Site};
use crate::worker::Worker;
use crate::world::World;

const PATH: &str = "/v1/subject-requests/bulk";
const REASON: &str = r#"{"reason":"All signed in to their accounts."}"#;
const MAY: [Permission; 3] = [Permission::File, Permission::Vouch, Permission::Read];

struct Sender {
    site: Site,
    key: String,
}

impl Sender {
    async fn new() -> Self {
        Self::at(&Hand::new()).await
    }

    async fn at(hand: &Hand) -> Self {
        let world = World {
            clock: Arc::new(hand.clone()),
            ..World::real()
        };
        let mut charter = sample::charter();
        for person in charter.people.values_mut() {
            person.known_by.push("customer_id".to_owned());
        }
        let site = Site::at(charter, world).await;
        let key = site.key(&MAY, &[], None).await.secret;
        Self { site, key }
    }

    async fn send_with(&self, query: &str, text: &str, more: &[(&str, &str)]) -> Answer {
        let mut headers = vec![("content-type", "text/csv")];
        headers.extend(more);
        let path = format!("{PATH}{query}");
        let site = &self.site;
        site.call_with("POST", &path, &self.key, text, &headers)
            .await
    }

    /// Sends a file that must be taken in.
    async fn send(&self, query: &str, text: &str) -> Value {
        let answer = self.send_with(query, text, &[]).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        assert!(!answer.body.contains("post.example"), "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    async fn confirm(&self, file: &Value, body: &str) -> (u16, Value) {
        let path = format!("{}/confirm", file["href"].as_str().unwrap());
        let answer = self.site.call("POST", &path, &self.key, body).await;
        (
            answer.status.as_u16(),
            serde_json::from_str(&answer.body).unwrap(),
        )
    }

    async fn shown(&self, file: &Value) -> Value {
        let path = file["href"].as_str().unwrap();
        let answer = self.site.call("GET", path, &self.key, "").await;
        serde_json::from_str(&answer.body).unwrap()
    }

    async fn report(&self, file: &Value) -> Vec<Vec<String>> {
        let path = file["report"].as_str().unwrap();
        let answer = self.site.call("GET", path, &self.key, "").await;
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert!(!answer.body.contains("post.example"), "{}", answer.body);
        let lines = answer.body.lines().skip(1);
        lines
            .map(|line| line.split(',').map(str::to_owned).collect())
            .collect()
    }

    async fn filed(&self) -> Vec<(String, u64)> {
        self.site.service.request_counts().await.unwrap()
    }
}

fn people(count: usize) -> String {
    let lines = (0..count).map(|number| format!("person{number}@post.example,R{number}\n"));
    format!("email,reference\n{}", lines.collect::<String>())
}

#[tokio::test]
async fn a_file_is_looked_at_confirmed_filed_and_reported() {
    let sender = Sender::new().await;
    let open = sender.site.filed(Right::Erasure).await;
    let rows = PART_ROWS + 5;
    let text = people(rows) + "mireille@post.example,=1+1\nperson3@post.example,again\n";
    let file = sender.send("?right=erasure", &text).await;
    let rows = rows + 2;
    assert_eq!(file["state"], "checked");
    assert_eq!((&file["rows"], &file["bad"]), (&json!(rows), &json!(0)));
    assert_eq!((&file["repeated"], &file["open"]), (&json!(1), &json!(1)));
    assert_eq!(file["rights"], json!({ "erasure": rows }));
    let report = sender.report(&file).await;
    assert_eq!(report.len(), rows);
    assert_eq!(report[0], ["2", "R0", "ready", "", ""]);
    let last = &report[rows - 1];
    assert_eq!(last[4], "the same person and right as line 5");
    sender.site.work().await;
    assert_eq!(
        sender.filed().await,
        [("unverified".to_owned(), 1)],
        "nothing is filed before it is confirmed"
    );

    let (status, confirmed) = sender.confirm(&file, REASON).await;
    assert_eq!((status, &confirmed["state"]), (200, &json!("filing")));
    sender.site.work().await;
    let done = sender.shown(&file).await;
    assert_eq!(done["state"], "done");
    assert_eq!(done["filed"], rows - 2);
    assert_eq!(done["attached"], 2);
    let report = sender.report(&file).await;
    let id: SubjectRequestId = report[0][3].parse().unwrap();
    assert_eq!(report[0][..3], ["2", "R0", "filed"]);
    assert_eq!(report[rows - 2][1], "'=1+1", "no formula");
    assert_eq!(report[rows - 2][2..4], ["attached", open.as_str()]);
    assert_eq!(report[rows - 1][2..4], ["attached", &report[3][3]]);
    let request = sender.site.service.required(&id).await.unwrap().value;
    assert_eq!(
        (request.channel, request.right),
        (Channel::Bulk, Right::Erasure)
    );
    let reason = sender.site.service.vouched_because(&request).await.unwrap();
    assert_eq!(reason.as_deref(), Some("All signed in to their accounts."));
    // The open one waited for its proof: the file brought it.
    let proved = sender.site.service.required(&open).await.unwrap().value;
    assert_eq!(proved.proof.map(|proof| proof.key()), Some("vouched"));
}

#[tokio::test]
async fn bad_rows_are_told_first_and_left_out_only_by_choice() {
    let sender = Sender::new().await;
    let text = "email,customer_id,right,received,about\n\
        a@post.example,,erasure,2026-11-02,\n\
        b.post.example,,erasure,,\n\
        c@post.example,,,,\n\
        d@post.example,,erasure,2999-01-01,\n\
        e@post.example,,opt_out,,\n\
        f@post.example,,erasure,,stranger\n\
        a@post.example,17,erasure,,\n";
    let file = sender.send("", text).await;
    assert_eq!((&file["good"], &file["bad"]), (&json!(1), &json!(6)));
    let faults = file["faults"].as_array().unwrap().iter();
    let places: Vec<_> = faults
        .map(|one| (one["line"].as_u64().unwrap(), one["column"].clone()))
        .collect();
    let column = |name: &str| json!(name);
    assert_eq!(
        places,
        [
            (3, column("email")),
            (4, column("right")),
            (5, column("received")),
            (6, column("right")),
            (7, column("about")),
            // Another customer number for the person of line 2.
            (8, Value::Null),
        ]
    );
    let (status, problem) = sender.confirm(&file, REASON).await;
    assert_eq!((status, &problem["code"]), (409, &json!("conflict")));
    sender.site.work().await;
    assert_eq!(sender.filed().await, []);
    let choice = r#"{"reason":"known","leave_out":true}"#;
    assert_eq!(sender.confirm(&file, choice).await.0, 200);
    sender.site.work().await;
    let done = sender.shown(&file).await;
    assert_eq!((&done["filed"], &done["left_out"]), (&json!(1), &json!(6)));
    let report = sender.report(&file).await;
    let id = report[0][3].parse().unwrap();
    let request = sender.site.service.required(&id).await.unwrap().value;
    let received = request.clock.received_at;
    assert_eq!(
        received.to_string(),
        "2026-11-01T23:00:00Z",
        "its day in Paris"
    );
    assert!(request.filed_at > received);
}

#[tokio::test]
async fn a_file_sent_again_is_recognised() {
    let sender = Sender::new().await;
    let file = sender.send("?right=access", &people(2)).await;
    let again = sender.send("?right=access", &people(2)).await;
    assert_eq!(file["id"], again["id"], "nobody confirmed it yet");
    let other = sender.send("?right=erasure", &people(2)).await;
    assert_ne!(file["id"], other["id"]);

    let name = [("idempotency-key", "november")];
    let named = sender.send_with("?right=access", &people(3), &name).await;
    assert_eq!(named.status, 201, "{}", named.body);
    let replayed = sender.send_with("?right=access", &people(3), &name).await;
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    assert_eq!(replayed.location(), named.location());
    let reused = sender.send_with("?right=access", &people(4), &name).await;
    assert_eq!(reused.status, 422);
    assert!(reused.body.contains("idempotency_key_reused"));

    assert_eq!(sender.confirm(&file, REASON).await.0, 200);
    sender.site.work().await;
    assert_eq!(
        sender.confirm(&file, REASON).await.0,
        200,
        "as often as you like"
    );
    let same = sender.send("?right=access", &people(2)).await;
    assert_eq!(same["same_as"], file["id"]);
    let (status, problem) = sender.confirm(&same, REASON).await;
    assert_eq!(status, 409);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("confirmed before")
    );
    let (status, _) = sender
        .confirm(&same, r#"{"reason":"They asked again.","again":true}"#)
        .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_file_exists_for_its_sender_only_and_needs_their_word() {
    let sender = Sender::new().await;
    let file = sender.send("?right=access", &people(1)).await;
    let href = file["href"].as_str().unwrap();
    let site = &sender.site;
    let other = site.key(&Permission::ALL, &[], None).await.secret;
    for (method, path) in [
        ("GET", href.to_owned()),
        ("GET", format!("{href}/report")),
        ("POST", format!("{href}/confirm")),
        ("DELETE", href.to_owned()),
    ] {
        let answer = site.call(method, &path, &other, "").await;
        assert_eq!(answer.status, 404, "{method} {path}");
    }
    for body in [
        "",
        "{}",
        r#"{"reason":" "}"#,
        r#"{"reason":"a","agian":true}"#,
    ] {
        assert_eq!(sender.confirm(&file, body).await.0, 422, "{body}");
    }
    let mut limited = Sender::new().await;
    let key = limited
        .site
        .key(&[Permission::File], &[Right::Access], None);
    limited.key = key.await.secret;
    let sent = limited
        .send("", "email,right\na@b.example,erasure\nc@d.example,access\n")
        .await;
    assert_eq!(sent["faults"][0]["column"], "right", "not the key's right");
    assert_eq!(
        limited.confirm(&sent, REASON).await.0,
        403,
        "it may not vouch"
    );

    let answer = site.call("DELETE", href, &sender.key, "").await;
    assert_eq!(answer.status, 204);
    let answer = site.call("GET", href, &sender.key, "").await;
    assert_eq!(answer.status, 404);
    let text = "ada@post.example,erasure\n";
    let answer = sender.send_with("", text, &[]).await;
    assert_eq!(answer.status, 422);
    assert!(!answer.body.contains("ada"), "{}", answer.body);
    let answer = site.call("POST", PATH, &sender.key, "{}").await;
    assert_eq!(answer.status, 415);
    let large = "a".repeat(crate::bulk::FILE_BYTES_MAX + 2);
    assert_eq!(sender.send_with("", &large, &[]).await.status, 413);
}

#[tokio::test]
async fn what_a_file_said_is_sealed_and_goes_with_its_filing() {
    let sender = Sender::new().await;
    let file = sender.send("?right=access", &people(3)).await;
    let id = file["id"].as_str().unwrap().parse().unwrap();
    let store = sender.site.service.store();
    let blob = candor_store::rows::bulk_blob(&id);
    let before = store.chunk(&blob, 0).await.unwrap().unwrap();
    sender.confirm(&file, REASON).await;
    sender.site.work().await;
    let after = store.chunk(&blob, 0).await.unwrap().unwrap();
    assert!(after.len() < before.len(), "outcomes hold no identities");
    let row = store.bulk_file(&id).await.unwrap().unwrap();
    assert_eq!(
        row.value.sealed, None,
        "the reason stays with the people alone"
    );
    let key = sender.site.service.bulk_key(&row.value).unwrap();
    let sealed = candor_seal::envelope::Sealed::from_bytes(after);
    let at = super::part_place(&id, 0);
    let plain = key.open(&super::place("part", &at), &sealed).unwrap();
    let plain = String::from_utf8(plain).unwrap();
    assert!(!plain.contains("post.example"), "{plain}");
    let state = std::fs::read(sender.site.state_file()).unwrap();
    let wal = std::fs::read(sender.site.state_file().with_extension("sqlite-wal"));
    let all = [state, wal.unwrap_or_default()].concat();
    assert!(!String::from_utf8_lossy(&all).contains("person1@post.example"));
}

#[tokio::test]
async fn files_are_forgotten_when_their_time_is_over() {
    let clock = Hand::new();
    let sender = Sender::at(&clock).await;
    let dropped = sender.send("?right=access", &people(1)).await;
    let filed = sender.send("?right=access", &people(2)).await;
    sender.confirm(&filed, REASON).await;
    sender.site.work().await;
    let state = |shown: Value| shown["state"].as_str().map(str::to_owned);
    clock.turn(CONFIRM_TIME - SignedDuration::from_mins(1));
    sender.site.work().await;
    assert!(state(sender.shown(&dropped).await).is_some());
    clock.turn(SignedDuration::from_mins(2));
    sender.site.work().await;
    assert_eq!(state(sender.shown(&dropped).await), None);
    assert!(state(sender.shown(&filed).await).is_some());
    clock.turn(REPORT_TIME);
    sender.site.work().await;
    assert_eq!(state(sender.shown(&filed).await), None);
    let id = filed["id"].as_str().unwrap().parse().unwrap();
    let blob = candor_store::rows::bulk_blob(&id);
    assert_eq!(
        sender.site.service.store().chunk(&blob, 0).await.unwrap(),
        None
    );
}

impl Sender {
    /// Files people, whose data is found; the file and its subject requests.
    async fn waiting(&self, text: &str) -> (Value, Vec<SubjectRequestId>) {
        let file = self.send("?right=erasure", text).await;
        self.confirm(&file, REASON).await;
        self.site.work().await;
        let mut ids = Vec::new();
        for line in self.report(&file).await {
            if line[2] == "filed" {
                let id: SubjectRequestId = line[3].parse().unwrap();
                self.site.located(&id).await;
                ids.push(id);
            }
        }
        (file, ids)
    }

    /// Asks something of a file, with a key.
    async fn ask(&self, key: &str, file: &Value, what: &str, body: &str) -> Answer {
        let path = format!("{}/{what}", file["href"].as_str().unwrap());
        let method = if body.is_empty() { "GET" } else { "POST" };
        self.site.call(method, &path, key, body).await
    }

    async fn states(&self, ids: &[SubjectRequestId]) -> Vec<&'static str> {
        let mut states = Vec::new();
        for id in ids {
            let request = self.site.service.required(id).await.unwrap().value;
            states.push(request.state_key());
        }
        states
    }
}

/// The kind of a problem.
fn code(answer: &Answer) -> (u16, String) {
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    let code = problem["code"].as_str().unwrap().to_owned();
    (answer.status.as_u16(), code)
}

/// Whoever may not decide, or says nothing that can be decided, is refused.
async fn nothing_else_is_taken(sender: &Sender, file: &Value, decider: &String, approve: &str) {
    let site = &sender.site;
    let access = site
        .key(&[Permission::Decide], &[Right::Access], None)
        .await
        .secret;
    let tenant = site.key(&Permission::ALL, &[], Some("acme")).await.secret;
    for (key, body, expected) in [
        (&sender.key, approve, (403, "forbidden")),
        (&access, approve, (403, "forbidden")),
        (&tenant, approve, (404, "not_found")),
        (decider, r#"{"decision":"approve"}"#, (422, "invalid")),
        (
            decider,
            r#"{"decision":"refuse","waiting":3}"#,
            (422, "invalid"),
        ),
        (
            decider,
            r#"{"decision":"approve","reason":"excessive","waiting":3}"#,
            (422, "invalid"),
        ),
        (
            decider,
            r#"{"decision":"approve","waiting":4}"#,
            (409, "conflict"),
        ),
    ] {
        let answer = sender.ask(key, file, "decide", body).await;
        assert_eq!(code(&answer), (expected.0, expected.1.to_owned()), "{body}");
    }
}

#[tokio::test]
async fn all_of_a_file_that_wait_are_decided_at_once_and_nobody_else() {
    let sender = Sender::new().await;
    let site = &sender.site;
    let open = site.undecided().await;
    let text = people(3) + "mireille@post.example,open\n";
    let (file, ids) = sender.waiting(&text).await;
    assert_eq!(ids.len(), 3, "the fourth was open before");
    let another = site.undecided_for("else@post.example").await;
    let decider = site.key(&[Permission::Decide], &[], None).await.secret;
    let shown = sender.ask(&decider, &file, "waiting", "").await;
    let unseen = sender.ask(&sender.key, &file, "waiting", "").await;
    assert_eq!(code(&unseen).1, "forbidden");
    assert!(!shown.body.contains("post.example"), "{}", shown.body);
    let shown: Value = serde_json::from_str(&shown.body).unwrap();
    assert_eq!(
        (&shown["waiting"], &shown["obstructed"]),
        (&json!(3), &json!(0))
    );
    assert_eq!(shown["rights"], json!({ "erasure": 3 }));
    assert_eq!(shown["planned"]["app"][0]["rows"], 3, "summed up");

    let approve = r#"{"decision":"approve","waiting":3}"#;
    nothing_else_is_taken(&sender, &file, &decider, approve).await;
    assert_eq!(
        sender.states(&ids).await,
        ["undecided"; 3],
        "nothing was decided"
    );

    let answer = sender.ask(&decider, &file, "decide", approve).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let again = sender.ask(&decider, &file, "decide", approve).await;
    assert_eq!(code(&again).1, "conflict", "one is under way");
    site.work().await;
    assert_eq!(sender.states(&ids).await, ["preparing"; 3]);
    assert_eq!(sender.states(&[open, another]).await, ["undecided"; 2]);
    let done = sender.shown(&file).await["decision"].clone();
    let followed = sender.ask(&decider, &file, "waiting", "").await;
    let followed: Value = serde_json::from_str(&followed.body).unwrap();
    assert_eq!(
        (&followed["decision"], &followed["waiting"]),
        (&done, &json!(0))
    );
    assert_eq!((&done["decided"], &done["left"]), (&json!(3), &json!(0)));
    assert!(done["ended_at"].is_string());
    let request = site.service.required(&ids[0]).await.unwrap().value;
    let approved = request
        .history
        .iter()
        .find(|one| one.kind == "subject_request.approved");
    assert_eq!(
        json!(approved.unwrap().by),
        done["by"],
        "each has its own record"
    );
    let none = sender
        .ask(
            &decider,
            &file,
            "decide",
            r#"{"decision":"approve","waiting":0}"#,
        )
        .await;
    assert_eq!(code(&none).1, "conflict");
}

#[tokio::test]
async fn what_begins_to_wait_later_waits_for_a_decision_of_its_own() {
    let hand = Hand::new();
    let sender = Sender::at(&hand).await;
    let site = &sender.site;
    let rows = PART_ROWS + 7;
    let (file, ids) = sender.waiting(&people(rows)).await;
    let decider = site.key(&[Permission::Decide], &[], None).await.secret;
    let refuse = format!(r#"{{"decision":"refuse","reason":"excessive","waiting":{rows}}}"#);
    let named = [("idempotency-key", "all of May")];
    let path = format!("{}/decide", file["href"].as_str().unwrap());
    for replayed in ["", "true"] {
        let answer = site
            .call_with("POST", &path, &decider, &refuse, &named)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    }
    // Somebody takes one back, and decides another, before the job comes to them.
    let by = sample::staff_id();
    let cancelled = site.service.decide(&ids[0], Decision::Cancel, &by).await;
    cancelled.unwrap();
    site.service.approve(&ids[1], &by).await.unwrap();
    hand.turn(SignedDuration::from_mins(1));
    let late = sender.site.undecided_for("late@post.example").await;
    site.work().await;
    let states = sender.states(&ids).await;
    assert_eq!(states[..2], ["cancelled", "preparing"]);
    assert!(
        states[2..].iter().all(|state| *state == "refused"),
        "{states:?}"
    );
    assert_eq!(sender.states(&[late]).await, ["undecided"]);
    let decision = sender.shown(&file).await["decision"].clone();
    assert_eq!(decision["decided"], rows - 2);
    assert_eq!(decision["reason"], "excessive");
}

/// A file about end users of a tenant, sent by the organisation, which waits.
async fn of_a_tenant() -> (Sender, Value, Vec<SubjectRequestId>) {
    let mut charter = sample::charter();
    let end_user = Person {
        role: Role::Processor,
        of: Some("customer".to_owned()),
        known_by: vec!["email".to_owned()],
        agreement: None,
        tools: Vec::new(),
    };
    charter.people.insert("end_user".to_owned(), end_user);
    let site = Site::signed_in_under(charter).await;
    let key = site.key(&MAY, &[], None).await.secret;
    let sender = Sender { site, key };
    let file = sender.send(
        "?right=erasure&tenant=acme",
        "email\na@post.example\nb@post.example\n",
    );
    let file = file.await;
    sender.confirm(&file, REASON).await;
    // Filed, and nobody looked for yet: the sample has no database.
    let worker = Worker::new(sender.site.service.clone(), SignedDuration::from_mins(1));
    worker.round().await.unwrap();
    let mut ids = Vec::new();
    for line in sender.report(&file).await {
        let id: SubjectRequestId = line[3].parse().unwrap();
        sender.site.located(&id).await;
        ids.push(id);
    }
    (sender, file, ids)
}

#[tokio::test]
async fn only_the_tenant_decides_about_its_own_end_users() {
    let (sender, file, ids) = of_a_tenant().await;
    let site = &sender.site;
    let own = site.key(&Permission::ALL, &[], None).await.secret;
    let approve = r#"{"decision":"approve","waiting":2}"#;
    let refused = sender.ask(&own, &file, "decide", approve).await;
    assert_eq!(code(&refused).1, "conflict");
    assert!(
        refused.body.contains("business customer"),
        "{}",
        refused.body
    );
    let address = format!("/console/requests/bulk/{}", file["id"].as_str().unwrap());
    assert!(!site.get(&address).await.body.contains("Approve all"));
    let form = "decision=approve&waiting=2&confirm=yes";
    let refused = site.post(&format!("{address}/decide"), form).await;
    assert_eq!(refused.status, 422);
    let other = site.key(&Permission::ALL, &[], Some("globex")).await.secret;
    assert_eq!(
        code(&sender.ask(&other, &file, "decide", approve).await).0,
        404
    );
    assert_eq!(code(&sender.ask(&other, &file, "waiting", "").await).0, 404);
    assert_eq!(sender.states(&ids).await, ["undecided"; 2]);

    let theirs = site
        .key(&[Permission::Decide], &[], Some("acme"))
        .await
        .secret;
    let answer = sender.ask(&theirs, &file, "decide", approve).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    site.work().await;
    // No source holds anything of a tenant's here: there is nothing to wait for.
    let approved = sender.states(&ids).await;
    assert!(
        approved.iter().all(|state| *state != "undecided"),
        "{approved:?}"
    );
}
