//! Where a subject request comes from: the way in, the business customer whose end
//! user asks, and what showed that it is the person who asks. Refuses to name
//! anybody: whatever is personal in a proof is sealed elsewhere.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::StaffId;

/// Characters of a tenant's name.
const TENANT_CHARS_MAX: usize = 64;

/// How a subject request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The privacy centre's form.
    Form,
    /// Staff, in the console.
    Console,
    /// The command line.
    CommandLine,
    /// A program, with an API key.
    Api,
    /// A line of a file with many people.
    Bulk,
    /// The organisation's own login, with a signed token.
    Login,
    /// An agent or a controller, through a protocol.
    Protocol,
    /// A letter, which staff filed.
    Letter,
    /// A call, which staff filed.
    Telephone,
    /// Somebody who came, for whom staff filed.
    InPerson,
    /// A message to a mailbox, a chat or the like, which staff filed.
    Message,
    /// A tenant, on its own page.
    Tenant,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 12] = [
        Self::Form,
        Self::Console,
        Self::CommandLine,
        Self::Api,
        Self::Bulk,
        Self::Login,
        Self::Protocol,
        Self::Letter,
        Self::Telephone,
        Self::InPerson,
        Self::Message,
        Self::Tenant,
    ];

    /// Ways in which somebody tells staff, who file it for them.
    pub const TOLD: [Self; 4] = [Self::Letter, Self::Message, Self::Telephone, Self::InPerson];

    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Console => "console",
            Self::CommandLine => "command_line",
            Self::Api => "api",
            Self::Bulk => "bulk",
            Self::Login => "login",
            Self::Protocol => "protocol",
            Self::Letter => "letter",
            Self::Telephone => "telephone",
            Self::InPerson => "in_person",
            Self::Message => "message",
            Self::Tenant => "tenant",
        }
    }
}

/// What showed that it is the person who asks (Article 12(6)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Proof {
    /// They followed the link that was mailed to their address.
    Mail,
    /// Somebody vouches, with a written reason that is sealed beside the subject
    /// request.
    Vouched {
        /// Who.
        who: StaffId,
    },
    /// They were signed in with the organisation, whose token says so.
    Login,
}

impl Proof {
    /// A stable name.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Vouched { .. } => "vouched",
            Self::Login => "login",
        }
    }

    /// Who vouches, if somebody does.
    #[must_use]
    pub const fn voucher(&self) -> Option<&StaffId> {
        match self {
            Self::Vouched { who } => Some(who),
            Self::Mail | Self::Login => None,
        }
    }
}

/// A business customer who is controller for its own end users. Its name is the
/// organisation's name for it and says nothing about a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tenant(String);

/// Text that can't name a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a tenant has 1 to {TENANT_CHARS_MAX} letters, digits, dots, hyphens or underscores")]
pub struct TenantError;

impl Tenant {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Tenant {
    type Error = TenantError;
    fn try_from(text: String) -> Result<Self, TenantError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let fits = (1..=TENANT_CHARS_MAX).contains(&text.len()) && text.chars().all(plain);
        if fits {
            Ok(Self(text))
        } else {
            Err(TenantError)
        }
    }
}

impl std::str::FromStr for Tenant {
    type Err = TenantError;
    fn from_str(text: &str) -> Result<Self, TenantError> {
        text.to_owned().try_into()
    }
}

impl From<Tenant> for String {
    fn from(tenant: Tenant) -> Self {
        tenant.0
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_what_is_stored() {
        for channel in Channel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.key());
        }
        let who = StaffId::from_random([1; 16]);
        for proof in [Proof::Mail, Proof::Vouched { who }, Proof::Login] {
            assert_eq!(serde_json::to_value(&proof).unwrap()["by"], proof.key());
        }
    }

    #[test]
    fn a_tenant_has_a_plain_name() {
        let long = "a".repeat(64);
        for name in ["acme", "acme-eu.1", "A_b", &long] {
            assert_eq!(name.parse::<Tenant>().unwrap().as_str(), name);
        }
        for name in ["", "a b", "é", "a/b", &"a".repeat(65)] {
            assert_eq!(name.parse::<Tenant>(), Err(TenantError), "{name}");
        }
    }
}
