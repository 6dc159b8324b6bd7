//! A draft's map with what only the schema's owner can say: the categories of
//! columns that a draft asks about, and the few edges it leaves to people.

use candor_connect::catalogue::Catalogue;
use candor_connect::draft::merge;
use candor_policy::map::{
    ColumnMap, ColumnPath, Content, Edge, Incoming, Reference, ReferenceAction, SourceMap,
    TableMap, Target,
};
use candor_policy::read_map;

use super::Schema;
use super::judged::Judged;
use crate::support::World;

/// What the owner mends in the schema itself: columns that may be empty.
pub(crate) async fn mend(schema: &Schema, world: &World) {
    for (word, rest) in &schema.judged().decided {
        if word == "nullable" {
            let (table, column) = rest.split_once('.').unwrap();
            let alter = format!("ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL");
            world.run(&alter).await;
        }
    }
}

/// The map of a schema: drafted, written, read again, and decided.
pub(crate) async fn map(schema: &Schema, world: &World, catalogue: &Catalogue) -> SourceMap {
    let source = world.source(SourceMap::default());
    let draft = source.draft(&schema.terms()).await.unwrap();
    let text = merge("app.yaml", None, catalogue, &draft).unwrap().text;
    let (mut map, _) = read_map("app.yaml", &text).unwrap();
    let judged = schema.judged();
    for (word, rest) in &judged.decided {
        decide(&mut map, word, rest);
    }
    settle(&mut map, catalogue, &judged);
    map
}

/// One line of somebody who knows: `owned`, `unlink` or `keep` with an edge,
/// `last` with the column that counts, `ignored` with a table.
fn decide(map: &mut SourceMap, word: &str, rest: &str) {
    match word {
        "nullable" => return,
        "ignored" => return ignore(map, rest),
        "last" => {
            let (table, from) = rest.split_once(" of ").unwrap();
            let (other, column) = from.split_once('.').unwrap();
            let own = map.tables.get_mut(table).unwrap();
            own.last_of.push(Incoming {
                table: other.to_owned(),
                columns: vec![column.to_owned()],
                is_list: false,
            });
            let pointing = map.tables.get_mut(other).unwrap();
            pointing
                .references
                .retain(|own| own.edge.from[0].column != column);
            return;
        }
        _ => {}
    }
    let (from, to) = rest.split_once(" > ").unwrap();
    let (table, column) = from.split_once('.').unwrap();
    let (target, key) = to.split_once('.').unwrap();
    let edge = Edge {
        from: vec![ColumnPath {
            column: column.to_owned(),
            path: Vec::new(),
        }],
        to: Some(Target {
            table: target.to_owned(),
            columns: vec![key.to_owned()],
        }),
        when: None,
        is_list: false,
    };
    let own = map.tables.entry(table.to_owned()).or_default();
    map.ignored.retain(|ignored| ignored != table);
    own.owned_by.retain(|own| own.from != edge.from);
    own.references.retain(|own| own.edge.from != edge.from);
    let mut refer = |action| {
        own.references.push(Reference {
            edge: edge.clone(),
            action,
        })
    };
    match word {
        "owned" => own.owned_by.push(edge),
        "unlink" => refer(ReferenceAction::Unlink),
        "keep" => refer(ReferenceAction::Keep),
        _ => panic!("what is `{word}`?"),
    }
}

/// A table without anybody's data, and without edges to it.
fn ignore(map: &mut SourceMap, name: &str) {
    map.tables.remove(name);
    map.ignored.retain(|own| own != name);
    map.ignored.push(name.to_owned());
    let leads_there = |edge: &Edge| edge.to.as_ref().is_some_and(|to| to.table == name);
    for table in map.tables.values_mut() {
        table.owned_by.retain(|edge| !leads_there(edge));
        table.references.retain(|own| !leads_there(&own.edge));
    }
}

/// Every column that is still open: personal as judged, or not at all.
fn settle(map: &mut SourceMap, catalogue: &Catalogue, judged: &Judged) {
    for (name, table) in &mut map.tables {
        let TableMap { columns, .. } = table;
        for column in &catalogue.tables[name].columns {
            let place = (name.clone(), column.name.clone());
            let content = match judged.personal.get(&place) {
                Some(category) => Content::Personal(category.clone()),
                None => Content::Plain,
            };
            let open = ColumnMap {
                content,
                erased: None,
                rectify: None,
            };
            columns.entry(column.name.clone()).or_insert(open);
        }
    }
}
