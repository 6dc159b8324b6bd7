//! PostgreSQL: one statement per operation, in one round trip. Generic plans,
//! because the statements are large and their parameters say nothing about
//! their selectivity; row security that would hide rows is an error instead.

use std::str::FromStr as _;
use std::sync::Arc;

use candor_domain::identity::Identity;
use candor_domain::undo::TableReturn;
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;
use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgRow, Postgres as Driver};
use sqlx::{Arguments as _, AssertSqlSafe, Connection as _, PgConnection, Row as _};
use tokio::sync::RwLock;

use super::hand::PostgresHand;
use super::pool::{Lease, Pool};
use super::{Count, Line, TakeLine, persistently};
use crate::catalogue::{self, Catalogue};
use crate::compiled::Compiled;
use crate::error::Fault;
use crate::limits::Limits;
use crate::source::{EraseStep, KeptStep, StepReport};
use crate::undo::{self, Catch, Sealer};
use crate::verify::Search;

const CREATE_JOURNAL: &str = "/* candor: which steps were carried out here; no personal data */
CREATE TABLE IF NOT EXISTS candor_journal (
    step     text        PRIMARY KEY,
    effects  text        NOT NULL,
    done_at  timestamptz NOT NULL DEFAULT now()
)";
const HAS_JOURNAL: &str = "SELECT to_regclass('candor_journal') IS NOT NULL AS known";
const READ_JOURNAL: &str = "/* candor: which steps were carried out */
SELECT step, effects FROM candor_journal WHERE step = ANY($1::text[])";
/// One PostgreSQL source.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: Pool,
    limits: Limits,
    compiled: RwLock<Option<Arc<Compiled>>>,
}

/// Where an address leads, without who enters there.
pub(crate) fn place(url: &str) -> Option<String> {
    let options = PgConnectOptions::from_str(url).ok()?;
    Some(format!("{}:{}", options.get_host(), options.get_port()))
}

impl Postgres {
    /// Connects when it is first used.
    pub(crate) fn open(url: &str, limits: Limits) -> Result<Self, Fault> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| Fault::Refused(vec!["its address cannot be read".to_owned()]))?
            .application_name("candor");
        let pool = Pool::new(options, settings(&limits), limits);
        Ok(Self {
            pool,
            limits,
            compiled: RwLock::new(None),
        })
    }

    /// Forgets its connections: the next work makes new ones.
    pub(crate) fn disconnect(&self) {
        self.pool.clear();
    }

    /// The plan that fitted the schema when it was last used.
    pub(crate) async fn known(&self) -> Option<Arc<Compiled>> {
        self.compiled.read().await.clone()
    }

    /// A connection, and the plan that fits the schema as it is now.
    pub(crate) async fn ready(&self, map: &SourceMap) -> Result<(Lease, Arc<Compiled>), Fault> {
        loop {
            let mut lease = self.pool.take().await?;
            let stamp = sqlx::query_scalar(catalogue::postgres::STAMP)
                .fetch_one(&mut *lease)
                .await;
            match stamp.map_err(Fault::from) {
                Ok(stamp) => {
                    let compiled = self.compiled(&mut lease, map, stamp).await?;
                    return Ok((lease, compiled));
                }
                // The server restarted meanwhile. Ends, because each such
                // connection is gone afterwards.
                Err(Fault::Unreachable(_)) if lease.is_stale() => lease.discard(),
                Err(fault) => {
                    lease.discard();
                    return Err(fault);
                }
            }
        }
    }

    /// A connection, which may have died since it was last used.
    pub(crate) async fn lease(&self) -> Result<Lease, Fault> {
        self.pool.take().await
    }

    /// A connection that answers.
    pub(crate) async fn connection(&self) -> Result<Lease, Fault> {
        loop {
            let mut lease = self.pool.take().await?;
            match lease.ping().await.map_err(Fault::from) {
                Ok(()) => return Ok(lease),
                Err(Fault::Unreachable(_)) if lease.is_stale() => lease.discard(),
                Err(fault) => return Err(fault),
            }
        }
    }

    async fn compiled(
        &self,
        connection: &mut PgConnection,
        map: &SourceMap,
        stamp: String,
    ) -> Result<Arc<Compiled>, Fault> {
        if let Some(known) = self.compiled.read().await.as_ref()
            && known.stamp == stamp
        {
            return Ok(Arc::clone(known));
        }
        let catalogue = catalogue::postgres::read(connection).await?;
        let compiled = Arc::new(Compiled::new(stamp, catalogue, map)?);
        *self.compiled.write().await = Some(Arc::clone(&compiled));
        Ok(compiled)
    }

    /// The schema as it is now, whether a map fits or not.
    pub(crate) async fn catalogue(&self) -> Result<Catalogue, Fault> {
        catalogue::postgres::read(&mut *self.connection().await?).await
    }

    /// `slot, step` and the identities of each row that an identity leads to.
    pub(crate) async fn identities(
        &self,
        map: &SourceMap,
        known: &[&[Identity]],
    ) -> Result<(Arc<Compiled>, Vec<Line>), Fault> {
        let statement = |compiled: &Compiled| {
            let sql = compiled.identities.clone()?;
            Some((sql, arguments(compiled, known)))
        };
        self.read(map, statement, |compiled, row| {
            line(row, crate::sql::find::identity_width(&compiled.plan))
        })
        .await
    }

    /// Counts per table, action and step, of each as if alone.
    pub(crate) async fn preview(
        &self,
        map: &SourceMap,
        targets: &[&[Identity]],
    ) -> Result<(Arc<Compiled>, Vec<Count>), Fault> {
        let statement = |compiled: &Compiled| {
            let sql = Arc::clone(&compiled.postgres.preview);
            Some((sql, arguments(compiled, targets)))
        };
        self.read(map, statement, |_, row| count(row)).await
    }

    /// `place` of each captured key, step, and its values, of each as if alone.
    pub(crate) async fn keys(
        &self,
        map: &SourceMap,
        targets: &[&[Identity]],
        take: TakeLine<'_>,
    ) -> Result<Arc<Compiled>, Fault> {
        let statement = |compiled: &Compiled| {
            let sql = compiled.postgres.keys.clone()?;
            Some((sql, arguments(compiled, targets)))
        };
        let take = &mut |compiled: &Compiled, row: &PgRow| take(line(row, compiled.key_width())?);
        self.stream(map, statement, take).await
    }

    /// Runs a statement that only reads, and that also says which version of
    /// the schema it read. Where that is not the one its plan was made for, or
    /// nothing was returned that says so, it is run again after a look at the
    /// schema: a round trip is saved in all other cases.
    async fn read<T>(
        &self,
        map: &SourceMap,
        statement: impl Fn(&Compiled) -> Option<(Arc<str>, PgArguments)>,
        mut take: impl FnMut(&Compiled, &PgRow) -> Result<T, Fault>,
    ) -> Result<(Arc<Compiled>, Vec<T>), Fault> {
        let known = self.compiled.read().await.clone();
        if let Some(known) = known
            && let Some((sql, arguments)) = statement(&known)
        {
            let mut lease = self.pool.take().await?;
            let rows = sqlx::query_with(AssertSqlSafe(sql), arguments)
                .fetch_all(&mut *lease)
                .await;
            match rows {
                Ok(rows) if is_of(&known, rows.first()) => {
                    let taken = rows.iter().map(|row| take(&known, row));
                    return Ok((Arc::clone(&known), taken.collect::<Result<_, _>>()?));
                }
                Ok(_) => {}
                Err(_) => lease.discard(),
            }
        }
        let (mut lease, compiled) = self.ready(map).await?;
        let Some((sql, arguments)) = statement(&compiled) else {
            return Ok((compiled, Vec::new()));
        };
        let rows = sqlx::query_with(AssertSqlSafe(sql), arguments)
            .fetch_all(&mut *lease)
            .await?;
        let taken = rows.iter().map(|row| take(&compiled, row));
        let taken = taken.collect::<Result<_, _>>()?;
        Ok((compiled, taken))
    }

    /// The same for more rows than are held at once: each is handed over as it
    /// comes. Run again only as long as none was.
    async fn stream(
        &self,
        map: &SourceMap,
        statement: impl Fn(&Compiled) -> Option<(Arc<str>, PgArguments)>,
        take: TakeRow<'_>,
    ) -> Result<Arc<Compiled>, Fault> {
        let known = self.compiled.read().await.clone();
        if let Some(known) = known
            && let Some(statement) = statement(&known)
        {
            let lease = self.pool.take().await?;
            if let Streamed::All = stream(lease, &known, false, statement, take).await? {
                return Ok(known);
            }
        }
        let (lease, compiled) = self.ready(map).await?;
        if let Some(statement) = statement(&compiled) {
            stream(lease, &compiled, true, statement, take).await?;
        }
        Ok(compiled)
    }

    /// Carries out steps that fit one transaction, each exactly once.
    pub(crate) async fn erase(
        &self,
        map: &SourceMap,
        steps: &[EraseStep],
    ) -> Result<Vec<StepReport>, Fault> {
        persistently(|| self.attempt(map, steps)).await
    }

    async fn attempt(
        &self,
        map: &SourceMap,
        steps: &[EraseStep],
    ) -> Result<Vec<StepReport>, Fault> {
        let known = self.compiled.read().await.clone();
        if let Some(known) = known.filter(|known| known.plan.batches || steps.len() == 1) {
            let mut lease = self.pool.take().await?;
            let all = super::todo(steps, &[]);
            match erase_together(&mut lease, &known.for_steps(steps), &all).await {
                Ok(done) => return super::reports(steps, &done),
                // Another schema, a step done before, a race, a connection that
                // died: nothing was written, or the journal knows.
                Err(Fault::Unreachable(_)) => lease.discard(),
                Err(_) => {}
            }
        }
        let (mut connection, compiled) = self.ready(map).await?;
        let compiled = compiled.for_steps(steps);
        prepare_journal(&mut connection).await?;
        let mut done = journalled(&mut connection, steps).await?;
        let todo = super::todo(steps, &done);
        // Steps that cannot be counted apart go one after the other.
        let together = if compiled.plan.batches { todo.len() } else { 1 };
        for chunk in todo.chunks(together.max(1)) {
            done.extend(erase_together(&mut connection, &compiled, chunk).await?);
        }
        super::reports(steps, &done)
    }

    /// Carries out steps in one transaction, and keeps what each takes.
    pub(crate) async fn erase_keeping(
        &self,
        map: &SourceMap,
        steps: &[KeptStep<'_>],
    ) -> Result<Vec<StepReport>, Fault> {
        persistently(|| self.attempt_keeping(map, steps)).await
    }

    async fn attempt_keeping(
        &self,
        map: &SourceMap,
        kept: &[KeptStep<'_>],
    ) -> Result<Vec<StepReport>, Fault> {
        let most = self.limits.undo_bytes_max;
        let steps: Vec<EraseStep> = kept.iter().map(|own| own.step.clone()).collect();
        let steps = steps.as_slice();
        let known = self.compiled.read().await.clone();
        if let Some(known) = known {
            let mut lease = self.pool.take().await?;
            let known = known.for_steps(steps);
            match erase_and_keep(&mut lease, &known, kept, most).await {
                Ok(done) => return super::reports(steps, &done),
                // As where nothing is kept: the journal knows.
                Err(Fault::Unreachable(_)) => lease.discard(),
                Err(_) => {}
            }
        }
        let (mut connection, compiled) = self.ready(map).await?;
        let compiled = compiled.for_steps(steps);
        prepare_journal(&mut connection).await?;
        prepare_kept(&mut connection).await?;
        let mut done = journalled(&mut connection, steps).await?;
        let todo = super::todo(steps, &done);
        let own = |step: &&EraseStep| kept.iter().find(|own| own.step.step == step.step);
        let todo: Vec<KeptStep<'_>> = todo.iter().filter_map(own).copied().collect();
        done.extend(erase_and_keep(&mut connection, &compiled, &todo, most).await?);
        super::reports(steps, &done)
    }

    /// Takes an erasure back, exactly once.
    pub(crate) async fn take_back(
        &self,
        map: &SourceMap,
        steps: (&str, &[String]),
        sealer: &dyn Sealer,
    ) -> Result<Vec<TableReturn>, Fault> {
        persistently(|| self.attempt_back(map, steps, sealer)).await
    }

    async fn attempt_back(
        &self,
        map: &SourceMap,
        steps: (&str, &[String]),
        sealer: &dyn Sealer,
    ) -> Result<Vec<TableReturn>, Fault> {
        let (mut connection, compiled) = self.ready(map).await?;
        prepare_journal(&mut connection).await?;
        prepare_kept(&mut connection).await?;
        let mut transaction = connection.begin().await?;
        let mut hand = PostgresHand(&mut transaction);
        let returns = undo::restore(&mut hand, &compiled, steps, sealer).await?;
        transaction.commit().await.map_err(Fault::from)?;
        Ok(returns)
    }

    /// Removes what is kept of steps.
    pub(crate) async fn forget(&self, kind: SourceKind, steps: &[String]) -> Result<(), Fault> {
        let mut connection = self.connection().await?;
        if !has_kept(&mut connection).await? {
            return Ok(());
        }
        for step in steps {
            undo::forget(&mut PostgresHand(&mut connection), kind, step).await?;
        }
        Ok(())
    }

    /// Numbers for each place of a search.
    pub(crate) async fn search(
        &self,
        map: &SourceMap,
        search: impl Fn(&Compiled) -> Option<Search>,
    ) -> Result<(Arc<Compiled>, Vec<(usize, i64)>), Fault> {
        let statement = |compiled: &Compiled| {
            let search = search(compiled)?;
            let mut arguments = PgArguments::default();
            for values in search.parameters {
                add(&mut arguments, values);
            }
            Some((stamped(&search.sql), arguments))
        };
        self.read(map, statement, |_, row| {
            let place: i32 = row.try_get("place")?;
            let number: i64 = row.try_get("number")?;
            Ok((usize::try_from(place).unwrap_or_default(), number))
        })
        .await
    }

    /// Numbers for each column of a scan.
    pub(crate) async fn scan(
        &self,
        sql: &str,
        columns: usize,
        needles: &[String],
    ) -> Result<Vec<i64>, Fault> {
        let like: Vec<String> = needles
            .iter()
            .map(|needle| crate::verify::like_pattern(needle))
            .collect();
        let regex: Vec<String> = needles
            .iter()
            .map(|needle| crate::verify::regex_pattern(needle))
            .collect();
        let mut connection = self.connection().await?;
        let mut transaction = connection.begin().await?;
        // A scan may take longer than a statement that others wait for.
        let patience = format!(
            "SET LOCAL statement_timeout = {}",
            self.limits.scan.as_millis()
        );
        sqlx::raw_sql(AssertSqlSafe(patience))
            .execute(&mut *transaction)
            .await?;
        let row = sqlx::query(AssertSqlSafe(sql.to_owned()))
            .bind(&like)
            .bind(&regex)
            .bind(crate::verify::in_all(needles))
            .fetch_one(&mut *transaction)
            .await?;
        let numbers = (0..columns).map(|place| row.try_get(place));
        let numbers = numbers.collect::<Result<_, _>>()?;
        transaction.commit().await?;
        Ok(numbers)
    }

    /// The one number of a statement.
    pub(crate) async fn number(&self, sql: &str) -> Result<i64, Fault> {
        let mut connection = self.connection().await?;
        Ok(sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut *connection)
            .await?)
    }

    /// Every row of a statement whose columns are all text.
    pub(crate) async fn texts(
        &self,
        sql: &str,
        take: &mut (dyn FnMut(Vec<Option<String>>) + Send),
    ) -> Result<(), Fault> {
        let mut connection = self.connection().await?;
        let mut rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            let values = (0..row.len()).map(|place| row.try_get(place));
            take(values.collect::<Result<_, _>>()?);
        }
        Ok(())
    }

    /// Streams a person's rows, one table after the other.
    pub(crate) async fn export(
        &self,
        map: &SourceMap,
        identities: &[Identity],
        take: &mut (dyn FnMut(&Compiled, usize, &str) -> Result<(), Fault> + Send),
    ) -> Result<(), Fault> {
        let statement = |compiled: &Compiled| {
            let sql = compiled.postgres.export.clone()?;
            Some((sql, arguments(compiled, &[identities])))
        };
        let take = &mut |compiled: &Compiled, row: &PgRow| {
            let table: i32 = row.try_get("tab")?;
            let table = usize::try_from(table).unwrap_or_default();
            take(compiled, table, row.try_get("doc")?)
        };
        self.stream(map, statement, take).await?;
        Ok(())
    }
}

/// Takes rows as they come.
type TakeRow<'a> = &'a mut (dyn FnMut(&Compiled, &PgRow) -> Result<(), Fault> + Send);

/// How a stream of rows ended.
enum Streamed {
    /// Every row was taken.
    All,
    /// None was: the schema may not be the plan's any more.
    Nothing,
}

/// Streams the rows of a statement. Unless the schema was looked at before, the
/// first row must say that it is the plan's.
async fn stream(
    mut lease: Lease,
    compiled: &Compiled,
    is_checked: bool,
    (sql, arguments): (Arc<str>, PgArguments),
    take: TakeRow<'_>,
) -> Result<Streamed, Fault> {
    let mut is_checked = is_checked;
    let mut rows = sqlx::query_with(AssertSqlSafe(sql), arguments).fetch(&mut *lease);
    loop {
        let row = match rows.try_next().await {
            Ok(Some(row)) => row,
            Ok(None) if is_checked => return Ok(Streamed::All),
            Err(error) if is_checked => return Err(error.into()),
            Ok(None) => return Ok(Streamed::Nothing),
            Err(_) => {
                drop(rows);
                lease.discard();
                return Ok(Streamed::Nothing);
            }
        };
        if !is_checked && !is_of(compiled, Some(&row)) {
            return Ok(Streamed::Nothing);
        }
        is_checked = true;
        if let Err(fault) = take(compiled, &row) {
            // What else it would send, nobody wants to read.
            drop(row);
            drop(rows);
            lease.discard();
            return Err(fault);
        }
    }
}

/// Carries out steps in one statement, which is its own transaction, and
/// returns what it wrote into the journal. Undone as a whole if the schema is
/// not the plan's, a step was done before, or rows were changed meanwhile.
async fn erase_together(
    connection: &mut PgConnection,
    compiled: &Compiled,
    steps: &[&EraseStep],
) -> Result<Vec<(String, String)>, Fault> {
    let targets: Vec<&[Identity]> = steps
        .iter()
        .map(|step| step.identities.as_slice())
        .collect();
    let keys: Vec<&str> = steps.iter().map(|step| step.step.as_str()).collect();
    let mut arguments = arguments(compiled, &targets);
    add_old_keys(&mut arguments, compiled, steps);
    add(&mut arguments, keys);
    add(&mut arguments, compiled.stamp.as_str());
    let sql = Arc::clone(&compiled.postgres.erase);
    let rows = sqlx::query_with(AssertSqlSafe(sql), arguments)
        .fetch_all(connection)
        .await
        .map_err(undone)?;
    rows.iter()
        .map(|row| Ok((row.try_get("step")?, row.try_get("effects")?)))
        .collect()
}

/// The same for steps of which everything is kept that they take: sealed, and
/// written in the same transaction. Each has a statement of its own, so that
/// nothing is kept of one that another took.
async fn erase_and_keep(
    connection: &mut PgConnection,
    compiled: &Compiled,
    steps: &[KeptStep<'_>],
    bytes_max: usize,
) -> Result<Vec<(String, String)>, Fault> {
    let mut transaction = connection.begin().await?;
    let mut done = Vec::new();
    for step in steps {
        done.extend(keep_one(&mut transaction, compiled, *step, bytes_max).await?);
    }
    transaction.commit().await?;
    Ok(done)
}

async fn keep_one(
    transaction: &mut PgConnection,
    compiled: &Compiled,
    KeptStep { step, sealer }: KeptStep<'_>,
    bytes_max: usize,
) -> Result<Vec<(String, String)>, Fault> {
    let mut arguments = arguments(compiled, &[&step.identities]);
    add_old_keys(&mut arguments, compiled, &[step]);
    add(&mut arguments, vec![step.step.as_str()]);
    add(&mut arguments, compiled.stamp.as_str());
    let sql = Arc::clone(&compiled.postgres.erase_keeping);
    let mut catch = Catch::new(&compiled.plan, &step.step, sealer, bytes_max)?;
    let mut done = Vec::new();
    let mut rows = sqlx::query_with(AssertSqlSafe(sql), arguments).fetch(&mut *transaction);
    while let Some(row) = rows.try_next().await.map_err(undone)? {
        match row.try_get::<Option<i32>, _>("tab")? {
            None => done.push((row.try_get("step")?, row.try_get("effects")?)),
            Some(table) => {
                let table = usize::try_from(table).unwrap_or_default();
                catch.take(table, row.try_get("effects")?, row.try_get("became")?)?;
            }
        }
    }
    drop(rows);
    let kept = catch.finish()?;
    let mut hand = PostgresHand(transaction);
    undo::keep(&mut hand, compiled.plan.kind, &step.step, kept).await?;
    Ok(done)
}

/// What the journal says of steps.
async fn journalled(
    connection: &mut PgConnection,
    steps: &[EraseStep],
) -> Result<Vec<(String, String)>, Fault> {
    let keys: Vec<&str> = steps.iter().map(|step| step.step.as_str()).collect();
    let rows = sqlx::query(READ_JOURNAL)
        .bind(&keys)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("step")?, row.try_get("effects")?)))
        .collect()
}

async fn has_kept(connection: &mut PgConnection) -> Result<bool, Fault> {
    let known: i64 = sqlx::query_scalar(undo::is_there(SourceKind::Postgres))
        .fetch_one(connection)
        .await?;
    Ok(known > 0)
}

/// As [`prepare_journal`], for what is kept.
async fn prepare_kept(connection: &mut PgConnection) -> Result<(), Fault> {
    if has_kept(connection).await? {
        return Ok(());
    }
    let create = sqlx::query(undo::create(SourceKind::Postgres));
    if let Err(error) = create.execute(&mut *connection).await
        && !has_kept(connection).await?
    {
        return Err(error.into());
    }
    Ok(())
}

/// Creating needs a right that a journal made by hand does not.
pub(crate) async fn prepare_journal(connection: &mut PgConnection) -> Result<(), Fault> {
    let known: bool = sqlx::query_scalar(HAS_JOURNAL)
        .fetch_one(&mut *connection)
        .await?;
    if !known {
        // `IF NOT EXISTS` does not cover another session that creates it in the
        // same moment: one of the two violates a unique key of the catalogue.
        if let Err(error) = sqlx::query(CREATE_JOURNAL).execute(&mut *connection).await {
            let known: bool = sqlx::query_scalar(HAS_JOURNAL)
                .fetch_one(connection)
                .await?;
            if !known {
                return Err(error.into());
            }
        }
    }
    Ok(())
}

/// The statement, each of whose rows also says which version of the schema it
/// was read from.
pub(crate) fn stamped(sql: &str) -> Arc<str> {
    Arc::from(format!(
        "WITH candor_stamp(stamp) AS MATERIALIZED ({})\nSELECT q.*, (SELECT stamp FROM candor_stamp) AS stamp FROM (\n{sql}) AS q",
        catalogue::postgres::STAMP
    ))
}

/// Whether a row was read from the schema that the plan was made for.
fn is_of(compiled: &Compiled, row: Option<&PgRow>) -> bool {
    let stamp = row.and_then(|row| row.try_get::<&str, _>("stamp").ok());
    stamp == Some(compiled.stamp.as_str())
}

/// The identities of people as parameters.
pub(crate) fn arguments(compiled: &Compiled, targets: &[&[Identity]]) -> PgArguments {
    let mut arguments = PgArguments::default();
    for (steps, values) in compiled.parameters(targets) {
        add(&mut arguments, steps);
        add(&mut arguments, values);
    }
    arguments
}

/// The old keys of steps as the next parameters.
fn add_old_keys(arguments: &mut PgArguments, compiled: &Compiled, steps: &[&EraseStep]) {
    for (steps, columns) in compiled.old_keys(steps) {
        add(arguments, steps);
        for values in columns {
            add(arguments, values);
        }
    }
}

/// A text as the next parameter.
pub(crate) fn push(arguments: &mut PgArguments, value: String) {
    add(arguments, value);
}

fn add<'q, T>(arguments: &mut PgArguments, value: T)
where
    T: sqlx::Encode<'q, Driver> + sqlx::Type<Driver>,
{
    // Lists of numbers and texts always have a binary form.
    let encoded = arguments.add(value);
    debug_assert!(encoded.is_ok(), "a parameter could not be encoded");
}

pub(crate) fn line(row: &PgRow, width: usize) -> Result<Line, Fault> {
    let place: i32 = row.try_get(0)?;
    let step: i64 = row.try_get(1)?;
    let values = (0..width).map(|place| row.try_get(place + 2));
    Ok((
        usize::try_from(place).unwrap_or_default(),
        usize::try_from(step).unwrap_or_default(),
        values.collect::<Result<_, _>>()?,
    ))
}

/// A statement that wrote less than it counted, or met another schema, divides
/// by zero, which undoes it as a whole.
pub(crate) fn undone(error: sqlx::Error) -> Fault {
    let code = error.as_database_error().and_then(|error| error.code());
    if code.as_deref() == Some("22012") {
        Fault::Conflict("rows were changed meanwhile, or something keeps them".to_owned())
    } else {
        Fault::from(error)
    }
}

pub(crate) fn count(row: &PgRow) -> Result<Count, Fault> {
    let table: i32 = row.try_get(0)?;
    let action: i32 = row.try_get(1)?;
    Ok((
        i64::from(table),
        i64::from(action),
        row.try_get(2)?,
        row.try_get(3)?,
    ))
}

fn settings(limits: &Limits) -> String {
    format!(
        "SET lock_timeout = {};
         SET statement_timeout = {};
         SET idle_in_transaction_session_timeout = {};
         SET plan_cache_mode = force_generic_plan;
         SET jit = off;
         SET enable_seqscan = off;
         SET enable_mergejoin = off;
         SET row_security = off;
         SET standard_conforming_strings = on;
         SET default_transaction_isolation = 'read committed';
         SET TimeZone = 'UTC';
         SET DateStyle = 'ISO';
         SET bytea_output = 'hex'",
        limits.lock.as_millis(),
        limits.statement.as_millis(),
        limits.statement.as_millis(),
    )
}
