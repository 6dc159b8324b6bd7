//! Which crate may depend on which. The tables below are the drawing in
//! `docs/ARCHITECTURE.md`, as a check: a member they do not name is refused, so
//! that a new crate starts with a decision about its place.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use crate::edges::graph::{Graph, Kind};
use crate::problem::Problem;

mod graph;

/// Each member, and the members it may depend on.
const ALLOWED: &[(&str, &[&str])] = &[
    ("candor-policy", &[]),
    ("candor-seal", &[]),
    ("candor-domain", &["candor-policy", "candor-seal"]),
    (
        "candor-store",
        &["candor-domain", "candor-policy", "candor-seal"],
    ),
    (
        "candor-connect",
        &["candor-domain", "candor-policy", "candor-seal"],
    ),
    (
        "candor-server",
        &[
            "candor-store",
            "candor-connect",
            "candor-domain",
            "candor-policy",
            "candor-seal",
        ],
    ),
    (
        "candor",
        &[
            "candor-server",
            "candor-store",
            "candor-connect",
            "candor-domain",
            "candor-policy",
            "candor-seal",
            "stackyard",
        ],
    ),
    ("stackyard", &[]),
    // Development only: they may use anything, and nobody may use them.
    (
        "candor-sim",
        &[
            "candor-server",
            "candor-store",
            "candor-connect",
            "candor-domain",
            "candor-policy",
            "candor-seal",
            "stackyard",
        ],
    ),
    (
        "xtask",
        &[
            "candor-server",
            "candor-store",
            "candor-connect",
            "candor-domain",
            "candor-policy",
            "candor-seal",
            "stackyard",
        ],
    ),
];

/// What the tests of a member may use as well: the example company is both a
/// world to test in and a policy to compile.
const TESTS_MAY_USE: &[(&str, &[&str])] = &[
    ("candor-connect", &["stackyard"]),
    ("candor-server", &["stackyard"]),
    ("stackyard", &["candor-policy"]),
];

/// Clocks, disks, networks and databases, which a pure crate must not reach
/// through any dependency.
const OUTSIDE: &[&str] = &[
    "axum",
    "hyper",
    "lettre",
    "mio",
    "reqwest",
    "sqlx",
    "sqlx-core",
    "tokio",
];

/// What a member must not reach, directly or through others.
const UNREACHABLE: &[(&str, &[&str])] = &[
    ("candor-policy", OUTSIDE),
    ("candor-seal", OUTSIDE),
    ("candor-domain", OUTSIDE),
    ("candor-store", &["axum", "hyper", "lettre", "reqwest"]),
];

/// What a member must not name itself, although it reaches it: SQL is the affair
/// of `store` and `connect`.
const NOT_DIRECT: &[(&str, &[&str])] = &[("candor-server", &["sqlx"])];

/// Asks cargo for the graph and checks it.
pub(crate) fn check(root: &Path) -> Result<Vec<Problem>> {
    Ok(problems(&Graph::load(root)?))
}

fn problems(graph: &Graph) -> Vec<Problem> {
    let mut problems = Vec::new();
    for member in &graph.members {
        let Some(allowed) = row(ALLOWED, member) else {
            problems.push(problem(
                member,
                "has no place yet: give it one in `xtask/src/edges.rs` and `docs/ARCHITECTURE.md`"
                    .to_owned(),
            ));
            continue;
        };
        let for_tests = row(TESTS_MAY_USE, member).unwrap_or_default();
        for edge in graph
            .from(member)
            .filter(|edge| graph.members.contains(&edge.to))
        {
            let to = edge.to.as_str();
            let tested = edge.kind == Kind::Development && for_tests.contains(&to);
            if !allowed.contains(&to) && !tested {
                problems.push(problem(member, format!("must not depend on `{to}`")));
            }
        }
    }
    for (member, refused) in UNREACHABLE {
        let reached = graph.reached(member);
        for name in refused.iter().filter(|name| reached.contains_key(**name)) {
            problems.push(problem(
                member,
                format!("must not reach `{name}`: {}", path(&reached, name)),
            ));
        }
    }
    for (member, refused) in NOT_DIRECT {
        for edge in graph.from(member).filter(|edge| edge.kind == Kind::Normal) {
            if refused.contains(&edge.to.as_str()) {
                problems.push(problem(
                    member,
                    format!("must not depend on `{}` itself", edge.to),
                ));
            }
        }
    }
    problems
}

/// The row of a table that names `member`.
fn row<'a>(table: &[(&str, &'a [&'a str])], member: &str) -> Option<&'a [&'a str]> {
    table
        .iter()
        .find(|(name, _)| *name == member)
        .map(|(_, row)| *row)
}

fn problem(member: &str, message: String) -> Problem {
    Problem::file(member, message)
}

/// How `name` is reached, as `a -> b -> c`.
fn path(reached: &BTreeMap<&str, &str>, name: &str) -> String {
    let mut steps = vec![name];
    // Each step leads one closer to the member, which has no entry of its own.
    while let Some(from) = steps.last().and_then(|step| reached.get(step)) {
        steps.push(from);
    }
    steps.reverse();
    steps.join(" -> ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edges::graph::Edge;

    /// A graph of `from -> to` edges; `from => to` is an edge of tests.
    fn graph(members: &[&str], edges: &[&str]) -> Graph {
        let edge = |line: &&str| {
            let (kind, arrow) = if line.contains("=>") {
                (Kind::Development, "=>")
            } else {
                (Kind::Normal, "->")
            };
            let (from, to) = line.split_once(arrow).unwrap();
            Edge {
                from: from.trim().to_owned(),
                to: to.trim().to_owned(),
                kind,
            }
        };
        Graph {
            members: members.iter().map(|name| (*name).to_owned()).collect(),
            edges: edges.iter().map(edge).collect(),
        }
    }

    #[track_caller]
    fn check_graph(members: &[&str], edges: &[&str], expected: &[&str]) {
        let found: Vec<String> = problems(&graph(members, edges))
            .iter()
            .map(Problem::to_string)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_houses_edges_hold() {
        assert_eq!(check(&crate::tree::root()).unwrap(), []);
    }

    #[test]
    fn an_arrow_against_the_drawing_is_refused() {
        check_graph(
            &["candor-policy", "candor-seal", "candor-domain"],
            &[
                "candor-domain -> candor-policy",
                "candor-seal -> candor-policy",
                "candor-policy => candor-domain",
            ],
            &[
                "candor-policy: must not depend on `candor-domain`",
                "candor-seal: must not depend on `candor-policy`",
            ],
        );
    }

    #[test]
    fn only_the_binary_ships_the_example_company() {
        check_graph(
            &[
                "candor",
                "candor-connect",
                "candor-seal",
                "candor-server",
                "stackyard",
                "xtask",
            ],
            &[
                "candor -> stackyard",
                "candor-connect => stackyard",
                "candor-seal => stackyard",
                "candor-server -> stackyard",
                "candor -> xtask",
            ],
            &[
                "candor: must not depend on `xtask`",
                "candor-seal: must not depend on `stackyard`",
                "candor-server: must not depend on `stackyard`",
            ],
        );
    }

    #[test]
    fn a_member_without_a_place_is_refused() {
        check_graph(
            &["candor-extras"],
            &[],
            &[
                "candor-extras: has no place yet: give it one in `xtask/src/edges.rs` and `docs/ARCHITECTURE.md`",
            ],
        );
    }

    #[test]
    fn a_pure_crate_that_reaches_outside_is_refused_with_the_way() {
        check_graph(
            &["candor-domain", "candor-policy"],
            &[
                "candor-domain -> candor-policy",
                "candor-policy -> helper",
                "helper -> tokio",
                "candor-domain => sqlx",
            ],
            &[
                "candor-policy: must not reach `tokio`: candor-policy -> helper -> tokio",
                "candor-domain: must not reach `tokio`: candor-domain -> candor-policy -> helper -> tokio",
            ],
        );
    }

    #[test]
    fn the_server_names_no_sql() {
        check_graph(
            &["candor-server", "candor-store"],
            &[
                "candor-server -> candor-store",
                "candor-store -> sqlx",
                "candor-server -> sqlx",
            ],
            &["candor-server: must not depend on `sqlx` itself"],
        );
    }
}
