//! The same work as the engine's, in SQL written by hand for the portal of
//! Stackyard Hosting: one transaction, one statement per table, prepared once,
//! every predicate on an index. It knows the schema by heart and keeps no
//! evidence.

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

const LOCK: &str =
    "SELECT tenant_id, email FROM accounts WHERE id = ANY($1) ORDER BY id FOR UPDATE";
const TENANTS: &str = "SELECT tenant_id FROM accounts WHERE tenant_id = ANY($1) GROUP BY tenant_id HAVING bool_and(id = ANY($2))";
const ORDERS: &str = "SELECT id FROM orders WHERE account_id = ANY($1)";
const MACHINES: &str = "SELECT id FROM machines WHERE tenant_id = ANY($1)";
const INVOICES: &str = "SELECT id FROM invoices WHERE account_id = ANY($1)";

/// Statements whose parameter is the accounts.
const BY_ACCOUNT: [&str; 8] = [
    "UPDATE accounts SET referred_by = NULL WHERE referred_by = ANY($1)",
    "UPDATE machine_events SET requested_by = NULL WHERE requested_by = ANY($1)",
    "DELETE FROM console_sessions WHERE account_id = ANY($1)",
    "DELETE FROM sessions WHERE account_id = ANY($1)",
    "DELETE FROM notification_preferences WHERE account_id = ANY($1)",
    "DELETE FROM api_tokens WHERE account_id = ANY($1)",
    "DELETE FROM team_invitations WHERE invited_by = ANY($1)",
    "DELETE FROM audit_log WHERE actor_id = ANY($1) AND actor_type = 'account'",
];
/// Statements whose parameter is the accounts as text.
const BY_TEXT: [&str; 2] = [
    "DELETE FROM audit_log WHERE detail ->> 'account_id' = ANY($1)",
    "DELETE FROM usage_events WHERE payload ->> 'account_id' = ANY($1)",
];
const BY_INVOICE: [&str; 2] = [
    "UPDATE payments SET processor_reference = 'erased', card_last4 = NULL, card_brand = NULL WHERE invoice_id = ANY($1)",
    "UPDATE invoices SET account_id = NULL, billing_name = 'erased customer', billing_address = NULL, billing_email = NULL, tax_id = NULL WHERE id = ANY($1)",
];
const BY_ORDER: [&str; 2] = [
    "UPDATE machines SET order_id = NULL WHERE order_id = ANY($1)",
    "DELETE FROM order_items WHERE order_id = ANY($1)",
];
const BY_MACHINE: [&str; 4] = [
    "UPDATE accounts SET default_machine_id = NULL WHERE default_machine_id = ANY($1)",
    "DELETE FROM console_sessions WHERE machine_id = ANY($1)",
    "DELETE FROM machine_events WHERE machine_id = ANY($1)",
    "DELETE FROM machines WHERE id = ANY($1)",
];
const DELETE_ORDERS: &str = "DELETE FROM orders WHERE id = ANY($1)";
const DELETE_INVITED: &str = "DELETE FROM team_invitations WHERE invitee_email = ANY($1)";
const BY_TENANT: [&str; 2] = [
    "DELETE FROM team_invitations WHERE tenant_id = ANY($1)",
    "UPDATE invoices SET tenant_id = NULL WHERE tenant_id = ANY($1)",
];
const DELETE_ACCOUNTS: &str = "DELETE FROM accounts WHERE id = ANY($1)";
const DELETE_TENANTS: &str = "DELETE FROM tenants WHERE id = ANY($1)";

/// Erases accounts, and says how many rows were written.
pub(super) async fn erase(connection: &mut PgConnection, accounts: &[i64]) -> Result<u64> {
    let mut transaction = connection.begin().await?;
    let mut tenants: Vec<i64> = Vec::new();
    let mut emails: Vec<String> = Vec::new();
    for row in sqlx::query(LOCK)
        .bind(accounts)
        .fetch_all(&mut *transaction)
        .await?
    {
        tenants.push(row.try_get(0)?);
        emails.push(row.try_get(1)?);
    }
    let tenants: Vec<i64> = sqlx::query_scalar(TENANTS)
        .bind(&tenants)
        .bind(accounts)
        .fetch_all(&mut *transaction)
        .await?;
    let orders = ids(&mut transaction, ORDERS, accounts).await?;
    let machines = ids(&mut transaction, MACHINES, &tenants).await?;
    let invoices = ids(&mut transaction, INVOICES, accounts).await?;
    let texts: Vec<String> = accounts.iter().map(i64::to_string).collect();
    let mut written = 0;
    // What goes anyway goes first, so that nothing is changed before it goes.
    for sql in BY_MACHINE {
        written += write(&mut transaction, sql, &machines).await?;
    }
    for sql in BY_ACCOUNT {
        written += write(&mut transaction, sql, accounts).await?;
    }
    for sql in BY_ORDER {
        written += write(&mut transaction, sql, &orders).await?;
    }
    for sql in BY_TEXT {
        let done = transaction.execute(sqlx::query(sql).bind(&texts)).await?;
        written += done.rows_affected();
    }
    for sql in BY_INVOICE {
        written += write(&mut transaction, sql, &invoices).await?;
    }
    written += write(&mut transaction, DELETE_ORDERS, &orders).await?;
    let done = transaction
        .execute(sqlx::query(DELETE_INVITED).bind(&emails))
        .await?;
    written += done.rows_affected();
    for sql in BY_TENANT {
        written += write(&mut transaction, sql, &tenants).await?;
    }
    written += write(&mut transaction, DELETE_ACCOUNTS, accounts).await?;
    written += write(&mut transaction, DELETE_TENANTS, &tenants).await?;
    transaction.commit().await?;
    Ok(written)
}

async fn ids(connection: &mut PgConnection, sql: &'static str, of: &[i64]) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(sql)
        .bind(of)
        .fetch_all(connection)
        .await?)
}

async fn write(connection: &mut PgConnection, sql: &'static str, ids: &[i64]) -> Result<u64> {
    let done = connection.execute(sqlx::query(sql).bind(ids)).await?;
    Ok(done.rows_affected())
}

/// A person's tables and how their rows are found, by `$1`, the account.
const OWN: [(&str, &str); 18] = [
    ("accounts", "t.id = $1"),
    ("tenants", "t.id IN (SELECT tenant_id FROM alone)"),
    ("notification_preferences", "t.account_id = $1"),
    ("sessions", "t.account_id = $1"),
    ("api_tokens", "t.account_id = $1"),
    ("team_invitations", "t.invited_by = $1"),
    (
        "team_invitations",
        "t.invitee_email = (SELECT email FROM accounts WHERE id = $1) AND t.invited_by <> $1",
    ),
    ("orders", "t.account_id = $1"),
    (
        "order_items",
        "t.order_id IN (SELECT id FROM orders WHERE account_id = $1)",
    ),
    ("machines", "t.tenant_id IN (SELECT tenant_id FROM alone)"),
    (
        "machine_events",
        "t.machine_id IN (SELECT m.id FROM machines m JOIN alone USING (tenant_id))",
    ),
    ("console_sessions", "t.account_id = $1"),
    ("invoices", "t.account_id = $1"),
    (
        "invoice_lines",
        "(t.series, t.number) IN (SELECT series, number FROM invoices WHERE account_id = $1)",
    ),
    (
        "payments",
        "t.invoice_id IN (SELECT id FROM invoices WHERE account_id = $1)",
    ),
    ("audit_log", "t.actor_id = $1 AND t.actor_type = 'account'"),
    ("audit_log", "t.detail ->> 'account_id' = $1::text"),
    ("usage_events", "t.payload ->> 'account_id' = $1::text"),
];

/// A person's rows as JSON, in one statement; says how many there were.
pub(super) async fn access(connection: &mut PgConnection, account: i64) -> Result<u64> {
    let selects: Vec<String> = OWN
        .iter()
        .map(|(table, condition)| {
            format!("SELECT '{table}' AS tab, row_to_json(t)::text AS doc FROM {table} AS t WHERE {condition}")
        })
        .collect();
    let sql = format!(
        "WITH alone AS MATERIALIZED (SELECT a.tenant_id FROM accounts a WHERE a.id = $1 AND NOT EXISTS (SELECT 1 FROM accounts b WHERE b.tenant_id = a.tenant_id AND b.id <> $1)) {}",
        selects.join(" UNION ALL ")
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(account)
        .fetch_all(connection)
        .await?;
    let mut read = 0;
    for row in &rows {
        let _: serde_json::Value = serde_json::from_str(row.try_get("doc")?)?;
        read += 1;
    }
    Ok(read)
}
