//! `docs/reference/ways.md` against what is served: each cell names a route, and each
//! route by which something is done to a subject request or a hold has its cell.

use std::collections::BTreeSet;

use candor_domain::api_key::Permission;
use candor_policy::charter::Right;

use crate::ui::routes::{Audience, all};

const PAGE: &str = include_str!("../../../../../docs/reference/ways.md");

/// The cells of the rows of the table under a heading.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let (_, rest) = PAGE.split_once(heading).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with("| "));
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    lines.skip(1).map(cells).collect()
}

/// What a cell names, with the method it is called by.
fn named(cell: &str, base: &str) -> Option<(String, String)> {
    let name = cell.strip_prefix('`')?.strip_suffix('`')?;
    let (method, path) = name.split_once(' ').unwrap_or(("", name));
    let path = match path.starts_with('/') {
        true => path.to_owned(),
        false => format!("{base}{path}"),
    };
    Some((method.to_owned(), path))
}

#[test]
fn every_right_has_its_row() {
    let rows = rows("## Each right");
    let names: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    assert_eq!(names, Right::ALL.map(Right::key));
    assert!(
        rows.iter()
            .all(|row| row.iter().skip(1).all(|cell| cell == "yes"))
    );
}

#[test]
fn every_step_is_a_route_and_every_route_a_step() {
    let routes = all();
    let mut seen = BTreeSet::new();
    for row in rows("## Each step") {
        for (column, base) in [
            (1, "/requests/"),
            (2, "/console/requests/"),
            (3, "/v1/subject-requests/{id}/"),
        ] {
            let Some((method, path)) = named(&row[column], base) else {
                assert_eq!(row[column], "", "{row:?}");
                continue;
            };
            let route = routes.iter().find(|route| route.path == path);
            let route = route.unwrap_or_else(|| panic!("`{path}` is not served: {row:?}"));
            let method = if method.is_empty() {
                route.methods[route.methods.len() - 1]
            } else {
                &method
            };
            assert!(route.methods.contains(&method), "{method} {path}");
            seen.insert((method.to_owned(), path));
        }
        let keys = row[5].split(", ").filter(|key| !key.is_empty());
        for key in keys {
            let known = Permission::from_key(key.trim_matches('`'));
            assert!(known.is_some(), "{row:?}");
        }
    }
    let acts = |path: &str, audience: Audience| match audience {
        Audience::Staff => {
            path.starts_with("/console/requests/{id}/") || path.starts_with("/console/holds")
        }
        // What becomes of a file is told where files are told of.
        Audience::Program => !path.starts_with("/v1/subject-requests/bulk/"),
        _ => false,
    };
    for route in routes {
        for method in route
            .methods
            .iter()
            .filter(|_| acts(route.path, route.audience))
        {
            let step = ((*method).to_owned(), route.path.to_owned());
            assert!(
                seen.contains(&step) || *method == "GET" && route.audience == Audience::Staff,
                "no step for {step:?}"
            );
        }
    }
}
