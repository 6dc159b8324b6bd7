//! The jobs of the queue. Each is idempotent, reads state rather than trusting
//! its input, and carries ids only: no personal data waits in a queue.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{BulkFileId, SubjectId, SubjectRequestId};
use crate::subject_request::{NoticeWay, Tenant};

/// Shards into which the people of one tenant, or of the organisation itself, are
/// divided: each has a key of its own above theirs.
pub const SHARDS: u16 = 4_096;
/// Digits of a person's id that say which shard is theirs.
const SHARD_DIGITS: usize = 3;

/// One shard, shown as the digits that the ids of its people begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shard(u16);

impl Shard {
    /// A person's: ids are random, so that shards are alike in size.
    #[must_use]
    pub fn of(id: &SubjectId) -> Self {
        let digits = id.as_str().get(..SHARD_DIGITS).unwrap_or_default();
        Self(u16::from_str_radix(digits, 16).unwrap_or_default())
    }

    /// The one with this number, from 0.
    #[must_use]
    pub const fn numbered(number: u16) -> Self {
        Self(number % SHARDS)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:03x}", self.0)
    }
}

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
    /// Write what is to stand in one source: corrections, or marks.
    Rewrite {
        /// For this subject request.
        subject_request: SubjectRequestId,
        /// In this source.
        source: String,
    },
    /// Take the marks of a restriction back in one source.
    Unmark {
        /// Of this subject request.
        subject_request: SubjectRequestId,
        /// In this source.
        source: String,
    },
    /// Look for what should be gone from one source, or read again what was
    /// written there.
    Verify {
        /// For this subject request.
        subject_request: SubjectRequestId,
        /// In this source.
        source: String,
    },
    /// Bring back what an erasure took in one source.
    TakeBack {
        /// For this subject request.
        subject_request: SubjectRequestId,
        /// In this source.
        source: String,
    },
    /// Destroy the key of what an erasure took: it can no longer be taken back.
    EndUndo {
        /// Of this subject request.
        subject_request: SubjectRequestId,
    },
    /// Remove what is left, unreadable, of what an erasure took in one source.
    Forget {
        /// For this subject request.
        subject_request: SubjectRequestId,
        /// In this source.
        source: String,
    },
    /// Look again for what should be gone from one source, and how thoroughly
    /// it is.
    Settle {
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
    /// Tell a party that filed it how it goes.
    Tell {
        /// About this subject request.
        subject_request: SubjectRequestId,
        /// Which of its followers.
        follower: usize,
        /// At which of its addresses.
        callback: usize,
    },
    /// Tell a tenant of everything that waits for its decision by a day.
    TellTenant {
        /// Whom.
        tenant: Tenant,
        /// How.
        by: NoticeWay,
        /// The day for which it was planned.
        day: Date,
    },
    /// Let an unanswered verification lapse.
    Lapse {
        /// This subject request.
        subject_request: SubjectRequestId,
    },
    /// Let a subject request lapse whose person never said what they want.
    LapseUnstated {
        /// This subject request.
        subject_request: SubjectRequestId,
    },
    /// Let the clock go on where nobody answered our question.
    EndPause {
        /// Of this subject request.
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
    /// Wrap the keys of a shard's people under a new key, and destroy the old one.
    RollShard {
        /// Whose; none for the organisation's own people.
        tenant: Option<Tenant>,
        /// Which.
        shard: Shard,
    },
    /// File the next subject requests of a file of many.
    FileBulk {
        /// Of this file.
        file: BulkFileId,
    },
    /// Decide the next subject requests of a file of many, as staff said of all.
    DecideBulk {
        /// Of this file.
        file: BulkFileId,
    },
    /// Destroy the key of a file of many subject requests, once its time is over.
    ForgetBulk {
        /// This file.
        file: BulkFileId,
    },
    /// Observe the world for every promise in force.
    Observe,
    /// Look whether what holds keep back may go now.
    ReviewHolds,
    /// Carry a retention rule out, or look what it would do.
    Sweep {
        /// Name of the rule.
        rule: String,
    },
}

impl Job {
    /// Whose subject request it is about, and in which source, for the jobs that
    /// do something in one.
    #[must_use]
    pub fn at_source(&self) -> Option<(&SubjectRequestId, &str)> {
        match self {
            Self::Erase {
                subject_request,
                source,
            }
            | Self::Rewrite {
                subject_request,
                source,
            }
            | Self::Unmark {
                subject_request,
                source,
            }
            | Self::Verify {
                subject_request,
                source,
            }
            | Self::TakeBack {
                subject_request,
                source,
            }
            | Self::Forget {
                subject_request,
                source,
            }
            | Self::Settle {
                subject_request,
                source,
            } => Some((subject_request, source)),
            _ => None,
        }
    }

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
            Self::Rewrite {
                subject_request,
                source,
            } => format!("rewrite/{subject_request}/{source}"),
            Self::Unmark {
                subject_request,
                source,
            } => format!("unmark/{subject_request}/{source}"),
            Self::TakeBack {
                subject_request,
                source,
            } => format!("take-back/{subject_request}/{source}"),
            Self::EndUndo { subject_request } => format!("end-undo/{subject_request}"),
            Self::Forget {
                subject_request,
                source,
            } => format!("forget/{subject_request}/{source}"),
            Self::Settle {
                subject_request,
                source,
            } => format!("settle/{subject_request}/{source}"),
            Self::Package { subject_request } => format!("package/{subject_request}"),
            Self::IssueReceipt { subject_request } => format!("receipt/{subject_request}"),
            Self::SendMail {
                subject_request,
                message,
            } => format!("mail/{subject_request}/{}", message.key()),
            Self::Tell {
                subject_request,
                follower,
                callback,
            } => format!("tell/{subject_request}/{follower}/{callback}"),
            Self::TellTenant { tenant, by, day } => {
                format!("tell-tenant/{tenant}/{}/{day}", by.key())
            }
            Self::Lapse { subject_request } => format!("lapse/{subject_request}"),
            Self::LapseUnstated { subject_request } => {
                format!("lapse-unstated/{subject_request}")
            }
            Self::EndPause { subject_request } => format!("end-pause/{subject_request}"),
            Self::RemovePackage { subject_request } => {
                format!("remove-package/{subject_request}")
            }
            Self::Shred { subject } => format!("shred/{subject}"),
            Self::RollShard { tenant, shard } => match tenant {
                None => format!("roll-shard/{shard}"),
                Some(tenant) => format!("roll-shard/{shard}/{tenant}"),
            },
            Self::FileBulk { file } => format!("file-bulk/{file}"),
            Self::DecideBulk { file } => format!("decide-bulk/{file}"),
            Self::ForgetBulk { file } => format!("forget-bulk/{file}"),
            Self::Observe => "observe".to_owned(),
            Self::ReviewHolds => "review-holds".to_owned(),
            Self::Sweep { rule } => format!("sweep/{rule}"),
        }
    }
}

/// What a mail to a person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// Confirm that this address is yours.
    Verify,
    /// Confirm that the new address is yours; sent there.
    NewContact,
    /// It arrived and is worked on; by when it is answered.
    Acknowledged,
    /// It takes longer; why, and until when (Article 12(3)).
    Extended,
    /// Something has to be known first; what, and that the clock stands still
    /// where it does.
    Asked,
    /// It is carried out; what was done, with the receipt.
    Completed,
    /// What a hold had kept back is gone as well.
    Finished,
    /// Nothing is held under the identities you proved.
    NothingHeld,
    /// An erasure was undone: their data is there again.
    Undone,
    /// It is refused; why, and where to complain (Article 12(4)).
    Refused,
    /// It was taken back; nothing was done.
    Cancelled,
    /// The restriction of use ends (Article 18(3)).
    Lifting,
}

impl Message {
    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::NewContact => "new_contact",
            Self::Acknowledged => "acknowledged",
            Self::Extended => "extended",
            Self::Asked => "asked",
            Self::Completed => "completed",
            Self::Finished => "finished",
            Self::NothingHeld => "nothing_held",
            Self::Undone => "undone",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
            Self::Lifting => "lifting",
        }
    }
}
