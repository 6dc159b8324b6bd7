//! Checks and findings in plain words.

use candor_domain::check::{
    AtRestFinding, BackupFinding, Check, Finding, ReplicaAge, SchemaFinding, SubjectRequestFinding,
    SweepFinding, TransportFinding,
};
use candor_domain::plan::Action;
use candor_domain::sweep::{Noticed, Tallied};
use candor_policy::charter::CalendarSpan;
use jiff::Timestamp;

use super::time::time_words;
use super::{count_of, grouped, plain_name, right_noun};

/// What is looked at.
pub(crate) fn check_words(check: &Check) -> String {
    match check {
        Check::Schema { source } => format!(
            "Compares the tables and columns of the database “{source}” with what is declared."
        ),
        Check::ForbiddenValues { source, categories } => format!(
            "Searches text columns of the database “{source}” for values that must not be \
             there: {}.",
            categories.join(", ")
        ),
        Check::Age {
            source,
            table,
            column,
            period,
            from_end_of,
        } => format!(
            "Looks in “{source}.{table}” for rows older than {period}, counted from {}“{column}”.",
            end_of(*from_end_of)
        ),
        Check::Restricted {
            source,
            table,
            column,
            floor,
            from_end_of,
        } => format!(
            "Counts the rows of “{source}.{table}” whose purpose ended with “{column}” and which \
             the law keeps for {floor} more{}: they may only be stored.",
            from_end_of.map_or_else(String::new, |span| { format!(" from {} on", span.end()) })
        ),
        Check::Sweep { rule } => format!(
            "Every hour takes what is due under “{}”, or only looks where that is not switched on.",
            plain_name(rule)
        ),
        Check::PasswordHashes { source, algorithm } => format!(
            "Looks at how passwords are stored in the database “{source}”: each must be a \
             hash made with {algorithm}."
        ),
        Check::Transport { address, oldest } => format!(
            "Connects to “{address}” as a visitor’s browser would: TLS {oldest} or newer, a \
             certificate that holds, and nobody left unencrypted."
        ),
        Check::Isolation { source } => format!(
            "Asks the database “{source}” with one customer’s reach for a person of another’s."
        ),
        Check::AtRest { source } => {
            format!("Asks the database “{source}” whether it encrypts what it stores.")
        }
        Check::SubjectRequests { right } => format!(
            "Counts every {} request, and whether each was answered by its deadline.",
            right_noun(*right)
        ),
        Check::KeyAges { .. } => "Looks when each key above people's own was made.".to_owned(),
        Check::Page => "Opens the published page, as any visitor does.".to_owned(),
        Check::Backups => "Looks when the backups of Candor's own records were made, and restores \
                           one on trial."
            .to_owned(),
    }
}

/// The words before the column from which a period counts.
pub(crate) fn end_of(span: Option<CalendarSpan>) -> String {
    span.map_or_else(String::new, |span| format!("{} of ", span.end()))
}

/// What was found, one sentence per thing.
pub(crate) fn finding_words(finding: &Finding) -> Vec<String> {
    match finding {
        Finding::Schema(schema) => schema_words(schema),
        Finding::ForbiddenValues {
            columns,
            sampled_rows,
        } => {
            let looked_at = count_of(*sampled_rows, "row", "rows");
            if columns.is_empty() {
                vec![format!("{looked_at} looked at, none of it found.")]
            } else {
                vec![format!(
                    "{looked_at} looked at; found in {}.",
                    columns.join(", ")
                )]
            }
        }
        Finding::Age {
            overdue_rows,
            oldest,
            replicas,
        } => age_words(*overdue_rows, *oldest, replicas),
        Finding::Restricted { rows, oldest } => {
            let mut words = vec![format!(
                "{} restricted: kept for the law alone.",
                count_of(*rows, "row", "rows")
            )];
            words.extend(
                oldest.map(|oldest| {
                    format!("The purpose of the first ended {}.", time_words(oldest))
                }),
            );
            words
        }
        Finding::Swept(found) => swept_words(found),
        Finding::PasswordHashes {
            matching_rows,
            other_rows,
        } => vec![format!(
            "{} stored as declared, {} in any other form.",
            grouped(*matching_rows),
            grouped(*other_rows)
        )],
        Finding::Transport(found) => transport_words(found),
        Finding::AtRest(found) => vec![at_rest_words(found)],
        Finding::Isolation(found) => vec![format!(
            "Asked for {}; {} found.",
            count_of(found.asked, "person of another’s", "people of others’"),
            count_of(found.rows, "row", "rows")
        )],
        Finding::SubjectRequests(found) => request_words(found),
        Finding::KeyAges { keys, oldest, .. } => match oldest {
            Some(oldest) => vec![format!(
                "{}, the oldest of {}.",
                count_of(*keys, "key", "keys"),
                time_words(*oldest)
            )],
            None => vec!["No key yet.".to_owned()],
        },
        Finding::Page {
            names_its_date: true,
        } => vec!["The page names the day of its last change.".to_owned()],
        Finding::Page {
            names_its_date: false,
        } => vec!["The page does not name the day of its last change.".to_owned()],
        Finding::Backups(found) => backup_words(found),
        Finding::Unreachable { what } => vec![format!("It could not be looked at: {what}.")],
    }
}

fn age_words(overdue_rows: u64, oldest: Option<Timestamp>, replicas: &[ReplicaAge]) -> Vec<String> {
    let overdue = count_of(overdue_rows, "row", "rows");
    let overdue = format!("{overdue} older than promised.");
    let oldest = oldest.map_or_else(
        || "There is no row.".to_owned(),
        |oldest| format!("The oldest row is of {}.", time_words(oldest)),
    );
    let served = replicas.iter().map(replica_words);
    [overdue, oldest].into_iter().chain(served).collect()
}

fn transport_words(found: &TransportFinding) -> Vec<String> {
    let mut words = vec![match (&found.version, &found.older) {
        (None, _) => "No version of TLS is spoken there that is safe.".to_owned(),
        (Some(version), None) => format!("A browser gets TLS {version}."),
        (Some(version), Some(older)) => {
            format!("A browser gets TLS {version}, and an old one TLS {older}.")
        }
    }];
    let wrong = [&found.certificate, &found.unencrypted]
        .into_iter()
        .flatten();
    words.extend(wrong.map(|wrong| format!("Wrong: {wrong}.")));
    words.extend(
        found
            .expires
            .map(|expires| format!("The certificate ends {}.", time_words(expires))),
    );
    words.push(match found.hsts {
        None => "Browsers are not told to come encrypted from the start.".to_owned(),
        Some(seconds) => {
            let days = count_of(seconds / 86_400, "day", "days");
            format!("Browsers are told to come encrypted only, for {days}.")
        }
    });
    words
}

fn at_rest_words(found: &AtRestFinding) -> String {
    match found {
        AtRestFinding::All => "It encrypts every table and its logs.".to_owned(),
        AtRestFinding::Not(plain) => format!("It stores as it is: {}.", plain.join(", ")),
        AtRestFinding::Unseen => "It says nothing of it: what lies below it may.".to_owned(),
    }
}

/// What a read replica serves, in one sentence.
fn replica_words(replica: &ReplicaAge) -> String {
    let overdue = count_of(replica.overdue_rows, "row", "rows");
    let mut words = format!("Its {} serves {overdue} older than promised", replica.name);
    if let Some(why) = &replica.behind {
        words.push_str(&format!("; it {why}"));
    }
    words.push('.');
    words
}

fn backup_words(found: &BackupFinding) -> Vec<String> {
    let mut words = vec![found.newest.map_or_else(
        || "There is no backup.".to_owned(),
        |newest| {
            let newest = time_words(newest);
            format!("The newest backup is of {newest}; it was read back when it was made.")
        },
    )];
    words.extend(
        found
            .drilled
            .map(|at| format!("One was restored on trial {}.", time_words(at))),
    );
    let failed = found.failed.iter().map(|why| ("to make one", why));
    let drill = found.drill_failed.iter();
    let failed = failed.chain(drill.map(|why| ("to restore one on trial", why)));
    words.extend(failed.map(|(what, why)| format!("The last attempt {what} failed: {why}.")));
    words
}

fn swept_words(found: &SweepFinding) -> Vec<String> {
    if let Some(why) = &found.refused {
        return vec![format!("It is refused: {why}.")];
    }
    let rows: u64 = found
        .effects
        .values()
        .flatten()
        .filter(|effect| matches!(effect.action, Action::Delete | Action::Pseudonymise))
        .map(|effect| effect.rows)
        .sum();
    let rows = count_of(rows, "row", "rows");
    let mut words = vec![match (found.carried_out, found.complete) {
        (true, true) => format!("{rows} taken, and nothing that was due is left."),
        (true, false) => format!("{rows} taken; others hold some that are due."),
        (false, _) => format!("{rows} due, and nobody takes them here."),
    }];
    let counted = found.effects.values().flatten();
    let counted: u64 = counted
        .filter(|effect| effect.action == Action::Aggregate)
        .map(|effect| effect.rows)
        .sum();
    if let Some(tallied) = &found.tallied {
        words.push(tallied_words(tallied, counted));
    }
    words.extend(found.noticed.as_ref().map(noticed_words));
    if let Some(oldest) = found.forecast.oldest {
        words.push(format!("The oldest row left is of {}.", time_words(oldest)));
    }
    words
}

/// What was counted before it went, in one sentence.
fn tallied_words(tallied: &Tallied, counted: u64) -> String {
    let mut words = format!(
        "{} counted before they went, the rest being of too few people to be told apart; the \
         table holds {}",
        count_of(counted, "row", "rows"),
        count_of(tallied.lines, "line", "lines")
    );
    if tallied.small > 0 {
        let small = count_of(tallied.small, "line stands", "lines stand");
        words.push_str(&format!("; {small} for too few, and may tell of people"));
    }
    words.push('.');
    words
}

/// How notices stand, in one sentence.
pub(crate) fn noticed_words(noticed: &Noticed) -> String {
    let mut words = format!(
        "People were told of {}; {} until theirs were told for long enough; of {} nobody could \
         be told",
        count_of(noticed.told, "row that goes", "rows that go"),
        count_of(noticed.waiting, "overdue row waits", "overdue rows wait"),
        count_of(noticed.unreached, "row", "rows")
    );
    if let Some(why) = &noticed.stopped {
        words.push_str(&format!("; no mail goes out now: {why}"));
    }
    words.push('.');
    words
}

fn schema_words(schema: &SchemaFinding) -> Vec<String> {
    let columns: u64 = schema
        .mapped
        .iter()
        .map(|mapped| u64::from(mapped.columns))
        .sum();
    let mut words = vec![format!(
        "{} of {} found, each named in the map.",
        count_of(columns, "column", "columns"),
        count_of(schema.mapped.len() as u64, "category", "categories"),
    )];
    if !schema.personal_unmapped.is_empty() {
        let columns = schema.personal_unmapped.join(", ");
        words.push(format!(
            "Looks personal, but nobody declared it: {columns}."
        ));
    }
    words.extend(
        schema
            .drift
            .iter()
            .map(|drift| format!("The map no longer fits: {drift}.")),
    );
    words
}

fn request_words(found: &SubjectRequestFinding) -> Vec<String> {
    let mut words = vec![
        format!(
            "{} answered, {} of them late.",
            grouped(found.answered),
            grouped(found.answered_late)
        ),
        format!(
            "{} open, {} past the deadline.",
            grouped(found.open),
            grouped(found.overdue)
        ),
    ];
    if let Some(due) = found.next_due {
        words.push(format!("The next deadline is {}.", time_words(due)));
    }
    if found.with_residue > 0 {
        let erasures = count_of(found.with_residue, "erasure", "erasures");
        words.push(format!("{erasures} left something behind."));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said() {
        let words = finding_words(&Finding::Schema(SchemaFinding {
            personal_unmapped: vec!["leads.phone".to_owned()],
            drift: vec!["`orders.note` is not mapped".to_owned()],
            mapped: Vec::new(),
        }));
        assert_eq!(words.len(), 3);
        assert!(words[1].contains("leads.phone"));
        assert!(words[2].contains("orders.note"));
        let words = finding_words(&Finding::SubjectRequests(SubjectRequestFinding {
            answered: 1,
            with_residue: 1,
            ..SubjectRequestFinding::default()
        }));
        assert_eq!(words[2], "1 erasure left something behind.");
    }
}
