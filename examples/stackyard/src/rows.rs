//! The tables as Rust types, and batches of their rows.
//!
//! Invariant: the fields of each type are the columns of its table in
//! `schema/`, in the same order; a test compares them with the catalogues.

use jiff::Timestamp;
use serde_json::Value;

/// Seconds since 1970, UTC. Printed as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

/// One value, in the few shapes that both dialects share.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Time(Moment),
    Fixed(&'static str),
    Text(String),
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Timestamp::from_second(self.0)
            .unwrap_or(Timestamp::UNIX_EPOCH)
            .fmt(f)
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<Moment> for Cell {
    fn from(value: Moment) -> Self {
        Self::Time(value)
    }
}

impl From<&'static str> for Cell {
    fn from(value: &'static str) -> Self {
        Self::Fixed(value)
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        Self::Text(value.to_string())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row that knows its table.
pub(crate) trait Row {
    const TABLE: Table;
    fn cells(self, out: &mut Vec<Cell>);
}

macro_rules! tables {
    ($($list:ident { $($row:ident $name:literal { $($column:ident: $type:ty),* $(,)? })* })*) => {
        /// Every table, of both databases.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Table { $($($row,)*)* }

        $(pub(crate) const $list: &[Table] = &[$(Table::$row),*];)*

        impl Table {
            pub(crate) fn name(self) -> &'static str {
                match self { $($(Self::$row => $name,)*)* }
            }

            pub(crate) fn columns(self) -> &'static [&'static str] {
                match self { $($(Self::$row => &[$(stringify!($column)),*],)*)* }
            }
        }

        $($(
            pub(crate) struct $row { $(pub(crate) $column: $type),* }

            impl Row for $row {
                const TABLE: Table = Table::$row;

                fn cells(self, out: &mut Vec<Cell>) {
                    $(out.push(self.$column.into());)*
                }
            }
        )*)*
    };
}

tables! {
    APP {
        SchemaMigration "schema_migrations" { version: i64, applied_at: Moment }
        Product "products" { sku: &'static str, name: &'static str, monthly_cents: i64 }
        Tenant "tenants" {
            id: i64, name: String, country: &'static str, vat_id: Option<String>,
            plan: &'static str, created_at: Moment,
        }
        Account "accounts" {
            id: i64, tenant_id: i64, email: String, name: String, password_hash: Option<String>,
            oauth_provider: Option<&'static str>, oauth_id: Option<String>, role: &'static str,
            locale: &'static str, referred_by: Option<i64>, default_machine_id: Option<i64>,
            created_at: Moment, last_login_at: Option<Moment>, closed_at: Option<Moment>,
            deleted_at: Option<Moment>,
        }
        Order "orders" {
            id: i64, account_id: i64, product: &'static str, billing_cycle: &'static str,
            host_name: String, ssh_key: Option<String>, template: &'static str,
            status: &'static str, placed_at: Moment, cancelled_at: Option<Moment>,
        }
        OrderItem "order_items" {
            order_id: i64, line_no: i64, sku: &'static str, quantity: i64, price_cents: i64,
        }
        Machine "machines" {
            id: i64, tenant_id: i64, order_id: Option<i64>, hostname: String, ip: String,
            settings: Value, status: &'static str, created_at: Moment,
            deleted_at: Option<Moment>,
        }
        MachineEvent "machine_events" {
            id: i64, machine_id: i64, requested_by: Option<i64>, kind: &'static str,
            detail: Option<Value>, occurred_at: Moment,
        }
        ConsoleSession "console_sessions" {
            id: i64, machine_id: i64, account_id: i64, client_ip: String, opened_at: Moment,
            closed_at: Option<Moment>,
        }
        Invoice "invoices" {
            id: i64, series: String, number: i64, account_id: Option<i64>,
            tenant_id: Option<i64>, billing_name: String, billing_address: Option<String>,
            billing_email: Option<String>, tax_id: Option<String>, country: &'static str,
            net_cents: i64, vat_cents: i64, currency: &'static str, issued_at: Moment,
        }
        InvoiceLine "invoice_lines" {
            series: String, number: i64, line_no: i64, sku: &'static str,
            description: &'static str, quantity: i64, net_cents: i64,
        }
        Payment "payments" {
            id: i64, invoice_id: i64, processor: &'static str, processor_reference: String,
            card_last4: Option<String>, card_brand: Option<&'static str>, amount_cents: i64,
            status: &'static str, paid_at: Moment,
        }
        Session "sessions" {
            id: i64, account_id: i64, token_hash: String, ip: String,
            user_agent: &'static str, created_at: Moment, last_seen_at: Moment,
        }
        NotificationPreference "notification_preferences" {
            account_id: i64, maintenance: bool, billing: bool, newsletter: bool,
            usage_analytics: bool, updated_at: Moment,
        }
        ApiToken "api_tokens" {
            id: i64, account_id: i64, label: &'static str, token_hash: String, scopes: Value,
            last_used_ip: Option<String>, last_used_at: Option<Moment>, created_at: Moment,
        }
        TeamInvitation "team_invitations" {
            id: i64, tenant_id: i64, invited_by: i64, invitee_email: String,
            role: &'static str, created_at: Moment, accepted_at: Option<Moment>,
        }
        AuditEntry "audit_log" {
            id: i64, actor_type: &'static str, actor_id: i64, action: &'static str,
            detail: Value, occurred_at: Moment,
        }
        UsageEvent "usage_events" {
            id: i64, name: &'static str, payload: Value, occurred_at: Moment,
        }
    }
    SUPPORT {
        Staff "staff" {
            id: i64, name: &'static str, email: &'static str, team: &'static str, active: bool,
        }
        Contact "contacts" {
            id: i64, email: String, customer_id: Option<i64>, name: String, created_at: Moment,
        }
        Ticket "tickets" {
            id: i64, contact_id: i64, assigned_to: Option<i64>, subject: &'static str,
            status: &'static str, created_at: Moment, closed_at: Option<Moment>,
            deleted_at: Option<Moment>,
        }
        TicketMessage "ticket_messages" {
            id: i64, ticket_id: i64, author_kind: &'static str, author_id: i64, body: String,
            sent_at: Moment,
        }
        ChatSession "chat_sessions" {
            id: i64, contact_id: Option<i64>, email: Option<String>, staff_id: Option<i64>,
            ip: String, page: &'static str, started_at: Moment, ended_at: Moment,
        }
        ChatTranscript "chat_transcripts" {
            chat_session_id: i64, messages: Value, rating: Option<i64>, stored_at: Moment,
        }
        ArticleView "article_views" {
            id: i64, email: Option<String>, slug: &'static str, viewed_at: Moment,
        }
    }
}

/// The rows of one table, cell after cell.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) cells: Vec<Cell>,
    pub(crate) count: u64,
}

/// Rows of every table, on their way from the generator to the loaders.
pub(crate) struct Batch {
    tables: Vec<(Table, Rows)>,
    /// Customers whose rows are complete with this batch.
    pub(crate) customers_done: u32,
}

impl Batch {
    pub(crate) fn new() -> Self {
        let every = APP.iter().chain(SUPPORT);
        Self {
            tables: every.map(|table| (*table, Rows::default())).collect(),
            customers_done: 0,
        }
    }

    pub(crate) fn push<R: Row>(&mut self, row: R) {
        // The tables stand in the order of the enum.
        if let Some((table, rows)) = self.tables.get_mut(R::TABLE as usize) {
            debug_assert_eq!(*table, R::TABLE);
            row.cells(&mut rows.cells);
            rows.count += 1;
        }
    }

    /// The rows of `tables`, in that order, where there are any.
    pub(crate) fn of(&self, tables: &[Table]) -> impl Iterator<Item = (Table, &Rows)> {
        tables.iter().filter_map(|table| {
            self.tables
                .get(*table as usize)
                .filter(|(_, rows)| rows.count > 0)
                .map(|(table, rows)| (*table, rows))
        })
    }
}
