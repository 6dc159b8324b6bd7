-- The last entry of the ledger under each promise.
CREATE TABLE ledger_promises (
    promise TEXT NOT NULL PRIMARY KEY,
    entry_index BIGINT NOT NULL
);
