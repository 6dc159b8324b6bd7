//! The policy's folder on disk: the declaration, its texts and its maps. Writes
//! only what `--fix` changed; refuses what is not UTF-8 or too large to be a
//! policy.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use candor_policy::Bundle;

/// Files of a policy's folder.
const FILES_MAX: usize = 1_000;
/// Bytes of one file.
const FILE_MAX: u64 = 4 * 1024 * 1024;
/// Folders within folders.
const DEPTH_MAX: usize = 4;

/// Reads a folder's Markdown and YAML files.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Bundle> {
    let mut files = Vec::new();
    collect(folder, folder, 0, &mut files)?;
    Ok(Bundle::new(files))
}

/// Writes the files that differ, and says which. Each is written whole, under
/// another name first, so that none is ever half of one.
pub(crate) fn write(folder: &Path, before: &Bundle, after: &Bundle) -> anyhow::Result<Vec<String>> {
    let mut written = Vec::new();
    for (path, text) in after.files() {
        if before.file(path) == Some(text) {
            continue;
        }
        let target = folder.join(path);
        let beside = target.with_extension("candor-new");
        fs::write(&beside, text)
            .and_then(|()| fs::rename(&beside, &target))
            .with_context(|| format!("`{}` cannot be written", target.display()))?;
        written.push(path.to_owned());
    }
    Ok(written)
}

fn collect(
    root: &Path,
    folder: &Path,
    depth: usize,
    files: &mut Vec<(String, String)>,
) -> anyhow::Result<()> {
    let listing = fs::read_dir(folder)
        .with_context(|| format!("the policy's folder `{}` cannot be read", folder.display()))?;
    for entry in listing {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if depth < DEPTH_MAX && !entry.file_name().to_string_lossy().starts_with('.') {
                collect(root, &path, depth + 1, files)?;
            }
            continue;
        }
        let wanted = path
            .extension()
            .is_some_and(|ending| ["md", "yaml", "yml"].iter().any(|known| ending == *known));
        if !wanted {
            continue;
        }
        if entry.metadata()?.len() > FILE_MAX {
            bail!(
                "`{}` is larger than 4 MiB: too large to be part of a policy",
                path.display()
            );
        }
        if files.len() >= FILES_MAX {
            bail!("`{}` holds more than {FILES_MAX} files", root.display());
        }
        let text = fs::read_to_string(&path)
            .with_context(|| format!("`{}` cannot be read as UTF-8 text", path.display()))?;
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        files.push((name, text));
    }
    Ok(())
}
