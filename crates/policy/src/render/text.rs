//! Diagnostics for a terminal or a log: message, place with the source
//! underlined, and help.

use annotate_snippets::{
    AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use crate::bundle::Bundle;
use crate::diagnostic::{Diagnostic, Label, Severity};

/// Whether terminal colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Letters only.
    Plain,
    /// With terminal colours.
    Coloured,
}

/// How many there are: "1 error, 2 warnings".
///
/// ```
/// assert_eq!(candor_policy::render::text::tally(&[]), "0 errors, 0 warnings");
/// ```
#[must_use]
pub fn tally(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .count();
    let warnings = diagnostics.len() - errors;
    let ending = |count: usize| if count == 1 { "" } else { "s" };
    format!(
        "{errors} error{}, {warnings} warning{}",
        ending(errors),
        ending(warnings)
    )
}

/// Every diagnostic with its source, an empty line between two of them.
///
/// ```
/// use candor_policy::render::text::{Style, render};
/// use candor_policy::{Bundle, compile};
///
/// let bundle = Bundle::new([("candor.yaml".to_owned(), "candr: 1\n".to_owned())]);
/// let text = render(&compile(&bundle).diagnostics, &bundle, Style::Plain);
/// assert!(text.contains("unknown key `candr`"));
/// assert!(text.contains("did you mean `candor`?"));
/// ```
#[must_use]
pub fn render(diagnostics: &[Diagnostic], bundle: &Bundle, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let mut rendered = String::new();
    for diagnostic in diagnostics {
        rendered.push_str(&renderer.render(&[group(diagnostic, bundle)]));
        rendered.push_str("\n\n");
    }
    rendered
}

fn group<'a>(diagnostic: &'a Diagnostic, bundle: &'a Bundle) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(one_line(&diagnostic.message))
        .id(diagnostic.code);
    let path = &diagnostic.primary.at.path;
    let here = diagnostic
        .secondary
        .iter()
        .filter(|label| label.at.path == *path);
    let elsewhere = diagnostic
        .secondary
        .iter()
        .filter(|label| label.at.path != *path);
    let mut group = match bundle.file(path) {
        None => title.element(Origin::path(path)),
        Some(source) => {
            let primary = annotation(AnnotationKind::Primary, &diagnostic.primary, source);
            let context = here.map(|label| annotation(AnnotationKind::Context, label, source));
            title.element(
                Snippet::source(source)
                    .path(path)
                    .annotation(primary)
                    .annotations(context),
            )
        }
    };
    for label in elsewhere {
        if let Some(source) = bundle.file(&label.at.path) {
            let annotation = annotation(AnnotationKind::Context, label, source);
            let snippet = Snippet::source(source).path(&label.at.path);
            group = group.element(snippet.annotation(annotation));
        }
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(one_line(help)));
    }
    if let Some(fix) = &diagnostic.fix {
        let message = format!("`candor check --fix` writes `{}`", fix.replacement);
        group = group.element(Level::HELP.message(one_line(&message)));
    }
    group
}

/// A label on its source. Positions past the end of the source are its end, and
/// none falls inside a character, even where the bundle isn't the compiled one.
fn annotation<'a>(
    kind: AnnotationKind,
    label: &Label,
    source: &str,
) -> annotate_snippets::Annotation<'a> {
    let start = source.floor_char_boundary(label.at.span.start);
    let end = source.ceil_char_boundary(label.at.span.end).max(start);
    kind.span(start..end).label(one_line(&label.text))
}

/// Input may hold line breaks and control characters; a terminal gets neither.
fn one_line(text: &str) -> String {
    normalize_untrusted_str(&text.replace(['\n', '\r'], " "))
}
