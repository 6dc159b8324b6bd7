//! The stylesheet and the icon. Their paths hold a hash of their content, so
//! that browsers may keep them for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use candor_connect::atlas;
use candor_seal::hash::sha256;

use super::failure::Failure;

/// Of the pages, and of the pictures of maps in them.
static STYLESHEET: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{}{}",
        include_str!("../../static/candor.css"),
        atlas::STYLE
    )
});
const ICON: &str = include_str!("../../static/candor.svg");

static STYLESHEET_PATH: LazyLock<String> = LazyLock::new(|| path("candor", "css", &STYLESHEET));
static ICON_PATH: LazyLock<String> = LazyLock::new(|| path("candor", "svg", ICON));

/// Where the stylesheet is served.
pub(crate) fn stylesheet_path() -> &'static str {
    &STYLESHEET_PATH
}

/// Where the icon is served.
pub(crate) fn icon_path() -> &'static str {
    &ICON_PATH
}

/// `GET /assets/{name}`.
pub(crate) async fn show(Path(name): Path<String>) -> Response {
    let path = format!("/assets/{name}");
    let found = [
        (
            stylesheet_path(),
            "text/css; charset=utf-8",
            STYLESHEET.as_str(),
        ),
        (icon_path(), "image/svg+xml", ICON),
    ]
    .into_iter()
    .find(|(known, ..)| *known == path);
    let Some((_, kind, content)) = found else {
        return Failure::NotFound.into_response();
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, content).into_response()
}

/// Every asset's path and content.
#[cfg(test)]
pub(crate) fn all() -> [(&'static str, &'static str); 2] {
    [(stylesheet_path(), &STYLESHEET), (icon_path(), ICON)]
}

fn path(name: &str, extension: &str, content: &str) -> String {
    let hash = hex::encode(sha256(content.as_bytes()));
    let short: String = hash.chars().take(16).collect();
    format!("/assets/{name}.{short}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_changes_with_the_content() {
        assert_ne!(path("a", "css", "x"), path("a", "css", "y"));
        assert!(stylesheet_path().starts_with("/assets/candor."));
    }

    #[test]
    fn the_stylesheet_loads_nothing() {
        assert!(!STYLESHEET.contains("url("));
        assert!(!STYLESHEET.contains("@import"));
    }
}
