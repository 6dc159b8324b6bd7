//! `candor import fides`: Fides' datasets and systems as maps and a part of a
//! declaration.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use candor_policy::Bundle;
use candor_policy::fides::{FidesError, Imported, PART};

use crate::check::print_diagnostics;
use crate::folder;

/// Most files that are read, and how deep a folder is looked into.
const FILES_MAX: usize = 2_000;
const DEPTH_MAX: usize = 8;

/// Writes the maps and the part, and says what found no place in them.
pub(super) fn import(path: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    let files = read(path)?;
    let imported = match candor_policy::fides::import(&files) {
        Ok(imported) => imported,
        Err(FidesError::Yaml(diagnostics)) => {
            print_diagnostics(&diagnostics, &files);
            bail!("`{}` was not imported", path.display());
        }
        Err(error) => {
            return Err(error).with_context(|| format!("`{}` was not imported", path.display()));
        }
    };
    super::write_new(out, &imported.files)?;
    report(&imported, out);
    Ok(ExitCode::SUCCESS)
}

/// The YAML files at a path, by their path below it.
fn read(path: &Path) -> anyhow::Result<Bundle> {
    let mut found = Vec::new();
    collect(path, 0, &mut found)?;
    if found.is_empty() {
        bail!(
            "`{}` holds no file that ends in .yml or .yaml",
            path.display()
        );
    }
    let mut files = Bundle::default();
    for file in found {
        let shown = file.display().to_string();
        files.insert(shown, folder::read_text(&file)?);
    }
    Ok(files)
}

fn collect(path: &Path, depth: usize, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let kind = fs::symlink_metadata(path)
        .with_context(|| format!("`{}` cannot be read", path.display()))?;
    let yaml = path
        .extension()
        .is_some_and(|ending| ending == "yml" || ending == "yaml");
    // A link is followed only where it is what was named.
    if kind.is_file() || (depth == 0 && path.is_file()) {
        if yaml || depth == 0 {
            found.push(path.to_owned());
        }
        if found.len() > FILES_MAX {
            bail!("more than {FILES_MAX} files; name a smaller folder");
        }
        return Ok(());
    }
    if !path.is_dir() || (kind.is_symlink() && depth > 0) || depth > DEPTH_MAX {
        return Ok(());
    }
    let entries =
        fs::read_dir(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    let mut inner: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .with_context(|| format!("`{}` cannot be read", path.display()))?;
    inner.sort();
    for path in inner {
        collect(&path, depth + 1, found)?;
    }
    Ok(())
}

fn report(imported: &Imported, out: &Path) {
    let mut keys: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for lost in &imported.lost {
        let kind = lost.resource.split(' ').next().unwrap_or_default();
        *keys.entry((kind, lost.key.as_str())).or_default() += 1;
    }
    println!(
        "{} tables and {} entries in `{}`; `include: {PART}` makes them a part of a declaration",
        imported.tables,
        imported.declared,
        out.display(),
    );
    println!(
        "{} values have no place in Candor, under {} keys; the files list each with its line:",
        imported.lost.len(),
        keys.len()
    );
    for ((kind, key), times) in keys {
        println!("  {times:>5}  {kind}: {key}");
    }
}
