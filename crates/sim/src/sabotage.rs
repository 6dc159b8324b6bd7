//! Wrong worlds and wrong drivers, one for each way the engine could fail. A
//! property that no sabotage can turn proves nothing.

use clap::ValueEnum;

use crate::property::Property;

/// Something that is done wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sabotage {
    /// Changes are written without looking at versions and leases.
    BlindCommit,
    /// Sources keep no journal of steps: a repeat reports nothing done.
    NoJournal,
    /// The last mail is recorded and not sent.
    SwallowMail,
    /// Every mail goes out twice.
    MailTwice,
    /// A source leaves a row behind and doesn't find it either.
    HalfErase,
    /// Absence is reported without a search.
    SkipSearch,
    /// A job whose source is down leaves the queue.
    DropWaiting,
    /// The clock starts when the person confirms.
    ClockFromConfirmation,
    /// A person is shredded as soon as one subject request asks for it.
    ShredAtOnce,
    /// A person is shredded unless a subject request is still open.
    ShredUnlessOpen,
    /// A shredding that must wait is forgotten.
    ForgetShred,
    /// A crash within a change leaves its ledger entries and loses the rest.
    TornCommit,
}

impl Sabotage {
    /// The property that must find it.
    #[must_use]
    pub const fn found_by(self) -> Property {
        match self {
            Self::NoJournal => Property::NothingTwice,
            Self::MailTwice => Property::AnsweredOnceOrLapsed,
            Self::HalfErase => Property::NothingLeft,
            Self::SkipSearch => Property::CompletedImpliesVerified,
            Self::DropWaiting => Property::NoDeadEnd,
            Self::ClockFromConfirmation => Property::DeadlineFromReceipt,
            Self::ShredAtOnce | Self::ShredUnlessOpen | Self::SwallowMail => {
                Property::LastWordFirst
            }
            Self::ForgetShred => Property::NothingKept,
            Self::BlindCommit | Self::TornCommit => Property::LedgerAgrees,
        }
    }
}
