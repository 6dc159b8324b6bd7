//! Whoever has a copy of the state's files, and no keys, finds nobody in them.

use candor_domain::clock::Question;
use candor_domain::personal::Personal;
use candor_policy::charter::Right;

use super::fixture::Site;
use crate::bulk::BulkTerms;
use crate::service::Decision;
use crate::ui::sample;

#[tokio::test]
async fn a_copy_of_the_state_names_nobody() {
    let site = Site::new().await;
    let id = site.undecided_for("mireille.dubreuil@post.example").await;
    let ask = Decision::Ask {
        question: Question::Identity,
        text: Personal::new("Which of your two houses?".to_owned()),
    };
    let by = sample::staff_id();
    site.service.decide(&id, ask, &by).await.unwrap();
    let terms = BulkTerms {
        by,
        tenant: None,
        right: Some(Right::Erasure),
        about: None,
        rights: [].into(),
        name: Some("list of March".to_owned()),
    };
    let file = b"email\nsomebody.else@post.example\n";
    site.service.send_bulk(&terms, file).await.unwrap();
    site.work().await;

    let state = site.state_file();
    let mut bytes = std::fs::read(&state).unwrap();
    let log = state.with_file_name("state.sqlite-wal");
    bytes.extend(std::fs::read(log).unwrap_or_default());
    let holds = |text: &str| {
        let text = text.as_bytes();
        bytes
            .windows(text.len())
            .any(|part| part.eq_ignore_ascii_case(text))
    };
    assert!(holds(id.as_str()), "the search would tell");
    for personal in [
        "dubreuil",
        "mireille",
        "two houses",
        "somebody.else",
        "list of March",
    ] {
        assert!(!holds(personal), "`{personal}` stands in the state");
    }
}
