//! Backups in a folder that only its owner can read. Each is written under an
//! unfinished name and gets its own once it was read back: whoever sees the name
//! sees a whole backup. Refuses nothing itself but what the disk refuses.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::BackupError;

/// What ends the name of a backup that is not finished.
pub(super) const UNFINISHED: &str = ".unfinished";
/// What ends the name of one that is.
const ENDING: &str = "backup";
/// How times are written in names.
pub(super) const STAMP: &str = "%Y%m%dT%H%M%SZ";
/// What ends the name of what happened since a backup; its own stands before.
pub(super) const SINCE: &str = ".since";

/// A folder of backups.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// A backup in a folder, by its name alone. The newest is the one whose ledger is
/// longest, whatever the clock said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// How many entries its ledger has.
    pub entries: u64,
    /// When it was made, to the second.
    pub made_at: Timestamp,
    /// Its name.
    pub name: String,
}

impl Folder {
    /// The folder at a path, made where it is missing.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(path);
        made.map_err(|source| failed(path, "written", source))?;
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its backups, the newest last. What is unfinished is none.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn kept(&self) -> Result<Vec<Kept>, BackupError> {
        let unread = |source| failed(&self.path, "read", source);
        let mut kept = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(unread)? {
            let name = entry.map_err(unread)?.file_name();
            kept.extend(name.to_str().and_then(named));
        }
        kept.sort();
        Ok(kept)
    }

    /// The file of a backup.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The file of what happened since a backup.
    #[must_use]
    pub fn since(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}{SINCE}"))
    }

    /// A new file for a backup of this name, which it does not have yet.
    pub(super) fn begin(&self, name: &str) -> Result<(PathBuf, File), BackupError> {
        let path = self.path.join(format!("{name}{UNFINISHED}"));
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path);
        let file = file.map_err(|source| failed(&path, "written", source))?;
        Ok((path, file))
    }

    /// Gives a file the name of the backup that it is.
    pub(super) fn finish(&self, unfinished: &Path, name: &str) -> Result<PathBuf, BackupError> {
        let path = self.path.join(name);
        let finished =
            fs::rename(unfinished, &path).and_then(|()| File::open(&self.path)?.sync_all());
        finished.map_err(|source| failed(&path, "written", source))?;
        Ok(path)
    }

    /// Removes what is no longer kept, and what was never finished; the newest
    /// backup stays whatever its age. The names that went.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn expire(&self, keep: SignedDuration, now: Timestamp) -> Result<Vec<String>, BackupError> {
        let mut kept = self.kept()?;
        kept.pop();
        let over = kept
            .into_iter()
            .filter(|one| now.duration_since(one.made_at) > keep)
            .map(|one| one.name);
        let over: Vec<String> = over.collect();
        for name in &over {
            remove(&self.since(name))?;
            remove(&self.file(name))?;
        }
        Ok(over)
    }
}

/// Removes a file; one that is gone already is fine.
pub(super) fn remove(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(failed(path, "removed", source))
        }
        _ => Ok(()),
    }
}

pub(super) fn failed(path: &Path, done: &'static str, source: std::io::Error) -> BackupError {
    let path = path.to_owned();
    BackupError::File { path, done, source }
}

/// What the name of a backup says.
fn named(name: &str) -> Option<Kept> {
    let path = Path::new(name);
    if path.extension() != Some(OsStr::new(ENDING)) {
        return None;
    }
    let (stamp, entries) = path.file_stem()?.to_str()?.split_once('-')?;
    let at = jiff::civil::DateTime::strptime(STAMP, stamp).ok()?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Kept {
        made_at: at.timestamp(),
        entries: entries.parse().ok()?,
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_goes_and_the_newest_stays() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(&place.path().join("backups")).unwrap();
        let names = [
            "20261001T000000Z-3.backup",
            "20261022T000000Z-5.backup",
            "20261101T000000Z-9.backup",
        ];
        for name in names
            .iter()
            .chain(&["other.txt", "20261102T000000Z-9.backup.unfinished"])
        {
            fs::write(folder.file(name), "x").unwrap();
        }
        let kept: Vec<String> = folder
            .kept()
            .unwrap()
            .into_iter()
            .map(|one| one.name)
            .collect();
        assert_eq!(kept, names);
        let now: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        assert_eq!(folder.expire(days(35), now).unwrap(), names[..1]);
        assert_eq!(folder.expire(days(1), now).unwrap(), names[1..2]);
        assert_eq!(folder.expire(days(1), now).unwrap(), [""; 0]);
        assert!(folder.file("other.txt").exists(), "what is not ours");
    }
}
