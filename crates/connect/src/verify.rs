//! Looks for what should be gone, without asking the planner: the searches are
//! built from the map and the catalogue alone, in their own words. By keys:
//! nothing may point at a row that went, and no identity may stand in an
//! identity column. By values: no text of any table, mapped or not, may hold an
//! identity. Rows that stay by decision are the only exception.

use candor_domain::identity::EMAIL;
use candor_domain::plan::{Footprint, Residue};
use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{
    ColumnPath, Condition, Edge, Reach, ReferenceAction, SourceMap, TableMap,
};

use crate::catalogue::{Catalogue, Class, Column, Relation, Table};
use crate::footprint::Key;
use crate::sql::{
    collated, condition, is_unsigned, json_path, key_text, literal, name, text, typed,
};

mod again;
mod lists;
mod owners;
mod values;

pub(crate) use owners::unsearched;

pub use values::VALUE_LENGTH_MIN;
pub(crate) use values::{
    NEEDLES_MAX, Scan, glob_patterns, in_all, like_pattern, needles, regex_of_any, regex_pattern,
    scans,
};

/// The most keys of PostgreSQL that are compared one by one: an index takes them
/// as a list, with a quarter of what a join costs to begin with, while without
/// one each row would be compared with each.
const FEW: usize = 128;

/// One statement of searches and what each result is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Search {
    /// `place, number` for each of `targets`.
    pub(crate) sql: String,
    /// Table and column of each result.
    pub(crate) targets: Vec<(String, String)>,
    /// Parameters, each a list of values as text.
    pub(crate) parameters: Vec<Vec<String>>,
}

const ABOUT: &str = "/* candor: look for keys of people who were erased */";

/// Where these captured keys, and the identities where they are wanted, may
/// still stand.
pub(crate) fn by_keys(
    catalogue: &Catalogue,
    map: &SourceMap,
    footprints: &[&Footprint],
    (keys, with_identities): (&[Key], bool),
) -> Option<Search> {
    let mut search = KeySearch {
        catalogue,
        map,
        footprints,
        are_few: keys.len() <= FEW && footprints.len() <= FEW,
        selects: Vec::new(),
        search: Search::default(),
    };
    for key in merged(footprints, keys) {
        if map
            .tables
            .get(key.table)
            .is_some_and(|table| table.on_erasure == OnErasure::Delete)
        {
            search.key(&key);
        }
    }
    if with_identities {
        search.identities();
    }
    let KeySearch {
        selects,
        mut search,
        ..
    } = search;
    let found = selects.join("\nUNION ALL ");
    search.sql = match catalogue.kind {
        // Counted once for all. A row that says nothing comes with every answer,
        // and with it the version of the schema.
        SourceKind::Postgres => format!(
            "{ABOUT}\nSELECT place, count(*) AS number FROM (\n{found}) AS found GROUP BY place\nUNION ALL SELECT 0, 0"
        ),
        SourceKind::Mysql | SourceKind::Sqlite => format!("{ABOUT}\n{found}"),
    };
    (!selects.is_empty()).then_some(search)
}

/// A key of some footprints, and its values.
struct KeyValues<'a> {
    table: &'a str,
    columns: &'a [String],
    values: Vec<&'a [String]>,
}

/// The values by the keys they are of, of all footprints together; the same
/// keys always, even without values, so that the statement stays the same.
fn merged<'a>(footprints: &[&'a Footprint], keys: &'a [Key]) -> Vec<KeyValues<'a>> {
    let mut merged: Vec<KeyValues<'a>> = Vec::new();
    // For each footprint, where its keys are among them.
    let mut places: Vec<Vec<usize>> = Vec::new();
    for footprint in footprints {
        let mut own = Vec::new();
        for key in &footprint.keys {
            let known = merged
                .iter()
                .position(|known| known.table == key.table && known.columns == key.columns);
            own.push(known.unwrap_or(merged.len()));
            if known.is_none() {
                merged.push(KeyValues {
                    table: &key.table,
                    columns: &key.columns,
                    values: Vec::new(),
                });
            }
        }
        places.push(own);
    }
    for key in keys {
        let place = places.get(key.person).and_then(|own| own.get(key.place));
        if let Some(own) = place.and_then(|place| merged.get_mut(*place)) {
            let values = &key.values;
            own.values
                .push(values.expose("its absence is looked for in its own source"));
        }
    }
    merged
}

/// Columns that may name a key.
#[derive(PartialEq)]
struct Pointing {
    table: String,
    from: Vec<ColumnPath>,
    when: Option<Condition>,
    is_list: bool,
}

struct KeySearch<'a> {
    catalogue: &'a Catalogue,
    map: &'a SourceMap,
    footprints: &'a [&'a Footprint],
    are_few: bool,
    selects: Vec<String>,
    search: Search,
}

impl KeySearch<'_> {
    fn key(&mut self, key: &KeyValues<'_>) {
        let first = self.search.parameters.len() + 1;
        for place in 0..key.columns.len() {
            let values = key.values.iter();
            let values = values.map(|values| values.get(place).cloned().unwrap_or_default());
            self.search.parameters.push(values.collect());
        }
        let is_free = self.is_free(key.table, key.columns);
        let is_free = is_free.as_deref();
        let own: Vec<ColumnPath> = key.columns.iter().map(|column| plain(column)).collect();
        self.select(key.table, &own, (None, is_free), first);
        for pointing in self.pointing(key) {
            if pointing.is_list {
                self.select_list(&pointing, is_free, first);
            } else {
                let Pointing {
                    table, from, when, ..
                } = &pointing;
                self.select(table, from, (when.as_ref(), is_free), first);
            }
        }
    }

    /// Everything that names the key: foreign keys of any table, and edges of
    /// the map that an erasure promises to leave nothing in.
    fn pointing(&self, key: &KeyValues<'_>) -> Vec<Pointing> {
        let mut found: Vec<Pointing> = Vec::new();
        let mut add = |table: &str, from, when, is_list| {
            let pointing = Pointing {
                table: table.to_owned(),
                from,
                when,
                is_list,
            };
            if !found.contains(&pointing) {
                found.push(pointing);
            }
        };
        for (name, table) in &self.catalogue.tables {
            for foreign in &table.foreign_keys {
                if table.relation != Relation::Outside
                    && foreign.target == key.table
                    && let Some(from) =
                        align(&foreign.columns, &foreign.target_columns, key.columns)
                {
                    add(name, from, None, false);
                }
            }
        }
        for (name, table) in &self.map.tables {
            for edge in &table.owned_by {
                if let Some(from) = self.edge(edge, key)
                    && (edge.is_list || self.is_emptied(name, table, &from))
                {
                    add(name, from, edge.when.clone(), edge.is_list);
                }
            }
            for reference in &table.references {
                if reference.action == ReferenceAction::Unlink
                    && let Some(from) = self.edge(&reference.edge, key)
                {
                    let edge = &reference.edge;
                    add(name, from, edge.when.clone(), edge.is_list);
                }
            }
        }
        for incoming in self
            .map
            .tables
            .get(key.table)
            .into_iter()
            .flat_map(|table| &table.last_of)
        {
            if incoming.columns.len() == key.columns.len() {
                let from = incoming
                    .columns
                    .iter()
                    .map(|column| plain(column))
                    .collect();
                add(&incoming.table, from, None, incoming.is_list);
            }
        }
        found
    }

    /// Columns of an edge in the order of the key, if that is what it names.
    fn edge(&self, edge: &Edge, key: &KeyValues<'_>) -> Option<Vec<ColumnPath>> {
        let (target, columns) = match &edge.to {
            Some(to) if to.columns.is_empty() => {
                (&to.table, &self.catalogue.table(&to.table)?.primary_key)
            }
            Some(to) => (&to.table, &to.columns),
            // A foreign key is found in the catalogue.
            None => return None,
        };
        if *target != key.table || columns.len() != key.columns.len() {
            return None;
        }
        key.columns
            .iter()
            .map(|wanted| {
                let place = columns.iter().position(|column| column == wanted)?;
                edge.from.get(place).cloned()
            })
            .collect()
    }

    /// Whether rows that an edge names their owner by are gone or name nobody
    /// afterwards. A row that stays and must have a value keeps it.
    fn is_emptied(&self, name: &str, table: &TableMap, from: &[ColumnPath]) -> bool {
        table.on_erasure == OnErasure::Delete
            || from.iter().any(|path| {
                !path.path.is_empty()
                    || self
                        .column(name, &path.column)
                        .is_some_and(|column| column.nullable)
                    || table
                        .columns
                        .get(&path.column)
                        .is_some_and(|column| column.erased.is_some())
            })
    }

    fn column(&self, table: &str, column: &str) -> Option<&Column> {
        self.catalogue.table(table)?.column(column)
    }

    fn select(
        &mut self,
        table_name: &str,
        from: &[ColumnPath],
        (when, is_free): (Option<&Condition>, Option<&str>),
        first: usize,
    ) {
        let kind = self.catalogue.kind;
        let Some(table) = self.catalogue.table(table_name) else {
            return;
        };
        let by_list = self.by_list(from.len());
        let mut parts: Vec<String> = Vec::new();
        let mut casts: Vec<String> = Vec::new();
        for (place, path) in from.iter().enumerate() {
            let column = table.column(&path.column).filter(|_| path.path.is_empty());
            let left = inside(kind, table, path);
            let (left, cast, right) = comparison(kind, &left, column, place);
            let right = if by_list { among(first, &cast) } else { right };
            parts.push(format!("{left} = {right}"));
            casts.push(cast);
        }
        parts.extend(when.map(|when| condition(kind, "t", when)));
        parts.extend(is_free.map(str::to_owned));
        parts.extend(of_them(self.catalogue, self.map, table_name));
        if kind == SourceKind::Mysql {
            parts.push(format!("k0.list = {first}"));
        }
        let column: Vec<&str> = from.iter().map(|path| path.column.as_str()).collect();
        let column = column.join(", ");
        let (own, parts) = (name(table_name), parts.join(" AND "));
        if by_list {
            return self.found(&format!("{own} AS t WHERE {parts}"), (table_name, column));
        }
        let join = match kind {
            SourceKind::Mysql => "STRAIGHT_JOIN",
            SourceKind::Postgres => "JOIN",
            SourceKind::Sqlite => "CROSS JOIN",
        };
        let values = values(kind, first, &casts);
        let rows = format!("{values} {join} {own} AS t ON {parts}");
        self.found(&rows, (table_name, column));
    }

    /// Whether values of PostgreSQL are compared as a list, without a join.
    fn by_list(&self, columns: usize) -> bool {
        self.catalogue.kind == SourceKind::Postgres && self.are_few && columns == 1
    }

    /// One more search: the rows of a `FROM`, and where they stand.
    fn found(&mut self, rows: &str, (table, column): (&str, String)) {
        let place = self.search.targets.len();
        let number = match self.catalogue.kind {
            SourceKind::Postgres => "",
            SourceKind::Mysql | SourceKind::Sqlite => ", count(*) AS number",
        };
        self.selects
            .push(format!("SELECT {place} AS place{number} FROM {rows}"));
        self.search.targets.push((table.to_owned(), column));
    }

    /// No identity of the people may stand where identities are looked up.
    fn identities(&mut self) {
        for (name, table) in &self.map.tables {
            // Who nobody says whose they are is not found here by anything.
            if table.on_erasure == OnErasure::Keep || self.map.reach(name) == Reach::Owned {
                continue;
            }
            for (kind, column) in &table.identities {
                let own = self.column(name, column);
                let unsigned = self.catalogue.kind == SourceKind::Mysql
                    && own.is_some_and(|column| is_unsigned(&column.type_name));
                let class = own.map(|column| column.class);
                let fits = |value: &String| match class {
                    Some(Class::Integer) if unsigned => is_unsigned_integer(value),
                    Some(Class::Integer) => is_integer(value),
                    Some(Class::Uuid) => is_uuid(value),
                    _ => true,
                };
                let values = self.values_of(kind).into_iter();
                let values: Vec<String> = values.filter(fits).collect();
                let again = self.given_again(kind);
                let is_free = again.and_then(|(table, key)| self.is_free(&table, &key));
                self.search.parameters.push(values);
                self.identity(name, kind, column, is_free);
            }
        }
    }

    /// The people's identities of a kind.
    fn values_of(&self, kind: &str) -> Vec<String> {
        let footprints = self.footprints.iter();
        let identities = footprints.flat_map(|footprint| &footprint.identities);
        identities
            .filter(|identity| identity.kind == kind)
            .map(|identity| {
                let value = &identity.value;
                value
                    .expose("its absence is looked for in its own source")
                    .clone()
            })
            .collect()
    }

    fn identity(
        &mut self,
        table_name: &str,
        identity: &str,
        column_name: &str,
        is_free: Option<String>,
    ) {
        let kind = self.catalogue.kind;
        let parameter = self.search.parameters.len();
        let column = self.column(table_name, column_name);
        let own = format!("t.{}", name(column_name));
        let (left, cast, right) = match (kind, column.map(|column| column.class)) {
            (SourceKind::Mysql, Some(Class::Text)) => {
                let (left, right) = exactly(&own, column, identity == EMAIL);
                (left, String::new(), right)
            }
            (SourceKind::Postgres, _) if identity == EMAIL => (
                format!("lower({own})"),
                "text".to_owned(),
                "k.c0".to_owned(),
            ),
            _ if identity == EMAIL => (
                format!("lower({own})"),
                String::new(),
                "k0.value".to_owned(),
            ),
            _ => comparison(kind, &own, column, 0),
        };
        let own = name(table_name);
        let mut parts = String::new();
        for part in is_free
            .into_iter()
            .chain(of_them(self.catalogue, self.map, table_name))
        {
            parts.push_str(&format!(" AND {part}"));
        }
        let rows = match kind {
            SourceKind::Postgres if self.by_list(1) => {
                let values = among(parameter, &cast);
                format!("{own} AS t WHERE {left} = {values}{parts}")
            }
            SourceKind::Postgres => format!(
                "unnest(${parameter}::text[]::{cast}[]) AS k(c0) JOIN {own} AS t ON {left} = {right}{parts}"
            ),
            SourceKind::Mysql => format!(
                "(SELECT value FROM candor_value WHERE list = {parameter}) AS k0 STRAIGHT_JOIN {own} AS t ON {left} = {right}{parts}"
            ),
            SourceKind::Sqlite => {
                format!(
                    "json_each(?{parameter}) AS k0 CROSS JOIN {own} AS t ON {left} = {right}{parts}"
                )
            }
        };
        self.found(&rows, (table_name, column_name.to_owned()));
    }
}

/// The values of lists from `first` on, side by side: `k`, or `k0`, `k1`, and so
/// on.
fn values(kind: SourceKind, first: usize, casts: &[String]) -> String {
    match kind {
        SourceKind::Mysql => {
            let mut lists = vec!["candor_value AS k0".to_owned()];
            for place in 1..casts.len() {
                lists.push(format!(
                    "STRAIGHT_JOIN candor_value AS k{place} ON k{place}.list = {} AND k{place}.place = k0.place",
                    first + place
                ));
            }
            lists.join(" ")
        }
        SourceKind::Postgres => {
            let arrays: Vec<String> = casts
                .iter()
                .enumerate()
                .map(|(place, cast)| format!("${}::text[]::{cast}[]", first + place))
                .collect();
            let columns: Vec<String> = (0..casts.len()).map(|n| format!("c{n}")).collect();
            format!("unnest({}) AS k({})", arrays.join(", "), columns.join(", "))
        }
        SourceKind::Sqlite => {
            let mut lists = vec![format!("json_each(?{first}) AS k0")];
            for place in 1..casts.len() {
                lists.push(format!(
                    "CROSS JOIN json_each(?{}) AS k{place} ON k{place}.key = k0.key",
                    first + place
                ));
            }
            lists.join(" ")
        }
    }
}

/// Any value of a list of PostgreSQL.
fn among(list: usize, cast: &str) -> String {
    format!("ANY (${list}::text[]::{cast}[])")
}

/// That row `t` is of those for whom the map is read, where its table says so.
fn of_them(catalogue: &Catalogue, map: &SourceMap, table_name: &str) -> Option<String> {
    match map.reach(table_name) {
        Reach::All | Reach::Owned => None,
        Reach::Null(column) => Some(format!("t.{} IS NULL", name(&column))),
        Reach::Equal(is) => {
            let table = catalogue.table(table_name)?;
            let class = table.column(&is.column).map(|column| column.class);
            let own = key_text(catalogue.kind, class, &format!("t.{}", name(&is.column)));
            Some(format!("{own} = {}", literal(&is.value)))
        }
    }
}

/// A text of MariaDB whose collation may ignore case or accents, and so would
/// find other people as well. As it compares first, so that an index serves.
fn exactly(own: &str, column: Option<&Column>, is_email: bool) -> (String, String) {
    let exact = text(SourceKind::Mysql, own);
    let collation = column.and_then(|column| column.collation.as_deref());
    let alike = collated("k0.value", collation);
    match (is_email, collation) {
        (true, Some(own_collation)) if own_collation.contains("_ci") => (
            own.to_owned(),
            format!("{alike} AND lower({exact}) = k0.value"),
        ),
        (true, _) => (format!("lower({exact})"), "k0.value".to_owned()),
        (false, _) => (own.to_owned(), format!("{alike} AND {exact} = k0.value")),
    }
}

/// Left side, the type its values are read as, and right side.
fn comparison(
    kind: SourceKind,
    left: &str,
    column: Option<&Column>,
    place: usize,
) -> (String, String, String) {
    match kind {
        SourceKind::Mysql => {
            let right = format!("k{place}.value");
            match column {
                Some(column)
                    if !matches!(column.class, Class::Other | Class::Json | Class::Textual) =>
                {
                    let about = (
                        column.class,
                        column.type_name.as_str(),
                        column.collation.as_deref(),
                    );
                    (left.to_owned(), String::new(), typed(&right, about))
                }
                _ => (text(kind, left), String::new(), right),
            }
        }
        SourceKind::Postgres => {
            let right = format!("k.c{place}");
            match column {
                Some(column) if column.class != Class::Other => {
                    (left.to_owned(), column.type_name.clone(), right)
                }
                _ => (text(kind, left), "text".to_owned(), right),
            }
        }
        SourceKind::Sqlite => {
            let right = format!("k{place}.value");
            match column.map(|column| column.class) {
                Some(Class::Bytes) => (
                    left.to_owned(),
                    String::new(),
                    format!(
                        "CASE WHEN substr({right}, 1, 2) = 'x:' THEN unhex(substr({right}, 3)) ELSE {right} END"
                    ),
                ),
                Some(_) => (left.to_owned(), String::new(), right),
                None => (text(kind, left), String::new(), right),
            }
        }
    }
}

/// A column, or a value inside it, as text.
fn inside(kind: SourceKind, table: &Table, path: &ColumnPath) -> String {
    let column = format!("t.{}", name(&path.column));
    if path.path.is_empty() {
        return column;
    }
    if kind == SourceKind::Mysql {
        return format!(
            "json_unquote(json_extract({column}, {}))",
            json_path(&path.path)
        );
    }
    let is_json = table
        .column(&path.column)
        .is_some_and(|column| column.class == Class::Json);
    let mut value = match kind {
        SourceKind::Postgres if !is_json => format!("({column})::jsonb"),
        _ => column,
    };
    let last = path.path.len() - 1;
    for (place, key) in path.path.iter().enumerate() {
        let arrow = if place == last { "->>" } else { "->" };
        value = format!("{value} {arrow} {}", literal(key));
    }
    format!("({value})")
}

fn plain(column: &str) -> ColumnPath {
    ColumnPath {
        column: column.to_owned(),
        path: Vec::new(),
    }
}

/// The pointing columns in the order of the wanted target columns.
fn align(own: &[String], target: &[String], wanted: &[String]) -> Option<Vec<ColumnPath>> {
    if target.len() != wanted.len() {
        return None;
    }
    wanted
        .iter()
        .map(|column| {
            let place = target.iter().position(|named| named == column)?;
            own.get(place).map(|column| plain(column))
        })
        .collect()
}

/// Adds what was found in a column, once.
pub(crate) fn add(residue: &mut Vec<Residue>, table: &str, column: &str, rows: u64) {
    let known = residue
        .iter_mut()
        .find(|known| known.table == table && known.column == column);
    match known {
        Some(known) => known.rows = known.rows.max(rows),
        None => residue.push(Residue {
            table: table.to_owned(),
            column: column.to_owned(),
            rows,
        }),
    }
}

/// What was found of all, as found of the first.
pub(crate) fn spread(footprints: usize, found: Vec<Residue>) -> Vec<Vec<Residue>> {
    let mut each = vec![Vec::new(); footprints];
    if let Some(first) = each.first_mut() {
        *first = found;
    }
    each
}

/// Whether text is a whole number in its usual form that fits 64 bits.
pub(crate) fn is_integer(value: &str) -> bool {
    value
        .parse::<i64>()
        .is_ok_and(|number| number.to_string() == *value)
}

/// Whether text is a whole number in its usual form that fits 64 bits without a
/// sign.
pub(crate) fn is_unsigned_integer(value: &str) -> bool {
    value
        .parse::<u64>()
        .is_ok_and(|number| number.to_string() == *value)
}

/// Whether text is a UUID in its usual form.
pub(crate) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}
