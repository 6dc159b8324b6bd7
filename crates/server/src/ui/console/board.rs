//! `/console`: what needs attention now, then every promise, and how the
//! installation is.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use candor_domain::subject_request::SubjectRequest;
use candor_domain::verdict::Verdict;
use candor_policy::charter::Charter;
use candor_store::rows::{OwedNotice, QueueState, StaffRow};
use jiff::Timestamp;

use super::queue::{Filter, Row, count};
use crate::service::{HeldBack, OwedBy, Service, SourceView, SystemView};
use crate::ui::failure::Failure;
use crate::ui::filters;
use crate::ui::frame::{Frame, Here, short_id};
use crate::ui::page::html;
use crate::ui::parts::{Summary, When};
use crate::ui::policy::{Judgements, verdict_of};
use crate::ui::promises::{FamilySection, PromiseRow, families, row, summary};
use crate::ui::versions::{difference_path, version_path};
use crate::ui::words;

/// Subject requests shown on the board; the queue shows all.
const URGENT_MAX: usize = 5;

/// `GET /console`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
) -> Result<Response, Failure> {
    let board = service.board().await?;
    let open = service.requests(Filter::Open.states(), 0).await?;
    let counts = service.request_counts().await?;
    let installation = Installation {
        open: count(Filter::Open, &counts),
        system: service.system().await?,
        held_back: service.held_back(),
        owed: service.owed().await?,
    };
    Ok(html(&BoardPage::new(
        &board.charter,
        &staff.login,
        &board.judgements,
        &open,
        installation,
        service.now(),
    )))
}

/// The board.
#[derive(Template)]
#[template(path = "console/board.html")]
pub(crate) struct BoardPage {
    frame: Frame,
    summary: Summary,
    held_back: Option<HeldBackLine>,
    owed: Vec<OwedLine>,
    breaking: Vec<PromiseRow>,
    rows: Vec<Row>,
    open_words: String,
    sources: Vec<SourceLine>,
    jobs: Jobs,
    entries: String,
    families: Vec<FamilySection>,
}

/// How a source is.
struct SourceLine {
    name: String,
    /// `up`, `down` or `unused`.
    key: &'static str,
    state: &'static str,
    detail: Option<String>,
    since: Option<When>,
}

impl From<SourceView> for SourceLine {
    fn from(source: SourceView) -> Self {
        let (key, state) = match source.up {
            Some(true) => ("up", "working"),
            Some(false) => ("down", "not working"),
            None => ("unused", "not used yet"),
        };
        Self {
            name: source.name,
            key,
            state,
            detail: source.detail,
            since: source.since.map(When::from),
        }
    }
}

struct Jobs {
    ready: String,
    scheduled: String,
    leased: String,
    failing: String,
    any_failing: bool,
}

impl Jobs {
    fn of(queue: QueueState) -> Self {
        Self {
            ready: words::grouped(queue.ready),
            scheduled: words::grouped(queue.scheduled),
            leased: words::grouped(queue.leased),
            failing: words::grouped(queue.failing),
            any_failing: queue.failing > 0,
        }
    }
}

/// A version that could not be taken over.
struct HeldBackLine {
    id: String,
    href: String,
    from: When,
    why: String,
}

impl From<HeldBack> for HeldBackLine {
    fn from(held_back: HeldBack) -> Self {
        Self {
            id: short_id(&held_back.charter.0),
            href: version_path(&held_back.charter.0),
            from: held_back.effective_at.into(),
            why: held_back.why,
        }
    }
}

/// A notice that nobody has sent.
struct OwedLine {
    about: String,
    channel: String,
    since: When,
    from: When,
    changes: String,
    /// What got weaker, or may have.
    because: Vec<String>,
    /// What they are to be asked again.
    asks: String,
}

/// How the installation is, for the board.
pub(crate) struct Installation {
    /// Open subject requests in all.
    pub(crate) open: u64,
    pub(crate) system: SystemView,
    /// A version that could not be taken over.
    pub(crate) held_back: Option<HeldBack>,
    /// Notices that nobody has sent.
    pub(crate) owed: Vec<OwedBy>,
}

impl BoardPage {
    /// The board for whoever is signed in. `open` are the open subject
    /// requests, the earliest deadline first.
    pub(crate) fn new(
        charter: &Charter,
        login: &str,
        judgements: &Judgements,
        open: &[SubjectRequest],
        installation: Installation,
        now: Timestamp,
    ) -> Self {
        let system = installation.system;
        let urgent = open
            .iter()
            .take(URGENT_MAX)
            .map(|request| Row::of(request, now));
        Self {
            frame: Frame::console(charter, Here::Board, "Board", Some(login)),
            summary: summary(charter, judgements),
            held_back: installation.held_back.map(HeldBackLine::from),
            owed: installation.owed.iter().flat_map(owed).collect(),
            breaking: breaking(charter, judgements),
            rows: urgent.collect(),
            open_words: words::count_of(installation.open, "open request", "open requests"),
            jobs: Jobs::of(system.queue),
            entries: words::count_of(system.ledger_size, "entry", "entries"),
            sources: system.sources.into_iter().map(SourceLine::from).collect(),
            families: families(charter, judgements),
        }
    }
}

/// What one version owes, a line for each kind of people and channel.
fn owed(owed: &OwedBy) -> Vec<OwedLine> {
    let version = &owed.version;
    let id = &version.charter.0;
    let acknowledged = version.acknowledged.iter();
    let because = acknowledged.map(|one| format!("{}: {}", one.promise, one.reasons.join("; ")));
    let because: Vec<String> = because.collect();
    let line = |notice: &OwedNotice| OwedLine {
        about: words::plain_name(&notice.about),
        channel: notice.channel.clone(),
        since: version.published_at.into(),
        from: version.effective_at.into(),
        changes: match &owed.before {
            Some(before) => difference_path(&before.0, id),
            None => version_path(id),
        },
        because: because.clone(),
        asks: notice
            .asks
            .iter()
            .map(|purpose| words::plain_name(purpose))
            .collect::<Vec<_>>()
            .join(", "),
    };
    owed.notices.iter().map(line).collect()
}

/// Promises that are broken, then those about to break, the soonest first.
fn breaking(charter: &Charter, judgements: &Judgements) -> Vec<PromiseRow> {
    let when = |verdict| match verdict {
        Verdict::Broken => Some(Timestamp::MIN),
        Verdict::AtRisk { by } => Some(by),
        _ => None,
    };
    let mut urgent: Vec<(Timestamp, PromiseRow)> = charter
        .promises
        .iter()
        .filter_map(|promise| {
            let at = when(verdict_of(judgements, promise))?;
            Some((at, row(judgements, promise)))
        })
        .collect();
    urgent.sort_by_key(|(at, _)| *at);
    urgent.into_iter().map(|(_, row)| row).collect()
}
