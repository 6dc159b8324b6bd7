//! Diagnostics: the author's mistakes, as data. One renderer per output lives
//! beside this file; the message alone must survive on a narrow terminal.

use std::ops::Range;

use serde::Serialize;

/// How bad it is. Errors refuse the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The policy is refused.
    Error,
    /// The policy compiles; somebody should look.
    Warning,
}

/// A place in one of the policy's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Location {
    /// Path within the policy's folder.
    pub path: String,
    /// Byte range within the file; empty ranges point at a position.
    pub span: Range<usize>,
}

/// A place with a few words about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Where.
    pub at: Location,
    /// What is there: lower case, no full stop.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable code, such as `CND0103`; `candor explain` prints its page.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One line: lower case, no full stop, input in backticks.
    pub message: String,
    /// The place it is about.
    pub primary: Label,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// How to mend it, in one line.
    pub help: Option<String>,
    /// The change that mends it, where a machine can make it.
    pub fix: Option<Fix>,
}

/// A change of one file that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// The bytes that go; an empty range is a position.
    pub at: Location,
    /// What comes in their place.
    pub replacement: String,
}

impl Location {
    /// A place in the file at `path`.
    pub fn new(path: impl Into<String>, span: Range<usize>) -> Self {
        Self {
            path: path.into(),
            span,
        }
    }
}

impl Diagnostic {
    /// The same finding, with a line on how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same finding, with the change that mends it.
    #[must_use]
    pub fn with_fix(mut self, at: Location, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix {
            at,
            replacement: replacement.into(),
        });
        self
    }

    /// The same finding, mended by putting these words in the place it is
    /// about.
    #[must_use]
    pub fn mended_by(self, replacement: impl Into<String>) -> Self {
        let at = self.primary.at.clone();
        self.with_fix(at, replacement)
    }

    /// The same finding, with another place that matters.
    #[must_use]
    pub fn with_secondary(mut self, at: Location, text: impl Into<String>) -> Self {
        self.secondary.push(Label {
            at,
            text: text.into(),
        });
        self
    }
}
