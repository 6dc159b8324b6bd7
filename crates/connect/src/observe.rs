//! Looking at a source for the checks of the charter: its schema beside its
//! map, values that should not exist, rows older than allowed, and how
//! passwords are stored. What is found are counts and names of columns.

use candor_domain::calendar;
use candor_domain::check::{CARD, Check, Finding, MappedCategory, ReplicaAge, SchemaFinding};
use candor_domain::sweep::whole;
use candor_policy::catalogue::looks_personal;
use candor_policy::charter::{CalendarSpan, SourceKind, covers};
use candor_policy::map::{Content, SourceMap};
use candor_policy::period::{Period, Unit};
use jiff::Timestamp;

use crate::catalogue::{Catalogue, Class, Relation, Table};
use crate::error::{Fault, SourceError};
use crate::plan::{Plan, PlanError};
use crate::replica::at_replica;
use crate::source::Source;
use crate::sql::anchor::AnchorColumn;
use crate::sql::{literal, name, seed, text};

mod at_rest;
mod card;
mod isolation;

/// Category of stored passwords.
const PASSWORD: &str = "credential.password";

impl Source {
    /// Makes one observation of this source.
    ///
    /// # Errors
    ///
    /// [`SourceError`]; refused if the check is not about a source, or asks
    /// for what cannot be observed there.
    pub async fn observe(&self, check: &Check, now: Timestamp) -> Result<Finding, SourceError> {
        let found = match check {
            Check::Schema { .. } if self.is_service() => self.service_schema().await,
            Check::Schema { .. } => self.schema().await,
            Check::ForbiddenValues { categories, .. } => self.forbidden(categories).await,
            Check::Age {
                table,
                column,
                period,
                from_end_of,
                ..
            } => match over(now, *period, *from_end_of) {
                Ok(over) => self.ages((table, column), over).await,
                Err(fault) => Err(fault),
            },
            Check::Restricted {
                table,
                column,
                floor,
                from_end_of,
                ..
            } => match over(now, *floor, *from_end_of) {
                Ok(freed) => self.restricted((table, column), (freed, now)).await,
                Err(fault) => Err(fault),
            },
            Check::PasswordHashes { algorithm, .. } => self.passwords(algorithm).await,
            Check::AtRest { .. } => self.at_rest().await,
            Check::Isolation { .. } => return self.isolation().await,
            Check::Sweep { .. }
            | Check::Transport { .. }
            | Check::SubjectRequests { .. }
            | Check::KeyAges { .. }
            | Check::Page
            | Check::Backups => Err(Fault::Refused(vec![
                "this check is not about a source".to_owned(),
            ])),
        };
        found.map_err(|fault| self.named(fault))
    }

    async fn schema(&self) -> Result<Finding, Fault> {
        let catalogue = self.read_catalogue().await?;
        Ok(Finding::Schema(schema_finding(&catalogue, self.map())))
    }

    /// What a service says of itself beside its map.
    async fn service_schema(&self) -> Result<Finding, Fault> {
        let Some(service) = self.service() else {
            return self.schema().await;
        };
        let description = service.describe().await?;
        Ok(Finding::Schema(SchemaFinding {
            personal_unmapped: description.personal_unmapped(self.map()),
            drift: description.drift(self.map()),
            mapped: mapped(self.map()),
        }))
    }

    /// Columns that a map gives a forbidden category are forbidden without
    /// looking; card numbers are looked for in every text.
    async fn forbidden(&self, categories: &[String]) -> Result<Finding, Fault> {
        let mut columns = mapped_to(self.map(), |category| {
            categories
                .iter()
                .any(|forbidden| covers(forbidden, category))
        });
        if self.is_service() && !columns.is_empty() {
            return Ok(Finding::ForbiddenValues {
                columns,
                sampled_rows: 0,
            });
        }
        let catalogue = self.read_catalogue().await?;
        let mut sampled_rows = 0;
        let cards = categories.iter().any(|forbidden| covers(forbidden, CARD));
        for (name, table) in catalogue.tables.iter().filter(|_| cards) {
            let Some(sample) =
                card_sample(catalogue.kind, name, table, self.limits().sample_rows_max)
            else {
                continue;
            };
            sampled_rows += u64::try_from(self.number(&sample.count).await?).unwrap_or_default();
            let mut found = vec![false; sample.columns.len()];
            self.texts(&sample.candidates, &mut |values| {
                for (found, value) in found.iter_mut().zip(values) {
                    *found |= value.as_deref().is_some_and(card::is_in);
                }
            })
            .await?;
            for (column, found) in sample.columns.iter().zip(found) {
                if found {
                    columns.push(format!("{name}.{column}"));
                }
            }
        }
        columns.sort();
        columns.dedup();
        Ok(Finding::ForbiddenValues {
            columns,
            sampled_rows,
        })
    }

    /// Rows of the database, and of each replica, as it serves them even where it
    /// has not caught up.
    async fn ages(&self, about: (&str, &str), over: Timestamp) -> Result<Finding, Fault> {
        // Before the replicas: what goes meanwhile would be more there than here.
        let (overdue_rows, oldest) = self.age(about, over).await?;
        let mut replicas = Vec::new();
        let stands = self.replicas_stand().await?;
        for (replica, (name, behind)) in self.replicas().iter().zip(stands) {
            let age = replica.age(about, over).await;
            let (overdue_rows, oldest) = age.map_err(|fault| at_replica(&name, fault))?;
            replicas.push(ReplicaAge {
                name,
                behind,
                overdue_rows,
                oldest,
            });
        }
        Ok(Finding::Age {
            overdue_rows,
            oldest,
            replicas,
        })
    }

    async fn age(
        &self,
        (table, column): (&str, &str),
        over: Timestamp,
    ) -> Result<(u64, Option<Timestamp>), Fault> {
        let cutoff = over.as_second().to_string();
        let catalogue = self.read_catalogue().await?;
        let anchor = anchor(&catalogue, table, column)?;
        let open = self.still_says_who(&catalogue, table);
        let own = name(table);
        let overdue = self
            .number(&format!(
                "/* candor: rows older than allowed */ SELECT count(*) FROM {own} AS t WHERE {}{open}",
                anchor.is_before(&cutoff)
            ))
            .await?;
        let there = format!("t.{} IS NOT NULL{open}", name(column));
        let overdue = u64::try_from(overdue).unwrap_or_default();
        Ok((overdue, self.oldest(anchor, table, &there).await?))
    }

    /// Rows whose purpose is over and that the law keeps.
    async fn restricted(
        &self,
        (table, column): (&str, &str),
        (freed, now): (Timestamp, Timestamp),
    ) -> Result<Finding, Fault> {
        let freed = freed.as_second().to_string();
        let catalogue = self.read_catalogue().await?;
        let anchor = anchor(&catalogue, table, column)?;
        let kept = format!(
            "{} AND NOT ({}){}",
            anchor.is_before(&now.as_second().to_string()),
            anchor.is_before(&freed),
            self.still_says_who(&catalogue, table)
        );
        let own = name(table);
        let rows = self
            .number(&format!(
                "/* candor: rows that only the law keeps */ SELECT count(*) FROM {own} AS t WHERE {kept}"
            ))
            .await?;
        Ok(Finding::Restricted {
            rows: u64::try_from(rows).unwrap_or_default(),
            oldest: self.oldest(anchor, table, &kept).await?,
        })
    }

    /// Rows without a person in them may stay as long as they like.
    fn still_says_who(&self, catalogue: &Catalogue, table: &str) -> String {
        let open = seed::still_says_who(catalogue, self.map(), table);
        open.map_or_else(String::new, |open| format!(" AND {open}"))
    }

    async fn oldest(
        &self,
        anchor: AnchorColumn<'_>,
        table: &str,
        of: &str,
    ) -> Result<Option<Timestamp>, Fault> {
        let oldest = self
            .texts_of(&format!(
                "/* candor: the oldest row */ SELECT {} FROM {} AS t WHERE {of}",
                anchor.oldest(),
                name(table)
            ))
            .await?;
        let seconds = oldest.and_then(|seconds| seconds.parse().ok());
        Ok(seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()))
    }

    async fn passwords(&self, algorithm: &str) -> Result<Finding, Fault> {
        let prefixes: &[&str] = match algorithm.to_lowercase().as_str() {
            "argon2" => &["$argon2%"],
            "argon2id" => &["$argon2id$%"],
            "bcrypt" => &["$2a$%", "$2b$%", "$2x$%", "$2y$%"],
            "scrypt" => &["$scrypt$%", "$7$%"],
            "pbkdf2" => &["$pbkdf2%", "pbkdf2\\_%"],
            _ => {
                return Err(Fault::Refused(vec![format!(
                    "nobody knows how `{algorithm}` is written"
                )]));
            }
        };
        let mut matching_rows = 0;
        let mut other_rows = 0;
        for column in mapped_to(self.map(), |category| category == PASSWORD) {
            let Some((table, column)) = column.split_once('.') else {
                continue;
            };
            let own = format!("t.{}", name(column));
            let matches: Vec<String> = prefixes
                .iter()
                .map(|prefix| format!("{own} LIKE {} ESCAPE '\\'", literal(prefix)))
                .collect();
            let matches = matches.join(" OR ");
            let table = name(table);
            let count = |condition: &str| {
                format!(
                    "/* candor: how passwords are stored */ SELECT count(*) FROM {table} AS t WHERE {own} IS NOT NULL AND {condition}"
                )
            };
            matching_rows += self.number(&count(&format!("({matches})"))).await?;
            other_rows += self.number(&count(&format!("NOT ({matches})"))).await?;
        }
        Ok(Finding::PasswordHashes {
            matching_rows: u64::try_from(matching_rows).unwrap_or_default(),
            other_rows: u64::try_from(other_rows).unwrap_or_default(),
        })
    }
}

/// A schema beside its map.
fn schema_finding(catalogue: &Catalogue, map: &SourceMap) -> SchemaFinding {
    let drift = match Plan::compile(catalogue, map) {
        Ok(_) => Vec::new(),
        Err(PlanError::Drift(what) | PlanError::Unsafe(what)) => what,
    };
    SchemaFinding {
        personal_unmapped: personal_unmapped(catalogue, map),
        drift,
        mapped: mapped(map),
    }
}

/// Categories that a map names, with the number of their columns.
fn mapped(map: &SourceMap) -> Vec<MappedCategory> {
    let mut mapped: Vec<MappedCategory> = Vec::new();
    let contents = map.tables.values().flat_map(|table| table.columns.values());
    for column in contents {
        let Content::Personal(category) = &column.content else {
            continue;
        };
        match mapped.iter_mut().find(|known| known.category == *category) {
            Some(known) => known.columns += 1,
            None => mapped.push(MappedCategory {
                category: category.clone(),
                columns: 1,
            }),
        }
    }
    mapped.sort();
    mapped
}

/// `table.column` of every column that looks personal and that no map names.
fn personal_unmapped(catalogue: &Catalogue, map: &SourceMap) -> Vec<String> {
    let mut found = Vec::new();
    for (name, table) in &catalogue.tables {
        if map.ignored.contains(name) || table.relation == Relation::Outside {
            continue;
        }
        let mapped = map.tables.get(name);
        for column in &table.columns {
            let known = mapped.is_some_and(|mapped| mapped.columns.contains_key(&column.name));
            if !known && looks_personal(&column.name, &column.type_name).is_some() {
                found.push(format!("{name}.{}", column.name));
            }
        }
    }
    found
}

/// `table.column` of every column with such a category.
fn mapped_to(map: &SourceMap, is_it: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (name, table) in &map.tables {
        for (column, mapped) in &table.columns {
            if matches!(&mapped.content, Content::Personal(category) if is_it(category)) {
                found.push(format!("{name}.{column}"));
            }
        }
    }
    found
}

/// A column from which a period counts.
fn anchor<'a>(
    catalogue: &'a Catalogue,
    table: &str,
    column: &'a str,
) -> Result<AnchorColumn<'a>, Fault> {
    let own = catalogue.table(table);
    let Some(own) = own.and_then(|own| own.column(column)) else {
        return Err(Fault::Drift(vec![format!(
            "column `{table}.{column}` starts a period and does not exist"
        )]));
    };
    let anchor = AnchorColumn {
        kind: catalogue.kind,
        column,
        type_name: &own.type_name,
        class: own.class,
    };
    if !anchor.is_time() {
        return Err(Fault::Refused(vec![format!(
            "`{table}.{column}` starts a period and is no time"
        )]));
    }
    Ok(anchor)
}

/// Anchors before this moment are of rows whose period is over. Rows are not
/// counted in working days.
fn over(
    now: Timestamp,
    period: Period,
    from_end_of: Option<CalendarSpan>,
) -> Result<Timestamp, Fault> {
    if period.unit == Unit::WorkingDays {
        return Err(Fault::Refused(vec![
            "the age of rows is not counted in working days".to_owned(),
        ]));
    }
    let before = calendar::before(now, period);
    if before == Timestamp::MIN {
        return Err(Fault::Refused(vec![format!("nothing can be {period} old")]));
    }
    Ok(whole(before, from_end_of))
}

/// Statements that look for card numbers in one table.
struct Sample {
    columns: Vec<String>,
    count: String,
    candidates: String,
}

/// The newest rows, as far as a primary key tells, and of those the texts with
/// enough digits in a row.
fn card_sample(kind: SourceKind, table_name: &str, table: &Table, rows_max: u32) -> Option<Sample> {
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(|column| {
            matches!(
                column.class,
                Class::Text | Class::Json | Class::Textual | Class::Other | Class::Integer
            ) && !(table.primary_key.contains(&column.name))
        })
        .map(|column| column.name.clone())
        .collect();
    if columns.is_empty() || table.relation == Relation::Outside {
        return None;
    }
    let order: Vec<String> = table
        .primary_key
        .iter()
        .map(|column| format!("t.{} DESC", name(column)))
        .collect();
    let order = if order.is_empty() {
        String::new()
    } else {
        format!(" ORDER BY {}", order.join(", "))
    };
    let texts: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            format!("{} AS c{place}", text(kind, &format!("t.{}", name(column))))
        })
        .collect();
    let rows = format!(
        "(SELECT {} FROM {} AS t{order} LIMIT {rows_max}) AS s",
        texts.join(", "),
        name(table_name)
    );
    let holds = |place: usize| match kind {
        SourceKind::Mysql => format!("s.c{place} REGEXP '[0-9]([ -]?[0-9]){{12,18}}'"),
        SourceKind::Postgres => format!("s.c{place} ~ '[0-9]([ -]?[0-9]){{12,18}}'"),
        SourceKind::Sqlite => format!(
            "s.c{place} GLOB '*[0-9]{}*'",
            "[0-9 -]".repeat(card::DIGITS_MIN - 1)
        ),
    };
    let outputs: Vec<String> = (0..columns.len())
        .map(|place| format!("CASE WHEN {} THEN s.c{place} END", holds(place)))
        .collect();
    let conditions: Vec<String> = (0..columns.len()).map(holds).collect();
    Some(Sample {
        count: format!("/* candor: rows looked at */ SELECT count(*) FROM {rows}"),
        candidates: format!(
            "/* candor: texts with numbers as long as a card's */ SELECT {} FROM {rows} WHERE {}",
            outputs.join(", "),
            conditions.join(" OR ")
        ),
        columns,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_before_is_the_same_day_or_the_last_one() {
        let period = |amount, unit| Period { amount, unit };
        for (now, period, then) in [
            (
                "2026-03-31T12:00:00Z",
                Period::ONE_MONTH,
                "2026-02-28T12:00:00Z",
            ),
            (
                "2026-11-22T00:00:00Z",
                period(90, Unit::Days),
                "2026-08-24T00:00:00Z",
            ),
            (
                "2028-02-29T00:00:00Z",
                period(1, Unit::Years),
                "2027-02-28T00:00:00Z",
            ),
        ] {
            let now: Timestamp = now.parse().unwrap();
            assert_eq!(over(now, period, None), Ok(then.parse().unwrap()));
        }
        assert!(over(Timestamp::UNIX_EPOCH, period(1, Unit::WorkingDays), None).is_err());
    }
}
