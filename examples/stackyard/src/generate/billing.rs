//! What is ordered, provisioned, invoiced and paid.

use serde_json::json;

use super::Pen;
use super::people::{OwnedMachine, Person, Team};
use crate::clock::{DAY, HOUR, MINUTE, Span};
use crate::names::{EXTRAS, PRODUCTS, TEMPLATES};
use crate::random::Random;
use crate::rows::{Invoice, InvoiceLine, Machine, Moment, Order, OrderItem, Payment};

/// How often an order is invoiced: name, months, days between two invoices,
/// and how many days back such an order may reach (which bounds its invoices).
type Cycle = (&'static str, i64, i64, i64);
const CYCLES: &[Cycle] = &[
    ("monthly", 1, 30, 300),
    ("monthly", 1, 30, 300),
    ("quarterly", 3, 91, 730),
    ("yearly", 12, 365, 2200),
];

/// What is bought: key, name, price of a month, quantity.
type Item = (&'static str, &'static str, i64, i64);

/// Standard rate, as whole per cent.
const VAT_PERCENT: i64 = 20;

/// The orders of one member of the team, with all that follows from them.
pub(super) fn orders(pen: &mut Pen<'_>, team: &mut Team, member: usize) {
    let Some(person) = team.people.get(member) else {
        return;
    };
    let (percent, most) = if person.role == "member" {
        (30, 1)
    } else {
        (80, 3)
    };
    let count = person.count(&mut pen.dice, percent, most);
    let mut machines = Vec::new();
    for _ in 0..count {
        machines.extend(order(pen, team, person));
    }
    let default_machine = machines.last().map(|machine| machine.id);
    team.machines.extend(machines);
    if let Some(person) = team.people.get_mut(member) {
        person.default_machine = default_machine;
    }
}

fn order(pen: &mut Pen<'_>, team: &Team, person: &Person) -> Option<OwnedMachine> {
    let (cycle, months, period, reach) = pen.dice.pick(CYCLES);
    let span = Span {
        overdue: false,
        ..person.span
    };
    let placed_at = pen.clock.kept(&mut pen.dice, span, reach)?;
    let periods_run = (span.until.0 - placed_at.0) / (period * DAY) + 1;
    let cancelled = pen.dice.percent(25) && !person.rich;
    let periods = if cancelled {
        pen.dice.between(1, periods_run)
    } else {
        periods_run
    };
    let end = placed_at.plus(periods * period * DAY).min(span.until);
    let cancelled_at = (cancelled || person.closed_at.is_some())
        .then_some(end)
        .filter(|end| *end < pen.clock.midnight);
    let items = items(&mut pen.dice);
    let host_name = host_name(&mut pen.dice, team);
    let id = pen.id::<Order>();
    let key = pen.dice.base64(68);
    let comment = person.email.split('@').next().unwrap_or_default();
    let order = Order {
        id,
        account_id: person.id,
        product: items.first().map_or("vm-s", |item| item.0),
        billing_cycle: cycle,
        host_name: host_name.clone(),
        ssh_key: pen
            .dice
            .percent(80)
            .then(|| format!("ssh-ed25519 {key} {comment}@laptop")),
        template: pen.dice.pick(TEMPLATES),
        status: if cancelled_at.is_some() {
            "cancelled"
        } else {
            "active"
        },
        placed_at,
        cancelled_at,
    };
    pen.write(order);
    for (line_no, &(sku, _, price, quantity)) in (1..).zip(&items) {
        pen.write(OrderItem {
            order_id: id,
            line_no,
            sku,
            quantity,
            price_cents: price,
        });
    }
    for number in 0..periods {
        let issued_at = placed_at.plus(number * period * DAY + HOUR);
        if issued_at < span.until {
            invoice(pen, team, person, &items, months, issued_at);
        }
    }
    Some(machine(
        pen,
        team,
        id,
        host_name,
        Span {
            from: placed_at.plus(5 * MINUTE).min(end),
            until: end,
            ..span
        },
        cancelled_at,
    ))
}

fn items(dice: &mut Random) -> Vec<Item> {
    let (sku, name, price) = dice.pick(PRODUCTS);
    let mut items = vec![(sku, name, price, 1)];
    for &(sku, name, price) in EXTRAS {
        if dice.percent(20) {
            items.push((sku, name, price, 1));
        }
    }
    items
}

/// Host names say whose they are, which makes them personal data.
fn host_name(dice: &mut Random, team: &Team) -> String {
    let role = dice.pick(&["web", "db", "mail", "git", "cloud", "shop", "ci"]);
    let number = dice.between(1, 99);
    let domain = team
        .people
        .first()
        .and_then(|owner| owner.email.split('@').nth(1));
    format!("{role}-{number}.{}", domain.unwrap_or("stackyard.example"))
}

fn machine(
    pen: &mut Pen<'_>,
    team: &Team,
    order_id: i64,
    hostname: String,
    span: Span,
    deleted_at: Option<Moment>,
) -> OwnedMachine {
    let id = pen.id::<Machine>();
    let dice = &mut pen.dice;
    let settings = json!({
        "region": dice.pick(&["fr-lyon-1", "fr-lyon-2", "de-fra-1"]),
        "firewall": [22, 80, 443],
        "auto_update": dice.percent(60),
        "label": hostname,
    });
    let status = if deleted_at.is_some() {
        "deleted"
    } else {
        dice.pick(&["running", "running", "running", "stopped"])
    };
    let ip = dice.ip();
    pen.write(Machine {
        id,
        tenant_id: team.id,
        order_id: Some(order_id),
        hostname,
        ip,
        settings,
        status,
        created_at: span.from,
        deleted_at,
    });
    OwnedMachine { id, span }
}

fn invoice(
    pen: &mut Pen<'_>,
    team: &Team,
    person: &Person,
    items: &[Item],
    months: i64,
    issued_at: Moment,
) {
    let id = pen.id::<Invoice>();
    let year = issued_at.year();
    let (series, number) = (format!("S{year}"), pen.ids.invoice_number(year));
    let mut net_cents = 0;
    for (line_no, &(sku, description, price, quantity)) in (1..).zip(items) {
        let line = price * quantity * months;
        net_cents += line;
        let series = series.clone();
        pen.write(InvoiceLine {
            series,
            number,
            line_no,
            sku,
            description,
            quantity,
            net_cents: line,
        });
    }
    let vat_cents = net_cents * VAT_PERCENT / 100;
    let country = team.country;
    // The account number keeps an address the same on all its invoices.
    let (house, district) = (person.id % 97 + 1, person.id % 1000);
    pen.write(Invoice {
        id,
        series,
        number,
        account_id: Some(person.id),
        tenant_id: Some(team.id),
        billing_name: format!("{}, {}", person.name, team.name),
        billing_address: Some(format!(
            "{house} {}, {}{district:03} {}",
            country.street, country.postcode, country.city
        )),
        billing_email: Some(person.email.clone()),
        tax_id: team.vat_id.clone(),
        country: country.code,
        net_cents,
        vat_cents,
        currency: "EUR",
        issued_at,
    });
    payment(pen, id, net_cents + vat_cents, issued_at);
}

/// Nearly every invoice is paid at once, some after a first refusal.
fn payment(pen: &mut Pen<'_>, invoice_id: i64, amount_cents: i64, issued_at: Moment) {
    let refused = pen.dice.percent(4);
    let card = pen.dice.between(0, 9999);
    let brand = pen.dice.pick(&["visa", "mastercard", "cb"]);
    let attempts: &[(&str, i64)] = if refused {
        &[("refused", MINUTE), ("paid", 6 * HOUR)]
    } else {
        &[("paid", MINUTE)]
    };
    for &(status, delay) in attempts {
        let paid_at = issued_at.plus(delay);
        if paid_at < pen.clock.midnight {
            let row = Payment {
                id: pen.id::<Payment>(),
                invoice_id,
                processor: "paylane",
                processor_reference: format!("pl_{}", pen.dice.reference(20)),
                card_last4: Some(format!("{card:04}")),
                card_brand: Some(brand),
                amount_cents,
                status,
                paid_at,
            };
            pen.write(row);
        }
    }
}
