//! Words for people, made from declared names.

/// `usage_events` as `usage events`.
pub(crate) fn plain(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

/// `google_cloud` as `Google Cloud`.
pub(crate) fn capitalised(name: &str) -> String {
    plain(name)
        .split(' ')
        .map(first_upper)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The text with its first letter in upper case.
pub(crate) fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}
