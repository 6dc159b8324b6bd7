//! A graph as SVG. Every box and line has words for those who do not see it;
//! colour never says anything alone. Without a style of its own it takes the
//! page's; by itself it follows the reader's light or dark.

use std::fmt::Write as _;

use candor_policy::map::ReferenceAction;

use super::layout::{self, HEIGHT, Layout, MARGIN, Place};
use super::scene::{Line, Scene, Shown};
use super::{Atlas, AtlasEdge, AtlasTable, EdgeKind};

/// The style of a picture that stands by itself. Pages carry the same rules.
pub const STYLE: &str = include_str!("picture.css");

/// Height of the line that says what is not drawn.
const FOOT: u32 = 20;

/// Where a page has more on a table, or on all of them.
type Links<'a> = &'a dyn Fn(Option<&str>) -> String;

/// A file of its own.
#[must_use]
pub fn standalone(atlas: &Atlas, source: &str) -> String {
    drawn(atlas, source, None)
}

/// To be put into a page that has the style. `link` says where the page has
/// more on a table, or on all of them.
#[must_use]
pub fn embedded(atlas: &Atlas, source: &str, link: Links<'_>) -> String {
    drawn(atlas, source, Some(link))
}

fn drawn(atlas: &Atlas, source: &str, links: Option<Links<'_>>) -> String {
    let scene = Scene::new(atlas);
    let layout = layout::layout(&scene);
    let id = identifier(source);
    let foot = if scene.left_out > 0 { FOOT } else { 0 };
    let (width, height) = (layout.width, layout.height + foot);
    let about = atlas.around.and_then(|own| atlas.tables.get(own));
    let title = about.map_or_else(
        || format!("Whose rows are whose in {source}"),
        |table| format!("What lies around {} in {source}", table.name),
    );
    // An image's parts are hidden from who cannot see it, so links need more
    // than an image.
    let role = if links.is_some() { "group" } else { "img" };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"atlas\" role=\"{role}\" \
         aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\">\n\
         <title id=\"{id}-title\">{}</title>\n\
         <desc id=\"{id}-desc\">{}</desc>\n",
        escaped(&title),
        escaped(&description(atlas, &scene)),
    );
    if links.is_none() {
        let _ = writeln!(
            svg,
            "<style>{STYLE}</style>\n<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>"
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
    let mut lines: Vec<&Line> = scene.lines.iter().collect();
    lines.sort_by_key(|own| own.leads);
    for own in lines {
        line(&mut svg, &layout, own, &id);
    }
    for (shown, place) in scene.boxes.iter().zip(&layout.places) {
        boxed(&mut svg, shown, *place, links);
    }
    if scene.left_out > 0 {
        let _ = writeln!(
            svg,
            "<text class=\"words\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
            height - FOOT / 2,
            escaped(&left_out(&scene))
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn left_out(scene: &Scene) -> String {
    match scene.left_out {
        1 => "1 edge is not drawn".to_owned(),
        many => format!("{many} edges are not drawn"),
    }
}

/// The whole in sentences.
fn description(atlas: &Atlas, scene: &Scene) -> String {
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
    for line in scene.lines.iter().filter(|line| line.leads) {
        let _ = write!(text, " {}.", line.words);
    }
    if scene.left_out > 0 {
        let _ = write!(text, " {}.", left_out(scene));
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

fn boxed(svg: &mut String, shown: &Shown, place: Place, links: Option<Links<'_>>) {
    let (x, y, width) = (place.x, place.y, place.width);
    let class = shown.class;
    let link = links.filter(|_| !shown.is_here);
    let (open, close) = match link.map(|link| link(shown.table.as_deref())) {
        Some(link) => (
            format!("<a class=\"{class}\" href=\"{}\">", escaped(&link)),
            "</a>",
        ),
        None if shown.is_here => (format!("<g class=\"{class} here\">"), "</g>"),
        None => (format!("<g class=\"{class}\">"), "</g>"),
    };
    let _ = writeln!(
        svg,
        "{open}<title>{}: {}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"5\"/>\
         <text class=\"name\" x=\"{}\" y=\"{}\">{}</text><text class=\"words\" x=\"{}\" y=\"{}\">{}</text>{close}",
        escaped(&shown.name),
        escaped(&shown.words),
        x + 12,
        y + 19,
        escaped(&layout::fitted(&shown.name, width, layout::LETTER)),
        x + 12,
        y + 35,
        escaped(&layout::fitted(&shown.words, width, layout::SMALL)),
    );
}

/// A line from the row that owns to the row that is owned, so that arrows run
/// the way an erasure does.
fn line(svg: &mut String, layout: &Layout, line: &Line, id: &str) {
    let (start, end) = (line.from, line.to);
    let (Some(from), Some(to)) = (layout.places.get(start), layout.places.get(end)) else {
        return;
    };
    let kind = if line.leads { "owns" } else { "refers" };
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
        escaped(&line.words)
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
