//! CND0501: a map that names a table or column it does not hold.

use super::{Facts, undeclared_name};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::map::{Edge, SourceMap, TableMap};
use crate::suggest;

pub(crate) const CODE: Code = Code {
    id: "CND0501",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0501.md"),
};

/// Looks at every name inside every map.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for source in facts.charter.sources.values() {
        let names = Names {
            map: &source.map,
            facts,
        };
        for (table_name, table) in &source.map.tables {
            names.identities(table_name, table, diagnostics);
            names.marks(table_name, table, diagnostics);
            names.tenant(table_name, table, diagnostics);
            for (index, edge) in table.owned_by.iter().enumerate() {
                names.edge(table_name, table, edge, "owned_by", index, diagnostics);
            }
            for (index, reference) in table.references.iter().enumerate() {
                let edge = &reference.edge;
                names.edge(table_name, table, edge, "references", index, diagnostics);
            }
            for (index, incoming) in table.last_of.iter().enumerate() {
                let at = names.place(table_name, "last_of", index);
                names.columns(&incoming.table, &incoming.columns, &at, diagnostics);
            }
        }
        names.ignored(diagnostics);
    }
}

struct Names<'f, 'a> {
    map: &'a SourceMap,
    facts: &'f Facts<'a>,
}

impl Names<'_, '_> {
    /// What is written beside people's own data.
    fn marks(&self, name: &str, table: &TableMap, diagnostics: &mut Vec<Diagnostic>) {
        let marks = [
            ("restriction", &table.restriction),
            ("objection", &table.objection),
        ];
        let marks = marks.into_iter().filter_map(|(key, mark)| {
            let path = ["tables", name, key, "column"];
            Some((path, &mark.as_ref()?.column))
        });
        for (path, column) in marks {
            if !table.columns.contains_key(column) {
                let at = self.facts.places.value(&self.map.path, &path);
                diagnostics.push(no_column(at, name, table, column));
            }
        }
    }

    /// The column that tells tenants apart.
    fn tenant(&self, name: &str, table: &TableMap, diagnostics: &mut Vec<Diagnostic>) {
        let column = table.tenant.as_ref();
        if let Some(column) = column.filter(|column| !table.columns.contains_key(*column)) {
            let path = ["tables", name, "tenant"];
            let at = self.facts.places.value(&self.map.path, &path);
            diagnostics.push(no_column(at, name, table, column));
        }
    }

    fn identities(&self, name: &str, table: &TableMap, diagnostics: &mut Vec<Diagnostic>) {
        let person = table
            .about
            .as_ref()
            .and_then(|about| Some((about, self.facts.charter.people.get(about)?)));
        for (kind, column) in &table.identities {
            let path = ["tables", name, "identities", kind];
            if !table.columns.contains_key(column) {
                let at = self.facts.places.value(&self.map.path, &path);
                diagnostics.push(no_column(at, name, table, column));
            }
            if let Some((about, person)) = person
                && !person.known_by.contains(kind)
            {
                let at = self.facts.places.key(&self.map.path, &path);
                let known: Vec<&str> = person.known_by.iter().map(String::as_str).collect();
                let section = format!("people.{about}.known_by");
                diagnostics.push(undeclared_name::undeclared(at, kind, &section, &known));
            }
        }
    }

    fn edge(
        &self,
        name: &str,
        table: &TableMap,
        edge: &Edge,
        key: &str,
        index: usize,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let at = self.place(name, key, index);
        let condition = edge.when.iter().map(|when| &when.column);
        for column in edge.from.iter().map(|from| &from.column).chain(condition) {
            if !table.columns.contains_key(column) {
                diagnostics.push(no_column(at.clone(), name, table, column));
            }
        }
        if let Some(to) = &edge.to {
            self.columns(&to.table, &to.columns, &at, diagnostics);
        }
    }

    fn columns(
        &self,
        name: &str,
        columns: &[String],
        at: &Location,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let Some(table) = self.map.tables.get(name) else {
            let known = self.map.tables.keys().map(String::as_str);
            let ignored = self.map.ignored.iter().any(|ignored| ignored == name);
            diagnostics.push(no_table(at.clone(), name, ignored, known));
            return;
        };
        for column in columns {
            if !table.columns.contains_key(column) {
                diagnostics.push(no_column(at.clone(), name, table, column));
            }
        }
    }

    fn ignored(&self, diagnostics: &mut Vec<Diagnostic>) {
        for (index, name) in self.map.ignored.iter().enumerate() {
            if self.map.tables.contains_key(name) {
                let at = self.facts.places.ignored(&self.map.path, index, name);
                let table_at = self.facts.places.key(&self.map.path, &["tables", name]);
                diagnostics.push(
                    CODE.at(
                        at,
                        "ignored",
                        format!("table `{name}` is mapped and ignored"),
                    )
                    .with_secondary(table_at, "mapped")
                    .with_help("remove one of the two"),
                );
            }
        }
    }

    /// The edge in a list, the only one, or its key in a map of references.
    fn place(&self, table: &str, key: &str, index: usize) -> Location {
        let index = index.to_string();
        let listed = ["tables", table, key, &index];
        let path = if self.facts.places.has(&self.map.path, &listed) {
            listed.as_slice()
        } else {
            &["tables", table, key]
        };
        self.facts.places.value(&self.map.path, path)
    }
}

fn no_column(at: Location, table: &str, map: &TableMap, column: &str) -> Diagnostic {
    let diagnostic = CODE.at(
        at,
        format!("`{column}` is not mapped"),
        format!("table `{table}` has no column `{column}` in the map"),
    );
    match suggest::nearest(column, map.columns.keys().map(String::as_str)) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help(format!("add it to the columns of `{table}`")),
    }
}

fn no_table<'a>(
    at: Location,
    table: &str,
    ignored: bool,
    known: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    if ignored {
        return CODE
            .at(
                at,
                "leads to it",
                format!("table `{table}` is ignored, but rows lead to it"),
            )
            .with_help(format!("map `{table}`"));
    }
    let diagnostic = CODE.at(
        at,
        format!("`{table}` is not mapped"),
        format!("the map has no table `{table}`"),
    );
    match suggest::nearest(table, known) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help(format!("map `{table}`")),
    }
}
