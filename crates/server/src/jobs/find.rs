//! Finding people: the closure of their identities over all sources, what each
//! source holds, and having the footprint written down by which absence is
//! verified later. People whose turn it is are looked up together, one statement
//! for all of them, and each alone where that fails. Invariant: each is found,
//! counted and written down as if nobody else had been looked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use candor_connect::{Source, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::plan::SourcePreview;
use candor_domain::subject_request::{Event, State, SubjectRequest, Tenant};
use candor_domain::work::Job;
use candor_policy::charter::Right;
use candor_store::rows::ClaimedJob;
use jiff::Timestamp;

use super::erase::kept;
use super::footprint::{self, Due};
use super::together::{self, or_alone};
use super::visit::Done;
use super::{Ended, JobEnd, blocked, end_with, nothing_to_do, rewrite, undo, waits};
use crate::people::OpenPerson;
use crate::service::{Service, ServiceError, StandingError};
use crate::sources::Sources;

/// What a subject request waits for where its identities contradict each other.
const IDENTITIES: &str = "identities";

/// The sources in which people can be, by name.
type Own = BTreeMap<String, Arc<Source>>;

/// What people are looked up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Search {
    /// To count what is held of them.
    Locate,
    /// To write down what leads to them. Only then is anything carried out:
    /// afterwards they could no longer be found.
    Prepare,
}

/// Somebody whose turn it is.
struct Sought<'a> {
    claimed: &'a ClaimedJob,
    request: SubjectRequest,
    person: Arc<OpenPerson>,
    proved: Vec<Identity>,
}

/// Somebody who was followed through all sources.
struct Found<'a> {
    sought: &'a Sought<'a>,
    identities: Vec<Identity>,
    previews: BTreeMap<String, SourcePreview>,
}

/// What stopped the search for somebody.
enum Stopped {
    /// A source.
    Source { source: String, error: SourceError },
    /// What was proved doesn't belong together; in words without personal data.
    Contradiction(String),
    /// Our own side.
    Failed(ServiceError),
}

/// Looks people up, and says how the job of each ended.
pub(super) async fn find<'a>(
    service: &'a Service,
    claimed: &'a [ClaimedJob],
    search: Search,
) -> Vec<JobEnd<'a>> {
    let mut ended = Vec::new();
    let mut by_tenant: BTreeMap<Option<Tenant>, Vec<Sought<'_>>> = BTreeMap::new();
    for one in claimed {
        match Sought::open(service, one, search).await {
            Ok(Some(sought)) => {
                let tenant = sought.request.tenant.clone();
                by_tenant.entry(tenant).or_default().push(sought);
            }
            Ok(None) => ended.push((one, nothing_to_do(service, one).await)),
            Err(error) => ended.push((one, Err(error))),
        }
    }
    for (tenant, people) in by_tenant {
        let outcomes = looked_up(service, tenant.as_ref(), &people, search).await;
        let written = people
            .iter()
            .map(|own| (&own.request.id, own.claimed))
            .collect::<Vec<_>>();
        let outcomes = together::written(service, &written, outcomes).await;
        for (sought, outcome) in people.iter().zip(outcomes) {
            let end = match outcome {
                None => Ok(Ended::Done),
                Some(outcome) => sought.end(service, outcome).await,
            };
            ended.push((sought.claimed, end));
        }
    }
    ended
}

/// The same for one person.
pub(super) async fn find_one(
    service: &Service,
    claimed: &ClaimedJob,
    search: Search,
) -> Result<Ended, ServiceError> {
    let ended = find(service, std::slice::from_ref(claimed), search).await;
    let ended = ended.into_iter().next();
    ended.map_or(Err(ServiceError::Corrupt("job")), |(_, ended)| ended)
}

/// What came of each.
async fn looked_up(
    service: &Service,
    tenant: Option<&Tenant>,
    people: &[Sought<'_>],
    search: Search,
) -> Vec<Result<Done, Stopped>> {
    let sources = service.sources();
    let own = match sources.all_of(tenant) {
        Ok(own) => own,
        Err(error) => {
            let each = people.iter().map(|_| Err(Stopped::of(error.clone())));
            return each.collect();
        }
    };
    let found = followed(service, &sources, &own, people).await;
    match search {
        Search::Locate => {
            let found = counted(service, &sources, &own, found).await;
            service.world().reach("locate.before_commit").await;
            let events = found.into_iter().map(|found| {
                let previews = found?.previews;
                Ok(Done::from(Event::Located { previews }))
            });
            events.collect()
        }
        Search::Prepare => {
            let done = written_down(service, &sources, &own, found).await;
            service.world().reach("prepare.before_commit").await;
            done
        }
    }
}

/// Every identity that the proved ones lead to. An identity that leads to several
/// people in any source leads nowhere, unless it is one that was proved.
/// Identities that contradict each other stop everything: whoever filed them
/// mixed two people up.
async fn followed<'a>(
    service: &Service,
    sources: &Sources,
    own: &Own,
    people: &'a [Sought<'a>],
) -> Vec<Result<Found<'a>, Stopped>> {
    let all: Vec<&Source> = own.values().map(AsRef::as_ref).collect();
    let closures = or_alone(people.len(), async |who| {
        let people = people.get(who).unwrap_or_default();
        let proved = people.iter().flat_map(|own| &own.proved);
        let proved: Vec<&Identity> = proved.collect();
        let closures = candor_connect::closures(&all, &proved).await?;
        let mut closures = closures.into_iter();
        let each = people.iter().map(|own| {
            let own = closures.by_ref().take(own.proved.len());
            own.map(|closure| closure.identities).collect::<Vec<_>>()
        });
        Ok(each.collect())
    });
    let closures = closures.await;
    let each = people.iter().zip(closures).map(|(sought, closures)| {
        let now = service.now();
        let closures = closures.map_err(|error| Stopped::noted(sources, error, now))?;
        for name in own.keys() {
            let _ = sources.noted(name, Ok(()), now);
        }
        let proved = sought.proved.iter().zip(&closures);
        for (one, found) in proved {
            if let Some(why) = contradiction(&sought.proved, one, found) {
                return Err(Stopped::Contradiction(why));
            }
        }
        let identities: BTreeSet<Identity> = closures.into_iter().flatten().collect();
        Ok(Found {
            sought,
            identities: identities.into_iter().collect(),
            previews: BTreeMap::new(),
        })
    });
    each.collect()
}

/// With what each source holds of each.
async fn counted<'a>(
    service: &Service,
    sources: &Sources,
    own: &Own,
    mut found: Vec<Result<Found<'a>, Stopped>>,
) -> Vec<Result<Found<'a>, Stopped>> {
    for (name, source) in own {
        let mut previews = BTreeMap::new();
        for (place, found) in found.iter().enumerate() {
            if let Ok(found) = found
                && let Some(preview) = counted_alone(service, source, found).await.transpose()
            {
                previews.insert(place, preview);
            }
        }
        let plain = found.iter().enumerate();
        let plain = plain.filter(|(place, _)| !previews.contains_key(place));
        let plain = plain.filter_map(|(place, found)| {
            let identities = &found.as_ref().ok()?.identities;
            Some((place, identities.as_slice()))
        });
        let (places, plain): (Vec<usize>, Vec<&[Identity]>) = plain.unzip();
        let together = or_alone(plain.len(), async |who| {
            let people = plain.get(who).unwrap_or_default();
            Ok(source.previews(people).await?)
        });
        previews.extend(places.into_iter().zip(together.await));
        for (place, preview) in previews {
            let Some(slot) = found.get_mut(place) else {
                continue;
            };
            match (answered(sources, name, preview, service), slot.as_mut()) {
                (Ok(preview), Ok(found)) => {
                    found.previews.insert(name.clone(), preview);
                }
                (Err(stopped), _) => *slot = Err(stopped),
                (Ok(_), Err(_)) => {}
            }
        }
    }
    found
}

/// What a source holds of somebody for whom it is counted in another way than
/// for others; `None` for all the others.
async fn counted_alone(
    service: &Service,
    source: &Source,
    found: &Found<'_>,
) -> Result<Option<SourcePreview>, StandingError> {
    let (request, identities) = (&found.sought.request, &found.identities);
    let held = match request.right {
        Right::Erasure => kept(service, request, source, identities).await?,
        _ => BTreeMap::new(),
    };
    let written = rewrite::preview(service, request, source, identities).await?;
    if written.is_some() || held.is_empty() || source.is_service() {
        return Ok(written);
    }
    let under = source.holding(&held)?;
    Ok(Some(under.preview(identities).await?))
}

/// With what leads to each, sealed, and all that is to be known before anything
/// is carried out.
async fn written_down(
    service: &Service,
    sources: &Sources,
    own: &Own,
    found: Vec<Result<Found<'_>, Stopped>>,
) -> Vec<Result<Done, Stopped>> {
    let mut due: Vec<Result<(&Sought<'_>, Due<'_>), Stopped>> = Vec::new();
    for found in found {
        due.push(found.map(
            |Found {
                 sought, identities, ..
             }| {
                let due = Due::new(&sought.request, &sought.person, identities);
                (sought, due)
            },
        ));
    }
    for (name, source) in own {
        let (places, people): (Vec<usize>, Vec<&Due<'_>>) = due
            .iter()
            .enumerate()
            .filter_map(|(place, due)| Some((place, &due.as_ref().ok()?.1)))
            .unzip();
        let written = footprint::write(service, source, &people).await;
        for (place, written) in places.into_iter().zip(written) {
            let Some(slot) = due.get_mut(place) else {
                continue;
            };
            match (answered(sources, name, written, service), slot.as_mut()) {
                (Ok(written), Ok((_, due))) => due.add(written),
                (Err(stopped), _) => *slot = Err(stopped),
                (Ok(_), Err(_)) => {}
            }
        }
    }
    let mut done = Vec::new();
    for due in due {
        done.push(match due {
            Ok((sought, due)) => prepared(service, sought, due).await,
            Err(stopped) => Err(stopped),
        });
    }
    done
}

async fn prepared(
    service: &Service,
    sought: &Sought<'_>,
    mut due: Due<'_>,
) -> Result<Done, Stopped> {
    let (request, person) = (&sought.request, &sought.person);
    let identities = std::mem::take(&mut due.identities);
    let duties = service.duties(request).await.map_err(Stopped::of)?;
    let mut done = Done::from(Event::Prepared {
        tasks: duties.tasks,
        writes: duties.writes,
    });
    done.sealed.extend(undo::new_key(service, request, person)?);
    due.end(&mut done);
    if request.right == Right::Restriction {
        let hold = service.restricting(person, request, identities);
        done.holds.extend(hold.await?);
    }
    Ok(done)
}

/// What came of a use of a source, which is also written down as how it is.
fn answered<T>(
    sources: &Sources,
    name: &str,
    outcome: Result<T, StandingError>,
    service: &Service,
) -> Result<T, Stopped> {
    match outcome {
        Ok(done) => {
            let _ = sources.noted(name, Ok(()), service.now());
            Ok(done)
        }
        Err(error) => Err(Stopped::noted(sources, error, service.now())),
    }
}

impl<'a> Sought<'a> {
    /// `None` where there is nothing to be looked up any more.
    async fn open(
        service: &Service,
        claimed: &'a ClaimedJob,
        search: Search,
    ) -> Result<Option<Self>, ServiceError> {
        let (id, state) = match (&claimed.job, search) {
            (Job::Locate { subject_request }, Search::Locate) => (subject_request, State::Locating),
            (Job::Prepare { subject_request }, Search::Prepare) => {
                (subject_request, State::Preparing)
            }
            _ => return Err(ServiceError::Corrupt("job")),
        };
        let request = service.required(id).await?.value;
        if request.state != state {
            return Ok(None);
        }
        let Some(person) = service.person(&request.subject).await? else {
            return Ok(None);
        };
        Ok(Some(Self {
            proved: service.proved_identities(id, &person).await?,
            person: Arc::new(person),
            claimed,
            request,
        }))
    }

    async fn end(
        &self,
        service: &Service,
        outcome: Result<Done, Stopped>,
    ) -> Result<Ended, ServiceError> {
        let id = &self.request.id;
        match outcome {
            Ok(done) => {
                let change = done.change();
                end_with(service, self.claimed, id, done.event, change).await
            }
            Err(stopped) => stopped.end(service, id).await,
        }
    }
}

impl Stopped {
    fn of(error: SourceError) -> Self {
        let source = error.source_name().to_owned();
        Self::Source { source, error }
    }

    /// The same, written down as how the source is.
    fn noted(sources: &Sources, error: StandingError, now: Timestamp) -> Self {
        match error {
            StandingError::Source(error) => {
                let _ = sources.noted::<()>(error.source_name(), Err(error.clone()), now);
                Self::of(error)
            }
            StandingError::Service(error) => Self::Failed(error),
        }
    }

    /// Writes down what it waits for.
    async fn end(self, service: &Service, id: &SubjectRequestId) -> Result<Ended, ServiceError> {
        match self {
            Self::Source { source, error } => blocked(service, id, &source, &error).await,
            Self::Contradiction(why) => waits(service, id, IDENTITIES, why).await,
            Self::Failed(error) => Err(error),
        }
    }
}

impl From<ServiceError> for Stopped {
    fn from(error: ServiceError) -> Self {
        Self::Failed(error)
    }
}

/// What one proved identity leads to where another says otherwise: a customer
/// number, but not the one that was given.
fn contradiction(proved: &[Identity], from: &Identity, found: &[Identity]) -> Option<String> {
    let others = proved.iter().filter(|other| other.kind != from.kind);
    let mut otherwise = others.filter(|other| {
        let mut same_kind = found.iter().filter(|one| one.kind == other.kind).peekable();
        same_kind.peek().is_some() && !same_kind.any(|one| one == *other)
    });
    let other = otherwise.next()?;
    Some(format!(
        "`{}` and `{}` lead to different people; take it back and file it again with what belongs \
         together",
        from.kind, other.kind
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_contradict_each_other_only_where_both_are_known() {
        let email = Identity::new("email", "a@post.example");
        let seven = Identity::new("customer_id", "7");
        let eight = Identity::new("customer_id", "8");
        let proved = [email.clone(), seven.clone()];
        let leads = |found: &[&Identity]| {
            let found: Vec<Identity> = found.iter().map(|one| (*one).clone()).collect();
            contradiction(&proved, &email, &found).is_some()
        };
        assert!(!leads(&[&email]), "the address leads nowhere");
        assert!(!leads(&[&email, &seven]));
        assert!(!leads(&[&email, &seven, &eight]), "a second account");
        assert!(leads(&[&email, &eight]));
        let why = contradiction(&proved, &email, &[eight]).unwrap();
        assert!(!why.contains("post.example") && !why.contains('8'), "{why}");
    }
}
