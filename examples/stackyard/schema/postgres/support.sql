-- The help desk of Stackyard Hosting: another product than the portal, which
-- knows people by e-mail and, once an agent has linked them, by customer id.

CREATE TABLE staff (
    id      bigint  PRIMARY KEY,
    name    text    NOT NULL,
    email   text    NOT NULL,
    team    text    NOT NULL,
    active  boolean NOT NULL
);

CREATE TABLE contacts (
    id           bigint      PRIMARY KEY,
    email        text        NOT NULL,
    customer_id  bigint,
    name         text        NOT NULL,
    created_at   timestamptz NOT NULL
);

CREATE TABLE tickets (
    id           bigint      PRIMARY KEY,
    contact_id   bigint      NOT NULL,
    assigned_to  bigint,
    subject      text        NOT NULL,
    status       text        NOT NULL,
    created_at   timestamptz NOT NULL,
    closed_at    timestamptz,
    deleted_at   timestamptz
);

CREATE TABLE ticket_messages (
    id           bigint      PRIMARY KEY,
    ticket_id    bigint      NOT NULL,
    author_kind  text        NOT NULL CHECK (author_kind IN ('contact', 'staff')),
    author_id    bigint      NOT NULL,
    body         text        NOT NULL,
    sent_at      timestamptz NOT NULL
);

CREATE TABLE chat_sessions (
    id          bigint      PRIMARY KEY,
    contact_id  bigint,
    email       text,
    staff_id    bigint,
    ip          text        NOT NULL,
    page        text        NOT NULL,
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz NOT NULL
);

CREATE TABLE chat_transcripts (
    chat_session_id  bigint      PRIMARY KEY,
    messages         jsonb       NOT NULL,
    rating           bigint,
    stored_at        timestamptz NOT NULL
);

CREATE TABLE article_views (
    id         bigint      PRIMARY KEY,
    email      text,
    slug       text        NOT NULL,
    viewed_at  timestamptz NOT NULL
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

ALTER TABLE tickets
    ADD FOREIGN KEY (contact_id) REFERENCES contacts (id),
    ADD FOREIGN KEY (assigned_to) REFERENCES staff (id);
ALTER TABLE ticket_messages
    ADD FOREIGN KEY (ticket_id) REFERENCES tickets (id);
ALTER TABLE chat_sessions
    ADD FOREIGN KEY (contact_id) REFERENCES contacts (id),
    ADD FOREIGN KEY (staff_id) REFERENCES staff (id);
ALTER TABLE chat_transcripts
    ADD FOREIGN KEY (chat_session_id) REFERENCES chat_sessions (id);
