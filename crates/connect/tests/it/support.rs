//! A database of each kind for one test, and maps in a few words.

use std::collections::BTreeMap;

use candor_connect::{
    EraseStep, ExportSink, ExportTable, Key, Limits, Source, SourceError, StepReport,
};
use candor_domain::identity::Identity;
use candor_domain::plan::{Action, Footprint, Residue, TableEffect};
use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{
    ColumnMap, ColumnPath, Condition, Content, Edge, Incoming, Reference, ReferenceAction,
    SourceMap, TableMap, Target,
};
use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

/// One database, dropped with the test.
pub(crate) struct World {
    pub(crate) kind: SourceKind,
    pub(crate) url: String,
    /// What looks at it, from the first look on: to connect costs more than
    /// most looks.
    reader: tokio::sync::Mutex<Option<Holder>>,
    _folder: tempfile::TempDir,
}

/// A statement after which references are no longer looked at.
pub(crate) fn unchecked(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Sqlite => "PRAGMA foreign_keys = OFF",
        SourceKind::Mysql => "SET foreign_key_checks = 0",
        SourceKind::Postgres => "SET session_replication_role = replica",
    }
}

/// The type of a moment.
pub(crate) fn moment(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Mysql => "datetime",
        SourceKind::Postgres => "timestamptz",
        SourceKind::Sqlite => "TEXT",
    }
}

/// Keys of one step of a verification: few, so that there are several.
const KEYS_AT_ONCE: usize = 3;

/// What was written down of somebody before an erasure.
pub(crate) struct Captured {
    pub(crate) footprint: Footprint,
    pub(crate) keys: Vec<Key>,
}

pub(crate) async fn capture(source: &Source, person: &[Identity]) -> Result<Captured, SourceError> {
    let mut keys = Vec::new();
    let footprint = source.footprint(person, &mut keys).await?;
    let counted: u64 = footprint.keys.iter().map(|key| key.rows).sum();
    assert_eq!(counted, keys.len() as u64);
    Ok(Captured { footprint, keys })
}

impl Captured {
    /// What is left, by keys and by values.
    pub(crate) async fn left(&self, source: &Source) -> Result<Vec<Residue>, SourceError> {
        let mut search = source.verification(&[&self.footprint]);
        for keys in self.keys.chunks(KEYS_AT_ONCE) {
            search.keys(keys).await?;
        }
        Ok(search.finish().await?.concat())
    }

    /// What is left, by keys alone.
    pub(crate) async fn keys_left(&self, source: &Source) -> Vec<Residue> {
        let footprints = [&self.footprint];
        let found = source.verify_keys(&footprints, &self.keys).await;
        found.unwrap().concat()
    }
}

/// The kinds this machine can test.
pub(crate) fn kinds() -> Vec<SourceKind> {
    let mut kinds = vec![SourceKind::Sqlite];
    if postgres().is_some() {
        kinds.push(SourceKind::Postgres);
    }
    if mariadb().is_some() {
        kinds.push(SourceKind::Mysql);
    }
    kinds
}

fn postgres() -> Option<String> {
    server("CANDOR_TEST_POSTGRES_URL")
}

/// The address of an account with every right.
pub(crate) fn mariadb() -> Option<String> {
    server("CANDOR_TEST_MARIADB_URL")
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told where servers are"
)]
fn server(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(url.is_some() || !ci, "CI must say `{variable}`");
    url
}

/// How databases of tests are called.
const OWN: &str = "candor_test_";

/// A name that no other test has.
fn unique(folder: &tempfile::TempDir) -> String {
    let folder = folder.path().file_name().unwrap().to_string_lossy();
    let name: String = folder.chars().filter(|own| own.is_alphanumeric()).collect();
    format!("{OWN}{}_{}", std::process::id(), name.to_lowercase())
}

impl World {
    /// A database with this schema; `BYTES` and the like need no translation,
    /// because the schemas here use the common dialect.
    pub(crate) async fn new(kind: SourceKind, schema: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match kind {
            SourceKind::Mysql => {
                let server = mariadb().unwrap();
                let name = unique(&folder);
                let mut connection = sqlx::MySqlConnection::connect(&server).await.unwrap();
                // What many servers still give to new tables.
                let create = format!("CREATE DATABASE {name} CHARACTER SET latin1");
                connection.execute(AssertSqlSafe(create)).await.unwrap();
                format!("{}/{name}", server.rsplit_once('/').unwrap().0)
            }
            SourceKind::Sqlite => {
                let path = folder.path().join("app.db");
                std::fs::File::create(&path).unwrap();
                format!("sqlite:{}", path.display())
            }
            SourceKind::Postgres => {
                let server = postgres().unwrap();
                let name = unique(&folder);
                let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
                connection
                    .execute(AssertSqlSafe(format!("CREATE SCHEMA {name}")))
                    .await
                    .unwrap();
                format!("{server}?options[synchronous_commit]=off&options[search_path]={name}")
            }
        };
        let world = Self {
            kind,
            url,
            reader: Default::default(),
            _folder: folder,
        };
        world.run(schema).await;
        world
    }

    /// A PostgreSQL database of its own, for tests that disturb its connections.
    pub(crate) async fn database(schema: &str) -> Self {
        Self::database_named("own", schema).await
    }

    /// As [`Self::database`], of another name.
    pub(crate) async fn database_named(name: &str, schema: &str) -> Self {
        let server = postgres().unwrap();
        let name = format!("candor_test_{}_{name}", std::process::id());
        let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
        let create = format!("CREATE DATABASE {name}");
        connection.execute(AssertSqlSafe(create)).await.unwrap();
        let (address, _) = server.rsplit_once('/').unwrap();
        let world = Self {
            kind: SourceKind::Postgres,
            url: format!("{address}/{name}"),
            reader: Default::default(),
            _folder: tempfile::tempdir().unwrap(),
        };
        world.run(schema).await;
        world
    }

    /// A database that is there already.
    pub(crate) fn at(kind: SourceKind, url: String) -> Self {
        Self {
            kind,
            url,
            reader: Default::default(),
            _folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Runs statements.
    pub(crate) async fn run(&self, sql: &str) {
        self.try_run(sql).await.unwrap();
    }

    /// Runs statements that may fail.
    pub(crate) async fn try_run(&self, sql: &str) -> Result<(), sqlx::Error> {
        match self.kind {
            SourceKind::Mysql => {
                let mut connection = mysql_connection(&self.url).await?;
                // It knows no zones, and an index by its table only.
                let sql = sql.replace(":00Z'", ":00'");
                let sql = match sql.strip_prefix("DROP INDEX ") {
                    Some(index) => {
                        let (table, _) = index.split_once('_').unwrap();
                        format!("DROP INDEX {index} ON {table}")
                    }
                    None => sql,
                };
                connection
                    .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
                    .await?;
                connection.close().await
            }
            SourceKind::Sqlite => {
                let mut connection = sqlx::SqliteConnection::connect(&self.url).await?;
                // No test cuts the power while it writes.
                let sql = format!("PRAGMA synchronous = OFF; {sql}");
                connection
                    .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
                    .await?;
                connection.close().await
            }
            SourceKind::Postgres => {
                let mut connection = sqlx::PgConnection::connect(&self.url).await?;
                connection
                    .execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
                    .await?;
                connection.close().await
            }
        }
    }

    /// Runs a statement in a transaction that stays open.
    pub(crate) async fn hold(&self, sql: &str) -> Holder {
        let mut holder = self.holder().await;
        match &mut holder {
            Holder::Mysql(connection) => {
                let sql = AssertSqlSafe(format!("BEGIN; {sql}"));
                connection.execute(sqlx::raw_sql(sql)).await.unwrap();
            }
            Holder::Sqlite(connection) => {
                let sql = AssertSqlSafe(format!("BEGIN IMMEDIATE; {sql}"));
                connection.execute(sqlx::raw_sql(sql)).await.unwrap();
            }
            Holder::Postgres(connection) => {
                connection.execute("BEGIN").await.unwrap();
                let sql = AssertSqlSafe(sql.to_owned());
                connection.execute(sql).await.unwrap();
            }
        }
        holder
    }

    /// Every row of a query as text.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        let sql = match self.kind {
            // It calls the type of any text by another name.
            SourceKind::Mysql => sql
                .replace("AS text)", "AS char)")
                .replace("AS TEXT)", "AS char)"),
            SourceKind::Postgres | SourceKind::Sqlite => sql.to_owned(),
        };
        let mut reader = self.reader.lock().await;
        if let Some(known) = reader.as_mut()
            && let Ok(rows) = known.rows(&sql).await
        {
            return rows;
        }
        // The first, or a test cut the one before.
        let reader = reader.insert(self.holder().await);
        reader.rows(&sql).await.unwrap()
    }

    async fn holder(&self) -> Holder {
        match self.kind {
            SourceKind::Mysql => Holder::Mysql(mysql_connection(&self.url).await.unwrap()),
            SourceKind::Sqlite => {
                let connecting = sqlx::SqliteConnection::connect(&self.url);
                Holder::Sqlite(connecting.await.unwrap())
            }
            SourceKind::Postgres => {
                let connecting = sqlx::PgConnection::connect(&self.url);
                Holder::Postgres(connecting.await.unwrap())
            }
        }
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> u64 {
        let rows = self
            .rows(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}"))
            .await;
        rows[0][0].as_ref().unwrap().parse().unwrap()
    }

    /// The source with this map.
    pub(crate) fn source(&self, map: SourceMap) -> Source {
        Source::open("app", self.kind, &self.url, map, Limits::default()).unwrap()
    }
}

/// A connection, with a transaction that somebody forgot.
pub(crate) enum Holder {
    Mysql(sqlx::MySqlConnection),
    Sqlite(sqlx::SqliteConnection),
    Postgres(sqlx::PgConnection),
}

impl Holder {
    async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Mysql(connection) => {
                let rows = sqlx::raw_sql(sql).fetch_all(connection).await?;
                let values = |row: &sqlx::mysql::MySqlRow| {
                    let places = 0..row.len();
                    places.map(|place| row.get_unchecked(place)).collect()
                };
                rows.iter().map(values).collect()
            }
            Self::Sqlite(connection) => {
                let query = sqlx::query(sql).persistent(false);
                let rows = query.fetch_all(connection).await?;
                let values = |row: &sqlx::sqlite::SqliteRow| {
                    let places = 0..row.len();
                    places.map(|place| row.get_unchecked(place)).collect()
                };
                rows.iter().map(values).collect()
            }
            Self::Postgres(connection) => {
                let rows = sqlx::raw_sql(sql).fetch_all(connection).await?;
                let value = |row: &sqlx::postgres::PgRow, place| {
                    use sqlx::ValueRef as _;
                    let value = row.try_get_raw(place).unwrap();
                    (!value.is_null()).then(|| value.as_str().unwrap().to_owned())
                };
                rows.iter()
                    .map(|row| (0..row.len()).map(|place| value(row, place)).collect())
                    .collect()
            }
        })
    }

    /// Runs another statement in MariaDB's transaction, then lets go.
    pub(crate) async fn also(self, sql: &str) -> Result<(), sqlx::Error> {
        let Self::Mysql(mut connection) = self else {
            panic!("only MariaDB's")
        };
        connection.execute(AssertSqlSafe(sql.to_owned())).await?;
        connection.execute("ROLLBACK").await?;
        Ok(())
    }

    pub(crate) async fn release(self) {
        match self {
            Self::Mysql(mut connection) => {
                connection.execute("ROLLBACK").await.unwrap();
            }
            Self::Sqlite(mut connection) => {
                connection.execute("ROLLBACK").await.unwrap();
            }
            Self::Postgres(mut connection) => {
                connection.execute("ROLLBACK").await.unwrap();
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if self.kind == SourceKind::Mysql {
            let (_, name) = self.url.rsplit_once('/').unwrap();
            return drop_database(name.to_owned());
        }
        if self.kind != SourceKind::Postgres {
            return;
        }
        let Some(server) = postgres() else { return };
        let drop = match self.url.rsplit_once('=') {
            Some((_, schema)) => format!("DROP SCHEMA {schema} CASCADE"),
            None => {
                let (_, database) = self.url.rsplit_once('/').unwrap();
                format!("DROP DATABASE {database} WITH (FORCE)")
            }
        };
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
                let _ = connection.execute(AssertSqlSafe(drop)).await;
            });
        });
        let _ = dropped.join();
    }
}

/// In the common dialect, so that the tests' statements serve here too.
async fn mysql_connection(url: &str) -> Result<sqlx::MySqlConnection, sqlx::Error> {
    let mut connection = sqlx::MySqlConnection::connect(url).await?;
    let common =
        "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,STRICT_ALL_TABLES'";
    connection.execute(common).await?;
    Ok(connection)
}

fn drop_database(name: String) {
    // Not one that the test only found.
    if !name.starts_with(OWN) {
        return;
    }
    let Some(server) = mariadb() else { return };
    let dropped = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut connection = sqlx::MySqlConnection::connect(&server).await.unwrap();
            let drop = format!("DROP DATABASE {name}");
            let _ = connection.execute(AssertSqlSafe(drop)).await;
        });
    });
    let _ = dropped.join();
}

/// A map of these tables.
pub(crate) fn map<const N: usize>(tables: [(&str, TableMap); N]) -> SourceMap {
    SourceMap {
        path: "maps/app.yaml".to_owned(),
        tables: tables
            .into_iter()
            .map(|(name, table)| (name.to_owned(), table))
            .collect(),
        ..SourceMap::default()
    }
}

/// A table's map: `id:key email:contact.email! note:plain`; a `!` and text
/// after a category is what erasing writes.
pub(crate) fn table(columns: &str) -> TableMap {
    let columns: BTreeMap<String, ColumnMap> = columns
        .split_whitespace()
        .map(|column| {
            let (name, content) = column.split_once(':').unwrap();
            let (content, erased) = match content.split_once('!') {
                Some((content, erased)) => (content, Some(erased.to_owned())),
                None => (content, None),
            };
            let content = match content {
                "key" => Content::Key,
                "plain" => Content::Plain,
                category => Content::Personal(category.to_owned()),
            };
            (
                name.to_owned(),
                ColumnMap {
                    content,
                    erased,
                    rectify: None,
                },
            )
        })
        .collect();
    TableMap {
        columns,
        ..TableMap::default()
    }
}

pub(crate) trait Mapping {
    fn about(self, kind: &str, column: &str) -> Self;
    fn owned(self, from: &str) -> Self;
    fn owned_by(self, from: &str, to: &str) -> Self;
    fn owned_when(self, from: &str, to: &str, column: &str, value: &str) -> Self;
    fn last_of(self, from: &str) -> Self;
    fn references(self, from: &str, action: ReferenceAction) -> Self;
    fn references_to(self, from: &str, to: &str, action: ReferenceAction) -> Self;
    fn on_erasure(self, on_erasure: OnErasure) -> Self;
}

impl Mapping for TableMap {
    fn about(mut self, kind: &str, column: &str) -> Self {
        self.about = Some("customer".to_owned());
        self.identities.insert(kind.to_owned(), column.to_owned());
        self
    }

    fn owned(mut self, from: &str) -> Self {
        self.owned_by.push(edge(from, None));
        self
    }

    fn owned_by(mut self, from: &str, to: &str) -> Self {
        self.owned_by.push(edge(from, Some(to)));
        self
    }

    fn owned_when(mut self, from: &str, to: &str, column: &str, value: &str) -> Self {
        let mut edge = edge(from, Some(to));
        edge.when = Some(Condition {
            column: column.to_owned(),
            value: value.to_owned(),
        });
        self.owned_by.push(edge);
        self
    }

    fn last_of(mut self, from: &str) -> Self {
        let (table, columns) = from.split_once('.').unwrap();
        self.last_of.push(Incoming {
            table: table.to_owned(),
            columns: columns.split('+').map(str::to_owned).collect(),
            is_list: false,
        });
        self
    }

    fn references(mut self, from: &str, action: ReferenceAction) -> Self {
        self.references.push(Reference {
            edge: edge(from, None),
            action,
        });
        self
    }

    fn references_to(mut self, from: &str, to: &str, action: ReferenceAction) -> Self {
        self.references.push(Reference {
            edge: edge(from, Some(to)),
            action,
        });
        self
    }

    fn on_erasure(mut self, on_erasure: OnErasure) -> Self {
        self.on_erasure = on_erasure;
        if on_erasure != OnErasure::Delete {
            self.because = Some("invoices".to_owned());
        }
        self
    }
}

/// `a+b` are composite keys, `detail.account_id` is inside JSON.
fn edge(from: &str, to: Option<&str>) -> Edge {
    Edge {
        from: from
            .split('+')
            .map(|path| {
                let mut parts = path.split('.').map(str::to_owned);
                ColumnPath {
                    column: parts.next().unwrap(),
                    path: parts.collect(),
                }
            })
            .collect(),
        to: to.map(|to| {
            let (table, columns) = to.split_once('.').unwrap();
            Target {
                table: table.to_owned(),
                columns: columns.split('+').map(str::to_owned).collect(),
            }
        }),
        when: None,
        is_list: false,
    }
}

pub(crate) fn email(value: &str) -> Identity {
    Identity::new("email", value)
}

pub(crate) fn step(key: &str, identities: &[Identity]) -> EraseStep {
    EraseStep {
        step: key.to_owned(),
        identities: identities.to_vec(),
        keys: Vec::new(),
    }
}

pub(crate) fn effect(table: &str, action: Action, rows: u64) -> TableEffect {
    let stays = matches!(action, Action::Keep | Action::Pseudonymise);
    TableEffect {
        table: table.to_owned(),
        action,
        rows,
        because: stays.then(|| "invoices".to_owned()),
    }
}

pub(crate) fn residue(table: &str, column: &str, rows: u64) -> Residue {
    Residue {
        table: table.to_owned(),
        column: column.to_owned(),
        rows,
    }
}

/// Erases one person the way the server does, and sees that the preview told
/// the truth and that a repeat does nothing.
pub(crate) async fn erase(source: &Source, key: &str, identities: &[Identity]) -> StepReport {
    let preview = source.preview(identities).await.unwrap();
    let steps = [step(key, identities)];
    let reports = source.erase(&steps).await.unwrap();
    assert_eq!(reports[0].effects, preview.effects, "preview equals effect");
    assert_eq!(
        source.erase(&steps).await.unwrap(),
        reports,
        "a repeat reports the same"
    );
    reports[0].clone()
}

/// What an export gives, per table.
#[derive(Default)]
pub(crate) struct Exported {
    pub(crate) tables: Vec<(ExportTable, Vec<Map<String, Value>>)>,
}

impl Exported {
    pub(crate) fn rows(&self, table: &str) -> &[Map<String, Value>] {
        self.tables
            .iter()
            .find(|(own, _)| own.table == table)
            .map_or(&[], |(_, rows)| rows)
    }
}

impl ExportSink for Exported {
    fn table(&mut self, table: &ExportTable) -> std::io::Result<()> {
        self.tables.push((table.clone(), Vec::new()));
        Ok(())
    }

    fn row(&mut self, row: Map<String, Value>) -> std::io::Result<()> {
        self.tables.last_mut().unwrap().1.push(row);
        Ok(())
    }
}

pub(crate) async fn export(source: &Source, identities: &[Identity]) -> Exported {
    let mut exported = Exported::default();
    source.export(identities, &mut exported).await.unwrap();
    exported
}
