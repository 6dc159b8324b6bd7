//! Whether the time of an answer tells a tenant's key what there is of other tenants:
//! each call is made once for a number or a person that another tenant has, and once
//! for one that nobody has, over HTTP, in an order that shares out whatever else the
//! machine does. What is printed is the chance that one of the former took longer than
//! one of the latter (Mann and Whitney, 1947): a half says nothing. The tenant's own
//! beside none is the control: that must be told apart, or nothing was measured.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use candor_domain::api_key::{Permission, Scope};
use candor_server::Service;
use candor_server::service::KeyTerms;

use super::erasure::{now, say};
use super::memory::{runtime, service};

pub(super) const USAGE: &str = "strangers [--pairs N] (20,000 by default)";

/// Calls that one key makes; more in a minute are refused.
const CALLS_OF_KEY: usize = 1_000;
/// Subject requests that another tenant has, and among which the own ones are.
const FILED: usize = 200;
/// How far from a half the chance may lie.
const GOAL: f64 = 0.015;
/// What the control must reach.
const CONTROL: f64 = 0.1;

pub(super) fn run(words: &[&str]) -> Result<()> {
    let pairs = match words {
        [] => 20_000,
        ["--pairs", number] => number.parse()?,
        _ => bail!("usage: cargo xtask bench {USAGE}"),
    };
    let folder = std::env::temp_dir().join(format!("candor-strangers-{}", std::process::id()));
    let measured = measured(&folder, pairs);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measured(folder: &Path, pairs: usize) -> Result<()> {
    let policy = folder.join("policy");
    std::fs::create_dir_all(&policy)?;
    std::fs::create_dir_all(folder.join("data/mail"))?;
    for file in ["candor.yaml", "policy.md"] {
        let example = crate::tree::root().join("examples/tourbell/policy");
        std::fs::copy(example.join(file), policy.join(file))?;
    }
    let runtime = runtime()?;
    let served = runtime.block_on(async {
        let service = service(folder, false).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let pages = service.clone();
        tokio::spawn(candor_server::http::serve(
            pages,
            listener,
            Vec::new(),
            std::future::pending(),
        ));
        anyhow::Ok((service, address))
    });
    let (service, address) = served?;
    let mut keys = Vec::new();
    for number in 0..(8 * pairs / CALLS_OF_KEY + 4) {
        keys.push(runtime.block_on(key(&service, "acme", number))?);
    }
    let other = runtime.block_on(key(&service, "other", 0))?;
    let mut client = Client::new(address, keys)?;
    let own = filed(&mut client, None, "own")?;
    let theirs = filed(&mut client, Some(&other), "theirs")?;
    let none = (0..FILED).map(|number| format!("{number:032x}"));
    let none: Vec<String> = none.collect();

    let control = client.compare(pairs / 4, &|number| look(&own, number), &|number| {
        look(&none, number)
    })?;
    let looked = client.compare(pairs, &|number| look(&theirs, number), &|number| {
        look(&none, number)
    })?;
    // Each person is filed for once; the first two hundred are the other tenant's too.
    let names = |who: &'static str| move |number: usize| file(&format!("{who}{number}"));
    let filed = client.compare(FILED.min(pairs), &names("theirs"), &names("nobody"))?;
    say(&control.line("control: own number, or none"));
    say(&looked.line("look: another tenant's number, or none"));
    say(&filed.line("file: another tenant's person, or nobody's"));
    ensure!(
        (control.chance - 0.5).abs() > CONTROL,
        "nothing was measured: not even the own ones were told apart"
    );
    ensure!(
        (looked.chance - 0.5).abs() < GOAL,
        "the time of an answer tells whether another tenant has that number"
    );
    // Two hundred of each tell less: three standard errors.
    ensure!(
        (filed.chance - 0.5).abs() < 0.09,
        "the time of an answer tells whether another tenant has that person"
    );
    Ok(())
}

async fn key(service: &Service, tenant: &str, number: usize) -> Result<String> {
    let may = [Permission::Read, Permission::File, Permission::Vouch];
    let terms = KeyTerms {
        name: format!("{tenant} {number}"),
        scope: Scope {
            may: may.into(),
            rights: [].into(),
            tenant: Some(tenant.parse()?),
        },
        expires_at: None,
        by: None,
    };
    Ok(service.make_api_key(terms).await?.secret)
}

type Call = (&'static str, String, String);

fn look(ids: &[String], number: usize) -> Call {
    let id = ids.get(number % FILED).cloned().unwrap_or_default();
    ("GET", format!("/v1/subject-requests/{id}"), String::new())
}

fn file(user: &str) -> Call {
    let body = format!(
        "{{\"right\":\"erasure\",\"identities\":{{\"external_id\":\"{user}\"}},\"vouched\":{{\"reason\":\"Asked us.\"}}}}"
    );
    ("POST", "/v1/subject-requests".to_owned(), body)
}

/// Files for people of one tenant; their numbers.
fn filed(client: &mut Client, key: Option<&str>, who: &str) -> Result<Vec<String>> {
    (0..FILED)
        .map(|number| {
            let (_, answer) = client.call(&file(&format!("{who}{number}")), key)?;
            let (_, body) = answer.split_once("\r\n\r\n").context("an answer")?;
            let body: serde_json::Value = serde_json::from_str(body)?;
            let id = body.get("id").and_then(|id| id.as_str());
            Ok(id.with_context(|| body.to_string())?.to_owned())
        })
        .collect()
}

/// One connection that is kept.
struct Client {
    stream: TcpStream,
    keys: Vec<String>,
    calls: usize,
}

/// Two samples compared.
struct Compared {
    chance: f64,
    medians: (Duration, Duration),
    pairs: usize,
}

impl Compared {
    fn line(&self, what: &str) -> String {
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        format!(
            "{what:<45} {:>6} pairs: {:>6.1} and {:>6.1} µs (medians), chance {:.3}",
            self.pairs,
            micros(self.medians.0),
            micros(self.medians.1),
            self.chance,
        )
    }
}

impl Client {
    fn new(address: SocketAddr, keys: Vec<String>) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            keys,
            calls: 0,
        })
    }

    fn call(
        &mut self,
        (method, path, body): &Call,
        key: Option<&str>,
    ) -> Result<(Duration, String)> {
        let own = self.keys.get(self.calls / CALLS_OF_KEY);
        let key = key.or(own.map(String::as_str)).context("a key is left")?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.calls += 1;
        let start = now();
        self.stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        let mut part = [0; 16_384];
        loop {
            let length = self.stream.read(&mut part)?;
            ensure!(length > 0, "the server hung up");
            answer.extend(part.iter().take(length));
            if is_whole(&answer) {
                return Ok((start.elapsed(), String::from_utf8(answer)?));
            }
        }
    }

    /// One after the other, and each as often first: ABBA.
    fn compare(
        &mut self,
        pairs: usize,
        one: &dyn Fn(usize) -> Call,
        other: &dyn Fn(usize) -> Call,
    ) -> Result<Compared> {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for number in 0..pairs {
            if number % 2 == 0 {
                first.push(self.call(&one(number), None)?.0);
                second.push(self.call(&other(number), None)?.0);
            } else {
                second.push(self.call(&other(number), None)?.0);
                first.push(self.call(&one(number), None)?.0);
            }
        }
        let medians = (median(&mut first), median(&mut second));
        Ok(Compared {
            chance: chance(&first, &second),
            medians,
            pairs,
        })
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let mut lines = head.lines();
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    length.is_some_and(|length| body.len() >= length)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The chance that one of the first sample took longer than one of the second, both
/// sorted; equal times count half.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn chance(first: &[Duration], second: &[Duration]) -> f64 {
    let wins: usize = first
        .iter()
        .map(|time| {
            let below = second.partition_point(|other| other < time);
            let upto = second.partition_point(|other| other <= time);
            below + upto
        })
        .sum();
    wins as f64 / 2.0 / (first.len() * second.len()).max(1) as f64
}
