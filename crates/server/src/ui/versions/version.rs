//! `/versions/{id}`.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use candor_policy::charter::{Charter, Text};
use candor_policy::render::page::{escape, policy_html};
use candor_store::rows::VersionRow;
use jiff::Timestamp;
use serde::Deserialize;

use super::{Standing, difference_path, standings, version_path};
use crate::service::{Service, Version};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here, short_id};
use crate::ui::page::html;
use crate::ui::parts::When;
use crate::ui::policy::split_heading;

/// `GET /versions/{id}`.
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let version = service.version(&id).await?.ok_or(Failure::NotFound)?;
    let wanted = |text: &&Text| {
        asked
            .language
            .as_ref()
            .is_none_or(|it| *it == text.language)
    };
    let text = version.charter.texts.iter().find(wanted);
    let text = text.ok_or(Failure::NotFound)?;
    let versions = service.versions().await?;
    let charter = service.charter();
    let page = VersionPage::new(&charter, &versions, &version, text, service.now());
    Ok(html(&page))
}

/// Which text.
#[derive(Deserialize)]
pub(crate) struct Asked {
    language: Option<String>,
}

/// One version as it was published.
#[derive(Template)]
#[template(path = "versions/version.html")]
pub(crate) struct VersionPage {
    frame: Frame,
    id: String,
    short: String,
    standing: &'static str,
    is_current: bool,
    from: When,
    until: Option<When>,
    published: When,
    published_by: Option<String>,
    acknowledged: Vec<Acknowledged>,
    /// What changed since the version it follows.
    changed: Option<String>,
    /// How it differs from the one in force.
    to_current: Option<String>,
    language: String,
    languages: Vec<OtherText>,
    /// HTML from the policy crate, whose promised phrases are plain words: the
    /// first heading, and what follows it.
    heading: String,
    text: String,
}

struct Acknowledged {
    promise: String,
    direction: &'static str,
    reasons: String,
}

struct OtherText {
    language: String,
    title: String,
    href: String,
}

impl VersionPage {
    /// The page of a version, under the charter in force.
    pub(crate) fn new(
        in_force: &Charter,
        versions: &[VersionRow],
        version: &Version,
        text: &Text,
        now: Timestamp,
    ) -> Self {
        let Version { row, charter } = version;
        let standing = versions
            .iter()
            .zip(standings(versions, &in_force.id, now))
            .find(|(other, _)| other.number == row.number)
            .map_or(Standing::Replaced, |(_, standing)| standing);
        let before = row
            .follows
            .and_then(|number| versions.iter().find(|other| other.number == number));
        let id = &charter.id.0;
        let others = charter
            .texts
            .iter()
            .filter(|other| other.language != text.language);
        let html = policy_html(text, charter, &|phrase| escape(&phrase.words));
        let (heading, body) = split_heading(&html);
        Self {
            frame: Frame::public(in_force, Here::Policy, &text.title),
            id: id.clone(),
            standing: standing.words(),
            is_current: standing == Standing::Current,
            from: row.effective_at.into(),
            until: match standing {
                Standing::Past(until) => Some(until.into()),
                _ => None,
            },
            published: row.published_at.into(),
            published_by: row.published_by.clone(),
            acknowledged: row
                .acknowledged
                .iter()
                .map(|one| Acknowledged {
                    promise: one.promise.to_string(),
                    direction: one.direction.word(),
                    reasons: one.reasons.join("; "),
                })
                .collect(),
            changed: before.map(|before| difference_path(&before.charter.0, id)),
            to_current: (in_force.id != charter.id).then(|| difference_path(id, &in_force.id.0)),
            short: short_id(id),
            language: text.language.clone(),
            languages: others
                .map(|other| OtherText {
                    language: other.language.clone(),
                    title: other.title.clone(),
                    href: format!("{}?language={}", version_path(id), other.language),
                })
                .collect(),
            heading,
            text: body,
        }
    }
}
