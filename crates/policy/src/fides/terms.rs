//! Words of fideslang in words of Candor. What has no word of its own is told
//! by the nearest one above it; what has none above it is not told at all.

use crate::vocabulary;

/// What a data category says about a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    /// It is the system's own, not a person's.
    Plain,
    /// It links rows.
    Key,
    /// Personal data; `exact` unless told by a word above it.
    Personal { key: &'static str, exact: bool },
    /// Fides says no more than that it is about a person, or nothing known.
    Unknown,
}

/// A data category of fideslang.
pub(super) fn category(term: &str) -> Category {
    if term == "system" || term.starts_with("system.") {
        return Category::Plain;
    }
    if term == "user.unique_id" {
        return Category::Key;
    }
    match nearest(term, vocabulary::data_from_fideslang) {
        Some((key, exact)) => Category::Personal { key, exact },
        None => match term == "user.authorization" || term.starts_with("user.authorization.") {
            true => Category::Personal {
                key: "credential",
                exact: false,
            },
            false => Category::Unknown,
        },
    }
}

/// A data use of fideslang, and whether the word is its own.
pub(super) fn purpose(term: &str) -> Option<(&'static str, bool)> {
    nearest(term, vocabulary::purpose_from_fideslang)
}

/// The word for a term, or for the nearest above it.
fn nearest(
    term: &str,
    find: impl Fn(&str) -> Option<&'static str>,
) -> Option<(&'static str, bool)> {
    let mut above = term;
    loop {
        if let Some(found) = find(above) {
            return Some((found, above == term));
        }
        above = above.rsplit_once('.')?.0;
    }
}

/// A legal basis as privacy declarations name it.
pub(super) fn basis(text: &str) -> Option<&'static str> {
    let known = [
        ("consent", "consent"),
        ("contract", "contract"),
        ("legal obligations", "legal_obligation"),
        ("legal obligation", "legal_obligation"),
        ("vital interests", "vital_interests"),
        ("vital interest", "vital_interests"),
        ("public interest", "public_task"),
        ("legitimate interests", "legitimate_interests"),
        ("legitimate interest", "legitimate_interests"),
    ];
    look_up(&known, text)
}

/// What allows a transfer, as systems name it.
pub(super) fn transfer(text: &str) -> Option<&'static str> {
    let known = [
        ("adequacy decision", "adequacy"),
        ("sccs", "scc"),
        ("bcrs", "bcr"),
    ];
    look_up(&known, text)
}

/// The data category of the values that identify a person in one way.
pub(super) fn identity(kind: &str) -> Option<&'static str> {
    let known = [
        ("email", "contact.email"),
        ("phone_number", "contact.phone"),
        ("phone", "contact.phone"),
    ];
    look_up(&known, kind)
}

fn look_up(known: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let found = known.iter().find(|(name, _)| *name == lower);
    found.map(|(_, key)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_word_is_told_by_the_nearest_above() {
        let personal = |key, exact| Category::Personal { key, exact };
        assert_eq!(
            category("user.contact.email"),
            personal("contact.email", true)
        );
        assert_eq!(
            category("user.contact.address.city"),
            personal("contact.address", false)
        );
        assert_eq!(category("system.operations"), Category::Plain);
        assert_eq!(category("user.unique_id"), Category::Key);
        assert_eq!(category("user"), Category::Unknown);
        assert_eq!(
            purpose("marketing.advertising.serving").map(|(_, exact)| exact),
            Some(false)
        );
        assert_eq!(purpose("sales"), None);
        assert_eq!(basis("Legal obligations"), Some("legal_obligation"));
        assert_eq!(transfer("Supplementary Measures"), None);
    }
}
