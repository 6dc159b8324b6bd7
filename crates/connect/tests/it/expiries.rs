//! What the databases make of periods, against another implementation
//! (`crates/domain/data/expiries.py`): thousands of moments around month ends,
//! leap days and changes of clocks, written in zones of all kinds, through the
//! same observation and the same sweeps, to the row.

use candor_connect::{SweepBounds, SweepRun};
use candor_domain::check::{Check, Finding};
use candor_domain::sweep::{Anchor, SweepOrder, Term};
use candor_policy::charter::SourceKind;
use candor_policy::period::{Period, Unit};
use jiff::Timestamp;

use crate::support::{Mapping as _, World, kinds, map, table};

const EXPIRIES: &str = include_str!("../../../domain/data/expiries.csv");
const ROWS_MIN: usize = 4_000;

/// One moment, one rule, and rows around the ends of its periods.
struct Group {
    now: Timestamp,
    term: Term,
    rows: Vec<Row>,
}

struct Row {
    /// As it was written, in any zone.
    anchor: &'static str,
    is_overdue: bool,
    fate: &'static str,
}

fn written_period(text: &str) -> Option<Period> {
    let (amount, unit) = text.split_once(' ')?;
    Some(Period {
        amount: amount.parse().unwrap(),
        unit: serde_json::from_value::<Unit>(unit.into()).unwrap(),
    })
}

fn groups() -> Vec<Group> {
    let lines = EXPIRIES.lines().filter(|line| !line.starts_with('#'));
    let mut groups: Vec<(&str, Group)> = Vec::new();
    for line in lines.skip(1) {
        let fields: [&str; 7] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let [now, ceiling, floor, from_end_of, anchor, overdue, fate] = fields;
        let row = Row {
            anchor,
            is_overdue: overdue == "1",
            fate,
        };
        match groups.last_mut() {
            Some((last, group)) if *last == now => group.rows.push(row),
            _ => {
                let group = Group {
                    now: now.parse().unwrap(),
                    term: Term {
                        ceiling: written_period(ceiling).unwrap(),
                        floor: written_period(floor),
                        from_end_of: serde_json::from_value(from_end_of.into()).ok(),
                    },
                    rows: vec![row],
                };
                groups.push((now, group));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Rows `0..` with their anchors, in the way each database writes a moment.
fn filled(kind: SourceKind, rows: &[Row]) -> String {
    let rows = rows.iter().enumerate().map(|(id, row)| match kind {
        // It knows no zones: whoever writes gives it UTC.
        SourceKind::Mysql => {
            let at: Timestamp = row.anchor.parse().unwrap();
            format!("({id}, 'x', '{}')", at.strftime("%Y-%m-%d %H:%M:%S"))
        }
        SourceKind::Postgres | SourceKind::Sqlite => format!("({id}, 'x', '{}')", row.anchor),
    });
    let rows: Vec<String> = rows.collect();
    format!(
        "DELETE FROM event; INSERT INTO event VALUES {}",
        rows.join(", ")
    )
}

/// The rows that are left when a group was judged and swept.
async fn left(world: &World, group: &Group) -> Vec<String> {
    world.run(&filled(world.kind, &group.rows)).await;
    let events = table("id:key email:contact.email at:plain").about("email", "email");
    let source = world.source(map([("event", events)]));
    let age = Check::Age {
        source: "app".to_owned(),
        table: "event".to_owned(),
        column: "at".to_owned(),
        period: group.term.ceiling,
        from_end_of: group.term.from_end_of,
    };
    let moment = |row: &Row| row.anchor.parse::<Timestamp>().unwrap();
    let overdue = group.rows.iter().filter(|row| row.is_overdue).count();
    assert_eq!(
        source.observe(&age, group.now).await.unwrap(),
        Finding::Age {
            overdue_rows: u64::try_from(overdue).unwrap(),
            oldest: group.rows.iter().map(moment).min(),
            replicas: Vec::new(),
        },
        "{:?} at {}, {:?}",
        world.kind,
        group.now,
        group.term
    );
    let order = SweepOrder {
        rule: "rule".to_owned(),
        source: "app".to_owned(),
        anchors: vec![Anchor {
            table: "event".to_owned(),
            column: "at".to_owned(),
            only: Vec::new(),
        }],
        covers: vec!["event".to_owned()],
        floors: Vec::new(),
        holds: Vec::new(),
        spared: std::collections::BTreeMap::new(),
        term: group.term,
        before: group.term.cutoff(group.now),
        notice: None,
        aggregate: None,
    };
    let run = SweepRun {
        id: "run",
        bounds: SweepBounds::default(),
        is_stopped: &|| false,
    };
    assert!(source.sweep(&order, &run).await.unwrap().complete);
    let left = world
        .rows("SELECT CAST(id AS text) FROM event ORDER BY event.id")
        .await;
    left.concat().into_iter().flatten().collect()
}

/// A database whose own clock is not that of Greenwich.
async fn elsewhere(kind: SourceKind) -> World {
    let time = match kind {
        SourceKind::Mysql => "timestamp NULL",
        SourceKind::Postgres => "timestamptz",
        SourceKind::Sqlite => "TEXT",
    };
    let mut world = World::new(
        kind,
        &format!(
            "CREATE TABLE event (id bigint PRIMARY KEY, email text NOT NULL, at {time});
             CREATE INDEX event_at ON event (at);"
        ),
    )
    .await;
    if kind == SourceKind::Postgres {
        world.url.push_str("&options[timezone]=Europe/Paris");
    }
    world
}

#[tokio::test]
async fn every_database_agrees_with_another_implementation_to_the_row() {
    let groups = groups();
    let compared: usize = groups.iter().map(|group| group.rows.len()).sum();
    assert!(compared >= ROWS_MIN, "{compared} compared");
    let mut known: Vec<Vec<String>> = Vec::new();
    for kind in kinds() {
        let world = elsewhere(kind).await;
        for (place, group) in groups.iter().enumerate() {
            let left = left(&world, group).await;
            for (id, row) in group.rows.iter().enumerate() {
                let stayed = left.contains(&id.to_string());
                let is_right = match row.fate {
                    "goes" => !stayed,
                    "stays" => stayed,
                    _ => true,
                };
                let Row { anchor, fate, .. } = row;
                let Group { now, term, .. } = group;
                assert!(is_right, "{kind:?} at {now}, {term:?}: {anchor} {fate}");
            }
            match known.get(place) {
                Some(known) => assert_eq!(*known, left, "{kind:?}, group {place}"),
                None => known.push(left),
            }
        }
    }
}
