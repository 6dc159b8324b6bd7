//! What an erasure means, said a second time and as plainly as possible: rows
//! in memory, loops until nothing changes, one person at a time.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::plan::Action;
use candor_policy::charter::OnErasure;

use crate::random::{Cell, RandomLink, RandomTable, RandomWorld, Role, Row};

/// Rows per table and action.
pub(crate) type Counts = BTreeMap<(String, Action), u64>;

pub(crate) type Marked = BTreeSet<(usize, usize)>;

/// Rows that belong to the person with this address.
pub(crate) fn belonging(world: &RandomWorld, address: &str) -> Marked {
    let mut marked = Marked::new();
    for (number, row) in world.rows[0].iter().enumerate() {
        if row.last() == Some(&Cell::Text(address.to_owned())) {
            marked.insert((0, number));
        }
    }
    loop {
        let before = marked.len();
        for (place, table) in world.tables.iter().enumerate() {
            for (number, row) in world.rows[place].iter().enumerate() {
                let owned = table.links.iter().any(|link| {
                    let mut targets = named(world, table, link, row).into_iter();
                    link.role == Role::Owner
                        && targets.any(|target| marked.contains(&(link.target, target)))
                });
                if owned || is_last(world, &marked, place, number) {
                    marked.insert((place, number));
                }
            }
        }
        if marked.len() == before {
            return marked;
        }
    }
}

/// Whether somebody points at a row, and everybody who does is marked.
fn is_last(world: &RandomWorld, marked: &Marked, place: usize, number: usize) -> bool {
    let mut pointers = Vec::new();
    for (other, table) in world.tables.iter().enumerate() {
        for link in table
            .links
            .iter()
            .filter(|link| link.role == Role::Counted && link.target == place)
        {
            for (row_number, row) in world.rows[other].iter().enumerate() {
                if named(world, table, link, row).contains(&number) {
                    pointers.push((other, row_number));
                }
            }
        }
    }
    !pointers.is_empty() && pointers.iter().all(|pointer| marked.contains(pointer))
}

/// The rows of the target that a link names: one at most, unless it is a list.
fn named(world: &RandomWorld, table: &RandomTable, link: &RandomLink, row: &Row) -> Vec<usize> {
    if let Some((column, value)) = &link.when
        && row[table.place(column)] != Cell::Text(value.clone())
    {
        return Vec::new();
    }
    if link.is_list {
        let (key, rows) = (key_place(world, link), &world.rows[link.target]);
        let elements = elements(&row[table.place(&link.columns[0])]).into_iter();
        return elements
            .filter_map(|own| rows.iter().position(|row| is_key(&row[key], &own)))
            .collect();
    }
    let values: Vec<&Cell> = link
        .columns
        .iter()
        .map(|column| &row[table.place(column)])
        .collect();
    if values.contains(&&Cell::Null) {
        return Vec::new();
    }
    let named = &world.tables[link.target];
    let to = if link.to.is_empty() {
        &named.key
    } else {
        &link.to
    };
    let places: Vec<usize> = to.iter().map(|column| named.place(column)).collect();
    let found = world.rows[link.target].iter().position(|target| {
        let mut pairs = places.iter().zip(&values);
        pairs.all(|(place, value)| target[*place] == **value)
    });
    found.into_iter().collect()
}

/// Where the key stands that the elements of a list name.
fn key_place(world: &RandomWorld, link: &RandomLink) -> usize {
    let target = &world.tables[link.target];
    target.place(link.to.first().unwrap_or_else(|| &target.key[0]))
}

/// The elements of a list, as PostgreSQL writes an array of plain words.
fn elements(cell: &Cell) -> Vec<String> {
    let Cell::Text(text) = cell else {
        return Vec::new();
    };
    let inner = text.strip_prefix('{').and_then(|own| own.strip_suffix('}'));
    let all = inner.unwrap_or_default().split(',');
    all.filter(|own| !own.is_empty())
        .map(str::to_owned)
        .collect()
}

fn is_key(key: &Cell, element: &str) -> bool {
    match key {
        Cell::Number(number) => number.to_string() == element,
        Cell::Text(text) => text == element,
        Cell::Null => false,
    }
}

/// A list without the elements that name rows that are gone; `None` where
/// there is none to take.
fn shortened(
    world: &RandomWorld,
    table: &RandomTable,
    link: &RandomLink,
    row: &Row,
    is_gone: impl Fn(usize) -> bool,
) -> Option<Cell> {
    let (key, rows) = (key_place(world, link), &world.rows[link.target]);
    let gone = |element: &String| {
        rows.iter()
            .position(|row| is_key(&row[key], element))
            .is_some_and(&is_gone)
    };
    let all = elements(&row[table.place(&link.columns[0])]);
    let kept: Vec<String> = all.iter().filter(|own| !gone(own)).cloned().collect();
    (kept.len() < all.len()).then(|| Cell::Text(format!("{{{}}}", kept.join(","))))
}

/// What becomes of a person's own rows.
fn action(table: &RandomTable) -> Action {
    match table.on_erasure {
        OnErasure::Delete => Action::Delete,
        OnErasure::Pseudonymise => Action::Pseudonymise,
        OnErasure::Keep => Action::Keep,
    }
}

/// Erases the person, and says what was done.
pub(crate) fn erase(world: &mut RandomWorld, address: &str) -> Counts {
    let marked = belonging(world, address);
    let before = world.clone();
    let goes = |place: usize| before.tables[place].on_erasure == OnErasure::Delete;
    let mut counts = Counts::new();
    for (place, table) in before.tables.iter().enumerate() {
        for (number, row) in before.rows[place].iter().enumerate() {
            let own = marked.contains(&(place, number));
            let action = action(table);
            if own {
                *counts.entry((table.name.clone(), action)).or_default() += 1;
            }
            if own && action == Action::Delete {
                continue;
            }
            let mut loosened = false;
            for link in &table.links {
                if link.is_list && link.role == Role::Keep {
                    continue;
                }
                if link.is_list {
                    let is_gone =
                        |target| goes(link.target) && marked.contains(&(link.target, target));
                    if let Some(left) = shortened(&before, table, link, row, is_gone) {
                        world.rows[place][number][table.place(&link.columns[0])] = left;
                        loosened = true;
                    }
                    continue;
                }
                let mut targets = named(&before, table, link, row).into_iter();
                let gone = targets
                    .any(|target| goes(link.target) && marked.contains(&(link.target, target)));
                let cut = match link.role {
                    Role::Owner => gone && !goes(place),
                    Role::Unlink => gone,
                    Role::Counted => {
                        let target = &before.tables[link.target];
                        let owned = target.links.iter().any(|link| link.role == Role::Owner);
                        let stays = own && !goes(place) && target.on_erasure != OnErasure::Keep;
                        stays || (gone && owned)
                    }
                    Role::Keep => false,
                };
                if cut && link.nullable {
                    for column in &link.columns {
                        world.rows[place][number][table.place(column)] = Cell::Null;
                    }
                    loosened = true;
                }
            }
            if loosened && !own {
                *counts
                    .entry((table.name.clone(), Action::Unlink))
                    .or_default() += 1;
            }
            if own && action == Action::Pseudonymise {
                *world.rows[place][number].last_mut().unwrap() = if table.erased {
                    Cell::Text("erased".to_owned())
                } else {
                    Cell::Null
                };
            }
        }
    }
    for (place, rows) in world.rows.iter_mut().enumerate() {
        let mut numbers = 0..;
        rows.retain(|_| !(goes(place) && marked.contains(&(place, numbers.next().unwrap()))));
    }
    counts
}
