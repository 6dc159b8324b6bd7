//! `candor request`: subject requests through the API of a running service. What
//! names a person comes from standard input, never from the arguments.

use std::process::ExitCode;

use anyhow::bail;
use comfy_table::Table;
use hyper::Method;
use serde_json::{Map, Value, json};

use crate::api::{Api, encoded, fetch, from_input, named_lines, word};
use crate::bulk;
use crate::cli::{Format, RequestArguments, RequestCommand};
use crate::step::{Sent, sent};

/// Where subject requests are.
pub(crate) const PATH: &str = "/subject-requests";
/// Pages of a list that are read.
const PAGES_MAX: usize = 10_000;

/// Does one thing and prints what came of it.
pub(crate) async fn request(arguments: RequestArguments) -> anyhow::Result<ExitCode> {
    let api = Api::new(&arguments.remote)?;
    let format = arguments.remote.format;
    match arguments.what {
        RequestCommand::File {
            right,
            about,
            tenant,
            channel,
            received,
            once,
        } => {
            let mut body = read_person(&from_input()?)?;
            body.insert("right".to_owned(), json!(right));
            body.insert("about".to_owned(), json!(about));
            body.insert("tenant".to_owned(), json!(tenant));
            body.insert("channel".to_owned(), json!(channel));
            body.insert("received".to_owned(), json!(received));
            let body = body.into();
            let filed = api.ask_json(Method::POST, PATH, Some(&body), once).await?;
            show(&filed, format)?;
        }
        RequestCommand::List {
            state,
            right,
            tenant,
        } => {
            let filter = [("state", state), ("right", right), ("tenant", tenant)];
            let all = all_of(&api, (PATH, "subject_requests"), &filter).await?;
            list(&all, &["id", "right", "state", "due_at", "tenant"], format)?;
        }
        RequestCommand::Tasks {
            kind,
            due_before,
            right,
            tenant,
        } => {
            let filter = [
                ("kind", kind),
                ("due_before", due_before),
                ("right", right),
                ("tenant", tenant),
            ];
            let all = all_of(&api, ("/tasks", "tasks"), &filter).await?;
            let fields = ["subject_request", "right", "system", "due_at", "contact"];
            list(&all, &fields, format)?;
        }
        RequestCommand::Show { id } => {
            let path = format!("{PATH}/{}", encoded(&id));
            show(&api.ask(Method::GET, &path, None, None).await?, format)?;
        }
        RequestCommand::Step(step) => {
            let Sent { id, what, body } = sent(step)?;
            let path = format!("{PATH}/{}/{what}", encoded(&id));
            let now = api.ask_json(Method::POST, &path, body.as_ref(), None);
            show(&now.await?, format)?;
        }
        RequestCommand::Package { id, out } => {
            fetch(&api, &format!("{PATH}/{}/package", encoded(&id)), &out).await?;
            println!("written to {}", out.display());
        }
        RequestCommand::Bulk(arguments) => return bulk::bulk(&api, arguments, format).await,
        RequestCommand::Decide(arguments) => bulk::decide(&api, arguments, format).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Every page of a list, by its path and the name of its lines.
async fn all_of(
    api: &Api,
    (path, lines): (&str, &str),
    filter: &[(&str, Option<String>)],
) -> anyhow::Result<Vec<Value>> {
    let mut query = String::new();
    for (name, value) in filter {
        if let Some(value) = value {
            query.push_str(&format!("&{name}={}", encoded(value)));
        }
    }
    let mut all = Vec::new();
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let path = format!("{path}?limit=100{query}{after}");
        let mut page = api.ask(Method::GET, &path, None, None).await?;
        if let Some(Value::Array(lines)) = page.get_mut(lines).map(Value::take) {
            all.extend(lines);
        }
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={}", encoded(next)),
            None => break,
        }
    }
    Ok(all)
}

fn list(all: &[Value], fields: &[&str], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        println!("{}", serde_json::to_string_pretty(all)?);
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    let title = |field: &&str| match *field {
        "subject_request" => "ID".to_owned(),
        "contact" => "FOR".to_owned(),
        field => field.trim_end_matches("_at").to_uppercase(),
    };
    table.set_header(fields.iter().map(title));
    for line in all {
        table.add_row(fields.iter().map(|name| word(line, name)));
    }
    println!("{table}");
    Ok(())
}

fn show(shown: &Value, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        println!("{}", serde_json::to_string_pretty(shown)?);
        return Ok(());
    }
    let fields = [
        ("id", "number"),
        ("right", "right"),
        ("state", "state"),
        ("outcome", "outcome"),
        ("refused_because", "refused because"),
        ("proved_by", "proved by"),
        ("tenant", "tenant"),
        ("filed_at", "filed"),
        ("due_at", "due"),
        ("answered_at", "answered"),
        ("package", "package"),
    ];
    for (name, words) in fields {
        let value = word(shown, name);
        if !value.is_empty() {
            println!("{words:<16} {value}");
        }
    }
    if shown.get("attached") == Some(&Value::Bool(true)) {
        println!("The same was open already: this was attached to it.");
    }
    let sources = shown.get("sources").and_then(Value::as_object);
    for (source, progress) in sources.into_iter().flatten() {
        let effects = ["done", "planned"].iter().find_map(|name| {
            let effects = progress.get(name)?.as_array()?;
            (!effects.is_empty()).then_some(effects)
        });
        for effect in effects.into_iter().flatten() {
            let [table, action, rows] = ["table", "action", "rows"].map(|name| word(effect, name));
            println!("  {source}.{table}: {rows} rows, {action}");
        }
    }
    say_repeats(shown);
    say_undo(shown);
    show_by_hand(shown);
    Ok(())
}

/// What the same person asked before, where it stands out.
fn say_repeats(shown: &Value) {
    let Some(repeats) = shown.get("repeats") else {
        return;
    };
    let [answered, many, unheard] =
        ["answered_at", "many", "unheard"].map(|name| word(repeats, name));
    if !answered.is_empty() {
        println!("{:<16} the same was answered {answered}", "asked before");
    }
    if !many.is_empty() {
        println!("{:<16} {many} requests within 90 days", "asked often");
    }
    if !unheard.is_empty() {
        println!("{:<16} {unheard} of them", "never confirmed");
    }
}

/// Until when it can be undone, or what came back.
fn say_undo(shown: &Value) {
    let Some(undo) = shown.get("undo").filter(|undo| undo.is_object()) else {
        return;
    };
    let (until, asked) = (word(undo, "until"), word(undo, "asked_at"));
    match (asked.is_empty(), word(undo, "undone").as_str()) {
        (false, "true") => println!("{:<16} {asked}", "undone"),
        (false, _) => println!("{:<16} {asked}, under way", "undone"),
        (true, _) if !until.is_empty() && word(undo, "ended_at").is_empty() => {
            println!("{:<16} {until}", "undo until");
        }
        _ => {}
    }
    let returned = undo.get("returned").and_then(Value::as_object);
    for (source, tables) in returned.into_iter().flatten() {
        for table in tables.as_array().into_iter().flatten() {
            let [name, back, set] = ["table", "returned", "set_back"].map(|own| word(table, own));
            let conflicts = table.get("conflicts").and_then(Value::as_object);
            let left: u64 = conflicts
                .into_iter()
                .flat_map(|own| own.values().filter_map(Value::as_u64))
                .sum();
            println!(
                "  {source}.{name}: {back} rows came back, {set} set back, {left} left as they are"
            );
        }
    }
}

/// What people have to do, and what was written.
fn show_by_hand(shown: &Value) {
    let tasks = shown.get("tasks").and_then(Value::as_array);
    for task in tasks.into_iter().flatten() {
        let [system, done] = ["system", "done_at"].map(|name| word(task, name));
        let done = if done.is_empty() {
            "to do".to_owned()
        } else {
            format!("done {done}")
        };
        println!("  {system}: {done}");
    }
    let words = shown.get("words").and_then(Value::as_object);
    for (name, value) in words.into_iter().flatten() {
        if let Some(text) = value.as_str() {
            println!("{name}: {text}");
        }
    }
    let corrections = words.and_then(|words| words.get("corrections")?.as_array());
    for one in corrections.into_iter().flatten() {
        let [what, was, value] = ["what", "was", "value"].map(|name| word(one, name));
        println!("correction: {what}: `{was}` becomes `{value}`");
    }
}

/// What standard input says of a person: identities, and why they are vouched for.
fn read_person(text: &str) -> anyhow::Result<Map<String, Value>> {
    let mut identities = Map::new();
    let mut body = Map::new();
    for (name, value) in named_lines(text)? {
        if name == "vouched" {
            body.insert(name.to_owned(), json!({ "reason": value }));
        } else {
            identities.insert(name.to_owned(), json!(value));
        }
    }
    if identities.is_empty() {
        bail!("standard input names nobody; a line is `email: person@host.example`");
    }
    body.insert("identities".to_owned(), identities.into());
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_read_from_lines() {
        let text = "email: ada@post.example\n\ncustomer_id: 4:7\nvouched: Known: signed in.\n";
        let body = read_person(text).unwrap();
        let expected = json!({
            "vouched": { "reason": "Known: signed in." },
            "identities": { "email": "ada@post.example", "customer_id": "4:7" },
        });
        assert_eq!(Value::from(body), expected);
        for text in [
            "",
            "ada@post.example",
            "email: a\nemail: b",
            "vouched: known",
        ] {
            let error = read_person(text).unwrap_err().to_string();
            assert!(!error.contains("ada@post"), "{error}");
        }
    }
}
