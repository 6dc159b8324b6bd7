//! What can go wrong with a source, in the four ways a caller must tell apart:
//! wait, look at the map, change the plan, or read the database's own words.
//! Messages name tables, columns and constraints, never values, and never the
//! address with its password.

use thiserror::Error;

/// Why a source could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
    /// It did not answer: wait, and try again.
    #[error("source `{source_name}` cannot be reached: {reason}")]
    Unreachable {
        /// The source.
        source_name: String,
        /// In words, without the address.
        reason: String,
    },
    /// It answers, but others held these rows for too long, or wrote them
    /// meanwhile, or a statement took too long: try again, or with less.
    #[error("source `{source_name}` is busy: {reason}")]
    Busy {
        /// The source.
        source_name: String,
        /// In words, without values.
        reason: String,
    },
    /// The map does not fit the schema. Nothing is done there until it does.
    #[error("the map of `{source_name}` does not fit its schema: {}", what.join("; "))]
    Drift {
        /// The source.
        source_name: String,
        /// What does not fit, one sentence each.
        what: Vec<String>,
    },
    /// The map fits, but carrying it out would do something it does not say,
    /// or could not be finished.
    #[error("source `{source_name}` is refused: {}", what.join("; "))]
    Refused {
        /// The source.
        source_name: String,
        /// Why, one sentence each.
        what: Vec<String>,
    },
    /// It has begun and is not through: it is asked again later.
    #[error("source `{source_name}` is not through: {reason}")]
    Pending {
        /// The source.
        source_name: String,
        /// What it is doing.
        reason: String,
    },
    /// The database does not take a value; nothing was written.
    #[error("source `{source_name}` does not take it: {reason}")]
    Unfit {
        /// The source.
        source_name: String,
        /// Which column, and why; never the value.
        reason: String,
    },
    /// The database answered with an error; the transaction is undone.
    #[error("source `{source_name}` answered with an error: {reason}")]
    Database {
        /// The source.
        source_name: String,
        /// Its code, and the table, column or constraint it names.
        reason: String,
    },
}

impl SourceError {
    /// The source it is about.
    #[must_use]
    pub fn source_name(&self) -> &str {
        match self {
            Self::Unreachable { source_name, .. }
            | Self::Busy { source_name, .. }
            | Self::Drift { source_name, .. }
            | Self::Refused { source_name, .. }
            | Self::Pending { source_name, .. }
            | Self::Unfit { source_name, .. }
            | Self::Database { source_name, .. } => source_name,
        }
    }
}

/// What went wrong below, before the source's name is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No connection, or no answer in time.
    Unreachable(String),
    /// Somebody else wrote in between: the same work may succeed at once.
    Conflict(String),
    /// A statement took longer than it may.
    Slow(String),
    /// A row is named by another that nobody counted: it came in meanwhile, or
    /// the map does not know it.
    Dangling(String),
    /// A key is taken.
    Taken(String),
    /// The map does not fit.
    Drift(Vec<String>),
    /// The plan is unsafe.
    Refused(Vec<String>),
    /// Begun, and not through.
    Pending(String),
    /// A value that a column does not take, and why.
    Unfit(String),
    /// Anything else the database said.
    Database(String),
}

impl Fault {
    /// Adds the name of the source.
    pub(crate) fn of(self, source_name: &str) -> SourceError {
        let source_name = source_name.to_owned();
        match self {
            Self::Unreachable(reason) => SourceError::Unreachable {
                source_name,
                reason,
            },
            Self::Conflict(reason) | Self::Dangling(reason) | Self::Slow(reason) => {
                SourceError::Busy {
                    source_name,
                    reason,
                }
            }
            Self::Drift(what) => SourceError::Drift { source_name, what },
            Self::Refused(what) => SourceError::Refused { source_name, what },
            Self::Pending(reason) => SourceError::Pending {
                source_name,
                reason,
            },
            Self::Unfit(reason) => SourceError::Unfit {
                source_name,
                reason,
            },
            Self::Database(reason) | Self::Taken(reason) => SourceError::Database {
                source_name,
                reason,
            },
        }
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => from_database(database.as_ref()),
            sqlx::Error::Io(io) => Self::Unreachable(io.kind().to_string()),
            sqlx::Error::Tls(_) => Self::Unreachable("no encrypted connection".to_owned()),
            sqlx::Error::PoolTimedOut => Self::Unreachable("no free connection".to_owned()),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unreachable("the connection is closed".to_owned())
            }
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Self::Database("an answer has an unexpected type".to_owned())
            }
            sqlx::Error::Protocol(_) => {
                Self::Unreachable("the connection was interrupted".to_owned())
            }
            _ => Self::Database("the driver refused the statement".to_owned()),
        }
    }
}

/// What a column does not take.
const EMPTY: &str = "must not be empty";
const CHECK: &str = "is refused by a rule of the database";
const FORM: &str = "does not take a value of this kind or length";

fn slow() -> Fault {
    Fault::Slow("a statement took too long".to_owned())
}

fn unfit(why: &str) -> Fault {
    Fault::Unfit(why.to_owned())
}

/// The messages of databases quote values, so only the code and the names of
/// things are taken over.
fn from_database(error: &dyn sqlx::error::DatabaseError) -> Fault {
    let code = error.code().unwrap_or_default().into_owned();
    let mut reason = format!("code {code}");
    let postgres = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
    if let Some(postgres) = postgres {
        if let Some(table) = postgres.table() {
            reason.push_str(&format!(", table `{table}`"));
        }
        if let Some(column) = postgres.column() {
            reason.push_str(&format!(", column `{column}`"));
        }
        if let Some(constraint) = postgres.constraint() {
            reason.push_str(&format!(", constraint `{constraint}`"));
        }
    }
    if let Some(mysql) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        from_mysql(mysql)
    } else if postgres.is_some() {
        match code.as_str() {
            // Serialisation failure, deadlock.
            "40001" | "40P01" => Fault::Conflict(reason),
            "23503" => Fault::Dangling(reason),
            // Another worker carried the same step out meanwhile.
            "23505" if reason.contains(crate::catalogue::JOURNAL) => Fault::Conflict(reason),
            "23505" => Fault::Taken(reason),
            "55P03" => Fault::Conflict("its rows are locked".to_owned()),
            "57014" => slow(),
            "23502" => unfit(EMPTY),
            "23514" => unfit(CHECK),
            class if class.starts_with("22") && class != "22012" => unfit(FORM),
            "42804" | "42846" | "42883" => unfit(FORM),
            class if class.starts_with("08") || class.starts_with("53") => {
                Fault::Unreachable(reason)
            }
            "57P01" | "57P02" | "57P03" | "3D000" | "28P01" | "28000" => Fault::Unreachable(reason),
            // Errors of the statement itself quote its names, never values.
            class if class.starts_with("42") => {
                Fault::Database(format!("{reason}, {}", error.message()))
            }
            _ => Fault::Database(reason),
        }
    } else {
        // SQLite's extended codes carry the primary one in their low byte.
        match code.parse::<i32>().unwrap_or_default() & 0xff {
            1 => Fault::Database(format!("{reason}, {}", error.message())),
            5 | 6 => Fault::Conflict("its file is locked".to_owned()),
            9 => slow(),
            10 | 14 => Fault::Unreachable("its file cannot be opened".to_owned()),
            19 if code == "787" => Fault::Dangling(reason),
            // Of a primary key, a unique key, a row id.
            19 if matches!(code.as_str(), "1555" | "2067" | "2579") => Fault::Taken(reason),
            19 if code == "1299" => unfit(EMPTY),
            19 if code == "275" => unfit(CHECK),
            19 if code == "3091" => unfit(FORM),
            20 => unfit(FORM),
            19 => Fault::Database(format!("{reason}, a constraint does not hold")),
            _ => Fault::Database(reason),
        }
    }
}

/// By number: MariaDB gives most of them the same code.
fn from_mysql(error: &sqlx::mysql::MySqlDatabaseError) -> Fault {
    let number = error.number();
    let reason = format!("number {number}");
    match number {
        // Lock wait timeout, deadlock, a record changed since it was read.
        1205 | 1213 | 1020 => Fault::Conflict("its rows are locked".to_owned()),
        1217 | 1451 => Fault::Dangling(reason),
        1062 | 1586 => Fault::Taken(reason),
        1317 | 1969 | 3024 => slow(),
        // Too many connections, shutdown, no such database, no access, ended by
        // its server, read only for a while.
        1040 | 1044 | 1045 | 1049 | 1053 | 1077 | 1079 | 1129 | 1152 | 1203 | 1226 | 1836
        | 1927 | 1290 => Fault::Unreachable(reason),
        1048 | 1364 => unfit(EMPTY),
        1216 | 1452 => Fault::Dangling(reason),
        3819 | 4025 => unfit(CHECK),
        1264 | 1265 | 1292 | 1366 | 1406 | 1411 | 1525 => unfit(FORM),
        1665 => Fault::Refused(vec![
            "its server writes statements into the binary log, and with them what people are \
             known by: set `binlog_format` to `ROW` or `MIXED`"
                .to_owned(),
        ]),
        1153 | 1301 => Fault::Refused(vec![
            "its server takes no packet this large: raise `max_allowed_packet`".to_owned(),
        ]),
        // Of privileges, and of tables, columns and syntax: errors of the
        // statement itself quote its names, never values.
        1054 | 1064 | 1137 | 1142 | 1143 | 1146 | 1227 | 1267 | 1370 => {
            Fault::Database(format!("{reason}, {}", error.message()))
        }
        _ => Fault::Database(reason),
    }
}
