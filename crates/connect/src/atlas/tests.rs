//! The graph of a small map: how far tables are from people, where they stand,
//! and what the picture says.

use candor_policy::charter::SourceKind;
use candor_policy::read_map;

use super::*;

const MAP: &str = "
tables:
  accounts:
    about: customer
    identities: { email: email }
    references: { referred_by -> accounts.id: unlink }
    columns: { id: key, email: contact.email, tenant_id: key, referred_by: key }
  tenants:
    last_of: accounts.tenant_id
    columns: { id: key, name: contact.organization }
  orders:
    owned_by: account_id -> accounts.id
    columns: { id: key, account_id: key }
  lines:
    owned_by: order_id -> orders.id
    columns: { order_id: key }
  \"a<b\":
    columns: { id: plain }
ignored: [x]
";

fn atlas() -> Atlas {
    let (map, _) = read_map("app.yaml", MAP).unwrap();
    let catalogue = Catalogue {
        kind: SourceKind::Sqlite,
        tables: BTreeMap::new(),
    };
    Atlas::new(&catalogue, &map)
}

fn distance(atlas: &Atlas, name: &str) -> Option<usize> {
    atlas.tables[atlas.place(name).unwrap()].distance
}

#[test]
fn distances_are_those_of_the_shortest_way_from_a_person() {
    let atlas = atlas();
    assert_eq!(distance(&atlas, "accounts"), Some(0));
    assert_eq!(distance(&atlas, "tenants"), Some(1));
    assert_eq!(distance(&atlas, "orders"), Some(1));
    assert_eq!(distance(&atlas, "lines"), Some(2));
    assert_eq!(distance(&atlas, "a<b"), None);
}

#[test]
fn boxes_stand_apart_and_within_the_picture() {
    let atlas = atlas();
    let layout = layout::layout(&scene::Scene::new(&atlas));
    for (place, own) in layout.places.iter().enumerate() {
        assert!(own.x + own.width <= layout.width && own.y + layout::HEIGHT <= layout.height);
        for other in &layout.places[place + 1..] {
            let apart = own.x + own.width < other.x
                || other.x + other.width < own.x
                || own.y + layout::HEIGHT < other.y
                || other.y + layout::HEIGHT < own.y;
            assert!(apart, "{own:?} {other:?}");
        }
    }
}

#[test]
fn a_picture_says_in_words_what_it_shows() {
    let svg = standalone(&atlas(), "app");
    for words in [
        "<title id=\"atlas-app-title\">Whose rows are whose in app</title>",
        "People are found in accounts.",
        "orders belongs to accounts through account_id.",
        "tenants goes with the last of accounts through tenant_id.",
        "No edge leads from a person to a&lt;b.",
        "accounts names accounts through referred_by, and is unlinked",
        "prefers-color-scheme: dark",
    ] {
        assert!(svg.contains(words), "lacks {words}\n{svg}");
    }
    assert!(!svg.contains("a<b"));
}

#[test]
fn a_picture_in_a_page_leads_on_to_each_table() {
    let link = |table: Option<&str>| format!("?table={}&all", table.unwrap_or("*"));
    let svg = embedded(&atlas(), "app", &link);
    assert!(!svg.contains("<style") && !svg.contains("role=\"img\""));
    for table in ["accounts", "a&lt;b", "tenants"] {
        let start = format!("href=\"?table={table}&amp;all\"><title>{table}: ");
        assert!(svg.contains(&start), "lacks {start}\n{svg}");
    }
    // The one it is about leads nowhere.
    let around = embedded(&atlas().around("orders").unwrap(), "app", &link);
    assert!(around.contains("What lies around orders in app"));
    assert!(around.contains("<g class=\"table here\"><title>orders: "));
    assert!(!around.contains("?table=orders"));
}

#[test]
fn a_part_has_the_ways_to_a_table_and_what_hangs_on_it() {
    let names = |atlas: &Atlas| -> Vec<String> {
        let tables = atlas.tables.iter();
        tables.map(|table| table.name.clone()).collect()
    };
    let whole = atlas();
    let lines = whole.around("lines").unwrap();
    assert_eq!(names(&lines), ["accounts", "lines", "orders"]);
    assert_eq!(distance(&lines, "lines"), Some(2));
    assert_eq!(lines.edges.len(), 2);
    let tenants = whole.around("tenants").unwrap();
    assert_eq!(names(&tenants), ["accounts", "tenants"]);
    assert_eq!(names(&whole.around("a<b").unwrap()), ["a<b"]);
    assert_eq!(whole.around("nothing"), None);
}

/// People, sixty tables of theirs of which three hold something personal, one
/// that hangs on the last of these, and fifty of nobody.
fn large() -> Atlas {
    let mut map = String::from(
        "tables:\n  people: { about: person, identities: { email: email }, columns: { id: key } }\n  far: { owned_by: a -> t59.id, columns: { a: key } }\n",
    );
    for table in 0..60 {
        let note = if table % 20 == 7 { "content" } else { "plain" };
        map.push_str(&format!(
            "  t{table}: {{ owned_by: a -> people.id, references: [{{ edge: b -> people.id, action: unlink }}], columns: {{ a: key, b: key, note: {note} }} }}\n"
        ));
    }
    for table in 0..50 {
        map.push_str(&format!("  n{table}: {{ columns: {{ a: key }} }}\n"));
    }
    let (map, _) = read_map("app.yaml", &map).unwrap();
    let catalogue = Catalogue {
        kind: SourceKind::Sqlite,
        tables: BTreeMap::new(),
    };
    Atlas::new(&catalogue, &map)
}

#[test]
fn of_many_tables_those_that_matter_are_drawn_and_the_rest_counted() {
    let svg = standalone(&large(), "app");
    // What is personal, and what leads on.
    for table in ["people", "t7", "t27", "t47", "t59", "far"] {
        assert!(svg.contains(&format!("<title>{table}: ")), "lacks {table}");
    }
    assert!(svg.contains("<title>46 more tables: nothing personal</title>"));
    assert!(svg.contains("<title>36 more tables: nothing personal</title>"));
    assert!(svg.contains("46 edges lead from people to 46 more tables"));
    // Edges that only refer would hide the ways an erasure goes.
    assert!(svg.contains("60 edges are not drawn"));
    assert!(!svg.contains("<path class=\"refers\""));
    let boxes = svg.matches("<rect x=").count();
    assert_eq!(boxes, 1 + 15 + 1 + 15);
}

#[test]
fn around_a_table_that_many_name_all_of_it_is_told() {
    let whole = large();
    let one = standalone(&whole.around("t8").unwrap(), "app");
    assert!(one.contains("<path class=\"refers\"") && !one.contains("not drawn"));
    let hub = standalone(&whole.around("people").unwrap(), "app");
    assert!(hub.contains("46 edges only refer from 46 more tables to people"));
    assert!(hub.contains("46 edges lead from people to 46 more tables"));
    assert!(!hub.contains("not drawn"));
}
