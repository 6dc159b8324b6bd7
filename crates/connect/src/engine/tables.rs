//! Databases that keep work sets in temporary tables: MariaDB and SQLite. What
//! is done with them is the same and stands here; a [`Session`] is how it
//! reaches the one or the other. Invariant: the tables are empty between two
//! operations, because reading ends in undoing, and writing empties them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use candor_domain::identity::Identity;
use candor_policy::map::SourceMap;
use tokio::sync::RwLock;

use super::keeping::write_out_keeping;
use super::session::{Cells, Driver, Session, Take};
use super::writing::write_out;
use super::{Count, Line, TakeLine, persistently};
use crate::catalogue::Catalogue;
use crate::compiled::Compiled;
use crate::error::Fault;
use crate::limits::Limits;
use crate::source::{EraseStep, KeptStep, StepReport};
use crate::sql::work::Work;
use crate::undo::Catch;
use crate::verify::Search;

/// Rounds of one circle: the longest chain of rows that own one another.
const ROUNDS_MAX: u32 = 10_000;

/// One source in such a database.
#[derive(Debug)]
pub(crate) struct Tables<D> {
    pub(super) driver: D,
    pub(super) limits: Limits,
    compiled: RwLock<Option<Arc<Compiled>>>,
}

/// How far the works are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Extent {
    /// Only what they are about.
    Lines,
    /// The rows with which a sweep starts.
    Seeds,
    /// All rows.
    Sets,
    /// And what is needed to count.
    Counts,
    /// And what is needed to write.
    Changes,
}

/// What the works are made for.
#[derive(Debug)]
pub(crate) struct Fill {
    /// Slot, step and value of every identity.
    pub(crate) lines: Vec<(i64, i64, String)>,
    /// How many rows a sweep takes, if that is bounded.
    pub(crate) rows: Option<u64>,
    pub(crate) extent: Extent,
    /// Whether they are to be written, and so must stay as they are found.
    pub(crate) writing: bool,
    /// Whether each person is looked at as if nobody else were.
    pub(crate) alone: bool,
}

impl Fill {
    pub(crate) fn of_people(
        compiled: &Compiled,
        targets: &[&[Identity]],
        extent: Extent,
        writing: bool,
    ) -> Self {
        let mut lines = Vec::new();
        for ((steps, values), slot) in compiled.parameters(targets).into_iter().zip(0_i64..) {
            let own = steps.into_iter().zip(values);
            lines.extend(own.map(|(step, value)| (slot, step, value)));
        }
        Self {
            lines,
            rows: None,
            extent,
            writing,
            alone: false,
        }
    }

    /// The same for looking at each person as if at nobody else.
    pub(crate) fn of_each(compiled: &Compiled, targets: &[&[Identity]], extent: Extent) -> Self {
        Self {
            alone: true,
            ..Self::of_people(compiled, targets, extent, false)
        }
    }
}

impl<D: Driver> Tables<D> {
    pub(crate) fn new(driver: D, limits: Limits) -> Self {
        Self {
            driver,
            limits,
            compiled: RwLock::new(None),
        }
    }

    /// The plan that fitted the schema when it was last used.
    pub(crate) async fn known(&self) -> Option<Arc<Compiled>> {
        self.compiled.read().await.clone()
    }

    /// A connection, and the plan that fits the schema as it is now.
    pub(crate) async fn ready(
        &self,
        map: &SourceMap,
    ) -> Result<(D::Session, Arc<Compiled>), Fault> {
        let mut session = self.driver.session().await?;
        let stamp = texts(&mut session, D::Session::DIALECT.stamp, &[]).await?;
        let stamp = stamp.concat();
        if let Some(known) = self.compiled.read().await.as_ref()
            && known.stamp == stamp
        {
            return Ok((session, Arc::clone(known)));
        }
        let catalogue = session.catalogue().await?;
        let compiled = Arc::new(Compiled::new(stamp, catalogue, map)?);
        *self.compiled.write().await = Some(Arc::clone(&compiled));
        Ok((session, compiled))
    }

    /// The schema as it is now, whether a map fits or not.
    pub(crate) async fn catalogue(&self) -> Result<Catalogue, Fault> {
        let mut session = self.driver.session().await?;
        within(&mut session, self.limits.statement, async |session| {
            session.catalogue().await
        })
        .await
    }

    /// `slot, step` and the identities of each row that an identity leads to.
    pub(crate) async fn identities(
        &self,
        map: &SourceMap,
        known: &[&[Identity]],
    ) -> Result<(Arc<Compiled>, Vec<Line>), Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        let Some(sql) = compiled.identities.clone() else {
            return Ok((compiled, Vec::new()));
        };
        let width = crate::sql::find::identity_width(&compiled.plan);
        let about = Fill::of_people(&compiled, known, Extent::Lines, false);
        let mut found = Vec::new();
        self.reading_on(&mut session, Some(&compiled), async |session| {
            fill(session, &compiled, &about).await?;
            let take = &mut |line| {
                found.push(line);
                Ok(())
            };
            lines(session, &sql, width, take).await
        })
        .await?;
        Ok((compiled, found))
    }

    /// Counts per table, action and step, of each as if alone.
    pub(crate) async fn preview(
        &self,
        map: &SourceMap,
        targets: &[&[Identity]],
    ) -> Result<(Arc<Compiled>, Vec<Count>), Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        let about = Fill::of_each(&compiled, targets, Extent::Counts);
        let counts = self
            .reading_on(&mut session, Some(&compiled), async |session| {
                fill(session, &compiled, &about).await?;
                count(session, compiled.tables.counts_alone.as_deref()).await
            })
            .await?;
        Ok((compiled, counts))
    }

    /// `place` of each captured key, step, and its values, of each as if alone.
    pub(crate) async fn keys(
        &self,
        map: &SourceMap,
        targets: &[&[Identity]],
        take: TakeLine<'_>,
    ) -> Result<Arc<Compiled>, Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        let Some(sql) = compiled.tables.keys.clone() else {
            return Ok(compiled);
        };
        let about = Fill::of_each(&compiled, targets, Extent::Sets);
        self.reading_on(&mut session, Some(&compiled), async |session| {
            fill(session, &compiled, &about).await?;
            lines(session, &sql, compiled.key_width(), take).await
        })
        .await?;
        Ok(compiled)
    }

    /// Carries out steps that fit one transaction, each exactly once.
    pub(crate) async fn erase(
        &self,
        map: &SourceMap,
        steps: &[EraseStep],
    ) -> Result<Vec<StepReport>, Fault> {
        persistently(|| self.attempt(map, steps, None)).await
    }

    pub(super) async fn attempt(
        &self,
        map: &SourceMap,
        steps: &[EraseStep],
        kept: Option<&[KeptStep<'_>]>,
    ) -> Result<Vec<StepReport>, Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        let compiled = compiled.for_steps(steps);
        self.journal_on(&mut session).await?;
        if kept.is_some() {
            self.kept_on(&mut session, compiled.plan.kind).await?;
        }
        self.writing_on(&mut session, Some(&compiled), async |session| {
            let keeping = kept.map(|kept| (kept, self.limits.undo_bytes_max));
            carry_out(session, &compiled, steps, keeping).await
        })
        .await
    }

    /// Numbers for each place of a search.
    pub(crate) async fn search(
        &self,
        map: &SourceMap,
        search: impl Fn(&Compiled) -> Option<Search>,
    ) -> Result<(Arc<Compiled>, Vec<(usize, i64)>), Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        let Some(search) = search(&compiled) else {
            return Ok((compiled, Vec::new()));
        };
        let numbers = self
            .reading_on(&mut session, Some(&compiled), async |session| {
                let parameters = session.lists(&search.parameters).await?;
                let mut numbers = Vec::new();
                session
                    .fetch(&search.sql, &parameters, &mut |row| {
                        numbers.push((place(row, 0)?, row.number(1)?));
                        Ok(())
                    })
                    .await?;
                Ok(numbers)
            })
            .await?;
        Ok((compiled, numbers))
    }

    /// Numbers for each column of a scan.
    pub(crate) async fn scan(
        &self,
        sql: &str,
        columns: usize,
        needles: &[String],
    ) -> Result<Vec<i64>, Fault> {
        let parameters = D::Session::patterns(needles, columns)?;
        let mut numbers = Vec::new();
        self.each(sql, &parameters, &mut |row| {
            numbers = (0..columns)
                .map(|place| row.number(place))
                .collect::<Result<_, _>>()?;
            Ok(())
        })
        .await?;
        Ok(numbers)
    }

    /// The one number of a statement.
    pub(crate) async fn number(&self, sql: &str) -> Result<i64, Fault> {
        let mut number = 0;
        self.each(sql, &[], &mut |row| {
            number = row.number(0)?;
            Ok(())
        })
        .await?;
        Ok(number)
    }

    /// Every row of a statement whose columns are all text.
    pub(crate) async fn texts(
        &self,
        sql: &str,
        take: &mut (dyn FnMut(Vec<Option<String>>) + Send),
    ) -> Result<(), Fault> {
        self.each(sql, &[], &mut |row| {
            let values = (0..row.width()).map(|place| row.text(place));
            take(values.collect::<Result<_, _>>()?);
            Ok(())
        })
        .await
    }

    /// Streams a person's rows, one table after the other.
    pub(crate) async fn export(
        &self,
        map: &SourceMap,
        identities: &[Identity],
        take: &mut (dyn FnMut(&Compiled, usize, &str) -> Result<(), Fault> + Send),
    ) -> Result<(), Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        let about = Fill::of_people(&compiled, &[identities], Extent::Sets, false);
        self.reading_on(&mut session, Some(&compiled), async |session| {
            fill(session, &compiled, &about).await?;
            for sql in &compiled.tables.export {
                session
                    .fetch(sql, &[], &mut |row| {
                        let document = row.text(1)?.ok_or_else(too_large)?;
                        take(&compiled, place(row, 0)?, &document)
                    })
                    .await?;
            }
            Ok(())
        })
        .await
    }

    /// One statement that may take as long as a scan.
    pub(crate) async fn each(
        &self,
        sql: &str,
        parameters: &[String],
        take: Take<'_>,
    ) -> Result<(), Fault> {
        let mut session = self.driver.session().await?;
        within(&mut session, self.limits.scan, async |session| {
            session.fetch(sql, parameters, take).await
        })
        .await
    }

    /// Sees that there is a journal. Making one needs a right that one made by
    /// hand does not, and would end a transaction.
    pub(crate) async fn prepare_journal(&self) -> Result<(), Fault> {
        let mut session = self.driver.session().await?;
        self.journal_on(&mut session).await
    }

    /// One statement that changes the schema, which would end a transaction.
    pub(crate) async fn run(&self, sql: &str) -> Result<(), Fault> {
        let mut session = self.driver.session().await?;
        let work = async |session: &mut D::Session| session.run(sql.to_owned()).await;
        within(&mut session, self.limits.statement, work).await
    }

    /// Work that leaves nothing behind, with the temporary tables of a plan.
    pub(crate) async fn reading<T>(
        &self,
        compiled: Option<&Compiled>,
        work: impl AsyncFnOnce(&mut D::Session) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut session = self.driver.session().await?;
        self.reading_on(&mut session, compiled, work).await
    }

    /// Work that is done as a whole or not at all.
    pub(crate) async fn writing<T>(
        &self,
        compiled: Option<&Compiled>,
        work: impl AsyncFnOnce(&mut D::Session) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut session = self.driver.session().await?;
        self.writing_on(&mut session, compiled, work).await
    }

    pub(super) async fn journal_on(&self, session: &mut D::Session) -> Result<(), Fault> {
        within(session, self.limits.statement, async |session| {
            let dialect = D::Session::DIALECT;
            let mut known = 0;
            session
                .fetch(dialect.has_journal, &[], &mut |row| {
                    known = row.number(0)?;
                    Ok(())
                })
                .await?;
            if known == 0 {
                session.run(dialect.create_journal.to_owned()).await?;
            }
            Ok(())
        })
        .await
    }

    async fn reading_on<T>(
        &self,
        session: &mut D::Session,
        compiled: Option<&Compiled>,
        work: impl AsyncFnOnce(&mut D::Session) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        within(session, self.limits.statement, async |session| {
            if let Some(compiled) = compiled {
                session.set_up(compiled).await?;
            }
            session.begin(false).await?;
            let outcome = work(session).await;
            let undone = session.rollback().await;
            let outcome = outcome?;
            undone?;
            Ok(outcome)
        })
        .await
    }

    pub(super) async fn writing_on<T>(
        &self,
        session: &mut D::Session,
        compiled: Option<&Compiled>,
        work: impl AsyncFnOnce(&mut D::Session) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        within(session, self.limits.statement, async |session| {
            if let Some(compiled) = compiled {
                session.set_up(compiled).await?;
            }
            session.begin(true).await?;
            let outcome = work(session).await;
            match outcome {
                Ok(_) => session.commit().await?,
                // Without a connection there is nothing left to undo.
                Err(_) => session.rollback().await.unwrap_or_default(),
            }
            outcome
        })
        .await
    }
}

/// Runs work, and stops it when its time is over.
pub(super) async fn within<S: Session, T>(
    session: &mut S,
    limit: Duration,
    work: impl AsyncFnOnce(&mut S) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let stop = session.limit(limit).await?;
    let mut work = std::pin::pin!(work(session));
    let Some(stop) = stop else {
        return work.await;
    };
    tokio::select! {
        outcome = &mut work => outcome,
        () = tokio::time::sleep(limit) => {
            stop.store(true, Ordering::Relaxed);
            let outcome = work.await;
            stop.store(false, Ordering::Relaxed);
            outcome
        }
    }
}

/// The one number of a statement.
pub(crate) async fn number<S: Session>(session: &mut S, sql: &str) -> Result<i64, Fault> {
    let mut found = 0;
    session
        .fetch(sql, &[], &mut |row| {
            found = row.number(0)?;
            Ok(())
        })
        .await?;
    Ok(found)
}

/// Whether, and how much of, what an erasure takes is kept.
type Keeping<'a> = Option<(&'a [KeptStep<'a>], usize)>;

/// The transaction of an erasure.
async fn carry_out<S: Session>(
    session: &mut S,
    compiled: &Arc<Compiled>,
    steps: &[EraseStep],
    keeping: Keeping<'_>,
) -> Result<Vec<StepReport>, Fault> {
    let keys: Vec<&str> = steps.iter().map(|step| step.step.as_str()).collect();
    let mut done = Vec::new();
    session
        .fetch(S::DIALECT.read_journal, &[json(&keys)?], &mut |row| {
            done.push((
                row.text(0)?.unwrap_or_default(),
                row.text(1)?.unwrap_or_default(),
            ));
            Ok(())
        })
        .await?;
    let todo = super::todo(steps, &done);
    if todo.is_empty() {
        return super::reports(steps, &done);
    }
    let keys: Vec<&str> = todo.iter().map(|step| step.step.as_str()).collect();
    session
        .execute(S::DIALECT.claim, &[json(&keys)?])
        .await
        .map_err(|fault| match fault {
            // Another worker carried one of them out meanwhile.
            Fault::Database(reason) | Fault::Taken(reason) => Fault::Conflict(reason),
            fault => fault,
        })?;
    // Steps that cannot be counted, or kept, apart go one after the other.
    let apart = keeping.is_some() || !compiled.plan.batches;
    let together = if apart { 1 } else { todo.len() };
    for chunk in todo.chunks(together.max(1)) {
        for report in erase_chunk(session, compiled, chunk, keeping).await? {
            let effects = json(&report.effects)?;
            session
                .execute(S::DIALECT.record, &[effects.clone(), report.step.clone()])
                .await?;
            done.push((report.step, effects));
        }
        empty(session, compiled).await?;
    }
    super::reports(steps, &done)
}

async fn erase_chunk<S: Session>(
    session: &mut S,
    compiled: &Arc<Compiled>,
    chunk: &[&EraseStep],
    keeping: Keeping<'_>,
) -> Result<Vec<StepReport>, Fault> {
    let targets: Vec<&[Identity]> = chunk
        .iter()
        .map(|step| step.identities.as_slice())
        .collect();
    let mut about = Fill::of_people(compiled, &targets, Extent::Changes, true);
    about.lines.extend(compiled.old_key_lines(chunk)?);
    fill(session, compiled, &about).await?;
    let kept = keeping.and_then(|(kept, bytes_max)| {
        let own = kept.iter().find(|own| chunk.contains(&own.step))?;
        Some((own, bytes_max))
    });
    let effects = match kept {
        Some((KeptStep { step, sealer }, bytes_max)) => {
            let catch = Catch::new(&compiled.plan, &step.step, *sealer, bytes_max)?;
            write_out_keeping(session, compiled, &step.step, catch).await?
        }
        None => write_out(session, compiled, chunk.len()).await?,
    };
    let reports = chunk.iter().zip(effects).map(|(step, effects)| StepReport {
        step: step.step.clone(),
        effects,
    });
    Ok(reports.collect())
}

pub(super) fn too_large() -> Fault {
    Fault::Refused(vec![
        "its server cannot send a row this large: raise `max_allowed_packet`".to_owned(),
    ])
}

/// Leaves nothing of anybody in the temporary tables.
pub(crate) async fn empty<S: Session>(session: &mut S, compiled: &Compiled) -> Result<(), Fault> {
    let mut sql = "DELETE FROM candor_identity".to_owned();
    for work in compiled.tables.works() {
        sql.push_str(&format!("; DELETE FROM {}", work.name));
    }
    session.run(sql).await
}

/// Makes the works; where they are to be written, in a way that keeps the rows
/// as they are.
pub(crate) async fn fill<S: Session>(
    session: &mut S,
    compiled: &Compiled,
    about: &Fill,
) -> Result<(), Fault> {
    let tables = &compiled.tables;
    let lines = [json(&about.lines)?];
    session.execute(S::DIALECT.fill_identities, &lines).await?;
    let (sets, loosened) = match &tables.locking {
        Some((sets, loosened)) if about.writing => {
            for sql in &tables.locks {
                session.fetch(sql, &[], &mut |_| Ok(())).await?;
            }
            (sets, loosened)
        }
        _ if about.alone => (&tables.alone.0, &tables.alone.1),
        _ => (&tables.sets, &tables.loosened),
    };
    let wanted = match about.extent {
        Extent::Lines => 0,
        // They stand first.
        Extent::Seeds => compiled.plan.seeds.len(),
        Extent::Sets | Extent::Counts | Extent::Changes => sets.len(),
    };
    let sets = sets.iter().take(wanted);
    let loosened = loosened.iter().filter(|_| about.extent >= Extent::Counts);
    let changed = tables.changed.iter();
    let changed = changed.filter(|_| about.extent >= Extent::Changes);
    for work in sets.chain(loosened).chain(changed) {
        fill_work(session, work, about).await?;
    }
    Ok(())
}

async fn fill_work<S: Session>(session: &mut S, work: &Work, about: &Fill) -> Result<(), Fault> {
    let columns = work.columns.join(", ");
    let mut sql = if work.recursive {
        format!(
            "INSERT INTO {0} WITH RECURSIVE {0}({columns}) AS ({1}) SELECT {columns} FROM {0}",
            work.name, work.select
        )
    } else {
        format!("INSERT INTO {} ({columns}) {}", work.name, work.select)
    };
    if work.bounded {
        if let Some(rows) = about.rows {
            sql.push_str(&format!(" LIMIT {rows}"));
        }
        if about.writing {
            sql.push_str(" FOR UPDATE SKIP LOCKED");
        }
    }
    session.execute(&sql, &[]).await?;
    let mut round = 0;
    let mut added = u64::from(!work.rounds.is_empty());
    while added > 0 {
        if round == ROUNDS_MAX {
            return Err(Fault::Refused(vec![format!(
                "more than {ROUNDS_MAX} rows own one another in a chain"
            )]));
        }
        added = 0;
        for sql in &work.rounds {
            added += session.execute(sql, &[round.to_string()]).await?;
        }
        round += 1;
    }
    Ok(())
}

pub(crate) async fn count<S: Session>(
    session: &mut S,
    sql: Option<&str>,
) -> Result<Vec<Count>, Fault> {
    let mut counts = Vec::new();
    if let Some(sql) = sql {
        session
            .fetch(sql, &[], &mut |row| {
                counts.push((
                    row.number(0)?,
                    row.number(1)?,
                    row.number(2)?,
                    row.number(3)?,
                ));
                Ok(())
            })
            .await?;
    }
    Ok(counts)
}

/// Each line of a search, as it comes.
pub(crate) async fn lines<S: Session>(
    session: &mut S,
    sql: &str,
    width: usize,
    take: TakeLine<'_>,
) -> Result<(), Fault> {
    session
        .fetch(sql, &[], &mut |row| {
            let values = (0..width).map(|place| row.text(place + 2));
            take((
                place(row, 0)?,
                place(row, 1)?,
                values.collect::<Result<_, _>>()?,
            ))
        })
        .await
}

/// The only column of a statement.
pub(crate) async fn texts<S: Session>(
    session: &mut S,
    sql: &str,
    parameters: &[String],
) -> Result<Vec<String>, Fault> {
    let mut texts = Vec::new();
    session
        .fetch(sql, parameters, &mut |row| {
            texts.extend(row.text(0)?);
            Ok(())
        })
        .await?;
    Ok(texts)
}

pub(super) fn place(row: &dyn Cells, place: usize) -> Result<usize, Fault> {
    Ok(usize::try_from(row.number(place)?).unwrap_or_default())
}

/// A parameter that is a list.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value)
        .map_err(|_| Fault::Database("a parameter cannot be written".to_owned()))
}
