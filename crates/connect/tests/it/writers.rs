//! Concurrent writers leave no residue after settling: while somebody is
//! erased, a running application goes on writing for them, children with and
//! without a foreign key, changes, rows that come back. Afterwards nothing of
//! the person is left, and everybody else's rows are as they were. What is
//! written comes from a seed, the same each time; in which moment of the erasure
//! it arrives does not. `CANDOR_TEST_TIMES` says how many times as many.

use std::time::Duration;

use candor_connect::{EraseStep, OldKeys, Source, SourceError};
use candor_domain::plan::Residue;
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;

use crate::late;
use crate::random::Dice;
use crate::support::{Captured, World, capture, email, kinds};
use crate::worlds::times;

/// What the application writes during one erasure.
const WRITES: usize = 60;

/// How often an erasure is tried while somebody writes, as jobs are.
const TRIES_MAX: usize = 50;

/// How often it is erased again once nobody writes any more.
const SETTLED_WITHIN: usize = 2;

fn schema(with_keys: bool) -> String {
    let key = |table: &str| match with_keys {
        true => format!(" REFERENCES {table} (id)"),
        false => String::new(),
    };
    let (account, orders) = (key("account"), key("orders"));
    format!(
        "CREATE TABLE account (id bigint PRIMARY KEY, email varchar(190) UNIQUE, advised_by bigint{account});
         CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint{account}, note varchar(190));
         CREATE INDEX orders_account_id ON orders (account_id);
         CREATE TABLE item (id bigint PRIMARY KEY, order_id bigint{orders}, engraving varchar(190));
         CREATE INDEX item_order_id ON item (order_id);
         CREATE TABLE reply (id bigint PRIMARY KEY, account_id bigint, parent_id bigint, words varchar(190));
         CREATE TABLE note (id bigint PRIMARY KEY, about varchar(20) NOT NULL, about_id bigint, words varchar(190));
         INSERT INTO account VALUES (1, 'mireille@post.example', NULL), (2, 'otto@post.example', NULL), (3, 'carla@post.example', NULL);
         INSERT INTO orders VALUES (10, 1, 'a'), (11, 1, 'b'), (20, 2, 'c'), (30, 3, 'd');
         INSERT INTO item VALUES (100, 10, 'a'), (101, 11, 'b'), (200, 20, 'c'), (300, 30, 'd');
         INSERT INTO reply VALUES (1, 1, NULL, 'a'), (2, 2, NULL, 'b'), (3, NULL, 1, 'c'), (4, 3, 2, 'd');
         INSERT INTO note VALUES (1, 'account', 1, 'a'), (2, 'account', 2, 'b'), (3, 'order', 1, 'c')"
    )
}

/// As the tests of what comes late have it, as far as the tables are here.
fn mapped() -> SourceMap {
    let mut map = late::mapped();
    map.tables
        .retain(|name, _| !["seat", "ticket"].contains(&name.as_str()));
    map
}

/// Something the application writes for her. A row of its own that she did not
/// have before comes with all that names it.
fn write(dice: &mut Dice, new: usize) -> String {
    let (old_order, new) = (10 + dice.below(2), 1_000 + new);
    match dice.below(9) {
        0 => format!("INSERT INTO orders VALUES ({new}, 1, 'late')"),
        1 => format!("INSERT INTO item VALUES ({new}, {old_order}, 'late')"),
        2 => format!(
            "BEGIN; INSERT INTO orders VALUES ({new}, 1, 'late'); INSERT INTO item VALUES ({new}, {new}, 'late'); COMMIT"
        ),
        3 => format!(
            "INSERT INTO reply VALUES ({new}, NULL, {}, 'late')",
            1 + 2 * dice.below(2)
        ),
        4 => format!("INSERT INTO note VALUES ({new}, 'account', 1, 'late')"),
        5 => format!("UPDATE orders SET note = 'changed {new}' WHERE account_id = 1"),
        6 => "INSERT INTO account VALUES (1, 'mireille@post.example', NULL)".to_owned(),
        7 => format!("INSERT INTO orders VALUES ({old_order}, 1, 'back')"),
        _ => "UPDATE account SET advised_by = 1 WHERE id = 2".to_owned(),
    }
}

const OTHERS: [&str; 5] = [
    "SELECT CAST(id AS text), email, CAST(advised_by AS text) FROM account WHERE id <> 1 ORDER BY 1",
    "SELECT CAST(id AS text), CAST(account_id AS text), note FROM orders WHERE account_id <> 1 ORDER BY 1",
    "SELECT CAST(id AS text), CAST(order_id AS text), engraving FROM item WHERE order_id IN (20, 30) ORDER BY 1",
    "SELECT CAST(id AS text), CAST(account_id AS text), CAST(parent_id AS text), words FROM reply WHERE id IN (2, 4) ORDER BY 1",
    "SELECT CAST(id AS text), about, CAST(about_id AS text), words FROM note WHERE about_id <> 1 OR about <> 'account' ORDER BY 1",
];

async fn others(world: &World) -> Vec<Vec<Vec<Option<String>>>> {
    let mut all = Vec::new();
    for sql in OTHERS {
        all.push(world.rows(sql).await);
    }
    all
}

/// One erasure, which begins again where somebody wrote in between. The first
/// attempt knows the identities alone, as in the service.
async fn erase(source: &Source, captured: &Captured, attempt: usize) {
    let keys = match attempt {
        0 => Vec::new(),
        _ => OldKeys::of(&captured.footprint, captured.keys.clone()),
    };
    let step = EraseStep {
        step: format!("attempt/{attempt}"),
        identities: captured.footprint.identities.clone(),
        keys,
    };
    for _ in 0..TRIES_MAX {
        match source.erase(std::slice::from_ref(&step)).await {
            Ok(_) => return,
            Err(SourceError::Unreachable { .. } | SourceError::Refused { .. }) => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("attempt {attempt} was never carried out");
}

/// What was found at once, and after all was written.
async fn settled(kind: SourceKind, with_keys: bool, seed: u64) -> (Vec<Residue>, usize) {
    let told = format!("{kind:?}, keys {with_keys}, seed {seed}");
    let world = World::new(kind, &schema(with_keys)).await;
    let source = world.source(mapped());
    let mireille = [email("mireille@post.example")];
    let captured = capture(&source, &mireille).await.unwrap();
    let before = others(&world).await;
    let mut dice = Dice::new(seed);
    let (_, found) = tokio::join!(
        async {
            for number in 0..WRITES {
                let sql = write(&mut dice, number);
                // What the database refuses was not written.
                _ = world.try_run(&sql).await;
            }
        },
        async {
            let pause = 5 + seed % 50;
            tokio::time::sleep(Duration::from_millis(pause)).await;
            erase(&source, &captured, 0).await;
            let found = captured.left(&source).await.unwrap();
            erase(&source, &captured, 1).await;
            found
        }
    );
    let mut attempts = 0;
    while !captured.left(&source).await.unwrap().is_empty() {
        attempts += 1;
        assert!(attempts <= SETTLED_WITHIN, "{told}: it never settles");
        erase(&source, &captured, 1 + attempts).await;
    }
    assert_eq!(others(&world).await, before, "{told}");
    for (table, hers) in [
        ("account", "id = 1 OR advised_by = 1"),
        ("orders", "account_id = 1 OR id IN (10, 11) OR id >= 1000"),
        ("item", "order_id IN (10, 11) OR id >= 1000"),
        ("reply", "account_id = 1 OR id IN (1, 3) OR id >= 1000"),
        ("note", "about_id = 1 AND about = 'account'"),
    ] {
        let sql = format!("SELECT CAST(id AS text) FROM {table} WHERE {hers}");
        let left = world.rows(&sql).await.concat();
        assert_eq!(left, [], "{told}: of {table}");
    }
    (found, attempts)
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_writers_leave_no_residue_after_settling() {
    let mut late = 0;
    for kind in kinds() {
        for with_keys in [true, false] {
            for seed in 1..=3 * times() {
                let (found, attempts) = settled(kind, with_keys, seed).await;
                late += usize::from(!found.is_empty()) + attempts;
            }
        }
    }
    assert!(late > 0, "nobody was ever late, so that nothing was tried");
}
