//! Every page: public ones, those only one person has the link to, and the
//! console. Each route is written down once, with who may call it; that
//! decides how it is guarded, so a route can't be forgotten. Pages work without
//! JavaScript and without cookies, but for the console's session. Refuses forms
//! from other sites and anything inline that a browser would run.

mod assets;
mod console;
mod doorstep;
mod failure;
mod filters;
mod frame;
mod headers;
mod ledger;
mod overview;
mod page;
mod parts;
mod policy;
mod promises;
mod requests;
pub(crate) mod routes;
#[cfg(test)]
pub(crate) mod sample;
mod session;
mod sources;
mod tenant;
#[cfg(test)]
pub(crate) mod tests;
mod versions;
pub(crate) mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};
use tower_http::csrf::CsrfLayer;

use self::routes::Audience;
use crate::service::Service;

/// The largest form has an address or two passwords in it.
const FORM_BYTES_MAX: usize = 16 * 1024;

/// All pages of a service, and what programs call.
pub fn router(service: Service) -> Router {
    let (elsewhere, own): (Vec<_>, Vec<_>) = routes::all()
        .into_iter()
        .partition(|route| route.audience == Audience::SignedIn);
    let with = |router: Router<Service>, route: routes::Route| {
        router.route(route.path, route.guarded(&service))
    };
    let own_origin = CsrfLayer::new().add_trusted_origin(service.public_address());
    // An address that is no origin can't be one a browser sends, either: then
    // only the host that the form was posted to counts.
    let csrf = own_origin.unwrap_or_default();
    let own = own.into_iter().fold(Router::new(), with);
    let own = own
        .fallback(async || failure::Failure::NotFound)
        .layer(csrf);
    let router = elsewhere.into_iter().fold(own, with);
    router
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn_with_state(service.clone(), failure::pages))
        .layer(map_response(headers::add))
        .with_state(service)
}
