//! What the demo prints.

use std::collections::BTreeMap;
use std::path::Path;

use candor_domain::plan::Action;
use candor_domain::subject_request::SubjectRequest;
use candor_domain::verdict::Verdict;
use candor_policy::charter::Charter;
use candor_server::service::{Board, RetentionView};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use crate::demo::company::Counts;
use crate::demo::shown::Shown;
use crate::demo::walk::Walk;

/// Columns of a line, where the terminal doesn't say.
const WIDTH: usize = 100;

pub(crate) fn title(text: &str) {
    println!("\n{text}");
}

pub(crate) fn line(text: &str) {
    println!("  {text}");
}

pub(crate) fn policy(charter: &Charter, folder: &Path) {
    let phrases: usize = charter
        .promises
        .iter()
        .map(|promise| promise.phrases.len())
        .sum();
    line(&format!(
        "{}: {} promises, made by {phrases} phrases of the text; no contradictions",
        folder.display(),
        charter.promises.len()
    ));
    line(&format!("charter {}", charter.id));
}

/// What happened when.
pub(crate) fn history(request: &SubjectRequest) {
    for moment in &request.history {
        let at = moment.at.strftime("%H:%M:%S%.3f");
        println!("    {at}  {}", moment.kind);
    }
}

/// The plan, as staff see it before they approve.
pub(crate) fn plan(request: &SubjectRequest) {
    line("staff look at the plan and approve it");
    let mut table = table(&["table", "what happens", "rows", "because"]);
    for (source, progress) in &request.sources {
        for effect in &progress.preview.effects {
            table.add_row(vec![
                format!("{source}.{}", effect.table),
                action(effect.action).to_owned(),
                effect.rows.to_string(),
                effect.because.clone().unwrap_or_default(),
            ]);
        }
    }
    print_table(table);
}

pub(crate) fn package(request: &SubjectRequest, path: &Path, bytes: usize) {
    let rows: u64 = request
        .sources
        .values()
        .flat_map(|source| &source.effects)
        .map(|effect| effect.rows)
        .sum();
    line(&format!(
        "the package: {rows} rows, {bytes} bytes, {}",
        path.display()
    ));
}

/// Rows per table before and after.
pub(crate) fn counts(before: &Counts, after: &Counts, request: &SubjectRequest) {
    let mut table = table(&[
        "table",
        "before",
        "after",
        "gone",
        "kept, without the person",
    ]);
    for (name, rows) in before {
        let left = after.get(name).copied().unwrap_or_default();
        let kept: u64 = request
            .sources
            .iter()
            .flat_map(|(source, progress)| {
                progress.effects.iter().map(move |effect| (source, effect))
            })
            .filter(|(source, effect)| {
                effect.action == Action::Pseudonymise
                    && format!("{source}.{}", effect.table) == *name
            })
            .map(|(_, effect)| effect.rows)
            .sum();
        let blank = |number: i64| {
            if number == 0 {
                String::new()
            } else {
                number.to_string()
            }
        };
        table.add_row(vec![
            name.clone(),
            rows.to_string(),
            left.to_string(),
            blank(rows - left),
            blank(i64::try_from(kept).unwrap_or(i64::MAX)),
        ]);
    }
    print_table(table);
}

/// Every promise with its verdict; the most urgent first.
/// What the first sweep of every rule took.
pub(crate) fn retention(view: &RetentionView, shown: &mut Shown) {
    let found = view.rules.iter().filter_map(|rule| rule.last.as_ref());
    let rows: u64 = found
        .flat_map(|(_, found)| found.effects.values().flatten())
        .filter(|effect| effect.action == Action::Delete)
        .map(|effect| effect.rows)
        .sum();
    line(&format!(
        "carries {} retention rules out: {rows} rows were about to be past their time, and went",
        view.rules.len()
    ));
    let kept = view.rules.iter().all(|rule| {
        let judged = rule.judgement.as_ref();
        judged.is_some_and(|judged| judged.verdict == Verdict::Kept)
    });
    shown.note(
        "every retention rule that a column measures is judged kept",
        kept,
    );
}

pub(crate) fn board(board: &Board, shown: &mut Shown) {
    let mut table = table(&["promise", "verdict", "why"]);
    let mut rows: Vec<_> = board.judgements.iter().collect();
    rows.sort_by_key(|(id, judgement)| (order(judgement.verdict), (*id).clone()));
    let mut unproven: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, judgement) in &rows {
        let why = judgement.reasons.first().cloned().unwrap_or_default();
        if judgement.verdict == Verdict::Unproven {
            unproven.entry(why).or_default().push(id.to_string());
        } else {
            table.add_row(vec![
                id.to_string(),
                judgement.verdict.words().to_owned(),
                why,
            ]);
        }
    }
    print_table(table);
    for (why, promises) in unproven {
        line(&format!("unproven, because {why}:"));
        println!("{}", wrapped(&promises, "    "));
    }
    let count = |key: &str| {
        rows.iter()
            .filter(|(_, judgement)| judgement.verdict.key() == key)
            .count()
    };
    line(&format!(
        "{} kept, {} at risk, {} broken, {} unproven, {} stated",
        count("kept"),
        count("at_risk"),
        count("broken"),
        count("unproven"),
        count("stated")
    ));
    let kept = |id: &str| {
        rows.iter()
            .any(|(known, judgement)| known.0 == id && judgement.verdict == Verdict::Kept)
    };
    shown.note(
        "the rights of access and erasure are judged kept",
        kept("right.access") && kept("right.erasure"),
    );
    shown.note("no promise is broken", count("broken") == 0);
}

pub(crate) fn receipt(path: &Path, key: &str, about: &str) {
    line(&format!("it came with the last mail: {}", path.display()));
    line("anybody can check it, without us and offline:");
    println!(
        "    candor verify {} \\\n      --key '{key}' \\\n      --about {about}",
        path.display()
    );
}

pub(crate) fn addresses(walk: &Walk, address: &str) {
    line(&format!(
        "the policy, each promise with its verdict   {address}/"
    ));
    if let Some(page) = &walk.page {
        line(&format!(
            "the erased customer's page                  {page}"
        ));
    }
    line(&format!(
        "file a request                              {address}/requests/new"
    ));
    if let Some((login, password)) = &walk.sign_in {
        line(&format!(
            "the console ({login}, {password})           {address}/console"
        ));
    }
    line(&format!(
        "everything is in                            {}",
        walk.company().folder().display()
    ));
}

const fn order(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Broken => 0,
        Verdict::AtRisk { .. } => 1,
        Verdict::Kept => 2,
        Verdict::Stated => 3,
        Verdict::Unproven => 4,
    }
}

const fn action(action: Action) -> &'static str {
    match action {
        Action::Delete => "goes",
        Action::Pseudonymise => "stays, without the person",
        Action::Unlink => "forgets the link",
        Action::Keep => "stays",
        Action::Rewrite => "is rewritten",
        Action::Aggregate => "is counted",
    }
}

/// Words in lines of a readable length.
fn wrapped(words: &[String], indent: &str) -> String {
    let mut text = String::new();
    let mut length = WIDTH;
    for word in words {
        if length + word.len() + 1 > WIDTH {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(indent);
            length = indent.len();
        }
        text.push_str(word);
        text.push(' ');
        length += word.len() + 1;
    }
    text
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(head.to_vec());
    if table.width().is_none() {
        table.set_width(u16::try_from(WIDTH).unwrap_or(u16::MAX));
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Left);
    }
    table
}

fn print_table(table: Table) {
    for line in table.to_string().lines() {
        println!("  {line}");
    }
}
