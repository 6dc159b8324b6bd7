//! `candor retention`: carries the rules of a policy out once, or says what
//! would go and what is due when.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::bail;
use candor_connect::{
    Source, Sources, SweepBounds, SweepRun, forecast_rule, preview_rule, sweep_rule,
};
use candor_domain::plan::{Action, TableEffect};
use candor_domain::sweep::{self, FORECAST_DAYS, Forecast};
use candor_domain::verdict::sweep_of;
use candor_policy::charter::Charter;
use candor_policy::promise::Promise;
use candor_server::sources;
use candor_server::world::{Clock, SystemClock};
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{Format, RetentionArguments};
use crate::{check, serve};

/// What came of one rule.
#[derive(Serialize)]
struct Outcome {
    rule: String,
    promise: String,
    /// Anchors earlier than this are due.
    before: Option<Timestamp>,
    carried_out: bool,
    complete: bool,
    /// Why nothing was done.
    refused: Option<String>,
    /// Rows per source, table and action.
    effects: BTreeMap<String, Vec<TableEffect>>,
    forecast: Forecast,
}

/// Carries rules out. Exit code 1 where one is refused or rows were left.
pub(crate) async fn retention(arguments: RetentionArguments) -> anyhow::Result<ExitCode> {
    let charter = check::charter(&arguments.folder)?;
    for name in &arguments.rule {
        if !charter.retention.contains_key(name) {
            bail!("there is no rule `retention.{name}`");
        }
    }
    if !charter.holds.is_empty() && !arguments.dry_run {
        bail!(
            "the policy declares holds, and only the server knows on whom they are set: \
             run `candor serve --sweep`, or look with `--dry-run`"
        );
    }
    let variables = serve::environment();
    let surroundings = serve::surroundings(&arguments.folder, &variables);
    let opened = sources::open(&charter, surroundings)?;
    let promises = charter.promises.iter().filter(|promise| {
        let is_asked = arguments.rule.is_empty() || arguments.rule.contains(&promise.name);
        is_asked && sweep_of(promise, &charter).is_some()
    });
    let mut outcomes = Vec::new();
    for promise in promises {
        outcomes.push(outcome(&charter, promise, &opened, arguments.dry_run).await);
    }
    match arguments.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&outcomes)?),
        Format::Text => outcomes.iter().for_each(print),
    }
    let is_fine =
        |outcome: &Outcome| outcome.refused.is_none() && (outcome.complete || !outcome.carried_out);
    Ok(if outcomes.iter().all(is_fine) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn outcome(
    charter: &Charter,
    promise: &Promise,
    opened: &BTreeMap<String, Source>,
    dry_run: bool,
) -> Outcome {
    let now = SystemClock.now();
    let mut outcome = Outcome {
        rule: promise.name.clone(),
        promise: promise.id.0.clone(),
        before: None,
        carried_out: !dry_run,
        complete: false,
        refused: None,
        effects: BTreeMap::new(),
        forecast: Forecast::default(),
    };
    let rule = match sweep::rule(charter, &promise.name, now) {
        Ok(rule) => rule,
        Err(why) => {
            outcome.refused = Some(why);
            return outcome;
        }
    };
    outcome.before = rule.orders.first().map(|order| order.before);
    let sources = opened.iter().map(|(name, source)| (name.as_str(), source));
    let sources: Sources<'_> = sources.collect();
    let done = if dry_run {
        preview_rule(&rule, &sources).await
    } else {
        let id = format!("by-hand-{}", now.as_millisecond());
        let run = SweepRun {
            id: &id,
            bounds: SweepBounds::default(),
            is_stopped: &|| false,
        };
        sweep_rule(&rule, &sources, &run).await.map(|swept| {
            outcome.complete = swept.values().all(|swept| swept.complete);
            let effects = swept.into_iter().map(|(name, swept)| (name, swept.effects));
            effects.collect()
        })
    };
    let forecast = forecast_rule(&rule, &sources).await;
    match (done, forecast) {
        (Ok(effects), Ok(forecast)) => {
            outcome.effects = effects;
            outcome.forecast = forecast;
        }
        (Err(error), _) | (_, Err(error)) => outcome.refused = Some(error.to_string()),
    }
    outcome
}

fn print(outcome: &Outcome) {
    println!("{}", outcome.rule);
    if let Some(why) = &outcome.refused {
        println!("  refused: {why}");
        return;
    }
    let mut is_empty = true;
    for (source, effects) in &outcome.effects {
        for effect in effects {
            is_empty = false;
            let done = match effect.action {
                Action::Delete => "deleted",
                Action::Pseudonymise => "pseudonymised",
                Action::Unlink => "unlinked",
                Action::Keep => "kept as they are",
                Action::Rewrite => "rewritten",
            };
            let would = if outcome.carried_out { "" } else { "would be " };
            println!(
                "  {source}.{}: {} rows {would}{done}",
                effect.table, effect.rows
            );
        }
    }
    if is_empty {
        println!("  nothing is due");
    }
    if outcome.carried_out && !outcome.complete {
        println!("  rows that others hold are left for the next run");
    }
    let within: Vec<String> = FORECAST_DAYS
        .iter()
        .zip(outcome.forecast.within)
        .map(|(days, rows)| format!("{rows} in {days} days"))
        .collect();
    println!("  due next: {}", within.join(", "));
    if let Some(oldest) = outcome.forecast.oldest {
        println!("  oldest row: {}", oldest.strftime("%Y-%m-%d %H:%M UTC"));
    }
}
