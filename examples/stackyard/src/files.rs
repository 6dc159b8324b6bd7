//! The policy and the website, as they stand in this folder, and as an
//! installation needs them.
//!
//! Invariant: what is written out differs from the files only in addresses.

/// Path and text of every file of the policy and the website.
pub const FILES: &[(&str, &str)] = &[
    ("policy/candor.yaml", include_str!("../policy/candor.yaml")),
    ("policy/policy.md", include_str!("../policy/policy.md")),
    (
        "policy/maps/app.yaml",
        include_str!("../policy/maps/app.yaml"),
    ),
    (
        "policy/maps/support.yaml",
        include_str!("../policy/maps/support.yaml"),
    ),
    ("website/index.html", include_str!("../website/index.html")),
    (
        "website/pricing.html",
        include_str!("../website/pricing.html"),
    ),
    ("website/login.html", include_str!("../website/login.html")),
    ("website/style.css", include_str!("../website/style.css")),
];

/// Where the website says that the policy is.
const PRIVACY: &str = "https://privacy.stackyard.example/";

/// Software of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Two files.
    Sqlite,
    /// Two schemas of one database.
    Postgres,
}

/// The addresses of one installation.
#[derive(Clone, Copy, Debug)]
pub struct Addresses<'a> {
    /// Software of both databases.
    pub kind: Kind,
    /// The portal's database: an address without a password, or the name of
    /// an environment variable as `${NAME}`.
    pub app: &'a str,
    /// The help desk's database, likewise.
    pub support: &'a str,
    /// Where the policy is published.
    pub privacy: &'a str,
}

/// [`FILES`] with the addresses of an installation in their places.
#[must_use]
pub fn files_for(addresses: &Addresses<'_>) -> Vec<(&'static str, String)> {
    let kind = match addresses.kind {
        Kind::Sqlite => "kind: sqlite",
        Kind::Postgres => "kind: postgres",
    };
    let localised = |path: &str, text: &str| match path {
        "policy/candor.yaml" => text
            .replace("kind: sqlite", kind)
            .replace("${STACKYARD_APP_URL}", &quoted(addresses.app))
            .replace("${STACKYARD_SUPPORT_URL}", &quoted(addresses.support)),
        _ => text.replace(PRIVACY, addresses.privacy),
    };
    FILES
        .iter()
        .map(|&(path, text)| (path, localised(path, text)))
        .collect()
}

/// As it may stand between YAML's double quotes.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
