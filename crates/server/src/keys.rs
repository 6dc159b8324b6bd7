//! The root key and the ledger's key in files, outside the state. A file others may read is refused; a key
//! file is made once and never overwritten.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use candor_seal::entropy::Entropy;
use candor_seal::keys::RootKey;
use candor_seal::note::LogKey;
use thiserror::Error;

use crate::keyring::{Keyring, KeyringError};
use crate::service::Keys;

const ROOT_FILE: &str = "root.key";
const LEDGER_FILE: &str = "ledger.key";
const SHARDS_FOLDER: &str = "shards";

/// Keys that could not be read or made.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// Reading or writing failed.
    #[error("the key file `{path}` could not be {done}")]
    File {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        done: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others can read it.
    #[error("others can read `{path}`; run: chmod 600 {path}")]
    Permissions {
        /// The file.
        path: PathBuf,
    },
    /// Not a key.
    #[error("`{path}` does not hold a key")]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// The keys that hang from the root.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// No random bytes, or the library failed.
    #[error("a new key could not be made")]
    New,
}

/// Reads both keys from a folder; makes those that don't exist yet. `origin`
/// names a new ledger.
///
/// # Errors
/// A [`KeyFileError`]; nothing is overwritten.
pub fn open(folder: &Path, origin: &str, entropy: &dyn Entropy) -> Result<Keys, KeyFileError> {
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(|source| failed(folder, "written", source))?;

    let root_path = folder.join(ROOT_FILE);
    let root = match read(&root_path)? {
        Some(text) => {
            let bytes = hex::decode(text.trim()).map_err(|_| not_a_key(&root_path))?;
            RootKey::from_bytes(&bytes).map_err(|_| not_a_key(&root_path))?
        }
        None => {
            let key = RootKey::generate(entropy).map_err(|_| KeyFileError::New)?;
            write(&root_path, &hex::encode(key.expose()))?;
            key
        }
    };

    let ledger_path = folder.join(LEDGER_FILE);
    let ledger = match read(&ledger_path)? {
        Some(text) => {
            let (name, document) = text.trim().split_once(' ').ok_or(not_a_key(&ledger_path))?;
            let document = hex::decode(document).map_err(|_| not_a_key(&ledger_path))?;
            LogKey::from_pkcs8(name, &document).map_err(|_| not_a_key(&ledger_path))?
        }
        None => {
            let key = LogKey::generate(origin, entropy).map_err(|_| KeyFileError::New)?;
            let document = key.expose_pkcs8().map_err(|_| KeyFileError::New)?;
            write(&ledger_path, &format!("{origin} {}", hex::encode(document)))?;
            key
        }
    };
    let keyring = Keyring::open(root, &folder.join(SHARDS_FOLDER))?;
    Ok(Keys { keyring, ledger })
}

fn read(path: &Path) -> Result<Option<String>, KeyFileError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(path, "read", source)),
    };
    if metadata.permissions().mode() & 0o077 != 0 {
        let path = path.to_owned();
        return Err(KeyFileError::Permissions { path });
    }
    let text = fs::read_to_string(path).map_err(|source| failed(path, "read", source))?;
    Ok(Some(text))
}

fn write(path: &Path, text: &str) -> Result<(), KeyFileError> {
    let written = (|| {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        writeln!(file, "{text}")?;
        file.sync_all()
    })();
    written.map_err(|source| failed(path, "written", source))
}

fn failed(path: &Path, done: &'static str, source: io::Error) -> KeyFileError {
    let path = path.to_owned();
    KeyFileError::File { path, done, source }
}

fn not_a_key(path: &Path) -> KeyFileError {
    let path = path.to_owned();
    KeyFileError::NotAKey { path }
}

#[cfg(test)]
mod tests {
    use candor_seal::entropy::SystemEntropy;

    use super::*;

    #[test]
    fn keys_are_made_once_read_again_and_refused_when_others_can_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SystemEntropy::new();
        let made = open(folder.path(), "privacy.example/ledger", &entropy).unwrap();
        let read = open(folder.path(), "other.example/ledger", &entropy).unwrap();
        assert_eq!(made.keyring.root().id(), read.keyring.root().id());
        assert_eq!(made.ledger.verifier(), read.ledger.verifier());

        let root = folder.path().join(ROOT_FILE);
        fs::set_permissions(&root, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = open(folder.path(), "x", &entropy);
        assert!(matches!(refused, Err(KeyFileError::Permissions { .. })));

        fs::set_permissions(&root, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&root, "not a key").unwrap();
        let refused = open(folder.path(), "x", &entropy);
        assert!(matches!(refused, Err(KeyFileError::NotAKey { .. })));
    }
}
