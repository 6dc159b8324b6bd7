//! The engine against the oracle on random worlds.

use candor_connect::{Source, StepReport, SweepBounds, SweepRun};
use candor_domain::plan::{Action, TableEffect};
use candor_domain::sweep::{Anchor, SweepOrder};
use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{ColumnMap, Content, SourceMap};
use candor_policy::period::{Period, Unit};

use crate::oracle::{self, Counts};
use crate::random::{Cell, RandomLink, RandomWorld, Role, address, values};
use crate::support::{
    Captured, Exported, World, capture, email, erase, export, moment, step, unchecked,
};
use crate::within::Erasure;
use crate::worlds::{has_plan, on_worlds};

#[test]
fn every_world_ends_as_the_oracle_says() {
    on_worlds(1, async |kind, random, dice| {
        check(kind, &random.listed(dice)).await
    });
}

pub(crate) async fn made(kind: SourceKind, random: &RandomWorld) -> (World, Source) {
    let world = World::new(kind, &random.sql(kind)).await;
    let source = world.source(random.map());
    (world, source)
}

/// Whether there was a plan.
async fn check(kind: SourceKind, random: &RandomWorld) -> bool {
    let (world, source) = made(kind, random).await;
    if !has_plan(&source, &random.sql(SourceKind::Sqlite)).await {
        return false;
    }
    together_as_alone(&source, random).await;
    let (reports, end) = one_by_one(&world, &source, random).await;
    // A batch is the same steps one after the other.
    world.run(&random.again(kind)).await;
    let captured = capture(&source, &[email(&address(0))]).await.unwrap();
    let steps: Vec<_> = (0..2)
        .map(|person| step(&format!("step {person}"), &[email(&address(person))]))
        .collect();
    assert_eq!(
        source.erase(&steps).await.unwrap(),
        reports,
        "batch\n{}",
        random.sql(SourceKind::Sqlite)
    );
    assert_eq!(
        state(&world, random).await,
        end,
        "batch\n{}",
        random.sql(SourceKind::Sqlite)
    );
    sabotage(&world, (&source, &captured), random).await;
    // Whoever comes first, the end is the same.
    world.run(&random.again(kind)).await;
    let turned: Vec<_> = steps.into_iter().rev().collect();
    source.erase(&turned).await.unwrap();
    assert_eq!(
        state(&world, random).await,
        end,
        "the other order\n{}",
        random.sql(SourceKind::Sqlite)
    );
    true
}

/// People who are looked at together are seen as each alone, whatever they have
/// in common.
async fn together_as_alone(source: &Source, random: &RandomWorld) {
    let told = random.sql(SourceKind::Sqlite);
    let people: Vec<_> = (0..3).map(|person| [email(&address(person))]).collect();
    let targets: Vec<_> = people.iter().map(|own| own.as_slice()).collect();
    let previews = source.previews(&targets).await.unwrap();
    let mut keys = Vec::new();
    let footprints = source.footprints(&targets, &mut keys).await.unwrap();
    for (place, own) in targets.iter().enumerate() {
        let alone = source.preview(own).await.unwrap();
        assert_eq!(previews[place], alone, "preview of {place}\n{told}");
        let alone = capture(source, own).await.unwrap();
        assert_eq!(footprints[place], alone.footprint, "{place}\n{told}");
        let own = keys.iter().filter(|key| key.person == place);
        let mut own: Vec<_> = own.map(|key| (key.place, &key.values)).collect();
        let mut alone: Vec<_> = alone
            .keys
            .iter()
            .map(|key| (key.place, &key.values))
            .collect();
        own.sort();
        alone.sort();
        assert_eq!(own, alone, "keys of {place}\n{told}");
    }
}

/// That an answer has as many rows of each table as the oracle says are the person's.
fn has_all(random: &RandomWorld, exported: &Exported, marked: &oracle::Marked) {
    for (place, table) in random.tables.iter().enumerate() {
        let own = marked.iter().filter(|(own, _)| *own == place).count();
        assert_eq!(
            exported.rows(&table.name).len(),
            own,
            "export of {}\n{}",
            table.name,
            random.sql(SourceKind::Sqlite)
        );
    }
}

/// Erases two people one after the other, looking at everything on the way.
async fn one_by_one(
    world: &World,
    source: &Source,
    random: &RandomWorld,
) -> (Vec<StepReport>, State) {
    let mut expected = random.clone();
    let mut reports = Vec::new();
    let mut end = state(world, random).await;
    for person in 0..2 {
        let identities = [email(&address(person))];
        let marked = oracle::belonging(&expected, &address(person));
        let exported = export(source, &identities).await;
        has_all(random, &exported, &marked);
        let captured = capture(source, &identities).await.unwrap();
        let preview = source.preview(&identities).await.unwrap();
        let counts = oracle::erase(&mut expected, &address(person));
        let report = erase(source, &format!("step {person}"), &identities).await;
        assert_eq!(
            counted(&report.effects),
            counts,
            "person {person}\n{}",
            random.sql(SourceKind::Sqlite)
        );
        assert_eq!(
            report.effects,
            preview.effects,
            "preview equals effect, person {person}\n{}",
            random.sql(SourceKind::Sqlite)
        );
        let state = state(world, random).await;
        assert_eq!(
            state,
            rows_of(&expected),
            "person {person}\n{}",
            random.sql(SourceKind::Sqlite)
        );
        let erasure = Erasure {
            random,
            before: &end,
            after: &state,
            answer: &exported,
        };
        let beyond = erasure.judge().beyond;
        assert!(
            beyond.is_empty(),
            "taken and not in the answer: {beyond:?}, person {person}\n{}",
            random.sql(SourceKind::Sqlite)
        );
        erasure.sabotage();
        assert_eq!(
            captured.left(source).await.unwrap(),
            [],
            "person {person}\n{}",
            random.sql(SourceKind::Sqlite)
        );
        let again = source
            .erase(&[step(&format!("again {person}"), &identities)])
            .await
            .unwrap();
        assert_eq!(
            again[0].effects,
            [],
            "idempotent\n{}",
            random.sql(SourceKind::Sqlite)
        );
        reports.push(report);
        end = state;
    }
    (reports, end)
}

/// A row of the first person that comes back is found.
async fn sabotage(world: &World, (source, captured): (&Source, &Captured), random: &RandomWorld) {
    let table = random.tables.iter().enumerate().find(|(place, table)| {
        *place > 0
            && table.on_erasure == OnErasure::Delete
            && table.links.iter().any(leads_to_people)
    });
    let Some((place, table)) = table else { return };
    let mut row = random.rows[place][0].clone();
    let link = table
        .links
        .iter()
        .find(|link| leads_to_people(link))
        .unwrap();
    let columns = table.columns();
    for (column, cell) in columns.iter().zip(&mut row).take(columns.len() - 2) {
        let number = if *column == link.columns[0] { 0 } else { 9_999 };
        *cell = match table.list(column) {
            Some(_) => Cell::Text(format!("{{{number}}}")),
            None => Cell::Number(number),
        };
    }
    world
        .run(&format!(
            "{}; INSERT INTO {} VALUES ({})",
            unchecked(world.kind),
            table.name,
            values(world.kind, table, &row)
        ))
        .await;
    let found = captured.keys_left(source).await;
    assert!(
        found.iter().any(|residue| residue.table == table.name),
        "sabotage of {} was not seen: {found:?}\n{}",
        table.name,
        random.sql(SourceKind::Sqlite)
    );
}

fn leads_to_people(link: &RandomLink) -> bool {
    link.role == Role::Owner && link.target == 0 && link.when.is_none()
}

fn counted(effects: &[TableEffect]) -> Counts {
    effects
        .iter()
        .map(|effect| ((effect.table.clone(), effect.action), effect.rows))
        .collect()
}

/// Rows of each table, sorted, as text.
pub(crate) type State = Vec<Vec<Vec<Option<String>>>>;

pub(crate) async fn state(world: &World, random: &RandomWorld) -> State {
    let mut state = Vec::new();
    for table in &random.tables {
        let columns: Vec<String> = table
            .columns()
            .iter()
            .map(|column| format!("CAST({column} AS text)"))
            .collect();
        let mut rows = world
            .rows(&format!(
                "SELECT {} FROM {}",
                columns.join(", "),
                table.name
            ))
            .await;
        let columns = table.columns();
        for (column, cell) in rows.iter_mut().flat_map(|row| columns.iter().zip(row)) {
            if table.list(column).is_some() {
                *cell = cell.take().map(|list| written(&list));
            }
        }
        rows.sort();
        state.push(rows);
    }
    state
}

/// A list as PostgreSQL writes an array.
fn written(list: &str) -> String {
    list.replace(' ', "").replace('[', "{").replace(']', "}")
}

pub(crate) fn rows_of(random: &RandomWorld) -> State {
    random
        .rows
        .iter()
        .map(|rows| {
            let mut rows: Vec<Vec<Option<String>>> = rows
                .iter()
                .map(|row| {
                    row.iter()
                        .map(|cell| match cell {
                            Cell::Null => None,
                            Cell::Number(number) => Some(number.to_string()),
                            Cell::Text(text) => Some(text.clone()),
                        })
                        .collect()
                })
                .collect();
            rows.sort();
            rows
        })
        .collect()
}

#[test]
fn a_sweep_ends_as_an_erasure_of_the_same_people() {
    on_worlds(2, async |kind, random, dice| {
        sweep(kind, &random.listed(dice)).await
    });
}

/// The first two people are past their time: they go as if they had asked to
/// be erased, at once or one row at a time. Whether there was a plan.
async fn sweep(kind: SourceKind, random: &RandomWorld) -> bool {
    let told = random.sql(SourceKind::Sqlite);
    let mut expected = random.clone();
    for person in 0..2 {
        oracle::erase(&mut expected, &address(person));
    }
    let whole = SweepBounds::default();
    let one = SweepBounds {
        batch_first: 1,
        batch_min: 1,
        batch_max: 1,
        ..whole
    };
    for bounds in [whole, one] {
        let (world, _) = made(kind, random).await;
        let time = moment(kind);
        world
            .run(&format!("ALTER TABLE t0 ADD COLUMN closed {time}"))
            .await;
        let closed = [
            "2020-01-01 00:00:00",
            "2020-01-01 00:00:01",
            "2026-11-01 00:00:00",
        ];
        for (person, closed) in closed.iter().enumerate() {
            world
                .run(&format!(
                    "UPDATE t0 SET closed = '{closed}' WHERE val = '{}'",
                    address(person)
                ))
                .await;
        }
        let source = world.source(swept_map(random));
        if !has_plan(&source, &told).await {
            return false;
        }
        let order = past_their_time();
        let preview = source.sweep_preview(&order).await.unwrap();
        let run = SweepRun {
            id: "run",
            bounds,
            is_stopped: &|| false,
        };
        let swept = source.sweep(&order, &run).await.unwrap();
        assert!(swept.complete, "{told}");
        // What is loosened in rows that stay counts once for each batch.
        let counts = |effects: &[TableEffect]| -> Counts {
            let counts = counted(effects).into_iter();
            let all = bounds.batch_max > 1;
            let counts = counts.filter(|((_, action), _)| all || *action == Action::Delete);
            counts.collect()
        };
        assert_eq!(
            counts(&swept.effects),
            counts(&preview),
            "preview equals effect\n{told}"
        );
        assert_eq!(state(&world, random).await, rows_of(&expected), "{told}");
    }
    true
}

pub(crate) fn swept_map(random: &RandomWorld) -> SourceMap {
    let mut map = random.map();
    let closed = ColumnMap {
        content: Content::Plain,
        erased: None,
        rectify: None,
    };
    let people = map.tables.get_mut("t0").unwrap();
    people.columns.insert("closed".to_owned(), closed);
    map
}

pub(crate) fn past_their_time() -> SweepOrder {
    SweepOrder {
        rule: "rule".to_owned(),
        source: "app".to_owned(),
        anchors: vec![Anchor {
            table: "t0".to_owned(),
            column: "closed".to_owned(),
            only: Vec::new(),
        }],
        covers: Vec::new(),
        floors: Vec::new(),
        holds: Vec::new(),
        spared: std::collections::BTreeMap::new(),
        term: Period {
            amount: 90,
            unit: Unit::Days,
        }
        .into(),
        before: "2026-08-01T00:00:00Z".parse().unwrap(),
        notice: None,
        aggregate: None,
    }
}
