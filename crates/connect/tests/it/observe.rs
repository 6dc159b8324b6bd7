//! What checks see, and that they see the world when it is broken.

use candor_domain::check::{AtRestFinding, Check, Finding, MappedCategory};
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;
use candor_policy::period::{Period, Unit};
use jiff::Timestamp;

use crate::support::{Mapping as _, World, email, kinds, map, table};

fn schema(kind: SourceKind) -> String {
    let (time, json) = match kind {
        SourceKind::Postgres => ("timestamptz", "jsonb"),
        SourceKind::Mysql => ("datetime", "json"),
        SourceKind::Sqlite => ("TEXT", "TEXT"),
    };
    format!(
        "CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL, password text, seen {time}, seen_at bigint);
         CREATE TABLE note (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id), body text, detail {json});
         INSERT INTO account VALUES (1, 'a@post.example', '$argon2id$v=19$m=1$c2FsdA$aGFzaA', '2026-11-01T10:00:00Z', 1761991200),
                                    (2, 'b@post.example', NULL, NULL, NULL);
         INSERT INTO note VALUES (1, 1, 'order 4111111111111112 of 2026-11-22', '{{\"phone\": \"+33 1 23 45 67 89\"}}');"
    )
}

fn own() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email password:credential.password seen:account.history seen_at:account.history")
                .about("email", "email"),
        ),
        ("note", table("id:key account_id:key body:content.message detail:content.message").owned("account_id")),
    ])
}

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

async fn found(world: &World, check: Check) -> Finding {
    world.source(own()).observe(&check, now()).await.unwrap()
}

#[tokio::test]
async fn a_card_number_anywhere_is_found() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let check = || Check::ForbiddenValues {
            source: "app".to_owned(),
            categories: vec!["payment.card".to_owned()],
        };
        let none = Finding::ForbiddenValues {
            columns: Vec::new(),
            sampled_rows: 3,
        };
        assert_eq!(found(&world, check()).await, none, "{kind:?}");
        world
            .run("UPDATE note SET body = 'mine is 4111 1111 1111 1111', detail = '{\"card\": \"5500000000000004\"}'")
            .await;
        let Finding::ForbiddenValues { columns, .. } = found(&world, check()).await else {
            panic!()
        };
        assert_eq!(columns, ["note.body", "note.detail"], "{kind:?}");
    }
}

#[tokio::test]
async fn a_column_of_a_forbidden_category_is_found_without_looking() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let check = Check::ForbiddenValues {
            source: "app".to_owned(),
            categories: vec!["content".to_owned()],
        };
        let columns = vec!["note.body".to_owned(), "note.detail".to_owned()];
        assert_eq!(
            found(&world, check).await,
            Finding::ForbiddenValues {
                columns,
                sampled_rows: 0
            }
        );
    }
}

#[tokio::test]
async fn rows_past_their_time_are_counted() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        for column in ["seen", "seen_at"] {
            let age = |amount| Check::Age {
                source: "app".to_owned(),
                table: "account".to_owned(),
                column: column.to_owned(),
                period: Period {
                    amount,
                    unit: Unit::Days,
                },
                from_end_of: None,
            };
            let oldest = Some("2025-11-01T10:00:00Z".parse::<Timestamp>().unwrap());
            let oldest = match column {
                "seen" => Some("2026-11-01T10:00:00Z".parse().unwrap()),
                _ => oldest,
            };
            let kept = if column == "seen" { 30 } else { 400 };
            assert_eq!(
                found(&world, age(kept)).await,
                Finding::Age {
                    overdue_rows: 0,
                    oldest,
                    replicas: Vec::new(),
                },
                "{kind:?} {column}"
            );
            assert_eq!(
                found(&world, age(20)).await,
                Finding::Age {
                    overdue_rows: 1,
                    oldest,
                    replicas: Vec::new(),
                },
                "{kind:?} {column}"
            );
        }
        world.run("UPDATE account SET seen = NULL").await;
        let none = Check::Age {
            source: "app".to_owned(),
            table: "account".to_owned(),
            column: "seen".to_owned(),
            period: Period {
                amount: 1,
                unit: Unit::Hours,
            },
            from_end_of: None,
        };
        assert_eq!(
            found(&world, none).await,
            Finding::Age {
                overdue_rows: 0,
                oldest: None,
                replicas: Vec::new(),
            }
        );
    }
}

#[tokio::test]
async fn rows_that_only_the_law_keeps_are_counted() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let found = async |column: &str| {
            let check = Check::Restricted {
                source: "app".to_owned(),
                table: "account".to_owned(),
                column: column.to_owned(),
                floor: Period {
                    amount: 30,
                    unit: Unit::Days,
                },
                from_end_of: None,
            };
            found(&world, check).await
        };
        let restricted = |rows, oldest: Option<&str>| Finding::Restricted {
            rows,
            oldest: oldest.map(|oldest| oldest.parse().unwrap()),
        };
        let day = "2026-11-01T10:00:00Z";
        assert_eq!(found("seen").await, restricted(1, Some(day)), "{kind:?}");
        // The law lets it go, or its purpose lasts.
        for moment in ["2026-10-01T10:00:00Z", "2026-12-01T10:00:00Z"] {
            let update = format!("UPDATE account SET seen = '{moment}' WHERE id = 1");
            world.run(&update).await;
            assert_eq!(
                found("seen").await,
                restricted(0, None),
                "{kind:?} {moment}"
            );
        }
        world
            .run("UPDATE account SET seen = '2026-11-20T10:00:00Z'")
            .await;
        let two = restricted(2, Some("2026-11-20T10:00:00Z"));
        assert_eq!(found("seen").await, two, "{kind:?}");
    }
}

#[tokio::test]
async fn a_password_in_another_form_is_counted() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let check = |algorithm: &str| Check::PasswordHashes {
            source: "app".to_owned(),
            algorithm: algorithm.to_owned(),
        };
        let counted = |matching_rows, other_rows| Finding::PasswordHashes {
            matching_rows,
            other_rows,
        };
        assert_eq!(
            found(&world, check("argon2")).await,
            counted(1, 0),
            "{kind:?}"
        );
        assert_eq!(found(&world, check("bcrypt")).await, counted(0, 1));
        for stored in [
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "hunter2",
            "argon2",
            "$2b$12$abc",
        ] {
            world
                .run(&format!(
                    "UPDATE account SET password = '{stored}' WHERE id = 2"
                ))
                .await;
            assert_eq!(
                found(&world, check("argon2")).await,
                counted(1, 1),
                "{stored}"
            );
        }
        assert!(
            world
                .source(own())
                .observe(&check("rot13"), now())
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn a_new_column_with_a_telling_name_is_found() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let check = || Check::Schema {
            source: "app".to_owned(),
        };
        let Finding::Schema(before) = found(&world, check()).await else {
            panic!()
        };
        assert_eq!(before.personal_unmapped, [""; 0], "{kind:?}");
        assert_eq!(before.drift, [""; 0]);
        let messages = MappedCategory {
            category: "content.message".to_owned(),
            columns: 2,
        };
        assert!(before.mapped.contains(&messages));
        world.run("ALTER TABLE note ADD COLUMN phone text").await;
        let Finding::Schema(after) = found(&world, check()).await else {
            panic!()
        };
        assert_eq!(after.personal_unmapped, ["note.phone"]);
        assert_eq!(after.drift, ["column `note.phone` is not mapped"]);
    }
}

#[tokio::test]
async fn what_is_stored_as_it_is_is_named_where_the_database_says_so() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let check = Check::AtRest {
            source: "app".to_owned(),
        };
        match found(&world, check).await {
            Finding::AtRest(AtRestFinding::Not(plain)) => {
                assert_eq!(kind, SourceKind::Mysql);
                assert!(plain.contains(&"`account`".to_owned()), "{plain:?}");
                assert!(plain.contains(&"its log".to_owned()), "{plain:?}");
            }
            Finding::AtRest(AtRestFinding::Unseen) => assert_ne!(kind, SourceKind::Mysql),
            other => panic!("{kind:?}: {other:?}"),
        }
    }
}

/// Two customers' people in one table.
async fn shared(kind: SourceKind, people: &str) -> (World, SourceMap) {
    let world = World::new(
        kind,
        &format!(
            "CREATE TABLE person (id bigint PRIMARY KEY, email varchar(190) NOT NULL, of_customer varchar(40));
             CREATE TABLE visit (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person (id));
             CREATE INDEX visit_person ON visit (person_id);
             INSERT INTO person VALUES {people}"
        ),
    )
    .await;
    let mut person = table("id:key email:contact.email of_customer:key").about("email", "email");
    person.tenant = Some("of_customer".to_owned());
    let visit = table("id:key person_id:key").owned("person_id");
    (world, map([("person", person), ("visit", visit)]))
}

#[tokio::test]
async fn one_customers_reach_is_asked_for_anothers_person() {
    let check = Check::Isolation {
        source: "app".to_owned(),
    };
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    for kind in kinds() {
        let asked = async |people: &str| {
            let (world, map) = shared(kind, people).await;
            let source = world.source(map);
            match source.observe(&check, now).await.unwrap() {
                Finding::Isolation(found) => (found.asked, found.rows),
                other => panic!("{other:?}"),
            }
        };
        // Each of two is asked for by the other and by the organisation itself.
        let two = "(1, 'ann@post.example', 'acme'), (2, 'bob@post.example', 'other'), (3, 'own@post.example', NULL)";
        assert_eq!(asked(two).await, (4, 0), "{kind:?}");
        // Who is known to both tells nothing; somebody else does.
        let both = "(1, 'ann@post.example', 'acme'), (2, 'ann@post.example', 'other'), (3, 'bob@post.example', 'other')";
        assert_eq!(asked(both).await, (2, 0), "{kind:?}");
        let one = "(1, 'ann@post.example', 'acme'), (2, 'own@post.example', NULL)";
        assert_eq!(asked(one).await, (0, 0), "{kind:?}");

        // What would be found if a reach had no end.
        let (world, map) = shared(kind, two).await;
        let whole = world.source(map);
        let bob = [email("bob@post.example")];
        let preview = whole.preview(&bob).await.unwrap();
        assert_eq!(preview.effects.iter().map(|one| one.rows).sum::<u64>(), 1);
    }
}
