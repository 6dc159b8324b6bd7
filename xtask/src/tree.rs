//! The files of the project as git sees them: tracked, or new and not ignored.
//! Rules read a [`Tree`] and never the disk, so that a test can hand them a bad one.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Every file of the project, ordered by path.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: Vec<File>,
}

/// One file. Binary files have a path and no text.
#[derive(Debug)]
pub(crate) struct File {
    /// Path from the root of the workspace, with `/`.
    pub(crate) path: String,
    /// The content, when it is UTF-8.
    pub(crate) text: Option<String>,
}

/// The root of the workspace this tool was built in.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

impl Tree {
    /// Reads the project below `root`.
    pub(crate) fn load(root: &Path) -> Result<Self> {
        // A checkout owned by another account (a container's volume) is read all the same.
        let output = Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "-z"])
            .args([
                "--cached",
                "--others",
                "--exclude-standard",
                "--deduplicate",
            ])
            .current_dir(root)
            .output()
            .context("`git ls-files` did not start")?;
        ensure!(
            output.status.success(),
            "`git ls-files` failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        let mut files = Vec::new();
        for path in String::from_utf8(output.stdout)?.split_terminator('\0') {
            let place = root.join(path);
            // Deleted, not yet committed.
            if !place.is_file() {
                continue;
            }
            let bytes = std::fs::read(&place).with_context(|| format!("cannot read `{path}`"))?;
            files.push(File {
                path: path.to_owned(),
                text: String::from_utf8(bytes).ok(),
            });
        }
        ensure!(!files.is_empty(), "no files below `{}`", root.display());
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    /// A tree made of the given paths and texts.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| File {
                path: (*path).to_owned(),
                text: Some((*text).to_owned()),
            })
            .collect();
        Self { files }
    }

    /// All paths, binary files included.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    /// Text files as `(path, text)`.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// Text files whose path ends in `suffix`.
    pub(crate) fn texts_ending<'a>(
        &'a self,
        suffix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts().filter(move |(path, _)| path.ends_with(suffix))
    }

    /// Whether a file or folder has this path.
    pub(crate) fn contains(&self, path: &str) -> bool {
        path.is_empty()
            || self.paths().any(|other| {
                other
                    .strip_prefix(path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projects_own_tree_holds_this_file_and_no_build_output() {
        let tree = Tree::load(&root()).unwrap();
        assert!(tree.contains("xtask/src/tree.rs"));
        assert!(tree.contains("xtask/src"));
        assert!(!tree.contains("xtask/sr"));
        assert!(!tree.contains("target"));
    }
}
