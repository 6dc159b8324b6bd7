//! Files that are made from other files. Each generator is one line in
//! [`GENERATORS`]; the check makes its file again and compares. A generated file
//! is never edited by hand.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::problem::Problem;

/// A file and what makes it.
struct Generator {
    path: &'static str,
    make: Make,
}

/// Makes the content of a file.
enum Make {
    /// From the root of the workspace.
    Rust(fn(&Path) -> Result<String>),
    /// What this script prints, under [`PYTHON`].
    Python(&'static str),
}

/// Every generated file.
const GENERATORS: &[Generator] = &[
    Generator {
        path: "crates/domain/data/clocks.csv",
        make: Make::Python("crates/domain/data/clocks.py"),
    },
    Generator {
        path: "crates/domain/data/deadlines.csv",
        make: Make::Python("crates/domain/data/deadlines.py"),
    },
    Generator {
        path: "crates/domain/data/expiries.csv",
        make: Make::Python("crates/domain/data/expiries.py"),
    },
    Generator {
        path: "crates/domain/data/holidays.txt",
        make: Make::Python("crates/domain/data/public_holidays.py"),
    },
    Generator {
        path: "docs/reference/candor-yaml.md",
        make: Make::Rust(|_| Ok(candor_policy::schema::page())),
    },
    Generator {
        path: "docs/reference/candor.schema.json",
        make: Make::Rust(|_| Ok(candor_policy::schema::declaration())),
    },
    Generator {
        path: "docs/reference/map.schema.json",
        make: Make::Rust(|_| Ok(candor_policy::schema::map())),
    },
    Generator {
        path: "docs/reference/ratchet.md",
        make: Make::Rust(|_| Ok(candor_policy::diff::reference())),
    },
];

/// Python with the packages of `tests/tools/requirements.txt`; `./test` makes it.
const PYTHON: &str = ".test/venv/bin/python";

impl Make {
    fn run(&self, root: &Path) -> Result<String> {
        let script = match self {
            Self::Rust(make) => return make(root),
            Self::Python(script) => script,
        };
        let output = Command::new(root.join(PYTHON))
            // Leaves no `__pycache__` beside the script.
            .arg("-B")
            .arg(root.join(script))
            .output()
            .with_context(|| format!("cannot run `{PYTHON}`: `./test fast` makes it"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`{script}` failed: {said}");
        Ok(String::from_utf8(output.stdout)?)
    }
}

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
        let wanted = make
            .run(root)
            .with_context(|| format!("cannot generate `{path}`"))?;
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
        let content = make
            .run(root)
            .with_context(|| format!("cannot generate `{path}`"))?;
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
        let root = crate::tree::root();
        if !root.join(PYTHON).exists() {
            assert!(std::env::var_os("CI").is_none(), "`{PYTHON}` is missing");
            eprintln!("not run: `{PYTHON}` is missing; ./test makes it");
            return;
        }
        assert_eq!(check(&root).unwrap(), []);
    }

    #[test]
    fn a_script_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let generators = [Generator {
            path: "list.txt",
            make: Make::Python("list.py"),
        }];
        let message = format!("{:#}", stale(folder.path(), &generators).unwrap_err());
        assert!(
            message.starts_with("cannot generate `list.txt`: cannot run"),
            "{message}"
        );
    }

    #[test]
    fn a_missing_or_edited_file_is_stale_until_written() {
        let folder = tempfile::tempdir().unwrap();
        let generators = [Generator {
            path: "list.txt",
            make: Make::Rust(|_| Ok("made\n".to_owned())),
        }];
        let stale_now = || stale(folder.path(), &generators).unwrap().len();
        assert_eq!(stale_now(), 1);
        write_all(folder.path(), &generators).unwrap();
        assert_eq!(stale_now(), 0);
        std::fs::write(folder.path().join("list.txt"), "edited\n").unwrap();
        assert_eq!(stale_now(), 1);
    }
}
