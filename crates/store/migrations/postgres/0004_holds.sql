-- Holds on people. `sealed` is under the person's key: why, and what led to
-- them; gone with the hold. That there was one stays on record.
CREATE TABLE holds (
    id TEXT NOT NULL PRIMARY KEY,
    hold TEXT NOT NULL,
    subject TEXT NOT NULL REFERENCES subjects (id),
    sealed BYTEA,
    set_at BIGINT NOT NULL,
    set_by TEXT,
    lifted_at BIGINT,
    lifted_by TEXT
);
CREATE UNIQUE INDEX holds_standing ON holds (subject, hold) WHERE lifted_at IS NULL;
