//! The jobs of the queue. Each is idempotent, reads state rather than trusting
//! its input, and carries ids only: no personal data waits in a queue.

use serde::{Deserialize, Serialize};

use crate::id::{SubjectId, SubjectRequestId};

/// Something to be done outside a transaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Job {
    /// Find the person in every source and count what is held.
    Locate {
        /// For this subject request.
        subject_request: SubjectRequestId,
    },
    /// Find the person again, just before carrying out, and write down the
    /// footprint of every source.
    Prepare {
        /// For this subject request.
        subject_request: SubjectRequestId,
    },
    /// Carry out the erasure in one source.
    Erase {
        /// For this subject request.
        subject_request: SubjectRequestId,
        /// In this source.
        source: String,
    },
    /// Look for what should be gone from one source.
    Verify {
        /// For this subject request.
        subject_request: SubjectRequestId,
        /// In this source.
        source: String,
    },
    /// Gather the person's data from every source into a package.
    Package {
        /// For this subject request.
        subject_request: SubjectRequestId,
    },
    /// Sign a checkpoint over the completed subject request and make its
    /// receipt.
    IssueReceipt {
        /// For this subject request.
        subject_request: SubjectRequestId,
    },
    /// Tell the person something.
    SendMail {
        /// About this subject request.
        subject_request: SubjectRequestId,
        /// What to say.
        message: Message,
    },
    /// Let an unanswered verification lapse.
    Lapse {
        /// This subject request.
        subject_request: SubjectRequestId,
    },
    /// Remove a package whose time is over.
    RemovePackage {
        /// Of this subject request.
        subject_request: SubjectRequestId,
    },
    /// Destroy a person's key and contact in our own records.
    Shred {
        /// Of this person.
        subject: SubjectId,
    },
    /// Observe the world for every promise in force.
    Observe,
}

impl Job {
    /// At most one job with this key waits in the queue.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Locate { subject_request } => format!("locate/{subject_request}"),
            Self::Prepare { subject_request } => format!("prepare/{subject_request}"),
            Self::Erase {
                subject_request,
                source,
            } => format!("erase/{subject_request}/{source}"),
            Self::Verify {
                subject_request,
                source,
            } => format!("verify/{subject_request}/{source}"),
            Self::Package { subject_request } => format!("package/{subject_request}"),
            Self::IssueReceipt { subject_request } => format!("receipt/{subject_request}"),
            Self::SendMail {
                subject_request,
                message,
            } => format!("mail/{subject_request}/{}", message.key()),
            Self::Lapse { subject_request } => format!("lapse/{subject_request}"),
            Self::RemovePackage { subject_request } => {
                format!("remove-package/{subject_request}")
            }
            Self::Shred { subject } => format!("shred/{subject}"),
            Self::Observe => "observe".to_owned(),
        }
    }
}

/// What a mail to a person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// Confirm that this address is yours.
    Verify,
    /// It is carried out; what was done, with the receipt.
    Completed,
    /// Nothing is held under the identities you proved.
    NothingHeld,
    /// It is refused; why, and where to complain (Article 12(4)).
    Refused,
}

impl Message {
    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Completed => "completed",
            Self::NothingHeld => "nothing_held",
            Self::Refused => "refused",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_job_waits_under_a_key_of_its_own() {
        let subject_request = SubjectRequestId::from_random([1; 16]);
        let on = |make: fn(SubjectRequestId) -> Job| make(subject_request.clone());
        let in_source = |source: &str| {
            let (subject_request, source) = (subject_request.clone(), source.to_owned());
            [
                Job::Erase {
                    subject_request: subject_request.clone(),
                    source: source.clone(),
                },
                Job::Verify {
                    subject_request,
                    source,
                },
            ]
        };
        let messages = [
            Message::Verify,
            Message::Completed,
            Message::NothingHeld,
            Message::Refused,
        ];
        let mails = messages.map(|message| Job::SendMail {
            subject_request: subject_request.clone(),
            message,
        });
        let subject = SubjectId::from_random([1; 16]);
        let jobs = [
            on(|subject_request| Job::Locate { subject_request }),
            on(|subject_request| Job::Prepare { subject_request }),
            on(|subject_request| Job::Package { subject_request }),
            on(|subject_request| Job::IssueReceipt { subject_request }),
            on(|subject_request| Job::Lapse { subject_request }),
            on(|subject_request| Job::RemovePackage { subject_request }),
            Job::Shred { subject },
            Job::Observe,
        ];
        let jobs = jobs.into_iter().chain(mails);
        let jobs: Vec<Job> = jobs
            .chain(in_source("app"))
            .chain(in_source("billing"))
            .collect();
        let keys: BTreeSet<String> = jobs.iter().map(Job::key).collect();
        assert_eq!(keys.len(), jobs.len(), "{keys:?}");
    }
}
