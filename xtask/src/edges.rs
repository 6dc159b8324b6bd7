//! Which crate may depend on which. The tables below are the drawing in
//! `docs/ARCHITECTURE.md`, as a check: a member they do not name is refused, so
//! that a new crate starts with a decision about its place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::problem::Problem;

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
        "sim",
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

/// Members whose tests may use it as well.
const TESTS_MAY_USE: &str = "stackyard";

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
    Ok(problems(&Graph::parse(&metadata(root)?)?))
}

fn problems(graph: &Graph) -> Vec<Problem> {
    let mut problems = Vec::new();
    for member in &graph.members {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| name == member) else {
            problems.push(problem(
                member,
                "has no place yet: give it one in `xtask/src/edges.rs` and `docs/ARCHITECTURE.md`"
                    .to_owned(),
            ));
            continue;
        };
        for edge in graph
            .from(member)
            .filter(|edge| graph.members.contains(&edge.to))
        {
            let for_tests = edge.kind == Kind::Development && edge.to == TESTS_MAY_USE;
            if !allowed.contains(&edge.to.as_str()) && !for_tests {
                problems.push(problem(member, format!("must not depend on `{}`", edge.to)));
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

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// Linked into what we ship, or run to build it.
    Normal,
    /// Used by tests and benchmarks.
    Development,
}

#[derive(Debug)]
struct Edge {
    from: String,
    to: String,
    kind: Kind,
}

/// The packages by name. Two versions of one package are one node, which can
/// only add paths, never hide one.
#[derive(Debug)]
struct Graph {
    members: BTreeSet<String>,
    edges: Vec<Edge>,
}

impl Graph {
    fn parse(metadata: &Value) -> Result<Self> {
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        for package in list(metadata, "packages")? {
            names.insert(text(package, "id")?, text(package, "name")?);
        }
        let name = |id: &str| {
            names
                .get(id)
                .map(|name| (*name).to_owned())
                .with_context(|| format!("unknown package `{id}`"))
        };
        let mut members = BTreeSet::new();
        for id in list(metadata, "workspace_members")? {
            members.insert(name(id.as_str().context("a member is no text")?)?);
        }
        let mut edges = Vec::new();
        for node in list(metadata.get("resolve").context("no `resolve`")?, "nodes")? {
            for dependency in list(node, "deps")? {
                for kind in list(dependency, "dep_kinds")? {
                    let kind = match kind.get("kind").and_then(Value::as_str) {
                        Some("dev") => Kind::Development,
                        _ => Kind::Normal,
                    };
                    edges.push(Edge {
                        from: name(text(node, "id")?)?,
                        to: name(text(dependency, "pkg")?)?,
                        kind,
                    });
                }
            }
        }
        ensure!(
            !members.is_empty() && !edges.is_empty(),
            "cargo named no members or no edges"
        );
        Ok(Self { members, edges })
    }

    fn from<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Edge> {
        self.edges.iter().filter(move |edge| edge.from == name)
    }

    /// Everything `member` reaches in what we ship, each with who led there.
    fn reached<'a>(&'a self, member: &'a str) -> BTreeMap<&'a str, &'a str> {
        let mut reached = BTreeMap::new();
        let mut waiting = vec![member];
        while let Some(name) = waiting.pop() {
            for edge in self.from(name).filter(|edge| edge.kind == Kind::Normal) {
                if edge.to != member && !reached.contains_key(edge.to.as_str()) {
                    reached.insert(edge.to.as_str(), name);
                    waiting.push(&edge.to);
                }
            }
        }
        reached
    }
}

fn metadata(root: &Path) -> Result<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform",
            &host()?,
        ])
        .current_dir(root)
        .output()
        .context("`cargo metadata` did not start")?;
    ensure!(
        output.status.success(),
        "`cargo metadata` failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    serde_json::from_slice(&output.stdout).context("`cargo metadata` printed no JSON")
}

/// This machine's target, so that packages for other systems need no download.
fn host() -> Result<String> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("`rustc -vV` did not start")?;
    let text = String::from_utf8(output.stdout)?;
    let host = text
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("`rustc -vV` names no host")?;
    Ok(host.to_owned())
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value
        .get(key)
        .and_then(Value::as_array)
        .with_context(|| format!("no list `{key}`"))
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value
        .get(key)
        .and_then(Value::as_str)
        .with_context(|| format!("no text `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
                "candor-server",
                "stackyard",
                "xtask",
            ],
            &[
                "candor -> stackyard",
                "candor-connect => stackyard",
                "candor-server -> stackyard",
                "candor -> xtask",
            ],
            &[
                "candor: must not depend on `xtask`",
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
