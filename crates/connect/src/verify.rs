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

/// The fewest characters an identity must have to be searched for as a value:
/// anything shorter stands in other people's texts by chance.
pub const VALUE_LENGTH_MIN: usize = 6;

/// The most identities one scan of a table looks for.
pub(crate) const NEEDLES_MAX: usize = 64;

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
    search.sql = format!(
        "/* candor: look for keys of people who were erased */\n{}",
        selects.join("\nUNION ALL ")
    );
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
                add(&incoming.table, from, None, false);
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
        let mut parts: Vec<String> = Vec::new();
        let mut casts: Vec<String> = Vec::new();
        for (place, path) in from.iter().enumerate() {
            let column = table.column(&path.column).filter(|_| path.path.is_empty());
            let left = inside(kind, table, path);
            let (left, cast, right) = comparison(kind, &left, column, place);
            parts.push(format!("{left} = {right}"));
            casts.push(cast);
        }
        parts.extend(when.map(|when| condition(kind, "t", when)));
        parts.extend(is_free.map(str::to_owned));
        parts.extend(of_them(self.catalogue, self.map, table_name));
        let values = match kind {
            SourceKind::Mysql => {
                let mut lists = vec!["candor_value AS k0".to_owned()];
                for place in 1..casts.len() {
                    lists.push(format!(
                        "STRAIGHT_JOIN candor_value AS k{place} ON k{place}.list = {} AND k{place}.place = k0.place",
                        first + place
                    ));
                }
                parts.push(format!("k0.list = {first}"));
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
        };
        let column: Vec<&str> = from.iter().map(|path| path.column.as_str()).collect();
        let place = self.search.targets.len();
        let own = name(table_name);
        let join = match kind {
            SourceKind::Mysql => "STRAIGHT_JOIN",
            SourceKind::Postgres => "JOIN",
            SourceKind::Sqlite => "CROSS JOIN",
        };
        self.selects.push(format!(
            "SELECT {place} AS place, count(*) AS number FROM {values} {join} {own} AS t ON {}",
            parts.join(" AND ")
        ));
        self.search
            .targets
            .push((table_name.to_owned(), column.join(", ")));
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
        let place = self.search.targets.len();
        let values = match kind {
            SourceKind::Mysql => {
                format!(
                    "(SELECT value FROM candor_value WHERE list = {parameter}) AS k0 STRAIGHT_JOIN"
                )
            }
            SourceKind::Postgres => format!("unnest(${parameter}::text[]::{cast}[]) AS k(c0) JOIN"),
            SourceKind::Sqlite => format!("json_each(?{parameter}) AS k0 CROSS JOIN"),
        };
        let is_free = is_free.map(|is_free| format!(" AND {is_free}"));
        let of_them = of_them(self.catalogue, self.map, table_name);
        let of_them = of_them.map(|of_them| format!(" AND {of_them}"));
        self.selects.push(format!(
            "SELECT {place} AS place, count(*) AS number FROM {values} {} AS t ON {left} = {right}{}{}",
            name(table_name),
            is_free.unwrap_or_default(),
            of_them.unwrap_or_default()
        ));
        self.search
            .targets
            .push((table_name.to_owned(), column_name.to_owned()));
    }
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

/// The values of people that are looked for in texts: lower case, each once.
/// Short ones and plain numbers are left out, because they stand in anybody's
/// texts; they are searched for by key.
pub(crate) fn needles(footprint: &Footprint) -> Vec<String> {
    let mut needles: Vec<String> = footprint
        .identities
        .iter()
        .map(|identity| {
            identity
                .value
                .expose("its absence is looked for in its own source")
                .to_lowercase()
        })
        .filter(|value| {
            value.chars().count() >= VALUE_LENGTH_MIN
                && !value.chars().all(|character| character.is_ascii_digit())
        })
        .collect();
    let encoded: Vec<String> = needles
        .iter()
        .filter(|value| value.contains('@'))
        .map(|value| value.replace('@', "%40"))
        .collect();
    needles.extend(encoded);
    needles.sort();
    needles.dedup();
    needles
}

/// One scan of one table for values: a count for each column with text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
    /// `c0, c1, …`, one row.
    pub(crate) sql: String,
}

/// Scans of every table whose rows do not stay by decision. For a tenant only of
/// those that say whose their rows are: in any other the same value may be
/// somebody else's, whom that tenant may not even count.
pub(crate) fn scans(catalogue: &Catalogue, map: &SourceMap) -> Vec<Scan> {
    catalogue
        .tables
        .iter()
        .filter(|(name, table)| {
            table.relation != Relation::Outside
                && map.reach(name) != Reach::Owned
                && map
                    .tables
                    .get(*name)
                    .is_none_or(|table| table.on_erasure != OnErasure::Keep)
        })
        .filter_map(|(name, table)| {
            let mut scan = scan(catalogue.kind, name, table)?;
            if let Some(of_them) = of_them(catalogue, map, name) {
                scan.sql.push_str(&format!(" WHERE {of_them}"));
            }
            Some(scan)
        })
        .collect()
}

fn scan(kind: SourceKind, table_name: &str, table: &Table) -> Option<Scan> {
    let columns: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| {
            // Any column of SQLite may hold text.
            kind == SourceKind::Sqlite
                || matches!(column.class, Class::Text | Class::Json | Class::Textual)
        })
        .collect();
    if columns.is_empty() {
        return None;
    }
    let counts: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let own = format!("t.{}", name(&column.name));
            let found = match kind {
                SourceKind::Mysql => format!("lower({}) REGEXP ?", text(kind, &own)),
                SourceKind::Postgres => {
                    let own = format!("lower(({own})::text)");
                    format!(
                        "strpos({own}, $3) > 0 AND {own} LIKE ANY($1::text[]) AND {own} ~ ANY($2::text[])"
                    )
                }
                SourceKind::Sqlite => format!(
                    "typeof({own}) = 'text' AND instr({own}, ?2) > 0 AND EXISTS (SELECT 1 FROM json_each(?1) AS n WHERE ' ' || lower({own}) || '  ' GLOB n.value)"
                ),
            };
            match kind {
                SourceKind::Mysql => format!("count(CASE WHEN {found} THEN 1 END) AS c{place}"),
                _ => format!("count(*) FILTER (WHERE {found}) AS c{place}"),
            }
        })
        .collect();
    Some(Scan {
        table: table_name.to_owned(),
        columns: columns.iter().map(|column| column.name.clone()).collect(),
        sql: format!(
            "/* candor: look for values of people who were erased */ SELECT {} FROM {} AS t",
            counts.join(", "),
            name(table_name)
        ),
    })
}

/// What is in every one of these needles: most texts hold no address, and are
/// then not compared with each. Nothing is in all texts.
pub(crate) fn in_all(needles: &[String]) -> &'static str {
    match needles.iter().all(|needle| needle.contains('@')) {
        true => "@",
        false => "",
    }
}

/// A needle as `LIKE` finds it anywhere.
pub(crate) fn like_pattern(needle: &str) -> String {
    let mut pattern = "%".to_owned();
    for character in needle.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// A needle as PostgreSQL's regular expressions find it standing alone:
/// `ann@post.example` is not in `joann@post.example`.
pub(crate) fn regex_pattern(needle: &str) -> String {
    let mut pattern = "(?<![[:alnum:]._%+-])".to_owned();
    for character in needle.chars() {
        if !character.is_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push_str("(?![[:alnum:]_-]|\\.[[:alnum:]])");
    pattern
}

/// Any of the needles, as MariaDB's regular expressions find them.
pub(crate) fn regex_of_any(needles: &[String]) -> String {
    let patterns: Vec<String> = needles.iter().map(|needle| regex_pattern(needle)).collect();
    patterns.join("|")
}

/// The same for SQLite's `GLOB`, for text between a space and two: alone, or
/// before a full stop that ends the sentence.
pub(crate) fn glob_patterns(needle: &str) -> [String; 2] {
    let mut escaped = String::new();
    for character in needle.chars() {
        if matches!(character, '*' | '?' | '[') {
            escaped.push_str(&format!("[{character}]"));
        } else {
            escaped.push(character);
        }
    }
    [
        format!("*[^a-z0-9._%+-]{escaped}[^a-z0-9._-]*"),
        format!("*[^a-z0-9._%+-]{escaped}.[^a-z0-9]*"),
    ]
}
