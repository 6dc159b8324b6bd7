//! `/versions/{id}/{id}`.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use candor_policy::charter::Charter;
use candor_policy::diff::{self, Change, Diff, Direction, Presence};
use candor_policy::render::changes::{GROUPS, headline};

use super::version_path;
use crate::service::{Service, Version};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here, short_id};
use crate::ui::page::html;
use crate::ui::parts::When;
use crate::ui::words;

/// `GET /versions/{before}/{after}`.
pub(crate) async fn compare(
    State(service): State<Service>,
    Path((before, after)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let before = service.version(&before).await?.ok_or(Failure::NotFound)?;
    let after = service.version(&after).await?.ok_or(Failure::NotFound)?;
    let page = DifferencePage::new(&service.charter(), &before, &after);
    Ok(html(&page))
}

/// What changed between two versions.
#[derive(Template)]
#[template(path = "versions/difference.html")]
pub(crate) struct DifferencePage {
    frame: Frame,
    before: Side,
    after: Side,
    headline: String,
    groups: Vec<Group>,
    told: Vec<String>,
    asked: Vec<Asked>,
}

struct Side {
    id: String,
    href: String,
    from: When,
}

struct Group {
    title: &'static str,
    key: &'static str,
    changes: Vec<Changed>,
}

struct Changed {
    promise: String,
    family: &'static str,
    summary: String,
    presence: &'static str,
    reasons: Vec<String>,
    wording: Vec<Reworded>,
}

struct Reworded {
    language: String,
    before: Option<String>,
    after: Option<String>,
}

struct Asked {
    purpose: String,
    because: String,
}

impl DifferencePage {
    /// The page, under the charter in force.
    pub(crate) fn new(in_force: &Charter, before: &Version, after: &Version) -> Self {
        let found = diff::diff(&before.charter, &after.charter);
        let groups = GROUPS.into_iter().map(|(direction, title)| Group {
            title,
            key: direction.word(),
            changes: changes(&found, direction),
        });
        let asked = found.ask_again.iter().map(|ask| Asked {
            purpose: words::plain_name(&ask.purpose),
            because: ask.because.join("; "),
        });
        Self {
            frame: Frame::public(in_force, Here::Policy, "What changed"),
            before: side(before),
            after: side(after),
            headline: headline(&found),
            groups: groups.filter(|group| !group.changes.is_empty()).collect(),
            told: found.tell().into_iter().map(words::plain_name).collect(),
            asked: asked.collect(),
        }
    }
}

fn side(version: &Version) -> Side {
    let id = &version.charter.id.0;
    Side {
        id: short_id(id),
        href: version_path(id),
        from: version.row.effective_at.into(),
    }
}

fn changes(found: &Diff, direction: Direction) -> Vec<Changed> {
    found.of(direction).map(changed).collect()
}

fn changed(change: &Change) -> Changed {
    let wording = change.wording.iter();
    Changed {
        promise: change.promise.to_string(),
        family: words::family_title(change.family),
        summary: change.summary.clone(),
        presence: match change.presence {
            Presence::New => "new",
            Presence::Gone => "gone",
            Presence::Both => "",
        },
        reasons: change.reasons.clone(),
        wording: wording
            .map(|wording| Reworded {
                language: wording.language.clone(),
                before: wording.before.clone(),
                after: wording.after.clone(),
            })
            .collect(),
    }
}
