//! What a person read in a text: one line a fact, fields divided by tabs.
//! Places are bytes of the annotated text; its words are not repeated. The
//! guideline is `crates/policy/data/eval/README.md`.

use std::ops::Range;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// An annotated text.
#[derive(Debug, Default)]
pub(crate) struct Gold {
    /// The file's name.
    pub(crate) text: String,
    /// `development` or `held-out`.
    pub(crate) set: String,
    pub(crate) sha256: String,
    /// Whether nothing but its vendors was annotated.
    pub(crate) vendors_only: bool,
    /// Each sentence, and whether it commits the organisation.
    pub(crate) sentences: Vec<(Range<usize>, bool)>,
    pub(crate) durations: Vec<GoldDuration>,
    pub(crate) vendors: Vec<GoldVendor>,
    /// Codes of the contradictions.
    pub(crate) contradictions: Vec<String>,
}

/// A duration, and the sentence it stands in.
#[derive(Debug)]
pub(crate) struct GoldDuration {
    pub(crate) span: Range<usize>,
    pub(crate) amount: u32,
    pub(crate) unit: String,
    pub(crate) role: String,
}

/// A vendor under each name that would be right.
#[derive(Debug)]
pub(crate) struct GoldVendor {
    pub(crate) names: Vec<String>,
    /// Where readers of good sense differ, naming it is neither right nor wrong.
    pub(crate) doubtful: bool,
}

impl GoldVendor {
    fn read(names: &str, doubtful: bool) -> Self {
        Self {
            names: names.split('|').map(str::to_owned).collect(),
            doubtful,
        }
    }

    /// Upper and lower case are the same.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.names
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
    }
}

impl Gold {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut gold = Self::default();
        for (number, line) in text.lines().enumerate() {
            gold.line(line)
                .with_context(|| format!("line {}", number + 1))?;
        }
        let more = gold.sentences.len() + gold.durations.len() + gold.contradictions.len();
        if gold.vendors_only && more > 0 {
            bail!("`{}` counts for its vendors, and has more", gold.text);
        }
        Ok(gold)
    }

    fn line(&mut self, line: &str) -> Result<()> {
        match line.split('\t').collect::<Vec<_>>().as_slice() {
            ["text", name] => (*name).clone_into(&mut self.text),
            ["set", name @ ("development" | "held-out")] => (*name).clone_into(&mut self.set),
            ["sha256", sum] => (*sum).clone_into(&mut self.sha256),
            ["source" | "licence", _] => {}
            ["counts", "vendors"] => self.vendors_only = true,
            ["sentence", start, end, commits @ ("0" | "1")] => {
                self.sentences
                    .push((start.parse()?..end.parse()?, *commits == "1"));
            }
            ["duration", start, end, amount, unit, role] => self.durations.push(GoldDuration {
                span: start.parse()?..end.parse()?,
                amount: amount.parse()?,
                unit: (*unit).to_owned(),
                role: (*role).to_owned(),
            }),
            ["vendor", names] => self.vendors.push(GoldVendor::read(names, false)),
            ["vendor?", names] => self.vendors.push(GoldVendor::read(names, true)),
            ["contradiction", code] => self.contradictions.push((*code).to_owned()),
            _ => bail!("no such fact: `{line}`"),
        }
        Ok(())
    }
}

/// Whether two sentences are the same one: half of the shorter is in both.
pub(crate) fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    let shared = one
        .end
        .min(other.end)
        .saturating_sub(one.start.max(other.start));
    shared * 2 >= one.len().min(other.len()).max(1)
}

/// Whether a place lies in a sentence.
pub(crate) const fn inside(place: &Range<usize>, sentence: &Range<usize>) -> bool {
    sentence.start <= place.start && place.start < sentence.end
}

/// A unit or role as the annotations write it: `working_days`, `look_back`.
pub(crate) fn name(value: impl std::fmt::Debug) -> String {
    let mut name = String::new();
    for (at, letter) in format!("{value:?}").char_indices() {
        if at > 0 && letter.is_uppercase() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_annotated_for_its_vendors_has_nothing_else() {
        let vendors = "text\ta.md\ncounts\tvendors\nvendor\tFerrule\n";
        assert!(Gold::parse(vendors).unwrap().vendors_only);
        let more = format!("{vendors}sentence\t0\t9\t1\n");
        assert!(Gold::parse(&more).is_err());
    }
}
