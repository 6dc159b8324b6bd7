//! Every table of the state that is copied, with all its columns, the key
//! first. INVARIANT: what a table refers to comes before it. A migration that
//! adds a table or a column adds it here: a test compares.

use crate::backend::{Dialect, Statement};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Text,
    Bytes,
}

/// A table, and how it is read and written.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [Kind],
    /// A parameter for each column of the key.
    after: &'static str,
    /// Whether it has any row.
    pub(super) any: Statement,
    pub(super) first: Statement,
    pub(super) next: Statement,
    pub(super) insert: fn(&Dialect) -> Statement,
    /// What of it is new since the ledger had `$1` entries, at the moment `$2`.
    pub(super) since: Statement,
    pub(super) renewal: Renewal,
}

impl Table {
    /// How many of the columns are the key.
    pub(super) fn keys(&self) -> usize {
        self.after.matches('$').count()
    }

    /// How many parameters [`Self::since`] has.
    pub(super) fn since_values(&self) -> usize {
        let sql = self.since.sql;
        match (sql.contains("$1"), sql.contains("$2")) {
            (_, true) => 2,
            (true, false) => 1,
            (false, false) => 0,
        }
    }
}

/// What becomes of rows of an older copy when newer ones are laid over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renewal {
    /// A newer row takes the place of the older with its key.
    Rows,
    /// None stays: the newer ones are all there are.
    All,
    /// None stays of a subject request, named in this column, that is newer.
    OfRequest(usize),
    /// As [`Self::OfRequest`] of the keys of an erasure; packages stay as long as
    /// a job is to remove them, and go with their person.
    Blobs,
}

/// Subject requests of which anything is new.
macro_rules! touched {
    () => {
        "(SELECT subject_request FROM ledger_entries
            WHERE entry_index >= $1 AND subject_request IS NOT NULL
          UNION SELECT id FROM subject_requests
            WHERE subject IN (SELECT id FROM subjects WHERE shredded_at >= $2))"
    };
}

/// `table by key (parameters): columns (parameters)`, read so many rows at once.
macro_rules! table {
    ($name:literal by $key:literal $after:literal, $limit:literal at once:
     $columns:literal $values:literal [$($kind:ident),+]; $renewal:expr, $since:expr) => {
        table!($name by $key $after, $limit at once: $columns [$($kind),+]; $renewal, $since, |_| {
            Statement::new(
                "copy in",
                concat!("INSERT INTO ", $name, " (", $columns, ") VALUES (", $values, ")"),
            )
        })
    };
    ($name:literal by $key:literal $after:literal, $limit:literal at once:
     $columns:literal [$($kind:ident),+]; $renewal:expr, $since:expr, $insert:expr) => {
        Table {
            name: $name,
            columns: &[$(Kind::$kind),+],
            after: $after,
            any: Statement::new(
                "look for rows",
                concat!("SELECT 1 FROM ", $name, " LIMIT 1"),
            ),
            first: Statement::new(
                "copy out",
                concat!("SELECT ", $columns, " FROM ", $name, " ORDER BY ", $key, " LIMIT ", $limit),
            ),
            next: Statement::new(
                "copy out",
                concat!(
                    "SELECT ", $columns, " FROM ", $name, " WHERE (", $key, ") > (", $after,
                    ") ORDER BY ", $key, " LIMIT ", $limit
                ),
            ),
            insert: $insert,
            since: Statement::new(
                "copy what is new",
                concat!("SELECT ", $columns, " FROM ", $name, " ", $since, " ORDER BY ", $key),
            ),
            renewal: $renewal,
        }
    };
}

pub(super) const TABLES: &[Table] = &[
    table!("subjects" by "id" "$1", 500 at once:
        "id, about, wrapped_key, contact_index, sealed, created_at, shredded_at, tenant"
        "$1, $2, $3, $4, $5, $6, $7, $8"
        [Text, Text, Bytes, Bytes, Bytes, Integer, Integer, Text];
        Renewal::Rows, concat!("WHERE created_at >= $2 OR shredded_at >= $2 OR id IN (SELECT subject FROM subject_requests WHERE id IN ", touched!(), ")")),
    table!("key_shards" by "tenant, shard" "$1, $2", 500 at once:
        "tenant, shard, key_id" "$1, $2, $3" [Text, Integer, Bytes];
        Renewal::All, ""),
    table!("subject_requests" by "id" "$1", 500 at once:
        "id, version, subject, right_key, state, is_open, is_over, due_at, answered_at, has_residue, body, tenant"
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12"
        [Text, Integer, Text, Text, Text, Integer, Integer, Integer, Integer, Integer, Text, Text];
        Renewal::Rows, concat!("WHERE id IN ", touched!())),
    table!("sealed_values" by "subject_request, name" "$1, $2", 100 at once:
        "subject_request, name, bytes" "$1, $2, $3" [Text, Text, Bytes];
        Renewal::OfRequest(0), concat!("WHERE subject_request IN ", touched!())),
    // A chunk may have a mebibyte.
    table!("blob_chunks" by "blob, number" "$1, $2", 8 at once:
        "blob, number, bytes" "$1, $2, $3" [Text, Integer, Bytes];
        Renewal::Blobs, concat!("WHERE blob IN (SELECT 'keys/' || id FROM subject_requests WHERE id IN ", touched!(), ")")),
    table!("jobs" by "number" "$1", 500 at once:
        "number, key, body, not_before, leased_until, claims, again_at, error"
        [Integer, Text, Text, Integer, Integer, Integer, Integer, Text]; Renewal::All, "",
        |dialect| dialect.copy_job),
    table!("charters" by "id" "$1", 10 at once: "id, body" "$1, $2" [Text, Text];
        Renewal::All, ""),
    table!("charters_in_force" by "number" "$1", 500 at once:
        "number, charter, effective_at" [Integer, Text, Integer]; Renewal::All, "",
        |dialect| dialect.copy_version),
    table!("publications" by "version" "$1", 500 at once:
        "version, follows, published_at, published_by, acknowledged" "$1, $2, $3, $4, $5"
        [Integer, Integer, Integer, Text, Text];
        Renewal::All, ""),
    table!("owed_notices" by "version, about, channel" "$1, $2, $3", 500 at once:
        "version, about, channel, asks" "$1, $2, $3, $4" [Integer, Text, Text, Text];
        Renewal::All, ""),
    table!("observations" by "check_key" "$1", 500 at once:
        "check_key, observed_at, body" "$1, $2, $3" [Text, Integer, Text];
        Renewal::All, ""),
    table!("ledger_entries" by "entry_index" "$1", 500 at once:
        "entry_index, subject_request, bytes" "$1, $2, $3" [Integer, Text, Bytes];
        Renewal::Rows, "WHERE entry_index >= $1"),
    table!("ledger_nodes" by "level, node_index" "$1, $2", 2000 at once:
        "level, node_index, hash" "$1, $2, $3" [Integer, Integer, Bytes];
        Renewal::Rows, "WHERE ((node_index + 1) << CAST(level AS INTEGER)) > $1"),
    table!("ledger_head" by "id" "$1", 1 at once:
        "id, size, frontier" "$1, $2, $3" [Integer, Integer, Bytes];
        Renewal::All, ""),
    table!("ledger_checkpoints" by "size" "$1", 500 at once:
        "size, note" "$1, $2" [Integer, Text];
        Renewal::Rows, "WHERE size >= $1"),
    table!("ledger_promises" by "promise" "$1", 500 at once:
        "promise, entry_index" "$1, $2" [Text, Integer];
        Renewal::All, ""),
    table!("staff" by "id" "$1", 500 at once:
        "id, login, password_hash, created_at" "$1, $2, $3, $4" [Text, Text, Text, Integer];
        Renewal::All, ""),
    table!("settings" by "name" "$1", 500 at once: "name, value" "$1, $2" [Text, Text];
        Renewal::All, ""),
    table!("api_keys" by "id" "$1", 500 at once:
        "id, token_hash, name, scope, created_at, created_by, expires_at, revoked_at"
        "$1, $2, $3, $4, $5, $6, $7, $8"
        [Text, Bytes, Text, Text, Integer, Text, Integer, Integer];
        Renewal::All, ""),
    table!("once" by "scope, name" "$1, $2", 500 at once:
        "scope, name, fingerprint, subject_request, expires_at" "$1, $2, $3, $4, $5"
        [Text, Bytes, Bytes, Text, Integer];
        Renewal::All, ""),
    table!("holds" by "id" "$1", 500 at once:
        "id, hold, subject, sealed, set_at, set_by, lifted_at, lifted_by"
        "$1, $2, $3, $4, $5, $6, $7, $8"
        [Text, Text, Text, Bytes, Integer, Text, Integer, Text];
        Renewal::All, ""),
    table!("bulk_files" by "id" "$1", 100 at once:
        "id, version, sent_by, name, fingerprint, wrapped_key, sealed, created_at, body"
        "$1, $2, $3, $4, $5, $6, $7, $8, $9"
        [Text, Integer, Text, Bytes, Bytes, Bytes, Bytes, Integer, Text];
        Renewal::All, ""),
    table!("tombstones" by "source, subject_request" "$1, $2", 100 at once:
        "source, subject_request, wrapped_key, sealed, expires_at" "$1, $2, $3, $4, $5"
        [Text, Text, Bytes, Bytes, Integer];
        Renewal::OfRequest(1), concat!("WHERE subject_request IN ", touched!())),
];
