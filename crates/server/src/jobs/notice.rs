//! Telling people that their rows go, before they do. One mail for each row, and
//! a line in the source as soon as it is out: killed in between, the same mail
//! goes out once more, with the same Message-ID. Refuses to go on where mail is
//! down: nothing goes meanwhile, and staff see why. A mail that a server does not
//! take is no notice: the row stays, and is tried again.

use candor_connect::mail::Mail;
use candor_connect::{Addressee, SourceError, Sources, noted, whom_to_tell};
use candor_domain::sweep::{RETRY_AFTER, SWEEP_EVERY, SweepRule, earliest};
use candor_policy::promise::Promise;
use jiff::Timestamp;

use crate::letters;
use crate::service::Service;

/// People told before other jobs get their turn.
const AT_ONCE: u32 = 100;
/// Bytes of a Message-ID's left part.
const TAG_BYTES: usize = 16;

/// How telling ended.
pub(super) enum Telling {
    /// Everybody was told, or tried to be; or it stopped for a reason.
    Over {
        /// Why no mail goes out, without personal data.
        stopped: Option<String>,
    },
    /// There are more.
    Cut,
}

/// Tells the next of those whose row goes within the notice of a rule.
pub(super) async fn tell(
    service: &Service,
    promise: &Promise,
    rule: &SweepRule,
    sources: &Sources<'_>,
) -> Result<Telling, SourceError> {
    let people = whom_to_tell(rule, sources, service.now(), AT_ONCE).await?;
    if people.is_empty() {
        return Ok(Telling::Over { stopped: None });
    }
    for one in people {
        let Some(mail) = written(service, promise, rule, &one) else {
            let stopped = Some("the mail could not be put together".to_owned());
            return Ok(Telling::Over { stopped });
        };
        let (is_told, at) = match service.mailer().send(&mail).await {
            Ok(()) => (true, service.now()),
            Err(error) if error.is_final() => (false, service.now()),
            // Nobody else waits for one mailbox. Noted as if it had been tried
            // earlier, so that it is tried again with the next sweep.
            Err(error) if error.is_of_this_mail() => {
                tracing::warn!(%error, promise = promise.id.0, "somebody is not told yet");
                (false, tried_before(service.now()))
            }
            Err(error) => {
                tracing::warn!(%error, promise = promise.id.0, "people are not told");
                let stopped = Some(error.to_string());
                return Ok(Telling::Over { stopped });
            }
        };
        service.world().reach("notice.after_send").await;
        noted(&promise.name, sources, &one, at, is_told).await?;
        service.world().reach("notice.after_note").await;
    }
    Ok(Telling::Cut)
}

/// When somebody was tried who is to be tried again with the next sweep.
fn tried_before(now: Timestamp) -> Timestamp {
    let ago = RETRY_AFTER - SWEEP_EVERY;
    now.checked_sub(ago).unwrap_or(now)
}

fn written(
    service: &Service,
    promise: &Promise,
    rule: &SweepRule,
    one: &Addressee,
) -> Option<Mail> {
    let charter = service.charter();
    let notice = charter.retention.get(&promise.name)?.notice?;
    let order = rule
        .orders
        .iter()
        .find(|order| order.source == one.source)?;
    let day = earliest(one.anchor, &order.term, notice, service.now());
    let letter = letters::expiring(&charter, promise, day, service.public_address()).ok()?;
    // Says which notice it is, and nothing about anybody.
    let key = format!("{}/{}", promise.name, one.key());
    let tag = service
        .root()
        .blind_index("retention/notice", key.as_bytes());
    Some(Mail {
        to: one.email.value.clone(),
        from: charter.organisation.contact.email.clone(),
        from_name: charter.organisation.name.clone(),
        subject: letter.subject,
        body: letter.body,
        message_id: hex::encode(tag.get(..TAG_BYTES)?),
        attachments: Vec::new(),
    })
}
