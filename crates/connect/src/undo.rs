//! Taking an erasure back. What it took is sealed as it is taken and kept in
//! the source, in a table of Candor's own, written in the very transaction that
//! erases: there is never the one without the other. The key is not ours: once
//! whoever holds it has destroyed it, nothing here can be read any more.
//! Invariant: no value of a row is stored in the clear, and nothing that
//! changed after the erasure is overwritten.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use candor_domain::undo::{Conflict, TableReturn};
use candor_policy::charter::SourceKind;
use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::compiled::Compiled;
use crate::engine::hand::Hand;
use crate::engine::tables::json;
use crate::error::Fault;
use crate::plan::Plan;
use crate::sql::restore::{self, Restore, Shape};
use crate::sql::undo::stored;

/// Bytes of images that are sealed together.
const CHUNK_BYTES: usize = 256 * 1024;

/// Rounds in which rows without parents are looked for: the longest chain of
/// rows that name one another.
const ROUNDS_MAX: u32 = 10_000;

/// Seals what is kept. `place` says where it stands: what was sealed for one
/// place must not open at another.
pub trait Sealer: Send + Sync {
    /// The sealed form.
    ///
    /// # Errors
    ///
    /// [`SealFailed`] where there is no key any more.
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealFailed>;

    /// What was sealed.
    ///
    /// # Errors
    ///
    /// [`SealFailed`] where the key is gone or is another.
    fn open(&self, place: &str, sealed: Vec<u8>) -> Result<Vec<u8>, SealFailed>;
}

/// There is no key, or it does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealFailed;

/// Makes the table of what is kept.
pub(crate) fn create(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Mysql => {
            "/* candor: what erasures took, sealed, for as long as they can be taken back */
CREATE TABLE IF NOT EXISTS candor_undo (
    step    varchar(255) NOT NULL,
    place   varchar(16)  NOT NULL,
    sealed  longtext     NOT NULL,
    kept_at timestamp    NOT NULL DEFAULT current_timestamp(),
    PRIMARY KEY (step, place)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
        }
        SourceKind::Postgres => {
            "/* candor: what erasures took, sealed, for as long as they can be taken back */
CREATE TABLE IF NOT EXISTS candor_undo (
    step    text        NOT NULL,
    place   text        NOT NULL,
    sealed  text        NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (step, place)
)"
        }
        SourceKind::Sqlite => {
            "/* candor: what erasures took, sealed, for as long as they can be taken back */
CREATE TABLE IF NOT EXISTS candor_undo (
    step    TEXT NOT NULL,
    place   TEXT NOT NULL,
    sealed  TEXT NOT NULL,
    kept_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    PRIMARY KEY (step, place)
)"
        }
    }
}

/// Whether there is such a table: a number.
pub(crate) fn is_there(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Mysql => {
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = database() AND table_name = 'candor_undo'"
        }
        SourceKind::Postgres => "SELECT (to_regclass('candor_undo') IS NOT NULL)::int4::int8",
        SourceKind::Sqlite => {
            "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = 'candor_undo'"
        }
    }
}

/// A statement with its parameters as the database writes them. Written with
/// `$1`, `$2`, …, each once and in this order.
pub(crate) fn placed(kind: SourceKind, sql: &str) -> String {
    match kind {
        SourceKind::Postgres => sql.to_owned(),
        SourceKind::Sqlite => sql.replace('$', "?"),
        SourceKind::Mysql => sql.replace("$1", "?").replace("$2", "?").replace("$3", "?"),
    }
}

/// Images of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeptTable {
    number: usize,
    name: String,
    columns: Vec<String>,
}

type Values = Vec<Option<String>>;

/// What is sealed together: complete in itself.
#[derive(Debug, Deserialize)]
struct Chunk {
    tables: Vec<KeptTable>,
    rows: Vec<(usize, Values, Option<Values>)>,
}

/// Collects images and seals them, a chunk at a time.
pub(crate) struct Catch<'a> {
    sealer: &'a dyn Sealer,
    step: &'a str,
    bytes_max: usize,
    tables: String,
    rows: String,
    sealed: Vec<String>,
    bytes: usize,
}

impl<'a> Catch<'a> {
    pub(crate) fn new(
        plan: &Plan,
        step: &'a str,
        sealer: &'a dyn Sealer,
        bytes_max: usize,
    ) -> Result<Self, Fault> {
        let tables: Vec<KeptTable> = plan
            .tables
            .iter()
            .enumerate()
            .map(|(number, table)| KeptTable {
                number,
                name: table.name.clone(),
                columns: stored(table).map(|column| column.name.clone()).collect(),
            })
            .collect();
        Ok(Self {
            sealer,
            step,
            bytes_max,
            tables: json(&tables)?,
            rows: String::new(),
            sealed: Vec::new(),
            bytes: 0,
        })
    }

    /// Takes the image of a row that goes, or of one that becomes another.
    pub(crate) fn take(
        &mut self,
        table: usize,
        was: &str,
        became: Option<&str>,
    ) -> Result<(), Fault> {
        if became == Some(was) {
            return Ok(());
        }
        if !self.rows.is_empty() {
            self.rows.push(',');
        }
        let became = became.unwrap_or("null");
        self.rows.push_str(&format!("[{table},{was},{became}]"));
        if self.rows.len() < CHUNK_BYTES {
            return Ok(());
        }
        self.seal()
    }

    /// Everything sealed, in order; at least one chunk, so that what took
    /// nothing can be told from what is no longer kept.
    pub(crate) fn finish(mut self) -> Result<Vec<String>, Fault> {
        if self.sealed.is_empty() || !self.rows.is_empty() {
            self.seal()?;
        }
        Ok(self.sealed)
    }

    fn seal(&mut self) -> Result<(), Fault> {
        let plain = format!("{{\"tables\":{},\"rows\":[{}]}}", self.tables, self.rows);
        self.rows.clear();
        let place = place(self.sealed.len());
        let sealed = self
            .sealer
            .seal(&format!("{}#{place}", self.step), plain.as_bytes())
            .map_err(|SealFailed| no_key())?;
        let sealed = STANDARD.encode(sealed);
        self.bytes += sealed.len();
        if self.bytes > self.bytes_max {
            return Err(Fault::Refused(vec![format!(
                "what one erasure takes is more than {} MiB, too much to be kept until it can no \
                 longer be taken back; its window was fixed when it was filed: publish a version \
                 without `rights.erasure.undo`, and file it again",
                self.bytes_max >> 20
            )]));
        }
        self.sealed.push(sealed);
        Ok(())
    }
}

/// Writes sealed chunks beside the journal, in the erasure's own transaction.
pub(crate) async fn keep<H: Hand>(
    hand: &mut H,
    kind: SourceKind,
    step: &str,
    sealed: Vec<String>,
) -> Result<(), Fault> {
    let sql = placed(
        kind,
        "/* candor: what this erasure took, sealed */ INSERT INTO candor_undo (step, place, sealed) VALUES ($1, $2, $3)",
    );
    for (number, sealed) in sealed.into_iter().enumerate() {
        hand.write(&sql, &[step.to_owned(), place(number), sealed])
            .await?;
    }
    Ok(())
}

/// Removes what is kept of a step and its parts.
pub(crate) async fn forget<H: Hand>(
    hand: &mut H,
    kind: SourceKind,
    step: &str,
) -> Result<(), Fault> {
    let sql = placed(
        kind,
        "/* candor: this erasure can no longer be taken back */ DELETE FROM candor_undo WHERE step = $1",
    );
    for part in parts(hand, kind, step).await? {
        hand.write(&sql, &[part]).await?;
    }
    hand.write(&sql, &[step.to_owned()]).await?;
    Ok(())
}

/// The parts of a step that took what came late, in order: `step/1`, `step/2`.
/// How many there were is known to nobody else.
async fn parts<H: Hand>(hand: &mut H, kind: SourceKind, step: &str) -> Result<Vec<String>, Fault> {
    let sql = "SELECT DISTINCT step FROM candor_undo WHERE step LIKE $1";
    let mut parts: Vec<(u64, String)> = Vec::new();
    let beneath = format!("{step}/");
    hand.read(&placed(kind, sql), &[format!("{beneath}%")], &mut |row| {
        let part = row.text(0)?.unwrap_or_default();
        let number = part.strip_prefix(&beneath).and_then(|own| own.parse().ok());
        parts.extend(number.map(|number| (number, part)));
        Ok(())
    })
    .await?;
    parts.sort_unstable();
    Ok(parts.into_iter().map(|(_, part)| part).collect())
}

/// Brings back what the steps took, latest first, inside a transaction that the
/// caller ends, and journals it under `key`.
pub(crate) async fn restore<H: Hand>(
    hand: &mut H,
    compiled: &Compiled,
    (key, steps): (&str, &[String]),
    sealer: &dyn Sealer,
) -> Result<Vec<TableReturn>, Fault> {
    let kind = compiled.plan.kind;
    if let Some(known) = journalled(hand, kind, key).await? {
        return serde_json::from_str(&known)
            .map_err(|_| Fault::Database("the journal holds something else".to_owned()));
    }
    let claim = "/* candor: this erasure is being taken back */ INSERT INTO candor_journal (step, effects) VALUES ($1, '')";
    hand.write(&placed(kind, claim), &[key.to_owned()])
        .await
        .map_err(raced)?;
    hand.script(restore::create(kind)).await?;
    let mut all = Vec::new();
    for step in steps {
        all.push(step.clone());
        all.extend(parts(hand, kind, step).await?);
    }
    let steps = all.as_slice();
    let mut images = Images::default();
    for (part, step) in steps.iter().enumerate() {
        images
            .fill(hand, &compiled.plan, (part, step), sealer)
            .await?;
    }
    let shapes = images.shapes(&compiled.plan, &compiled.catalogue)?;
    let statements = Restore {
        plan: &compiled.plan,
        catalogue: &compiled.catalogue,
        shapes: &shapes,
    };
    bring_back(hand, &statements, steps.len()).await?;
    let returns = counted(hand, &compiled.plan, &images).await?;
    let done = "/* candor: this erasure was taken back */ UPDATE candor_journal SET effects = $1 WHERE step = $2";
    hand.write(&placed(kind, done), &[json(&returns)?, key.to_owned()])
        .await?;
    for step in steps {
        forget(hand, kind, step).await?;
    }
    if let Some(drop) = restore::drop_images(kind) {
        hand.script(drop).await?;
    }
    Ok(returns)
}

async fn bring_back<H: Hand>(
    hand: &mut H,
    statements: &Restore<'_>,
    parts: usize,
) -> Result<(), Fault> {
    let superseded = statements.superseded();
    for sql in superseded.into_iter().filter(|_| parts > 1) {
        hand.write(&sql, &[]).await?;
    }
    for sql in statements.taken() {
        hand.write(&sql, &[]).await?;
    }
    for sql in statements.parent_locks() {
        hand.read(&sql, &[], &mut |_| Ok(())).await?;
    }
    let looks = statements.parentless();
    let mut round = 0;
    loop {
        let mut marked = 0;
        for sql in &looks {
            marked += hand.write(sql, &[]).await?;
        }
        if marked == 0 {
            break;
        }
        round += 1;
        if round == ROUNDS_MAX {
            return Err(Fault::Refused(vec![format!(
                "more than {ROUNDS_MAX} rows name one another in a chain"
            )]));
        }
    }
    for sql in statements.inserts() {
        hand.write(&sql, &[]).await.map_err(raced)?;
    }
    is_unaltered(hand, statements).await?;
    for part in (0..parts).rev() {
        for sql in statements.set_back(part) {
            hand.write(&sql, &[]).await.map_err(raced)?;
        }
    }
    Ok(())
}

/// A trigger may have made something else of what came back.
async fn is_unaltered<H: Hand>(hand: &mut H, statements: &Restore<'_>) -> Result<(), Fault> {
    for (table, sql) in statements.altered() {
        let mut altered = 0;
        hand.read(&sql, &[], &mut |row| {
            altered = row.number(0)?;
            Ok(())
        })
        .await?;
        if altered > 0 {
            return Err(Fault::Refused(vec![format!(
                "rows of `{table}` do not come back as they were: something changes them as they \
                 are written, such as a trigger"
            )]));
        }
    }
    Ok(())
}

/// Somebody took a key meanwhile: the next attempt sees it.
fn raced(fault: Fault) -> Fault {
    match fault {
        Fault::Taken(reason) | Fault::Dangling(reason) => Fault::Conflict(reason),
        fault => fault,
    }
}

pub(crate) async fn journalled<H: Hand>(
    hand: &mut H,
    kind: SourceKind,
    key: &str,
) -> Result<Option<String>, Fault> {
    let sql = "/* candor: was this step carried out */ SELECT effects FROM candor_journal WHERE step = $1";
    let mut known = None;
    hand.read(&placed(kind, sql), &[key.to_owned()], &mut |row| {
        known = row.text(0)?;
        Ok(())
    })
    .await?;
    Ok(known)
}

async fn counted<H: Hand>(
    hand: &mut H,
    plan: &Plan,
    images: &Images,
) -> Result<Vec<TableReturn>, Fault> {
    let mut returns: BTreeMap<usize, TableReturn> = BTreeMap::new();
    hand.read(restore::counts(plan.kind), &[], &mut |row| {
        let number = |place: usize| Ok::<_, Fault>(u64::try_from(row.number(place)?).unwrap_or(0));
        let why = number(2)?;
        if why == restore::SUPERSEDED as u64 {
            return Ok(());
        }
        let index = usize::try_from(row.number(0)?).unwrap_or_default();
        let own = returns.entry(index).or_default();
        let conflict = Conflict::ALL
            .into_iter()
            .find(|own| restore::code(*own) as u64 == why);
        match (conflict, number(1)?) {
            (Some(conflict), _) => *own.conflicts.entry(conflict).or_default() += number(3)?,
            (None, 0) => own.returned += number(3)?,
            (None, _) => own.set_back += number(3)?,
        }
        Ok(())
    })
    .await?;
    images.add_lost(&mut returns);
    for (index, own) in &mut returns {
        if let Some(table) = plan.tables.get(*index) {
            own.table.clone_from(&table.name);
        }
    }
    Ok(returns.into_values().collect())
}

/// What was kept, on its way into the temporary table.
#[derive(Debug, Default)]
struct Images {
    lines: u64,
    tables: BTreeMap<usize, Seen>,
}

/// What the images of one table have in common.
#[derive(Debug)]
struct Seen {
    columns: Vec<String>,
    /// Places of columns that the erasure changed.
    changed: Vec<usize>,
    /// Rows that changed and that nothing tells from others.
    lost: u64,
}

/// Number, part, table, what it was, what it became.
type ImageLine = (u64, usize, usize, String, Option<String>);

impl Images {
    async fn fill<H: Hand>(
        &mut self,
        hand: &mut H,
        plan: &Plan,
        (part, step): (usize, &str),
        sealer: &dyn Sealer,
    ) -> Result<(), Fault> {
        let sql = "SELECT place FROM candor_undo WHERE step = $1 ORDER BY place";
        let mut places = Vec::new();
        hand.read(&placed(plan.kind, sql), &[step.to_owned()], &mut |row| {
            places.extend(row.text(0)?);
            Ok(())
        })
        .await?;
        if places.is_empty() {
            return Err(Fault::Refused(vec![
                "what the erasure took is no longer kept".to_owned(),
            ]));
        }
        let sql = "SELECT sealed FROM candor_undo WHERE step = $1 AND place = $2";
        let sql = placed(plan.kind, sql);
        for place in places {
            let mut sealed = String::new();
            hand.read(&sql, &[step.to_owned(), place.clone()], &mut |row| {
                sealed = row.text(0)?.unwrap_or_default();
                Ok(())
            })
            .await?;
            let sealed = STANDARD.decode(sealed).map_err(|_| no_key())?;
            let plain = sealer.open(&format!("{step}#{place}"), sealed);
            let plain = plain.map_err(|SealFailed| no_key())?;
            let chunk: Chunk = serde_json::from_slice(&plain).map_err(|_| no_key())?;
            let lines = self.lines(plan, part, chunk)?;
            hand.write(restore::fill(plan.kind), &[json(&lines)?])
                .await?;
        }
        Ok(())
    }

    /// Lines of the temporary table. Tables are found by name: the plan may be
    /// another since.
    fn lines(&mut self, plan: &Plan, part: usize, chunk: Chunk) -> Result<Vec<ImageLine>, Fault> {
        let mut lines = Vec::new();
        for (number, was, became) in chunk.rows {
            let Some(kept) = chunk.tables.iter().find(|own| own.number == number) else {
                continue;
            };
            let Some(tab) = plan.tables.iter().position(|own| own.name == kept.name) else {
                return Err(Fault::Refused(vec![format!(
                    "`{}` is gone since",
                    kept.name
                )]));
            };
            let seen = self.tables.entry(tab).or_insert_with(|| Seen {
                columns: kept.columns.clone(),
                changed: Vec::new(),
                lost: 0,
            });
            if seen.columns != kept.columns {
                return Err(Fault::Refused(vec![format!(
                    "`{}` changed between two erasures of the same person",
                    kept.name
                )]));
            }
            if became.as_ref().is_some_and(Vec::is_empty) {
                seen.lost += 1;
                continue;
            }
            for (place, value) in became.iter().flatten().enumerate() {
                if was.get(place) != Some(value) && !seen.changed.contains(&place) {
                    seen.changed.push(place);
                }
            }
            let became = became.map(|became| json(&became)).transpose()?;
            lines.push((self.lines, part, tab, json(&was)?, became));
            self.lines += 1;
        }
        Ok(lines)
    }

    /// The tables that images are of, as they are now.
    fn shapes<'a>(&self, plan: &'a Plan, catalogue: &Catalogue) -> Result<Vec<Shape<'a>>, Fault> {
        let mut shapes = Vec::new();
        for (index, seen) in &self.tables {
            let Some(table) = plan.tables.get(*index) else {
                continue;
            };
            let mut columns = Vec::new();
            for column in &seen.columns {
                let own = table.column(column).filter(|own| !own.generated);
                columns.push(own.ok_or_else(|| {
                    Fault::Refused(vec![format!("`{}.{column}` is gone since", table.name)])
                })?);
            }
            let own = catalogue.table(&table.name);
            let keys = own
                .into_iter()
                .flat_map(|own| std::iter::once(&own.primary_key).chain(&own.unique_keys));
            let is_kept = |column: &String| seen.columns.contains(column);
            let keys = keys.filter(|key| !key.is_empty() && key.iter().all(is_kept));
            shapes.push(Shape {
                index: *index,
                table,
                columns,
                changed: seen.changed.clone(),
                keys: keys.cloned().collect(),
            });
        }
        Ok(shapes)
    }

    /// Adds the rows that nothing tells from others.
    fn add_lost(&self, returns: &mut BTreeMap<usize, TableReturn>) {
        for (index, seen) in self.tables.iter().filter(|(_, seen)| seen.lost > 0) {
            let own = returns.entry(*index).or_default();
            *own.conflicts.entry(Conflict::Gone).or_default() += seen.lost;
        }
    }
}

/// Where a chunk stands; in order as text.
fn place(number: usize) -> String {
    format!("{number:08}")
}

fn no_key() -> Fault {
    Fault::Refused(vec![
        "what the erasure took can no longer be read: its key is destroyed".to_owned(),
    ])
}
