//! Who calls: an API key in `Authorization: Bearer …`. Unknown, revoked, expired and
//! missing keys get the same answer.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use candor_domain::api_key::{Permission, Scope};
use candor_domain::id::{ApiKeyId, StaffId};
use candor_domain::subject_request::{SubjectRequest, Tenant};
use candor_policy::charter::Right;

use super::problem::{Kind, Problem};
use crate::service::{Decider, Service};

/// Characters of an `Authorization` header that are looked at.
const HEADER_CHARS_MAX: usize = 256;

/// Whoever holds a key, as far as the handlers need to know.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The key's id.
    pub(crate) key: ApiKeyId,
    /// What it may do.
    pub(crate) scope: Scope,
}

impl Caller {
    /// Under which records name the key.
    pub(crate) fn actor(&self) -> StaffId {
        self.key.actor()
    }

    /// In whose name it decides.
    pub(crate) fn decider(&self) -> Decider {
        Decider {
            by: self.actor(),
            tenant: self.scope.tenant.clone(),
        }
    }

    /// Refuses what the key may not do.
    pub(crate) fn may(&self, permission: Permission) -> Result<(), Problem> {
        if self.scope.allows(permission) {
            return Ok(());
        }
        let detail = format!("it lacks the permission `{}`", permission.key());
        Err(Problem::new(Kind::Forbidden, detail))
    }

    /// Refuses rights that the key is not for.
    pub(crate) fn covers(&self, right: Right) -> Result<(), Problem> {
        if self.scope.covers(right) {
            return Ok(());
        }
        Err(Problem::new(Kind::Forbidden, "it is not for this right"))
    }

    /// A subject request by the id in a path, if it exists for the key.
    pub(crate) async fn find(
        &self,
        service: &Service,
        id: &str,
    ) -> Result<SubjectRequest, Problem> {
        let id = id.parse().map_err(|_| Problem::from(Kind::NotFound))?;
        let found = service.within_reach(&self.scope, &id).await?;
        found.ok_or_else(|| Kind::NotFound.into())
    }
}

/// The tenant that is meant: a tenant's key means its own, and no other.
pub(super) fn within(caller: &Caller, named: Option<Tenant>) -> Result<Option<Tenant>, Problem> {
    match (&caller.scope.tenant, named) {
        (None, named) => Ok(named),
        (Some(own), None) => Ok(Some(own.clone())),
        (Some(own), Some(named)) if *own == named => Ok(Some(named)),
        (Some(_), Some(_)) => Err(Problem::new(Kind::Forbidden, "it is not for this tenant")),
    }
}

/// Lets callers with a key through, as an extension of the HTTP request.
pub(crate) async fn require(
    State(service): State<Service>,
    mut request: Request,
    next: Next,
) -> Response {
    match caller(&service, request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn caller(service: &Service, headers: &HeaderMap) -> Result<Caller, Problem> {
    let secret = bearer(headers).ok_or(Kind::Unauthorized)?;
    let row = service.api_key(secret).await?.ok_or(Kind::Unauthorized)?;
    if !service.limits().allows_call(&row.id) {
        return Err(Kind::TooMany.into());
    }
    Ok(Caller {
        key: row.id,
        scope: row.scope,
    })
}

/// The credentials of a header with the scheme `Bearer` (RFC 6750, Section 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    let fits = value.len() <= HEADER_CHARS_MAX && scheme.eq_ignore_ascii_case("bearer");
    fits.then(|| secret.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearers_secret_is_read() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().unwrap());
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(read("Bearer abc"), Some("abc".to_owned()));
        assert_eq!(read("bearer  abc "), Some("abc".to_owned()));
        for value in [
            "abc",
            "Basic abc",
            "Bearer",
            &format!("Bearer {}", "a".repeat(300)),
        ] {
            assert_eq!(read(value), None, "{value}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
