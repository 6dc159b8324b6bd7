//! Access and erasure in PostgreSQL against hand-written SQL that does the same
//! work in the same run, turn by turn: the engine with its evidence (footprint,
//! journal, verification by keys), the other without; and what verifying, and
//! keeping what goes so that it can be undone, add to an erasure. On the portal
//! database of Stackyard Hosting, made afresh in the server that is named.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use candor_connect::{
    EraseStep, ExportSink, ExportTable, KEYS_AT_ONCE, KeptStep, Key, Limits, SealFailed, Sealer,
    Source,
};
use candor_domain::identity::{EMAIL, Identity};
use candor_policy::charter::SourceKind;
use candor_policy::{Bundle, compile};
use candor_seal::entropy::SystemEntropy;
use candor_seal::envelope::{Place, Sealed};
use candor_seal::keys::SubjectKey;
use jiff::civil::date;
use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use stackyard::{Addresses, Database, Kind, Options, Part, Progress};

use super::raw;
use super::table::{Comparison, OnTop, header, header_on_top, median};

pub(super) const USAGE: &str =
    "erasure --postgres URL [--customers N] [--singles N] [--batches N] [--batch N]

  URL is a PostgreSQL server on which a database may be made and dropped, such
  as what `tests/tools/postgres start DIR` prints.";

/// Name of the database that is made, and dropped at the end.
const DATABASE: &str = "candor_bench";
/// Subjects whose rows are looked for together.
const TOGETHER: usize = 1_000;
/// Rounds that fill caches and prepare statements before any is counted.
const WARM: usize = 6;
/// Customers before this one are known by name, and left alone.
const FIRST: i64 = 10;
/// Share of the raw rate that erasures must reach.
const GOAL_PERCENT: u32 = 70;
/// The most that verification may add to an erasure.
const VERIFICATION_PERCENT: u32 = 15;
/// The most that it may add to keep what goes.
const UNDO_PERCENT: u32 = 40;

struct Arguments {
    postgres: String,
    customers: u32,
    singles: usize,
    batches: usize,
    /// Subjects of one batch.
    batch: usize,
}

pub(super) fn run(words: &[&str]) -> Result<()> {
    let arguments = arguments(words)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(bench(&arguments))
}

fn arguments(words: &[&str]) -> Result<Arguments> {
    let mut arguments = Arguments {
        postgres: String::new(),
        customers: 100_000,
        singles: 200,
        batches: 3,
        batch: 10_000,
    };
    let mut words = words.iter();
    while let (Some(option), Some(value)) = (words.next(), words.next()) {
        match *option {
            "--postgres" => arguments.postgres = (*value).to_owned(),
            "--customers" => arguments.customers = value.parse()?,
            "--singles" => arguments.singles = value.parse()?,
            "--batches" => arguments.batches = value.parse()?,
            "--batch" => arguments.batch = value.parse()?,
            other => bail!("unknown option `{other}`\nusage: cargo xtask bench {USAGE}"),
        }
    }
    ensure!(
        !arguments.postgres.is_empty(),
        "usage: cargo xtask bench {USAGE}"
    );
    Ok(arguments)
}

async fn bench(arguments: &Arguments) -> Result<()> {
    let needed = 3 * (arguments.singles + WARM) + 2 * arguments.batch * arguments.batches + 11;
    ensure!(
        usize::try_from(arguments.customers)? > needed,
        "{needed} customers are needed for that many rounds"
    );
    let mut server = PgConnection::connect(&arguments.postgres).await?;
    server
        .execute(AssertSqlSafe(format!(
            "DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"
        )))
        .await?;
    server
        .execute(AssertSqlSafe(format!("CREATE DATABASE {DATABASE}")))
        .await?;
    let outcome = measured(arguments).await;
    server
        .execute(AssertSqlSafe(format!(
            "DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"
        )))
        .await?;
    let (comparisons, on_top) = outcome?;
    say(&header());
    for comparison in &comparisons {
        say(&comparison.line());
    }
    say(&header_on_top());
    for on_top in &on_top {
        say(&on_top.line());
    }
    ensure!(
        comparisons.iter().all(Comparison::reached) && on_top.iter().all(OnTop::reached),
        "a goal was missed"
    );
    Ok(())
}

async fn measured(arguments: &Arguments) -> Result<(Vec<Comparison>, Vec<OnTop>)> {
    let (address, _) = arguments
        .postgres
        .rsplit_once('/')
        .context("a URL with a database")?;
    let url = format!("{address}/{DATABASE}");
    make(&url, arguments.customers).await?;
    let own = stackyard::postgres_url(&url, Part::App);
    let mut raw_connection = PgConnection::connect(&own).await?;
    raw_connection.execute("VACUUM ANALYZE").await?;
    let mut bench = Bench {
        source: source(&own)?,
        raw: raw_connection,
        next: FIRST,
        access: Comparison::new("access, one person", None),
        erase: Comparison::new("erase, one person, with evidence", Some(GOAL_PERCENT)),
        bare: Comparison::new("erase, one person, without", None),
        batch: Comparison::new("erase, a batch, with evidence", Some(GOAL_PERCENT)),
        verify: OnTop::new("verified by keys, one person", VERIFICATION_PERCENT),
        verify_batch: OnTop::new("verified by keys, a batch", VERIFICATION_PERCENT),
        undo: OnTop::new("kept for an undo, one person", UNDO_PERCENT),
        keeper: Keeper::new()?,
        rows: [0; 4],
    };
    for round in 0..arguments.singles + WARM {
        // A disk that has just been written to answers sooner, so they take
        // turns at going first.
        for turn in 0..3 {
            match (round + turn) % 3 {
                0 => bench.ours(round).await?,
                1 => bench.theirs(round).await?,
                _ => bench.kept(round).await?,
            }
        }
    }
    let [read, written, raw_read, raw_written] = bench.rows;
    say(&format!(
        "of different people: {read} rows read, {raw_read} by raw SQL; {written} written, {raw_written} by raw SQL"
    ));
    for round in 0..arguments.batches {
        bench.batch(round, arguments.batch).await?;
    }
    let person = bench.take(1).await?;
    let person = identities(person.first().context("a person")?);
    let footprint = bench
        .source
        .footprint(&person, &mut Vec::<Key>::new())
        .await?;
    let start = now();
    bench.source.verify_values(&[&footprint]).await?;
    say(&format!(
        "search of every text for one person: {:.1} s",
        start.elapsed().as_secs_f64()
    ));
    let people = f64::from(u32::try_from(arguments.batch)?);
    let rate = |times: &[Duration]| people / median(times).as_secs_f64().max(1e-9);
    say(&format!(
        "{people:.0} people in a batch: {:.0} people a second, {:.0} by raw SQL",
        rate(&bench.batch.ours),
        rate(&bench.batch.raw)
    ));
    Ok((
        vec![bench.access, bench.erase, bench.bare, bench.batch],
        vec![bench.verify, bench.verify_batch, bench.undo],
    ))
}

struct Bench {
    source: Source,
    raw: PgConnection,
    /// The next customer that nobody has touched.
    next: i64,
    access: Comparison,
    erase: Comparison,
    bare: Comparison,
    batch: Comparison,
    verify: OnTop,
    verify_batch: OnTop,
    undo: OnTop,
    keeper: Keeper,
    /// Read, written; the same by raw SQL.
    rows: [u64; 4],
}

/// Seals what is kept as the service does.
struct Keeper {
    key: SubjectKey,
    entropy: SystemEntropy,
}

impl Keeper {
    fn new() -> Result<Self> {
        let entropy = SystemEntropy::new();
        let key = SubjectKey::generate(&entropy)?;
        Ok(Self { key, entropy })
    }
}

const fn place(place: &str) -> Place<'_> {
    Place {
        table: "candor_undo",
        column: place,
        row: "bench",
    }
}

impl Sealer for Keeper {
    fn seal(&self, at: &str, plain: &[u8]) -> Result<Vec<u8>, SealFailed> {
        let sealed = self.key.seal(&place(at), plain, &self.entropy);
        sealed.map(Sealed::into_bytes).map_err(|_| SealFailed)
    }

    fn open(&self, at: &str, sealed: Vec<u8>) -> Result<Vec<u8>, SealFailed> {
        let opened = self.key.open(&place(at), &Sealed::from_bytes(sealed));
        opened.map_err(|_| SealFailed)
    }
}

/// How long each part of an erasure with evidence took, and rows written.
#[derive(Clone, Copy, Default)]
struct Parts {
    footprint: Duration,
    erase: Duration,
    verify: Duration,
    rows: u64,
}

impl Parts {
    fn whole(self) -> Duration {
        self.footprint + self.erase + self.verify
    }
}

impl Bench {
    async fn ours(&mut self, round: usize) -> Result<()> {
        let people = self.take(1).await?;
        let (read, access) = access_once(&self.source, &people).await?;
        let parts = erase_once(&self.source, &people, round).await?;
        if round >= WARM {
            self.access.ours.push(access);
            self.erase.ours.push(parts.whole());
            self.bare.ours.push(parts.erase);
            self.verify.without.push(parts.erase);
            self.verify.with.push(parts.erase + parts.verify);
            self.undo.without.push(parts.erase);
            self.rows[0] += read;
            self.rows[1] += parts.rows;
        }
        Ok(())
    }

    /// An erasure of which everything is kept that goes.
    async fn kept(&mut self, round: usize) -> Result<()> {
        let people = self.take(1).await?;
        let step = EraseStep {
            step: format!("kept {round}"),
            identities: identities(people.first().context("a person")?),
            keys: Vec::new(),
        };
        let start = now();
        let kept = KeptStep {
            step: &step,
            sealer: &self.keeper,
        };
        self.source.erase_keeping(&[kept]).await?;
        if round >= WARM {
            self.undo.with.push(start.elapsed());
        }
        Ok(())
    }

    async fn theirs(&mut self, round: usize) -> Result<()> {
        let people = numbers(&self.take(1).await?);
        let person = people.first().copied().context("a person")?;
        let start = now();
        let read = raw::access(&mut self.raw, person).await?;
        let access = start.elapsed();
        let start = now();
        let written = raw::erase(&mut self.raw, &people).await?;
        let erase = start.elapsed();
        if round >= WARM {
            self.access.raw.push(access);
            self.erase.raw.push(erase);
            self.bare.raw.push(erase);
            self.rows[2] += read;
            self.rows[3] += written;
        }
        Ok(())
    }

    async fn batch(&mut self, round: usize, count: usize) -> Result<()> {
        let ours = self.take(count).await?;
        let theirs = numbers(&self.take(count).await?);
        let mut all = Parts::default();
        for people in ours.chunks(TOGETHER) {
            let parts = erase_once(&self.source, people, 1_000_000 + round).await?;
            all.footprint += parts.footprint;
            all.erase += parts.erase;
            all.verify += parts.verify;
            all.rows += parts.rows;
        }
        let start = now();
        let raw_rows = raw::erase(&mut self.raw, &theirs).await?;
        self.batch.raw.push(start.elapsed());
        self.batch.ours.push(all.whole());
        self.verify_batch.without.push(all.erase);
        self.verify_batch.with.push(all.erase + all.verify);
        say(&format!(
            "batch {round}: {} rows, {raw_rows} by raw SQL; {:.1} s for footprints, {:.1} s to erase, {:.1} s to verify",
            all.rows,
            all.footprint.as_secs_f64(),
            all.erase.as_secs_f64(),
            all.verify.as_secs_f64()
        ));
        Ok(())
    }

    /// Customers that still exist, each handed out once.
    async fn take(&mut self, count: usize) -> Result<Vec<(i64, String)>> {
        let people: Vec<(i64, String)> =
            sqlx::query_as("SELECT id, email FROM accounts WHERE id >= $1 ORDER BY id LIMIT $2")
                .bind(self.next)
                .bind(i64::try_from(count)?)
                .fetch_all(&mut self.raw)
                .await?;
        ensure!(people.len() == count, "no customers are left");
        self.next = people.last().map_or(self.next, |(id, _)| id + 1);
        Ok(people)
    }
}

async fn make(url: &str, customers: u32) -> Result<()> {
    let app = Database::postgres(url, Part::App).await?;
    let support = Database::postgres(url, Part::Support).await?;
    let options = Options::new(customers, 1, date(2026, 11, 22));
    let start = now();
    let summary = stackyard::create(&app, &support, &options, &|progress| {
        if let Progress::Customers { done, total } = progress
            && done % 10_000 == 0
        {
            say(&format!("{done} of {total} customers"));
        }
    })
    .await?;
    say(&format!(
        "made {} rows in {:.0} s",
        summary.total(),
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// The portal with the map of the example's own policy.
fn source(url: &str) -> Result<Source> {
    let files = stackyard::files_for(&Addresses {
        kind: Kind::Postgres,
        app: "app",
        support: "support",
        privacy: "https://privacy.stackyard.example/",
    });
    let policy = files
        .into_iter()
        .filter_map(|(path, text)| Some((path.strip_prefix("policy/")?.to_owned(), text)));
    let charter = compile(&Bundle::new(policy))
        .charter
        .context("the example's policy")?;
    let declared = charter.sources.get("app").context("the example's portal")?;
    Ok(Source::open(
        "app",
        SourceKind::Postgres,
        url,
        declared.map.clone(),
        Limits::default(),
    )?)
}

fn identities((id, email): &(i64, String)) -> Vec<Identity> {
    vec![
        Identity::new("customer_id", &id.to_string()),
        Identity::new(EMAIL, email),
    ]
}

/// Counts what it is given.
struct Counter(u64);

impl ExportSink for Counter {
    fn table(&mut self, _: &ExportTable) -> std::io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: Map<String, Value>) -> std::io::Result<()> {
        self.0 += 1;
        Ok(())
    }
}

async fn access_once(source: &Source, people: &[(i64, String)]) -> Result<(u64, Duration)> {
    let person = people.first().context("a person")?;
    let mut counter = Counter(0);
    let start = now();
    source.export(&identities(person), &mut counter).await?;
    Ok((counter.0, start.elapsed()))
}

async fn erase_once(source: &Source, people: &[(i64, String)], round: usize) -> Result<Parts> {
    let steps: Vec<EraseStep> = people
        .iter()
        .map(|person| EraseStep {
            step: format!("{round}/{}", person.0),
            identities: identities(person),
            keys: Vec::new(),
        })
        .collect();
    let start = now();
    let targets: Vec<&[Identity]> = steps
        .iter()
        .map(|step| step.identities.as_slice())
        .collect();
    let mut keys: Vec<Key> = Vec::new();
    let footprints = source.footprints(&targets, &mut keys).await?;
    let footprint = start.elapsed();
    let start = now();
    let reports = source.erase(&steps).await?;
    let erase = start.elapsed();
    let start = now();
    let footprints: Vec<_> = footprints.iter().collect();
    for keys in keys.chunks(KEYS_AT_ONCE) {
        let residue = source.verify_keys(&footprints, keys).await?;
        ensure!(
            residue.iter().all(Vec::is_empty),
            "something is left: {residue:?}"
        );
    }
    let verify = start.elapsed();
    let effects = reports.iter().flat_map(|report| &report.effects);
    let written = effects.filter(|effect| effect.action != candor_domain::plan::Action::Keep);
    Ok(Parts {
        footprint,
        erase,
        verify,
        rows: written.map(|effect| effect.rows).sum(),
    })
}

fn numbers(people: &[(i64, String)]) -> Vec<i64> {
    people.iter().map(|(id, _)| *id).collect()
}

#[expect(clippy::disallowed_methods, reason = "this measures")]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::print_stdout, reason = "this is the output of the command")]
pub(super) fn say(line: &str) {
    println!("{line}");
}
