//! Holds as they stand when something is carried out: which rows of whom stay
//! as they are. A hold stops deletion and change; it gives nobody anything to
//! see. Says nothing of how rows are found.

use std::collections::BTreeMap;

use candor_policy::charter::Charter;
use candor_policy::map::Whose;

use crate::identity::Identity;

/// A hold and whom it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its name in the declaration.
    pub hold: String,
    /// Tables it keeps, per source; `None` for everything.
    pub covers: Option<BTreeMap<String, Vec<String>>>,
    /// Source, table and column of what holds a row while neither null nor
    /// false.
    pub flags: Vec<[String; 3]>,
    /// What leads to each person on whom it was set.
    pub people: Vec<Vec<Identity>>,
    /// Whose people these are.
    pub whose: Whose,
}

impl Standing {
    /// Whether it keeps rows of a table.
    #[must_use]
    pub fn covers(&self, source: &str, table: &str) -> bool {
        let Some(covers) = &self.covers else {
            return true;
        };
        let own = covers.get(source).into_iter().flatten();
        let flagged = self.flags_of(source).map(|(table, _)| table);
        own.map(String::as_str)
            .chain(flagged)
            .any(|own| own == table)
    }

    /// Table and column of its flags in a source.
    pub fn flags_of(&self, source: &str) -> impl Iterator<Item = (&str, &str)> {
        let own = self.flags.iter().filter(move |[of, ..]| of == source);
        own.map(|[_, table, column]| (table.as_str(), column.as_str()))
    }

    /// Whether it keeps more of a person than the rows that its flags hold.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        let Some(covers) = &self.covers else {
            return true;
        };
        let mut covered = covers.iter().flat_map(|(source, tables)| {
            tables
                .iter()
                .map(move |table| (source.as_str(), table.as_str()))
        });
        covered.any(|(source, table)| self.flags_of(source).all(|(own, _)| own != table))
    }

    /// What stands in a record in place of a retention rule: `hold.claims`.
    #[must_use]
    pub fn because(&self) -> String {
        format!("hold.{}", self.hold)
    }
}

/// Whom holds were set on: by the hold's name and by whose people they are, what
/// leads to each.
pub type Held = BTreeMap<(String, Whose), Vec<Vec<Identity>>>;

/// The holds of a charter that can concern anybody: set on people, or by the
/// data.
#[must_use]
pub fn standing(charter: &Charter, people: Held) -> Vec<Standing> {
    let holds = charter.holds.iter().flat_map(|(name, hold)| {
        let mut covers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for covered in &hold.covers {
            if let Some((source, table)) = covered.split_once('.') {
                covers
                    .entry(source.to_owned())
                    .or_default()
                    .push(table.to_owned());
            }
        }
        let flags: Vec<[String; 3]> = hold.flags.iter().filter_map(|flag| column(flag)).collect();
        for [source, table, _] in &flags {
            covers
                .entry(source.clone())
                .or_default()
                .push(table.clone());
        }
        let covers = (!hold.covers.is_empty()).then_some(covers);
        // What the data holds, it holds whoever it is about.
        let by_data = Standing {
            hold: name.clone(),
            covers: covers.clone(),
            flags,
            ..Standing::default()
        };
        let own = people.iter().filter(|((hold, _), _)| hold == name);
        let set = own.map(|((_, whose), people)| Standing {
            hold: name.clone(),
            covers: covers.clone(),
            flags: Vec::new(),
            people: people.clone(),
            whose: whose.clone(),
        });
        let set: Vec<Standing> = set.collect();
        std::iter::once(by_data).chain(set)
    });
    holds
        .filter(|hold| !hold.people.is_empty() || !hold.flags.is_empty())
        .collect()
}

/// Source, table and column; the table's name may have a dot in it.
fn column(written: &str) -> Option<[String; 3]> {
    let (source, rest) = written.split_once('.')?;
    let (table, column) = rest.rsplit_once('.')?;
    Some([source.to_owned(), table.to_owned(), column.to_owned()])
}

#[cfg(test)]
mod tests {
    use candor_policy::charter::Hold;

    use super::*;

    #[test]
    fn a_hold_stands_where_somebody_or_something_is_held() {
        let hold = |covers: &[&str], flags: &[&str]| Hold {
            covers: covers.iter().map(|one| (*one).to_owned()).collect(),
            flags: flags.iter().map(|one| (*one).to_owned()).collect(),
            because: "legal claims".to_owned(),
            decided_by: "counsel".to_owned(),
            review: "2027-06-30".parse().unwrap(),
        };
        let charter = Charter {
            holds: BTreeMap::from([
                ("claims".to_owned(), hold(&["app.invoices"], &[])),
                ("court".to_owned(), hold(&[], &[])),
                (
                    "dispute".to_owned(),
                    hold(&["app.lines"], &["app.shop.orders.disputed"]),
                ),
            ]),
            ..Charter::default()
        };
        let person = vec![Identity::new("email", "a@post.example")];
        let people = BTreeMap::from([(("claims".to_owned(), Whose::Own), vec![person])]);
        let standing = standing(&charter, people);
        let names: Vec<&str> = standing.iter().map(|one| one.hold.as_str()).collect();
        assert_eq!(names, ["claims", "dispute"]);
        assert!(standing[0].covers("app", "invoices"));
        assert!(!standing[0].covers("app", "lines") && !standing[0].covers("desk", "invoices"));
        // What a flag holds is covered, whether it is listed or not.
        assert!(standing[1].covers("app", "shop.orders") && standing[1].covers("app", "lines"));
        let everything = Standing::default();
        assert!(everything.covers("desk", "anything"));
    }
}
