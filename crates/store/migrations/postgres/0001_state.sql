-- Integers are counts, indexes, truth values (0 and 1) or times in microseconds
-- since 1970, UTC. Ids and JSON are text. Sealed bytes are opaque.

CREATE TABLE subjects (
    id TEXT NOT NULL PRIMARY KEY,
    about TEXT NOT NULL,
    wrapped_key BYTEA,
    contact_index BYTEA UNIQUE,
    sealed BYTEA,
    created_at BIGINT NOT NULL,
    shredded_at BIGINT,
    CHECK (shredded_at IS NULL
        OR (wrapped_key IS NULL AND contact_index IS NULL AND sealed IS NULL))
);

-- Every column but `version` and `body` repeats a part of `body`, to look
-- things up and to count them.
CREATE TABLE subject_requests (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    subject TEXT NOT NULL REFERENCES subjects (id),
    right_key TEXT NOT NULL,
    state TEXT NOT NULL,
    is_open BIGINT NOT NULL,
    is_over BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    answered_at BIGINT,
    has_residue BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX subject_requests_by_due ON subject_requests (due_at, id);
CREATE INDEX subject_requests_by_state ON subject_requests (state, due_at, id);
CREATE INDEX subject_requests_by_subject ON subject_requests (subject);
CREATE INDEX subject_requests_by_right
    ON subject_requests (right_key, is_open, due_at, answered_at, has_residue);

CREATE TABLE sealed_values (
    subject_request TEXT NOT NULL REFERENCES subject_requests (id),
    name TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (subject_request, name)
);

CREATE TABLE blob_chunks (
    blob TEXT NOT NULL,
    number BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (blob, number)
);

-- `claims` counts how often the job was claimed; with `number` it names one
-- claim, so that a lost lease is noticed.
CREATE TABLE jobs (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    leased_until BIGINT,
    claims BIGINT NOT NULL DEFAULT 0,
    again_at BIGINT,
    error TEXT
);
CREATE INDEX jobs_by_ready ON jobs ((COALESCE(leased_until, not_before)));

CREATE TABLE charters (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE charters_in_force (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    charter TEXT NOT NULL REFERENCES charters (id),
    effective_at BIGINT NOT NULL
);
CREATE INDEX charters_in_force_by_time ON charters_in_force (effective_at, number);

CREATE TABLE observations (
    check_key TEXT NOT NULL PRIMARY KEY,
    observed_at BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE ledger_entries (
    entry_index BIGINT NOT NULL PRIMARY KEY,
    subject_request TEXT,
    bytes BYTEA NOT NULL
);
CREATE INDEX ledger_entries_by_subject_request
    ON ledger_entries (subject_request, entry_index) WHERE subject_request IS NOT NULL;

CREATE TABLE ledger_nodes (
    level BIGINT NOT NULL,
    node_index BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (level, node_index)
);

-- One row, locked by whoever appends. The frontier is that of size 0.
CREATE TABLE ledger_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    size BIGINT NOT NULL,
    frontier BYTEA NOT NULL
);
INSERT INTO ledger_head (id, size, frontier) VALUES (1, 0, '\x0000000000000000');

CREATE TABLE ledger_checkpoints (
    size BIGINT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL
);

CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
