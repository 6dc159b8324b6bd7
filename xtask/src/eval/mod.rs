//! How well texts are read, against what a person read: the data and what
//! counts are told in `crates/policy/data/eval/README.md`. Prints precision,
//! recall and F1 beside the goals; a goal missed is printed, not an error.
//! Refuses a text that isn't the one that was annotated.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use candor_policy::reading::{Format, Reading, read};

use crate::eval::contradictions::Case;
use crate::eval::gold::Gold;
use crate::eval::score::Score;
use crate::tree;

mod contradictions;
mod gold;
mod score;

const DATA: &str = "crates/policy/data/eval";

/// What is counted over all texts of a set.
#[derive(Default)]
struct Tally {
    commitments: Score,
    durations: Score,
    roles: Score,
    vendors: Score,
    contradictions: Score,
}

/// Runs the evaluation. `words`: a folder with the annotated texts, and
/// `--wrong` to see every miss.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let wrong = words.contains(&"--wrong");
    let folder = words.iter().find(|word| !word.starts_with("--"));
    let data = tree::root().join(DATA);
    planted(&data, wrong)?;
    let Some(folder) = folder else {
        say("public texts: none read; `cargo xtask eval FOLDER` reads them from there");
        return Ok(());
    };
    let mut golds = Vec::new();
    for entry in fs::read_dir(data.join("gold"))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        golds.push(Gold::parse(&text).with_context(|| format!("`{}`", path.display()))?);
    }
    golds.sort_by(|one, other| (&one.set, &one.text).cmp(&(&other.set, &other.text)));
    let mut sets: Vec<&str> = golds.iter().map(|gold| gold.set.as_str()).collect();
    sets.dedup();
    for set in sets {
        let mut tally = Tally::default();
        for gold in golds.iter().filter(|gold| gold.set == set) {
            let source = source(Path::new(folder), gold)?;
            let reading = reading(&gold.text, &source)?;
            let before = tally.commitments;
            count(&mut tally, gold, &reading, &source, wrong);
            let here = tally.commitments.since(before);
            say(&format!("{set}: {}: commitments {here}", gold.text));
        }
        report(set, &tally);
    }
    Ok(())
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

/// The texts with planted contradictions.
fn planted(data: &Path, wrong: bool) -> Result<()> {
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
    say(&score.row("planted contradictions", "recall and precision 0.80"));
    Ok(())
}

fn count(tally: &mut Tally, gold: &Gold, reading: &Reading, source: &str, wrong: bool) {
    let spans: Vec<_> = reading
        .commitments
        .iter()
        .map(|found| found.at.span.clone())
        .collect();
    for (span, commits) in &gold.sentences {
        let found = spans.iter().any(|other| gold::overlap(span, other));
        tally.commitments.outcome(*commits, found);
        if wrong && *commits != found {
            let text = source.get(span.clone()).unwrap_or_default();
            say(&format!(
                "  {} | {text}",
                if found { "surplus" } else { "missed " }
            ));
        }
    }
    let mut open: Vec<_> = reading.durations.iter().collect();
    for wanted in &gold.durations {
        let place = open.iter().position(|found| {
            gold::inside(&found.at.span, &wanted.span)
                && found.amount == wanted.amount
                && gold::name(found.unit) == wanted.unit
        });
        tally.durations.outcome(true, place.is_some());
        if let Some(place) = place {
            let found = open.remove(place);
            let right = gold::name(found.role) == wanted.role;
            tally.roles.outcome(true, right);
            if wrong && !right {
                say(&format!(
                    "  role of `{}`: {:?}, not {}",
                    found.words, found.role, wanted.role
                ));
            }
        } else if wrong {
            say(&format!(
                "  missed duration: {} {}",
                wanted.amount, wanted.unit
            ));
        }
    }
    for surplus in open {
        tally.durations.outcome(false, true);
        if wrong {
            say(&format!(
                "  surplus duration: `{}` in {}",
                surplus.words, surplus.sentence
            ));
        }
    }
    let wanted: Vec<&str> = gold.vendors.iter().map(String::as_str).collect();
    let named: Vec<&str> = reading
        .recipients
        .iter()
        .map(|found| found.name.as_str())
        .collect();
    let vendors = Score::of_sets(&wanted, &named);
    if wrong && !vendors.is_perfect() {
        say(&format!("  vendors: wanted {wanted:?}, found {named:?}"));
    }
    tally.vendors.add(vendors);
    let wanted: Vec<&str> = gold.contradictions.iter().map(String::as_str).collect();
    let found: Vec<&str> = contradictions::found(reading).collect();
    let contradictions = Score::of_sets(&wanted, &found);
    if wrong && !contradictions.is_perfect() {
        say(&format!(
            "  contradictions: wanted {wanted:?}, found {found:?}"
        ));
    }
    tally.contradictions.add(contradictions);
}

fn report(set: &str, tally: &Tally) {
    say(&format!("{set}, together:"));
    say(&tally.commitments.row("commitment sentences", "F1 0.90"));
    say(&tally.durations.row("durations, value", "recall 0.98"));
    say(&tally.roles.row("durations, role", "recall 0.90"));
    say(&tally
        .vendors
        .row("named vendors", "recall 0.95, precision 0.90"));
    say(&tally
        .contradictions
        .row("contradictions", "recall and precision 0.80"));
}

#[expect(clippy::print_stdout, reason = "figures are the output of the command")]
fn say(line: &str) {
    println!("{line}");
}
