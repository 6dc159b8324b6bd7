//! Random schemas and rows: trees, shared rows, circles, self references,
//! composite keys, links without foreign keys, lists of keys. Everything follows
//! from one seed, so that a failure is reproduced by its number.

use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{Edge, ReferenceAction, SourceMap};

use crate::support::{Mapping as _, map, table, unchecked};

/// What a link is in the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Owner,
    Counted,
    Unlink,
    Keep,
}

/// Columns of one table that name rows of another.
#[derive(Clone, Debug)]
pub(crate) struct RandomLink {
    pub(crate) role: Role,
    pub(crate) target: usize,
    pub(crate) columns: Vec<String>,
    pub(crate) nullable: bool,
    foreign_key: Option<&'static str>,
    /// Only rows whose column has this value.
    pub(crate) when: Option<(String, String)>,
    /// The columns it names; its key's where empty.
    pub(crate) to: Vec<String>,
    /// The column holds a list, as PostgreSQL writes an array of plain words.
    pub(crate) is_list: bool,
    /// Of a list: an array where a database has such; else JSON.
    is_array: bool,
}

impl RandomLink {
    /// A link of a schema that is not random.
    pub(crate) fn read(
        role: Role,
        target: usize,
        edge: &Edge,
        to: &[String],
        nullable: bool,
    ) -> Self {
        let from = edge.from.iter().map(|path| path.column.clone());
        let when = edge.when.clone();
        Self {
            role,
            target,
            columns: from.collect(),
            nullable,
            foreign_key: None,
            when: when.map(|when| (when.column, when.value)),
            to: to.to_vec(),
            is_list: edge.is_list,
            is_array: edge.is_list,
        }
    }

    /// The type of its columns.
    fn type_name(&self, kind: SourceKind) -> &'static str {
        match (self.is_list, kind) {
            (false, _) => "bigint",
            (true, SourceKind::Postgres) if self.is_array => "bigint[]",
            (true, SourceKind::Postgres) => "jsonb",
            (true, _) => "json",
        }
    }

    /// A list as its column has it, from how PostgreSQL writes an array.
    fn list(&self, kind: SourceKind, text: &str) -> String {
        match self.type_name(kind) {
            "bigint[]" => text.to_owned(),
            _ => text.replace('{', "[").replace('}', "]"),
        }
    }
}

/// One table: keys first, then links, then a text.
#[derive(Clone, Debug)]
pub(crate) struct RandomTable {
    pub(crate) name: String,
    /// Names of its key columns; without one nothing can point here.
    pub(crate) key: Vec<String>,
    primary: bool,
    /// Stored without row ids, or in partitions.
    special: bool,
    pub(crate) links: Vec<RandomLink>,
    pub(crate) on_erasure: OnErasure,
    pub(crate) erased: bool,
    /// All its columns, where it is one of a schema that is not random.
    read: Vec<String>,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell {
    Null,
    Number(i64),
    Text(String),
}

/// One row, in the order of [`RandomTable::columns`].
pub(crate) type Row = Vec<Cell>;

impl RandomTable {
    /// A table of a schema that is not random, with these columns, whose last
    /// says which row it is.
    pub(crate) fn read(name: &str, columns: Vec<String>, links: Vec<RandomLink>) -> Self {
        Self {
            name: name.to_owned(),
            key: Vec::new(),
            primary: true,
            special: false,
            links,
            on_erasure: OnErasure::Delete,
            erased: false,
            read: columns,
        }
    }

    /// Key columns, link columns, `kind`, `val`.
    pub(crate) fn columns(&self) -> Vec<String> {
        if !self.read.is_empty() {
            return self.read.clone();
        }
        let mut columns = self.key.clone();
        for link in &self.links {
            columns.extend(link.columns.iter().cloned());
        }
        columns.push("kind".to_owned());
        columns.push("val".to_owned());
        columns
    }

    /// The link whose list a column is.
    pub(crate) fn list(&self, column: &str) -> Option<&RandomLink> {
        let mut lists = self.links.iter().filter(|link| link.is_list);
        lists.find(|link| link.columns[0] == column)
    }

    pub(crate) fn place(&self, column: &str) -> usize {
        if !self.read.is_empty() {
            return self.read.iter().position(|own| own == column).unwrap();
        }
        self.columns().iter().position(|own| own == column).unwrap()
    }
}

/// A whole schema with its rows. The first table holds people: its `val` is
/// their address.
#[derive(Clone, Debug)]
pub(crate) struct RandomWorld {
    pub(crate) tables: Vec<RandomTable>,
    pub(crate) rows: Vec<Vec<Row>>,
}

/// A small generator whose stream is fixed by its seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

pub(crate) const PEOPLE: usize = 4;

pub(crate) fn address(person: usize) -> String {
    format!("person{person}@post.example")
}

impl RandomWorld {
    pub(crate) fn new(seed: u64, tables_max: usize, rows_max: usize) -> Self {
        let mut dice = Dice::new(seed);
        let count = 2 + dice.below(tables_max);
        let mut tables = vec![RandomTable {
            name: "t0".to_owned(),
            key: vec!["id".to_owned()],
            primary: true,
            special: dice.chance(10),
            links: Vec::new(),
            on_erasure: OnErasure::Delete,
            erased: false,
            read: Vec::new(),
        }];
        for place in 1..count {
            let primary = dice.chance(85);
            tables.push(RandomTable {
                name: format!("t{place}"),
                primary,
                special: primary && dice.chance(20),
                key: match dice.below(5) {
                    0 => vec!["ka".to_owned(), "kb".to_owned()],
                    _ => vec!["id".to_owned()],
                },
                links: Vec::new(),
                on_erasure: match dice.below(6) {
                    0 => OnErasure::Keep,
                    1 => OnErasure::Pseudonymise,
                    _ => OnErasure::Delete,
                },
                erased: dice.chance(50),
                read: Vec::new(),
            });
        }
        for place in 0..count {
            let links = if place == 0 {
                dice.below(2)
            } else {
                1 + dice.below(3) + dice.below(2)
            };
            for number in 0..links {
                let target = match dice.below(10) {
                    0 => place,
                    1..=6 => dice.below(place.max(1)),
                    _ => dice.below(count),
                };
                let link = random_link(&mut dice, place, number, target, &tables);
                tables[place].links.push(link);
            }
        }
        let rows = random_rows(&mut dice, &tables, rows_max);
        Self { tables, rows }
    }

    /// The same with lists in place of some links that name one row, for every
    /// other number; a list names that row and others, or none.
    pub(crate) fn listed(&self, number: u64) -> Self {
        let mut world = self.clone();
        if number.is_multiple_of(2) {
            return world;
        }
        let mut dice = Dice::new(number);
        let single: Vec<bool> = self.tables.iter().map(|own| own.key.len() == 1).collect();
        for place in 0..world.tables.len() {
            for number in 0..world.tables[place].links.len() {
                let link = &mut world.tables[place].links[number];
                if !single[link.target] || link.when.is_some() || !dice.chance(40) {
                    continue;
                }
                link.is_list = true;
                link.is_array = dice.chance(50);
                link.foreign_key = None;
                let (target, column) = (link.target, link.columns[0].clone());
                let rows = self.rows[target].len();
                let cell = world.tables[place].place(&column);
                for row in &mut world.rows[place] {
                    if let Cell::Number(named) = row[cell] {
                        row[cell] = list(&mut dice, named, rows);
                    }
                }
            }
        }
        world
    }

    /// Tables with rows. Constraints hold, but are not checked meanwhile.
    pub(crate) fn sql(&self, kind: SourceKind) -> String {
        let separate = kind != SourceKind::Sqlite;
        let text = match kind {
            SourceKind::Mysql => "varchar(190)",
            _ => "text",
        };
        let mut tables = String::new();
        let mut keys = String::new();
        for table in &self.tables {
            let mut parts: Vec<String> = table
                .key
                .iter()
                .map(|column| format!("{column} bigint NOT NULL"))
                .collect();
            for link in &table.links {
                let null = if link.nullable { "" } else { " NOT NULL" };
                let columns = link.columns.iter();
                let type_name = link.type_name(kind);
                parts.extend(columns.map(|column| format!("{column} {type_name}{null}")));
            }
            parts.push(format!("kind {text} NOT NULL"));
            let null = if table.erased { " NOT NULL" } else { "" };
            parts.push(format!("val {text}{null}"));
            let key = table.key.join(", ");
            let unique = if table.primary {
                "PRIMARY KEY"
            } else {
                "UNIQUE"
            };
            parts.push(format!("{unique} ({key})"));
            for constraint in self.foreign_keys(table) {
                if separate {
                    keys.push_str(&format!("ALTER TABLE {} ADD {constraint};\n", table.name));
                } else {
                    parts.push(constraint);
                }
            }
            let name = &table.name;
            let special = match (table.special, kind) {
                (false, _) => ";".to_owned(),
                // A table with partitions can have no foreign keys there.
                (true, SourceKind::Mysql) => " ENGINE = InnoDB;".to_owned(),
                (true, SourceKind::Sqlite) => " WITHOUT ROWID;".to_owned(),
                (true, SourceKind::Postgres) => format!(
                    " PARTITION BY HASH ({key});
                     CREATE TABLE {name}_0 PARTITION OF {name} FOR VALUES WITH (MODULUS 2, REMAINDER 0);
                     CREATE TABLE {name}_1 PARTITION OF {name} FOR VALUES WITH (MODULUS 2, REMAINDER 1);"
                ),
            };
            tables.push_str(&format!(
                "CREATE TABLE {name} ({}){special}\n",
                parts.join(", ")
            ));
        }
        let unchecked = match kind {
            SourceKind::Sqlite => "PRAGMA foreign_keys = OFF;",
            _ => "",
        };
        format!("{unchecked}{tables}{}{keys}", self.inserts(kind))
    }

    /// Statements after which the rows are as they were at first, and nothing
    /// was ever done in the database.
    pub(crate) fn again(&self, kind: SourceKind) -> String {
        let tables = self.tables.iter();
        let tables = tables.map(|table| format!("DELETE FROM {};\n", table.name));
        format!(
            "{}; BEGIN; DELETE FROM candor_journal; {}{} COMMIT",
            unchecked(kind),
            tables.collect::<String>(),
            self.inserts(kind)
        )
    }

    fn foreign_keys(&self, table: &RandomTable) -> Vec<String> {
        let constraint = |link: &RandomLink| {
            let action = link.foreign_key?;
            let target = &self.tables[link.target];
            Some(format!(
                "FOREIGN KEY ({}) REFERENCES {} ({}) {action}",
                link.columns.join(", "),
                target.name,
                target.key.join(", ")
            ))
        };
        table.links.iter().filter_map(constraint).collect()
    }

    fn inserts(&self, kind: SourceKind) -> String {
        let mut insert = String::new();
        for (table, rows) in self.tables.iter().zip(&self.rows) {
            for row in rows {
                insert.push_str(&format!(
                    "INSERT INTO {} VALUES ({});\n",
                    table.name,
                    values(kind, table, row)
                ));
            }
        }
        insert
    }

    pub(crate) fn map(&self) -> SourceMap {
        let mut tables = map([]);
        for (place, own) in self.tables.iter().enumerate() {
            let mut columns: Vec<String> = own
                .columns()
                .iter()
                .map(|column| format!("{column}:key"))
                .collect();
            columns.pop();
            columns.pop();
            columns.push("kind:plain".to_owned());
            let category = if place == 0 {
                "contact.email"
            } else {
                "content.message"
            };
            let erased = if own.erased && place > 0 {
                "!erased"
            } else {
                ""
            };
            columns.push(format!("val:{category}{erased}"));
            let mut mapped = table(&columns.join(" ")).on_erasure(own.on_erasure);
            if place == 0 {
                mapped = mapped.about("email", "val").about("customer_id", "id");
            }
            for link in &own.links {
                let from = link.columns.join("+");
                let target = &self.tables[link.target];
                let to = format!("{}.{}", target.name, target.key.join("+"));
                mapped = match link.role {
                    Role::Owner if link.when.is_some() => {
                        mapped.owned_when(&from, &to, "kind", "a")
                    }
                    Role::Owner => mapped.owned_by(&from, &to),
                    Role::Counted => mapped,
                    Role::Unlink => mapped.references_to(&from, &to, ReferenceAction::Unlink),
                    Role::Keep => mapped.references_to(&from, &to, ReferenceAction::Keep),
                };
                let edge = match link.role {
                    Role::Owner => mapped.owned_by.last_mut(),
                    Role::Counted => None,
                    _ => mapped.references.last_mut().map(|own| &mut own.edge),
                };
                if let Some(edge) = edge {
                    edge.is_list = link.is_list;
                }
            }
            for other in &self.tables {
                for link in &other.links {
                    if link.role == Role::Counted && link.target == place {
                        mapped =
                            mapped.last_of(&format!("{}.{}", other.name, link.columns.join("+")));
                        mapped.last_of.last_mut().unwrap().is_list = link.is_list;
                    }
                }
            }
            tables.tables.insert(own.name.clone(), mapped);
        }
        tables
    }
}

/// A row as SQL.
pub(crate) fn values(kind: SourceKind, table: &RandomTable, row: &Row) -> String {
    let columns = table.columns();
    let cells: Vec<String> = row
        .iter()
        .enumerate()
        .map(|(place, cell)| match cell {
            Cell::Null => "NULL".to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Text(text) => match columns.get(place).and_then(|column| table.list(column)) {
                Some(link) => format!("'{}'", link.list(kind, text)),
                None => format!("'{text}'"),
            },
        })
        .collect();
    cells.join(", ")
}

/// A list with a key and others, or without any.
fn list(dice: &mut Dice, named: i64, rows: usize) -> Cell {
    let mut keys = vec![named.to_string()];
    match dice.below(6) {
        0 => keys.clear(),
        1 | 2 => {}
        more => {
            for _ in 2..more {
                let other = dice.below(rows).to_string();
                keys.insert(dice.below(keys.len() + 1), other);
            }
        }
    }
    Cell::Text(format!("{{{}}}", keys.join(",")))
}

fn random_link(
    dice: &mut Dice,
    place: usize,
    number: usize,
    target: usize,
    tables: &[RandomTable],
) -> RandomLink {
    let key = &tables[target].key;
    // People are only found by themselves; the first link of a table leads to
    // an owner, so that most rows belong to somebody.
    let role = match (place, number, dice.below(10)) {
        (0, _, 0..=4) => Role::Counted,
        (0, ..) => Role::Unlink,
        (_, 0, _) | (_, _, 0..=3) => Role::Owner,
        (_, _, 4 | 5) if target != place => Role::Counted,
        (_, _, 9) => Role::Keep,
        _ => Role::Unlink,
    };
    let role = if role == Role::Unlink && place > 0 && number == 2 {
        Role::Counted
    } else {
        role
    };
    // What is counted must be found by the primary key.
    let role = if role == Role::Counted && (!tables[target].primary || target == 0) {
        Role::Unlink
    } else {
        role
    };
    let foreign_key = (role != Role::Keep && dice.chance(70)).then(|| {
        let actions = [
            "",
            "ON DELETE RESTRICT",
            "ON DELETE CASCADE",
            "ON DELETE SET NULL",
        ];
        actions[[0, 0, 0, 1, 2, 3][dice.below(6)]]
    });
    let conditional = role == Role::Owner && foreign_key.is_none() && dice.chance(30);
    let strict = if role == Role::Owner { 40 } else { 10 };
    let nullable =
        !dice.chance(strict) || foreign_key.is_some_and(|action| action.contains("NULL"));
    RandomLink {
        role,
        target,
        columns: (0..key.len())
            .map(|part| format!("l{number}_{part}"))
            .collect(),
        nullable,
        foreign_key,
        when: conditional.then(|| ("kind".to_owned(), "a".to_owned())),
        to: Vec::new(),
        is_list: false,
        is_array: false,
    }
}

fn random_rows(dice: &mut Dice, tables: &[RandomTable], rows_max: usize) -> Vec<Vec<Row>> {
    let counts: Vec<usize> = (0..tables.len())
        .map(|place| {
            if place == 0 {
                PEOPLE
            } else {
                1 + dice.below(rows_max)
            }
        })
        .collect();
    let key = |table: usize, number: usize| -> Vec<Cell> {
        let number = number as i64;
        if tables[table].key.len() == 2 {
            vec![Cell::Number(number / 2), Cell::Number(100 + number % 2)]
        } else {
            vec![Cell::Number(number)]
        }
    };
    tables
        .iter()
        .enumerate()
        .map(|(place, table)| {
            (0..counts[place])
                .map(|number| {
                    let mut row = key(place, number);
                    for link in &table.links {
                        if link.nullable && dice.chance(25) {
                            row.extend(link.columns.iter().map(|_| Cell::Null));
                        } else {
                            row.extend(key(link.target, dice.below(counts[link.target])));
                        }
                    }
                    row.push(Cell::Text(
                        if dice.chance(60) { "a" } else { "b" }.to_owned(),
                    ));
                    row.push(match place {
                        0 => Cell::Text(address(number)),
                        _ => Cell::Text(format!("text {place} {number}")),
                    });
                    row
                })
                .collect()
        })
        .collect()
}
