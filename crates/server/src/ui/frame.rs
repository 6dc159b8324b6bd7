//! What surrounds every page: who speaks, where one is, and how to go on.

use candor_policy::charter::Charter;

use super::assets;

/// Length of a charter id where it only has to be recognised.
const SHORT_ID_CHARS: usize = 12;

/// The frame of a page.
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) organisation: String,
    pub(crate) contact: String,
    pub(crate) officer: Option<String>,
    pub(crate) version: String,
    pub(crate) area: &'static str,
    pub(crate) area_words: &'static str,
    pub(crate) home: &'static str,
    pub(crate) navigation: Vec<NavigationLink>,
    /// Who is signed in.
    pub(crate) staff: Option<String>,
    /// Where to sign out.
    pub(crate) sign_out: &'static str,
    /// Not for search engines.
    pub(crate) private: bool,
    pub(crate) stylesheet: &'static str,
    pub(crate) icon: &'static str,
}

/// A link of the navigation.
pub(crate) struct NavigationLink {
    pub(crate) href: &'static str,
    pub(crate) words: &'static str,
    pub(crate) current: bool,
}

/// Where in the navigation a page is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Here {
    Policy,
    Promises,
    Requests,
    Ledger,
    Board,
    Queue,
    Retention,
    Holds,
    Keys,
    Elsewhere,
}

const PUBLIC: [(Here, &str, &str); 4] = [
    (Here::Policy, "/", "Policy"),
    (Here::Promises, "/promises", "Promises"),
    (Here::Requests, "/requests/new", "Your rights"),
    (Here::Ledger, "/ledger", "Ledger"),
];

const CONSOLE: [(Here, &str, &str); 5] = [
    (Here::Board, "/console", "Board"),
    (Here::Queue, "/console/requests", "Requests"),
    (Here::Retention, "/console/retention", "Retention"),
    (Here::Holds, "/console/holds", "Holds"),
    (Here::Keys, "/console/keys", "API keys"),
];

const TENANT: [(Here, &str, &str); 1] = [(Here::Queue, "/tenant", "Requests")];

impl Frame {
    /// Of a page for everyone.
    pub(crate) fn public(charter: &Charter, here: Here, title: &str) -> Self {
        let organisation = &charter.organisation;
        Self {
            title: title.to_owned(),
            organisation: organisation.name.clone(),
            contact: organisation.contact.email.clone(),
            officer: organisation.contact.officer.clone(),
            version: short_id(&charter.id.0),
            area: "public",
            area_words: "Privacy centre",
            home: "/",
            navigation: navigation(&PUBLIC, here),
            staff: None,
            sign_out: "/console/sign-out",
            private: false,
            stylesheet: assets::stylesheet_path(),
            icon: assets::icon_path(),
        }
    }

    /// Of a page only one person has the link to.
    pub(crate) fn personal(charter: &Charter, title: &str) -> Self {
        Self {
            private: true,
            ..Self::public(charter, Here::Requests, title)
        }
    }

    /// Of a page for a tenant; without a name nobody is signed in.
    pub(crate) fn tenant(charter: &Charter, here: Here, title: &str, name: Option<&str>) -> Self {
        let navigation = match name {
            Some(_) => navigation(&TENANT, here),
            None => Vec::new(),
        };
        Self {
            area: "console",
            area_words: "For business customers",
            home: "/tenant",
            navigation,
            staff: name.map(str::to_owned),
            sign_out: "/tenant/sign-out",
            private: true,
            ..Self::public(charter, here, title)
        }
    }

    /// Of a page of the console; without a login nobody is signed in.
    pub(crate) fn console(charter: &Charter, here: Here, title: &str, login: Option<&str>) -> Self {
        let navigation = if login.is_some() {
            navigation(&CONSOLE, here)
        } else {
            Vec::new()
        };
        Self {
            area: "console",
            area_words: "Console",
            home: "/console",
            navigation,
            staff: login.map(str::to_owned),
            private: true,
            ..Self::public(charter, here, title)
        }
    }
}

/// The first characters of a content address.
pub(crate) fn short_id(id: &str) -> String {
    id.chars().take(SHORT_ID_CHARS).collect()
}

fn navigation(links: &[(Here, &'static str, &'static str)], here: Here) -> Vec<NavigationLink> {
    let link = |(place, href, words): &(Here, &'static str, &'static str)| NavigationLink {
        href,
        words,
        current: *place == here,
    };
    links.iter().map(link).collect()
}
