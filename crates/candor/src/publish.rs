//! `candor publish`: shows what a version changes, and puts it in force where
//! the ratchet agrees. Exit code 1 where it doesn't: nothing was changed then.

use std::process::ExitCode;

use anyhow::Context;
use candor_domain::calendar::Calendar;
use candor_policy::charter::Charter;
use candor_policy::diff::{Diff, Refusal, diff, ratchet};
use candor_policy::promise::PromiseId;
use candor_policy::render::changes;
use candor_server::service::{
    Draft, PublishError, Published, Version, prepare, publish as put_in_force,
};
use candor_server::sources;
use candor_server::world::{Clock, SystemClock};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::cli::PublishArguments;
use crate::{check, serve};

/// Publishes the policy of a folder.
pub(crate) async fn publish(arguments: PublishArguments) -> anyhow::Result<ExitCode> {
    let charter = check::charter(&arguments.folder)?;
    let store = candor_store::open(&serve::state(&arguments.installation)).await?;
    let before = prepare(store.as_ref()).await?;
    check_sources(&arguments, before.as_ref(), &charter)?;
    let found = before
        .as_ref()
        .map(|before| diff(&before.charter, &charter));
    match &found {
        Some(found) => print!("{}", changes::text(found)),
        None => println!("The first version: {} promises.", charter.promises.len()),
    }
    let acknowledged: Vec<PromiseId> = arguments
        .acknowledge
        .iter()
        .cloned()
        .map(PromiseId)
        .collect();
    if arguments.dry_run {
        return Ok(dry_run(before.as_ref(), found.as_ref(), &acknowledged));
    }
    let draft = Draft {
        effective_at: begins(&charter, arguments.effective)?,
        by: arguments.by,
        acknowledged,
        charter,
    };
    match put_in_force(store.as_ref(), draft, SystemClock.now()).await {
        Ok(published) => {
            done(&published);
            Ok(ExitCode::SUCCESS)
        }
        Err(PublishError::Already) => {
            println!("This is the latest version already; nothing was changed.");
            Ok(ExitCode::SUCCESS)
        }
        Err(PublishError::Refused(refusal)) => Ok(refused(&refusal)),
        Err(error) => Err(error.into()),
    }
}

/// A server that runs must be able to open what the version declares.
fn check_sources(
    arguments: &PublishArguments,
    before: Option<&Version>,
    charter: &Charter,
) -> anyhow::Result<()> {
    if before.is_some_and(|before| before.charter.sources == charter.sources) {
        return Ok(());
    }
    let variables = serve::environment();
    sources::open(charter, serve::surroundings(&arguments.folder, &variables))?;
    Ok(())
}

/// The start of a day where the organisation is.
fn begins(charter: &Charter, day: Option<Date>) -> anyhow::Result<Option<Timestamp>> {
    let Some(day) = day else {
        return Ok(None);
    };
    let country = &charter.organisation.country;
    let calendar = Calendar::of(country)
        .with_context(|| format!("no calendar is known for country `{country}`"))?;
    let start = day.to_zoned(calendar.time_zone().clone())?;
    Ok(Some(start.timestamp()))
}

fn dry_run(before: Option<&Version>, found: Option<&Diff>, acknowledged: &[PromiseId]) -> ExitCode {
    let (Some(before), Some(found)) = (before, found) else {
        println!("\nIt can be published.");
        return ExitCode::SUCCESS;
    };
    match ratchet(&before.charter, found, acknowledged) {
        Ok(_) => {
            println!("\nIt can be published. Nothing was changed.");
            ExitCode::SUCCESS
        }
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> ExitCode {
    eprintln!("\nerror: not published: {refusal}");
    if let Refusal::Unacknowledged(promises) = refusal {
        let ids: Vec<&str> = promises.iter().map(|id| id.0.as_str()).collect();
        eprintln!(
            "help: once somebody has looked at each of them: \
             --acknowledge {} --by 'head of legal'",
            ids.join(",")
        );
    }
    ExitCode::FAILURE
}

fn done(published: &Published) {
    println!(
        "\nPublished: version {}, in force from {}.",
        published.charter,
        published.effective_at.strftime("%Y-%m-%d %H:%M UTC")
    );
    for acknowledged in &published.acknowledged {
        println!("Recorded as acknowledged: {}.", acknowledged.promise);
    }
    for notice in &published.notices {
        println!("Owed by {} to every {}.", notice.channel, notice.about);
    }
}
