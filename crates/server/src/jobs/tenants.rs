//! Tells a tenant what waits for its decision. One notice names everything that
//! waits, so that a file of ten thousand people is not ten thousand mails. INVARIANT:
//! a subject request is recorded as told after the notice was taken, never before;
//! the notice holds numbers, rights and days, and nothing about anybody. Where nobody
//! is declared whom to tell, the job stays in the queue, where staff see it.

use candor_connect::callback;
use candor_connect::mail::Mail;
use candor_domain::personal::Personal;
use candor_domain::subject_request::{Event, NoticeWay, SubjectRequest, Tenant, TenantNotice};
use candor_seal::webhook::Message;
use candor_store::Change;
use candor_store::rows::{ClaimedJob, RequestPage};
use jiff::Timestamp;
use serde_json::json;

use super::{Ended, finishing, nothing_to_do};
use crate::letters;
use crate::protocols::Contact;
use crate::service::{Service, ServiceError};

/// Subject requests that one notice is about.
const NOTICE_MAX: usize = 200;
/// Those that it lists; of the others it says how many.
pub(crate) const LISTED_MAX: usize = 20;
/// Subject requests that are read at once.
const PAGE: u32 = 500;
/// Bytes of a notice's name.
const TAG_BYTES: usize = 16;

/// Tells one tenant in one way of everything it has not been told of.
pub(super) async fn tell(
    service: &Service,
    claimed: &ClaimedJob,
    tenant: &Tenant,
    by: NoticeWay,
) -> Result<Ended, ServiceError> {
    let now = service.now();
    let (waiting, more) = waiting(service, tenant, by, now).await?;
    if waiting.is_empty() {
        return nothing_to_do(service, claimed).await;
    }
    let parties = service.parties();
    let Some(contact) = parties.contact(tenant) else {
        return match by {
            NoticeWay::Mail => untold(service, tenant, &waiting).await,
            NoticeWay::Webhook => nothing_to_do(service, claimed).await,
        };
    };
    let sent = match by {
        NoticeWay::Mail => mail(service, contact, &waiting).await?,
        NoticeWay::Webhook => post(service, contact, &waiting, now).await,
    };
    match sent {
        Sent::Taken => {}
        Sent::Undeclared => return nothing_to_do(service, claimed).await,
        Sent::Waits(why) => return Ok(Ended::Waits { why }),
    }
    service.world().reach("tenant.after_send").await;
    let mut change = finishing(claimed);
    change
        .enqueue
        .extend(more.then(|| (claimed.job.clone(), now)));
    record(service, &waiting, by, change).await?;
    Ok(Ended::Done)
}

/// What waits for a tenant, with what it is to be told of each.
type Waiting = Vec<(SubjectRequest, TenantNotice)>;

/// What became of a notice.
enum Sent {
    Taken,
    /// The tenant has no contact of this kind.
    Undeclared,
    Waits(String),
}

/// The earliest deadlines first; and whether there are more than fit a notice.
async fn waiting(
    service: &Service,
    tenant: &Tenant,
    by: NoticeWay,
    now: Timestamp,
) -> Result<(Waiting, bool), ServiceError> {
    let mut page = RequestPage {
        tenant: Some(tenant.clone()),
        state: Some("undecided".to_owned()),
        rights: Vec::new(),
        after: None,
        limit: PAGE,
    };
    let mut waiting = Vec::new();
    loop {
        let requests = service.requests_page(&page).await?;
        let last = requests.last();
        page.after = last.map(|last| (last.measured_by(), last.id.clone()));
        let is_full = requests.len() as u64 >= u64::from(PAGE);
        for request in requests {
            let Some(notice) = request.tenant_notice(by, now) else {
                continue;
            };
            if waiting.len() >= NOTICE_MAX {
                return Ok((waiting, true));
            }
            waiting.push((request, notice));
        }
        if !is_full {
            return Ok((waiting, false));
        }
    }
}

/// Says once of each that nobody could be told, and goes on trying: a contact that is
/// declared later gets the notice then.
async fn untold(
    service: &Service,
    tenant: &Tenant,
    waiting: &Waiting,
) -> Result<Ended, ServiceError> {
    for (request, _) in waiting {
        let nothing = Change::default();
        let taken = service.take_in(&request.id, &Event::TenantUntold, &nothing);
        if let Err(rejection) = taken.await? {
            tracing::debug!(tenant = tenant.as_str(), %rejection, "known to be untold");
        }
    }
    Ok(Ended::Waits {
        why: format!("no contact of the tenant `{tenant}` is declared in the file of parties"),
    })
}

async fn mail(
    service: &Service,
    contact: &Contact,
    waiting: &Waiting,
) -> Result<Sent, ServiceError> {
    let Some(email) = &contact.email else {
        return Ok(Sent::Undeclared);
    };
    let charter = service.charter();
    let letter = letters::waiting(&charter, waiting, service.public_address())
        .map_err(|_| ServiceError::Corrupt("letter"))?;
    let mail = Mail {
        to: Personal::new(email.clone()),
        from: charter.organisation.contact.email.clone(),
        from_name: charter.organisation.name.clone(),
        subject: letter.subject,
        body: letter.body,
        message_id: name(service, waiting),
        attachments: Vec::new(),
    };
    service.mailer().send(&mail).await?;
    Ok(Sent::Taken)
}

async fn post(service: &Service, contact: &Contact, waiting: &Waiting, now: Timestamp) -> Sent {
    let Some(webhook) = &contact.webhook else {
        return Sent::Undeclared;
    };
    let requests: Vec<_> = waiting
        .iter()
        .map(|(request, notice)| {
            json!({
                "id": request.id,
                "right": request.right.key(),
                "due_at": request.due_at,
                "reminder": *notice == TenantNotice::Reminder,
            })
        })
        .collect();
    let body = json!({
        "type": "subject_requests.waiting",
        "timestamp": now,
        "data": {
            "tenant": contact.tenant,
            "page": format!("{}/tenant?show=decide", service.public_address()),
            "subject_requests": requests,
        },
    });
    let body = body.to_string().into_bytes();
    let headers = webhook.headers(&Message {
        id: &name(service, waiting),
        sent_at: now.as_second(),
        body: &body,
    });
    let sent = callback::post(service.callbacks(), &webhook.address, &headers, body).await;
    match sent {
        Ok(()) => Sent::Taken,
        Err(error) => Sent::Waits(format!("tenant `{}` was not told: {error}", contact.tenant)),
    }
}

/// The same for the same notice: whoever gets it twice sees that.
fn name(service: &Service, waiting: &Waiting) -> String {
    let mut named = Vec::new();
    for (request, notice) in waiting {
        named.extend(request.id.as_str().as_bytes());
        named.push(u8::from(*notice == TenantNotice::Reminder));
    }
    let tag = service.root().blind_index("tenant/notice", &named);
    hex::encode(tag.iter().take(TAG_BYTES).copied().collect::<Vec<u8>>())
}

/// Records what the tenant was told of: all of it with the end of the job, or, where
/// somebody decided meanwhile, each by itself.
async fn record(
    service: &Service,
    waiting: &Waiting,
    by: NoticeWay,
    change: Change,
) -> Result<(), ServiceError> {
    let events: Vec<_> = waiting
        .iter()
        .map(|(request, notice)| {
            (
                request,
                Event::TenantTold {
                    notice: *notice,
                    by,
                },
            )
        })
        .collect();
    let all: Vec<_> = events.iter().map(|(one, event)| (&one.id, event)).collect();
    if service.take_in_all(&all, &change).await? {
        return Ok(());
    }
    for (id, event) in all {
        if let Err(rejection) = service.take_in(id, event, &Change::default()).await? {
            tracing::debug!(request = id.as_str(), %rejection, "already recorded");
        }
    }
    service.commit(change).await?;
    Ok(())
}
