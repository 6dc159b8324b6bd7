//! The policy's folder in memory. Whoever reads the disk builds one; the
//! compiler sees nothing else. Paths are relative, with forward slashes.

use std::collections::BTreeMap;

/// The file every policy folder starts from.
pub const ROOT: &str = "candor.yaml";

/// Largest file the compiler reads, in bytes. The longest privacy policies
/// are about 300 kB; a map of a thousand tables is about 1 MB.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The files of one policy, by path within its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    files: BTreeMap<String, String>,
}

impl Bundle {
    /// A bundle of these files.
    ///
    /// ```
    /// use candor_policy::Bundle;
    ///
    /// let bundle = Bundle::new([("candor.yaml".to_owned(), "candor: 1\n".to_owned())]);
    /// assert_eq!(bundle.file("candor.yaml"), Some("candor: 1\n"));
    /// ```
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            files: files.into_iter().collect(),
        }
    }

    /// Adds a file, or replaces the one at this path.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }

    /// The text of the file at this path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Every file: path and text, in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}
