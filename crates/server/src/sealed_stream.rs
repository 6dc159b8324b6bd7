//! Large files under a person's key, in and out of the state, in constant
//! memory: sealing and opening are blocking work on threads of their own, the
//! state is reached from the async side, and bounded channels lie between.

use std::io::{self, BufReader, PipeReader, PipeWriter, Read, Write};
use std::sync::{Arc, mpsc as blocking};

use candor_connect::package::Spool;
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

/// What a sealed file is; each opens only as what it was sealed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A package.
    Package,
    /// The sheets of a package that is being written.
    Sheets,
}

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
    (blob, kind): (&str, Kind),
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
            .seal_chunks(
                &place(kind, &request),
                &mut reader,
                &mut writer,
                entropy.as_ref(),
            )
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
        let mut reader = Stored::new(store, blob, runtime);
        let mut writer = Parts { send: send.clone() };
        let place = place(Kind::Package, &request);
        let opened = person.key().open_chunks(&place, &mut reader, &mut writer);
        if let Err(error) = opened {
            let _ = send.blocking_send(Err(io::Error::other(error)));
        }
    });
    OpenedStream { parts }
}

/// A place for sheets in the state, sealed under a person's key, and what seals
/// them: to be run beside whoever writes.
pub(crate) fn spool(
    store: Arc<dyn Store>,
    blob: String,
    person: Arc<OpenPerson>,
    request: SubjectRequestId,
    entropy: Arc<dyn Entropy>,
) -> io::Result<(SealedSpool, impl Future<Output = Result<(), ServiceError>>)> {
    let (reader, writer) = io::pipe()?;
    let (tell, sealed) = blocking::channel();
    let spool = SealedSpool {
        writer,
        sealed,
        store: store.clone(),
        blob: blob.clone(),
        person: person.clone(),
        request: request.clone(),
        runtime: Handle::current(),
    };
    let sealing = async move {
        let file = (blob.as_str(), Kind::Sheets);
        seal_into(store.as_ref(), file, person, request, reader, entropy).await?;
        // A spool nobody reads back was given up by its writer.
        let _ = tell.send(());
        Ok(())
    };
    Ok((spool, sealing))
}

/// Sheets on their way into the state and, once all are there, out of it again.
pub(crate) struct SealedSpool {
    writer: PipeWriter,
    sealed: blocking::Receiver<()>,
    store: Arc<dyn Store>,
    blob: String,
    person: Arc<OpenPerson>,
    request: SubjectRequestId,
    runtime: Handle,
}

impl Write for SealedSpool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Spool for SealedSpool {
    type Contents = PipeReader;

    fn contents(self) -> io::Result<PipeReader> {
        drop(self.writer);
        self.sealed.recv().map_err(io::Error::other)?;
        let (reader, mut writer) = io::pipe()?;
        let mut stored = Stored::new(self.store, self.blob, self.runtime.clone());
        self.runtime.spawn_blocking(move || {
            let place = place(Kind::Sheets, &self.request);
            let key = self.person.key();
            // Cut or changed: then less comes out than went in, which the
            // package notices.
            let _ = key.open_chunks(&place, &mut stored, &mut writer);
        });
        Ok(reader)
    }
}

fn place(kind: Kind, request: &SubjectRequestId) -> Place<'_> {
    Place {
        table: "blobs",
        column: match kind {
            Kind::Package => "package",
            Kind::Sheets => "sheets",
        },
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

impl Stored {
    fn new(store: Arc<dyn Store>, blob: String, runtime: Handle) -> Self {
        Self {
            store,
            blob,
            runtime,
            number: 0,
            chunk: io::Cursor::new(Vec::new()),
        }
    }
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

#[cfg(test)]
mod tests {
    use candor_domain::identity::Identity;
    use candor_seal::entropy::SystemEntropy;
    use candor_seal::keys::RootKey;
    use jiff::Timestamp;

    use super::*;
    use crate::people;

    const BLOB: &str = "sheets/of nobody";
    const LINE: &[u8] = b"a line of somebody's data\n";
    const LINES: usize = 100_000;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_waits_in_a_spool_is_sealed_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state.sqlite").display().to_string();
        let store = candor_store::open(&state).await.unwrap();
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
        let root = RootKey::generate(entropy.as_ref()).unwrap();
        let contact = Identity::new("email", "mireille@post.example");
        let now = Timestamp::UNIX_EPOCH;
        let row =
            people::create(&root, "customer", [1; 32], contact, entropy.as_ref(), now).unwrap();
        let person = Arc::new(people::open(&root, &row).unwrap().unwrap());
        let request = SubjectRequestId::from_random([7; 16]);
        let blob = BLOB.to_owned();
        let (mut spool, sealing) = spool(store.clone(), blob, person, request, entropy).unwrap();
        let through = tokio::task::spawn_blocking(move || {
            for _ in 0..LINES {
                spool.write_all(LINE).unwrap();
            }
            let mut read = Vec::new();
            spool.contents().unwrap().read_to_end(&mut read).unwrap();
            read
        });
        let (sealed, read) = tokio::join!(sealing, through);
        sealed.unwrap();
        assert!(read.unwrap() == LINE.repeat(LINES));
        for number in 0..4 {
            let chunk = store.chunk(BLOB, number).await.unwrap().unwrap();
            let mut places = chunk.windows(LINE.len());
            assert!(!places.any(|bytes| bytes == LINE), "chunk {number}");
        }
    }
}
