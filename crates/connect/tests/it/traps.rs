//! Traps of real schemas and of other tools, each by its name: rows hidden by
//! the application, rows of two people, a mask that tells people apart, and
//! work row by row.

use candor_domain::plan::Action;
use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::ReferenceAction;

use crate::support::{Mapping as _, World, effect, email, erase, export, kinds, map, table};

const ACCOUNTS: &str = "
CREATE TABLE account (id bigint PRIMARY KEY, email varchar(90) NOT NULL UNIQUE);
INSERT INTO account VALUES (1, 'a@post.example'), (2, 'b@post.example');";

fn account() -> candor_policy::map::TableMap {
    table("id:key email:contact.email")
        .about("email", "email")
        .about("customer_id", "id")
}

#[tokio::test]
async fn what_the_application_only_hides_is_shown_and_goes() {
    for kind in kinds() {
        let schema = format!(
            "{ACCOUNTS}
             CREATE TABLE note (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id), words varchar(90), deleted_at timestamp NULL, is_deleted integer);
             CREATE VIEW visible AS SELECT id, words FROM note WHERE deleted_at IS NULL;
             INSERT INTO note VALUES (1, 1, 'seen', NULL, 0), (2, 1, 'hidden', '2026-01-02 03:04:05', 1), (3, 2, 'hidden', '2026-01-02 03:04:05', 1);"
        );
        let world = World::new(kind, &schema).await;
        let source = world.source(map([
            ("account", account()),
            (
                "note",
                table(
                    "id:key account_id:key words:content.message deleted_at:plain is_deleted:plain",
                )
                .owned("account_id"),
            ),
        ]));
        let who = [email("a@post.example")];
        assert_eq!(
            export(&source, &who).await.rows("note").len(),
            2,
            "{kind:?}"
        );
        erase(&source, "a", &who).await;
        assert_eq!(world.count("note").await, 1, "{kind:?}: another person's");
    }
}

#[tokio::test]
async fn a_row_of_two_people_goes_with_either_only_where_both_own_it() {
    for kind in kinds() {
        for co_owned in [true, false] {
            let schema = format!(
                "{ACCOUNTS}
                 CREATE TABLE letter (id bigint PRIMARY KEY, sender bigint REFERENCES account (id), reader bigint REFERENCES account (id), words varchar(90));
                 INSERT INTO letter VALUES (1, 1, 2, 'dear b'), (2, 2, 1, 'dear a'), (3, 2, 2, 'dear me');"
            );
            let world = World::new(kind, &schema).await;
            let letter =
                table("id:key sender:key reader:key words:content.message").owned("sender");
            let letter = match co_owned {
                true => letter.owned("reader"),
                false => letter.references("reader", ReferenceAction::Unlink),
            };
            let source = world.source(map([("account", account()), ("letter", letter)]));
            let report = erase(&source, "a", &[email("a@post.example")]).await;
            let left = "SELECT CAST(id AS text), CAST(reader AS text) FROM letter ORDER BY id";
            let left = world.rows(left).await;
            let text = |own: &str| Some(own.to_owned());
            if co_owned {
                assert_eq!(left, [[text("3"), text("2")]], "{kind:?}");
            } else {
                let expected = [[text("2"), None], [text("3"), text("2")]];
                assert_eq!(left, expected, "{kind:?}: b wrote it, and keeps it");
                assert!(
                    report
                        .effects
                        .contains(&effect("letter", Action::Unlink, 1))
                );
            }
        }
    }
}

#[tokio::test]
async fn what_stands_for_a_person_stands_for_everybody() {
    for kind in kinds() {
        let schema = format!(
            "{ACCOUNTS}
             CREATE TABLE invoice (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id), name varchar(90) NOT NULL, iban varchar(90));
             INSERT INTO invoice VALUES (1, 1, 'Anna', 'FR76'), (2, 2, 'Bert', 'DE89');"
        );
        let world = World::new(kind, &schema).await;
        let source = world.source(map([
            ("account", account()),
            (
                "invoice",
                table("id:key account_id:key name:name!erased iban:payment.account")
                    .owned("account_id")
                    .on_erasure(OnErasure::Pseudonymise),
            ),
        ]));
        erase(&source, "a", &[email("a@post.example")]).await;
        erase(&source, "b", &[email("b@post.example")]).await;
        let left = "SELECT CAST(account_id AS text), name, iban FROM invoice ORDER BY id";
        let one = [None, Some("erased".to_owned()), None];
        assert_eq!(world.rows(left).await, [one.clone(), one], "{kind:?}");
    }
}

#[tokio::test]
async fn ten_thousand_rows_of_a_person_are_one_transaction() {
    for kind in kinds() {
        let numbers = match kind {
            SourceKind::Postgres => "SELECT i FROM generate_series(1, 10000) AS n(i)",
            SourceKind::Mysql => "SELECT seq AS i FROM seq_1_to_10000",
            SourceKind::Sqlite => {
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i FROM n"
            }
        };
        let schema = format!(
            "{ACCOUNTS}
             CREATE TABLE invoice (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id), name varchar(90) NOT NULL);
             CREATE INDEX invoice_account ON invoice (account_id);
             INSERT INTO invoice SELECT d.i, 1, 'Anna' FROM ({numbers}) AS d;"
        );
        let world = World::new(kind, &schema).await;
        let source = world.source(map([
            ("account", account()),
            (
                "invoice",
                table("id:key account_id:key name:name!erased")
                    .owned("account_id")
                    .on_erasure(OnErasure::Pseudonymise),
            ),
        ]));
        let report = erase(&source, "a", &[email("a@post.example")]).await;
        assert!(
            report
                .effects
                .contains(&effect("invoice", Action::Pseudonymise, 10_000)),
            "{kind:?}: {:?}",
            report.effects
        );
        if kind == SourceKind::Postgres {
            let written = "SELECT DISTINCT CAST(CAST(xmin AS text) AS text) FROM invoice
                           UNION SELECT CAST(CAST(xmin AS text) AS text) FROM candor_journal";
            assert_eq!(world.rows(written).await.len(), 1, "the journal's own");
        }
    }
}
