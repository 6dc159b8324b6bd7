//! `candor request`: subject requests through the API of a running service. What
//! names a person comes from standard input, never from the arguments, which other
//! users of the machine can read; the key comes from a file or the environment.

use std::io::{IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use candor_connect::http::{self, Client};
use comfy_table::Table;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{Method, Request, Response, Uri};
use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt;

use crate::cli::{Format, Remote, RequestArguments, RequestCommand};
use crate::{bulk, serve};

/// Variable that holds the key.
const KEY: &str = "CANDOR_API_KEY";
/// The longest answer that is read whole.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long the service may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest text that is read from standard input.
const INPUT_BYTES_MAX: u64 = 64 * 1024;
/// Pages of a list that are read.
const PAGES_MAX: usize = 10_000;
/// Characters that may stand in a query as they are.
const PLAIN: &str = "-._~";

/// Does one thing and prints what came of it.
pub(crate) async fn request(arguments: RequestArguments) -> anyhow::Result<ExitCode> {
    let api = Api::new(&arguments.remote)?;
    let format = arguments.remote.format;
    match arguments.what {
        RequestCommand::File {
            right,
            about,
            tenant,
            once,
        } => {
            let mut body = read_person(&from_input()?)?;
            body.insert("right".to_owned(), json!(right));
            body.insert("about".to_owned(), json!(about));
            body.insert("tenant".to_owned(), json!(tenant));
            let body = body.into();
            let filed = api.ask_json(Method::POST, "", Some(&body), once).await?;
            show(&filed, format)?;
        }
        RequestCommand::List {
            state,
            right,
            tenant,
        } => {
            let filter = [("state", state), ("right", right), ("tenant", tenant)];
            list(&api, &filter, format).await?;
        }
        RequestCommand::Show { id } => {
            let path = format!("/{}", encoded(&id));
            show(&api.ask(Method::GET, &path, None, None).await?, format)?;
        }
        RequestCommand::Vouch { id } => {
            let reason = json!({ "reason": from_input()?.trim() });
            act(&api, &id, "vouch", Some(&reason), format).await?;
        }
        RequestCommand::Approve { id } => act(&api, &id, "approve", None, format).await?,
        RequestCommand::Refuse { id, reason } => {
            let reason = json!({ "reason": reason });
            act(&api, &id, "refuse", Some(&reason), format).await?;
        }
        RequestCommand::Cancel { id } => act(&api, &id, "cancel", None, format).await?,
        RequestCommand::Package { id, out } => {
            fetch(&api, &format!("/{}/package", encoded(&id)), &out).await?;
            println!("written to {}", out.display());
        }
        RequestCommand::Bulk(arguments) => return bulk::bulk(&api, arguments, format).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn act(
    api: &Api,
    id: &str,
    what: &str,
    body: Option<&Value>,
    format: Format,
) -> anyhow::Result<()> {
    let path = format!("/{}/{what}", encoded(id));
    show(
        &api.ask_json(Method::POST, &path, body, None).await?,
        format,
    )
}

/// Streams what an address has into a new file that only its owner can read.
pub(crate) async fn fetch(api: &Api, path: &str, out: &Path) -> anyhow::Result<()> {
    let answer = api.send(Method::GET, path, None, None).await?;
    let mut body = checked(answer).await?.into_body();
    let mut file = tokio::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(out)
        .await
        .with_context(|| format!("`{}` cannot be made", out.display()))?;
    while let Some(frame) = body.frame().await {
        let frame = frame.context("the answer broke off; what was written is not whole")?;
        if let Ok(data) = frame.into_data() {
            file.write_all(&data).await?;
        }
    }
    file.sync_all().await?;
    Ok(())
}

async fn list(api: &Api, filter: &[(&str, Option<String>)], format: Format) -> anyhow::Result<()> {
    let mut query = String::new();
    for (name, value) in filter {
        if let Some(value) = value {
            query.push_str(&format!("&{name}={}", encoded(value)));
        }
    }
    let mut all = Vec::new();
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let path = format!("?limit=100{query}{after}");
        let mut page = api.ask(Method::GET, &path, None, None).await?;
        if let Some(Value::Array(lines)) = page.get_mut("subject_requests").map(Value::take) {
            all.extend(lines);
        }
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={}", encoded(next)),
            None => break,
        }
    }
    if format == Format::Json {
        println!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["ID", "RIGHT", "STATE", "DUE", "TENANT"]);
    for line in &all {
        table.add_row(["id", "right", "state", "due_at", "tenant"].map(|name| word(line, name)));
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
    Ok(())
}

pub(crate) fn word(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// What standard input says of a person: identities, and why they are vouched for.
fn read_person(text: &str) -> anyhow::Result<Map<String, Value>> {
    let mut identities = Map::new();
    let mut body = Map::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let Some((kind, value)) = line.split_once(':') else {
            bail!("line {number} of standard input is not `kind: value`");
        };
        let (kind, value) = (kind.trim().to_owned(), value.trim());
        if kind == "vouched" {
            body.insert(kind, json!({ "reason": value }));
        } else if identities.insert(kind, json!(value)).is_some() {
            bail!("line {number} of standard input repeats a kind");
        }
    }
    if identities.is_empty() {
        bail!("standard input names nobody; a line is `email: person@host.example`");
    }
    body.insert("identities".to_owned(), identities.into());
    Ok(body)
}

pub(crate) fn from_input() -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("reading from the terminal; end with Ctrl-D");
    }
    let mut text = String::new();
    let read = input
        .lock()
        .take(INPUT_BYTES_MAX + 1)
        .read_to_string(&mut text);
    // Its error could show what was read.
    let read = read.ok().context("standard input is no text")?;
    if read as u64 > INPUT_BYTES_MAX {
        bail!("standard input is longer than {INPUT_BYTES_MAX} bytes");
    }
    Ok(text)
}

/// The API of a service.
pub(crate) struct Api {
    base: String,
    key: String,
    client: Client,
}

impl Api {
    fn new(remote: &Remote) -> anyhow::Result<Self> {
        let server = remote.server.trim_end_matches('/');
        http::address(server).context("`--server` can't be used")?;
        let key = match &remote.key_file {
            Some(file) => std::fs::read_to_string(file)
                .with_context(|| format!("`{}` cannot be read", file.display()))?,
            None => serve::environment().remove(KEY).with_context(|| {
                format!("no API key: set `{KEY}` or `--key-file`; `candor key make` makes one")
            })?,
        };
        Ok(Self {
            base: format!("{server}/v1/subject-requests"),
            key: key.trim().to_owned(),
            client: Client::default(),
        })
    }

    pub(crate) async fn ask_json(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        once: Option<String>,
    ) -> anyhow::Result<Value> {
        let body = body.map(|body| ("application/json", Bytes::from(body.to_string())));
        self.ask(method, path, body, once).await
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Bytes)>,
        once: Option<String>,
    ) -> anyhow::Result<Value> {
        let answer = self.send(method, path, body, once).await?;
        let body = checked(answer).await?.into_body();
        let body = http::read(body, ANSWER_BYTES_MAX, PATIENCE).await?;
        serde_json::from_slice(&body).context("the service's answer is not JSON")
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Bytes)>,
        once: Option<String>,
    ) -> anyhow::Result<Response<Incoming>> {
        let address: Uri = format!("{}{path}", self.base).parse()?;
        let mut request = Request::builder().method(method).uri(address);
        request = request.header(AUTHORIZATION, format!("Bearer {}", self.key));
        if let Some(once) = once {
            request = request.header("idempotency-key", once);
        }
        let bytes = match body {
            Some((kind, bytes)) => {
                request = request.header(CONTENT_TYPE, kind);
                bytes
            }
            None => Bytes::new(),
        };
        // The error could hold the header with the key.
        let request = request.body(Full::new(bytes)).ok();
        let request = request.context("the key or the name is no header")?;
        let answer = self.client.send(request, PATIENCE).await;
        answer.with_context(|| format!("`{}` did not answer", self.base))
    }
}

/// An answer that is none of a problem; a problem becomes the error.
async fn checked(answer: Response<Incoming>) -> anyhow::Result<Response<Incoming>> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let body = http::read(answer.into_body(), ANSWER_BYTES_MAX, PATIENCE).await?;
    let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
    let title = word(&problem, "title");
    if title.is_empty() {
        bail!("the service answered {status}");
    }
    let mut words = title;
    let detail = word(&problem, "detail");
    if !detail.is_empty() {
        words = format!("{words}: {detail}");
    }
    let errors = problem.get("errors").and_then(Value::as_array);
    for error in errors.into_iter().flatten() {
        let [pointer, detail] = ["pointer", "detail"].map(|name| word(error, name));
        words = format!("{words}\n  `{pointer}`: {detail}");
    }
    bail!("{words}")
}

/// A text as a part of an address (RFC 3986, Section 2.1).
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let char = char::from(byte);
        if char.is_ascii_alphanumeric() || PLAIN.contains(char) {
            out.push(char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
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

    #[test]
    fn what_stands_in_an_address_is_encoded() {
        assert_eq!(encoded("a-b_1.~"), "a-b_1.~");
        assert_eq!(encoded("../é?x&y"), "..%2F%C3%A9%3Fx%26y");
    }
}
