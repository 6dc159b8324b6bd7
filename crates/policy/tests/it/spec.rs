//! Reads specifications and compiles their cases.

use std::collections::BTreeMap;

use candor_policy::catalogue::{CatalogueTable, schema_findings};
use candor_policy::diagnostic::{Diagnostic, Severity};
use candor_policy::reading::{Format, read};
use candor_policy::{Bundle, ROOT, compile};
use jiff::civil::date;

/// One section of a specification.
pub(crate) struct Spec {
    /// Its heading.
    pub(crate) title: String,
    files: BTreeMap<String, String>,
}

/// A diagnostic that must be there.
#[derive(Debug)]
pub(crate) struct Expectation {
    severity: Severity,
    /// Its code.
    pub(crate) code: String,
    path: String,
    line: usize,
    message: String,
    underlined: Option<String>,
}

/// A diagnostic that is there.
#[derive(Debug)]
pub(crate) struct Finding {
    diagnostic: Diagnostic,
    line: usize,
    underlined: String,
}

impl Expectation {
    pub(crate) fn is_met_by(&self, finding: &Finding) -> bool {
        let found = &finding.diagnostic;
        found.code == self.code
            && found.severity == self.severity
            && found.primary.at.path == self.path
            && finding.line == self.line
            && found.message.contains(&self.message)
            && self
                .underlined
                .as_ref()
                .is_none_or(|text| *text == finding.underlined)
    }
}

impl Finding {
    pub(crate) const fn code(&self) -> &'static str {
        self.diagnostic.code
    }

    /// Whether it carries a change that mends it.
    pub(crate) const fn is_mended(&self) -> bool {
        self.diagnostic.fix.is_some()
    }
}

impl Spec {
    /// The sections of a specification, each on top of its base.
    pub(crate) fn read(text: &str) -> Vec<Self> {
        let mut base: BTreeMap<String, String> = BTreeMap::new();
        let mut specs: Vec<Self> = Vec::new();
        let mut in_base = false;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(title) = line.strip_prefix("## ") {
                in_base = title == "Base";
                if !in_base {
                    specs.push(Self {
                        title: title.to_owned(),
                        files: base.clone(),
                    });
                }
            } else if let Some(info) = line.strip_prefix("```") {
                let content: String = lines
                    .by_ref()
                    .take_while(|line| *line != "```")
                    .flat_map(|line| [line, "\n"])
                    .collect();
                let mut words = info.split(' ').skip(1);
                let path = words
                    .next()
                    .expect("a fence is named by its path")
                    .to_owned();
                let files = if in_base {
                    &mut base
                } else {
                    &mut specs.last_mut().expect("a fence stands in a section").files
                };
                let file = files.entry(path).or_default();
                if words.next() != Some("+") {
                    file.clear();
                }
                file.push_str(&content);
            }
        }
        specs
    }

    /// The policy's folder, without the source's catalogue.
    pub(crate) fn bundle(&self) -> Bundle {
        let files = self.files.iter().filter(|(path, _)| *path != "schema.json");
        Bundle::new(files.map(|(path, text)| (path.clone(), text.clone())))
    }

    /// What is found: in texts without a declaration, by reading them alone.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let diagnostics = match self.files.contains_key(ROOT) {
            true => self.compiled(),
            false => self.as_texts(),
        };
        diagnostics
            .into_iter()
            .map(|diagnostic| self.finding(diagnostic))
            .collect()
    }

    fn as_texts(&self) -> Vec<Diagnostic> {
        let today = Some(date(2026, 11, 22));
        self.files
            .iter()
            .flat_map(|(path, text)| {
                let reading = read(path, text, Format::of(path, text), today);
                reading.expect("a text").findings
            })
            .collect()
    }

    /// What compiling gives, and comparing the map with `schema.json`.
    fn compiled(&self) -> Vec<Diagnostic> {
        let compiled = compile(&self.bundle());
        let mut diagnostics = compiled.diagnostics;
        let refused = diagnostics
            .iter()
            .any(|found| found.severity == Severity::Error);
        assert_eq!(refused, compiled.charter.is_none(), "{}", self.title);
        if let Some(schema) = self.files.get("schema.json") {
            let catalogue: Vec<CatalogueTable> = serde_json::from_str(schema).unwrap();
            let charter = compiled.charter.expect("a case with a schema compiles");
            let map = &charter.sources["app"].map;
            diagnostics.extend(schema_findings(map, &catalogue, &compiled.places));
        }
        diagnostics
    }

    fn finding(&self, diagnostic: Diagnostic) -> Finding {
        let at = &diagnostic.primary.at;
        let source = self.files.get(&at.path).map_or("", String::as_str);
        let before = source
            .get(..at.span.start)
            .expect("a span lies in its file");
        Finding {
            line: before.matches('\n').count() + 1,
            underlined: source
                .get(at.span.clone())
                .expect("a span lies in its file")
                .to_owned(),
            diagnostic,
        }
    }

    /// What the comments expect.
    pub(crate) fn expectations(&self) -> Vec<Expectation> {
        self.files
            .iter()
            .flat_map(|(path, text)| {
                text.lines()
                    .enumerate()
                    .flat_map(|(index, line)| expectations(path, index + 1, line))
            })
            .collect()
    }
}

/// The expectations of a line; several stand one after the other.
fn expectations(path: &str, line: usize, text: &str) -> Vec<Expectation> {
    let mut found = Vec::new();
    for (word, severity) in [
        ("error: [", Severity::Error),
        ("warning: [", Severity::Warning),
    ] {
        for part in text.split(word).skip(1) {
            let (code, rest) = part.split_once(']').expect("a code in brackets");
            let message = rest.split('"').nth(1).unwrap_or_default();
            let underlined = rest
                .split_once(" at `")
                .and_then(|(_, rest)| rest.split_once('`'));
            found.push(Expectation {
                severity,
                code: code.to_owned(),
                path: path.to_owned(),
                line,
                message: message.to_owned(),
                underlined: underlined.map(|(text, _)| text.to_owned()),
            });
        }
    }
    found
}
