//! What the indexes of a table should begin with so that nobody's rows, and
//! nothing whose time is over, is found by reading all of it; and whether they
//! do. Knows the plan alone; what is there is told.

use candor_domain::identity::EMAIL;
use candor_policy::charter::SourceKind;
use candor_policy::map::ColumnPath;

use crate::catalogue::Class;
use crate::plan::{Link, Plan, PlannedTable, Root};
use crate::sql::elements::is_of_type;
use crate::sql::{is_compared_as_it_is, name, text, value};

/// Something by which rows of a table are looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The column.
    pub(crate) column: String,
    /// What an index should begin with; `None` where none can serve.
    pub(crate) first: Option<String>,
    /// What it may begin with instead: other columns of the same edge.
    others: Vec<String>,
    /// Whether it is looked up among the elements of a list.
    is_list: bool,
}

impl Wanted {
    /// Whether an index begins with it: names may be quoted or not, and casts
    /// stand between in expressions.
    pub(crate) fn is_known(&self, known: &[String]) -> bool {
        let mut firsts = self.first.iter().chain(&self.others);
        firsts.any(|first| known.iter().any(|known| begins_with(known, first)))
    }

    /// What to do so that it is known.
    pub(crate) fn advice(&self, kind: SourceKind, table: &str) -> String {
        match &self.first {
            Some(first) if self.is_list => format!(
                "CREATE INDEX CONCURRENTLY ON {} USING gin ({first})",
                name(table)
            ),
            None if self.is_list => format!(
                "no index can serve the list `{}`; give each element a row in a table of its own, and name it in the map",
                self.column
            ),
            Some(first) => create(kind, table, first),
            None => format!(
                "no index can serve `{}` as it is compared; give the table a column with the same value, of a type and collation that compare as they are, and an index, and name it in the map",
                self.column
            ),
        }
    }
}

/// What the indexes of a table should begin with: its anchors, the columns by
/// which people are found, and those by which its rows are found from others.
pub(crate) fn wanted(plan: &Plan, table: &str) -> Vec<Wanted> {
    let Some(place) = plan.tables.iter().position(|own| own.name == table) else {
        return Vec::new();
    };
    let mut wanted = Vec::new();
    let anchors = plan.seeds.iter().filter(|seed| seed.table == place);
    wanted.extend(anchors.map(|seed| plain(&seed.anchor)));
    if let Some(own) = plan.tables.get(place) {
        wanted.extend(own.roots.iter().map(|root| of_root(plan.kind, own, root)));
    }
    let is_reached = |place: usize| plan.tables.get(place).is_some_and(|own| own.reached);
    let links = plan.tables.iter().flat_map(|own| {
        let cuts = own.cuts.iter().map(|cut| &cut.link);
        own.owners.iter().chain(&own.counted).chain(cuts)
    });
    for link in links.filter(|link| link.table == place && is_reached(link.target)) {
        wanted.extend(of_link(plan, link));
    }
    // The last row that names one leads to it.
    let counted = plan.tables.iter().flat_map(|own| &own.counted);
    for link in counted.filter(|link| link.target == place && is_reached(link.table)) {
        wanted.extend(link.to.first().map(|column| plain(column)));
    }
    let mut seen: Vec<Wanted> = Vec::new();
    for one in wanted {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen
}

fn plain(column: &str) -> Wanted {
    Wanted {
        column: column.to_owned(),
        first: Some(name(column)),
        others: Vec::new(),
        is_list: false,
    }
}

/// As [`crate::sql::work::root_join`] compares.
fn of_root(kind: SourceKind, table: &PlannedTable, root: &Root) -> Wanted {
    let own = table.column(&root.column);
    let class = own.map(|column| column.class);
    let collation = own.and_then(|column| column.collation.as_deref());
    let is_email = root.kind == EMAIL;
    let column = name(&root.column);
    let first = match (kind, class) {
        (SourceKind::Mysql, _) if is_email => collation
            .is_some_and(|own| own.contains("_ci"))
            .then_some(column),
        (SourceKind::Mysql, Some(Class::Text | Class::Integer | Class::Uuid | Class::Bytes)) => {
            Some(column)
        }
        (SourceKind::Mysql, _) => None,
        (_, _) if is_email => Some(format!("lower({column})")),
        (SourceKind::Postgres, Some(Class::Integer | Class::Uuid | Class::Text))
        | (SourceKind::Sqlite, Some(Class::Integer | Class::Text)) => Some(column),
        (_, _) => Some(text(kind, &column)),
    };
    Wanted {
        column: root.column.clone(),
        first,
        // Whoever is looked for is looked for among one tenant's.
        others: table.tenant.iter().map(|column| name(column)).collect(),
        is_list: false,
    }
}

/// As [`crate::sql::link_matches`] compares the columns.
fn of_link(plan: &Plan, link: &Link) -> Option<Wanted> {
    let own = plan.tables.get(link.table)?;
    let target = plan.tables.get(link.target)?;
    if link.is_list {
        let path = link.from.first()?;
        let (column, key) = (own.column(&path.column), target.column(link.to.first()?));
        return Some(Wanted {
            column: path.column.clone(),
            first: is_of_type(column, key).then(|| name(&path.column)),
            others: Vec::new(),
            is_list: true,
        });
    }
    let pairs = link.from.iter().zip(&link.to);
    let mut compared = pairs.map(|pair| compared(plan.kind, (own, pair.0), (target, pair.1)));
    Some(Wanted {
        column: link.from.first()?.column.clone(),
        first: compared.next()?,
        others: compared.flatten().collect(),
        is_list: false,
    })
}

fn compared(
    kind: SourceKind,
    (own, path): (&PlannedTable, &ColumnPath),
    (target, to): (&PlannedTable, &String),
) -> Option<String> {
    let left = value(kind, own, "t", path).replace("t.\"", "\"");
    if !path.path.is_empty() {
        return (kind != SourceKind::Mysql).then_some(left);
    }
    let (column, other) = (own.column(&path.column)?, target.column(to)?);
    match kind {
        _ if is_compared_as_it_is(kind, column, Some(other)) => Some(left),
        SourceKind::Mysql => None,
        _ => Some(format!("({})", text(kind, &left))),
    }
}

/// The statement that makes an index.
fn create(kind: SourceKind, table: &str, on: &str) -> String {
    let own = name(table);
    match kind {
        SourceKind::Postgres => format!("CREATE INDEX CONCURRENTLY ON {own} ({on})"),
        SourceKind::Mysql | SourceKind::Sqlite => {
            let called: String = on
                .chars()
                .filter(|own| own.is_alphanumeric() || *own == '_')
                .collect();
            let called = name(&format!("{table}_{called}"));
            let index = format!("CREATE INDEX {called} ON {own} ({on})");
            match kind {
                // As MariaDB reads names unless it is told otherwise.
                SourceKind::Mysql => index.replace('"', "`"),
                _ => index,
            }
        }
    }
}

/// The first of several things that stand between commas.
pub(super) fn first_part(list: &str) -> String {
    let mut depth = 0;
    list.chars()
        .take_while(|own| {
            match own {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            *own != ',' || depth > 0
        })
        .collect()
}

fn begins_with(known: &str, wanted: &str) -> bool {
    let (mut known, wanted) = (words(known), words(wanted));
    let is_cast = wanted.iter().any(|word| word == "text");
    known.retain(|word| is_cast || word != "text");
    known == wanted
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|own: char| !(own.is_alphanumeric() || own == '_'));
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_serves_only_what_it_begins_with() {
        assert!(begins_with("email", "\"email\""));
        assert!(!begins_with("lower(email)", "\"email\""));
        assert!(begins_with("lower((email)::text)", "lower(\"email\")"));
        assert!(!begins_with("email", "lower(\"email\")"));
        assert!(begins_with("(owner::text)", "((\"owner\")::text)"));
        assert!(!begins_with("owner", "((\"owner\")::text)"));
        assert!(begins_with(
            "(data ->> 'user'::text)",
            "(\"data\" ->> 'user')"
        ));
        assert!(!begins_with("data", "(\"data\" ->> 'user')"));
    }

    #[test]
    fn the_first_of_a_list_ends_at_its_own_comma() {
        assert_eq!(first_part("lower(email), at"), "lower(email)");
        assert_eq!(first_part("substr(a, 1), b"), "substr(a, 1)");
        assert_eq!(first_part("email"), "email");
    }
}
