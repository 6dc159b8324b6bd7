//! Large files under a person's key, in and out of the state, in constant
//! memory: sealing and opening are blocking work on threads of their own, the
//! state is reached from the async side, and bounded channels lie between.

use std::io::{self, BufReader, PipeReader, Read, Write};
use std::sync::Arc;

use candor_domain::id::SubjectRequestId;
use candor_seal::entropy::Entropy;
use candor_seal::envelope::Place;
use candor_store::Store;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::error::ServiceError;
use crate::people::OpenPerson;

/// Bytes of a stored chunk.
const CHUNK: usize = 512 * 1024;
/// Chunks that may wait between two threads.
const WAITING: usize = 4;

/// What comes out of a sealed file, part by part.
pub struct OpenedStream {
    parts: mpsc::Receiver<io::Result<Vec<u8>>>,
}

impl OpenedStream {
    /// The next part; `None` at the end.
    ///
    /// # Errors
    /// Where the file was cut or changed, or the state can't be read.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ServiceError> {
        let part = self.parts.recv().await.transpose();
        part.map_err(ServiceError::Package)
    }
}

/// Seals all that a pipe yields into a blob.
pub(crate) async fn seal_into(
    store: &dyn Store,
    blob: &str,
    person: Arc<OpenPerson>,
    request: SubjectRequestId,
    plaintext: PipeReader,
    entropy: Arc<dyn Entropy>,
) -> Result<(), ServiceError> {
    let (send, mut sealed) = mpsc::channel::<Vec<u8>>(WAITING);
    let sealing = tokio::task::spawn_blocking(move || {
        let mut writer = Chunks {
            send,
            waiting: Vec::with_capacity(CHUNK),
        };
        let mut reader = BufReader::new(plaintext);
        person
            .key()
            .seal_chunks(&place(&request), &mut reader, &mut writer, entropy.as_ref())
            .map_err(io::Error::other)?;
        writer.send_rest()
    });
    let mut number = 0;
    while let Some(chunk) = sealed.recv().await {
        store.put_chunk(blob, number, &chunk).await?;
        number += 1;
    }
    let sealed = sealing.await.map_err(io::Error::other);
    sealed.flatten().map_err(ServiceError::Package)
}

/// Opens a blob as a stream.
pub(crate) fn open_from(
    store: Arc<dyn Store>,
    blob: String,
    person: OpenPerson,
    request: SubjectRequestId,
) -> OpenedStream {
    let (send, parts) = mpsc::channel(WAITING);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut reader = Stored {
            store,
            blob,
            runtime,
            number: 0,
            chunk: io::Cursor::new(Vec::new()),
        };
        let mut writer = Parts { send: send.clone() };
        let opened = person
            .key()
            .open_chunks(&place(&request), &mut reader, &mut writer);
        if let Err(error) = opened {
            let _ = send.blocking_send(Err(io::Error::other(error)));
        }
    });
    OpenedStream { parts }
}

fn place(request: &SubjectRequestId) -> Place<'_> {
    Place {
        table: "blobs",
        column: "package",
        row: request.as_str(),
    }
}

/// Writes into a channel, in chunks of one size.
struct Chunks {
    send: mpsc::Sender<Vec<u8>>,
    waiting: Vec<u8>,
}

impl Chunks {
    fn send_rest(&mut self) -> io::Result<()> {
        let chunk = std::mem::take(&mut self.waiting);
        self.send.blocking_send(chunk).map_err(io::Error::other)
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= CHUNK {
            self.send_rest()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes into a channel, part by part.
struct Parts {
    send: mpsc::Sender<io::Result<Vec<u8>>>,
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.send.blocking_send(Ok(bytes.to_vec()));
        sent.map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a blob's chunks, one after the other.
struct Stored {
    store: Arc<dyn Store>,
    blob: String,
    runtime: Handle,
    number: u32,
    chunk: io::Cursor<Vec<u8>>,
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.chunk.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        let next = self.store.chunk(&self.blob, self.number);
        match self.runtime.block_on(next).map_err(io::Error::other)? {
            None => Ok(0),
            Some(chunk) => {
                self.number += 1;
                self.chunk = io::Cursor::new(chunk);
                self.chunk.read(buffer)
            }
        }
    }
}
