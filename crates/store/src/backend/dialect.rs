//! What is particular to each database: the few statements whose form differs,
//! side by side. Everything else is written once, in the common dialect, by the
//! aggregate it belongs to.

use crate::migrate::Migration;

/// A statement, with the words that stand for it in an error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement {
    pub(crate) operation: &'static str,
    pub(crate) sql: &'static str,
}

impl Statement {
    pub(crate) const fn new(operation: &'static str, sql: &'static str) -> Self {
        Self { operation, sql }
    }
}

/// The statements whose form differs.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// Opens a transaction that will write.
    pub(crate) begin: Statement,
    /// Opens a transaction that sees one moment's state and writes nothing.
    pub(crate) snapshot: Statement,
    /// Adds a job, or a version, with the number it had elsewhere.
    pub(crate) copy_job: Statement,
    pub(crate) copy_version: Statement,
    /// What follows when all rows of another database were added.
    pub(crate) after_copy: &'static [Statement],
    /// Keeps other processes from migrating until the transaction ends.
    pub(crate) lock_migrations: Statement,
    /// The migrations, in order.
    pub(crate) migrations: &'static [Migration],
    /// Size and frontier of the ledger, kept from other writers until the
    /// transaction ends.
    pub(crate) lock_head: Statement,
    /// Adds ledger entries. `$1`: a JSON array of `[index, subject request or
    /// null, bytes in hexadecimal]`.
    pub(crate) add_entries: Statement,
    /// Adds tree nodes. `$1`: a JSON array of `[level, index, hash]`.
    pub(crate) add_nodes: Statement,
    /// Whether a person is shredded, kept as it is until the transaction ends.
    /// `$1`: the person.
    pub(crate) lock_subject: Statement,
    /// The present key of a shard, kept as it is until the transaction ends. `$1`:
    /// the tenant's name, `$2`: the shard's number.
    pub(crate) lock_shard: Statement,
    /// Whether the person of a subject request is shredded, kept as it is until
    /// the transaction ends. `$1`: the subject request.
    pub(crate) lock_subject_of: Statement,
    /// Claims jobs that are ready. `$1`: now, `$2`: end of the lease, `$3`: how
    /// many.
    pub(crate) claim: Statement,
    /// Subject requests in some states. `$1`: a JSON array of states, `$2`:
    /// limit, `$3`: offset.
    pub(crate) requests_in: Statement,
    /// Open subject requests of people. `$1`: a JSON array of contact indexes in
    /// hexadecimal.
    pub(crate) open_of_contacts: Statement,
    /// Tree nodes. `$1`: a JSON array of `[level, index]`.
    pub(crate) nodes: Statement,
    /// Removes what shredding left behind in the files, where the database can.
    pub(crate) scrub: Option<Statement>,
}

/// SQLite. A writing transaction excludes every other one from its start, so
/// nothing needs a lock of its own.
pub(super) const SQLITE: Dialect = Dialect {
    begin: Statement::new("begin", "BEGIN IMMEDIATE"),
    snapshot: Statement::new("begin", "BEGIN"),
    copy_job: Statement::new(
        "copy in",
        "INSERT INTO jobs (number, key, body, not_before, leased_until, claims, again_at, error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    ),
    copy_version: Statement::new(
        "copy in",
        "INSERT INTO charters_in_force (number, charter, effective_at) VALUES ($1, $2, $3)",
    ),
    // It goes on from the largest number by itself.
    after_copy: &[],
    lock_migrations: Statement::new("lock migrations", "SELECT 1"),
    migrations: crate::migrate::SQLITE,
    lock_head: Statement::new("lock the ledger", "SELECT size, frontier FROM ledger_head"),
    // `WHERE true` tells the parser that `ON` begins no join.
    add_entries: Statement::new(
        "append to the ledger",
        "INSERT INTO ledger_entries (entry_index, subject_request, bytes)
         SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
             unhex(json_extract(value, '$[2]'))
         FROM json_each($1) WHERE true
         ON CONFLICT DO NOTHING",
    ),
    add_nodes: Statement::new(
        "add tree nodes",
        "INSERT INTO ledger_nodes (level, node_index, hash)
         SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
             unhex(json_extract(value, '$[2]'))
         FROM json_each($1) WHERE true
         ON CONFLICT DO NOTHING",
    ),
    lock_subject: Statement::new(
        "lock a person",
        "SELECT shredded_at FROM subjects WHERE id = $1",
    ),
    lock_shard: Statement::new(
        "lock a shard",
        "SELECT key_id FROM key_shards WHERE tenant = $1 AND shard = $2",
    ),
    lock_subject_of: Statement::new(
        "lock a person",
        "SELECT s.shredded_at
         FROM subject_requests r JOIN subjects s ON s.id = r.subject
         WHERE r.id = $1",
    ),
    claim: Statement::new(
        "claim jobs",
        "UPDATE jobs SET leased_until = $2, claims = claims + 1
         WHERE number IN (
             SELECT number FROM jobs WHERE COALESCE(leased_until, not_before) <= $1
             ORDER BY not_before, number LIMIT $3)
         RETURNING number, claims, body, not_before",
    ),
    requests_in: Statement::new(
        "list subject requests",
        "SELECT version, body FROM subject_requests
         WHERE state IN (SELECT value FROM json_each($1))
         ORDER BY due_at, id LIMIT $2 OFFSET $3",
    ),
    open_of_contacts: Statement::new(
        "find open subject requests",
        "SELECT s.contact_index, r.right_key
         FROM subjects s JOIN subject_requests r ON r.subject = s.id
         WHERE r.is_over = 0 AND s.contact_index IN (SELECT unhex(value) FROM json_each($1))",
    ),
    nodes: Statement::new(
        "read tree nodes",
        "SELECT level, node_index, hash FROM ledger_nodes
         WHERE (level, node_index) IN (
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
             FROM json_each($1))",
    ),
    // Freed pages are zeroed (`secure_delete`); this empties the log that still
    // holds their earlier form.
    scrub: Some(Statement::new("scrub", "PRAGMA wal_checkpoint(TRUNCATE)")),
};

/// PostgreSQL.
pub(super) const POSTGRES: Dialect = Dialect {
    begin: Statement::new("begin", "BEGIN"),
    snapshot: Statement::new("begin", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
    copy_job: Statement::new(
        "copy in",
        "INSERT INTO jobs (number, key, body, not_before, leased_until, claims, again_at, error)
         OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    ),
    copy_version: Statement::new(
        "copy in",
        "INSERT INTO charters_in_force (number, charter, effective_at)
         OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3)",
    ),
    after_copy: &[
        Statement::new(
            "go on from the last job",
            "SELECT setval(pg_get_serial_sequence('jobs', 'number'),
                 COALESCE((SELECT max(number) FROM jobs), 1))",
        ),
        Statement::new(
            "go on from the last version",
            "SELECT setval(pg_get_serial_sequence('charters_in_force', 'number'),
                 COALESCE((SELECT max(number) FROM charters_in_force), 1))",
        ),
    ],
    lock_migrations: Statement::new(
        "lock migrations",
        // Any number that no other program uses: "candor" in ASCII. The cast
        // is for the driver, which has no type for `void`.
        "SELECT CAST(pg_advisory_xact_lock(109270115053426) AS TEXT)",
    ),
    migrations: crate::migrate::POSTGRES,
    lock_head: Statement::new(
        "lock the ledger",
        "SELECT size, frontier FROM ledger_head FOR UPDATE",
    ),
    lock_subject: Statement::new(
        "lock a person",
        "SELECT shredded_at FROM subjects WHERE id = $1 FOR SHARE",
    ),
    lock_shard: Statement::new(
        "lock a shard",
        "SELECT key_id FROM key_shards WHERE tenant = $1 AND shard = $2 FOR SHARE",
    ),
    lock_subject_of: Statement::new(
        "lock a person",
        "SELECT s.shredded_at
         FROM subject_requests r JOIN subjects s ON s.id = r.subject
         WHERE r.id = $1 FOR SHARE OF s",
    ),
    add_entries: Statement::new(
        "append to the ledger",
        "INSERT INTO ledger_entries (entry_index, subject_request, bytes)
         SELECT CAST(line ->> 0 AS bigint), line ->> 1, decode(line ->> 2, 'hex')
         FROM jsonb_array_elements(CAST($1 AS jsonb)) AS line
         ON CONFLICT DO NOTHING",
    ),
    add_nodes: Statement::new(
        "add tree nodes",
        "INSERT INTO ledger_nodes (level, node_index, hash)
         SELECT CAST(line ->> 0 AS bigint), CAST(line ->> 1 AS bigint),
             decode(line ->> 2, 'hex')
         FROM jsonb_array_elements(CAST($1 AS jsonb)) AS line
         ON CONFLICT DO NOTHING",
    ),
    // Two workers never wait for each other: each skips what the other holds.
    claim: Statement::new(
        "claim jobs",
        "WITH due AS MATERIALIZED (
             SELECT number FROM jobs WHERE COALESCE(leased_until, not_before) <= $1
             ORDER BY not_before, number LIMIT $3 FOR UPDATE SKIP LOCKED)
         UPDATE jobs SET leased_until = $2, claims = claims + 1
         FROM due WHERE jobs.number = due.number
         RETURNING jobs.number, claims, body, not_before",
    ),
    requests_in: Statement::new(
        "list subject requests",
        "SELECT version, body FROM subject_requests
         WHERE state IN (SELECT jsonb_array_elements_text(CAST($1 AS jsonb)))
         ORDER BY due_at, id LIMIT $2 OFFSET $3",
    ),
    open_of_contacts: Statement::new(
        "find open subject requests",
        "SELECT s.contact_index, r.right_key
         FROM subjects s JOIN subject_requests r ON r.subject = s.id
         WHERE r.is_over = 0 AND s.contact_index IN (
             SELECT decode(line, 'hex') FROM jsonb_array_elements_text(CAST($1 AS jsonb)) AS line)",
    ),
    nodes: Statement::new(
        "read tree nodes",
        "SELECT level, node_index, hash FROM ledger_nodes
         WHERE (level, node_index) IN (
             SELECT CAST(pair ->> 0 AS bigint), CAST(pair ->> 1 AS bigint)
             FROM jsonb_array_elements(CAST($1 AS jsonb)) AS pair)",
    ),
    // Dead rows stay in the files until the space is used again; the crate's
    // documentation says what an operator can do about it.
    scrub: None,
};
