//! Whether a database encrypts what it stores, as far as it says so itself.
//! MariaDB does, file by file; PostgreSQL and SQLite leave it to what lies below
//! them, of which they know nothing, and neither do we.

use candor_domain::check::{AtRestFinding, Finding};
use candor_policy::charter::SourceKind;

use crate::error::Fault;
use crate::source::Source;

// Files are named in a character set of their own. A scheme of 0 is none; a file
// that is being encrypted has pages left that are not.
const PLAIN: &str = "/* candor: what is stored as it is */
SELECT concat('`', substring(s.name, char_length(p.own) + 1), '`') AS what
  FROM information_schema.innodb_sys_tablespaces AS s
  JOIN (SELECT concat(CONVERT(CAST(CONVERT(database() USING filename) AS BINARY) USING utf8mb4), '/') AS own) AS p
  LEFT JOIN information_schema.innodb_tablespaces_encryption AS e ON e.space = s.space
 WHERE left(s.name, char_length(p.own)) = p.own
   AND (e.space IS NULL OR e.encryption_scheme = 0 OR e.min_key_version = 0 OR e.key_rotation_page_number IS NOT NULL)
UNION ALL
SELECT concat('`', table_name, '`') FROM information_schema.tables
 WHERE table_schema = database() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'
UNION ALL
SELECT 'its system tablespace' FROM dual
 WHERE NOT EXISTS (SELECT 1 FROM information_schema.innodb_tablespaces_encryption WHERE space = 0 AND encryption_scheme <> 0 AND min_key_version <> 0)
UNION ALL SELECT 'its log' FROM dual WHERE NOT @@innodb_encrypt_log
UNION ALL SELECT 'its temporary tables' FROM dual WHERE NOT @@innodb_encrypt_temporary_tables
UNION ALL SELECT 'its binary log' FROM dual WHERE @@log_bin AND NOT @@encrypt_binlog
ORDER BY 1";

impl Source {
    pub(super) async fn at_rest(&self) -> Result<Finding, Fault> {
        let found = match self.kind() {
            Some(SourceKind::Mysql) => self.mysql_at_rest().await?,
            Some(SourceKind::Postgres | SourceKind::Sqlite) | None => AtRestFinding::Unseen,
        };
        Ok(Finding::AtRest(found))
    }

    async fn mysql_at_rest(&self) -> Result<AtRestFinding, Fault> {
        let mut plain = Vec::new();
        let mut take = |mut line: Vec<Option<String>>| plain.extend(line.pop().flatten());
        let asked = self.texts(PLAIN, &mut take).await;
        match asked {
            // Where the files are, only a privilege tells.
            Err(Fault::Database(_)) => Err(Fault::Refused(vec![
                "its account does not see how tables are stored: grant it `PROCESS`".to_owned(),
            ])),
            Err(fault) => Err(fault),
            Ok(()) if plain.is_empty() => Ok(AtRestFinding::All),
            Ok(()) => Ok(AtRestFinding::Not(plain)),
        }
    }
}
