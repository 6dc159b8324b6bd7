//! Where a page of the list ends: the deadline and id of its last subject request.
//! Holds nothing personal and needs no key: what a caller may see doesn't depend on
//! it.

use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::SubjectRequest;
use jiff::Timestamp;

/// The cursor after a subject request.
pub(crate) fn after(request: &SubjectRequest) -> String {
    at(request.measured_by(), &request.id)
}

/// The cursor after the subject request with a deadline and an id.
pub(crate) fn at(due_at: Timestamp, id: &SubjectRequestId) -> String {
    format!("{}.{id}", due_at.as_microsecond())
}

/// What a cursor says; `None` for any other text.
pub(crate) fn read(text: &str) -> Option<(Timestamp, SubjectRequestId)> {
    let (due_at, id) = text.split_once('.')?;
    let due_at = Timestamp::from_microsecond(due_at.parse().ok()?).ok()?;
    Some((due_at, id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    #[test]
    fn a_cursor_leads_back() {
        let request = sample::waiting_erasure();
        let at = (request.measured_by(), request.id.clone());
        assert_eq!(read(&after(&request)), Some(at));
        for text in ["", "1", "1.", "x.y", "99999999999999999999.0", "-.é"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
