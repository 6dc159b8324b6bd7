//! What a tenant is told, when, and that nothing is told of others.

use candor_policy::charter::RightTerms;

use super::*;
use crate::testing::hours;

const BOTH: [NoticeWay; 2] = NoticeWay::ALL;

/// A tenant's subject request that waits for it; its answer is due in a month.
fn waiting() -> Story {
    let of_tenant = Terms {
        tenant: Some("acme".parse().unwrap()),
        ..terms(Right::Erasure)
    };
    let mut charter = charter(Approval::Automatic);
    // Only the law decides: a month, and two more where the person is told.
    charter.rights.insert(Right::Erasure, RightTerms::default());
    let (request, effects) = file(of_tenant, &charter, start()).unwrap();
    let mut story = Story::filed(Right::Erasure, Approval::Automatic);
    story.request = request;
    story.jobs.clear();
    story.take(effects);
    story.then(verified()).then(located(2, 1))
}

fn planned(story: &Story) -> Vec<(String, Timestamp)> {
    let jobs = story.jobs.iter();
    let jobs = jobs.filter(|(job, _)| matches!(job, Job::TellTenant { .. }));
    jobs.map(|(job, at)| (job.key(), *at)).collect()
}

fn told(notice: TenantNotice, by: NoticeWay) -> Event {
    Event::TenantTold { notice, by }
}

#[test]
fn a_tenant_is_told_soon_and_again_a_week_before_the_deadline() {
    let story = waiting();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (soon, again) = (at("2026-03-10T09:05:00Z"), at("2026-04-03T21:59:59Z"));
    assert_eq!(
        planned(&story),
        [
            ("tell-tenant/acme/mail/2026-03-10".to_owned(), soon),
            ("tell-tenant/acme/webhook/2026-03-10".to_owned(), soon),
            ("tell-tenant/acme/mail/2026-04-03".to_owned(), again),
            ("tell-tenant/acme/webhook/2026-04-03".to_owned(), again),
        ]
    );
    let (mail, webhook) = (NoticeWay::Mail, NoticeWay::Webhook);
    for by in BOTH {
        let notice = story.request.tenant_notice(by, soon);
        assert_eq!(notice, Some(TenantNotice::Waits));
    }
    let story = story.then(told(TenantNotice::Waits, mail));
    assert_eq!(story.request.tenant_notice(mail, soon), None);
    assert_eq!(story.request.tenant_notice(mail, again - hours(1)), None);
    let notice = story.request.tenant_notice(mail, again);
    assert_eq!(notice, Some(TenantNotice::Reminder));
    // The other way was never taken: it says so first.
    let notice = story.request.tenant_notice(webhook, again);
    assert_eq!(notice, Some(TenantNotice::Waits));
    let story = story.then(told(TenantNotice::Reminder, mail));
    assert_eq!(story.request.tenant_notice(mail, again), None);
    story.rejects(told(TenantNotice::Reminder, mail), Rejection::Repeated);
}

#[test]
fn who_was_told_in_the_last_week_is_not_reminded() {
    let story = waiting()
        .after(hours(24 * 26))
        .then(told(TenantNotice::Waits, NoticeWay::Mail));
    let now = story.now;
    assert_eq!(story.request.tenant_notice(NoticeWay::Mail, now), None);
}

#[test]
fn nothing_is_told_once_it_is_decided_nor_of_the_organisations_own_people() {
    let decided = waiting().then(approved());
    assert_eq!(
        decided.request.tenant_notice(NoticeWay::Mail, decided.now),
        None
    );
    assert_eq!(decided.request.awaited_tenant(), None);
    let own = Story::filed(Right::Erasure, Approval::Staff)
        .then(verified())
        .then(located(2, 1));
    assert_eq!(planned(&own), []);
    own.rejects(
        told(TenantNotice::Waits, NoticeWay::Mail),
        Rejection::Repeated,
    );
}

#[test]
fn a_deadline_that_moves_brings_the_reminder_along() {
    let story = waiting();
    let known = planned(&story).len();
    let story = story
        .then(extended(ExtensionReason::Complexity))
        .then(sent(Message::Extended));
    let all = planned(&story);
    let later: Vec<_> = all.iter().skip(known).collect();
    assert_eq!(later.len(), 2, "{later:?}");
    assert!(
        later
            .iter()
            .all(|(_, at)| *at == story.request.due_at - hours(24 * 7))
    );
}

#[test]
fn that_nobody_could_be_told_is_on_record_once() {
    let story = waiting().then(Event::TenantUntold);
    assert_eq!(story.records.last().unwrap().kind, "tenant.untold");
    story.rejects(Event::TenantUntold, Rejection::Repeated);
}

#[test]
fn what_is_not_searched_stands_in_the_evidence() {
    let mut found = previews(2, 1);
    found.get_mut("app").unwrap().unsearched = vec!["logs".to_owned()];
    let story = Story::filed(Right::Erasure, Approval::Automatic)
        .then(verified())
        .then(Event::Located { previews: found })
        .then(Event::Prepared {
            tasks: BTreeMap::new(),
            writes: BTreeSet::new(),
        });
    let mut story = story;
    for source in ["app", "billing"] {
        story = story
            .then(Event::Erased {
                source: source.to_owned(),
                effects: deleted(1),
                held: BTreeMap::new(),
            })
            .then(Event::Searched {
                source: source.to_owned(),
                residue: residue(0),
                replicas: Vec::new(),
            });
    }
    let facts = |kind: &str| -> Vec<Option<serde_json::Value>> {
        let records = story.records.iter().filter(|one| one.kind == kind);
        records
            .map(|one| one.facts.get("not_searched").cloned())
            .collect()
    };
    let logs = serde_json::json!(["logs"]);
    assert_eq!(
        facts("subject_request.verified_absent"),
        [Some(logs.clone()), None]
    );
    let all = serde_json::json!({ "app": logs });
    assert_eq!(facts("subject_request.completed"), [Some(all)]);
}
