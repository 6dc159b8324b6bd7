//! A table that doesn't say whose its rows are, read for one tenant: a row is the
//! tenant's where a row that owns it is, in a table that does say, and nobody else's
//! row owns it as well. INVARIANT: nothing
//! is counted that could be another tenant's; what can't be told apart is named
//! instead, so that nobody takes it for searched.

use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{Edge, Reach, SourceMap};

use super::{condition, key_text, literal, name};
use crate::catalogue::{Catalogue, Class, Relation, Table};

/// That row `t` of a table is owned by a row of the tenant's, and by nobody else's;
/// `None` where an edge doesn't lead straight to a table that says so.
pub(super) fn owned(catalogue: &Catalogue, map: &SourceMap, table_name: &str) -> Option<String> {
    let table = catalogue.table(table_name)?;
    let edges = &map.tables.get(table_name)?.owned_by;
    let owners = edges.iter().map(|edge| owner(catalogue, map, table, edge));
    let owners: Vec<Owner> = owners.collect::<Option<_>>()?;
    let own: Vec<&str> = owners.iter().map(|owner| owner.is_own.as_str()).collect();
    let others: Vec<&str> = owners.iter().map(|owner| owner.is_other.as_str()).collect();
    let (own, others) = (own.join(" OR "), others.join(" OR "));
    (!owners.is_empty()).then(|| format!("({own}) AND NOT ({others})"))
}

/// Tables with text in which a value is not looked for, because nothing says whose
/// their rows are.
pub(crate) fn unsearched(catalogue: &Catalogue, map: &SourceMap) -> Vec<String> {
    let tables = catalogue.tables.iter();
    let unsearched = tables.filter(|(name, table)| {
        let stays = map.tables.get(*name);
        let stays = stays.is_some_and(|table| table.on_erasure == OnErasure::Keep);
        table.relation != Relation::Outside
            && map.reach(name) == Reach::Owned
            && !stays
            && has_text(catalogue.kind, table)
            && owned(catalogue, map, name).is_none()
    });
    unsearched.map(|(name, _)| name.clone()).collect()
}

fn has_text(kind: SourceKind, table: &Table) -> bool {
    table.columns.iter().any(|column| {
        kind == SourceKind::Sqlite
            || matches!(column.class, Class::Text | Class::Json | Class::Textual)
    })
}

/// Whether the row an edge names is the tenant's, or somebody else's.
struct Owner {
    is_own: String,
    is_other: String,
}

fn owner(catalogue: &Catalogue, map: &SourceMap, table: &Table, edge: &Edge) -> Option<Owner> {
    if edge.is_list || edge.from.iter().any(|path| !path.path.is_empty()) {
        return None;
    }
    let from: Vec<&String> = edge.from.iter().map(|path| &path.column).collect();
    let (target, columns) = match &edge.to {
        Some(to) if to.columns.is_empty() => (&to.table, &catalogue.table(&to.table)?.primary_key),
        Some(to) => (&to.table, &to.columns),
        None => {
            let mut keys = table.foreign_keys.iter();
            let key = keys.find(|key| key.columns.iter().eq(from.iter().copied()))?;
            (&key.target, &key.target_columns)
        }
    };
    let Reach::Equal(is) = map.reach(target) else {
        return None;
    };
    let owner = catalogue.table(target)?;
    if from.len() != columns.len() {
        return None;
    }
    let mut parts = Vec::new();
    for (own, named) in from.iter().zip(columns) {
        // Values of two kinds are compared by nobody's index.
        if table.column(own)?.class != owner.column(named)?.class {
            return None;
        }
        parts.push(format!("o.{} = t.{}", name(named), name(own)));
    }
    let class = owner.column(&is.column).map(|column| column.class);
    let tenant = key_text(catalogue.kind, class, &format!("o.{}", name(&is.column)));
    parts.extend(
        edge.when
            .iter()
            .map(|when| condition(catalogue.kind, "t", when)),
    );
    let value = literal(&is.value);
    let exists = |whose: String| {
        let named = parts.join(" AND ");
        format!(
            "EXISTS (SELECT 1 FROM {} AS o WHERE {named} AND {whose})",
            name(target)
        )
    };
    Some(Owner {
        is_own: exists(format!("{tenant} = {value}")),
        is_other: exists(format!("({tenant} <> {value} OR {tenant} IS NULL)")),
    })
}
