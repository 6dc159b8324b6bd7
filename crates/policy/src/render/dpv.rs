//! The charter in the terms of the Data Privacy Vocabulary (W3C DPV 2), as
//! JSON-LD with its context inside: a processor needs nothing from the network.
//! A category or purpose without a term of its own keeps its name and loses
//! nothing but the link.

use serde_json::{Map, Value, json};

use super::{grid, said};
use crate::charter::{Basis, Charter, Data, Keep, Measure, Purpose, Right, Role, Vendor};
use crate::period::{Period, Unit};
use crate::vocabulary;

/// The charter as JSON-LD, indented.
///
/// ```
/// # use candor_policy::charter::Charter;
/// # fn print(charter: &Charter) {
/// println!("{}", candor_policy::render::dpv::json_ld(charter));
/// # }
/// ```
#[must_use]
pub fn json_ld(charter: &Charter) -> String {
    let ids = Ids(charter);
    let mut graph = vec![organisation(&ids)];
    let people = charter.people.keys().map(|kind| person(&ids, kind));
    graph.extend(people);
    let data = charter
        .data
        .iter()
        .map(|(name, data)| datum(&ids, name, data));
    graph.extend(data);
    let vendors = charter.vendors.iter();
    graph.extend(vendors.map(|(name, vendor)| recipient(&ids, name, vendor)));
    let purposes = charter.purposes.iter();
    graph.extend(purposes.map(|(name, purpose)| process(&ids, name, purpose)));
    let vendors = charter.vendors.iter();
    graph.extend(vendors.filter_map(|(name, vendor)| transfer(&ids, name, vendor)));
    let measures = charter.security.iter();
    graph.extend(measures.map(|(name, measured)| measure(&ids, name, measured)));
    let document = json!({ "@context": context(), "@graph": graph });
    // Texts and lists only: serialising them can't fail.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn context() -> Value {
    let link = |term: &str| json!({ "@id": term, "@type": "@id" });
    json!({
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "dct": "http://purl.org/dc/terms/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "hasPersonalData": link("dpv:hasPersonalData"),
        "hasDataSubject": link("dpv:hasDataSubject"),
        "hasPurpose": link("dpv:hasPurpose"),
        "hasLegalBasis": link("dpv:hasLegalBasis"),
        "hasRecipient": link("dpv:hasRecipient"),
        "hasDataController": link("dpv:hasDataController"),
        "hasDataProcessor": link("dpv:hasDataProcessor"),
        "hasProcessing": link("dpv:hasProcessing"),
        "hasRight": link("dpv:hasRight"),
        "hasTechnicalOrganisationalMeasure": link("dpv:hasTechnicalOrganisationalMeasure"),
        "hasDataProtectionOfficer": "dpv:hasDataProtectionOfficer",
        "hasRepresentative": "dpv:hasRepresentative",
        "hasAddress": "dpv:hasAddress",
        "broader": link("skos:broader"),
        "hasStorageCondition": "dpv:hasStorageCondition",
        "hasDuration": { "@id": "dpv:hasDuration", "@type": "xsd:duration" },
        "hasContact": "dpv:hasContact",
        "hasName": "dpv:hasName",
        "hasLocation": "dpv:hasLocation",
        "title": "dct:title",
    })
}

/// Names of the charter as IRIs.
struct Ids<'c>(&'c Charter);

impl Ids<'_> {
    fn of(&self, kind: &str, name: &str) -> String {
        let name: String = name
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect();
        format!("urn:candor:{}:{kind}:{name}", self.0.id)
    }

    fn all<'n>(&self, kind: &str, names: impl IntoIterator<Item = &'n String>) -> Value {
        let ids = names.into_iter().map(|name| self.of(kind, name));
        ids.collect()
    }
}

fn organisation(ids: &Ids<'_>) -> Value {
    let organisation = &ids.0.organisation;
    let contact = &organisation.contact;
    let officer = contact
        .officer
        .as_ref()
        .map(|officer| json!({ "@type": "dpv:DataProtectionOfficer", "hasContact": officer }));
    let representative = organisation
        .representative
        .as_ref()
        .map(|name| json!({ "@type": "dpv:Representative", "hasName": name }));
    json!({
        "@id": ids.of("organisation", "self"),
        "@type": "dpv:Organisation",
        "hasName": organisation.name,
        "hasLocation": said::place(&organisation.country),
        "hasContact": [Some(&contact.email), contact.phone.as_ref()],
        "hasAddress": contact.post,
        "hasDataProtectionOfficer": officer,
        "hasRepresentative": representative,
    })
}

fn person(ids: &Ids<'_>, kind: &str) -> Value {
    json!({
        "@id": ids.of("person", kind),
        "@type": "dpv:DataSubject",
        "title": crate::words::plain(kind),
    })
}

fn datum(ids: &Ids<'_>, name: &str, data: &Data) -> Value {
    let mut node = Map::new();
    node.insert("@id".to_owned(), json!(ids.of("data", name)));
    node.insert("@type".to_owned(), json!("dpv:PersonalData"));
    node.insert("title".to_owned(), json!(said::data(ids.0, name)));
    node.insert("hasDataSubject".to_owned(), ids.all("person", &data.of));
    if let Some(term) = vocabulary::data_in_dpv(&data.category) {
        node.insert("broader".to_owned(), json!(term));
    }
    let rules = grid::rules(ids.0, name, data);
    let conditions: Vec<Value> = rules.map(|(_, rule)| storage(&rule.keep)).collect();
    if !conditions.is_empty() {
        node.insert("hasStorageCondition".to_owned(), json!(conditions));
    }
    Value::Object(node)
}

fn storage(keep: &Keep) -> Value {
    match keep {
        Keep::For(period) => json!({
            "@type": "dpv:StorageDuration",
            "hasDuration": duration(*period),
            "title": period.to_string(),
        }),
        other => json!({ "@type": "dpv:StorageCondition", "title": said::keep(other) }),
    }
}

/// ISO 8601. Working days have no term there: they are days, and the title
/// says the rest.
fn duration(period: Period) -> String {
    let amount = period.amount;
    match period.unit {
        Unit::Hours => format!("PT{amount}H"),
        Unit::Days | Unit::WorkingDays => format!("P{amount}D"),
        Unit::Weeks => format!("P{}D", u64::from(amount) * 7),
        Unit::Months => format!("P{amount}M"),
        Unit::Years => format!("P{amount}Y"),
    }
}

fn recipient(ids: &Ids<'_>, name: &str, vendor: &Vendor) -> Value {
    let kind = match vendor.role {
        Some(Role::Controller) => "dpv:ThirdParty",
        Some(Role::Processor) => "dpv:DataProcessor",
        None => "dpv:Recipient",
    };
    json!({
        "@id": ids.of("vendor", name),
        "@type": kind,
        "hasName": vendor.name,
        "hasLocation": vendor.region.as_deref().map(said::place),
        "hasPersonalData": ids.all("data", vendor.receives.iter().chain(&vendor.collects)),
    })
}

fn process(ids: &Ids<'_>, name: &str, purpose: &Purpose) -> Value {
    let charter = ids.0;
    let data = charter.data.iter();
    let data = data.filter(|(_, data)| data.purposes.iter().any(|known| known == name));
    let vendors = charter.vendors.iter();
    let vendors = vendors.filter(|(_, vendor)| vendor.purposes.iter().any(|known| known == name));
    let role = match purpose.basis {
        Basis::Instructions => "hasDataProcessor",
        _ => "hasDataController",
    };
    let key = purpose.category.as_deref().unwrap_or(name);
    let term = vocabulary::purpose_in_dpv(key).unwrap_or("dpv:Purpose");
    json!({
        "@id": ids.of("purpose", name),
        "@type": "dpv:Process",
        "title": said::purpose(charter, name),
        "hasPurpose": term,
        "hasLegalBasis": basis(purpose.basis),
        role: ids.of("organisation", "self"),
        "hasPersonalData": ids.all("data", data.map(|(name, _)| name)),
        "hasRecipient": ids.all("vendor", vendors.map(|(name, _)| name)),
        "hasTechnicalOrganisationalMeasure": ids.all("measure", charter.security.keys()),
        "hasRight": charter.rights.keys().map(|right| right_term(*right)).collect::<Value>(),
    })
}

/// A transfer to a third country (GDPR Chapter V) with what allows it.
fn transfer(ids: &Ids<'_>, name: &str, vendor: &Vendor) -> Option<Value> {
    let safeguard = said::safeguard(vendor)?;
    Some(json!({
        "@id": ids.of("transfer", name),
        "@type": "dpv:Process",
        "title": safeguard,
        "hasProcessing": "dpv:Transfer",
        "hasLegalBasis": transfer_basis(vendor),
        "hasPersonalData": ids.all("data", vendor.receives.iter().chain(&vendor.collects)),
        "hasRecipient": ids.of("vendor", name),
        "hasLocation": vendor.region.as_deref().map(said::place),
    }))
}

/// What allows a transfer; none for what allows nothing.
fn transfer_basis(vendor: &Vendor) -> Option<&'static str> {
    Some(match vendor.transfer.as_deref()? {
        "adequacy" | "dpf" => "eu-gdpr:A45-3",
        "scc" => "eu-gdpr:A46-2-c",
        "bcr" => "eu-gdpr:A46-2-b",
        "derogation" => "dpv:DataTransferLegalBasis",
        _ => return None,
    })
}

fn measure(ids: &Ids<'_>, name: &str, measure: &Measure) -> Value {
    json!({
        "@id": ids.of("measure", name),
        "@type": "dpv:TechnicalOrganisationalMeasure",
        "title": format!("{}: {}", crate::words::plain(name), measure.value),
    })
}

const fn right_term(right: Right) -> &'static str {
    match right {
        Right::Access => "eu-gdpr:A15",
        Right::Rectification => "eu-gdpr:A16",
        Right::Erasure => "eu-gdpr:A17",
        Right::Restriction => "eu-gdpr:A18",
        Right::Portability => "eu-gdpr:A20",
        Right::Objection => "eu-gdpr:A21",
        Right::Withdrawal => "eu-gdpr:A7-3",
        Right::OptOut => "dpv:OptingOutFromProcess",
        Right::Complaint => "eu-gdpr:A77",
    }
}

/// Article 6(1), by its letters; none for a processor, whose controller has it.
const fn basis(basis: Basis) -> Option<&'static str> {
    Some(match basis {
        Basis::Consent => "eu-gdpr:A6-1-a",
        Basis::Contract => "eu-gdpr:A6-1-b",
        Basis::LegalObligation => "eu-gdpr:A6-1-c",
        Basis::VitalInterests => "eu-gdpr:A6-1-d",
        Basis::PublicTask => "eu-gdpr:A6-1-e",
        Basis::LegitimateInterests => "eu-gdpr:A6-1-f",
        Basis::Instructions => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::diff::tests::examples::{DECLARATION, charter};

    const TERMS: &str = include_str!("../../data/dpv-terms.txt");
    const VOCABULARY: &str = include_str!("../../data/vocabulary.yaml");
    const PREFIXES: [&str; 3] = ["dpv:", "pd:", "eu-gdpr:"];

    /// Words that are terms of one of the three vocabularies, by their prefix.
    fn terms(text: &str) -> BTreeSet<&str> {
        let is_part = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, ':' | '-' | '_');
        let words = text.split(|sign| !is_part(sign));
        words
            .filter(|word| {
                let mut prefixes = PREFIXES.iter();
                prefixes.any(|prefix| {
                    let term = word.strip_prefix(prefix);
                    term.is_some_and(|term| !term.is_empty())
                })
            })
            .collect()
    }

    /// A declaration in which everything occurs that has a term.
    fn everything() -> Charter {
        let mut vendors = String::new();
        let mechanisms = ["adequacy", "dpf", "scc", "bcr", "derogation", "none"];
        for how in mechanisms {
            vendors.push_str(&format!(
                "  {how}_one: {{ for: [newsletter], receives: [email], region: US, transfer: {how} }}\n"
            ));
        }
        let mut declared = DECLARATION.replace("sale: never\n", &format!("{vendors}sale: never\n"));
        for right in Right::ALL
            .iter()
            .filter(|right| !DECLARATION.contains(right.key()))
        {
            let terms = format!("rights:\n  {}: {{ within: 14 days }}\n", right.key());
            declared = declared.replace("rights:\n", &terms);
        }
        charter(&declared.replace(
            "country: FR\n",
            "country: FR\n  representative: Agent SARL\n",
        ))
    }

    #[test]
    fn every_term_exists_in_the_vocabulary() {
        let known: BTreeSet<&str> = TERMS.lines().collect();
        let rendered = json_ld(&everything());
        let used = terms(&rendered);
        assert!(used.len() > 40, "{used:?}");
        let mapped = terms(VOCABULARY);
        assert!(mapped.len() > 100, "{}", mapped.len());
        let unknown: Vec<&&str> = used
            .union(&mapped)
            .filter(|term| !known.contains(**term))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn a_transfer_names_what_allows_it() {
        let document: Value = serde_json::from_str(&json_ld(&everything())).unwrap();
        let graph = document["@graph"].as_array().unwrap();
        let basis = |vendor: &str| {
            let ends = format!(":transfer:{vendor}_one");
            let node = graph
                .iter()
                .find(|node| node["@id"].as_str().unwrap().ends_with(&ends));
            node.unwrap()["hasLegalBasis"].clone()
        };
        assert_eq!(basis("scc"), "eu-gdpr:A46-2-c");
        assert_eq!(basis("dpf"), "eu-gdpr:A45-3");
        assert_eq!(basis("none"), Value::Null);
        let transfers = graph
            .iter()
            .filter(|node| node["hasProcessing"] == "dpv:Transfer");
        assert_eq!(transfers.count(), 6, "none to Germany");
    }
}
