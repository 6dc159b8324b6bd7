//! Single values, and lists of them, as what they mean.

use std::ops::Range;

use jiff::civil::Date;

use super::Reader;
use crate::checks::{malformed_value, unknown_category, unknown_value, zero_period};
use crate::countries;
use crate::period::{Period, PeriodError, Unit};
use crate::vocabulary;
use crate::yaml::{Entry, Node, Value};

impl Reader<'_> {
    /// A single value as text.
    pub(crate) fn text(&mut self, entry: &Entry) -> Option<String> {
        self.scalar(&entry.node, &format!("`{}`", entry.key.text))
    }

    /// One text or a list of them, each with its bytes.
    pub(crate) fn texts(&mut self, entry: &Entry) -> Vec<(String, Range<usize>)> {
        let what = format!("`{}`", entry.key.text);
        match &entry.node.value {
            Value::List(items) => items
                .iter()
                .filter_map(|item| Some((self.scalar(item, &what)?, item.span.clone())))
                .collect(),
            _ => self
                .scalar(&entry.node, &what)
                .map(|text| (text, entry.node.span.clone()))
                .into_iter()
                .collect(),
        }
    }

    /// One word or a list of them.
    pub(crate) fn words(&mut self, entry: &Entry) -> Vec<String> {
        self.texts(entry)
            .into_iter()
            .map(|(text, _)| text)
            .collect()
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, entry: &Entry) -> Option<bool> {
        self.one_of(entry, "truth value", &[("true", true), ("false", false)])
    }

    /// One of a few words. Spaces and hyphens stand for underscores.
    pub(crate) fn one_of<T: Copy>(
        &mut self,
        entry: &Entry,
        what: &str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(entry)?;
        let found = pick(&text, known);
        if found.is_none() {
            let at = self.at(entry.node.span.clone());
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            self.report(unknown_value::unknown_value(at, &text, what, &words));
        }
        found
    }

    /// One or several of a few words, as written in the table.
    pub(crate) fn some_of<T: Copy>(
        &mut self,
        entry: &Entry,
        what: &str,
        known: &[(&str, T)],
    ) -> Vec<T> {
        let mut found = Vec::new();
        for (text, span) in self.texts(entry) {
            match pick(&text, known) {
                Some(value) => found.push(value),
                None => {
                    let at = self.at(span);
                    let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
                    self.report(unknown_value::unknown_value(at, &text, what, &words));
                }
            }
        }
        found
    }

    /// A whole number above zero.
    pub(crate) fn count(&mut self, entry: &Entry) -> Option<u32> {
        self.parsed(
            entry,
            "a whole number above zero",
            "write it as `16`",
            |text| text.parse().ok().filter(|count| *count > 0),
        )
    }

    /// A web address, or a path of the same site.
    pub(crate) fn address(&mut self, entry: &Entry) -> Option<String> {
        let help = "write it as `https://company.example/opt-out` or `/opt-out`";
        self.parsed(entry, "an address", help, |text| {
            let known = ["https://", "http://", "/"];
            let good = known.iter().any(|start| text.starts_with(start))
                && !text.contains(char::is_whitespace);
            good.then(|| text.to_owned())
        })
    }

    /// A country's two letters.
    pub(crate) fn country(&mut self, entry: &Entry) -> Option<String> {
        let help = "write the two capital letters of ISO 3166-1, such as `FR`";
        self.parsed(entry, "a country code", help, |text| {
            countries::is_code(text).then(|| text.to_owned())
        })
    }

    /// A country's two letters, or a region with a calendar of its own.
    pub(crate) fn place(&mut self, entry: &Entry) -> Option<String> {
        let help = "write a country of ISO 3166-1 such as `FR`, or a Swiss canton, a German Land, \
                    a nation of the United Kingdom, `US-CA` or `CA-QC` as in ISO 3166-2: `CH-ZH`";
        self.parsed(entry, "a country or region", help, |text| {
            countries::is_place(text).then(|| text.to_owned())
        })
    }

    /// What may be refused, and in words what is lost then: `true`, or the
    /// words. `false` is as good as nothing.
    pub(crate) fn optional(&mut self, entry: &Entry) -> Option<String> {
        match self.text(entry)?.as_str() {
            "true" => Some(String::new()),
            "false" => None,
            words => Some(words.to_owned()),
        }
    }

    /// How often: `day` as well as `90 days`.
    pub(crate) fn every(&mut self, entry: &Entry) -> Option<Period> {
        let unit = match self.text(entry)?.as_str() {
            "hour" => Unit::Hours,
            "day" => Unit::Days,
            "week" => Unit::Weeks,
            "month" => Unit::Months,
            "year" => Unit::Years,
            _ => return self.period(entry),
        };
        Some(Period { amount: 1, unit })
    }

    /// Purposes of the vocabulary: one or a list.
    pub(crate) fn purposes(&mut self, entry: &Entry) -> Vec<String> {
        let texts = self.texts(entry);
        texts
            .into_iter()
            .filter_map(|(text, span)| self.purpose_key(text, span))
            .collect()
    }

    /// A purpose of the vocabulary.
    pub(crate) fn purpose(&mut self, entry: &Entry) -> Option<String> {
        let text = self.text(entry)?;
        self.purpose_key(text, entry.node.span.clone())
    }

    fn purpose_key(&mut self, text: String, span: Range<usize>) -> Option<String> {
        if vocabulary::is_purpose(&text) {
            return Some(text);
        }
        let at = self.at(span);
        let known = vocabulary::purposes();
        self.report(unknown_category::unknown_category(
            at, &text, "purpose", known,
        ));
        None
    }

    /// A period, as people say it.
    pub(crate) fn period(&mut self, entry: &Entry) -> Option<Period> {
        let text = self.text(entry)?;
        let at = self.at(entry.node.span.clone());
        match Period::parse(&text) {
            Ok(period) => Some(period),
            Err(PeriodError::Zero) => {
                self.report(zero_period::zero_period(at, &text));
                None
            }
            Err(PeriodError::TooLong | PeriodError::Unclear) => {
                let help = "write it as people say it: `90 days`, `seven working days`, `1 month`";
                self.report(malformed_value::malformed(at, &text, "a period", help));
                None
            }
        }
    }

    /// A day of the calendar.
    pub(crate) fn date(&mut self, entry: &Entry) -> Option<Date> {
        self.parsed(entry, "a date", "write it as `2027-06-01`", |text| {
            text.parse().ok()
        })
    }

    /// A mailbox.
    pub(crate) fn email(&mut self, entry: &Entry) -> Option<String> {
        self.parsed(
            entry,
            "an e-mail address",
            "write it as `privacy@company.example`",
            |text| {
                let (local, domain) = text.split_once('@')?;
                let plain = !text.contains(char::is_whitespace) && !domain.contains('@');
                (plain && !local.is_empty() && domain.contains('.')).then(|| text.to_owned())
            },
        )
    }

    /// A value that a function reads, or a finding that says what it must be.
    /// `${NAME}` and nothing around it.
    pub(crate) fn variable(&mut self, entry: &Entry) -> Option<String> {
        let text = self.text(entry)?;
        let name = text.strip_prefix("${");
        let name = name.and_then(|text| text.strip_suffix('}'));
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_some_and(|name| !name.is_empty() && name.bytes().all(is_word)) {
            return Some(text);
        }
        let at = self.at(entry.node.span.clone());
        // Whatever stands here may be a secret, so it is not repeated.
        self.report(malformed_value::malformed(
            at,
            &entry.key.text,
            "followed by the name of a variable",
            "write `${NAME}` and set NAME in the environment: policies are published",
        ));
        None
    }

    pub(crate) fn parsed<T>(
        &mut self,
        entry: &Entry,
        what: &str,
        help: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(entry)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            let at = self.at(entry.node.span.clone());
            self.report(malformed_value::malformed(at, &text, what, help));
        }
        parsed
    }

    /// Data categories of the vocabulary: one or a list.
    pub(crate) fn categories(&mut self, entry: &Entry) -> Vec<String> {
        self.texts(entry)
            .into_iter()
            .filter_map(|(text, span)| self.category(text, span))
            .collect()
    }

    /// A data category of the vocabulary.
    pub(crate) fn category(&mut self, text: String, span: Range<usize>) -> Option<String> {
        if vocabulary::is_data_category(&text) {
            return Some(text);
        }
        let at = self.at(span);
        let known = vocabulary::data_categories();
        self.report(unknown_category::unknown_category(
            at,
            &text,
            "data category",
            known,
        ));
        None
    }

    fn scalar(&mut self, node: &Node, what: &str) -> Option<String> {
        match &node.value {
            Value::Scalar(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.wrong_shape(node, what, "a single value");
                None
            }
        }
    }
}

/// The value of a word in a table, spaces and hyphens standing for
/// underscores.
fn pick<T: Copy>(text: &str, known: &[(&str, T)]) -> Option<T> {
    let plain = |word: &str| word.replace([' ', '-'], "_").to_ascii_lowercase();
    let wanted = plain(text);
    known
        .iter()
        .find(|(word, _)| plain(word) == wanted)
        .map(|(_, value)| *value)
}
