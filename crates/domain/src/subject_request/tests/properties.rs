//! What holds of every history, whatever happens in whatever order. Two kinds:
//! arbitrary events, most of which don't fit; and a shell that carries out the
//! jobs it was given, which must always get to an answer.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::testing::hours;

const EVENTS_MAX: usize = 40;
const CASES: u32 = 128;

fn any_source() -> impl Strategy<Value = String> {
    select(vec!["app", "billing", "warehouse"]).prop_map(str::to_owned)
}

fn any_message() -> impl Strategy<Value = Message> {
    select(vec![
        Message::Verify,
        Message::Acknowledged,
        Message::Extended,
        Message::Asked,
        Message::Completed,
        Message::NothingHeld,
        Message::Refused,
        Message::Cancelled,
        Message::Lifting,
        Message::Finished,
    ])
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(verified()),
        (0_u64..2, 0_u64..2).prop_map(|(app, billing)| located(app, billing)),
        Just(approved()),
        Just(refused()),
        Just(cancelled()),
        select(vec![
            following::followed("AGENT"),
            following::unfollowed("AGENT"),
        ]),
        select(vec![
            acknowledged(),
            extended(ExtensionReason::Complexity),
            asked(Question::Identity),
            asked(Question::Meaning),
            replied(),
        ]),
        select(vec![prepared(), prepared_with(&[app(), posthorn()])]),
        select(vec![
            stated(wish()),
            stated(against_marketing()),
            answered()
        ]),
        select(vec![task_done(&app()), task_done(&posthorn()), lifted()]),
        select(vec![task_reopened(&app()), task_reopened(&posthorn())]),
        (any_source(), select(vec!["down", "slow"])).prop_map(|(at, why)| blocked(&at, why)),
        any_source().prop_map(|source| erased(&source)),
        any_source().prop_map(|source| erased_under_hold(&source)),
        Just(Event::Released),
        (any_source(), 0_u64..2).prop_map(|(source, rows)| searched(&source, rows)),
        (any_source(), 0_u64..2).prop_map(|(source, rows)| looked_again(&source, rows)),
        any_source().prop_map(|source| retried(&source)),
        select(vec![packaged(&["app", "billing"]), packaged(&["app"])]),
        Just(Event::ReceiptIssued),
        any_message().prop_map(sent),
        any_message().prop_map(failed),
        Just(Event::TimePassed),
    ]
}

fn any_story() -> impl Strategy<Value = Story> {
    let rights = select(Right::ALL.to_vec());
    let approvals = select(vec![Approval::Automatic, Approval::Staff]);
    (rights, approvals).prop_map(|(right, approve)| Story::filed(right, approve))
}

/// What must hold once it is carried out.
fn check_carried_out(story: &Story, count: &dyn Fn(&str) -> usize) -> Result<(), TestCaseError> {
    let request = &story.request;
    let over = matches!(
        request.state,
        State::Completed { .. } | State::Closing { .. }
    );
    if over && count("subject_request.prepared") > 0 {
        let wanted = match request.right {
            Right::Access | Right::Portability => Stage::Packaged,
            Right::Erasure => Stage::Verified,
            _ => Stage::Located,
        };
        // What came back since is erased once more.
        let sources = request.sources.iter();
        let sources = sources.filter(|(name, _)| !request.is_reopened(name));
        let stages = sources.map(|(_, source)| source.stage);
        prop_assert!(stages.into_iter().all(|stage| stage == wanted));
        let tasks = || request.tasks.values();
        prop_assert!(
            tasks().all(|task| task.done.is_some()),
            "no task is forgotten"
        );
        let reopened = count("subject_request.task_reopened");
        let done = count("subject_request.task_done");
        prop_assert_eq!(done, tasks().count() + reopened);
    }
    Ok(())
}

fn was_held(story: &Story) -> bool {
    let held = |record: &Record| {
        record
            .facts
            .get("held")
            .and_then(|held| held.as_object().cloned())
    };
    story
        .records
        .iter()
        .filter_map(held)
        .any(|held| !held.is_empty())
}

/// A person's record is asked to be destroyed once for each last word.
fn check_shreds(story: &Story, kinds: &[&str]) -> Result<(), TestCaseError> {
    let request = &story.request;
    let shreds = story
        .jobs
        .iter()
        .filter(|(job, _)| matches!(job, Job::Shred { .. }));
    let last_words = kinds.iter().filter(|kind| {
        let last = [
            ".completed",
            ".finished",
            ".nothing_held",
            ".refused",
            ".cancelled",
        ];
        let unheard = request.proof.is_none() && **kind == "subject_request.cancelled";
        kind.starts_with("mail") && last.iter().any(|end| kind.ends_with(end))
            || kind.ends_with(".lapsed")
            || unheard
    });
    // A choice that lasts keeps the person; a restriction until it was lifted.
    let lifted = kinds
        .iter()
        .filter(|kind| **kind == "restriction.lifted")
        .count();
    let keeps = request.lasts() || lifted > 0;
    let last_words = if keeps { lifted } else { last_words.count() };
    let shreds = shreds.count();
    // What a hold keeps needs the person's record: the last word of all shreds.
    if was_held(story) {
        prop_assert!(shreds <= last_words);
        prop_assert!(!request.is_held() || shreds == 0);
    } else {
        prop_assert_eq!(shreds, last_words, "one shred per last word");
    }
    Ok(())
}

/// What must hold after every step.
fn check_history(story: &Story) -> Result<(), TestCaseError> {
    let request = &story.request;
    let kinds: Vec<&str> = story.records.iter().map(|one| one.kind.as_str()).collect();
    let count = |kind: &str| kinds.iter().filter(|one| **one == kind).count();
    let released = count("subject_request.released");
    following::check_told(request)?;
    prop_assert!(count("subject_request.completed") <= 1 + released);
    check_shreds(story, &kinds)?;
    check_carried_out(story, &count)?;
    let original = Story::filed(request.right, request.approval).request;
    prop_assert!(request.due_at >= original.due_at, "time is only gained");
    prop_assert_eq!(
        Some(request.due_at),
        request.clock.answer().map(|one| one.at)
    );
    let told = |kind: &str| count(&format!("mail.{kind}")) > 0;
    let moved = told("extended") || told("asked");
    prop_assert!(
        moved || request.due_at == original.due_at,
        "only by telling"
    );
    prop_assert!(request.measured_by() <= request.due_at);
    prop_assert_eq!(request.filed_at, original.filed_at);
    for record in &story.records {
        prop_assert_eq!(
            &record.promises,
            &vec![format!("right.{}", request.right.key())]
        );
        prop_assert_eq!(&record.charter, &request.charter);
        prop_assert_eq!(record.subject_request.as_ref(), Some(&request.id));
        prop_assert_eq!(record.subject.as_ref(), Some(&request.subject));
    }
    let moments: Vec<&str> = request
        .history
        .iter()
        .map(|one| one.kind.as_str())
        .collect();
    prop_assert_eq!(moments, kinds, "history and ledger tell the same");
    let text = serde_json::to_string(request).unwrap();
    prop_assert_eq!(
        &serde_json::from_str::<SubjectRequest>(&text).unwrap(),
        request
    );
    Ok(())
}

/// The event that reports a job done, as the world would have it.
fn outcome(job: &Job, request: &SubjectRequest, luck: u8) -> Event {
    let down = luck < 60;
    match job {
        Job::Locate { .. } | Job::Prepare { .. } | Job::Package { .. } if down => {
            blocked("app", "down")
        }
        Job::Erase { source, .. } | Job::Verify { source, .. } if down => blocked(source, "down"),
        Job::Locate { .. } => located(u64::from(luck % 3), 0),
        Job::Prepare { .. } if luck.is_multiple_of(2) => prepared(),
        Job::Prepare { .. } => prepared_with(&[app(), posthorn()]),
        Job::Erase { source, .. } => erased(source),
        Job::Verify { source, .. } => searched(source, u64::from(luck % 2)),
        Job::Settle { source, .. } => looked_again(source, u64::from(luck % 2)),
        Job::Package { .. } => {
            let sources: Vec<&str> = request.sources.keys().map(String::as_str).collect();
            packaged(&sources)
        }
        Job::IssueReceipt { .. } => Event::ReceiptIssued,
        Job::SendMail { message, .. } if down => failed(*message),
        Job::SendMail { message, .. } => sent(*message),
        _ => Event::TimePassed,
    }
}

/// `true` where the subject request moves by itself or by somebody's hand.
fn goes_on(story: &Story) -> bool {
    let request = &story.request;
    let staff_decide = request.state == State::Undecided;
    let staff_do = || request.tasks.values().any(|task| task.done.is_none());
    let staff_look = || {
        let mut sources = request.sources.values();
        sources.any(|source| source.stage == Stage::Stuck)
    };
    let drives = |job: &Job| match job {
        Job::Lapse { .. } => matches!(request.state, State::Unverified { .. }),
        Job::LapseUnstated { .. } => matches!(request.state, State::Unstated { .. }),
        Job::Locate { .. } => request.state == State::Locating,
        Job::Prepare { .. } => request.state == State::Preparing,
        Job::Erase { .. } | Job::Verify { .. } | Job::Package { .. } => {
            request.state == State::Carrying
        }
        Job::IssueReceipt { .. } => matches!(request.state, State::Closing { .. }),
        _ => false,
    };
    request.is_over()
        || staff_decide
        || staff_look()
        || staff_do()
        || story.queue.iter().any(|(job, _)| drives(job))
}

/// Runs the `pick`-th waiting job; one whose source is down waits on.
fn run_a_job(mut story: Story, pick: usize, luck: u8) -> Story {
    if story.queue.is_empty() {
        return story;
    }
    let (job, not_before) = story.queue.remove(pick % story.queue.len());
    story.now = story.now.max(not_before);
    let event = outcome(&job, &story.request, luck);
    let waits = matches!(event, Event::Blocked { .. });
    if let Ok((next, effects)) = step(&story.request, event, story.now) {
        story.request = next;
        story.take(effects);
    }
    if waits {
        story.queue.push((job, story.now));
    }
    story
}

fn staff_act(story: Story, luck: u8) -> Story {
    let request = &story.request;
    if request.state == State::Undecided {
        let grant = match request.right {
            Right::Complaint => answered(),
            _ => approved(),
        };
        return story.then(match luck % 8 {
            0 | 4 => refused(),
            2 => cancelled(),
            _ => grant,
        });
    }
    let mut tasks = request.tasks.iter();
    if let Some((system, _)) = tasks.find(|(_, task)| task.done.is_none())
        && request.state == State::Carrying
    {
        let done = task_done(&system.clone());
        return story.then(done);
    }
    let stuck = request
        .sources
        .iter()
        .find(|(_, one)| one.stage == Stage::Stuck);
    let stuck = stuck.map(|(source, _)| source.clone());
    match stuck {
        Some(source) => story.then(retried(&source)),
        None => story,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]
    #[test]
    fn arbitrary_events_never_break_a_history(
        story in any_story(),
        events in proptest::collection::vec((any_event(), 0_i64..8), 0..EVENTS_MAX),
    ) {
        let mut story = story;
        for (event, wait) in events {
            story = story.after(hours(wait));
            let Ok((next, effects)) = step(&story.request, event.clone(), story.now) else {
                continue;
            };
            let again = step(&next, event, story.now);
            prop_assert!(again.is_err(), "a repeat is rejected");
            let was_over = story.request.is_over();
            let state = story.request.state.clone();
            story.request = next;
            story.take(effects);
            prop_assert!(!was_over || story.request.state == state, "over is over");
            check_history(&story)?;
        }
    }

    #[test]
    fn a_shell_that_carries_out_its_jobs_always_gets_to_an_answer(
        story in any_story(),
        dice in proptest::collection::vec((any::<u8>(), any::<u8>(), 0_usize..4), 0..EVENTS_MAX),
        confirms in any::<bool>(),
    ) {
        let mut story = story;
        if confirms {
            story = story.proved();
        }
        for (pick, luck, who) in dice {
            story = match who {
                0 => staff_act(story, luck),
                _ => run_a_job(story, usize::from(pick), luck),
            };
            check_history(&story)?;
            prop_assert!(goes_on(&story), "a dead end: {story:?}");
        }
        // From here on every source answers, nothing is left behind, staff act.
        for _ in 0..EVENTS_MAX {
            story = staff_act(run_a_job(story, 0, 100), 1);
        }
        check_history(&story)?;
        prop_assert!(story.request.is_over(), "no answer: {story:?}");
        prop_assert!(shred_from(&[story.request]).is_some(), "the last word is said");
    }
}

#[test]
fn every_state_survives_serialisation() {
    let by = staff();
    let at = start();
    let states = [
        State::Unverified { expires_at: at },
        State::Locating,
        State::Undecided,
        State::Preparing,
        State::Carrying,
        State::Closing {
            outcome: Outcome::NothingHeld,
        },
        State::Completed {
            at,
            outcome: Outcome::Fulfilled,
        },
        State::Refused {
            at,
            by,
            reason: RefusalReason::LegalException,
        },
        State::Lapsed { at },
        State::Cancelled { at, by: None },
    ];
    let mut keys = std::collections::BTreeSet::new();
    for state in states {
        let request = SubjectRequest {
            state,
            ..carrying().then(blocked("app", "down")).request
        };
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(
            serde_json::from_str::<SubjectRequest>(&text).unwrap(),
            request
        );
        keys.insert(request.state_key());
    }
    assert_eq!(keys.len(), 10, "each state has its own name: {keys:?}");
}

#[test]
fn every_reason_survives_serialisation_under_its_key() {
    for reason in RefusalReason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.key());
    }
}
