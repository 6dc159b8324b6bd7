//! `candor import`: drafts a policy's folder from a text, or maps and a part of
//! a declaration from Fides' files. Refuses to write over anything.

mod fides;
mod model;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use candor_policy::Bundle;
use candor_policy::diagnostic::Severity;
use candor_policy::reading::draft::{Draft, Given, Outcome, Proposal, Sureness, draft, draft_with};

use crate::check::print_diagnostics;
use crate::cli::{ImportArguments, ImportFrom, ImportText};
use crate::lint;
use model::Model;

/// Imports what the arguments name.
pub(crate) async fn import(arguments: ImportArguments) -> anyhow::Result<ExitCode> {
    match &arguments.from {
        Some(ImportFrom::Fides { path, out }) => fides::import(path, out),
        None => text(&arguments.text).await,
    }
}

/// Drafts `policy.md` and `candor.yaml`, and prints what compiling them gives.
/// Exit code 1 where the draft does not compile yet.
async fn text(arguments: &ImportText) -> anyhow::Result<ExitCode> {
    let Some(file) = &arguments.file else {
        bail!("name the policy's file");
    };
    let (source, format) = lint::text(file, arguments.read_as)?;
    let shown = file.display();
    let given = Given {
        name: arguments.name.clone(),
        country: arguments.country.clone(),
        email: arguments.email.clone(),
    };
    let unread = || format!("`{shown}` was not read");
    let model = Model::new(&arguments.model)?;
    let mut drafted = draft(&source, format, &given).with_context(unread)?;
    if let Some(model) = model {
        let proposals = ask(&model, &drafted).await;
        drafted = draft_with(&source, format, &given, &proposals).with_context(unread)?;
        tell(&drafted.proposed);
    }
    write_new(&arguments.out, &drafted.files)?;
    print_diagnostics(&drafted.diagnostics, &drafted.files);
    Ok(summarise(&drafted, &arguments.out))
}

/// Asks a model about what is in no entry, and says so before.
async fn ask(model: &Model, drafted: &Draft) -> Vec<Proposal> {
    let sentences = model::open_sentences(drafted);
    let bytes: usize = sentences.iter().map(|sentence| sentence.len()).sum();
    eprintln!(
        "{} sentences of the policy ({bytes} bytes) leave this machine for `{}`",
        sentences.len(),
        model.host()
    );
    let answers = model.ask(&sentences).await;
    for failed in &answers.failed {
        eprintln!("a question to the model failed: {failed}");
    }
    if answers.unsent > 0 {
        eprintln!("{} sentences were too many to be sent", answers.unsent);
    }
    eprintln!(
        "the model made {} proposals; {} more are not of the form asked for",
        answers.proposals.len(),
        answers.malformed
    );
    answers.proposals
}

/// What became of the proposals.
fn tell(proposed: &Outcome) {
    eprintln!(
        "{} proposals became entries, marked unsure",
        proposed.accepted
    );
    for (why, times) in &proposed.dropped {
        eprintln!("{times} dropped: proposals {}", why.reason());
    }
}

/// Writes files that are not there yet; none, where one of them is.
fn write_new(folder: &Path, files: &Bundle) -> anyhow::Result<()> {
    for (name, _) in files.files() {
        let path = folder.join(name);
        if path.exists() {
            bail!(
                "`{}` exists, and nothing is written over it; name another folder with `--out`",
                path.display()
            );
        }
    }
    for (name, text) in files.files() {
        let path = folder.join(name);
        let shown = path.display();
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)
                .with_context(|| format!("`{}` cannot be made", parent.display()))?;
        }
        // Between the look above and now, somebody else may have made it.
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("`{shown}` cannot be written"))?;
    }
    Ok(())
}

fn summarise(draft: &Draft, folder: &Path) -> ExitCode {
    let count = |sureness| {
        let entries = draft.entries.iter();
        entries.filter(|entry| entry.sureness == sureness).count()
    };
    let errors = draft
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .count();
    println!(
        "{} entries drafted in `{}`, each with the words it came from: {} sure, {} likely, {} unsure",
        draft.entries.len(),
        folder.display(),
        count(Sureness::Sure),
        count(Sureness::Likely),
        count(Sureness::Unsure),
    );
    println!(
        "{} sentences are in no entry and listed at the end of `candor.yaml`; {errors} errors",
        draft.left.len()
    );
    if !draft.missing.is_empty() {
        println!(
            "the text doesn't say, and you must add: {}",
            draft.missing.join(", ")
        );
    }
    match errors {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
