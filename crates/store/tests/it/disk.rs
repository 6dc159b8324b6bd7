//! A disk with no more room: what was acknowledged stays, what was not is not
//! there in part, each attempt says that it is the disk, reading goes on, and
//! with room the ledger does as well. The test binary runs itself as a process
//! whose files may not grow any further. On SQLite: a server of PostgreSQL has
//! a disk of its own.

use std::process::{Command, Output};

use candor_seal::entry::Entry;
use candor_store::{Change, StoreError};

use crate::story::ledger::check_tree;
use crate::support::variable;

const PATH: &str = "CANDOR_STORE_TEST_FULL_DISK";
/// Blocks of 512 bytes, or of 1,024 where the shell counts so.
const BLOCKS_MAX: &str = "3000";
const ENTRIES: u64 = 200;
/// Attempts after the first that finds no room.
const AGAIN: usize = 3;
const ACKNOWLEDGED: &str = "acknowledged ";
const REFUSED: &str = "refused ";
const READ: &str = "read ";

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.sqlite").display().to_string();
    let output = limited(&path);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{output:?}");
    let all = |what: &str| -> Vec<String> {
        let said = said.lines().filter_map(|line| line.split(what).nth(1));
        said.map(str::to_owned).collect()
    };
    let acknowledged: u64 = all(ACKNOWLEDGED).last().unwrap().parse().unwrap();
    assert!(acknowledged >= ENTRIES, "{said}");
    let refused = all(REFUSED);
    assert_eq!(refused.len(), 1 + AGAIN, "{said}");
    for refused in refused {
        assert!(refused.contains("disk"), "{refused}");
    }
    assert_eq!(all(READ), [acknowledged.to_string()], "reading goes on");

    let store = candor_store::open(&path).await.unwrap();
    assert_eq!(check_tree(&*store).await.len() as u64, acknowledged);
    store.commit(batch(acknowledged)).await.unwrap();
    let rows = check_tree(&*store).await;
    assert_eq!(rows.len() as u64, acknowledged + ENTRIES);
    for row in rows {
        let number = Entry::decode(&row.bytes).unwrap().facts["number"].as_u64();
        assert_eq!(number, Some(row.index));
    }
}

fn batch(first: u64) -> Change {
    let entries = (first..first + ENTRIES).map(|number| {
        let mut entry = Entry::new("2026-11-22T09:30:00Z", "disk.filled");
        entry.facts.insert("number".to_owned(), number.into());
        entry
    });
    Change {
        entries: entries.collect(),
        ..Change::default()
    }
}

/// Runs [`filler`] with files that may not grow: to write past that is an error
/// like any other of a disk, once the signal is ignored.
fn limited(path: &str) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {BLOCKS_MAX}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &script])
        .arg(std::env::current_exe().unwrap());
    shell.args(["--exact", "disk::filler", "--nocapture"]);
    shell.env(PATH, path).output().unwrap()
}

/// The process that fills the disk; as a test of its own it has nothing to do.
#[tokio::test]
async fn filler() {
    let Some(path) = variable(PATH) else {
        return;
    };
    let store = candor_store::open(&path).await.unwrap();
    let (mut size, mut refusals) = (0, 0);
    // A connection that is given up makes room once more: its log goes into the file.
    while refusals <= AGAIN {
        match store.commit(batch(size)).await {
            Ok(_) => {
                size += ENTRIES;
                println!("\n{ACKNOWLEDGED}{size}");
            }
            Err(refused) => {
                assert!(matches!(refused, StoreError::Disk(_)), "{refused:?}");
                refusals += 1;
                println!("\n{REFUSED}{refused}");
            }
        }
    }
    let head = store.ledger_head().await.unwrap();
    println!("\n{READ}{}", head.size);
}
