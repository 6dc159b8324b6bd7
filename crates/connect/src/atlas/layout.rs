//! Where boxes stand in a picture: in columns by how many edges lie between
//! them and a person, each near the tables it hangs on. Pure, and the same for
//! the same graph.

use std::collections::BTreeMap;

use super::scene::Scene;

/// Height of a table's box, and the gaps between boxes.
pub(super) const HEIGHT: u32 = 44;
const ROW_GAP: u32 = 16;
const COLUMN_GAP: u32 = 72;
/// Space around everything, and for the headings of the columns.
pub(super) const MARGIN: u32 = 16;
pub(super) const HEADING: u32 = 28;
/// Width of a letter, a little more than the widest usual ones need.
pub(super) const LETTER: u32 = 8;
/// The same for the smaller second line.
pub(super) const SMALL: u32 = 7;
const PADDING: u32 = 28;
const WIDTH_MIN: u32 = 120;
const WIDTH_MAX: u32 = 360;
/// Boxes above one another before a column gets a second row of them.
const COLUMN_BOXES_MAX: usize = 24;
/// Sweeps that bring tables near those they hang on; more change nothing.
const SWEEPS: usize = 4;

/// A table's box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    /// Its column.
    pub(super) column: usize,
}

/// A column's heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) x: u32,
    pub(super) words: String,
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) places: Vec<Place>,
    pub(super) headings: Vec<Heading>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Lays out what is drawn.
pub(super) fn layout(scene: &Scene) -> Layout {
    let mut layout = Layout {
        places: vec![Place::default(); scene.boxes.len()],
        ..Layout::default()
    };
    let mut x = MARGIN;
    let mut bottom = 0;
    for (column, (heading, boxes)) in columns(scene).into_iter().enumerate() {
        let width = boxes
            .iter()
            .map(|own| width(scene, *own))
            .max()
            .unwrap_or(WIDTH_MIN)
            .max(letters(&heading, LETTER).saturating_sub(PADDING));
        for (row, own) in boxes.iter().enumerate() {
            let row = u32::try_from(row).unwrap_or_default();
            let y = MARGIN + HEADING + row * (HEIGHT + ROW_GAP);
            bottom = bottom.max(y + HEIGHT);
            if let Some(place) = layout.places.get_mut(*own) {
                *place = Place {
                    x,
                    y,
                    width,
                    column,
                };
            }
        }
        layout.headings.push(Heading { x, words: heading });
        x += width + COLUMN_GAP;
    }
    // Edges within the last column swing out to its right.
    layout.width = x.saturating_sub(COLUMN_GAP) + MARGIN + COLUMN_GAP / 2;
    layout.height = bottom.max(MARGIN + HEADING) + MARGIN;
    layout
}

/// The boxes of each column, from top to bottom, under its heading.
fn columns(scene: &Scene) -> Vec<(String, Vec<usize>)> {
    let mut by_distance: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, own) in scene.boxes.iter().enumerate() {
        let distance = own.distance.unwrap_or(usize::MAX);
        by_distance.entry(distance).or_default().push(place);
    }
    let mut columns: Vec<(usize, Vec<usize>)> = by_distance.into_iter().collect();
    let mut height: BTreeMap<usize, usize> = BTreeMap::new();
    for _ in 0..SWEEPS {
        for (_, boxes) in &mut columns {
            boxes.sort_by_key(|own| {
                let is_rest = scene.boxes.get(*own).is_some_and(|own| own.table.is_none());
                (is_rest, beside(scene, *own, &height), *own)
            });
            for (row, own) in boxes.iter().enumerate() {
                height.insert(*own, row * 1_000);
            }
        }
    }
    let last = columns.iter().map(|(distance, _)| *distance);
    let last = last.filter(|distance| *distance < usize::MAX).max();
    let mut cut = Vec::new();
    for (distance, boxes) in columns {
        let is_cut = scene.is_cut && Some(distance) == last;
        for (part, boxes) in boxes.chunks(COLUMN_BOXES_MAX).enumerate() {
            cut.push((heading(distance, is_cut, part), boxes.to_vec()));
        }
    }
    cut
}

/// The mean height of the boxes that one hangs on, in thousandths of a row.
fn beside(scene: &Scene, own: usize, height: &BTreeMap<usize, usize>) -> usize {
    let mut sum = 0;
    let mut count = 0;
    for line in &scene.lines {
        let other = match (line.from == own, line.to == own) {
            (true, false) => line.to,
            (false, true) => line.from,
            _ => continue,
        };
        if let Some(height) = height.get(&other) {
            sum += height;
            count += 1;
        }
    }
    if count == 0 {
        return height.get(&own).copied().unwrap_or_default();
    }
    sum / count
}

fn heading(distance: usize, is_cut: bool, part: usize) -> String {
    let words = match distance {
        steps if is_cut => format!("{steps} steps away, or more"),
        0 => "people are found here".to_owned(),
        usize::MAX => "leads to nobody".to_owned(),
        1 => "one step away".to_owned(),
        steps => format!("{steps} steps away"),
    };
    if part == 0 {
        words
    } else {
        format!("{words}, continued")
    }
}

fn width(scene: &Scene, own: usize) -> u32 {
    let Some(own) = scene.boxes.get(own) else {
        return WIDTH_MIN;
    };
    let (name, words) = (letters(&own.name, LETTER), letters(&own.words, SMALL));
    name.max(words).clamp(WIDTH_MIN, WIDTH_MAX)
}

/// The width that a text needs.
fn letters(text: &str, letter: u32) -> u32 {
    u32::try_from(text.chars().count())
        .unwrap_or(WIDTH_MAX)
        .saturating_mul(letter)
        .saturating_add(PADDING)
}

/// A text that fits a box of this width, cut where it must be.
pub(super) fn fitted(text: &str, width: u32, letter: u32) -> String {
    let most = usize::try_from(width.saturating_sub(PADDING) / letter.max(1)).unwrap_or_default();
    if text.chars().count() <= most.max(1) {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}
