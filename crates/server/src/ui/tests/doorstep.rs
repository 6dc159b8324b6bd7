//! Guessing and flooding from one network, and what an answer says of who is known.

use candor_domain::api_key::Permission;
use candor_domain::subject_request::Proof;
use candor_policy::charter::Right;

use super::fixture::{Answer, Site};
use crate::ui::requests::ANSWER_AFTER;

/// Wrong ones that are looked at, at least: a slow machine may see a few more.
const GUESSES: usize = 31;
const GUESSES_MAX: usize = 100;

/// The seconds that an answer asks to wait, if it does.
fn wait(answer: &Answer) -> Option<u64> {
    let wait = answer.header("retry-after").parse().ok();
    assert_eq!(wait.is_some(), answer.status == 429, "{}", answer.status);
    wait
}

async fn site_of_one() -> Site {
    let mut site = Site::new().await;
    site.visitor = Some([203, 0, 113, 7].into());
    site
}

#[tokio::test]
async fn links_are_guessed_a_few_times_and_then_not_even_a_right_one_opens() {
    let mut site = site_of_one().await;
    let id = site.filed(Right::Access).await;
    let address = site.service.page_address(&id);
    let page = format!("/requests/{}", Site::link(&address));
    let mut looked_at = 0;
    loop {
        let guess = site.get(&format!("/requests/{looked_at:064}")).await;
        if guess.status == 429 {
            break;
        }
        assert_eq!(guess.status, 404);
        looked_at += 1;
        assert!(looked_at < GUESSES_MAX);
    }
    assert!(looked_at >= GUESSES, "{looked_at}");
    let refused = site.get(&page).await;
    assert!((1..=11).contains(&wait(&refused).unwrap()));
    assert!(refused.body.contains("<h1>"), "it has a page");
    // The neighbour in the same network is the same visitor, another network isn't.
    site.visitor = Some([203, 0, 113, 200].into());
    assert_eq!(site.get(&page).await.status, 429);
    site.visitor = Some([203, 0, 114, 7].into());
    assert_eq!(site.get(&page).await.status, 200);
}

#[tokio::test]
async fn keys_are_guessed_a_few_times_and_then_not_even_a_right_one_opens() {
    let mut site = site_of_one().await;
    let key = site.key(&[Permission::Read], &[], None).await.secret;
    let path = "/v1/subject-requests";
    let mut looked_at = 0;
    loop {
        let guess = format!("candor_{looked_at:043}");
        if site.call("GET", path, &guess, "").await.status != 401 {
            break;
        }
        looked_at += 1;
        assert!(looked_at < GUESSES_MAX);
    }
    assert!(looked_at >= GUESSES, "{looked_at}");
    let refused = site.call("GET", path, &key, "").await;
    assert!(wait(&refused).is_some());
    assert!(
        refused.body.contains("\"code\":\"too_many\""),
        "{}",
        refused.body
    );
    site.visitor = Some([203, 0, 114, 7].into());
    // Whoever is right is never made to wait.
    for _ in 0..2 * GUESSES {
        assert_eq!(site.call("GET", path, &key, "").await.status, 200);
    }
}

#[tokio::test]
async fn one_network_files_a_few_for_others_and_the_next_is_not_kept_waiting() {
    let mut site = site_of_one().await;
    // Whatever is sent counts, since it is counted before it is read.
    let nonsense = "right=nonsense&email=a%40post.example";
    let mut looked_at = 0;
    while site.post("/requests", nonsense).await.status == 400 {
        looked_at += 1;
        assert!(looked_at < GUESSES_MAX);
    }
    assert!(looked_at >= 30, "{looked_at}");
    let form = "right=access&email=a%40post.example";
    assert!(wait(&site.post("/requests", form).await).is_some());
    site.visitor = Some("2001:db8::1".parse().unwrap());
    assert_eq!(site.post("/requests", form).await.status, 303);
}

#[tokio::test]
async fn an_answer_does_not_say_who_is_known() {
    let site = Site::new().await;
    let open = site.filed(Right::Access).await;
    let proved = candor_domain::subject_request::Event::Verified { proof: Proof::Mail };
    let nothing = candor_store::Change::default();
    let taken = site.service.take_in(&open, &proved, &nothing).await;
    taken.unwrap().unwrap();
    let mut answers = Vec::new();
    for address in ["mireille", "nobody", "mireille", "stranger"] {
        let form = format!("right=access&email={address}%40post.example");
        let start = site.service.now();
        let answer = site.post("/requests", &form).await;
        // What filing takes is less, and so is hidden.
        let took = site.service.now().duration_since(start);
        assert!(took.unsigned_abs() >= ANSWER_AFTER);
        let mut headers: Vec<_> = answer
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        answers.push((answer.status, headers, answer.body));
    }
    assert!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{answers:?}"
    );
}
