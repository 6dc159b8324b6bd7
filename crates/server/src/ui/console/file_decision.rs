//! The part of a file's page about what of it waits for a decision: what the plans of
//! all of them do, as counts, and the two answers. Shows the forms only to those whose
//! decision it is.

use candor_domain::bulk::{BulkFile, FileDecision, JointDecision};
use candor_domain::subject_request::RefusalReason;
use candor_policy::charter::Charter;

use super::bulk::Desk;
use super::plan::TablePlan;
use super::request::ReasonChoice;
use crate::bulk::FileWaiting;
use crate::ui::parts::When;
use crate::ui::words;

/// What waits, and what was decided last.
pub(super) struct Deciding {
    pub(super) last: Option<String>,
    /// Of the last one, while it is being applied: how many of how many.
    pub(super) progress: Option<(u32, u32)>,
    pub(super) waiting: u32,
    pub(super) rights: String,
    pub(super) due: Option<When>,
    pub(super) obstructed: Option<String>,
    pub(super) sources: Vec<SourceTotal>,
    /// Where the decision goes; `None` where somebody else decides.
    pub(super) action: Option<String>,
    pub(super) reasons: Vec<ReasonChoice>,
}

/// What is planned in one source.
pub(super) struct SourceTotal {
    pub(super) name: String,
    pub(super) tables: Vec<TablePlan>,
}

impl Deciding {
    /// `None` where nothing waits and nothing was decided.
    pub(super) fn of(
        charter: &Charter,
        desk: Desk<'_>,
        file: &BulkFile,
        waiting: &FileWaiting,
    ) -> Option<Self> {
        let count = waiting.count();
        if count == 0 && file.decision.is_none() {
            return None;
        }
        let under_way = file.decision_under_way();
        let rights = waiting.rights.iter();
        let rights: Vec<String> = rights
            .map(|(right, count)| {
                let count = words::grouped((*count).into());
                format!("{} × {count}", words::request_title(*right))
            })
            .collect();
        let obstructed =
            (waiting.obstructed > 0).then(|| words::grouped(waiting.obstructed.into()));
        let decides = count > 0 && under_way.is_none() && desk.decides(file);
        let sources = waiting.planned.iter();
        Some(Self {
            last: file.decision.as_ref().map(said),
            progress: under_way.map(|one| (one.decided, one.decided.saturating_add(count))),
            waiting: count,
            rights: rights.join(", "),
            due: waiting.due_at.map(When::from),
            obstructed,
            sources: sources
                .map(|(name, effects)| SourceTotal {
                    name: name.clone(),
                    tables: effects
                        .iter()
                        .map(|effect| TablePlan::of(charter, effect))
                        .collect(),
                })
                .collect(),
            action: decides.then(|| format!("{}/{}/decide", desk.address(), file.id)),
            reasons: ReasonChoice::refusals(),
        })
    }
}

/// What was decided, and of how many.
fn said(decision: &FileDecision) -> String {
    let what = match decision.what {
        JointDecision::Approve => "Approved".to_owned(),
        JointDecision::Refuse(reason) => refused(reason),
    };
    let decided = words::count_of(decision.decided.into(), "request", "requests");
    match decision.left {
        0 => format!("{what}: {decided}."),
        left => {
            let left = words::count_of(left.into(), "other", "others");
            format!("{what}: {decided}. It does not apply to {left}: please look at each.")
        }
    }
}

fn refused(reason: RefusalReason) -> String {
    format!("Refused ({})", words::refusal_words(reason))
}
