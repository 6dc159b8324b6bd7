//! `/console/sources`: whose rows are whose in each of the company's databases,
//! and what its services say they hold.
//! Names of tables and columns only; nothing of anybody's.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use candor_connect::SourceError;
use candor_connect::atlas::{self, Atlas};
use candor_policy::charter::Charter;
use candor_store::rows::StaffRow;

use crate::service::Service;
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::html;
use crate::ui::words;

/// `GET /console/sources`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
) -> Result<Response, Failure> {
    let board = service.board().await?;
    let atlases = service.atlases().await;
    let services = service.services().await;
    Ok(html(&SourcesPage::new(
        &board.charter,
        &staff.login,
        &atlases,
        &services,
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
    tables: Vec<TableLine>,
    unmapped: String,
    refused: Vec<String>,
    problem: Option<String>,
}

/// A table in words, for whom a picture says nothing.
struct TableLine {
    name: String,
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
            sources: parts.map(|(name, atlas)| part(name, atlas)).collect(),
        }
    }
}

fn part(name: &str, atlas: &Result<Atlas, SourceError>) -> SourcePart {
    let mut part = SourcePart {
        name: name.to_owned(),
        summary: String::new(),
        picture: None,
        tables: Vec::new(),
        unmapped: String::new(),
        refused: Vec::new(),
        problem: None,
    };
    match atlas {
        Err(error) => part.problem = Some(error.to_string()),
        Ok(atlas) => {
            let count = |number: usize, one, many| {
                words::count_of(u64::try_from(number).unwrap_or(u64::MAX), one, many)
            };
            part.summary = format!(
                "{} mapped, {} without personal data",
                count(atlas.tables.len(), "table", "tables"),
                count(atlas.ignored, "table", "tables")
            );
            part.unmapped = atlas.unmapped.join(", ");
            part.refused.clone_from(&atlas.refused);
            part.picture = Some(atlas::embedded(atlas, name));
            part.tables = atlas
                .tables
                .iter()
                .map(|table| TableLine {
                    name: table.name.clone(),
                    way: match table.distance {
                        Some(0) => format!("people are found by {}", table.found_by.join(", ")),
                        Some(_) => atlas.owners(&table.name).join("; "),
                        None => "leads to nobody".to_owned(),
                    },
                    personal: table.personal,
                    open: table.unmapped.join(", "),
                })
                .collect();
        }
    }
    part
}
