//! MariaDB: temporary tables are InnoDB's, and so emptied when a transaction is
//! undone. Rows are locked as they are found, so nothing changes between the
//! look and the write. Sessions read what is committed: no gaps are locked, and
//! nothing of the temporary tables gets into the binary log.

use std::str::FromStr as _;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::mysql::{MySql as Database, MySqlConnectOptions, MySqlRow};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, MySqlPool, Row as _};

use super::lasting;
use super::session::{Cells, Dialect, Driver, Session, Take};
use super::tables::{Tables, json};
use crate::catalogue::{self, Catalogue};
use crate::compiled::Compiled;
use crate::error::Fault;
use crate::limits::Limits;
use crate::plan::{Plan, PlannedTable, RowKey};
use crate::sql::work::Work;

/// Statements that one connection keeps prepared: more than any plan has.
const STATEMENTS_MAX: usize = 2_000;

/// Values of one statement that fills a list, so that it stays far below the
/// 16 MiB that a server takes by default.
const VALUES_MAX: usize = 20_000;

/// Characters of a text that an index of a work set holds.
const PREFIX: usize = 100;

const DIALECT: Dialect = Dialect {
    stamp: catalogue::mysql::STAMP,
    has_journal: "SELECT count(*) FROM information_schema.tables WHERE table_schema = database() AND table_name = 'candor_journal'",
    create_journal: "/* candor: which steps were carried out here; no personal data */
CREATE TABLE IF NOT EXISTS candor_journal (
    step     varchar(255) NOT NULL PRIMARY KEY,
    effects  longtext     NOT NULL,
    done_at  timestamp    NOT NULL DEFAULT current_timestamp()
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
    read_journal: "/* candor: which steps were carried out */
SELECT step, effects FROM candor_journal WHERE step IN
  (SELECT own.step FROM json_table(?, '$[*]' COLUMNS (step varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) AS own)",
    claim: "/* candor: these steps are being carried out */
INSERT INTO candor_journal (step, effects)
SELECT own.step, '' FROM json_table(?, '$[*]' COLUMNS (step varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) AS own ORDER BY own.step",
    record: "/* candor: this step was carried out */
UPDATE candor_journal SET effects = ? WHERE step = ?",
    fill_identities: "/* candor: whom this is about */
INSERT INTO candor_identity (slot, step, value)
SELECT own.slot, own.step, own.value FROM json_table(?, '$[*]' COLUMNS (slot int PATH '$[0]', step int PATH '$[1]',
       value text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[2]')) AS own",
};

const FILL_VALUES: &str = "/* candor: what is looked for */
INSERT INTO candor_value (list, place, value)
SELECT own.list, own.place, own.value FROM json_table(?, '$[*]' COLUMNS (list int PATH '$[0]', place int PATH '$[1]',
       value text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[2]')) AS own";

/// One MariaDB database.
#[derive(Debug)]
pub(crate) struct Mysql {
    pool: Mutex<MySqlPool>,
    options: Box<MySqlConnectOptions>,
    limits: Limits,
}

/// A connection.
pub(crate) struct MysqlSession {
    connection: PoolConnection<Database>,
    in_transaction: bool,
    /// The longest that a statement may take.
    limit: Duration,
    /// What the connection was told about that.
    usual: Duration,
}

impl Mysql {
    /// Connects when it is first used.
    pub(crate) fn open(url: &str, limits: &Limits) -> Result<Self, Fault> {
        let options = MySqlConnectOptions::from_str(url)
            .map_err(|_| Fault::Refused(vec!["its address cannot be read".to_owned()]))?;
        if options.get_database().is_none() {
            return Err(Fault::Refused(vec![
                "its address names no database".to_owned(),
            ]));
        }
        // Everything a session needs is said in `settings`, in one go.
        let options = options
            .statement_cache_capacity(STATEMENTS_MAX)
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone(None)
            .set_names(false);
        Ok(Self {
            pool: Mutex::new(pool(&options, limits)),
            options: Box::new(options),
            limits: *limits,
        })
    }
}

impl Tables<Mysql> {
    /// Forgets its connections: the next work makes new ones. What is left of
    /// the pool waits, for as long as it likes, for the answers that it misses.
    pub(crate) fn disconnect(&self) {
        let mysql = &self.driver;
        *lock(&mysql.pool) = pool(&mysql.options, &mysql.limits);
    }

    /// These columns of each row of a statement whose columns move with the
    /// server's version.
    pub(crate) async fn columns(
        &self,
        sql: &'static str,
        columns: &[&str],
    ) -> Result<Vec<Vec<Option<String>>>, Fault> {
        let mut session = self.driver.session().await?;
        let rows = sqlx::raw_sql(sql).fetch_all(&mut *session.connection);
        let mut lines = Vec::new();
        for row in rows.await? {
            // Of an unprepared statement, every value is text.
            let values = columns.iter().map(|column| row.try_get_unchecked(*column));
            lines.push(values.collect::<Result<_, _>>()?);
        }
        Ok(lines)
    }
}

/// Where an address leads, without who enters there.
pub(crate) fn place(url: &str) -> Option<String> {
    let options = MySqlConnectOptions::from_str(url).ok()?;
    Some(format!("{}:{}", options.get_host(), options.get_port()))
}

fn pool(options: &MySqlConnectOptions, limits: &Limits) -> MySqlPool {
    let settings: Arc<str> = Arc::from(settings(limits));
    lasting(limits)
        .after_connect(move |connection, _| {
            let settings = settings.to_string();
            Box::pin(async move {
                sqlx::raw_sql(AssertSqlSafe(settings))
                    .execute(connection)
                    .await
                    .map(|_| ())
            })
        })
        .connect_lazy_with(options.clone())
}

fn lock(pool: &Mutex<MySqlPool>) -> std::sync::MutexGuard<'_, MySqlPool> {
    pool.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Driver for Mysql {
    type Session = MysqlSession;

    async fn session(&self) -> Result<MysqlSession, Fault> {
        let pool = lock(&self.pool).clone();
        Ok(MysqlSession {
            connection: pool.acquire().await?,
            in_transaction: false,
            limit: self.limits.statement,
            usual: self.limits.statement,
        })
    }
}

impl Session for MysqlSession {
    const DIALECT: Dialect = DIALECT;
    const FINDS_FIRST: bool = true;

    async fn limit(&mut self, limit: Duration) -> Result<Option<Arc<AtomicBool>>, Fault> {
        self.limit = limit;
        Ok(None)
    }

    async fn begin(&mut self, _writing: bool) -> Result<(), Fault> {
        self.in_transaction = true;
        self.run("BEGIN".to_owned()).await
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        self.run("COMMIT".to_owned()).await?;
        self.in_transaction = false;
        Ok(())
    }

    async fn rollback(&mut self) -> Result<(), Fault> {
        self.run("ROLLBACK".to_owned()).await?;
        self.in_transaction = false;
        Ok(())
    }

    async fn run(&mut self, sql: String) -> Result<(), Fault> {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut *self.connection)
            .await?;
        Ok(())
    }

    async fn execute(&mut self, sql: &str, parameters: &[String]) -> Result<u64, Fault> {
        let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        for parameter in parameters {
            query = query.bind(parameter);
        }
        Ok(query.execute(&mut *self.connection).await?.rows_affected())
    }

    async fn fetch(
        &mut self,
        sql: &str,
        parameters: &[String],
        take: Take<'_>,
    ) -> Result<(), Fault> {
        // Said for this statement alone: the connection serves others after it.
        let sql = if self.limit == self.usual {
            sql.to_owned()
        } else {
            let limit = self.limit.as_secs_f64();
            format!("SET STATEMENT max_statement_time = {limit} FOR {sql}")
        };
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for parameter in parameters {
            query = query.bind(parameter);
        }
        let mut rows = query.fetch(&mut *self.connection);
        while let Some(row) = rows.try_next().await? {
            take(&row)?;
        }
        Ok(())
    }

    async fn set_up(&mut self, compiled: &Compiled) -> Result<(), Fault> {
        let mark = catalogue::digest(&compiled.stamp);
        let mut known = None;
        self.fetch(
            "SELECT CONVERT(@candor_plan USING utf8mb4)",
            &[],
            &mut |row| {
                known = row.text(0)?;
                Ok(())
            },
        )
        .await?;
        if known.as_ref() == Some(&mark) {
            return Ok(());
        }
        let text = "text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";
        self.run(format!(
            "SET @candor_plan = NULL;
             CREATE OR REPLACE TEMPORARY TABLE candor_identity (slot int, step int, value {text}) ENGINE = InnoDB;
             CREATE OR REPLACE TEMPORARY TABLE candor_value (list int, place int, value {text}, KEY (list, place)) ENGINE = InnoDB"
        ))
        .await?;
        for work in compiled.tables.works() {
            self.run(create(&compiled.plan, work)).await?;
        }
        self.run(format!("SET @candor_plan = '{mark}'")).await
    }

    async fn lists(&mut self, lists: &[Vec<String>]) -> Result<Vec<String>, Fault> {
        let mut lines = Vec::new();
        for (list, values) in lists.iter().enumerate() {
            for (place, value) in values.iter().enumerate() {
                lines.push((list + 1, place, value));
            }
        }
        for lines in lines.chunks(VALUES_MAX) {
            self.execute(FILL_VALUES, &[json(lines)?]).await?;
        }
        Ok(Vec::new())
    }

    fn patterns(needles: &[String], columns: usize) -> Result<Vec<String>, Fault> {
        Ok(vec![crate::verify::regex_of_any(needles); columns])
    }

    async fn catalogue(&mut self) -> Result<Catalogue, Fault> {
        catalogue::mysql::read(&mut self.connection).await
    }
}

impl Drop for MysqlSession {
    fn drop(&mut self) {
        if self.in_transaction {
            self.connection.close_on_drop();
        }
    }
}

/// The server calls some of its own texts binary, so types are not looked at.
impl Cells for MySqlRow {
    fn number(&self, place: usize) -> Result<i64, Fault> {
        Ok(self.try_get_unchecked(place)?)
    }

    fn text(&self, place: usize) -> Result<Option<String>, Fault> {
        Ok(self.try_get_unchecked(place)?)
    }

    fn width(&self) -> usize {
        self.len()
    }
}

/// A work as a table of the types that its rows have.
fn create(plan: &Plan, work: &Work) -> String {
    let columns = work.columns.join(", ");
    let keys = plan.tables.get(work.table).map(keys).unwrap_or_default();
    // Old keys name no rows.
    let has_rows = work.columns.iter().any(|column| column.starts_with('r'));
    let index = match has_rows {
        true => format!("(KEY ({})) ", keys.join(", ")),
        false => String::new(),
    };
    format!(
        "CREATE OR REPLACE TEMPORARY TABLE {0} {index}ENGINE = InnoDB AS
         WITH own({columns}) AS ({1}) SELECT {columns} FROM own LIMIT 0",
        work.name, work.select
    )
}

/// Row columns as an index takes them: no more than the beginning of texts.
fn keys(table: &PlannedTable) -> Vec<String> {
    let RowKey::Columns(columns) = &table.row else {
        return vec!["r0".to_owned()];
    };
    let columns = columns.iter().enumerate().map(|(place, column)| {
        let type_name = table.column(column).map(|column| column.type_name.as_str());
        if type_name.is_some_and(is_long) {
            format!("r{place}({PREFIX})")
        } else {
            format!("r{place}")
        }
    });
    columns.collect()
}

/// Whether values of a type may be longer than what an index holds of them.
fn is_long(type_name: &str) -> bool {
    let (base, rest) = type_name.split_once('(').unwrap_or((type_name, ""));
    let length = rest
        .split(')')
        .next()
        .and_then(|length| length.parse().ok());
    match base {
        "char" | "varchar" | "binary" | "varbinary" => {
            length.is_some_and(|length: usize| length > PREFIX)
        }
        _ => base.ends_with("text") || base.ends_with("blob"),
    }
}

fn settings(limits: &Limits) -> String {
    // A whole number of seconds, and at least one.
    let lock = limits.lock.as_secs_f64().ceil().max(1.0);
    let statement = limits.statement.as_secs_f64();
    format!(
        "SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin,
             SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,NO_ENGINE_SUBSTITUTION,STRICT_ALL_TABLES',
             SESSION time_zone = '+00:00',
             SESSION tx_isolation = 'READ-COMMITTED',
             SESSION autocommit = 1,
             SESSION foreign_key_checks = 1,
             SESSION innodb_lock_wait_timeout = {lock},
             SESSION lock_wait_timeout = {lock},
             SESSION idle_transaction_timeout = {},
             SESSION group_concat_max_len = 4294967295,
             SESSION join_cache_level = 4,
             SESSION max_statement_time = {statement}",
        statement.ceil().max(1.0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_holds_the_beginning_of_what_may_be_long() {
        for (type_name, long) in [
            ("bigint(20) unsigned", false),
            ("varchar(36)", false),
            ("varchar(255)", true),
            ("binary(16)", false),
            ("text", true),
            ("mediumblob", true),
            ("datetime(6)", false),
            ("uuid", false),
        ] {
            assert_eq!(is_long(type_name), long, "{type_name}");
        }
    }
}
