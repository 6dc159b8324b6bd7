//! The SQL itself, for one schema in every dialect: read it before accepting a
//! change of it.

use std::collections::BTreeMap;

use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{
    ColumnMap, ColumnPath, Condition, Content, Edge, Incoming, Reference, ReferenceAction,
    SourceMap, TableMap, Target,
};

use super::{erase, export, find, undo, work};
use crate::catalogue::{Catalogue, Class, Column, ForeignKey, KeyAction, Relation, Table};
use crate::plan::Plan;

/// Accounts own orders, orders share addresses, comments answer comments,
/// invoices stay, and an audit log knows accounts by a type and inside JSON.
#[expect(clippy::too_many_lines, reason = "one schema, table by table")]
fn plan(kind: SourceKind) -> Plan {
    let number = match kind {
        SourceKind::Mysql => "bigint(20)",
        SourceKind::Postgres => "bigint",
        SourceKind::Sqlite => "INTEGER",
    };
    let mut tables = BTreeMap::new();
    let mut mapped = BTreeMap::new();
    let mut add = |name: &str, columns: &[(&str, bool)], keys: &[(&str, &str)], map: TableMap| {
        tables.insert(name.to_owned(), table(number, columns, keys));
        mapped.insert(name.to_owned(), with_columns(map, columns));
    };
    let root = TableMap {
        about: Some("customer".to_owned()),
        identities: BTreeMap::from([
            ("email".to_owned(), "email".to_owned()),
            ("customer_id".to_owned(), "id".to_owned()),
        ]),
        references: vec![reference("referred_by")],
        ..TableMap::default()
    };
    add(
        "accounts",
        &[("id", false), ("email", false), ("referred_by", true)],
        &[("referred_by", "accounts")],
        root,
    );
    add(
        "orders",
        &[("id", false), ("account_id", false), ("address_id", true)],
        &[("account_id", "accounts"), ("address_id", "addresses")],
        owned(edge("account_id")),
    );
    let counted = TableMap {
        last_of: vec![Incoming {
            table: "orders".to_owned(),
            columns: vec!["address_id".to_owned()],
            is_list: false,
        }],
        ..TableMap::default()
    };
    add(
        "addresses",
        &[("id", false), ("street", false)],
        &[],
        counted,
    );
    let mut comments = owned(edge("account_id"));
    comments.owned_by.push(edge("parent_id"));
    add(
        "comments",
        &[("id", false), ("account_id", false), ("parent_id", true)],
        &[("account_id", "accounts"), ("parent_id", "comments")],
        comments,
    );
    let invoices = TableMap {
        on_erasure: OnErasure::Pseudonymise,
        because: Some("invoices".to_owned()),
        ..owned(edge("order_id"))
    };
    add(
        "invoices",
        &[
            ("id", false),
            ("order_id", true),
            ("name", false),
            ("street", true),
        ],
        &[("order_id", "orders")],
        invoices,
    );
    let mut audit = owned(Edge {
        to: Some(to_account()),
        when: Some(Condition {
            column: "actor_type".to_owned(),
            value: "it's an account".to_owned(),
        }),
        ..edge("actor_id")
    });
    let mut inside = edge("detail");
    inside.from[0].path = vec!["account_id".to_owned()];
    inside.to = Some(to_account());
    audit.owned_by.push(inside);
    add(
        "audit",
        &[("actor_type", false), ("actor_id", false), ("detail", true)],
        &[],
        audit,
    );
    let map = SourceMap {
        path: "app.yaml".to_owned(),
        tables: mapped,
        ..SourceMap::default()
    };
    Plan::compile(&Catalogue { kind, tables }, &map).unwrap()
}

fn table(number: &str, columns: &[(&str, bool)], keys: &[(&str, &str)]) -> Table {
    let column = |(name, nullable): &(&str, bool)| {
        let (type_name, class) = match *name {
            "detail" => ("jsonb", Class::Json),
            "email" | "street" | "name" | "actor_type" => ("text", Class::Text),
            _ => (number, Class::Integer),
        };
        let is_mysql = number.starts_with("bigint(");
        Column {
            name: (*name).to_owned(),
            type_name: type_name.to_owned(),
            class,
            nullable: *nullable,
            generated: false,
            touched: false,
            collation: (is_mysql && class == Class::Text).then(|| "utf8mb4_general_ci".to_owned()),
        }
    };
    let key = |(column, target): &(&str, &str)| ForeignKey {
        columns: vec![(*column).to_owned()],
        target: (*target).to_owned(),
        target_columns: vec!["id".to_owned()],
        on_delete: KeyAction::NoAction,
        on_update: KeyAction::NoAction,
        deferrable: false,
    };
    Table {
        relation: Relation::Table,
        primary_key: columns
            .iter()
            .take(1)
            .filter(|(name, _)| *name == "id")
            .map(|(name, _)| (*name).to_owned())
            .collect(),
        columns: columns.iter().map(column).collect(),
        unique_keys: Vec::new(),
        foreign_keys: keys.iter().map(key).collect(),
        triggers: Vec::new(),
        keys_come_again: false,
    }
}

fn with_columns(mut map: TableMap, columns: &[(&str, bool)]) -> TableMap {
    for (name, _) in columns {
        let (content, erased) = match *name {
            "email" => (Content::Personal("contact.email".to_owned()), None),
            "name" => (
                Content::Personal("name".to_owned()),
                Some("erased \"customer\"".to_owned()),
            ),
            "street" => (Content::Personal("contact.address".to_owned()), None),
            "actor_type" | "detail" => (Content::Plain, None),
            _ => (Content::Key, None),
        };
        map.columns.insert(
            (*name).to_owned(),
            ColumnMap {
                content,
                erased,
                rectify: None,
            },
        );
    }
    map
}

fn owned(edge: Edge) -> TableMap {
    TableMap {
        owned_by: vec![edge],
        ..TableMap::default()
    }
}

fn edge(column: &str) -> Edge {
    Edge {
        from: vec![ColumnPath {
            column: column.to_owned(),
            path: Vec::new(),
        }],
        to: None,
        when: None,
        is_list: false,
    }
}

fn to_account() -> Target {
    Target {
        table: "accounts".to_owned(),
        columns: vec!["id".to_owned()],
    }
}

fn reference(column: &str) -> Reference {
    Reference {
        edge: edge(column),
        action: ReferenceAction::Unlink,
    }
}

fn check(name: &str, statements: &[String]) {
    insta::with_settings!({
        snapshot_path => "../../tests/golden",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, statements.join(";\n\n"));
    });
}

#[test]
fn postgres() {
    let plan = plan(SourceKind::Postgres);
    check("erase.postgres", &[erase::postgres(&plan, false)]);
    check("erase_keeping.postgres", &[erase::postgres(&plan, true)]);
    check("preview.postgres", &[erase::postgres_preview(&plan)]);
    check(
        "keys.postgres",
        &find::postgres_keys(&plan).into_iter().collect::<Vec<_>>(),
    );
    check(
        "export.postgres",
        &export::postgres(&plan).into_iter().collect::<Vec<_>>(),
    );
    check(
        "identities.postgres",
        &find::identities(&plan, 9).into_iter().collect::<Vec<_>>(),
    );
}

fn statements(plan: &Plan) -> Vec<String> {
    let writes = erase::writes(plan).into_iter();
    writes.map(|write| write.sql).collect()
}

#[test]
fn sqlite() {
    let plan = plan(SourceKind::Sqlite);
    let works = work::sets(&plan, work::Reading::Plain);
    let works: Vec<String> = works
        .iter()
        .map(|work| format!("{}: {}", work.name, work.select))
        .collect();
    check("works.sqlite", &works);
    check("counts.sqlite", &erase::counts(&plan, work::Reading::Plain));
    check("erase.sqlite", &statements(&plan));
    check("missing.sqlite", &erase::missing(&plan));
    let kept = [undo::deleted(&plan), undo::changed(&plan)].concat();
    check("kept.sqlite", &kept);
    check("keys.sqlite", &find::keys(&plan));
    check("export.sqlite", &export::tables(&plan));
    check(
        "identities.sqlite",
        &find::identities(&plan, 9).into_iter().collect::<Vec<_>>(),
    );
}

#[test]
fn mariadb() {
    let plan = plan(SourceKind::Mysql);
    let works = |reading| {
        let mut works = work::sets(&plan, reading);
        works.extend(erase::loosened(&plan, reading));
        let works = works.into_iter().map(|work| {
            let rounds: Vec<String> = work
                .rounds
                .iter()
                .map(|sql| format!("\nagain: {sql}"))
                .collect();
            format!("{}: {}{}", work.name, work.select, rounds.concat())
        });
        works.collect::<Vec<_>>()
    };
    check("works.mariadb", &works(work::Reading::Locking));
    check("locks.mariadb", &erase::mysql_locks(&plan));
    check(
        "counts.mariadb",
        &erase::counts(&plan, work::Reading::Plain),
    );
    check("erase.mariadb", &statements(&plan));
    let kept = [undo::deleted(&plan), undo::changed(&plan)].concat();
    check("kept.mariadb", &kept);
    check("missing.mariadb", &erase::missing(&plan));
    check("keys.mariadb", &find::keys(&plan));
    check("export.mariadb", &export::tables(&plan));
    check(
        "identities.mariadb",
        &find::identities(&plan, 9).into_iter().collect::<Vec<_>>(),
    );
}
