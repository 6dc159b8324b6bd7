//! The generator: tenants, their people, and all that these leave behind.
//!
//! Invariant: a tenant's rows depend on (seed, tenant, today) and on how many
//! came before, never on how many follow, so a larger world begins with the
//! smaller one. Holds one batch at a time, whatever the size.

mod activity;
mod billing;
mod help_desk;
mod people;

use std::collections::BTreeMap;

use crate::Options;
use crate::StackyardError;
use crate::clock::Clock;
use crate::known::CUSTOMERS_MIN;
use crate::names::{EXTRAS, PRODUCTS, STAFF};
use crate::random::Random;
use crate::rows::{Batch, Product, Row, SchemaMigration, Staff, Table};

/// Customers in a batch, which bounds the memory it takes (about 25 MB).
const CUSTOMERS_PER_BATCH: u32 = 500;

/// The next free number of every table, and of every series of invoices.
#[derive(Default)]
struct Ids {
    rows: BTreeMap<Table, i64>,
    invoices: BTreeMap<i16, i64>,
}

impl Ids {
    fn next<R: Row>(&mut self) -> i64 {
        advance(self.rows.entry(R::TABLE).or_default())
    }

    fn invoice_number(&mut self, year: i16) -> i64 {
        advance(self.invoices.entry(year).or_default())
    }
}

fn advance(last: &mut i64) -> i64 {
    *last += 1;
    *last
}

/// An iterator over batches that together make the world.
pub(crate) struct Generator {
    options: Options,
    clock: Clock,
    ids: Ids,
    tenants_done: u64,
    customers_done: u32,
}

/// What every part of the generator needs.
struct Pen<'a> {
    dice: Random,
    clock: Clock,
    ids: &'a mut Ids,
    batch: &'a mut Batch,
}

impl Pen<'_> {
    fn write<R: Row>(&mut self, row: R) {
        self.batch.push(row);
    }

    fn id<R: Row>(&mut self) -> i64 {
        self.ids.next::<R>()
    }
}

impl Generator {
    pub(crate) fn new(options: Options) -> Result<Self, StackyardError> {
        if options.customers < CUSTOMERS_MIN {
            return Err(StackyardError::TooFew {
                customers: options.customers,
            });
        }
        Ok(Self {
            options,
            clock: Clock::new(options.today)?,
            ids: Ids::default(),
            tenants_done: 0,
            customers_done: 0,
        })
    }

    fn tenant(&mut self, batch: &mut Batch) {
        let mut pen = Pen {
            dice: Random::new(self.options.seed, self.tenants_done),
            clock: self.clock,
            ids: &mut self.ids,
            batch,
        };
        let room = self.options.customers - self.customers_done;
        let mut team = people::team(&mut pen, self.tenants_done, room, self.options.overdue);
        for member in 0..team.people.len() {
            billing::orders(&mut pen, &mut team, member);
        }
        people::write(&mut pen, &team);
        activity::machines(&mut pen, &team);
        for person in &team.people {
            activity::person(&mut pen, &team, person);
            help_desk::person(&mut pen, person);
        }
        help_desk::strangers(&mut pen, &team);
        self.tenants_done += 1;
        self.customers_done += u32::try_from(team.people.len()).unwrap_or(room);
    }
}

impl Iterator for Generator {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        if self.customers_done >= self.options.customers {
            return None;
        }
        let mut batch = Batch::new();
        if self.tenants_done == 0 {
            catalogue(&mut batch, self.clock);
        }
        let goal = self
            .options
            .customers
            .min(self.customers_done.saturating_add(CUSTOMERS_PER_BATCH));
        while self.customers_done < goal {
            self.tenant(&mut batch);
        }
        batch.customers_done = self.customers_done;
        Some(batch)
    }
}

/// What is there before the first customer comes.
fn catalogue(batch: &mut Batch, clock: Clock) {
    for version in 1..=7 {
        batch.push(SchemaMigration {
            version,
            applied_at: clock.ago(2000 - 250 * version),
        });
    }
    for &(sku, name, monthly_cents) in PRODUCTS.iter().chain(EXTRAS) {
        batch.push(Product {
            sku,
            name,
            monthly_cents,
        });
    }
    for &(id, name, email, team) in STAFF {
        batch.push(Staff {
            id,
            name,
            email,
            team,
            active: id != 6,
        });
    }
}
