//! One broken rule at one place. Written as `path:line: message`, which editors
//! turn into a link.

use std::fmt;

/// A broken house rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Path from the root of the workspace.
    pub(crate) path: String,
    /// Line, counted from 1. Zero when the whole file is meant.
    pub(crate) line: usize,
    /// What is wrong and what to do, in one line.
    pub(crate) message: String,
}

impl Problem {
    /// A problem of a whole file, or of one that is missing.
    pub(crate) fn file(path: &str, message: impl Into<String>) -> Self {
        Self::line(path, 0, message)
    }

    /// A problem at a line, counted from 1.
    pub(crate) fn line(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}
