//! A rule over all sources. Where it covers tables of a source without an
//! anchor, those rows are found through the people whose anchored rows go: as
//! many people at a time as go next, everything of them elsewhere first, since
//! afterwards nothing would lead there.

use std::collections::BTreeMap;

use candor_domain::hold::Standing;
use candor_domain::identity::Identity;
use candor_domain::plan::TableEffect;
use candor_domain::sweep::{Expiring, Forecast, SweepOrder, SweepRule, Swept};
use jiff::Timestamp;

use super::{SweepRun, clock, of_rule, owner, prefix, read, summed};
use crate::error::{Fault, SourceError};
use crate::resolve::closure;
use crate::source::{EraseStep, Source};
use crate::sql::{name, seed, text};

/// People whose rows elsewhere go before their anchored rows do.
const PEOPLE_AT_ONCE: usize = 200;

/// The sources a rule may need, by name.
pub type Sources<'a> = BTreeMap<&'a str, &'a Source>;

/// Carries a rule out in every source it concerns.
///
/// # Errors
///
/// [`SourceError`] of the first source that stops it; the batches before stay
/// done, and are reported when the run goes on.
pub async fn sweep_rule(
    rule: &SweepRule,
    sources: &Sources<'_>,
    run: &SweepRun<'_>,
) -> Result<BTreeMap<String, Swept>, SourceError> {
    let mut all = BTreeMap::new();
    let started = clock();
    let holds = followed(&rule.holds, sources).await?;
    for order in &rule.orders {
        let source = of(sources, &order.source)?;
        let order = &source.sparing(order, &holds).await?;
        let others = elsewhere(rule, source, sources)?;
        for other in &others {
            let begun = other.begin(&of_rule(order), &prefix(order, run)).await;
            begun.map_err(|fault| other.named(fault))?;
        }
        let mut longest_ms = 0;
        let mut part = order.clone();
        let mut bounds = run.bounds;
        loop {
            bounds.run = run.bounds.run.saturating_sub(started.elapsed());
            if !others.is_empty() && !bounds.run.is_zero() {
                part.before = source.next_people(order).await?;
                let people = source.people_due(&part).await?;
                for (place, person) in people.iter().enumerate() {
                    let known = beside(source, sources);
                    let identities = closure(&known, person).await?.identities;
                    let step = format!("{}{place}/{}", prefix(order, run), owner());
                    for other in &others {
                        let step = EraseStep {
                            step: step.clone(),
                            identities: identities.clone(),
                            keys: Vec::new(),
                        };
                        let kept = other.held(&identities, &holds).await?;
                        if kept.is_empty() {
                            other.erase(&[step]).await?;
                        } else if !other.is_service() {
                            other.holding(&kept)?.erase(&[step]).await?;
                        }
                    }
                }
            }
            let own = SweepRun { bounds, ..*run };
            let mut swept = source.sweep(&part, &own).await?;
            longest_ms = swept.longest_ms.max(longest_ms);
            swept.longest_ms = longest_ms;
            let is_over = swept.stopped || !swept.complete || part.before == order.before;
            all.insert(order.source.clone(), swept);
            if is_over {
                break;
            }
        }
        for other in others {
            let effects = other.journalled(&prefix(order, run)).await;
            let effects = effects.map_err(|fault| other.named(fault))?;
            let swept: &mut Swept = all.entry(other.name().to_owned()).or_default();
            swept.complete = true;
            swept.effects.extend(effects);
        }
    }
    Ok(all)
}

/// What carrying a rule out would do now, per source.
///
/// # Errors
///
/// As [`sweep_rule`].
pub async fn preview_rule(
    rule: &SweepRule,
    sources: &Sources<'_>,
) -> Result<BTreeMap<String, Vec<TableEffect>>, SourceError> {
    let mut all: BTreeMap<String, Vec<TableEffect>> = BTreeMap::new();
    let holds = followed(&rule.holds, sources).await?;
    for order in &rule.orders {
        let source = of(sources, &order.source)?;
        let order = &source.sparing(order, &holds).await?;
        let effects = source.sweep_preview(order).await?;
        all.entry(order.source.clone()).or_default().extend(effects);
        let others = elsewhere(rule, source, sources)?;
        if others.is_empty() {
            continue;
        }
        for person in source.people_due(order).await? {
            let known = beside(source, sources);
            let identities = closure(&known, &person).await?.identities;
            for other in &others {
                let kept = other.held(&identities, &holds).await?;
                let preview = if kept.is_empty() {
                    other.preview(&identities).await?
                } else if other.is_service() {
                    continue;
                } else {
                    other.holding(&kept)?.preview(&identities).await?
                };
                all.entry(other.name().to_owned())
                    .or_default()
                    .extend(preview.effects);
            }
        }
    }
    for effects in all.values_mut() {
        *effects = summed(std::mem::take(effects));
    }
    Ok(all)
}

/// What is due under a rule and will be, over all sources with an anchor.
///
/// # Errors
///
/// As [`sweep_rule`].
pub async fn forecast_rule(
    rule: &SweepRule,
    sources: &Sources<'_>,
) -> Result<Forecast, SourceError> {
    let mut forecast = Forecast::default();
    let mut due = vec![0_u64; rule.ahead.len()];
    let holds = followed(&rule.holds, sources).await?;
    for order in &rule.orders {
        let source = of(sources, &order.source)?;
        // Whoever is to be told will have been by then.
        let order = SweepOrder {
            notice: None,
            ..source.sparing(order, &holds).await?
        };
        let own = source.forecast(&order).await?;
        for (all, own) in forecast.within.iter_mut().zip(own.within) {
            *all += own;
        }
        forecast.oldest = [forecast.oldest, own.oldest].into_iter().flatten().min();
        let moments: Vec<Timestamp> = rule.ahead.iter().map(|span| span.before).collect();
        let counted = source.due_by(&order, &moments).await?;
        for (all, rows) in due.iter_mut().zip(counted) {
            *all += rows;
        }
    }
    let mut before = 0;
    let ahead = rule.ahead.iter().zip(due).map(|(span, rows)| Expiring {
        unit: span.unit,
        until: span.until,
        rows: rows.saturating_sub(std::mem::replace(&mut before, rows)),
    });
    forecast.ahead = ahead.collect();
    Ok(forecast)
}

pub(super) fn of<'a>(sources: &Sources<'a>, wanted: &str) -> Result<&'a Source, SourceError> {
    let found = sources.get(wanted).copied();
    found.ok_or_else(|| SourceError::Unreachable {
        source_name: wanted.to_owned(),
        reason: "it is not connected".to_owned(),
    })
}

/// The sources in which rows are found through the people of this one. Refuses
/// where those people may be of several tenants: an identity of one is somebody
/// else at another.
fn elsewhere<'a>(
    rule: &SweepRule,
    source: &Source,
    sources: &Sources<'a>,
) -> Result<Vec<&'a Source>, SourceError> {
    let others = rule.elsewhere.iter().map(|name| of(sources, name));
    let others: Vec<&Source> = others.collect::<Result<_, _>>()?;
    match others.iter().find(|other| !leads(source, other)) {
        None => Ok(others),
        Some(other) => Err(other.named(Fault::Refused(vec![format!(
            "what is due in `{}` leads here through its people, and one of the two holds rows of \
             several tenants: give the rule an anchor here as well",
            source.name()
        )]))),
    }
}

/// Whether who is found in a source is the same person in another.
fn leads(source: &Source, other: &Source) -> bool {
    !source.is_shared() && !other.is_shared() && source.tenant() == other.tenant()
}

/// The sources to which whoever is found in this one leads, itself included.
pub(super) fn beside<'a>(source: &Source, sources: &Sources<'a>) -> Vec<&'a Source> {
    let all = sources.values().copied();
    all.filter(|other| leads(source, other)).collect()
}

/// The holds with the people whom flags hold, and what leads to them in other
/// sources.
pub(super) async fn followed(
    holds: &[Standing],
    sources: &Sources<'_>,
) -> Result<Vec<Standing>, SourceError> {
    let mut holds = holds.to_vec();
    for source in sources.values().filter(|source| !source.is_service()) {
        let flagged = source.flagged(&holds).await;
        let flagged = flagged.map_err(|fault| source.named(fault))?;
        for (place, identity) in flagged {
            let Some(hold) = holds.get_mut(place) else {
                continue;
            };
            if hold.people.iter().any(|one| one.contains(&identity)) {
                continue;
            }
            let known = beside(source, sources);
            let person = closure(&known, &identity).await?.identities;
            hold.people.push(person);
        }
    }
    Ok(holds)
}

impl Source {
    /// Up to which moment the next people's rows are due: a part of them where
    /// there are many.
    async fn next_people(&self, order: &SweepOrder) -> Result<Timestamp, SourceError> {
        let found = self.nth_due(order).await;
        let second = found.map_err(|fault| self.named(fault))?;
        // The whole second, with all that share it.
        let until = second.and_then(|second| Timestamp::from_second(second + 1).ok());
        Ok(until.map_or(order.before, |until| until.min(order.before)))
    }

    async fn nth_due(&self, order: &SweepOrder) -> Result<Option<i64>, Fault> {
        let mut earliest: Option<i64> = None;
        for unit in self.units(order).await? {
            let plan = unit.plan();
            let due = unit.due(&order.before.as_second().to_string());
            for (seed, (table, due)) in plan.seeds.iter().zip(due) {
                let Some(anchor) = seed::anchor(plan.kind, table, seed) else {
                    continue;
                };
                let found = self
                    .texts_of(&format!(
                        "/* candor: whose time is over next */ SELECT {} FROM {} AS t WHERE {due} ORDER BY t.{} LIMIT 1 OFFSET {}",
                        anchor.whole_seconds(),
                        name(&table.name),
                        name(&seed.anchor),
                        PEOPLE_AT_ONCE - 1
                    ))
                    .await?;
                let found = found.and_then(|second| second.parse().ok());
                earliest = [earliest, found].into_iter().flatten().min();
            }
        }
        Ok(earliest)
    }

    /// The people whose anchored rows are due, each by the identity that tells
    /// them best from others.
    async fn people_due(&self, order: &SweepOrder) -> Result<Vec<Identity>, SourceError> {
        let found = self.identities_due(order).await;
        found.map_err(|fault| self.named(fault))
    }

    async fn identities_due(&self, order: &SweepOrder) -> Result<Vec<Identity>, Fault> {
        let mut people = Vec::new();
        for unit in self.units(order).await? {
            for (table, due) in unit.due(&order.before.as_second().to_string()) {
                let mapped = self.map().tables.get(&table.name);
                let identities = mapped.map(|mapped| &mapped.identities);
                let mut identities: Vec<(&String, &String)> =
                    identities.into_iter().flatten().collect();
                identities.sort_by_key(|(_, column)| table.primary_key != [column.as_str()]);
                let Some((kind, column)) = identities.first() else {
                    return Err(Fault::Refused(vec![format!(
                        "`{}` says of nobody who they are, so `{}` leads to no other source",
                        table.name, order.rule
                    )]));
                };
                let own = text(unit.plan().kind, &format!("t.{}", name(column)));
                let sql = format!(
                    "/* candor: whose time is over */ SELECT {own} FROM {} AS t WHERE {due}",
                    name(&table.name)
                );
                self.texts(&sql, &mut |mut line| {
                    let value = line.pop().flatten();
                    people.extend(value.map(|value| Identity::new(kind, &value)));
                })
                .await?;
            }
        }
        people.sort();
        people.dedup();
        Ok(people)
    }

    /// What a run did, as the journal has it.
    pub(super) async fn journalled(&self, run: &str) -> Result<Vec<TableEffect>, Fault> {
        let mut effects = Vec::new();
        for line in self.written(run).await? {
            effects.extend(read(&line)?);
        }
        Ok(summed(effects))
    }
}
