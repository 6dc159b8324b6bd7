//! What the same person asked before. It is shown to staff, who may find that
//! nothing has changed since (Article 12(5)): nothing is ever refused because of it
//! by itself. Looks only as far back as we still know the person.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{State, SubjectRequest};

/// How long an answer is called recent.
const RECENTLY: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Subject requests of one person within that time that are called many.
const MANY: usize = 4;
/// Of those, how many were not confirmed or taken back: somebody may be filing under
/// an address that is not theirs.
const UNHEARD: usize = 3;

/// What stands out about who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Repeats {
    /// When the same was answered last, if that is recent.
    pub answered_at: Option<Timestamp>,
    /// How many the person filed lately, if those are many.
    pub many: Option<usize>,
    /// How many of them nobody confirmed, if those are many.
    pub unheard: Option<usize>,
}

impl Repeats {
    /// `true` where nothing stands out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What stands out about a subject request, given the person's others.
#[must_use]
pub fn repeats(request: &SubjectRequest, others: &[SubjectRequest]) -> Repeats {
    let since = request.filed_at.checked_sub(RECENTLY);
    let since = since.unwrap_or(Timestamp::MIN);
    let before = |other: &&SubjectRequest| {
        other.id != request.id && (since..=request.filed_at).contains(&other.filed_at)
    };
    let before: Vec<&SubjectRequest> = others.iter().filter(before).collect();
    let same = before.iter().filter(|other| other.right == request.right);
    let answered = same.filter_map(|other| other.answered_at());
    let unheard = before.iter().filter(|other| {
        matches!(other.state, State::Lapsed { .. })
            || matches!(other.state, State::Cancelled { .. }) && other.proof.is_none()
    });
    let unheard = unheard.count();
    let all = before.len() + 1;
    Repeats {
        answered_at: answered.max(),
        many: (all >= MANY).then_some(all),
        unheard: (unheard >= UNHEARD).then_some(unheard),
    }
}

#[cfg(test)]
mod tests {
    use candor_policy::charter::{Approval, Right};

    use super::*;
    use crate::id::SubjectRequestId;
    use crate::subject_request::{Outcome, Terms, file};
    use crate::testing::{charter, hours, start, terms};

    fn filed(number: u8, days_ago: i64, state: State) -> SubjectRequest {
        let terms = Terms {
            id: SubjectRequestId::from_random([number; 16]),
            ..terms(Right::Access)
        };
        let at = start() - hours(24 * days_ago);
        let mut request = file(terms, &charter(Approval::Staff), at).unwrap().0;
        request.state = state;
        request
    }

    #[test]
    fn a_recent_answer_and_many_files_stand_out_and_old_ones_do_not() {
        let now = filed(1, 0, State::Undecided);
        assert!(repeats(&now, std::slice::from_ref(&now)).is_empty());
        let answered = |number, days_ago| {
            let at = start() - hours(24 * days_ago - 1);
            let outcome = Outcome::Fulfilled;
            filed(number, days_ago, State::Completed { at, outcome })
        };
        let found = repeats(&now, &[answered(2, 10), answered(3, 80), answered(4, 91)]);
        assert_eq!(found.answered_at, Some(start() - hours(24 * 10 - 1)));
        assert_eq!((found.many, found.unheard), (None, None));
        let mut other = answered(2, 10);
        other.right = Right::Erasure;
        assert_eq!(repeats(&now, &[other]).answered_at, None, "another right");
        let lapsed = |number, days_ago| filed(number, days_ago, State::Lapsed { at: start() });
        let found = repeats(&now, &[lapsed(2, 1), lapsed(3, 2), lapsed(4, 3)]);
        assert_eq!((found.many, found.unheard), (Some(4), Some(3)));
        let found = repeats(&now, &[lapsed(2, 1), lapsed(3, 2), lapsed(4, 91)]);
        assert!(found.is_empty());
    }
}
