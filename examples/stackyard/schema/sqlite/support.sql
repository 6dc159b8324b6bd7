-- The help desk of Stackyard Hosting: another product than the portal, which
-- knows people by e-mail and, once an agent has linked them, by customer id.

CREATE TABLE staff (
    id      INTEGER PRIMARY KEY,
    name    TEXT    NOT NULL,
    email   TEXT    NOT NULL,
    team    TEXT    NOT NULL,
    active  INTEGER NOT NULL CHECK (active IN (0, 1))
);

CREATE TABLE contacts (
    id           INTEGER PRIMARY KEY,
    email        TEXT    NOT NULL,
    customer_id  INTEGER,
    name         TEXT    NOT NULL,
    created_at   TEXT    NOT NULL
);

CREATE TABLE tickets (
    id           INTEGER PRIMARY KEY,
    contact_id   INTEGER NOT NULL,
    assigned_to  INTEGER,
    subject      TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    created_at   TEXT    NOT NULL,
    closed_at    TEXT,
    deleted_at   TEXT,
    FOREIGN KEY (contact_id) REFERENCES contacts (id),
    FOREIGN KEY (assigned_to) REFERENCES staff (id)
);

CREATE TABLE ticket_messages (
    id           INTEGER PRIMARY KEY,
    ticket_id    INTEGER NOT NULL,
    author_kind  TEXT    NOT NULL CHECK (author_kind IN ('contact', 'staff')),
    author_id    INTEGER NOT NULL,
    body         TEXT    NOT NULL,
    sent_at      TEXT    NOT NULL,
    FOREIGN KEY (ticket_id) REFERENCES tickets (id)
);

CREATE TABLE chat_sessions (
    id          INTEGER PRIMARY KEY,
    contact_id  INTEGER,
    email       TEXT,
    staff_id    INTEGER,
    ip          TEXT    NOT NULL,
    page        TEXT    NOT NULL,
    started_at  TEXT    NOT NULL,
    ended_at    TEXT    NOT NULL,
    FOREIGN KEY (contact_id) REFERENCES contacts (id),
    FOREIGN KEY (staff_id) REFERENCES staff (id)
);

CREATE TABLE chat_transcripts (
    chat_session_id  INTEGER PRIMARY KEY,
    messages         TEXT    NOT NULL CHECK (json_valid(messages)),
    rating           INTEGER,
    stored_at        TEXT    NOT NULL,
    FOREIGN KEY (chat_session_id) REFERENCES chat_sessions (id)
);

CREATE TABLE article_views (
    id         INTEGER PRIMARY KEY,
    email      TEXT,
    slug       TEXT    NOT NULL,
    viewed_at  TEXT    NOT NULL
);

-- After the rows

-- Addresses are stored as people typed them.
CREATE UNIQUE INDEX contacts_email_lower ON contacts (lower(email));
CREATE INDEX contacts_customer_id ON contacts (customer_id);
CREATE INDEX tickets_contact_id ON tickets (contact_id);
CREATE INDEX tickets_assigned_to ON tickets (assigned_to);
CREATE INDEX tickets_closed_at ON tickets (closed_at);
CREATE INDEX ticket_messages_ticket_id ON ticket_messages (ticket_id);
CREATE INDEX chat_sessions_contact_id ON chat_sessions (contact_id);
CREATE INDEX chat_sessions_email_lower ON chat_sessions (lower(email));
CREATE INDEX chat_sessions_staff_id ON chat_sessions (staff_id);
CREATE INDEX chat_sessions_ended_at ON chat_sessions (ended_at);
CREATE INDEX chat_transcripts_stored_at ON chat_transcripts (stored_at);
CREATE INDEX article_views_email_lower ON article_views (lower(email));
CREATE INDEX article_views_viewed_at ON article_views (viewed_at);
