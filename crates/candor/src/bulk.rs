//! `candor request bulk`: sends a file of many people, says what it would do, has it
//! filed and waits for the end. Lines stand for people: nothing of the file is
//! printed. The word for them comes from standard input.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use hyper::Method;
use hyper::body::Bytes;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::api::{Api, encoded, fetch, from_input, word};
use crate::cli::{BulkArguments, DecideArguments, Format};
use crate::request::PATH;

/// Time between two looks at a file that is being filed.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Looks at most: a day.
const LOOKS_MAX: u32 = 24 * 3_600 * 3;
/// Exit code where something in the file keeps it from being filed.
const NOT_FILED: u8 = 1;

/// Sends a file, and files it unless something speaks against it.
pub(crate) async fn bulk(
    api: &Api,
    arguments: BulkArguments,
    format: Format,
) -> anyhow::Result<ExitCode> {
    let named = || format!("`{}` cannot be read", arguments.file.display());
    let text = std::fs::read(&arguments.file).with_context(named)?;
    let mut query = Vec::new();
    let all = [
        ("right", &arguments.right),
        ("about", &arguments.about),
        ("tenant", &arguments.tenant),
    ];
    for (name, value) in all {
        if let Some(value) = value {
            query.push(format!("{name}={}", encoded(value)));
        }
    }
    let path = format!("{PATH}/bulk?{}", query.join("&"));
    let body = ("text/csv", Bytes::from(text));
    let once = arguments.once.clone();
    let file = api.ask(Method::POST, &path, Some(body), once).await?;
    let path = format!("{PATH}/bulk/{}", encoded(&word(&file, "id")));
    if let Some(why) = standing_against(&file, &arguments) {
        if word(&file, "state") == "checked" {
            keep_report(api, &path, arguments.report.as_deref()).await?;
            api.send(Method::DELETE, &path, None, None).await?;
        }
        say(&file, format)?;
        println!("{why}");
        let code = if number(&file, "bad") == 0 && arguments.dry_run {
            0
        } else {
            NOT_FILED
        };
        return Ok(ExitCode::from(code));
    }
    if format == Format::Text {
        say(&file, format)?;
    }
    if word(&file, "state") == "checked" {
        let body = json!({
            "reason": from_input()?.trim(),
            "leave_out": arguments.leave_out,
            "again": arguments.again,
        });
        let confirm = format!("{path}/confirm");
        api.ask_json(Method::POST, &confirm, Some(&body), None)
            .await?;
    }
    let done = wait(api, &path).await?;
    keep_report(api, &path, arguments.report.as_deref()).await?;
    say(&done, format)?;
    Ok(ExitCode::SUCCESS)
}

/// Says what of a file waits, decides it, and waits until that is applied.
pub(crate) async fn decide(
    api: &Api,
    arguments: DecideArguments,
    format: Format,
) -> anyhow::Result<()> {
    let path = format!("{PATH}/bulk/{}", encoded(&arguments.file));
    let waits = format!("{path}/waiting");
    let waiting = api.ask(Method::GET, &waits, None, None).await?;
    if arguments.dry_run || format == Format::Text {
        say_waiting(&waiting, format)?;
    }
    if arguments.dry_run {
        return Ok(());
    }
    let decision = match arguments.refuse {
        Some(_) => "refuse",
        None => "approve",
    };
    let body = json!({
        "decision": decision,
        "reason": arguments.refuse,
        "waiting": arguments.waiting,
    });
    let decide = format!("{path}/decide");
    let once = arguments.once;
    let mut file = api
        .ask_json(Method::POST, &decide, Some(&body), once)
        .await?;
    for _ in 0..LOOKS_MAX {
        let decided = file.get("decision").cloned().unwrap_or_default();
        if !word(&decided, "ended_at").is_empty() {
            return say_decided(&decided, format);
        }
        tokio::time::sleep(LOOK_EVERY).await;
        file = api.ask(Method::GET, &waits, None, None).await?;
    }
    bail!("it is still being applied; `{waits}` of the API shows how far that is")
}

/// What waits, and what its plans do.
fn say_waiting(waiting: &Value, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        println!("{}", serde_json::to_string_pretty(waiting)?);
        return Ok(());
    }
    println!(
        "{:<20} {}",
        "wait for a decision",
        number(waiting, "waiting")
    );
    let due = word(waiting, "due_at");
    if !due.is_empty() {
        println!("{:<20} {due}", "the first is due");
    }
    let obstructed = number(waiting, "obstructed");
    if obstructed > 0 {
        println!("{:<20} {obstructed}", "can not be approved");
    }
    let planned = waiting.get("planned").and_then(Value::as_object);
    for (source, effects) in planned.into_iter().flatten() {
        for effect in effects.as_array().into_iter().flatten() {
            let [table, action, rows] = ["table", "action", "rows"].map(|name| word(effect, name));
            println!("  {source}.{table}: {rows} rows, {action}");
        }
    }
    Ok(())
}

fn say_decided(decided: &Value, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        println!("{}", serde_json::to_string_pretty(decided)?);
        return Ok(());
    }
    println!("{:<20} {}", "decided", number(decided, "decided"));
    let left = number(decided, "left");
    if left > 0 {
        println!("{:<20} {left}", "to be looked at");
    }
    Ok(())
}

/// Why the file isn't filed.
fn standing_against(file: &Value, arguments: &BulkArguments) -> Option<&'static str> {
    if arguments.dry_run {
        return Some("Nothing was filed.");
    }
    if word(file, "state") != "checked" {
        return None;
    }
    if number(file, "good") == 0 {
        return Some("Nothing was filed: no row can be.");
    }
    if number(file, "bad") > 0 && !arguments.leave_out {
        return Some(
            "Nothing was filed. Mend these rows, or file the others with `--leave-out-bad`.",
        );
    }
    if !word(file, "same_as").is_empty() && !arguments.again {
        return Some("Nothing was filed. Say `--again` if the same is meant once more.");
    }
    None
}

/// Waits until every row has its outcome.
async fn wait(api: &Api, path: &str) -> anyhow::Result<Value> {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} rows, {per_sec}, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    for _ in 0..LOOKS_MAX {
        let file = api.ask(Method::GET, path, None, None).await?;
        bar.set_length(number(&file, "rows"));
        let outcomes = ["filed", "attached", "failed", "left_out"];
        bar.set_position(outcomes.iter().map(|name| number(&file, name)).sum());
        if word(&file, "state") == "done" {
            bar.finish_and_clear();
            return Ok(file);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    bail!("the file is still being filed; `{path}` of the API shows how far it is")
}

async fn keep_report(api: &Api, path: &str, out: Option<&Path>) -> anyhow::Result<()> {
    match out {
        Some(out) => fetch(api, &format!("{path}/report"), out).await,
        None => Ok(()),
    }
}

/// What a file is, and what became of it.
fn say(file: &Value, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        println!("{}", serde_json::to_string_pretty(file)?);
        return Ok(());
    }
    println!("{:<20} {}", "file", word(file, "id"));
    let lines = match word(file, "state").as_str() {
        "checked" => [
            ("rows", "rows"),
            ("good", "can be filed"),
            ("bad", "can not"),
            ("repeated", "repeat a row above"),
            ("open", "have the same open"),
        ]
        .as_slice(),
        _ => [
            ("filed", "filed"),
            ("attached", "had it open"),
            ("failed", "failed"),
            ("left_out", "left out"),
        ]
        .as_slice(),
    };
    for (name, words) in lines {
        println!("{words:<20} {}", number(file, name));
    }
    if word(file, "state") == "checked" {
        let faults = file.get("faults").and_then(Value::as_array);
        for fault in faults.into_iter().flatten() {
            let [line, column, detail] = ["line", "column", "detail"].map(|name| word(fault, name));
            let column = if column.is_empty() {
                column
            } else {
                format!(" {column}:")
            };
            println!("  line {line}:{column} {detail}");
        }
        let same = word(file, "same_as");
        if !same.is_empty() {
            println!("A file that says the same was confirmed before: {same}");
        }
    }
    Ok(())
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}
