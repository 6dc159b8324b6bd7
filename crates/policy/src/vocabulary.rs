//! The vocabulary: every data category and purpose the language knows, from
//! `data/vocabulary.yaml`, which maps each to fideslang and DPV.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::yaml::{self, Value};

const SOURCE: &str = include_str!("../data/vocabulary.yaml");

struct Vocabulary {
    data_categories: BTreeSet<String>,
    purposes: BTreeSet<String>,
    data_from_fideslang: BTreeMap<String, String>,
    purposes_from_fideslang: BTreeMap<String, String>,
    data_in_dpv: BTreeMap<String, String>,
    purposes_in_dpv: BTreeMap<String, String>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let root = yaml::parse("vocabulary.yaml", SOURCE, &mut Vec::new());
    let keys = |section: &str| {
        root.iter()
            .filter_map(|root| root.get(section))
            .flat_map(|section| section.entries())
            .map(|entry| entry.key.text.clone())
            .collect()
    };
    let in_dpv = |section: &str| {
        let section = root.iter().filter_map(|root| root.get(section));
        section
            .flat_map(|section| section.entries())
            .filter_map(|entry| {
                let Value::Scalar(term) = &entry.node.get("dpv")?.value else {
                    return None;
                };
                let is_term = term.contains(':');
                is_term.then(|| (entry.key.text.clone(), term.clone()))
            })
            .collect()
    };
    // Where several keys share a term, the first is the plainest.
    let from_fideslang = |section: &str| {
        let section = root.iter().filter_map(|root| root.get(section));
        let mut terms: BTreeMap<String, String> = BTreeMap::new();
        for entry in section.flat_map(|section| section.entries()) {
            if let Some(Value::Scalar(term)) = entry.node.get("fideslang").map(|node| &node.value) {
                let key = entry.key.text.clone();
                terms.entry(term.clone()).or_insert(key);
            }
        }
        terms
    };
    Vocabulary {
        data_from_fideslang: from_fideslang("data_categories"),
        purposes_from_fideslang: from_fideslang("purposes"),
        data_in_dpv: in_dpv("data_categories"),
        purposes_in_dpv: in_dpv("purposes"),
        data_categories: keys("data_categories"),
        purposes: keys("purposes"),
    }
});

/// Every data category, such as `contact.email`, in order.
pub fn data_categories() -> impl Iterator<Item = &'static str> + Clone {
    VOCABULARY.data_categories.iter().map(String::as_str)
}

/// Every purpose, such as `service.authenticate`, in order.
pub fn purposes() -> impl Iterator<Item = &'static str> + Clone {
    VOCABULARY.purposes.iter().map(String::as_str)
}

/// Whether the vocabulary holds this data category.
#[must_use]
pub fn is_data_category(key: &str) -> bool {
    VOCABULARY.data_categories.contains(key)
}

/// Whether the vocabulary holds this purpose.
#[must_use]
pub fn is_purpose(key: &str) -> bool {
    VOCABULARY.purposes.contains(key)
}

/// The data category for one of fideslang, such as `contact.email` for
/// `user.contact.email`.
#[must_use]
pub fn data_from_fideslang(term: &str) -> Option<&'static str> {
    VOCABULARY.data_from_fideslang.get(term).map(String::as_str)
}

/// The purpose for a data use of fideslang, such as `payment` for
/// `essential.service.payment_processing`.
#[must_use]
pub fn purpose_from_fideslang(term: &str) -> Option<&'static str> {
    VOCABULARY
        .purposes_from_fideslang
        .get(term)
        .map(String::as_str)
}

/// The term of a data category in the Data Privacy Vocabulary, with its prefix,
/// such as `pd:EmailAddress`; `None` where it has none.
#[must_use]
pub fn data_in_dpv(key: &str) -> Option<&'static str> {
    VOCABULARY.data_in_dpv.get(key).map(String::as_str)
}

/// The term of a purpose, such as `dpv:CustomerCare`.
#[must_use]
pub fn purpose_in_dpv(key: &str) -> Option<&'static str> {
    VOCABULARY.purposes_in_dpv.get(key).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_vocabulary_is_read() {
        assert_eq!(data_categories().count(), 74);
        assert_eq!(purposes().count(), 44);
        assert!(is_data_category("contact.email"));
        assert!(is_purpose("service.authenticate"));
        assert!(!is_data_category("email"));
        assert_eq!(data_in_dpv("contact.email"), Some("pd:EmailAddress"));
        assert_eq!(data_from_fideslang("user.contact"), Some("contact"));
        assert_eq!(purpose_from_fideslang("analytics"), Some("analytics"));
        assert_eq!(purpose_in_dpv("service.support"), Some("dpv:CustomerCare"));
    }
}
