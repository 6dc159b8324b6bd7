//! The page of a package: one file that loads nothing, runs nothing, and reads
//! well on paper. Everything of the data is escaped.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use candor_domain::portability::LeftOut;

use candor_policy::render::information::Information;

use super::{About, MadeFor, Omission, PAGE_ROWS_MAX, told};
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
            let _ = write!(self.contents, "<h2>{source}</h2>\n<ul>\n");
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

    pub(super) fn finish(
        self,
        about: &About,
        left_out: &[Omission],
        told: Option<&Information>,
    ) -> String {
        let title = escaped(&title(about));
        let note = escaped(note(about.made_for));
        let omissions = omissions(left_out);
        let (link, told) = match told {
            None => (String::new(), String::new()),
            Some(told) => (
                format!("<p><a href=\"#{}\">{}</a></p>\n", told::ANCHOR, told::TITLE),
                told::section(told),
            ),
        };
        let contact = escaped(&about.contact);
        let (contents, body) = if self.sources == 0 {
            (String::new(), nothing(about.made_for).to_owned())
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
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <header>\n<h1>{title}</h1>\n\
             <p>Asked for on {asked}, put together on {made}. Questions: <a href=\"mailto:{contact}\">{contact}</a></p>\n\
             <p>The same data is in <code>data.json</code> for programs, and in <code>tables/</code> for spreadsheets. \
             {note}</p>\n{link}</header>\n{contents}<main>\n{body}{omissions}{told}</main>\n</body>\n</html>\n",
            asked = day(about.asked_at),
            made = day(about.made_at),
        )
    }
}

/// What the package is, in one line.
pub(super) fn title(about: &About) -> String {
    let organisation = &about.organisation;
    match about.made_for {
        MadeFor::Access => format!("What {organisation} holds about you"),
        MadeFor::Portability => format!("Your data, to take elsewhere, from {organisation}"),
    }
}

const fn nothing(made_for: MadeFor) -> &'static str {
    match made_for {
        MadeFor::Access => "<p>Nothing is held about you.</p>\n",
        MadeFor::Portability => "<p>Nothing of that kind is held about you.</p>\n",
    }
}

/// What is not in it.
pub(super) const fn note(made_for: MadeFor) -> &'static str {
    match made_for {
        MadeFor::Access => "Passwords and other credentials are held, but not shown.",
        MadeFor::Portability => {
            "In it is what you provided or what was observed, under your consent or a contract \
             (GDPR Article 20). What was left out is listed; ask for a copy to get all of it."
        }
    }
}

/// The columns that are not in it, and why.
fn omissions(left_out: &[Omission]) -> String {
    if left_out.is_empty() {
        return String::new();
    }
    let mut html = "<section>\n<h2>Left out</h2>\n<ul>\n".to_owned();
    for one in left_out {
        for (why, columns) in &one.columns {
            let _ = writeln!(
                html,
                "<li><code>{}.{}</code>: {} <span>{}</span></li>",
                escaped(&one.source),
                escaped(&one.table),
                escaped(&columns.join(", ")),
                reason(*why)
            );
        }
    }
    html.push_str("</ul>\n</section>\n");
    html
}

const fn reason(why: LeftOut) -> &'static str {
    match why {
        LeftOut::Undeclared => "not declared as something you provided",
        LeftOut::FromElsewhere => "came from somebody else",
        LeftOut::Inferred => "worked out from other data",
        LeftOut::OtherBasis => "used under neither consent nor contract",
        LeftOut::Credential => "opens your account",
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

pub(super) fn escaped(text: &str) -> String {
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
