//! Rule for Markdown: a link inside the project leads to a file that exists,
//! and its `#fragment` to a heading in it. Addresses elsewhere are not visited.

use crate::problem::Problem;
use crate::tree::Tree;

/// Every relative link resolves.
pub(super) fn links_resolve(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.texts_ending(".md") {
        for (line, target) in links(text) {
            if let Some(message) = broken(tree, path, target) {
                problems.push(Problem::line(path, line, message));
            }
        }
    }
    problems
}

/// Why the link leads nowhere, if it does.
fn broken(tree: &Tree, from: &str, target: &str) -> Option<String> {
    // `https:`, `mailto:`, `promise:`; and `/privacy`, which is an address on the site
    // that will serve the page.
    let (place, fragment) = target.split_once('#').unwrap_or((target, ""));
    if place.contains(':') || place.starts_with('/') {
        return None;
    }
    let path = if place.is_empty() {
        from.to_owned()
    } else {
        resolve(from, place)
    };
    if !tree.contains(&path) {
        return Some(format!("link to `{target}`: `{path}` does not exist"));
    }
    if fragment.is_empty() || !path.ends_with(".md") {
        return None;
    }
    let (_, text) = tree.texts().find(|(other, _)| *other == path)?;
    (!anchors(text).any(|anchor| anchor == fragment))
        .then(|| format!("link to `{target}`: no heading `#{fragment}` in `{path}`"))
}

/// Targets of inline links and of reference definitions, with their line from 1.
/// Code is left out.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (line, text) in prose(text) {
        if let Some((_, target)) = text
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]: "))
        {
            found.push((line, target));
        }
        // Every other part between backticks is code.
        for part in text.split('`').step_by(2) {
            for after in part.split("](").skip(1) {
                found.push((line, after.split([')', ' ']).next().unwrap_or_default()));
            }
        }
    }
    found
}

/// The anchors of headings, as GitHub makes them.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    prose(text).filter_map(|(_, line)| {
        let title = line
            .strip_prefix('#')?
            .trim_start_matches('#')
            .strip_prefix(' ')?;
        let anchor = title
            .trim()
            .chars()
            .filter(|sign| sign.is_alphanumeric() || " -_".contains(*sign))
            .map(|sign| if sign == ' ' { '-' } else { sign })
            .collect::<String>();
        Some(anchor.to_lowercase())
    })
}

/// Lines outside fenced code, counted from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fenced && !fence).then_some((index + 1, line))
    })
}

/// `place`, as seen from the folder of `from`.
fn resolve(from: &str, place: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in place.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::check_rule;
    use super::*;

    #[test]
    fn links_that_lead_nowhere_are_refused() {
        let page = "\
# The words we use
[up](../README.md), [gone](gone.md), `[code](nowhere.md)`
[site](/privacy) [web](https://example.org/x) [promise](promise:right.erasure)
[self](#the-words-we-use) [lost](#lost) [there](../README.md#what-it-is \"title\")
```
[fenced](nowhere.md)
```
[ref]: nowhere.md
[folder](../docs)
";
        check_rule(
            links_resolve,
            &[("docs/a.md", page), ("README.md", "# What it is\n")],
            &[
                "docs/a.md:2: link to `gone.md`: `docs/gone.md` does not exist",
                "docs/a.md:4: link to `#lost`: no heading",
                "docs/a.md:8: link to `nowhere.md`",
            ],
        );
    }
}
