//! Where a tenant is told that something waits for its decision: an address of its
//! own, a program of its own, or both. Refuses a contact that reaches nobody, an
//! address nothing can be sent to, and a secret that others can read.

use std::path::{Path, PathBuf};

use candor_connect::http;
use candor_connect::mail::is_address;
use candor_domain::subject_request::Tenant;
use candor_seal::webhook::{Message, WebhookKeys};
use serde::Deserialize;

use super::parties::{PartiesError, secret};

/// A tenant's entry in the file of parties.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactFile {
    tenant: Tenant,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    webhook: Option<WebhookFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookFile {
    address: String,
    secret: PathBuf,
}

/// Where a tenant is told.
#[derive(Debug)]
pub(crate) struct Contact {
    /// Whom.
    pub(crate) tenant: Tenant,
    /// By mail.
    pub(crate) email: Option<String>,
    /// By a message to its own program.
    pub(crate) webhook: Option<Webhook>,
}

/// A program of a tenant's.
#[derive(Debug)]
pub(crate) struct Webhook {
    /// Where it listens.
    pub(crate) address: String,
    keys: WebhookKeys,
}

impl Contact {
    /// An entry, with the secret it names; relative paths start at `folder`.
    pub(super) fn read(file: ContactFile, folder: &Path) -> Result<Self, PartiesError> {
        let ContactFile {
            tenant,
            email,
            webhook,
        } = file;
        let wrong = |why: String| PartiesError::Contact {
            tenant: tenant.clone(),
            why,
        };
        if email.is_none() && webhook.is_none() {
            return Err(wrong("name an `email` or a `webhook`".to_owned()));
        }
        if email.as_deref().is_some_and(|email| !is_address(email)) {
            return Err(wrong("its `email` is no address".to_owned()));
        }
        let webhook = webhook.map(|webhook| {
            http::address(&webhook.address)
                .map_err(|error| wrong(format!("the address of its webhook: {error}")))?;
            let text = secret(&folder.join(&webhook.secret))?;
            let keys = WebhookKeys::parse(text.trim(), None);
            let keys = keys.map_err(|error| wrong(format!("its webhook's secret: {error}")))?;
            Ok(Webhook {
                address: webhook.address,
                keys,
            })
        });
        Ok(Self {
            webhook: webhook.transpose()?,
            tenant,
            email,
        })
    }
}

impl Webhook {
    /// The headers of a message, as Standard Webhooks 1.0 names them.
    pub(crate) fn headers(&self, message: &Message<'_>) -> [(&'static str, String); 3] {
        [
            ("webhook-id", message.id.to_owned()),
            ("webhook-timestamp", message.sent_at.to_string()),
            ("webhook-signature", self.keys.sign(message)),
        ]
    }
}
