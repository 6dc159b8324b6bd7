//! What a policy says, in lines for a terminal. The findings are printed by
//! `render::text`; this is the rest.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::bundle::Bundle;
use crate::reading::{Commitment, DurationUnit, Modality, Polarity, Reading, Role};
use crate::render::position::Lines;
use crate::render::text::tally;

/// Characters of a sentence that are shown.
const SHOWN: usize = 100;

/// Counts, durations and recipients; with `all`, every commitment too. The
/// bundle holds the file that was read.
#[must_use]
pub fn text(reading: &Reading, bundle: &Bundle, all: bool) -> String {
    let mut lines = Lines::new(bundle);
    let mut line = |at: &crate::diagnostic::Location| lines.position(&at.path, at.span.start).line;
    let mut out = String::new();
    if all && !reading.commitments.is_empty() {
        out.push_str("commitments\n");
        for commitment in &reading.commitments {
            let (at, how) = (line(&commitment.at), how(commitment));
            let words = shortened(&commitment.text);
            put(
                &mut out,
                format_args!("  line {at:<5} {:<13} {how:<10} {words}", commitment.family),
            );
        }
    }
    if !reading.durations.is_empty() {
        out.push_str("durations\n");
        for duration in &reading.durations {
            let at = line(&duration.at);
            let length = format!(
                "{} {}",
                duration.amount,
                unit(duration.unit, duration.amount)
            );
            let words = shortened(&duration.sentence);
            put(
                &mut out,
                format_args!(
                    "  line {at:<5} {:<13} {length:<16} {words}",
                    role(duration.role)
                ),
            );
        }
    }
    if !reading.recipients.is_empty() {
        out.push_str("recipients\n");
        for recipient in &reading.recipients {
            let places: Vec<String> = recipient.at.iter().map(|at| line(at).to_string()).collect();
            let unknown = if recipient.known {
                ""
            } else {
                " (not in the list of vendors)"
            };
            put(
                &mut out,
                format_args!("  {}{unknown}: line {}", recipient.name, places.join(", ")),
            );
        }
    }
    put(&mut out, format_args!("{}", summary(reading)));
    out
}

/// One line that counts everything.
fn summary(reading: &Reading) -> String {
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    for commitment in &reading.commitments {
        *families.entry(commitment.family).or_default() += 1;
    }
    let families: Vec<String> = families
        .into_iter()
        .map(|(family, count)| format!("{family} {count}"))
        .collect();
    format!(
        "{} words, {} sentences, {} commitments ({}), {} durations, {} recipients; {}",
        reading.words,
        reading.sentences,
        reading.commitments.len(),
        families.join(", "),
        reading.durations.len(),
        reading.recipients.len(),
        tally(&reading.findings),
    )
}

fn how(commitment: &Commitment) -> &'static str {
    match (
        commitment.polarity,
        commitment.exclusive,
        commitment.modality,
    ) {
        (Polarity::Never, ..) => "never",
        (_, true, _) => "only",
        (_, _, Modality::May) => "may",
        (_, _, Modality::Tries) => "tries",
        (_, _, Modality::Firm) => "does",
    }
}

pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Retention => "retention",
        Role::Deadline => "deadline",
        Role::Age => "age",
        Role::LookBack => "look-back",
        Role::Trial => "trial",
        Role::Frequency => "frequency",
        Role::Notice => "notice",
        Role::Other => "other",
    }
}

pub(super) const fn unit(unit: DurationUnit, amount: u32) -> &'static str {
    let one = amount == 1;
    match unit {
        DurationUnit::Seconds => {
            if one {
                "second"
            } else {
                "seconds"
            }
        }
        DurationUnit::Minutes => {
            if one {
                "minute"
            } else {
                "minutes"
            }
        }
        DurationUnit::Hours => {
            if one {
                "hour"
            } else {
                "hours"
            }
        }
        DurationUnit::Days => {
            if one {
                "day"
            } else {
                "days"
            }
        }
        DurationUnit::WorkingDays => {
            if one {
                "working day"
            } else {
                "working days"
            }
        }
        DurationUnit::Weeks => {
            if one {
                "week"
            } else {
                "weeks"
            }
        }
        DurationUnit::Months => {
            if one {
                "month"
            } else {
                "months"
            }
        }
        DurationUnit::Years => {
            if one {
                "year"
            } else {
                "years"
            }
        }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{} …", text.get(..end).unwrap_or_default().trim_end()),
    }
}

fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to memory can't fail.
    let _ = writeln!(out, "{line}");
}
