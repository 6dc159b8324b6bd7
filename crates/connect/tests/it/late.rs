//! What came late, or came back, after an erasure: found by the keys that the
//! person's rows had, however they are named, and nobody else's rows with it.

use candor_connect::{EraseStep, OldKeys, Source, StepReport};
use candor_domain::plan::Action;
use candor_policy::charter::SourceKind;
use candor_policy::map::{ReferenceAction, SourceMap};

use crate::support::{
    Captured, Mapping as _, World, capture, effect, email, erase, kinds, map, residue, step, table,
};
use crate::undo::{Turned, erase_keeping};

/// Nothing here has a foreign key, as in the databases of many frameworks.
const SCHEMA: &str = "
CREATE TABLE account (id bigint PRIMARY KEY, email varchar(190), advised_by bigint);
CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, note varchar(190));
CREATE TABLE item (id bigint PRIMARY KEY, order_id bigint, engraving varchar(190));
CREATE TABLE note (id bigint PRIMARY KEY, about varchar(20) NOT NULL, about_id bigint, words varchar(190));
CREATE TABLE reply (id bigint PRIMARY KEY, account_id bigint, parent_id bigint, words varchar(190));
CREATE TABLE seat (hall bigint, chair bigint, account_id bigint, PRIMARY KEY (hall, chair));
CREATE TABLE ticket (id bigint PRIMARY KEY, hall bigint, chair bigint, guest varchar(190));
INSERT INTO account VALUES (1, 'mireille@post.example', NULL), (2, 'otto@post.example', 1);
INSERT INTO orders VALUES (10, 1, 'hers'), (20, 2, 'his');
INSERT INTO item VALUES (100, 10, 'M.'), (200, 20, 'O.');
INSERT INTO note VALUES (1, 'account', 1, 'called'), (2, 'account', 2, 'wrote'), (3, 'order', 1, 'of nobody');
INSERT INTO reply VALUES (1, 1, NULL, 'first'), (2, 2, NULL, 'second'), (3, NULL, 1, 'to hers');
INSERT INTO seat VALUES (1, 7, 1), (1, 8, 2);
INSERT INTO ticket VALUES (1, 1, 7, 'aunt'), (2, 1, 8, 'uncle');
";

pub(crate) fn mapped() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email advised_by:key")
                .about("email", "email")
                .references_to("advised_by", "account.id", ReferenceAction::Unlink),
        ),
        (
            "orders",
            table("id:key account_id:key note:content.message")
                .owned_by("account_id", "account.id"),
        ),
        (
            "item",
            table("id:key order_id:key engraving:content.message")
                .owned_by("order_id", "orders.id"),
        ),
        (
            "note",
            table("id:key about:plain about_id:key words:content.message").owned_when(
                "about_id",
                "account.id",
                "about",
                "account",
            ),
        ),
        (
            "reply",
            table("id:key account_id:key parent_id:key words:content.message")
                .owned_by("account_id", "account.id")
                .owned_by("parent_id", "reply.id"),
        ),
        (
            "seat",
            table("hall:key chair:key account_id:key").owned_by("account_id", "account.id"),
        ),
        (
            "ticket",
            table("id:key hall:key chair:key guest:name").owned_by("hall+chair", "seat.hall+chair"),
        ),
    ])
}

/// Rows of hers that a running application wrote after the erasure, each
/// naming one that is gone, and rows that look alike and are not hers.
const LATE: &str = "
INSERT INTO orders VALUES (11, 1, 'late');
INSERT INTO item VALUES (101, 11, 'of the late'), (102, 10, 'of the one that went');
INSERT INTO note VALUES (4, 'account', 1, 'late'), (5, 'order', 1, 'of nobody');
INSERT INTO reply VALUES (4, NULL, 3, 'to one that went'), (5, 2, 4, 'and on');
INSERT INTO ticket VALUES (3, 1, 7, 'late guest'), (4, 2, 7, 'another hall');
UPDATE account SET advised_by = 1 WHERE id = 2;
";

const TABLES: [&str; 7] = [
    "account", "orders", "item", "note", "reply", "seat", "ticket",
];

async fn everything(world: &World) -> Vec<Vec<Vec<Option<String>>>> {
    let mut all = Vec::new();
    for name in TABLES {
        let columns = match name {
            "account" => "CAST(id AS text), email, CAST(advised_by AS text)",
            "orders" => "CAST(id AS text), CAST(account_id AS text), note",
            "item" => "CAST(id AS text), CAST(order_id AS text), engraving",
            "note" => "CAST(id AS text), about, CAST(about_id AS text), words",
            "reply" => "CAST(id AS text), CAST(account_id AS text), CAST(parent_id AS text), words",
            "seat" => "CAST(hall AS text), CAST(chair AS text), CAST(account_id AS text)",
            _ => "CAST(id AS text), CAST(hall AS text), CAST(chair AS text), guest",
        };
        all.push(
            world
                .rows(&format!("SELECT {columns} FROM {name} ORDER BY 1, 2"))
                .await,
        );
    }
    all
}

/// A step that also starts with the keys that were written down.
pub(crate) fn again(key: &str, captured: &Captured) -> EraseStep {
    EraseStep {
        step: key.to_owned(),
        identities: captured.footprint.identities.clone(),
        keys: OldKeys::of(&captured.footprint, captured.keys.clone()),
    }
}

async fn once_more(source: &Source, key: &str, captured: &Captured) -> StepReport {
    let steps = [again(key, captured)];
    let reports = source.erase(&steps).await.unwrap();
    let repeat = source.erase(&steps).await.unwrap();
    assert_eq!(repeat, reports, "a repeat reports the same");
    reports.into_iter().next().unwrap()
}

#[tokio::test]
async fn what_names_a_row_that_is_gone_goes_too() {
    for kind in kinds() {
        let world = World::new(kind, SCHEMA).await;
        let source = world.source(mapped());
        let mireille = [email("mireille@post.example")];
        let captured = capture(&source, &mireille).await.unwrap();
        erase(&source, "first", &mireille).await;
        assert_eq!(captured.left(&source).await.unwrap(), [], "{kind:?}");
        let alone = everything(&world).await;
        world.run(LATE).await;
        let left = captured.left(&source).await.unwrap();
        assert!(
            left.contains(&residue("orders", "account_id", 1)),
            "{left:?}"
        );
        assert!(
            left.contains(&residue("ticket", "hall, chair", 1)),
            "{left:?}"
        );
        assert!(
            left.contains(&residue("account", "advised_by", 1)),
            "{left:?}"
        );
        // What today finds nothing, because the account is gone.
        let found = source.preview(&mireille).await.unwrap();
        assert!(found.effects.is_empty(), "{found:?}");
        let report = once_more(&source, "second", &captured).await;
        assert_eq!(
            report.effects,
            [
                effect("account", Action::Unlink, 1),
                effect("item", Action::Delete, 2),
                effect("note", Action::Delete, 1),
                effect("orders", Action::Delete, 1),
                effect("reply", Action::Delete, 2),
                effect("ticket", Action::Delete, 1),
            ],
            "{kind:?}"
        );
        assert_eq!(captured.left(&source).await.unwrap(), [], "{kind:?}");
        world.run("DELETE FROM note WHERE id = 5").await;
        world.run("DELETE FROM ticket WHERE id = 4").await;
        world.run("UPDATE account SET advised_by = NULL").await;
        assert_eq!(everything(&world).await, alone, "{kind:?}: nobody else's");
        let nothing = once_more(&source, "third", &captured).await;
        assert_eq!(nothing.effects, [], "{kind:?}");
    }
}

#[tokio::test]
async fn what_comes_back_under_its_old_key_goes_unless_it_has_a_living_owner() {
    for kind in kinds() {
        let world = World::new(kind, SCHEMA).await;
        let source = world.source(mapped());
        let mireille = [email("mireille@post.example")];
        let captured = capture(&source, &mireille).await.unwrap();
        erase(&source, "first", &mireille).await;
        // As a backup had them: she under an address of before. One order was
        // given to Otto meanwhile.
        world
            .run(
                "INSERT INTO account VALUES (1, 'mireille@old.example', 2);
                 INSERT INTO reply VALUES (1, NULL, NULL, 'first');
                 INSERT INTO orders VALUES (10, 2, 'his by now');
                 INSERT INTO item VALUES (100, 10, 'his by now'), (103, 30, 'of nobody');
                 INSERT INTO seat VALUES (1, 7, 1);
                 INSERT INTO ticket VALUES (1, 1, 7, 'aunt')",
            )
            .await;
        let report = once_more(&source, "second", &captured).await;
        assert_eq!(
            report.effects,
            [
                effect("account", Action::Delete, 1),
                effect("reply", Action::Delete, 1),
                effect("seat", Action::Delete, 1),
                effect("ticket", Action::Delete, 1),
            ],
            "{kind:?}"
        );
        // Whose the order is, staff must say.
        assert_eq!(
            captured.left(&source).await.unwrap(),
            [residue("item", "order_id", 1), residue("orders", "id", 1),],
            "{kind:?}"
        );
        assert_eq!(world.count("item").await, 3);
    }
}

#[tokio::test]
async fn what_came_late_is_taken_back_with_the_rest() {
    for kind in kinds() {
        let world = World::new(kind, SCHEMA).await;
        let source = world.source(mapped());
        let mireille = [email("mireille@post.example")];
        let captured = capture(&source, &mireille).await.unwrap();
        let sealer = Turned::default();
        let before = everything(&world).await;
        let first = step("one/0", &mireille);
        erase_keeping(&source, &first, &sealer).await.unwrap();
        world.run("INSERT INTO orders VALUES (11, 1, 'late')").await;
        world.run("INSERT INTO item VALUES (102, 10, 'late')").await;
        // As many steps as there are lots of keys.
        let all = again("one/1", &captured).keys;
        for (part, keys) in all.chunks(1).enumerate() {
            let part = EraseStep {
                step: if part == 0 {
                    "one/1".to_owned()
                } else {
                    format!("one/1/{part}")
                },
                identities: Vec::new(),
                keys: keys.to_vec(),
            };
            erase_keeping(&source, &part, &sealer).await.unwrap();
        }
        assert_eq!(captured.left(&source).await.unwrap(), [], "{kind:?}");
        let steps = ["one/0".to_owned(), "one/1".to_owned()];
        let returns = source.take_back("back", &steps, &sealer).await.unwrap();
        assert!(
            returns.iter().all(|own| own.conflicts.is_empty()),
            "{returns:?}"
        );
        assert_eq!(world.count("candor_undo").await, 0, "{kind:?}");
        world.run("DELETE FROM orders WHERE id = 11").await;
        world.run("DELETE FROM item WHERE id = 102").await;
        assert_eq!(everything(&world).await, before, "{kind:?}");
    }
}

#[tokio::test]
async fn a_key_that_was_given_to_somebody_else_is_theirs() {
    let schema = SCHEMA
        .replace("account (id bigint", "account (id INTEGER")
        .replace("orders (id bigint", "orders (id INTEGER");
    let world = World::new(SourceKind::Sqlite, &schema).await;
    let mut mapped = mapped();
    let account = mapped.tables.remove("account").unwrap();
    let account = account.about("customer_id", "id");
    mapped.tables.insert("account".to_owned(), account);
    let note = mapped.tables.remove("note").unwrap();
    let note = note.about("customer_id", "about_id");
    mapped.tables.insert("note".to_owned(), note);
    let source = world.source(mapped);
    let otto = [
        email("otto@post.example"),
        candor_domain::identity::Identity::new("customer_id", "2"),
    ];
    let captured = capture(&source, &otto).await.unwrap();
    erase(&source, "first", &otto).await;
    world
        .run(
            "INSERT INTO account (email) VALUES ('carla@post.example');
             INSERT INTO orders (account_id, note) VALUES (2, 'hers');
             INSERT INTO item VALUES (300, 11, 'C.');
             INSERT INTO note VALUES (6, 'account', 2, 'about her')",
        )
        .await;
    let newest = world.rows("SELECT CAST(id AS text) FROM account WHERE email LIKE 'carla%'");
    assert_eq!(newest.await, [[Some("2".to_owned())]], "the same number");
    assert_eq!(
        captured.left(&source).await.unwrap(),
        [],
        "none of it is his"
    );
    let report = once_more(&source, "second", &captured).await;
    assert_eq!(report.effects, []);
    assert_eq!(world.count("account").await, 2);
    assert_eq!(world.count("orders").await, 2);
    // What says that it is he goes, under whatever key.
    world
        .run("INSERT INTO account (email) VALUES ('otto@post.example')")
        .await;
    assert_ne!(captured.left(&source).await.unwrap(), []);
    let report = once_more(&source, "third", &captured).await;
    assert_eq!(report.effects, [effect("account", Action::Delete, 1)]);
    assert_eq!(captured.left(&source).await.unwrap(), []);
}
