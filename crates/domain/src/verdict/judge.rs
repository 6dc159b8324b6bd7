//! Judging one promise. The worst of its checks decides; the reasons of all of
//! them are kept, so that a page can show why.

use std::collections::BTreeMap;

use candor_policy::charter::{Charter, Keep, Right, covers};
use candor_policy::promise::{Family, Promise};
use jiff::{SignedDuration, Timestamp};

use super::{DEADLINE_HORIZON, FRESH_FOR, Judgement, RISK_HORIZON, Verdict, checks_for, security};
use crate::calendar;
use crate::check::{
    Check, Finding, Observation, RECOGNISED, ReplicaAge, SchemaFinding, SubjectRequestFinding,
};
use crate::sweep::{Noticed, SWEEP_FRESH_FOR, starts};

/// How long a row may wait that may neither go before nor stay after one moment:
/// a day, for the days that the end of a month stands for, and two sweeps.
const NEXT_SWEEPS: SignedDuration = SignedDuration::from_hours(26);

/// Judges a promise by the latest observation of each of its checks.
#[must_use]
pub fn judge<'a>(
    promise: &Promise,
    charter: &Charter,
    latest: &dyn Fn(&Check) -> Option<&'a Observation>,
    now: Timestamp,
) -> Judgement {
    let checks = checks_for(promise, charter);
    if checks.is_empty() {
        return without_checks(promise, charter, now);
    }
    let mut opinions: Vec<(Verdict, String)> = Vec::new();
    let mut observed_at: Option<Timestamp> = None;
    let sweeping = Sweeping::of(promise, charter, latest, now);
    for check in &checks {
        // An observation of another check, such as of last charter's
        // algorithm, answers nothing.
        let observed = latest(check).filter(|observation| observation.check == *check);
        let Some(observation) = observed else {
            opinions.push((Verdict::Unproven, "not observed yet".to_owned()));
            continue;
        };
        let at = observation.at;
        observed_at = Some(observed_at.map_or(at, |oldest| oldest.min(at)));
        if now.duration_since(at).abs() > FRESH_FOR {
            let reason = format!("last observed {}: too far from now", words(at));
            opinions.push((Verdict::Unproven, reason));
            continue;
        }
        let found = &observation.finding;
        opinions.push(opinion(promise, charter, check, found, (&sweeping, now)));
    }
    if let Some(missing) = nothing_mapped(promise, charter) {
        opinions.push(missing);
    }
    opinions.extend(small_lines(promise, latest));
    opinions.sort_by_key(|(verdict, _)| urgency(*verdict));
    Judgement {
        verdict: opinions
            .first()
            .map_or(Verdict::Unproven, |(verdict, _)| *verdict),
        reasons: opinions.into_iter().map(|(_, reason)| reason).collect(),
        observed_at,
    }
}

/// Broken outweighs unproven, which outweighs at risk (the soonest first),
/// which outweighs kept. The reason that decided stands first.
const fn urgency(verdict: Verdict) -> (u8, Timestamp) {
    match verdict {
        Verdict::Broken => (0, Timestamp::MAX),
        Verdict::Unproven => (1, Timestamp::MAX),
        Verdict::AtRisk { by } => (2, by),
        Verdict::Stated => (3, Timestamp::MAX),
        Verdict::Kept => (4, Timestamp::MAX),
    }
}

fn without_checks(promise: &Promise, charter: &Charter, now: Timestamp) -> Judgement {
    let reviewed = |review, owner: &str| reviewed((review, owner), now);
    let (verdict, reason) = match promise.family {
        Family::Stated => charter.statements.get(&promise.name).map_or_else(
            || (Verdict::Unproven, "not declared".to_owned()),
            |statement| reviewed(statement.review, &statement.owner),
        ),
        Family::Hold => charter.holds.get(&promise.name).map_or_else(
            || (Verdict::Unproven, "not declared".to_owned()),
            |hold| reviewed(hold.review, &hold.decided_by),
        ),
        Family::Security => security::stated(charter, &promise.name, now)
            .unwrap_or_else(|| security::unseen(&promise.name)),
        Family::Retain => match charter.retention.get(&promise.name).map(|rule| &rule.keep) {
            Some(Keep::Forever { review, .. }) => reviewed(*review, "the organisation"),
            Some(Keep::For(_)) => unproven("no column is named from which the period counts"),
            Some(Keep::Until(_)) => unproven("no column is named that says when the event was"),
            _ => unproven("no mechanism shows this kind of retention yet"),
        },
        _ => unproven("no mechanism shows this family yet"),
    };
    Judgement {
        verdict,
        reasons: vec![reason],
        observed_at: None,
    }
}

/// What somebody answers for, until they have to look again.
pub(super) fn reviewed(
    (review, owner): (jiff::civil::Date, &str),
    now: Timestamp,
) -> (Verdict, String) {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    if today <= review {
        let reason = format!("no machine can tell; {owner} answers for it until {review}");
        (Verdict::Stated, reason)
    } else {
        (Verdict::Unproven, format!("its review was due {review}"))
    }
}

pub(super) fn unproven(reason: &str) -> (Verdict, String) {
    (Verdict::Unproven, reason.to_owned())
}

fn opinion(
    promise: &Promise,
    charter: &Charter,
    check: &Check,
    finding: &Finding,
    (sweeping, now): (&Sweeping, Timestamp),
) -> (Verdict, String) {
    match (check, finding) {
        (_, Finding::Unreachable { what }) => {
            (Verdict::Unproven, format!("could not be observed: {what}"))
        }
        (Check::Schema { source }, Finding::Schema(schema)) => {
            if promise.family == Family::Never {
                return never_mapped(promise, charter, source, schema);
            }
            collected(charter, source, schema)
        }
        (
            Check::ForbiddenValues { source, categories },
            Finding::ForbiddenValues {
                columns,
                sampled_rows,
            },
        ) => forbidden(source, categories, columns, *sampled_rows),
        (
            Check::Age {
                source,
                table,
                period,
                from_end_of,
                ..
            },
            Finding::Age {
                overdue_rows,
                oldest,
                replicas,
            },
        ) => {
            let place = format!("{source}.{table}");
            let breaks = |oldest: Timestamp| calendar::after(starts(oldest, *from_end_of), *period);
            let own = aged(&place, *overdue_rows, oldest.map(breaks), (sweeping, now));
            let served = replicas
                .iter()
                .map(|replica| served(&place, *overdue_rows, replica, (&breaks, now)));
            and_served(own, served)
        }
        (Check::Restricted { .. }, Finding::Restricted { rows, oldest }) => {
            restricted(promise, charter, check, (*rows, *oldest))
        }
        (Check::SubjectRequests { right }, Finding::SubjectRequests(found)) => {
            on_whose_word(charter, *right, answered(found, now))
        }
        (Check::Page, Finding::Page { names_its_date }) => {
            if *names_its_date {
                (
                    Verdict::Kept,
                    "the page names the day of its last change".to_owned(),
                )
            } else {
                (
                    Verdict::Broken,
                    "the page names no day of its last change".to_owned(),
                )
            }
        }
        _ => security::opinion(charter, check, finding, now)
            .unwrap_or_else(|| unproven("what was observed does not answer the check")),
    }
}

fn collected(charter: &Charter, source: &str, schema: &SchemaFinding) -> (Verdict, String) {
    if !schema.personal_unmapped.is_empty() {
        let columns = schema.personal_unmapped.join(", ");
        let reason = format!("{source} holds what looks personal and is undeclared: {columns}");
        return (Verdict::Broken, reason);
    }
    let undeclared: Vec<&str> = schema
        .mapped
        .iter()
        .map(|mapped| mapped.category.as_str())
        .filter(|category| charter.data_covering(category, None).next().is_none())
        .collect();
    if !undeclared.is_empty() {
        let categories = undeclared.join(", ");
        let reason = format!("{source} holds categories no `data` declares: {categories}");
        return (Verdict::Broken, reason);
    }
    if !schema.drift.is_empty() {
        return drifted(source, schema);
    }
    let columns: u32 = schema.mapped.iter().map(|mapped| mapped.columns).sum();
    let reason = format!("each of the {columns} personal columns of {source} is declared");
    (Verdict::Kept, reason)
}

fn drifted(source: &str, schema: &SchemaFinding) -> (Verdict, String) {
    let drift = schema.drift.join("; ");
    let reason = format!("the map of {source} no longer fits: {drift}");
    (Verdict::Unproven, reason)
}

/// A declared category that no map names has nothing behind it.
fn nothing_mapped(promise: &Promise, charter: &Charter) -> Option<(Verdict, String)> {
    if promise.family != Family::Collect {
        return None;
    }
    let data = charter.data.get(&promise.name)?;
    let tables = charter
        .sources
        .values()
        .flat_map(|source| source.map.tables.values());
    let named = tables
        .flat_map(|table| table.columns.values())
        .any(|column| {
            matches!(&column.content, candor_policy::map::Content::Personal(category)
            if covers(&data.category, category))
        });
    let reason = format!("no map names a column of `{}`", data.category);
    (!named).then_some((Verdict::Unproven, reason))
}

/// Lines of an aggregate that may tell who is in them. Whenever that was seen:
/// no later look takes it back but one that finds none.
fn small_lines<'a>(
    promise: &Promise,
    latest: &dyn Fn(&Check) -> Option<&'a Observation>,
) -> Option<(Verdict, String)> {
    if promise.family != Family::Retain {
        return None;
    }
    let check = Check::Sweep {
        rule: promise.name.clone(),
    };
    let observation = latest(&check).filter(|found| found.check == check)?;
    let Finding::Swept(found) = &observation.finding else {
        return None;
    };
    let small = found.tallied.as_ref().map(|tallied| tallied.small)?;
    let reason = format!(
        "{small} lines of the table into which its rows are counted stand for too few of them, \
         and may tell of people"
    );
    (small > 0).then_some((Verdict::Broken, reason))
}

fn never_mapped(
    promise: &Promise,
    charter: &Charter,
    source: &str,
    schema: &SchemaFinding,
) -> (Verdict, String) {
    let Some(never) = charter.never.get(&promise.name) else {
        return unproven("not declared");
    };
    let found = schema.mapped.iter().find(|mapped| {
        let mut categories = never.categories.iter();
        categories.any(|category| covers(category, &mapped.category))
    });
    match found {
        Some(mapped) => {
            let reason = format!("{source} has a column of `{}`", mapped.category);
            (Verdict::Broken, reason)
        }
        None if !schema.personal_unmapped.is_empty() => {
            let columns = schema.personal_unmapped.join(", ");
            (
                Verdict::Unproven,
                format!("{source} has columns nobody declared: {columns}"),
            )
        }
        None if !schema.drift.is_empty() => drifted(source, schema),
        None => (
            Verdict::Kept,
            format!("no column of {source} is declared to hold it"),
        ),
    }
}

fn forbidden(
    source: &str,
    categories: &[String],
    columns: &[String],
    sampled_rows: u64,
) -> (Verdict, String) {
    if !columns.is_empty() {
        let reason = format!("such values were found in {source}: {}", columns.join(", "));
        return (Verdict::Broken, reason);
    }
    let recognised = |category: &&String| RECOGNISED.iter().any(|known| covers(category, known));
    if !categories.iter().all(|category| recognised(&category)) {
        return unproven(
            "no machine recognises values of this kind; only the schema was looked at",
        );
    }
    if sampled_rows == 0 {
        return (
            Verdict::Unproven,
            format!("{source} has no rows to look at"),
        );
    }
    let reason = format!("none among {sampled_rows} sampled rows of {source}");
    (Verdict::Kept, reason)
}

fn aged(
    place: &str,
    overdue_rows: u64,
    breaks: Option<Timestamp>,
    (sweeping, now): (&Sweeping, Timestamp),
) -> (Verdict, String) {
    if let Sweeping::Works { at, held, .. } = sweeping
        && let Some(rows) = held.get(place).filter(|rows| overdue_rows <= **rows)
    {
        let reason = format!(
            "a hold keeps {rows} rows of {place} beyond their time; last swept {}",
            words(*at)
        );
        return (Verdict::Kept, reason);
    }
    // Where the law forbids a row to go before the very moment at which it is
    // promised to, it goes with the next sweep.
    if let Sweeping::Works {
        at,
        to_the_moment: true,
        ..
    } = sweeping
        && let Some(by) = breaks.and_then(|breaks| breaks.checked_add(NEXT_SWEEPS).ok())
        && breaks.is_some_and(|breaks| breaks <= now)
        && now < by
    {
        let reason = format!(
            "the oldest row of {place} may go only now; last swept {}",
            words(*at)
        );
        return (Verdict::AtRisk { by }, reason);
    }
    if overdue_rows > 0 {
        let mut reason = format!("{place} has {overdue_rows} rows older than promised");
        if let Sweeping::Fails { why } = sweeping {
            reason = format!("{reason}; {why}");
        }
        return (Verdict::Broken, reason);
    }
    let Some(breaks) = breaks else {
        return (Verdict::Kept, format!("{place} has no rows"));
    };
    if breaks <= now {
        let reason = format!(
            "the oldest row of {place} had to go by {}; not seen since",
            words(breaks)
        );
        return (Verdict::Unproven, reason);
    }
    if breaks.duration_since(now) <= RISK_HORIZON {
        let reason = format!("the oldest row of {place} must go by {}", words(breaks));
        return match sweeping {
            Sweeping::Works { at, .. } => (
                Verdict::Kept,
                format!("{reason}; last swept {}", words(*at)),
            ),
            Sweeping::Fails { why } => (Verdict::AtRisk { by: breaks }, format!("{reason}; {why}")),
            Sweeping::Not => (Verdict::AtRisk { by: breaks }, reason),
        };
    }
    (
        Verdict::Kept,
        format!(
            "{place} has no row older than promised; the oldest may stay until {}",
            words(breaks)
        ),
    )
}

/// What was found of a place, or of a read replica that keeps the promise less
/// well.
fn and_served(
    own: (Verdict, String),
    served: impl Iterator<Item = (Verdict, String)>,
) -> (Verdict, String) {
    let (verdict, mut reason) = own;
    let mut worse = None;
    for (other, why) in served {
        reason.push_str("; ");
        reason.push_str(&why);
        let worst = worse.as_ref().map_or(verdict, |(worst, _)| *worst);
        if urgency(other) < urgency(worst) {
            worse = Some((other, why));
        }
    }
    worse.unwrap_or((verdict, reason))
}

/// What a read replica serves of a place: nothing that its database has no more.
/// What is behind keeps rows that no sweep reaches there.
fn served(
    place: &str,
    overdue_rows: u64,
    replica: &ReplicaAge,
    (breaks, now): (&dyn Fn(Timestamp) -> Timestamp, Timestamp),
) -> (Verdict, String) {
    let name = &replica.name;
    if replica.overdue_rows > overdue_rows {
        let rows = replica.overdue_rows;
        let mut reason = format!("{name} of {place} serves {rows} rows older than promised");
        if let Some(why) = &replica.behind {
            reason = format!("{reason}: it {why}");
        }
        return (Verdict::Broken, reason);
    }
    let Some(why) = &replica.behind else {
        return (Verdict::Kept, format!("{name} serves nothing more of it"));
    };
    let Some(by) = replica.oldest.map(breaks) else {
        return (Verdict::Kept, format!("{name} of {place} serves no rows"));
    };
    let reason = format!(
        "{name} of {place} {why}; the oldest row that it serves must go by {}",
        words(by)
    );
    match by.duration_since(now) {
        over if !over.is_positive() => (Verdict::Unproven, reason),
        near if near <= RISK_HORIZON => (Verdict::AtRisk { by }, reason),
        _ => (Verdict::Kept, reason),
    }
}

/// Why rows stay whose people have to be told before.
fn untold(noticed: &Noticed) -> Option<String> {
    let Noticed {
        waiting,
        unreached,
        stopped,
        ..
    } = noticed;
    if let Some(why) = stopped {
        return Some(format!("nobody can be told that their rows go: {why}"));
    }
    if *unreached > 0 {
        return Some(format!(
            "the people of {unreached} rows could not be told by mail, so that they stay"
        ));
    }
    (*waiting > 0).then(|| {
        format!("{waiting} rows stay until their people were told for as long as promised")
    })
}

/// What has outlived its purpose and stays for a law may only be stored. That
/// rows are there can be seen; that nobody uses them cannot.
fn restricted(
    promise: &Promise,
    charter: &Charter,
    check: &Check,
    (rows, oldest): (u64, Option<Timestamp>),
) -> (Verdict, String) {
    let Check::Restricted {
        source,
        table,
        floor,
        from_end_of,
        ..
    } = check
    else {
        return unproven("another check was looked at");
    };
    let rule = charter.retention.get(&promise.name);
    let law = rule.and_then(|rule| rule.law.as_deref());
    let law = law.unwrap_or("the law");
    if rows == 0 {
        let reason = format!("{source}.{table} has no row that stays only for {law}");
        return (Verdict::Kept, reason);
    }
    let ends = oldest.map(|oldest| words(calendar::after(starts(oldest, *from_end_of), *floor)));
    let ends = ends.map_or_else(String::new, |ends| format!(", the first until {ends}"));
    let reason = format!(
        "{rows} rows of {source}.{table} have outlived their purpose and stay only for \
         {law}{ends}: nothing in the database marks them as restricted, so that they are \
         only stored is on the organisation's word"
    );
    (Verdict::Stated, reason)
}

/// Whether somebody takes what is due.
enum Sweeping {
    /// All of it went, lately.
    Works {
        /// When.
        at: Timestamp,
        /// Whether a floor of the law is as long as the ceiling.
        to_the_moment: bool,
        /// Rows that are due and stay because of a hold, by `source.table`.
        held: BTreeMap<String, u64>,
    },
    /// It should, and doesn't.
    Fails {
        /// Why.
        why: String,
    },
    /// It is not carried out.
    Not,
}

impl Sweeping {
    fn of<'a>(
        promise: &Promise,
        charter: &Charter,
        latest: &dyn Fn(&Check) -> Option<&'a Observation>,
        now: Timestamp,
    ) -> Self {
        let retention = charter.retention.get(&promise.name);
        let (Family::Retain, Some(retention)) = (promise.family, retention) else {
            return Self::Not;
        };
        let check = Check::Sweep {
            rule: promise.name.clone(),
        };
        let Some(observation) = latest(&check).filter(|found| found.check == check) else {
            return Self::Not;
        };
        let Finding::Swept(found) = &observation.finding else {
            return Self::Not;
        };
        let at = observation.at;
        if !found.carried_out {
            return Self::Not;
        }
        if let Some(why) = &found.refused {
            let why = format!("the sweep is refused: {why}");
            return Self::Fails { why };
        }
        if now.duration_since(at).abs() > SWEEP_FRESH_FOR {
            let why = format!("nobody has swept since {}", words(at));
            return Self::Fails { why };
        }
        if !found.complete {
            let why = format!("the sweep of {} left rows behind", words(at));
            return Self::Fails { why };
        }
        if let Some(why) = found.noticed.as_ref().and_then(untold) {
            return Self::Fails { why };
        }
        let held = found.held.iter().flat_map(|(source, held)| {
            let rows = held.iter();
            rows.map(move |(table, rows)| (format!("{source}.{table}"), *rows))
        });
        Self::Works {
            at,
            to_the_moment: retention.at_least.is_some(),
            held: held.collect(),
        }
    }
}

/// Of an erasure, a service says itself that nothing is left, while in a
/// database we look. Whoever reads the verdict is told which it was.
fn on_whose_word(
    charter: &Charter,
    right: Right,
    (verdict, mut reason): (Verdict, String),
) -> (Verdict, String) {
    let services = charter.sources.iter();
    let services: Vec<&str> = services
        .filter(|(_, source)| source.is_service())
        .map(|(name, _)| name.as_str())
        .collect();
    if right == Right::Erasure && verdict == Verdict::Kept && !services.is_empty() {
        let names = services.join(", ");
        reason.push_str(&format!(
            "; that nothing is left in {names} rests on its own word"
        ));
    }
    (verdict, reason)
}

fn answered(found: &SubjectRequestFinding, now: Timestamp) -> (Verdict, String) {
    if found.overdue > 0 || found.answered_late > 0 {
        let reason = format!(
            "{} overdue, {} answered late",
            found.overdue, found.answered_late
        );
        return (Verdict::Broken, reason);
    }
    if found.with_residue > 0 {
        let reason = format!("{} erasures left something behind", found.with_residue);
        return (Verdict::Broken, reason);
    }
    if let Some(due) = found.next_due.filter(|due| *due <= now) {
        let reason = format!("one was due {}; not seen since", words(due));
        return (Verdict::Unproven, reason);
    }
    if let Some(due) = found.next_due
        && due.duration_since(now) <= DEADLINE_HORIZON
    {
        let reason = format!("{} open, the next is due {}", found.open, words(due));
        return (Verdict::AtRisk { by: due }, reason);
    }
    if found.answered == 0 {
        return unproven("nobody's subject request has been answered yet");
    }
    let reason = format!(
        "{} answered, none late; {} open",
        found.answered, found.open
    );
    (Verdict::Kept, reason)
}

/// A moment as people read it.
pub(super) fn words(at: Timestamp) -> impl std::fmt::Display {
    at.strftime("%-d %B %Y, %H:%M UTC")
}
