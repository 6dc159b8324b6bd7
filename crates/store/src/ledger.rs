//! The ledger: entries, the nodes of their tree, its right edge, and signed
//! checkpoints. INVARIANT: whoever appends holds the head's row, so two
//! processes never give one index to two entries, and the edge is that of the
//! entries stored. Refuses to go on where what is stored contradicts itself.

use std::collections::BTreeMap;

use candor_domain::id::SubjectRequestId;
use candor_seal::entry::Entry;
use candor_seal::hash::Hash;
use candor_seal::ledger::{Frontier, leaf_hash, root_at, root_nodes};
use serde::Serialize;

use crate::backend::{Row, Session, Statement, position};
use crate::error::StoreError;
use crate::rows::{LedgerHead, LedgerRow};
use crate::traits::Stored;

/// Entries in one answer.
const ENTRIES_MAX: u32 = 1_000;
/// Nodes in one answer: the proofs of a hundred entries.
const NODES_MAX: usize = 10_000;

const HEAD: Statement = Statement::new(
    "read the ledger's head",
    "SELECT size, frontier FROM ledger_head",
);
const MOVE_HEAD: Statement = Statement::new(
    "move the ledger's head",
    "UPDATE ledger_head SET size = $1, frontier = $2",
);
const ENTRIES: Statement = Statement::new(
    "read the ledger",
    "SELECT entry_index, bytes FROM ledger_entries
     WHERE entry_index >= $1 ORDER BY entry_index LIMIT $2",
);
const ENTRIES_OF: Statement = Statement::new(
    "read a subject request's entries",
    "SELECT entry_index, bytes FROM ledger_entries
     WHERE subject_request = $1 ORDER BY entry_index LIMIT $2",
);
const ENTRY_OF_PROMISE: Statement = Statement::new(
    "read the last entry under a promise",
    "SELECT e.entry_index, e.bytes FROM ledger_promises AS p
     JOIN ledger_entries AS e ON e.entry_index = p.entry_index WHERE p.promise = $1",
);
const MOVE_PROMISE: Statement = Statement::new(
    "remember the last entry under a promise",
    "INSERT INTO ledger_promises (promise, entry_index) VALUES ($1, $2)
     ON CONFLICT (promise) DO UPDATE SET entry_index = excluded.entry_index",
);
const LAST_ENTRY: Statement = Statement::new(
    "read the last entry",
    "SELECT entry_index, bytes FROM ledger_entries ORDER BY entry_index DESC LIMIT 1",
);
const ADD_CHECKPOINT: Statement = Statement::new(
    "add a checkpoint",
    "INSERT INTO ledger_checkpoints (size, note)
     SELECT $1, $2 FROM ledger_head WHERE size >= $1
     ON CONFLICT (size) DO UPDATE SET note = excluded.note",
);
const LAST_CHECKPOINT: Statement = Statement::new(
    "read the last checkpoint",
    "SELECT size, note FROM ledger_checkpoints ORDER BY size DESC LIMIT 1",
);

/// Appends entries and returns their indexes. The head stays locked until the
/// commit and everyone waits for it, so whatever can be prepared before is.
pub(crate) async fn append(session: &mut dyn Session, entries: &[Entry]) -> Stored<Vec<u64>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let encoded = entries
        .iter()
        .map(Entry::encode)
        .collect::<Result<Vec<_>, _>>();
    let encoded = encoded.map_err(StoreError::Entry)?;
    let mut frontier = lock_head(session).await?;
    let first = frontier.size();
    let (mut entry_lines, mut node_lines) = (Vec::new(), Vec::new());
    let mut last_under: BTreeMap<&str, u64> = BTreeMap::new();
    for (entry, bytes) in entries.iter().zip(&encoded) {
        let index = frontier.size();
        let promises = entry.promises.iter();
        last_under.extend(promises.map(|promise| (promise.as_str(), index)));
        entry_lines.push((index, entry.subject_request.as_deref(), hex::encode(bytes)));
        let nodes = frontier.append(leaf_hash(bytes));
        node_lines.extend(nodes.iter().map(|node| (node.level, node.index, node.hash)));
    }
    let dialect = session.dialect();
    add_lines(session, dialect.add_entries, &entry_lines, first).await?;
    add_lines(session, dialect.add_nodes, &node_lines, first).await?;
    for (promise, index) in last_under {
        let values = [promise.into(), position(index)?.into()];
        session.execute(MOVE_PROMISE, &values).await?;
    }
    let edge = frontier.to_bytes();
    let values = [position(frontier.size())?.into(), edge.as_slice().into()];
    session.execute(MOVE_HEAD, &values).await?;
    Ok((first..frontier.size()).collect())
}

/// Adds rows of a tree from entry `first` on; a row that is already there
/// contradicts the head.
async fn add_lines<T: Serialize + Sync>(
    session: &mut dyn Session,
    statement: Statement,
    lines: &[T],
    first: u64,
) -> Stored<()> {
    let json = serde_json::to_string(lines);
    let json = json.map_err(|_| StoreError::Corrupt { what: "entry" })?;
    let added = session.execute(statement, &[json.as_str().into()]).await?;
    if added == lines.len() as u64 {
        Ok(())
    } else {
        Err(StoreError::LedgerCorrupt { index: first })
    }
}

/// Compares the edge with the stored nodes and the last entry. Who rewrote
/// older entries is found by recomputing the whole tree, which is a verifier's
/// work.
pub(crate) async fn check_edge(session: &mut dyn Session) -> Stored<()> {
    let frontier = lock_head(session).await?;
    let size = frontier.size();
    let broken = StoreError::LedgerCorrupt { index: size };
    let last = session.fetch_one(LAST_ENTRY, &[]).await?;
    let last = last.as_ref().map(ledger_row).transpose()?;
    let Some(last) = last else {
        return if size == 0 { Ok(()) } else { Err(broken) };
    };
    if last.index + 1 != size {
        return Err(broken);
    }
    let mut wanted = root_nodes(size);
    wanted.push((0, last.index));
    let hashes = nodes(session, &wanted).await?;
    let stored: BTreeMap<_, _> = wanted.iter().copied().zip(hashes).collect();
    let holds = stored.get(&(0, last.index)) == Some(&leaf_hash(&last.bytes))
        && root_at(size, &stored) == Ok(frontier.root());
    if holds { Ok(()) } else { Err(broken) }
}

pub(crate) async fn head(session: &mut dyn Session) -> Stored<LedgerHead> {
    let row = session.fetch_one(HEAD, &[]).await?;
    let frontier = frontier(row.as_ref())?;
    Ok(LedgerHead {
        size: frontier.size(),
        root: *frontier.root().as_bytes(),
    })
}

async fn lock_head(session: &mut dyn Session) -> Stored<Frontier> {
    let lock_head = session.dialect().lock_head;
    let row = session.fetch_one(lock_head, &[]).await?;
    frontier(row.as_ref())
}

fn frontier(head: Option<&Row>) -> Stored<Frontier> {
    let head = head.ok_or(StoreError::LedgerCorrupt { index: 0 })?;
    let size = head.count(0)?;
    Frontier::from_bytes(&head.bytes(1)?)
        .ok()
        .filter(|frontier| frontier.size() == size)
        .ok_or(StoreError::LedgerCorrupt { index: size })
}

pub(crate) async fn entries(
    session: &mut dyn Session,
    from: u64,
    limit: u32,
) -> Stored<Vec<LedgerRow>> {
    let values = [position(from)?.into(), limit.min(ENTRIES_MAX).into()];
    let rows = session.fetch(ENTRIES, &values).await?;
    let rows = rows.iter().map(ledger_row).collect::<Stored<Vec<_>>>()?;
    let gap = (from..).zip(&rows).find(|(index, row)| row.index != *index);
    match gap {
        Some((index, _)) => Err(StoreError::LedgerCorrupt { index }),
        None => Ok(rows),
    }
}

pub(crate) async fn entries_of(
    session: &mut dyn Session,
    id: &SubjectRequestId,
) -> Stored<Vec<LedgerRow>> {
    let values = [id.as_str().into(), ENTRIES_MAX.into()];
    let rows = session.fetch(ENTRIES_OF, &values).await?;
    rows.iter().map(ledger_row).collect()
}

pub(crate) async fn entry_of_promise(
    session: &mut dyn Session,
    promise: &str,
) -> Stored<Option<LedgerRow>> {
    let row = session
        .fetch_one(ENTRY_OF_PROMISE, &[promise.into()])
        .await?;
    row.as_ref().map(ledger_row).transpose()
}

/// The nodes, in the order asked.
pub(crate) async fn nodes(session: &mut dyn Session, wanted: &[(u8, u64)]) -> Stored<Vec<Hash>> {
    if wanted.len() > NODES_MAX {
        return Err(StoreError::TooLarge {
            what: "list of tree nodes",
            max: NODES_MAX,
        });
    }
    let corrupt = |_| StoreError::Corrupt { what: "tree node" };
    let names = serde_json::to_string(wanted);
    let names = names.map_err(|_| StoreError::Corrupt { what: "tree node" })?;
    let statement = session.dialect().nodes;
    let rows = session.fetch(statement, &[names.as_str().into()]).await?;
    let mut stored = BTreeMap::new();
    for row in &rows {
        let hash = Hash::try_from(row.bytes(2)?.as_slice()).map_err(corrupt)?;
        stored.insert((row.count(0)?, row.count(1)?), hash);
    }
    wanted
        .iter()
        .map(|(level, index)| {
            let node = stored.get(&(u64::from(*level), *index)).copied();
            let first_leaf = index.checked_shl(u32::from(*level)).unwrap_or(*index);
            node.ok_or(StoreError::LedgerCorrupt { index: first_leaf })
        })
        .collect()
}

/// Adds a checkpoint; one beyond the tree contradicts it.
pub(crate) async fn add_checkpoint(session: &mut dyn Session, size: u64, note: &str) -> Stored<()> {
    let values = [position(size)?.into(), note.into()];
    match session.execute(ADD_CHECKPOINT, &values).await? {
        0 => Err(StoreError::LedgerCorrupt { index: size }),
        _ => Ok(()),
    }
}

pub(crate) async fn last_checkpoint(session: &mut dyn Session) -> Stored<Option<(u64, String)>> {
    let row = session.fetch_one(LAST_CHECKPOINT, &[]).await?;
    row.map(|row| Ok((row.count(0)?, row.text(1)?))).transpose()
}

fn ledger_row(row: &Row) -> Stored<LedgerRow> {
    Ok(LedgerRow {
        index: row.count(0)?,
        bytes: row.bytes(1)?,
    })
}
