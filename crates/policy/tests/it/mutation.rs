//! Whatever bytes a policy is made of, compiling and rendering it ends, with
//! every span on characters of its file. The specifications are cut, doubled
//! and sprinkled with awkward characters, by a fixed sequence.

use candor_policy::render::text::{Style, render};
use candor_policy::render::{json, page};
use candor_policy::{Bundle, compile};

use super::{Spec, specs};

const ROUNDS: usize = 40;
const AWKWARD: [&str; 16] = [
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    ": ",
    "\n",
    "\t",
    "é",
    "\u{202e}",
    "\0",
    "|",
    "`",
    "[x](promise:",
    "&eacute;",
];

/// Numbers in a fixed sequence (a 64-bit linear congruential generator).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

fn mutate(text: &str, sequence: &mut Sequence) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=sequence.below(4) {
        let at = sequence.below(characters.len() + 1);
        let end = (at + sequence.below(12)).min(characters.len());
        match sequence.below(3) {
            0 => drop(characters.drain(at..end)),
            1 => {
                let copy: Vec<char> = characters[at..end].to_vec();
                characters.splice(at..at, copy);
            }
            _ => {
                let awkward = AWKWARD[sequence.below(AWKWARD.len())];
                characters.splice(at..at, awkward.chars());
            }
        }
    }
    characters.into_iter().collect()
}

fn assert_sound(bundle: &Bundle) {
    let compiled = compile(bundle);
    for found in &compiled.diagnostics {
        for label in found.secondary.iter().chain([&found.primary]) {
            let source = bundle.file(&label.at.path).unwrap_or_default();
            assert!(source.get(label.at.span.clone()).is_some(), "{found:?}");
        }
    }
    let rendered = render(&compiled.diagnostics, bundle, Style::Plain);
    assert_eq!(rendered.is_empty(), compiled.diagnostics.is_empty());
    let machine = json::render(&compiled.diagnostics, bundle);
    assert!(machine.starts_with('['), "{machine}");
    if let Some(charter) = compiled.charter {
        for text in &charter.texts {
            let html = page::policy_html(text, &charter, &|phrase| page::escape(&phrase.words));
            assert!(!html.contains("<script"), "{html}");
        }
    }
}

#[test]
fn no_input_breaks_the_compiler() {
    let mut sequence = Sequence(1);
    for (_, text) in specs() {
        for case in Spec::read(&text) {
            for _ in 0..ROUNDS {
                let mut bundle = case.bundle();
                let paths: Vec<String> = bundle.files().map(|(path, _)| path.to_owned()).collect();
                let path = &paths[sequence.below(paths.len())];
                let mutated = mutate(bundle.file(path).unwrap(), &mut sequence);
                bundle.insert(path, mutated);
                assert_sound(&bundle);
            }
        }
    }
}
