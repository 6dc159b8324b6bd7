//! The policy's folder on disk: the declaration, its texts and its maps. Writes
//! only what `--fix` changed; refuses what is not UTF-8 or too large to be a
//! policy, before it is in memory.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use candor_policy::{Bundle, FILE_BYTES_MAX, decode};

/// Files of a policy's folder.
const FILES_MAX: usize = 1_000;
/// Bytes of all of them.
const FOLDER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Folders within folders.
const DEPTH_MAX: usize = 4;

/// Reads a folder's Markdown and YAML files.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Bundle> {
    let mut files = Vec::new();
    collect(folder, folder, 0, &mut files)?;
    Ok(Bundle::new(files))
}

/// Reads one text, never more of it than a policy's file may have.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let cannot = || format!("`{shown}` cannot be read");
    let file = File::open(path).with_context(cannot)?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(cannot)?;
    if bytes.len() > FILE_BYTES_MAX {
        bail!(
            "`{shown}` has more than {FILE_BYTES_MAX} bytes, too many for a policy; \
             split it, or take out what isn't the policy"
        );
    }
    decode(bytes).with_context(|| format!("`{shown}` was not read"))
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
        // A pipe of that name would be waited for.
        if !wanted || !path.is_file() {
            continue;
        }
        if files.len() >= FILES_MAX {
            bail!(
                "`{}` holds more than {FILES_MAX} files of a policy; \
                 keep what isn't the policy in another folder",
                root.display()
            );
        }
        let text = read_text(&path)?;
        let held: usize = files.iter().map(|(_, text)| text.len()).sum();
        if held + text.len() > FOLDER_BYTES_MAX {
            bail!(
                "`{}` holds more than {FOLDER_BYTES_MAX} bytes of policy; \
                 keep what isn't the policy in another folder",
                root.display()
            );
        }
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        files.push((name, text));
    }
    Ok(())
}
