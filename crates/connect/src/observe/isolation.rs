//! Whether one customer's reach ends where another's begins: each is asked for a
//! person of the other, by the same plan as an access. Invariant: a person whom
//! their own customer's reach doesn't find was not asked for, so that a reach that
//! finds nothing at all proves nothing.

use candor_domain::check::{Finding, IsolationFinding};
use candor_domain::identity::{EMAIL, Identity};
use candor_policy::map::{SourceMap, Whose};

use crate::catalogue::Catalogue;
use crate::error::{Fault, SourceError};
use crate::source::Source;
use crate::sql::{key_text, literal, name, text};
use crate::tenant::View;

/// Where people are told apart: a table, the column that says whose they are, a
/// kind of identity and its column.
struct Apart<'a> {
    table: &'a str,
    tenant: &'a str,
    kind: &'a str,
    identity: &'a str,
}

impl Source {
    pub(super) async fn isolation(&self) -> Result<Finding, SourceError> {
        let mut found = IsolationFinding::default();
        let Some(apart) = apart(self.map()) else {
            return Ok(Finding::Isolation(found));
        };
        let customers = self.customers(&apart).await;
        let Some((first, last)) = customers.map_err(|fault| self.named(fault))? else {
            return Ok(Finding::Isolation(found));
        };
        for (own, other) in [(&first, &last), (&last, &first)] {
            let sample = self.sample(&apart, (own, other)).await;
            let Some(person) = sample.map_err(|fault| self.named(fault))? else {
                continue;
            };
            if self.reached(&Whose::Tenant(own.clone()), &person).await? == 0 {
                continue;
            }
            for reach in [Whose::Tenant(other.clone()), Whose::Own] {
                found.asked += 1;
                found.rows += self.reached(&reach, &person).await?;
            }
        }
        Ok(Finding::Isolation(found))
    }

    /// Rows of a person that somebody's reach finds.
    async fn reached(&self, whose: &Whose, person: &Identity) -> Result<u64, SourceError> {
        let person = std::slice::from_ref(person);
        let preview = match self.view(whose)? {
            View::Nothing => return Ok(0),
            View::Whole => self.preview(person).await?,
            View::Part(part) => part.preview(person).await?,
        };
        Ok(preview.effects.iter().map(|effect| effect.rows).sum())
    }

    /// The first customer and the last, if there are two.
    async fn customers(&self, apart: &Apart<'_>) -> Result<Option<(String, String)>, Fault> {
        let kind = self.read_catalogue().await?.kind;
        let own = format!("t.{}", name(apart.tenant));
        // As texts: not every kind of key has a first one.
        let own = text(kind, &own);
        let ends = ["min", "max"].map(|end| format!("{end}({own})"));
        let mut found = Vec::new();
        let sql = format!(
            "/* candor: two customers */ SELECT {} FROM {} AS t",
            ends.join(", "),
            name(apart.table)
        );
        self.texts(&sql, &mut |line| found = line).await?;
        let mut found = found.into_iter().flatten();
        let ends = found.next().zip(found.next());
        Ok(ends.filter(|(first, last)| first != last))
    }

    /// A person of one customer, by an identity that nobody of the other's and
    /// nobody of the organisation's own has.
    async fn sample(
        &self,
        apart: &Apart<'_>,
        customers: (&str, &str),
    ) -> Result<Option<Identity>, Fault> {
        let catalogue = self.read_catalogue().await?;
        let value = self
            .texts_of(&sampled((&catalogue, self.map()), apart, customers))
            .await?;
        Ok(value.map(|value| Identity::new(apart.kind, &value)))
    }
}

fn apart(map: &SourceMap) -> Option<Apart<'_>> {
    map.tables.iter().find_map(|(table, mapped)| {
        mapped.about.as_ref()?;
        let (kind, identity) = mapped.identities.iter().next()?;
        Some(Apart {
            table,
            tenant: mapped.tenant.as_deref()?,
            kind,
            identity,
        })
    })
}

fn sampled(
    (catalogue, map): (&Catalogue, &SourceMap),
    apart: &Apart<'_>,
    (own, other): (&str, &str),
) -> String {
    let kind = catalogue.kind;
    let is_of = |row: &str, table: &str, column: &str, whose: &str| {
        let class = catalogue
            .table(table)
            .and_then(|table| table.column(column));
        let class = class.map(|column| column.class);
        let is = key_text(kind, class, &format!("{row}.{}", name(column)));
        format!("{is} = {}", literal(whose))
    };
    let value = |row: &str, column: &str| {
        let value = text(kind, &format!("{row}.{}", name(column)));
        match apart.kind {
            EMAIL => format!("lower({value})"),
            _ => value,
        }
    };
    let found = value("t", apart.identity);
    let mut sql = format!(
        "/* candor: somebody to ask for */ SELECT {found} FROM {} AS t WHERE {} AND t.{} IS NOT NULL",
        name(apart.table),
        is_of("t", apart.table, apart.tenant, own),
        name(apart.identity)
    );
    for (table, mapped) in &map.tables {
        let (Some(column), Some(tenant)) =
            (mapped.identities.get(apart.kind), mapped.tenant.as_deref())
        else {
            continue;
        };
        sql.push_str(&format!(
            " AND NOT EXISTS (SELECT 1 FROM {} AS o WHERE ({} OR o.{} IS NULL) AND {} = {found})",
            name(table),
            is_of("o", table, tenant, other),
            name(tenant),
            value("o", column)
        ));
    }
    sql.push_str(" LIMIT 1");
    sql
}
