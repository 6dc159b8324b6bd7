//! The rights that people carry out, on the real example: what is wished, done
//! by hand, answered, and what the board says of it.

use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::personal::Personal;
use candor_domain::subject_request::{Ground, SubjectRequest, System};
use candor_policy::charter::Right;
use candor_server::service::{Decision, Said, SayError};
use jiff::SignedDuration;
use stackyard::{ALONE, Database};

use crate::promises::Watched;

fn staff() -> StaffId {
    StaffId::from_random([9; 16])
}

impl Watched {
    /// What the person writes on their own page.
    async fn say(&self, said: &Said) {
        let link = self.world.last_link("/requests/confirm/");
        let page = self.service.confirm(&link).await.unwrap();
        self.service.say(&page, said).await.unwrap();
        self.work().await;
    }

    pub(crate) async fn standing(&self, id: &SubjectRequestId) -> SubjectRequest {
        self.service.request(id).await.unwrap().unwrap().0
    }

    async fn done(&self, id: &SubjectRequestId, system: &System, note: Option<&str>) {
        let done = self
            .service
            .task_done(id, &staff(), system.clone(), note)
            .await;
        done.unwrap();
        self.work().await;
    }
}

/// The rows of a person's package, by source and table.
async fn package(watched: &Watched, id: &SubjectRequestId) -> serde_json::Value {
    let link = watched.world.last_link("/requests/");
    let bytes = watched.service.package_bytes(&link).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let data = zip.by_name("data.json").unwrap();
    let request = watched.standing(id).await;
    assert_eq!(request.state_key(), "completed");
    serde_json::from_reader(data).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_elsewhere_is_what_the_declaration_lets_go() {
    let watched = Watched::new().await;
    let access = watched.file(Right::Access, ALONE.email).await;
    let all = package(&watched, &access).await;
    let id = watched.file(Right::Portability, ALONE.email).await;
    let part = package(&watched, &id).await;
    let account = &part["sources"]["app"]["accounts"]["rows"][0];
    assert_eq!(account["email"], ALONE.email);
    assert_eq!(
        account["locale"],
        all["sources"]["app"]["accounts"]["rows"][0]["locale"]
    );
    // Credentials, and what no entry declares, stay out.
    for column in ["password_hash", "closed_at"] {
        assert!(account.get(column).is_none(), "{column}: {account}");
    }
    // A browser's name is only used against abuse: no consent, no contract.
    let sessions = &part["sources"]["app"]["sessions"]["rows"][0];
    assert!(sessions.get("ip").is_some() && sessions.get("user_agent").is_none());
    let left_out = part["left_out"].as_array().unwrap();
    let of = |table: &str| left_out.iter().find(|one| one["table"] == table).unwrap();
    assert_eq!(of("sessions")["columns"]["other_basis"][0], "user_agent");
    let credentials = of("accounts")["columns"]["credential"].as_array().unwrap();
    assert!(credentials.contains(&"password_hash".into()));
    let request = watched.standing(&id).await;
    let counted: u64 = request.sources["app"]
        .effects
        .iter()
        .map(|one| one.rows)
        .sum();
    let rows = part["sources"]["app"].as_object().unwrap().values();
    let rows: usize = rows
        .map(|table| table["rows"].as_array().unwrap().len())
        .sum();
    assert_eq!(counted, rows as u64, "the answer counts what is in it");
    assert_eq!(watched.verdict("right.portability").await.0, "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_names_who_really_received_it() {
    let watched = Watched::new().await;
    let id = watched.file(Right::Access, ALONE.email).await;
    let data = package(&watched, &id).await;
    let told = &data["information"];
    let names = |list: &str| -> Vec<String> {
        let list = told[list].as_array().unwrap().iter();
        let names = list.map(|one| one["name"].as_str().or(one.as_str()).unwrap().to_owned());
        names.collect()
    };
    let received = names("recipients");
    for name in ["Paylane", "Posthorn", "Parley", "Rackhaus"] {
        assert!(received.contains(&name.to_owned()), "{name}: {told:#}");
    }
    let recipients = told["recipients"].as_array().unwrap();
    let posthorn = recipients
        .iter()
        .find(|one| one["name"] == "Posthorn")
        .unwrap();
    let because = posthorn["because"].as_str().unwrap();
    assert!(because.contains("app.accounts"), "{because}");
    let received_twice = names("not_received");
    assert!(received_twice.iter().all(|name| !received.contains(name)));
    // Nobody is named who isn't in the policy, and nobody in it is left out.
    let all = watched.service.charter().vendors.len();
    assert_eq!(received.len() + received_twice.len(), all);
    // Each kind of data that the copy holds is told of, with its period and origin.
    let kinds = told["data"].as_array().unwrap();
    assert!(kinds.iter().any(|one| one["category"] == "contact.email"));
    for one in kinds {
        for field in ["kept", "from"] {
            assert!(!one[field].as_str().unwrap().is_empty(), "{one}");
        }
    }
    assert!(told["complaint"].as_str().unwrap().contains("cnil"));
    assert!(told["rights"].to_string().contains("Article 17"));

    // Whoever takes data elsewhere takes data, and nothing else.
    let id = watched.file(Right::Portability, ALONE.email).await;
    assert!(package(&watched, &id).await.get("information").is_none());
}

fn contested() -> Said {
    Said {
        ground: Some(Ground::Contested),
        text: Some("My name is spelt wrong.".to_owned()),
        ..Said::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_is_answered_once_everybody_did_their_part() {
    let watched = Watched::new().await;
    let promise = "right.restriction";
    assert_eq!(watched.verdict(promise).await.0, "unproven");
    let id = watched.file(Right::Restriction, ALONE.email).await;
    assert_eq!(watched.standing(&id).await.state_key(), "unstated");
    watched.say(&contested()).await;
    let request = watched.standing(&id).await;
    assert_eq!(request.state_key(), "carrying");
    let systems: Vec<System> = request.tasks.keys().cloned().collect();
    let names: Vec<String> = systems.iter().map(System::to_string).collect();
    let expected = [
        "source/app",
        "source/support",
        "vendor/github",
        "vendor/google",
        "vendor/parley",
        "vendor/paylane",
        "vendor/posthorn",
        "vendor/rackhaus",
    ];
    assert_eq!(names, expected);
    let texts = watched.service.texts(&request).await.unwrap();
    assert_eq!(texts.wish.as_deref(), Some("My name is spelt wrong."));
    let contact = texts.contact.unwrap();
    assert_eq!(contact.expose("the test compares it"), ALONE.email);

    for system in &systems {
        assert_eq!(watched.standing(&id).await.state_key(), "carrying");
        watched.done(&id, system, Some("flagged by hand")).await;
    }
    let request = watched.standing(&id).await;
    assert_eq!(request.state_key(), "completed");
    let texts = watched.service.texts(&request).await.unwrap();
    assert_eq!(texts.notes.len(), systems.len());
    assert!(
        texts.contact.is_none(),
        "nobody has anything to do any more"
    );
    let letter = watched.world.last_mail();
    assert!(letter.contains("Posthorn: told"), "{letter}");
    assert!(!letter.contains("flagged by hand") && !letter.contains("spelt"));
    assert_eq!(watched.verdict(promise).await.0, "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_nobody_does_breaks_the_right_at_its_deadline() {
    let watched = Watched::new().await;
    let promise = "right.restriction";
    let id = watched.file(Right::Restriction, ALONE.email).await;
    watched.say(&contested()).await;
    let systems: Vec<System> = watched.standing(&id).await.tasks.into_keys().collect();
    let (last, others) = systems.split_last().unwrap();
    for system in others {
        watched.done(&id, system, None).await;
    }
    watched.clock.forward(SignedDuration::from_hours(24));
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "at_risk", "{why}");
    watched.clock.forward(SignedDuration::from_hours(24 * 3));
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "broken", "{why}");
    watched.done(&id, last, None).await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "broken", "late stays late: {why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_ends_with_the_mail_that_says_so() {
    let watched = Watched::new().await;
    let id = watched.file(Right::Restriction, ALONE.email).await;
    watched.say(&contested()).await;
    for system in watched.standing(&id).await.tasks.into_keys() {
        watched.done(&id, &system, None).await;
    }
    let chosen = || watched.service.choices("customer", ALONE.email);
    assert!(chosen().await.unwrap().restricted.is_some());
    watched.clock.forward(SignedDuration::from_hours(24 * 90));
    watched.work().await;
    assert!(chosen().await.unwrap().restricted.is_some(), "it lasts");
    watched
        .service
        .decide(&id, Decision::Lift, &staff())
        .await
        .unwrap();
    assert!(
        watched.standing(&id).await.restricts(),
        "until the mail is out"
    );
    watched.work().await;
    assert!(!watched.standing(&id).await.restricts());
    let letter = watched.world.last_mail();
    let words: Vec<&str> = letter.split_whitespace().collect();
    let letter = words.join(" ");
    assert!(letter.contains("the restriction ends"), "{letter}");
    assert!(chosen().await.unwrap().restricted.is_none());
    let request = watched.standing(&id).await;
    let texts = watched.service.texts(&request).await.unwrap();
    assert_eq!(texts.wish, None, "what they wrote went with their key");
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_marketing_ends_without_anybody_weighing_it() {
    let watched = Watched::new().await;
    let id = watched.file(Right::Objection, ALONE.email).await;
    let newsletter = Said {
        purposes: vec!["newsletter".to_owned()],
        ..Said::default()
    };
    watched.say(&newsletter).await;
    let request = watched.standing(&id).await;
    assert_eq!(request.state_key(), "carrying", "nobody had to decide");
    let choices = watched
        .service
        .choices("customer", ALONE.email)
        .await
        .unwrap();
    assert!(!choices.allow("newsletter") && choices.allow("support"));
    let vendors: Vec<String> = request.tasks.keys().map(System::to_string).collect();
    assert!(vendors.contains(&"vendor/posthorn".to_owned()));
    assert!(!vendors.contains(&"vendor/paylane".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_answered_by_mail_and_names_the_authority() {
    let watched = Watched::new().await;
    let id = watched.file(Right::Complaint, ALONE.email).await;
    let silent = watched
        .service
        .say_for(&id, &staff(), &Said::default(), None)
        .await;
    assert!(matches!(silent, Err(SayError::Wish(_))));
    let said = Said {
        text: Some("You never call back.".to_owned()),
        ..Said::default()
    };
    watched
        .service
        .say_for(&id, &staff(), &said, None)
        .await
        .unwrap();
    watched.work().await;
    assert_eq!(watched.standing(&id).await.state_key(), "undecided");
    let answer = "You are right; we will call this week.";
    let text = Personal::new(answer.to_owned());
    let answered = Decision::Answer { text };
    let decided = watched.service.decide(&id, answered, &staff()).await;
    decided.unwrap();
    watched.work().await;
    assert_eq!(watched.standing(&id).await.state_key(), "completed");
    let letter = watched.world.last_mail();
    assert!(
        letter.contains(answer) && letter.contains("www.cnil.fr"),
        "{letter}"
    );
    assert!(!letter.contains("never call back"));
    assert_eq!(watched.verdict("right.complaint").await.0, "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restricted_is_not_swept_until_it_is_lifted() {
    let watched = Watched::swept().await;
    let sessions = async || {
        let Database::Sqlite(pool) = &watched.world.app else {
            unreachable!("made as SQLite")
        };
        let own = "SELECT count(*) FROM sessions WHERE account_id = \
             (SELECT id FROM accounts WHERE email = $1)";
        let own = sqlx::query_scalar(own).bind(ALONE.email);
        let own: i64 = own.fetch_one(pool).await.unwrap();
        let all = sqlx::query_scalar("SELECT count(*) FROM sessions");
        let all: i64 = all.fetch_one(pool).await.unwrap();
        (own, all)
    };
    let id = watched.file(Right::Restriction, ALONE.email).await;
    watched.say(&contested()).await;
    for system in watched.standing(&id).await.tasks.into_keys() {
        watched.done(&id, &system, None).await;
    }
    let (own, all) = sessions().await;
    assert!(own > 0 && all > own, "{own} of {all}");
    assert_eq!(
        watched.service.holds().await.unwrap().len(),
        0,
        "staff set none"
    );
    for _ in 0..40 {
        watched.clock.forward(SignedDuration::from_hours(24));
        watched.work().await;
    }
    assert_eq!(sessions().await, (own, own), "only the others' are swept");
    watched
        .service
        .decide(&id, Decision::Lift, &staff())
        .await
        .unwrap();
    watched.work().await;
    watched.clock.forward(SignedDuration::from_hours(2));
    watched.work().await;
    assert_eq!(sessions().await, (0, 0), "then its time is over as well");
}
