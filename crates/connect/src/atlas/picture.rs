//! A graph as SVG. Every box and line has words for those who do not see it;
//! colour never says anything alone. Without a style of its own it takes the
//! page's; by itself it follows the reader's light or dark.

use std::fmt::Write as _;

use candor_policy::map::ReferenceAction;

use super::layout::{self, HEIGHT, Layout, MARGIN, Place};
use super::{Atlas, AtlasEdge, AtlasTable, EdgeKind};

/// The style of a picture that stands by itself. Pages carry the same rules.
pub const STYLE: &str = include_str!("picture.css");

/// A file of its own.
#[must_use]
pub fn standalone(atlas: &Atlas, source: &str) -> String {
    drawn(atlas, source, Some(STYLE))
}

/// To be put into a page that has the style.
#[must_use]
pub fn embedded(atlas: &Atlas, source: &str) -> String {
    drawn(atlas, source, None)
}

fn drawn(atlas: &Atlas, source: &str, style: Option<&str>) -> String {
    let words: Vec<String> = (0..atlas.tables.len())
        .map(|place| second_line(atlas, place))
        .collect();
    let layout = layout::layout(atlas, &words);
    let id = identifier(source);
    let (width, height) = (layout.width, layout.height);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"atlas\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\">\n\
         <title id=\"{id}-title\">Whose rows are whose in {}</title>\n\
         <desc id=\"{id}-desc\">{}</desc>\n",
        escaped(source),
        escaped(&description(atlas)),
    );
    if let Some(style) = style {
        let _ = writeln!(
            svg,
            "<style>{style}</style>\n<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>"
        );
    }
    for kind in ["owns", "refers"] {
        let _ = writeln!(
            svg,
            "<marker id=\"{id}-{kind}\" class=\"{kind}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" \
             markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker>"
        );
    }
    for heading in &layout.headings {
        let _ = writeln!(
            svg,
            "<text class=\"heading\" x=\"{}\" y=\"{}\">{}</text>",
            heading.x,
            MARGIN + 8,
            escaped(&heading.words)
        );
    }
    // Lines beneath boxes; those that only refer beneath those that own.
    let mut edges: Vec<&AtlasEdge> = atlas.edges.iter().collect();
    edges.sort_by_key(|edge| edge.leads().is_some());
    for edge in edges {
        line(&mut svg, atlas, &layout, edge, &id);
    }
    for ((table, place), words) in atlas.tables.iter().zip(&layout.places).zip(&words) {
        boxed(&mut svg, table, *place, words);
    }
    svg.push_str("</svg>\n");
    svg
}

/// The whole in sentences.
fn description(atlas: &Atlas) -> String {
    let names = |wanted: &dyn Fn(&AtlasTable) -> bool| -> String {
        let own = atlas.tables.iter().filter(|table| wanted(table));
        let own: Vec<&str> = own.map(|table| table.name.as_str()).collect();
        own.join(", ")
    };
    let mut text = format!(
        "{} tables, {} edges.",
        atlas.tables.len(),
        atlas.edges.len()
    );
    let people = names(&|table| table.distance == Some(0));
    if !people.is_empty() {
        let _ = write!(text, " People are found in {people}.");
    }
    for edge in atlas.edges.iter().filter(|edge| edge.leads().is_some()) {
        let _ = write!(text, " {}.", sentence(atlas, edge));
    }
    let lost = names(&|table| table.distance.is_none());
    if !lost.is_empty() {
        let _ = write!(text, " No edge leads from a person to {lost}.");
    }
    text
}

/// An edge in words.
pub(super) fn sentence(atlas: &Atlas, edge: &AtlasEdge) -> String {
    let name = |place: usize| atlas.tables.get(place).map_or("", |own| own.name.as_str());
    let (from, to, columns) = (name(edge.from), name(edge.to), &edge.columns);
    let when = edge.when.as_ref().map_or_else(String::new, |when| {
        format!(" where {} is {}", when.column, when.value)
    });
    match edge.kind {
        EdgeKind::Owns => format!("{from} belongs to {to} through {columns}{when}"),
        EdgeKind::LastOf => format!("{to} goes with the last of {from} through {columns}"),
        EdgeKind::Refers(ReferenceAction::Unlink) => {
            format!("{from} names {to} through {columns}{when}, and is unlinked")
        }
        EdgeKind::Refers(ReferenceAction::Keep) => {
            format!("{from} names {to} through {columns}{when}, and keeps the value")
        }
    }
}

/// What a box says beneath the table's name.
fn second_line(atlas: &Atlas, place: usize) -> String {
    let Some(table) = atlas.tables.get(place) else {
        return String::new();
    };
    let mut parts = Vec::new();
    if !table.found_by.is_empty() {
        parts.push(format!("by {}", table.found_by.join(", ")));
    }
    parts.push(match table.personal {
        0 => "nothing personal".to_owned(),
        1 => "1 personal column".to_owned(),
        many => format!("{many} personal columns"),
    });
    match table.unmapped.len() {
        0 => {}
        1 => parts.push("1 open".to_owned()),
        many => parts.push(format!("{many} open")),
    }
    parts.join(" · ")
}

fn boxed(svg: &mut String, table: &AtlasTable, place: Place, words: &str) {
    let class = match (table.distance, table.unmapped.is_empty()) {
        (Some(0), true) => "table people",
        (Some(0), false) => "table people open",
        (Some(_), true) => "table",
        (Some(_), false) => "table open",
        (None, _) => "table lost",
    };
    let (x, y, width) = (place.x, place.y, place.width);
    let _ = writeln!(
        svg,
        "<g class=\"{class}\"><title>{}: {}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"5\"/>\
         <text class=\"name\" x=\"{}\" y=\"{}\">{}</text><text class=\"words\" x=\"{}\" y=\"{}\">{}</text></g>",
        escaped(&table.name),
        escaped(words),
        x + 12,
        y + 19,
        escaped(&layout::fitted(&table.name, width, layout::LETTER)),
        x + 12,
        y + 35,
        escaped(&layout::fitted(words, width, layout::SMALL)),
    );
}

/// A line from the row that owns to the row that is owned, so that arrows run
/// the way an erasure does.
fn line(svg: &mut String, atlas: &Atlas, layout: &Layout, edge: &AtlasEdge, id: &str) {
    let (start, end) = edge.leads().unwrap_or((edge.to, edge.from));
    let (Some(from), Some(to)) = (layout.places.get(start), layout.places.get(end)) else {
        return;
    };
    let kind = if edge.leads().is_some() {
        "owns"
    } else {
        "refers"
    };
    let middle = HEIGHT / 2;
    let (right, y) = (from.x + from.width, from.y + middle);
    // Two lines that end in one box end a little apart.
    let other = to.y + middle + if kind == "owns" { 0 } else { 8 };
    let path = if start == end {
        let (top, bottom) = (from.y + 10, from.y + HEIGHT - 10);
        format!(
            "M{right} {top}C{0} {top} {0} {bottom} {right} {bottom}",
            right + 30
        )
    } else if from.column == to.column {
        let edge = to.x + to.width;
        let out = right.max(edge) + 34;
        format!("M{right} {y}C{out} {y} {out} {other} {edge} {other}")
    } else if from.column < to.column {
        let (left, half) = (to.x, u32::midpoint(right, to.x));
        format!("M{right} {y}C{half} {y} {half} {other} {left} {other}")
    } else {
        let (left, edge) = (from.x, to.x + to.width);
        let half = u32::midpoint(left, edge);
        format!("M{left} {y}C{half} {y} {half} {other} {edge} {other}")
    };
    let _ = writeln!(
        svg,
        "<path class=\"{kind}\" d=\"{path}\" marker-end=\"url(#{id}-{kind})\"><title>{}</title></path>",
        escaped(&sentence(atlas, edge))
    );
}

/// An id that no other picture of the page has.
fn identifier(source: &str) -> String {
    let letters = source.chars().map(|own| {
        if own.is_ascii_alphanumeric() {
            own
        } else {
            '-'
        }
    });
    let letters: String = letters.collect();
    format!("atlas-{letters}")
}

/// Text between tags or in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            own if own.is_control() => {}
            own => escaped.push(own),
        }
    }
    escaped
}
