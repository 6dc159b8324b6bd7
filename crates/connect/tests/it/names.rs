//! Names that are no plain words: with spaces, dots, quotes, capitals, and the
//! words of SQL itself. Drafted, written, read again and carried out.

use candor_connect::draft::{Terms, merge};
use candor_domain::plan::Action;
use candor_policy::charter::SourceKind;
use candor_policy::map::{ColumnMap, Content, SourceMap};
use candor_policy::read_map;

use crate::support::{World, capture, email, erase, export, kinds, residue};

/// The table whose name is hardest.
const LINES: &str = "Order \"Lines\", all";

/// In SQL as this database reads it: names stand between `«` and `»`.
fn sql(kind: SourceKind, text: &str) -> String {
    let (quote, twice) = match kind {
        SourceKind::Mysql => ("`", "``"),
        _ => ("\"", "\"\""),
    };
    let mut sql = String::new();
    for (place, part) in text.split(['«', '»']).enumerate() {
        if place % 2 == 1 {
            sql.push_str(&format!("{quote}{}{quote}", part.replace(quote, twice)));
        } else {
            sql.push_str(part);
        }
    }
    sql
}

async fn world(kind: SourceKind) -> World {
    let (list, none) = match kind {
        SourceKind::Postgres => ("int[]", "'{1,2}'"),
        _ => ("json", "'[1, 2]'"),
    };
    let schema = format!(
        "CREATE TABLE «Customer» («Id» int PRIMARY KEY, «E-Mail» varchar(60) NOT NULL UNIQUE, «First Name» varchar(40));
         CREATE TABLE «order» («select» int PRIMARY KEY, «Customer Id» int NOT NULL, «it's.a note» text, FOREIGN KEY («Customer Id») REFERENCES «Customer» («Id»));
         CREATE TABLE «{LINES}» («a.b» int PRIMARY KEY, «order.select» int NOT NULL, «from» int, «-- word» text, «a \"word» text, FOREIGN KEY («order.select») REFERENCES «order» («select»));
         CREATE TABLE «Group» («Id» int PRIMARY KEY, «Customer Ids» {list}, «Data» {json});
         INSERT INTO «Customer» VALUES {people};
         INSERT INTO «order» VALUES (10, 1, 'n'), (20, 2, 'n');
         INSERT INTO «{LINES}» VALUES (100, 10, 1, 'w', 'v'), (200, 20, 1, 'w', 'v');
         INSERT INTO «Group» VALUES (1, {none}, '{{\"The Owner\": {{\"customer_id\": 1}}}}'), (2, NULL, NULL);",
        json = match kind {
            SourceKind::Postgres => "jsonb",
            _ => "json",
        },
        people = (1..=20)
            .map(|own| format!("({own}, 'p{own}@post.example', 'P{own}')"))
            .collect::<Vec<_>>()
            .join(", "),
    );
    World::new(kind, &sql(kind, &schema)).await
}

fn terms() -> Terms {
    Terms {
        people: [("customer".to_owned(), vec!["email".to_owned()])].into(),
        ..Terms::default()
    }
}

#[tokio::test]
async fn odd_names_are_drafted_and_carried_out() {
    for kind in kinds() {
        let world = world(kind).await;
        let source = world.source(SourceMap::default());
        let catalogue = source.catalogue().await.unwrap();
        let draft = source.draft(&terms()).await.unwrap();
        let text = merge("app.yaml", None, &catalogue, &draft).unwrap().text;
        let (mut map, _) =
            read_map("app.yaml", &text).unwrap_or_else(|found| panic!("{found:?}\n{text}"));
        let again = world.source(map.clone()).draft(&terms()).await.unwrap();
        let again = merge("app.yaml", Some(&text), &catalogue, &again).unwrap();
        assert_eq!(again.text, text, "{kind:?}");
        // What the draft asks, its owner says.
        let lines = map
            .tables
            .get(LINES)
            .unwrap_or_else(|| panic!("{kind:?}\n{text}"));
        assert_eq!(lines.owned_by.len(), 1, "{kind:?}\n{text}");
        let from = r#"
tables:
  x:
    owned_by: '"Customer Ids"[] -> Customer.Id'
    references:
      - { edge: '"from" -> Customer.Id', action: unlink }
      - { edge: 'Data."The Owner".customer_id -> Customer.Id', action: unlink }
    columns: { x: plain }
"#;
        let mut said = read_map("app.yaml", from)
            .unwrap()
            .0
            .tables
            .remove("x")
            .unwrap();
        let lines = map.tables.get_mut(LINES).unwrap();
        lines.references = vec![said.references.remove(0)];
        let group = map.tables.entry("Group".to_owned()).or_default();
        map.ignored.retain(|own| own != "Group");
        group.references.retain(|own| own.edge.is_list);
        assert_eq!(
            group.references.len(),
            1,
            "{kind:?}: the list is drafted\n{text}"
        );
        assert_eq!(group.references[0].edge.from, said.owned_by[0].from);
        group.references.push(said.references.remove(0));
        for (name, table) in &catalogue.tables {
            let own = map
                .tables
                .get_mut(name)
                .unwrap_or_else(|| panic!("{kind:?} {name}\n{text}"));
            for column in &table.columns {
                let plain = ColumnMap {
                    content: Content::Plain,
                    erased: None,
                    rectify: None,
                };
                own.columns.entry(column.name.clone()).or_insert(plain);
            }
        }
        carried_out(kind, &world, map).await;
    }
}

async fn carried_out(kind: SourceKind, world: &World, map: SourceMap) {
    let source = world.source(map);
    source
        .plan()
        .await
        .unwrap_or_else(|error| panic!("{kind:?}: {error}"));
    let person = [email("p1@post.example")];
    let shown = export(&source, &person).await;
    assert_eq!(shown.rows(LINES).len(), 1, "{kind:?}");
    assert_eq!(shown.rows("order")[0]["it's.a note"], "n", "{kind:?}");
    let explained = source.explain(LINES).await.unwrap();
    let way = format!("`{LINES}` through `order.select` to `order`");
    assert!(explained.found[0].starts_with(&way), "{explained}");
    let captured = capture(&source, &person).await.unwrap();
    let report = erase(&source, "a", &person).await;
    let effects: Vec<_> = report
        .effects
        .iter()
        .map(|own| (own.table.as_str(), own.action, own.rows))
        .collect();
    assert_eq!(
        effects,
        [
            ("Customer", Action::Delete, 1),
            ("Group", Action::Unlink, 1),
            (LINES, Action::Delete, 1),
            (LINES, Action::Unlink, 1),
            ("order", Action::Delete, 1),
        ],
        "{kind:?}"
    );
    let text = match kind {
        SourceKind::Mysql => "char",
        _ => "text",
    };
    let left = sql(
        kind,
        &format!(
            "SELECT CAST(«Customer Ids» AS {text}), CAST(«Data» AS {text}) FROM «Group» WHERE «Id» = 1"
        ),
    );
    let left = world.rows(&left).await.concat();
    let left: Vec<String> = left
        .into_iter()
        .flatten()
        .map(|own| own.replace(' ', ""))
        .collect();
    let list = if kind == SourceKind::Postgres {
        "{2}"
    } else {
        "[2]"
    };
    assert_eq!(left, [list, "{\"TheOwner\":{}}"], "{kind:?}");
    assert_eq!(captured.left(&source).await.unwrap(), [], "{kind:?}");
    let back = sql(
        kind,
        &format!("UPDATE «{LINES}» SET «from» = 1 WHERE «a.b» = 200"),
    );
    world.run(&back).await;
    let found = captured.keys_left(&source).await;
    assert_eq!(found, [residue(LINES, "from", 1)], "{kind:?}");
}
