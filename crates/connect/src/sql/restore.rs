//! Statements that bring back what an erasure took. They work on a temporary
//! table `candor_image`: a line for each row (`n`), which of the erasures took
//! it (`part`), of which table (`tab`), what it `was`, what it `became` (null
//! where it went), and `why` it does not come back (0 where it does).
//! Invariant: no row that is there now is overwritten, and nothing is hung onto
//! a row that only happens to have the key of one that went.

use candor_domain::undo::Conflict;
use candor_policy::charter::SourceKind;
use candor_policy::map::ColumnPath;

use super::undo::{comparable, decoded, encoded};
use super::{join, link_matches, name};
use crate::catalogue::{Catalogue, ForeignKey};
use crate::plan::{Link, Plan, PlannedColumn, PlannedTable};

/// A table of which there are images.
#[derive(Debug)]
pub(crate) struct Shape<'a> {
    /// Its index in the plan.
    pub(crate) index: usize,
    pub(crate) table: &'a PlannedTable,
    /// Columns of its images, in order.
    pub(crate) columns: Vec<&'a PlannedColumn>,
    /// Places of the columns that the erasure changed in any image.
    pub(crate) changed: Vec<usize>,
    /// Its primary and unique keys.
    pub(crate) keys: Vec<Vec<String>>,
}

/// Renders the statements for images of particular tables.
pub(crate) struct Restore<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) shapes: &'a [Shape<'a>],
}

/// The number of a reason.
pub(crate) fn code(conflict: Conflict) -> usize {
    let place = Conflict::ALL.iter().position(|own| *own == conflict);
    place.unwrap_or_default() + 1
}

/// The number of a row that a later erasure took once more.
pub(crate) const SUPERSEDED: usize = 9;

/// Makes the temporary table.
pub(crate) fn create(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Mysql => {
            "CREATE OR REPLACE TEMPORARY TABLE candor_image (n bigint PRIMARY KEY, part int NOT NULL, tab int NOT NULL,
               was longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
               became longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
               why int NOT NULL DEFAULT 0, KEY (tab)) ENGINE = InnoDB"
        }
        SourceKind::Postgres => {
            "CREATE TEMPORARY TABLE candor_image (n int8 PRIMARY KEY, part int4 NOT NULL, tab int4 NOT NULL,
               was text[] NOT NULL, became text[], why int4 NOT NULL DEFAULT 0) ON COMMIT DROP;
             CREATE INDEX ON candor_image (tab)"
        }
        SourceKind::Sqlite => {
            "DROP TABLE IF EXISTS temp.candor_image;
             CREATE TEMP TABLE candor_image (n INTEGER PRIMARY KEY, part INTEGER, tab INTEGER, was TEXT, became TEXT,
               why INTEGER NOT NULL DEFAULT 0);
             CREATE INDEX temp.candor_image_tab ON candor_image (tab)"
        }
    }
}

/// Drops it, where the end of the transaction does not.
pub(crate) fn drop_images(kind: SourceKind) -> Option<&'static str> {
    match kind {
        SourceKind::Mysql => Some("DROP TEMPORARY TABLE candor_image"),
        SourceKind::Postgres => None,
        SourceKind::Sqlite => Some("DROP TABLE temp.candor_image"),
    }
}

/// Fills it from a JSON list of lines; images are JSON inside text.
pub(crate) fn fill(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Mysql => {
            "INSERT INTO candor_image (n, part, tab, was, became)
             SELECT own.n, own.part, own.tab, own.was, own.became FROM json_table(?, '$[*]' COLUMNS (
               n bigint PATH '$[0]', part int PATH '$[1]', tab int PATH '$[2]',
               was longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[3]',
               became longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[4]')) AS own"
        }
        SourceKind::Postgres => {
            "INSERT INTO candor_image (n, part, tab, was, became)
             SELECT (l ->> 0)::int8, (l ->> 1)::int4, (l ->> 2)::int4,
                    ARRAY(SELECT json_array_elements_text((l ->> 3)::json)),
                    CASE WHEN l ->> 4 IS NOT NULL THEN ARRAY(SELECT json_array_elements_text((l ->> 4)::json)) END
               FROM json_array_elements($1::text::json) AS l"
        }
        SourceKind::Sqlite => {
            "INSERT INTO candor_image (n, part, tab, was, became)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1)"
        }
    }
}

/// `tab, stayed, why, number` of all images.
pub(crate) fn counts(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Postgres => {
            "SELECT tab::int8, (became IS NOT NULL)::int4::int8, why::int8, count(*) FROM candor_image
              GROUP BY tab, became IS NOT NULL, why"
        }
        SourceKind::Mysql | SourceKind::Sqlite => {
            "SELECT tab, became IS NOT NULL AS stayed, why, count(*) FROM candor_image GROUP BY tab, became IS NOT NULL, why"
        }
    }
}

impl Restore<'_> {
    fn kind(&self) -> SourceKind {
        self.plan.kind
    }

    fn shape(&self, index: usize) -> Option<&Shape<'_>> {
        self.shapes.iter().find(|shape| shape.index == index)
    }

    /// Marks rows of an earlier part that a later one took again.
    pub(crate) fn superseded(&self) -> Vec<String> {
        let shapes = self.shapes.iter();
        let keys = shapes.flat_map(|shape| shape.keys.iter().map(move |key| (shape, key)));
        keys.map(|(shape, key)| {
            let same = self.places(shape, key).map(|place| {
                let own = value(self.kind(), "m", "was", place);
                format!("{} = {own}", value(self.kind(), "o", "was", place))
            });
            let same: Vec<String> = same.collect();
            format!(
                "UPDATE candor_image AS m SET why = {SUPERSEDED} WHERE m.tab = {} AND m.why = 0 AND m.became IS NULL \
                 AND EXISTS (SELECT 1 FROM candor_image AS o WHERE o.tab = m.tab AND o.became IS NULL AND o.part > m.part AND {})",
                shape.index,
                same.join(" AND ")
            )
        })
        .collect()
    }

    /// Marks rows whose keys others have now.
    pub(crate) fn taken(&self) -> Vec<String> {
        let mut statements = Vec::new();
        let why = code(Conflict::Taken);
        for shape in self.shapes {
            let gone = format!(
                "UPDATE candor_image AS m SET why = {why} WHERE m.tab = {} AND m.why = 0",
                shape.index
            );
            let own = name(&shape.table.name);
            for key in &shape.keys {
                let is_it = self.matches_key(shape, key, "t", "was");
                statements.push(format!(
                    "{gone} AND m.became IS NULL AND EXISTS (SELECT 1 FROM {own} AS t WHERE {is_it})"
                ));
                if let Some(told) = self.telling(shape)
                    && self
                        .places(shape, key)
                        .any(|place| shape.changed.contains(&place))
                {
                    let is_another = self.matches_key(shape, told, "t", "became");
                    statements.push(format!(
                        "{gone} AND m.became IS NOT NULL AND ({}) AND EXISTS (SELECT 1 FROM {own} AS t WHERE {is_it} AND NOT ({is_another}))",
                        self.differs(&self.places(shape, key).collect::<Vec<_>>())
                    ));
                }
            }
        }
        statements
    }

    /// Marks rows whose parents are not there, or do not come back themselves:
    /// to be repeated until nothing changes.
    pub(crate) fn parentless(&self) -> Vec<String> {
        let mut statements = Vec::new();
        for shape in self.shapes {
            for link in self.links(shape) {
                statements.extend(self.under_blocked(shape, &link));
            }
            for key in self.enforced(shape) {
                statements.extend(self.without_parent(shape, key));
            }
        }
        statements
    }

    /// Keeps the rows that are named from going meanwhile, where the database
    /// is told not to look.
    pub(crate) fn parent_locks(&self) -> Vec<String> {
        if self.kind() != SourceKind::Mysql {
            return Vec::new();
        }
        let mut statements = Vec::new();
        for shape in self.shapes {
            for key in self.enforced(shape) {
                let on = pairs(&key.target_columns, "q", &key.columns, "t");
                statements.push(format!(
                    "SELECT 1 FROM {} AS t STRAIGHT_JOIN {} AS q ON {on} LOCK IN SHARE MODE",
                    self.images(shape, &key.columns, "was", "m.why = 0"),
                    name(&key.target)
                ));
            }
        }
        statements
    }

    /// Puts back the rows that went.
    pub(crate) fn inserts(&self) -> Vec<String> {
        let inserts: Vec<String> = self.shapes.iter().map(|shape| self.insert(shape)).collect();
        if self.kind() != SourceKind::Postgres {
            return inserts;
        }
        // Constraints are checked once the whole statement is done, so that
        // neither an order nor a way out of circles is needed.
        let parts: Vec<String> = inserts
            .iter()
            .enumerate()
            .map(|(place, insert)| format!("candor_i{place} AS ({insert} RETURNING 1)"))
            .collect();
        let is_any = !parts.is_empty();
        let whole = format!("WITH {} SELECT 1", parts.join(",\n"));
        is_any.then_some(whole).into_iter().collect()
    }

    /// Counts rows that came back as something else than they were.
    pub(crate) fn altered(&self) -> Vec<(String, String)> {
        let shapes = self.shapes.iter();
        shapes
            .filter_map(|shape| {
                let key = shape.keys.first()?;
                let columns = shape.columns.iter().enumerate();
                let same = columns.map(|(place, column)| {
                    let own = encoded(self.kind(), column, &format!("t.{}", name(&column.name)));
                    same(self.kind(), &own, &value(self.kind(), "m", "was", place))
                });
                let same: Vec<String> = same.collect();
                let sql = format!(
                    "SELECT count(*) FROM candor_image AS m WHERE m.tab = {} AND m.became IS NULL AND m.why = 0 \
                     AND NOT EXISTS (SELECT 1 FROM {} AS t WHERE {} AND {})",
                    shape.index,
                    name(&shape.table.name),
                    self.matches_key(shape, key, "t", "was"),
                    same.join(" AND ")
                );
                Some((shape.table.name.clone(), sql))
            })
            .collect()
    }

    /// Sets rows that stayed back to what they were before the part, column by
    /// column, wherever they are still as the erasure left them.
    pub(crate) fn set_back(&self, part: usize) -> Vec<String> {
        let kind = self.kind();
        let mut statements = Vec::new();
        for shape in self.shapes.iter().filter(|shape| !shape.changed.is_empty()) {
            let own = name(&shape.table.name);
            let of_part = format!(
                "m.tab = {} AND m.part = {part} AND m.became IS NOT NULL",
                shape.index
            );
            let gone = code(Conflict::Gone);
            let mark = |why: usize, when: &str| {
                format!(
                    "UPDATE candor_image AS m SET why = {why} WHERE {of_part} AND m.why = 0{when}"
                )
            };
            let Some(key) = self.telling(shape) else {
                statements.push(mark(gone, ""));
                continue;
            };
            let is_it = self.matches_key(shape, key, "t", "became");
            statements.push(mark(
                gone,
                &format!(" AND NOT EXISTS (SELECT 1 FROM {own} AS t WHERE {is_it})"),
            ));
            let changed: Vec<String> = self
                .changed(shape)
                .map(|(place, column)| {
                    let (differs, is_left) = self.is_left(place, column);
                    format!("({differs} AND NOT ({is_left}))")
                })
                .collect();
            statements.push(mark(
                code(Conflict::Changed),
                &format!(
                    " AND EXISTS (SELECT 1 FROM {own} AS t WHERE {is_it} AND ({}))",
                    changed.join(" OR ")
                ),
            ));
            let mut assignments: Vec<String> = self
                .changed(shape)
                .map(|(place, column)| {
                    let (differs, is_left) = self.is_left(place, column);
                    let was = decoded(kind, column, &value(kind, "m", "was", place));
                    format!(
                        "{} = CASE WHEN {differs} AND {is_left} THEN {was} ELSE t.{} END",
                        super::erase::column_to_set(kind, &column.name),
                        name(&column.name)
                    )
                })
                .collect();
            let names: Vec<&str> = self
                .changed(shape)
                .map(|(_, column)| column.name.as_str())
                .collect();
            assignments.extend(super::erase::untouched(shape.table, &names));
            let assignments = assignments.join(", ");
            let why = format!("m.why IN (0, {})", code(Conflict::Changed));
            statements.push(match kind {
                SourceKind::Mysql => format!(
                    "UPDATE candor_image AS m STRAIGHT_JOIN {own} AS t ON {is_it} SET {assignments} WHERE {of_part} AND {why}"
                ),
                _ => format!(
                    "UPDATE {own} AS t SET {assignments} FROM candor_image AS m WHERE {of_part} AND {why} AND {is_it}"
                ),
            });
        }
        statements
    }

    /// That an image says the erasure changed a column, and that the row is
    /// still as it was left.
    fn is_left(&self, place: usize, column: &PlannedColumn) -> (String, String) {
        let kind = self.kind();
        let own = encoded(kind, column, &format!("t.{}", name(&column.name)));
        let became = value(kind, "m", "became", place);
        (self.differs(&[place]), same(kind, &own, &became))
    }

    /// That a row was something else before in one of these columns.
    fn differs(&self, places: &[usize]) -> String {
        let kind = self.kind();
        let parts: Vec<String> = places
            .iter()
            .map(|place| {
                let was = value(kind, "m", "was", *place);
                format!(
                    "NOT ({})",
                    same(kind, &was, &value(kind, "m", "became", *place))
                )
            })
            .collect();
        parts.join(" OR ")
    }

    fn changed<'b>(
        &self,
        shape: &'b Shape<'_>,
    ) -> impl Iterator<Item = (usize, &'b PlannedColumn)> {
        let places = shape.changed.iter();
        places.filter_map(|place| Some((*place, *shape.columns.get(*place)?)))
    }

    /// The key by which a row that stayed is found again: one that the erasure
    /// did not change, without nulls.
    fn telling<'b>(&self, shape: &'b Shape<'_>) -> Option<&'b Vec<String>> {
        shape.keys.iter().find(|key| {
            key.iter().all(|column| {
                let place = shape.columns.iter().position(|own| own.name == *column);
                place.is_some_and(|place| {
                    !shape.changed.contains(&place)
                        && shape.columns.get(place).is_some_and(|own| !own.nullable)
                })
            })
        })
    }

    fn places(&self, shape: &Shape<'_>, key: &[String]) -> impl Iterator<Item = usize> {
        let places: Vec<usize> = key
            .iter()
            .filter_map(|column| shape.columns.iter().position(|own| own.name == *column))
            .collect();
        places.into_iter()
    }

    /// That row `alias` has the key of image `m`.
    fn matches_key(&self, shape: &Shape<'_>, key: &[String], alias: &str, side: &str) -> String {
        let kind = self.kind();
        let parts: Vec<String> = self
            .places(shape, key)
            .filter_map(|place| {
                let column = shape.columns.get(place)?;
                let value = comparable(kind, column, &value(kind, "m", side, place));
                Some(format!("{alias}.{} = {value}", name(&column.name)))
            })
            .collect();
        parts.join(" AND ")
    }

    /// Images of a table as rows with `candor_n` and these columns.
    fn images(&self, shape: &Shape<'_>, wanted: &[String], side: &str, when: &str) -> String {
        let kind = self.kind();
        let mut outputs = vec!["m.n AS candor_n".to_owned()];
        for (place, column) in shape.columns.iter().enumerate() {
            if wanted.contains(&column.name) {
                let own = comparable(kind, column, &value(kind, "m", side, place));
                outputs.push(format!("{own} AS {}", name(&column.name)));
            }
        }
        format!(
            "(SELECT {} FROM candor_image AS m WHERE m.tab = {} AND {when})",
            outputs.join(", "),
            shape.index
        )
    }

    /// The images whose link the erasure took or changed, and that still come
    /// back.
    fn linking(&self, shape: &Shape<'_>, from: &[String], wanted: &[String]) -> String {
        let places: Vec<usize> = self.places(shape, from).collect();
        let when = format!(
            "m.why = 0 AND (m.became IS NULL OR {})",
            self.differs(&places)
        );
        self.images(shape, wanted, "was", &when)
    }

    /// Marks images that name a row which does not come back.
    fn under_blocked(&self, shape: &Shape<'_>, link: &Link) -> Option<String> {
        let target = self.shape(link.target)?;
        let from: Vec<String> = link.from.iter().map(|path| path.column.clone()).collect();
        let mut wanted = from.clone();
        wanted.extend(link.when.iter().map(|when| when.column.clone()));
        let names = |columns: &[String], shape: &Shape<'_>| {
            let known = |column: &String| shape.columns.iter().any(|own| own.name == *column);
            columns.iter().all(known)
        };
        if !names(&wanted, shape) || !names(&link.to, target) {
            return None;
        }
        let on = link_matches(
            self.kind(),
            (shape.table, target.table),
            "t",
            link,
            |place| {
                let column = link.to.get(place).map(String::as_str).unwrap_or_default();
                format!("p.{}", name(column))
            },
        );
        Some(self.mark_parentless(&format!(
            "SELECT t.candor_n FROM {} AS t {} {} AS p ON {on}",
            self.linking(shape, &from, &wanted),
            join(self.kind()),
            self.images(
                target,
                &link.to,
                "was",
                &format!("m.became IS NULL AND m.why NOT IN (0, {SUPERSEDED})")
            ),
        )))
    }

    /// Marks images whose foreign key would name nothing.
    fn without_parent(&self, shape: &Shape<'_>, key: &ForeignKey) -> Option<String> {
        let known: Vec<String> = key
            .columns
            .iter()
            .map(|column| format!("t.{} IS NOT NULL", name(column)))
            .collect();
        let target = self.shapes.iter().find(|own| own.table.name == key.target);
        let returning = target.map(|target| {
            format!(
                " AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE {})",
                self.images(
                    target,
                    &key.target_columns,
                    "was",
                    "m.became IS NULL AND m.why = 0"
                ),
                pairs(&key.target_columns, "p", &key.columns, "t")
            )
        });
        Some(self.mark_parentless(&format!(
            "SELECT t.candor_n FROM {} AS t WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS q WHERE {}){}",
            self.linking(shape, &key.columns, &key.columns),
            known.join(" AND "),
            name(&key.target),
            pairs(&key.target_columns, "q", &key.columns, "t"),
            returning.unwrap_or_default()
        )))
    }

    fn mark_parentless(&self, found: &str) -> String {
        format!(
            "UPDATE candor_image SET why = {} WHERE why = 0 AND n IN (SELECT x.candor_n FROM ({found}) AS x)",
            code(Conflict::Parentless)
        )
    }

    /// Foreign keys of a table whose targets are in sight.
    fn enforced<'b>(&'b self, shape: &'b Shape<'_>) -> impl Iterator<Item = &'b ForeignKey> {
        let own = self.catalogue.table(&shape.table.name);
        let keys = own.into_iter().flat_map(|own| &own.foreign_keys);
        keys.filter(move |key| {
            let is_kept = |column: &String| shape.columns.iter().any(|own| own.name == *column);
            self.catalogue.table(&key.target).is_some() && key.columns.iter().all(is_kept)
        })
    }

    /// Everything by which rows of a table name rows of tables in the plan.
    fn links(&self, shape: &Shape<'_>) -> Vec<Link> {
        let tables = self.plan.tables.iter();
        let counted = tables.flat_map(|table| &table.counted);
        let counted = counted.filter(|link| link.table == shape.index);
        let cuts = shape.table.cuts.iter().map(|cut| &cut.link);
        let links = shape.table.owners.iter().chain(cuts).chain(counted);
        let mut links: Vec<Link> = links.cloned().collect();
        for key in self.enforced(shape) {
            let mut tables = self.plan.tables.iter();
            let Some(target) = tables.position(|own| own.name == key.target) else {
                continue;
            };
            let path = |column: &String| ColumnPath {
                column: column.clone(),
                path: Vec::new(),
            };
            let link = Link {
                table: shape.index,
                from: key.columns.iter().map(path).collect(),
                target,
                to: key.target_columns.clone(),
                when: None,
                is_list: false,
            };
            if !links.contains(&link) {
                links.push(link);
            }
        }
        links
    }

    fn insert(&self, shape: &Shape<'_>) -> String {
        let kind = self.kind();
        let names: Vec<String> = shape.columns.iter().map(|own| name(&own.name)).collect();
        let values: Vec<String> = shape
            .columns
            .iter()
            .enumerate()
            .map(|(place, column)| decoded(kind, column, &value(kind, "m", "was", place)))
            .collect();
        let (before, overriding) = match kind {
            // The links were looked at here, in whatever order the rows come.
            SourceKind::Mysql => (
                "SET STATEMENT foreign_key_checks = 0, sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,NO_ENGINE_SUBSTITUTION,STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO' FOR ",
                "",
            ),
            SourceKind::Postgres => ("", " OVERRIDING SYSTEM VALUE"),
            SourceKind::Sqlite => ("", ""),
        };
        format!(
            "{before}INSERT INTO {} ({}){overriding} SELECT {} FROM candor_image AS m WHERE m.tab = {} AND m.became IS NULL AND m.why = 0",
            name(&shape.table.name),
            names.join(", "),
            values.join(", "),
            shape.index
        )
    }
}

/// A value of an image as text.
fn value(kind: SourceKind, image: &str, side: &str, place: usize) -> String {
    match kind {
        SourceKind::Mysql => format!("json_value({image}.{side}, '$[{place}]')"),
        SourceKind::Postgres => format!("{image}.{side}[{}]", place + 1),
        SourceKind::Sqlite => format!("({image}.{side} ->> {place})"),
    }
}

/// Equality in which null equals null.
fn same(kind: SourceKind, left: &str, right: &str) -> String {
    match kind {
        SourceKind::Mysql => format!("{left} <=> {right}"),
        SourceKind::Postgres => format!("{left} IS NOT DISTINCT FROM {right}"),
        SourceKind::Sqlite => format!("{left} IS {right}"),
    }
}

fn pairs(left: &[String], left_alias: &str, right: &[String], right_alias: &str) -> String {
    let parts: Vec<String> = left
        .iter()
        .zip(right)
        .map(|(left, right)| {
            format!(
                "{left_alias}.{} = {right_alias}.{}",
                name(left),
                name(right)
            )
        })
        .collect();
    parts.join(" AND ")
}
