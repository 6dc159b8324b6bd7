//! The record of processing activities, with the columns of GDPR Article 30:
//! paragraph 1 for a controller, paragraph 2 for a processor. What is not
//! declared is left empty, for whoever keeps the record to see.

use std::collections::BTreeSet;

use super::table::Table;
use super::{grid, said};
use crate::charter::{Basis, Charter, Data, Disclosure, Role, Vendor};
use crate::words::{first_upper, list, plain};

/// Article 30(1): one row per purpose for which data of people is used towards
/// whom the company is controller.
///
/// ```
/// # use candor_policy::charter::Charter;
/// # fn print(charter: &Charter) {
/// println!("{}", candor_policy::render::processing::controller(charter).markdown());
/// # }
/// ```
#[must_use]
pub fn controller(charter: &Charter) -> Table {
    let mut table = Table::new(&[
        "Controller and contact, (a)",
        "Purpose, (b)",
        "Legal basis, Article 6",
        "Categories of data subjects, (c)",
        "Categories of personal data, (c)",
        "Categories of recipients, (d)",
        "Transfers to third countries and safeguards, (e)",
        "Time limits for erasure, (f)",
        "Security measures, (g)",
    ]);
    let kinds = kinds(charter, Role::Controller);
    let own = charter
        .purposes
        .iter()
        .filter(|(_, purpose)| purpose.basis != Basis::Instructions);
    for (name, purpose) in own {
        let data = used(charter, &kinds, |data| data.purposes.contains(name));
        let serves = |vendor: &&Vendor| vendor.purposes.contains(name);
        let recipients: Vec<&Vendor> = charter.vendors.values().filter(serves).collect();
        let title = first_upper(&said::purpose(charter, name));
        let basis = said::basis(purpose.basis);
        table.rows.extend(activity(
            charter,
            &kinds,
            [&title, basis],
            &data,
            &recipients,
        ));
    }
    // Data that is kept for no declared purpose is processed all the same.
    let data = used(charter, &kinds, |data| data.purposes.is_empty());
    let recipients = handling(charter, &data);
    let words = ["not declared", "not declared"];
    table
        .rows
        .extend(activity(charter, &kinds, words, &data, &recipients));
    table
}

/// One row of Article 30(1); `None` where no data is used.
fn activity(
    charter: &Charter,
    kinds: &BTreeSet<&String>,
    [purpose, basis]: [&str; 2],
    data: &[(&String, &Data)],
    recipients: &[&Vendor],
) -> Option<Vec<String>> {
    let row = || {
        vec![
            identity(charter),
            purpose.to_owned(),
            basis.to_owned(),
            subjects(data, kinds),
            said::each(data.iter().map(|(name, _)| *name), |name| {
                said::data(charter, name)
            }),
            disclosed_to(charter, data, recipients),
            transfers(charter, recipients),
            limits(charter, data),
            measures(charter),
        ]
    };
    (!data.is_empty()).then(row)
}

/// Article 30(2): one row per kind of people whose data is handled on behalf of
/// somebody else.
#[must_use]
pub fn processor(charter: &Charter) -> Table {
    let mut table = Table::new(&[
        "Processor and contact, (a)",
        "On behalf of, (a)",
        "Categories of processing, (b)",
        "Transfers to third countries and safeguards, (c)",
        "Security measures, (d)",
    ]);
    for kind in kinds(charter, Role::Processor) {
        let kinds = BTreeSet::from([kind]);
        let data = used(charter, &kinds, |_| true);
        let purposes: BTreeSet<&String> =
            data.iter().flat_map(|(_, data)| &data.purposes).collect();
        let recipients = handling(charter, &data);
        let of = charter
            .people
            .get(kind)
            .and_then(|person| person.of.as_ref());
        let what = said::each(data.iter().map(|(name, _)| *name), |name| {
            said::data(charter, name)
        });
        let why = said::each(purposes, |name| said::purpose(charter, name));
        table.rows.push(vec![
            identity(charter),
            of.map(|of| format!("every {}", plain(of)))
                .unwrap_or_default(),
            format!("of every {}: {what}, for {why}", plain(kind)),
            transfers(charter, &recipients),
            measures(charter),
        ]);
    }
    table
}

fn kinds(charter: &Charter, role: Role) -> BTreeSet<&String> {
    let people = charter.people.iter();
    people
        .filter(|(_, person)| person.role == role)
        .map(|(kind, _)| kind)
        .collect()
}

fn used<'c>(
    charter: &'c Charter,
    kinds: &BTreeSet<&String>,
    wanted: impl Fn(&Data) -> bool,
) -> Vec<(&'c String, &'c Data)> {
    let about = |data: &Data| data.of.iter().any(|kind| kinds.contains(kind));
    let all = charter.data.iter();
    all.filter(|(_, data)| about(data) && wanted(data))
        .collect()
}

/// Vendors that receive any of the data.
fn handling<'c>(charter: &'c Charter, data: &[(&String, &Data)]) -> Vec<&'c Vendor> {
    let handles = |vendor: &&Vendor| {
        let mut received = vendor.receives.iter().chain(&vendor.collects);
        received.any(|name| data.iter().any(|(known, _)| *known == name))
    };
    charter.vendors.values().filter(handles).collect()
}

fn identity(charter: &Charter) -> String {
    let organisation = &charter.organisation;
    let contact = &organisation.contact;
    let officer = contact
        .officer
        .as_ref()
        .map(|officer| format!("data protection officer: {officer}"));
    let representative = organisation
        .representative
        .as_ref()
        .map(|representative| format!("representative: {representative}"));
    let parts = [
        Some(format!("{} ({})", organisation.name, organisation.country)),
        Some(contact.email.clone()),
        contact.phone.clone(),
        contact.post.clone(),
        officer,
        representative,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn subjects(data: &[(&String, &Data)], kinds: &BTreeSet<&String>) -> String {
    let about: BTreeSet<&String> = data
        .iter()
        .flat_map(|(_, data)| &data.of)
        .filter(|kind| kinds.contains(kind))
        .collect();
    said::each(about, plain)
}

/// Vendors by name, and whoever else data is disclosed to.
fn disclosed_to(charter: &Charter, data: &[(&String, &Data)], recipients: &[&Vendor]) -> String {
    let vendors = recipients.iter().map(|vendor| match vendor.role {
        Some(Role::Controller) => format!("{} (a controller itself)", vendor.name),
        _ => vendor.name.clone(),
    });
    let concerns = |disclosure: &&Disclosure| {
        let mut of = disclosure.data.iter();
        disclosure.data.is_empty() || of.any(|name| data.iter().any(|(known, _)| *known == name))
    };
    let others = charter.disclosure.values().filter(concerns);
    let others = others.map(|disclosure| {
        let to = match disclosure.to.is_empty() {
            true => "authorities".to_owned(),
            false => list(&disclosure.to),
        };
        format!("{to}, where {}", disclosure.when)
    });
    let all: Vec<String> = vendors.chain(others).collect();
    match all.is_empty() {
        true => "none".to_owned(),
        false => all.join("; "),
    }
}

/// To third countries: through recipients, and where the company itself keeps
/// its data there.
fn transfers(charter: &Charter, recipients: &[&Vendor]) -> String {
    let through = recipients.iter().filter_map(|vendor| {
        let region = vendor.region.as_deref().map(said::place);
        let region = region.unwrap_or("region not declared");
        let safeguard = said::safeguard(vendor)?;
        Some(format!("{}: {region} ({safeguard})", vendor.name))
    });
    let sources = charter
        .sources
        .iter()
        .map(|(name, source)| (name, &source.region));
    let places = charter
        .locations
        .iter()
        .map(|(name, place)| (name, &place.region));
    let own = sources.chain(places).filter_map(|(name, region)| {
        let region = region.as_deref()?;
        let place = said::place(region);
        said::is_third_country(region)
            .then(|| format!("{}: {place} (the organisation's own)", plain(name)))
    });
    let all: Vec<String> = through.chain(own).collect();
    match all.is_empty() {
        true => "none".to_owned(),
        false => all.join("; "),
    }
}

fn limits(charter: &Charter, data: &[(&String, &Data)]) -> String {
    let limits = data.iter().map(|(name, data)| {
        let kept = grid::kept(charter, name, data);
        format!("{}: {kept}", said::data(charter, name))
    });
    limits.collect::<Vec<_>>().join("; ")
}

fn measures(charter: &Charter) -> String {
    let technical = charter
        .security
        .iter()
        .map(|(name, measure)| format!("{}: {}", plain(name), measure.value));
    let staff = charter.staff.values().map(|staff| {
        let logged = if staff.logged { ", logged" } else { "" };
        format!("staff look only when {}{logged}", staff.when)
    });
    technical.chain(staff).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::tests::examples::{DECLARATION, charter};

    #[test]
    fn a_processor_has_a_record_of_its_own() {
        let controller_only = charter(DECLARATION);
        assert!(processor(&controller_only).rows.is_empty());
        let purposes: Vec<String> = controller(&controller_only)
            .rows
            .into_iter()
            .filter_map(|row| row.into_iter().nth(1))
            .collect();
        assert_eq!(purposes, ["Login", "Newsletter", "Statistics"]);

        let both = DECLARATION
            .replace(
                "visitor: { role: controller,",
                "visitor: { role: processor, of: customer,",
            )
            .replace(
                "statistics: { basis: consent,",
                "statistics: { basis: instructions,",
            )
            .replace("  statistics: { equal_choice: true }\n", "");
        let both = charter(&both);
        let record = processor(&both);
        assert_eq!(record.rows.len(), 1);
        assert_eq!(record.rows[0][1], "every customer");
        assert_eq!(
            record.rows[0][2],
            "of every visitor: language and pages, for statistics"
        );
        assert_eq!(controller(&both).rows.len(), 2);
    }

    /// The cell under the heading that ends so, in the first row about a purpose.
    fn cell(record: &Table, purpose: &str, letter: &str) -> String {
        let column = record.columns.iter().rposition(|it| it.ends_with(letter));
        let row = record.rows.iter().find(|row| row[1] == purpose).unwrap();
        row[column.unwrap()].clone()
    }

    #[test]
    fn every_point_of_article_30_is_answered_from_the_declaration() {
        let declared = DECLARATION.replace(
            "posthorn: { for: [newsletter], receives: [email], region: DE }",
            "posthorn: { for: [newsletter], receives: [email], region: US, transfer: dpf }\n  \
             post: { name: Letters, for: [newsletter], receives: [email], region: CN, role: controller }",
        );
        let declared = declared.replace(
            "law: { when: a law obliges us }",
            "law: { when: a law obliges us }\n  \
             merger: { when: we merge, to: [a successor], data: [pages] }",
        );
        let declared = declared.replace("map.yaml, region: FR", "map.yaml, region: BR");
        let record = controller(&charter(&declared));
        let of = |letter: &str| cell(&record, "Newsletter", letter);
        assert_eq!(
            of("(a)"),
            "Example SAS (FR); privacy@company.example; data protection officer: \
             officer@company.example"
        );
        assert_eq!(of("Article 6"), "consent, Article 6(1)(a)");
        assert_eq!(of("(c)"), "email");
        assert_eq!(
            of("(d)"),
            "Letters (a controller itself); Posthorn; authorities, where a law obliges us"
        );
        assert!(cell(&record, "Statistics", "(d)").ends_with("a successor, where we merge"));
        assert_eq!(
            of("(e)"),
            "Letters: China (no safeguard declared); Posthorn: United States (Data Privacy \
             Framework, an adequacy decision, Article 45); app: Brazil (the organisation's own)"
        );
        assert_eq!(of("(f)"), "email: 90 days");
        assert!(of("(g)").contains("rotate keys: every 90 days"));
        assert!(of("(g)").ends_with("staff look only when you ask us, logged"));
    }
}
