//! What staff see. Staff see plans as counts; nobody here sees a person's rows.

use std::sync::Arc;

use candor_connect::SourceError;
use candor_connect::atlas::Atlas;
use candor_domain::id::SubjectRequestId;
use candor_domain::personal::Personal;
use candor_domain::subject_request::{SubjectRequest, System};
use candor_policy::charter::Charter;
use candor_store::rows::{QueueState, RequestPage};
use jiff::Timestamp;

use super::{Service, ServiceError};

/// Subject requests on one page of the console.
pub const REQUESTS_PER_PAGE: u32 = 100;

/// Pages of subject requests that are looked through for open tasks.
const TASK_PAGES_MAX: u32 = 1_000;

/// Subject requests that are read at once in search of open tasks, and how often.
const LOOKED_AT_ONCE: u32 = 100;
const LOOKS_MAX: u32 = 10;

/// A subject request of which something is to be done by hand.
#[derive(Clone, Debug)]
pub struct OpenTasks {
    /// It, with its tasks.
    pub request: SubjectRequest,
    /// Whom it is about; `None` once the person is shredded.
    pub contact: Option<Personal<String>>,
}

/// Which tasks are wanted.
#[derive(Clone, Debug)]
pub(crate) struct TasksWanted {
    /// Of which subject requests, after which, and how many tasks.
    pub(crate) page: RequestPage,
    /// Only in systems of this kind.
    pub(crate) kind: Option<String>,
    /// Only of subject requests that are due before.
    pub(crate) due_before: Option<Timestamp>,
}

impl TasksWanted {
    /// Whether tasks in a system are wanted.
    pub(crate) fn takes(&self, system: &System) -> bool {
        self.kind
            .as_deref()
            .is_none_or(|kind| kind == system.kind())
    }
}

/// A page of open tasks.
#[derive(Clone, Debug, Default)]
pub(crate) struct TasksPage {
    /// The subject requests, each with its tasks.
    pub(crate) open: Vec<OpenTasks>,
    /// The deadline and id of the last one that was looked at, where more may follow.
    pub(crate) next: Option<(Timestamp, SubjectRequestId)>,
}

/// How the installation is.
#[derive(Clone, Debug)]
pub struct SystemView {
    /// The queue of jobs.
    pub queue: QueueState,
    /// Every source.
    pub sources: Vec<SourceView>,
    /// Entries in the ledger.
    pub ledger_size: u64,
}

/// How a source is.
#[derive(Clone, Debug)]
pub struct SourceView {
    /// Its declared name.
    pub name: String,
    /// Whether the last use of it went well; `None` before the first.
    pub up: Option<bool>,
    /// What is wrong with it.
    pub detail: Option<String>,
    /// Since when it is as it is.
    pub since: Option<Timestamp>,
}

impl Service {
    /// Subject requests in any of these states (none means all), the earliest
    /// deadline first, a hundred at a time.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn requests(
        &self,
        states: &[&str],
        offset: u32,
    ) -> Result<Vec<SubjectRequest>, ServiceError> {
        let rows = self
            .store()
            .requests(states, REQUESTS_PER_PAGE, offset)
            .await?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }

    /// Subject requests with a task that is open, the earliest deadline first, a
    /// hundred at a time.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn open_tasks(&self, offset: u32) -> Result<Vec<OpenTasks>, ServiceError> {
        let mut open = Vec::new();
        let mut skipped = 0;
        for page in 0..TASK_PAGES_MAX {
            let from = page.saturating_mul(REQUESTS_PER_PAGE);
            let carried = self.requests(&["carrying"], from).await?;
            let full = carried.len() as u64 >= u64::from(REQUESTS_PER_PAGE);
            let waits = |one: &SubjectRequest| one.open_tasks().next().is_some();
            for request in carried.into_iter().filter(waits) {
                if skipped < offset {
                    skipped += 1;
                    continue;
                }
                open.push(self.with_contact(request).await?);
                if open.len() as u64 >= u64::from(REQUESTS_PER_PAGE) {
                    return Ok(open);
                }
            }
            if !full {
                break;
            }
        }
        Ok(open)
    }

    /// Subject requests with a task of those that are wanted, the earliest deadline
    /// first. A page ends where it has enough tasks, or where enough was looked
    /// through: then it may be short, and more follow.
    pub(crate) async fn tasks_page(&self, wanted: &TasksWanted) -> Result<TasksPage, ServiceError> {
        let mut page = wanted.page.clone();
        page.state = Some("carrying".to_owned());
        page.limit = LOOKED_AT_ONCE;
        let mut found = TasksPage::default();
        let mut count = 0;
        for _ in 0..LOOKS_MAX {
            let carried = self.requests_page(&page).await?;
            let full = carried.len() as u64 >= u64::from(LOOKED_AT_ONCE);
            for request in carried {
                let takes = |system: &&System| wanted.takes(system);
                let tasks = request.open_tasks().filter(takes).count();
                let soon = wanted.due_before.is_none_or(|end| request.due_at < end);
                page.after = Some((request.measured_by(), request.id.clone()));
                found.next.clone_from(&page.after);
                if tasks > 0 && soon {
                    count += tasks;
                    found.open.push(self.with_contact(request).await?);
                }
                if count as u64 >= u64::from(wanted.page.limit) {
                    return Ok(found);
                }
            }
            if !full {
                found.next = None;
                break;
            }
        }
        Ok(found)
    }

    async fn with_contact(&self, request: SubjectRequest) -> Result<OpenTasks, ServiceError> {
        let person = self.person(&request.subject).await?;
        let contact = person.map(|person| person.contact.value);
        Ok(OpenTasks { request, contact })
    }

    /// How many subject requests are in each state.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn request_counts(&self) -> Result<Vec<(String, u64)>, ServiceError> {
        Ok(self.store().request_counts().await?)
    }

    /// One subject request with the charter it was filed under.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn request(
        &self,
        id: &SubjectRequestId,
    ) -> Result<Option<(SubjectRequest, Arc<Charter>)>, ServiceError> {
        let Some(request) = self.store().request(id).await? else {
            return Ok(None);
        };
        let charter = self.charter_of(&request.value).await?;
        Ok(Some((request.value, charter)))
    }

    /// Every subject request of the same person, this one included.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn earlier(
        &self,
        request: &SubjectRequest,
    ) -> Result<Vec<SubjectRequest>, ServiceError> {
        let rows = self.store().requests_of(&request.subject).await?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }

    /// Part of the list of subject requests, the earliest deadline first.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn requests_page(
        &self,
        page: &RequestPage,
    ) -> Result<Vec<SubjectRequest>, ServiceError> {
        let rows = self.store().requests_page(page).await?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }

    /// Every database's map as a graph, or why there is none.
    pub async fn atlases(&self) -> Vec<(String, Result<Atlas, SourceError>)> {
        let mut atlases = Vec::new();
        let sources = self.sources();
        let databases = sources.all().iter();
        for (name, source) in databases.filter(|(_, source)| !source.is_service()) {
            let catalogue = source.catalogue().await;
            let mut atlas = catalogue.map(|catalogue| Atlas::new(&catalogue, source.map()));
            if let Ok(atlas) = &mut atlas {
                // A source without a plan says so where it is used.
                let reads = source.whole_reads().await.unwrap_or_default();
                atlas.refused = reads.iter().map(ToString::to_string).collect();
            }
            atlases.push((name.clone(), atlas));
        }
        atlases
    }

    /// The collections that every service says it has, or why it says nothing.
    pub async fn services(&self) -> Vec<(String, Result<Vec<String>, SourceError>)> {
        let mut services = Vec::new();
        let sources = self.sources();
        let all = sources.all().iter();
        for (name, source) in all.filter(|(_, source)| source.is_service()) {
            let described = source.described().await;
            let names = described.map(|tables| tables.into_iter().map(|table| table.name));
            services.push((name.clone(), names.map(Iterator::collect)));
        }
        services
    }

    /// How the installation is.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn system(&self) -> Result<SystemView, ServiceError> {
        Ok(SystemView {
            queue: self.store().queue(self.now()).await?,
            sources: self.sources().views(),
            ledger_size: self.store().ledger_head().await?.size,
        })
    }
}
