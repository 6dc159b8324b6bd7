//! Rows that are counted before they go: each once, however a run is cut or
//! stopped; a line of too few people has no name; what would tell of somebody
//! is refused.

use candor_connect::{SourceError, Sources, SweepBounds, sweep_rule, tallied_rule};
use candor_domain::plan::Action;
use candor_domain::sweep::{SweepOrder, SweepRule, Tallied};
use candor_policy::charter::{Bucket, SourceKind, Tally};
use candor_policy::map::SourceMap;

use crate::support::{Mapping as _, World, effect, kinds, map, moment, table};
use crate::sweep::{order, run, small};

/// Rows of a page on a day, by people of these numbers.
type Views<'a> = (&'a str, Option<&'a str>, std::ops::Range<u32>);

const FIRST: &str = "2026-08-01";
const SECOND: &str = "2026-08-02";

/// On the first day 12 people saw `home`, one of them often, and 11 something
/// that few saw; on the second the only others are two.
const VIEWS: [Views<'_>; 7] = [
    (FIRST, Some("home"), 0..12),
    (FIRST, Some("home"), 0..1),
    (FIRST, Some("Home"), 20..22),
    (FIRST, Some("it's \\ \"odd\""), 30..38),
    (FIRST, None, 40..41),
    (SECOND, Some("home"), 0..15),
    (SECOND, Some("rare"), 50..52),
];
/// All of them, and those in a line.
pub(crate) const ROWS: u64 = 41;
pub(crate) const COUNTED: u64 = 39;

fn schema(kind: SourceKind) -> String {
    let time = moment(kind);
    format!(
        "CREATE TABLE account (id bigint PRIMARY KEY, email varchar(100) NOT NULL);
         CREATE TABLE view (id bigint PRIMARY KEY, account_id bigint, page varchar(100), plan bigint, seconds bigint, at {time});
         CREATE INDEX view_at ON view (at);
         CREATE TABLE view_daily (day {}, page varchar(100), plan bigint, counted bigint NOT NULL, seconds bigint);
         CREATE INDEX view_daily_day ON view_daily (day);",
        match kind {
            SourceKind::Sqlite => "TEXT",
            SourceKind::Mysql | SourceKind::Postgres => "date",
        }
    )
}

pub(crate) fn mapped() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email").about("email", "email"),
        ),
        (
            "view",
            table("id:key account_id:key page:plain plan:plain seconds:telemetry at:plain")
                .owned_by("account_id", "account.id"),
        ),
        (
            "view_daily",
            table("day:plain page:plain plan:plain counted:plain seconds:plain"),
        ),
    ])
}

async fn viewed(world: &World, from: u64, views: &[Views<'_>]) {
    let mut rows = Vec::new();
    for (day, page, people) in views {
        for person in people.clone() {
            let id = from + u64::try_from(rows.len()).unwrap();
            let page = page.map_or_else(
                || "NULL".to_owned(),
                |page| format!("'{}'", page.replace('\'', "''")),
            );
            let hour = 10 + person % 12;
            rows.push(format!(
                "({id}, {person}, {page}, 7, 3, '{day} {hour}:59:59{}')",
                match world.kind {
                    SourceKind::Mysql => "",
                    SourceKind::Postgres | SourceKind::Sqlite => "Z",
                }
            ));
        }
    }
    // A backslash is one character to PostgreSQL and SQLite.
    if world.kind == SourceKind::Mysql {
        rows = rows.iter().map(|row| row.replace('\\', "\\\\")).collect();
    }
    let rows = rows.join(", ");
    world.run(&format!("INSERT INTO view VALUES {rows}")).await;
}

pub(crate) async fn world(kind: SourceKind) -> World {
    let world = World::new(kind, &schema(kind)).await;
    viewed(&world, 1, &VIEWS).await;
    world
}

pub(crate) fn counting() -> SweepOrder {
    let by = ["page", "plan"].map(str::to_owned);
    SweepOrder {
        aggregate: Some(Tally {
            into: "app.view_daily".to_owned(),
            per: Bucket::Day,
            by: by.into(),
            sum: vec!["seconds".to_owned()],
            people_min: 10,
        }),
        before: "2026-08-20T00:00:00Z".parse().unwrap(),
        ..order(&["view.at"], &["view"])
    }
}

pub(crate) async fn lines(world: &World) -> Vec<String> {
    let text = match world.kind {
        SourceKind::Mysql => "char",
        SourceKind::Postgres | SourceKind::Sqlite => "text",
    };
    let rows = world
        .rows(&format!(
            "SELECT CAST(day AS {text}), page, CAST(plan AS {text}), CAST(counted AS {text}), CAST(seconds AS {text}) FROM view_daily"
        ))
        .await;
    let line = |row: Vec<Option<String>>| {
        let values = row
            .into_iter()
            .map(|value| value.unwrap_or_else(|| "-".to_owned()));
        values.collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<String> = rows.into_iter().map(line).collect();
    lines.sort();
    lines
}

pub(crate) fn expected() -> Vec<String> {
    [
        "2026-08-01 - - 11 33",
        "2026-08-01 home 7 13 39",
        "2026-08-02 home 7 15 45",
    ]
    .map(str::to_owned)
    .into()
}

#[tokio::test]
async fn rows_are_counted_before_they_go_and_small_groups_have_no_name() {
    for kind in kinds() {
        for bounds in [small(), SweepBounds::default()] {
            let world = world(kind).await;
            let source = world.source(mapped());
            let order = counting();
            let preview = source.sweep_preview(&order).await.unwrap();
            let effects = [
                effect("view", Action::Delete, ROWS),
                effect("view_daily", Action::Aggregate, COUNTED),
            ];
            assert_eq!(preview, effects, "{kind:?}");
            let swept = source.sweep(&order, &run("run", bounds)).await.unwrap();
            assert_eq!(swept.effects, preview, "{kind:?}: preview equals effect");
            assert!(swept.complete, "{kind:?}");
            assert_eq!(swept.rows(), ROWS, "{kind:?}: what was counted also went");
            assert_eq!(world.count("view").await, 0, "{kind:?}");
            assert_eq!(lines(&world).await, expected(), "{kind:?}");
        }
    }
}

#[tokio::test]
async fn what_comes_late_joins_a_line_and_makes_none_of_few() {
    for kind in kinds() {
        let world = world(kind).await;
        let source = world.source(mapped());
        source.sweep(&counting(), &run("1", small())).await.unwrap();
        let late = [
            (FIRST, Some("home"), 70..71),
            (FIRST, Some("rare"), 71..72),
            (SECOND, Some("rare"), 72..73),
        ];
        viewed(&world, 1_000, &late).await;
        let swept = source.sweep(&counting(), &run("2", small())).await.unwrap();
        let effects = [
            effect("view", Action::Delete, 3),
            effect("view_daily", Action::Aggregate, 2),
        ];
        assert_eq!(swept.effects, effects, "{kind:?}");
        let mut expected = expected();
        expected[0] = "2026-08-01 - - 12 36".to_owned();
        expected[1] = "2026-08-01 home 7 14 42".to_owned();
        assert_eq!(lines(&world).await, expected, "{kind:?}");
    }
}

#[tokio::test]
async fn a_run_that_is_stopped_anywhere_counts_every_row_once() {
    for kind in kinds() {
        let world = world(kind).await;
        let source = world.source(mapped());
        let one = SweepBounds {
            rows_max: 1,
            batch_first: 4,
            batch_min: 3,
            batch_max: 5,
            ..SweepBounds::default()
        };
        let mut runs = 0;
        loop {
            let swept = source.sweep(&counting(), &run("run", one)).await.unwrap();
            runs += 1;
            assert!(runs < 100, "{kind:?}: it never ends");
            if swept.complete {
                assert_eq!(swept.rows(), ROWS, "{kind:?}");
                break;
            }
        }
        assert!(runs > 5, "{kind:?}: {runs}");
        assert_eq!(lines(&world).await, expected(), "{kind:?}");
    }
}

#[tokio::test]
async fn two_that_sweep_at_once_write_each_line_once() {
    for kind in kinds() {
        let world = world(kind).await;
        let (one, other) = (world.source(mapped()), world.source(mapped()));
        let order = counting();
        // The same run, whose lease was lost: both report all of it.
        let run = run("run", small());
        let (first, second) = tokio::join!(one.sweep(&order, &run), other.sweep(&order, &run));
        assert!(first.unwrap().rows() <= ROWS, "{kind:?}");
        assert!(second.unwrap().rows() <= ROWS, "{kind:?}");
        assert_eq!(world.count("view").await, 0, "{kind:?}");
        assert_eq!(lines(&world).await, expected(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_line_of_few_is_seen_whoever_wrote_it() {
    for kind in kinds() {
        let world = world(kind).await;
        let source = world.source(mapped());
        let sources: Sources<'_> = [("app", &source)].into();
        let rule = SweepRule {
            orders: vec![counting()],
            ..SweepRule::default()
        };
        sweep_rule(&rule, &sources, &run("run", small()))
            .await
            .unwrap();
        let tallied = |small| {
            Some(Tallied {
                lines: 3 + small,
                small,
            })
        };
        let found = tallied_rule(&rule, &sources).await.unwrap();
        assert_eq!(found, tallied(0), "{kind:?}");
        world
            .run("INSERT INTO view_daily VALUES ('2026-08-02', 'rare', 7, 2, 6)")
            .await;
        let found = tallied_rule(&rule, &sources).await.unwrap();
        assert_eq!(found, tallied(1), "{kind:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused() {
    for kind in kinds() {
        let world = world(kind).await;
        let nobodys = map([
            (
                "account",
                table("id:key email:contact.email").about("email", "email"),
            ),
            (
                "view",
                table("id:key account_id:key page:plain plan:plain seconds:plain at:plain"),
            ),
            (
                "view_daily",
                table("day:plain page:plain plan:plain counted:plain seconds:plain"),
            ),
        ]);
        let refused = |sweep: Result<_, SourceError>| match sweep {
            Err(SourceError::Refused { what, .. }) => what.join("; "),
            other => panic!("{kind:?}: {other:?}"),
        };
        let source = world.source(nobodys);
        let why = refused(source.sweep(&counting(), &run("run", small())).await);
        assert!(why.contains("says whose the rows"), "{kind:?}: {why}");
        // Somebody's account, with rows that belong to it.
        let mut whole = counting();
        whole.anchors[0].table = "account".to_owned();
        whole.anchors[0].column = "at".to_owned();
        whole.covers = vec!["account".to_owned()];
        world
            .run(&format!(
                "ALTER TABLE account ADD COLUMN at {}",
                moment(kind)
            ))
            .await;
        let mut with_at = mapped();
        let account = with_at.tables.get_mut("account").unwrap();
        let at = account.columns["id"].clone();
        account.columns.insert("at".to_owned(), at);
        let source = world.source(with_at);
        let why = refused(source.sweep(&whole, &run("run", small())).await);
        assert!(why.contains("that go by themselves"), "{kind:?}: {why}");
        assert_eq!(world.count("view").await, ROWS, "{kind:?}");
    }
}
