//! Who there is: tenants, accounts, names and addresses.

use super::Pen;
use crate::clock::{DAY, HOUR, Span};
use crate::known::{ALONE, SHARING};
use crate::names::{COUNTRIES, Country, FIRST, LAST, MAILBOX, PLACE, TRADE, capitalised};
use crate::random::Random;
use crate::retention::{CLOSED_ACCOUNTS_DAYS, COMPANY_DAYS, SESSIONS_DAYS};
use crate::rows::{Account, Moment, NotificationPreference, Tenant};

/// One tenant in so many has overdue rows, where they are asked for. The two
/// known customers never do.
const OVERDUE_EVERY: u64 = 40;
const OVERDUE_FIRST: u64 = 2;

/// A tenant while its rows are being made.
pub(super) struct Team {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) country: Country,
    pub(super) vat_id: Option<String>,
    pub(super) created_at: Moment,
    pub(super) people: Vec<Person>,
    pub(super) machines: Vec<OwnedMachine>,
}

/// A machine as later rows need it.
pub(super) struct OwnedMachine {
    pub(super) id: i64,
    /// From its creation to its end, or to today.
    pub(super) span: Span,
}

/// A customer while the rows are being made.
pub(super) struct Person {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: &'static str,
    pub(super) locale: &'static str,
    pub(super) home_ip: String,
    pub(super) consents_to_analytics: bool,
    /// Has rows in every table.
    pub(super) rich: bool,
    /// From sign-up to closing, or to today.
    pub(super) span: Span,
    pub(super) closed_at: Option<Moment>,
    pub(super) default_machine: Option<i64>,
}

impl Person {
    /// How often this customer does something: `rich` ones at least twice.
    pub(super) fn count(&self, dice: &mut Random, percent: u64, most: i64) -> i64 {
        let happens = dice.percent(percent);
        let count = dice.between(1, most);
        match (self.rich, happens) {
            (true, _) => count.max(2),
            (false, true) => count,
            (false, false) => 0,
        }
    }
}

/// Draws a tenant with its people, at most `room` of them.
pub(super) fn team(pen: &mut Pen<'_>, index: u64, room: u32, overdue: bool) -> Team {
    let overdue = overdue && index % OVERDUE_EVERY == OVERDUE_FIRST;
    let age = if overdue || index < 2 {
        COMPANY_DAYS - 100
    } else {
        age(&mut pen.dice)
    };
    let created_at = pen.clock.ago(age).plus(pen.dice.between(0, DAY - 1));
    let slug = company_slug(index);
    let vat = pen.dice.between(10_000_000_000, 99_999_999_999);
    let country = pen.dice.pick(COUNTRIES);
    let mut team = Team {
        id: pen.id::<Tenant>(),
        name: company_name(&slug),
        country,
        vat_id: pen
            .dice
            .percent(70)
            .then(|| format!("{}{vat}", country.code)),
        created_at,
        people: Vec::new(),
        machines: Vec::new(),
    };
    for _ in 0..size(&mut pen.dice, index).min(room) {
        let person = person(pen, &team, index, &slug, overdue);
        team.people.push(person);
    }
    team
}

/// Four in five are alone; the known customers' tenants have one and three.
fn size(dice: &mut Random, index: u64) -> u32 {
    let drawn = dice.below(100);
    match (index, drawn) {
        (0, _) | (2.., 0..80) => 1,
        (1, _) => 3,
        (_, 80..90) => 2,
        (_, 90..95) => 3,
        (_, 95..98) => 4,
        _ => 5,
    }
}

/// Days since sign-up, with more young customers than old ones.
fn age(dice: &mut Random) -> i64 {
    let (one, other) = (dice.between(3, COMPANY_DAYS), dice.between(3, COMPANY_DAYS));
    one.min(other)
}

fn person(pen: &mut Pen<'_>, team: &Team, index: u64, slug: &str, overdue: bool) -> Person {
    let id = pen.id::<Account>();
    let (name, email) = name_and_email(&mut pen.dice, id, team, slug, index);
    let rich = id == ALONE.customer_id || id == SHARING.customer_id;
    let joined = pen
        .dice
        .between(0, (pen.clock.midnight.0 - team.created_at.0) / 3);
    let from = if team.people.is_empty() || rich || overdue {
        team.created_at
    } else {
        team.created_at.plus(joined)
    };
    let open = Span {
        from,
        until: pen.clock.midnight,
        overdue,
    };
    let closes = index > 1 && (pen.dice.percent(4) || overdue && index / OVERDUE_EVERY % 2 == 1);
    let closed_at = pen
        .clock
        .kept(&mut pen.dice, open, CLOSED_ACCOUNTS_DAYS)
        .filter(|_| closes);
    let locale = pen
        .dice
        .pick(&[team.country.locale, team.country.locale, "en-GB"]);
    Person {
        id,
        name,
        email,
        role: match team.people.len() {
            0 => "owner",
            1 => "admin",
            _ => "member",
        },
        locale,
        home_ip: pen.dice.ip(),
        consents_to_analytics: pen.dice.percent(35) || rich,
        rich,
        span: Span {
            until: closed_at.unwrap_or(pen.clock.midnight),
            ..open
        },
        closed_at,
        default_machine: None,
    }
}

fn name_and_email(
    dice: &mut Random,
    id: i64,
    team: &Team,
    slug: &str,
    index: u64,
) -> (String, String) {
    let ((first, first_ascii), (last, last_ascii)) = (dice.pick(FIRST), dice.pick(LAST));
    let mailbox = dice.pick(MAILBOX);
    let private = dice.percent(50) && index > 1;
    if let Some(known) = [ALONE, SHARING]
        .into_iter()
        .find(|known| known.customer_id == id)
    {
        return (known.name.to_owned(), known.email.to_owned());
    }
    let email = if private {
        format!("{first_ascii}.{last_ascii}{id}@{mailbox}")
    } else {
        // A colleague may have the same name; the number keeps them apart.
        let number = team.people.len();
        let suffix = if number == 0 {
            String::new()
        } else {
            (number + 1).to_string()
        };
        format!("{first_ascii}.{last_ascii}{suffix}@{slug}.example")
    };
    (format!("{first} {last}"), email)
}

/// A name no other tenant has: all pairs of words first, then with a number.
fn company_slug(index: u64) -> String {
    let (trades, places) = (TRADE.len() as u64, PLACE.len() as u64);
    let word = |words: &[&'static str], index: u64| {
        words
            .get((index % words.len() as u64) as usize)
            .copied()
            .unwrap_or_default()
    };
    let pair = format!(
        "{}-{}",
        word(TRADE, index),
        word(PLACE, index + index / trades)
    );
    match index / (trades * places) {
        0 => pair,
        round => format!("{pair}-{}", round + 1),
    }
}

fn company_name(slug: &str) -> String {
    slug.split('-')
        .map(capitalised)
        .collect::<Vec<String>>()
        .join(" ")
}

/// Writes the tenant and its accounts, once their machines are known.
pub(super) fn write(pen: &mut Pen<'_>, team: &Team) {
    let plan = pen.dice.pick(&["starter", "starter", "team", "business"]);
    pen.write(Tenant {
        id: team.id,
        name: team.name.clone(),
        country: team.country.code,
        vat_id: team.vat_id.clone(),
        plan,
        created_at: team.created_at,
    });
    for person in &team.people {
        let row = account(pen, team, person);
        pen.write(row);
        let newsletter = pen.dice.percent(30);
        let updated = pen
            .dice
            .between(person.span.from.0, person.span.until.0 - 1);
        pen.write(NotificationPreference {
            account_id: person.id,
            maintenance: true,
            billing: person.role == "owner",
            newsletter,
            usage_analytics: person.consents_to_analytics,
            updated_at: Moment(updated),
        });
    }
}

fn account(pen: &mut Pen<'_>, team: &Team, person: &Person) -> Account {
    let dice = &mut pen.dice;
    let oauth_provider = match dice.below(10) {
        0 | 1 => Some("github"),
        2 => Some("google"),
        _ => None,
    };
    let oauth_id = dice.between(100_000, 99_999_999).to_string();
    let (salt, hash) = (dice.base64(22), dice.base64(43));
    let referrer = dice.between(1, person.id - 1);
    // Camille brought the second customer, so that her erasure meets the edge.
    let referred = person.id == 2 || dice.percent(10) && person.id > 2;
    let login = pen.clock.kept(
        dice,
        Span {
            overdue: false,
            ..person.span
        },
        SESSIONS_DAYS,
    );
    let hidden = person
        .closed_at
        .map(|closed| closed.plus(dice.between(HOUR, 2 * DAY)));
    Account {
        id: person.id,
        tenant_id: team.id,
        email: person.email.clone(),
        name: person.name.clone(),
        password_hash: oauth_provider
            .is_none()
            .then(|| format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${hash}")),
        oauth_provider,
        oauth_id: oauth_provider.map(|_| oauth_id),
        role: person.role,
        locale: person.locale,
        referred_by: referred.then_some(referrer),
        default_machine_id: person.default_machine,
        created_at: person.span.from,
        last_login_at: login,
        closed_at: person.closed_at,
        deleted_at: hidden.filter(|hidden| *hidden < pen.clock.midnight),
    }
}
