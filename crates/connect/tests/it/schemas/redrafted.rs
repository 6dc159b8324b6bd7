//! A schema of hundreds of tables changes after its map was drafted and
//! decided: what people wrote stays, and only what changed is told.

use candor_connect::draft::{Difference, Merged, merge};
use candor_policy::map::SourceMap;
use candor_policy::read_map;

use super::{Schema, catalogue, schemas};
use crate::support::World;

/// What somebody wrote into each map, in place of what a draft had.
const DECIDED: [(&str, &str); 1] = [("tables:\n", "# Looked at by whoever runs this.\ntables:\n")];

async fn redrafted(schema: &Schema, world: &World, before: Option<&str>) -> Merged {
    let known = before.map_or_else(SourceMap::default, |text| {
        read_map("app.yaml", text).unwrap().0
    });
    let draft = world.source(known).draft(&schema.terms()).await.unwrap();
    merge("app.yaml", before, &catalogue(world).await, &draft).unwrap()
}

#[tokio::test]
async fn what_people_decided_outlives_a_change_of_the_schema() {
    for schema in schemas() {
        let name = schema.name;
        let world = schema.world().await;
        let drafted = redrafted(schema, &world, None).await.text;
        let again = redrafted(schema, &world, Some(&drafted)).await;
        assert_eq!(again.text, drafted, "{name}: nothing changed");
        assert_eq!(again.differences, [], "{name}");

        let (decided, table) = decide(schema, &drafted);
        world
            .run(&format!(
                "ALTER TABLE {table} ADD COLUMN backup_email varchar(80);
                 CREATE TABLE newcomers (id integer PRIMARY KEY, email varchar(80), {table}_id integer);"
            ))
            .await;
        let merged = redrafted(schema, &world, Some(&decided)).await;
        let (old, new): (Vec<&str>, Vec<&str>) =
            (decided.lines().collect(), merged.text.lines().collect());
        let mut left = new.iter();
        for line in &old {
            assert!(left.any(|own| own == line), "{name} lost `{line}`");
        }
        let added = new.iter().filter(|line| !old.contains(line)).count();
        assert!((2..=8).contains(&added), "{name}: {added} lines are new");
        let told: Vec<String> = merged
            .differences
            .iter()
            .map(Difference::to_string)
            .collect();
        assert!(
            told.iter()
                .all(|own| own.contains("backup_email") || own.contains("newcomers")),
            "{name}: {told:?}"
        );
        assert!(
            told.iter()
                .any(|own| own.contains(&format!("`{table}.backup_email`"))),
            "{name}: {told:?}"
        );
        let third = redrafted(schema, &world, Some(&merged.text)).await;
        assert_eq!(third.text, merged.text, "{name}: told once");
    }
}

/// The draft with what somebody decided in it, and the table of the people.
fn decide(schema: &Schema, drafted: &str) -> (String, String) {
    let mut text = drafted.to_owned();
    for (before, after) in DECIDED {
        text = text.replacen(before, after, 1);
    }
    let judged = schema.judged();
    let (table, _) = judged.people.iter().next().unwrap();
    let head = format!("  {table}:\n");
    let own = format!("{head}    label: People # as we call them\n");
    (text.replacen(&head, &own, 1), table.clone())
}
