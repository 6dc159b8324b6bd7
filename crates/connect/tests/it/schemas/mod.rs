//! Schemas nobody here designed, from well-known applications: what a draft
//! finds in them, and that what it drafts is carried out as it says. Where
//! they come from and under which licence is in `tests/schemas/README.md`.

mod decided;
mod drafted;
mod erased;
mod explained;
mod fill;
mod judged;
mod redrafted;

use std::collections::BTreeMap;

use candor_connect::catalogue::Catalogue;
use candor_connect::draft::Terms;
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;

use crate::support::{World, kinds};
use crate::worlds::variable;
use fill::Filler;
use judged::Judged;

/// One application's schema.
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    pub(crate) kind: SourceKind,
    sql: &'static str,
    judged: &'static str,
    /// Kinds of people and the identities they are known by.
    people: &'static [(&'static str, &'static [&'static str])],
    /// Share of the personal columns that a draft names, in hundredths: less
    /// where a schema calls texts by what no list of words foresees. It asks
    /// about the others.
    columns: usize,
}

macro_rules! schema {
    ($name:literal, $kind:ident, $people:expr) => {
        Schema {
            name: $name,
            kind: SourceKind::$kind,
            sql: include_str!(concat!("../../schemas/", $name, ".sql")),
            judged: include_str!(concat!("../../schemas/", $name, ".judged")),
            people: $people,
            columns: 95,
        }
    };
}

pub(crate) const SCHEMAS: [Schema; 5] = [
    schema!("danbooru", Postgres, &[("user", &["user_id"])]),
    schema!("thingsboard", Postgres, &[("user", &["email", "user_id"])]),
    schema!("killbill", Mysql, &[("account", &["email", "account_id"])]),
    schema!("fineract", Mysql, &[("client", &["client_id"])]),
    Schema {
        columns: 85,
        ..schema!("casa", Postgres, &[("user", &["email", "user_id"])])
    },
];

impl Schema {
    pub(crate) fn terms(&self) -> Terms {
        let people = self.people.iter().map(|(kind, known_by)| {
            let known_by = known_by.iter().map(|own| (*own).to_owned());
            ((*kind).to_owned(), known_by.collect())
        });
        Terms {
            people: people.collect::<BTreeMap<_, _>>(),
            declared: None,
            forbidden: Vec::new(),
        }
    }

    pub(crate) fn judged(&self) -> Judged {
        Judged::read(self.judged)
    }

    /// The schema without rows.
    pub(crate) async fn world(&self) -> World {
        let unchecked = match self.kind {
            SourceKind::Mysql => "SET foreign_key_checks = 0;\n",
            _ => "",
        };
        World::new(self.kind, &format!("{unchecked}{}", self.sql)).await
    }

    /// Takes away what the schema says of itself: its foreign keys.
    async fn undeclare(&self, world: &World) {
        let keys = match self.kind {
            SourceKind::Mysql => {
                "SELECT concat('ALTER TABLE `', table_name, '` DROP FOREIGN KEY `', constraint_name, '`;')
                   FROM information_schema.referential_constraints WHERE constraint_schema = database()"
            }
            _ => {
                "SELECT format('ALTER TABLE %I DROP CONSTRAINT %I;', c.relname, k.conname)
                   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
                  WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relnamespace = current_schema()::regnamespace"
            }
        };
        let statements: Vec<String> = world
            .rows(keys)
            .await
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        if !statements.is_empty() {
            world.run(&statements.join("\n")).await;
        }
    }

    /// Puts rows in.
    async fn fill(&self, world: &World, catalogue: &Catalogue) {
        let truth = self.judged().edges(catalogue);
        world.run(&Filler::new(catalogue, &truth).sql()).await;
    }
}

/// The schemas that can be tried on this machine, or the one that is asked for.
pub(crate) fn schemas() -> impl Iterator<Item = &'static Schema> {
    let only = variable("CANDOR_TEST_SCHEMA");
    SCHEMAS
        .iter()
        .filter(|schema| kinds().contains(&schema.kind))
        .filter(move |schema| only.as_ref().is_none_or(|only| only == schema.name))
}

/// The catalogue of a world.
pub(crate) async fn catalogue(world: &World) -> Catalogue {
    let source = world.source(SourceMap::default());
    source.catalogue().await.unwrap()
}
