//! A few PostgreSQL connections, made when they are needed. Smaller than a
//! general pool on purpose: nothing is sent to find out whether a connection
//! still lives, because the first statement of every operation finds out, and
//! two round trips an operation would cost as much as the operation.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Fault;
use crate::limits::Limits;

/// Connections to one server, all set up alike.
#[derive(Debug)]
pub(super) struct Pool {
    options: PgConnectOptions,
    settings: String,
    limits: Limits,
    free: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<PgConnection>>>,
}

/// A connection on loan; it goes back when it is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    connection: Option<PgConnection>,
    idle: Arc<Mutex<Vec<PgConnection>>>,
    _permit: OwnedSemaphorePermit,
    was_idle: bool,
}

impl Pool {
    pub(super) fn new(options: PgConnectOptions, settings: String, limits: Limits) -> Self {
        let most = usize::try_from(limits.connections_max).unwrap_or(1).max(1);
        Self {
            options,
            settings,
            limits,
            free: Arc::new(Semaphore::new(most)),
            idle: Arc::default(),
        }
    }

    /// A connection: one that was used before if there is one. It may have
    /// died since; [`Lease::is_stale`] says whether an error may mean that.
    pub(super) async fn take(&self) -> Result<Lease, Fault> {
        let permit = Arc::clone(&self.free).acquire_owned();
        let permit = tokio::time::timeout(self.limits.connect, permit).await;
        let Ok(Ok(permit)) = permit else {
            return Err(Fault::Unreachable("no free connection".to_owned()));
        };
        let known = lock(&self.idle).pop();
        let was_idle = known.is_some();
        let connection = match known {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        Ok(Lease {
            connection: Some(connection),
            idle: Arc::clone(&self.idle),
            _permit: permit,
            was_idle,
        })
    }

    /// Closes what nobody uses now.
    pub(super) fn clear(&self) {
        lock(&self.idle).clear();
    }

    async fn connect(&self) -> Result<PgConnection, Fault> {
        let connecting = async {
            let mut connection = self.options.connect().await?;
            sqlx::raw_sql(AssertSqlSafe(self.settings.clone()))
                .execute(&mut connection)
                .await?;
            Ok::<_, sqlx::Error>(connection)
        };
        match tokio::time::timeout(self.limits.connect, connecting).await {
            Ok(connection) => Ok(connection?),
            Err(_) => Err(Fault::Unreachable("no answer in time".to_owned())),
        }
    }
}

impl Lease {
    /// Whether an error may only mean that the connection died while idle.
    pub(super) const fn is_stale(&self) -> bool {
        self.was_idle
    }

    /// Closes the connection instead of giving it back.
    pub(crate) fn discard(mut self) {
        self.connection = None;
    }
}

#[expect(
    clippy::expect_used,
    reason = "only `discard` and `drop` take the connection, and both end the loan"
)]
impl Deref for Lease {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.connection.as_ref().expect("on loan")
    }
}

#[expect(
    clippy::expect_used,
    reason = "only `discard` and `drop` take the connection, and both end the loan"
)]
impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("on loan")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            lock(&self.idle).push(connection);
        }
    }
}

fn lock(idle: &Mutex<Vec<PgConnection>>) -> std::sync::MutexGuard<'_, Vec<PgConnection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
