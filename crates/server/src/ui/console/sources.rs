//! `/console/sources`: whose rows are whose in each of the company's databases,
//! and what its services say they hold.
//! A database of many tables is drawn in short, and once more around any table
//! of it. Names of tables and columns only; nothing of anybody's.

use askama::Template;
use askama::filters::urlencode_strict;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use candor_connect::SourceError;
use candor_connect::atlas::{self, Atlas};
use candor_policy::charter::Charter;
use candor_store::rows::StaffRow;

use crate::service::Service;
use crate::ui::failure::Failure;
use crate::ui::filters;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::html;
use crate::ui::words;

/// Tables up to which they are chosen in the picture or the list alone.
const LIST_MAX: usize = 12;

/// What of a database is drawn.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Wanted {
    /// The database.
    #[serde(default)]
    source: String,
    /// The table around which it is drawn; the whole without one.
    #[serde(default)]
    table: String,
}

#[cfg(test)]
impl Wanted {
    /// What lies around one table.
    pub(crate) fn around(source: &str, table: &str) -> Self {
        Self {
            source: source.to_owned(),
            table: table.to_owned(),
        }
    }
}

/// `GET /console/sources`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let board = service.board().await?;
    let atlases = service.atlases().await;
    let services = service.services().await;
    Ok(html(&SourcesPage::new(
        &board.charter,
        &staff.login,
        &atlases,
        &services,
        &wanted,
    )))
}

/// The databases.
#[derive(Template)]
#[template(path = "console/sources.html")]
pub(crate) struct SourcesPage {
    frame: Frame,
    sources: Vec<SourcePart>,
    services: Vec<ServicePart>,
}

/// One service.
struct ServicePart {
    name: String,
    collections: String,
    problem: Option<String>,
}

/// One database.
struct SourcePart {
    name: String,
    summary: String,
    /// The picture, which escapes what it shows.
    picture: Option<String>,
    /// The table around which it is drawn.
    around: Option<Around>,
    tables: Vec<TableLine>,
    /// Whether there are too many tables to look for one.
    is_long: bool,
    unmapped: String,
    refused: Vec<String>,
    problem: Option<String>,
}

/// The table in the middle of a picture.
struct Around {
    name: String,
    /// Every way from a person to its rows.
    found: Vec<String>,
}

/// A table in words, for whom a picture says nothing.
struct TableLine {
    name: String,
    /// Where its picture is.
    link: String,
    way: String,
    personal: usize,
    open: String,
}

impl SourcesPage {
    /// The databases as whoever is signed in sees them.
    pub(crate) fn new(
        charter: &Charter,
        login: &str,
        atlases: &[(String, Result<Atlas, SourceError>)],
        services: &[(String, Result<Vec<String>, SourceError>)],
        wanted: &Wanted,
    ) -> Self {
        let parts = atlases.iter();
        let services = services.iter().map(|(name, said)| ServicePart {
            name: name.clone(),
            collections: said
                .as_ref()
                .map(|names| names.join(", "))
                .unwrap_or_default(),
            problem: said.as_ref().err().map(ToString::to_string),
        });
        Self {
            services: services.collect(),
            frame: Frame::console(charter, Here::Elsewhere, "Databases", Some(login)),
            sources: parts
                .map(|(name, atlas)| part(name, atlas, wanted))
                .collect(),
        }
    }
}

fn part(name: &str, atlas: &Result<Atlas, SourceError>, wanted: &Wanted) -> SourcePart {
    let mut part = SourcePart {
        name: name.to_owned(),
        summary: String::new(),
        picture: None,
        around: None,
        tables: Vec::new(),
        is_long: false,
        unmapped: String::new(),
        refused: Vec::new(),
        problem: None,
    };
    match atlas {
        Err(error) => part.problem = Some(error.to_string()),
        Ok(atlas) => part.describe(atlas, wanted),
    }
    part
}

impl SourcePart {
    fn is_around(&self, table: &str) -> bool {
        self.around
            .as_ref()
            .is_some_and(|around| around.name == table)
    }

    fn describe(&mut self, atlas: &Atlas, wanted: &Wanted) {
        let count = |number: usize, one, many| {
            words::count_of(u64::try_from(number).unwrap_or(u64::MAX), one, many)
        };
        self.summary = format!(
            "{} mapped, {} without personal data",
            count(atlas.tables.len(), "table", "tables"),
            count(atlas.ignored, "table", "tables")
        );
        self.unmapped = atlas.unmapped.join(", ");
        self.refused.clone_from(&atlas.refused);
        let name = self.name.clone();
        let is_wanted = wanted.source == name;
        let around = is_wanted.then(|| atlas.around(&wanted.table)).flatten();
        self.around = around.is_some().then(|| {
            let found = atlas.found(&wanted.table).into_iter();
            Around {
                name: wanted.table.clone(),
                found: found.collect(),
            }
        });
        let link = |table: Option<&str>| {
            table.map_or_else(|| format!("#words-{name}"), |table| link(&name, table))
        };
        let drawn = around.as_ref().unwrap_or(atlas);
        self.picture = Some(atlas::embedded(drawn, &name, &link));
        self.is_long = atlas.tables.len() > LIST_MAX;
        let tables = atlas.tables.iter().map(|table| TableLine {
            name: table.name.clone(),
            link: link(Some(&table.name)),
            way: match table.distance {
                Some(0) => format!("people are found by {}", table.found_by.join(", ")),
                Some(_) => atlas.owners(&table.name).join("; "),
                None => "leads to nobody".to_owned(),
            },
            personal: table.personal,
            open: table.unmapped.join(", "),
        });
        self.tables = tables.collect();
    }
}

/// Where a table's picture is.
fn link(source: &str, table: &str) -> String {
    format!(
        "/console/sources?source={}&table={}#source-{source}",
        encoded(source),
        encoded(table)
    )
}

/// A name as a part of an address.
fn encoded(name: &str) -> String {
    urlencode_strict(name).map_or_else(|never| match never {}, |name| name.to_string())
}
