//! Holds: what is held stays to the last byte, whoever is erased and whatever
//! is swept; the rest goes; and once the hold is lifted everything ends as if
//! there had been none.

use std::collections::{BTreeMap, BTreeSet};

use candor_connect::{Source, SourceError, Sources, SweepBounds, SweepRun, sweep_rule};
use candor_domain::hold::Standing;
use candor_domain::identity::Identity;
use candor_domain::plan::Action;
use candor_domain::sweep::{Anchor, SweepOrder, SweepRule};
use candor_policy::charter::SourceKind;
use candor_policy::map::{ReferenceAction, SourceMap};

use crate::oracle;
use crate::property::{State, made, past_their_time, rows_of, state, swept_map};
use crate::random::{RandomWorld, address};
use crate::support::{
    Mapping as _, World, capture, effect, email, erase, kinds, map, moment, step, table,
};
use crate::worlds::{has_plan, on_worlds};

const A: &str = "a@post.example";
const B: &str = "b@post.example";

/// A shop: orders with lines, and talks whose messages are of two people.
fn shop() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email referred_by:key closed:plain")
                .about("email", "email")
                .references("referred_by", ReferenceAction::Unlink),
        ),
        (
            "orders",
            table("id:key account_id:key placed:plain disputed:plain")
                .owned_by("account_id", "account.id"),
        ),
        (
            "line",
            table("id:key order_id:key sku:plain").owned_by("order_id", "orders.id"),
        ),
        ("talk", table("id:key last:plain")),
        (
            "message",
            table("id:key talk_id:key from_id:key to_id:key body:content.message")
                .owned_by("talk_id", "talk.id")
                .owned_by("from_id", "account.id")
                .owned_by("to_id", "account.id"),
        ),
        (
            "note",
            table("id:key account_id:key body:content.message")
                .owned_by("account_id", "account.id"),
        ),
    ])
}

async fn world(kind: SourceKind) -> World {
    let time = moment(kind);
    let schema = format!(
        "CREATE TABLE account (id bigint PRIMARY KEY, email varchar(100) NOT NULL, referred_by bigint REFERENCES account (id), closed {time});
         CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account (id), placed {time}, disputed smallint);
         CREATE TABLE line (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders (id), sku varchar(10));
         CREATE TABLE talk (id bigint PRIMARY KEY, last {time});
         CREATE TABLE message (id bigint PRIMARY KEY, talk_id bigint REFERENCES talk (id), from_id bigint REFERENCES account (id), to_id bigint REFERENCES account (id), body text);
         CREATE TABLE note (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id), body text);
         INSERT INTO account VALUES (1, '{A}', NULL, '2020-01-01 00:00:00'), (2, '{B}', 1, '2020-01-01 00:00:00'), (3, 'c@post.example', 2, NULL);
         INSERT INTO orders VALUES (10, 1, '2020-01-01 00:00:00', NULL), (11, 1, '2020-01-01 00:00:00', 0), (20, 2, '2020-01-01 00:00:00', 1), (21, 2, '2020-01-01 00:00:00', NULL), (30, 3, '2020-01-01 00:00:00', NULL);
         INSERT INTO line VALUES (100, 10, 'x'), (110, 11, 'x'), (200, 20, 'x'), (210, 21, 'x'), (300, 30, 'x');
         INSERT INTO talk VALUES (5, '2020-01-01 00:00:00'), (6, '2020-01-01 00:00:00');
         INSERT INTO message VALUES (50, 5, 1, 2, 'hello'), (51, 5, 2, 3, 'hi'), (60, 6, 2, 3, 'ho');
         INSERT INTO note VALUES (1000, 1, 'n'), (2000, 2, 'n'), (3000, 3, 'n');"
    );
    World::new(kind, &schema).await
}

fn hold(covers: Option<&[&str]>, people: &[&str], flags: &[&str]) -> Standing {
    let own = |tables: &[&str]| {
        let tables = tables.iter().map(|table| (*table).to_owned()).collect();
        BTreeMap::from([("app".to_owned(), tables)])
    };
    Standing {
        hold: "claims".to_owned(),
        covers: covers.map(own),
        flags: flags
            .iter()
            .map(|flag| {
                let (table, column) = flag.split_once('.').unwrap();
                ["app".to_owned(), table.to_owned(), column.to_owned()]
            })
            .collect(),
        people: people.iter().map(|one| vec![email(one)]).collect(),
        ..Standing::default()
    }
}

/// The ids that are left, by table.
pub(crate) async fn ids(world: &World, table: &str) -> Vec<u64> {
    let rows = world
        .rows(&format!("SELECT CAST(id AS TEXT) FROM {table} ORDER BY id"))
        .await;
    let ids = rows.into_iter().flatten().flatten();
    ids.map(|id| id.parse().unwrap()).collect()
}

/// Everything, table by table.
async fn all(world: &World) -> Vec<Vec<u64>> {
    let mut all = Vec::new();
    for table in ["account", "orders", "line", "talk", "message", "note"] {
        all.push(ids(world, table).await);
    }
    all
}

async fn erase_under(
    source: &Source,
    key: &str,
    person: &[Identity],
    holds: &[Standing],
) -> (
    BTreeMap<String, String>,
    Vec<candor_domain::plan::TableEffect>,
) {
    let kept = source.held(person, holds).await.unwrap();
    let under = source.holding(&kept).unwrap();
    let captured = capture(source, person).await.unwrap();
    let preview = under.preview(person).await.unwrap();
    let report = erase(&under, key, person).await;
    assert_eq!(preview.effects, report.effects, "preview equals effect");
    assert_eq!(captured.left(&under).await.unwrap(), []);
    (kept, report.effects)
}

fn tables(kept: &BTreeMap<String, String>) -> Vec<&str> {
    kept.keys().map(String::as_str).collect()
}

#[tokio::test]
async fn an_erasure_leaves_what_is_held_and_ends_when_the_hold_does() {
    for kind in kinds() {
        let world = world(kind).await;
        let source = world.source(shop());
        let holds = [hold(Some(&["orders", "line"]), &[A], &[])];
        let (kept, effects) = erase_under(&source, "1", &[email(A)], &holds).await;
        // What the orders name stays with them.
        assert_eq!(tables(&kept), ["account", "line", "orders"], "{kind:?}");
        let mut stays = effect("orders", Action::Keep, 2);
        stays.because = Some("hold.claims".to_owned());
        assert!(effects.contains(&stays), "{kind:?}: {effects:?}");
        assert_eq!(ids(&world, "orders").await, [10, 11, 20, 21, 30]);
        assert_eq!(ids(&world, "line").await.len(), 5, "{kind:?}");
        assert_eq!(ids(&world, "account").await, [1, 2, 3], "{kind:?}");
        assert_eq!(ids(&world, "message").await, [51, 60], "{kind:?}");
        assert_eq!(ids(&world, "note").await, [2000, 3000], "{kind:?}");
        // Lifted: the rest goes, and nobody else's.
        let (kept, _) = erase_under(&source, "2", &[email(A)], &[]).await;
        assert_eq!(tables(&kept), [] as [&str; 0]);
        assert_eq!(
            all(&world).await,
            [
                vec![2, 3],
                vec![20, 21, 30],
                vec![200, 210, 300],
                vec![5, 6],
                vec![51, 60],
                vec![2000, 3000]
            ],
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn what_two_people_share_stays_while_one_of_them_is_held() {
    for kind in kinds() {
        let world = world(kind).await;
        let source = world.source(shop());
        let holds = [hold(Some(&["message"]), &[A], &[])];
        let (kept, _) = erase_under(&source, "1", &[email(B)], &holds).await;
        assert_eq!(tables(&kept), ["account", "message", "talk"], "{kind:?}");
        assert_eq!(ids(&world, "message").await, [50, 51, 60], "{kind:?}");
        assert_eq!(ids(&world, "note").await, [1000, 3000], "{kind:?}");
        // Somebody who shares nothing with them is not concerned.
        let holds = [hold(Some(&["orders"]), &[A], &[])];
        let kept = source.held(&[email("c@post.example")], &holds).await;
        assert_eq!(kept.unwrap(), BTreeMap::new(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_row_that_a_held_row_names_stays() {
    for kind in kinds() {
        let world = world(kind).await;
        let source = world.source(shop());
        // B's account names A's, and would lose the reference.
        let holds = [hold(Some(&["account"]), &[B], &[])];
        let (kept, _) = erase_under(&source, "1", &[email(A)], &holds).await;
        assert_eq!(tables(&kept), ["account"], "{kind:?}");
        assert_eq!(
            world
                .rows("SELECT CAST(referred_by AS TEXT) FROM account WHERE id = 2")
                .await,
            [[Some("1".to_owned())]],
            "{kind:?}"
        );
        assert_eq!(ids(&world, "orders").await, [20, 21, 30], "{kind:?}");
    }
}

#[tokio::test]
async fn a_flag_holds_its_row_and_what_the_hold_covers() {
    for kind in kinds() {
        let world = world(kind).await;
        let source = world.source(shop());
        let holds = [hold(Some(&["line"]), &[], &["orders.disputed"])];
        let (kept, _) = erase_under(&source, "1", &[email(B)], &holds).await;
        assert_eq!(tables(&kept), ["account", "line", "orders"], "{kind:?}");
        assert_eq!(ids(&world, "line").await.len(), 5, "{kind:?}");
        let (kept, _) = erase_under(&source, "2", &[email(A)], &holds).await;
        // B's account names A's, but B is held in orders and lines alone.
        assert_eq!(tables(&kept), [] as [&str; 0], "{kind:?}");
        world.run("UPDATE orders SET disputed = 0").await;
        let (kept, _) = erase_under(&source, "3", &[email(B)], &holds).await;
        assert_eq!(tables(&kept), [] as [&str; 0], "{kind:?}");
        assert_eq!(ids(&world, "line").await, [300], "{kind:?}");
    }
}

pub(crate) fn order(anchor: &str, covers: &[&str], flags: &[&str]) -> SweepOrder {
    let (table, column) = anchor.split_once('.').unwrap();
    SweepOrder {
        anchors: vec![Anchor {
            table: table.to_owned(),
            column: column.to_owned(),
            only: Vec::new(),
        }],
        covers: covers.iter().map(|name| (*name).to_owned()).collect(),
        holds: flags
            .iter()
            .filter_map(|flag| flag.split_once('.'))
            .map(|(table, column)| (table.to_owned(), column.to_owned()))
            .collect(),
        ..past_their_time()
    }
}

/// Sweeps under holds, and says whether all that may go is gone, and how many
/// rows a hold keeps.
pub(crate) async fn sweep(
    source: &Source,
    order: SweepOrder,
    holds: &[Standing],
    id: &str,
) -> (bool, u64) {
    let rule = SweepRule {
        orders: vec![order],
        elsewhere: Vec::new(),
        holds: holds.to_vec(),
        ahead: Vec::new(),
    };
    let sources: Sources<'_> = BTreeMap::from([("app", source)]);
    let run = SweepRun {
        id,
        bounds: SweepBounds {
            batch_first: 1,
            batch_min: 1,
            batch_max: 2,
            ..SweepBounds::default()
        },
        is_stopped: &|| false,
    };
    let swept = sweep_rule(&rule, &sources, &run).await.unwrap();
    let swept = &swept["app"];
    (swept.complete, swept.held.values().sum())
}

#[tokio::test]
async fn a_sweep_leaves_what_is_held_and_takes_the_rest() {
    for kind in kinds() {
        let world = world(kind).await;
        let source = world.source(shop());
        let orders = || order("orders.placed", &["orders", "line"], &[]);
        // A is on hold as to lines, and lines need their orders.
        let holds = [hold(Some(&["line"]), &[A], &[])];
        assert_eq!(sweep(&source, orders(), &holds, "1").await, (true, 2));
        assert_eq!(ids(&world, "orders").await, [10, 11], "{kind:?}");
        assert_eq!(ids(&world, "line").await, [100, 110], "{kind:?}");
        // What holds nothing that is swept holds nothing back.
        let holds = [hold(Some(&["note"]), &[A], &[])];
        assert_eq!(sweep(&source, orders(), &holds, "2").await, (true, 0));
        assert_eq!(ids(&world, "line").await, [] as [u64; 0], "{kind:?}");
    }
}

#[tokio::test]
async fn what_is_swept_with_others_stays_for_one_held_row_far_below() {
    for kind in kinds() {
        let world = world(kind).await;
        let source = world.source(shop());
        let holds = [hold(Some(&["message"]), &[A], &[])];
        let talks = order("talk.last", &["talk", "message"], &[]);
        assert_eq!(sweep(&source, talks, &holds, "1").await, (true, 1));
        assert_eq!(ids(&world, "talk").await, [5], "{kind:?}");
        assert_eq!(ids(&world, "message").await, [50, 51], "{kind:?}");
        // The account of A is needed by a held message; that of B as well.
        let accounts = order("account.closed", &["account"], &[]);
        assert_eq!(sweep(&source, accounts, &holds, "2").await, (true, 2));
        assert_eq!(ids(&world, "account").await, [1, 2, 3], "{kind:?}");
    }
}

#[tokio::test]
async fn a_flag_holds_rows_from_sweeps() {
    for kind in kinds() {
        let flags = ["orders.disputed"];
        let placed = || order("orders.placed", &["orders", "line"], &flags);
        // The flag's own table alone.
        let narrow = world(kind).await;
        let source = narrow.source(shop());
        let holds = [hold(Some(&[]), &[], &flags)];
        assert_eq!(sweep(&source, placed(), &holds, "1").await, (true, 1));
        assert_eq!(ids(&narrow, "orders").await, [20], "{kind:?}");
        // All of the person to whom the flagged row belongs.
        let wide = world(kind).await;
        let source = wide.source(shop());
        let holds = [hold(None, &[], &flags)];
        assert_eq!(sweep(&source, placed(), &holds, "1").await, (true, 2));
        assert_eq!(ids(&wide, "orders").await, [20, 21], "{kind:?}");
        // A flagged row below what is swept.
        let accounts = order("account.closed", &["account"], &flags);
        let holds = [hold(Some(&[]), &[], &flags)];
        assert!(sweep(&source, accounts, &holds, "2").await.0);
        assert_eq!(ids(&wide, "account").await, [2, 3], "{kind:?}");
    }
}

#[test]
fn held_rows_are_unchanged_in_every_world() {
    on_worlds(2, async |kind, random, dice| {
        let [covered, ..] = dice.to_le_bytes();
        check(kind, random, covered).await
    });
}

/// The first person is on hold in the tables whose bit is set. Everybody is
/// erased, and everything swept; then the hold is lifted.
async fn check(kind: SourceKind, random: &RandomWorld, covered: u8) -> bool {
    let told = format!(
        "covered {covered:b}\n{:#?}\n{}",
        random.tables,
        random.sql(SourceKind::Sqlite)
    );
    let places: BTreeSet<usize> = (0..random.tables.len())
        .filter(|place| covered >> place & 1 == 1)
        .collect();
    let names: Vec<&str> = places
        .iter()
        .map(|place| random.tables[*place].name.as_str())
        .collect();
    let holds = [hold(Some(&names), &[&address(0)], &[])];
    let own = oracle::belonging(random, &address(0));
    let mut held: State = vec![Vec::new(); random.tables.len()];
    for (place, number) in own.iter().filter(|(place, _)| places.contains(place)) {
        let only = RandomWorld {
            rows: vec![vec![random.rows[*place][*number].clone()]],
            ..random.clone()
        };
        held[*place].extend(rows_of(&only).concat());
    }
    let (world, source) = made(kind, random).await;
    if !has_plan(&source, &told).await {
        return false;
    }
    for person in [1, 0] {
        let identities = [email(&address(person))];
        let kept = source.held(&identities, &holds).await.unwrap();
        let under = source.holding(&kept).unwrap();
        if let Err(SourceError::Refused { what, .. }) = under.plan().await {
            panic!("under a hold: {what:?}\n{told}");
        }
        erase(&under, &format!("held {person}"), &identities).await;
        unchanged(
            &held,
            &state(&world, random).await,
            &format!("erased {person}, kept {kept:?}\n{told}"),
        );
    }
    for person in [1, 0] {
        let identities = [email(&address(person))];
        let again = step(&format!("lifted {person}"), &identities);
        source.erase(&[again]).await.unwrap();
    }
    let mut expected = random.clone();
    oracle::erase(&mut expected, &address(1));
    oracle::erase(&mut expected, &address(0));
    assert_eq!(state(&world, random).await, rows_of(&expected), "{told}");

    world.run(&random.again(kind)).await;
    swept_under(&world, random, &holds, &held, &told).await;
    true
}

async fn swept_under(
    world: &World,
    random: &RandomWorld,
    holds: &[Standing],
    held: &State,
    told: &str,
) {
    let time = moment(world.kind);
    world
        .run(&format!(
            "ALTER TABLE t0 ADD COLUMN closed {time}; UPDATE t0 SET closed = '2020-01-01 00:00:00'"
        ))
        .await;
    let source = world.source(swept_map(random));
    let rule = SweepRule {
        orders: vec![past_their_time()],
        elsewhere: Vec::new(),
        holds: holds.to_vec(),
        ahead: Vec::new(),
    };
    let sources: Sources<'_> = BTreeMap::from([("app", &source)]);
    let run = SweepRun {
        id: "run",
        bounds: SweepBounds::default(),
        is_stopped: &|| false,
    };
    let swept = sweep_rule(&rule, &sources, &run).await.unwrap();
    assert!(swept["app"].complete, "{told}");
    unchanged(held, &state(world, random).await, &format!("swept\n{told}"));
}

/// Each held row is there as it was.
fn unchanged(held: &State, now: &State, told: &str) {
    for (held, now) in held.iter().zip(now) {
        let mut now = now.clone();
        for row in held {
            let place = now.iter().position(|other| other == row);
            let place = place.unwrap_or_else(|| panic!("{row:?} was held, not in {now:?}\n{told}"));
            now.swap_remove(place);
        }
    }
}
