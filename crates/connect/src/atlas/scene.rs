//! What of a graph is drawn: all of a small one. Of a large one, in each
//! column, the tables that matter most to whoever looks for a person, and one
//! box for the others, with their number; of its edges those that lead on. What
//! is left out is counted. Pure, and the same for the same graph.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::picture::sentence;
use super::{Atlas, AtlasEdge, AtlasTable};

/// Tables up to which all of a graph is drawn.
const TABLES_MAX: usize = 24;
/// Boxes above one another in a large graph, without that of the others.
const ROWS_MAX: usize = 14;
/// Steps that have a column of their own in a large graph; what is further away
/// stands in the last.
const STEPS_MAX: usize = 4;

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scene {
    pub(super) boxes: Vec<Shown>,
    pub(super) lines: Vec<Line>,
    /// Edges that are not drawn.
    pub(super) left_out: usize,
    /// Whether the last column of steps also has what is further away.
    pub(super) is_cut: bool,
}

/// One box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) words: String,
    /// How it looks.
    pub(super) class: &'static str,
    /// Its column: steps from a person.
    pub(super) distance: Option<usize>,
    /// The table; `None` for a box that stands for several.
    pub(super) table: Option<String>,
    /// Whether the graph is drawn around it.
    pub(super) is_here: bool,
}

/// One line, the way its arrow goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether an erasure goes along it.
    pub(super) leads: bool,
    pub(super) words: String,
}

impl Scene {
    pub(super) fn new(atlas: &Atlas) -> Self {
        let is_large = atlas.tables.len() > TABLES_MAX;
        let mut scene = Self::default();
        // Where each table stands: in its own box, or in that of the others.
        let mut places = vec![0; atlas.tables.len()];
        for (distance, tables) in columns(atlas, is_large) {
            let further = |table: &usize| {
                let own = atlas.tables.get(*table);
                own.is_some_and(|own| own.distance.is_some_and(|own| Some(own) > distance))
            };
            scene.is_cut |= distance.is_some() && tables.iter().any(further);
            let shown = if is_large && tables.len() > ROWS_MAX + 1 {
                ROWS_MAX.max(pinned(atlas, &tables))
            } else {
                tables.len()
            };
            let (shown, others) = tables.split_at(shown.min(tables.len()));
            for &place in shown {
                if let (Some(table), Some(own)) = (atlas.tables.get(place), places.get_mut(place)) {
                    *own = scene.boxes.len();
                    scene.boxes.push(shown_table(atlas, place, table, distance));
                }
            }
            if !others.is_empty() {
                for &place in others {
                    if let Some(own) = places.get_mut(place) {
                        *own = scene.boxes.len();
                    }
                }
                scene.boxes.push(rest(atlas, others, distance));
            }
        }
        scene.join(atlas, &places, is_large);
        scene
    }

    /// The lines: one for each edge between tables, one for all from a box to
    /// the others of a column.
    fn join(&mut self, atlas: &Atlas, places: &[usize], is_large: bool) {
        let mut grouped: BTreeMap<(usize, usize, bool), usize> = BTreeMap::new();
        for edge in &atlas.edges {
            let leads = edge.leads();
            let (start, end) = leads.unwrap_or((edge.to, edge.from));
            let (Some(&from), Some(&to)) = (places.get(start), places.get(end)) else {
                continue;
            };
            let touches = atlas.around.is_some_and(|own| own == start || own == end);
            if is_large && !touches && !(leads.is_some() && self.is_onward(from, to)) {
                self.left_out += 1;
                continue;
            }
            let stands_alone =
                |place: usize| self.boxes.get(place).is_some_and(|own| own.table.is_some());
            if stands_alone(from) && stands_alone(to) {
                self.lines.push(Line {
                    from,
                    to,
                    leads: leads.is_some(),
                    words: sentence(atlas, edge),
                });
            } else {
                *grouped.entry((from, to, leads.is_some())).or_default() += 1;
            }
        }
        for ((from, to, leads), number) in grouped {
            let name = |place: usize| self.boxes.get(place).map_or("", |own| own.name.as_str());
            let what = match (leads, number) {
                (true, 1) => "1 edge leads".to_owned(),
                (true, many) => format!("{many} edges lead"),
                (false, 1) => "1 edge only refers".to_owned(),
                (false, many) => format!("{many} edges only refer"),
            };
            let (first, second) = if leads { (from, to) } else { (to, from) };
            let words = format!("{what} from {} to {}", name(first), name(second));
            self.lines.push(Line {
                from,
                to,
                leads,
                words,
            });
        }
    }

    /// Whether a line goes from a column to a further one.
    fn is_onward(&self, from: usize, to: usize) -> bool {
        let distance = |place: usize| self.boxes.get(place).and_then(|own| own.distance);
        distance(from) < distance(to)
    }
}

/// The tables of each column, those that matter most first.
fn columns(atlas: &Atlas, is_large: bool) -> Vec<(Option<usize>, Vec<usize>)> {
    let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, table) in atlas.tables.iter().enumerate() {
        let steps = if is_large { STEPS_MAX } else { usize::MAX };
        // What leads to nobody comes last.
        let distance = table.distance.map_or(usize::MAX, |own| own.min(steps));
        columns.entry(distance).or_default().push(place);
    }
    let leading: Vec<usize> = (0..atlas.tables.len())
        .map(|place| {
            let leads = atlas.edges.iter().filter_map(AtlasEdge::leads);
            leads.filter(|(from, _)| *from == place).count()
        })
        .collect();
    let pins = pins(atlas);
    for tables in columns.values_mut().filter(|_| is_large) {
        tables.sort_by_key(|place| {
            let table = atlas.tables.get(*place);
            let personal = table.map_or(0, |own| own.personal);
            (
                !pins.contains(place),
                table.is_none_or(|own| own.found_by.is_empty()),
                table.is_none_or(|own| own.unmapped.is_empty()),
                personal == 0,
                Reverse(leading.get(*place).copied()),
                Reverse(personal),
                *place,
            )
        });
    }
    let named = columns.into_iter();
    named
        .map(|(distance, tables)| ((distance != usize::MAX).then_some(distance), tables))
        .collect()
}

/// What is drawn whatever else is there: the table in the middle, and the ways
/// to it.
fn pins(atlas: &Atlas) -> BTreeSet<usize> {
    let around = atlas.around;
    around.map_or_else(BTreeSet::new, |own| atlas.ways_to(own))
}

fn pinned(atlas: &Atlas, tables: &[usize]) -> usize {
    let pins = pins(atlas);
    tables.iter().filter(|place| pins.contains(place)).count()
}

fn shown_table(atlas: &Atlas, place: usize, table: &AtlasTable, distance: Option<usize>) -> Shown {
    let class = match (table.distance, table.unmapped.is_empty()) {
        (Some(0), true) => "table people",
        (Some(0), false) => "table people open",
        (Some(_), true) => "table",
        (Some(_), false) => "table open",
        (None, _) => "table lost",
    };
    Shown {
        name: table.name.clone(),
        words: second_line(table),
        class,
        distance,
        table: Some(table.name.clone()),
        is_here: atlas.around == Some(place),
    }
}

/// What a box says beneath the table's name.
fn second_line(table: &AtlasTable) -> String {
    let mut parts = Vec::new();
    if !table.found_by.is_empty() {
        parts.push(format!("by {}", table.found_by.join(", ")));
    }
    let open = table.unmapped.len();
    match table.personal {
        0 if open == 0 => parts.push("nothing personal".to_owned()),
        0 => {}
        1 => parts.push("1 personal column".to_owned()),
        many => parts.push(format!("{many} personal columns")),
    }
    if open > 0 {
        parts.push(format!("{open} not mapped"));
    }
    parts.join(" · ")
}

/// The box of those that are not drawn by themselves.
fn rest(atlas: &Atlas, others: &[usize], distance: Option<usize>) -> Shown {
    let tables = || others.iter().filter_map(|place| atlas.tables.get(*place));
    let personal = tables().filter(|table| table.personal > 0).count();
    let open = tables().filter(|table| !table.unmapped.is_empty()).count();
    let mut words = Vec::new();
    match personal {
        0 if open == 0 => words.push("nothing personal".to_owned()),
        0 => {}
        many => words.push(format!("{many} with personal columns")),
    }
    if open > 0 {
        words.push(format!("{open} not mapped"));
    }
    Shown {
        name: format!("{} more tables", others.len()),
        words: words.join(" · "),
        class: "table rest",
        distance,
        table: None,
        is_here: false,
    }
}
