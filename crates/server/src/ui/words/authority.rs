//! Whom to complain to (GDPR Article 77): what the declaration names, or else
//! the authority of the organisation's country, from `data/authorities.tsv`.
//! Refuses to guess where a country has more than one.

use candor_policy::charter::Organisation;

/// Country, name and web page, between tabs; `data/authorities.md` tells where
/// they come from.
const AUTHORITIES: &str = include_str!("../../../data/authorities.tsv");

/// One row of the table.
struct Authority {
    country: &'static str,
    name: &'static str,
    web: &'static str,
}

/// The supervisory authority, to stand after "complain to".
pub(crate) fn authority(organisation: &Organisation) -> String {
    if let Some(authority) = &organisation.authority {
        return authority.clone();
    }
    let mut authorities = authorities();
    match authorities.find(|authority| authority.country == organisation.country) {
        None => "the data protection authority where you live, where you work, or where the \
                 matter arose"
            .to_owned(),
        Some(Authority { name, web, .. }) => {
            let name = name.strip_prefix("The ").unwrap_or(name);
            let page = web.split_once("://").map_or(web, |(_, page)| page);
            let page = page.trim_end_matches('/');
            format!("the {name}, {page}, or the authority where you live or work")
        }
    }
}

fn authorities() -> impl Iterator<Item = Authority> {
    let rows = AUTHORITIES.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut cells = line.split('\t');
        Some(Authority {
            country: cells.next()?,
            name: cells.next()?,
            web: cells.next()?,
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_declared_authority_outweighs_the_country() {
        let mut organisation = crate::ui::sample::charter().organisation;
        organisation.authority = None;
        let french = authority(&organisation);
        assert!(french.starts_with("the Commission Nationale de l'Informatique"));
        assert!(french.contains(", www.cnil.fr, or"), "{french}");
        organisation.country = "GB".to_owned();
        assert!(authority(&organisation).starts_with("the Information Commissioner"));
        for country in ["DE", "XX"] {
            organisation.country = country.to_owned();
            assert!(authority(&organisation).contains("where you live, where you work"));
        }
        organisation.authority = Some("the Commission of Somewhere".to_owned());
        assert_eq!(authority(&organisation), "the Commission of Somewhere");
    }

    #[test]
    fn every_country_of_the_economic_area_but_germany_has_one() {
        let rows = AUTHORITIES.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(rows.count(), authorities().count());
        let known: BTreeSet<&str> = authorities().map(|authority| authority.country).collect();
        assert_eq!(known.len(), authorities().count(), "one per country");
        let area = "AT BE BG HR CY CZ DK EE ES FI FR GR HU IE IS IT LI LT LU LV MT NL NO PL PT RO \
                    SE SI SK";
        for country in area.split_whitespace() {
            assert!(known.contains(country), "{country}");
        }
        for authority in authorities() {
            assert!(authority.web.starts_with("http"), "{}", authority.country);
            assert!(!authority.name.is_empty(), "{}", authority.country);
        }
    }
}
