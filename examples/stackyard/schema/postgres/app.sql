-- The customer portal of Stackyard Hosting. The rows are loaded between the
-- tables and what follows "After the rows", so that each index is built once.

CREATE TABLE schema_migrations (
    version     bigint      PRIMARY KEY,
    applied_at  timestamptz NOT NULL
);

CREATE TABLE products (
    sku            text    PRIMARY KEY,
    name           text    NOT NULL,
    monthly_cents  bigint  NOT NULL
);

CREATE TABLE tenants (
    id          bigint      PRIMARY KEY,
    name        text        NOT NULL,
    country     text        NOT NULL,
    vat_id      text,
    plan        text        NOT NULL,
    created_at  timestamptz NOT NULL
);

CREATE TABLE accounts (
    id                  bigint      PRIMARY KEY,
    tenant_id           bigint      NOT NULL,
    email               text        NOT NULL,
    name                text        NOT NULL,
    password_hash       text,
    oauth_provider      text        CHECK (oauth_provider IN ('github', 'google')),
    oauth_id            text,
    role                text        NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    locale              text        NOT NULL,
    referred_by         bigint,
    default_machine_id  bigint,
    created_at          timestamptz NOT NULL,
    last_login_at       timestamptz,
    closed_at           timestamptz,
    deleted_at          timestamptz,
    CHECK (password_hash IS NOT NULL OR oauth_id IS NOT NULL)
);

CREATE TABLE orders (
    id             bigint      PRIMARY KEY,
    account_id     bigint      NOT NULL,
    product        text        NOT NULL,
    billing_cycle  text        NOT NULL CHECK (billing_cycle IN ('monthly', 'quarterly', 'yearly')),
    host_name      text        NOT NULL,
    ssh_key        text,
    template       text        NOT NULL,
    status         text        NOT NULL,
    placed_at      timestamptz NOT NULL,
    cancelled_at   timestamptz
);

CREATE TABLE order_items (
    order_id     bigint NOT NULL,
    line_no      bigint NOT NULL,
    sku          text   NOT NULL,
    quantity     bigint NOT NULL,
    price_cents  bigint NOT NULL,
    PRIMARY KEY (order_id, line_no)
);

CREATE TABLE machines (
    id          bigint      PRIMARY KEY,
    tenant_id   bigint      NOT NULL,
    order_id    bigint,
    hostname    text        NOT NULL,
    ip          text        NOT NULL,
    settings    jsonb       NOT NULL,
    status      text        NOT NULL,
    created_at  timestamptz NOT NULL,
    deleted_at  timestamptz
);

CREATE TABLE machine_events (
    id            bigint      PRIMARY KEY,
    machine_id    bigint      NOT NULL,
    requested_by  bigint,
    kind          text        NOT NULL,
    detail        jsonb,
    occurred_at   timestamptz NOT NULL
);

CREATE TABLE console_sessions (
    id          bigint      PRIMARY KEY,
    machine_id  bigint      NOT NULL,
    account_id  bigint      NOT NULL,
    client_ip   text        NOT NULL,
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz
);

CREATE TABLE invoices (
    id               bigint      PRIMARY KEY,
    series           text        NOT NULL,
    number           bigint      NOT NULL,
    account_id       bigint,
    tenant_id        bigint,
    billing_name     text        NOT NULL,
    billing_address  text,
    billing_email    text,
    tax_id           text,
    country          text        NOT NULL,
    net_cents        bigint      NOT NULL,
    vat_cents        bigint      NOT NULL,
    currency         text        NOT NULL,
    issued_at        timestamptz NOT NULL,
    UNIQUE (series, number)
);

CREATE TABLE invoice_lines (
    series       text   NOT NULL,
    number       bigint NOT NULL,
    line_no      bigint NOT NULL,
    sku          text   NOT NULL,
    description  text   NOT NULL,
    quantity     bigint NOT NULL,
    net_cents    bigint NOT NULL,
    PRIMARY KEY (series, number, line_no)
);

CREATE TABLE payments (
    id                   bigint      PRIMARY KEY,
    invoice_id           bigint      NOT NULL,
    processor            text        NOT NULL,
    processor_reference  text        NOT NULL,
    card_last4           text,
    card_brand           text,
    amount_cents         bigint      NOT NULL,
    status               text        NOT NULL,
    paid_at              timestamptz NOT NULL
);

CREATE TABLE sessions (
    id            bigint      PRIMARY KEY,
    account_id    bigint      NOT NULL,
    token_hash    text        NOT NULL,
    ip            text        NOT NULL,
    user_agent    text        NOT NULL,
    created_at    timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL
);

CREATE TABLE notification_preferences (
    account_id       bigint      PRIMARY KEY,
    maintenance      boolean     NOT NULL,
    billing          boolean     NOT NULL,
    newsletter       boolean     NOT NULL,
    usage_analytics  boolean     NOT NULL,
    updated_at       timestamptz NOT NULL
);

CREATE TABLE api_tokens (
    id            bigint      PRIMARY KEY,
    account_id    bigint      NOT NULL,
    label         text        NOT NULL,
    token_hash    text        NOT NULL,
    scopes        jsonb       NOT NULL,
    last_used_ip  text,
    last_used_at  timestamptz,
    created_at    timestamptz NOT NULL
);

CREATE TABLE team_invitations (
    id             bigint      PRIMARY KEY,
    tenant_id      bigint      NOT NULL,
    invited_by     bigint      NOT NULL,
    invitee_email  text        NOT NULL,
    role           text        NOT NULL,
    created_at     timestamptz NOT NULL,
    accepted_at    timestamptz
);

-- Written by the message bus, which is why nothing here has a foreign key.
CREATE TABLE audit_log (
    id           bigint      PRIMARY KEY,
    actor_type   text        NOT NULL,
    actor_id     bigint      NOT NULL,
    action       text        NOT NULL,
    detail       jsonb       NOT NULL,
    occurred_at  timestamptz NOT NULL
);

CREATE TABLE usage_events (
    id           bigint      PRIMARY KEY,
    name         text        NOT NULL,
    payload      jsonb       NOT NULL,
    occurred_at  timestamptz NOT NULL
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

ALTER TABLE accounts
    ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    ADD FOREIGN KEY (referred_by) REFERENCES accounts (id),
    ADD FOREIGN KEY (default_machine_id) REFERENCES machines (id);
ALTER TABLE orders
    ADD FOREIGN KEY (account_id) REFERENCES accounts (id),
    ADD FOREIGN KEY (product) REFERENCES products (sku);
ALTER TABLE order_items
    ADD FOREIGN KEY (order_id) REFERENCES orders (id),
    ADD FOREIGN KEY (sku) REFERENCES products (sku);
ALTER TABLE machines
    ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    ADD FOREIGN KEY (order_id) REFERENCES orders (id);
ALTER TABLE machine_events
    ADD FOREIGN KEY (machine_id) REFERENCES machines (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (requested_by) REFERENCES accounts (id);
ALTER TABLE console_sessions
    ADD FOREIGN KEY (machine_id) REFERENCES machines (id),
    ADD FOREIGN KEY (account_id) REFERENCES accounts (id);
ALTER TABLE invoices
    ADD FOREIGN KEY (account_id) REFERENCES accounts (id),
    ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id);
ALTER TABLE invoice_lines
    ADD FOREIGN KEY (series, number) REFERENCES invoices (series, number),
    ADD FOREIGN KEY (sku) REFERENCES products (sku);
ALTER TABLE payments
    ADD FOREIGN KEY (invoice_id) REFERENCES invoices (id);
ALTER TABLE sessions
    ADD FOREIGN KEY (account_id) REFERENCES accounts (id);
ALTER TABLE notification_preferences
    ADD FOREIGN KEY (account_id) REFERENCES accounts (id);
ALTER TABLE api_tokens
    ADD FOREIGN KEY (account_id) REFERENCES accounts (id);
ALTER TABLE team_invitations
    ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    ADD FOREIGN KEY (invited_by) REFERENCES accounts (id);
