//! From a bundle to a charter, or to what is wrong with it. Pure: the same
//! bundle always gives the same result.

use std::cell::OnceCell;

use crate::bundle::{Bundle, ROOT};
use crate::charter::Charter;
use crate::checks::{self, Facts, text_alone};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::include;
use crate::limits;
use crate::places::Places;
use crate::promises;
use crate::reader::Reader;
use crate::reading;
use crate::sections::{self, texts::Named};
use crate::text::Document;
use crate::threads::both;
use crate::yaml::{Entry, Key};

/// What compiling a bundle gives.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The charter; `None` exactly where a diagnostic is an error.
    pub charter: Option<Charter>,
    /// Everything found, by file and position.
    pub diagnostics: Vec<Diagnostic>,
    /// Where the entries of the declaration and the maps stand.
    pub places: Places,
}

/// Compiles a policy: reads every file the declaration names, compares them
/// with one another, and reports everything that is wrong in one run.
///
/// ```
/// use candor_policy::{Bundle, compile};
///
/// let bundle = Bundle::new([("candor.yaml".to_owned(), "candor: 2\n".to_owned())]);
/// let compiled = compile(&bundle);
/// assert!(compiled.charter.is_none());
/// assert_eq!(compiled.diagnostics[0].code, "CND0203");
/// ```
#[must_use]
pub fn compile(bundle: &Bundle) -> Compiled {
    let mut reader = Reader::new(bundle, ROOT);
    // The rules that texts are read by are needed after the declaration.
    let (charter, ()) = both(|| read(&mut reader), reading::prepare);
    let mut diagnostics = reader.diagnostics;
    diagnostics.sort_by(|one, other| order(one).cmp(&order(other)));
    diagnostics.dedup();
    let refused = has_error(&diagnostics);
    Compiled {
        charter: charter.filter(|_| !refused),
        diagnostics,
        places: reader.places,
    }
}

/// Reads and compares everything. `None` where the declaration can't be read
/// as a whole, which is always reported.
fn read(reader: &mut Reader<'_>) -> Option<Charter> {
    let bundle = reader.bundle;
    let Some(source) = bundle.file(ROOT) else {
        let known = bundle.files().map(|(path, _)| path);
        let at = Location::new(ROOT, 0..0);
        reader.report(checks::missing_file::missing(at, ROOT, known));
        return None;
    };
    let whole = Entry {
        key: Key {
            text: String::new(),
            span: 0..0,
        },
        node: include::read(reader, source)?,
    };
    let declared = sections::read(reader, &whole)?;
    let mut charter = declared.charter;
    let documents = read_texts(reader, &declared.texts)?;
    checks::undeclared_name::check(reader, &whole.node);
    let complete = !has_error(&reader.diagnostics);
    charter.promises = promises::derive(&charter, whole.node.entries());
    // Reading the texts alone takes as long as all the comparisons.
    let compare = || {
        let linked = promises::link(
            &mut charter.promises,
            &documents,
            &whole.node,
            &mut reader.diagnostics,
        );
        let facts = Facts {
            charter: &charter,
            documents: &documents,
            linked: &linked,
            complete,
            places: &reader.places,
            said: OnceCell::new(),
        };
        checks::run(&facts, &mut reader.diagnostics);
        let texts = documents.iter().map(|document| document.text.clone());
        charter.texts = texts.collect();
        charter.id = charter.content_address();
    };
    let ((), faults) = both(compare, || text_alone::find(&documents));
    text_alone::add(&documents, faults, &mut reader.diagnostics);
    Some(charter)
}

/// The texts. `None` where one is beyond the limits: every fact that it tells
/// would be reported as told by no text.
fn read_texts(reader: &mut Reader<'_>, texts: &[Named]) -> Option<Vec<Document>> {
    let bundle = reader.bundle;
    let texts: Vec<(&Named, &str)> = texts
        .iter()
        .filter_map(|named| Some((named, bundle.file(&named.path)?)))
        .collect();
    let read: Vec<Option<Document>> = texts
        .iter()
        .map(|(named, markdown)| {
            let fits = reader.within_limits(limits::refuse_text(&named.path, markdown));
            let document = fits.then(|| Document::read(&named.language, &named.path, markdown))?;
            let blocks = document.blocks.iter().map(|block| block.plain.len());
            reader
                .within_limits(limits::refuse_length(&named.path, blocks))
                .then_some(document)
        })
        .collect();
    read.into_iter().collect()
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// By file, the root first, then by position and code.
fn order(diagnostic: &Diagnostic) -> (bool, &str, usize, &str) {
    let at = &diagnostic.primary.at;
    (at.path != ROOT, &at.path, at.span.start, diagnostic.code)
}

#[cfg(test)]
mod tests;
