//! Finding a person: the closure of their identities over all sources, what
//! each source holds, and having the footprint written down by which absence is
//! verified later.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use candor_connect::{Source, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::subject_request::{Event, State, Tenant};
use candor_policy::charter::Right;
use candor_store::Change;
use candor_store::rows::ClaimedJob;

use super::erase::kept;
use super::footprint::Pen;
use super::{Ended, blocked, end_with, nothing_to_do, rewrite, undo, waits};
use crate::service::{Service, ServiceError, StandingError};

/// What a subject request waits for where its identities contradict each other.
const IDENTITIES: &str = "identities";

/// What stopped the search.
enum Stopped {
    /// A source.
    Source { source: String, error: SourceError },
    /// What was proved doesn't belong together; in words without personal data.
    Contradiction(String),
}

impl Stopped {
    /// Writes down what it waits for.
    async fn wait(self, service: &Service, id: &SubjectRequestId) -> Result<Ended, ServiceError> {
        match self {
            Self::Source { source, error } => blocked(service, id, &source, &error).await,
            Self::Contradiction(why) => waits(service, id, IDENTITIES, why).await,
        }
    }
}

/// Looks the person up everywhere and counts what is held.
pub(super) async fn locate(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?;
    if request.value.state != State::Locating {
        return nothing_to_do(service, claimed).await;
    }
    let Some(person) = service.person(&request.value.subject).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let mut previews = BTreeMap::new();
    let proved = service.proved_identities(id, &person).await?;
    let tenant = request.value.tenant.as_ref();
    let (own, identities) = match closure(service, tenant, &proved).await {
        Ok(found) => found,
        Err(stopped) => return stopped.wait(service, id).await,
    };
    let sources = service.sources();
    for (name, source) in &own {
        let held = match request.value.right {
            Right::Erasure => kept(service, &request.value, source, &identities).await,
            _ => Ok(BTreeMap::new()),
        };
        let held = match held {
            Ok(held) => held,
            Err(StandingError::Source(error)) => return blocked(service, id, name, &error).await,
            Err(StandingError::Service(error)) => return Err(error),
        };
        let written = rewrite::preview(service, &request.value, source, &identities).await;
        let written = match written {
            Ok(written) => written,
            Err(StandingError::Source(error)) => return blocked(service, id, name, &error).await,
            Err(StandingError::Service(error)) => return Err(error),
        };
        let preview = if let Some(preview) = written {
            Ok(preview)
        } else if held.is_empty() || source.is_service() {
            source.preview(&identities).await
        } else {
            match source.holding(&held) {
                Ok(under) => under.preview(&identities).await,
                Err(error) => Err(error),
            }
        };
        match sources.noted(name, preview, service.now()) {
            Ok(preview) => previews.insert(name.clone(), preview),
            Err(error) => return blocked(service, id, name, &error).await,
        };
    }
    service.world().reach("locate.before_commit").await;
    let event = Event::Located { previews };
    end_with(service, claimed, id, event, Change::default()).await
}

/// Looks the person up again and writes down, sealed, what leads to them in
/// every source. Only then is anything carried out: afterwards it could no
/// longer be found.
pub(super) async fn prepare(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?;
    if request.value.state != State::Preparing {
        return nothing_to_do(service, claimed).await;
    }
    let Some(person) = service.person(&request.value.subject).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let proved = service.proved_identities(id, &person).await?;
    let tenant = request.value.tenant.as_ref();
    let (own, identities) = match closure(service, tenant, &proved).await {
        Ok(found) => found,
        Err(stopped) => return stopped.wait(service, id).await,
    };
    let person = Arc::new(person);
    let mut change = Change::default();
    change
        .sealed
        .extend(undo::new_key(service, &request.value, &person)?);
    let sources = service.sources();
    let mut pen = Pen::new(service, &request.value, &person);
    for (source_name, source) in &own {
        let sealed = pen.write(source, &identities).await?;
        match sources.noted(source_name, sealed, service.now()) {
            Ok(sealed) => change.sealed.push(sealed),
            Err(error) => return blocked(service, id, source_name, &error).await,
        }
    }
    if request.value.right == Right::Restriction {
        let hold = service.restricting(&person, &request.value, identities);
        let hold = hold.await?;
        change.holds.extend(hold);
    }
    service.world().reach("prepare.before_commit").await;
    let duties = match service.duties(&request.value).await {
        Ok(duties) => duties,
        Err(error) => {
            let source = error.source_name().to_owned();
            return blocked(service, id, &source, &error).await;
        }
    };
    let event = Event::Prepared {
        tasks: duties.tasks,
        writes: duties.writes,
    };
    end_with(service, claimed, id, event, change).await
}

/// The sources in which the person can be, as they are for the tenant whose end
/// user it is, and every identity that the proved ones lead to there. An identity
/// that leads to several people in any source leads nowhere, unless it is one that
/// was proved. Identities that contradict each other stop everything: whoever filed
/// them mixed two people up.
async fn closure(
    service: &Service,
    tenant: Option<&Tenant>,
    proved: &[Identity],
) -> Result<(BTreeMap<String, Arc<Source>>, Vec<Identity>), Stopped> {
    let sources = service.sources();
    let own = sources.all_of(tenant).map_err(|error| Stopped::Source {
        source: error.source_name().to_owned(),
        error,
    })?;
    let all: Vec<&Source> = own.values().map(AsRef::as_ref).collect();
    let mut found = BTreeSet::new();
    for one in proved {
        match candor_connect::closure(&all, one).await {
            Ok(closure) => {
                if let Some(why) = contradiction(proved, one, &closure.identities) {
                    return Err(Stopped::Contradiction(why));
                }
                found.extend(closure.identities);
            }
            Err(error) => {
                let source = error.source_name().to_owned();
                let _ = sources.noted::<()>(&source, Err(error.clone()), service.now());
                return Err(Stopped::Source { source, error });
            }
        }
    }
    for name in own.keys() {
        let _ = sources.noted(name, Ok(()), service.now());
    }
    Ok((own, found.into_iter().collect()))
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
