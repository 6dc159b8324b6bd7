//! The rule files, read once. Invariant: every line is sound; a test reads
//! them all and names the line that isn't.

use std::sync::LazyLock;

use super::patterns::{Classes, Pattern, Patterns, phrases};

/// A rule file as patterns by name.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Names in the order of their first line.
    pub(crate) names: Vec<String>,
    /// Patterns; each names its rule by its place in `names`.
    pub(crate) patterns: Patterns<usize>,
}

/// What is wrong with a line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub(crate) struct RuleError {
    line: usize,
    problem: String,
}

impl Rules {
    /// Reads a rule file; lines that aren't sound are left out and returned.
    pub(crate) fn read(source: &str) -> (Self, Vec<RuleError>) {
        let mut classes = Classes::new();
        let mut names: Vec<String> = Vec::new();
        let mut patterns = Vec::new();
        let mut errors = Vec::new();
        for (index, line) in source.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Err(problem) = rule(line, &mut classes, &mut names, &mut patterns) {
                errors.push(RuleError {
                    line: index + 1,
                    problem,
                });
            }
        }
        let patterns = Patterns::new(patterns);
        (Self { names, patterns }, errors)
    }

    /// The name of a rule.
    pub(crate) fn name(&self, rule: usize) -> &str {
        self.names.get(rule).map_or("", String::as_str)
    }
}

fn rule(
    line: &str,
    classes: &mut Classes,
    names: &mut Vec<String>,
    patterns: &mut Vec<(usize, Pattern)>,
) -> Result<(), String> {
    if let Some(class) = line.strip_prefix('%') {
        let (name, words) = class.split_once('=').ok_or("a class has an `=`")?;
        let read = phrases(words.trim(), classes)?;
        classes.insert(name.trim().to_owned(), read);
        return Ok(());
    }
    let (name, pattern) = line.split_once(':').ok_or("a rule has a `:`")?;
    let read = Pattern::read(pattern, classes)?;
    let name = name.trim();
    let at = names
        .iter()
        .position(|known| known == name)
        .unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
    patterns.push((at, read));
    Ok(())
}

macro_rules! rule_files {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {
        $(
            $(#[$doc])*
            pub(crate) static $name: LazyLock<Rules> =
                LazyLock::new(|| Rules::read(include_str!(concat!("../../data/reading/", $file))).0);
        )*

        /// Reads every rule file that wasn't read yet.
        pub(crate) fn read_all() {
            $(LazyLock::force(&$name);)*
        }

        /// Every rule file, by name.
        #[cfg(test)]
        const FILES: &[(&str, &str)] = &[
            $(($file, include_str!(concat!("../../data/reading/", $file)))),*
        ];
    };
}

rule_files! {
    /// Families of commitments.
    COMMITMENTS = "commitments.txt";
    /// Sentences that promise nothing.
    EXCLUSIONS = "exclusions.txt";
    /// Roles of durations.
    ROLES = "roles.txt";
    /// Words of faults.
    FAULTS = "faults.txt";
    /// Data categories.
    DATA = "data.txt";
    /// Purposes.
    PURPOSES = "purposes.txt";
    /// Parts of a policy.
    PARTS = "parts.txt";
    /// Claims that time has overtaken.
    STALE = "stale.txt";
    /// Facts for a draft.
    DRAFT = "draft.txt";
    /// Words around the names of recipients.
    RECIPIENTS = "recipients.txt";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_rule_file_is_sound() {
        for (name, source) in FILES {
            let (rules, errors) = Rules::read(source);
            assert_eq!(errors, [], "{name}");
            assert!(rules.names.len() > 1, "{name}");
        }
    }

    #[test]
    fn an_unsound_line_is_named() {
        let (_, errors) = Rules::read("%a = b\nx: %a\n\nno colon\ny: %z");
        let lines: Vec<usize> = errors.iter().map(|error| error.line).collect();
        assert_eq!(lines, [4, 5]);
    }
}
