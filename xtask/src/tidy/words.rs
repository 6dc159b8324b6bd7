//! Rules for single lines: words that mark unfinished work, names of one
//! machine or registry, SQL that reads whatever columns there happen to be.

use crate::problem::Problem;
use crate::tree::Tree;

/// This file names the words it refuses.
const THIS_FILE: &str = "xtask/src/tidy/words.rs";

const UNFINISHED: &[&str] = &["TODO", "FIXME", "XXX"];

/// Folders that exist on one machine only.
const MACHINE_FOLDERS: &[&str] = &["/home/", "/root/", "/Users/", "/work/"];

/// Hosts of package registries. Which one a machine asks is its own affair.
const REGISTRY_HOSTS: &[&str] = &[
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "index.crates.io",
    "static.crates.io",
    "files.pythonhosted.org",
    "pypi.org/simple",
    "deb.debian.org",
];

/// Work is finished, or described in the tracker, never in a comment.
pub(super) fn nothing_unfinished(tree: &Tree) -> Vec<Problem> {
    lines(tree, |path| {
        !path.ends_with("lock.json") && path != "LICENSE"
    })
    .filter_map(|(path, line, text)| {
        let word = UNFINISHED.iter().find(|word| contains_word(text, word))?;
        Some(Problem::line(
            path,
            line,
            format!("`{word}`: finish it, or take it out"),
        ))
    })
    .collect()
}

/// Nothing in the project knows the machine or registry it was made with.
pub(super) fn no_machine_paths(tree: &Tree) -> Vec<Problem> {
    lines(tree, |_| true)
        .filter_map(|(path, line, text)| {
            let folder = MACHINE_FOLDERS
                .iter()
                .find(|folder| names_folder(text, folder));
            let host = REGISTRY_HOSTS.iter().find(|host| text.contains(**host));
            let name = folder.or(host)?;
            Some(Problem::line(
                path,
                line,
                format!("`{name}` belongs to one machine"),
            ))
        })
        .collect()
}

/// SQL names its columns, so that a new column is never read by accident.
pub(super) fn no_select_star(tree: &Tree) -> Vec<Problem> {
    lines(tree, |path| path.ends_with(".rs") || path.ends_with(".sql"))
        .filter(|(_, _, text)| reads_every_column(text))
        .map(|(path, line, _)| {
            Problem::line(
                path,
                line,
                "`*` reads whatever columns there are: name them",
            )
        })
        .collect()
}

/// Lines of the text files `wanted` by path, as path, line from 1, and text.
fn lines<'a>(
    tree: &'a Tree,
    wanted: impl Fn(&str) -> bool + 'a,
) -> impl Iterator<Item = (&'a str, usize, &'a str)> {
    tree.texts()
        .filter(move |(path, _)| *path != THIS_FILE && wanted(path))
        .flat_map(|(path, text)| {
            text.lines()
                .enumerate()
                .map(move |(index, line)| (path, index + 1, line))
        })
}

fn contains_word(text: &str, word: &str) -> bool {
    text.split(|sign: char| !sign.is_ascii_alphanumeric())
        .any(|part| part == word)
}

/// Whether the folder starts a path, rather than being a part of an address
/// (`example.org/home/`) or of a longer path.
fn names_folder(text: &str, folder: &str) -> bool {
    text.match_indices(folder).any(|(start, _)| {
        let before = text.get(..start).and_then(|text| text.chars().next_back());
        before.is_none_or(|sign| !sign.is_alphanumeric() && !"./-_}~*".contains(sign))
    })
}

/// Whether a `*` stands for the columns of a table. Those of a subselect or of a
/// function's result (`FROM (`, `FROM unnest(`) are named in the statement itself.
fn reads_every_column(text: &str) -> bool {
    let text = text.to_lowercase();
    let part_of_name = |sign: char| sign.is_alphanumeric() || sign == '_';
    text.match_indices('*').any(|(start, star)| {
        let (before, after) = text.split_at_checked(start).unwrap_or_default();
        let before = match before.strip_suffix('.') {
            Some(alias) => alias.trim_end_matches(part_of_name),
            None => before,
        };
        let verb = before.trim_end().rsplit(|sign| !part_of_name(sign)).next();
        let source = after
            .trim_start_matches(star)
            .trim_start()
            .strip_prefix("from ");
        let named_here =
            source.is_some_and(|source| source.trim_start_matches(part_of_name).starts_with('('));
        matches!(verb, Some("select" | "distinct" | "returning")) && !named_here
    })
}

#[cfg(test)]
mod tests {
    use super::super::check_rule;
    use super::*;

    #[test]
    fn unfinished_work_is_refused() {
        check_rule(
            nothing_unfinished,
            &[
                ("a.rs", "//! Fine.\n// TODO: later\n"),
                ("b.md", "a (FIXME)\nXXXL\nmktemp a.XXXXXX\n"),
                ("LICENSE", "TODO"),
            ],
            &["a.rs:2: `TODO`", "b.md:1: `FIXME`"],
        );
    }

    #[test]
    fn names_of_one_machine_are_refused() {
        check_rule(
            no_machine_paths,
            &[
                (
                    "a.sh",
                    "cd /home/someone/x\ncurl https://example.org/home/x\ncp ./root/a b\n",
                ),
                ("b.rs", "let p = \"/root/x\";\n"),
                (
                    "tests/tools/package-lock.json",
                    "\"resolved\": \"https://registry.npmjs.org/x\"\n",
                ),
            ],
            &[
                "a.sh:1: `/home/`",
                "b.rs:1: `/root/`",
                "tests/tools/package-lock.json:1: `registry.npmjs.org`",
            ],
        );
    }

    #[test]
    fn select_star_is_refused() {
        let text = "\
select * from a
SELECT count(*) FROM a
SELECT DISTINCT a.* FROM a
RETURNING *;
SELECT * FROM unnest($1)
INSERT INTO a SELECT * FROM (SELECT b FROM c)
let b = a * 2;
selected *
";
        check_rule(
            no_select_star,
            &[("a.sql", text), ("b.md", text)],
            &["a.sql:1: `*`", "a.sql:3: `*`", "a.sql:4: `*`"],
        );
    }
}
