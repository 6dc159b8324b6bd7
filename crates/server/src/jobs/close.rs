//! The end of a subject request: the receipt, the last mail, and the shredding
//! of what we knew of the person.

use std::collections::BTreeMap;
use std::sync::Arc;

use candor_connect::mail::{Attachment, Mail};
use candor_domain::id::{SubjectId, SubjectRequestId};
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::subject_request::{self, Event, State, SubjectRequest};
use candor_domain::work::{Job, Message, Shard};
use candor_policy::charter::Right;
use candor_seal::checkpoint::Checkpoint;
use candor_seal::commitment::CommitmentSalt;
use candor_seal::entry::Entry;
use candor_seal::hash::Hash;
use candor_seal::ledger::{inclusion_nodes, inclusion_proof};
use candor_seal::receipt::{Opening, Receipt};
use candor_store::rows::{ClaimedJob, LedgerRow};
use candor_store::{Change, Shred};
use jiff::Timestamp;

use super::{Ended, end_with, finishing, footprint, nothing_to_do};
use crate::letters;
use crate::people::OpenPerson;
use crate::service::{Service, ServiceError, receipt_blob};

/// Attempts at one mail before it is given up: with pauses of up to five
/// minutes, two days.
const MAIL_ATTEMPTS_MAX: u32 = 576;
/// Kind of the entry a receipt proves.
const COMPLETED: &str = "subject_request.completed";

/// Signs a checkpoint that covers the completed subject request, and makes the
/// receipt.
pub(super) async fn issue_receipt(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?;
    if !matches!(request.value.state, State::Closing { .. }) {
        return nothing_to_do(service, claimed).await;
    }
    let (entry, index) = completed_entry(service, id).await?;
    let head = service.store().ledger_head().await?;
    let checkpoint = Checkpoint {
        origin: service.log_key().verifier().name().to_owned(),
        size: head.size,
        root: Hash::from_bytes(head.root),
    };
    let checkpoint = checkpoint.sign(service.log_key()).map_err(in_ledger)?;
    let wanted = inclusion_nodes(index, head.size).map_err(in_ledger)?;
    let hashes = service.store().ledger_nodes(&wanted).await?;
    let hashes = hashes.into_iter().map(Hash::from_bytes);
    let nodes: BTreeMap<(u8, u64), Hash> = wanted.into_iter().zip(hashes).collect();
    let proof = inclusion_proof(index, head.size, &nodes).map_err(in_ledger)?;
    let receipt =
        Receipt::build(entry, None, index, proof, checkpoint.clone()).map_err(in_ledger)?;
    let text = receipt.to_text().map_err(in_ledger)?;
    let blob = receipt_blob(id);
    service.store().put_chunk(&blob, 0, text.as_bytes()).await?;
    service.world().reach("receipt.before_commit").await;
    // Nothing of an erased person is left to restrict.
    let ends = request.value.right == Right::Erasure && !request.value.keeps_something();
    let ended = match ends {
        true => service.unrestricting(&request.value.subject).await?,
        false => Change::default(),
    };
    let mut change = Change {
        checkpoint: Some((head.size, checkpoint)),
        ..ended
    };
    let undo = request.value.undo.as_ref();
    let undoable = undo.is_some_and(|undo| undo.until.is_some() && undo.ended_at.is_none());
    if request.value.right == Right::Erasure && !undoable {
        shred_fields(service, &request.value, &mut change).await?;
    }
    end_with(service, claimed, id, Event::ReceiptIssued, change).await
}

/// Adds to the change that ends an erasure that nobody can read any more what an
/// application has sealed of this person, under any identity that led to them.
pub(super) async fn shred_fields(
    service: &Service,
    request: &SubjectRequest,
    change: &mut Change,
) -> Result<(), ServiceError> {
    let Some(person) = service.person(&request.subject).await? else {
        return Ok(());
    };
    let mut identities = service.proved_identities(&request.id, &person).await?;
    let person = Arc::new(person);
    for source in request.sources.keys() {
        let written = footprint::of_person(service, &request.id, &person, source).await?;
        identities.extend(written.into_iter().flat_map(|one| one.footprint.identities));
    }
    identities.sort();
    identities.dedup();
    service.shredding_fields(request, &identities, change).await
}

async fn completed_entry(
    service: &Service,
    id: &SubjectRequestId,
) -> Result<(Entry, u64), ServiceError> {
    let rows = service.store().ledger_entries_of(id).await?;
    let read = |row: LedgerRow| Some((Entry::decode(&row.bytes).ok()?, row.index));
    let mut entries = rows.into_iter().rev().filter_map(read);
    let found = entries.find(|(entry, _)| entry.kind == COMPLETED);
    found.ok_or_else(|| ServiceError::Ledger("the completed entry is missing".to_owned()))
}

/// Sends one mail. Killed between sending and recording, it is sent again with
/// the same Message-ID.
pub(super) async fn send_mail(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    message: Message,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?;
    // It may be answered before it was told that it takes longer.
    if !request.value.says(message) {
        return nothing_to_do(service, claimed).await;
    }
    let Some(person) = service.person(&request.value.subject).await? else {
        return nothing_to_do(service, claimed).await;
    };
    // A notice after the deadline moves nothing: it would tell a wrong day.
    if message == Message::Extended && service.now() > request.value.due_at {
        let event = Event::MailFailed { message };
        return end_with(service, claimed, id, event, Change::default()).await;
    }
    let identities = service.proved_identities(id, &person).await?;
    // What is corrected is told where the person is from now on.
    let moves = message == Message::NewContact
        || (message == Message::Completed && request.value.new_contact.is_some());
    let new = match moves {
        true => service.new_contact(&request.value).await?,
        false => None,
    };
    let known = identities.into_iter().find(|one| one.kind == EMAIL);
    let Some(to) = new.or(known) else {
        // Nobody told us an address; whoever filed it tells the person.
        let event = Event::MailFailed { message };
        return end_with(service, claimed, id, event, Change::default()).await;
    };
    let mail = write(service, &request.value, &person, to, message).await?;
    let event = match service.mailer().send(&mail).await {
        Ok(()) => Event::MailSent { message },
        Err(error) if claimed.attempts >= MAIL_ATTEMPTS_MAX => {
            tracing::warn!(%error, request = id.as_str(), "a mail is given up");
            Event::MailFailed { message }
        }
        Err(error) => return Err(error.into()),
    };
    service.world().reach("mail.after_send").await;
    let lifts = event
        == Event::MailSent {
            message: Message::Lifting,
        };
    let mut change = if lifts {
        service.unrestricting(&request.value.subject).await?
    } else {
        Change::default()
    };
    let denied = matches!(
        message,
        Message::Refused | Message::Cancelled | Message::NothingHeld
    );
    if denied && request.value.right == Right::Restriction {
        change = service.not_restricting(&request.value).await?;
    }
    if message == Message::Completed && moves {
        change.recontact = service.recontact(&request.value).await?;
    }
    end_with(service, claimed, id, event, change).await
}

async fn write(
    service: &Service,
    request: &SubjectRequest,
    person: &OpenPerson,
    to: Identity,
    message: Message,
) -> Result<Mail, ServiceError> {
    let charter = service.charter_of(request).await?;
    let link = match request.state {
        State::Unverified { .. } => service.confirm_address(&request.id),
        _ if message == Message::NewContact => service.contact_address(&request.id, &to),
        _ => service.page_address(&request.id),
    };
    let texts = service.texts(request).await?;
    let answer = texts.answer.as_deref().unwrap_or_default();
    let letter = letters::letter(message, request, &charter, &link, answer)
        .map_err(|_| ServiceError::Corrupt("letter"))?;
    let mut attachments = Vec::new();
    if matches!(
        message,
        Message::Completed | Message::Finished | Message::NothingHeld
    ) && let Some(bytes) = service.store().chunk(&receipt_blob(&request.id), 0).await?
    {
        attachments.push(Attachment {
            name: "receipt.tlog-proof".to_owned(),
            bytes: opened(bytes, person)?.into_bytes(),
        });
    }
    Ok(Mail {
        to: to.value,
        from: charter.organisation.contact.email.clone(),
        from_name: charter.organisation.name.clone(),
        subject: letter.subject,
        body: letter.body,
        message_id: format!("{}.{}", request.id, message.key()),
        attachments,
    })
}

/// The receipt with the opening of its commitment: with it the person can show
/// that the entry is about them; without it nobody can.
fn opened(bytes: Vec<u8>, person: &OpenPerson) -> Result<String, ServiceError> {
    let text = String::from_utf8(bytes).map_err(|_| ServiceError::Corrupt("receipt"))?;
    let receipt = Receipt::parse(&text).map_err(in_ledger)?;
    let opening = Opening {
        salt: CommitmentSalt::from_bytes(person.salt.expose()),
        subject: person.contact_bytes().to_vec(),
    };
    let opened = receipt.with_opening(opening).map_err(in_ledger)?;
    opened.to_text().map_err(in_ledger)
}

/// Lets an unanswered subject request lapse, or its clock go on where nobody
/// answered our question.
pub(super) async fn time_passed(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
) -> Result<Ended, ServiceError> {
    let change = Change::default();
    end_with(service, claimed, id, Event::TimePassed, change).await
}

/// Destroys a person's key and contact, once none of their subject requests
/// needs them any more. Until then the job stays in the queue: it is the only
/// one that will ask again.
pub(super) async fn shred(
    service: &Service,
    claimed: &ClaimedJob,
    subject: &SubjectId,
) -> Result<Ended, ServiceError> {
    let now = service.now();
    let requests = service.store().requests_of(subject).await?;
    let requests: Vec<SubjectRequest> = requests.into_iter().map(|known| known.value).collect();
    match subject_request::shred_from(&requests) {
        Some(from) if from <= now => {}
        // A choice of theirs lasts: whatever ends it asks anew.
        Some(from) if from == Timestamp::MAX => return nothing_to_do(service, claimed).await,
        Some(from) => return Ok(Ended::Not { before: from }),
        None => {
            return Ok(Ended::Waits {
                why:
                    "another subject request of this person is open, or an erasure has not settled"
                        .to_owned(),
            });
        }
    }
    let holds = service.store().holds().await?;
    if holds.iter().any(|hold| hold.subject == *subject) {
        return Ok(Ended::Waits {
            why: "a hold on this person stands".to_owned(),
        });
    }
    let mut change = finishing(claimed);
    // A copy of the state has the person's key as well: it opens nothing once their
    // shard has rolled.
    if let Some(row) = service.store().subject(subject).await? {
        let (tenant, shard) = (row.tenant, Shard::of(subject));
        change.enqueue.push((Job::RollShard { tenant, shard }, now));
    }
    change.shred.push(Shred {
        subject: subject.clone(),
        at: now,
        requests_seen: u64::try_from(requests.len()).unwrap_or(u64::MAX),
    });
    service.world().reach("shred.before_commit").await;
    service.commit(change).await?;
    Ok(Ended::Done)
}

fn in_ledger(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Ledger(error.to_string())
}
