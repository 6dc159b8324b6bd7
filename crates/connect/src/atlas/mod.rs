//! A map and its catalogue as a graph: whose rows are whose, for people to
//! look at. Reads leniently, so that a map that does not fit yet can be shown;
//! nothing is carried out by it.

mod around;
mod explain;
mod layout;
mod picture;
mod scene;

use std::collections::BTreeMap;

use candor_policy::map::{Condition, Content, Edge, ReferenceAction, SourceMap, TableMap};

use crate::catalogue::{Catalogue, Table};

pub use explain::Explanation;
pub use picture::{STYLE, embedded, standalone};

/// A source's tables and the edges between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Atlas {
    /// Mapped tables, by name.
    pub tables: Vec<AtlasTable>,
    /// Edges between them.
    pub edges: Vec<AtlasEdge>,
    /// Tables without personal data.
    pub ignored: usize,
    /// Tables of the database that the map does not mention.
    pub unmapped: Vec<String>,
    /// Why nobody is looked for here as long as it is so: the indexes that
    /// large tables lack. Whoever looked says so; a catalogue doesn't.
    pub refused: Vec<String>,
    /// The table around which it was cut out of a larger one.
    pub around: Option<usize>,
}

/// One mapped table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtlasTable {
    /// Its name.
    pub name: String,
    /// Identity kinds by which a person is found in it.
    pub found_by: Vec<String>,
    /// How many of its columns are personal.
    pub personal: usize,
    /// Columns of the database that the map does not mention.
    pub unmapped: Vec<String>,
    /// How many edges lie between its rows and a person; `None` where none
    /// lead to one.
    pub distance: Option<usize>,
}

/// One edge, from the table that has the columns to the one they name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtlasEdge {
    /// Index of the table that has the columns.
    pub from: usize,
    /// Index of the table they name.
    pub to: usize,
    /// The columns, as a map writes them.
    pub columns: String,
    /// Only rows where this holds.
    pub when: Option<Condition>,
    /// What it says.
    pub kind: EdgeKind,
}

/// What an edge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// The named row owns the row that names it.
    Owns,
    /// The named row goes with the last row that names it.
    LastOf,
    /// Neither; what becomes of it when the named row goes.
    Refers(ReferenceAction),
}

impl AtlasEdge {
    /// The table whose rows lead to a person first, and the one they lead on
    /// to; `None` for an edge that leads nowhere.
    fn leads(&self) -> Option<(usize, usize)> {
        match self.kind {
            EdgeKind::Owns => Some((self.to, self.from)),
            EdgeKind::LastOf => Some((self.from, self.to)),
            EdgeKind::Refers(_) => None,
        }
    }
}

impl Atlas {
    /// Reads a map beside its catalogue. What does not fit is left out.
    #[must_use]
    pub fn new(catalogue: &Catalogue, map: &SourceMap) -> Self {
        let places: BTreeMap<&str, usize> = map
            .tables
            .keys()
            .enumerate()
            .map(|(place, name)| (name.as_str(), place))
            .collect();
        let tables = map.tables.iter();
        let tables = tables.map(|(name, table)| described(name, table, catalogue.table(name)));
        let mut atlas = Self {
            tables: tables.collect(),
            edges: Vec::new(),
            ignored: map.ignored.len(),
            refused: Vec::new(),
            around: None,
            unmapped: catalogue
                .described()
                .into_iter()
                .map(|table| table.name)
                .filter(|name| !map.tables.contains_key(name) && !map.ignored.contains(name))
                .collect(),
        };
        for (from, (name, table)) in map.tables.iter().enumerate() {
            let own = catalogue.table(name);
            let mut add = |edge: &Edge, kind| {
                if let Some(&to) = target(own, edge).and_then(|to| places.get(to)) {
                    atlas.edges.push(AtlasEdge {
                        from,
                        to,
                        columns: columns(edge),
                        when: edge.when.clone(),
                        kind,
                    });
                }
            };
            for edge in &table.owned_by {
                add(edge, EdgeKind::Owns);
            }
            for reference in &table.references {
                add(&reference.edge, EdgeKind::Refers(reference.action));
            }
            for incoming in &table.last_of {
                if let Some(&pointing) = places.get(incoming.table.as_str()) {
                    atlas.edges.push(AtlasEdge {
                        from: pointing,
                        to: from,
                        columns: incoming.columns.join(", "),
                        when: None,
                        kind: EdgeKind::LastOf,
                    });
                }
            }
        }
        atlas.measure();
        atlas
    }

    /// The place of a table.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|table| table.name == name)
    }

    /// Every way from a person to a table's rows, the shortest first, in words.
    #[must_use]
    pub fn found(&self, name: &str) -> Vec<String> {
        self.place(name)
            .map_or_else(Vec::new, |place| self.ways(place))
    }

    /// What makes a table's rows somebody's, one sentence for each edge.
    #[must_use]
    pub fn owners(&self, name: &str) -> Vec<String> {
        let leads_here = |edge: &&AtlasEdge| {
            let to = edge.leads().and_then(|(_, to)| self.tables.get(to));
            to.is_some_and(|table| table.name == name)
        };
        let edges = self.edges.iter().filter(leads_here);
        edges.map(|edge| picture::sentence(self, edge)).collect()
    }

    /// Follows edges from the tables in which people are found.
    fn measure(&mut self) {
        let mut next: Vec<usize> = Vec::new();
        for (place, table) in self.tables.iter_mut().enumerate() {
            if !table.found_by.is_empty() {
                table.distance = Some(0);
                next.push(place);
            }
        }
        // Each round reaches another table or is the last.
        for distance in 1..=self.tables.len() {
            let mut reached = Vec::new();
            for (from, to) in self.edges.iter().filter_map(AtlasEdge::leads) {
                let open = self
                    .tables
                    .get(to)
                    .is_some_and(|own| own.distance.is_none());
                if next.contains(&from) && open && !reached.contains(&to) {
                    reached.push(to);
                }
            }
            for place in &reached {
                if let Some(table) = self.tables.get_mut(*place) {
                    table.distance = Some(distance);
                }
            }
            next = reached;
        }
    }
}

fn described(name: &str, table: &TableMap, own: Option<&Table>) -> AtlasTable {
    let personal = table.columns.values();
    let personal = personal.filter(|column| matches!(column.content, Content::Personal(_)));
    let columns = own.into_iter().flat_map(|own| &own.columns);
    AtlasTable {
        name: name.to_owned(),
        found_by: table.identities.keys().cloned().collect(),
        personal: personal.count(),
        unmapped: columns
            .filter(|column| !table.columns.contains_key(&column.name))
            .map(|column| column.name.clone())
            .collect(),
        distance: None,
    }
}

/// The table an edge names: as it says, or as the foreign key does.
fn target<'a>(own: Option<&'a Table>, edge: &'a Edge) -> Option<&'a str> {
    if let Some(to) = &edge.to {
        return Some(&to.table);
    }
    let columns: Vec<&str> = edge.from.iter().map(|from| from.column.as_str()).collect();
    Some(&own?.foreign_key(&columns)?.target)
}

fn columns(edge: &Edge) -> String {
    let columns: Vec<String> = edge
        .from
        .iter()
        .map(|from| {
            let keys = from.path.iter().map(String::as_str);
            let parts: Vec<&str> = std::iter::once(from.column.as_str()).chain(keys).collect();
            parts.join(".")
        })
        .collect();
    let list = if edge.is_list { "[]" } else { "" };
    format!("{}{list}", columns.join(", "))
}

#[cfg(test)]
mod tests;
