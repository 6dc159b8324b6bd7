//! What went wrong in the best-known open peer, and what must not here.

use candor_connect::{Key, SourceError};
use candor_domain::plan::Action;
use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{ReferenceAction, SourceMap};
use sqlx::{Connection as _, Executor as _};

use crate::support::{
    Mapping as _, World, capture, effect, email, erase, export, kinds, map, residue, step, table,
};

const SHOP: &str = "
CREATE TABLE address (id bigint PRIMARY KEY, street text NOT NULL);
CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, home bigint REFERENCES address (id));
CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account (id),
                     ship_to bigint REFERENCES address (id), note text);
CREATE TABLE invoice (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id), name text NOT NULL, cents bigint NOT NULL);
CREATE TABLE audit (id bigint PRIMARY KEY, actor text, label text);
INSERT INTO address VALUES (1, 'Lindenweg 4'), (2, 'Quai 9'), (3, 'Only mine 1');
INSERT INTO account VALUES (1, 'mireille@post.example', 1), (2, 'Otto@Post.example', 2);
INSERT INTO orders VALUES (10, 1, 1, 'ring twice'), (11, 2, 1, 'a gift'), (12, 2, 3, NULL), (13, 2, 3, NULL);
INSERT INTO invoice VALUES (100, 10, 'Mireille', 1200), (101, 11, 'Otto', 900);
INSERT INTO audit VALUES (1, 'system', 'nightly job');
";

fn shop() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email home:key")
                .about("email", "email")
                .about("customer_id", "id"),
        ),
        (
            "address",
            table("id:key street:contact.address")
                .last_of("account.home")
                .last_of("orders.ship_to"),
        ),
        (
            "orders",
            table("id:key account_id:key ship_to:key note:content.message").owned("account_id"),
        ),
        (
            "invoice",
            table("id:key order_id:key name:name!erased cents:plain")
                .owned("order_id")
                .on_erasure(OnErasure::Pseudonymise),
        ),
        ("audit", table("id:key actor:plain label:plain")),
    ])
}

#[tokio::test]
async fn a_shared_address_is_neither_disclosed_nor_erased_while_somebody_else_has_it() {
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let source = world.source(shop());
        // Otto sent a gift to Mireille's home.
        let otto = [email("otto@post.example")];
        let package = export(&source, &otto).await;
        let streets: Vec<_> = package
            .rows("address")
            .iter()
            .map(|row| row["street"].clone())
            .collect();
        assert_eq!(streets, ["Quai 9", "Only mine 1"], "{kind:?}");
        assert_eq!(package.rows("orders").len(), 3);
        let report = erase(&source, "otto", &otto).await;
        assert_eq!(
            report.effects,
            [
                effect("account", Action::Delete, 1),
                effect("address", Action::Delete, 2),
                effect("invoice", Action::Pseudonymise, 1),
                effect("orders", Action::Delete, 3),
            ]
        );
        assert_eq!(
            world.rows("SELECT street FROM address").await,
            [[Some("Lindenweg 4".to_owned())]]
        );
        assert_eq!(
            world
                .rows(
                    "SELECT CAST(id AS text), CAST(order_id AS text), name FROM invoice ORDER BY id"
                )
                .await,
            [
                [
                    Some("100".to_owned()),
                    Some("10".to_owned()),
                    Some("Mireille".to_owned())
                ],
                [Some("101".to_owned()), None, Some("erased".to_owned())],
            ]
        );
        // Now the address is hers alone, and goes with her.
        let mireille = [email("mireille@post.example")];
        erase(&source, "mireille", &mireille).await;
        assert_eq!(world.count("address").await, 0);
    }
}

#[tokio::test]
async fn a_batch_is_its_steps_one_after_the_other() {
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let source = world.source(shop());
        let steps = [
            step("m", &[email("mireille@post.example")]),
            step("o", &[email("otto@post.example")]),
        ];
        let reports = source.erase(&steps).await.unwrap();
        assert_eq!(
            reports[0].effects,
            [
                effect("account", Action::Delete, 1),
                effect("invoice", Action::Pseudonymise, 1),
                effect("orders", Action::Delete, 1),
            ],
            "{kind:?}"
        );
        assert_eq!(
            reports[1].effects,
            [
                effect("account", Action::Delete, 1),
                effect("address", Action::Delete, 3),
                effect("invoice", Action::Pseudonymise, 1),
                effect("orders", Action::Delete, 3),
            ]
        );
    }
}

#[tokio::test]
async fn masking_what_must_not_be_null_is_refused_before_anything_happens() {
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let mut map = shop();
        map.tables
            .get_mut("invoice")
            .unwrap()
            .columns
            .get_mut("name")
            .unwrap()
            .erased = None;
        let source = world.source(map);
        let refused = source
            .erase(&[step("o", &[email("otto@post.example")])])
            .await;
        let Err(SourceError::Refused { what, .. }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(
            what,
            ["`invoice.name` is personal, must not be null, and has no erased value"]
        );
        assert_eq!(world.count("account").await, 2);
    }
}

#[tokio::test]
async fn a_forgotten_address_in_an_operational_column_is_found() {
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let source = world.source(shop());
        let otto = [email("otto@post.example")];
        let captured = capture(&source, &otto).await.unwrap();
        erase(&source, "otto", &otto).await;
        assert_eq!(captured.left(&source).await.unwrap(), []);
        for label in [
            "to Otto@post.example.",
            "otto@post.example",
            "<otto@POST.example>",
            "x=otto%40post.example",
        ] {
            world
                .run(&format!("UPDATE audit SET label = '{label}'"))
                .await;
            assert_eq!(
                source.verify_values(&[&captured.footprint]).await.unwrap(),
                [[residue("audit", "label", 1)]],
                "{kind:?} {label}"
            );
        }
        for label in [
            "scotto@post.example",
            "otto@post.example.org",
            "n.otto@post.example",
            "otto@post.examples",
        ] {
            world
                .run(&format!("UPDATE audit SET label = '{label}'"))
                .await;
            assert_eq!(
                captured.left(&source).await.unwrap(),
                [],
                "{kind:?} {label} is somebody else's"
            );
        }
    }
}

#[tokio::test]
async fn a_row_that_survives_is_found_by_its_key() {
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let source = world.source(shop());
        let otto = [
            email("otto@post.example"),
            candor_domain::identity::Identity::new("customer_id", "2"),
        ];
        let captured = capture(&source, &otto).await.unwrap();
        let mireille = capture(&source, &[email("mireille@post.example")]).await;
        let mireille = mireille.unwrap();
        erase(&source, "otto", &otto).await;
        assert_eq!(captured.keys_left(&source).await, []);
        world.run("INSERT INTO account VALUES (2, 'new@post.example', NULL); INSERT INTO orders VALUES (12, 2, NULL, NULL)").await;
        let found = captured.keys_left(&source).await;
        assert_eq!(
            found,
            [
                residue("account", "id", 1),
                residue("orders", "account_id", 1),
                residue("orders", "id", 1),
            ],
            "{kind:?}"
        );
        // Whose they are is told apart.
        let of_second = captured.keys.iter().cloned();
        let of_second = of_second.map(|key| Key { person: 1, ..key });
        let keys: Vec<Key> = mireille.keys.iter().cloned().chain(of_second).collect();
        let both = [&mireille.footprint, &captured.footprint];
        let told = source.verify_keys(&both, &keys).await.unwrap();
        assert_eq!(told[1], found);
        assert!(told[0].contains(&residue("account", "id", 1)));
        // And so is what a search by values finds beside it.
        let mut search = source.verification(&both);
        search.keys(&keys).await.unwrap();
        let all = search.finish().await.unwrap();
        assert_eq!(all[1], found, "{kind:?}");
        assert!(told[0].iter().all(|left| all[0].contains(left)), "{kind:?}");
    }
}

#[tokio::test]
async fn a_write_that_fails_undoes_everything() {
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let mut map = shop();
        map.tables
            .get_mut("invoice")
            .unwrap()
            .columns
            .get_mut("name")
            .unwrap()
            .erased = Some("erased".to_owned());
        world.run("CREATE UNIQUE INDEX one_name ON invoice (name); INSERT INTO invoice VALUES (102, 12, 'Otto again', 1)").await;
        let source = world.source(map);
        let before = world.rows("SELECT email FROM account ORDER BY id").await;
        let failed = source
            .erase(&[step("o", &[email("otto@post.example")])])
            .await;
        assert!(
            matches!(failed, Err(SourceError::Database { .. })),
            "{kind:?} {failed:?}"
        );
        assert!(!format!("{failed:?}").to_lowercase().contains("otto"));
        assert_eq!(
            world.rows("SELECT email FROM account ORDER BY id").await,
            before
        );
        assert_eq!(world.count("orders").await, 4);
    }
}

#[tokio::test]
async fn a_table_that_came_in_meanwhile_stops_the_source() {
    for kind in kinds() {
        let world = World::new(kind, SHOP).await;
        let source = world.source(shop());
        let otto = [email("otto@post.example")];
        assert!(!source.preview(&otto).await.unwrap().is_empty());
        world
            .run("CREATE TABLE note (id bigint PRIMARY KEY, body text)")
            .await;
        let drifted = source.erase(&[step("o", &otto)]).await;
        assert_eq!(
            drifted,
            Err(SourceError::Drift {
                source_name: "app".to_owned(),
                what: vec!["table `note` is neither mapped nor ignored".to_owned()]
            }),
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn what_the_database_would_do_by_itself_is_refused() {
    for kind in kinds() {
        let world = World::new(
            kind,
            "CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
             CREATE TABLE note (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id) ON DELETE CASCADE);",
        )
        .await;
        let account = || table("id:key email:contact.email").about("email", "email");
        let refused = |map: SourceMap| {
            let source = world.source(map);
            async move {
                match source.preview(&[email("a@post.example")]).await {
                    Err(SourceError::Refused { what, .. }) => what,
                    other => panic!("{other:?}"),
                }
            }
        };
        let mut ignored = map([("account", account())]);
        ignored.ignored.push("note".to_owned());
        assert_eq!(
            refused(ignored).await,
            [
                "`note.account_id` points at `account`, whose rows an erasure deletes, and is not mapped"
            ]
        );
        let note = || table("id:key account_id:key");
        assert_eq!(
            refused(map([("account", account()), ("note", note())])).await,
            ["foreign key `note.account_id` onto `account` is in no edge of the map"]
        );
        let kept = note().references("account_id", ReferenceAction::Keep);
        assert_eq!(
            refused(map([("account", account()), ("note", kept)])).await,
            [
                "`note.account_id` is to be kept, but the database does not allow it to name a row of `account` that is gone"
            ]
        );
    }
}

/// The server's catalogue is one for all schemas of a database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_in_another_schema_disturbs_nobody() {
    if !kinds().contains(&SourceKind::Postgres) {
        return;
    }
    let elsewhere = "CREATE TABLE parent (id bigint PRIMARY KEY)";
    let elsewhere = World::new(SourceKind::Postgres, elsewhere).await;
    let people: Vec<String> = (1..=30)
        .map(|number| format!("({number}, 'p{number}@post.example')"))
        .collect();
    let world = World::new(
        SourceKind::Postgres,
        &format!(
            "CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
             INSERT INTO account VALUES {}",
            people.join(", ")
        ),
    )
    .await;
    let source = world.source(map([(
        "account",
        table("id:key email:contact.email").about("email", "email"),
    )]));
    let changing = (0..4).map(|number| {
        let url = elsewhere.url.clone();
        tokio::spawn(async move {
            let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
            let create = format!("CREATE TABLE child{number} (id bigint REFERENCES parent (id))");
            let drop = format!("DROP TABLE child{number}");
            loop {
                for sql in [&create, &drop] {
                    let sql = sqlx::AssertSqlSafe(sql.clone());
                    connection.execute(sql).await.unwrap();
                }
            }
        })
    });
    let changing: Vec<_> = changing.collect();
    for number in 1..=30 {
        let person = [email(&format!("p{number}@post.example"))];
        erase(&source, &format!("step {number}"), &person).await;
    }
    for changing in changing {
        changing.abort();
        let _ = changing.await;
    }
}
