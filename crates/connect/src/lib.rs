//! Other people's systems: databases and mail.

pub mod mail;
