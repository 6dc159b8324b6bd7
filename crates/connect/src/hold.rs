//! Holds in one source: what they keep of somebody who is to be erased, and
//! which rows a sweep has to leave. An erasure under a hold follows a map in
//! which the tables concerned are kept, with whatever their rows name, so that
//! a held row stays as it is to the last column. Refuses where holds keep more
//! than a statement can name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use candor_domain::hold::Standing;
use candor_domain::identity::Identity;
use candor_domain::sweep::SweepOrder;
use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{SourceMap, Whose};
use sqlx::AssertSqlSafe;

use crate::compiled::{Compiled, PostgresStatements, TableStatements};
use crate::engine::Line;
use crate::engine::postgres::{Postgres, arguments, line};
use crate::engine::session::Driver;
use crate::engine::tables::{Extent, Fill, Tables, fill, lines};
use crate::error::{Fault, SourceError};
use crate::indexes::Passed;
use crate::plan::Plan;
use crate::source::{Engine, Source, not_a_database};
use crate::sql::held::{self, Hold, Look};
use crate::sql::work;
use crate::tenant::View;

/// The most rows of one table, or people, that holds may keep from a sweep.
pub const HELD_MAX: usize = 100_000;

impl Source {
    /// The tables in which rows of a person stay because of a hold, each with
    /// what stands in a record as the reason: where the hold covers it and is
    /// about the person, about somebody whose rows these are as well, or about
    /// a row that names one of these.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn held(
        &self,
        identities: &[Identity],
        holds: &[Standing],
    ) -> Result<BTreeMap<String, String>, SourceError> {
        if holds.is_empty() {
            return Ok(BTreeMap::new());
        }
        if self.is_service() {
            return Ok(self.kept_by_service(identities, holds));
        }
        let kept = self.kept(identities, holds).await;
        kept.map_err(|fault| self.named(fault))
    }

    /// The same source under a map that keeps these tables.
    ///
    /// # Errors
    ///
    /// [`SourceError`]; refused of a service, which knows no holds: what it has
    /// of somebody on hold is left alone as a whole.
    pub fn holding(&self, kept: &BTreeMap<String, String>) -> Result<Self, SourceError> {
        self.under(keeping(self.map(), kept))
    }

    /// The order, with the rows that it has to leave.
    ///
    /// # Errors
    ///
    /// [`SourceError`]; refused also where more than [`HELD_MAX`] rows stay.
    pub async fn sparing(
        &self,
        order: &SweepOrder,
        holds: &[Standing],
    ) -> Result<SweepOrder, SourceError> {
        let mut sparing = order.clone();
        if holds.is_empty() {
            return Ok(sparing);
        }
        let spared = self.spared_of_all(order, holds).await;
        sparing.spared = spared.map_err(|fault| self.named(fault))?;
        Ok(sparing)
    }

    async fn spared_of_all(
        &self,
        order: &SweepOrder,
        holds: &[Standing],
    ) -> Result<BTreeMap<String, Vec<String>>, Fault> {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let units = self.units(order).await?;
        let whose: BTreeSet<&Whose> = holds.iter().map(|hold| &hold.whose).collect();
        for whose in whose {
            let own = holds.iter().filter(|hold| hold.whose == *whose);
            let own: Vec<Standing> = own.cloned().collect();
            let view = self.view(whose);
            let view = view.map_err(|error| Fault::Refused(vec![error.to_string()]))?;
            let source = match &view {
                View::Whole => self,
                View::Part(part) => part,
                View::Nothing => continue,
            };
            for unit in &units {
                for (table, marks) in source.spared(unit.plan(), &own).await? {
                    all.entry(table).or_default().extend(marks);
                }
            }
        }
        Ok(all)
    }

    /// What leads to the people whose rows a flag holds, for each hold.
    pub(crate) async fn flagged(
        &self,
        holds: &[Standing],
    ) -> Result<Vec<(usize, Identity)>, Fault> {
        let known = self.compiled().await?;
        // Where a flag holds only its own table, the row is enough.
        let wide = holds.iter().map(|hold| hold.is_wide());
        let mut own = self.seen(&known.plan, holds);
        for (hold, is_wide) in own.iter_mut().zip(wide) {
            hold.flags.retain(|_| is_wide);
        }
        if own.iter().all(|hold| hold.flags.is_empty()) {
            return Ok(Vec::new());
        }
        let plan = held::looking(&known.plan);
        let slots = work::slots(&plan);
        let look = held::people(&plan, &own);
        let found = self.look(&known, plan, look, &[]).await?;
        let people = found.into_iter().filter_map(|(place, step, mut values)| {
            let slot = slots.get(place)?;
            let value = values.pop().flatten()?;
            Some((step.checked_sub(1)?, Identity::new(&slot.root.kind, &value)))
        });
        Ok(people.collect())
    }

    /// Marks of the rows of tables that a plan may not take, by table.
    async fn spared(
        &self,
        swept: &Plan,
        holds: &[Standing],
    ) -> Result<BTreeMap<String, Vec<String>>, Fault> {
        let known = self.compiled().await?;
        let own = self.seen(&known.plan, holds);
        if own
            .iter()
            .all(|hold| hold.covers.is_empty() && hold.flags.is_empty())
        {
            return Ok(BTreeMap::new());
        }
        let wanted: BTreeSet<usize> = swept.seeds.iter().map(|seed| seed.table).collect();
        let wanted: Vec<usize> = wanted.into_iter().collect();
        let plan = held::looking(&known.plan);
        let look = held::marks(&plan, swept, &own, &wanted);
        let people: Vec<Vec<Identity>> = holds.iter().map(|hold| hold.people.concat()).collect();
        let found = self.look(&known, plan, look, &steps(&[], &people)).await?;
        let mut spared: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (place, _, mut values) in found {
            if let (Some(table), Some(mark)) = (swept.tables.get(place), values.pop().flatten()) {
                spared.entry(table.name.clone()).or_default().push(mark);
            }
        }
        for marks in spared.values_mut() {
            marks.sort();
            marks.dedup();
        }
        Ok(spared)
    }

    /// Everything covered, where a hold is on the person: a service can't tell
    /// whose its records are as well.
    fn kept_by_service(
        &self,
        identities: &[Identity],
        holds: &[Standing],
    ) -> BTreeMap<String, String> {
        let mut kept = BTreeMap::new();
        for hold in holds {
            let mut people = hold.people.iter().flatten();
            if !people.any(|held| identities.contains(held)) {
                continue;
            }
            let tables = self.map().tables.keys();
            for table in tables.filter(|table| hold.covers(self.name(), table)) {
                kept.entry(table.clone()).or_insert_with(|| hold.because());
            }
        }
        kept
    }

    async fn kept(
        &self,
        identities: &[Identity],
        holds: &[Standing],
    ) -> Result<BTreeMap<String, String>, Fault> {
        let known = self.compiled().await?;
        let own = self.seen(&known.plan, holds);
        let plan = held::looking(&known.plan);
        let look = held::tables(&plan, &own);
        let people: Vec<Vec<Identity>> = holds.iter().map(|hold| hold.people.concat()).collect();
        let targets = steps(identities, &people);
        let found = self.look(&known, plan, look, &targets).await?;
        let mut kept = BTreeMap::new();
        for (place, step, _) in found {
            let hold = step.checked_sub(1).and_then(|place| holds.get(place));
            let table = known.plan.tables.get(place);
            if let (Some(hold), Some(table)) = (hold, table) {
                kept.entry(table.name.clone())
                    .or_insert_with(|| hold.because());
                // A flag holds the person, and so all that the hold covers.
                let flagged = hold.flags_of(self.name()).any(|(own, _)| own == table.name);
                let covered = known.plan.tables.iter().filter(|table| {
                    flagged && table.reached && hold.covers(self.name(), &table.name)
                });
                for table in covered {
                    kept.entry(table.name.clone())
                        .or_insert_with(|| hold.because());
                }
            }
        }
        named(&known.plan, &mut kept);
        Ok(kept)
    }

    /// The holds by the places of this source's tables.
    fn seen(&self, plan: &Plan, holds: &[Standing]) -> Vec<Hold> {
        let place = |name: &str| plan.tables.iter().position(|table| table.name == name);
        let own = holds.iter().map(|hold| {
            let is_set = !hold.people.is_empty();
            let covered = plan.tables.iter().enumerate();
            let covered = covered.filter(|(_, table)| hold.covers(self.name(), &table.name));
            let covered = covered.map(|(index, _)| index).filter(|_| is_set);
            Hold {
                covers: with_counting(plan, covered.collect()),
                flags: hold
                    .flags_of(self.name())
                    .filter_map(|(table, column)| Some((place(table)?, column.to_owned())))
                    .collect(),
            }
        });
        own.collect()
    }

    async fn look(
        &self,
        known: &Compiled,
        plan: Plan,
        look: Look,
        targets: &[&[Identity]],
    ) -> Result<Vec<Line>, Fault> {
        if look.results.is_empty() {
            return Ok(Vec::new());
        }
        let compiled = Arc::new(compiled(known, plan, look));
        let found = match self.engine() {
            Engine::Postgres(own) => {
                let found = postgres(own, self.map(), &compiled, targets);
                self.unless_silent(self.limits().statement, found).await?
            }
            Engine::Mysql(own) => {
                let found = tables(own, &compiled, targets);
                self.unless_silent(self.limits().statement, found).await?
            }
            Engine::Sqlite(own) => tables(own, &compiled, targets).await?,
            Engine::Service(_) => return Err(not_a_database()),
        };
        if found.len() > HELD_MAX {
            return Err(too_many());
        }
        Ok(found)
    }
}

fn too_many() -> Fault {
    Fault::Refused(vec![format!(
        "holds keep more than {HELD_MAX} rows or people here"
    )])
}

/// The map with these tables kept, and whatever their rows name.
fn keeping(map: &SourceMap, kept: &BTreeMap<String, String>) -> SourceMap {
    let mut map = map.clone();
    for (name, because) in kept {
        if let Some(table) = map.tables.get_mut(name) {
            table.on_erasure = OnErasure::Keep;
            table.because = Some(because.clone());
        }
    }
    map
}

/// Adds the tables that kept rows refer to, and those to which any of these
/// belong: without them a kept row would have to be changed, or could not be
/// found again.
fn named(plan: &Plan, kept: &mut BTreeMap<String, String>) {
    let add = |kept: &mut BTreeMap<String, String>, from: &str, to: usize| {
        let because = kept.get(from).cloned();
        if let (Some(because), Some(to)) = (because, plan.tables.get(to)) {
            kept.entry(to.name.clone()).or_insert(because);
        }
    };
    let held = kept.clone();
    for table in plan
        .tables
        .iter()
        .filter(|one| held.contains_key(&one.name))
    {
        for cut in &table.cuts {
            add(kept, &table.name, cut.link.target);
        }
    }
    // Each round adds a table or is the last.
    for _ in 0..plan.tables.len() {
        let before = kept.len();
        for table in &plan.tables {
            for link in &table.owners {
                add(kept, &table.name, link.target);
            }
            for link in &table.counted {
                let from = plan.tables.get(link.table).map(|from| from.name.clone());
                add(kept, &from.unwrap_or_default(), link.target);
                // A row that goes with the last that names it is found by it.
                add(kept, &table.name, link.table);
            }
        }
        if kept.len() == before {
            break;
        }
    }
}

/// Tables, and those whose rows lead to theirs by being the last that name them.
fn with_counting(plan: &Plan, mut covered: Vec<usize>) -> Vec<usize> {
    let mut place = 0;
    while let Some(table) = covered.get(place).and_then(|index| plan.tables.get(*index)) {
        for link in &table.counted {
            if !covered.contains(&link.table) {
                covered.push(link.table);
            }
        }
        place += 1;
    }
    covered
}

fn steps<'a>(person: &'a [Identity], people: &'a [Vec<Identity>]) -> Vec<&'a [Identity]> {
    let people = people.iter().map(Vec::as_slice);
    std::iter::once(person).chain(people).collect()
}

fn compiled(known: &Compiled, plan: Plan, look: Look) -> Compiled {
    let results = look.results.join("\nUNION ALL ");
    let is_postgres = plan.kind == SourceKind::Postgres;
    Compiled {
        passed: Passed::default(),
        late: OnceLock::new(),
        // Its temporary tables are others than those of the plan about people.
        stamp: format!("{}/held/{results}", known.stamp),
        catalogue: known.catalogue.clone(),
        slots: work::slots(&plan),
        identities: None,
        captured: Vec::new(),
        scans: Vec::new(),
        unsearched: Vec::new(),
        postgres: PostgresStatements {
            keys: is_postgres.then(|| Arc::from(look.postgres())),
            ..PostgresStatements::default()
        },
        tables: TableStatements {
            sets: look.works,
            keys: (!is_postgres).then_some(results),
            ..TableStatements::default()
        },
        plan,
    }
}

async fn postgres(
    postgres: &Postgres,
    map: &SourceMap,
    compiled: &Compiled,
    targets: &[&[Identity]],
) -> Result<Vec<Line>, Fault> {
    let (mut lease, _) = postgres.ready(map).await?;
    let sql = compiled.postgres.keys.clone().unwrap_or_default();
    let rows = sqlx::query_with(AssertSqlSafe(sql), arguments(compiled, targets))
        .fetch_all(&mut *lease)
        .await?;
    rows.iter().map(|row| line(row, 1)).collect()
}

async fn tables<D: Driver>(
    tables: &Tables<D>,
    compiled: &Compiled,
    targets: &[&[Identity]],
) -> Result<Vec<Line>, Fault> {
    let about = Fill::of_people(compiled, targets, Extent::Sets, false);
    let sql = compiled.tables.keys.clone().unwrap_or_default();
    let mut found = Vec::new();
    tables
        .reading(Some(compiled), async |session| {
            fill(session, compiled, &about).await?;
            let take = &mut |line| {
                found.push(line);
                if found.len() > HELD_MAX {
                    return Err(too_many());
                }
                Ok(())
            };
            lines(session, &sql, 1, take).await
        })
        .await?;
    Ok(found)
}
