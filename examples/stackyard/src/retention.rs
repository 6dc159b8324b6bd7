//! How long the policy lets rows live, in days, as the generator obeys it.
//!
//! Invariant: these are the numbers of `policy/candor.yaml`; a test reads them
//! there. Invoices (ten years) are missing because the company is younger.

/// Login sessions, after the last page seen.
pub(crate) const SESSIONS_DAYS: i64 = 30;
/// Console sessions, after they were opened.
pub(crate) const CONSOLE_SESSIONS_DAYS: i64 = 180;
/// Events of machines.
pub(crate) const MACHINE_EVENTS_DAYS: i64 = 365;
/// Invitations to a team, after they were sent.
pub(crate) const INVITATIONS_DAYS: i64 = 30;
/// Audit of what people and systems did.
pub(crate) const AUDIT_LOG_DAYS: i64 = 365;
/// Optional usage data.
pub(crate) const USAGE_EVENTS_DAYS: i64 = 90;
/// Closed accounts.
pub(crate) const CLOSED_ACCOUNTS_DAYS: i64 = 30;
/// Tickets, after they were closed.
pub(crate) const TICKETS_DAYS: i64 = 730;
/// Chats, after they ended.
pub(crate) const CHATS_DAYS: i64 = 365;
/// Views of help-centre articles.
pub(crate) const ARTICLE_VIEWS_DAYS: i64 = 180;
/// Age of the company, and of its oldest customers.
pub(crate) const COMPANY_DAYS: i64 = 2200;
