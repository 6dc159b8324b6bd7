//! `/console/keys`: the keys with which programs call the API. A new key is shown on
//! the page that answers its making, and on no other.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use candor_domain::api_key::{Permission, Scope};
use candor_domain::subject_request::Tenant;
use candor_policy::charter::{Charter, Right};
use candor_store::rows::{ApiKeyRow, StaffRow};
use jiff::Timestamp;

use crate::service::{KeyError, KeyTerms, Service, ServiceError};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::{html, html_with};
use crate::ui::words;

/// `GET /console/keys`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
) -> Result<Response, Failure> {
    Ok(html(&page(&service, &staff, Shown::default()).await?))
}

/// `POST /console/keys`: makes one, and shows it once.
pub(crate) async fn make(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Form(sent): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let name = sent.get("name").cloned().unwrap_or_default();
    let again = async |problem: String| {
        let shown = Shown {
            problem: Some(problem),
            name: name.clone(),
            ..Shown::default()
        };
        let page = page(&service, &staff, shown).await?;
        Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    let named = sent.get("tenant").map(|tenant| tenant.trim());
    let tenant = match named.filter(|tenant| !tenant.is_empty()) {
        None => None,
        Some(tenant) => match tenant.parse() {
            Ok(tenant) => Some(tenant),
            Err(error) => return again(words::sentence(&error)).await,
        },
    };
    let ticked = |name: String| sent.contains_key(&name);
    let terms = KeyTerms {
        name: name.clone(),
        scope: Scope {
            may: Permission::ALL
                .into_iter()
                .filter(|one| ticked(format!("may-{}", one.key())))
                .collect(),
            rights: Right::ALL
                .into_iter()
                .filter(|one| ticked(format!("right-{}", one.key())))
                .collect(),
            tenant,
        },
        expires_at: None,
        by: Some(staff.id.clone()),
    };
    match service.make_api_key(terms).await {
        Ok(made) => {
            let shown = Shown {
                secret: Some(made.secret),
                ..Shown::default()
            };
            Ok(html(&page(&service, &staff, shown).await?))
        }
        Err(error @ (KeyError::Name | KeyError::Nothing)) => again(words::sentence(&error)).await,
        Err(error) => Err(failed(error)),
    }
}

/// `POST /console/keys/{id}/revoke`.
pub(crate) async fn revoke(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    match service.revoke_api_key(&id, &staff.id).await {
        Ok(()) => Ok(Redirect::to("/console/keys").into_response()),
        Err(KeyError::Unknown) => Err(Failure::NotFound),
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: KeyError) -> Failure {
    match error {
        KeyError::Store(error) => ServiceError::from(error).into(),
        _ => Failure::Inside,
    }
}

async fn page(service: &Service, staff: &StaffRow, shown: Shown) -> Result<KeysPage, Failure> {
    let keys = service.api_keys().await?;
    let charter = service.charter();
    let parties = service.parties();
    let tenants = keys.iter().filter_map(|key| key.scope.tenant.as_ref());
    let untold = tenants.filter(|tenant| parties.contact(tenant).is_none());
    let shown = Shown {
        untold: untold.cloned().collect(),
        ..shown
    };
    Ok(KeysPage::new(
        &charter,
        &staff.login,
        &keys,
        shown,
        service.now(),
    ))
}

/// What the page shows beside the keys.
#[derive(Default)]
pub(crate) struct Shown {
    /// A new key.
    pub(crate) secret: Option<String>,
    /// Why none was made.
    pub(crate) problem: Option<String>,
    /// The name that was given then.
    pub(crate) name: String,
    /// Tenants of whom nobody is declared to be told what waits.
    pub(crate) untold: BTreeSet<Tenant>,
}

/// The page.
#[derive(Template)]
#[template(path = "console/keys.html")]
pub(crate) struct KeysPage {
    frame: Frame,
    keys: Vec<KeyLine>,
    permissions: Vec<Choice>,
    rights: Vec<Choice>,
    secret: Option<String>,
    problem: Option<String>,
    name: String,
}

struct KeyLine {
    id: String,
    name: String,
    may: String,
    reach: String,
    made: String,
    state: &'static str,
    revoke_action: Option<String>,
}

struct Choice {
    key: &'static str,
    words: &'static str,
}

impl KeysPage {
    /// The page as of now.
    pub(crate) fn new(
        charter: &Charter,
        login: &str,
        keys: &[ApiKeyRow],
        shown: Shown,
        now: Timestamp,
    ) -> Self {
        Self {
            frame: Frame::console(charter, Here::Keys, "API keys", Some(login)),
            keys: keys
                .iter()
                .map(|key| KeyLine::of(key, &shown.untold, now))
                .collect(),
            permissions: Permission::ALL
                .map(|one| Choice {
                    key: one.key(),
                    words: permission_words(one),
                })
                .into(),
            rights: charter
                .rights
                .keys()
                .map(|right| Choice {
                    key: right.key(),
                    words: words::request_title(*right),
                })
                .collect(),
            secret: shown.secret,
            problem: shown.problem,
            name: shown.name,
        }
    }
}

impl KeyLine {
    fn of(key: &ApiKeyRow, untold: &BTreeSet<Tenant>, now: Timestamp) -> Self {
        let may: Vec<&str> = key.scope.may.iter().map(|one| one.key()).collect();
        let rights = key.scope.rights.iter();
        let rights: Vec<&str> = rights.map(|right| words::right_noun(*right)).collect();
        let rights = match rights.is_empty() {
            true => "all rights".to_owned(),
            false => rights.join(", "),
        };
        let reach = match &key.scope.tenant {
            Some(tenant) if untold.contains(tenant) => {
                format!(
                    "{rights}; end users of {tenant}, whom nobody tells what waits: declare a contact"
                )
            }
            Some(tenant) => format!("{rights}; end users of {tenant}"),
            None => rights,
        };
        let open = key.is_open(now);
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            may: may.join(", "),
            reach,
            made: words::time_words(key.created_at),
            state: match (open, key.revoked_at) {
                (true, _) => "open",
                (false, Some(_)) => "revoked",
                (false, None) => "expired",
            },
            revoke_action: open.then(|| format!("/console/keys/{}/revoke", key.id)),
        }
    }
}

const fn permission_words(permission: Permission) -> &'static str {
    match permission {
        Permission::Read => "read: look at states, deadlines and counts",
        Permission::File => "file: file requests; a mail proves the person",
        Permission::Vouch => "vouch: say that it is the person, with a written reason",
        Permission::Decide => "decide: approve, refuse, take more time, lift, take back",
        Permission::Handle => "handle: do tasks, ask, answer, and see what people wrote",
        Permission::Package => "package: fetch what is held about a person",
        Permission::Hold => "hold: set and lift holds, and see on whom they are",
        Permission::Seal => "seal: seal an application’s own fields",
        Permission::Open => "open: open an application’s own fields",
    }
}
