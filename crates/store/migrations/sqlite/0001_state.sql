-- Integers are counts, indexes, truth values (0 and 1) or times in microseconds
-- since 1970, UTC. Ids and JSON are text. Sealed bytes are opaque.

CREATE TABLE subjects (
    id TEXT NOT NULL PRIMARY KEY,
    about TEXT NOT NULL,
    wrapped_key BLOB,
    contact_index BLOB UNIQUE,
    sealed BLOB,
    created_at INTEGER NOT NULL,
    shredded_at INTEGER,
    CHECK (shredded_at IS NULL
        OR (wrapped_key IS NULL AND contact_index IS NULL AND sealed IS NULL))
) STRICT;

-- Every column but `version` and `body` repeats a part of `body`, to look
-- things up and to count them.
CREATE TABLE subject_requests (
    id TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    subject TEXT NOT NULL REFERENCES subjects (id),
    right_key TEXT NOT NULL,
    state TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    is_over INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    answered_at INTEGER,
    has_residue INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX subject_requests_by_due ON subject_requests (due_at, id);
CREATE INDEX subject_requests_by_state ON subject_requests (state, due_at, id);
CREATE INDEX subject_requests_by_subject ON subject_requests (subject);
CREATE INDEX subject_requests_by_right
    ON subject_requests (right_key, is_open, due_at, answered_at, has_residue);

CREATE TABLE sealed_values (
    subject_request TEXT NOT NULL REFERENCES subject_requests (id),
    name TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (subject_request, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE blob_chunks (
    blob TEXT NOT NULL,
    number INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (blob, number)
) STRICT;

-- `claims` counts how often the job was claimed; with `number` it names one
-- claim, so that a lost lease is noticed.
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    leased_until INTEGER,
    claims INTEGER NOT NULL DEFAULT 0,
    again_at INTEGER,
    error TEXT
) STRICT;
CREATE INDEX jobs_by_ready ON jobs (COALESCE(leased_until, not_before));

CREATE TABLE charters (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE charters_in_force (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    charter TEXT NOT NULL REFERENCES charters (id),
    effective_at INTEGER NOT NULL
) STRICT;
CREATE INDEX charters_in_force_by_time ON charters_in_force (effective_at, number);

CREATE TABLE observations (
    check_key TEXT NOT NULL PRIMARY KEY,
    observed_at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE ledger_entries (
    entry_index INTEGER NOT NULL PRIMARY KEY,
    subject_request TEXT,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_entries_by_subject_request
    ON ledger_entries (subject_request, entry_index) WHERE subject_request IS NOT NULL;

CREATE TABLE ledger_nodes (
    level INTEGER NOT NULL,
    node_index INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, node_index)
) STRICT, WITHOUT ROWID;

-- One row, locked by whoever appends. The frontier is that of size 0.
CREATE TABLE ledger_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL
) STRICT;
INSERT INTO ledger_head (id, size, frontier) VALUES (1, 0, X'0000000000000000');

CREATE TABLE ledger_checkpoints (
    size INTEGER NOT NULL PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;

CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff (id),
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
