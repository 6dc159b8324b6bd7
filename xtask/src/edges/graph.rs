//! The dependency graph, as `cargo metadata` tells it for this machine: who
//! depends on whom, and whether for what we ship or only for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Linked into what we ship, or run to build it.
    Normal,
    /// Used by tests and benchmarks.
    Development,
}

#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) kind: Kind,
}

/// The packages by name. Two versions of one package are one node, which can
/// only add paths, never hide one.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) members: BTreeSet<String>,
    pub(super) edges: Vec<Edge>,
}

impl Graph {
    /// Asks cargo for the graph of the workspace at `root`.
    pub(super) fn load(root: &Path) -> Result<Self> {
        Self::parse(&metadata(root)?)
    }

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

    /// What `name` depends on itself.
    pub(super) fn from<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Edge> {
        self.edges.iter().filter(move |edge| edge.from == name)
    }

    /// Everything `member` reaches in what we ship, each with who led there.
    pub(super) fn reached<'a>(&'a self, member: &'a str) -> BTreeMap<&'a str, &'a str> {
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
