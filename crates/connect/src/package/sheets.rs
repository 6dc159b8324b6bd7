//! The CSV files of a package, one after the other, compressed, in a spool: a
//! zip is written front to back, and `data.json` is being written meanwhile.
//! Refuses to hand out less than was written.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use zip::ZipWriter;
use zip::write::StreamWriter;

use super::{Spool, options};

/// Files as far as they are written.
#[derive(Debug)]
pub(super) struct Sheets<S: Spool> {
    spool: DeflateEncoder<S>,
    files: Vec<Sheet>,
}

#[derive(Debug)]
struct Sheet {
    name: String,
    bytes: u64,
}

impl<S: Spool> Sheets<S> {
    pub(super) fn new(spool: S) -> Self {
        Self {
            spool: DeflateEncoder::new(spool, Compression::fast()),
            files: Vec::new(),
        }
    }

    /// What is written from now on belongs to this file.
    pub(super) fn start(&mut self, name: String) {
        self.files.push(Sheet { name, bytes: 0 });
    }

    /// Ends the files and writes each into the zip.
    pub(super) fn copy_into<W: Write>(
        self,
        zip: &mut ZipWriter<StreamWriter<W>>,
    ) -> io::Result<()> {
        let mut contents = DeflateDecoder::new(self.spool.finish()?.contents()?);
        for file in self.files {
            zip.start_file(file.name, options())?;
            let copied = io::copy(&mut contents.by_ref().take(file.bytes), zip)?;
            if copied != file.bytes {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }
}

impl<S: Spool> Write for Sheets<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(file) = self.files.last_mut() else {
            return Err(io::Error::other("a row without a file"));
        };
        let written = self.spool.write(bytes)?;
        file.bytes += u64::try_from(written).unwrap_or(u64::MAX);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.spool.flush()
    }
}
