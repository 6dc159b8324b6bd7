//! `candor lint`: reads any privacy policy, with nothing but its text.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use candor_policy::diagnostic::Severity;
use candor_policy::reading::{Format, Reading, read, report};
use candor_policy::{Bundle, render};
use candor_server::world::{Clock, SystemClock};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::check::print_diagnostics;
use crate::cli::{LintArguments, ReportFormat, TextFormat};
use crate::folder;

/// Reads a policy and prints what it says and what is wrong with it. Exit code
/// 1 on errors.
pub(crate) fn lint(arguments: &LintArguments) -> anyhow::Result<ExitCode> {
    let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
    let (bundle, reading) = open(&arguments.file, arguments.read_as, today)?;
    match arguments.format {
        ReportFormat::Json => println!("{}", report::json(&reading, &bundle)),
        ReportFormat::Sarif => println!("{}", render::sarif::render(&reading.findings, &bundle)),
        ReportFormat::Html => println!("{}", report::html(&reading)),
        ReportFormat::Text => {
            print_diagnostics(&reading.findings, &bundle);
            print!("{}", report::text(&reading, &bundle, arguments.all));
        }
    }
    let refused = reading
        .findings
        .iter()
        .any(|found| found.severity == Severity::Error);
    Ok(if refused {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Reads a file as a policy.
fn open(
    path: &Path,
    read_as: Option<TextFormat>,
    today: Date,
) -> anyhow::Result<(Bundle, Reading)> {
    let shown = path.display().to_string();
    let (source, format) = text(path, read_as)?;
    let reading = read(&shown, &source, format, Some(today))
        .with_context(|| format!("`{shown}` was not read"))?;
    Ok((Bundle::new([(shown, source)]), reading))
}

/// The text of a file, and what its bytes mean.
pub(crate) fn text(path: &Path, read_as: Option<TextFormat>) -> anyhow::Result<(String, Format)> {
    let shown = path.display().to_string();
    let source = folder::read_text(path)?;
    let format = match read_as {
        Some(TextFormat::Markdown) => Format::Markdown,
        Some(TextFormat::Html) => Format::Html,
        Some(TextFormat::Plain) => Format::Plain,
        None => Format::of(&shown, &source),
    };
    Ok((source, format))
}
