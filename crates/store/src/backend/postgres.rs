//! PostgreSQL, for several nodes over one state. INVARIANT: a commit is durable
//! when it is acknowledged, whatever the server's default, and no client that
//! hangs holds the ledger's lock for ever.

use std::str::FromStr;
use std::time::Duration;

use sqlx::Postgres;
use sqlx::postgres::{PgConnectOptions, PgQueryResult};

use super::dialect::{Dialect, POSTGRES};
use super::session::{Driver, Pools};
use super::{Backend, lasting};
use crate::error::StoreError;
use crate::traits::Stored;

/// Connections of one process.
const CONNECTIONS_MAX: u32 = 8;
/// How long to wait for a free connection, or for a server that is starting.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// A server that does not wait for its disk is made to, for our sessions.
const SESSION: &str = "
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off';
    SET lock_timeout = '30s';
    SET idle_in_transaction_session_timeout = '30s';
";

impl Driver for Postgres {
    const DIALECT: &'static Dialect = &POSTGRES;

    fn rows_changed(result: &PgQueryResult) -> u64 {
        result.rows_affected()
    }
}

/// Connects to a database that exists.
pub(crate) async fn connect(url: &str) -> Stored<Box<dyn Backend>> {
    // The driver's own error could repeat the password.
    let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Address)?;
    let pool = lasting(CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SESSION).execute(connection).await?;
                Ok(())
            })
        })
        .connect_with(options.application_name("candor"))
        .await
        .map_err(|source| StoreError::from_driver("connect", source))?;
    Ok(Box::new(Pools::<Postgres> {
        readers: pool.clone(),
        writers: pool,
    }))
}
