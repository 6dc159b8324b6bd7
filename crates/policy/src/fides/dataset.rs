//! Datasets become maps: collections become tables, fields columns, references
//! edges. A field of which Fides says nothing is no column of the map: the
//! source's catalogue will miss it, and somebody has to say what it is.

use std::collections::BTreeMap;

use super::leaves::{At, Leaves};
use super::terms::{self, Category};
use crate::reading::identifier;

const WHOLE: &str = "a JSON column is mapped as a whole";

/// A dataset, read.
pub(super) struct Dataset {
    pub(super) key: String,
    /// What people call it, and what it is said to be.
    pub(super) about: Vec<String>,
    pub(super) tables: Vec<Table>,
}

/// A collection as a table of a map.
#[derive(Default)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// Kinds of people it is about, as far as Fides says.
    pub(super) subjects: Vec<String>,
    /// Identity kind and column.
    pub(super) identities: Vec<(String, String)>,
    pub(super) owned_by: Vec<String>,
    pub(super) last_of: Vec<String>,
    /// Columns that point at tables without personal data.
    pub(super) keeps: Vec<String>,
    pub(super) deletes: bool,
    pub(super) columns: Vec<Column>,
}

/// A field as a column.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) content: Category,
    pub(super) erased: Option<String>,
    pub(super) description: Option<String>,
}

/// A reference before both of its ends are known.
struct Reference<'f> {
    /// Its table, and its column with the keys inside it.
    table: usize,
    from: Vec<String>,
    at: At<'f>,
}

impl Table {
    /// Whether its rows are somebody's, as far as Fides says.
    pub(super) fn is_personal(&self) -> bool {
        if !self.owned_by.is_empty() || !self.last_of.is_empty() {
            return true;
        }
        let personal = |column: &Column| matches!(column.content, Category::Personal { .. });
        let unknown = |column: &Column| column.content == Category::Unknown;
        self.columns
            .iter()
            .any(|column| personal(column) || unknown(column))
    }
}

/// Reads a dataset. `subjects` are the kinds of people that systems which use
/// it name.
pub(super) fn read(leaves: &Leaves, dataset: At<'_>, subjects: &[String]) -> Dataset {
    let key = leaves.taken(dataset, "fides_key").unwrap_or("dataset");
    let mut tables: Vec<Table> = Vec::new();
    let mut references: Vec<Reference<'_>> = Vec::new();
    for collection in dataset.list("collections") {
        let table = tables.len();
        tables.push(Table {
            name: leaves
                .taken(collection, "name")
                .unwrap_or_default()
                .to_owned(),
            description: leaves.taken(collection, "description").map(str::to_owned),
            ..Table::default()
        });
        let inherited = match collection.list("data_categories") {
            own if own.is_empty() => dataset.list("data_categories"),
            own => own,
        };
        let strategy = meta(collection).and_then(|meta| meta.get("masking_strategy_override"));
        for field in collection.list("fields") {
            let mut reader = Fields {
                leaves,
                table,
                references: &mut references,
                identities: Vec::new(),
            };
            let column = reader.column(field, &inherited);
            let identities = std::mem::take(&mut reader.identities);
            if let Some(table) = tables.get_mut(table) {
                for (kind, at) in identities {
                    if table.identities.iter().any(|(other, _)| *other == kind) {
                        leaves.explain(at, "a table is entered by one column for each kind");
                    } else {
                        leaves.take(at);
                        table.identities.push((kind, column.name.clone()));
                    }
                }
                table.columns.push(column);
            }
        }
        if let Some(table) = tables.get_mut(table) {
            let entered = !table.identities.is_empty();
            table.subjects = whom(leaves, &[collection, dataset], subjects, entered);
        }
        if let (Some(strategy), Some(table)) = (strategy, tables.get_mut(table)) {
            table.deletes = strategy.get("strategy").and_then(At::text) == Some("delete");
            if let Some(name) = strategy.get("strategy").filter(|_| table.deletes) {
                leaves.take(name);
            }
        }
    }
    // Who owns a table decides whether what leads to it may be somebody's.
    let leads_out = |reference: &&Reference<'_>| is_to(reference.at);
    let (out, inward): (Vec<_>, Vec<_>) = references.iter().partition(leads_out);
    for reference in inward.into_iter().chain(out) {
        connect(leaves, key, &mut tables, reference);
    }
    let about = ["name", "description"].map(|key| leaves.taken(dataset, key));
    Dataset {
        key: key.to_owned(),
        about: about.into_iter().flatten().map(str::to_owned).collect(),
        tables,
    }
}

/// The kinds of people that a collection or its dataset names, or systems do.
/// They find a place where people are looked for in the table itself.
fn whom(leaves: &Leaves, from: &[At<'_>], subjects: &[String], entered: bool) -> Vec<String> {
    let mut named = from.iter().map(|at| at.list("data_subjects"));
    let Some(nearest) = named.find(|named| !named.is_empty()) else {
        return subjects.to_vec();
    };
    for at in &nearest {
        match entered {
            true => leaves.take(*at),
            false => leaves.explain(*at, "whose the rows are follows from what owns them"),
        }
    }
    let texts = nearest.into_iter().filter_map(At::text);
    texts.map(identifier).collect()
}

fn meta(at: At<'_>) -> Option<At<'_>> {
    at.get("fides_meta").or_else(|| at.get("fidesops_meta"))
}

/// Reads the fields of one collection.
struct Fields<'l, 'f> {
    leaves: &'l Leaves,
    table: usize,
    references: &'l mut Vec<Reference<'f>>,
    identities: Vec<(String, At<'f>)>,
}

impl<'f> Fields<'_, 'f> {
    fn column(&mut self, field: At<'f>, inherited: &[At<'f>]) -> Column {
        let leaves = self.leaves;
        let name = leaves.taken(field, "name").unwrap_or_default().to_owned();
        let terms = match field.list("data_categories") {
            own if own.is_empty() => inherited.to_vec(),
            own => own,
        };
        let mut content = pick(leaves, &terms, "a column has one category");
        let mut nested = Vec::new();
        self.nested(field, std::slice::from_ref(&name), &mut nested);
        if content == Category::Unknown && !nested.is_empty() {
            content = pick(leaves, &nested, WHOLE);
        }
        let meta = meta(field);
        let identity = meta.and_then(|meta| meta.get("identity"));
        if let Some((at, kind)) = identity.and_then(|at| Some((at, at.text()?))) {
            self.identities.push((kind.to_owned(), at));
            if !matches!(content, Category::Personal { .. }) {
                content = match terms::identity(kind) {
                    Some(key) => Category::Personal { key, exact: true },
                    None => Category::Key,
                };
            }
        }
        let links = self.links(field, std::slice::from_ref(&name));
        let primary = meta.and_then(|meta| meta.get("primary_key"));
        let primary = primary.filter(|at| at.text().is_some_and(is_true));
        if links || primary.is_some() {
            match content {
                Category::Personal { .. } => {}
                _ => {
                    content = Category::Key;
                    primary.inspect(|at| leaves.take(*at));
                }
            }
        }
        Column {
            name,
            content,
            erased: meta.and_then(|meta| erased(leaves, meta)),
            description: leaves.taken(field, "description").map(str::to_owned),
        }
    }

    /// The data categories of fields within a field, and their references.
    fn nested(&mut self, field: At<'f>, path: &[String], terms: &mut Vec<At<'f>>) {
        for inner in field.list("fields") {
            let name = inner.get("name").and_then(At::text).unwrap_or_default();
            let mut path = path.to_vec();
            path.push(name.to_owned());
            for at in inner.list("data_categories") {
                self.leaves.explain(at, WHOLE);
                terms.push(at);
            }
            if let Some(at) = inner.get("name") {
                self.leaves.explain(at, WHOLE);
            }
            if let Some(at) = meta(inner).and_then(|meta| meta.get("identity")) {
                self.leaves
                    .explain(at, "people are found by columns, not by values inside one");
            }
            self.links(inner, &path);
            self.nested(inner, &path, terms);
        }
    }

    /// Notes a field's references; whether there are any.
    fn links(&mut self, field: At<'f>, from: &[String]) -> bool {
        let found = meta(field).map_or_else(Vec::new, |meta| meta.list("references"));
        let any = !found.is_empty();
        self.references
            .extend(found.into_iter().map(|at| Reference {
                table: self.table,
                from: from.to_vec(),
                at,
            }));
        any
    }
}

/// What a column holds, of the categories it is given: the first personal one;
/// without one, a key or nothing personal.
fn pick(leaves: &Leaves, terms: &[At<'_>], others: &str) -> Category {
    let mut content = Category::Unknown;
    for at in terms {
        let Some(term) = at.text() else { continue };
        let found = terms::category(term);
        match (content, found) {
            (Category::Personal { key, .. }, Category::Personal { key: other, .. })
                if key == other =>
            {
                note(leaves, *at, found);
            }
            (Category::Personal { key, .. }, _) => {
                leaves.explain(*at, format!("{others}: `{key}`"));
            }
            (_, Category::Unknown) => leaves.explain(*at, "it says no more than that"),
            (_, Category::Personal { .. }) => {
                note(leaves, *at, found);
                content = found;
            }
            (Category::Key, _) | (_, Category::Key) => {
                leaves.take(*at);
                content = Category::Key;
            }
            (_, Category::Plain) => {
                leaves.take(*at);
                content = Category::Plain;
            }
        }
    }
    content
}

/// A category is told in full, or by a word above it.
fn note(leaves: &Leaves, at: At<'_>, found: Category) {
    match found {
        Category::Personal { key, exact: false } => {
            leaves.explain(at, format!("told as `{key}`, the nearest word"));
        }
        _ => leaves.take(at),
    }
}

/// What an erasure writes into a column, where Candor can.
fn erased(leaves: &Leaves, meta: At<'_>) -> Option<String> {
    let masking = meta.get("masking_strategy_override")?;
    let strategy = masking.get("strategy")?;
    match strategy.text()? {
        "string_rewrite" => {
            let configuration = masking.get("configuration")?;
            let text = leaves.taken(configuration, "rewrite_value")?;
            leaves.take(strategy);
            Some(text.to_owned())
        }
        // What a column becomes where nothing else is said.
        "null_rewrite" => {
            leaves.take(strategy);
            None
        }
        _ => {
            leaves.explain(strategy, "an erasure writes a fixed text, or nothing");
            None
        }
    }
}

/// Puts a reference into the map, at the end that follows from the other.
fn connect(leaves: &Leaves, dataset: &str, tables: &mut [Table], reference: &Reference<'_>) {
    let at = reference.at;
    let parts = ["dataset", "field", "direction"].map(|key| at.get(key));
    let [other, Some(field), direction] = parts else {
        return;
    };
    let explain = |why: &str| {
        for at in [other, Some(field), direction].into_iter().flatten() {
            leaves.explain(at, why);
        }
    };
    if other.and_then(At::text).is_some_and(|key| key != dataset) {
        return explain("edges stay within a source; people are found in several by identities");
    }
    let Some((table, column)) = field.text().and_then(|text| text.split_once('.')) else {
        return explain("it names no table and column");
    };
    let from = reference.from.join(".");
    let plain = |name: &str| {
        name.chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$' | '.'))
    };
    if column.contains('.') || !plain(&from) || !plain(column) || !plain(table) {
        return explain("an edge leads to a column, and names are of letters and digits");
    }
    let Some(target) = tables.iter().position(|known| known.name == table) else {
        return explain("there is no such collection");
    };
    let personal = tables.get(target).is_some_and(Table::is_personal);
    let own = tables.get(reference.table).map(|table| table.name.clone());
    let to = is_to(at);
    let end = if to && personal {
        target
    } else {
        reference.table
    };
    let Some(table_here) = tables.get_mut(end) else {
        return;
    };
    match (to, personal) {
        (true, true) if reference.from.len() > 1 => {
            return explain("what is owned through a value inside a column has no place");
        }
        (true, true) => table_here
            .last_of
            .push(format!("{}.{from}", own.unwrap_or_default())),
        // What it leads to is nobody's: the reference may stay.
        (true, false) => table_here.keeps.push(from),
        (false, _) => table_here
            .owned_by
            .push(format!("{from} -> {table}.{column}")),
    }
    for at in [other, Some(field), direction].into_iter().flatten() {
        leaves.take(at);
    }
}

/// Whether a reference leads out of its table, not into it.
fn is_to(reference: At<'_>) -> bool {
    reference.get("direction").and_then(At::text) == Some("to")
}

fn is_true(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "true" | "yes" | "on")
}

/// The identity kinds by which each kind of people is found.
pub(super) fn known_by(datasets: &[Dataset]) -> BTreeMap<String, Vec<String>> {
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for table in datasets.iter().flat_map(|dataset| &dataset.tables) {
        for (kind, _) in &table.identities {
            let subject = match table.subjects.as_slice() {
                [] => Some("person"),
                [only] => Some(only.as_str()),
                _ => None,
            };
            if let Some(subject) = subject {
                let kinds = known.entry(subject.to_owned()).or_default();
                if !kinds.contains(kind) {
                    kinds.push(kind.clone());
                }
            }
        }
    }
    known
}
