//! What a person has chosen for good, folded from all of their subject requests:
//! the question that every later use of their data asks. Refuses nothing; whoever
//! asks and is told no refuses.

use std::collections::BTreeMap;

use candor_policy::charter::Right;
use jiff::Timestamp;

use super::{Outcome, State, SubjectRequest};

/// A person's standing choices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// Declared purposes for which their data is no longer used, each since when:
    /// objected to, or without consent any more.
    pub refused: BTreeMap<String, Timestamp>,
    /// Since when their data is neither sold nor shared.
    pub opted_out: Option<Timestamp>,
    /// Since when their data is only stored (Article 18(2)).
    pub restricted: Option<Timestamp>,
}

impl Choices {
    /// The choices that follow from all of a person's subject requests. One that
    /// nobody may decide against counts from the moment the person made it; every
    /// other from when it was granted. An earlier choice is never made later.
    #[must_use]
    pub fn of(requests: &[SubjectRequest]) -> Self {
        let mut choices = Self::default();
        for request in requests.iter().filter(|request| request.is_granted()) {
            let since = request.filed_at;
            match request.right {
                Right::Objection | Right::Withdrawal => {
                    let wish = request.wish.iter();
                    for name in wish.flat_map(|wish| wish.marketing.iter().chain(&wish.purposes)) {
                        let known = choices.refused.entry(name.clone()).or_insert(since);
                        *known = since.min(*known);
                    }
                }
                Right::OptOut => earliest(&mut choices.opted_out, since),
                Right::Restriction if request.restricts() => {
                    earliest(&mut choices.restricted, since);
                }
                _ => {}
            }
        }
        choices
    }

    /// Whether the person's data may be used for a declared purpose, as far as
    /// their own choices go.
    #[must_use]
    pub fn allow(&self, purpose: &str) -> bool {
        self.restricted.is_none() && !self.refused.contains_key(purpose)
    }
}

impl SubjectRequest {
    /// Whether what is asked holds, although it may not be carried out
    /// everywhere yet.
    fn is_granted(&self) -> bool {
        match self.state {
            State::Locating => self.must_be_granted(),
            State::Preparing | State::Carrying => true,
            State::Closing { outcome } | State::Completed { outcome, .. } => {
                outcome == Outcome::Fulfilled
            }
            _ => false,
        }
    }

    /// Whether it says something about the person that holds beyond the answer.
    pub(super) fn lasts(&self) -> bool {
        let choice = matches!(
            self.right,
            Right::Objection | Right::Withdrawal | Right::OptOut
        );
        self.is_granted() && (choice || self.restricts())
    }
}

fn earliest(known: &mut Option<Timestamp>, since: Timestamp) {
    *known = Some(known.map_or(since, |known| known.min(since)));
}
