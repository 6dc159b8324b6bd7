//! The charter in the terms of the Data Privacy Vocabulary (W3C DPV 2), as
//! JSON-LD with its context inside: a processor needs nothing from the network.
//! A category or purpose without a term of its own keeps its name and loses
//! nothing but the link.

use serde_json::{Map, Value, json};

use super::said;
use crate::charter::{Basis, Charter, Data, Keep, Purpose, Role, Vendor};
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
    json!({
        "@id": ids.of("organisation", "self"),
        "@type": "dpv:Organisation",
        "hasName": organisation.name,
        "hasContact": organisation.contact.email,
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
    let rule = ids.0.retention.get(name);
    if let Some(rule) = rule.filter(|rule| rule.covers.is_empty()) {
        node.insert("hasStorageCondition".to_owned(), storage(&rule.keep));
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
        "hasLocation": vendor.region,
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
    })
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
