//! Erasures that can be taken back, in databases that keep work sets in
//! temporary tables: what goes is read before the writes, what changes before
//! and after them, all in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use candor_domain::plan::TableEffect;
use candor_domain::undo::TableReturn;
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;

use super::persistently;
use super::session::{Driver, Session};
use super::tables::{Tables, number, place, too_large, within};
use super::writing::write_out;
use crate::compiled::Compiled;
use crate::error::Fault;
use crate::source::{EraseStep, KeptStep, StepReport};
use crate::sql::undo::is_told_apart;
use crate::undo::{self, Catch, Sealer};

impl<D: Driver> Tables<D> {
    /// Carries out steps in one transaction, and keeps what each takes.
    pub(crate) async fn erase_keeping(
        &self,
        map: &SourceMap,
        kept: &[KeptStep<'_>],
    ) -> Result<Vec<StepReport>, Fault> {
        let steps: Vec<EraseStep> = kept.iter().map(|own| own.step.clone()).collect();
        persistently(|| self.attempt(map, &steps, Some(kept))).await
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
        let (mut session, compiled) = self.ready(map).await?;
        self.journal_on(&mut session).await?;
        self.kept_on(&mut session, compiled.plan.kind).await?;
        session.looks_itself();
        self.writing_on(&mut session, None, async |session| {
            undo::restore(session, &compiled, steps, sealer).await
        })
        .await
    }

    /// Removes what is kept of steps.
    pub(crate) async fn forget(&self, kind: SourceKind, steps: &[String]) -> Result<(), Fault> {
        let mut session = self.driver.session().await?;
        if number(&mut session, undo::is_there(kind)).await? == 0 {
            return Ok(());
        }
        self.writing_on(&mut session, None, async |session| {
            for step in steps {
                undo::forget(session, kind, step).await?;
            }
            Ok(())
        })
        .await
    }

    pub(super) async fn kept_on(
        &self,
        session: &mut D::Session,
        kind: SourceKind,
    ) -> Result<(), Fault> {
        within(session, self.limits.statement, async |session| {
            if number(session, undo::is_there(kind)).await? == 0 {
                session.run(undo::create(kind).to_owned()).await?;
            }
            Ok(())
        })
        .await
    }
}

/// The same for one step, of which everything is kept that it takes.
pub(super) async fn write_out_keeping<S: Session>(
    session: &mut S,
    compiled: &Arc<Compiled>,
    step: &str,
    mut catch: Catch<'_>,
) -> Result<Vec<Vec<TableEffect>>, Fault> {
    let (deleted, changed) = &compiled.tables.kept;
    for sql in deleted {
        session
            .fetch(sql, &[], &mut |row| {
                let was = row.text(1)?.ok_or_else(too_large)?;
                catch.take(place(row, 0)?, &was, None)
            })
            .await?;
    }
    let before = images(session, changed).await?;
    let effects = write_out(session, compiled, 1).await?;
    let after = images(session, changed).await?;
    let after: HashMap<(usize, String), String> = after.into_iter().collect();
    for ((table, place), was) in before {
        let is_told = compiled.plan.tables.get(table).is_some_and(is_told_apart);
        let key = (table, place);
        // An empty list stands for a row that cannot be found again.
        let became = after.get(&key).filter(|_| is_told).map_or("[]", |own| own);
        catch.take(table, &was, Some(became))?;
    }
    undo::keep(session, compiled.plan.kind, step, catch.finish()?).await?;
    Ok(effects)
}

/// Images of rows that change, by table and place.
async fn images<S: Session>(
    session: &mut S,
    statements: &[String],
) -> Result<Vec<((usize, String), String)>, Fault> {
    let mut images = Vec::new();
    for sql in statements {
        session
            .fetch(sql, &[], &mut |row| {
                let image = row.text(1)?.ok_or_else(too_large)?;
                let key = (place(row, 0)?, row.text(2)?.unwrap_or_default());
                images.push((key, image));
                Ok(())
            })
            .await?;
    }
    Ok(images)
}
