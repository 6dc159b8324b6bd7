//! What an erasure does to rows, as retention rules and maps say it.

use crate::charter::OnErasure;

/// The words for it.
pub(crate) const WORDS: [(&str, OnErasure); 3] = [
    ("delete", OnErasure::Delete),
    ("pseudonymise", OnErasure::Pseudonymise),
    ("keep", OnErasure::Keep),
];

/// The word for it.
pub(crate) const fn word(action: OnErasure) -> &'static str {
    match action {
        OnErasure::Delete => "delete",
        OnErasure::Pseudonymise => "pseudonymise",
        OnErasure::Keep => "keep",
    }
}
