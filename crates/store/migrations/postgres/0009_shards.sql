-- Whose end user a person is: their key hangs from that tenant's.
ALTER TABLE subjects ADD COLUMN tenant TEXT;
UPDATE subjects SET tenant = (
    SELECT r.tenant FROM subject_requests r
    WHERE r.subject = subjects.id AND r.tenant IS NOT NULL LIMIT 1);

-- Under which key the people of a shard are wrapped from now on: nobody is added
-- under an earlier one, which is about to be destroyed. The keys lie elsewhere.
CREATE TABLE key_shards (
    tenant TEXT NOT NULL,
    shard BIGINT NOT NULL,
    key_id BYTEA NOT NULL,
    PRIMARY KEY (tenant, shard)
);
