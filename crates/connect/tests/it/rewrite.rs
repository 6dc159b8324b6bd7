//! Values written into a person's own rows: the preview says what is done, it is
//! done once, nothing is half done, nobody else's rows are touched, and what was
//! written is read again.

use candor_connect::{RewriteStep, Source, SourceError};
use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::{Action, SourcePreview, TableEffect};
use candor_domain::rectification::Writing;
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;

use crate::support::{Mapping as _, World, email, kinds, map, residue, table};

const SHOP: &str = "
CREATE TABLE person (id bigint PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, name varchar(12), born date,
                     age int CHECK (age < 150));
CREATE TABLE address (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person (id), city varchar(40), name varchar(40));
CREATE TABLE parcel (id bigint PRIMARY KEY, sender_id bigint REFERENCES person (id), receiver_id bigint REFERENCES person (id),
                     note varchar(60));
CREATE TABLE stamp (id bigint PRIMARY KEY, parcel_id bigint REFERENCES parcel (id), note varchar(60));
INSERT INTO person VALUES (1, 'Ada@post.example', 'Ada', '1980-01-02', 46), (2, 'bo@post.example', 'Bo', NULL, NULL);
INSERT INTO address VALUES (1, 1, 'Lyon', 'Ada'), (2, 1, 'Paris', 'Ada B'), (3, 2, 'Lyon', 'Bo');
INSERT INTO parcel VALUES (1, 1, NULL, 'old'), (2, 1, 2, 'old'), (3, 2, NULL, 'old');
INSERT INTO stamp VALUES (1, 1, 'old'), (2, 2, 'old'), (3, 3, 'old');";

fn shop() -> SourceMap {
    map([
        (
            "person",
            table("id:key email:contact.email name:name born:demographic.birth_date age:plain")
                .about("email", "email"),
        ),
        (
            "address",
            table("id:key person_id:key city:contact.address name:name").owned("person_id"),
        ),
        (
            "parcel",
            table("id:key sender_id:key receiver_id:key note:content")
                .owned("sender_id")
                .owned("receiver_id"),
        ),
        (
            "stamp",
            table("id:key parcel_id:key note:content").owned("parcel_id"),
        ),
    ])
}

fn to(table: &str, column: &str, value: &str) -> Writing {
    Writing {
        table: table.to_owned(),
        column: column.to_owned(),
        value: Some(Personal::new(value.to_owned())),
        was: None,
    }
}

fn from_to(table: &str, column: &str, was: &str, value: &str) -> Writing {
    Writing {
        was: Some(Personal::new(was.to_owned())),
        ..to(table, column, value)
    }
}

fn effect(table: &str, action: Action, rows: u64) -> TableEffect {
    TableEffect {
        table: table.to_owned(),
        action,
        rows,
        because: None,
    }
}

/// Everything in the database but the journal.
async fn all(world: &World) -> Vec<Vec<Option<String>>> {
    let mut all = Vec::new();
    for sql in [
        "SELECT CAST(id AS TEXT), email, name, CAST(born AS TEXT), CAST(age AS TEXT) FROM person ORDER BY id",
        "SELECT CAST(id AS TEXT), city, name FROM address ORDER BY id",
        "SELECT CAST(id AS TEXT), note FROM parcel ORDER BY id",
        "SELECT CAST(id AS TEXT), note FROM stamp ORDER BY id",
    ] {
        all.extend(world.rows(sql).await);
    }
    all
}

/// Writes as the server does: tries it out, which changes nothing, and sees
/// that it told the truth and that a repeat does nothing.
async fn rewrite(
    world: &World,
    source: &Source,
    person: &[Identity],
    writings: &[Writing],
) -> Vec<TableEffect> {
    let before = all(world).await;
    let tried = source.try_rewriting(person, writings).await.unwrap();
    assert_eq!(all(world).await, before, "a trial leaves nothing");
    assert_eq!(tried.obstacles, [""; 0]);
    let step = RewriteStep {
        step: "s/0".to_owned(),
        identities: person.to_vec(),
        writings: writings.to_vec(),
    };
    let report = source.rewrite(&step).await.unwrap();
    assert_eq!(report.effects, tried.effects, "preview equals effect");
    let after = all(world).await;
    let again = source.rewrite(&step).await.unwrap();
    assert_eq!(again, report, "a repeat reports the same");
    assert_eq!(all(world).await, after);
    report.effects
}

#[tokio::test]
async fn a_value_is_put_right_wherever_the_person_s_column_is() {
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let source = world.source(shop());
        let person = [email("ada@post.example")];
        let wanted = [
            to("person", "name", "Adèle"),
            from_to("address", "name", "ADA", "Adèle"),
            to("person", "born", "1981-01-02"),
        ];
        let effects = rewrite(&world, &source, &person, &wanted).await;
        assert_eq!(
            effects,
            [
                effect("address", Action::Rewrite, 1),
                effect("address", Action::Keep, 1),
                effect("parcel", Action::Keep, 2),
                effect("person", Action::Rewrite, 1),
                effect("stamp", Action::Keep, 2),
            ],
            "{kind:?}"
        );
        let names = world.rows("SELECT name FROM address ORDER BY id").await;
        let names: Vec<_> = names.into_iter().flatten().flatten().collect();
        assert_eq!(names, ["Adèle", "Ada B", "Bo"], "{kind:?}");
        let born = world
            .rows("SELECT CAST(born AS TEXT) FROM person ORDER BY id")
            .await;
        assert_eq!(born[0][0].as_deref(), Some("1981-01-02"));
        let left = source.unwritten(&person, &wanted, &effects).await.unwrap();
        assert_eq!(left, [], "{kind:?}");
        // What somebody sets back is noticed, and so is a row that is gone.
        world
            .run("UPDATE person SET name = 'ADÈLE' WHERE id = 1")
            .await;
        let left = source.unwritten(&person, &wanted, &effects).await.unwrap();
        assert_eq!(left, [residue("person", "name", 1)], "{kind:?}");
        world.run("DELETE FROM address WHERE id = 1").await;
        let left = source.unwritten(&person, &wanted[1..2], &effects).await;
        assert_eq!(left.unwrap(), [residue("address", "name", 1)], "{kind:?}");
    }
}

#[tokio::test]
async fn an_address_is_changed_and_the_person_found_by_the_new_one() {
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let source = world.source(shop());
        let old = [email("ada@post.example")];
        let wanted = [to("person", "email", "ada@new.example")];
        let effects = rewrite(&world, &source, &old, &wanted).await;
        let both = [email("ada@post.example"), email("ada@new.example")];
        let left = source.unwritten(&both, &wanted, &effects).await.unwrap();
        assert_eq!(left, [], "{kind:?}");
        // Who looks only under the old one finds nothing of what was written.
        let left = source.unwritten(&old, &wanted, &effects).await.unwrap();
        assert_eq!(left, [residue("person", "email", 1)], "{kind:?}");
        assert!(source.preview(&old).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_the_database_does_not_take_is_told_and_nothing_is_half_done() {
    let person = [email("ada@post.example")];
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let source = world.source(shop());
        let before = all(&world).await;
        let unique = "must be unique, and another row has this value";
        let form = "does not take a value of this kind or length";
        let mut cases = vec![
            (to("person", "email", "bo@post.example"), unique),
            (
                Writing {
                    value: None,
                    ..to("person", "email", "")
                },
                "must not be empty",
            ),
            (
                to("person", "age", "999"),
                "is refused by a rule of the database",
            ),
        ];
        // SQLite takes any text anywhere.
        if kind != SourceKind::Sqlite {
            cases.push((to("person", "born", "not a day"), form));
            cases.push((to("person", "name", "longer than twelve"), form));
        }
        for (wrong, why) in cases {
            let wanted = [to("address", "city", "Nantes"), wrong.clone()];
            let tried = source.try_rewriting(&person, &wanted).await.unwrap();
            let place = format!("`{}.{}`", wrong.table, wrong.column);
            assert_eq!(tried.obstacles, [format!("{place} {why}")], "{kind:?}");
            assert!(tried.effects.iter().all(|one| one.action == Action::Keep));
            let step = RewriteStep {
                step: "s/0".to_owned(),
                identities: person.to_vec(),
                writings: wanted.to_vec(),
            };
            let refused = source.rewrite(&step).await.unwrap_err();
            assert!(matches!(refused, SourceError::Unfit { .. }), "{refused}");
            let value = wrong.value.map(|value| value.expose("a test").clone());
            let value = value.filter(|value| !value.is_empty());
            let said = format!("{refused} {:?}", tried.obstacles);
            assert!(value.is_none_or(|value| !said.contains(&value)), "{said}");
            assert_eq!(all(&world).await, before, "{kind:?}: {refused}");
        }
    }
}

#[tokio::test]
async fn rows_of_somebody_else_as_well_are_left_alone() {
    let person = [email("ada@post.example")];
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let source = world.source(shop());
        let wanted = [to("parcel", "note", "new"), to("stamp", "note", "new")];
        let effects = rewrite(&world, &source, &person, &wanted).await;
        let rewritten = effects.iter().filter(|one| one.action == Action::Rewrite);
        assert_eq!(rewritten.map(|one| one.rows).sum::<u64>(), 2, "{kind:?}");
        for table in ["parcel", "stamp"] {
            let notes = world
                .rows(&format!("SELECT note FROM {table} ORDER BY id"))
                .await;
            let notes: Vec<_> = notes.into_iter().flatten().flatten().collect();
            assert_eq!(notes, ["new", "old", "old"], "{kind:?} {table}");
        }
        assert_eq!(
            source.unwritten(&person, &wanted, &effects).await.unwrap(),
            []
        );
    }
}

/// An account's members are people of their own: the owner's name is not theirs.
#[tokio::test]
async fn people_below_a_person_are_not_the_person() {
    const TEAM: &str = "
    CREATE TABLE member (id bigint PRIMARY KEY, email varchar(60), name varchar(40), owner_id bigint REFERENCES member (id));
    CREATE TABLE card (id bigint PRIMARY KEY, member_id bigint REFERENCES member (id), name varchar(40));
    INSERT INTO member VALUES (1, 'ada@post.example', 'x', NULL), (2, 'bo@post.example', 'x', 1), (3, NULL, 'x', 1);
    INSERT INTO card VALUES (1, 1, 'x'), (2, 2, 'x'), (3, 3, 'x');";
    let team = map([
        (
            "member",
            table("id:key email:contact.email name:name owner_id:key")
                .about("email", "email")
                .owned("owner_id"),
        ),
        (
            "card",
            table("id:key member_id:key name:name").owned("member_id"),
        ),
    ]);
    for kind in kinds() {
        for (who, members, cards) in [
            ("ada@post.example", ["new", "x", "new"], ["new", "x", "new"]),
            // A row by which one is known is one's own, whoever pays for it.
            ("bo@post.example", ["x", "new", "x"], ["x", "new", "x"]),
        ] {
            let world = World::new(kind, TEAM).await;
            let source = world.source(team.clone());
            let step = RewriteStep {
                step: "s/0".to_owned(),
                identities: vec![email(who)],
                writings: vec![to("member", "name", "new"), to("card", "name", "new")],
            };
            source.rewrite(&step).await.unwrap();
            for (table, wanted) in [("member", members), ("card", cards)] {
                let names = world
                    .rows(&format!("SELECT name FROM {table} ORDER BY id"))
                    .await;
                let names: Vec<_> = names.into_iter().flatten().flatten().collect();
                assert_eq!(names, wanted, "{kind:?} {who} {table}");
            }
        }
    }
}

#[tokio::test]
async fn what_may_write_more_than_is_said_is_refused() {
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        world
            .run(match kind {
                SourceKind::Postgres => {
                    "CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO stamp VALUES (9, NULL, NEW.name); RETURN NEW; END $$;
                     CREATE TRIGGER copied AFTER UPDATE ON person FOR EACH ROW EXECUTE FUNCTION copy()"
                }
                _ => {
                    "CREATE TRIGGER copied AFTER UPDATE ON person FOR EACH ROW BEGIN INSERT INTO stamp VALUES (9, NULL, NEW.name); END"
                }
            })
            .await;
        let source = world.source(shop());
        let person = [email("ada@post.example")];
        let tried = source
            .try_rewriting(
                &person,
                &[to("person", "name", "Adèle"), to("person", "id", "7")],
            )
            .await;
        let SourcePreview { obstacles, .. } = tried.unwrap();
        assert_eq!(obstacles.len(), 2, "{obstacles:?}");
        assert!(obstacles[0].contains("trigger `copied`"), "{obstacles:?}");
        assert!(
            obstacles[1].contains("`person.id` holds a key"),
            "{obstacles:?}"
        );
    }
}
