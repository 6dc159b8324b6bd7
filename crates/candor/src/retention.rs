//! `candor retention`: carries the rules of a policy out once, or says what
//! would go and what is due when. Refuses to delete anything where nobody can
//! say on whom holds and restrictions are.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use candor_connect::{
    Source, SourceError, Sources, SweepBounds, SweepRun, forecast_rule, noticed_rule, preview_rule,
    sweep_rule,
};
use candor_domain::plan::{Action, TableEffect};
use candor_domain::sweep::{self, FORECAST_DAYS, Forecast, Noticed, SweepRule};
use candor_domain::verdict::sweep_of;
use candor_policy::charter::Charter;
use candor_policy::promise::Promise;
use candor_server::protocols::Parties;
use candor_server::service::{Service, Settings};
use candor_server::sources;
use candor_server::world::{Clock, SystemClock, World};
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
    /// How its notices stand, where people are told before rows go.
    #[serde(skip_serializing_if = "Option::is_none")]
    noticed: Option<Noticed>,
}

/// Characters of the longest bar.
const BAR_WIDTH: u64 = 32;
/// This command serves nothing, so no address leads to it.
const NOWHERE: &str = "http://localhost";

/// Carries rules out. Exit code 1 where one is refused or rows were left.
pub(crate) async fn retention(arguments: RetentionArguments) -> anyhow::Result<ExitCode> {
    let charter = check::charter(&arguments.folder)?;
    for name in &arguments.rule {
        if !charter.retention.contains_key(name) {
            bail!("there is no rule `retention.{name}`");
        }
    }
    let service = installed(&charter, &arguments).await?;
    let variables = serve::environment();
    let surroundings = serve::surroundings(&arguments.folder, &variables);
    let opened = sources::open(&charter, surroundings)?;
    let promises = charter.promises.iter().filter(|promise| {
        let is_asked = arguments.rule.is_empty() || arguments.rule.contains(&promise.name);
        is_asked && sweep_of(promise, &charter).is_some()
    });
    let mut outcomes = Vec::new();
    for promise in promises {
        let run = Run {
            charter: &charter,
            service: service.as_ref(),
            opened: &opened,
            arguments: &arguments,
        };
        outcomes.push(run.outcome(promise).await);
    }
    match arguments.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&outcomes)?),
        Format::Text if arguments.forecast => outcomes.iter().for_each(print_ahead),
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

/// The installation, which alone knows on whom holds and restrictions are.
async fn installed(
    charter: &Charter,
    arguments: &RetentionArguments,
) -> anyhow::Result<Option<Service>> {
    let installation = &arguments.installation;
    let state = serve::state(installation);
    let only_looks = arguments.dry_run || arguments.forecast;
    if installation.state.is_none() && !Path::new(&state).exists() {
        if only_looks || arguments.no_state {
            return Ok(None);
        }
        bail!(
            "there is no state at `{state}`, which knows on whom holds and restrictions are: \
             say with `--data` or `--state` where `candor serve` keeps it, or `--no-state` \
             where this policy was never served"
        );
    }
    let settings = Settings {
        state,
        public_address: NOWHERE.to_owned(),
        mail_server: None,
        mail_folder: installation.data.join("mail"),
        sweep: false,
        parties: Parties::default(),
        login: None,
        backups: None,
        policy_folder: arguments.folder.clone(),
        variables: serve::environment(),
    };
    let world = World::real();
    let service = serve::open(charter.clone(), settings, &installation.data, world).await?;
    Ok(Some(service))
}

/// What a rule is carried out with.
struct Run<'a> {
    charter: &'a Charter,
    service: Option<&'a Service>,
    opened: &'a BTreeMap<String, Source>,
    arguments: &'a RetentionArguments,
}

impl Run<'_> {
    async fn outcome(&self, promise: &Promise) -> Outcome {
        let only_looks = self.arguments.dry_run || self.arguments.forecast;
        let mut outcome = Outcome {
            rule: promise.name.clone(),
            promise: promise.id.0.clone(),
            before: None,
            carried_out: !only_looks,
            complete: false,
            refused: None,
            effects: BTreeMap::new(),
            forecast: Forecast::default(),
            noticed: None,
        };
        let now = SystemClock.now();
        let rule = match self.service {
            Some(service) => service.retention_rule(&promise.name).await,
            None => sweep::rule(self.charter, &promise.name, now),
        };
        let done = match rule {
            Ok(rule) => self.carried_out(&rule, now, &mut outcome).await,
            Err(why) => Err(why),
        };
        outcome.refused = done.err();
        outcome
    }

    async fn carried_out(
        &self,
        rule: &SweepRule,
        now: Timestamp,
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        let in_words = |error: SourceError| error.to_string();
        outcome.before = rule.orders.first().map(|order| order.before);
        let sources = self.opened.iter();
        let sources: Sources<'_> = sources
            .map(|(name, source)| (name.as_str(), source))
            .collect();
        if outcome.carried_out {
            let id = format!("by-hand-{}", now.as_millisecond());
            let run = SweepRun {
                id: &id,
                bounds: SweepBounds::default(),
                is_stopped: &|| false,
            };
            let swept = sweep_rule(rule, &sources, &run).await.map_err(in_words)?;
            outcome.complete = swept.values().all(|swept| swept.complete);
            let effects = swept.into_iter().map(|(name, swept)| (name, swept.effects));
            outcome.effects = effects.collect();
        } else if self.arguments.dry_run {
            outcome.effects = preview_rule(rule, &sources).await.map_err(in_words)?;
        }
        outcome.forecast = forecast_rule(rule, &sources).await.map_err(in_words)?;
        outcome.noticed = noticed_rule(rule, &sources).await.map_err(in_words)?;
        Ok(())
    }
}

/// The year ahead, a line for each span in which rows come due.
fn print_ahead(outcome: &Outcome) {
    println!("{}", outcome.rule);
    if let Some(why) = &outcome.refused {
        println!("  refused: {why}");
        return;
    }
    let ahead = &outcome.forecast.ahead;
    let most = ahead.iter().map(|span| span.rows).max().unwrap_or_default();
    if most == 0 {
        println!("  nothing comes due within a year");
        return;
    }
    for span in ahead.iter().filter(|span| span.rows > 0) {
        let width = span.rows.saturating_mul(BAR_WIDTH).checked_div(most);
        let width = usize::try_from(width.unwrap_or_default()).unwrap_or_default();
        println!(
            "  by {}  {:>12} rows  {}",
            span.until.strftime("%Y-%m-%d"),
            span.rows,
            "#".repeat(width.max(1))
        );
    }
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
                Action::Aggregate => "counted",
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
    if let Some(noticed) = outcome.noticed.as_ref().filter(|one| one.waiting > 0) {
        let rows = noticed.waiting;
        println!(
            "  {rows} rows wait until their people were told: `candor serve --sweep` tells them"
        );
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
