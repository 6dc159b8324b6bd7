//! `/summary`, `/vendors` and `/cookies`: tables made from the charter in force.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use candor_policy::charter::Charter;
use candor_policy::render::table::Table;
use candor_policy::render::{cookies, grid, vendors};

use super::failure::Failure;
use super::frame::{Frame, Here};
use super::page::html;
use crate::service::Service;

/// `GET /summary`.
pub(crate) async fn summary(State(service): State<Service>) -> Result<Response, Failure> {
    Ok(html(&OverviewPage::summary(&service.charter())))
}

/// `GET /vendors`.
pub(crate) async fn vendors(State(service): State<Service>) -> Result<Response, Failure> {
    Ok(html(&OverviewPage::vendors(&service.charter())))
}

/// `GET /cookies`.
pub(crate) async fn cookies(State(service): State<Service>) -> Result<Response, Failure> {
    Ok(html(&OverviewPage::cookies(&service.charter())))
}

/// The summary's column that often says the same in every row.
const ABOUT: &str = "About";

/// A table with what it says.
#[derive(Template)]
#[template(path = "overview/page.html")]
pub(crate) struct OverviewPage {
    frame: Frame,
    claim: String,
    /// Set tightly, so that all of it can be seen at once.
    dense: bool,
    nothing: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    cells: Vec<Cell>,
}

struct Cell {
    label: &'static str,
    words: String,
    /// The words are a web address of somebody else.
    is_link: bool,
}

impl OverviewPage {
    /// What is held, what for, who receives it, how long.
    pub(crate) fn summary(charter: &Charter) -> Self {
        let (people, table) = grid::grid(charter).without_uniform(ABOUT);
        let people = people.map_or_else(|| "people".to_owned(), |kind| format!("every {kind}"));
        let claim = format!(
            "What is held about {people}, what for, who receives it, and how long it is kept."
        );
        Self {
            dense: true,
            ..Self::new(charter, "On one page", claim, "No data is declared.", table)
        }
    }

    /// Who receives data.
    pub(crate) fn vendors(charter: &Charter) -> Self {
        Self::new(
            charter,
            "Who receives data",
            "Every company that receives data, what it receives and what for, and where it is."
                .to_owned(),
            "Nobody else receives data.",
            vendors::vendors(charter),
        )
    }

    /// What is stored in the browser.
    pub(crate) fn cookies(charter: &Charter) -> Self {
        Self::new(
            charter,
            "Cookies",
            "What is stored in the browser, why, and for how long.".to_owned(),
            "No cookies are declared.",
            cookies::cookies(charter),
        )
    }

    fn new(
        charter: &Charter,
        title: &str,
        claim: String,
        nothing: &'static str,
        table: Table,
    ) -> Self {
        let table = table.without_empty_columns();
        let columns = table.columns.clone();
        let row = |cells: Vec<String>| {
            let mut cells = cells.into_iter();
            Row {
                name: cells.next().unwrap_or_default(),
                cells: columns
                    .iter()
                    .skip(1)
                    .zip(cells)
                    .map(|(label, words)| Cell {
                        label,
                        is_link: words.starts_with("https://"),
                        words,
                    })
                    .collect(),
            }
        };
        Self {
            frame: Frame::public(charter, Here::Policy, title),
            claim,
            dense: false,
            nothing,
            rows: table.rows.into_iter().map(row).collect(),
            columns: table.columns,
        }
    }
}
