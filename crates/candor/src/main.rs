//! The command line: reads arguments and environment, wires the crates, talks
//! to the terminal. Refuses to hold logic of its own.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its terminal"
)]

mod api;
mod backup;
mod bulk;
mod check;
mod cli;
mod demo;
mod diff;
mod export;
mod folder;
mod hold;
mod import;
mod key;
mod lint;
mod map;
mod publish;
mod render;
mod request;
mod retention;
mod serve;
mod source;
mod step;
mod verify;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::{Cli, Command, SourceCommand};

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log(cli.verbose);
    let outcome = match cli.command {
        Command::Check(arguments) => on_runtime(check::check(arguments)),
        Command::Diff(arguments) => on_runtime(diff::diff(arguments)),
        Command::Import(arguments) => on_runtime(import::import(arguments)),
        Command::Map(arguments) => on_runtime(map::map(arguments)),
        Command::Lint(arguments) => lint::lint(&arguments),
        Command::Render(arguments) => render::render(&arguments),
        Command::Retention(arguments) => on_runtime(retention::retention(arguments)),
        Command::Source(SourceCommand::Test(arguments)) => on_runtime(source::test(arguments)),
        Command::Explain { code } => check::explain(&code),
        Command::Verify(arguments) => verify::verify(&arguments),
        Command::Request(arguments) => on_runtime(request::request(arguments)),
        Command::Hold(arguments) => on_runtime(hold::hold(arguments)),
        Command::Key(arguments) => on_runtime(key::key(arguments)),
        Command::Publish(arguments) => on_runtime(publish::publish(arguments)),
        Command::Serve(arguments) => on_runtime(serve::serve(arguments)),
        Command::Demo(arguments) => on_runtime(demo::demo(arguments)),
        Command::ExportLedger(arguments) => on_runtime(export::export(arguments)),
        Command::Backup(arguments) => on_runtime(backup::backup(arguments)),
        Command::Restore(arguments) => on_runtime(backup::restore(arguments)),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}

fn on_runtime(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(work)
}

/// Logs go to standard error; what a command says goes to standard output.
fn start_log(verbose: u8) {
    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    // Libraries speak only of errors: some would log what passes through them.
    let ours = ["candor", "candor_connect", "candor_server", "candor_store"];
    let filter = Targets::new()
        .with_default(LevelFilter::ERROR)
        .with_targets(ours.map(|name| (name, level)));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .init();
}
