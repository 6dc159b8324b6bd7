//! MariaDB's replicas: each transaction of the binary log has a number within
//! its domain (GTID), and a replica says which of each domain it applied last.
//! Numbers alone don't say whose they are, since every server begins at one: a
//! replica must follow this very server, and hold the first and the last step of
//! its journal, which no other server has. Refuses a server without a binary log,
//! and a replica into whose own log the search would write.

use std::collections::BTreeMap;

use super::Stand;
use crate::error::Fault;
use crate::source::{Engine, Source};
use crate::sql::literal;

const POSITION: &str = "/* candor: how far is everything that was written */
SELECT CAST(@@log_bin AND @@sql_log_bin AS CHAR), CAST(@@server_id AS CHAR), CAST(@@gtid_binlog_pos AS CHAR)";
const REACHED: &str = "/* candor: how far has the replica come */
SELECT CAST(@@gtid_slave_pos AS CHAR), CAST(@@log_bin AND NOT @@read_only AND @@binlog_format <> 'ROW' AS CHAR)";
const FOLLOWS: &str = "SHOW ALL SLAVES STATUS";
/// Of each connection: whom it follows, whether it applies what it reads, what
/// stopped it.
const FOLLOWS_COLUMNS: [&str; 4] = [
    "Master_Server_Id",
    "Slave_IO_Running",
    "Slave_SQL_Running",
    "Last_SQL_Errno",
];

const HAS_JOURNAL: &str = "/* candor: are there steps that were carried out */
SELECT count(*) FROM information_schema.tables WHERE table_schema = database() AND table_name = 'candor_journal'";
// By the primary key, however many there are.
const MARKS: &str = "/* candor: steps by which replicas are known */
SELECT min(step), max(step) FROM candor_journal";

/// How far it has written.
#[derive(Debug)]
pub(super) struct Written {
    server: String,
    position: Position,
    /// Steps of its journal.
    marks: Vec<String>,
}

pub(super) async fn written(database: &Source) -> Result<Written, Fault> {
    // Before the position: what comes after it may not be there yet.
    let marks = marks(database).await?;
    let mut line = Vec::new();
    database
        .texts(POSITION, &mut |values| line = values)
        .await?;
    let [logs, server, position] = fields(line);
    if logs != "1" {
        return Err(Fault::Refused(vec![
            "its server writes no binary log, so that nobody can say how far a replica is: \
             set `log_bin`"
                .to_owned(),
        ]));
    }
    Ok(Written {
        server,
        position: Position::read(&position)?,
        marks,
    })
}

async fn marks(database: &Source) -> Result<Vec<String>, Fault> {
    if database.number(HAS_JOURNAL).await? == 0 {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    database.texts(MARKS, &mut |values| found = values).await?;
    let mut found: Vec<String> = found.into_iter().flatten().collect();
    found.dedup();
    Ok(found)
}

pub(super) async fn stand(replica: &Source, written: &Written) -> Result<Stand, Fault> {
    let follows = follows(replica).await?;
    if follows.is_empty() {
        return Ok(refused("follows nothing: it is a database of its own"));
    }
    let Some(own) = follows.iter().find(|one| one.server == written.server) else {
        return Ok(match follows.iter().any(|one| one.server == "0") {
            // It was never told by whoever it is to follow.
            true => Stand::Behind("has not reached the database it follows".to_owned()),
            false => refused("follows another database"),
        });
    };
    let mut line = Vec::new();
    replica.texts(REACHED, &mut |values| line = values).await?;
    let [reached, logs_searches] = fields(line);
    if logs_searches == "1" {
        return Ok(refused(
            "would write what is looked for into a binary log of its own: set `read_only`, \
             or `binlog_format` to `ROW`",
        ));
    }
    let reached = Position::read(&reached)?;
    match written.position.compared(&reached) {
        Compared::Reached => {}
        Compared::Parted => return Ok(refused("has parted from the database")),
        Compared::Behind => return Ok(Stand::Behind(own.why_behind())),
    }
    if !holds(replica, &written.marks).await? {
        return Ok(refused(
            "does not hold the steps in `candor_journal`: it follows another database, or leaves \
             that table out",
        ));
    }
    Ok(Stand::CaughtUp)
}

async fn holds(replica: &Source, marks: &[String]) -> Result<bool, Fault> {
    if marks.is_empty() {
        return Ok(true);
    }
    if replica.number(HAS_JOURNAL).await? == 0 {
        return Ok(false);
    }
    let steps: Vec<String> = marks.iter().map(|step| literal(step)).collect();
    let held = replica
        .number(&format!(
            "/* candor: does the replica have these steps */
SELECT count(*) FROM candor_journal WHERE step IN ({})",
            steps.join(", ")
        ))
        .await?;
    Ok(usize::try_from(held).is_ok_and(|held| held == marks.len()))
}

fn refused(why: &str) -> Stand {
    Stand::Refused(why.to_owned())
}

/// One connection by which a server follows another.
struct Following {
    server: String,
    runs: bool,
    error: String,
}

impl Following {
    fn why_behind(&self) -> String {
        match (self.error.as_str(), self.runs) {
            ("" | "0", true) => "has not caught up".to_owned(),
            ("" | "0", false) => "has been stopped".to_owned(),
            (error, _) => format!("has been stopped by an error (number {error})"),
        }
    }
}

async fn follows(replica: &Source) -> Result<Vec<Following>, Fault> {
    let Engine::Mysql(engine) = replica.engine() else {
        return Ok(Vec::new());
    };
    let found = engine.columns(FOLLOWS, &FOLLOWS_COLUMNS);
    let found = replica.unless_silent(replica.limits().statement, found);
    let found = match found.await {
        Err(Fault::Database(_)) => {
            return Err(Fault::Refused(vec![
                "its account does not see whom it follows: grant it `SLAVE MONITOR`".to_owned(),
            ]));
        }
        found => found?,
    };
    let follows = found.into_iter().map(|line| {
        let [server, reads, applies, error] = fields(line);
        Following {
            server,
            runs: reads == "Yes" && applies == "Yes",
            error,
        }
    });
    Ok(follows.collect())
}

fn fields<const N: usize>(line: Vec<Option<String>>) -> [String; N] {
    let mut line = line.into_iter();
    std::array::from_fn(|_| line.next().flatten().unwrap_or_default())
}

/// The last transaction of each domain: its server and its number there.
#[derive(Debug, PartialEq, Eq)]
struct Position(BTreeMap<u64, (u64, u64)>);

#[derive(Debug, PartialEq, Eq)]
enum Compared {
    Reached,
    Behind,
    /// It has the same number from another server.
    Parted,
}

impl Position {
    /// `0-1-57,7-3-12`: domain, server, number.
    fn read(text: &str) -> Result<Self, Fault> {
        let mut domains = BTreeMap::new();
        for one in text.split(',').filter(|one| !one.is_empty()) {
            let mut parts = one.splitn(3, '-').map(|part| part.parse::<u64>().ok());
            let mut part = || parts.next().flatten();
            let (Some(domain), Some(server), Some(number)) = (part(), part(), part()) else {
                let why = "a place in its binary log has an unexpected form".to_owned();
                return Err(Fault::Database(why));
            };
            domains.insert(domain, (server, number));
        }
        Ok(Self(domains))
    }

    /// Whether what is here was reached there.
    fn compared(&self, reached: &Self) -> Compared {
        let mut compared = Compared::Reached;
        for (domain, (server, number)) in &self.0 {
            match reached.0.get(domain) {
                Some((own, at)) if at == number && own != server => return Compared::Parted,
                Some((_, at)) if at >= number => {}
                _ => compared = Compared::Behind,
            }
        }
        compared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(written: &str, reached: &str) -> Compared {
        let written = Position::read(written).unwrap();
        written.compared(&Position::read(reached).unwrap())
    }

    #[test]
    fn every_domain_has_to_be_reached() {
        assert_eq!(compared("", "0-1-5"), Compared::Reached);
        assert_eq!(compared("0-1-5", "0-1-5"), Compared::Reached);
        assert_eq!(compared("0-1-5", "0-1-6,1-1-1"), Compared::Reached);
        // As numbers, not as texts.
        assert_eq!(compared("0-1-10", "0-1-9"), Compared::Behind);
        assert_eq!(compared("0-1-5", ""), Compared::Behind);
        assert_eq!(compared("0-1-5,1-1-2", "0-1-5"), Compared::Behind);
        // The other server's fifth is not this one's.
        assert_eq!(compared("0-1-5", "0-2-5"), Compared::Parted);
        // Whoever took over goes on counting.
        assert_eq!(compared("0-1-5", "0-2-6"), Compared::Reached);
    }

    #[test]
    fn what_is_no_position_is_refused() {
        assert!(Position::read("0-1").is_err());
        assert!(Position::read("0-1-x").is_err());
        assert!(Position::read("0-1-2-3").is_err());
    }
}
