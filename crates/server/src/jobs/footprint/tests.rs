//! Keys written down and read back: all of them, each source its own, and
//! nothing that was cut, swapped or comes from another release.

use candor_seal::entropy::{Entropy, SystemEntropy};
use candor_seal::keys::RootKey;
use candor_store::Change;
use jiff::Timestamp;

use super::*;
use crate::keyring::Keyring;
use crate::people;

/// More than two steps, and more than one stored chunk.
const MANY: usize = KEYS_AT_ONCE * 2 + 5;

/// A state in which keys of two sources are written down.
struct World {
    store: Arc<dyn Store>,
    person: Arc<OpenPerson>,
    id: SubjectRequestId,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state.sqlite").display().to_string();
        let entropy = SystemEntropy::new();
        let root = RootKey::generate(&entropy).unwrap();
        let contact = Identity::new("email", "mireille@post.example");
        let now = Timestamp::UNIX_EPOCH;
        let keyring = Keyring::open(root, &folder.path().join("keys")).unwrap();
        let vault = people::Vault {
            keyring: &keyring,
            entropy: &entropy,
            now,
        };
        let row = people::create(&vault, ("customer", None), [1; 32], contact).unwrap();
        Self {
            store: candor_store::open(&state).await.unwrap(),
            person: Arc::new(people::open(&vault, &row).unwrap().unwrap()),
            id: SubjectRequestId::from_random([7; 16]),
            _folder: folder,
        }
    }

    async fn write(&self, source: &str, first: u32, count: usize) -> Written {
        let (reader, writer) = io::pipe().unwrap();
        let writing = tokio::task::spawn_blocking(move || {
            let mut lines = Lines(BufWriter::new(writer));
            for number in 0..count {
                lines.key(key(number)).unwrap();
            }
            lines.0.flush().unwrap();
        });
        let file = File::keys(&self.id, source, first);
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
        let store = self.store.as_ref();
        let sealing = sealed_stream::seal_into(store, file, self.person.clone(), reader, entropy);
        let (chunks, written) = tokio::join!(sealing, writing);
        written.unwrap();
        let columns = KeyColumns {
            table: "orders".to_owned(),
            columns: vec!["id".to_owned(), "note".to_owned()],
            rows: count as u64,
        };
        Written {
            footprint: Footprint {
                identities: Vec::new(),
                keys: vec![columns],
            },
            kept: Kept::Blob(chunks.unwrap()),
            id: self.id.clone(),
            source: source.to_owned(),
            person: self.person.clone(),
        }
    }

    /// How many keys each step had.
    async fn read(&self, written: &Written) -> Result<Vec<usize>, ServiceError> {
        let mut keys = written.keys(self.store.clone());
        let mut steps = Vec::new();
        let mut number = 0;
        while let Some(step) = keys.next().await? {
            for own in &step {
                assert_eq!(*own, key(number));
                number += 1;
            }
            steps.push(step.len());
        }
        Ok(steps)
    }
}

fn key(number: usize) -> Key {
    Key {
        person: 0,
        place: 0,
        values: Personal::new(vec![number.to_string(), "a note\nof two lines".to_owned()]),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_back_some_at_a_time_and_each_source_has_its_own() {
    let world = World::new().await;
    let many = world.write("app", 0, MANY).await;
    let Kept::Blob(chunks) = &many.kept else {
        unreachable!("written into a blob")
    };
    assert!(chunks.len() > 1, "{chunks:?}");
    let few = world.write("support", chunks.end, 3).await;
    let none = world.write("shop", 100, 0).await;
    let steps = world.read(&many).await.unwrap();
    assert_eq!(steps, [KEYS_AT_ONCE, KEYS_AT_ONCE, 5]);
    assert_eq!(world.read(&few).await.unwrap(), [3]);
    assert_eq!(world.read(&none).await.unwrap(), [0; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_were_cut_or_swapped_are_refused() {
    let world = World::new().await;
    let mut many = world.write("app", 0, MANY).await;
    let few = world.write("support", 100, 3).await;

    let swapped = Written {
        kept: few.kept.clone(),
        ..world.write("app", 200, 3).await
    };
    assert!(world.read(&swapped).await.is_err(), "another source's");

    many.footprint.keys[0].rows += 1;
    assert!(world.read(&many).await.is_err(), "one is missing");
    many.footprint.keys[0].rows -= 2;
    assert!(world.read(&many).await.is_err(), "one too many");
    many.footprint.keys[0].rows += 1;
    assert!(world.read(&many).await.is_ok());
    let Kept::Blob(chunks) = &mut many.kept else {
        unreachable!("written into a blob")
    };
    chunks.end -= 1;
    assert!(world.read(&many).await.is_err(), "the end is missing");

    let removing = Change {
        remove_blobs: vec![crate::service::keys_blob(&world.id)],
        ..Change::default()
    };
    world.store.commit(removing).await.unwrap();
    assert!(world.read(&few).await.is_err(), "all of them are");
}

#[tokio::test]
async fn the_first_form_is_still_read() {
    let first = r#"{
        "identities": [{ "kind": "customer_id", "value": "7" }],
        "keys": [
            { "table": "account", "columns": ["id"], "rows": [["7"]] },
            { "table": "line", "columns": ["series", "number"], "rows": [["A", "1"], ["A", "2"]] }
        ]
    }"#;
    let (footprint, kept) = serde_json::from_str::<Form>(first).unwrap().read().unwrap();
    assert_eq!(footprint.identities, [Identity::new("customer_id", "7")]);
    assert_eq!(footprint.keys[1].rows, 2);
    let world = World::new().await;
    let written = Written {
        footprint,
        kept,
        ..world.write("app", 0, 0).await
    };
    let mut keys = written.keys(world.store.clone());
    let keys_read = keys.next().await.unwrap().unwrap();
    let of_lines = keys_read.iter().filter(|key| key.place == 1);
    assert_eq!((keys_read.len(), of_lines.count()), (3, 2));
    assert_eq!(keys.next().await.unwrap(), None);
}

#[test]
fn a_form_from_the_future_is_refused() {
    let stored = Stored {
        form: FORM,
        footprint: Footprint::default(),
        chunks: 3..5,
    };
    let mut stored = serde_json::to_value(stored).unwrap();
    let read = |stored: &serde_json::Value| {
        let form: Form = serde_json::from_value(stored.clone()).unwrap();
        form.read()
    };
    assert!(matches!(read(&stored), Ok((_, Kept::Blob(chunks))) if chunks == (3..5)));
    stored["form"] = (FORM + 1).into();
    assert!(read(&stored).is_err());
}

#[test]
fn keys_of_several_are_held_up_to_a_size_and_belong_to_somebody() {
    let mut few = Few::new(2);
    let of = |person| Key { person, ..key(1) };
    few.key(of(1)).unwrap();
    assert!(few.lines[0].is_empty() && !few.lines[1].is_empty());
    assert!(few.key(of(2)).is_err(), "of nobody");
    let mut taken = 0;
    while few.key(of(0)).is_ok() {
        taken += 1;
    }
    assert!(few.bytes > FEW_BYTES_MAX && taken > 1_000, "{taken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_in_memory_opens_as_what_was_streamed() {
    let world = World::new().await;
    let file = File::keys(&world.id, "app", 3);
    let mut lines = Vec::new();
    for number in 0..MANY {
        line(&mut lines, &key(number)).unwrap();
    }
    let entropy = SystemEntropy::new();
    let chunks = sealed_stream::seal_few(&file, &world.person, &lines, &entropy).unwrap();
    let numbers: Vec<u32> = chunks.iter().map(|chunk| chunk.number).collect();
    assert_eq!(numbers, (3..3 + chunks.len() as u32).collect::<Vec<_>>());
    for chunk in &chunks {
        let put = world
            .store
            .put_chunk(&chunk.blob, chunk.number, &chunk.bytes);
        put.await.unwrap();
    }
    let end = Some(3 + chunks.len() as u32);
    let mut stream = sealed_stream::open_from(world.store.clone(), file, end, world.person.clone());
    let mut read = Vec::new();
    while let Some(part) = stream.next().await.unwrap() {
        read.extend(part);
    }
    assert!(read == lines);
}
