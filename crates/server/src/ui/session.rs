//! The console's session cookie: not readable by scripts, never sent by other
//! sites' pages, limited to the console's paths, and to encrypted connections
//! where the public address is one.

use axum::extract::{Request, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::failure::Failure;
use crate::service::Service;

const NAME: &str = "candor_session";

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
    let cookies = headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == NAME).then_some(value))
}

/// Into the console with a new session.
pub(crate) fn begin(service: &Service, token: &str) -> Response {
    redirect_with("/console", &cookie(service.public_address(), token, ""))
}

/// Out of the console, without one.
pub(crate) fn end(service: &Service) -> Response {
    let cookie = cookie(service.public_address(), "", "; Max-Age=0");
    redirect_with("/console/sign-in", &cookie)
}

fn cookie(public_address: &str, value: &str, more: &str) -> String {
    let secure = if public_address.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    format!("{NAME}={value}; Path=/console; HttpOnly; SameSite=Strict{secure}{more}")
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
            cookie("http://127.0.0.1:7311", "abc", ""),
            "candor_session=abc; Path=/console; HttpOnly; SameSite=Strict"
        );
        assert_eq!(
            cookie("https://privacy.example", "abc", ""),
            "candor_session=abc; Path=/console; HttpOnly; SameSite=Strict; Secure"
        );
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(token(&headers), None);
        headers.append(COOKIE, "a=b; candor_session=xyz".parse().unwrap());
        assert_eq!(token(&headers), Some("xyz"));
        headers.insert(COOKIE, "xcandor_session=xyz".parse().unwrap());
        assert_eq!(token(&headers), None);
    }
}
