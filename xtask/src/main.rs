//! Tools of the house, run as `cargo xtask COMMAND`. Each one ends with code 0
//! when the tree is as it should be, and else names every problem on a line of
//! its own, by file and line. Development only: no other crate depends on it.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::problem::Problem;
use crate::tree::Tree;

mod bench;
mod edges;
mod eval;
mod generated;
mod problem;
mod tidy;
mod tree;

const USAGE: &str = "usage: cargo xtask COMMAND

  tidy                  house rules that neither rustc nor clippy checks
  bench WHAT            times against hand-written code, with their goals
  eval [FOLDER] [--wrong]
                        how well texts are read; FOLDER holds the public ones
  edges                 which crate may depend on which
  generated [--write]   generated files equal what their generators make";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(problems) => report(&problems),
        Err(error) => complain(&error),
    }
}

fn run(words: &[&str]) -> Result<Vec<Problem>> {
    let root = tree::root();
    match words {
        ["tidy"] => Ok(tidy::check(&Tree::load(&root)?)),
        ["bench", words @ ..] => bench::run(words).map(|()| Vec::new()),
        ["eval", words @ ..] => eval::run(words).map(|()| Vec::new()),
        ["edges"] => edges::check(&root),
        ["generated"] => generated::check(&root),
        ["generated", "--write"] => generated::write(&root).map(|()| Vec::new()),
        _ => bail!("{USAGE}"),
    }
}

#[expect(
    clippy::print_stdout,
    reason = "problems are the output of the command"
)]
fn report(problems: &[Problem]) -> ExitCode {
    for problem in problems {
        println!("{problem}");
    }
    if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        println!("problems: {}", problems.len());
        ExitCode::FAILURE
    }
}

#[expect(clippy::print_stderr, reason = "the command could not do its work")]
fn complain(error: &anyhow::Error) -> ExitCode {
    eprintln!("{error:#}");
    ExitCode::from(2)
}
