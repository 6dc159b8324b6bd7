//! One of the company's databases, as everybody else sees it: finding a
//! person, saying what is held, erasing it exactly once, and (in `footprint`)
//! looking whether it is gone. Which software it runs on is decided when it is
//! opened, and nowhere else. Refuses to do anything while map and schema part.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::{Action, SourcePreview, TableEffect};
use candor_domain::undo::TableReturn;
use candor_policy::catalogue::CatalogueTable;
use candor_policy::charter::SourceKind;
use candor_policy::map::{Content, SourceMap};
use candor_seal::webhook::Message;
use serde_json::{Map, Value};

use crate::catalogue::Catalogue;
use crate::compiled::{Compiled, IDENTITY_ROWS_MAX};
use crate::engine;
use crate::engine::mysql::Mysql;
use crate::engine::postgres::Postgres;
use crate::engine::sqlite::Sqlite;
use crate::engine::tables::Tables;
use crate::error::{Fault, SourceError};
use crate::late::OldKeys;
use crate::limits::Limits;
use crate::plan::{Decision, Plan};
use crate::replica;
use crate::resolve::{self, Lead};
use crate::service::{Service, ServiceAccess};
use crate::silence::{Silence, unless_silent};
use crate::sql::export;
use crate::undo::Sealer;

/// One person to erase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EraseStep {
    /// Under this key it is done once, however often it is asked for. Kept in
    /// the source's journal, so it must say nothing about the person.
    pub step: String,
    /// What leads to the person.
    pub identities: Vec<Identity>,
    /// Keys their rows had before an earlier step: what came late, or came
    /// back, is found by them. A service is told none. No more than
    /// [`crate::KEYS_AT_ONCE`] belong into one step.
    pub keys: Vec<OldKeys>,
}

/// One person to erase in a way that can be taken back.
#[derive(Clone, Copy)]
pub struct KeptStep<'a> {
    /// Whom, and under which key.
    pub step: &'a EraseStep,
    /// Seals what it takes.
    pub sealer: &'a dyn Sealer,
}

/// What a step did, now or when it was first carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// Its key.
    pub step: String,
    /// What it did.
    pub effects: Vec<TableEffect>,
}

/// Takes a person's rows as they stream out of a source.
pub trait ExportSink: Send {
    /// The rows that follow are of this table.
    ///
    /// # Errors
    ///
    /// Whatever stops the sink from taking more; the export ends with it.
    fn table(&mut self, table: &ExportTable) -> std::io::Result<()>;

    /// One row of the table announced last.
    ///
    /// # Errors
    ///
    /// Whatever stops the sink from taking more; the export ends with it.
    fn row(&mut self, row: Map<String, Value>) -> std::io::Result<()>;
}

/// A table of a person's export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportTable {
    /// The source.
    pub source: String,
    /// Its name there.
    pub table: String,
    /// Heading for people.
    pub label: Option<String>,
    /// Its columns, in order.
    pub columns: Vec<ExportColumn>,
    /// For rows that stay after an erasure: the retention rule that demands it.
    pub kept_because: Option<String>,
}

/// A column of a person's export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportColumn {
    /// Its name.
    pub name: String,
    /// Category of what it says about the person.
    pub category: Option<String>,
    /// Whether it only tells rows apart.
    pub is_key: bool,
    /// Whether its values are left out: [`crate::WITHHELD`] stands for them.
    pub withheld: bool,
}

/// One of the company's databases, or a service of its own.
#[derive(Debug)]
pub struct Source {
    name: String,
    /// The tenant to whom all of it belongs.
    pub(crate) tenant: Option<String>,
    /// Where it is; `None` of a service.
    address: Option<(SourceKind, Personal<String>)>,
    map: SourceMap,
    limits: Limits,
    engine: Engine,
    /// Copies that follow it, which verification looks at as well.
    replicas: Vec<Self>,
}

#[derive(Debug)]
pub(crate) enum Engine {
    Mysql(Tables<Mysql>),
    Postgres(Box<Postgres>),
    Sqlite(Tables<Sqlite>),
    Service(Box<Service>),
}

/// Does the same with whichever database it is, unless its network falls
/// silent for longer than a statement may take, or a scan. The work of each is
/// large, and lies on the heap: whoever waits for it would carry all three.
macro_rules! on {
    ($source:expr, $engine:ident => $work:expr) => {
        $crate::source::on!($source, $source.limits().statement, $engine => $work)
    };
    ($source:expr, $limit:expr, $engine:ident => $work:expr) => {
        match $source.engine() {
            $crate::source::Engine::Mysql($engine) => {
                let work = Box::pin(async { $work });
                $source.unless_silent($limit, work).await
            }
            $crate::source::Engine::Postgres($engine) => {
                let work = Box::pin(async { $work });
                $source.unless_silent($limit, work).await
            }
            $crate::source::Engine::Sqlite($engine) => Box::pin(async { $work }).await,
            $crate::source::Engine::Service(_) => Err($crate::source::not_a_database()),
        }
    };
}
pub(crate) use on;

/// What a service is asked that only a database can do.
pub(crate) fn not_a_database() -> Fault {
    Fault::Refused(vec![
        "it is a service: only it can look into its records".to_owned(),
    ])
}

impl Source {
    /// A source that connects when it is first used. `url` is the address
    /// of a MariaDB or PostgreSQL database (`mysql://`, `postgres://`), or the
    /// path of a SQLite file with or without `sqlite:`.
    ///
    /// # Errors
    ///
    /// [`SourceError::Refused`] if the address cannot be read.
    pub fn open(
        name: &str,
        kind: SourceKind,
        url: &str,
        map: SourceMap,
        limits: Limits,
    ) -> Result<Self, SourceError> {
        let engine = match kind {
            SourceKind::Mysql => {
                Mysql::open(url, &limits).map(|mysql| Engine::Mysql(Tables::new(mysql, limits)))
            }
            SourceKind::Postgres => {
                Postgres::open(url, limits).map(|postgres| Engine::Postgres(Box::new(postgres)))
            }
            SourceKind::Sqlite => {
                Sqlite::open(url, &limits).map(|sqlite| Engine::Sqlite(Tables::new(sqlite, limits)))
            }
        };
        Ok(Self {
            name: name.to_owned(),
            tenant: None,
            address: Some((kind, Personal::new(url.to_owned()))),
            map,
            limits,
            engine: engine.map_err(|fault| fault.of(name))?,
            replicas: Vec::new(),
        })
    }

    /// A service of the company's own, which is asked when it is first used.
    ///
    /// # Errors
    ///
    /// [`SourceError::Refused`] if its address or a key cannot be used.
    pub fn open_service(
        name: &str,
        access: &ServiceAccess,
        map: SourceMap,
        limits: Limits,
    ) -> Result<Self, SourceError> {
        let service = Service::open(access, limits).map_err(|fault| fault.of(name))?;
        Ok(Self {
            name: name.to_owned(),
            tenant: None,
            map,
            limits,
            address: None,
            engine: Engine::Service(Box::new(service)),
            replicas: Vec::new(),
        })
    }

    /// The service it is, if it is none of the databases.
    pub(crate) fn service(&self) -> Option<&Service> {
        match &self.engine {
            Engine::Service(service) => Some(service),
            Engine::Mysql(_) | Engine::Postgres(_) | Engine::Sqlite(_) => None,
        }
    }

    /// Whether nobody but itself can look into it: what it says of itself is
    /// weaker evidence than what we saw.
    #[must_use]
    pub fn is_service(&self) -> bool {
        self.service().is_some()
    }

    /// Whether this is the service's own signed message, sent about now
    /// (seconds since 1970), that something is ready. A copy of one is as good:
    /// it only has us ask.
    #[must_use]
    pub fn is_ready(&self, message: &Message<'_>, signatures: &str, now: i64) -> bool {
        let service = self.service();
        service.is_some_and(|service| service.is_ready(message, signatures, now))
    }

    /// What the compiler compares with the map: its catalogue, or what a
    /// service says of itself.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn described(&self) -> Result<Vec<CatalogueTable>, SourceError> {
        match self.service() {
            None => Ok(self.catalogue().await?.described()),
            Some(service) => {
                let description = service.describe().await;
                let description = description.map_err(|fault| self.named(fault))?;
                Ok(description.tables())
            }
        }
    }

    /// Its name in the declaration.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its columns are.
    #[must_use]
    pub fn map(&self) -> &SourceMap {
        &self.map
    }

    /// The same database under another map.
    pub(crate) fn under(&self, map: SourceMap) -> Result<Self, SourceError> {
        let Some((kind, address)) = &self.address else {
            return Err(self.named(not_a_database()));
        };
        let address = address.expose("the database is opened once more");
        let mut under = Self::open(&self.name, *kind, address, map, self.limits)?;
        for replica in &self.replicas {
            under.replicas.push(replica.under(under.map.clone())?);
        }
        Ok(under.belonging_to(self.tenant.clone()))
    }

    /// The same with replicas at these addresses.
    ///
    /// # Errors
    ///
    /// [`SourceError::Refused`] if an address cannot be read, or of what has no
    /// replicas that can be looked at.
    pub fn with_replicas(mut self, addresses: &[String]) -> Result<Self, SourceError> {
        for address in addresses {
            let kind = self.kind().filter(|kind| *kind != SourceKind::Sqlite);
            let kind = kind.ok_or_else(|| self.named(replica::has_none()))?;
            let map = self.map.clone();
            let replica = Self::open(&self.name, kind, address, map, self.limits);
            self.replicas.push(replica?);
        }
        Ok(self)
    }

    /// Host and port of a database that has such.
    pub(crate) fn place(&self) -> Option<String> {
        let (kind, address) = self.address.as_ref()?;
        let address = address.expose("where it leads, without who enters there");
        match kind {
            SourceKind::Mysql => engine::mysql::place(address),
            SourceKind::Postgres => engine::postgres::place(address),
            SourceKind::Sqlite => None,
        }
    }

    pub(crate) fn replicas(&self) -> &[Self] {
        &self.replicas
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Its schema as it is now, whether the map fits or not.
    ///
    /// # Errors
    ///
    /// [`SourceError::Unreachable`] or [`SourceError::Database`].
    pub async fn catalogue(&self) -> Result<Catalogue, SourceError> {
        self.read_catalogue()
            .await
            .map_err(|fault| self.named(fault))
    }

    /// The plan that any erasure and access here follow.
    ///
    /// # Errors
    ///
    /// [`SourceError::Drift`] or [`SourceError::Refused`] if there is none.
    pub async fn plan(&self) -> Result<Plan, SourceError> {
        let catalogue = self.catalogue().await?;
        Plan::compile(&catalogue, &self.map).map_err(|error| {
            let fault = match error {
                crate::plan::PlanError::Drift(what) => Fault::Drift(what),
                crate::plan::PlanError::Unsafe(what) => Fault::Refused(what),
            };
            self.named(fault)
        })
    }

    /// What an erasure would do, without doing it.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn preview(&self, identities: &[Identity]) -> Result<SourcePreview, SourceError> {
        let mut previews = self.previews(&[identities]).await?;
        Ok(previews.pop().unwrap_or_default())
    }

    /// What erasures would do of which each is the only one, without doing any;
    /// in the order of the people.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn previews(
        &self,
        people: &[&[Identity]],
    ) -> Result<Vec<SourcePreview>, SourceError> {
        let mut previews = Vec::new();
        for batch in people.chunks(self.limits.batch_subjects_max.max(1)) {
            let counted = self.counted(batch).await;
            previews.extend(counted.map_err(|fault| self.named(fault))?);
        }
        Ok(previews)
    }

    /// Erases people, each step exactly once, a bounded number of them in one
    /// transaction. The counts of a step are those it would have had alone,
    /// after the steps before it.
    ///
    /// # Errors
    ///
    /// [`SourceError`]; the batches before the failed one stay done, and are
    /// reported when the steps are asked for again.
    pub async fn erase(&self, steps: &[EraseStep]) -> Result<Vec<StepReport>, SourceError> {
        let mut reports = Vec::new();
        if let Some(service) = self.service() {
            for step in steps {
                let report = service.erase(&self.map, step, false).await;
                reports.push(report.map_err(|fault| self.named(fault))?);
            }
            return Ok(reports);
        }
        self.gate_people()
            .await
            .map_err(|fault| self.named(fault))?;
        for batch in steps.chunks(self.limits.batch_subjects_max.max(1)) {
            let done = on!(self, engine => engine.erase(&self.map, batch).await);
            reports.extend(done.map_err(|fault| self.named(fault))?);
        }
        Ok(reports)
    }

    /// As [`Self::erase`], and keeps what each step takes, sealed, so that it
    /// can be taken back by itself: the steps of a batch go one after the other
    /// in its transaction. A service keeps it in its own way, if it can.
    ///
    /// # Errors
    ///
    /// [`SourceError`]; refused if what a step takes is larger than the limit.
    pub async fn erase_keeping(
        &self,
        steps: &[KeptStep<'_>],
    ) -> Result<Vec<StepReport>, SourceError> {
        let mut reports = Vec::new();
        if let Some(service) = self.service() {
            for kept in steps {
                let report = service.erase(&self.map, kept.step, true).await;
                reports.push(report.map_err(|fault| self.named(fault))?);
            }
            return Ok(reports);
        }
        self.gate_people()
            .await
            .map_err(|fault| self.named(fault))?;
        for batch in steps.chunks(self.limits.batch_subjects_max.max(1)) {
            let done = on!(self, engine => engine.erase_keeping(&self.map, batch).await);
            reports.extend(done.map_err(|fault| self.named(fault))?);
        }
        Ok(reports)
    }

    /// Whether what it erased can be taken back at all: a service may not be
    /// able to.
    ///
    /// # Errors
    ///
    /// [`SourceError`] of a service.
    pub async fn can_take_back(&self) -> Result<bool, SourceError> {
        match self.service() {
            None => Ok(true),
            Some(service) => {
                let can = service.can_restore(&self.map).await;
                can.map_err(|fault| self.named(fault))
            }
        }
    }

    /// Brings back what steps took, the earliest first in the list, exactly
    /// once under a key that says nothing about the person. Rows that would
    /// overwrite what changed since stay away, and are counted.
    ///
    /// # Errors
    ///
    /// [`SourceError`]; refused where what was taken is no longer kept, or the
    /// schema has no place for it any more. Nothing came back then.
    pub async fn take_back(
        &self,
        key: &str,
        steps: &[String],
        sealer: &dyn Sealer,
    ) -> Result<Vec<TableReturn>, SourceError> {
        if let Some(service) = self.service() {
            let returns = service.restore(&self.map, (key, steps)).await;
            return returns.map_err(|fault| self.named(fault));
        }
        on!(self, engine => engine.take_back(&self.map, (key, steps), sealer).await)
            .map_err(|fault| self.named(fault))
    }

    /// Removes what is kept of steps: they can no longer be taken back.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn forget(&self, steps: &[String]) -> Result<(), SourceError> {
        if let Some(service) = self.service() {
            let forgotten = service.forget(steps).await;
            return forgotten.map_err(|fault| self.named(fault));
        }
        let Some(kind) = self.kind() else {
            return Ok(());
        };
        on!(self, engine => engine.forget(kind, steps).await).map_err(|fault| self.named(fault))
    }

    /// Database software it runs on; `None` of a service.
    #[must_use]
    pub fn kind(&self) -> Option<SourceKind> {
        match &self.engine {
            Engine::Mysql(_) => Some(SourceKind::Mysql),
            Engine::Postgres(_) => Some(SourceKind::Postgres),
            Engine::Sqlite(_) => Some(SourceKind::Sqlite),
            Engine::Service(_) => None,
        }
    }

    /// Streams the person's own rows, table by table, and says how many of each
    /// there were. Rows that are shared with somebody else are not among them.
    ///
    /// # Errors
    ///
    /// [`SourceError`]; [`SourceError::Database`] also if the sink stops.
    pub async fn export(
        &self,
        identities: &[Identity],
        sink: &mut dyn ExportSink,
    ) -> Result<Vec<TableEffect>, SourceError> {
        if let Some(service) = self.service() {
            let exported = service.export((&self.name, &self.map), identities, sink);
            return exported.await.map_err(|fault| self.named(fault));
        }
        self.gate_people()
            .await
            .map_err(|fault| self.named(fault))?;
        let mut current = None;
        let mut effects: Vec<TableEffect> = Vec::new();
        let name = self.name.as_str();
        let mut take = |compiled: &Compiled, table: usize, document: &str| {
            let stopped = |_| Fault::Database("the export could not be written".to_owned());
            if current != Some(table) {
                if let Some(table) = export_table(name, compiled, table) {
                    sink.table(&table).map_err(stopped)?;
                    effects.push(TableEffect {
                        table: table.table,
                        action: Action::Keep,
                        rows: 0,
                        because: None,
                    });
                }
                current = Some(table);
            }
            if let Some(effect) = effects.last_mut() {
                effect.rows += 1;
            }
            let row = serde_json::from_str(document)
                .map_err(|_| Fault::Database("a row is not a JSON object".to_owned()))?;
            sink.row(row).map_err(stopped)
        };
        on!(self, engine => engine.export(&self.map, identities, &mut take).await)
            .map_err(|fault| self.named(fault))?;
        Ok(effects)
    }

    /// Work in a database whose network may fall silent. Every server ends a
    /// statement that takes longer than `limit`, and says so.
    pub(crate) async fn unless_silent<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let patience = limit + self.limits.connect;
        match unless_silent(patience, work).await {
            Ok(done) => done,
            Err(Silence) => {
                // Whether it was done, the journal knows. Nothing that was open
                // says anything any more.
                match &self.engine {
                    Engine::Mysql(engine) => engine.disconnect(),
                    Engine::Postgres(engine) => engine.disconnect(),
                    Engine::Sqlite(_) | Engine::Service(_) => {}
                }
                Err(Fault::Unreachable("no answer in time".to_owned()))
            }
        }
    }

    /// The one number of a statement.
    pub(crate) async fn number(&self, sql: &str) -> Result<i64, Fault> {
        on!(self, engine => engine.number(sql).await)
    }

    /// The one text of a statement.
    pub(crate) async fn texts_of(&self, sql: &str) -> Result<Option<String>, Fault> {
        let mut found = None;
        self.texts(sql, &mut |mut values| found = values.pop().flatten())
            .await?;
        Ok(found)
    }

    /// Every row of a statement whose columns are all text.
    pub(crate) async fn texts(
        &self,
        sql: &str,
        take: &mut (dyn FnMut(Vec<Option<String>>) + Send),
    ) -> Result<(), Fault> {
        on!(self, engine => engine.texts(sql, take).await)
    }

    pub(crate) fn named(&self, fault: Fault) -> SourceError {
        fault.of(&self.name)
    }

    /// Kinds of identity that are the primary key of a table of people here.
    pub(crate) async fn subject_kinds(&self) -> Result<BTreeSet<String>, SourceError> {
        if let Some(service) = self.service() {
            let kinds = service.subject_kinds(&self.map).await;
            return kinds.map_err(|fault| self.named(fault));
        }
        let compiled = self.compiled().await.map_err(|fault| self.named(fault))?;
        Ok(resolve::subject_kinds(&compiled.plan))
    }

    /// Where identities lead here.
    pub(crate) async fn leads(
        &self,
        known: &[Identity],
        subject_kinds: &BTreeSet<String>,
    ) -> Result<Vec<Lead>, SourceError> {
        if let Some(service) = self.service() {
            let leads = service.leads(&self.map, known, subject_kinds).await;
            return leads.map_err(|fault| self.named(fault));
        }
        self.gate_people()
            .await
            .map_err(|fault| self.named(fault))?;
        let mut leads = Vec::new();
        for part in known.chunks(self.limits.batch_subjects_max.max(1)) {
            let own = self.leads_of(part, subject_kinds).await;
            leads.extend(own.map_err(|fault| self.named(fault))?);
        }
        Ok(leads)
    }

    async fn leads_of(
        &self,
        known: &[Identity],
        subject_kinds: &BTreeSet<String>,
    ) -> Result<Vec<Lead>, Fault> {
        let mut leads = Vec::new();
        let targets: Vec<&[Identity]> = known.chunks(1).collect();
        let (compiled, lines) = on!(self, engine => engine.identities(&self.map, &targets).await)?;
        if lines.len() < IDENTITY_ROWS_MAX || known.len() == 1 {
            return Ok(resolve::leads(&compiled, known, subject_kinds, &lines));
        }
        // More lines are not read: what leads to so many must not hide where
        // the others lead.
        for one in &targets {
            let (compiled, lines) =
                on!(self, engine => engine.identities(&self.map, &[one]).await)?;
            leads.extend(resolve::leads(&compiled, one, subject_kinds, &lines));
        }
        Ok(leads)
    }

    pub(crate) async fn read_catalogue(&self) -> Result<Catalogue, Fault> {
        on!(self, engine => engine.catalogue().await)
    }

    async fn counted(&self, people: &[&[Identity]]) -> Result<Vec<SourcePreview>, Fault> {
        if let Some(service) = self.service() {
            let mut previews = Vec::new();
            for identities in people {
                previews.push(service.preview(&self.map, identities).await?);
            }
            return Ok(previews);
        }
        self.gate_people().await?;
        let (compiled, counts) = on!(self, engine => engine.preview(&self.map, people).await)?;
        let effects = engine::effects(&compiled, people.len(), &counts)?;
        let previews = effects.into_iter().map(|effects| SourcePreview {
            unsearched: compiled.unsearched.clone(),
            ..SourcePreview::of(effects)
        });
        Ok(previews.collect())
    }

    /// The plan and all that belongs to it, as the schema is now.
    pub(crate) async fn compiled(&self) -> Result<Arc<Compiled>, Fault> {
        on!(self, engine => engine.ready(&self.map).await.map(|(_, compiled)| compiled))
    }
}

fn export_table(source: &str, compiled: &Compiled, table: usize) -> Option<ExportTable> {
    let table = compiled.plan.tables.get(table)?;
    Some(ExportTable {
        source: source.to_owned(),
        table: table.name.clone(),
        label: table.label.clone(),
        columns: export::columns(table)
            .map(|column| {
                let category = match &column.content {
                    Content::Personal(category) => Some(category.clone()),
                    Content::Key | Content::Plain => None,
                };
                ExportColumn {
                    name: column.name.clone(),
                    withheld: category.as_deref().is_some_and(export::is_withheld),
                    category,
                    is_key: column.content == Content::Key,
                }
            })
            .collect(),
        kept_because: match table.decision {
            Decision::Delete => None,
            Decision::Pseudonymise(_) | Decision::Keep(_) => table.because.clone(),
        },
    })
}
