//! Changes to the annotated texts: each plants one contradiction, or something
//! that only looks like one. The procedure and the format are told in
//! `crates/policy/data/eval/README.md`. Places are bytes of the text as it was.

use std::ops::Range;

use anyhow::{Context, Result, bail};

/// A changed text.
#[derive(Debug)]
pub(crate) struct Mutation {
    pub(crate) title: String,
    /// The text that is changed.
    pub(crate) text: String,
    /// The contradiction that the change makes, if it makes one.
    pub(crate) code: Option<String>,
    edits: Vec<Edit>,
}

#[derive(Debug)]
struct Edit {
    at: Range<usize>,
    words: String,
}

impl Mutation {
    pub(crate) fn read(source: &str) -> Result<Vec<Self>> {
        let mut all: Vec<Self> = Vec::new();
        for (number, line) in source.lines().enumerate() {
            read_line(&mut all, line).with_context(|| format!("line {}", number + 1))?;
        }
        Ok(all)
    }

    /// The text with the changes made.
    pub(crate) fn apply(&self, source: &str) -> Result<String> {
        let mut changed = String::with_capacity(source.len() + 200);
        let mut from = 0;
        for edit in &self.edits {
            let kept = source.get(from..edit.at.start);
            changed.push_str(kept.with_context(|| format!("`{}`: no such place", self.title))?);
            changed.push_str(&edit.words);
            from = edit.at.end;
        }
        changed.push_str(source.get(from..).unwrap_or_default());
        Ok(changed)
    }
}

fn read_line(all: &mut Vec<Mutation>, line: &str) -> Result<()> {
    let edit = match line.split('\t').collect::<Vec<_>>().as_slice() {
        ["mutation", title, text, code] => {
            all.push(Mutation {
                title: (*title).to_owned(),
                text: (*text).to_owned(),
                code: (*code != "none").then(|| (*code).to_owned()),
                edits: Vec::new(),
            });
            return Ok(());
        }
        ["after", at, words] => Edit {
            at: at.parse()?..at.parse()?,
            words: format!(" {words}"),
        },
        ["replace", start, end, words] => Edit {
            at: start.parse()?..end.parse()?,
            words: (*words).to_owned(),
        },
        _ => bail!("no such change: `{line}`"),
    };
    let edits = &mut all.last_mut().context("a change of nothing")?.edits;
    edits.push(edit);
    edits.sort_by_key(|edit| edit.at.start);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_made_where_they_say() {
        let source = "mutation\tone\ta.md\tCND0703\nreplace\t10\t12\t30\nafter\t2\tmore.\n";
        let all = Mutation::read(source).unwrap();
        assert_eq!(all[0].code.as_deref(), Some("CND0703"));
        assert_eq!(
            all[0].apply("A. Within 60 days").unwrap(),
            "A. more. Within 30 days"
        );
        assert!(all[0].apply("A.").is_err());
        assert!(Mutation::read("after\t2\tmore.\n").is_err());
        assert!(Mutation::read("mutation\tone\n").is_err());
    }
}
