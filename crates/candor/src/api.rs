//! The API of a running service, as commands call it. Refuses to put what was sent
//! into an error; the key comes from a file or the environment, and texts about
//! people from standard input: other users of the machine can read arguments.

use std::io::{IsTerminal, Read};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use candor_connect::http::{self, Client};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{Method, Request, Response, Uri};
use serde_json::Value;
use tokio::io::AsyncWriteExt;

use crate::cli::Remote;
use crate::serve;

/// Variable that holds the key.
const KEY: &str = "CANDOR_API_KEY";
/// The longest answer that is read whole.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long the service may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest text that is read from standard input.
const INPUT_BYTES_MAX: u64 = 64 * 1024;
/// Characters that may stand in a query as they are.
const PLAIN: &str = "-._~";

/// The API of a service.
pub(crate) struct Api {
    base: String,
    key: String,
    client: Client,
}

impl Api {
    pub(crate) fn new(remote: &Remote) -> anyhow::Result<Self> {
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
            base: format!("{server}/v1"),
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

    /// Does something that is answered by nothing.
    pub(crate) async fn done(
        &self,
        method: Method,
        path: &str,
        once: Option<String>,
    ) -> anyhow::Result<()> {
        let answer = self.send(method, path, None, once).await?;
        checked(answer).await?;
        Ok(())
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

/// What standard input holds, as text.
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

/// Its lines, each `name: value`, without those that are empty.
pub(crate) fn named_lines(text: &str) -> anyhow::Result<Vec<(&str, &str)>> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            bail!("line {number} of standard input is not `name: value`");
        };
        let name = name.trim();
        if lines.iter().any(|(earlier, _)| *earlier == name) {
            bail!("line {number} of standard input repeats a name");
        }
        lines.push((name, value.trim()));
    }
    Ok(lines)
}

/// A field of an answer, as a word; empty where it is missing.
pub(crate) fn word(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_names_and_errors_repeat_nothing() {
        let lines = named_lines("email: ada@post.example\n\nreason: Known: signed in.\n");
        let expected = [
            ("email", "ada@post.example"),
            ("reason", "Known: signed in."),
        ];
        assert_eq!(lines.unwrap(), expected);
        for text in ["ada@post.example", "email: ada@post.example\nemail: b"] {
            let error = named_lines(text).unwrap_err().to_string();
            assert!(!error.contains("ada@post"), "{error}");
        }
    }

    #[test]
    fn what_stands_in_an_address_is_encoded() {
        assert_eq!(encoded("a-b_1.~"), "a-b_1.~");
        assert_eq!(encoded("../é?x&y"), "..%2F%C3%A9%3Fx%26y");
    }
}
