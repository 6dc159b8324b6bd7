//! What became of each row, as CSV, part by part: the whole is never in memory. Lines,
//! the sender's own references and numbers of subject requests; nothing of a person.

use candor_policy::charter::Right;
use candor_store::rows::BulkRow;

use super::{Entry, Note, What};
use crate::service::{Service, ServiceError};

const HEADER: [&str; 5] = ["line", "reference", "result", "subject_request", "detail"];
/// With which a cell begins that a spreadsheet would take for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A report that is being written.
pub(crate) struct Report {
    service: Service,
    row: BulkRow,
    next: u32,
}

impl Report {
    pub(super) const fn new(service: Service, row: BulkRow) -> Self {
        Self {
            service,
            row,
            next: 0,
        }
    }

    /// The next lines; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, ServiceError> {
        if self.next >= self.row.file.found.parts() {
            return Ok(None);
        }
        let entries = self.service.bulk_part(&self.row, self.next).await?;
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = (self.next == 0).then(|| HEADER.map(str::to_owned));
        for line in header.into_iter().chain(entries.iter().map(cells)) {
            writer
                .write_record(line)
                .map_err(|_| ServiceError::Corrupt("report"))?;
        }
        self.next += 1;
        let lines = writer
            .into_inner()
            .map_err(|_| ServiceError::Corrupt("report"))?;
        Ok(Some(lines))
    }
}

fn cells(entry: &Entry) -> [String; 5] {
    let (result, id, detail) = match &entry.what {
        What::Waiting(wanted) => {
            let note = wanted.note.map(|note| note_words(note, wanted.right));
            ("ready", String::new(), note.unwrap_or_default())
        }
        What::Bad(faults) => {
            let words = faults.iter().map(|fault| match &fault.column {
                Some(column) => format!("{column}: {}", fault.why),
                None => fault.why.clone(),
            });
            ("bad", String::new(), words.collect::<Vec<_>>().join("; "))
        }
        What::Filed(id) => ("filed", id.to_string(), String::new()),
        What::Attached(id) => (
            "attached",
            id.to_string(),
            "the person has the same open".to_owned(),
        ),
        What::Failed(why) => ("failed", String::new(), why.clone()),
    };
    let reference = entry.reference.clone().unwrap_or_default();
    let reference = match reference.starts_with(FORMULA) {
        true => format!("'{reference}"),
        false => reference,
    };
    let line = entry.line.to_string();
    [line, reference, result.to_owned(), id, detail]
}

fn note_words(note: Note, right: Right) -> String {
    match note {
        Note::Repeats(line) => format!("the same person and right as line {line}"),
        Note::Open => format!("the person has a request of `{}` open", right.key()),
    }
}
