//! Carries out the changes that findings propose. Refuses changes that overlap
//! with one made already, and places that the bundle doesn't have: those wait
//! for the next run.

use crate::bundle::Bundle;
use crate::diagnostic::{Diagnostic, Fix};

/// The bundle with every fix made that can be made in one go, and how many that
/// were. Compiling it again tells what is left.
///
/// ```
/// use candor_policy::{Bundle, apply_fixes, compile};
///
/// let source = "candor: 1\nretension: {}\n";
/// let bundle = Bundle::new([("candor.yaml".to_owned(), source.to_owned())]);
/// let (mended, made) = apply_fixes(&bundle, &compile(&bundle).diagnostics);
/// assert_eq!(made, 1);
/// assert_eq!(mended.file("candor.yaml"), Some("candor: 1\nretention: {}\n"));
/// ```
#[must_use]
pub fn apply(bundle: &Bundle, diagnostics: &[Diagnostic]) -> (Bundle, usize) {
    let mut fixes: Vec<&Fix> = diagnostics
        .iter()
        .filter_map(|found| found.fix.as_ref())
        .collect();
    // From the end of each file to its beginning, so that places stay true.
    let order = |fix: &&Fix| (fix.at.path.clone(), fix.at.span.start, fix.at.span.end);
    fixes.sort_by_key(|fix| std::cmp::Reverse(order(fix)));
    let mut mended = bundle.clone();
    let mut made = 0;
    let mut last: Option<(&str, usize)> = None;
    for fix in fixes {
        let path = fix.at.path.as_str();
        let overlaps = last.is_some_and(|(other, start)| {
            other == path && (fix.at.span.end > start || fix.at.span.start == start)
        });
        let parts = mended.file(path).filter(|_| !overlaps).and_then(|text| {
            let before = text.get(..fix.at.span.start)?;
            let after = text.get(fix.at.span.end..)?;
            Some([before, fix.replacement.as_str(), after].concat())
        });
        if let Some(text) = parts {
            mended.insert(path, text);
            last = Some((path, fix.at.span.start));
            made += 1;
        }
    }
    (mended, made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;

    /// What is left after fixing until nothing can be fixed.
    fn mend(declaration: &str, text: &str) -> (Bundle, Vec<&'static str>) {
        let mut bundle = Bundle::new([
            ("candor.yaml".to_owned(), declaration.to_owned()),
            ("policy.md".to_owned(), text.to_owned()),
        ]);
        for _ in 0..5 {
            let (mended, made) = apply(&bundle, &compile(&bundle).diagnostics);
            bundle = mended;
            if made == 0 {
                break;
            }
        }
        let left = compile(&bundle).diagnostics.into_iter();
        let codes = left.map(|found| found.code).collect();
        (bundle, codes)
    }

    #[test]
    fn slips_of_the_pen_are_mended() {
        let declaration = "candor: 1\n\
            organisation: { name: Example, country: FR, contact: { email: a@example.test } }\n\
            text: { en: policy.md }\n\
            people: { customer: { role: controler, known_by: [email] } }\n\
            purposes: { service: { basis: contrat } }\n\
            data: { usage: { category: telemetri, of: custmer, for: servise } }\n\
            retntion: { usage: { for: 90 days } }\n";
        let text = "Write to [b@example.test](promise:contact.email). For \
            [the service](promise:purpose.servce) we keep [usage](promise:collect.usage) for \
            [sixty days](promise:retain.usage).\n";
        let (mended, left) = mend(declaration, text);
        assert_eq!(left, Vec::<&str>::new(), "{mended:?}");
        let text = mended.file("policy.md").unwrap();
        assert!(text.contains("[90 days](promise:retain.usage)"), "{text}");
        assert!(
            text.contains("[a@example.test](promise:contact.email)"),
            "{text}"
        );
    }

    #[test]
    fn overlapping_changes_wait() {
        use crate::diagnostic::Location;
        let bundle = Bundle::new([("policy.md".to_owned(), "abcdef".to_owned())]);
        let code = crate::checks::link_nowhere::empty(Location::new("policy.md", 0..1), "x");
        let fix = |span, text: &str| {
            let at = Location::new("policy.md", span);
            code.clone().with_fix(at, text)
        };
        let (mended, made) = apply(&bundle, &[fix(0..3, "x"), fix(2..4, "y"), fix(9..12, "z")]);
        assert_eq!((mended.file("policy.md"), made), (Some("abyef"), 1));
    }
}
