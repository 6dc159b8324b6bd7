//! A diagnostic's stable face: its code, how bad it is, and its page. Codes
//! are never reused; a retired one keeps its page.

use crate::diagnostic::{Diagnostic, Label, Location, Severity};

/// One code. Its file under `checks/` holds the messages it can give.
pub(crate) struct Code {
    /// Such as `CND0201`.
    pub(crate) id: &'static str,
    /// How bad a finding of this code is.
    pub(crate) severity: Severity,
    /// What `candor explain` prints.
    pub(crate) page: &'static str,
}

impl Code {
    /// A finding of this code: the place, a few words on what is there, and
    /// the message.
    pub(crate) fn at(
        &self,
        at: Location,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            code: self.id,
            severity: self.severity,
            message: message.into(),
            primary: Label {
                at,
                text: label.into(),
            },
            secondary: Vec::new(),
            help: None,
            fix: None,
        }
    }
}
