//! `/versions`: every version of the policy. `/versions/{id}`: one, as it was
//! published, at an address that stays. `/versions/{id}/{id}`: what changed
//! between two, in words. Refuses to show verdicts for what is not in force.

pub(crate) mod difference;
pub(crate) mod list;
pub(crate) mod version;

use askama::Template;
use askama::filters::HtmlSafe;
use candor_policy::charter::CharterId;
use candor_store::rows::VersionRow;
use jiff::Timestamp;

use super::frame::short_id;
use super::parts::When;
use crate::service::HeldBack;

pub(crate) use difference::compare;
pub(crate) use list::list;
pub(crate) use version::show;

/// How a version stands to the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Begins later.
    Announced,
    /// In force.
    Current,
    /// Should be in force, and this service could not take it over.
    HeldBack,
    /// Was in force until another one began.
    Past(Timestamp),
    /// Another one took its place before it began.
    Replaced,
}

impl Standing {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Current => "in force",
            Self::HeldBack => "published, but not in force here",
            Self::Past(_) => "no longer in force",
            Self::Replaced => "replaced before it began",
        }
    }
}

/// The standing of each version, in the order given, where this service serves
/// the charter `served`.
pub(crate) fn standings(
    versions: &[VersionRow],
    served: &CharterId,
    now: Timestamp,
) -> Vec<Standing> {
    let mut standings = due(versions, now);
    let is_served = |row: &VersionRow| row.charter == *served && row.effective_at <= now;
    let served = versions.iter().position(is_served);
    let due = standings.iter().position(|it| *it == Standing::Current);
    if served == due || served.is_none() {
        return standings;
    }
    for (place, standing) in standings.iter_mut().enumerate() {
        if Some(place) == served {
            *standing = Standing::Current;
        } else if Some(place) == due {
            *standing = Standing::HeldBack;
        }
    }
    standings
}

/// The standing of each version by the dates alone.
fn due(versions: &[VersionRow], now: Timestamp) -> Vec<Standing> {
    let begins = |row: &VersionRow| (row.effective_at, row.number);
    let standing = |row: &VersionRow| {
        let next = versions
            .iter()
            .filter(|other| begins(other) > begins(row))
            .min_by_key(|other| begins(other));
        match next {
            Some(next) if next.effective_at == row.effective_at => Standing::Replaced,
            _ if row.effective_at > now => Standing::Announced,
            Some(next) if next.effective_at <= now => Standing::Past(next.effective_at),
            _ => Standing::Current,
        }
    };
    versions.iter().map(standing).collect()
}

/// A word about a version that could not be taken over, for everybody: without
/// the reason, which is for staff.
#[derive(Template)]
#[template(path = "versions/_held_back.html")]
pub(crate) struct HeldBackNotice {
    id: String,
    href: String,
    from: When,
}

impl HtmlSafe for HeldBackNotice {}

impl From<&HeldBack> for HeldBackNotice {
    fn from(held_back: &HeldBack) -> Self {
        Self {
            id: short_id(&held_back.charter.0),
            href: version_path(&held_back.charter.0),
            from: held_back.effective_at.into(),
        }
    }
}

/// The address of a version.
pub(crate) fn version_path(charter: &str) -> String {
    format!("/versions/{}", short_id(charter))
}

/// The address of what changed from one version to another.
pub(crate) fn difference_path(before: &str, after: &str) -> String {
    format!("/versions/{}/{}", short_id(before), short_id(after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample::at;

    #[test]
    fn a_version_stands_by_those_that_follow_it() {
        let row = |number: u64, day: &str| VersionRow {
            number,
            charter: CharterId(format!("{number}")),
            effective_at: at(&format!("2026-11-{day}T00:00:00Z")),
            follows: None,
            published_at: at("2026-11-01T00:00:00Z"),
            published_by: None,
            acknowledged: Vec::new(),
        };
        let versions = [row(4, "25"), row(3, "25"), row(2, "20"), row(1, "10")];
        let now = at("2026-11-22T00:00:00Z");
        let expected = [
            Standing::Announced,
            Standing::Replaced,
            Standing::Current,
            Standing::Past(at("2026-11-20T00:00:00Z")),
        ];
        let served = |id: &str| standings(&versions, &CharterId(id.to_owned()), now);
        assert_eq!(served("2"), expected);
        // Never wrong about the dates where the charter served is unknown.
        assert_eq!(served("9"), expected);
        // A version that begins later can't be the one that is served.
        assert_eq!(served("4"), expected);
        let held_back = [
            Standing::Announced,
            Standing::Replaced,
            Standing::HeldBack,
            Standing::Current,
        ];
        assert_eq!(served("1"), held_back);
    }
}
