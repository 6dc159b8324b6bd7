//! Weighs what names say against what values say, and keeps one edge for each
//! column. Pure. Values refute a name; a name alone proves nothing.

use std::collections::BTreeMap;

use candor_policy::map::{ColumnPath, Condition, Edge};

use super::candidates::{Candidate, Names};
use super::sample::{Found, PairSample, Samples};
use super::{Grade, Reason};

/// Different values that must all be keys for an edge to count as proven.
const PROVEN_MIN: u64 = 10;
/// Share of values, in hundredths, that must be keys where nothing enforces
/// it: rows that were deleted leave some behind.
const PROVEN_SHARE: u64 = 98;
const WEAK_SHARE: u64 = 50;
/// Fit from which a name alone makes an edge likely, and from which values can
/// prove it: small whole numbers are keys of every table.
const LIKELY_FIT: u8 = 75;
const PROVEN_FIT: u8 = 80;
/// Fit within which two tables cannot be told apart by their names.
const FIT_MARGIN: u8 = 2;

/// An edge that nothing declares, and that names, types or values speak for.
#[derive(Clone, Debug, PartialEq)]
pub struct Inferred {
    /// The table that has it.
    pub table: String,
    /// The edge, as a map would write it.
    pub edge: Edge,
    /// The table it names.
    pub target: String,
    /// How sure that is, and why.
    pub reason: Reason,
    /// The column holds a list of keys.
    pub is_list: bool,
}

/// Every edge that names, types and values allow, one for each column.
pub(super) fn edges(names: &Names<'_>, samples: &Samples) -> Vec<Inferred> {
    type Place<'a> = (&'a str, &'a [ColumnPath]);
    let mut by_column: BTreeMap<Place<'_>, Vec<(&Candidate, Found)>> = BTreeMap::new();
    for (candidate, found) in &samples.edges {
        by_column
            .entry((candidate.table.as_str(), candidate.from.as_slice()))
            .or_default()
            .push((candidate, *found));
    }
    let mut edges: Vec<Inferred> = by_column
        .into_values()
        .filter_map(|candidates| best(&candidates))
        .collect();
    for pair in &samples.pairs {
        let typed = typed(pair);
        // Which table it names depends on another column, so no one table.
        if !typed.is_empty() {
            edges.retain(|edge| !is_of(edge, &pair.pair.table, &pair.pair.key));
            edges.extend(typed);
        }
    }
    for (candidate, found) in &samples.scattered {
        let column = candidate
            .from
            .first()
            .map_or("", |from| from.column.as_str());
        let is_asked = |edge: &Inferred| {
            edge.reason.grade == Grade::Undetermined && is_of(edge, &candidate.table, column)
        };
        edges.retain(|edge| !is_asked(edge));
        edges.push(scattered(candidate, *found));
    }
    edges.retain(|edge| names.catalogue.table(&edge.target).is_some());
    edges
}

/// The edge of one column, if any of its candidates holds.
fn best(candidates: &[(&Candidate, Found)]) -> Option<Inferred> {
    let mut judged: Vec<(&Candidate, Reason)> = candidates
        .iter()
        .filter_map(|(candidate, found)| Some((*candidate, judge(candidate, *found)?)))
        .collect();
    judged.sort_by(|(left, a), (right, b)| a.grade.cmp(&b.grade).then(right.fit.cmp(&left.fit)));
    let mut judged = judged.into_iter();
    let (first, mut reason) = judged.next()?;
    if let Some((second, other)) = judged.next()
        && other.grade == reason.grade
        && first.fit.abs_diff(second.fit) <= FIT_MARGIN
    {
        reason = Reason::undetermined(format!(
            "it may name `{}` as well as `{}`",
            first.to.table, second.to.table
        ));
    }
    Some(inferred(first, None, reason))
}

fn inferred(candidate: &Candidate, when: Option<Condition>, reason: Reason) -> Inferred {
    Inferred {
        table: candidate.table.clone(),
        target: candidate.to.table.clone(),
        edge: Edge {
            from: candidate.from.clone(),
            to: Some(candidate.to.clone()),
            when,
            is_list: candidate.is_list,
        },
        reason,
        is_list: candidate.is_list,
    }
}

/// How sure one candidate is; `None` where its values say it is none.
fn judge(candidate: &Candidate, found: Found) -> Option<Reason> {
    let Found { asked, found } = found;
    let target = &candidate.to.table;
    let is_one = candidate.from.len() == 1;
    if asked == 0 {
        let likely = candidate.fit >= LIKELY_FIT && is_one;
        let inside = candidate.from.iter().any(|from| !from.path.is_empty());
        return (is_one && !inside).then(|| {
            if likely {
                Reason::weak("by name and type; there are no values to look at")
            } else {
                Reason::undetermined(format!(
                    "the name hints at `{target}`, and there are no values to look at"
                ))
            }
        });
    }
    let share = found * 100 / asked;
    let is_likely = candidate.fit >= LIKELY_FIT;
    let seen = format!("{found} of {asked} sampled values are keys of `{target}`");
    if share >= PROVEN_SHARE {
        let sure = found >= PROVEN_MIN && candidate.fit >= PROVEN_FIT;
        Some(match (is_likely, sure) {
            (true, true) => Reason::proven(seen),
            (true, false) => Reason::weak(seen),
            // Small whole numbers are keys of every table.
            (false, _) => Reason::undetermined(seen),
        })
    } else if share >= WEAK_SHARE {
        Some(if candidate.fit >= PROVEN_FIT {
            Reason::weak(format!("{seen}; the others name rows that are gone"))
        } else {
            Reason::undetermined(seen)
        })
    } else {
        // A perfect name that few values bear out deserves a question.
        (candidate.fit >= 98 && found > 0).then(|| Reason::undetermined(format!("only {seen}")))
    }
}

/// One edge for each type that a pair of columns names.
fn typed(pair: &PairSample) -> Vec<Inferred> {
    pair.types
        .iter()
        .filter_map(|typed| {
            let when = Condition {
                column: pair.pair.kind.clone(),
                value: typed.value.clone(),
            };
            let reason = judge(&typed.candidate, typed.found)?;
            Some(inferred(&typed.candidate, Some(when), reason))
        })
        .collect()
}

/// A value that is the same nowhere else and is found as a key says what it
/// names, whatever its column is called.
fn scattered(candidate: &Candidate, found: Found) -> Inferred {
    let Found { asked, found } = found;
    let target = &candidate.to.table;
    let seen = format!(
        "{found} of {asked} sampled values are keys of `{target}`, and of no table by chance"
    );
    let reason = if found >= PROVEN_MIN {
        Reason::proven(seen)
    } else {
        Reason::weak(seen)
    };
    inferred(candidate, None, reason)
}

/// Whether names and values already say what a column names.
pub(super) fn is_explained(samples: &Samples, table: &str, column: &str) -> bool {
    let is_it = |candidate: &Candidate| {
        let is_column = |from: &ColumnPath| from.path.is_empty() && from.column == column;
        candidate.table == table && candidate.from.iter().any(is_column)
    };
    let settles = |(candidate, found): &(Candidate, Found)| {
        is_it(candidate)
            && found.asked > 0
            && judge(candidate, *found).is_some_and(|reason| reason.grade != Grade::Undetermined)
    };
    let typed = samples.pairs.iter().flat_map(|pair| &pair.types);
    let mut typed = typed.map(|typed| (typed.candidate.clone(), typed.found));
    samples.edges.iter().any(settles) || typed.any(|own| settles(&own))
}

/// Whether an edge starts at this column alone.
fn is_of(edge: &Inferred, table: &str, column: &str) -> bool {
    let [only] = edge.edge.from.as_slice() else {
        return false;
    };
    edge.table == table && only.column == column && only.path.is_empty()
}

/// How sure an edge is that the database declares.
pub(super) fn declared() -> Reason {
    Reason::new(Grade::Proven, "foreign key")
}

#[cfg(test)]
mod tests {
    use candor_policy::map::Target;

    use super::*;

    fn candidate(target: &str, fit: u8) -> Candidate {
        Candidate {
            table: "posts".to_owned(),
            from: vec![ColumnPath {
                column: "user_id".to_owned(),
                path: Vec::new(),
            }],
            to: Target {
                table: target.to_owned(),
                columns: vec!["id".to_owned()],
            },
            fit,
            is_list: false,
        }
    }

    fn grade(fit: u8, asked: u64, found: u64) -> Option<Grade> {
        judge(&candidate("users", fit), Found { asked, found }).map(|reason| reason.grade)
    }

    #[test]
    fn values_confirm_weaken_or_refute_a_name() {
        assert_eq!(grade(100, 200, 200), Some(Grade::Proven));
        assert_eq!(grade(100, 3, 3), Some(Grade::Weak));
        assert_eq!(grade(100, 0, 0), Some(Grade::Weak));
        assert_eq!(grade(62, 0, 0), Some(Grade::Undetermined));
        assert_eq!(grade(100, 200, 150), Some(Grade::Weak));
        assert_eq!(grade(62, 200, 200), Some(Grade::Undetermined));
        assert_eq!(grade(62, 200, 150), Some(Grade::Undetermined));
        assert_eq!(grade(100, 200, 20), Some(Grade::Undetermined));
        assert_eq!(grade(90, 200, 20), None);
        assert_eq!(grade(100, 200, 0), None);
    }

    #[test]
    fn values_choose_between_two_tables_and_a_tie_is_a_question() {
        let all = Found {
            asked: 50,
            found: 50,
        };
        let none = Found {
            asked: 50,
            found: 0,
        };
        let (near, far) = (candidate("users", 90), candidate("app_users", 90));
        assert_eq!(
            best(&[(&near, none), (&far, all)]).unwrap().target,
            "app_users"
        );
        assert_eq!(
            best(&[(&near, all), (&far, all)]).unwrap().reason.grade,
            Grade::Undetermined
        );
        assert_eq!(best(&[(&near, none)]), None);
    }
}
