//! The part of a subject request's page about what happens in each source: as counts,
//! never a person's rows.

use candor_domain::plan::{Action, TableEffect};
use candor_domain::subject_request::{Progress, Stage, SubjectRequest};
use candor_policy::charter::{Charter, Right, Source};
use jiff::Timestamp;

use crate::ui::parts::When;
use crate::ui::words;

/// A source with what becomes of its tables.
pub(super) struct SourcePlan {
    pub(super) name: String,
    /// What is done once more.
    pub(super) again: &'static str,
    pub(super) stage: &'static str,
    /// How thoroughly it is erased, and by what that was seen.
    pub(super) grade: Option<(&'static str, String)>,
    /// Read replicas that were searched as well, and when.
    pub(super) replicas: Option<(String, When)>,
    pub(super) stuck: bool,
    pub(super) residue: Vec<String>,
    /// Tables in which no text is searched after an erasure.
    pub(super) unsearched: String,
    /// Why it can't be written.
    pub(super) obstacles: Vec<String>,
    pub(super) tables: Vec<TablePlan>,
}

/// What becomes of a table's rows.
pub(crate) struct TablePlan {
    pub(crate) table: String,
    pub(crate) action: &'static str,
    pub(crate) rows: String,
    pub(crate) because: String,
}

impl TablePlan {
    /// What was done in a source, or would be.
    pub(crate) fn all(charter: &Charter, progress: &Progress) -> Vec<Self> {
        let effects = match progress.effects.is_empty() {
            true => &progress.preview.effects,
            false => &progress.effects,
        };
        let tables = effects.iter().map(|effect| Self::of(charter, effect));
        tables.collect()
    }

    pub(super) fn of(charter: &Charter, effect: &TableEffect) -> Self {
        let because = effect.because.as_ref();
        Self {
            table: effect.table.clone(),
            action: words::action_term(effect.action),
            rows: words::grouped(effect.rows),
            because: because
                .map(|rule| words::stays_because(charter, rule))
                .unwrap_or_default(),
        }
    }
}

/// Whether an erasure can be undone, or what came of that.
pub(super) struct UndoPart {
    /// Where to, and until when, while staff can do it.
    pub(super) open: Option<(String, When)>,
    /// The tenant that can, and until when.
    pub(super) of_tenant: Option<(String, When)>,
    /// What came back.
    pub(super) returned: Vec<String>,
    pub(super) ended: Option<When>,
}

impl UndoPart {
    pub(super) fn of(request: &SubjectRequest, now: Timestamp) -> Option<Self> {
        let undo = request.undo.as_ref()?;
        undo.until?;
        let action = format!("/console/requests/{}/undo", request.id);
        let until = request.undoable_until(now).map(When::from);
        let (open, of_tenant) = match &request.tenant {
            None => (until.map(|until| (action, until)), None),
            Some(tenant) => (None, until.map(|until| (tenant.to_string(), until))),
        };
        let returned = undo.returned.iter().flat_map(|(source, returns)| {
            returns
                .iter()
                .map(move |table| words::table_return(source, table))
        });
        Some(Self {
            open,
            of_tenant,
            returned: returned.collect(),
            ended: undo.ended_at.map(When::from),
        })
    }
}

impl SourcePlan {
    pub(super) fn of(charter: &Charter, right: Right, name: &str, progress: &Progress) -> Self {
        let declared = charter.sources.get(name);
        let is_service = declared.is_some_and(Source::is_service);
        Self {
            name: name.to_owned(),
            again: if right == Right::Erasure {
                "erase"
            } else {
                "write"
            },
            grade: None,
            replicas: progress
                .replicas
                .as_ref()
                .map(|searched| (searched.names.join(", "), searched.at.into())),
            stuck: progress.stage == Stage::Stuck,
            stage: match progress.stage {
                Stage::Located if right == Right::Erasure => "found, nothing done",
                Stage::Located => "found",
                Stage::Erased => "erased, not yet searched again",
                Stage::Written => "written, not yet read again",
                Stage::Verified if right != Right::Erasure => "written, and read again",
                Stage::Stuck if right != Right::Erasure => {
                    "not as it should be after every attempt: please look"
                }
                Stage::Verified if is_service => {
                    "erased, and nothing left: both on its own word, nobody else can look"
                }
                Stage::Verified => "erased, searched again, nothing found",
                Stage::Stuck => "still found after every attempt: please look",
                Stage::Packaged => "in the package",
            },
            residue: progress
                .residue
                .iter()
                .map(|residue| {
                    let rows = words::count_of(residue.rows, "row", "rows");
                    format!("{rows} in {}.{}", residue.table, residue.column)
                })
                .collect(),
            unsearched: match right {
                Right::Erasure => progress.preview.unsearched.join(", "),
                _ => String::new(),
            },
            obstacles: progress.preview.obstacles.clone(),
            tables: TablePlan::all(charter, progress),
        }
    }
}

/// Whether something is written into rows that stay.
pub(super) fn rewrites(request: &SubjectRequest) -> bool {
    let sources = request.sources.values();
    let mut effects = sources.flat_map(|one| one.preview.effects.iter().chain(&one.effects));
    effects.any(|effect| effect.action == Action::Rewrite)
}

/// What approving does, in numbers.
pub(super) fn confirmation(request: &SubjectRequest) -> String {
    let effects = || {
        request
            .sources
            .values()
            .flat_map(|progress| &progress.preview.effects)
    };
    let rows = |kept: bool| -> u64 {
        let stays = |action| matches!(action, Action::Keep | Action::Pseudonymise);
        let those = effects().filter(|effect| stays(effect.action) == kept);
        those.map(|effect| effect.rows).sum()
    };
    let databases = words::count_of(request.sources.len() as u64, "database", "databases");
    if request.right == Right::Access || request.right == Right::Portability {
        let all = words::count_of(rows(true) + rows(false), "row", "rows");
        return format!(
            "I have looked at the plan: {all} from {databases} are given to the person."
        );
    }
    if rewrites(request) {
        let those = effects().filter(|effect| effect.action == Action::Rewrite);
        let rewritten: u64 = those.map(|effect| effect.rows).sum();
        let rewritten = words::count_of(rewritten, "row", "rows");
        return format!(
            "I have looked at what is written: {rewritten} in {databases} get the new values. What can't be written by machine stands here once it is approved."
        );
    }
    if request.right != Right::Erasure {
        let all = words::count_of(rows(true) + rows(false), "row", "rows");
        return format!(
            "I have read what the person wants. It concerns {all} in {databases}; what is to be done by hand stands here once it is approved."
        );
    }
    let gone = words::count_of(rows(false), "row", "rows");
    let kept = words::count_of(rows(true), "row", "rows");
    format!(
        "I have looked at the plan: {gone} in {databases} are deleted or unlinked for ever, {kept} stay for the reasons named."
    )
}

/// What a refusal does: an objection to direct marketing is granted whatever is
/// decided about the rest.
pub(super) fn refuse_title(request: &SubjectRequest) -> &'static str {
    let wish = request.wish.as_ref();
    let marketing = wish.is_some_and(|wish| !wish.marketing.is_empty());
    if request.right == Right::Objection && marketing {
        "Refuse all but the direct marketing"
    } else {
        "Refuse"
    }
}
