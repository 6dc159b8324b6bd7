//! Retention carried out: rows whose period is over go, in batches that keep
//! nobody waiting. Each batch is one transaction, and writes into the journal
//! what it did: a run that is stopped, or killed, goes on where it was and
//! reports all of it. Rows that somebody else holds are left for the next run.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use candor_domain::plan::{Action, TableEffect};
use candor_domain::sweep::{FORECAST_DAYS, Forecast, SweepOrder, Swept};
use jiff::{SignedDuration, Timestamp};

use crate::error::{Fault, SourceError};
use crate::source::{Engine, Source, not_a_database};
use crate::sql::{name, seed, text};

mod gate;
mod notice;
mod pace;
mod partition;
mod postgres;
mod rule;
mod tables;
mod tally;
pub(crate) mod unit;

pub use notice::{Addressee, noted, noticed_rule, whom_to_tell};
use pace::Pace;
pub use pace::SweepBounds;
pub use rule::{Sources, forecast_rule, preview_rule, sweep_rule};
use tally::Part;
pub use tally::tallied_rule;
use unit::Unit;

/// How often a batch that others wrote into is tried again.
const ATTEMPTS_MAX: u32 = 12;
/// The pause before it is; each is that much longer.
const PAUSE: Duration = Duration::from_millis(20);
/// Runs of this process.
static RUNS: AtomicU64 = AtomicU64::new(0);
/// Between two batches others get their turn at SQLite's only write lock, for
/// which they ask again and again rather than stand in line.
const BREATH: Duration = Duration::from_millis(2);

/// One run of a rule in one source.
#[derive(Clone, Copy)]
pub struct SweepRun<'a> {
    /// Its name in the journal: a run with the same name goes on where the
    /// other ended. Says nothing about anybody.
    pub id: &'a str,
    /// Its bounds.
    pub bounds: SweepBounds,
    /// Whether it is to stop after the batch at hand.
    pub is_stopped: &'a (dyn Fn() -> bool + Sync),
}

impl std::fmt::Debug for SweepRun<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SweepRun")
            .field("id", &self.id)
            .field("bounds", &self.bounds)
            .finish_non_exhaustive()
    }
}

/// What a batch did, and where the run stands.
#[derive(Debug)]
struct Progress {
    started: Instant,
    rows: u64,
    owner: String,
    batch: u64,
    pace: Pace,
    swept: Swept,
}

impl Source {
    /// Takes what is due under a rule, and reports what this run took in all.
    ///
    /// # Errors
    ///
    /// [`SourceError`]; refused also where an index is missing without which a
    /// large table would have to be read as a whole. The batches before stay
    /// done, and are reported when the run goes on.
    pub async fn sweep(
        &self,
        order: &SweepOrder,
        run: &SweepRun<'_>,
    ) -> Result<Swept, SourceError> {
        self.swept(order, run)
            .await
            .map_err(|fault| self.named(fault))
    }

    /// What a sweep would do now, without doing it. What it loosens in rows
    /// that stay is counted once here, and by a sweep once for each batch.
    ///
    /// # Errors
    ///
    /// As [`Self::sweep`].
    pub async fn sweep_preview(&self, order: &SweepOrder) -> Result<Vec<TableEffect>, SourceError> {
        self.previewed(order)
            .await
            .map_err(|fault| self.named(fault))
    }

    /// What is due, and will be.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn forecast(&self, order: &SweepOrder) -> Result<Forecast, SourceError> {
        self.foretold(order)
            .await
            .map_err(|fault| self.named(fault))
    }

    /// How many rows are due before each of some moments, in ascending order:
    /// counted by the database in one pass, once an index leads to them.
    pub(crate) async fn due_by(
        &self,
        order: &SweepOrder,
        moments: &[Timestamp],
    ) -> Result<Vec<u64>, SourceError> {
        let counted = self.due_at(order, moments).await;
        counted.map_err(|fault| self.named(fault))
    }

    async fn due_at(&self, order: &SweepOrder, moments: &[Timestamp]) -> Result<Vec<u64>, Fault> {
        let mut all = vec![0; moments.len()];
        let Some(last) = moments.last() else {
            return Ok(all);
        };
        let last = last.as_second();
        for unit in self.units(order).await? {
            self.gate(&unit, order.before.as_second(), &SweepBounds::default())
                .await?;
            let plan = unit.plan();
            let due = unit.due(&last.to_string());
            for (seed, (table, due)) in plan.seeds.iter().zip(due) {
                let Some(anchor) = seed::anchor(plan.kind, table, seed) else {
                    continue;
                };
                let counts = moments.iter().map(|moment| {
                    let is_before = anchor.is_before(&moment.as_second().to_string());
                    text(
                        plan.kind,
                        &format!("count(CASE WHEN {is_before} THEN 1 END)"),
                    )
                });
                let counts: Vec<String> = counts.collect();
                let sql = format!(
                    "/* candor: what is due when */ SELECT {} FROM {} AS t WHERE {due}",
                    counts.join(", "),
                    name(&table.name)
                );
                self.texts(&sql, &mut |line| {
                    for (rows, found) in all.iter_mut().zip(line) {
                        *rows += found.and_then(|found| found.parse().ok()).unwrap_or(0_u64);
                    }
                })
                .await?;
            }
        }
        Ok(all)
    }

    async fn swept(&self, order: &SweepOrder, run: &SweepRun<'_>) -> Result<Swept, Fault> {
        let prefix = prefix(order, run);
        let known = self.begin(&of_rule(order), &prefix).await?;
        let mut progress = Progress {
            started: clock(),
            rows: 0,
            owner: owner(),
            batch: known,
            pace: Pace::new(run.bounds),
            swept: Swept::default(),
        };
        let mut complete = true;
        progress.swept.held = self.held_back(order).await?;
        for place in 0..self.units(order).await?.len() {
            complete &= self
                .sweep_unit(order, place, run, &prefix, &mut progress)
                .await?;
        }
        let mut swept = progress.swept;
        swept.batches = progress.batch;
        swept.complete = complete;
        swept.effects = self.journalled(&prefix).await?;
        Ok(swept)
    }

    /// Whether all of it is done.
    async fn sweep_unit(
        &self,
        order: &SweepOrder,
        place: usize,
        run: &SweepRun<'_>,
        prefix: &str,
        progress: &mut Progress,
    ) -> Result<bool, Fault> {
        let moment = order.before.as_second();
        let mut unit = self.unit(order, place).await?;
        if unit.is_leaf && unit.is_partitioned() {
            self.drop_partitions(&unit, moment, prefix, progress)
                .await?;
            unit = self.unit(order, place).await?;
        }
        self.gate(&unit, moment, &run.bounds).await?;
        let mut since = None;
        while let Some(part) = self.next_part(&unit, since, moment).await? {
            let within = (order, place);
            unit = self
                .sweep_part(within, unit, &part, run, (prefix, progress))
                .await?;
            if progress.swept.stopped {
                return Ok(false);
            }
            since = Some(part.before);
        }
        Ok(self.due_rows(&unit, moment, Some(1)).await? == 0)
    }

    /// Takes the rows of a part, and says what the unit is afterwards.
    async fn sweep_part(
        &self,
        (order, place): (&SweepOrder, usize),
        mut unit: Unit,
        part: &Part,
        run: &SweepRun<'_>,
        (prefix, progress): (&str, &mut Progress),
    ) -> Result<Unit, Fault> {
        for target in self.targets(&unit).await? {
            let mut attempts = 0;
            loop {
                if (run.is_stopped)()
                    || progress.rows >= run.bounds.rows_max
                    || progress.started.elapsed() >= run.bounds.run
                {
                    progress.swept.stopped = true;
                    return Ok(unit);
                }
                let key = progress.key(prefix);
                let rows = progress.pace.rows();
                let started = clock();
                let batch = self.batch(&unit, &target, &key, rows, part).await;
                let elapsed = started.elapsed();
                match batch {
                    Ok(done) => {
                        attempts = 0;
                        if progress.took(&done, elapsed) == 0 {
                            break;
                        }
                    }
                    // The schema changed, or others wrote in between.
                    Err(Fault::Conflict(_) | Fault::Dangling(_)) if attempts < ATTEMPTS_MAX => {
                        attempts += 1;
                        tokio::time::sleep(PAUSE * attempts).await;
                        unit = self.unit(order, place).await?;
                    }
                    Err(Fault::Dangling(reason)) => {
                        return Err(Fault::Refused(vec![format!(
                            "a reference forbids the deletion of a row it names ({reason})"
                        )]));
                    }
                    Err(fault) => return Err(fault),
                }
                if matches!(self.engine(), Engine::Sqlite(_)) {
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
        Ok(unit)
    }

    async fn previewed(&self, order: &SweepOrder) -> Result<Vec<TableEffect>, Fault> {
        let moment = order.before.as_second();
        let mut effects = Vec::new();
        for unit in self.units(order).await? {
            self.gate(&unit, moment, &SweepBounds::default()).await?;
            if unit.is_leaf {
                let rows = self.due_rows(&unit, moment, None).await?;
                let counted = self.countable(&unit, moment).await?;
                effects.extend(tally::effects(&unit, rows, counted));
            } else {
                let counting = async {
                    match self.engine() {
                        Engine::Postgres(own) => {
                            postgres::preview(own, self.map(), &unit, moment).await
                        }
                        Engine::Mysql(own) => tables::preview(own, &unit, moment).await,
                        Engine::Sqlite(own) => tables::preview(own, &unit, moment).await,
                        Engine::Service(_) => Err(not_a_database()),
                    }
                };
                effects.extend(self.heard(counting).await?);
            }
        }
        Ok(summed(effects))
    }

    async fn foretold(&self, order: &SweepOrder) -> Result<Forecast, Fault> {
        let moments = FORECAST_DAYS.map(|days| {
            let ahead = SignedDuration::from_hours(i64::from(days) * 24);
            order.before.checked_add(ahead).unwrap_or(Timestamp::MAX)
        });
        let mut forecast = Forecast::default();
        let counted = self.due_at(order, &moments).await?;
        for (within, rows) in forecast.within.iter_mut().zip(counted) {
            *within = rows;
        }
        for unit in self.units(order).await? {
            let plan = unit.plan();
            for seed in &plan.seeds {
                let Some(table) = plan.tables.get(seed.table) else {
                    continue;
                };
                let Some(anchor) = seed::anchor(plan.kind, table, seed) else {
                    continue;
                };
                let mut parts = vec![format!("t.{} IS NOT NULL", name(&seed.anchor))];
                parts.extend(seed::can_go(plan.kind, table, seed));
                let oldest = self
                    .texts_of(&format!(
                        "/* candor: the oldest row */ SELECT {} FROM {} AS t WHERE {}",
                        anchor.oldest(),
                        name(&table.name),
                        parts.join(" AND ")
                    ))
                    .await?
                    .and_then(|seconds| Timestamp::from_second(seconds.parse().ok()?).ok());
                forecast.oldest = [forecast.oldest, oldest].into_iter().flatten().min();
            }
        }
        Ok(forecast)
    }

    /// Rows that are due and stay because of a hold.
    async fn held_back(&self, order: &SweepOrder) -> Result<BTreeMap<String, u64>, Fault> {
        let mut held: BTreeMap<String, u64> = BTreeMap::new();
        if order.holds.is_empty() && order.spared.is_empty() {
            return Ok(held);
        }
        let moment = order.before.as_second().to_string();
        for unit in self.units(order).await? {
            for (table, due) in unit.held(&moment) {
                let rows = self
                    .number(&format!(
                        "/* candor: rows that a hold keeps */ SELECT count(*) FROM {} AS t WHERE {due}",
                        name(&table.name)
                    ))
                    .await?;
                let rows = u64::try_from(rows).unwrap_or_default();
                *held.entry(table.name.clone()).or_default() += rows;
            }
        }
        held.retain(|_, rows| *rows > 0);
        Ok(held)
    }

    /// Rows that are due, of all anchors, up to a number.
    async fn due_rows(&self, unit: &Unit, moment: i64, most: Option<u64>) -> Result<u64, Fault> {
        let mut rows = 0;
        let limit = most.map_or_else(String::new, |most| format!(" LIMIT {most}"));
        for (table, due) in unit.due(&moment.to_string()) {
            let found = self
                .number(&format!(
                    "/* candor: rows whose time is over */ SELECT count(*) FROM (SELECT 1 FROM {} AS t WHERE {due}{limit}) AS d",
                    name(&table.name)
                ))
                .await?;
            rows += u64::try_from(found).unwrap_or_default();
        }
        Ok(rows)
    }

    pub(crate) async fn units(&self, order: &SweepOrder) -> Result<Vec<Unit>, Fault> {
        let has_notices = order.notice.is_some() && self.has_notices().await?;
        Unit::all(&*self.compiled().await?, self.map(), order, has_notices)
    }

    async fn unit(&self, order: &SweepOrder, place: usize) -> Result<Unit, Fault> {
        let unit = self.units(order).await?.into_iter().nth(place);
        unit.ok_or_else(|| Fault::Conflict("the rule has other parts than before".to_owned()))
    }

    /// What a statement says, unless its network falls silent.
    async fn heard<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let work = Box::pin(work);
        self.unless_silent(self.limits().statement, work).await
    }

    /// Makes the journal ready, forgets what runs before this one wrote there,
    /// and says how many batches this one has done.
    async fn begin(&self, rule: &str, run: &str) -> Result<u64, Fault> {
        let work = async {
            match self.engine() {
                Engine::Postgres(own) => postgres::begin(own, rule, run).await,
                Engine::Mysql(own) => tables::begin(own, rule, run).await,
                Engine::Sqlite(own) => tables::begin(own, rule, run).await,
                Engine::Service(_) => Err(not_a_database()),
            }
        };
        self.heard(work).await
    }

    /// The lines of a run in the journal.
    async fn written(&self, run: &str) -> Result<Vec<String>, Fault> {
        let work = async {
            match self.engine() {
                Engine::Postgres(own) => postgres::journalled(own, run).await,
                Engine::Mysql(own) => tables::journalled(own, run).await,
                Engine::Sqlite(own) => tables::journalled(own, run).await,
                Engine::Service(_) => Err(not_a_database()),
            }
        };
        self.heard(work).await
    }

    /// What is swept one after the other: a table, or each of its partitions.
    async fn targets(&self, unit: &Unit) -> Result<Vec<String>, Fault> {
        let own = unit.table().map(|table| name(&table.name));
        match self.engine() {
            Engine::Postgres(postgres) if unit.is_leaf && unit.is_partitioned() => {
                self.heard(partition::all(postgres, unit)).await
            }
            _ => Ok(own.into_iter().collect()),
        }
    }

    async fn batch(
        &self,
        unit: &Unit,
        target: &str,
        key: &str,
        rows: u64,
        part: &Part,
    ) -> Result<Vec<TableEffect>, Fault> {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        let work = async {
            match self.engine() {
                Engine::Postgres(own) => {
                    postgres::batch(own, unit, target, key, (rows, part)).await
                }
                Engine::Mysql(own) => tables::batch(own, unit, key, (rows, part)).await,
                Engine::Sqlite(own) => tables::batch(own, unit, key, (rows, part)).await,
                Engine::Service(_) => Err(not_a_database()),
            }
        };
        self.heard(work).await
    }

    async fn gate(&self, unit: &Unit, moment: i64, bounds: &SweepBounds) -> Result<(), Fault> {
        match self.engine() {
            Engine::Postgres(own) => self.heard(gate::postgres(own, unit, moment, bounds)).await,
            Engine::Mysql(_) => gate::mysql(self, unit, bounds).await,
            Engine::Sqlite(own) => gate::sqlite(self, own, unit, moment, bounds).await,
            Engine::Service(_) => Err(not_a_database()),
        }
    }

    async fn drop_partitions(
        &self,
        unit: &Unit,
        moment: i64,
        prefix: &str,
        progress: &mut Progress,
    ) -> Result<(), Fault> {
        let Engine::Postgres(own) = self.engine() else {
            return Ok(());
        };
        for partition in self.heard(partition::overdue(own, unit, moment)).await? {
            let key = progress.key(prefix);
            let started = clock();
            // One that others hold is emptied in batches instead.
            let dropping = partition::drop(own, unit, &partition, &key);
            if let Ok(done) = self.heard(dropping).await {
                progress.took(&done, started.elapsed());
                progress.swept.partitions.push(partition);
            }
        }
        Ok(())
    }
}

impl Progress {
    /// The journal's key of the next batch.
    fn key(&self, prefix: &str) -> String {
        format!("{prefix}{}/{}", self.batch, self.owner)
    }

    /// Takes in what a batch did, and says how many rows it took.
    fn took(&mut self, effects: &[TableEffect], elapsed: Duration) -> u64 {
        let taken = effects
            .iter()
            .filter(|effect| matches!(effect.action, Action::Delete | Action::Pseudonymise));
        let rows = taken.map(|effect| effect.rows).sum();
        self.batch += 1;
        self.rows += rows;
        let took = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        self.swept.longest_ms = self.swept.longest_ms.max(took);
        self.pace.took(elapsed);
        rows
    }
}

/// How the journal's keys of a run begin.
fn prefix(order: &SweepOrder, run: &SweepRun<'_>) -> String {
    format!("{}{}/", of_rule(order), run.id)
}

/// Tells this run from another of the same name, whose lease was lost.
fn owner() -> String {
    let own = RUNS.fetch_add(1, Ordering::Relaxed);
    format!("{}.{own}", std::process::id())
}

/// How the journal's keys of a rule begin.
fn of_rule(order: &SweepOrder) -> String {
    format!("retention/{}/", order.rule)
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a batch took says how large the next may be, and decides nothing else"
)]
fn clock() -> Instant {
    Instant::now()
}

/// Effects as the journal holds them.
fn read(line: &str) -> Result<Vec<TableEffect>, Fault> {
    serde_json::from_str(line)
        .map_err(|_| Fault::Database("the journal holds something else than effects".to_owned()))
}

/// One effect for each table and action.
fn summed(effects: Vec<TableEffect>) -> Vec<TableEffect> {
    let mut summed: Vec<TableEffect> = Vec::new();
    for effect in effects.into_iter().filter(|effect| effect.rows > 0) {
        let known = summed.iter_mut().find(|known| {
            known.table == effect.table
                && known.action == effect.action
                && known.because == effect.because
        });
        match known {
            Some(known) => known.rows += effect.rows,
            None => summed.push(effect),
        }
    }
    summed.sort();
    summed
}
