//! Large files under a person's key, in and out of the state, in constant
//! memory: sealing and opening are blocking work on threads of their own, the
//! state is reached from the async side, and bounded channels lie between.

use std::io::{self, BufReader, PipeReader, PipeWriter, Read, Write};
use std::ops::Range;
use std::sync::{Arc, mpsc as blocking};

use candor_connect::package::Spool;
use candor_domain::id::SubjectRequestId;
use candor_seal::entropy::Entropy;
use candor_seal::envelope::Place;
use candor_store::{ChunkWrite, Store};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::error::ServiceError;
use crate::people::OpenPerson;
use crate::service::{keys_blob, package_blob, sheets_blob};

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
    /// Keys of somebody's rows, until their absence was verified.
    Keys,
}

/// Where a sealed file lies, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) blob: String,
    /// The first of its chunks: a blob may hold several files.
    pub(crate) first: u32,
    pub(crate) kind: Kind,
    /// What it belongs to; it opens only there.
    pub(crate) row: String,
}

impl File {
    /// A subject request's package.
    pub(crate) fn package(id: &SubjectRequestId) -> Self {
        Self::whole(package_blob(id), Kind::Package, id)
    }

    /// The sheets of a package while it is written.
    pub(crate) fn sheets(id: &SubjectRequestId) -> Self {
        Self::whole(sheets_blob(id), Kind::Sheets, id)
    }

    /// Keys of the rows in one source, from a chunk on.
    pub(crate) fn keys(id: &SubjectRequestId, source: &str, first: u32) -> Self {
        Self {
            blob: keys_blob(id),
            first,
            kind: Kind::Keys,
            row: format!("{id}/{source}"),
        }
    }

    fn whole(blob: String, kind: Kind, id: &SubjectRequestId) -> Self {
        Self {
            blob,
            first: 0,
            kind,
            row: id.to_string(),
        }
    }

    fn place(&self) -> Place<'_> {
        Place {
            table: "blobs",
            column: match self.kind {
                Kind::Package => "package",
                Kind::Sheets => "sheets",
                Kind::Keys => "keys",
            },
            row: &self.row,
        }
    }
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

/// Seals all that a pipe yields into a file, and says which chunks it takes.
pub(crate) async fn seal_into(
    store: &dyn Store,
    file: File,
    person: Arc<OpenPerson>,
    plaintext: PipeReader,
    entropy: Arc<dyn Entropy>,
) -> Result<Range<u32>, ServiceError> {
    let (send, mut sealed) = mpsc::channel::<Vec<u8>>(WAITING);
    let (blob, first) = (file.blob.clone(), file.first);
    let sealing = tokio::task::spawn_blocking(move || {
        let mut writer = Chunks {
            send,
            waiting: Vec::with_capacity(CHUNK),
        };
        let mut reader = BufReader::new(plaintext);
        person
            .key()
            .seal_chunks(&file.place(), &mut reader, &mut writer, entropy.as_ref())
            .map_err(io::Error::other)?;
        writer.send_rest()
    });
    let mut number = first;
    while let Some(chunk) = sealed.recv().await {
        store.put_chunk(&blob, number, &chunk).await?;
        number += 1;
    }
    let sealed = sealing.await.map_err(io::Error::other);
    sealed.flatten().map_err(ServiceError::Package)?;
    Ok(first..number)
}

/// Seals what fits into memory, as chunks that are yet to be written.
pub(crate) fn seal_few(
    file: &File,
    person: &OpenPerson,
    mut plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<ChunkWrite>, ServiceError> {
    let mut sealed = Vec::new();
    let sealing = person
        .key()
        .seal_chunks(&file.place(), &mut plaintext, &mut sealed, entropy);
    sealing.map_err(|error| ServiceError::Package(io::Error::other(error)))?;
    let chunks = sealed.chunks(CHUNK).zip(file.first..);
    let chunks = chunks.map(|(bytes, number)| ChunkWrite {
        blob: file.blob.clone(),
        number,
        bytes: bytes.to_vec(),
    });
    Ok(chunks.collect())
}

/// Opens a file as a stream; it ends before chunk `end`, or with its blob.
pub(crate) fn open_from(
    store: Arc<dyn Store>,
    file: File,
    end: Option<u32>,
    person: Arc<OpenPerson>,
) -> OpenedStream {
    let (send, parts) = mpsc::channel(WAITING);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut reader = Stored::new(store, &file, end, runtime);
        let mut writer = Parts { send: send.clone() };
        let opened = person
            .key()
            .open_chunks(&file.place(), &mut reader, &mut writer);
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
    file: File,
    person: Arc<OpenPerson>,
    entropy: Arc<dyn Entropy>,
) -> io::Result<(SealedSpool, impl Future<Output = Result<(), ServiceError>>)> {
    let (reader, writer) = io::pipe()?;
    let (tell, sealed) = blocking::channel();
    let spool = SealedSpool {
        writer,
        sealed,
        store: store.clone(),
        file: file.clone(),
        person: person.clone(),
        runtime: Handle::current(),
    };
    let sealing = async move {
        seal_into(store.as_ref(), file, person, reader, entropy).await?;
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
    file: File,
    person: Arc<OpenPerson>,
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
        let mut stored = Stored::new(self.store, &self.file, None, self.runtime.clone());
        self.runtime.spawn_blocking(move || {
            let key = self.person.key();
            // Cut or changed: then less comes out than went in, which the
            // package notices.
            let _ = key.open_chunks(&self.file.place(), &mut stored, &mut writer);
        });
        Ok(reader)
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

/// Reads a file's chunks, one after the other.
struct Stored {
    store: Arc<dyn Store>,
    blob: String,
    runtime: Handle,
    next: u32,
    end: Option<u32>,
    chunk: io::Cursor<Vec<u8>>,
}

impl Stored {
    fn new(store: Arc<dyn Store>, file: &File, end: Option<u32>, runtime: Handle) -> Self {
        Self {
            store,
            blob: file.blob.clone(),
            runtime,
            next: file.first,
            end,
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
        if self.end.is_some_and(|end| self.next >= end) {
            return Ok(0);
        }
        let next = self.store.chunk(&self.blob, self.next);
        match self.runtime.block_on(next).map_err(io::Error::other)? {
            None => Ok(0),
            Some(chunk) => {
                self.next += 1;
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
    use crate::keyring::Keyring;
    use crate::people;

    const LINE: &[u8] = b"a line of somebody's data\n";
    const LINES: usize = 100_000;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_waits_in_a_spool_is_sealed_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state.sqlite").display().to_string();
        let store = candor_store::open(&state).await.unwrap();
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
        let root = RootKey::generate(entropy.as_ref()).unwrap();
        let keyring = Keyring::open(root, &folder.path().join("keys")).unwrap();
        let contact = Identity::new("email", "mireille@post.example");
        let vault = people::Vault {
            keyring: &keyring,
            entropy: entropy.as_ref(),
            now: Timestamp::UNIX_EPOCH,
        };
        let row = people::create(&vault, ("customer", None), [1; 32], contact).unwrap();
        let person = Arc::new(people::open(&vault, &row).unwrap().unwrap());
        let file = File::sheets(&SubjectRequestId::from_random([7; 16]));
        // Nobody asked, so that the state does not ask who.
        let file = File {
            blob: "sheets/of nobody".to_owned(),
            ..file
        };
        let (mut spool, sealing) = spool(store.clone(), file.clone(), person, entropy).unwrap();
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
            let chunk = store.chunk(&file.blob, number).await.unwrap().unwrap();
            let mut places = chunk.windows(LINE.len());
            assert!(!places.any(|bytes| bytes == LINE), "chunk {number}");
        }
    }
}
