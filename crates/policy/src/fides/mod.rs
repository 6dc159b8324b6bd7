//! Fides' files as Candor's: datasets become maps, systems become purposes,
//! data and vendors. Invariant: every value of the files is in what is written,
//! or listed as lost with its file and line. Refuses YAML that it can't read as
//! a whole.

mod dataset;
mod leaves;
mod system;
mod terms;
mod write;

use std::collections::BTreeMap;

use thiserror::Error;

pub use leaves::Lost;

use crate::bundle::Bundle;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::identifier;
use crate::yaml;
use dataset::Dataset;
use leaves::{At, File, Leaves};

/// The drafted part of the declaration.
pub const PART: &str = "fides.yaml";

/// What was made of Fides' files.
#[derive(Clone, Debug)]
pub struct Imported {
    /// `fides.yaml`, and a map for each dataset.
    pub files: Bundle,
    /// Tables in the maps, without those that are ignored.
    pub tables: usize,
    /// Purposes, data and vendors declared.
    pub declared: usize,
    /// Values that have no place in Candor.
    pub lost: Vec<Lost>,
}

/// Why nothing was made of them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FidesError {
    /// Some file can't be read.
    #[error("these are not YAML files that can be read as a whole")]
    Yaml(Vec<Diagnostic>),
    /// No file has a resource.
    #[error("no file has a `dataset`, `system` or another resource of Fides at its top")]
    Nothing,
}

/// Makes a part of a declaration and maps of Fides' files.
///
/// ```
/// use candor_policy::Bundle;
/// use candor_policy::fides::import;
///
/// let dataset = "dataset:\n- fides_key: app\n  collections:\n  - name: users\n    fields:\n    \
///     - name: email\n      data_categories: [user.contact.email]\n      fides_meta: { identity: \
///     email, length: 40 }\n";
/// let files = Bundle::new([("dataset.yml".to_owned(), dataset.to_owned())]);
/// let imported = import(&files).unwrap();
/// let map = imported.files.file("maps/app.yaml").unwrap();
/// assert!(map.contains("identities: { email: email }"));
/// assert_eq!(imported.lost[0].key, "collections[].fields[].fides_meta.length");
/// ```
///
/// # Errors
/// Where a file is no YAML, or none holds a resource of Fides.
pub fn import(files: &Bundle) -> Result<Imported, FidesError> {
    let read = read(files)?;
    let leaves = Leaves::of(&read);
    let resources = |name: &str| {
        let files = read.iter().enumerate();
        let found = files.filter_map(|(at, file)| Some(At::new(at, file.root.get(name)?)));
        found.flat_map(At::items).collect::<Vec<At<'_>>>()
    };
    let declared = system::read(&leaves, &resources("system"));
    let datasets: Vec<Dataset> = resources("dataset")
        .into_iter()
        .map(|at| {
            let key = at.get("fides_key").and_then(At::text).unwrap_or_default();
            let subjects = declared.subjects.get(key).cloned().unwrap_or_default();
            dataset::read(&leaves, at, &subjects)
        })
        .collect();
    let organisation: Vec<String> = resources("organization")
        .into_iter()
        .flat_map(|at| organisation(&leaves, at))
        .collect();
    let source = |path: &str| files.file(path).unwrap_or_default().to_owned();
    let lost = leaves.into_lost(&read, source);
    Ok(written(&declared, &datasets, &organisation, lost))
}

/// The files as trees.
fn read(files: &Bundle) -> Result<Vec<File>, FidesError> {
    let mut diagnostics = Vec::new();
    let read: Vec<File> = files
        .files()
        .filter_map(|(path, text)| {
            let root = yaml::parse(path, text, &mut diagnostics)?;
            let path = path.to_owned();
            Some(File { path, root })
        })
        .collect();
    if diagnostics
        .iter()
        .any(|found| found.severity == Severity::Error)
    {
        return Err(FidesError::Yaml(diagnostics));
    }
    let known = [
        "dataset",
        "system",
        "organization",
        "policy",
        "data_category",
        "data_use",
        "data_subject",
        "registry",
        "evaluation",
    ];
    let any = read
        .iter()
        .flat_map(|file| file.root.entries())
        .any(|entry| known.contains(&entry.key.text.as_str()));
    match any {
        true => Ok(read),
        false => Err(FidesError::Nothing),
    }
}

/// Who speaks, in words: the declaration's section needs what Fides lacks.
fn organisation(leaves: &Leaves, organisation: At<'_>) -> Vec<String> {
    let name = leaves.taken(organisation, "name");
    let mut said: Vec<String> = name
        .map(|name| format!("name: {name}"))
        .into_iter()
        .collect();
    for (part, key) in [
        ("controller", "email"),
        ("data_protection_officer", "officer"),
    ] {
        let part = organisation.get(part);
        let email = part.and_then(|part| leaves.taken(part, "email"));
        said.extend(email.map(|email| format!("contact: {{ {key}: {email} }}")));
    }
    said
}

fn written(
    declared: &system::Declared,
    datasets: &[Dataset],
    organisation: &[String],
    lost: Vec<Lost>,
) -> Imported {
    let mut files = Bundle::default();
    let mut sources = Vec::new();
    for dataset in datasets {
        let stem = identifier(&dataset.key);
        let name = (1_usize..)
            .map(|nth| match nth {
                1 => stem.clone(),
                _ => format!("{stem}_{nth}"),
            })
            .find(|name| files.file(&format!("maps/{name}.yaml")).is_none())
            .unwrap_or(stem);
        let resource = format!("dataset {}", dataset.key);
        let own: Vec<Lost> = lost
            .iter()
            .filter(|lost| lost.resource == resource)
            .cloned()
            .collect();
        let path = format!("maps/{name}.yaml");
        files.insert(path.clone(), write::map(dataset, &own));
        sources.push((name, path));
    }
    let others: Vec<Lost> = lost
        .iter()
        .filter(|lost| !lost.resource.starts_with("dataset "))
        .cloned()
        .collect();
    let mut people: BTreeMap<String, Vec<String>> = dataset::known_by(datasets);
    for kind in &declared.people {
        people.entry(kind.clone()).or_default();
    }
    let part = write::declaration(declared, &people, &sources, organisation, &others);
    files.insert(PART, part);
    let tables = datasets.iter().flat_map(|dataset| &dataset.tables);
    Imported {
        files,
        tables: tables.filter(|table| table.is_personal()).count(),
        declared: declared.purposes.len() + declared.data.len() + declared.vendors.len(),
        lost,
    }
}
