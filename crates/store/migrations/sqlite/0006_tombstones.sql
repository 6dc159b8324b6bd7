-- What rows of people who were erased are known by if a backup or a late writer
-- brings them back: sealed under a key of its own, which goes with the line.
-- Outlives the person's record on purpose, and ends by itself.
CREATE TABLE tombstones (
    source TEXT NOT NULL,
    subject_request TEXT NOT NULL,
    wrapped_key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (source, subject_request)
) STRICT;
CREATE INDEX tombstones_by_end ON tombstones (expires_at);
