//! How well texts are read, against what a person read: the data, the method
//! and what counts are told in `crates/policy/data/eval/README.md`. Prints each
//! figure beside its goal. An error where held-out texts reached a goal and no
//! longer do, and where a text isn't the one that was annotated.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use candor_policy::reading::{Format, Reading, read};

use crate::eval::contradictions::Case;
use crate::eval::count::Compared;
use crate::eval::gold::Gold;
use crate::eval::mutations::Mutation;
use crate::eval::score::Score;
use crate::tree;

mod contradictions;
mod count;
mod goals;
mod gold;
mod mutations;
mod score;

const DATA: &str = "crates/policy/data/eval";
const HELD_OUT: &str = "held-out";

/// What is counted over all texts of a set.
#[derive(Default)]
struct Tally {
    commitments: Score,
    durations: Score,
    roles: Score,
    vendors: Score,
    /// Of the texts as they are.
    contradictions: Score,
    /// Of the texts with something planted in them.
    planted: Score,
}

impl Tally {
    const fn all_contradictions(&self) -> Score {
        let mut all = self.contradictions;
        all.add(self.planted);
        all
    }
}

/// An annotated text, read.
struct Text {
    gold: Gold,
    source: String,
    reading: Reading,
}

/// Runs the evaluation. `words`: a folder with the annotated texts, and
/// `--wrong` to see what is wrong in texts that may be looked at.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let wrong = words.contains(&"--wrong");
    let folder = words.iter().find(|word| !word.starts_with("--"));
    let data = tree::root().join(DATA);
    let score = short_texts(&data, wrong)?;
    say(&format!("short texts: contradictions {score}"));
    if !goals::short_texts(score) {
        bail!("contradictions in short texts: recall or precision is below 0.80");
    }
    let Some(folder) = folder else {
        say("public texts: none read; `cargo xtask eval FOLDER` reads them from there");
        return Ok(());
    };
    let tallies = public_texts(&data, Path::new(folder), wrong)?;
    for (set, tally) in &tallies {
        report(set, tally);
    }
    let lost = tallies.get(HELD_OUT).map(goals::lost).unwrap_or_default();
    if !lost.is_empty() {
        bail!(
            "held-out texts reached these goals and no longer do: {}",
            lost.join(", ")
        );
    }
    Ok(())
}

/// Reads every annotated text, and every changed one, and counts by set.
fn public_texts(data: &Path, folder: &Path, wrong: bool) -> Result<BTreeMap<String, Tally>> {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(data.join("gold"))? {
        let path = entry?.path();
        let annotated = fs::read_to_string(&path)?;
        let gold = Gold::parse(&annotated).with_context(|| format!("`{}`", path.display()))?;
        let source = source(folder, &gold)?;
        let reading = reading(&gold.text, &source)?;
        let text = Text {
            gold,
            source,
            reading,
        };
        texts.insert(text.gold.text.clone(), text);
    }
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (name, text) in &texts {
        let set = text.gold.set.as_str();
        let tally = tallies.entry(set.to_owned()).or_default();
        let before = (tally.commitments, tally.vendors);
        let compared = Compared {
            gold: &text.gold,
            reading: &text.reading,
            source: &text.source,
        };
        let found_wrong = compared.count(tally);
        let here = match text.gold.vendors_only {
            true => format!("vendors {}", tally.vendors.since(before.1)),
            false => format!("commitments {}", tally.commitments.since(before.0)),
        };
        say(&format!("{set}: {name}: {here}"));
        tell(wrong, set, &found_wrong);
    }
    for mutation in Mutation::read(&fs::read_to_string(data.join("mutations.tsv"))?)? {
        let text = texts
            .get(&mutation.text)
            .with_context(|| format!("`{}`: no such text", mutation.title))?;
        let (score, found_wrong) = planted(&mutation, text)?;
        let set = text.gold.set.as_str();
        tallies
            .entry(set.to_owned())
            .or_default()
            .planted
            .add(score);
        tell(wrong, set, &found_wrong);
    }
    Ok(tallies)
}

/// Held-out texts stay unseen: their errors are counted, never shown.
fn tell(wrong: bool, set: &str, lines: &[String]) {
    if wrong && set != HELD_OUT {
        for line in lines {
            say(&format!("  {line}"));
        }
    }
}

fn source(folder: &Path, gold: &Gold) -> Result<String> {
    let path = folder.join(&gold.text);
    let bytes = fs::read(&path).with_context(|| format!("`{}`", path.display()))?;
    if gold::sha256(&bytes) != gold.sha256 {
        bail!("`{}` is not the text that was annotated", path.display());
    }
    Ok(String::from_utf8(bytes)?)
}

fn reading(path: &str, source: &str) -> Result<Reading> {
    Ok(read(path, source, Format::of(path, source), None)?)
}

/// Short texts in the project's own words, with a contradiction or without.
fn short_texts(data: &Path, wrong: bool) -> Result<Score> {
    let text = fs::read_to_string(data.join("contradictions.md"))?;
    let mut score = Score::default();
    for case in Case::read(&text) {
        let reading = reading("case.md", &case.text)?;
        let found: Vec<&str> = contradictions::found(&reading).collect();
        let expected: Vec<&str> = case.code.into_iter().collect();
        let here = Score::of_sets(&expected, &found);
        if wrong && !here.is_perfect() {
            say(&format!(
                "  {}: expected {expected:?}, found {found:?}",
                case.title
            ));
        }
        score.add(here);
    }
    Ok(score)
}

/// A changed text: only what the change brought counts.
fn planted(mutation: &Mutation, text: &Text) -> Result<(Score, Vec<String>)> {
    let changed = mutation.apply(&text.source)?;
    let changed_reading = reading(&mutation.text, &changed)?;
    let before: Vec<&str> = contradictions::found(&text.reading).collect();
    let new: Vec<&str> = contradictions::found(&changed_reading)
        .filter(|code| !before.contains(code))
        .collect();
    let wanted: Vec<&str> = mutation.code.as_deref().into_iter().collect();
    let score = Score::of_sets(&wanted, &new);
    let mut wrong = Vec::new();
    if !score.is_perfect() {
        wrong.push(format!(
            "{}: wanted {wanted:?}, found {new:?}",
            mutation.title
        ));
    }
    Ok((score, wrong))
}

fn report(set: &str, tally: &Tally) {
    say(&format!("{set}, together:"));
    for (what, score) in [
        ("commitment sentences", tally.commitments),
        ("durations, value", tally.durations),
        ("durations, role", tally.roles),
        ("named vendors", tally.vendors),
        ("contradictions, as written", tally.contradictions),
        ("contradictions, planted", tally.planted),
    ] {
        say(&format!("  {what:<27} {score}"));
    }
    say(&format!("{set}, against the goals:"));
    for line in goals::lines(tally) {
        say(&line);
    }
}

#[expect(clippy::print_stdout, reason = "figures are the output of the command")]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_read_as_well_as_the_goal_says() {
        let score = short_texts(&tree::root().join(DATA), false).unwrap();
        assert!(goals::short_texts(score), "{score}");
    }

    #[test]
    fn annotations_and_changes_can_be_read() {
        let data = tree::root().join(DATA);
        let mut held_out = 0;
        let mut names = Vec::new();
        for entry in fs::read_dir(data.join("gold")).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            let gold = Gold::parse(&text).unwrap();
            held_out += usize::from(gold.set == HELD_OUT);
            names.push(gold.text);
        }
        assert!(held_out >= 5, "{held_out} texts are held out");
        let mutations = fs::read_to_string(data.join("mutations.tsv")).unwrap();
        for mutation in Mutation::read(&mutations).unwrap() {
            assert!(names.contains(&mutation.text), "{}", mutation.title);
        }
    }
}
