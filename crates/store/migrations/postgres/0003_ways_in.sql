-- The business customer whose end user asks, if it is one's.
ALTER TABLE subject_requests ADD COLUMN tenant TEXT;
CREATE INDEX subject_requests_by_tenant ON subject_requests (tenant, due_at, id);

-- Keys with which programs call the API, known by their hash. `scope` is JSON.
CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT REFERENCES staff (id),
    expires_at BIGINT,
    revoked_at BIGINT
);

-- What may happen once. Names and fingerprints are keyed hashes.
CREATE TABLE once (
    scope TEXT NOT NULL,
    name BYTEA NOT NULL,
    fingerprint BYTEA NOT NULL,
    subject_request TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (scope, name)
);
CREATE INDEX once_by_expiry ON once (expires_at);
