//! Tenants never mix: whatever is done for one's end user, the rows of every
//! other stay as they are to the last byte, and count nowhere; and with the
//! predicate left out these tests would tell.

use candor_connect::{KeptStep, RewriteStep, Source, View, closure};
use candor_domain::hold::Standing;
use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::Action;
use candor_domain::rectification::Writing;
use candor_policy::charter::SourceKind;
use candor_policy::map::{ReferenceAction, SourceMap, Whose};

use crate::holds::{ids, order, sweep};
use crate::late::again;
use crate::oracle;
use crate::property::{State, rows_of};
use crate::random::{Cell, Dice, RandomWorld, Row, address, values};
use crate::support::{
    Mapping as _, World, capture, effect, email, erase, export, kinds, map, moment, step, table,
    unchecked,
};
use crate::undo::Turned;
use crate::worlds::{has_plan, on_worlds};

/// Whose rows a world has: the tenant's whose end user is erased, another's, and
/// the organisation's own.
const OWNERS: [Option<&str>; 3] = [Some("acme"), Some("other"), None];

fn whose(owner: Option<&str>) -> Whose {
    match owner {
        Some(tenant) => Whose::Tenant(tenant.to_owned()),
        None => Whose::Own,
    }
}

fn view(source: &Source, owner: Option<&str>) -> Source {
    match source.view(&whose(owner)).unwrap() {
        View::Part(part) => *part,
        other => panic!("{other:?}"),
    }
}

/// Adds a column that says whose a row is, and the same rows for everybody: other
/// keys, and the same values otherwise.
async fn shared(kind: SourceKind, random: &RandomWorld) -> World {
    let mut sql = random.sql(kind);
    sql.push_str(unchecked(kind));
    sql.push(';');
    for (table, rows) in random.tables.iter().zip(&random.rows) {
        let name = &table.name;
        sql.push_str(&format!(
            "ALTER TABLE {name} ADD COLUMN of_tenant varchar(40);
             UPDATE {name} SET of_tenant = 'acme';"
        ));
        for (place, owner) in OWNERS.iter().enumerate().skip(1) {
            for row in rows {
                let row = values(kind, table, &moved(row, place));
                let owner = owner.map_or("NULL".to_owned(), |owner| format!("'{owner}'"));
                sql.push_str(&format!("INSERT INTO {name} VALUES ({row}, {owner});"));
            }
        }
    }
    World::new(kind, &sql).await
}

/// A row under other keys.
fn moved(row: &Row, place: usize) -> Row {
    let moved = |cell: &Cell| match cell {
        Cell::Number(number) => Cell::Number(number + 1_000 * place as i64),
        other => other.clone(),
    };
    row.iter().map(moved).collect()
}

/// The map with the column: always where people are found, otherwise as the dice
/// have it.
fn shared_map(random: &RandomWorld, dice: &mut Dice) -> SourceMap {
    let mut map = random.map();
    for (place, own) in random.tables.iter().enumerate() {
        let known = map.tables.get_mut(&own.name).unwrap();
        known.columns.extend(table("of_tenant:key").columns);
        if place == 0 || dice.below(2) == 0 {
            known.tenant = Some("of_tenant".to_owned());
        }
    }
    map
}

async fn state_of(world: &World, random: &RandomWorld, owner: Option<&str>) -> State {
    let mut state = State::new();
    let owner = owner.map_or("IS NULL".to_owned(), |owner| format!("= '{owner}'"));
    for table in &random.tables {
        let columns = table.columns();
        let columns: Vec<String> = columns
            .iter()
            .map(|column| format!("CAST({column} AS text)"))
            .collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE of_tenant {owner}",
            columns.join(", "),
            table.name
        );
        let mut rows = world.rows(&sql).await;
        rows.sort();
        state.push(rows);
    }
    state
}

/// The same world under other keys.
fn moved_world(random: &RandomWorld, place: usize) -> RandomWorld {
    let mut other = random.clone();
    for rows in &mut other.rows {
        *rows = rows.iter().map(|row| moved(row, place)).collect();
    }
    other
}

#[test]
fn in_every_world_only_the_rows_of_the_tenant_change() {
    on_worlds(4, async |kind, random, dice| {
        let mut dice = Dice::new(dice);
        let world = shared(kind, random).await;
        let source = world.source(shared_map(random, &mut dice));
        let told = random.sql(SourceKind::Sqlite);
        if !has_plan(&source, &told).await {
            return false;
        }
        let person = [email(&address(0))];
        let chosen = dice.below(OWNERS.len());
        let own = view(&source, OWNERS[chosen]);
        let mut expected = moved_world(random, chosen);
        let found = closure(&[&own], &person[0]).await.unwrap().identities;
        let exported = export(&own, &found).await;
        let marked = oracle::belonging(&expected, &address(0));
        for (place, table) in random.tables.iter().enumerate() {
            let belonging = marked.iter().filter(|(of, _)| *of == place).count();
            assert_eq!(exported.rows(&table.name).len(), belonging, "{told}");
        }
        oracle::erase(&mut expected, &address(0));
        let captured = capture(&own, &found).await.unwrap();
        erase(&own, "step", &found).await;
        for (place, owner) in OWNERS.iter().enumerate() {
            let expected = match place == chosen {
                true => rows_of(&expected),
                false => rows_of(&moved_world(random, place)),
            };
            let state = state_of(&world, random, *owner).await;
            assert_eq!(state, expected, "{owner:?} after {chosen}\n{told}");
        }
        assert_eq!(captured.left(&own).await.unwrap(), [], "{told}");
        // The predicate left out, the same rows of everybody go.
        source.erase(&[step("all", &person)]).await.unwrap();
        let other = (chosen + 1) % OWNERS.len();
        let state = state_of(&world, random, OWNERS[other]).await;
        assert_ne!(state, rows_of(&moved_world(random, other)), "{told}");
        true
    });
}

/// Tenants that share keys beside identities: visits know their visitor by a
/// number that every tenant gives by itself, and pages are everybody's.
fn portal() -> SourceMap {
    let mut map = map([
        (
            "visitor",
            table("id:key of_tenant:key external_id:key email:contact.email name:name friend:key")
                .about("external_id", "external_id")
                .about("email", "email")
                .references_to("friend", "visitor.external_id", ReferenceAction::Unlink),
        ),
        (
            "visit",
            table("id:key of_tenant:key external_id:key page_id:key city:location seen:plain")
                .owned_by("external_id", "visitor.external_id"),
        ),
        (
            "comment",
            table("id:key of_tenant:key external_id:key parent_id:key body:content.message")
                .owned_by("external_id", "visitor.external_id")
                .owned_by("parent_id", "comment.id"),
        ),
        ("page", table("id:key path:plain").last_of("visit.page_id")),
        (
            "note",
            table("id:key visitor_id:key body:content.message")
                .owned_by("visitor_id", "visitor.id"),
        ),
        (
            "subscriber",
            table("id:key email:contact.email").about("email", "email"),
        ),
    ]);
    for name in ["visitor", "visit", "comment"] {
        map.tables.get_mut(name).unwrap().tenant = Some("of_tenant".to_owned());
    }
    map
}

const TABLES: [(&str, &str); 6] = [
    ("visitor", "of_tenant, external_id, email, name, friend"),
    (
        "visit",
        "of_tenant, external_id, CAST(page_id AS TEXT), city",
    ),
    (
        "comment",
        "of_tenant, external_id, CAST(parent_id AS TEXT), body",
    ),
    ("page", "path"),
    ("note", "CAST(visitor_id AS TEXT), body"),
    ("subscriber", "email"),
];

async fn portal_world(kind: SourceKind) -> World {
    let time = moment(kind);
    let schema = format!(
        "CREATE TABLE visitor (id bigint PRIMARY KEY, of_tenant varchar(40), external_id varchar(40), email varchar(100), name varchar(100), friend varchar(40));
         CREATE TABLE visit (id bigint PRIMARY KEY, of_tenant varchar(40), external_id varchar(40), page_id bigint, city varchar(40), seen {time});
         CREATE TABLE comment (id bigint PRIMARY KEY, of_tenant varchar(40), external_id varchar(40), parent_id bigint, body varchar(100));
         CREATE TABLE page (id bigint PRIMARY KEY, path varchar(40));
         CREATE TABLE note (id bigint PRIMARY KEY, visitor_id bigint REFERENCES visitor (id), body varchar(100));
         CREATE TABLE subscriber (id bigint PRIMARY KEY, email varchar(100));
         INSERT INTO visitor VALUES (1, 'acme', 'u-7', 'ada@post.example', 'Ada', NULL), (2, 'ACME', 'u-7', 'ada@post.example', 'Ada', NULL),
                                    (3, 'other', 'u-7', 'ada@post.example', 'Ada', NULL), (4, NULL, 'u-7', 'ada@post.example', 'Ada', NULL),
                                    (5, 'acme', 'u-8', 'ben@post.example', 'Ben', 'u-7'), (6, 'other', 'u-8', 'ben@post.example', 'Ben', 'u-7');
         INSERT INTO page VALUES (61, '/'), (62, '/about');
         INSERT INTO visit VALUES (10, 'acme', 'u-7', 61, 'Brest', '2020-01-01 00:00:00'), (11, 'acme', 'u-7', 62, 'Brest', '2020-01-01 00:00:00'), (12, 'other', 'u-7', 61, 'Brest', '2020-01-01 00:00:00'), (13, NULL, 'u-7', 61, 'Brest', '2020-01-01 00:00:00');
         INSERT INTO comment VALUES (20, 'acme', 'u-7', NULL, 'ada@post.example wrote'), (21, 'acme', 'u-8', 20, 'yes'), (22, 'other', 'u-7', NULL, 'ada@post.example wrote'), (23, 'other', 'u-8', 20, 'no'), (24, NULL, 'u-7', NULL, 'no');
         INSERT INTO note VALUES (30, 1, 'ada@post.example called'), (31, 3, 'ada@post.example called'), (32, 4, 'called');
         INSERT INTO subscriber VALUES (40, 'ada@post.example');"
    );
    World::new(kind, &schema).await
}

/// Every row by its id, but for these.
async fn rows(world: &World, without: &[u64]) -> Vec<String> {
    let mut all = Vec::new();
    for (name, columns) in TABLES {
        let sql = format!("SELECT CAST(id AS TEXT), {columns} FROM {name} ORDER BY id");
        all.extend(world.rows(&sql).await);
    }
    let gone: Vec<String> = without.iter().map(u64::to_string).collect();
    let kept = all.into_iter();
    let kept = kept.filter(|row| !gone.iter().any(|id| row[0].as_ref() == Some(id)));
    kept.map(|row| format!("{row:?}")).collect()
}

fn visitor() -> Identity {
    Identity::new("external_id", "u-7")
}

#[tokio::test]
async fn the_same_number_at_another_tenant_is_somebody_else() {
    for kind in kinds() {
        let world = portal_world(kind).await;
        let all = world.source(portal());
        let source = view(&all, Some("acme"));
        let found = closure(&[&source], &visitor()).await.unwrap().identities;
        assert_eq!(found, [email("ada@post.example"), visitor()], "{kind:?}");

        let exported = export(&source, &found).await;
        for (name, count) in [("visitor", 1), ("visit", 2), ("comment", 2), ("note", 1)] {
            assert_eq!(exported.rows(name).len(), count, "{kind:?} {name}");
        }
        assert!(exported.rows("subscriber").is_empty(), "nobody said whose");

        // A page that only this visitor saw goes as well; whoever names the visitor
        // as a friend stays.
        let gone = [1, 10, 11, 20, 21, 30, 62];
        let mut expected = rows(&world, &gone).await;
        for line in &mut expected {
            if line.contains("Some(\"5\")") {
                *line = line.replace(", Some(\"u-7\")]", ", None]");
            }
        }
        let captured = capture(&source, &found).await.unwrap();
        let report = erase(&source, "step", &found).await;
        assert_eq!(
            report.effects,
            [
                effect("comment", Action::Delete, 2),
                effect("note", Action::Delete, 1),
                effect("page", Action::Delete, 1),
                effect("visit", Action::Delete, 2),
                effect("visitor", Action::Delete, 1),
                effect("visitor", Action::Unlink, 1),
            ],
            "{kind:?}"
        );
        assert_eq!(rows(&world, &[]).await, expected, "{kind:?}");
        assert_eq!(captured.left(&source).await.unwrap(), [], "{kind:?}");
        // What comes back is seen, and only where it is the tenant's.
        world
            .run("INSERT INTO visitor VALUES (50, 'acme', 'u-9', NULL, 'for ada@post.example', NULL), (51, 'other', 'u-9', NULL, 'for ada@post.example', NULL)")
            .await;
        let left = captured.left(&source).await.unwrap();
        let left: Vec<(&str, u64)> = left
            .iter()
            .map(|one| (one.column.as_str(), one.rows))
            .collect();
        assert_eq!(left, [("name", 1)], "{kind:?}");
        // A text without a tenant's name is searched where the tenant's row owns it
        // alone; of any other the table is named, and nothing counted.
        world
            .run("INSERT INTO note VALUES (60, 5, 'ada@post.example asked'), (61, 6, 'ada@post.example asked'), (62, 4, 'ada@post.example asked'), (63, NULL, 'ada@post.example asked')")
            .await;
        let left = captured.left(&source).await.unwrap();
        let notes: Vec<u64> = left
            .iter()
            .filter(|one| one.table == "note")
            .map(|one| one.rows)
            .collect();
        assert_eq!(notes, [1], "{kind:?}");
        let preview = source.preview(&found).await.unwrap();
        assert_eq!(preview.unsearched, ["page", "subscriber"], "{kind:?}");
        let whole = all.preview(&found).await.unwrap();
        assert_eq!(whole.unsearched, Vec::<String>::new(), "{kind:?}");
    }
}

#[tokio::test]
async fn what_comes_late_is_the_tenants_whose_number_it_names() {
    for kind in kinds() {
        let world = portal_world(kind).await;
        let source = view(&world.source(portal()), Some("acme"));
        let person = [visitor(), email("ada@post.example")];
        let captured = capture(&source, &person).await.unwrap();
        erase(&source, "step", &person).await;
        // Both name a number that another tenant's visitor still has.
        world
            .run("INSERT INTO visit VALUES (14, 'acme', 'u-7', 61, 'Brest', NULL), (15, 'other', 'u-7', 61, 'Brest', NULL)")
            .await;
        assert_ne!(captured.left(&source).await.unwrap(), []);
        source.erase(&[again("again", &captured)]).await.unwrap();
        assert_eq!(ids(&world, "visit").await, [12, 13, 15], "{kind:?}");
        assert_eq!(captured.left(&source).await.unwrap(), [], "{kind:?}");
    }
}

#[tokio::test]
async fn the_organisations_own_are_those_of_no_tenant() {
    for kind in kinds() {
        let world = portal_world(kind).await;
        let source = view(&world.source(portal()), None);
        let person = [visitor(), email("ada@post.example")];
        let gone = [4, 13, 24, 32, 40];
        let expected = rows(&world, &gone).await;
        erase(&source, "step", &person).await;
        assert_eq!(rows(&world, &gone).await, expected, "{kind:?}");
        assert_eq!(rows(&world, &[]).await, expected, "{kind:?}");
    }
}

#[tokio::test]
async fn a_tenant_that_differs_in_case_alone_is_another() {
    for kind in kinds() {
        let world = portal_world(kind).await;
        let all = world.source(portal());
        for (tenant, id) in [("ACME", "2"), ("Acme", "")] {
            let source = view(&all, Some(tenant));
            let exported = export(&source, &[visitor()]).await;
            let found: Vec<String> = exported
                .rows("visitor")
                .iter()
                .map(|row| row["id"].to_string().replace('"', ""))
                .collect();
            let expected: Vec<&str> = Some(id).filter(|id| !id.is_empty()).into_iter().collect();
            assert_eq!(found, expected, "{kind:?} {tenant}");
        }
    }
}

#[tokio::test]
async fn what_a_tenants_erasure_took_comes_back_to_that_tenant() {
    for kind in kinds() {
        let world = portal_world(kind).await;
        let source = view(&world.source(portal()), Some("other"));
        let before = rows(&world, &[]).await;
        let sealer = Turned::default();
        let one = step("one", &[visitor(), email("ada@post.example")]);
        let kept = KeptStep {
            step: &one,
            sealer: &sealer,
        };
        source.erase_keeping(&[kept]).await.unwrap();
        assert_ne!(rows(&world, &[]).await, before);
        let steps = [one.step.clone()];
        source.take_back("back", &steps, &sealer).await.unwrap();
        assert_eq!(rows(&world, &[]).await, before, "{kind:?}");
    }
}

#[tokio::test]
async fn what_a_tenant_has_put_right_is_written_into_its_own_rows() {
    for kind in kinds() {
        let world = portal_world(kind).await;
        let source = view(&world.source(portal()), Some("acme"));
        let person = [visitor(), email("ada@post.example")];
        let writing = |table: &str, column: &str, value: &str| Writing {
            table: table.to_owned(),
            column: column.to_owned(),
            was: None,
            value: Some(Personal::new(value.to_owned())),
        };
        let writings = [
            writing("visitor", "name", "Adèle"),
            writing("visit", "city", "Nantes"),
        ];
        let before = rows(&world, &[1, 10, 11]).await;
        let rewrite = RewriteStep {
            step: "s".to_owned(),
            identities: person.to_vec(),
            writings: writings.to_vec(),
        };
        let report = source.rewrite(&rewrite).await.unwrap();
        assert_eq!(rows(&world, &[1, 10, 11]).await, before, "{kind:?}");
        let names = "SELECT name FROM visitor WHERE id IN (1, 3) ORDER BY id";
        let names: Vec<_> = world.rows(names).await.concat();
        assert_eq!(names, [Some("Adèle".to_owned()), Some("Ada".to_owned())]);
        let left = source.unwritten(&person, &writings, &report.effects).await;
        assert_eq!(left.unwrap(), [], "{kind:?}");
    }
}

#[tokio::test]
async fn a_hold_on_somebody_holds_nobody_of_another_tenant() {
    for kind in kinds() {
        for (owner, stay) in [(Some("acme"), vec![10, 11]), (Some("other"), vec![12])] {
            let world = portal_world(kind).await;
            let source = world.source(portal());
            let hold = Standing {
                hold: "claims".to_owned(),
                people: vec![vec![visitor(), email("ada@post.example")]],
                whose: whose(owner),
                ..Standing::default()
            };
            let seen = order("visit.seen", &["visit"], &[]);
            let swept = sweep(&source, seen, &[hold], "1").await;
            assert_eq!(swept, (true, stay.len() as u64), "{kind:?}");
            assert_eq!(ids(&world, "visit").await, stay, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn a_source_of_one_tenant_is_nothing_to_any_other() {
    let world = portal_world(SourceKind::Sqlite).await;
    let mut plain = portal();
    for table in plain.tables.values_mut() {
        table.tenant = None;
    }
    let own = world.source(plain.clone());
    let acme = world.source(plain).belonging_to(Some("acme".to_owned()));
    for (source, of, sees) in [
        (&own, None, true),
        (&own, Some("acme"), false),
        (&acme, None, false),
        (&acme, Some("acme"), true),
        (&acme, Some("other"), false),
    ] {
        let view = source.view(&whose(of)).unwrap();
        assert_eq!(matches!(view, View::Whole), sees, "{of:?}");
        assert_eq!(matches!(view, View::Nothing), !sees, "{of:?}");
    }
}
