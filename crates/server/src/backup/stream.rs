//! Pages through the cipher, out and in: sealing and opening are blocking work
//! on threads of their own, the state is reached from the async side, and
//! bounded channels lie between, so that memory stays the same for any state.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candor_seal::chunks::ChunkError;
use candor_seal::entropy::Entropy;
use candor_seal::envelope::Place;
use candor_seal::keys::SubjectKey;
use candor_store::copy::Page;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::folder::failed;
use super::form::Decoder;
use super::header::{Header, bound_to};
use super::{BackupError, FormError, Holder};

/// Pages, or parts of them, that may wait between two threads.
const WAITING: usize = 16;

/// A backup that is being written.
pub(super) struct Sealing {
    parts: mpsc::Sender<Vec<u8>>,
    done: JoinHandle<Result<(), BackupError>>,
}

impl Sealing {
    /// Begins to write into a file: the header, and then what is sent.
    pub(super) fn start(
        (path, file): (PathBuf, File),
        header: Vec<u8>,
        key: SubjectKey,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let (parts, received) = mpsc::channel(WAITING);
        let done = tokio::task::spawn_blocking(move || {
            let mut writer = BufWriter::new(file);
            let written = writer.write_all(&header);
            written.map_err(|source| failed(&path, "written", source))?;
            let row = bound_to(&header);
            let mut reader = Parts {
                received,
                part: Vec::new(),
                used: 0,
                ended: false,
            };
            let sealed = key.seal_chunks(&place(&row), &mut reader, &mut writer, &*entropy);
            sealed.map_err(|error| match error {
                ChunkError::Write(source) => failed(&path, "written", source),
                ChunkError::Read(_) => BackupError::BrokenOff,
                _ => BackupError::Seal,
            })?;
            let file = writer.into_inner().map_err(io::IntoInnerError::into_error);
            let synced = file.and_then(|file| file.sync_all());
            synced.map_err(|source| failed(&path, "written", source))
        });
        Self { parts, done }
    }

    /// Sends bytes. `false` where writing failed, which [`Self::finish`] tells.
    pub(super) async fn send(&self, part: Vec<u8>) -> bool {
        self.parts.send(part).await.is_ok()
    }

    /// Waits until all of it is on the disk. A part that is empty says that
    /// nothing follows: whoever is dropped before leaves no whole file.
    pub(super) async fn finish(self) -> Result<(), BackupError> {
        let Self { parts, done } = self;
        // Who fails to hear it has failed already, and says why.
        let _unheard = parts.send(Vec::new()).await;
        drop(parts);
        done.await.map_err(|_| BackupError::BrokenOff)?
    }
}

/// What is sent, as a reader.
struct Parts {
    received: mpsc::Receiver<Vec<u8>>,
    part: Vec<u8>,
    used: usize,
    ended: bool,
}

impl Read for Parts {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.used == self.part.len() && !self.ended {
            let part = self.received.blocking_recv();
            self.part = part.ok_or(io::ErrorKind::BrokenPipe)?;
            self.used = 0;
            self.ended = self.part.is_empty();
        }
        let mut rest = self.part.get(self.used..).unwrap_or_default();
        let read = rest.read(into)?;
        self.used += read;
        Ok(read)
    }
}

/// A backup that is being read.
pub(super) struct Opening {
    pages: mpsc::Receiver<Page>,
    done: JoinHandle<Result<u64, BackupError>>,
}

impl Opening {
    /// Begins to read a file that these keys can open.
    pub(super) fn start(path: &Path, keys: Holder<'_>) -> Result<(Header, Self), BackupError> {
        let (header, file, key, row) = opened(path, keys)?;
        let (send, pages) = mpsc::channel(WAITING);
        let path = path.to_owned();
        let done = tokio::task::spawn_blocking(move || {
            let mut take = |page| {
                let sent = send.blocking_send(page);
                sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
            };
            let mut decoder = Decoder::new(&mut take);
            let read = key.open_chunks(&place(&row), &mut BufReader::new(file), &mut decoder);
            let damaged = |why: String| BackupError::Damaged {
                path: path.clone(),
                why,
            };
            match (read, decoder.refused) {
                (_, Some(why)) => Err(damaged(why.to_string())),
                (Ok(_), None) => decoder.finish().map_err(|why| damaged(why.to_string())),
                (Err(ChunkError::Refused), None) => {
                    let rows = match decoder.finish() {
                        Ok(rows) | Err(FormError::Cut { rows }) => rows,
                        Err(_) => 0,
                    };
                    Err(damaged(format!(
                        "it was cut or changed after row {rows}, or is another backup's content"
                    )))
                }
                (Err(ChunkError::Read(source)), None) => Err(failed(&path, "read", source)),
                (Err(_), None) => Err(BackupError::BrokenOff),
            }
        });
        Ok((header, Self { pages, done }))
    }

    /// The next rows; `None` at the end, or where reading failed, which
    /// [`Self::finish`] tells.
    pub(super) async fn next(&mut self) -> Option<Page> {
        self.pages.recv().await
    }

    /// How many rows there were. Only now are they known to be the backup.
    pub(super) async fn finish(self) -> Result<u64, BackupError> {
        drop(self.pages);
        self.done.await.map_err(|_| BackupError::BrokenOff)?
    }
}

/// A backup's header, its file behind the header, its key, and what its chunks
/// are bound to.
fn opened(
    path: &Path,
    keys: Holder<'_>,
) -> Result<(Header, File, SubjectKey, String), BackupError> {
    let unread = |source| failed(path, "read", source);
    let mut file = File::open(path).map_err(unread)?;
    let mut first = Vec::new();
    let most = u64::try_from(Header::bytes_max()).unwrap_or(u64::MAX);
    let read = (&mut file).take(most).read_to_end(&mut first);
    read.map_err(unread)?;
    let (header, length) = Header::decode(path, &first)?;
    let key = header.open(path, keys)?;
    let behind = u64::try_from(length).unwrap_or(u64::MAX);
    io::Seek::seek(&mut file, io::SeekFrom::Start(behind)).map_err(unread)?;
    let row = bound_to(first.get(..length).unwrap_or_default());
    Ok((header, file, key, row))
}

fn place(row: &str) -> Place<'_> {
    Place {
        table: "backups",
        column: "state",
        row,
    }
}
