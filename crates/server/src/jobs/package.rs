//! The answer to an access or a portability request: every source's rows of one person, streamed
//! into a zip that is sealed under the person's key before it reaches a disk.

use std::collections::BTreeMap;
use std::io::{self, PipeWriter};
use std::sync::Arc;

use candor_connect::package::{About, MadeFor, PackageWriter, Portable};
use candor_connect::{ExportColumn, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::plan::{Footprint, TableEffect};
use candor_domain::portability::{LeftOut, is_portable};
use candor_domain::subject_request::{Event, State, SubjectRequest, System};
use candor_domain::work::Job;
use candor_policy::charter::{Charter, Right};
use candor_policy::render::information::{Known, information};
use candor_store::Change;
use candor_store::rows::ClaimedJob;
use jiff::tz::TimeZone;
use tokio::runtime::Handle;

use super::footprint;
use super::{Ended, blocked, end_with, finishing, nothing_to_do};
use crate::people::OpenPerson;
use crate::sealed_stream::{self, File, SealedSpool};
use crate::service::{Service, ServiceError, package_blob, sheets_blob};
use crate::ui::words;

type Exported = BTreeMap<String, Vec<TableEffect>>;

/// A package that was not finished.
enum Stopped {
    Source { name: String, error: SourceError },
    Writing(io::Error),
}

/// Gathers everything that is held of a person.
pub(super) async fn package(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?;
    let gathers = matches!(request.value.right, Right::Access | Right::Portability);
    if request.value.state != State::Carrying || !gathers {
        return nothing_to_do(service, claimed).await;
    }
    let Some(person) = service.person(&request.value.subject).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let person = Arc::new(person);
    let footprints = footprints(service, id, &person).await?;
    let charter = service.charter_of(&request.value).await?;
    let known = known(service, &request.value, &charter).await?;
    let (blob, sheets) = (package_blob(id), sheets_blob(id));
    // What an interrupted attempt left behind may be longer than this one.
    let clean = Change {
        remove_blobs: vec![blob, sheets.clone()],
        ..Change::default()
    };
    service.commit(clean).await?;

    let (reader, writer) = io::pipe().map_err(ServiceError::Package)?;
    let entropy = service.world().entropy.clone();
    let (spool, spooling) = sealed_stream::spool(
        service.shared_store(),
        File::sheets(id),
        person.clone(),
        entropy.clone(),
    )
    .map_err(ServiceError::Package)?;
    let exporting = {
        let service = service.clone();
        let request = request.value.clone();
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || {
            let package = (writer, spool);
            let exported = export(&service, &request, &charter, &footprints, known, package);
            runtime.block_on(exported)
        })
    };
    let file = File::package(id);
    let sealing = sealed_stream::seal_into(service.store(), file, person, reader, entropy);
    let (exported, sealed, spooled) = tokio::join!(exporting, sealing, spooling);
    let exported = exported.map_err(|error| ServiceError::Package(io::Error::other(error)))?;
    let effects = match exported {
        Ok(effects) => effects,
        Err(Stopped::Source { name, error }) => return blocked(service, id, &name, &error).await,
        Err(Stopped::Writing(error)) => return Err(ServiceError::Package(error)),
    };
    spooled?;
    sealed?;
    service.world().reach("package.before_commit").await;
    let change = Change {
        remove_blobs: vec![sheets],
        ..Change::default()
    };
    end_with(service, claimed, id, Event::Packaged { effects }, change).await
}

/// Removes a package whose time is over, and then what we know of the person.
pub(super) async fn remove(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?;
    let mut change = finishing(claimed);
    change.remove_blobs.push(package_blob(id));
    change.remove_blobs.push(sheets_blob(id));
    let subject = request.value.subject;
    change.enqueue.push((Job::Shred { subject }, service.now()));
    service.commit(change).await?;
    Ok(Ended::Done)
}

async fn footprints(
    service: &Service,
    id: &SubjectRequestId,
    person: &Arc<OpenPerson>,
) -> Result<BTreeMap<String, Footprint>, ServiceError> {
    let mut footprints = BTreeMap::new();
    // Whatever was written down is of a source in which the person can be.
    for source in service.sources().all().keys() {
        if let Some(written) = footprint::of_person(service, id, person, source).await? {
            footprints.insert(source.clone(), written.footprint);
        }
    }
    Ok(footprints)
}

async fn export(
    service: &Service,
    request: &SubjectRequest,
    charter: &Charter,
    footprints: &BTreeMap<String, Footprint>,
    known: Option<Known>,
    (writer, spool): (PipeWriter, SealedSpool),
) -> Result<Exported, Stopped> {
    let portable = request.right == Right::Portability;
    let about = About {
        made_for: if portable {
            MadeFor::Portability
        } else {
            MadeFor::Access
        },
        organisation: charter.organisation.name.clone(),
        contact: charter.organisation.contact.email.clone(),
        asked_at: request.filed_at,
        made_at: service.now(),
    };
    let mut package = PackageWriter::new(writer, spool, about).map_err(Stopped::Writing)?;
    let mut exported = Exported::new();
    let mut left_out = Vec::new();
    let sources = service.sources();
    for (name, footprint) in footprints {
        let source = sources.of(name, request.tenant.as_ref());
        let source = source.map_err(|error| Stopped::Source {
            name: name.clone(),
            error,
        })?;
        let Some(source) = source else {
            continue;
        };
        let identities = &footprint.identities;
        let outcome = if portable {
            let choose = chooser(charter, &request.about);
            let mut sink = Portable::new(&mut package, &choose);
            let outcome = source.export(identities, &mut sink).await;
            let (tables, omissions) = sink.ends();
            left_out.extend(omissions);
            let went = |effect: &TableEffect| tables.contains(&effect.table);
            outcome.map(|effects| effects.into_iter().filter(went).collect())
        } else {
            source.export(identities, &mut package).await
        };
        let noted = sources.noted(name, outcome, service.now());
        let effects = noted.map_err(|error| Stopped::Source {
            name: name.clone(),
            error,
        })?;
        exported.insert(name.clone(), effects);
    }
    let told = known.map(|mut known| {
        known.found.clone_from(package.found());
        information(charter, &known)
    });
    let finished = package.finish(&left_out, told.as_ref());
    finished.map_err(Stopped::Writing)?;
    Ok(exported)
}

/// What is known of a person beside their data; for a copy, not for what they take
/// elsewhere.
async fn known(
    service: &Service,
    request: &SubjectRequest,
    charter: &Charter,
) -> Result<Option<Known>, ServiceError> {
    if request.right != Right::Access {
        return Ok(None);
    }
    let mut known = Known {
        about: request.about.clone(),
        on_behalf_of: request.tenant.as_ref().map(ToString::to_string),
        rights: rights(charter),
        complaint: words::authority(&charter.organisation),
        ..Known::default()
    };
    for earlier in service.earlier(request).await? {
        for (system, task) in &earlier.tasks {
            if let (System::Vendor(vendor), Some(done)) = (system, &task.done) {
                let day = words::date_words(done.at.to_zoned(TimeZone::UTC).date());
                known.told.insert(vendor.clone(), day);
            }
        }
        known
            .parties
            .extend(earlier.followers.into_iter().map(|one| one.party));
    }
    Ok(Some(known))
}

/// The rights that everybody has, and those that the policy gives beyond the law.
fn rights(charter: &Charter) -> Vec<String> {
    let all = Right::ALL.into_iter().filter(|right| match right {
        Right::Access => false,
        Right::OptOut => charter.rights.contains_key(right),
        _ => true,
    });
    all.map(|right| words::right_law(right).to_owned())
        .collect()
}

/// What of an export can be taken elsewhere, by the declaration.
fn chooser(
    charter: &Charter,
    about: &str,
) -> impl Fn(&ExportColumn) -> Result<(), LeftOut> + Send + Sync {
    |column| is_portable(charter, about, column.category.as_deref())
}
