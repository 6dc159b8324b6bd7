//! Carries access and erasure out in a schema that nobody here designed, with
//! the map a draft made of it, and compares every row of every table with what
//! the oracle says.

use std::collections::{BTreeMap, BTreeSet};

use candor_connect::Source;
use candor_connect::catalogue::Catalogue;
use candor_domain::identity::Identity;
use candor_domain::plan::TableEffect;
use candor_policy::map::{ColumnPath, Edge, ReferenceAction, SourceMap, Target};

use super::judged::is_filled;
use super::{Schema, catalogue, decided, schemas};
use crate::oracle::{self, Counts};
use crate::random::{Cell, RandomLink, RandomTable, RandomWorld, Role, Row};
use crate::support::{World, capture, erase, export, step};

/// People who are erased one after the other, and then at once.
const PEOPLE: usize = 3;

/// The schema whose map is refused as drafted, since nobody has decided yet
/// whose its details of payments are.
const UNDECIDED: &str = "fineract";

/// Rows of each table as text, columns in the catalogue's order.
type State = BTreeMap<String, Vec<Vec<Option<String>>>>;

#[tokio::test]
async fn a_drafted_map_is_carried_out_as_it_says() {
    for schema in schemas().filter(|schema| schema.name != UNDECIDED) {
        let (world, source, model) = made(schema).await;
        let end = one_by_one(schema, &world, &source, &model).await;
        let (world, source, model) = made(schema).await;
        let steps: Vec<_> = (0..PEOPLE)
            .map(|person| step(&format!("step {person}"), &[model.identity(schema, person)]))
            .collect();
        source.erase(&steps).await.unwrap();
        let batch = state(&world, &model.catalogue).await;
        assert_eq!(batch, end, "{}: batch", schema.name);
    }
}

async fn made(schema: &Schema) -> (World, Source, Model) {
    let world = schema.world().await;
    decided::mend(schema, &world).await;
    let declared = catalogue(&world).await;
    schema.fill(&world, &declared).await;
    let map = decided::map(schema, &world, &declared).await;
    let source = world.source(map.clone());
    if let Err(error) = source.plan().await {
        panic!("{}: {}", schema.name, error.to_string().replace("; ", "\n"));
    }
    let before = state(&world, &declared).await;
    let model = Model::new(declared, map, before);
    (world, source, model)
}

/// Erases people, and returns what is left.
async fn one_by_one(schema: &Schema, world: &World, source: &Source, model: &Model) -> State {
    let name = schema.name;
    let mut expected = model.world.clone();
    let mut rows = 0;
    for person in 0..PEOPLE {
        let identities = [model.identity(schema, person)];
        let marked = oracle::belonging(&expected, &person.to_string());
        let exported = export(source, &identities).await;
        for (place, table) in expected.tables.iter().enumerate() {
            let own = marked.iter().filter(|(own, _)| *own == place).count();
            let shown = exported.rows(&table.name).len();
            assert_eq!(shown, own, "{name}: access to `{}`", table.name);
        }
        rows += marked.len();
        let captured = capture(source, &identities).await.unwrap();
        let counts = oracle::erase(&mut expected, &person.to_string());
        let report = erase(source, &format!("step {person}"), &identities).await;
        assert_eq!(counted(&report.effects), counts, "{name}: person {person}");
        let after = state(world, &model.catalogue).await;
        for (table, left) in model.left(&expected) {
            assert_eq!(
                after[&table], left,
                "{name}: `{table}` after person {person}"
            );
        }
        assert_eq!(
            captured.left(source).await.unwrap(),
            [],
            "{name}: person {person}"
        );
    }
    assert!(rows > PEOPLE * 5, "{name}: {rows} rows are hardly a test");
    println!("{name}: {rows} rows of {PEOPLE} people");
    let end = state(world, &model.catalogue).await;
    model.check_whole(name, &end);
    end
}

fn counted(effects: &[TableEffect]) -> Counts {
    effects
        .iter()
        .map(|effect| ((effect.table.clone(), effect.action), effect.rows))
        .collect()
}

async fn state(world: &World, catalogue: &Catalogue) -> State {
    let mut state = State::new();
    for (name, table) in &catalogue.tables {
        if !is_filled(table.relation) {
            continue;
        }
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|column| format!("CAST(\"{}\" AS text)", column.name))
            .collect();
        let mut rows = world
            .rows(&format!("SELECT {} FROM \"{name}\"", columns.join(", ")))
            .await;
        rows.sort();
        state.insert(name.clone(), rows);
    }
    state
}

/// The schema as the oracle reads it. The first table holds the people.
struct Model {
    catalogue: Catalogue,
    map: SourceMap,
    before: State,
    world: RandomWorld,
}

impl Model {
    fn new(catalogue: Catalogue, map: SourceMap, before: State) -> Self {
        let is_root = |name: &&String| map.tables[*name].about.is_some();
        let (mut roots, others): (Vec<&String>, Vec<&String>) =
            map.tables.keys().partition(is_root);
        // People are known by more than the rows found by an address alone.
        roots.sort_by_key(|name| std::cmp::Reverse(map.tables[*name].identities.len()));
        let names: Vec<&String> = roots.into_iter().chain(others).collect();
        let place: BTreeMap<&str, usize> = names
            .iter()
            .enumerate()
            .map(|(place, name)| (name.as_str(), place))
            .collect();
        let reader = Reader {
            catalogue: &catalogue,
            map: &map,
            place,
        };
        let tables: Vec<RandomTable> = names
            .iter()
            .map(|name| {
                let table = &catalogue.tables[*name];
                let own = table.columns.iter().map(|column| column.name.clone());
                let columns = own.chain(["number of the row".to_owned()]).collect();
                RandomTable::read(name, columns, reader.links(name))
            })
            .collect();
        let rows = names.iter().map(|name| {
            let rows = before[*name].iter().enumerate();
            let row = |(number, row): (usize, &Vec<Option<String>>)| -> Row {
                let cells = row.iter().map(|cell| match cell {
                    Some(text) => Cell::Text(text.clone()),
                    None => Cell::Null,
                });
                cells.chain([Cell::Text(number.to_string())]).collect()
            };
            rows.map(row).collect()
        });
        let world = RandomWorld {
            rows: rows.collect(),
            tables,
        };
        Self {
            catalogue,
            map,
            before,
            world,
        }
    }

    /// How a person is found.
    fn identity(&self, schema: &Schema, person: usize) -> Identity {
        let root = &self.world.tables[0];
        let identities = &self.map.tables[&root.name].identities;
        let known_by = schema.people[0].1;
        let kind = known_by
            .iter()
            .find(|kind| identities.contains_key(**kind))
            .unwrap();
        let Cell::Text(value) = &self.world.rows[0][person][root.place(&identities[*kind])] else {
            panic!("{}: nobody is known by `{kind}`", schema.name);
        };
        Identity::new(kind, value)
    }

    /// What must be left of every table, those outside the map untouched.
    fn left(&self, world: &RandomWorld) -> State {
        let mut left = self.before.clone();
        for (table, rows) in world.tables.iter().zip(&world.rows) {
            let mut kept: Vec<Vec<Option<String>>> = rows
                .iter()
                .map(|row| {
                    let cells = row.iter().take(row.len() - 1);
                    let text = |cell: &Cell| match cell {
                        Cell::Text(text) => Some(text.clone()),
                        _ => None,
                    };
                    cells.map(text).collect()
                })
                .collect();
            kept.sort();
            left.insert(table.name.clone(), kept);
        }
        left
    }

    /// No row names one that was there before and is gone.
    fn check_whole(&self, name: &str, end: &State) {
        for table in &self.world.tables {
            for link in table.links.iter().filter(|link| link.role != Role::Keep) {
                let target = &self.world.tables[link.target];
                let keys = |state: &State| -> BTreeSet<Vec<String>> {
                    let rows = state[&target.name].iter();
                    rows.filter_map(|row| values(target, &link.to, row))
                        .collect()
                };
                let (before, after) = (keys(&self.before), keys(end));
                for row in &end[&table.name] {
                    let is_it = link.when.as_ref().is_none_or(|(column, value)| {
                        row[table.place(column)].as_ref() == Some(value)
                    });
                    if let Some(named) = values(table, &link.columns, row).filter(|_| is_it) {
                        let dangles = before.contains(&named) && !after.contains(&named);
                        assert!(!dangles, "{name}: {}.{:?}", table.name, link.columns);
                    }
                }
            }
        }
    }
}

fn values(table: &RandomTable, columns: &[String], row: &[Option<String>]) -> Option<Vec<String>> {
    columns
        .iter()
        .map(|column| row[table.place(column)].clone())
        .collect()
}

/// Reads the links of a map.
struct Reader<'a> {
    catalogue: &'a Catalogue,
    map: &'a SourceMap,
    place: BTreeMap<&'a str, usize>,
}

impl Reader<'_> {
    fn links(&self, name: &str) -> Vec<RandomLink> {
        let table = &self.map.tables[name];
        let mut links: Vec<RandomLink> = table
            .owned_by
            .iter()
            .filter_map(|edge| self.link(name, Role::Owner, edge))
            .collect();
        for reference in &table.references {
            let role = match reference.action {
                ReferenceAction::Unlink => Role::Unlink,
                ReferenceAction::Keep => Role::Keep,
            };
            links.extend(self.link(name, role, &reference.edge));
        }
        for (other, table) in &self.map.tables {
            for incoming in table.last_of.iter().filter(|own| own.table == name) {
                let edge = Edge {
                    from: incoming
                        .columns
                        .iter()
                        .map(|column| ColumnPath {
                            column: column.clone(),
                            path: Vec::new(),
                        })
                        .collect(),
                    to: Some(Target {
                        table: other.clone(),
                        columns: self.catalogue.tables[other].primary_key.clone(),
                    }),
                    when: None,
                    is_list: false,
                };
                links.extend(self.link(name, Role::Counted, &edge));
            }
        }
        links
    }

    /// `None` where the edge leads out of the map.
    fn link(&self, name: &str, role: Role, edge: &Edge) -> Option<RandomLink> {
        let table = &self.catalogue.tables[name];
        let columns: Vec<&str> = edge.from.iter().map(|path| path.column.as_str()).collect();
        let nullable = columns
            .iter()
            .all(|own| table.column(own).unwrap().nullable);
        let (target, to) = match &edge.to {
            Some(to) => (&to.table, to.columns.clone()),
            None => {
                let key = table.foreign_key(&columns).unwrap();
                (&key.target, key.target_columns.clone())
            }
        };
        let target = *self.place.get(target.as_str())?;
        Some(RandomLink::read(role, target, edge, &to, nullable))
    }
}
