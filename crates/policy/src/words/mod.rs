//! Words: for people, made from declared names; and in texts, compared with
//! what is declared.

pub(crate) mod countries;
pub(crate) mod cues;
pub(crate) mod data_nouns;
pub(crate) mod tokens;

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

/// `a`, `a and b`, `a, b and c`; with semicolons where an item is a list itself.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    let nested = items
        .iter()
        .any(|item| item.contains(',') || item.contains(" and "));
    match items.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        all if nested => all.join("; "),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_people_write_them() {
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a and b", "c"]), "a and b; c");
        assert_eq!(capitalised("google_cloud"), "Google Cloud");
    }
}
