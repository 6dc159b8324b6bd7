//! `/versions`: every version of the policy. `/versions/{id}`: one, as it was
//! published, at an address that stays. `/versions/{id}/{id}`: what changed
//! between two, in words. Refuses to show verdicts for what is not in force.

pub(crate) mod difference;
pub(crate) mod list;
pub(crate) mod version;

use candor_store::rows::VersionRow;
use jiff::Timestamp;

use super::frame::short_id;

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
            Self::Past(_) => "no longer in force",
            Self::Replaced => "replaced before it began",
        }
    }
}

/// The standing of each version, in the order given.
pub(crate) fn standings(versions: &[VersionRow], now: Timestamp) -> Vec<Standing> {
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
    use candor_policy::charter::CharterId;

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
        assert_eq!(standings(&versions, now), expected);
    }
}
