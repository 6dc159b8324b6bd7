//! The record of processing activities, with the columns of GDPR Article 30:
//! paragraph 1 for a controller, paragraph 2 for a processor. What is not
//! declared is left empty, for whoever keeps the record to see.

use std::collections::BTreeSet;

use super::table::Table;
use super::{grid, said};
use crate::charter::{Charter, Data, Role, Vendor};
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
    for (name, purpose) in &charter.purposes {
        let data = used(charter, &kinds, |data| data.purposes.contains(name));
        if data.is_empty() {
            continue;
        }
        let receives = |vendor: &&Vendor| vendor.purposes.contains(name);
        let recipients: Vec<&Vendor> = charter.vendors.values().filter(receives).collect();
        table.rows.push(vec![
            identity(charter),
            first_upper(&said::purpose(charter, name)),
            said::basis(purpose.basis).to_owned(),
            subjects(&data, &kinds),
            said::each(data.iter().map(|(name, _)| *name), |name| {
                said::data(charter, name)
            }),
            names(&recipients),
            transfers(&recipients),
            limits(charter, &data),
            measures(charter),
        ]);
    }
    table
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
        let handles = |vendor: &&Vendor| {
            let mut received = vendor.receives.iter().chain(&vendor.collects);
            received.any(|name| data.iter().any(|(known, _)| *known == name))
        };
        let recipients: Vec<&Vendor> = charter.vendors.values().filter(handles).collect();
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
            transfers(&recipients),
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

fn names(recipients: &[&Vendor]) -> String {
    let names: Vec<&str> = recipients
        .iter()
        .map(|vendor| vendor.name.as_str())
        .collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => list(&names),
    }
}

fn transfers(recipients: &[&Vendor]) -> String {
    let transfers: Vec<String> = recipients
        .iter()
        .filter_map(|vendor| said::transfer(vendor))
        .collect();
    match transfers.is_empty() {
        true => "none".to_owned(),
        false => transfers.join("; "),
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
    let measures = charter
        .security
        .iter()
        .map(|(name, measure)| format!("{}: {}", plain(name), measure.value));
    measures.collect::<Vec<_>>().join("; ")
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
}
