//! Where rows lead: which edges make a row somebody's, and which only refer.
//! Pure. A table that people point at owns nobody's rows through them: erasing
//! the founder of a company must not erase its staff.

use std::collections::{BTreeMap, BTreeSet};

use candor_policy::map::{ColumnPath, Condition, Edge, ReferenceAction, TableMap, Target};

use super::assemble::{Evidence, action};
use super::candidates::is_own;
use super::judge::{self, Inferred};
use super::names::{self, Reference};
use super::roots::{self, Root};
use super::{Grade, Reason, history};
use crate::catalogue::{KeyAction, Table};

/// An edge of a table, declared or inferred.
#[derive(Clone, Debug)]
pub(super) struct Lead<'a> {
    pub(super) from: Vec<ColumnPath>,
    pub(super) target: &'a str,
    pub(super) to: Vec<String>,
    pub(super) when: Option<Condition>,
    /// What the database does when the named row goes, where it declares the
    /// edge.
    pub(super) declared: Option<KeyAction>,
    /// Whether some of the columns may be null.
    pub(super) nullable: bool,
    /// Whether the column is a list whose elements each name a row.
    pub(super) is_list: bool,
    pub(super) reason: Reason,
    named: Option<Reference>,
}

impl Lead<'_> {
    /// As a map writes it: the database knows where its own keys lead.
    pub(super) fn written(&self) -> Edge {
        let to = Target {
            table: self.target.to_owned(),
            columns: self.to.clone(),
        };
        Edge {
            from: self.from.clone(),
            to: self.declared.is_none().then_some(to),
            when: self.when.clone(),
            is_list: self.is_list,
        }
    }

    /// Whether the table it names already goes with the last row that has it.
    pub(super) fn is_counted(&self, own: &str, target: &TableMap) -> bool {
        let mut incoming = target.last_of.iter();
        incoming.any(|incoming| {
            incoming.table == own
                && incoming.is_list == self.is_list
                && incoming.columns.join(", ") == self.columns()
        })
    }

    fn columns(&self) -> String {
        let columns: Vec<&str> = self.from.iter().map(|path| path.column.as_str()).collect();
        columns.join(", ")
    }

    /// Whether the person or thing it names only deals with the row.
    pub(super) fn is_aside(&self) -> bool {
        self.declared == Some(KeyAction::SetNull)
            || self.named.as_ref().is_some_and(|named| {
                (named.is_handler() || named.is_pick()) && self.declared != Some(KeyAction::Cascade)
            })
    }

    /// Whether it always says who dealt with the row, and nothing enforces it.
    fn is_persons_act(&self) -> bool {
        let is_handler = self.named.as_ref().is_some_and(Reference::is_handler);
        is_handler && !self.nullable && self.declared.is_none()
    }

    /// Whether a row cannot be without what it names, or the database deletes
    /// it along.
    fn is_strong(&self) -> bool {
        self.declared == Some(KeyAction::Cascade)
            || !self.nullable
            || self.when.is_some()
            || self.from.iter().any(|from| !from.path.is_empty())
    }
}

/// What an edge is to its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Owns(Reason),
    Refers(ReferenceAction, Reason),
    Asks(String),
    /// Nothing that a map has to say.
    Nothing,
}

/// Every edge, and the tables that lead to a person.
pub(super) struct Leads<'a> {
    evidence: &'a Evidence<'a>,
    by_table: BTreeMap<&'a str, Vec<Lead<'a>>>,
    /// Columns by which other tables name rows, with one of those and how sure
    /// it is.
    incoming: BTreeMap<(&'a str, &'a str), (&'a str, Grade)>,
    roots: BTreeMap<&'a str, Root>,
    /// Tables that people point at.
    holders: BTreeSet<&'a str>,
    reached: BTreeSet<&'a str>,
    /// The edge through which a table was first reached.
    via: BTreeMap<&'a str, usize>,
}

impl<'a> Leads<'a> {
    pub(super) fn new(evidence: &'a Evidence<'a>, roots: &BTreeMap<&'a str, Root>) -> Self {
        let mut by_table: BTreeMap<&str, Vec<Lead<'_>>> = BTreeMap::new();
        for (name, table) in evidence
            .catalogue
            .tables
            .iter()
            .filter(|(_, own)| is_own(own))
        {
            by_table.insert(name, declared(evidence, table));
        }
        for inferred in evidence.edges {
            if let Some((table, lead)) = inferred_lead(evidence, inferred)
                && let Some(own) = by_table.get_mut(table)
            {
                own.push(lead);
            }
        }
        let incoming = incoming(evidence, &by_table);
        let mut leads = Self {
            evidence,
            by_table,
            incoming,
            roots: roots.clone(),
            holders: BTreeSet::new(),
            reached: BTreeSet::new(),
            via: BTreeMap::new(),
        };
        leads.hold();
        leads.reach();
        leads
    }

    /// The edges of a table.
    pub(super) fn of(&self, table: &str) -> &[Lead<'a>] {
        self.by_table.get(table).map_or(&[], Vec::as_slice)
    }

    /// Whether its rows lead to a person.
    pub(super) fn is_reached(&self, table: &str) -> bool {
        self.reached.contains(table)
    }

    /// Whether somebody has yet to say whether its rows lead to a person.
    pub(super) fn is_asked(&self, table: &str) -> bool {
        let mut own = self.of(table).iter();
        own.any(|lead| matches!(self.role(table, lead), Role::Asks(_)))
            || !self.pairs(table).is_empty()
    }

    /// Why a column is a key, if it is one.
    pub(super) fn key(&self, name: &str, column: &str) -> Option<Reason> {
        let table = self.evidence.catalogue.table(name)?;
        let uses = |paths: &[ColumnPath]| {
            paths
                .iter()
                .any(|path| path.path.is_empty() && path.column == column)
        };
        if table.primary_key.iter().any(|own| own == column) {
            return Some(Reason::proven("primary key"));
        }
        let is_settled = |lead: &&Lead<'_>| lead.reason.grade != Grade::Undetermined;
        let mut own = self.of(name).iter();
        if let Some(named) = own.find(|lead| uses(&lead.from)) {
            let why = format!("names `{}`", named.target);
            return is_settled(&named).then(|| Reason::new(named.reason.grade, why));
        }
        let incoming = self.incoming.get(&(name, column))?;
        let why = format!("`{}` names rows by it", incoming.0);
        Some(Reason::new(incoming.1, why))
    }

    /// Whether a column only says which table another one names.
    pub(super) fn is_kind(&self, name: &str, column: &str) -> bool {
        let mut own = self.of(name).iter();
        own.any(|lead| {
            let when = lead.when.as_ref().is_some_and(|when| when.column == column);
            when && lead.reason.grade != Grade::Undetermined
        })
    }

    /// What an edge of this table is.
    pub(super) fn role(&self, table: &str, lead: &Lead<'a>) -> Role {
        if lead.reason.grade == Grade::Undetermined {
            let asks = self.is_reached(lead.target);
            let columns = lead.columns();
            let question = format!(
                "does `{columns}` name `{}`? {}",
                lead.target, lead.reason.why
            );
            return if asks {
                Role::Asks(question)
            } else {
                Role::Nothing
            };
        }
        // A former row is what somebody did who is called its updater.
        let is_former = history::base(self.evidence.catalogue, table).is_some();
        if is_former && lead.is_persons_act() && self.roots.contains_key(lead.target) {
            return Role::Asks(format!(
                "does a row go with who is in `{}` (`owned_by`), or stay without them (`references`)?",
                lead.columns()
            ));
        }
        if self.owns(table, lead) {
            let declared = lead.declared == Some(KeyAction::Cascade);
            let why = match (declared, lead.nullable) {
                (true, _) => format!("{}; the database deletes along", lead.reason.why),
                (false, false) => format!("{}; never without it", lead.reason.why),
                (false, true) => lead.reason.why.clone(),
            };
            return Role::Owns(Reason::new(lead.reason.grade, why));
        }
        // Of edges that nothing enforces, only those to people's rows matter.
        if lead.declared.is_none() && !self.is_reached(lead.target) {
            return Role::Nothing;
        }
        let Some(action) = self.action(lead) else {
            return Role::Asks(format!(
                "`{}` must name a row of `{}`, whose rows go with people: `owned_by`, or may it become null?",
                lead.columns(),
                lead.target
            ));
        };
        Role::Refers(action, lead.reason.clone())
    }

    /// People's columns that point at a table that leads to nobody itself.
    pub(super) fn people_pointing_at(&self, table: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (name, root) in &self.roots {
            for lead in self.of(name).iter().filter(|lead| lead.target == table) {
                if !root.is_event && lead.when.is_none() && lead.from.len() == 1 {
                    found.push(format!("{name}.{}", lead.columns()));
                }
            }
        }
        found
    }

    /// Questions about pairs of a type and a key.
    pub(super) fn pairs(&self, table: &str) -> Vec<String> {
        let pairs = self.evidence.samples.pairs.iter();
        let own = pairs.filter(|sample| sample.pair.table == table);
        own.filter_map(|sample| {
            let (kind, key) = (&sample.pair.kind, &sample.pair.key);
            // One that names the same table whatever the type is no pair.
            let is_settled = |lead: &&Lead<'_>| {
                let from = lead.from.iter().any(|from| from.column == *key);
                from && lead.when.is_none() && lead.reason.grade != Grade::Undetermined
            };
            let is_adrift = sample.types.is_empty() && self.evidence.samples.is_adrift(table, key);
            if is_adrift || self.of(table).iter().any(|lead| is_settled(&lead)) {
                return None;
            }
            if sample.unknown > 0 {
                let unknown = sample.unknown;
                return Some(format!(
                    "`{kind}` has {unknown} values that are no table's name: what does `{key}` name then?"
                ));
            }
            sample.types.is_empty().then(|| {
                format!("`{kind}` says what `{key}` names, and there are no rows to look at: one edge with `when` for each type")
            })
        })
        .collect()
    }

    /// What becomes of a reference; `None` where somebody has to say.
    fn action(&self, lead: &Lead<'_>) -> Option<ReferenceAction> {
        // A row that never goes leaves nothing to decide.
        if !self.is_reached(lead.target) && !lead.nullable {
            return Some(ReferenceAction::Keep);
        }
        action(lead)
    }

    fn owns(&self, table: &str, lead: &Lead<'a>) -> bool {
        let Some(own) = self.by_table.get(table) else {
            return false;
        };
        if !self.may_own(table, lead) || !self.is_reached(lead.target) {
            return false;
        }
        let is_via = self
            .via
            .get(table)
            .and_then(|place| own.get(*place))
            .is_some_and(|via| std::ptr::eq(via, lead));
        let strong = own
            .iter()
            .any(|own| self.may_own(table, own) && self.is_reached(own.target) && own.is_strong());
        is_via || lead.is_strong() || !strong
    }

    fn may_own(&self, table: &str, lead: &Lead<'a>) -> bool {
        lead.reason.grade != Grade::Undetermined
            && lead.target != table
            && !lead.is_aside()
            && !lead.is_list
            && !self.holders.contains(table)
            && self.roots.get(table).is_none_or(|root| root.is_event)
    }

    /// Tables that people point at, unless they are people themselves.
    fn hold(&mut self) {
        for (name, root) in &self.roots {
            for lead in self.by_table.get(name).into_iter().flatten() {
                let is_people = self.roots.contains_key(lead.target);
                let weak = lead.reason.grade == Grade::Undetermined;
                if !root.is_event && !is_people && !weak && !lead.named_pick() {
                    self.holders.insert(lead.target);
                }
            }
        }
    }

    /// Follows edges from the people; then adds tables found by an address
    /// alone, and follows on from those.
    fn reach(&mut self) {
        self.reached = self.roots.keys().copied().collect();
        self.reached.extend(self.known());
        self.follow();
        // What other rows hang on is more than somebody's entry in a list.
        let named: BTreeSet<&str> = self
            .by_table
            .values()
            .flatten()
            .map(|lead| lead.target)
            .collect();
        let is_other = |table: &str| self.reached.contains(table) || named.contains(table);
        let found = roots::by_address(self.evidence, is_other);
        for (name, root) in found {
            self.reached.insert(name);
            self.roots.insert(name, root);
        }
        self.follow();
    }

    /// Tables that the map already makes somebody's.
    fn known(&self) -> Vec<&'a str> {
        let tables = self.evidence.known.tables.iter();
        tables
            .filter(|(_, table)| {
                table.about.is_some() || !table.owned_by.is_empty() || !table.last_of.is_empty()
            })
            .filter_map(|(name, _)| self.evidence.catalogue.tables.get_key_value(name))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    fn follow(&mut self) {
        // Each round reaches another table or is the last.
        for _ in 0..self.by_table.len() {
            let mut next = Vec::new();
            for (name, leads) in &self.by_table {
                let settled = self.reached.contains(name)
                    || self.evidence.known.ignored.iter().any(|own| own == name);
                if settled {
                    continue;
                }
                let via = leads.iter().position(|lead| {
                    self.may_own(name, lead) && self.reached.contains(lead.target)
                });
                if let Some(via) = via {
                    next.push((*name, via));
                }
            }
            if next.is_empty() {
                break;
            }
            for (name, via) in next {
                self.reached.insert(name);
                self.via.insert(name, via);
            }
        }
    }

    /// The people a table is found by, where it was an address alone.
    pub(super) fn root(&self, table: &str) -> Option<&Root> {
        self.roots.get(table)
    }
}

impl Lead<'_> {
    fn named_pick(&self) -> bool {
        self.named.as_ref().is_some_and(Reference::is_pick)
    }
}

fn declared<'a>(evidence: &Evidence<'a>, table: &Table) -> Vec<Lead<'a>> {
    let mut leads = Vec::new();
    for key in &table.foreign_keys {
        let Some((target, _)) = evidence.catalogue.tables.get_key_value(&key.target) else {
            continue;
        };
        let nullable = key
            .columns
            .iter()
            .any(|column| table.column(column).is_some_and(|column| column.nullable));
        let from = key.columns.iter().map(|column| ColumnPath {
            column: column.clone(),
            path: Vec::new(),
        });
        leads.push(Lead {
            from: from.collect(),
            target,
            to: key.target_columns.clone(),
            when: None,
            declared: Some(key.on_delete),
            nullable,
            is_list: false,
            reason: judge::declared(),
            named: single(&key.columns),
        });
    }
    leads
}

/// Columns that edges lead to, with the surest of them.
fn incoming<'a>(
    evidence: &Evidence<'a>,
    by_table: &BTreeMap<&'a str, Vec<Lead<'a>>>,
) -> BTreeMap<(&'a str, &'a str), (&'a str, Grade)> {
    let mut incoming: BTreeMap<(&str, &str), (&str, Grade)> = BTreeMap::new();
    for (name, leads) in by_table {
        for lead in leads
            .iter()
            .filter(|own| own.reason.grade != Grade::Undetermined)
        {
            let named = evidence.catalogue.table(lead.target);
            for column in named.into_iter().flat_map(|table| &table.columns) {
                if lead.to.contains(&column.name) {
                    let place = (lead.target, column.name.as_str());
                    let known = incoming.entry(place).or_insert((name, lead.reason.grade));
                    known.1 = known.1.min(lead.reason.grade);
                }
            }
        }
    }
    incoming
}

fn single(columns: &[String]) -> Option<Reference> {
    match columns {
        [only] => names::reference(only),
        _ => None,
    }
}

fn inferred_lead<'a>(evidence: &Evidence<'a>, inferred: &Inferred) -> Option<(&'a str, Lead<'a>)> {
    let tables = &evidence.catalogue.tables;
    let (name, table) = tables.get_key_value(&inferred.table)?;
    let (target, _) = tables.get_key_value(&inferred.target)?;
    let from = &inferred.edge.from;
    let nullable = from.iter().any(|path| {
        !path.path.is_empty() || table.column(&path.column).is_some_and(|own| own.nullable)
    });
    let columns: Vec<String> = from
        .iter()
        .map(|path| path.path.last().unwrap_or(&path.column).clone())
        .collect();
    let lead = Lead {
        from: from.clone(),
        target,
        to: inferred.edge.to.as_ref()?.columns.clone(),
        when: inferred.edge.when.clone(),
        declared: None,
        nullable: nullable || inferred.is_list,
        is_list: inferred.is_list,
        reason: inferred.reason.clone(),
        named: single(&columns),
    };
    Some((name, lead))
}
