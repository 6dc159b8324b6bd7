//! Tasks: what people must do where no machine of ours can, one per database or
//! vendor. A subject request is answered only when all of them are done. A task
//! names a system, never a person; what staff write about it is sealed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use candor_policy::charter::{Charter, Right, Role, Vendor, covers};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{State, SubjectRequest};
use crate::id::StaffId;
use crate::rectification::written;

/// Purposes for which data is sold or shared, in the sense of California's law.
const ADVERTISING: &str = "marketing.advertising";

/// Where a task is to be done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum System {
    /// In one of the organisation's databases, by its declared name.
    Source(String),
    /// At a vendor, by its declared name.
    Vendor(String),
}

impl System {
    /// What [`System::kind`] can say.
    pub const KINDS: [&'static str; 2] = ["source", "vendor"];

    /// What it is, without its name.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Source(_) => "source",
            Self::Vendor(_) => "vendor",
        }
    }
}

impl SubjectRequest {
    /// The systems in which something is to be done by hand now.
    pub fn open_tasks(&self) -> impl Iterator<Item = &System> {
        let carrying = self.state == State::Carrying;
        let open = self
            .tasks
            .iter()
            .filter(move |(_, task)| carrying && task.done.is_none());
        open.map(|(system, _)| system)
    }
}

impl fmt::Display for System {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(name) => write!(formatter, "source/{name}"),
            Self::Vendor(name) => write!(formatter, "vendor/{name}"),
        }
    }
}

impl From<System> for String {
    fn from(system: System) -> Self {
        system.to_string()
    }
}

impl TryFrom<String> for System {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('/') {
            Some(("source", name)) => Ok(Self::Source(name.to_owned())),
            Some(("vendor", name)) => Ok(Self::Vendor(name.to_owned())),
            _ => Err("a system is `source/NAME` or `vendor/NAME`"),
        }
    }
}

/// Something that staff have to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// When it was done, and by whom.
    pub done: Option<TaskDone>,
}

/// A task that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDone {
    /// When staff said so.
    pub at: Timestamp,
    /// Who said so.
    pub by: StaffId,
}

/// Who has to do what, once a subject request is decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duties {
    /// What staff have to do.
    pub tasks: BTreeMap<System, Task>,
    /// The sources in which something is written by machine.
    pub writes: BTreeSet<String>,
}

/// Who has to do what for a subject request, given what was found and which
/// sources can be written. A source in which everything is written is nobody's
/// task.
#[must_use]
pub fn duties_of(
    request: &SubjectRequest,
    charter: &Charter,
    able: &dyn Fn(&str) -> bool,
) -> Duties {
    let mut written = written(charter, request, able);
    // What can't be marked by machine is marked by hand.
    written.retain(|source, _| {
        let progress = request.sources.get(source);
        progress.is_some_and(|progress| progress.preview.obstacles.is_empty())
    });
    let mut tasks = tasks_of(request, charter);
    tasks.retain(|system, _| match system {
        System::Source(source) => written.get(source) != Some(&true),
        System::Vendor(_) => true,
    });
    let holds = |source: &String| {
        let progress = request.sources.get(source);
        progress.is_some_and(|progress| !progress.preview.is_empty())
    };
    let writes = written.into_keys().filter(holds).collect();
    Duties { tasks, writes }
}

/// What staff have to do for a subject request where nothing is written by
/// machine, given what was found.
#[must_use]
pub fn tasks_of(request: &SubjectRequest, charter: &Charter) -> BTreeMap<System, Task> {
    let holding = request.sources.iter();
    let holding = holding.filter(|(_, progress)| !progress.preview.is_empty());
    let sources = holding.map(|(name, _)| System::Source(name.clone()));
    let vendors = charter.vendors.iter();
    let vendors = |told: &dyn Fn(&Vendor) -> bool| -> Vec<System> {
        let told = vendors.filter(|(_, vendor)| told(vendor));
        told.map(|(name, _)| System::Vendor(name.clone())).collect()
    };
    let receives = |vendor: &Vendor| receives(charter, vendor, &request.about);
    let systems: Vec<System> = match request.right {
        Right::Rectification | Right::Restriction => sources.chain(vendors(&receives)).collect(),
        Right::Objection | Right::Withdrawal => {
            let concerned = |vendor: &Vendor| receives(vendor) && serves(request, vendor);
            sources.chain(vendors(&concerned)).collect()
        }
        Right::OptOut => {
            let known = request.sources.values().any(|one| !one.preview.is_empty());
            let buyers = vendors(&|vendor| known && receives(vendor) && buys(charter, vendor));
            let sold = !buyers.is_empty() || !charter.no_sale;
            sources.filter(|_| sold).chain(buyers).collect()
        }
        // Whoever received it is told (Article 19); the sources need nobody.
        Right::Erasure => vendors(&receives),
        Right::Access | Right::Portability | Right::Complaint => Vec::new(),
    };
    let tasks = systems.into_iter().map(|system| (system, Task::default()));
    tasks.collect()
}

/// Whether a vendor gets anything about this kind of person.
fn receives(charter: &Charter, vendor: &Vendor, about: &str) -> bool {
    let mut data = vendor.receives.iter().chain(&vendor.collects);
    data.any(|name| {
        let of = charter.data.get(name).map(|data| &data.of);
        of.is_none_or(|of| of.is_empty() || of.iter().any(|kind| kind == about))
    })
}

/// Whether a vendor serves a purpose that the wish is about; a wish without
/// purposes may be about any.
fn serves(request: &SubjectRequest, vendor: &Vendor) -> bool {
    let Some(wish) = &request.wish else {
        return true;
    };
    let mut named = wish.marketing.iter().chain(&wish.purposes).peekable();
    named.peek().is_none() || named.any(|name| vendor.purposes.contains(name))
}

/// Whether passing data to a vendor is a sale or sharing: it decides for itself
/// what to do with it, or advertises (California Civil Code §1798.140(ad), (ah)).
fn buys(charter: &Charter, vendor: &Vendor) -> bool {
    let advertises = |name: &String| {
        let purpose = charter.purposes.get(name);
        let category = purpose.and_then(|purpose| purpose.category.as_ref());
        covers(ADVERTISING, category.unwrap_or(name))
    };
    vendor.role == Some(Role::Controller) || vendor.purposes.iter().any(advertises)
}
