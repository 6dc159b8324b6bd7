//! Whether a service does what the protocol asks, tried on the service itself.
//! Nothing is erased unless the caller says so; whoever is named then must have
//! been made for it.

use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::{Action, Footprint, TableEffect};
use candor_domain::rectification::Writing;
use candor_policy::map::{Content, SourceMap};
use hyper::StatusCode;
use serde_json::{Map, Value};

use super::Service;
use super::exchange::{Forged, now};
use crate::error::{Fault, SourceError};
use crate::resolve::closure;
use crate::rewrite::RewriteStep;
use crate::source::{EraseStep, ExportSink, ExportTable, KeptStep, Source};
use crate::sql::export::is_withheld;
use crate::undo::{SealFailed, Sealer};

/// How old a message is that must be refused.
const OLD_SECONDS: i64 = 3_600;

/// What was tried, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// What the service should do.
    pub what: &'static str,
    /// Whether it did; otherwise why not.
    pub outcome: Result<(), String>,
}

type Outcome = Result<(), String>;

/// Tries a service, one thing after another, until something goes wrong that
/// the rest would only repeat. With identities of one person made for the
/// purpose, it is asked about them too; with `erase`, they are erased.
pub async fn try_out(source: &Source, identities: &[Identity], erase: bool) -> Vec<Trial> {
    let mut trials = Trials::default();
    let Some(service) = source.service() else {
        trials.add("is a service", Err("it is a database".to_owned()));
        return trials.0;
    };
    trials.add("describes itself as its map does", fits(source).await);
    trials.add("refuses a wrong signature", forged(service).await);
    trials.add("refuses an old message", late(service).await);
    trials.add("refuses the same message twice", repeated(service).await);
    trials.add("holds nothing of nobody", nobody(source, service).await);
    let (Some(first), true) = (identities.first(), trials.passed()) else {
        return trials.0;
    };
    let all = match everything(source, first, identities).await {
        Ok(all) => all,
        Err(error) => {
            trials.add("finds a person", Err(error.to_string()));
            return trials.0;
        }
    };
    let effects = counted(source, &all).await;
    trials.add("finds a person", effects.clone().map(|_| ()));
    let Ok(effects) = effects else {
        return trials.0;
    };
    let handed_out = hands_out(source, &all, &effects).await;
    trials.add("hands out what it counts", handed_out);
    if erase && trials.passed() {
        erasing(source, service, (&all, &effects), &mut trials).await;
    }
    trials.0
}

#[derive(Default)]
struct Trials(Vec<Trial>);

impl Trials {
    fn add(&mut self, what: &'static str, outcome: Outcome) {
        self.0.push(Trial { what, outcome });
    }

    fn passed(&self) -> bool {
        self.0.iter().all(|trial| trial.outcome.is_ok())
    }
}

async fn fits(source: &Source) -> Outcome {
    let kinds = source.subject_kinds().await;
    kinds.map(|_| ()).map_err(words)
}

async fn forged(service: &Service) -> Outcome {
    let forged = Forged {
        id: id(service)?,
        sent_at: now(),
        is_signed: false,
    };
    refused(service, &forged).await
}

async fn late(service: &Service) -> Outcome {
    let old = Forged {
        id: id(service)?,
        sent_at: now().saturating_sub(OLD_SECONDS),
        is_signed: true,
    };
    refused(service, &old).await
}

async fn repeated(service: &Service) -> Outcome {
    let message = Forged {
        id: id(service)?,
        sent_at: now(),
        is_signed: true,
    };
    let first = service.exchange.forge(&message).await.map_err(fault)?;
    if !first.is_success() {
        return Err(format!("it answered {first} the first time"));
    }
    refused(service, &message).await
}

async fn refused(service: &Service, message: &Forged) -> Outcome {
    let status = service.exchange.forge(message).await.map_err(fault)?;
    let refusals = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::CONFLICT,
    ];
    match refusals.contains(&status) {
        true => Ok(()),
        false => Err(format!("it answered {status}")),
    }
}

/// Somebody whom nobody knows, by every kind of identity.
async fn nobody(source: &Source, service: &Service) -> Outcome {
    let unknown = id(service)?;
    let tables = source.map().tables.values();
    let mut kinds: Vec<&String> = tables.flat_map(|table| table.identities.keys()).collect();
    kinds.sort();
    kinds.dedup();
    let nobody: Vec<Identity> = kinds
        .iter()
        .map(|kind| Identity::new(kind, &format!("{unknown}@nowhere.invalid")))
        .collect();
    for identity in &nobody {
        let found = closure(&[source], identity).await.map_err(words)?;
        if found.identities.len() > 1 {
            return Err(format!("`{}` of nobody leads to somebody", identity.kind));
        }
    }
    if !source.preview(&nobody).await.map_err(words)?.is_empty() {
        return Err("it would erase something of nobody".to_owned());
    }
    nothing_left(source, &nobody).await
}

/// What the person is known by there.
async fn everything(
    source: &Source,
    first: &Identity,
    identities: &[Identity],
) -> Result<Vec<Identity>, SourceError> {
    let mut all = identities.to_vec();
    all.extend(closure(&[source], first).await?.identities);
    all.sort();
    all.dedup();
    Ok(all)
}

async fn counted(source: &Source, all: &[Identity]) -> Result<Vec<TableEffect>, String> {
    let preview = source.preview(all).await.map_err(words)?;
    if preview.is_empty() {
        return Err("it counts nothing of them".to_owned());
    }
    let again = source.preview(all).await.map_err(words)?;
    match again == preview {
        true => Ok(preview.effects),
        false => Err("it counts something else the second time".to_owned()),
    }
}

async fn hands_out(source: &Source, all: &[Identity], effects: &[TableEffect]) -> Outcome {
    let exported = source.export(all, &mut Nowhere).await.map_err(words)?;
    let own = effects.iter();
    for effect in own.filter(|effect| effect.action != Action::Unlink) {
        let given = exported.iter().find(|given| given.table == effect.table);
        let given = given.map_or(0, |given| given.rows);
        if given != effect.rows {
            return Err(format!(
                "it counts {} records of `{}`, and hands out {given}",
                effect.rows, effect.table
            ));
        }
    }
    Ok(())
}

async fn erasing(
    source: &Source,
    service: &Service,
    (all, effects): (&[Identity], &[TableEffect]),
    trials: &mut Trials,
) {
    let restores = offered(source, service, (all, effects), trials).await;
    let step = match id(service) {
        Ok(id) => format!("{id}/0"),
        Err(error) => return trials.add("erases what it counted", Err(error)),
    };
    let erase = async |step: &str| {
        let step = EraseStep {
            step: step.to_owned(),
            identities: all.to_vec(),
            keys: Vec::new(),
        };
        let kept = KeptStep {
            step: &step,
            sealer: &Nobody,
        };
        let reports = source.erase_keeping(&[kept]).await.map_err(words)?;
        let effects = reports.into_iter().flat_map(|report| report.effects);
        Ok::<Vec<TableEffect>, String>(effects.collect())
    };
    let is_what_it_counted = |done: Vec<TableEffect>| match done == effects {
        true => Ok(()),
        false => Err(format!("it reports {done:?}, and counted {effects:?}")),
    };
    let done = erase(&step).await.and_then(is_what_it_counted);
    trials.add("erases what it counted", done);
    let again = erase(&step).await.and_then(is_what_it_counted);
    trials.add("reports the same for the same step", again);
    let left = nothing_left(source, all).await;
    trials.add("has nothing left", left);
    let other = erase(&format!("{step}/again")).await.and_then(|done| {
        let stays = |effect: &TableEffect| effect.action == Action::Keep;
        match done.iter().all(stays) {
            true => Ok(()),
            false => Err("it erased somebody who was gone".to_owned()),
        }
    });
    trials.add("erases nothing of who is gone", other);
    if restores {
        let forgets = forgets(source, all, &step).await;
        trials.add("forgets what it kept", forgets);
    }
}

/// Tries what the service says that it can do beside what it must; whether it
/// restores.
async fn offered(
    source: &Source,
    service: &Service,
    about: (&[Identity], &[TableEffect]),
    trials: &mut Trials,
) -> bool {
    match source.can_rewrite().await {
        Ok(true) => {
            let puts_right = puts_right(source, service, about.0).await;
            trials.add("puts right what it is told", puts_right);
        }
        Ok(false) => {}
        Err(error) => trials.add("puts right what it is told", Err(words(error))),
    }
    match source.can_take_back().await {
        Ok(true) => {
            let brings_back = brings_back(source, service, about).await;
            trials.add("brings back what it erased", brings_back);
            true
        }
        Ok(false) => false,
        Err(error) => {
            trials.add("brings back what it erased", Err(words(error)));
            false
        }
    }
}

/// Writes a value into each collection that takes one, and reads it again.
async fn puts_right(source: &Source, service: &Service, all: &[Identity]) -> Outcome {
    let mut taken = Vec::new();
    // Another one each time: what an earlier trial wrote may still stand.
    let text = format!("Candor was here: {}", id(service)?);
    for writing in candidates(source.map(), &text) {
        let wanted = std::slice::from_ref(&writing);
        let tried = source.try_rewriting(all, wanted).await.map_err(words)?;
        if !tried.obstacles.is_empty() || tried.effects.is_empty() {
            continue;
        }
        let stands = source.unwritten(all, wanted, &tried.effects).await;
        if stands.map_err(words)?.is_empty() {
            let field = format!("{}.{}", writing.table, writing.column);
            return Err(format!("it wrote `{field}`, which was only tried out"));
        }
        taken.push(writing);
    }
    if taken.is_empty() {
        return Err("it takes a text for no field".to_owned());
    }
    let step = RewriteStep {
        step: format!("{}/0", id(service)?),
        identities: all.to_vec(),
        writings: taken,
    };
    let done = source.rewrite(&step).await.map_err(words)?;
    let left = source.unwritten(all, &step.writings, &done.effects).await;
    if let Some(left) = left.map_err(words)?.first() {
        let (table, column, rows) = (&left.table, &left.column, left.rows);
        return Err(format!(
            "{rows} records of `{table}.{column}` don't hold it"
        ));
    }
    let again = source.rewrite(&step).await.map_err(words)?;
    match again == done {
        true => Ok(()),
        false => Err("it reports something else for the same step".to_owned()),
    }
}

/// A text for one field of each collection: personal, shown to its person, and
/// none by which people are known.
fn candidates(map: &SourceMap, text: &str) -> Vec<Writing> {
    let mut candidates = Vec::new();
    for (name, table) in &map.tables {
        let fields = table.columns.iter().filter(|(column, own)| {
            let known_by = table.identities.values().any(|field| field == *column);
            let category = match &own.content {
                Content::Personal(category) => Some(category),
                Content::Key | Content::Plain => None,
            };
            !known_by && category.is_some_and(|category| !is_withheld(category))
        });
        candidates.extend(fields.map(|(column, _)| Writing {
            table: name.clone(),
            column: column.clone(),
            value: Some(Personal::new(text.to_owned())),
            was: None,
        }));
    }
    candidates
}

/// Erases, and takes it back twice.
async fn brings_back(
    source: &Source,
    service: &Service,
    (all, effects): (&[Identity], &[TableEffect]),
) -> Outcome {
    let step = EraseStep {
        step: format!("{}/0", id(service)?),
        identities: all.to_vec(),
        keys: Vec::new(),
    };
    let kept = KeptStep {
        step: &step,
        sealer: &Nobody,
    };
    source.erase_keeping(&[kept]).await.map_err(words)?;
    nothing_left(source, all).await?;
    let key = format!("{}/undo", step.step);
    let steps = std::slice::from_ref(&step.step);
    let returned = source.take_back(&key, steps, &Nobody).await;
    let returned = returned.map_err(words)?;
    if counted(source, all).await? != effects {
        return Err("it counts something else than before".to_owned());
    }
    let again = source.take_back(&key, steps, &Nobody).await;
    if again.map_err(words)? != returned {
        return Err("it reports something else for the same step".to_owned());
    }
    if counted(source, all).await? != effects {
        return Err("it brought the same back twice".to_owned());
    }
    Ok(())
}

/// Has it forget an erasure for good, which then nothing takes back.
async fn forgets(source: &Source, all: &[Identity], step: &str) -> Outcome {
    let steps = [step.to_owned()];
    source.forget(&steps).await.map_err(words)?;
    let late = format!("{step}/late");
    let late = source.take_back(&late, &steps, &Nobody).await;
    let late = late.map_err(words)?;
    if late.iter().any(|own| own.returned + own.set_back > 0) {
        return Err("it brought back what it was to forget".to_owned());
    }
    nothing_left(source, all).await
}

/// Seals nothing: a service keeps what it takes in its own way.
struct Nobody;

impl Sealer for Nobody {
    fn seal(&self, _: &str, _: &[u8]) -> Result<Vec<u8>, SealFailed> {
        Err(SealFailed)
    }

    fn open(&self, _: &str, _: Vec<u8>) -> Result<Vec<u8>, SealFailed> {
        Err(SealFailed)
    }
}

async fn nothing_left(source: &Source, all: &[Identity]) -> Outcome {
    let footprint = Footprint {
        identities: all.to_vec(),
        keys: Vec::new(),
    };
    let residue = source
        .verification(&[&footprint])
        .finish()
        .await
        .map_err(words)?
        .concat();
    if let Some(left) = residue.first() {
        let (table, column, rows) = (&left.table, &left.column, left.rows);
        return Err(format!("{rows} records are left in `{table}.{column}`"));
    }
    let exported = source.export(all, &mut Nowhere).await.map_err(words)?;
    let stays = |table: &str| {
        let table = source.map().tables.get(table);
        table.is_some_and(|table| table.because.is_some())
    };
    match exported.iter().find(|given| !stays(&given.table)) {
        Some(given) => Err(format!("it still hands out `{}`", given.table)),
        None => Ok(()),
    }
}

/// Takes records and keeps none.
struct Nowhere;

impl ExportSink for Nowhere {
    fn table(&mut self, _: &ExportTable) -> std::io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: Map<String, Value>) -> std::io::Result<()> {
        Ok(())
    }
}

fn id(service: &Service) -> Result<String, String> {
    service.exchange.message_id().map_err(fault)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "reads as a sentence behind `map_err`"
)]
fn words(error: SourceError) -> String {
    error.to_string()
}

fn fault(fault: Fault) -> String {
    words(fault.of("it"))
}
