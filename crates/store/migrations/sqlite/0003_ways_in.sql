-- The business customer whose end user asks, if it is one's.
ALTER TABLE subject_requests ADD COLUMN tenant TEXT;
CREATE INDEX subject_requests_by_tenant ON subject_requests (tenant, due_at, id);

-- Keys with which programs call the API, known by their hash. `scope` is JSON.
CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT REFERENCES staff (id),
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;

-- What may happen once. Names and fingerprints are keyed hashes.
CREATE TABLE once (
    scope TEXT NOT NULL,
    name BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    subject_request TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX once_by_expiry ON once (expires_at);
