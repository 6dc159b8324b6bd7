//! A file of many people through the real process: killed at any row, it goes on by
//! itself, and nobody's subject request is filed twice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use candor_domain::bulk::{Accepted, BulkFile, Stage};
use candor_domain::id::{BulkFileId, StaffId};
use candor_policy::charter::Right;
use candor_server::Service;
use candor_server::bulk::BulkTerms;

use crate::world::{PATIENCE, World};

/// Rows of the file: two parts and a half.
const ROWS: u32 = 250;
/// In the middle of a part, at its ends, and between two.
const POINTS: [&str; 6] = [
    "bulk.row.2",
    "bulk.row.68",
    "bulk.part.0",
    "bulk.row.137",
    "bulk.row.201",
    "bulk.row.251",
];

fn people() -> String {
    let lines = (0..ROWS).map(|number| format!("person{number}@bulk.example\n"));
    format!("email\n{}", lines.collect::<String>())
}

async fn sent(service: &Service, text: &str) -> BulkFile {
    let terms = BulkTerms {
        by: StaffId::from_random([9; 16]),
        tenant: None,
        right: Some(Right::Access),
        about: None,
        rights: [].into(),
        name: None,
    };
    let sent = service.send_bulk(&terms, text.as_bytes()).await.unwrap();
    let reason = "They asked by letter and signed it.";
    let confirmed = service.confirm_bulk(&sent.file.id, Accepted::default(), reason);
    confirmed.await.unwrap()
}

async fn done(service: &Service, id: &BulkFileId) -> BulkFile {
    let start = Instant::now();
    loop {
        let file = service.bulk_file(id).await.unwrap().unwrap();
        if file.stage == Stage::Done {
            return file;
        }
        assert!(start.elapsed() < PATIENCE, "{file:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_filed_once_through_a_kill_at_any_row() {
    let world = World::new(20).await;
    let service = world.service().await;
    let file = sent(&service, &people()).await;
    for point in POINTS {
        let server = world.serve(&["--pause-at", point]);
        let start = Instant::now();
        while !server.has_logged("paused") {
            assert!(start.elapsed() < PATIENCE, "{point} was not reached");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.kill();
    }
    let server = world.serve(&[]);
    let file = done(&service, &file.id).await;
    drop(server);
    assert_eq!((file.outcome.filed, file.outcome.rows()), (ROWS, ROWS));
    let all: u64 = service
        .request_counts()
        .await
        .unwrap()
        .iter()
        .map(|(_, count)| count)
        .sum();
    assert_eq!(all, u64::from(ROWS), "one each");
    let mut people = BTreeMap::new();
    let mut offset = 0;
    loop {
        let page = service.requests(&[], offset).await.unwrap();
        if page.is_empty() {
            break;
        }
        offset += u32::try_from(page.len()).unwrap();
        for request in page {
            *people.entry(request.subject).or_insert(0) += 1;
        }
    }
    assert_eq!(people.len(), ROWS as usize);
    assert!(people.values().all(|count| *count == 1));
}
