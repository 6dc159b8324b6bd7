//! Short texts with one contradiction each, or none: a `## ` heading names the
//! kind, and the text follows.

use candor_policy::reading::Reading;

/// A text, and the code that should be found.
pub(crate) struct Case {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) code: Option<&'static str>,
}

/// The kinds, as the headings name them.
const KINDS: [(&str, &str); 9] = [
    ("closed_purposes", "CND0701"),
    ("kept_forever", "CND0702"),
    ("two_deadlines", "CND0703"),
    ("sale_and_ads", "CND0704"),
    ("never_but_collects", "CND0705"),
    ("closed_sharing", "CND0706"),
    ("processor_basis", "CND0707"),
    ("anonymous_tied", "CND0708"),
    ("consent_by_use", "CND0709"),
];

impl Case {
    /// The cases of a file. A case's own `## ` headings don't look like kinds.
    pub(crate) fn read(source: &str) -> Vec<Self> {
        let mut cases: Vec<Self> = Vec::new();
        for line in source.lines() {
            match line.strip_prefix("## ").and_then(kind) {
                Some(code) => cases.push(Self {
                    title: line.trim_start_matches("## ").to_owned(),
                    text: String::new(),
                    code,
                }),
                None => {
                    if let Some(case) = cases.last_mut() {
                        case.text.push_str(line);
                        case.text.push('\n');
                    }
                }
            }
        }
        cases
    }
}

/// `kept_forever 2`, or `none 7`.
fn kind(heading: &str) -> Option<Option<&'static str>> {
    let (kind, number) = heading.split_once(' ')?;
    number.parse::<u32>().ok()?;
    if kind == "none" {
        return Some(None);
    }
    let known = KINDS.iter().find(|(name, _)| *name == kind)?;
    Some(Some(known.1))
}

/// The codes of the contradictions that were found, each once.
pub(crate) fn found(reading: &Reading) -> impl Iterator<Item = &'static str> {
    let codes = KINDS.iter().map(|(_, code)| *code);
    codes.filter(|code| reading.findings.iter().any(|found| found.code == *code))
}

/// Each contradiction's message and the words it stands at.
pub(crate) fn told(reading: &Reading, source: &str) -> Vec<String> {
    reading
        .findings
        .iter()
        .filter(|found| KINDS.iter().any(|(_, code)| *code == found.code))
        .map(|found| {
            let words = source
                .get(found.primary.at.span.clone())
                .unwrap_or_default();
            format!("  {}: {} | {words}", found.code, found.message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_told_from_their_own_headings() {
        let cases = Case::read("## kept_forever 1\n# A\n## B\ntext\n## none 2\nx\n");
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[0].code, Some("CND0702"));
        assert_eq!(cases[0].text, "# A\n## B\ntext\n");
        assert_eq!(cases[1].code, None);
    }
}
