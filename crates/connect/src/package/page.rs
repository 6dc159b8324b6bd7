//! The page of a package: one file that loads nothing, runs nothing, and reads
//! well on paper. Everything of the data is escaped.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{About, PAGE_ROWS_MAX};
use crate::source::{ExportColumn, ExportTable};

const STYLE: &str = include_str!("page.css");

/// The page as far as it is written.
#[derive(Debug, Default)]
pub(super) struct Page {
    contents: String,
    body: String,
    label: String,
    anchor: usize,
    shown: usize,
    sources: usize,
}

impl Page {
    pub(super) fn table(&mut self, table: &ExportTable, starts_source: bool) {
        if starts_source {
            if self.sources > 0 {
                self.contents.push_str("</ul>\n");
                self.body.push_str("</section>\n");
            }
            self.sources += 1;
            let source = escaped(&table.source);
            let _ = write!(self.contents, "<h3>{source}</h3>\n<ul>\n");
            let _ = write!(self.body, "<section>\n<h2>{source}</h2>\n");
        }
        self.anchor += 1;
        self.shown = 0;
        self.label = escaped(table.label.as_deref().unwrap_or(&table.table));
        let _ = write!(
            self.body,
            "<article id=\"t{}\">\n<h3>{}</h3>\n",
            self.anchor, self.label
        );
        if let Some(because) = &table.kept_because {
            let _ = writeln!(
                self.body,
                "<p class=\"kept\">Stays even after an erasure: the retention rule <code>{}</code> demands it.</p>",
                escaped(because)
            );
        }
        self.body
            .push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\"");
        let _ = write!(
            self.body,
            " aria-label=\"{}\">\n<table>\n<thead><tr>",
            self.label
        );
        for column in columns(table) {
            let _ = write!(self.body, "<th scope=\"col\">{}", humanised(&column.name));
            if let Some(category) = &column.category {
                let _ = write!(self.body, "<small>{}</small>", escaped(category));
            }
            self.body.push_str("</th>");
        }
        self.body.push_str("</tr></thead>\n<tbody>\n");
    }

    pub(super) fn row(&mut self, table: &ExportTable, row: &Map<String, Value>) {
        self.shown += 1;
        if self.shown > PAGE_ROWS_MAX {
            return;
        }
        self.body.push_str("<tr>");
        for column in columns(table) {
            self.body.push_str(&cell(column, row.get(&column.name)));
        }
        self.body.push_str("</tr>\n");
    }

    pub(super) fn end_table(&mut self, rows: u64) {
        self.body.push_str("</tbody>\n</table>\n</div>\n");
        if self.shown > PAGE_ROWS_MAX {
            let _ = writeln!(
                self.body,
                "<p class=\"more\">The first {PAGE_ROWS_MAX} of {rows} rows. The files in <code>tables/</code> hold all of them.</p>"
            );
        }
        self.body.push_str("</article>\n");
        let plural = if rows == 1 { "row" } else { "rows" };
        let _ = writeln!(
            self.contents,
            "<li><a href=\"#t{}\">{}</a> <span>{rows} {plural}</span></li>",
            self.anchor, self.label
        );
    }

    pub(super) fn finish(self, about: &About) -> String {
        let organisation = escaped(&about.organisation);
        let contact = escaped(&about.contact);
        let (contents, body) = if self.sources == 0 {
            (
                String::new(),
                "<p>Nothing is held about you.</p>\n".to_owned(),
            )
        } else {
            (
                format!(
                    "<nav aria-label=\"Contents\">\n{}</ul>\n</nav>\n",
                    self.contents
                ),
                format!("{}</section>\n", self.body),
            )
        };
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>What {organisation} holds about you</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <header>\n<h1>What {organisation} holds about you</h1>\n\
             <p>Asked for on {asked}, put together on {made}. Questions: <a href=\"mailto:{contact}\">{contact}</a></p>\n\
             <p>The same data is in <code>data.json</code> for programs, and in <code>tables/</code> for spreadsheets. \
             Passwords and other credentials are held, but not shown.</p>\n</header>\n{contents}<main>\n{body}</main>\n</body>\n</html>\n",
            asked = day(about.asked_at),
            made = day(about.made_at),
        )
    }
}

/// `22 November 2026`, in Greenwich.
pub(super) fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %B %Y").to_string()
}

/// Keys tell rows apart, and say nothing to people.
fn columns(table: &ExportTable) -> impl Iterator<Item = &ExportColumn> {
    let only_keys = table.columns.iter().all(|column| column.is_key);
    table
        .columns
        .iter()
        .filter(move |column| only_keys || !column.is_key)
}

fn cell(column: &ExportColumn, value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "<td class=\"none\">none</td>".to_owned(),
        Some(Value::String(text)) if column.withheld => {
            format!("<td class=\"withheld\">{}</td>", escaped(text))
        }
        Some(Value::String(text)) => format!("<td>{}</td>", escaped(text)),
        Some(Value::Bool(true)) => "<td>yes</td>".to_owned(),
        Some(Value::Bool(false)) => "<td>no</td>".to_owned(),
        Some(Value::Number(number)) => format!("<td class=\"number\">{number}</td>"),
        Some(nested) => {
            let text = serde_json::to_string_pretty(nested).unwrap_or_default();
            format!("<td><pre>{}</pre></td>", escaped(&text))
        }
    }
}

fn humanised(name: &str) -> String {
    escaped(&name.replace('_', " "))
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(character),
        }
    }
    safe
}
