//! Whether a database was seen to have cleaned up behind rows that an erasure
//! took. PostgreSQL keeps dead rows until a vacuum that no old snapshot holds
//! back; MariaDB keeps them in its undo logs until it purges; SQLite keeps
//! their bytes in free space unless it overwrites them. Says what was seen and
//! claims nothing else: what an account may not see is not gone.

use std::time::Duration;

use candor_domain::subject_request::Traces;

use crate::error::{Fault, SourceError};
use crate::source::{Engine, Source};
use crate::sql::literal;

// Snapshots of other databases of the server hold nothing back here, but those
// of replicas do.
const HORIZON: &str = "/* candor: does anybody still see what was deleted */
SELECT (SELECT bool_or(r.rolsuper) OR pg_has_role(current_user, 'pg_read_all_stats', 'MEMBER')
          FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user)::text AS may_see,
       (SELECT count(*) FROM pg_catalog.pg_stat_activity
         WHERE pid <> pg_backend_pid() AND (datname IS NULL OR datname = current_database())
           AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
           AND (xact_start IS NULL OR xact_start < clock_timestamp() - interval '{seconds} seconds'))::text AS snapshots,
       ((SELECT count(*) FROM pg_catalog.pg_prepared_xacts WHERE database = current_database())
      + (SELECT count(*) FROM pg_catalog.pg_replication_slots WHERE xmin IS NOT NULL))::text AS holders,
       (SELECT count(*) FROM pg_catalog.pg_stat_progress_vacuum WHERE datname = current_database())::text AS vacuums,
       clock_timestamp()::text AS now";

// Each partition, and what is stored apart of it.
const UNVACUUMED: &str = "/* candor: what was not vacuumed since */
WITH named(name) AS (SELECT unnest(ARRAY[{tables}])),
 whole AS (SELECT n.name, c.oid, c.reltoastrelid FROM named AS n
             JOIN pg_catalog.pg_class AS c ON c.oid = to_regclass(quote_ident(n.name)) OR c.oid IN
                  (SELECT p.relid FROM pg_partition_tree(to_regclass(quote_ident(n.name))) AS p WHERE p.isleaf)
            WHERE c.relkind = 'r'),
 stored AS (SELECT name, oid FROM whole
            UNION ALL SELECT name, reltoastrelid FROM whole
             WHERE reltoastrelid <> 0 AND pg_relation_size(reltoastrelid) > 0)
SELECT DISTINCT s.name::text FROM stored AS s
  LEFT JOIN pg_catalog.pg_stat_all_tables AS t ON t.relid = s.oid
 WHERE greatest(t.last_vacuum, t.last_autovacuum) IS NULL
    OR greatest(t.last_vacuum, t.last_autovacuum) <= {mark}::timestamptz ORDER BY 1";

const INNODB: &str = "SHOW ENGINE INNODB STATUS";

impl Source {
    /// What the storage shows of rows that an erasure took from these tables at
    /// least `since` ago; `mark` is what the look before this one left. `None`
    /// of a service, into whose storage nobody can look.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn traces(
        &self,
        tables: &[String],
        since: Duration,
        mark: Option<&str>,
    ) -> Result<Option<Traces>, SourceError> {
        let traces = match self.engine() {
            Engine::Postgres(_) => self.postgres_traces(tables, since, mark).await,
            Engine::Mysql(_) => self.mysql_traces(mark).await,
            Engine::Sqlite(_) => self.sqlite_traces().await,
            Engine::Service(_) => return Ok(None),
        };
        traces.map(Some).map_err(|fault| self.named(fault))
    }

    /// First a moment is found at which no snapshot from before the erasure was
    /// open and no vacuum was at work; a vacuum that ended after it began after
    /// it, and so could remove every row that the erasure took.
    async fn postgres_traces(
        &self,
        tables: &[String],
        since: Duration,
        mark: Option<&str>,
    ) -> Result<Traces, Fault> {
        if let Some(mark) = mark {
            let names: Vec<String> = tables.iter().map(|table| literal(table)).collect();
            let names = names.join(", ");
            let names = if names.is_empty() {
                "NULL::text"
            } else {
                names.as_str()
            };
            let sql = UNVACUUMED
                .replace("{tables}", names)
                .replace("{mark}", &literal(mark));
            let mut open = Vec::new();
            self.texts(&sql, &mut |mut line| open.extend(line.pop().flatten()))
                .await?;
            return Ok(match open.as_slice() {
                [] => seen(
                    "every table it touched was vacuumed after the last snapshot that could see the rows had ended",
                ),
                open => unseen(
                    &format!("not vacuumed since: `{}`", open.join("`, `")),
                    Some(mark.to_owned()),
                ),
            });
        }
        let sql = HORIZON.replace("{seconds}", &since.as_secs().to_string());
        let mut line = Vec::new();
        self.texts(&sql, &mut |values| line = values).await?;
        let text = |place: usize| line.get(place).cloned().flatten().unwrap_or_default();
        if text(0) != "true" {
            return Ok(unseen(
                "its account does not see the snapshots of others: grant it `pg_read_all_stats`",
                None,
            ));
        }
        if text(1) != "0" || text(2) != "0" {
            return Ok(unseen(
                "a snapshot that may still see the rows is open, prepared or held by a replica",
                None,
            ));
        }
        if text(3) != "0" {
            return Ok(unseen("a vacuum that began before was at work", None));
        }
        Ok(unseen("not vacuumed since", Some(text(4))))
    }

    /// InnoDB numbers its transactions. What was committed before a number is
    /// purged once the purge is past that number, or nothing is left to purge.
    async fn mysql_traces(&self, mark: Option<&str>) -> Result<Traces, Fault> {
        let mut status = String::new();
        let asked = self
            .texts(INNODB, &mut |mut line| {
                status = line.pop().flatten().unwrap_or_default();
            })
            .await;
        match asked {
            Ok(()) => {}
            Err(Fault::Database(_)) => {
                return Ok(unseen(
                    "its account does not see how far the purge is: grant it `PROCESS`",
                    None,
                ));
            }
            Err(fault) => return Err(fault),
        }
        let (counter, purged, left) = (
            number_after(&status, "Trx id counter "),
            number_after(&status, "Purge done for trx's n:o < "),
            number_after(&status, "History list length "),
        );
        let mark = mark.and_then(|mark| mark.parse::<u64>().ok());
        let past = mark
            .zip(purged)
            .is_some_and(|(mark, purged)| purged >= mark);
        if past || left == Some(0) {
            return Ok(seen(
                "its server purged every row version from before this look",
            ));
        }
        let mark = mark.or(counter).map(|mark| mark.to_string());
        Ok(unseen(
            "its server has not purged the old row versions yet",
            mark,
        ))
    }

    async fn sqlite_traces(&self) -> Result<Traces, Fault> {
        let overwrites = self.number("PRAGMA secure_delete").await?;
        let journal = self.texts_of("PRAGMA journal_mode").await?;
        let journal = journal.unwrap_or_default().to_lowercase();
        Ok(match (overwrites, journal.as_str()) {
            (1, "wal") => unseen(
                "its bytes were overwritten; the write-ahead log may still hold them",
                None,
            ),
            (1, "persist") => unseen(
                "its bytes were overwritten; its journal still holds them",
                None,
            ),
            (1, _) => seen("deleted bytes are overwritten in its file (`secure_delete`)"),
            _ => unseen("deleted bytes stay in the free space of its file", None),
        })
    }
}

fn seen(what: &str) -> Traces {
    Traces {
        gone: true,
        seen: what.to_owned(),
        mark: None,
    }
}

fn unseen(what: &str, mark: Option<String>) -> Traces {
    Traces {
        gone: false,
        seen: what.to_owned(),
        mark,
    }
}

/// The number that follows words of a text.
fn number_after(text: &str, words: &str) -> Option<u64> {
    let (_, rest) = text.split_once(words)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_where_the_server_writes_them() {
        let status = "TRANSACTIONS\n------------\nTrx id counter 153\nPurge done for trx's n:o < 151 undo n:o < 0 state: running\nHistory list length 2\n";
        assert_eq!(number_after(status, "Trx id counter "), Some(153));
        assert_eq!(
            number_after(status, "Purge done for trx's n:o < "),
            Some(151)
        );
        assert_eq!(number_after(status, "History list length "), Some(2));
        assert_eq!(number_after(status, "Nothing like it "), None);
    }
}
