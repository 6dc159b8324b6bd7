//! What leads to a person's rows: written down before an erasure, looked for
//! afterwards. A person may have millions of rows, so keys stream into a
//! [`KeySink`] and come back [`KEYS_AT_ONCE`] at a time. Invariant: no more of
//! them is held than that, however many there are. Refuses people with more
//! keys than the limit.

use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::{Footprint, KeyColumns, Residue};

use crate::compiled::Compiled;
use crate::engine::Line;
use crate::error::{Fault, SourceError};
use crate::source::{Source, on};
use crate::verify::{self, NEEDLES_MAX, add, spread};

/// The most keys that one step of a verification looks for.
pub const KEYS_AT_ONCE: usize = 10_000;

/// One value of a key of somebody's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Which of the people it is of; 0 where there is one.
    pub person: usize,
    /// Which of the footprint's keys it is a value of.
    pub place: usize,
    /// As text, in the order of that key's columns.
    pub values: Personal<Vec<String>>,
}

/// Takes keys as they stream out of a source. They are personal: a sink that
/// keeps them anywhere seals them.
pub trait KeySink: Send {
    /// One key.
    ///
    /// # Errors
    ///
    /// Whatever stops the sink from taking more; the footprint ends with it.
    fn key(&mut self, key: Key) -> std::io::Result<()>;
}

/// Keeps them in memory: for few.
impl KeySink for Vec<Key> {
    fn key(&mut self, key: Key) -> std::io::Result<()> {
        self.push(key);
        Ok(())
    }
}

impl Source {
    /// What leads to the person's rows, to be captured before an erasure.
    ///
    /// # Errors
    ///
    /// [`SourceError`]; refused if the person has more keys than the limit, and
    /// [`SourceError::Database`] also if the sink stops.
    pub async fn footprint(
        &self,
        identities: &[Identity],
        sink: &mut dyn KeySink,
    ) -> Result<Footprint, SourceError> {
        let mut footprints = self.footprints(&[identities], sink).await?;
        Ok(footprints.pop().unwrap_or_default())
    }

    /// The footprints of several people at once, in their order.
    ///
    /// # Errors
    ///
    /// As [`Self::footprint`].
    pub async fn footprints(
        &self,
        people: &[&[Identity]],
        sink: &mut dyn KeySink,
    ) -> Result<Vec<Footprint>, SourceError> {
        self.captured(people, sink)
            .await
            .map_err(|fault| self.named(fault))
    }

    /// Looks for some of the captured keys, and for the identities, where they
    /// would be looked up: cheap, because those columns are indexed. One result
    /// per footprint. No more than [`KEYS_AT_ONCE`] belong into one step.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn verify_keys(
        &self,
        footprints: &[&Footprint],
        keys: &[Key],
    ) -> Result<Vec<Vec<Residue>>, SourceError> {
        self.keys_left(footprints, (keys, true))
            .await
            .map_err(|fault| self.named(fault))
    }

    /// Looks for identities in every text of every table, mapped or not: one
    /// scan of each for up to 64 identities. One result per footprint.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn verify_values(
        &self,
        footprints: &[&Footprint],
    ) -> Result<Vec<Vec<Residue>>, SourceError> {
        self.values_left(footprints)
            .await
            .map_err(|fault| self.named(fault))
    }

    /// Begins to look for people, by keys and by values.
    #[must_use]
    pub fn verification<'a>(&'a self, footprints: &[&'a Footprint]) -> Verification<'a> {
        Verification {
            source: self,
            footprints: footprints.to_vec(),
            residue: None,
        }
    }

    async fn captured(
        &self,
        people: &[&[Identity]],
        sink: &mut dyn KeySink,
    ) -> Result<Vec<Footprint>, Fault> {
        let empty = |identities: &&[Identity]| Footprint {
            identities: identities.to_vec(),
            keys: Vec::new(),
        };
        let mut footprints: Vec<Footprint> = people.iter().map(empty).collect();
        if self.is_service() {
            // It alone knows the keys of its records.
            return Ok(footprints);
        }
        self.gate_people().await?;
        let mut counts: Vec<Vec<u64>> = vec![Vec::new(); people.len()];
        let most = self.limits().footprint_rows_max;
        let mut take = |(place, person, values): Line| {
            let Some(own) = counts.get_mut(person) else {
                return Err(Fault::Database("a key is of nobody".to_owned()));
            };
            if own.len() <= place {
                own.resize(place + 1, 0);
            }
            if let Some(count) = own.get_mut(place) {
                *count += 1;
            }
            if own.iter().sum::<u64>() > most {
                return Err(too_many(most));
            }
            let key = Key {
                person,
                place,
                values: Personal::new(values.into_iter().flatten().collect()),
            };
            let taken = sink.key(key);
            taken.map_err(|_| Fault::Database("the keys could not be written down".to_owned()))
        };
        let compiled = on!(self, engine => engine.keys(self.map(), people, &mut take).await)?;
        for (footprint, counts) in footprints.iter_mut().zip(counts) {
            footprint.keys = columns(&compiled, &counts);
        }
        Ok(footprints)
    }

    async fn keys_left(
        &self,
        footprints: &[&Footprint],
        (keys, with_identities): (&[Key], bool),
    ) -> Result<Vec<Vec<Residue>>, Fault> {
        let all = self.search(footprints, (keys, with_identities)).await?;
        if all.is_empty() || footprints.len() <= 1 {
            return Ok(spread(footprints.len(), all));
        }
        let mut each = Vec::new();
        for (person, footprint) in footprints.iter().enumerate() {
            let own = keys.iter().filter(|key| key.person == person);
            let own: Vec<Key> = own
                .map(|key| Key {
                    person: 0,
                    ..key.clone()
                })
                .collect();
            let own = (own.as_slice(), with_identities);
            each.push(self.search(&[*footprint], own).await?);
        }
        Ok(each)
    }

    async fn search(
        &self,
        footprints: &[&Footprint],
        keys: (&[Key], bool),
    ) -> Result<Vec<Residue>, Fault> {
        let build = |compiled: &Compiled| {
            verify::by_keys(&compiled.catalogue, self.map(), footprints, keys)
        };
        let (compiled, numbers) = on!(self, engine => engine.search(self.map(), build).await)?;
        if numbers.iter().all(|(_, number)| *number == 0) {
            return Ok(Vec::new());
        }
        let targets = build(&compiled).map(|search| search.targets);
        let targets = targets.unwrap_or_default();
        let mut residue: Vec<Residue> = Vec::new();
        for (place, number) in numbers {
            if let (Some((table, column)), Ok(rows)) = (targets.get(place), u64::try_from(number))
                && rows > 0
            {
                add(&mut residue, table, column, rows);
            }
        }
        sort(&mut residue);
        Ok(residue)
    }

    async fn values_left(&self, footprints: &[&Footprint]) -> Result<Vec<Vec<Residue>>, Fault> {
        let compiled = self.compiled().await?;
        let mut needles: Vec<String> = footprints
            .iter()
            .flat_map(|footprint| verify::needles(footprint))
            .collect();
        needles.sort();
        needles.dedup();
        // Addresses together: what they have in common rules most texts out.
        needles.sort_by_key(|needle| verify::in_all(std::slice::from_ref(needle)));
        let mut each: Vec<Vec<Residue>> = vec![Vec::new(); footprints.len()];
        for scan in &compiled.scans {
            let mut found = false;
            for needles in alike(&needles) {
                let numbers = on!(self, self.limits().scan, engine =>
                        engine.scan(&scan.sql, scan.columns.len(), needles).await)?;
                found |= numbers.iter().any(|number| *number > 0);
            }
            if !found {
                continue;
            }
            // Somebody's values are here: whose?
            for (footprint, residue) in footprints.iter().zip(&mut each) {
                for needles in verify::needles(footprint).chunks(NEEDLES_MAX) {
                    let numbers = on!(self, self.limits().scan, engine =>
                        engine.scan(&scan.sql, scan.columns.len(), needles).await)?;
                    for (column, number) in scan.columns.iter().zip(numbers) {
                        if let Ok(rows) = u64::try_from(number)
                            && rows > 0
                        {
                            add(residue, &scan.table, column, rows);
                        }
                    }
                }
            }
        }
        Ok(each)
    }
}

/// A search for people that takes their keys as they are read back.
#[derive(Debug)]
pub struct Verification<'a> {
    source: &'a Source,
    footprints: Vec<&'a Footprint>,
    /// What was found so far, of each; `None` before the first look.
    residue: Option<Vec<Vec<Residue>>>,
}

impl Verification<'_> {
    /// Looks for these keys, up to [`KEYS_AT_ONCE`] of them; the first time
    /// for all identities as well. A service looks by itself, at the end.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn keys(&mut self, keys: &[Key]) -> Result<(), SourceError> {
        if self.source.is_service() {
            return Ok(());
        }
        let with_identities = self.residue.is_none();
        let source = self.source;
        if with_identities {
            source.replicas_follow().await?;
        }
        let mut found: Vec<Vec<Residue>> = vec![Vec::new(); self.footprints.len()];
        for place in std::iter::once(source).chain(source.replicas()) {
            let left = place
                .keys_left(&self.footprints, (keys, with_identities))
                .await
                .map_err(|fault| source.named(fault))?;
            for (found, left) in found.iter_mut().zip(left) {
                // What a replica holds as well is one row.
                for left in left {
                    add(found, &left.table, &left.column, left.rows);
                }
            }
        }
        let nothing = || vec![Vec::new(); found.len()];
        let known = self.residue.get_or_insert_with(nothing);
        for (known, found) in known.iter_mut().zip(found) {
            for found in found {
                // Each key is looked for once, so that none is counted twice.
                match position(known, &found) {
                    Some(known) => known.rows += found.rows,
                    None => known.push(found),
                }
            }
        }
        Ok(())
    }

    /// Looks for the values as well, and says what was found of either: one
    /// result per footprint.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn finish(mut self) -> Result<Vec<Vec<Residue>>, SourceError> {
        let source = self.source;
        if let Some(service) = source.service() {
            let mut each = Vec::new();
            for footprint in self.footprints {
                let residue = service.verify(source.map(), footprint).await;
                each.push(residue.map_err(|fault| source.named(fault))?);
            }
            return Ok(each);
        }
        if self.residue.is_none() {
            self.keys(&[]).await?;
        }
        let mut residue = self.residue.unwrap_or_default();
        for residue in &mut residue {
            sort(residue);
        }
        for place in std::iter::once(source).chain(source.replicas()) {
            let by_value = place.verify_values(&self.footprints).await?;
            for (residue, found) in residue.iter_mut().zip(by_value) {
                for found in found {
                    if position(residue, &found).is_none() {
                        residue.push(found);
                    }
                }
            }
        }
        Ok(residue)
    }
}

/// Needles for one scan each: with an address in all of them, or in none.
fn alike(needles: &[String]) -> impl Iterator<Item = &[String]> {
    let kinds = needles.chunk_by(|one, next| one.contains('@') == next.contains('@'));
    kinds.flat_map(|alike| alike.chunks(NEEDLES_MAX))
}

/// The captured keys and how many values each had.
fn columns(compiled: &Compiled, counts: &[u64]) -> Vec<KeyColumns> {
    let captured = compiled.captured.iter().enumerate();
    let columns = captured.map(|(place, (table, columns))| {
        let table = compiled.plan.tables.get(*table);
        KeyColumns {
            table: table.map(|table| table.name.clone()).unwrap_or_default(),
            columns: columns.clone(),
            rows: counts.get(place).copied().unwrap_or_default(),
        }
    });
    columns.collect()
}

fn position<'a>(known: &'a mut [Residue], found: &Residue) -> Option<&'a mut Residue> {
    known
        .iter_mut()
        .find(|known| known.table == found.table && known.column == found.column)
}

fn sort(residue: &mut [Residue]) {
    residue.sort_by(|left, right| (&left.table, &left.column).cmp(&(&right.table, &right.column)));
}

fn too_many(most: u64) -> Fault {
    Fault::Refused(vec![format!(
        "a person has more than {most} rows that others point at"
    )])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needles_with_an_address_are_looked_for_together() {
        let addresses = (0..70).map(|number| format!("p{number}@post.example"));
        let mut needles: Vec<String> = addresses.collect();
        needles.insert(3, "customer-4711".to_owned());
        needles.push("customer-4712".to_owned());
        needles.sort_by_key(|needle| verify::in_all(std::slice::from_ref(needle)));
        let parts: Vec<(usize, &str)> = alike(&needles)
            .map(|part| (part.len(), verify::in_all(part)))
            .collect();
        assert_eq!(parts, [(2, ""), (64, "@"), (6, "@")]);
        // Of both kinds at once, nothing is ruled out.
        assert_eq!(verify::in_all(&needles), "");
    }
}
