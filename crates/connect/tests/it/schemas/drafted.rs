//! What a draft finds in a schema that nobody here designed, compared with
//! what a person found who read it.

use candor_connect::draft::Draft;
use candor_policy::map::SourceMap;

use super::judged::{Judged, Score, missed, score_columns, score_edges};
use super::{Schema, catalogue, schemas};

/// Statements that a draft may ask for each table.
const STATEMENTS_PER_TABLE_MAX: usize = 8;

/// What must be reached, in hundredths.
struct Floor {
    edges: usize,
    precision: usize,
    columns_precision: usize,
}

/// With rows to look at.
const FILLED: Floor = Floor {
    edges: 90,
    precision: 98,
    columns_precision: 90,
};

/// By names and types alone.
const EMPTY: Floor = Floor {
    edges: 80,
    precision: 95,
    columns_precision: 80,
};

#[tokio::test]
async fn a_draft_agrees_with_who_read_the_schema() {
    for schema in schemas() {
        let judged = schema.judged();
        let world = schema.world().await;
        let declared = catalogue(&world).await;
        judged.check(&declared);
        schema.undeclare(&world).await;
        let mut truth = judged.edges(&declared);
        let source = world.source(SourceMap::default());

        // A type column without rows names nothing, and is asked about.
        let all = std::mem::take(&mut truth);
        truth = all
            .iter()
            .filter(|edge| edge.when.is_none())
            .cloned()
            .collect();
        let edges = score_edges(&source.inferred().await.unwrap(), &truth, &judged.open);
        let draft = source.draft(&schema.terms()).await.unwrap();
        check(schema, &EMPTY, &edges, &draft, &judged);

        schema.fill(&world, &declared).await;
        let edges = score_edges(&source.inferred().await.unwrap(), &all, &judged.open);
        let draft = source.draft(&schema.terms()).await.unwrap();
        check(schema, &FILLED, &edges, &draft, &judged);
        assert!(
            draft.statements <= declared.tables.len() * STATEMENTS_PER_TABLE_MAX,
            "{}: {} statements for {} tables",
            schema.name,
            draft.statements,
            declared.tables.len()
        );
    }
}

fn check(schema: &Schema, floor: &Floor, edges: &Score, draft: &Draft, judged: &Judged) {
    let name = schema.name;
    let columns = score_columns(draft, judged);
    println!(
        "{name}: edges {} precision {}, columns {} precision {}, {} statements",
        edges.recall, edges.precision, columns.recall, columns.precision, draft.statements
    );
    for wrong in edges.wrong.iter().chain(&columns.wrong) {
        println!("  {wrong}");
    }
    assert!(edges.recall >= floor.edges, "{name}: edges found");
    assert!(edges.precision >= floor.precision, "{name}: edges true");
    assert!(columns.recall >= schema.columns, "{name}: columns found");
    assert!(
        columns.precision >= floor.columns_precision,
        "{name}: columns personal"
    );
    // What is personal is said or asked, never passed over.
    assert_eq!(missed(draft, judged), Vec::<String>::new(), "{name}");
    let people: Vec<(&str, &str)> = draft
        .tables
        .iter()
        .filter_map(|(table, own)| Some((table.as_str(), own.about.as_ref()?.0.as_str())))
        .collect();
    let read = judged
        .people
        .iter()
        .map(|(table, kind)| (table.as_str(), kind.as_str()));
    assert_eq!(people, read.collect::<Vec<_>>(), "{name}: people");
}
