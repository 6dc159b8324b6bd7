//! What a program may do with an API key. INVARIANT: [`Scope::sees`] is the only
//! place that says which subject requests are within a key's reach, and
//! [`Scope::sees_holds`] for holds; everything that reads or changes one for a key
//! asks it. Refuses what a scope doesn't
//! name: an empty scope allows nothing.

use std::collections::BTreeSet;

use candor_policy::charter::Right;
use serde::{Deserialize, Serialize};

use crate::subject_request::{SubjectRequest, Tenant};

/// One thing a key may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Look at subject requests: states, deadlines, counts.
    Read,
    /// File subject requests; whoever is proved by a mail.
    File,
    /// Vouch for a person, with a written reason: no mail is needed then.
    Vouch,
    /// Approve and refuse, take more time, lift restrictions, and take subject requests
    /// back.
    Decide,
    /// Do what staff do by hand, and see what people wrote: take in what somebody
    /// said, ask them, answer, do tasks.
    Handle,
    /// Fetch packages: what is held about the person.
    Package,
    /// Set and lift holds, and see on whom they are and why.
    Hold,
    /// Seal fields of an application under the keys of the people they are about.
    Seal,
    /// Open such fields again.
    Open,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 9] = [
        Self::Read,
        Self::File,
        Self::Vouch,
        Self::Decide,
        Self::Handle,
        Self::Package,
        Self::Hold,
        Self::Seal,
        Self::Open,
    ];

    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::File => "file",
            Self::Vouch => "vouch",
            Self::Decide => "decide",
            Self::Handle => "handle",
            Self::Package => "package",
            Self::Hold => "hold",
            Self::Seal => "seal",
            Self::Open => "open",
        }
    }

    /// The permission with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.key() == key)
    }
}

/// What a key may do, and for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// What it may do.
    pub may: BTreeSet<Permission>,
    /// The rights it is for; none means all.
    #[serde(default)]
    pub rights: BTreeSet<Right>,
    /// The business customer whose key it is: it reaches the subject requests of
    /// that customer's end users only. `None` is the organisation itself.
    #[serde(default)]
    pub tenant: Option<Tenant>,
}

impl Scope {
    /// Whether it may do this.
    #[must_use]
    pub fn allows(&self, permission: Permission) -> bool {
        self.may.contains(&permission)
    }

    /// Whether it is for this right.
    #[must_use]
    pub fn covers(&self, right: Right) -> bool {
        self.rights.is_empty() || self.rights.contains(&right)
    }

    /// Whether this subject request exists for the key. To a key that doesn't see
    /// it, the answer is the same as for one that was never filed.
    #[must_use]
    pub fn sees(&self, request: &SubjectRequest) -> bool {
        let own = self.tenant.is_none() || self.tenant == request.tenant;
        own && self.covers(request.right)
    }

    /// Whether holds exist for the key. They are the organisation's own decision, on
    /// people for whom it is controller, and about no right: a business customer's
    /// key reaches none.
    #[must_use]
    pub const fn sees_holds(&self) -> bool {
        self.tenant.is_none()
    }
}

#[cfg(test)]
mod tests {
    use candor_policy::charter::Approval;

    use super::*;
    use crate::subject_request::{Terms, file};
    use crate::testing::{charter, start, terms};

    fn request(tenant: Option<&str>) -> SubjectRequest {
        let terms = Terms {
            tenant: tenant.map(|name| name.parse().unwrap()),
            ..terms(Right::Erasure)
        };
        file(terms, &charter(Approval::Automatic), start())
            .unwrap()
            .0
    }

    fn scope(tenant: Option<&str>, rights: &[Right]) -> Scope {
        Scope {
            may: BTreeSet::from([Permission::Read]),
            rights: rights.iter().copied().collect(),
            tenant: tenant.map(|name| name.parse().unwrap()),
        }
    }

    #[test]
    fn a_tenants_key_reaches_its_own_end_users_only() {
        for (key, of, sees) in [
            (None, None, true),
            (None, Some("acme"), true),
            (Some("acme"), Some("acme"), true),
            (Some("acme"), Some("other"), false),
            (Some("acme"), None, false),
        ] {
            assert_eq!(scope(key, &[]).sees(&request(of)), sees, "{key:?} {of:?}");
        }
        assert!(scope(None, &[Right::Access]).sees_holds());
        assert!(!scope(Some("acme"), &[]).sees_holds());
    }

    #[test]
    fn a_key_for_some_rights_sees_no_others() {
        let request = request(None);
        assert!(scope(None, &[Right::Erasure]).sees(&request));
        assert!(!scope(None, &[Right::Access]).sees(&request));
    }

    #[test]
    fn an_empty_scope_allows_nothing_and_keys_are_what_is_stored() {
        for permission in Permission::ALL {
            assert!(!Scope::default().allows(permission));
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.key());
            assert_eq!(Permission::from_key(permission.key()), Some(permission));
        }
    }
}
