//! The wraps of a shard's people under its present key, beside the keys: a copy of the
//! state that was made before the shard rolled is opened with them. INVARIANT: who was
//! shredded before the roll is not among them, and the former file goes with the key
//! under which its wraps were. Refuses a line that is none.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use candor_domain::id::SubjectId;
use candor_seal::keys::WrappedKey;

use super::{KeyringError, sync_folder};

/// Writes the survivors of a roll in place of those before.
pub(super) fn write(
    path: &Path,
    survivors: &[(SubjectId, WrappedKey)],
) -> Result<(), KeyringError> {
    let failed = |source| KeyringError::file(path, source);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let draft = path.with_extension("new");
    let written = (|| {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)?;
        let mut text = String::new();
        for (id, wrapped) in survivors {
            text.push_str(id.as_str());
            text.push(' ');
            text.push_str(&String::from(wrapped.clone()));
            text.push('\n');
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    })();
    written.map_err(failed)?;
    sync_folder(path)
}

/// The survivors of the last roll; nobody where the shard never rolled.
pub(super) fn read(path: &Path) -> Result<HashMap<SubjectId, WrappedKey>, KeyringError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(source) => return Err(KeyringError::file(path, source)),
    };
    let parsed = text.lines().map(|line| {
        let (id, wrapped) = line.split_once(' ')?;
        Some((
            id.parse::<SubjectId>().ok()?,
            WrappedKey::try_from(wrapped.to_owned()).ok()?,
        ))
    });
    let parsed: Option<HashMap<_, _>> = parsed.collect();
    parsed.ok_or_else(|| KeyringError::NotOurs {
        path: path.to_owned(),
    })
}
