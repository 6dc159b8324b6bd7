//! One story for both databases: every test runs on SQLite and on PostgreSQL,
//! with the same assertions. PostgreSQL is taken from
//! `CANDOR_TEST_POSTGRES_URL`, and each test makes its own database there.

#[cfg(test)]
mod copy;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod story;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tables;
