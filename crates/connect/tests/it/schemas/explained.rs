//! What `candor map --explain` says of every table of schemas that nobody here
//! designed, and the pictures of them.

use std::time::Duration;

use candor_connect::atlas::{Atlas, embedded, standalone};
use candor_connect::catalogue::Catalogue;
use candor_policy::map::SourceMap;

use super::{Schema, catalogue, decided, schemas};

/// Boxes that fit a picture one can read.
const BOXES_MAX: usize = 75;
/// What somebody waits who asks about one table. Alone it is a second; other
/// tests run beside this one.
const PATIENCE: Duration = Duration::from_secs(4);

#[tokio::test]
async fn any_table_is_explained_and_drawn() {
    for schema in schemas() {
        let name = schema.name;
        let world = schema.world().await;
        decided::mend(schema, &world).await;
        let declared = catalogue(&world).await;
        schema.fill(&world, &declared).await;
        let map = decided::map(schema, &world, &declared).await;
        let atlas = Atlas::new(&declared, &map);
        draw(schema, &atlas);
        let source = world.source(map.clone());
        let mut found = 0;
        for table in declared.tables.keys() {
            let explained = tokio::time::timeout(PATIENCE, source.explain(table)).await;
            let Ok(explained) = explained else {
                panic!("{name}.{table} takes longer than {PATIENCE:?}");
            };
            let explained = explained.unwrap();
            let place = atlas.place(table);
            let reached = place.is_some_and(|place| atlas.tables[place].distance.is_some());
            assert_eq!(!explained.found.is_empty(), reached, "{name}.{table}");
            found += usize::from(reached);
            let missed = explained.missed.join("\n");
            for word in must_be_missed(&declared, &map, table) {
                assert!(
                    missed.contains(&word),
                    "{name}.{table} lacks {word}:\n{missed}"
                );
            }
            if !reached && place.is_some() {
                let said = explained.to_string();
                assert!(said.contains("by nothing"), "{said}");
            }
        }
        assert!(found >= 10, "{name}: {found} tables");
    }
}

/// The whole, and what lies around each table.
fn draw(schema: &Schema, atlas: &Atlas) {
    let name = schema.name;
    let boxes = |picture: &str| picture.matches("<rect x=").count();
    let whole = boxes(&standalone(atlas, name));
    assert!(whole <= BOXES_MAX, "{name}: {whole} boxes");
    for table in &atlas.tables {
        let part = atlas.around(&table.name).unwrap();
        let link = |table: Option<&str>| format!("#{}", table.unwrap_or_default());
        let picture = embedded(&part, name, &link);
        assert!(boxes(&picture) <= BOXES_MAX, "{name}.{}", table.name);
        let here = format!("here\"><title>{}: ", table.name);
        assert!(picture.contains(&here), "{name}.{}", table.name);
    }
}

/// Parts of sentences that say what is missed, where the map and the catalogue
/// alone tell.
fn must_be_missed(catalogue: &Catalogue, map: &SourceMap, table: &str) -> Vec<String> {
    let Some(mapped) = map.tables.get(table) else {
        return vec!["all of it: the map".to_owned()];
    };
    let own = &catalogue.tables[table];
    let mut words = Vec::new();
    let references = mapped.references.iter().map(|reference| &reference.edge);
    let edges: Vec<_> = mapped.owned_by.iter().chain(references).collect();
    for key in &own.foreign_keys {
        let is_it = |edge: &&&candor_policy::map::Edge| {
            edge.from.len() == key.columns.len()
                && edge
                    .from
                    .iter()
                    .all(|from| key.columns.contains(&from.column))
        };
        let is_counted = map.tables.get(&key.target).is_some_and(|target| {
            target
                .last_of
                .iter()
                .any(|own| own.table == table && own.columns == key.columns)
        });
        if edges.iter().find(is_it).is_none() && !is_counted {
            words.push(format!("nothing is said of `{}`", key.columns.join(", ")));
        }
    }
    words
}
