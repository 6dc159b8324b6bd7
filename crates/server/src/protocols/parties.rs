//! Who may file through a protocol: a file of the operator's, read when the
//! service starts. Agents stand in it as the Data Rights Protocol's service
//! directory lists them; with them stands where tenants are told. Refuses unknown keys, keys that are none, two parties of
//! one name, and a certificate that isn't the domain's: a mistake here opens a
//! door or closes one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candor_domain::subject_request::Tenant;
use candor_seal::certified::{CertifiedError, CertifiedKey};
use candor_seal::signed_message::SenderKey;
use serde::Deserialize;
use thiserror::Error;

use super::callback::Origin;
use super::contact::{Contact, ContactFile};

/// Parties of one protocol.
const PARTIES_MAX: usize = 200;
/// Characters of a party's name.
const NAME_CHARS_MAX: usize = 64;

/// Who may file through a protocol. Clones share everything; nobody, where the
/// operator declares none.
#[derive(Clone, Debug, Default)]
pub struct Parties {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    data_rights: Option<DataRights>,
    open_dsr: Option<OpenDsr>,
    tenants: Vec<Contact>,
}

/// A file of parties that can't be used.
#[derive(Debug, Error)]
pub enum PartiesError {
    /// Reading failed.
    #[error("`{path}` could not be read")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others can read a private key.
    #[error("others can read `{path}`; run: chmod 600 {path}")]
    Permissions {
        /// The file.
        path: PathBuf,
    },
    /// Not what a file of parties looks like.
    #[error("`{path}` is no file of parties: {why}")]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its place.
        why: String,
    },
    /// A name that can't be one, or stands twice.
    #[error(
        "`{name}` must be 1 to {NAME_CHARS_MAX} letters, digits, dots, hyphens or underscores, \
         and stand once"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// Too many of them.
    #[error("more than {PARTIES_MAX} parties of one protocol")]
    Many,
    /// Two controllers for the same people.
    #[error("`{0}` and another controller have the same tenant: a key must lead to one of them")]
    Tenant(String),
    /// Where a tenant is told.
    #[error("tenant `{tenant}` can't be told: {why}")]
    Contact {
        /// The tenant.
        tenant: Tenant,
        /// What is wrong.
        why: String,
    },
    /// The certificate.
    #[error("OpenDSR can not sign for `{domain}`: {why}")]
    Certificate {
        /// The domain.
        domain: String,
        /// Why.
        why: CertifiedError,
    },
    /// People reach the service under another name.
    #[error("OpenDSR's domain `{domain}` is not the host of the public address")]
    Domain {
        /// The domain.
        domain: String,
    },
}

/// The Data Rights Protocol's side.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DataRights {
    /// How the service directory calls the organisation.
    pub(super) business_id: String,
    /// Whom an agent's engineers write to.
    pub(super) technical_contact: String,
    /// The agents.
    pub(super) agents: Vec<Agent>,
}

/// An authorised agent, as the service directory lists it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agent {
    /// Its name.
    pub(super) id: String,
    /// What people call it.
    pub(super) name: String,
    /// What its messages are verified with, in base64.
    #[serde(deserialize_with = "verify_key")]
    pub(super) verify_key: SenderKey,
    /// Its home page.
    #[serde(default)]
    #[expect(dead_code, reason = "directories list it, and staff look it up there")]
    web_url: Option<String>,
    /// How it makes sure who somebody is.
    #[serde(default)]
    #[expect(dead_code, reason = "directories list it, and staff look it up there")]
    identity_assurance_url: Option<String>,
    /// Whom our engineers write to.
    #[serde(default)]
    #[expect(dead_code, reason = "directories list it, and staff look it up there")]
    technical_contact: Option<String>,
    /// Whom our counsel writes to.
    #[serde(default)]
    #[expect(dead_code, reason = "directories list it, and staff look it up there")]
    business_contact: Option<String>,
    /// Whether an address that the agent says it verified counts as proved. Else
    /// a mail goes there.
    #[serde(default)]
    pub(super) trust_verified_email: bool,
    /// Where it may be told.
    #[serde(default)]
    pub(super) callbacks: Vec<Origin>,
}

/// OpenDSR's side.
#[derive(Debug)]
pub(super) struct OpenDsr {
    /// Under which others reach us; the certificate is for it.
    pub(super) domain: String,
    /// Signs what we say.
    pub(super) key: CertifiedKey,
    /// The controllers.
    pub(super) controllers: Vec<Controller>,
}

/// A controller: known by the tenant of the API key it shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Controller {
    /// Our name for it.
    pub(super) id: String,
    /// The business customer whose end users it files for; none where it files
    /// for the organisation's own people.
    #[serde(default)]
    pub(super) tenant: Option<Tenant>,
    /// Kind of people, as declared; none for the first that fits.
    #[serde(default)]
    pub(super) about: Option<String>,
    /// Which of the protocol's identity types leads to people by which of ours.
    pub(super) identities: BTreeMap<String, String>,
    /// Where it may be told.
    #[serde(default)]
    pub(super) callbacks: Vec<Origin>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    data_rights: Option<DataRights>,
    #[serde(default)]
    open_dsr: Option<OpenDsrFile>,
    #[serde(default)]
    tenants: Vec<ContactFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenDsrFile {
    domain: String,
    certificate: PathBuf,
    key: PathBuf,
    controllers: Vec<Controller>,
}

impl Parties {
    /// Reads a file of parties; relative paths in it start at its folder.
    ///
    /// # Errors
    /// A [`PartiesError`].
    pub fn read(path: &Path, public_address: &str) -> Result<Self, PartiesError> {
        let text = text(path)?;
        let form = |why: String| PartiesError::Form {
            path: path.to_owned(),
            why,
        };
        let file: File = serde_json::from_str(&text).map_err(|error| form(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        if let Some(drp) = &file.data_rights {
            let agents = drp.agents.iter().map(|agent| agent.id.as_str());
            names(agents)?;
            names([drp.business_id.as_str()])?;
        }
        let open_dsr = file
            .open_dsr
            .map(|file| open_dsr(file, folder, public_address, &form))
            .transpose()?;
        if file.tenants.len() > PARTIES_MAX {
            return Err(PartiesError::Many);
        }
        let tenants = file.tenants.into_iter();
        let tenants: Result<Vec<Contact>, _> =
            tenants.map(|one| Contact::read(one, folder)).collect();
        let tenants = tenants?;
        let mut known = BTreeSet::new();
        if let Some(twice) = tenants.iter().find(|one| !known.insert(&one.tenant)) {
            let tenant = twice.tenant.clone();
            let why = "it stands twice".to_owned();
            return Err(PartiesError::Contact { tenant, why });
        }
        let inner = Inner {
            data_rights: file.data_rights,
            open_dsr,
            tenants,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Where this tenant is told what waits for it.
    pub(crate) fn contact(&self, tenant: &Tenant) -> Option<&Contact> {
        let mut tenants = self.inner.tenants.iter();
        tenants.find(|one| one.tenant == *tenant)
    }

    pub(super) fn data_rights(&self) -> Option<&DataRights> {
        self.inner.data_rights.as_ref()
    }

    pub(super) fn open_dsr(&self) -> Option<&OpenDsr> {
        self.inner.open_dsr.as_ref()
    }
}

impl DataRights {
    /// The agent of this name.
    pub(super) fn agent(&self, id: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == id)
    }
}

impl OpenDsr {
    /// The controller of this name.
    pub(super) fn controller(&self, id: &str) -> Option<&Controller> {
        self.controllers.iter().find(|one| one.id == id)
    }

    /// The controller whose keys are of this tenant.
    pub(super) fn controller_of(&self, tenant: Option<&Tenant>) -> Option<&Controller> {
        let mut controllers = self.controllers.iter();
        controllers.find(|one| one.tenant.as_ref() == tenant)
    }
}

fn open_dsr(
    file: OpenDsrFile,
    folder: &Path,
    public_address: &str,
    form: &dyn Fn(String) -> PartiesError,
) -> Result<OpenDsr, PartiesError> {
    names(file.controllers.iter().map(|one| one.id.as_str()))?;
    let mut tenants = BTreeSet::new();
    for one in &file.controllers {
        if !tenants.insert(one.tenant.as_ref()) {
            return Err(PartiesError::Tenant(one.id.clone()));
        }
        let known = |kind: &&String| !super::opendsr::IDENTITY_TYPES.contains(&kind.as_str());
        if let Some(kind) = one.identities.keys().find(known) {
            return Err(form(format!("OpenDSR has no identity type `{kind}`")));
        }
    }
    let domain = file.domain;
    let host = public_address.parse::<axum::http::Uri>().ok();
    if host.as_ref().and_then(|address| address.host()) != Some(domain.as_str()) {
        return Err(PartiesError::Domain { domain });
    }
    let certificate = text(&folder.join(&file.certificate))?;
    let key_text = secret(&folder.join(&file.key))?;
    let key = CertifiedKey::from_pem(&certificate, key_text.as_bytes(), &domain);
    match key {
        Ok(key) => Ok(OpenDsr {
            domain,
            key,
            controllers: file.controllers,
        }),
        Err(why) => Err(PartiesError::Certificate { domain, why }),
    }
}

fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), PartiesError> {
    let mut known = BTreeSet::new();
    for name in names {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let fits = (1..=NAME_CHARS_MAX).contains(&name.len()) && name.chars().all(plain);
        if !fits || !known.insert(name) {
            let name = name.to_owned();
            return Err(PartiesError::Name { name });
        }
    }
    if known.len() > PARTIES_MAX {
        return Err(PartiesError::Many);
    }
    Ok(())
}

fn verify_key<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<SenderKey, D::Error> {
    let text = String::deserialize(reader)?;
    SenderKey::from_base64(&text).map_err(serde::de::Error::custom)
}

/// A text that nobody but the service may read.
pub(super) fn secret(path: &Path) -> Result<String, PartiesError> {
    let metadata = fs::metadata(path).map_err(|source| unread(path, source))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        let path = path.to_owned();
        return Err(PartiesError::Permissions { path });
    }
    text(path)
}

fn text(path: &Path) -> Result<String, PartiesError> {
    fs::read_to_string(path).map_err(|source| unread(path, source))
}

fn unread(path: &Path, source: std::io::Error) -> PartiesError {
    let path = path.to_owned();
    PartiesError::File { path, source }
}
