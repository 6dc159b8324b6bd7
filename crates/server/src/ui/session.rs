//! Session cookies, the console's and the tenants': not readable by scripts, never sent by other
//! sites' pages, limited to their own paths, and to encrypted connections
//! where the public address is one.

use axum::extract::{Request, State};
use axum::http::header::{COOKIE as COOKIE_HEADER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::failure::Failure;
use crate::service::Service;

const COOKIE: Cookie = Cookie {
    name: "candor_session",
    path: "/console",
};

/// Lets staff through, as an extension of the HTTP request; leads everybody
/// else to the sign-in.
pub(crate) async fn require(
    State(service): State<Service>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let staff = match token(request.headers()) {
        Some(token) => service.staff(token).await?,
        None => None,
    };
    let Some(staff) = staff else {
        return Ok(Redirect::to("/console/sign-in").into_response());
    };
    request.extensions_mut().insert(staff);
    Ok(next.run(request).await)
}

/// The session of an HTTP request, if it names one.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    COOKIE.of(headers)
}

/// Into the console with a new session.
pub(crate) fn begin(service: &Service, token: &str) -> Response {
    COOKIE.set(service, token, "/console")
}

/// Out of the console, without one.
pub(crate) fn end(service: &Service) -> Response {
    COOKIE.end(service, "/console/sign-in")
}

/// A cookie that holds a session: not readable by scripts, never sent by other
/// sites' pages, limited to its own paths.
#[derive(Clone, Copy)]
pub(crate) struct Cookie {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
}

impl Cookie {
    /// What an HTTP request has in it.
    pub(crate) fn of(self, headers: &HeaderMap) -> Option<&str> {
        let cookies = headers
            .get_all(COOKIE_HEADER)
            .into_iter()
            .filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == self.name).then_some(value))
    }

    /// Leads on with a session in it.
    pub(crate) fn set(self, service: &Service, session: &str, to: &str) -> Response {
        redirect_with(to, &self.line(service.public_address(), session, ""))
    }

    /// Leads on without one.
    pub(crate) fn end(self, service: &Service, to: &str) -> Response {
        let line = self.line(service.public_address(), "", "; Max-Age=0");
        redirect_with(to, &line)
    }

    fn line(self, public_address: &str, value: &str, more: &str) -> String {
        let Self { name, path } = self;
        let secure = if public_address.starts_with("https://") {
            "; Secure"
        } else {
            ""
        };
        format!("{name}={value}; Path={path}; HttpOnly; SameSite=Strict{secure}{more}")
    }
}

fn redirect_with(path: &str, cookie: &str) -> Response {
    let mut response = Redirect::to(path).into_response();
    match HeaderValue::from_str(cookie) {
        Ok(value) => {
            response.headers_mut().insert(SET_COOKIE, value);
            response
        }
        Err(_) => Failure::Inside.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_for_the_console_alone() {
        assert_eq!(
            COOKIE.line("http://127.0.0.1:7311", "abc", ""),
            "candor_session=abc; Path=/console; HttpOnly; SameSite=Strict"
        );
        assert_eq!(
            COOKIE.line("https://privacy.example", "abc", ""),
            "candor_session=abc; Path=/console; HttpOnly; SameSite=Strict; Secure"
        );
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(token(&headers), None);
        headers.append(COOKIE_HEADER, "a=b; candor_session=xyz".parse().unwrap());
        assert_eq!(token(&headers), Some("xyz"));
        headers.insert(COOKIE_HEADER, "xcandor_session=xyz".parse().unwrap());
        assert_eq!(token(&headers), None);
    }
}
