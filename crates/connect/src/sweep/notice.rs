//! Whom a rule has to tell before their rows go, and that they were told. Each
//! line is written when the mail is out, one by one: whoever is killed in
//! between goes on with the next person. Refuses a table in which somebody may
//! have several rows, because they would be told as often.

use candor_domain::identity::{EMAIL, Identity};
use candor_domain::sweep::{Anchor, NoticeTerms, Noticed, RETRY_AFTER, SweepOrder, SweepRule};
use candor_policy::charter::SourceKind;
use jiff::Timestamp;

use super::rule::{beside, followed, of};
use super::unit::Unit;
use super::{Sources, postgres};
use crate::error::{Fault, SourceError};
use crate::plan::PlannedTable;
use crate::resolve::closure;
use crate::source::{Engine, Source, not_a_database};
use crate::sql::notice::{self, Notices};
use crate::sql::{name, seed, text};

/// Somebody to be told that a row goes.
#[derive(Clone, Debug)]
pub struct Addressee {
    /// The source that the row is in.
    pub source: String,
    /// What its period counts from.
    pub anchor: Timestamp,
    /// Where mail reaches whoever it is about.
    pub email: Identity,
    row: Row,
}

/// A row and how it is found again.
#[derive(Clone, Debug)]
struct Row {
    table: String,
    mark: String,
    anchor: String,
    /// Who it is about.
    identity: Identity,
    email: Option<Identity>,
}

impl Addressee {
    /// Tells the row and what its period counts from, as one text: the same
    /// for every attempt. Not for anybody's eyes.
    #[must_use]
    pub fn key(&self) -> String {
        let Row {
            table,
            mark,
            anchor,
            ..
        } = &self.row;
        format!("{}/{table}/{mark}/{anchor}", self.source)
    }
}

/// The next people to be told under a rule; none when all were, or were tried.
/// Rows that a hold keeps don't go, so nobody is told of them. A row that leads
/// to no address is noted as one nobody could be told of.
///
/// # Errors
///
/// [`SourceError`]; refused where nobody can be told in the way that is
/// promised.
pub async fn whom_to_tell(
    rule: &SweepRule,
    sources: &Sources<'_>,
    now: Timestamp,
    at_once: u32,
) -> Result<Vec<Addressee>, SourceError> {
    let holds = followed(&rule.holds, sources).await?;
    for order in &rule.orders {
        let source = of(sources, &order.source)?;
        let known = beside(source, sources);
        let order = &source.sparing(order, &holds).await?;
        // Every round notes rows, so that they are no candidates any more.
        loop {
            let rows = source.untold(order, now, at_once).await;
            let rows = rows.map_err(|fault| source.named(fault))?;
            if rows.is_empty() {
                break;
            }
            let mut people = Vec::new();
            for row in rows {
                let email = match &row.email {
                    Some(email) => Some(email.clone()),
                    None => {
                        let all = closure(&known, &row.identity).await?.identities;
                        all.into_iter().find(|one| one.kind == EMAIL)
                    }
                };
                let anchor = row.anchor.parse().ok();
                let anchor = anchor.and_then(|second| Timestamp::from_second(second).ok());
                match (email, anchor) {
                    (Some(email), Some(anchor)) => people.push(Addressee {
                        source: order.source.clone(),
                        anchor,
                        email,
                        row,
                    }),
                    _ => source.note(&order.rule, &row, None, now).await?,
                }
            }
            if !people.is_empty() {
                return Ok(people);
            }
        }
    }
    Ok(Vec::new())
}

/// Notes that somebody was told, or could not be.
///
/// # Errors
///
/// [`SourceError`]; whoever was told and not noted is told once more, with the
/// same Message-ID.
pub async fn noted(
    rule: &str,
    sources: &Sources<'_>,
    addressee: &Addressee,
    now: Timestamp,
    is_told: bool,
) -> Result<(), SourceError> {
    let source = of(sources, &addressee.source)?;
    let told = is_told.then_some(now);
    source.note(rule, &addressee.row, told, now).await
}

/// How the notices of a rule stand; nothing where it has none.
///
/// # Errors
///
/// [`SourceError`].
pub async fn noticed_rule(
    rule: &SweepRule,
    sources: &Sources<'_>,
) -> Result<Option<Noticed>, SourceError> {
    let holds = followed(&rule.holds, sources).await?;
    let mut all: Option<Noticed> = None;
    for order in &rule.orders {
        let Some(terms) = order.notice else {
            continue;
        };
        let source = of(sources, &order.source)?;
        let order = source.sparing(order, &holds).await?;
        let own = source.noticed(&order, terms).await;
        let own = own.map_err(|fault| source.named(fault))?;
        let all = all.get_or_insert_default();
        all.told += own.told;
        all.waiting += own.waiting;
        all.unreached += own.unreached;
    }
    Ok(all)
}

impl Source {
    /// Whether anybody was ever told anything here.
    pub(super) async fn has_notices(&self) -> Result<bool, Fault> {
        let kind = self.compiled().await?.catalogue.kind;
        Ok(self.number(notice::is_there(kind)).await? > 0)
    }

    async fn untold(
        &self,
        order: &SweepOrder,
        now: Timestamp,
        at_once: u32,
    ) -> Result<Vec<Row>, Fault> {
        let Some(terms) = order.notice else {
            return Ok(Vec::new());
        };
        self.prepare_notices().await?;
        let tried_since = now.checked_sub(RETRY_AFTER).unwrap_or(Timestamp::MIN);
        let mut rows = Vec::new();
        for unit in self.units(order).await? {
            for notices in of_unit(&unit, &order.rule) {
                let (kind, column) = self.identity_of(&unit, notices.table, &order.anchors)?;
                let own = |column: &str| text(notices.anchor.kind, &format!("t.{}", name(column)));
                let mapped = self.map().tables.get(&notices.table.name);
                let email = mapped.and_then(|mapped| mapped.identities.get(EMAIL));
                let sql = format!(
                    "/* candor: whom to tell that their data goes */ SELECT {}, {}, {} FROM {} AS t WHERE {} LIMIT {at_once}",
                    notices.key(),
                    own(&column),
                    email.map_or_else(|| own(&column), |email| own(email)),
                    name(&notices.table.name),
                    notices.untold(terms.tell_before.as_second(), tried_since.as_second())
                );
                let table = notices.table.name.clone();
                let has_email = email.is_some();
                self.texts(&sql, &mut |line| {
                    let [Some(mark), Some(anchor), identity, address] = line.as_slice() else {
                        return;
                    };
                    let address = address.as_deref().filter(|_| has_email);
                    rows.push(Row {
                        table: table.clone(),
                        mark: mark.clone(),
                        anchor: anchor.clone(),
                        identity: Identity::new(&kind, identity.as_deref().unwrap_or_default()),
                        email: address.map(|address| Identity::new(EMAIL, address)),
                    });
                })
                .await?;
            }
        }
        Ok(rows)
    }

    /// The kind and column by which a row is one person's only.
    fn identity_of(
        &self,
        unit: &Unit,
        table: &PlannedTable,
        anchors: &[Anchor],
    ) -> Result<(String, String), Fault> {
        let mapped = self.map().tables.get(&table.name);
        let identities = mapped.into_iter().flat_map(|mapped| &mapped.identities);
        let own = unit.compiled.catalogue.table(&table.name);
        let is_unique = |column: &String| {
            let alone = [column.clone()];
            own.is_some_and(|own| {
                own.primary_key == alone || own.unique_keys.iter().any(|key| *key == alone)
            })
        };
        let mut unique = identities.filter(|(_, column)| is_unique(column));
        let found = unique
            .next()
            .map(|(kind, column)| (kind.clone(), column.clone()));
        found.ok_or_else(|| {
            let column = anchors.first().map_or("", |anchor| anchor.column.as_str());
            Fault::Refused(vec![format!(
                "`{0}.{column}` has a notice, and no unique column of `{0}` says who a row is \
                 about: somebody with several rows would be told as often",
                table.name
            )])
        })
    }

    async fn prepare_notices(&self) -> Result<(), Fault> {
        if self.has_notices().await? {
            return Ok(());
        }
        let made = match self.engine() {
            Engine::Postgres(own) => {
                postgres::execute(own, notice::create(SourceKind::Postgres), &[]).await
            }
            Engine::Mysql(own) => own.run(notice::create(SourceKind::Mysql)).await,
            Engine::Sqlite(own) => own.run(notice::create(SourceKind::Sqlite)).await,
            Engine::Service(_) => Err(not_a_database()),
        };
        // Somebody else may have made it in the same moment.
        match made {
            Err(fault) if !self.has_notices().await? => Err(fault),
            _ => Ok(()),
        }
    }

    async fn note(
        &self,
        rule: &str,
        row: &Row,
        told: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), SourceError> {
        let values = [rule, &row.table, &row.mark, &row.anchor].map(str::to_owned);
        let sql = |kind| notice::write(kind, told.map(Timestamp::as_second), now.as_second());
        let written = match self.engine() {
            Engine::Postgres(own) => {
                postgres::execute(own, &sql(SourceKind::Postgres), &values).await
            }
            Engine::Mysql(own) => {
                super::tables::execute(own, &sql(SourceKind::Mysql), &values).await
            }
            Engine::Sqlite(own) => {
                super::tables::execute(own, &sql(SourceKind::Sqlite), &values).await
            }
            Engine::Service(_) => Err(not_a_database()),
        };
        written.map_err(|fault| self.named(fault))
    }

    async fn noticed(&self, order: &SweepOrder, terms: NoticeTerms) -> Result<Noticed, Fault> {
        let mut noticed = Noticed::default();
        if !self.has_notices().await? {
            noticed.waiting = self.due_without(order).await?;
            return Ok(noticed);
        }
        let ahead = terms.tell_before.as_second();
        let (before, by) = (order.before.as_second(), terms.told_by.as_second());
        for unit in self.units(order).await? {
            for notices in of_unit(&unit, &order.rule) {
                let table = name(&notices.table.name);
                let count = async |condition: String| {
                    let sql = format!(
                        "/* candor: how notices stand */ SELECT count(*) FROM {table} AS t WHERE {condition}"
                    );
                    let rows = self.number(&sql).await?;
                    Ok::<u64, Fault>(u64::try_from(rows).unwrap_or_default())
                };
                noticed.told += count(notices.told(ahead)).await?;
                noticed.unreached += count(notices.unreached(ahead)).await?;
                noticed.waiting += count(notices.waiting(before, by)).await?;
            }
        }
        Ok(noticed)
    }

    /// Rows whose period is over, whatever anybody was told.
    async fn due_without(&self, order: &SweepOrder) -> Result<u64, Fault> {
        let order = SweepOrder {
            notice: None,
            ..order.clone()
        };
        let mut rows = 0;
        for unit in self.units(&order).await? {
            rows += self.due_rows(&unit, order.before.as_second(), None).await?;
        }
        Ok(rows)
    }
}

/// Each seed of a unit, with what is asked of its notices.
fn of_unit<'a>(unit: &'a Unit, rule: &'a str) -> impl Iterator<Item = Notices<'a>> {
    let plan = unit.plan();
    plan.seeds.iter().filter_map(move |seed| {
        let table = plan.tables.get(seed.table)?;
        Some(Notices {
            plan,
            seed,
            table,
            anchor: seed::anchor(plan.kind, table, seed)?,
            rule,
        })
    })
}
