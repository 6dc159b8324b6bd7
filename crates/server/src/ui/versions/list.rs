//! `/versions`.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use candor_policy::charter::Charter;
use candor_store::rows::VersionRow;
use jiff::Timestamp;

use super::{HeldBackNotice, Standing, difference_path, standings, version_path};
use crate::service::{HeldBack, Service};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here, short_id};
use crate::ui::page::html;
use crate::ui::parts::When;

/// `GET /versions`.
pub(crate) async fn list(State(service): State<Service>) -> Result<Response, Failure> {
    let versions = service.versions().await?;
    Ok(html(&VersionsPage::new(
        &service.charter(),
        &versions,
        service.held_back().as_ref(),
        service.now(),
    )))
}

/// Every version.
#[derive(Template)]
#[template(path = "versions/list.html")]
pub(crate) struct VersionsPage {
    frame: Frame,
    held_back: Option<HeldBackNotice>,
    versions: Vec<Row>,
}

struct Row {
    id: String,
    href: String,
    standing: &'static str,
    from: When,
    until: Option<When>,
    /// What changed since the version it follows.
    changed: Option<String>,
    acknowledged: Vec<String>,
}

impl VersionsPage {
    /// The page, with the latest published version first.
    pub(crate) fn new(
        charter: &Charter,
        versions: &[VersionRow],
        held_back: Option<&HeldBack>,
        now: Timestamp,
    ) -> Self {
        let row = |(row, standing): (&VersionRow, Standing)| {
            let before = row
                .follows
                .and_then(|number| versions.iter().find(|other| other.number == number));
            Row {
                id: short_id(&row.charter.0),
                href: version_path(&row.charter.0),
                standing: standing.words(),
                from: row.effective_at.into(),
                until: match standing {
                    Standing::Past(until) => Some(until.into()),
                    _ => None,
                },
                changed: before.map(|before| difference_path(&before.charter.0, &row.charter.0)),
                acknowledged: row
                    .acknowledged
                    .iter()
                    .map(|one| format!("{}: {}", one.promise, one.reasons.join("; ")))
                    .collect(),
            }
        };
        let standings = standings(versions, &charter.id, now);
        Self {
            frame: Frame::public(charter, Here::Policy, "Versions of this policy"),
            held_back: held_back.map(HeldBackNotice::from),
            versions: versions.iter().zip(standings).map(row).collect(),
        }
    }
}
