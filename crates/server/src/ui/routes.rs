//! Every route, once, with who may call it.

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};

use super::{
    FORM_BYTES_MAX, assets, console, doorstep, ledger, overview, policy, promises, requests,
    session, sources, tenant, versions,
};
use crate::api;
use crate::api::fields::FIELDS_BYTES_MAX;
use crate::bulk::FILE_BYTES_MAX;
use crate::protocols::{self, drp, opendsr};
use crate::service::Service;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Anybody.
    Everyone,
    /// Whoever holds the link in the path; to others it does not exist.
    Link,
    /// Staff who are signed in; others are led to the sign-in.
    Staff,
    /// Whoever is signed in for a tenant; others are led to its sign-in.
    Tenant,
    /// Parties of a protocol; it doesn't exist where the operator declares none.
    Party,
    /// Whoever brings a token of the company's own login. Its form stands on another
    /// site, so that it may come from there: it does nothing without the token.
    SignedIn,
    /// Programs that show an API key; what they may do is the key's scope.
    Program,
}

/// A path with its methods.
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) audience: Audience,
    /// Those it answers, as tests call them.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "tests call every method of every route")
    )]
    pub(crate) methods: &'static [&'static str],
    service: MethodRouter<Service>,
}

impl Route {
    /// Its methods, behind the guard of its audience.
    pub(crate) fn guarded(self, service: &Service) -> MethodRouter<Service> {
        let (audience, path) = (self.audience, self.path);
        let guarded = self.behind(service);
        if !doorstep::guards(audience, path) {
            return guarded;
        }
        let state = (service.clone(), audience);
        guarded.layer(from_fn_with_state(state, doorstep::guard))
    }

    fn behind(self, service: &Service) -> MethodRouter<Service> {
        match self.audience {
            Audience::Everyone | Audience::Link | Audience::SignedIn => self.service,
            Audience::Staff => {
                let guard = from_fn_with_state(service.clone(), session::require);
                self.service.route_layer(guard)
            }
            Audience::Tenant => {
                let guard = from_fn_with_state(service.clone(), tenant::require);
                self.service.route_layer(guard)
            }
            Audience::Party => {
                let body = DefaultBodyLimit::max(protocols::BODY_BYTES_MAX);
                self.service.layer(body)
            }
            Audience::Program => {
                let guard = from_fn_with_state(service.clone(), api::require);
                let body = DefaultBodyLimit::max(api::BODY_BYTES_MAX);
                self.service.route_layer(guard).layer(body)
            }
        }
    }
}

const GET: &[&str] = &["GET"];
const POST: &[&str] = &["POST"];
const BOTH: &[&str] = &["GET", "POST"];
const GET_DELETE: &[&str] = &["GET", "DELETE"];

/// Every route.
#[expect(clippy::too_many_lines, reason = "one table of every route")]
pub(crate) fn all() -> Vec<Route> {
    let everyone = Audience::Everyone;
    let link = Audience::Link;
    let staff = Audience::Staff;
    let seat = Audience::Tenant;
    let program = Audience::Program;
    let party = Audience::Party;
    let route = |path, audience, methods, service| Route {
        path,
        audience,
        methods,
        service,
    };
    vec![
        route("/", everyone, GET, get(policy::show)),
        route("/assets/{name}", everyone, GET, get(assets::show)),
        route("/promises", everyone, GET, get(promises::board)),
        route("/promises/{id}", everyone, GET, get(promises::show)),
        route("/summary", everyone, GET, get(overview::summary)),
        route("/vendors", everyone, GET, get(overview::vendors)),
        route("/cookies", everyone, GET, get(overview::cookies)),
        route("/versions", everyone, GET, get(versions::list)),
        route("/versions/{version}", everyone, GET, get(versions::show)),
        route(
            "/versions/{version}/{other}",
            everyone,
            GET,
            get(versions::compare),
        ),
        route("/ledger", everyone, GET, get(ledger::show)),
        route("/ledger/checkpoint", everyone, GET, get(ledger::checkpoint)),
        route(
            "/ledger/verifier.html",
            everyone,
            GET,
            get(ledger::verifier),
        ),
        route(
            "/sources/{name}/ready",
            everyone,
            POST,
            post(sources::ready),
        ),
        route("/requests", everyone, POST, post(requests::file)),
        route("/requests/new", everyone, GET, get(requests::new)),
        route(
            "/requests/signed-in",
            Audience::SignedIn,
            POST,
            post(requests::file_signed_in),
        ),
        route("/requests/sent", everyone, GET, get(requests::sent)),
        route(
            "/requests/confirm/{link}",
            link,
            BOTH,
            get(requests::ask).post(requests::confirm),
        ),
        route(
            "/requests/contact/{link}",
            link,
            BOTH,
            get(requests::ask_contact).post(requests::prove_contact),
        ),
        route("/requests/{link}", link, GET, get(requests::show)),
        route("/requests/{link}/reply", link, POST, post(requests::reply)),
        route(
            "/requests/{link}/cancel",
            link,
            POST,
            post(requests::cancel),
        ),
        route("/requests/{link}/wish", link, POST, post(requests::wish)),
        route(
            "/requests/{link}/package",
            link,
            GET,
            get(requests::package),
        ),
        route(
            "/requests/{link}/receipt",
            link,
            GET,
            get(requests::receipt),
        ),
        route(
            "/console/setup/{token}",
            link,
            BOTH,
            get(console::setup_form).post(console::set_up),
        ),
        route(
            "/console/sign-in",
            everyone,
            BOTH,
            get(console::sign_in_form).post(console::sign_in),
        ),
        route("/console/sign-out", staff, POST, post(console::sign_out)),
        route("/console", staff, GET, get(console::board)),
        route("/console/sources", staff, GET, get(console::sources)),
        route("/console/requests", staff, GET, get(console::queue)),
        route("/console/retention", staff, GET, get(console::retention)),
        route(
            "/console/retention/{rule}",
            staff,
            POST,
            post(console::retention_preview),
        ),
        route(
            "/console/holds",
            staff,
            BOTH,
            get(console::holds).post(console::set_hold),
        ),
        route(
            "/console/holds/{id}/lift",
            staff,
            POST,
            post(console::lift_hold),
        ),
        route(
            "/console/requests/new",
            staff,
            BOTH,
            get(console::filing::new).post(console::filing::file),
        ),
        route("/console/requests/tasks", staff, GET, get(console::tasks)),
        route(
            "/console/requests/bulk",
            staff,
            BOTH,
            get(console::bulk::show)
                .post(console::bulk::send)
                .layer(DefaultBodyLimit::max(FILE_BYTES_MAX + FORM_BYTES_MAX)),
        ),
        route(
            "/console/requests/bulk/{id}",
            staff,
            GET,
            get(console::bulk::file),
        ),
        route(
            "/console/requests/bulk/{id}/confirm",
            staff,
            POST,
            post(console::bulk::confirm),
        ),
        route(
            "/console/requests/bulk/{id}/decide",
            staff,
            POST,
            post(console::bulk::decide),
        ),
        route(
            "/console/requests/bulk/{id}/discard",
            staff,
            POST,
            post(console::bulk::discard),
        ),
        route(
            "/console/requests/bulk/{id}/report",
            staff,
            GET,
            get(console::bulk::report),
        ),
        route("/console/requests/{id}", staff, GET, get(console::request)),
        route(
            "/console/requests/{id}/approve",
            staff,
            POST,
            post(console::approve),
        ),
        route(
            "/console/requests/{id}/refuse",
            staff,
            POST,
            post(console::refuse),
        ),
        route(
            "/console/requests/{id}/acknowledge",
            staff,
            POST,
            post(console::acknowledge),
        ),
        route(
            "/console/requests/{id}/extend",
            staff,
            POST,
            post(console::extend),
        ),
        route(
            "/console/requests/{id}/ask",
            staff,
            POST,
            post(console::ask),
        ),
        route(
            "/console/requests/{id}/replied",
            staff,
            POST,
            post(console::replied),
        ),
        route(
            "/console/requests/{id}/wish",
            staff,
            POST,
            post(console::wish),
        ),
        route(
            "/console/requests/{id}/task",
            staff,
            POST,
            post(console::task),
        ),
        route(
            "/console/requests/{id}/reopen",
            staff,
            POST,
            post(console::reopen),
        ),
        route(
            "/console/requests/{id}/answer",
            staff,
            POST,
            post(console::reply),
        ),
        route(
            "/console/requests/{id}/lift",
            staff,
            POST,
            post(console::lift),
        ),
        route(
            "/console/requests/{id}/undo",
            staff,
            POST,
            post(console::undo),
        ),
        route(
            "/console/requests/{id}/vouch",
            staff,
            POST,
            post(console::vouch),
        ),
        route(
            "/console/requests/{id}/cancel",
            staff,
            POST,
            post(console::cancel),
        ),
        route(
            "/console/keys",
            staff,
            BOTH,
            get(console::keys).post(console::make_key),
        ),
        route(
            "/console/keys/{id}/revoke",
            staff,
            POST,
            post(console::revoke_key),
        ),
        route(
            "/console/requests/{id}/retry",
            staff,
            POST,
            post(console::retry),
        ),
        route(
            "/tenant/sign-in",
            everyone,
            BOTH,
            get(tenant::sign_in_form).post(tenant::sign_in),
        ),
        route("/tenant/sign-out", seat, POST, post(tenant::sign_out)),
        route("/tenant", seat, GET, get(tenant::list)),
        route("/tenant/report", seat, GET, get(tenant::report)),
        route("/tenant/requests", seat, POST, post(tenant::file)),
        route("/tenant/requests/new", seat, GET, get(tenant::new)),
        route("/tenant/requests/{id}", seat, GET, get(tenant::request)),
        route(
            "/tenant/requests/{id}/approve",
            seat,
            POST,
            post(tenant::approve),
        ),
        route(
            "/tenant/requests/{id}/refuse",
            seat,
            POST,
            post(tenant::refuse),
        ),
        route(
            "/tenant/requests/{id}/cancel",
            seat,
            POST,
            post(tenant::cancel),
        ),
        route("/tenant/requests/{id}/undo", seat, POST, post(tenant::undo)),
        route("/tenant/requests/{id}/lift", seat, POST, post(tenant::lift)),
        route("/tenant/requests/{id}/wish", seat, POST, post(tenant::wish)),
        route(
            "/tenant/requests/{id}/package",
            seat,
            GET,
            get(tenant::package),
        ),
        route(
            "/tenant/requests/{id}/receipt",
            seat,
            GET,
            get(tenant::receipt),
        ),
        route(
            "/tenant/bulk",
            seat,
            BOTH,
            get(tenant::bulk::show)
                .post(tenant::bulk::send)
                .layer(DefaultBodyLimit::max(FILE_BYTES_MAX + FORM_BYTES_MAX)),
        ),
        route("/tenant/bulk/{id}", seat, GET, get(tenant::bulk::file)),
        route(
            "/tenant/bulk/{id}/confirm",
            seat,
            POST,
            post(tenant::bulk::confirm),
        ),
        route(
            "/tenant/bulk/{id}/decide",
            seat,
            POST,
            post(tenant::bulk::decide),
        ),
        route(
            "/tenant/bulk/{id}/discard",
            seat,
            POST,
            post(tenant::bulk::discard),
        ),
        route(
            "/tenant/bulk/{id}/report",
            seat,
            GET,
            get(tenant::bulk::report),
        ),
        route("/v1/problems", everyone, GET, get(api::problems)),
        route("/v1/openapi.json", everyone, GET, get(api::openapi)),
        route(
            "/v1/subject-requests",
            program,
            BOTH,
            get(api::list).post(api::file),
        ),
        route("/v1/subject-requests/{id}", program, GET, get(api::show)),
        route(
            "/v1/subject-requests/bulk",
            program,
            POST,
            post(api::bulk::send).layer(DefaultBodyLimit::max(FILE_BYTES_MAX + 1)),
        ),
        route(
            "/v1/subject-requests/bulk/{id}",
            program,
            GET_DELETE,
            get(api::bulk::show).delete(api::bulk::discard),
        ),
        route(
            "/v1/subject-requests/bulk/{id}/confirm",
            program,
            POST,
            post(api::bulk::confirm),
        ),
        route(
            "/v1/subject-requests/bulk/{id}/waiting",
            program,
            GET,
            get(api::bulk::waiting),
        ),
        route(
            "/v1/subject-requests/bulk/{id}/decide",
            program,
            POST,
            post(api::bulk::decide),
        ),
        route(
            "/v1/subject-requests/bulk/{id}/report",
            program,
            GET,
            get(api::bulk::report),
        ),
        route(
            "/v1/subject-requests/{id}/package",
            program,
            GET,
            get(api::package),
        ),
        route(
            "/v1/subject-requests/{id}/approve",
            program,
            POST,
            post(api::decisions::approve),
        ),
        route(
            "/v1/subject-requests/{id}/refuse",
            program,
            POST,
            post(api::decisions::refuse),
        ),
        route(
            "/v1/subject-requests/{id}/cancel",
            program,
            POST,
            post(api::decisions::cancel),
        ),
        route(
            "/v1/subject-requests/{id}/undo",
            program,
            POST,
            post(api::decisions::undo),
        ),
        route(
            "/v1/subject-requests/{id}/extend",
            program,
            POST,
            post(api::decisions::extend),
        ),
        route(
            "/v1/subject-requests/{id}/lift",
            program,
            POST,
            post(api::decisions::lift),
        ),
        route(
            "/v1/subject-requests/{id}/vouch",
            program,
            POST,
            post(api::decisions::vouch),
        ),
        route(
            "/v1/subject-requests/{id}/wish",
            program,
            POST,
            post(api::decisions::wish),
        ),
        route(
            "/v1/subject-requests/{id}/acknowledge",
            program,
            POST,
            post(api::decisions::acknowledge),
        ),
        route(
            "/v1/subject-requests/{id}/ask",
            program,
            POST,
            post(api::decisions::ask),
        ),
        route(
            "/v1/subject-requests/{id}/replied",
            program,
            POST,
            post(api::decisions::replied),
        ),
        route(
            "/v1/subject-requests/{id}/answer",
            program,
            POST,
            post(api::decisions::answer),
        ),
        route("/v1/tasks", program, GET, get(api::tasks::list)),
        route(
            "/v1/seal",
            program,
            POST,
            post(api::fields::seal).layer(DefaultBodyLimit::max(FIELDS_BYTES_MAX)),
        ),
        route(
            "/v1/index",
            program,
            POST,
            post(api::fields::index).layer(DefaultBodyLimit::max(FIELDS_BYTES_MAX)),
        ),
        route(
            "/v1/open",
            program,
            POST,
            post(api::fields::open).layer(DefaultBodyLimit::max(FIELDS_BYTES_MAX)),
        ),
        route(
            "/v1/subject-requests/{id}/task",
            program,
            POST,
            post(api::decisions::task),
        ),
        route(
            "/v1/subject-requests/{id}/reopen",
            program,
            POST,
            post(api::decisions::reopen),
        ),
        route(
            "/v1/subject-requests/{id}/retry",
            program,
            POST,
            post(api::decisions::retry),
        ),
        route(
            "/v1/holds",
            program,
            BOTH,
            get(api::holds::list).post(api::holds::set),
        ),
        route("/v1/holds/{id}/lift", program, POST, post(api::holds::lift)),
        route(
            "/.well-known/data-rights.json",
            party,
            GET,
            get(drp::discovery),
        ),
        route(
            "/v1/agent/{id}",
            party,
            BOTH,
            get(drp::agent).post(drp::set_up),
        ),
        route("/v1/data-rights-request", party, POST, post(drp::exercise)),
        // As versions before 0.9.3 had it.
        route("/v1/data-rights-request/", party, POST, post(drp::exercise)),
        route(
            "/v1/data-rights-request/{id}",
            party,
            GET_DELETE,
            get(drp::show).delete(drp::revoke),
        ),
        route("/opendsr/v2/discovery", party, GET, get(opendsr::discovery)),
        route(
            "/opendsr/v2/certificate",
            party,
            GET,
            get(opendsr::certificate),
        ),
        route("/opendsr/v2/requests", party, POST, post(opendsr::file)),
        route(
            "/opendsr/v2/requests/{id}",
            party,
            GET_DELETE,
            get(opendsr::show).delete(opendsr::cancel),
        ),
        route("/opendsr/v2/status/{id}", party, GET, get(opendsr::show)),
    ]
}
