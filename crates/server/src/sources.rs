//! The company's databases and services, opened from a charter, compared with
//! their maps, and how each was when it was last used.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use candor_connect::service::ServiceAccess;
use candor_connect::{Limits, Source, SourceError, View};
use candor_domain::subject_request::Tenant;
use candor_policy::Places;
use candor_policy::catalogue::schema_findings;
use candor_policy::charter::{self, Charter, Source as Declared, SourceKind, SourceSystem};
use candor_policy::diagnostic::Diagnostic;
use candor_policy::map::Whose;
use jiff::Timestamp;
use thiserror::Error;

use crate::service::SourceView;

/// A source that can't be used at all.
#[derive(Debug, Error)]
pub enum OpenSourceError {
    /// A variable has no value.
    #[error(
        "source `{source_name}` names `${{{variable}}}`, which has no value; set it in the environment"
    )]
    Variable {
        /// The source.
        source_name: String,
        /// The variable.
        variable: String,
    },
    /// Its address or its map is none.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// What sources are opened with.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Where relative paths start: the policy's folder.
    pub folder: &'a Path,
    /// What `${NAME}` stands for.
    pub variables: &'a BTreeMap<String, String>,
    /// Where services reach our pages, if they can.
    pub public_address: Option<&'a str>,
}

/// Opens every source of a charter; none is connected to before it is used.
///
/// # Errors
/// An [`OpenSourceError`] for the first source that can't be used.
pub fn open(
    charter: &Charter,
    surroundings: Surroundings<'_>,
) -> Result<BTreeMap<String, Source>, OpenSourceError> {
    let mut opened = BTreeMap::new();
    for (name, declared) in &charter.sources {
        let source = open_one(name, declared, surroundings, Limits::default())?;
        opened.insert(name.clone(), source);
    }
    Ok(opened)
}

/// Opens one declared source.
///
/// # Errors
/// An [`OpenSourceError`] if it can't be used.
pub fn open_one(
    name: &str,
    declared: &Declared,
    surroundings: Surroundings<'_>,
    limits: Limits,
) -> Result<Source, OpenSourceError> {
    let filled = |text: &str| {
        let filled = substitute(text, surroundings.variables);
        filled.map_err(|variable| OpenSourceError::Variable {
            source_name: name.to_owned(),
            variable,
        })
    };
    let url = filled(&declared.url)?;
    let map = declared.map.clone();
    match &declared.kind {
        SourceSystem::Database(kind) => {
            let url = match kind {
                SourceKind::Sqlite => beside(surroundings.folder, &url),
                SourceKind::Mysql | SourceKind::Postgres => url,
            };
            let replicas = declared.replicas.iter().map(|replica| filled(replica));
            let replicas = replicas.collect::<Result<Vec<_>, _>>()?;
            let source = Source::open(name, *kind, &url, map, limits)?;
            Ok(source
                .with_replicas(&replicas)?
                .belonging_to(declared.tenant.clone()))
        }
        SourceSystem::Service(charter::Service::Http { secret, key }) => {
            let access = ServiceAccess {
                url,
                secret: filled(secret)?,
                key: key.as_deref().map(filled).transpose()?,
                callback: surroundings
                    .public_address
                    .map(|address| format!("{address}/sources/{name}/ready")),
            };
            let source = Source::open_service(name, &access, map, limits)?;
            Ok(source.belonging_to(declared.tenant.clone()))
        }
    }
}

/// What is wrong between a source's map and its catalogue, as it is now.
///
/// # Errors
/// Where the catalogue can't be read.
pub async fn findings(source: &Source, places: &Places) -> Result<Vec<Diagnostic>, SourceError> {
    let described = source.described().await?;
    Ok(schema_findings(source.map(), &described, places))
}

/// A relative SQLite path, seen from the policy's folder.
fn beside(folder: &Path, url: &str) -> String {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    let path = path.strip_prefix("//").unwrap_or(path);
    format!("sqlite:{}", folder.join(path).display())
}

/// Replaces `${NAME}`; the name of the first that has no value otherwise.
fn substitute(text: &str, variables: &BTreeMap<String, String>) -> Result<String, String> {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        result.push_str(before);
        result.push_str(variables.get(name).ok_or(name)?);
        rest = after;
    }
    result.push_str(rest);
    Ok(result)
}

/// Views that are kept open: each has connections of its own.
const VIEWS_MAX: usize = 16;

/// Every source of the charter in force.
pub(crate) struct Sources {
    by_name: BTreeMap<String, Arc<Source>>,
    /// Parts of sources, as one tenant's people or the organisation's own are
    /// found in them.
    views: Mutex<BTreeMap<(String, Whose), Arc<Source>>>,
    health: Mutex<BTreeMap<String, Health>>,
}

/// How a source was when it was last used.
#[derive(Clone, Debug)]
struct Health {
    wrong: Option<String>,
    since: Timestamp,
}

impl Sources {
    pub(crate) fn new(opened: BTreeMap<String, Source>) -> Self {
        let shared = opened.into_iter();
        Self {
            by_name: shared
                .map(|(name, source)| (name, Arc::new(source)))
                .collect(),
            views: Mutex::default(),
            health: Mutex::new(BTreeMap::new()),
        }
    }

    /// The sources of another charter: those declared as before stay open, with
    /// what is known of them.
    pub(crate) fn reopened(
        &self,
        before: &Charter,
        after: &Charter,
        surroundings: Surroundings<'_>,
    ) -> Result<Self, OpenSourceError> {
        let mut changed = after.clone();
        let same = |name: &String| before.sources.get(name) == after.sources.get(name);
        changed.sources.retain(|name, _| !same(name));
        let mut next = Self::new(open(&changed, surroundings)?);
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = BTreeMap::new();
        for name in after.sources.keys().filter(|name| same(name)) {
            if let Some(source) = self.by_name.get(name) {
                next.by_name.insert(name.clone(), source.clone());
            }
            if let Some(health) = health.get(name) {
                known.insert(name.clone(), health.clone());
            }
        }
        next.health = Mutex::new(known);
        Ok(next)
    }

    /// A source as it is for the people of one tenant, or for the organisation's
    /// own; `None` where nothing in it can be about them.
    pub(crate) fn of(
        &self,
        name: &str,
        tenant: Option<&Tenant>,
    ) -> Result<Option<Arc<Source>>, SourceError> {
        let Some(source) = self.by_name.get(name) else {
            return Ok(None);
        };
        let whose = whose(tenant);
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let at = (name.to_owned(), whose);
        if let Some(known) = views.get(&at) {
            return Ok(Some(known.clone()));
        }
        match source.view(&at.1)? {
            View::Nothing => Ok(None),
            View::Whole => Ok(Some(source.clone())),
            View::Part(part) => {
                if views.len() >= VIEWS_MAX {
                    // Whoever is at work with one keeps it until they are done.
                    views.clear();
                }
                let part = Arc::from(part);
                views.insert(at, Arc::clone(&part));
                Ok(Some(part))
            }
        }
    }

    /// Every source in which these people can be, as it is for them.
    pub(crate) fn all_of(
        &self,
        tenant: Option<&Tenant>,
    ) -> Result<BTreeMap<String, Arc<Source>>, SourceError> {
        let mut all = BTreeMap::new();
        for name in self.by_name.keys() {
            if let Some(source) = self.of(name, tenant)? {
                all.insert(name.clone(), source);
            }
        }
        Ok(all)
    }

    /// Every source as a whole, whoever it is about, by name.
    pub(crate) const fn all(&self) -> &BTreeMap<String, Arc<Source>> {
        &self.by_name
    }

    /// Writes down how a use of a source went, and passes it on.
    pub(crate) fn noted<T>(
        &self,
        name: &str,
        outcome: Result<T, SourceError>,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let wrong = outcome.as_ref().err().map(ToString::to_string);
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let known = health.get(name);
        if known.is_none_or(|known| known.wrong != wrong) {
            if let Some(why) = &wrong {
                tracing::warn!(source = name, why, "a source does not do its part");
            }
            health.insert(name.to_owned(), Health { wrong, since: now });
        }
        outcome
    }

    /// How every source is.
    pub(crate) fn views(&self) -> Vec<SourceView> {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let view = |name: &String| {
            let known = health.get(name);
            SourceView {
                name: name.clone(),
                up: known.map(|known| known.wrong.is_none()),
                detail: known.and_then(|known| known.wrong.clone()),
                since: known.map(|known| known.since),
            }
        };
        self.by_name.keys().map(view).collect()
    }
}

/// Whose people a tenant's are.
pub(crate) fn whose(tenant: Option<&Tenant>) -> Whose {
    match tenant {
        None => Whose::Own,
        Some(tenant) => Whose::Tenant(tenant.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_and_missing_ones_are_named() {
        let variables = BTreeMap::from([("A".to_owned(), "x".to_owned())]);
        assert_eq!(substitute("p${A}q${A}", &variables), Ok("pxqx".to_owned()));
        assert_eq!(substitute("plain", &variables), Ok("plain".to_owned()));
        assert_eq!(substitute("${B}", &variables), Err("B".to_owned()));
        assert_eq!(substitute("${A", &variables), Ok("${A".to_owned()));
    }
}
