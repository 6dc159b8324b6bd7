-- Files of many subject requests. Their rows lie in `blob_chunks`, sealed under the
-- wrapped key, which goes with the file. `sealed` holds why somebody vouches for the
-- people, while rows are filed; names and fingerprints are keyed hashes.
CREATE TABLE bulk_files (
    id TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    sent_by TEXT NOT NULL,
    name BLOB,
    fingerprint BLOB NOT NULL,
    wrapped_key BLOB NOT NULL,
    sealed BLOB,
    created_at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX bulk_files_once ON bulk_files (sent_by, name);
CREATE INDEX bulk_files_by_fingerprint ON bulk_files (fingerprint);
