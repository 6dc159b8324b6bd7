//! Files that are made from other files. Each generator is one line in
//! [`GENERATORS`]; the check makes its file again and compares. A generated file
//! is never edited by hand.

use std::path::Path;

use anyhow::{Context, Result};

use crate::problem::Problem;

/// A file and the function that makes its content from the root of the workspace.
struct Generator {
    path: &'static str,
    make: fn(&Path) -> Result<String>,
}

/// Every generated file.
const GENERATORS: &[Generator] = &[];

/// Generated files that differ from what their generator makes.
pub(crate) fn check(root: &Path) -> Result<Vec<Problem>> {
    stale(root, GENERATORS)
}

/// Makes every generated file again.
pub(crate) fn write(root: &Path) -> Result<()> {
    write_all(root, GENERATORS)
}

fn stale(root: &Path, generators: &[Generator]) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for Generator { path, make } in generators {
        let wanted = make(root).with_context(|| format!("cannot generate `{path}`"))?;
        // A missing file is stale too.
        if std::fs::read_to_string(root.join(path)).ok() != Some(wanted) {
            problems.push(Problem::file(
                path,
                "is stale: run `cargo xtask generated --write`",
            ));
        }
    }
    Ok(problems)
}

fn write_all(root: &Path, generators: &[Generator]) -> Result<()> {
    for Generator { path, make } in generators {
        let content = make(root).with_context(|| format!("cannot generate `{path}`"))?;
        std::fs::write(root.join(path), content)
            .with_context(|| format!("cannot write `{path}`"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_fresh() {
        assert_eq!(check(&crate::tree::root()).unwrap(), []);
    }

    #[test]
    fn a_missing_or_edited_file_is_stale_until_written() {
        let folder = tempfile::tempdir().unwrap();
        let generators = [Generator {
            path: "list.txt",
            make: |_| Ok("made\n".to_owned()),
        }];
        let stale_now = || stale(folder.path(), &generators).unwrap().len();
        assert_eq!(stale_now(), 1);
        write_all(folder.path(), &generators).unwrap();
        assert_eq!(stale_now(), 0);
        std::fs::write(folder.path().join("list.txt"), "edited\n").unwrap();
        assert_eq!(stale_now(), 1);
    }
}
