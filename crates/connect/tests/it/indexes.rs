//! The index gate: nobody is looked for, shown or erased by reading a large
//! table as a whole, and what the refusal advises is enough.

use candor_connect::{Limits, Source, SourceError};
use candor_domain::identity::Identity;
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;

use crate::support::{Mapping as _, World, capture, email, erase, export, kinds, map, step, table};

/// No foreign keys: of those MariaDB makes the indexes itself.
fn shop(kind: SourceKind) -> String {
    let (text, lower) = match kind {
        SourceKind::Mysql => (
            "varchar(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
            "email",
        ),
        _ => ("varchar(190)", "lower(email)"),
    };
    format!(
        "CREATE TABLE account (id bigint PRIMARY KEY, email {text} NOT NULL, home bigint);
         CREATE TABLE address (id bigint PRIMARY KEY, street varchar(90));
         CREATE TABLE visit (id bigint PRIMARY KEY, tenant bigint, account_id bigint, path varchar(90));
         CREATE TABLE letter (id bigint PRIMARY KEY, account varchar(40), words varchar(90));
         CREATE INDEX account_email ON account ({lower});
         CREATE INDEX account_home ON account (home);
         CREATE INDEX visit_account ON visit (account_id);
         INSERT INTO address VALUES (1, 'Lindenweg 4'), (2, 'Quai 9');
         INSERT INTO account VALUES (1, 'a@post.example', 1), (2, 'b@post.example', 2);
         INSERT INTO visit VALUES (1, 1, 1, '/'), (2, 1, 2, '/'), (3, 1, 1, '/in');
         INSERT INTO letter VALUES (1, '1', 'dear'), (2, '2', 'dear');"
    )
}

fn shop_map() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email home:key")
                .about("email", "email")
                .about("customer_id", "id"),
        ),
        (
            "address",
            table("id:key street:contact.address").last_of("account.home"),
        ),
        (
            "visit",
            table("id:key tenant:plain account_id:key path:usage.page")
                .owned_by("account_id", "account.id"),
        ),
    ])
}

/// Where every table counts as large.
fn strict(world: &World, map: SourceMap) -> Source {
    let limits = Limits {
        scan_bytes_max: 0,
        ..Limits::default()
    };
    Source::open("app", world.kind, &world.url, map, limits).unwrap()
}

async fn refusals(source: &Source, who: &[Identity]) -> Vec<String> {
    let mut all = vec![
        source.preview(who).await.unwrap_err(),
        capture(source, who).await.err().unwrap(),
        source.erase(&[step("one", who)]).await.unwrap_err(),
    ];
    let mut sink = crate::support::Exported::default();
    all.push(source.export(who, &mut sink).await.unwrap_err());
    all.push(
        candor_connect::closure(&[source], &who[0])
            .await
            .unwrap_err(),
    );
    all.iter()
        .map(|error| {
            assert!(matches!(error, SourceError::Refused { .. }), "{error}");
            error.to_string()
        })
        .collect()
}

/// The statement that a refusal advises.
fn advice(refusal: &str) -> String {
    let (_, statement) = refusal.rsplit_once("make an index: ").unwrap();
    statement.to_owned()
}

#[tokio::test]
async fn nobody_is_erased_or_shown_without_the_indexes_for_it() {
    let who = [email("a@post.example")];
    for kind in kinds() {
        for (index, column) in [
            ("account_email", "email"),
            ("account_home", "home"),
            ("visit_account", "account_id"),
        ] {
            let world = World::new(kind, &shop(kind)).await;
            world.run("DROP TABLE letter").await;
            world.run(&format!("DROP INDEX {index}")).await;
            let source = strict(&world, shop_map());
            let reads = source.whole_reads().await.unwrap();
            assert_eq!(reads.len(), 1, "{kind:?} {index}: {reads:?}");
            assert_eq!(reads[0].columns, [column], "{kind:?}");
            let refused = refusals(&source, &who).await;
            assert!(refused.iter().all(|own| *own == refused[0]), "{refused:?}");
            assert_eq!(world.count("visit").await, 3, "{kind:?}");
            assert!(!refused[0].contains("post.example"));
            let told = source.explain(&reads[0].table).await.unwrap().to_string();
            assert!(told.contains(&advice(&refused[0])), "{told}");

            // It says what to do, and that is enough, at once.
            world.run(&advice(&refused[0])).await;
            assert_eq!(export(&source, &who).await.rows("visit").len(), 2);
            erase(&source, "one", &who).await;
            assert_eq!(world.count("visit").await, 1, "{kind:?}");
            assert_eq!(world.count("address").await, 1, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn small_tables_need_no_index() {
    let who = [email("a@post.example")];
    for kind in kinds() {
        let world = World::new(kind, &shop(kind)).await;
        world.run("DROP TABLE letter").await;
        for index in ["account_email", "account_home", "visit_account"] {
            world.run(&format!("DROP INDEX {index}")).await;
        }
        let source = world.source(shop_map());
        assert_eq!(source.whole_reads().await.unwrap(), [], "{kind:?}");
        erase(&source, "one", &who).await;
        assert_eq!(world.count("visit").await, 1, "{kind:?}");
    }
}

#[tokio::test]
async fn an_index_that_the_comparison_cannot_use_does_not_count() {
    for kind in kinds() {
        let world = World::new(kind, &shop(kind)).await;
        world
            .run("CREATE INDEX letter_account ON letter (account)")
            .await;
        world.run("DROP INDEX account_email").await;
        let mapped = shop_map();
        let mut map = mapped.clone();
        map.tables.insert(
            "letter".to_owned(),
            table("id:key account:key words:content.message").owned_by("account", "account.id"),
        );
        let source = strict(&world, map);
        match kind {
            // An index of the addresses as they are written, not in small letters.
            SourceKind::Postgres | SourceKind::Sqlite => {
                world
                    .run("CREATE INDEX account_as_it_is ON account (email)")
                    .await;
                let reads = source.whole_reads().await.unwrap();
                let said = reads.iter().map(ToString::to_string).collect::<String>();
                assert!(said.contains("(lower(\"email\"))"), "{kind:?}: {said}");
            }
            SourceKind::Mysql => {
                world
                    .run("ALTER TABLE account MODIFY email varchar(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, ADD INDEX account_email (email)")
                    .await;
                let reads = source.whole_reads().await.unwrap();
                let said = reads.iter().map(ToString::to_string).collect::<String>();
                assert!(said.contains("no index can serve `email`"), "{said}");
                continue;
            }
        }
        let refused = source
            .preview(&[email("a@post.example")])
            .await
            .unwrap_err();
        world.run(&advice(&refused.to_string())).await;
        source.preview(&[email("a@post.example")]).await.unwrap();
    }
}
