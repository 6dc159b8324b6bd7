//! The engine against real databases: SQLite always, PostgreSQL where
//! `CANDOR_TEST_POSTGRES_URL` names one, which CI must.

mod failures;
mod support;
