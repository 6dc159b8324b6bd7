//! What somebody is told beside the copy of their data (GDPR Article 15(1) and (2)):
//! what for, who really received it, how long, where it came from. Rests on what was
//! found of this person and on the declaration; says of each recipient how that is
//! known, and names those that received nothing of theirs as such, because people are
//! owed the actual recipients, not categories of them (CJEU C-154/21).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{grid, said};
use crate::charter::{Charter, Data, Decisions, Role, Vendor, covers};
use crate::map::Content;
use crate::words::{first_upper, list, plain};

/// What is known of one person.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Their kind, as declared.
    pub about: String,
    /// Categories of data of which something was found, each with the tables
    /// (`source.table`) that hold it.
    pub found: BTreeMap<String, BTreeSet<String>>,
    /// Vendors that were told of an earlier subject request of theirs, as declared, and
    /// when.
    pub told: BTreeMap<String, String>,
    /// Who filed for them through a protocol, and so learns how it goes.
    pub parties: BTreeSet<String>,
    /// The business customer on whose behalf their data is held.
    pub on_behalf_of: Option<String>,
    /// Rights they have, in words, with the law.
    pub rights: Vec<String>,
    /// Whom they can complain to.
    pub complaint: String,
}

/// What they are told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Information {
    /// Article 15(1)(a).
    pub purposes: Vec<PurposeLine>,
    /// Article 15(1)(b), (d) and (g): each category with how long it is kept and where it
    /// came from.
    pub data: Vec<DataLine>,
    /// Article 15(1)(c) and (2): who received it.
    pub recipients: Vec<Recipient>,
    /// Recipients of the policy that received nothing of this person, as far as is known.
    pub not_received: Vec<String>,
    /// When it would be disclosed to authorities or others.
    pub disclosures: Vec<String>,
    /// Article 15(1)(e).
    pub rights: Vec<String>,
    /// Article 15(1)(f).
    pub complaint: String,
    /// Article 15(1)(h).
    pub decisions: Vec<String>,
    /// The business customer who decides, where the organisation only acts for it.
    pub on_behalf_of: Option<String>,
}

/// A purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PurposeLine {
    /// What for.
    pub purpose: String,
    /// The legal basis.
    pub basis: String,
    /// Which of their data.
    pub data: Vec<String>,
}

/// A category of data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataLine {
    /// What it is.
    pub data: String,
    /// Its category.
    pub category: String,
    /// Tables in which it was found; none where no database was searched for it.
    pub found_in: Vec<String>,
    /// The period, or what decides it.
    pub kept: String,
    /// Where it came from.
    pub from: String,
}

/// Somebody who received data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recipient {
    /// Who.
    pub name: String,
    /// Their role towards the data.
    pub role: &'static str,
    /// What of this person.
    pub receives: Vec<String>,
    /// What for.
    pub purposes: Vec<String>,
    /// Where.
    pub place: Option<String>,
    /// What makes a transfer there lawful (Article 46).
    pub safeguard: Option<String>,
    /// How it is known that they received it.
    pub because: String,
}

/// What a person is told, by what is known of them.
#[must_use]
pub fn information(charter: &Charter, known: &Known) -> Information {
    let held = held(charter, known);
    let called = |name: &str| said::data(charter, name);
    let mut purposes: BTreeMap<&String, Vec<String>> = BTreeMap::new();
    for (name, one) in &held {
        for purpose in &one.data.purposes {
            purposes.entry(purpose).or_default().push(called(name));
        }
    }
    let purposes = purposes.into_iter().map(|(purpose, data)| {
        let declared = charter.purposes.get(purpose);
        let mut basis = declared
            .map_or("not declared", |one| said::basis(one.basis))
            .to_owned();
        if let Some(interest) = declared.and_then(|one| one.interest.as_ref()) {
            basis = format!("{basis}: {interest}");
        }
        let purpose = said::purpose(charter, purpose);
        PurposeLine {
            purpose,
            basis,
            data,
        }
    });
    let (recipients, not_received) = recipients(charter, known, &held);
    Information {
        purposes: purposes.collect(),
        data: held
            .iter()
            .map(|(name, one)| data_line(charter, name, one))
            .collect(),
        recipients,
        not_received,
        disclosures: disclosures(charter, &held),
        rights: known.rights.clone(),
        complaint: known.complaint.clone(),
        decisions: decisions(charter, &held),
        on_behalf_of: known.on_behalf_of.clone(),
    }
}

/// Data that is held of the person, or may be.
struct Held<'c> {
    data: &'c Data,
    /// Where it was found; empty where nobody could look.
    found_in: BTreeSet<String>,
}

/// What was found, and what stands in no database that was searched: of that nobody
/// can say that it isn't there.
fn held<'c>(charter: &'c Charter, known: &Known) -> BTreeMap<&'c String, Held<'c>> {
    let own = charter
        .data
        .iter()
        .filter(|(_, data)| data.of.is_empty() || data.of.contains(&known.about));
    let looked = own.filter_map(|(name, data)| {
        let found = known
            .found
            .iter()
            .filter(|(category, _)| covers(&data.category, category));
        let found_in: BTreeSet<String> = found.flat_map(|(_, tables)| tables.clone()).collect();
        let browser_only = charter
            .browser_only
            .values()
            .any(|one| one.data.contains(name));
        let shown = !found_in.is_empty() || !is_mapped(charter, data) && !browser_only;
        shown.then_some((name, Held { data, found_in }))
    });
    looked.collect()
}

/// Whether some database was searched for it.
fn is_mapped(charter: &Charter, data: &Data) -> bool {
    let sources = charter.sources.values();
    let mut tables = sources.flat_map(|source| source.map.tables.values());
    tables.any(|table| {
        table.columns.values().any(|column| match &column.content {
            Content::Personal(category) => covers(&data.category, category),
            Content::Key | Content::Plain => false,
        })
    })
}

fn data_line(charter: &Charter, name: &str, held: &Held<'_>) -> DataLine {
    let from = match (held.data.from.as_slice(), held.data.automatic) {
        ([], true) => "came about by itself, as you used the service".to_owned(),
        ([], false) => "you".to_owned(),
        (from, _) => list(from),
    };
    DataLine {
        data: first_upper(&said::data(charter, name)),
        category: held.data.category.clone(),
        found_in: held.found_in.iter().cloned().collect(),
        kept: grid::kept(charter, name, held.data),
        from,
    }
}

fn recipients(
    charter: &Charter,
    known: &Known,
    held: &BTreeMap<&String, Held<'_>>,
) -> (Vec<Recipient>, Vec<String>) {
    let mut received = Vec::new();
    let mut not_received = Vec::new();
    for (name, vendor) in &charter.vendors {
        let all: BTreeSet<&String> = vendor.receives.iter().chain(&vendor.collects).collect();
        let own: Vec<&String> = all
            .into_iter()
            .filter(|data| held.contains_key(data))
            .collect();
        match because(charter, known, held, (name, vendor)) {
            None => not_received.push(vendor.name.clone()),
            Some(because) => received.push(Recipient {
                name: vendor.name.clone(),
                role: match vendor.role {
                    Some(Role::Controller) => "decides itself what to do with it",
                    _ => "acts for us",
                },
                receives: own.iter().map(|data| said::data(charter, data)).collect(),
                purposes: vendor
                    .purposes
                    .iter()
                    .map(|one| said::purpose(charter, one))
                    .collect(),
                place: vendor
                    .region
                    .as_deref()
                    .map(|one| said::place(one).to_owned()),
                safeguard: said::safeguard(vendor).map(str::to_owned),
                because,
            }),
        }
    }
    received.extend(known.parties.iter().map(|party| Recipient {
        name: party.clone(),
        role: "asked for you",
        receives: Vec::new(),
        purposes: vec!["to be told how your request goes".to_owned()],
        place: None,
        safeguard: None,
        because: "it filed a request of yours".to_owned(),
    }));
    (received, not_received)
}

/// How it is known that a vendor received something; `None` where nothing speaks for it.
fn because(
    charter: &Charter,
    known: &Known,
    held: &BTreeMap<&String, Held<'_>>,
    (name, vendor): (&str, &Vendor),
) -> Option<String> {
    let own = |data: &[String]| data.iter().any(|one| held.contains_key(one));
    let passed = vendor.receives.iter().filter_map(|data| held.get(data));
    let tables: BTreeSet<&String> = passed.flat_map(|one| &one.found_in).collect();
    let tables: Vec<&str> = tables.into_iter().map(String::as_str).collect();
    let mut reasons = Vec::new();
    if let Some(at) = known.told.get(name) {
        reasons.push(format!("it was told of a request of yours on {at}"));
    }
    if !tables.is_empty() {
        reasons.push(format!(
            "by our policy it receives such data, and we hold yours in {}",
            some_of(&tables)
        ));
    } else if own(&vendor.receives) {
        let words = "by our policy it receives such data; we keep it in no database";
        reasons.push(words.to_owned());
    }
    if own(&vendor.collects) {
        reasons.push("it collects this itself; whether of you, only it can see".to_owned());
    }
    let others = charter.vendors.values();
    let via = others.filter(|other| other.passes_to.iter().any(|to| to == name));
    for other in via.filter(|_| own(&vendor.receives)) {
        reasons.push(format!("{} passes it on", other.name));
    }
    if reasons.is_empty() {
        return None;
    }
    if let Some(when) = &vendor.when {
        reasons.push(format!("only when {}", plain(when)));
    }
    if vendor.group {
        reasons.push("a group of recipients: ask us for their names".to_owned());
    }
    Some(reasons.join("; "))
}

/// A list that is short enough to be read.
fn some_of(tables: &[&str]) -> String {
    match tables {
        [first, second, rest @ ..] if rest.len() > 2 => list(&[
            first,
            second,
            format!("{} other tables", rest.len()).as_str(),
        ]),
        all => list(all),
    }
}

fn disclosures(charter: &Charter, held: &BTreeMap<&String, Held<'_>>) -> Vec<String> {
    let concerned = charter
        .disclosure
        .values()
        .filter(|one| one.data.is_empty() || one.data.iter().any(|data| held.contains_key(data)));
    concerned
        .map(|one| {
            let to = match one.to.is_empty() {
                true => String::new(),
                false => format!(", to {}", list(&one.to)),
            };
            format!("When {}{to}", one.when)
        })
        .collect()
}

fn decisions(charter: &Charter, held: &BTreeMap<&String, Held<'_>>) -> Vec<String> {
    let Some(Decisions::Made(made)) = &charter.decisions else {
        return Vec::new();
    };
    let concerned = made
        .values()
        .filter(|one| one.data.is_empty() || one.data.iter().any(|data| held.contains_key(data)));
    concerned
        .map(|one| {
            let logic = one.logic.as_ref().map(|logic| format!(": {logic}"));
            let human = if one.human {
                "; a person looks at it if you ask"
            } else {
                ""
            };
            format!(
                "{}{}{human}",
                first_upper(&one.says),
                logic.unwrap_or_default()
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::tests::examples::{DECLARATION, charter};
    use crate::map::{ColumnMap, TableMap};

    fn known(found: &[(&str, &str)]) -> Known {
        let found = found.iter().map(|(category, table)| {
            (
                (*category).to_owned(),
                BTreeSet::from([(*table).to_owned()]),
            )
        });
        Known {
            about: "customer".to_owned(),
            found: found.collect(),
            rights: vec!["erasure".to_owned()],
            complaint: "the authority".to_owned(),
            ..Known::default()
        }
    }

    /// The example with a map, and with vendors that get different data.
    fn example() -> Charter {
        let declared = DECLARATION
            .replace(
                "receives: [email], region: DE }",
                "receives: [email], region: DE }\n  \
                 paylane: { for: [login], receives: [card], region: US, transfer: scc }\n  \
                 counted: { for: [statistics], collects: [clicks], region: FR }",
            )
            .replace(
                "only: true }\n  pages:",
                "only: true }\n  card: { category: payment, of: [customer], for: [login], from: [your bank] }\n  \
                 clicks: { category: behavior.clicks, of: [customer], for: [statistics], automatic: true }\n  pages:",
            );
        let mut charter = charter(&declared);
        let column = |category: &str| ColumnMap {
            content: Content::Personal(category.to_owned()),
            erased: None,
            rectify: None,
        };
        let table = TableMap {
            columns: [
                ("email".to_owned(), column("contact.email")),
                ("card".to_owned(), column("payment")),
            ]
            .into(),
            ..Default::default()
        };
        let source = charter.sources.get_mut("app").unwrap();
        source.map.tables.insert("accounts".to_owned(), table);
        charter
    }

    #[test]
    fn recipients_are_those_of_what_was_found() {
        let charter = example();
        let found = known(&[("contact.email", "app.accounts")]);
        let told = information(&charter, &found);
        let names: Vec<&str> = told
            .recipients
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names, ["Counted", "Posthorn"]);
        assert_eq!(told.recipients[1].receives, ["email"]);
        assert_eq!(
            told.recipients[1].because,
            "by our policy it receives such data, and we hold yours in app.accounts"
        );
        assert!(told.recipients[0].because.contains("only it can see"));
        // No card was found: nothing says that the other one got anything.
        assert_eq!(told.not_received, ["Paylane"]);

        let mut both = known(&[
            ("contact.email", "app.accounts"),
            ("payment", "app.accounts"),
        ]);
        both.told
            .insert("posthorn".to_owned(), "2 November 2026".to_owned());
        both.parties.insert("an agent".to_owned());
        let told = information(&charter, &both);
        assert_eq!(told.not_received, [""; 0]);
        let paylane = told
            .recipients
            .iter()
            .find(|one| one.name == "Paylane")
            .unwrap();
        assert_eq!(paylane.place.as_deref(), Some("United States"));
        assert!(paylane.safeguard.as_deref().unwrap().contains("Article 46"));
        let posthorn = told
            .recipients
            .iter()
            .find(|one| one.name == "Posthorn")
            .unwrap();
        assert!(
            posthorn
                .because
                .starts_with("it was told of a request of yours on 2 November")
        );
        assert!(told.recipients.iter().any(|one| one.name == "an agent"));
    }

    #[test]
    fn many_tables_are_counted() {
        assert_eq!(some_of(&["a", "b", "c", "d"]), "a, b, c and d");
        assert_eq!(
            some_of(&["a", "b", "c", "d", "e"]),
            "a, b and 3 other tables"
        );
    }

    #[test]
    fn each_category_says_what_for_how_long_and_whence() {
        let told = information(&example(), &known(&[("payment", "app.accounts")]));
        let lines: Vec<[&str; 3]> = told
            .data
            .iter()
            .map(|one| [one.data.as_str(), one.kept.as_str(), one.from.as_str()])
            .collect();
        assert_eq!(
            lines,
            [
                ["Card", "not declared", "your bank"],
                // No map leads to it: nobody can say that it isn't there.
                [
                    "Clicks",
                    "not declared",
                    "came about by itself, as you used the service"
                ],
            ]
        );
        let purposes: Vec<&str> = told
            .purposes
            .iter()
            .map(|one| one.purpose.as_str())
            .collect();
        assert_eq!(purposes, ["login", "statistics"]);
        assert_eq!(told.purposes[0].basis, "contract, Article 6(1)(b)");
        assert_eq!(told.disclosures, ["When a law obliges us"]);
        // It rests on the address, of which nothing was found.
        assert_eq!(told.decisions, [""; 0]);
        let told = information(&example(), &known(&[("contact.email", "app.accounts")]));
        assert_eq!(
            told.decisions,
            ["How many machines a customer may have; a person looks at it if you ask"]
        );
    }
}
