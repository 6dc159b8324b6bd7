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
    let words = vec!["nothing personal".to_owned(); atlas.tables.len()];
    let layout = layout::layout(&atlas, &words);
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
    assert!(!embedded(&atlas(), "app").contains("<style"));
}
