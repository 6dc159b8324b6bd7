//! The example company on disk, or in PostgreSQL: databases, policy, website.
//! Replaces an earlier demo in the same folder; refuses a folder that is
//! anything else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use candor_server::service::Settings;
use candor_server::world::{Clock, SystemClock};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use sqlx::{AssertSqlSafe, Connection as _};
use stackyard::{Addresses, Database, Kind, Options, Part, Progress};

use crate::cli::DemoArguments;
use crate::demo::report;

/// Says that a folder was made by the demo.
const MARKER: &str = ".candor-demo";
const STATE_SCHEMA: &str = "candor";
const APP_VARIABLE: &str = "${STACKYARD_APP_URL}";
const SUPPORT_VARIABLE: &str = "${STACKYARD_SUPPORT_URL}";

/// The company.
pub(crate) struct Company {
    folder: PathBuf,
    postgres: Option<String>,
    app: Database,
    support: Database,
    tables: Vec<String>,
}

/// Rows per table, as `app.accounts`.
pub(crate) type Counts = BTreeMap<String, i64>;

impl Company {
    /// Makes it, showing progress.
    pub(crate) async fn create(arguments: &DemoArguments, privacy: &str) -> anyhow::Result<Self> {
        let folder = clear(&arguments.folder)?;
        for (path, text) in stackyard::files_for(&addresses(arguments, privacy)) {
            write(&folder.join(path), &text)?;
        }
        let (app, support) = match &arguments.postgres {
            None => (
                Database::sqlite(&folder.join("app.sqlite"), Part::App).await?,
                Database::sqlite(&folder.join("support.sqlite"), Part::Support).await?,
            ),
            Some(url) => {
                make_state_schema(url).await?;
                (
                    Database::postgres(url, Part::App).await?,
                    Database::postgres(url, Part::Support).await?,
                )
            }
        };
        let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
        let options = Options::new(arguments.customers, arguments.seed, today);
        let bar = bar(arguments.customers);
        let progress = |progress: Progress| match progress {
            Progress::Customers { done, .. } => bar.set_position(u64::from(done)),
            Progress::Indexes => bar.set_message("building indexes"),
        };
        let made = stackyard::create(&app, &support, &options, &progress).await?;
        bar.finish_and_clear();
        report::line(&format!(
            "Stackyard Hosting: {} customers, {} tables, {} rows in two databases",
            arguments.customers,
            made.rows.len(),
            made.total()
        ));
        Ok(Self {
            tables: made.rows.into_iter().map(|(table, _)| table).collect(),
            postgres: arguments.postgres.clone(),
            folder,
            app,
            support,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn policy_folder(&self) -> PathBuf {
        self.folder.join("policy")
    }

    pub(crate) fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// How the server is told of it.
    pub(crate) fn settings(&self, public_address: &str) -> Settings {
        let address = |url: &String, part: Part| stackyard::postgres_url(url, part);
        let variables = self.postgres.iter().flat_map(|url| {
            [
                (APP_VARIABLE, address(url, Part::App)),
                (SUPPORT_VARIABLE, address(url, Part::Support)),
            ]
        });
        let name = |variable: &str| variable.trim_matches(['$', '{', '}']).to_owned();
        let state = match &self.postgres {
            Some(url) => with_search_path(url, STATE_SCHEMA),
            None => self
                .data_folder()
                .join("state.sqlite")
                .display()
                .to_string(),
        };
        Settings {
            state,
            public_address: public_address.to_owned(),
            mail_server: None,
            mail_folder: self.data_folder().join("mail"),
            parties: candor_server::protocols::Parties::default(),
            sweep: true,
            login: None,
            backups: None,
            policy_folder: self.policy_folder(),
            variables: variables
                .map(|(variable, value)| (name(variable), value))
                .collect(),
        }
    }

    /// Counts every table, with the company's own eyes.
    pub(crate) async fn counts(&self) -> anyhow::Result<Counts> {
        let mut counts = Counts::new();
        for table in &self.tables {
            let (part, name) = table
                .split_once('.')
                .context("a table without its database")?;
            let database = if part == "app" {
                &self.app
            } else {
                &self.support
            };
            // The names come from the example's own schema.
            let query = AssertSqlSafe(format!("SELECT count(*) FROM {name}"));
            let count: i64 = match database {
                Database::Sqlite(pool) => sqlx::query_scalar(query).fetch_one(pool).await?,
                Database::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await?,
            };
            counts.insert(table.clone(), count);
        }
        Ok(counts)
    }
}

/// An empty folder for the demo.
fn clear(folder: &Path) -> anyhow::Result<PathBuf> {
    if folder.exists() {
        let empty = fs::read_dir(folder)?.next().is_none();
        if !empty && !folder.join(MARKER).exists() {
            bail!(
                "`{}` exists and was not made by the demo; name another with --folder",
                folder.display()
            );
        }
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
    fs::write(
        folder.join(MARKER),
        "Made by `candor demo`, and replaced by the next one.\n",
    )?;
    Ok(folder.canonicalize()?)
}

/// What the policy and the website are told. A PostgreSQL address may hold a
/// password, so it stays in the environment.
fn addresses<'a>(arguments: &DemoArguments, privacy: &'a str) -> Addresses<'a> {
    match arguments.postgres {
        None => Addresses {
            kind: Kind::Sqlite,
            app: "sqlite:../app.sqlite",
            support: "sqlite:../support.sqlite",
            privacy,
        },
        Some(_) => Addresses {
            kind: Kind::Postgres,
            app: APP_VARIABLE,
            support: SUPPORT_VARIABLE,
            privacy,
        },
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text).with_context(|| format!("`{}` cannot be written", path.display()))
}

async fn make_state_schema(url: &str) -> anyhow::Result<()> {
    let mut connection = sqlx::PgConnection::connect(url)
        .await
        .context("the PostgreSQL database cannot be reached")?;
    let make = AssertSqlSafe(format!("CREATE SCHEMA {STATE_SCHEMA}"));
    sqlx::query(make)
        .execute(&mut connection)
        .await
        .context("the schema `candor` cannot be made; does it exist already?")?;
    connection.close().await?;
    Ok(())
}

fn with_search_path(url: &str, schema: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-c%20search_path%3D{schema}")
}

fn bar(customers: u32) -> ProgressBar {
    let bar = ProgressBar::new(u64::from(customers));
    let style = ProgressStyle::with_template("  {bar:30} {pos}/{len} customers {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
