//! A copy of the state that was made before somebody was shredded opens everybody
//! else; killed at any step, a roll goes on; and who comes meanwhile is not lost.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use candor_domain::check::{Finding, Observation};
use candor_domain::id::SubjectId;
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::verdict;
use candor_domain::work::{Job, Shard};
use candor_policy::charter::Measure;
use candor_policy::period::{Period, Unit};
use candor_policy::promise::{Family, Promise};
use candor_seal::entropy::{Entropy, EntropyError, SystemEntropy};
use candor_seal::keys::{RootKey, WrappedKey};
use candor_store::rows::SubjectRow;
use candor_store::{Change, StoreError};
use jiff::SignedDuration;

use crate::keyring::Keyring;
use crate::people::{self, Vault};
use crate::service::Service;
use crate::ui::sample;
use crate::ui::tests::fixture::{Hand, Site};
use crate::worker::Worker;
use crate::world::World;

/// Everybody's id begins alike, so that all are in one shard.
struct OneShard(SystemEntropy);

impl Entropy for OneShard {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill(bytes)?;
        if bytes.len() == ID_BYTES {
            bytes[..2].copy_from_slice(&[0xab, 0xc0]);
        }
        Ok(())
    }
}

/// Ids alone are drawn sixteen bytes at a time.
const ID_BYTES: usize = 16;

struct Place {
    site: Site,
    hand: Hand,
    people: Vec<SubjectRow>,
}

fn world(hand: &Hand, pause_at: Option<&str>) -> World {
    World {
        clock: Arc::new(hand.clone()),
        entropy: Arc::new(SystemEntropy::new()),
        pause_at: pause_at.map(str::to_owned),
    }
}

/// Three people of one shard.
async fn three() -> Place {
    let hand = Hand::new();
    let site = Site::at(sample::charter(), world(&hand, None)).await;
    let mut place = Place {
        site,
        hand,
        people: Vec::new(),
    };
    for number in 0..3 {
        let row = place.add(number).await.unwrap();
        place.people.push(row);
    }
    place
}

impl Place {
    fn shard(&self) -> Shard {
        Shard::of(&self.people[0].id)
    }

    /// Adds somebody to the shard.
    async fn add(&self, number: u8) -> Result<SubjectRow, StoreError> {
        let entropy = OneShard(SystemEntropy::new());
        let service = &self.site.service;
        let vault = Vault {
            keyring: service.keyring(),
            entropy: &entropy,
            now: service.now(),
        };
        let contact = Identity::new(EMAIL, &format!("person{number}@post.example"));
        let index = people::contact_index(service.root(), "customer", None, &contact);
        let row = people::create(&vault, ("customer", None), index, contact).unwrap();
        let change = Change {
            subjects: vec![row.clone()],
            ..Change::default()
        };
        service.store().commit(change).await.map(|_| row)
    }

    /// Shreds the first of them, as the job does.
    async fn shred(&self) {
        let subject = self.people[0].id.clone();
        let change = Change {
            enqueue: vec![(Job::Shred { subject }, self.site.service.now())],
            ..Change::default()
        };
        self.site.service.commit(change).await.unwrap();
        self.site.work().await;
    }

    /// Copies of the state and the keys, as a backup of the disk has them.
    fn copy(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_all(self.site.state_file().parent().unwrap(), copy.path());
        copy
    }

    fn keys(&self) -> PathBuf {
        self.site.state_file().with_file_name("keys")
    }
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn keyring(folder: &Path) -> Keyring {
    let root = std::fs::read_to_string(folder.join("root.key")).unwrap();
    let root = RootKey::from_bytes(&hex::decode(root.trim()).unwrap()).unwrap();
    Keyring::open(root, &folder.join("shards")).unwrap()
}

/// Who of these can be read in a state, with these keys.
async fn readable(state: &Path, keys: &Path, people: &[SubjectRow]) -> Vec<bool> {
    let store = candor_store::open(&state.display().to_string())
        .await
        .unwrap();
    let (keyring, entropy) = (keyring(keys), SystemEntropy::new());
    let vault = Vault {
        keyring: &keyring,
        entropy: &entropy,
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    let mut readable = Vec::new();
    for person in people {
        let row = store.subject(&person.id).await.unwrap().unwrap();
        readable.push(people::open(&vault, &row).unwrap().is_some());
    }
    readable
}

#[tokio::test]
async fn a_copy_from_before_opens_everybody_but_who_was_shredded() {
    let place = three().await;
    let copy = place.copy();
    place.shred().await;
    let before = copy.path().join("state.sqlite");
    let live = readable(&place.site.state_file(), &place.keys(), &place.people).await;
    assert_eq!(live, [false, true, true]);
    let copied = readable(&before, &place.keys(), &place.people).await;
    assert_eq!(copied, [false, true, true], "the copy, with today's keys");
    // Only the keys of that day would open them: the copy itself holds all.
    let both = readable(&before, &copy.path().join("keys"), &place.people).await;
    assert_eq!(both, [true, true, true], "the test would tell");
    // The old key is nowhere in the folder, not even wrapped.
    let old = place.people[0].wrapped_key.clone().unwrap();
    let old = WrappedKey::from_bytes(&old).unwrap().root().to_bytes();
    let shards = std::fs::read(place.keys().join("shards/own.shards")).unwrap();
    assert!(!shards.windows(8).any(|bytes| bytes == old));
    let was = std::fs::read(copy.path().join("keys/shards/own.shards")).unwrap();
    assert!(was.windows(8).any(|bytes| bytes == old));
}

#[tokio::test]
async fn who_survives_one_roll_survives_the_next_in_every_copy() {
    let mut place = three().await;
    let first = place.copy();
    place.shred().await;
    let second = place.copy();
    place.people.swap(0, 1);
    place.shred().await;
    for (copy, expected) in [
        (first, [false, false, true]),
        (second, [false, false, true]),
    ] {
        let state = copy.path().join("state.sqlite");
        let readable = readable(&state, &place.keys(), &place.people).await;
        assert_eq!(readable, expected);
    }
}

#[tokio::test]
async fn killed_at_any_step_it_goes_on_and_loses_nobody() {
    for step in [
        "roll.began",
        "roll.moved",
        "roll.batch",
        "roll.rewrapped",
        "roll.survived",
        "roll.destroyed",
    ] {
        let place = three().await;
        let copy = place.copy();
        let paused = place.site.reopened(world(&place.hand, Some(step))).await;
        shredding(&paused, &place.people[0].id).await;
        let worker = Worker::new(paused, SignedDuration::from_mins(1));
        let work = async { while worker.round().await.unwrap() > 0 {} };
        let stopped = tokio::time::timeout(Duration::from_secs(2), work).await;
        assert!(stopped.is_err(), "{step} was not reached");
        let state = place.site.state_file();
        let survive = readable(&state, &place.keys(), &place.people).await;
        assert_eq!(survive, [false, true, true], "{step}");

        place.hand.turn(SignedDuration::from_mins(5));
        let service = place.site.reopened(world(&place.hand, None)).await;
        let worker = Worker::new(service.clone(), SignedDuration::from_mins(1));
        while worker.round().await.unwrap() > 0 {}
        let survive = readable(&state, &place.keys(), &place.people).await;
        assert_eq!(survive, [false, true, true], "{step}, gone on");
        let copied = copy.path().join("state.sqlite");
        let copied = readable(&copied, &place.keys(), &place.people).await;
        assert_eq!(copied, [false, true, true], "{step}, in the copy");
        let ages = service.key_ages().await.unwrap();
        assert!(ages.iter().all(|age| !age.is_rolling), "{step}: {ages:?}");
    }
}

async fn shredding(service: &Service, id: &SubjectId) {
    let change = Change {
        enqueue: vec![(
            Job::Shred {
                subject: id.clone(),
            },
            service.now(),
        )],
        ..Change::default()
    };
    service.commit(change).await.unwrap();
}

#[tokio::test]
async fn nobody_is_added_under_a_key_that_is_about_to_go() {
    let place = three().await;
    let service = &place.site.service;
    let stale = place.people[1].wrapped_key.clone();
    let shard = place.shard();
    let entropy = SystemEntropy::new();
    let present = service
        .keyring()
        .begin(None, shard, (&entropy, service.now()));
    let moved = candor_store::rows::KeyShard {
        tenant: None,
        shard,
        key_id: present.unwrap().to_bytes(),
    };
    service.store().move_shard(&moved).await.unwrap();
    let late = SubjectRow {
        id: format!("abc{}", "1".repeat(29)).parse().unwrap(),
        contact_index: Some([9; 32]),
        wrapped_key: stale,
        ..place.people[1].clone()
    };
    let change = Change {
        subjects: vec![late],
        ..Change::default()
    };
    let refused = service.store().commit(change).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { .. })),
        "{refused:?}"
    );
    place.add(7).await.unwrap();
}

#[tokio::test]
async fn people_from_before_there_were_shards_get_theirs() {
    let place = three().await;
    let service = &place.site.service;
    let entropy = SystemEntropy::new();
    let vault = service.vault();
    let mut before = Vec::new();
    for person in &place.people {
        let wrapped = WrappedKey::from_bytes(person.wrapped_key.as_ref().unwrap()).unwrap();
        let key = vault.keyring.unwrap((None, &person.id), &wrapped, &entropy);
        let key = key.unwrap().unwrap();
        let old = service
            .root()
            .wrap(&key, person.id.as_str(), &entropy)
            .unwrap();
        let member = candor_store::rows::ShardMember {
            id: person.id.clone(),
            wrapped_key: wrapped.to_bytes(),
        };
        before.push((member, old.to_bytes()));
    }
    assert_eq!(service.store().rewrap(&before).await.unwrap(), 3);
    let state = place.site.state_file();
    assert_eq!(
        readable(&state, &place.keys(), &place.people).await,
        [true; 3]
    );
    let (tenant, shard) = (None, place.shard());
    let change = Change {
        enqueue: vec![(Job::RollShard { tenant, shard }, service.now())],
        ..Change::default()
    };
    service.commit(change).await.unwrap();
    place.site.work().await;
    for person in &place.people {
        let row = service.store().subject(&person.id).await.unwrap().unwrap();
        let wrapped = WrappedKey::from_bytes(&row.wrapped_key.unwrap()).unwrap();
        assert_ne!(wrapped.root(), service.root().id());
    }
    assert_eq!(
        readable(&state, &place.keys(), &place.people).await,
        [true; 3]
    );
}

#[tokio::test]
async fn a_folder_of_other_keys_is_refused_before_anything_is_served() {
    let place = three().await;
    std::fs::remove_dir_all(place.keys().join("shards")).unwrap();
    let error = place.site.try_reopened(world(&place.hand, None)).await;
    let error = error.err().unwrap().to_string();
    assert!(
        error.contains("the folder of keys has none for shard abc"),
        "{error}"
    );
}

#[tokio::test]
async fn a_restored_state_goes_on_with_the_present_keys() {
    let place = three().await;
    let copy = place.copy();
    place.shred().await;
    let keys = copy.path().join("keys");
    std::fs::remove_dir_all(&keys).unwrap();
    copy_all(&place.keys(), &keys);
    let service = place.site.opened_in(copy.path(), world(&place.hand, None));
    let service = service.await.unwrap();
    let state = copy.path().join("state.sqlite");
    let readable = readable(&state, &keys, &place.people).await;
    assert_eq!(readable, [false, true, true]);
    let present = service.key_ages().await.unwrap();
    assert_eq!(present.len(), 1, "{present:?}");
    let known = service.store().key_shards().await.unwrap();
    let ids = service
        .keyring()
        .ids(None, place.shard(), &SystemEntropy::new());
    assert_eq!(known[0].key_id, ids.unwrap()[0].to_bytes());
}

#[tokio::test]
async fn keys_rotate_by_the_declared_schedule_and_the_verdict_says_so() {
    let hand = Hand::new();
    let mut charter = sample::charter();
    let measure = Measure {
        every: Some(Period {
            amount: 90,
            unit: Unit::Days,
        }),
        ..Measure::default()
    };
    charter.security.insert("rotate_keys".to_owned(), measure);
    let id = sample::promise_id(Family::Security, "rotate_keys");
    let promise = Promise {
        id: id.clone(),
        family: Family::Security,
        name: "rotate_keys".to_owned(),
        ..charter.promises[0].clone()
    };
    charter.promises.push(promise);
    let site = Site::at(charter, world(&hand, None)).await;
    let mut place = Place {
        site,
        hand,
        people: Vec::new(),
    };
    let person = place.add(1).await.unwrap();
    place.people.push(person);
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let observe = async || {
        let change = Change {
            enqueue: vec![(Job::Observe, place.site.service.now())],
            ..Change::default()
        };
        place.site.service.commit(change).await.unwrap();
        place.site.work().await;
        let board = place.site.service.board().await.unwrap();
        board.judgements[&id].verdict.key()
    };
    place
        .site
        .service
        .store()
        .set_setting("sharded", "yes")
        .await
        .unwrap();
    let first = place.site.service.key_ages().await.unwrap();
    assert_eq!(observe().await, "kept");
    assert_eq!(
        place.site.service.key_ages().await.unwrap(),
        first,
        "not yet"
    );

    // Nine tenths of the time: the key is another one, and opens what it opened.
    place.hand.turn(days(82));
    observe().await;
    let second = place.site.service.key_ages().await.unwrap();
    assert_eq!((second[0].epoch, second[0].is_rolling), (2, false));
    assert_eq!(observe().await, "kept");
    let state = place.site.state_file();
    assert_eq!(readable(&state, &place.keys(), &place.people).await, [true]);

    // Nobody rolls them any more: the verdict turns, with nothing else changed.
    place.hand.turn(days(91));
    let finding = place.site.service.key_finding().await.unwrap();
    let board = judged(&place.site.service, finding);
    assert_eq!(board, "broken");
}

/// The verdict on the keys' ages, if this is found now.
fn judged(service: &Service, finding: Finding) -> &'static str {
    let charter = service.charter();
    let mut promises = charter.promises.iter();
    let promise = promises.find(|one| one.name == "rotate_keys").unwrap();
    let check = verdict::checks_for(promise, &charter).pop().unwrap();
    let now = service.now();
    let seen = Observation {
        at: now,
        check,
        finding,
    };
    let judgement = verdict::judge(promise, &charter, &|_| Some(&seen), now);
    judgement.verdict.key()
}
