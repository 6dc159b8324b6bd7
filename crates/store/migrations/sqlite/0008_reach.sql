-- What a key reaches is looked for among its own only: how long it takes says nothing
-- about whether others have a row of that number.
CREATE UNIQUE INDEX subject_requests_of_tenant ON subject_requests (tenant, id);
CREATE UNIQUE INDEX bulk_files_of_sender ON bulk_files (sent_by, id);
