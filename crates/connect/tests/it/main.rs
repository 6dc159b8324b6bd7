//! The engine against real databases: SQLite always, PostgreSQL and MariaDB
//! where `CANDOR_TEST_POSTGRES_URL` and `CANDOR_TEST_MARIADB_URL` name them,
//! which CI must.

#[cfg(test)]
mod closure;
#[cfg(test)]
mod cut;
#[cfg(test)]
mod draft;
#[cfg(test)]
mod expiries;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod holds;
#[cfg(test)]
mod indexes;
#[cfg(test)]
mod late;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod mariadb;
#[cfg(test)]
mod names;
#[cfg(test)]
mod notice;
#[cfg(test)]
mod observe;
#[cfg(test)]
mod operation;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod property;
#[cfg(test)]
mod random;
#[cfg(test)]
mod replica;
#[cfg(test)]
mod rewrite;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod service;
#[cfg(test)]
mod support;
#[cfg(test)]
mod sweep;
#[cfg(test)]
mod tally;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod traps;
#[cfg(test)]
mod undo;
#[cfg(test)]
mod within;
#[cfg(test)]
mod worlds;
#[cfg(test)]
mod writers;
