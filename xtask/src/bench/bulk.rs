//! Many people at once, through the whole service: how fast a file of them is
//! filed, and how fast their erasures are carried out once staff have decided,
//! from the search for each person to the receipt. Staff's own part, a click for
//! each person and vendor, is left out, and so is the mail: people are known by
//! their customer number. On SQLite, and on PostgreSQL where a
//! server is named; Candor's own state is SQLite.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use candor_domain::bulk::{Accepted, Stage};
use candor_domain::id::{BulkFileId, SubjectRequestId};
use candor_policy::charter::Right;
use candor_server::bulk::BulkTerms;
use candor_server::worker::LEASE;
use candor_server::{Service, Worker};

use super::erasure::{now, say};
use super::memory::{Place, act, give_up, runtime, service, staff};

pub(super) const USAGE: &str = "bulk [--postgres URL] [--people N] (1,000 by default)";

/// Name of the database that is made in a PostgreSQL server, and dropped.
const DATABASE: &str = "candor_bench_bulk";
/// States of those who are not answered yet.
const OPEN: [&str; 5] = ["locating", "undecided", "preparing", "carrying", "closing"];
/// Customers before this one are known by name, and left alone.
const FIRST: u32 = 10;

pub(super) fn run(words: &[&str]) -> Result<()> {
    let mut postgres = None;
    let mut people = 1_000;
    let mut words = words.iter();
    while let (Some(option), Some(value)) = (words.next(), words.next()) {
        match *option {
            "--postgres" => postgres = Some(*value),
            "--people" => people = value.parse()?,
            other => bail!("unknown option `{other}`\nusage: cargo xtask bench {USAGE}"),
        }
    }
    let runtime = runtime()?;
    runtime.block_on(measured(None, people))?;
    match postgres {
        Some(server) => runtime.block_on(measured(Some(server), people)),
        None => Ok(()),
    }
}

async fn measured(server: Option<&str>, people: u32) -> Result<()> {
    let place = Place::make((server, DATABASE), u64::from(people)).await?;
    let outcome = bulk(&place, people).await;
    place.remove().await?;
    let figures = outcome?;
    say(&format!(
        "{:<10} {people:>6} people: filed at {:>6.0} rows/s, erased at {:>6.1} people/s ({:.1} s in {} rounds of jobs)",
        match server {
            Some(_) => "PostgreSQL",
            None => "SQLite",
        },
        rate(people, figures.filing),
        rate(people, figures.working),
        figures.working.as_secs_f64(),
        figures.rounds,
    ));
    Ok(())
}

fn rate(people: u32, took: Duration) -> f64 {
    f64::from(people) / took.as_secs_f64().max(1e-9)
}

struct Figures {
    /// From the file's arrival until every row is filed.
    filing: Duration,
    /// What the worker needed for the rest.
    working: Duration,
    rounds: usize,
}

async fn bulk(place: &Place, people: u32) -> Result<Figures> {
    let service = service(place.folder(), false).await?;
    let worker = Worker::new(service.clone(), LEASE);
    let start = now();
    let filed = file(&service, people).await?;
    while service
        .bulk_file(&filed)
        .await?
        .is_some_and(|file| file.stage != Stage::Done)
    {
        worker.round().await?;
    }
    let mut figures = Figures {
        filing: start.elapsed(),
        working: Duration::default(),
        rounds: 0,
    };
    let mut last = now();
    loop {
        let start = now();
        while worker.round().await? > 0 {
            figures.rounds += 1;
            last = now();
        }
        figures.working += start.elapsed();
        let open = open(&service).await?;
        for id in &open {
            act(&service, id).await?;
        }
        if open.is_empty() {
            break;
        }
        give_up(&service, last, open.first()).await?;
    }
    let counts = service.request_counts().await?;
    let completed = counts.iter().find(|(state, _)| state == "completed");
    let completed = completed.map_or(0, |(_, count)| *count);
    ensure!(
        completed == u64::from(people),
        "not all are erased: {counts:?}"
    );
    Ok(figures)
}

async fn file(service: &Service, people: u32) -> Result<BulkFileId> {
    let terms = BulkTerms {
        by: staff(),
        tenant: None,
        right: Some(Right::Erasure),
        about: None,
        rights: [].into(),
        name: None,
    };
    let lines = (FIRST..FIRST + people).map(|number| format!("{number}\n"));
    let text = format!("customer_id\n{}", lines.collect::<String>());
    let sent = service.send_bulk(&terms, text.as_bytes()).await?;
    let confirmed = service.confirm_bulk(&sent.file.id, Accepted::default(), "It is measured.");
    confirmed.await.context("nothing speaks against the file")?;
    Ok(sent.file.id)
}

/// Everybody who is not answered yet.
async fn open(service: &Service) -> Result<Vec<SubjectRequestId>> {
    let mut open = Vec::new();
    loop {
        let offset = u32::try_from(open.len())?;
        let some = service.requests(&OPEN, offset).await?;
        if some.is_empty() {
            return Ok(open);
        }
        open.extend(some.into_iter().map(|request| request.id));
    }
}
