//! A tenant at work: it is told what waits for it, without a word about anybody, and
//! does on its page what its key lets it do through the API.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use candor_domain::api_key::Permission;
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Channel, Event, State, SubjectRequest};
use candor_policy::charter::Right;
use candor_policy::map::{ColumnMap, Content};
use candor_policy::period::{Period, Unit};
use candor_seal::webhook::{Message, WebhookKeys};
use candor_store::Change;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::fixture::{Hand, Site};
use super::tenants::{Tenant, charter, tenant};
use crate::protocols::Parties;
use crate::protocols::tests::parties;
use crate::service::{Filing, Proved};
use crate::world::World;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ADDRESS: &str = "rights@acme.example";

fn mailed() -> Parties {
    parties(&json!({ "tenants": [{ "tenant": "acme", "email": ADDRESS }] })).unwrap()
}

async fn at_hand(hand: &Hand, parties: Parties) -> Site {
    let mut charter = charter();
    for right in Right::ALL {
        charter.rights.entry(right).or_default();
    }
    let erasure = charter.rights.get_mut(&Right::Erasure).unwrap();
    erasure.undo = Some(Period {
        amount: 14,
        unit: Unit::Days,
    });
    let app = charter.sources.get_mut("app").unwrap();
    let accounts = app.map.tables.get_mut("accounts").unwrap();
    let name = ColumnMap {
        content: Content::Personal("name".to_owned()),
        erased: None,
        rectify: Some(true),
    };
    accounts.columns.insert("name".to_owned(), name);
    let world = World {
        clock: Arc::new(hand.clone()),
        ..World::real()
    };
    Site::of(charter, world, parties).await
}

/// An end user's erasure that waits for the tenant.
async fn waits(site: &Site, user: &str) -> SubjectRequestId {
    let filing = Filing {
        right: Right::Erasure,
        about: None,
        identities: vec![candor_domain::identity::Identity::new("external_id", user)],
        channel: Channel::Api,
        tenant: "acme".parse().ok(),
        received_at: None,
        proved: Some(Proved::Vouched {
            who: candor_domain::id::StaffId::from_random([9; 16]),
            reason: "Asked us.".to_owned(),
        }),
        once: None,
    };
    let id = site.service.file_for(filing).await.unwrap().id;
    site.located(&id).await;
    id
}

async fn read(site: &Site, id: &SubjectRequestId) -> SubjectRequest {
    site.service.required(id).await.unwrap().value
}

fn kinds(request: &SubjectRequest, start: &str) -> Vec<String> {
    let kinds = request.history.iter().map(|moment| moment.kind.clone());
    kinds.filter(|kind| kind.starts_with(start)).collect()
}

#[tokio::test]
async fn a_tenant_is_told_once_of_all_that_waits_and_reminded_before_it_is_due() {
    let hand = Hand::new();
    let site = at_hand(&hand, mailed()).await;
    let mut ids = Vec::new();
    for user in ["user-1", "user-2", "user-3"] {
        ids.push(waits(&site, user).await);
    }
    site.work().await;
    assert_eq!(
        site.mails().len(),
        0,
        "what is filed together is told together"
    );
    hand.turn(SignedDuration::from_mins(5));
    site.work().await;
    let mails = site.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains(&format!("To: {ADDRESS}")));
    for id in &ids {
        assert!(mails[0].contains(id.as_str()), "{}", mails[0]);
        assert_eq!(
            kinds(&read(&site, id).await, "tenant"),
            ["tenant_told.mail"]
        );
    }
    assert!(!mails[0].contains("user-"), "nobody is named: {}", mails[0]);
    assert!(mails[0].contains("/tenant?show=3Ddecide") || mails[0].contains("/tenant?show=decide"));

    // One is decided; the other two are still there a week before they are due.
    let by = tenant(&site, "acme", &Permission::ALL, &[]).await;
    let path = format!("/tenant/requests/{}/refuse", ids[0]);
    by.post(&site, &path, "confirm=yes&reason=excessive").await;
    site.work().await;
    let before = site.mails().len();
    let due = read(&site, &ids[1]).await.due_at;
    let week = SignedDuration::from_hours(7 * 24);
    hand.turn(due.duration_since(site.service.now()) - week - SignedDuration::from_mins(1));
    site.work().await;
    assert_eq!(site.mails().len(), before, "not yet");
    hand.turn(SignedDuration::from_mins(2));
    site.work().await;
    let mails = site.mails();
    assert_eq!(mails.len(), before + 1);
    let reminder = mails.iter().find(|mail| mail.contains("Still waiting"));
    let reminder = reminder.unwrap();
    assert!(!reminder.contains(ids[0].as_str()) && reminder.contains(ids[2].as_str()));
    for id in &ids[1..] {
        let told = ["tenant_told.mail", "tenant_reminded.mail"];
        assert_eq!(kinds(&read(&site, id).await, "tenant"), told);
    }
    hand.turn(SignedDuration::from_hours(24));
    site.work().await;
    assert_eq!(site.mails().len(), before + 1, "once");
}

#[tokio::test]
async fn without_a_contact_it_is_on_record_and_staff_see_it() {
    let hand = Hand::new();
    let site = at_hand(&hand, Parties::default()).await.sign_in().await;
    let id = waits(&site, "user-1").await;
    site.key(&Permission::ALL, &[], Some("acme")).await;
    hand.turn(SignedDuration::from_mins(5));
    site.work().await;
    assert_eq!(kinds(&read(&site, &id).await, "tenant"), ["tenant.untold"]);
    assert_eq!(site.service.system().await.unwrap().queue.failing, 1);
    let page = site.get(&format!("/console/requests/{id}")).await.body;
    assert!(page.contains("Nobody tells acme that it waits"), "{page}");
    let keys = site.get("/console/keys").await.body;
    assert!(keys.contains("whom nobody tells what waits"), "{keys}");
}

/// A program that answers once, and what it was told: headers and body.
type Heard = std::thread::JoinHandle<(BTreeMap<String, String>, String)>;

fn listening(listener: TcpListener, answer: &'static str) -> Heard {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        let mut part = [0; 4096];
        loop {
            let length = stream.read(&mut part).unwrap();
            bytes.extend_from_slice(&part[..length]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let headers: BTreeMap<String, String> = head
                .lines()
                .skip(1)
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            if body.len().to_string() == headers["content-length"] {
                let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
                return (headers, body.to_owned());
            }
        }
    })
}

#[tokio::test]
async fn a_program_is_told_by_a_signed_message_until_it_takes_it() {
    let hand = Hand::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/told", listener.local_addr().unwrap());
    let refused = listening(listener.try_clone().unwrap(), "503 Later");
    let declared = json!({ "tenants": [{ "tenant": "acme",
        "webhook": { "address": address, "secret": "webhook.secret" } }] });
    let site = at_hand(&hand, parties(&declared).unwrap()).await;
    let id = waits(&site, "user-1").await;
    hand.turn(SignedDuration::from_mins(5));
    site.work().await;
    refused.join().unwrap();
    assert_eq!(
        kinds(&read(&site, &id).await, "tenant"),
        Vec::<String>::new()
    );

    let heard = listening(listener, "204 Taken");
    hand.turn(SignedDuration::from_mins(5));
    site.work().await;
    let (headers, body) = heard.join().unwrap();
    let keys = WebhookKeys::parse(SECRET, None).unwrap();
    let message = Message {
        id: &headers["webhook-id"],
        sent_at: headers["webhook-timestamp"].parse().unwrap(),
        body: body.as_bytes(),
    };
    let now = site.service.now().as_second();
    keys.verify(&message, &headers["webhook-signature"], now)
        .unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    let told = &body["data"]["subject_requests"][0];
    assert_eq!(told["id"], json!(id));
    assert_eq!(told["right"], "erasure");
    assert!(!body.to_string().contains("user-1"));
    assert_eq!(
        kinds(&read(&site, &id).await, "tenant"),
        ["tenant_told.webhook"]
    );
    assert_eq!(site.mails().len(), 0, "no address is declared");
}

#[test]
fn a_contact_is_refused_where_it_reaches_nobody_safely() {
    let of = |extra: Value| {
        let mut one = json!({ "tenant": "acme" });
        for (key, value) in extra.as_object().unwrap() {
            one[key] = value.clone();
        }
        json!({ "tenants": [one] })
    };
    assert!(parties(&of(json!({ "email": ADDRESS }))).is_ok());
    let webhook = |address: &str, secret: &str| {
        of(json!({ "webhook": { "address": address, "secret": secret } }))
    };
    assert!(parties(&webhook("https://acme.example/told", "webhook.secret")).is_ok());
    for (file, why) in [
        (of(json!({})), "name an `email` or a `webhook`"),
        (of(json!({ "email": "acme" })), "its `email` is no address"),
        (of(json!({ "mail": ADDRESS })), "unknown field `mail`"),
        (
            webhook("http://acme.example/", "webhook.secret"),
            "must be an https address",
        ),
        (
            webhook("https://a:b@acme.example/", "webhook.secret"),
            "no password",
        ),
        (
            webhook("https://acme.example/", "other_key.pem"),
            "chmod 600",
        ),
        (
            webhook("https://acme.example/", "key.pem"),
            "a secret is `whsec_`",
        ),
        (
            webhook("https://acme.example/", "none"),
            "could not be read",
        ),
        (
            json!({ "tenants": [
                { "tenant": "acme", "email": ADDRESS }, { "tenant": "acme", "email": ADDRESS },
            ] }),
            "it stands twice",
        ),
    ] {
        let error = parties(&file).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[tokio::test]
async fn an_erasure_is_undone_on_the_tenants_page_and_not_by_staff() {
    let hand = Hand::new();
    let site = at_hand(&hand, mailed()).await.sign_in().await;
    let id = waits(&site, "user-1").await;
    site.erased(&id).await;
    let page = site.get(&format!("/console/requests/{id}")).await.body;
    assert!(page.contains("acme can have this erasure undone"), "{page}");
    assert!(!page.contains("/undo\""), "staff have no form for it");
    let acme = tenant(&site, "acme", &Permission::ALL, &[]).await;
    let path = format!("/tenant/requests/{id}");
    assert!(
        acme.get(&site, &path)
            .await
            .body
            .contains(&format!("{path}/undo"))
    );
    let reader = tenant(&site, "acme", &[Permission::Read], &[]).await;
    assert!(!reader.get(&site, &path).await.body.contains("/undo"));
    let undo = format!("{path}/undo");
    assert_eq!(reader.post(&site, &undo, "confirm=yes").await.status, 404);
    assert_eq!(acme.post(&site, &undo, "").await.status, 422);
    let done = acme.post(&site, &undo, "confirm=yes").await;
    assert_eq!(done.location(), path, "{}", done.body);
    let asked = read(&site, &id).await.history;
    let asked = asked
        .iter()
        .find(|one| one.kind == "subject_request.undo_asked");
    assert_eq!(asked.unwrap().by, Some(acme.actor()));
}

#[tokio::test]
async fn a_restriction_is_filed_said_and_lifted_on_the_tenants_page() {
    let hand = Hand::new();
    let site = at_hand(&hand, mailed()).await.sign_in().await;
    let acme = tenant(&site, "acme", &Permission::ALL, &[]).await;
    let path = filed(&site, &acme, Right::Restriction).await;
    let wish = format!("{path}/wish");
    assert_eq!(
        acme.post(&site, &wish, "").await.status,
        422,
        "the reason is missing"
    );
    let said = acme
        .post(&site, &wish, "ground=contested&text=It+is+wrong.")
        .await;
    assert_eq!(said.location(), path, "{}", said.body);
    let id: SubjectRequestId = Site::link(&path).parse().unwrap();
    let page = acme.get(&site, &path).await.body;
    assert!(page.contains("It is wrong."), "{page}");
    site.located(&id).await;
    let approve = format!("{path}/approve");
    acme.post(&site, &approve, "confirm=yes").await;
    let nothing = Change::default();
    for event in [
        Event::Prepared {
            tasks: BTreeMap::new(),
            writes: [].into(),
        },
        Event::ReceiptIssued,
    ] {
        site.service
            .take_in(&id, &event, &nothing)
            .await
            .unwrap()
            .unwrap();
    }
    let request = read(&site, &id).await;
    assert!(matches!(request.state, State::Completed { .. }) && request.restricts());
    let page = site.get(&format!("/console/requests/{id}")).await.body;
    assert!(
        page.contains("acme ends it") && !page.contains("/lift\""),
        "{page}"
    );
    let lift = format!("{path}/lift");
    assert!(acme.get(&site, &path).await.body.contains(&lift));
    let lifted = acme.post(&site, &lift, "confirm=yes").await;
    assert_eq!(lifted.location(), path, "{}", lifted.body);
    assert!(!acme.get(&site, &path).await.body.contains(&lift));
}

/// Files on the page for somebody who is vouched for; the path of what was filed.
async fn filed(site: &Site, acme: &Tenant, right: Right) -> String {
    let form = format!(
        "right={}&identity-external_id=user-9&identity-email=jo%40post.example&reason=Signed+in.",
        right.key()
    );
    let answer = acme.post(site, "/tenant/requests", &form).await;
    let path = answer.location().to_owned();
    assert!(path.starts_with("/tenant/requests/"), "{}", answer.body);
    path
}

#[tokio::test]
async fn every_right_is_filed_on_the_tenants_page_with_what_is_to_be_said() {
    for (right, said) in [
        (Right::Rectification, Some("what=name&was=&value=Jo")),
        (
            Right::Objection,
            Some("purpose=abuse&text=Because+of+my+job."),
        ),
        (Right::Withdrawal, Some("purpose=newsletter")),
        (Right::Complaint, Some("text=Nobody+answered.")),
        (Right::Access, None),
        (Right::OptOut, None),
    ] {
        let hand = Hand::new();
        let site = at_hand(&hand, mailed()).await;
        let acme = tenant(&site, "acme", &Permission::ALL, &[]).await;
        let path = filed(&site, &acme, right).await;
        let id: SubjectRequestId = Site::link(&path).parse().unwrap();
        let Some(said) = said else {
            assert_eq!(read(&site, &id).await.state, State::Locating, "{right:?}");
            continue;
        };
        let page = acme.get(&site, &path).await.body;
        assert!(page.contains(&format!("{path}/wish")), "{right:?}: {page}");
        let narrow = tenant(&site, "acme", &[Permission::Read, Permission::File], &[]).await;
        let page = narrow.get(&site, &path).await.body;
        assert!(!page.contains("/wish"), "{right:?}: not with this key");
        let refused = narrow.post(&site, &format!("{path}/wish"), said).await;
        assert_eq!(refused.status, 404);
        let answer = acme.post(&site, &format!("{path}/wish"), said).await;
        assert_eq!(answer.location(), path, "{right:?}: {}", answer.body);
        let state = read(&site, &id).await.state;
        let expected = if right == Right::Complaint {
            State::Undecided
        } else {
            State::Locating
        };
        assert_eq!(state, expected, "{right:?}");
    }
}
