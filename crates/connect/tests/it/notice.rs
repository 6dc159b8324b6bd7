//! Nobody's row goes before they were told, for as long as promised, of the very
//! time that it still counts from.

use candor_connect::{
    Addressee, Source, SourceError, Sources, SweepBounds, SweepRun, noted, noticed_rule,
    preview_rule, sweep_rule, whom_to_tell,
};
use candor_domain::sweep::{Anchor, NoticeTerms, Noticed, SweepOrder, SweepRule, Term};
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;
use candor_policy::period::{Period, Unit};
use jiff::{SignedDuration, Timestamp};

use crate::support::{Mapping as _, World, kinds, map, table};

const CEILING: Period = Period {
    amount: 90,
    unit: Unit::Days,
};
const NOTICE: Period = Period {
    amount: 30,
    unit: Unit::Days,
};

pub(crate) fn start() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// The rule as it stands at a moment.
pub(crate) fn rule(now: Timestamp) -> SweepRule {
    let order = SweepOrder {
        rule: "idle".to_owned(),
        source: "app".to_owned(),
        anchors: vec![Anchor {
            table: "account".to_owned(),
            column: "seen_at".to_owned(),
            only: Vec::new(),
        }],
        covers: vec!["account".to_owned(), "note".to_owned()],
        floors: Vec::new(),
        holds: Vec::new(),
        spared: std::collections::BTreeMap::new(),
        term: CEILING.into(),
        before: Term::from(CEILING).cutoff(now),
        notice: Some(NoticeTerms::new(now, NOTICE, &Term::from(CEILING))),
        aggregate: None,
    };
    SweepRule {
        orders: vec![order],
        ..SweepRule::default()
    }
}

/// Accounts last seen so many days before the start, with a note each.
pub(crate) fn accounts(kind: SourceKind, ages: &[i64]) -> String {
    let time = match kind {
        SourceKind::Mysql => "datetime",
        SourceKind::Postgres => "timestamptz",
        SourceKind::Sqlite => "TEXT",
    };
    let rows = ages.iter().enumerate().map(|(id, age)| {
        let at = start() - days(*age);
        format!("({id}, 'p{id}@post.example', '{at}')")
    });
    let rows: Vec<String> = rows.collect();
    let notes: Vec<String> = (0..ages.len()).map(|id| format!("({id}, {id})")).collect();
    format!(
        "CREATE TABLE account (id bigint PRIMARY KEY, email varchar(80) NOT NULL, seen_at {time});
         CREATE INDEX account_seen_at ON account (seen_at);
         CREATE TABLE note (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id));
         INSERT INTO account VALUES {};
         INSERT INTO note VALUES {};",
        rows.join(", "),
        notes.join(", ")
    )
}

pub(crate) fn account_map() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email seen_at:plain")
                .about("email", "email")
                .about("customer_id", "id"),
        ),
        ("note", table("id:key account_id:key").owned("account_id")),
    ])
}

/// Tells everybody, as many at once; says who that was, in order.
async fn told(sources: &Sources<'_>, now: Timestamp, at_once: u32) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let people = whom_to_tell(&rule(now), sources, now, at_once)
            .await
            .unwrap();
        if people.is_empty() {
            all.sort();
            return all;
        }
        for one in people {
            all.push(one.email.value.expose("a test looks").clone());
            noted("idle", sources, &one, now, true).await.unwrap();
        }
    }
}

async fn swept(sources: &Sources<'_>, now: Timestamp) -> u64 {
    let id = now.to_string();
    let run = SweepRun {
        id: &id,
        bounds: SweepBounds::default(),
        is_stopped: &|| false,
    };
    let preview = preview_rule(&rule(now), sources).await.unwrap();
    let swept = sweep_rule(&rule(now), sources, &run).await.unwrap();
    assert!(swept["app"].complete);
    assert_eq!(
        swept["app"].effects, preview["app"],
        "preview equals effect"
    );
    let rows = swept["app"].effects.iter();
    rows.filter(|effect| effect.table == "account")
        .map(|effect| effect.rows)
        .sum()
}

async fn stand(sources: &Sources<'_>, now: Timestamp) -> Noticed {
    noticed_rule(&rule(now), sources).await.unwrap().unwrap()
}

async fn next(sources: &Sources<'_>, now: Timestamp) -> Addressee {
    let people = whom_to_tell(&rule(now), sources, now, 1).await.unwrap();
    people.into_iter().next().unwrap()
}

pub(crate) fn of(source: &Source) -> Sources<'_> {
    [("app", source)].into()
}

#[tokio::test]
async fn a_row_goes_when_its_person_was_told_for_long_enough() {
    for kind in kinds() {
        // Long overdue, just overdue, within the notice, and far from it.
        let world = World::new(kind, &accounts(kind, &[400, 91, 70, 10])).await;
        let source = world.source(account_map());
        let sources = of(&source);
        assert_eq!(
            swept(&sources, start()).await,
            0,
            "{kind:?}: nobody was told"
        );
        let waiting = Noticed {
            waiting: 2,
            ..Noticed::default()
        };
        assert_eq!(stand(&sources, start()).await, waiting, "{kind:?}");
        let people = told(&sources, start(), 2).await;
        let expected = ["p0@post.example", "p1@post.example", "p2@post.example"];
        assert_eq!(people, expected, "{kind:?}");
        assert_eq!(told(&sources, start(), 2).await, [""; 0], "{kind:?}: once");
        let almost = start() + days(30) - SignedDuration::from_secs(1);
        assert_eq!(swept(&sources, almost).await, 0, "{kind:?}: too soon");
        assert_eq!(stand(&sources, almost).await.told, 3, "{kind:?}");
        let then = start() + days(30);
        assert_eq!(swept(&sources, then).await, 3, "{kind:?}");
        assert_eq!(world.count("account").await, 1, "{kind:?}");
        assert_eq!(world.count("note").await, 1, "{kind:?}: with what they own");
        assert_eq!(told(&sources, then, 2).await, [""; 0], "{kind:?}");
        assert_eq!(stand(&sources, then).await, Noticed::default(), "{kind:?}");
    }
}

#[tokio::test]
async fn who_comes_back_in_between_was_told_nothing() {
    for kind in kinds() {
        let world = World::new(kind, &accounts(kind, &[80, 80])).await;
        let source = world.source(account_map());
        let sources = of(&source);
        assert_eq!(told(&sources, start(), 10).await.len(), 2, "{kind:?}");
        world
            .run("UPDATE account SET seen_at = '2026-11-25T09:00:00Z' WHERE id = 0")
            .await;
        let then = start() + days(31);
        assert_eq!(swept(&sources, then).await, 1, "{kind:?}");
        assert_eq!(world.count("account WHERE id = 0").await, 1, "{kind:?}");
        // Their time starts again, and so does the notice.
        let later = start() + days(70);
        assert_eq!(swept(&sources, later).await, 0, "{kind:?}");
        assert_eq!(
            told(&sources, later, 10).await,
            ["p0@post.example"],
            "{kind:?}"
        );
        assert_eq!(swept(&sources, later + days(29)).await, 0, "{kind:?}");
        assert_eq!(swept(&sources, later + days(30)).await, 1, "{kind:?}");
    }
}

#[tokio::test]
async fn who_could_not_be_told_stays_and_is_tried_again_a_day_later() {
    for kind in kinds() {
        let world = World::new(kind, &accounts(kind, &[100, 100])).await;
        let source = world.source(account_map());
        let sources = of(&source);
        let one = next(&sources, start()).await;
        noted("idle", &sources, &one, start(), false).await.unwrap();
        assert_eq!(told(&sources, start(), 10).await.len(), 1, "{kind:?}");
        assert_eq!(stand(&sources, start()).await.unreached, 1, "{kind:?}");
        let then = start() + days(30);
        assert_eq!(swept(&sources, then).await, 1, "{kind:?}");
        assert_eq!(world.count("account").await, 1, "{kind:?}");
        assert_eq!(stand(&sources, then).await.waiting, 1, "{kind:?}");
        let again = next(&sources, then).await;
        assert_eq!(again.key(), one.key(), "{kind:?}: the same notice");
        noted("idle", &sources, &again, then, true).await.unwrap();
        assert_eq!(swept(&sources, then + days(30)).await, 1, "{kind:?}");
    }
}

#[tokio::test]
async fn an_address_of_another_source_is_found() {
    for kind in kinds() {
        let world = World::new(kind, &accounts(kind, &[100, 100])).await;
        let desk = World::new(
            SourceKind::Sqlite,
            "CREATE TABLE contact (id integer PRIMARY KEY, email text NOT NULL, customer_id integer);
             INSERT INTO contact VALUES (1, 'a@post.example', 0);",
        )
        .await;
        let own = map([
            (
                "account",
                table("id:key seen_at:plain").about("customer_id", "id"),
            ),
            ("note", table("id:key account_id:key").owned("account_id")),
        ]);
        world.run("ALTER TABLE account DROP COLUMN email").await;
        let contacts = map([(
            "contact",
            table("id:key email:contact.email customer_id:key")
                .about("email", "email")
                .about("customer_id", "customer_id"),
        )]);
        let limits = candor_connect::Limits::default();
        let desk = Source::open("desk", SourceKind::Sqlite, &desk.url, contacts, limits).unwrap();
        let source = world.source(own);
        let sources: Sources<'_> = [("app", &source), ("desk", &desk)].into();
        assert_eq!(
            told(&sources, start(), 1).await,
            ["a@post.example"],
            "{kind:?}"
        );
        // Nobody knows how to reach the other.
        assert_eq!(stand(&sources, start()).await.unreached, 1, "{kind:?}");
        assert_eq!(swept(&sources, start() + days(40)).await, 1, "{kind:?}");
        assert_eq!(world.count("account").await, 1, "{kind:?}");
    }
}

#[tokio::test]
async fn nobody_is_told_as_often_as_they_have_rows() {
    for kind in kinds() {
        let world = World::new(kind, &accounts(kind, &[100])).await;
        let shared = map([
            (
                "account",
                table("id:key email:contact.email seen_at:plain").about("email", "email"),
            ),
            ("note", table("id:key account_id:key").owned("account_id")),
        ]);
        let source = world.source(shared);
        let refused = whom_to_tell(&rule(start()), &of(&source), start(), 10).await;
        let refused = refused.unwrap_err();
        assert!(matches!(refused, SourceError::Refused { .. }), "{kind:?}");
        assert!(
            refused.to_string().contains("no unique column"),
            "{kind:?}: {refused}"
        );
    }
}
