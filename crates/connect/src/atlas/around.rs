//! A part of a graph that is small enough to read: one table, the ways from a
//! person to it, and what its rows lead on to or name. Pure.

use std::collections::BTreeSet;

use super::{Atlas, AtlasEdge};

impl Atlas {
    /// The graph around a table; `None` where there is no such table. Tables
    /// keep their distance from a person.
    #[must_use]
    pub fn around(&self, name: &str) -> Option<Self> {
        let own = self.place(name)?;
        let ways = self.ways_to(own);
        // Between others, only what leads here.
        let is_shown = |edge: &AtlasEdge| {
            let is_way = edge
                .leads()
                .is_some_and(|(from, to)| ways.contains(&from) && ways.contains(&to));
            is_way || edge.from == own || edge.to == own
        };
        let edges: Vec<&AtlasEdge> = self.edges.iter().filter(|edge| is_shown(edge)).collect();
        let mut shown = ways.clone();
        shown.extend(edges.iter().flat_map(|edge| [edge.from, edge.to]));
        let places: Vec<usize> = shown.into_iter().collect();
        let place = |old: usize| places.binary_search(&old).ok();
        let edges = edges.into_iter().filter_map(|edge| {
            Some(AtlasEdge {
                from: place(edge.from)?,
                to: place(edge.to)?,
                ..edge.clone()
            })
        });
        let tables = places.iter().filter_map(|old| self.tables.get(*old));
        Some(Self {
            edges: edges.collect(),
            tables: tables.cloned().collect(),
            ignored: self.ignored,
            unmapped: Vec::new(),
            refused: Vec::new(),
            around: place(own),
        })
    }

    /// A table, and those from which an erasure reaches it, each a step nearer
    /// to a person.
    pub(super) fn ways_to(&self, own: usize) -> BTreeSet<usize> {
        let distance = |place: usize| self.tables.get(place).and_then(|table| table.distance);
        let mut ways = BTreeSet::from([own]);
        let mut next = vec![own];
        while let Some(place) = next.pop() {
            for (from, to) in self.edges.iter().filter_map(AtlasEdge::leads) {
                let is_nearer = to == place && distance(from) < distance(to);
                if is_nearer && distance(from).is_some() && ways.insert(from) {
                    next.push(from);
                }
            }
        }
        ways
    }
}
