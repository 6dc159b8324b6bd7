//! What changed between two versions of a policy: per promise whether it got
//! stronger or weaker, for whom, and whether they must be told or asked again.
//! Pure. The order of each family is defined in `families`, from which
//! `docs/reference/ratchet.md` is made; it errs towards "incomparable", which a
//! person has to look at.

mod direction;
mod families;
mod fields;
mod order;
mod people;
mod period;
mod presence;
mod ratchet;
mod reference;
mod terms;
mod wording;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::charter::{Charter, CharterId, CookieClass};
use crate::promise::{Family, Promise, PromiseId};
use terms::Facts;

pub use direction::Direction;
pub use fields::FieldChange;
pub use people::AskAgain;
pub use ratchet::{Acknowledgement, Refusal, ratchet};
pub use reference::reference;
pub use wording::{TextChange, Wording};

/// Everything that differs between two charters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The earlier charter.
    pub before: CharterId,
    /// The later charter.
    pub after: CharterId,
    /// One per promise of either, also those that are equal: in the order of
    /// the later charter, then those that are gone.
    pub changes: Vec<Change>,
    /// Purposes on consent that became wider; only for these is anybody asked.
    pub ask_again: Vec<AskAgain>,
    /// What changed in the texts as a whole.
    pub texts: Vec<TextChange>,
    /// Sources whose map or address changed: no promise, but what the engine
    /// works by.
    pub sources: Vec<String>,
}

/// One promise, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The promise.
    pub promise: PromiseId,
    /// Its family.
    pub family: Family,
    /// Its name within the family.
    pub name: String,
    /// Whether it is in both charters.
    pub presence: Presence,
    /// How the later version stands to the earlier one.
    pub direction: Direction,
    /// Why, in words, one per reason.
    pub reasons: Vec<String>,
    /// What the promise says in the later charter, or last said.
    pub summary: String,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
    /// Phrases whose sentence reads differently.
    pub wording: Vec<Wording>,
    /// Whether people must be told.
    pub material: bool,
    /// Kinds of people it concerns.
    pub people: Vec<String>,
}

/// Whether a promise is in both charters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// In the later one only.
    New,
    /// In the earlier one only.
    Gone,
    /// In both.
    Both,
}

impl Change {
    /// Whether anything about it protects less, even where something else
    /// protects more.
    #[must_use]
    pub fn weakens(&self) -> bool {
        self.direction == Direction::Weaker
            || self
                .fields
                .iter()
                .any(|field| field.direction == Direction::Weaker)
    }

    /// Whether a person must have looked at it before it is published: it
    /// weakens, or no rule can tell.
    #[must_use]
    pub fn needs_acknowledgement(&self) -> bool {
        self.weakens() || self.direction == Direction::Incomparable
    }

    /// Whether the promise or its words differ at all.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.presence != Presence::Both
            || self.direction != Direction::Equal
            || !self.fields.is_empty()
            || !self.wording.is_empty()
    }
}

impl Diff {
    /// Whether somebody must be told.
    #[must_use]
    pub fn is_material(&self) -> bool {
        self.changes.iter().any(|change| change.material) || !self.ask_again.is_empty()
    }

    /// Kinds of people who must be told.
    #[must_use]
    pub fn tell(&self) -> BTreeSet<&str> {
        self.changes
            .iter()
            .filter(|change| change.material)
            .flat_map(|change| &change.people)
            .chain(self.ask_again.iter().flat_map(|ask| &ask.people))
            .map(String::as_str)
            .collect()
    }

    /// The changes of a direction, those that differ at all.
    pub fn of(&self, direction: Direction) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.direction == direction && change.differs())
    }

    /// Promises that are the same in both, to the word.
    #[must_use]
    pub fn unchanged(&self) -> usize {
        let same = self.changes.iter().filter(|change| !change.differs());
        same.count()
    }
}

/// Compares two charters.
///
/// ```
/// # use candor_policy::charter::Charter;
/// use candor_policy::diff::{Direction, diff};
///
/// # fn compare(before: &Charter, after: &Charter) {
/// let found = diff(before, after);
/// for change in found.of(Direction::Weaker) {
///     println!("{}: {}", change.promise, change.reasons.join("; "));
/// }
/// # }
/// ```
#[must_use]
pub fn diff(before: &Charter, after: &Charter) -> Diff {
    let (earlier, later) = (Facts::new(before), Facts::new(after));
    let kept = after
        .promises
        .iter()
        .map(|promise| match before.promise(&promise.id) {
            Some(was) => changed(&earlier, &later, was, promise),
            None => appeared(&earlier, &later, promise),
        });
    let gone = before
        .promises
        .iter()
        .filter(|promise| after.promise(&promise.id).is_none())
        .map(|promise| disappeared(&earlier, &later, promise));
    let changes: Vec<Change> = kept.chain(gone).collect();
    Diff {
        before: before.id.clone(),
        after: after.id.clone(),
        ask_again: people::ask_again(before, after, &changes),
        texts: wording::texts(before, after),
        sources: sources(before, after),
        changes,
    }
}

fn changed(earlier: &Facts<'_>, later: &Facts<'_>, was: &Promise, is: &Promise) -> Change {
    let (fields, unlike) = match (earlier.terms(was), later.terms(is)) {
        (Some((one, before)), Some((other, after))) if std::ptr::eq(one, other) => {
            (fields::changes(one, &before, &after), None)
        }
        (None, None) => (Vec::new(), None),
        _ => (Vec::new(), Some("it promises another kind of thing now")),
    };
    let start = unlike.map_or(Direction::Equal, |_| Direction::Incomparable);
    let direction = fields
        .iter()
        .fold(start, |all, field| all.and(field.direction));
    let reasons = fields.iter().map(|field| field.reason.clone());
    let reasons = reasons.chain(unlike.map(str::to_owned)).collect();
    let mut people = people::concerned(later.charter, is);
    people.extend(people::concerned(earlier.charter, was));
    finish(Change {
        direction,
        reasons,
        fields,
        wording: wording::phrases(was, is),
        people: people.into_iter().collect(),
        ..blank(is, Presence::Both)
    })
}

fn appeared(earlier: &Facts<'_>, later: &Facts<'_>, promise: &Promise) -> Change {
    let appearance = presence::appears(later, earlier, promise);
    let minor = is_minor_cookie(later.charter, promise);
    let people = people::concerned(later.charter, promise);
    let change = finish(Change {
        direction: appearance.direction,
        reasons: vec![appearance.new.to_owned()],
        people: people.into_iter().collect(),
        ..blank(promise, Presence::New)
    });
    Change {
        material: change.material && !minor,
        ..change
    }
}

fn disappeared(earlier: &Facts<'_>, later: &Facts<'_>, promise: &Promise) -> Change {
    let appearance = presence::appears(earlier, later, promise);
    let people = people::concerned(earlier.charter, promise);
    finish(Change {
        direction: appearance.direction.reversed(),
        reasons: vec![appearance.gone.to_owned()],
        people: people.into_iter().collect(),
        ..blank(promise, Presence::Gone)
    })
}

/// Whatever protects less, or may, is told to those it concerns.
fn finish(change: Change) -> Change {
    Change {
        material: change.needs_acknowledgement(),
        ..change
    }
}

fn blank(promise: &Promise, presence: Presence) -> Change {
    Change {
        promise: promise.id.clone(),
        family: promise.family,
        name: promise.name.clone(),
        presence,
        direction: Direction::Equal,
        reasons: Vec::new(),
        summary: promise.summary.clone(),
        fields: Vec::new(),
        wording: Vec::new(),
        material: false,
        people: Vec::new(),
    }
}

/// A cookie without which what the person asked for does not work: the law
/// asks for no consent, and nobody needs a mail about it.
fn is_minor_cookie(charter: &Charter, promise: &Promise) -> bool {
    let class = charter
        .cookies
        .get(&promise.name)
        .map(|cookie| cookie.class);
    promise.family == Family::Cookies
        && matches!(
            class,
            Some(CookieClass::Essential | CookieClass::Preferences)
        )
}

/// Sources in both whose map or address differs, and those in one only.
fn sources(before: &Charter, after: &Charter) -> Vec<String> {
    let names: BTreeSet<&String> = before.sources.keys().chain(after.sources.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.sources.get(*name) != after.sources.get(*name))
        .cloned()
        .collect()
}
