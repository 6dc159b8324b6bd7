//! The most memory that Candor holds while it erases, answers and sweeps, from
//! one person to thousands and from few rows to millions: the whole way of each
//! subject request or rule, through the service and its jobs, in a process of
//! its own for each figure. What is to be shown is that it does not grow, so that each
//! figure stands beside the first for which every buffer is full, as a ratio. On
//! SQLite, whose own memory is the process's; and on PostgreSQL where a server
//! is named.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::subject_request::{Channel, Outcome, State};
use candor_policy::charter::Right;
use candor_policy::{Bundle, compile};
use candor_server::protocols::Parties;
use candor_server::service::{Filing, Proved};
use candor_server::worker::LEASE;
use candor_server::world::World;
use candor_server::{Service, Settings, Worker, keys};
use jiff::civil::date;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use stackyard::{ALONE, Addresses, Database, Kind, Options, Part};

use super::erasure::{now, say};
use super::kilo_to_mega;

pub(super) const USAGE: &str = "memory [--postgres URL] [--rows N] [--subjects N] (the most of either; by default 1,000,000 and 1,000)";

/// The word with which the parent starts a process for one figure.
pub(super) const ONE: &str = "memory-of-one";

/// Name of the database that is made in a PostgreSQL server, and dropped.
const DATABASE: &str = "candor_bench_memory";
/// The fewest rows of one person.
const ROWS_MIN: u64 = 1_000;
/// From here on every buffer between source, seal and state is full, and work
/// goes on side by side: what more costs then, grows with what is asked.
const FULL_ROWS: u64 = 100_000;
const FULL_SUBJECTS: u64 = 100;
/// What the most memory of any larger figure may be of that, in percent.
const GOAL_PERCENT: u64 = 125;
/// The rule that is carried out, and the table it is about.
const RULE: &str = "usage_events";
/// Ids of the rows that are added begin here.
const FIRST: u64 = 1_000_000_000;
/// How long nothing may happen before it is given up.
const PATIENCE: Duration = Duration::from_secs(30);

struct Arguments {
    postgres: Option<String>,
    rows: u64,
    subjects: u64,
}

pub(super) fn run(words: &[&str]) -> Result<()> {
    let mut arguments = Arguments {
        postgres: None,
        rows: 1_000_000,
        subjects: 1_000,
    };
    let mut words = words.iter();
    while let (Some(option), Some(value)) = (words.next(), words.next()) {
        match *option {
            "--postgres" => arguments.postgres = Some((*value).to_owned()),
            "--rows" => arguments.rows = value.parse()?,
            "--subjects" => arguments.subjects = value.parse()?,
            other => bail!("unknown option `{other}`\nusage: cargo xtask bench {USAGE}"),
        }
    }
    let runtime = runtime()?;
    let mut flat = true;
    let servers = [None, arguments.postgres.as_deref()];
    let servers = servers.iter().take(1 + usize::from(servers[1].is_some()));
    for server in servers {
        for work in [Work::Erase, Work::Answer, Work::Sweep] {
            let rows = tens(ROWS_MIN, arguments.rows).map(|rows| (1, rows));
            let subjects = tens(1, arguments.subjects).map(|subjects| (subjects, 0));
            let mut series = vec![rows.collect::<Vec<_>>()];
            if work != Work::Sweep {
                series.push(subjects.collect());
            }
            for cases in series {
                flat &= runtime.block_on(measured(*server, work, &cases))?;
            }
        }
    }
    ensure!(flat, "memory grows with what is erased, answered or swept");
    Ok(())
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// Erasing people; the rows are one person's.
    Erase,
    /// Answering them.
    Answer,
    /// Carrying out the rule about [`RULE`]; the rows are past their time.
    Sweep,
}

impl Work {
    const ALL: [Self; 3] = [Self::Erase, Self::Answer, Self::Sweep];

    const fn word(self) -> &'static str {
        match self {
            Self::Erase => "erasure",
            Self::Answer => "access",
            Self::Sweep => "sweep",
        }
    }
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    Ok(runtime.enable_all().build()?)
}

/// Powers of ten between two numbers, and the second.
fn tens(first: u64, last: u64) -> impl Iterator<Item = u64> {
    let tens = std::iter::successors(Some(first), |ten| ten.checked_mul(10));
    tens.take_while(move |ten| *ten < last).chain([last])
}

/// Measures cases that differ in one number, and says whether memory is flat.
async fn measured(server: Option<&str>, work: Work, cases: &[(u64, u64)]) -> Result<bool> {
    let database = if server.is_some() {
        "PostgreSQL"
    } else {
        "SQLite"
    };
    let mut full = None;
    let mut flat = true;
    for (subjects, rows) in cases {
        let start = now();
        let place = Place::make((server, DATABASE), *subjects).await?;
        place.add_rows(work, *rows).await?;
        let made = start.elapsed();
        let start = now();
        let peak_kb = place.measure(work, *subjects);
        let took = start.elapsed();
        place.remove().await?;
        let peak_kb = peak_kb?;
        let is_full = *rows >= FULL_ROWS || *subjects >= FULL_SUBJECTS;
        let goal = if is_full {
            let percent = peak_kb * 100 / *full.get_or_insert(peak_kb);
            flat &= percent <= GOAL_PERCENT;
            format!("{percent} % of the first that fills every buffer (goal {GOAL_PERCENT} %)")
        } else {
            String::new()
        };
        say(&format!(
            "{database:<10} {:<8} {subjects:>6} people, {rows:>9} rows more: {:>6.1} MB at most, {:>5.1} s (made in {:.1} s)  {goal}",
            work.word(),
            kilo_to_mega(peak_kb),
            took.as_secs_f64(),
            made.as_secs_f64(),
        ));
    }
    Ok(flat)
}

/// The example company with its databases, for one figure.
pub(super) struct Place {
    folder: PathBuf,
    server: Option<String>,
    /// Name of the database made in it.
    database: &'static str,
    /// Where the company's database is.
    app: String,
}

impl Place {
    pub(super) async fn make(
        (server, database): (Option<&str>, &'static str),
        subjects: u64,
    ) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("candor-memory-{}", std::process::id()));
        let mut place = Self {
            folder,
            server: server.map(str::to_owned),
            database,
            app: String::new(),
        };
        place.remove().await?;
        let (app, support, addresses) = place.databases().await?;
        let customers = u32::try_from(subjects)?.max(stackyard::CUSTOMERS_MIN) + 10;
        let options = Options::new(customers, 1, date(2026, 11, 22));
        stackyard::create(&app, &support, &options, &|_| {}).await?;
        let files = stackyard::files_for(&Addresses {
            kind: match server {
                Some(_) => Kind::Postgres,
                None => Kind::Sqlite,
            },
            app: &addresses.0,
            support: &addresses.1,
            privacy: "https://privacy.stackyard.example/",
        });
        for (path, text) in files {
            let path = place.folder.join(path);
            std::fs::create_dir_all(path.parent().context("a folder")?)?;
            std::fs::write(path, text)?;
        }
        place.app = addresses.0;
        Ok(place)
    }

    async fn databases(&self) -> Result<(Database, Database, (String, String))> {
        std::fs::create_dir_all(self.folder.join("data/mail"))?;
        let Some(server) = &self.server else {
            let files = (
                self.folder.join("app.sqlite"),
                self.folder.join("support.sqlite"),
            );
            let app = Database::sqlite(&files.0, Part::App).await?;
            let support = Database::sqlite(&files.1, Part::Support).await?;
            let address = |path: &Path| format!("sqlite:{}", path.display());
            return Ok((app, support, (address(&files.0), address(&files.1))));
        };
        let mut connection = PgConnection::connect(server).await?;
        let create = AssertSqlSafe(format!("CREATE DATABASE {}", self.database));
        sqlx::raw_sql(create).execute(&mut connection).await?;
        let (address, _) = server.rsplit_once('/').context("a URL with a database")?;
        let url = format!("{address}/{}", self.database);
        let app = Database::postgres(&url, Part::App).await?;
        let support = Database::postgres(&url, Part::Support).await?;
        let own = |part| stackyard::postgres_url(&url, part);
        Ok((app, support, (own(Part::App), own(Part::Support))))
    }

    /// Adds rows that are to go: orders of one person, or events.
    async fn add_rows(&self, work: Work, rows: u64) -> Result<()> {
        let numbers = match self.server {
            Some(_) => format!(
                "SELECT id FROM generate_series({FIRST}, {}) AS id",
                FIRST + rows
            ),
            None => format!(
                "WITH RECURSIVE n(id) AS (SELECT {FIRST} UNION ALL SELECT id + 1 FROM n WHERE id < {}) SELECT id FROM n",
                FIRST + rows
            ),
        };
        let at = "2026-01-01T00:00:00Z";
        let sql = match work {
            Work::Erase | Work::Answer => format!(
                "INSERT INTO orders (id, account_id, product, billing_cycle, host_name, template, status, placed_at)
                 SELECT n.id, {}, (SELECT min(sku) FROM products), 'monthly', 'host', 'template', 'active', '{at}'
                   FROM ({numbers}) AS n WHERE n.id > {FIRST}",
                ALONE.customer_id
            ),
            Work::Sweep => format!(
                "INSERT INTO {RULE} (id, name, payload, occurred_at)
                 SELECT n.id, 'page.viewed', '{{\"ms\": 7}}', '{at}' FROM ({numbers}) AS n WHERE n.id > {FIRST}"
            ),
        };
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        if self.server.is_some() {
            let mut connection = PgConnection::connect(&self.app).await?;
            sql.execute(&mut connection).await?;
            sqlx::raw_sql("ANALYZE").execute(&mut connection).await?;
        } else {
            let mut connection = SqliteConnection::connect(&self.app).await?;
            sql.execute(&mut connection).await?;
        }
        Ok(())
    }

    /// What a process of its own says that it held.
    fn measure(&self, work: Work, subjects: u64) -> Result<u64> {
        let output = Command::new(std::env::current_exe()?)
            .args(["bench", ONE, work.word(), &subjects.to_string()])
            .arg(&self.folder)
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(output.status.success(), "the process failed");
        Ok(String::from_utf8(output.stdout)?.trim().parse()?)
    }

    /// Where its policy and Candor's own state are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) async fn remove(&self) -> Result<()> {
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder)?;
        }
        if let Some(server) = &self.server {
            let mut connection = PgConnection::connect(server).await?;
            let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database);
            let drop = sqlx::raw_sql(AssertSqlSafe(drop));
            drop.execute(&mut connection).await?;
        }
        Ok(())
    }
}

/// One figure: carries the work out and prints the peak, in KiB.
pub(super) fn run_one(words: &[&str]) -> Result<()> {
    let [work, subjects, folder] = words else {
        bail!("a work, a number of people and a folder")
    };
    let work = Work::ALL.into_iter().find(|own| own.word() == *work);
    let work = work.context("a work that is measured")?;
    let (subjects, folder) = (subjects.parse()?, Path::new(folder));
    runtime()?.block_on(async {
        match work {
            Work::Erase => carry_out(Right::Erasure, subjects, folder).await,
            Work::Answer => carry_out(Right::Access, subjects, folder).await,
            Work::Sweep => swept(folder).await,
        }
    })?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak_kb = line.and_then(|line| line.split_whitespace().next());
    say(peak_kb.context("the system does not tell")?);
    Ok(())
}

/// Carries a rule out, slice by slice.
async fn swept(folder: &Path) -> Result<()> {
    let service = service(folder, true).await?;
    let worker = Worker::new(service.clone(), LEASE);
    worker.plan_observation().await;
    let mut last = now();
    loop {
        while worker.round().await? > 0 {
            last = now();
        }
        let rules = service.retention().await?.rules;
        let rule = rules.iter().find(|rule| rule.promise.name == RULE);
        if let Some((_, found)) = &rule.context("the rule is swept")?.last {
            let effects = found.effects.values().flatten();
            let rows: u64 = effects.map(|effect| effect.rows).sum();
            ensure!(rows > 0 && found.complete, "not all went: {found:?}");
            return Ok(());
        }
        ensure!(last.elapsed() < PATIENCE, "the rule is not carried out");
    }
}

async fn carry_out(right: Right, subjects: u32, folder: &Path) -> Result<()> {
    let service = service(folder, false).await?;
    let mut ids = Vec::new();
    for number in 0..subjects {
        let identities = vec![match number {
            0 => Identity::new(EMAIL, ALONE.email),
            // Those before are known by name.
            _ => Identity::new("customer_id", &(9 + number).to_string()),
        }];
        let filed = service.file_for(Filing {
            right,
            about: None,
            identities,
            channel: Channel::Bulk,
            tenant: None,
            received_at: None,
            proved: Some(Proved::Vouched {
                who: staff(),
                reason: "it is measured".to_owned(),
            }),
            once: None,
        });
        ids.push(filed.await?.id);
    }
    let worker = Worker::new(service.clone(), LEASE);
    let mut last = now();
    while !ids.is_empty() {
        while worker.round().await? > 0 {
            last = now();
        }
        let mut open = Vec::new();
        for id in ids {
            if !act(&service, &id).await? {
                open.push(id);
            }
        }
        ids = open;
        give_up(&service, last, ids.first()).await?;
    }
    Ok(())
}

/// Says what is waited for, if it was for too long.
pub(super) async fn give_up(
    service: &Service,
    last: Instant,
    id: Option<&SubjectRequestId>,
) -> Result<()> {
    let Some(id) = id.filter(|_| last.elapsed() > PATIENCE) else {
        return Ok(());
    };
    let request = service.request(id).await?.context("it was filed")?.0;
    bail!("nothing happens: {:?} {:?}", request.state, request.waiting)
}

/// Does as staff what waits for them; whether all is done.
pub(super) async fn act(service: &Service, id: &SubjectRequestId) -> Result<bool> {
    let (request, _) = service.request(id).await?.context("it was filed")?;
    if request.state == State::Undecided {
        service.approve(id, &staff()).await?;
    }
    if request.state == State::Carrying {
        let open = request.tasks.iter().filter(|(_, task)| task.done.is_none());
        for (system, _) in open {
            service
                .task_done(id, &staff(), system.clone(), None)
                .await?;
        }
    }
    if let State::Completed { outcome, .. } = request.state {
        ensure!(outcome == Outcome::Fulfilled, "{outcome:?}");
    }
    Ok(request.is_over())
}

pub(super) fn staff() -> StaffId {
    StaffId::from_random([9; 16])
}

/// The example's service; `sweep` for one that carries out retention.
pub(super) async fn service(folder: &Path, sweep: bool) -> Result<Service> {
    let policy = folder.join("policy");
    let charter = compile(&Bundle::new(texts(&policy, "")?)).charter;
    let charter = charter.context("the example's policy")?;
    let world = World::real();
    let data = folder.join("data");
    let keys = keys::open(&data.join("keys"), "bench/ledger", world.entropy.as_ref())?;
    let settings = Settings {
        state: data.join("state.sqlite").display().to_string(),
        public_address: "http://127.0.0.1:1".to_owned(),
        mail_server: None,
        mail_folder: data.join("mail"),
        sweep,
        parties: Parties::default(),
        login: None,
        policy_folder: policy,
        variables: std::collections::BTreeMap::new(),
        backups: None,
    };
    Ok(Service::open(charter, settings, keys, world).await?)
}

/// Every file of a policy, by its path there.
fn texts(folder: &Path, under: &str) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder.join(under))? {
        let entry = entry?;
        let path = Path::new(under).join(entry.file_name());
        let path = path.to_str().context("a name in UTF-8")?.to_owned();
        if entry.file_type()?.is_dir() {
            found.extend(texts(folder, &path)?);
        } else {
            found.push((path, std::fs::read_to_string(entry.path())?));
        }
    }
    Ok(found)
}
