//! Systems become purposes, data and vendors. A system is a vendor where Fides
//! says that somebody else runs it; the company's own systems only bring what
//! they use data for.

use std::collections::BTreeMap;

use super::leaves::{At, Leaves};
use super::terms::{self, Category};
use crate::period::Period;
use crate::reading::identifier;

/// Everything systems declare.
#[derive(Default)]
pub(super) struct Declared {
    pub(super) purposes: BTreeMap<String, Purpose>,
    pub(super) data: BTreeMap<String, Datum>,
    pub(super) vendors: BTreeMap<String, Vendor>,
    /// By the purpose it is for.
    pub(super) retention: BTreeMap<String, (Period, Vec<String>)>,
    /// The company's own systems, in words.
    pub(super) own: Vec<String>,
    /// Kinds of people, by the datasets of the systems that name them.
    pub(super) subjects: BTreeMap<String, Vec<String>>,
    /// Every kind of people.
    pub(super) people: Vec<String>,
}

pub(super) struct Purpose {
    /// The purpose of the vocabulary; the words of Fides where it has none.
    pub(super) is: Result<&'static str, String>,
    pub(super) basis: Option<&'static str>,
    pub(super) about: Option<String>,
}

#[derive(Default)]
pub(super) struct Datum {
    pub(super) category: &'static str,
    pub(super) of: Vec<String>,
    pub(super) purposes: Vec<String>,
}

#[derive(Default)]
pub(super) struct Vendor {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) purposes: Vec<String>,
    pub(super) receives: Vec<String>,
    pub(super) role: Option<&'static str>,
    pub(super) transfer: Option<&'static str>,
}

/// Reads the systems.
pub(super) fn read(leaves: &Leaves, systems: &[At<'_>]) -> Declared {
    let mut declared = Declared::default();
    for system in systems {
        read_one(leaves, *system, &mut declared);
    }
    for system in systems {
        flows(leaves, *system, &mut declared);
    }
    declared
}

fn read_one(leaves: &Leaves, system: At<'_>, declared: &mut Declared) {
    let key = leaves.taken(system, "fides_key").unwrap_or("system");
    let name = leaves.taken(system, "name").unwrap_or(key).to_owned();
    let description = leaves.taken(system, "description").map(str::to_owned);
    let mut vendor = Vendor {
        name: name.clone(),
        description: description.clone(),
        ..Vendor::default()
    };
    for declaration in system.list("privacy_declarations") {
        let purpose = purpose(leaves, declaration, declared);
        let people = people(leaves, declaration, declared);
        let data = data(leaves, declaration, declared, &purpose, &people);
        retention(leaves, declaration, declared, &purpose, &data);
        let datasets = [system, declaration].map(|at| at.list("dataset_references"));
        for at in datasets.into_iter().flatten() {
            if let Some(dataset) = at.text() {
                leaves.explain(at, "used only to see whose data the dataset holds");
                let known = declared.subjects.entry(dataset.to_owned()).or_default();
                extend(known, &people);
            }
        }
        extend(&mut vendor.purposes, &[purpose]);
        extend(&mut vendor.receives, &data);
    }
    if is_vendor(leaves, system) {
        vendor.role = role(leaves, system);
        let transfers = system.list("legal_basis_for_transfers");
        for at in transfers {
            let found = at.text().and_then(terms::transfer);
            if found.is_some() && vendor.transfer.is_none() {
                vendor.transfer = found;
                leaves.take(at);
            }
        }
        declared.vendors.insert(identifier(key), vendor);
    } else {
        let words = description.map_or_else(String::new, |words| format!(": {words}"));
        declared.own.push(format!("{key}, {name}{words}"));
    }
}

/// Whether somebody else runs it.
fn is_vendor(leaves: &Leaves, system: At<'_>) -> bool {
    let kind = system.get("system_type");
    let lower = kind.and_then(At::text).unwrap_or_default().to_lowercase();
    let words = ["third", "vendor", "saas", "external", "processor"];
    let named = words.iter().any(|word| lower.contains(word));
    if let Some(kind) = kind.filter(|_| named) {
        leaves.take(kind);
    }
    named || system.get("vendor_id").is_some() || system.get("legal_name").is_some()
}

fn role(leaves: &Leaves, system: At<'_>) -> Option<&'static str> {
    let said = system.list("responsibility");
    let [only] = said.as_slice() else { return None };
    let role = match only.text()? {
        "Controller" => "controller",
        "Processor" => "processor",
        _ => return None,
    };
    leaves.take(*only);
    Some(role)
}

/// The purpose of a declaration: one for each use and basis.
fn purpose(leaves: &Leaves, declaration: At<'_>, declared: &mut Declared) -> String {
    let said = declaration.get("data_use");
    let term = said.and_then(At::text).unwrap_or_default();
    let is = terms::purpose(term);
    if let Some(said) = said {
        match is {
            Some((key, false)) => {
                leaves.explain(said, format!("told as `{key}`, the nearest word"));
            }
            _ => leaves.take(said),
        }
    }
    let basis = declaration.get("legal_basis_for_processing");
    let known = basis.and_then(At::text).and_then(terms::basis);
    if let Some(basis) = basis.filter(|_| known.is_some()) {
        leaves.take(basis);
    }
    let is = is.map(|(key, _)| key).ok_or_else(|| term.to_owned());
    let about = leaves.taken(declaration, "name").map(str::to_owned);
    let stem = identifier(is.as_ref().map_or(term, |key| key));
    let name = (1_usize..)
        .map(|nth| match nth {
            1 => stem.clone(),
            _ => format!("{stem}_{nth}"),
        })
        .find(|name| {
            let other = declared.purposes.get(name);
            other.is_none_or(|other| other.is == is && other.basis == known && other.about == about)
        })
        .unwrap_or(stem);
    let purpose = Purpose {
        is,
        basis: known,
        about,
    };
    declared.purposes.insert(name.clone(), purpose);
    name
}

fn people(leaves: &Leaves, declaration: At<'_>, declared: &mut Declared) -> Vec<String> {
    let mut people = Vec::new();
    for at in declaration.list("data_subjects") {
        if let Some(kind) = at.text() {
            leaves.take(at);
            people.push(identifier(kind));
        }
    }
    extend(&mut declared.people, &people);
    people
}

/// The data of a declaration, by name.
fn data(
    leaves: &Leaves,
    declaration: At<'_>,
    declared: &mut Declared,
    purpose: &str,
    people: &[String],
) -> Vec<String> {
    let mut names = Vec::new();
    for at in declaration.list("data_categories") {
        let Some(name) = datum(leaves, at, declared) else {
            continue;
        };
        if let Some(datum) = declared.data.get_mut(&name) {
            extend(&mut datum.of, people);
            extend(&mut datum.purposes, &[purpose.to_owned()]);
        }
        extend(&mut names, &[name]);
    }
    names
}

/// The name of the data for a category of fideslang.
fn datum(leaves: &Leaves, at: At<'_>, declared: &mut Declared) -> Option<String> {
    match terms::category(at.text()?) {
        Category::Personal { key, exact } => {
            match exact {
                true => leaves.take(at),
                false => leaves.explain(at, format!("told as `{key}`, the nearest word")),
            }
            let name = identifier(key);
            declared.data.entry(name.clone()).or_insert_with(|| Datum {
                category: key,
                ..Datum::default()
            });
            Some(name)
        }
        Category::Plain => {
            leaves.explain(at, "not personal: nothing is promised about it");
            None
        }
        Category::Key | Category::Unknown => {
            leaves.explain(at, "no category of its own: say what it is");
            None
        }
    }
}

fn retention(
    leaves: &Leaves,
    declaration: At<'_>,
    declared: &mut Declared,
    purpose: &str,
    data: &[String],
) {
    let Some(said) = declaration.get("retention_period") else {
        return;
    };
    let period = said.text().and_then(|text| Period::parse(text).ok());
    match period.filter(|_| !data.is_empty()) {
        Some(period) if !declared.retention.contains_key(purpose) => {
            leaves.take(said);
            let rule = (period, data.to_vec());
            declared.retention.insert(purpose.to_owned(), rule);
        }
        Some(_) => leaves.explain(said, "another declaration for this purpose says a period"),
        None => leaves.explain(said, "no period: a number and a unit, such as `90 days`"),
    }
}

/// What a system sends to a vendor, that vendor receives.
fn flows(leaves: &Leaves, system: At<'_>, declared: &mut Declared) {
    for flow in system.list("egress") {
        let to = flow.get("fides_key");
        let Some(key) = to.and_then(At::text).map(identifier) else {
            continue;
        };
        if !declared.vendors.contains_key(&key) {
            continue;
        }
        let mut sent = Vec::new();
        for at in flow.list("data_categories") {
            sent.extend(datum(leaves, at, declared));
        }
        for at in [to, flow.get("type")].into_iter().flatten() {
            leaves.take(at);
        }
        if let Some(vendor) = declared.vendors.get_mut(&key) {
            extend(&mut vendor.receives, &sent);
        }
    }
}

/// Adds what isn't there yet.
fn extend(list: &mut Vec<String>, more: &[String]) {
    for item in more {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
}
