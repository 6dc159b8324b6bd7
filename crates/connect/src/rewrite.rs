//! Writing values into a person's own rows: what they had put right (GDPR,
//! Article 16), and marks that say what may be done with the rows. One
//! transaction for each source, once under a key; tried out before, by doing it
//! and undoing it; read again afterwards. Refuses a row that is somebody else's
//! as well, and says of a value that the database does not take where, and
//! never which.

use std::sync::{Arc, OnceLock};

use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::{Action, Residue, SourcePreview, TableEffect};
use candor_domain::rectification::Writing;
use candor_policy::charter::SourceKind;
use candor_policy::map::Content;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::catalogue::{Catalogue, Class, Relation};
use crate::compiled::{Compiled, PostgresStatements, TableStatements};
use crate::engine::hand::PostgresHand;
use crate::engine::postgres::{Postgres, arguments, count, prepare_journal, push};
use crate::engine::session::{Cells, Driver, Session as _};
use crate::engine::tables::{Extent, Fill, Tables, count as counted, empty, fill, json};
use crate::engine::{Count, persistently};
use crate::error::{Fault, SourceError};
use crate::indexes::Passed;
use crate::plan::Plan;
use crate::source::{Engine, Source, StepReport, not_a_database};
use crate::sql::rewrite::{self, Change, REWRITTEN, Statement};
use crate::sql::work::{self, Reading};
use crate::undo::{journalled, placed};

/// Values to write for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewriteStep {
    /// Under this key it is done once, however often it is asked for. Kept in
    /// the source's journal, so it must say nothing about the person.
    pub step: String,
    /// What leads to the person.
    pub identities: Vec<Identity>,
    /// What to write.
    pub writings: Vec<Writing>,
}

impl Source {
    /// Whether anything can be written here at all.
    ///
    /// # Errors
    ///
    /// [`SourceError`] where a service can't say.
    pub async fn can_rewrite(&self) -> Result<bool, SourceError> {
        match self.service() {
            None => Ok(true),
            Some(service) => {
                let can = service.can_rectify(self.map()).await;
                can.map_err(|fault| self.named(fault))
            }
        }
    }

    /// Tries it out: does it in a transaction that is undone. A service says
    /// what it would do.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn try_rewriting(
        &self,
        identities: &[Identity],
        writings: &[Writing],
    ) -> Result<SourcePreview, SourceError> {
        let tried = match self.service() {
            None => self.tried(identities, writings).await,
            Some(service) => {
                let tried = service.try_rectifying(self.map(), identities, writings);
                tried.await
            }
        };
        tried.map_err(|fault| self.named(fault))
    }

    /// Writes the values, exactly once.
    ///
    /// # Errors
    ///
    /// [`SourceError`]; [`SourceError::Unfit`] where the database does not take
    /// a value. Nothing is written then.
    pub async fn rewrite(&self, step: &RewriteStep) -> Result<StepReport, SourceError> {
        let effects = match self.service() {
            None => self.rewritten(step).await,
            Some(service) => service.rectify(self.map(), step).await,
        };
        let effects = effects.map_err(|fault| self.named(fault))?;
        Ok(StepReport {
            step: step.step.clone(),
            effects,
        })
    }

    /// Reads again what was written: the rows that don't hold it. `effects` is
    /// what the writing reported; rows that can't be found any more count as
    /// well.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn unwritten(
        &self,
        identities: &[Identity],
        writings: &[Writing],
        effects: &[TableEffect],
    ) -> Result<Vec<Residue>, SourceError> {
        let left = match self.service() {
            None => self.left(identities, writings, effects).await,
            Some(service) => {
                let source = (self.name(), self.map());
                let left = service.unrectified(source, identities, writings, effects);
                left.await
            }
        };
        left.map_err(|fault| self.named(fault))
    }

    async fn tried(
        &self,
        identities: &[Identity],
        writings: &[Writing],
    ) -> Result<SourcePreview, Fault> {
        let known = self.compiled().await?;
        let (changes, mut obstacles) = changes(&known, writings);
        let about = |step: Option<&'static str>| Attempt {
            identities,
            step: step.map(str::to_owned),
        };
        let whole = self.attempt(&known, &about(None), &changes).await;
        match whole.map_err(unfit) {
            Ok(effects) if obstacles.is_empty() => {
                return Ok(SourcePreview {
                    obstacles,
                    ..SourcePreview::of(effects)
                });
            }
            Ok(_) | Err(Fault::Unfit(_)) => {}
            Err(fault) => return Err(fault),
        }
        // The database names the column of few errors: one after the other,
        // each tells by itself.
        for change in &changes {
            let alone = std::slice::from_ref(change);
            match self
                .attempt(&known, &about(None), alone)
                .await
                .map_err(unfit)
            {
                Ok(_) => {}
                Err(Fault::Unfit(why)) => obstacles.push(sentence(&known.plan, change, why)),
                Err(fault) => return Err(fault),
            }
        }
        if obstacles.is_empty() {
            obstacles.push("the values can't be written together".to_owned());
        }
        let effects = self.attempt(&known, &about(None), &[]).await?;
        Ok(SourcePreview {
            obstacles,
            ..SourcePreview::of(effects)
        })
    }

    async fn rewritten(&self, step: &RewriteStep) -> Result<Vec<TableEffect>, Fault> {
        let known = self.compiled().await?;
        let (changes, obstacles) = changes(&known, &step.writings);
        if !obstacles.is_empty() {
            return Err(Fault::Unfit(obstacles.join("; ")));
        }
        let about = Attempt {
            identities: &step.identities,
            step: Some(step.step.clone()),
        };
        let written = persistently(async || {
            let attempt = self.attempt(&known, &about, &changes).await;
            attempt.map_err(unfit)
        });
        written.await
    }

    async fn attempt(
        &self,
        known: &Compiled,
        about: &Attempt<'_>,
        changes: &[Change],
    ) -> Result<Vec<TableEffect>, Fault> {
        let compiled = Arc::new(compiled(known, changes));
        let limit = self.limits().statement;
        match self.engine() {
            Engine::Postgres(own) => {
                let done = postgres(own, self, &compiled, about, changes);
                self.unless_silent(limit, done).await
            }
            Engine::Mysql(own) => {
                let done = tables(own, &compiled, about, changes);
                self.unless_silent(limit, done).await
            }
            Engine::Sqlite(own) => tables(own, &compiled, about, changes).await,
            Engine::Service(_) => Err(not_a_database()),
        }
    }

    async fn left(
        &self,
        identities: &[Identity],
        writings: &[Writing],
        effects: &[TableEffect],
    ) -> Result<Vec<Residue>, Fault> {
        let known = self.compiled().await?;
        let (changes, obstacles) = changes(&known, writings);
        if !obstacles.is_empty() {
            return Err(Fault::Refused(obstacles));
        }
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let compiled = compiled(&known, &changes);
        let limit = self.limits().statement;
        let lines = match self.engine() {
            Engine::Postgres(own) => {
                let read = reread(own, self, &compiled, identities, &changes);
                self.unless_silent(limit, read).await?
            }
            Engine::Mysql(own) => {
                let read = reread_tables(own, &compiled, identities, &changes);
                self.unless_silent(limit, read).await?
            }
            Engine::Sqlite(own) => reread_tables(own, &compiled, identities, &changes).await?,
            Engine::Service(_) => return Err(not_a_database()),
        };
        Ok(residue(&known.plan, &changes, &lines, effects))
    }
}

/// Whose rows, and under which key; without one it is undone.
struct Attempt<'a> {
    identities: &'a [Identity],
    step: Option<String>,
}

/// The writings as changes of planned columns, and why some can't be made.
fn changes(known: &Compiled, writings: &[Writing]) -> (Vec<Change>, Vec<String>) {
    let mut changes = Vec::new();
    let mut obstacles = Vec::new();
    for writing in writings {
        let (table_name, column_name) = (&writing.table, &writing.column);
        let mut tables = known.plan.tables.iter().enumerate();
        let found = tables.find(|(_, table)| table.name == *table_name && table.reached);
        let column = found.and_then(|(_, table)| table.column(column_name));
        let (Some((index, _)), Some(column)) = (found, column) else {
            obstacles.push(format!(
                "`{table_name}.{column_name}` is no one's by the map"
            ));
            continue;
        };
        if let Some(why) = forbidden(&known.catalogue, table_name, column) {
            obstacles.push(format!("`{table_name}.{column_name}` {why}"));
            continue;
        }
        changes.push(Change {
            table: index,
            value: writing.value.as_ref().map(|value| {
                let exposed = value.expose("it is written as the column takes it");
                Personal::new(as_written(known.plan.kind, column.class, exposed))
            }),
            column: column.clone(),
            was: writing.was.clone(),
        });
    }
    (changes, obstacles)
}

/// Why nothing may be written into a column, whatever the value.
fn forbidden(
    catalogue: &Catalogue,
    table_name: &str,
    column: &crate::plan::PlannedColumn,
) -> Option<String> {
    let table = catalogue.table(table_name)?;
    if column.generated {
        return Some("is computed by the database".to_owned());
    }
    if column.content == Content::Key || column.class == Class::Bytes {
        return Some("holds a key or bytes, which nobody can put right".to_owned());
    }
    if table.relation == Relation::Untransacted {
        return Some("is in a table whose engine cannot undo a write".to_owned());
    }
    if matches!(table.relation, Relation::Copy | Relation::Outside) {
        return Some("is made from something else: put that right".to_owned());
    }
    let mut triggers = table.triggers.iter();
    if let Some(trigger) = triggers.find(|trigger| trigger.writes && trigger.on_update) {
        return Some(format!(
            "has the trigger `{}`, which may write what the map does not say",
            trigger.name
        ));
    }
    let mut keys = catalogue
        .tables
        .values()
        .flat_map(|table| &table.foreign_keys);
    let named =
        keys.any(|key| key.target == *table_name && key.target_columns.contains(&column.name));
    named.then(|| "is named by rows of other tables".to_owned())
}

/// Databases without a type for it write yes and no as numbers.
fn as_written(kind: SourceKind, class: Class, value: &str) -> String {
    let is_number = class == Class::Integer || class == Class::Other;
    match (kind, value) {
        (SourceKind::Mysql | SourceKind::Sqlite, "true") if is_number => "1".to_owned(),
        (SourceKind::Mysql | SourceKind::Sqlite, "false") if is_number => "0".to_owned(),
        _ => value.to_owned(),
    }
}

/// What the database says of a value, where it is about the value.
fn unfit(fault: Fault) -> Fault {
    match fault {
        Fault::Taken(_) => {
            Fault::Unfit("must be unique, and another row has this value".to_owned())
        }
        Fault::Dangling(_) => Fault::Unfit("must name a row that exists".to_owned()),
        fault => fault,
    }
}

fn sentence(plan: &Plan, change: &Change, why: String) -> String {
    let table = plan
        .tables
        .get(change.table)
        .map(|table| table.name.as_str());
    format!(
        "`{}.{}` {why}",
        table.unwrap_or_default(),
        change.column.name
    )
}

fn compiled(known: &Compiled, changes: &[Change]) -> Compiled {
    let plan = rewrite::staying(&known.plan);
    let wanted = rewrite::tables_of(changes);
    let sets = |reading| rewrite::works(&plan, reading, &wanted);
    let is_mysql = plan.kind == SourceKind::Mysql;
    let tables = if plan.kind == SourceKind::Postgres {
        TableStatements::default()
    } else {
        TableStatements {
            sets: sets(Reading::Plain),
            locking: is_mysql.then(|| (sets(Reading::Locking), Vec::new())),
            counts: Some(crate::sql::erase::counts(&plan, Reading::Plain).join("\nUNION ALL ")),
            ..TableStatements::default()
        }
    };
    Compiled {
        // Its temporary tables are others than those of the plan about people.
        stamp: format!("{}/rewrite/{wanted:?}", known.stamp),
        catalogue: known.catalogue.clone(),
        slots: work::slots(&plan),
        identities: None,
        captured: Vec::new(),
        scans: Vec::new(),
        unsearched: Vec::new(),
        passed: Passed::default(),
        late: OnceLock::new(),
        postgres: PostgresStatements::default(),
        tables,
        plan,
    }
}

async fn postgres(
    postgres: &Postgres,
    source: &Source,
    compiled: &Compiled,
    about: &Attempt<'_>,
    changes: &[Change],
) -> Result<Vec<TableEffect>, Fault> {
    let (mut lease, _) = postgres.ready(source.map()).await?;
    if about.step.is_some() {
        prepare_journal(&mut lease).await?;
    }
    let mut transaction = lease.begin().await?;
    if let Some(step) = &about.step
        && let Some(done) = claim(&mut PostgresHand(&mut transaction), compiled, step).await?
    {
        return Ok(done);
    }
    let first = 2 * compiled.slots.len() + 1;
    let statement = rewrite::postgres(&compiled.plan, changes, first);
    let counts = run(&mut transaction, compiled, about.identities, statement).await?;
    let effects = effects(&compiled.plan, &counts);
    let Some(step) = &about.step else {
        sqlx::raw_sql("SET CONSTRAINTS ALL IMMEDIATE")
            .execute(&mut *transaction)
            .await?;
        transaction.rollback().await?;
        return Ok(effects);
    };
    record(
        &mut PostgresHand(&mut transaction),
        compiled,
        step,
        &effects,
    )
    .await?;
    transaction.commit().await?;
    Ok(effects)
}

async fn run(
    connection: &mut sqlx::PgConnection,
    compiled: &Compiled,
    identities: &[Identity],
    statement: Statement,
) -> Result<Vec<Count>, Fault> {
    let mut arguments = arguments(compiled, &[identities]);
    for value in statement.values {
        push(&mut arguments, value);
    }
    let rows = sqlx::query_with(AssertSqlSafe(statement.sql), arguments)
        .fetch_all(connection)
        .await?;
    rows.iter().map(count).collect()
}

async fn tables<D: Driver>(
    tables: &Tables<D>,
    compiled: &Arc<Compiled>,
    about: &Attempt<'_>,
    changes: &[Change],
) -> Result<Vec<TableEffect>, Fault> {
    if about.step.is_some() {
        tables.prepare_journal().await?;
    }
    let targets = [about.identities];
    let people = Fill::of_people(compiled, &targets, Extent::Sets, true);
    let mut tried = None;
    let done = tables
        .writing(Some(compiled), async |session| {
            if compiled.plan.kind == SourceKind::Sqlite {
                // Told at once, not when it is too late to say where.
                session
                    .run("PRAGMA defer_foreign_keys = OFF".to_owned())
                    .await?;
            }
            if let Some(step) = &about.step
                && let Some(done) = claim(session, compiled, step).await?
            {
                return Ok(done);
            }
            fill(session, compiled, &people).await?;
            let mut counts = counted(session, compiled.tables.counts.as_deref()).await?;
            for (table, statement) in rewrite::tables(&compiled.plan, changes) {
                let rows = session.execute(&statement.sql, &statement.values).await?;
                let rows = i64::try_from(rows).unwrap_or(i64::MAX);
                let table = i64::try_from(table).unwrap_or_default();
                counts.push((table, REWRITTEN, 0, rows));
            }
            let effects = effects(&compiled.plan, &counts);
            let Some(step) = &about.step else {
                tried = Some(effects);
                return Err(Fault::Pending("tried out".to_owned()));
            };
            empty(session, compiled).await?;
            record(session, compiled, step, &effects).await?;
            Ok(effects)
        })
        .await;
    match tried {
        Some(effects) => Ok(effects),
        None => done,
    }
}

/// What the journal knows of the step; else it is claimed in the transaction:
/// whoever does so second waits for the first, and then fails.
async fn claim<H: crate::engine::hand::Hand>(
    hand: &mut H,
    compiled: &Compiled,
    step: &str,
) -> Result<Option<Vec<TableEffect>>, Fault> {
    let kind = compiled.plan.kind;
    if let Some(known) = journalled(hand, kind, step).await? {
        let known = serde_json::from_str(&known);
        return known
            .map(Some)
            .map_err(|_| Fault::Database("the journal holds something else".to_owned()));
    }
    let claim = "/* candor: this is being written */ INSERT INTO candor_journal (step, effects) VALUES ($1, '')";
    let claimed = hand.write(&placed(kind, claim), &[step.to_owned()]).await;
    claimed.map_err(|fault| match fault {
        Fault::Taken(reason) => Fault::Conflict(reason),
        fault => fault,
    })?;
    Ok(None)
}

async fn record<H: crate::engine::hand::Hand>(
    hand: &mut H,
    compiled: &Compiled,
    step: &str,
    effects: &[TableEffect],
) -> Result<(), Fault> {
    let done =
        "/* candor: this was written */ UPDATE candor_journal SET effects = $1 WHERE step = $2";
    let sql = placed(compiled.plan.kind, done);
    hand.write(&sql, &[json(effects)?, step.to_owned()]).await?;
    Ok(())
}

/// Rows that were rewritten, and those of the person that were not.
fn effects(plan: &Plan, counts: &[Count]) -> Vec<TableEffect> {
    let mut effects = Vec::new();
    for (index, table) in (0_i64..).zip(&plan.tables) {
        let rows = |is_rewritten: bool| -> u64 {
            let own = counts
                .iter()
                .filter(|(of, action, ..)| *of == index && (*action == REWRITTEN) == is_rewritten);
            own.map(|(.., rows)| u64::try_from(*rows).unwrap_or_default())
                .sum()
        };
        let rewritten = rows(true);
        let stay = rows(false).saturating_sub(rewritten);
        for (action, rows) in [(Action::Rewrite, rewritten), (Action::Keep, stay)] {
            if rows > 0 {
                effects.push(TableEffect {
                    table: table.name.clone(),
                    action,
                    rows,
                    because: None,
                });
            }
        }
    }
    effects
}

async fn reread(
    postgres: &Postgres,
    source: &Source,
    compiled: &Compiled,
    identities: &[Identity],
    changes: &[Change],
) -> Result<Vec<Count>, Fault> {
    let (mut lease, _) = postgres.ready(source.map()).await?;
    let first = 2 * compiled.slots.len() + 1;
    let statement = rewrite::reread(&compiled.plan, changes, first);
    run(&mut lease, compiled, identities, statement).await
}

async fn reread_tables<D: Driver>(
    tables: &Tables<D>,
    compiled: &Compiled,
    identities: &[Identity],
    changes: &[Change],
) -> Result<Vec<Count>, Fault> {
    let people = Fill::of_people(compiled, &[identities], Extent::Sets, false);
    let statement = rewrite::reread(&compiled.plan, changes, 1);
    tables
        .reading(Some(compiled), async |session| {
            fill(session, compiled, &people).await?;
            let mut counts = Vec::new();
            let take = &mut |row: &dyn Cells| {
                let number = |place| row.number(place);
                counts.push((number(0)?, number(1)?, number(2)?, number(3)?));
                Ok(())
            };
            session
                .fetch(&statement.sql, &statement.values, take)
                .await?;
            Ok(counts)
        })
        .await
}

/// Rows that don't hold what was written, and rows that were written and are
/// not found again.
fn residue(
    plan: &Plan,
    changes: &[Change],
    lines: &[Count],
    effects: &[TableEffect],
) -> Vec<Residue> {
    let mut residue = Vec::new();
    for (place, change) in (0_i64..).zip(changes) {
        let Some(table) = plan.tables.get(change.table) else {
            continue;
        };
        let line = lines.iter().find(|(of, ..)| *of == place);
        let (wrong, right) = line.map_or((0, 0), |(_, _, wrong, right)| (*wrong, *right));
        let as_rows = |rows: i64| u64::try_from(rows).unwrap_or_default();
        let of_table = changes.iter().filter(|one| one.table == change.table);
        let written: u64 = effects
            .iter()
            .filter(|effect| effect.table == table.name && effect.action == Action::Rewrite)
            .map(|effect| effect.rows)
            .sum();
        // Of several columns, a row may have been written for another one.
        let alone = of_table.count() == 1;
        let lost = written.saturating_sub(as_rows(right));
        let rows = as_rows(wrong).max(if alone { lost } else { 0 });
        if rows > 0 {
            residue.push(Residue {
                table: table.name.clone(),
                column: change.column.name.clone(),
                rows,
            });
        }
    }
    residue
}
