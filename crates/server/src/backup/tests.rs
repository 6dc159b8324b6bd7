//! Backups of a state with people in it: what comes back, what is refused, and
//! what a bad disk or a wrong clock does.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use candor_domain::id::SubjectId;
use candor_seal::entropy::SystemEntropy;
use candor_seal::entry::Entry;
use candor_seal::keys::RootKey;
use candor_seal::note::LogKey;
use candor_store::rows::SubjectRow;
use candor_store::{Change, Shred, Store};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::keyring::Keyring;
use crate::service::Keys;
use crate::world::{Clock, World};

/// A clock that a test sets.
#[derive(Clone)]
struct Hand(Arc<Mutex<Timestamp>>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

fn keys() -> Keys {
    keys_under(RootKey::generate(&SystemEntropy::new()).unwrap())
}

fn keys_under(root: RootKey) -> Keys {
    let entropy = SystemEntropy::new();
    // Backups hang from the root alone.
    let folder = tempfile::tempdir().unwrap();
    Keys {
        keyring: Keyring::open(root, folder.path()).unwrap(),
        ledger: LogKey::generate("example.test/ledger", &entropy).unwrap(),
    }
}

struct Place {
    at: tempfile::TempDir,
    keys: Keys,
    clock: Hand,
    world: World,
    store: Arc<dyn Store>,
    folder: Folder,
}

impl Place {
    async fn new() -> Self {
        let at = tempfile::tempdir().unwrap();
        let now = "2026-11-22T03:00:00Z".parse().unwrap();
        let clock = Hand(Arc::new(Mutex::new(now)));
        let state = at.path().join("state.sqlite").display().to_string();
        let place = Self {
            world: World {
                clock: Arc::new(clock.clone()),
                ..World::real()
            },
            store: candor_store::open(&state).await.unwrap(),
            folder: Folder::open(&at.path().join("backups")).unwrap(),
            keys: keys(),
            clock,
            at,
        };
        place.person(1).await;
        place.person(2).await;
        place
            .store
            .put_chunk("other", 0, &[7; 200_000])
            .await
            .unwrap();
        place
    }

    fn hours(&self, hours: i64) {
        *self.clock.0.lock().unwrap() += SignedDuration::from_hours(hours);
    }

    /// Somebody, and an entry of the ledger.
    async fn person(&self, number: u8) {
        let now = self.world.now();
        let change = Change {
            subjects: vec![SubjectRow {
                tenant: None,
                id: subject(number),
                about: "customer".to_owned(),
                wrapped_key: Some(vec![number; 40]),
                contact_index: Some([number; 32]),
                sealed: Some(vec![number; 90]),
                created_at: now,
                shredded_at: None,
            }],
            entries: vec![Entry::new(now.to_string(), "test.happened".to_owned())],
            ..Change::default()
        };
        self.store.commit(change).await.unwrap();
    }

    async fn shred(&self, number: u8) {
        let shred = Shred {
            subject: subject(number),
            at: self.world.now(),
            requests_seen: 0,
        };
        let change = Change {
            shred: vec![shred],
            ..Change::default()
        };
        self.store.commit(change).await.unwrap();
    }

    async fn backed_up(&self) -> Written {
        let keys = (&self.keys).into();
        write(&*self.store, keys, &self.folder, &self.world)
            .await
            .unwrap()
    }

    async fn noted(&self) {
        let newest = self.folder.kept().unwrap().pop().unwrap();
        let about = (&self.folder, &newest);
        note(&*self.store, (&self.keys).into(), about, &self.world)
            .await
            .unwrap();
    }

    fn new_state(&self) -> String {
        self.at.path().join("restored.sqlite").display().to_string()
    }

    async fn restored(&self) -> Result<Restored, BackupError> {
        let state = self.new_state();
        restore(&self.folder, None, false, (&self.keys).into(), &state).await
    }

    /// What is refused, in words; and that nothing is there.
    async fn refused(&self) -> String {
        let error = self.restored().await.unwrap_err();
        for ending in ["", ".restoring", ".restoring-wal"] {
            let path = PathBuf::from(format!("{}{ending}", self.new_state()));
            assert!(!path.exists(), "{}: {error}", path.display());
        }
        error.to_string()
    }

    fn newest(&self) -> PathBuf {
        let newest = self.folder.kept().unwrap().pop().unwrap();
        self.folder.file(&newest.name)
    }
}

fn subject(number: u8) -> SubjectId {
    SubjectId::from_random([number; 16])
}

#[tokio::test]
async fn a_state_comes_back_whole_and_nothing_of_it_can_be_read_in_the_backup() {
    let place = Place::new().await;
    let written = place.backed_up().await;
    assert_eq!(written.header.entries, 2);
    assert_eq!(
        verify(&place.newest(), (&place.keys).into()).await.unwrap(),
        written
    );
    let bytes = fs::read(place.newest()).unwrap();
    let behind = String::from_utf8_lossy(&bytes).into_owned();
    let (_, behind) = behind.split_once("}\n").unwrap();
    assert!(!behind.contains("customer") && !behind.contains("test.happened"));
    let restored = place.restored().await.unwrap();
    assert_eq!((restored.rows, restored.until), (written.rows, None));
    let store = candor_store::open(&place.new_state()).await.unwrap();
    let head = place.store.ledger_head().await.unwrap();
    assert_eq!(store.ledger_head().await.unwrap(), head);
    assert_eq!(
        store.subject(&subject(1)).await.unwrap(),
        place.store.subject(&subject(1)).await.unwrap()
    );
    assert_eq!(
        store.chunk("other", 0).await.unwrap(),
        Some(vec![7; 200_000])
    );
}

#[tokio::test]
async fn what_happened_since_is_done_before_anybody_is_served() {
    let place = Place::new().await;
    place.backed_up().await;
    place.hours(5);
    place.shred(1).await;
    place.person(3).await;
    place.noted().await;
    // The last word counts, whole.
    place.hours(1);
    place.shred(2).await;
    place.noted().await;
    let restored = place.restored().await.unwrap();
    assert_eq!(restored.until, Some(place.world.now()));
    let store = candor_store::open(&place.new_state()).await.unwrap();
    for number in [1, 2] {
        let person = store.subject(&subject(number)).await.unwrap().unwrap();
        assert!(person.shredded_at.is_some(), "{number} is shredded again");
        assert_eq!(
            (person.wrapped_key, person.sealed),
            (None, None),
            "{number}"
        );
    }
    let third = store.subject(&subject(3)).await.unwrap();
    assert_eq!(third, place.store.subject(&subject(3)).await.unwrap());
    // The ledger goes on where it was.
    let head = place.store.ledger_head().await.unwrap();
    assert_eq!(store.ledger_head().await.unwrap(), head);
    let entry = Entry::new(place.world.now().to_string(), "test.happened".to_owned());
    let change = Change {
        entries: vec![entry],
        ..Change::default()
    };
    let more = store.commit(change).await.unwrap();
    assert_eq!(more.entry_indexes, [3]);
}

#[tokio::test]
async fn what_is_not_the_whole_backup_of_these_keys_is_refused() {
    let place = Place::new().await;
    place.backed_up().await;
    let path = place.newest();
    let whole = fs::read(&path).unwrap();
    // Cut anywhere.
    for length in [0, 5, 300, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let why = place.refused().await;
        assert!(why.contains(".backup` is"), "{length}: {why}");
    }
    // Changed anywhere, and extended.
    for at in [40, whole.len() / 3, whole.len() - 20] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, changed).unwrap();
        place.refused().await;
    }
    let longer = [whole.as_slice(), b"x"].concat();
    fs::write(&path, longer).unwrap();
    assert!(place.refused().await.contains("cut or changed"));
    fs::write(&path, &whole).unwrap();
    // Other keys.
    for (root, which) in [(true, "root key"), (false, "ledger key")] {
        let own = RootKey::from_bytes(place.keys.keyring.root().expose()).unwrap();
        let other = if root { keys() } else { keys_under(own) };
        let state = place.new_state();
        let refused = restore(&place.folder, None, false, (&other).into(), &state).await;
        let why = refused.unwrap_err().to_string();
        assert!(why.contains(which) && why.contains("put back"), "{why}");
    }
    // One of no release.
    fs::write(&path, "candor-backup\n{\"form\": 2}\n").unwrap();
    assert!(place.refused().await.contains("a newer release"));
}

#[tokio::test]
async fn a_backup_under_another_ones_name_is_refused() {
    let place = Place::new().await;
    place.backed_up().await;
    let first = place.newest();
    place.hours(24);
    place.person(3).await;
    place.backed_up().await;
    let second = place.newest();
    let (one, other) = (fs::read(&first).unwrap(), fs::read(&second).unwrap());
    fs::write(&second, &one).unwrap();
    fs::write(&first, &other).unwrap();
    assert!(place.refused().await.contains("under another name"));
    // The header of one before the content of the other.
    let end = |bytes: &[u8]| bytes.windows(2).position(|two| two == b"}\n").unwrap() + 2;
    let mixed = [&other[..end(&other)], &one[end(&one)..]].concat();
    fs::write(&second, mixed).unwrap();
    assert!(place.refused().await.contains("another backup's content"));
    // What happened since another backup.
    fs::write(&first, one).unwrap();
    fs::write(&second, other).unwrap();
    place.noted().await;
    let kept = place.folder.kept().unwrap();
    let noted = place.folder.since(&kept[1].name);
    fs::rename(noted, place.folder.since(&kept[0].name)).unwrap();
    let (name, state) = (kept[0].name.clone(), place.new_state());
    let older = restore(
        &place.folder,
        Some(&name),
        true,
        (&place.keys).into(),
        &state,
    )
    .await;
    assert!(
        matches!(older, Err(BackupError::Renamed { .. })),
        "{older:?}"
    );
}

#[tokio::test]
async fn an_older_state_never_takes_the_place_of_a_newer_one() {
    let place = Place::new().await;
    place.backed_up().await;
    let older = place.folder.kept().unwrap()[0].name.clone();
    place.hours(24);
    place.person(3).await;
    place.backed_up().await;
    let keys = || Holder::from(&place.keys);
    let state = place.new_state();
    let passed_over = restore(&place.folder, Some(&older), false, keys(), &state).await;
    assert!(
        matches!(passed_over, Err(BackupError::Older { .. })),
        "{passed_over:?}"
    );
    let meant = restore(&place.folder, Some(&older), true, keys(), &state)
        .await
        .unwrap();
    assert_eq!(meant.header.entries, 2);
    // Nor beside the log of a state that is gone.
    let gone = place.at.path().join("gone.sqlite");
    fs::write(place.at.path().join("gone.sqlite-wal"), "x").unwrap();
    let gone = gone.display().to_string();
    let log = restore(&place.folder, None, false, keys(), &gone).await;
    assert!(log.unwrap_err().to_string().contains("gone.sqlite-wal"));
    // Over what is there, older or newer, nothing goes.
    let occupied = restore(&place.folder, None, false, keys(), &state).await;
    assert!(
        matches!(occupied, Err(BackupError::Occupied { .. })),
        "{occupied:?}"
    );
    let running = place.at.path().join("state.sqlite").display().to_string();
    place.person(4).await;
    let newer = restore(&place.folder, None, false, keys(), &running).await;
    let why = newer.unwrap_err().to_string();
    assert!(why.contains("has 4 entries and the backup's 3"), "{why}");
    assert_eq!(place.store.ledger_head().await.unwrap().size, 4);
}

#[tokio::test]
async fn a_bad_disk_leaves_the_backups_that_are_there() {
    let place = Place::new().await;
    place.backed_up().await;
    place.hours(24);
    place.person(3).await;
    let before = place.folder.kept().unwrap();
    // The next backup is written into a device that is always full.
    let stamp = place.world.now().strftime("%Y%m%dT%H%M%SZ");
    let next = place.folder.file(&format!("{stamp}-3.backup.unfinished"));
    std::os::unix::fs::symlink("/dev/full", &next).unwrap();
    let keys = Holder::from(&place.keys);
    let full = write(&*place.store, keys, &place.folder, &place.world).await;
    let full = full.unwrap_err();
    assert!(full.to_string().ends_with("could not be written"), "{full}");
    assert!(full.to_string().contains("-3.backup"), "{full}");
    let why = std::error::Error::source(&full).unwrap().to_string();
    assert!(why.contains("No space left"), "{why}");
    assert!(!next.exists(), "what is unfinished goes");
    assert_eq!(place.folder.kept().unwrap(), before);
    let nowhere = Folder::open(std::path::Path::new("/proc/candor")).unwrap_err();
    assert!(
        nowhere
            .to_string()
            .contains("`/proc/candor` could not be written")
    );
    // What is acknowledged is there, and the next attempt is whole.
    assert_eq!(place.backed_up().await.header.entries, 3);
}

#[tokio::test]
async fn a_clock_that_jumps_changes_nothing_about_which_is_the_newest() {
    let place = Place::new().await;
    place.hours(24 * 400);
    place.backed_up().await;
    place.hours(-24 * 400);
    place.person(3).await;
    place.backed_up().await;
    let restored = place.restored().await.unwrap();
    assert_eq!(restored.header.entries, 3);
    let keep = SignedDuration::from_hours(24 * 35);
    let gone = place.folder.expire(keep, place.world.now()).unwrap();
    assert_eq!(gone, [""; 0], "one of the future is no old one");
}
