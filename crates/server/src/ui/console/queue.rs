//! `/console/requests`: subject requests by deadline, filtered by where they
//! stand.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use candor_domain::subject_request::{State as Standing, SubjectRequest};
use candor_policy::charter::Charter;
use candor_store::rows::StaffRow;
use jiff::Timestamp;
use serde::Deserialize;

use crate::service::{REQUESTS_PER_PAGE, Service};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here, short_id};
use crate::ui::page::html;
use crate::ui::parts::Deadline;
use crate::ui::words;

/// Which subject requests are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// Those that wait for staff.
    Decide,
    /// All that are open.
    Open,
    /// Those of which something is to be done by hand: a page of its own.
    Tasks,
    /// Those nobody has confirmed yet.
    Unconfirmed,
    /// Those that are over.
    Over,
}

impl Filter {
    /// Every filter, in the order of the page.
    pub(crate) const ALL: [Self; 5] = [
        Self::Decide,
        Self::Tasks,
        Self::Open,
        Self::Unconfirmed,
        Self::Over,
    ];

    /// Its key in the address.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Open => "open",
            Self::Tasks => "tasks",
            Self::Unconfirmed => "unconfirmed",
            Self::Over => "over",
        }
    }

    /// The filter with this key; all open ones otherwise.
    pub(crate) fn from_key(key: &str) -> Self {
        let found = Self::ALL.into_iter().find(|filter| filter.key() == key);
        found.unwrap_or(Self::Open)
    }

    /// The states it lets through.
    pub(crate) const fn states(self) -> &'static [&'static str] {
        match self {
            Self::Decide => &["undecided"],
            Self::Open => &["locating", "undecided", "preparing", "carrying", "closing"],
            Self::Tasks => &["carrying"],
            Self::Unconfirmed => &["unverified", "unstated"],
            Self::Over => &["completed", "held", "refused", "lapsed", "cancelled"],
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Decide => "To be decided",
            Self::Open => "Open",
            Self::Tasks => "To be done by hand",
            Self::Unconfirmed => "Not confirmed yet",
            Self::Over => "Over",
        }
    }
}

/// Which part of the queue.
#[derive(Deserialize)]
pub(crate) struct Part {
    show: Option<String>,
    offset: Option<u32>,
}

/// `GET /console/requests`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Query(part): Query<Part>,
) -> Result<Response, Failure> {
    let filter = Filter::from_key(part.show.as_deref().unwrap_or_default());
    let offset = part.offset.unwrap_or_default();
    let requests = service.requests(filter.states(), offset).await?;
    let counts = service.request_counts().await?;
    let shown = Shown {
        filter,
        counts: &counts,
        requests: &requests,
        offset,
        page: REQUESTS_PER_PAGE,
    };
    Ok(html(&QueuePage::new(
        &service.charter(),
        &staff.login,
        &shown,
        service.now(),
    )))
}

/// The queue.
#[derive(Template)]
#[template(path = "console/queue.html")]
pub(crate) struct QueuePage {
    frame: Frame,
    filters: Vec<FilterLink>,
    rows: Vec<Row>,
    earlier: Option<String>,
    later: Option<String>,
}

/// A link to one of the filters.
pub(super) struct FilterLink {
    pub(super) href: String,
    pub(super) words: &'static str,
    /// How many there are, where a state says so.
    pub(super) count: Option<String>,
    pub(super) current: bool,
}

/// Links to every filter.
pub(super) fn filter_links(current: Filter, counts: &[(String, u64)]) -> Vec<FilterLink> {
    let link = |filter: Filter| FilterLink {
        href: match filter {
            Filter::Tasks => "/console/requests/tasks".to_owned(),
            _ => format!("/console/requests?show={}", filter.key()),
        },
        words: filter.words(),
        count: (filter != Filter::Tasks).then(|| words::grouped(count(filter, counts))),
        current: filter == current,
    };
    Filter::ALL.map(link).into()
}

/// One subject request in a list.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) id: String,
    pub(crate) right: &'static str,
    pub(crate) about: String,
    pub(crate) state: &'static str,
    pub(crate) waiting: Vec<String>,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) ended: String,
}

impl Row {
    /// A subject request as of now.
    pub(crate) fn of(request: &SubjectRequest, now: Timestamp) -> Self {
        let waiting = request.waiting.iter().filter(|_| request.is_open());
        Self {
            href: format!("/console/requests/{}", request.id),
            id: short_id(request.id.as_str()),
            right: words::request_title(request.right),
            about: words::plain_name(&request.about),
            state: words::state_words(request),
            waiting: waiting
                .map(|(source, waiting)| {
                    let since = words::time_words(waiting.since);
                    format!("waits for {source} since {since}: {}", waiting.why)
                })
                .collect(),
            deadline: (!request.is_over()).then(|| Deadline::of(request, now)),
            ended: ended(request),
        }
    }
}

/// When it ended, and whether in time.
fn ended(request: &SubjectRequest) -> String {
    let (at, counts) = match request.state {
        Standing::Completed { at, .. } | Standing::Refused { at, .. } => (at, true),
        Standing::Lapsed { at } | Standing::Cancelled { at, .. } => (at, false),
        _ => return String::new(),
    };
    let in_time = match (counts, at <= request.measured_by()) {
        (false, _) => "",
        (true, true) => ", in time",
        (true, false) => ", late",
    };
    format!("{}{in_time}", words::time_words(at))
}

/// Part of the queue: how many there are in each state, and what is shown.
pub(crate) struct Shown<'a> {
    pub(crate) filter: Filter,
    pub(crate) counts: &'a [(String, u64)],
    pub(crate) requests: &'a [SubjectRequest],
    pub(crate) offset: u32,
    /// How many subject requests a page holds at most.
    pub(crate) page: u32,
}

impl QueuePage {
    /// The queue as of now.
    pub(crate) fn new(charter: &Charter, login: &str, shown: &Shown<'_>, now: Timestamp) -> Self {
        let address = |offset: u32| {
            format!(
                "/console/requests?show={}&offset={offset}",
                shown.filter.key()
            )
        };
        let full = shown.requests.len() as u64 >= u64::from(shown.page);
        let later = shown.offset.checked_add(shown.page).filter(|_| full);
        Self {
            frame: Frame::console(charter, Here::Queue, "Requests", Some(login)),
            filters: filter_links(shown.filter, shown.counts),
            rows: shown
                .requests
                .iter()
                .map(|request| Row::of(request, now))
                .collect(),
            earlier: (shown.offset > 0).then(|| address(shown.offset.saturating_sub(shown.page))),
            later: later.map(address),
        }
    }
}

/// How many subject requests a filter lets through.
pub(crate) fn count(filter: Filter, counts: &[(String, u64)]) -> u64 {
    let within = counts
        .iter()
        .filter(|(state, _)| filter.states().contains(&state.as_str()));
    within.map(|(_, count)| count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    #[test]
    fn every_state_is_behind_some_filter() {
        for request in [
            sample::unverified_erasure(),
            sample::unstated(candor_policy::charter::Right::Complaint),
            sample::erasure(Standing::Locating),
            sample::erasure(Standing::Undecided),
            sample::erasure(Standing::Preparing),
            sample::waiting_erasure(),
            sample::completed_erasure(),
            sample::refused_erasure(),
            sample::erasure(Standing::Lapsed { at: sample::now() }),
            sample::erasure(Standing::Cancelled {
                at: sample::now(),
                by: None,
            }),
        ] {
            let state = request.state_key();
            let found = Filter::ALL
                .iter()
                .any(|filter| filter.states().contains(&state));
            assert!(found, "{state}");
        }
    }

    #[test]
    fn an_answer_after_the_deadline_is_called_late() {
        let mut request = sample::completed_erasure();
        assert!(ended(&request).ends_with(", in time"));
        request.due_at = request.filed_at;
        assert!(ended(&request).ends_with(", late"));
    }
}
