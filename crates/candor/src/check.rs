//! `candor check` and `candor explain`.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use candor_policy::charter::Charter;
use candor_policy::diagnostic::{Diagnostic, Severity};
use candor_policy::render::text::Style;
use candor_policy::{Bundle, apply_fixes, compile, render};
use candor_server::sources;

use crate::cli::{CheckArguments, Format};
use crate::{folder, serve};

/// Compiles a policy and prints what is wrong. Exit code 1 on errors.
pub(crate) async fn check(arguments: CheckArguments) -> anyhow::Result<ExitCode> {
    let mut bundle = folder::read(&arguments.folder)?;
    if arguments.fix {
        let mended = mend(&bundle);
        let written = folder::write(&arguments.folder, &bundle, &mended)?;
        for path in written {
            eprintln!("mended `{path}`");
        }
        bundle = mended;
    }
    let compiled = compile(&bundle);
    let mut diagnostics = compiled.diagnostics;
    if let Some(charter) = compiled.charter.as_ref().filter(|_| arguments.sources) {
        let variables = serve::environment();
        let surroundings = serve::surroundings(&arguments.folder, &variables);
        for (name, source) in sources::open(charter, surroundings)? {
            let found = sources::findings(&source, &compiled.places).await;
            diagnostics.extend(found.with_context(|| format!("source `{name}` was not compared"))?);
        }
    }
    let refused = has_errors(&diagnostics);
    match arguments.format {
        Format::Json => println!("{}", render::json::render(&diagnostics, &bundle)),
        Format::Text => {
            print_diagnostics(&diagnostics, &bundle);
            summarise(&diagnostics, compiled.charter.as_ref().filter(|_| !refused));
        }
    }
    Ok(if refused {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Compiles a policy that must hold; prints what is wrong.
pub(crate) fn charter(folder: &Path) -> anyhow::Result<Charter> {
    let bundle = folder::read(folder)?;
    let compiled = compile(&bundle);
    print_diagnostics(&compiled.diagnostics, &bundle);
    match compiled.charter {
        Some(charter) => Ok(charter),
        None => bail!("the policy in `{}` is refused", folder.display()),
    }
}

/// Prints a diagnostic's page.
pub(crate) fn explain(code: &str) -> anyhow::Result<ExitCode> {
    match candor_policy::explain(&code.to_uppercase()) {
        Some(page) => {
            println!("{page}");
            Ok(ExitCode::SUCCESS)
        }
        None => {
            let codes: Vec<&str> = candor_policy::codes().collect();
            bail!(
                "there is no diagnostic `{code}`; there are: {}",
                codes.join(", ")
            )
        }
    }
}

/// The policy with every proposed change made, until none is left. A change can
/// bring another to light, but not for ever.
fn mend(bundle: &Bundle) -> Bundle {
    const ROUNDS_MAX: usize = 8;
    let mut mended = bundle.clone();
    for _ in 0..ROUNDS_MAX {
        let (next, made) = apply_fixes(&mended, &compile(&mended).diagnostics);
        if made == 0 {
            break;
        }
        mended = next;
    }
    mended
}

pub(crate) fn print_diagnostics(diagnostics: &[Diagnostic], bundle: &Bundle) {
    let style = match std::io::stderr().is_terminal() {
        true => Style::Coloured,
        false => Style::Plain,
    };
    let text = render::text::render(diagnostics, bundle, style);
    if !text.is_empty() {
        eprintln!("{text}");
    }
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|found| found.severity == Severity::Error)
}

fn summarise(diagnostics: &[Diagnostic], charter: Option<&Charter>) {
    let tally = render::text::tally(diagnostics);
    match charter {
        Some(charter) => println!(
            "{} promises, {} sentences link to them, {tally}; charter {}",
            charter.promises.len(),
            charter
                .promises
                .iter()
                .map(|promise| promise.phrases.len())
                .sum::<usize>(),
            charter.id
        ),
        None => println!("refused: {tally}"),
    }
}
