-- The customer portal of Stackyard Hosting. The rows are loaded between the
-- tables and what follows "After the rows", so that each index is built once.

CREATE TABLE schema_migrations (
    version     INTEGER PRIMARY KEY,
    applied_at  TEXT    NOT NULL
);

CREATE TABLE products (
    sku            TEXT    PRIMARY KEY,
    name           TEXT    NOT NULL,
    monthly_cents  INTEGER NOT NULL
);

CREATE TABLE tenants (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL,
    country     TEXT    NOT NULL,
    vat_id      TEXT,
    plan        TEXT    NOT NULL,
    created_at  TEXT    NOT NULL
);

CREATE TABLE accounts (
    id                  INTEGER PRIMARY KEY,
    tenant_id           INTEGER NOT NULL,
    email               TEXT    NOT NULL,
    name                TEXT    NOT NULL,
    password_hash       TEXT,
    oauth_provider      TEXT    CHECK (oauth_provider IN ('github', 'google')),
    oauth_id            TEXT,
    role                TEXT    NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    locale              TEXT    NOT NULL,
    referred_by         INTEGER,
    default_machine_id  INTEGER,
    created_at          TEXT    NOT NULL,
    last_login_at       TEXT,
    closed_at           TEXT,
    deleted_at          TEXT,
    CHECK (password_hash IS NOT NULL OR oauth_id IS NOT NULL),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    FOREIGN KEY (referred_by) REFERENCES accounts (id),
    FOREIGN KEY (default_machine_id) REFERENCES machines (id)
);

CREATE TABLE orders (
    id             INTEGER PRIMARY KEY,
    account_id     INTEGER NOT NULL,
    product        TEXT    NOT NULL,
    billing_cycle  TEXT    NOT NULL CHECK (billing_cycle IN ('monthly', 'quarterly', 'yearly')),
    host_name      TEXT    NOT NULL,
    ssh_key        TEXT,
    template       TEXT    NOT NULL,
    status         TEXT    NOT NULL,
    placed_at      TEXT    NOT NULL,
    cancelled_at   TEXT,
    FOREIGN KEY (account_id) REFERENCES accounts (id),
    FOREIGN KEY (product) REFERENCES products (sku)
);

CREATE TABLE order_items (
    order_id     INTEGER NOT NULL,
    line_no      INTEGER NOT NULL,
    sku          TEXT    NOT NULL,
    quantity     INTEGER NOT NULL,
    price_cents  INTEGER NOT NULL,
    PRIMARY KEY (order_id, line_no),
    FOREIGN KEY (order_id) REFERENCES orders (id),
    FOREIGN KEY (sku) REFERENCES products (sku)
);

CREATE TABLE machines (
    id          INTEGER PRIMARY KEY,
    tenant_id   INTEGER NOT NULL,
    order_id    INTEGER,
    hostname    TEXT    NOT NULL,
    ip          TEXT    NOT NULL,
    settings    TEXT    NOT NULL CHECK (json_valid(settings)),
    status      TEXT    NOT NULL,
    created_at  TEXT    NOT NULL,
    deleted_at  TEXT,
    FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE TABLE machine_events (
    id            INTEGER PRIMARY KEY,
    machine_id    INTEGER NOT NULL,
    requested_by  INTEGER,
    kind          TEXT    NOT NULL,
    detail        TEXT    CHECK (json_valid(detail)),
    occurred_at   TEXT    NOT NULL,
    FOREIGN KEY (machine_id) REFERENCES machines (id) ON DELETE CASCADE,
    FOREIGN KEY (requested_by) REFERENCES accounts (id)
);

CREATE TABLE console_sessions (
    id          INTEGER PRIMARY KEY,
    machine_id  INTEGER NOT NULL,
    account_id  INTEGER NOT NULL,
    client_ip   TEXT    NOT NULL,
    opened_at   TEXT    NOT NULL,
    closed_at   TEXT,
    FOREIGN KEY (machine_id) REFERENCES machines (id),
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);

CREATE TABLE invoices (
    id               INTEGER PRIMARY KEY,
    series           TEXT    NOT NULL,
    number           INTEGER NOT NULL,
    account_id       INTEGER,
    tenant_id        INTEGER,
    billing_name     TEXT    NOT NULL,
    billing_address  TEXT,
    billing_email    TEXT,
    tax_id           TEXT,
    country          TEXT    NOT NULL,
    net_cents        INTEGER NOT NULL,
    vat_cents        INTEGER NOT NULL,
    currency         TEXT    NOT NULL,
    issued_at        TEXT    NOT NULL,
    UNIQUE (series, number),
    FOREIGN KEY (account_id) REFERENCES accounts (id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);

CREATE TABLE invoice_lines (
    series       TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    line_no      INTEGER NOT NULL,
    sku          TEXT    NOT NULL,
    description  TEXT    NOT NULL,
    quantity     INTEGER NOT NULL,
    net_cents    INTEGER NOT NULL,
    PRIMARY KEY (series, number, line_no),
    FOREIGN KEY (series, number) REFERENCES invoices (series, number),
    FOREIGN KEY (sku) REFERENCES products (sku)
);

CREATE TABLE payments (
    id                   INTEGER PRIMARY KEY,
    invoice_id           INTEGER NOT NULL,
    processor            TEXT    NOT NULL,
    processor_reference  TEXT    NOT NULL,
    card_last4           TEXT,
    card_brand           TEXT,
    amount_cents         INTEGER NOT NULL,
    status               TEXT    NOT NULL,
    paid_at              TEXT    NOT NULL,
    FOREIGN KEY (invoice_id) REFERENCES invoices (id)
);

CREATE TABLE sessions (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL,
    token_hash    TEXT    NOT NULL,
    ip            TEXT    NOT NULL,
    user_agent    TEXT    NOT NULL,
    created_at    TEXT    NOT NULL,
    last_seen_at  TEXT    NOT NULL,
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);

CREATE TABLE notification_preferences (
    account_id       INTEGER PRIMARY KEY,
    maintenance      INTEGER NOT NULL CHECK (maintenance IN (0, 1)),
    billing          INTEGER NOT NULL CHECK (billing IN (0, 1)),
    newsletter       INTEGER NOT NULL CHECK (newsletter IN (0, 1)),
    usage_analytics  INTEGER NOT NULL CHECK (usage_analytics IN (0, 1)),
    updated_at       TEXT    NOT NULL,
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);

CREATE TABLE api_tokens (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL,
    label         TEXT    NOT NULL,
    token_hash    TEXT    NOT NULL,
    scopes        TEXT    NOT NULL CHECK (json_valid(scopes)),
    last_used_ip  TEXT,
    last_used_at  TEXT,
    created_at    TEXT    NOT NULL,
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);

CREATE TABLE team_invitations (
    id             INTEGER PRIMARY KEY,
    tenant_id      INTEGER NOT NULL,
    invited_by     INTEGER NOT NULL,
    invitee_email  TEXT    NOT NULL,
    role           TEXT    NOT NULL,
    created_at     TEXT    NOT NULL,
    accepted_at    TEXT,
    FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    FOREIGN KEY (invited_by) REFERENCES accounts (id)
);

-- Written by the message bus, which is why nothing here has a foreign key.
CREATE TABLE audit_log (
    id           INTEGER PRIMARY KEY,
    actor_type   TEXT    NOT NULL,
    actor_id     INTEGER NOT NULL,
    action       TEXT    NOT NULL,
    detail       TEXT    NOT NULL CHECK (json_valid(detail)),
    occurred_at  TEXT    NOT NULL
);

CREATE TABLE usage_events (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL,
    payload      TEXT    NOT NULL CHECK (json_valid(payload)),
    occurred_at  TEXT    NOT NULL
);

-- After the rows

CREATE UNIQUE INDEX accounts_email ON accounts (email);
CREATE INDEX accounts_email_lower ON accounts (lower(email));
CREATE INDEX accounts_tenant_id ON accounts (tenant_id);
CREATE INDEX accounts_referred_by ON accounts (referred_by);
CREATE INDEX accounts_default_machine_id ON accounts (default_machine_id);
CREATE INDEX accounts_closed_at ON accounts (closed_at);
CREATE INDEX orders_account_id ON orders (account_id);
CREATE INDEX orders_product ON orders (product);
CREATE INDEX order_items_sku ON order_items (sku);
CREATE INDEX machines_tenant_id ON machines (tenant_id);
CREATE INDEX machines_order_id ON machines (order_id);
CREATE INDEX machine_events_machine_id ON machine_events (machine_id);
CREATE INDEX machine_events_requested_by ON machine_events (requested_by);
CREATE INDEX machine_events_occurred_at ON machine_events (occurred_at);
CREATE INDEX console_sessions_machine_id ON console_sessions (machine_id);
CREATE INDEX console_sessions_account_id ON console_sessions (account_id);
CREATE INDEX console_sessions_opened_at ON console_sessions (opened_at);
CREATE INDEX invoices_account_id ON invoices (account_id);
CREATE INDEX invoices_tenant_id ON invoices (tenant_id);
CREATE INDEX invoices_billing_email ON invoices (billing_email);
CREATE INDEX invoices_issued_at ON invoices (issued_at);
CREATE INDEX invoice_lines_sku ON invoice_lines (sku);
CREATE INDEX payments_invoice_id ON payments (invoice_id);
CREATE UNIQUE INDEX sessions_token_hash ON sessions (token_hash);
CREATE INDEX sessions_account_id ON sessions (account_id);
CREATE INDEX sessions_last_seen_at ON sessions (last_seen_at);
CREATE UNIQUE INDEX api_tokens_token_hash ON api_tokens (token_hash);
CREATE INDEX api_tokens_account_id ON api_tokens (account_id);
CREATE INDEX team_invitations_tenant_id ON team_invitations (tenant_id);
CREATE INDEX team_invitations_invited_by ON team_invitations (invited_by);
CREATE INDEX team_invitations_invitee_email ON team_invitations (invitee_email);
CREATE INDEX team_invitations_created_at ON team_invitations (created_at);
CREATE INDEX audit_log_actor ON audit_log (actor_id, actor_type);
CREATE INDEX audit_log_detail_account ON audit_log ((detail ->> 'account_id'));
CREATE INDEX audit_log_occurred_at ON audit_log (occurred_at);
CREATE INDEX usage_events_account ON usage_events ((payload ->> 'account_id'));
CREATE INDEX usage_events_occurred_at ON usage_events (occurred_at);
