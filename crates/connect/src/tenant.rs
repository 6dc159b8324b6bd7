//! A source as it is for some people: the organisation's own, or one tenant's end
//! users. INVARIANT: everything that is done for one person goes through this
//! view, so that what is found, shown, written, erased and looked for again is
//! found among the same rows. Refuses to guess: a source that says nothing of
//! tenants holds nothing of theirs.

use candor_policy::map::Whose;

use crate::error::SourceError;
use crate::source::Source;

/// What a source is for some people.
#[derive(Debug)]
pub enum View {
    /// All of it.
    Whole,
    /// The same database, with only their rows in reach.
    Part(Box<Source>),
    /// Nothing in it can be about them.
    Nothing,
}

impl Source {
    /// The source, where all of it belongs to one tenant.
    #[must_use]
    pub fn belonging_to(mut self, tenant: Option<String>) -> Self {
        self.tenant = tenant;
        self
    }

    /// The tenant to whom all of it belongs.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// Whether it may hold several tenants' rows, or the organisation's own beside
    /// a tenant's.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.map().tells_tenants()
    }

    /// What it is for these people.
    ///
    /// # Errors
    ///
    /// [`SourceError`] of a service, which can't be asked about a part.
    pub fn view(&self, whose: &Whose) -> Result<View, SourceError> {
        let wholly = match (whose, self.tenant()) {
            (Whose::Everybody, _) => return Ok(View::Whole),
            (Whose::Own, own) => own.is_none(),
            (Whose::Tenant(tenant), Some(own)) => own == tenant,
            (Whose::Tenant(_), None) => self.is_shared(),
        };
        if !wholly {
            return Ok(View::Nothing);
        }
        if !self.is_shared() || self.map().whose == *whose {
            return Ok(View::Whole);
        }
        let part = self.under(self.map().read_for(whose.clone()))?;
        Ok(View::Part(Box::new(part)))
    }
}
