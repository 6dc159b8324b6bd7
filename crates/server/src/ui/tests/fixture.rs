//! A service with the sample charter and an empty database, and a browser that
//! speaks to its pages.

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use candor_domain::id::SubjectRequestId;
use candor_domain::plan::{Action, SourcePreview, TableEffect};
use candor_domain::subject_request::{Channel, Event, Proof};
use candor_policy::charter::{Charter, Right};
use candor_store::Change;
use tower::ServiceExt;

use crate::keys;
use crate::service::{Service, Settings};
use crate::ui::{router, sample};
use crate::world::World;

/// Pages read in a test are smaller than this.
const BODY_MAX: usize = 1024 * 1024;

pub(super) struct Site {
    pub(super) service: Service,
    /// Session cookie, once signed in.
    pub(super) session: Option<String>,
    _folder: tempfile::TempDir,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }
}

impl Site {
    pub(super) async fn new() -> Self {
        Self::under(sample::charter()).await
    }

    async fn under(charter: Charter) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = World::real();
        let keys = keys::open(
            &folder.path().join("keys"),
            "privacy.example/ledger",
            world.entropy.as_ref(),
        )
        .unwrap();
        let settings = Settings {
            state: folder.path().join("state.sqlite").display().to_string(),
            public_address: "https://privacy.example".to_owned(),
            mail_server: None,
            mail_folder: folder.path().join("mail"),
            sweep: false,
            policy_folder: folder.path().to_owned(),
            variables: std::collections::BTreeMap::new(),
        };
        let service = Service::open(charter, settings, keys, world).await.unwrap();
        Self {
            service,
            session: None,
            _folder: folder,
        }
    }

    /// A site whose console has one member of staff, who is signed in.
    pub(super) async fn signed_in() -> Self {
        Self::signed_in_under(sample::charter()).await
    }

    /// The same, under another charter.
    pub(super) async fn signed_in_under(charter: Charter) -> Self {
        let mut site = Self::under(charter).await;
        let link = site.service.setup_link().await.unwrap().unwrap();
        let path = link.strip_prefix("https://privacy.example").unwrap();
        let form = "login=ines&password=four+unrelated+words&again=four+unrelated+words";
        let answer = site.post(path, form).await;
        assert_eq!(answer.location(), "/console");
        let cookie = answer.header(SET_COOKIE.as_str());
        site.session = Some(cookie.split(';').next().unwrap().to_owned());
        site
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", &[]).await
    }

    /// A form from the site's own page.
    pub(super) async fn post(&self, path: &str, form: &str) -> Answer {
        let own = [("origin", "https://privacy.example")];
        self.send("POST", path, form, &own).await
    }

    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        form: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(HOST, "privacy.example");
        if method == "POST" {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(session) = &self.session {
            request = request.header(COOKIE, session);
        }
        let request = request.body(Body::from(form.to_owned())).unwrap();
        let response = router(self.service.clone()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, BODY_MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// A subject request that nobody confirmed yet.
    pub(super) async fn filed(&self, right: Right) -> SubjectRequestId {
        let address = "mireille@post.example";
        self.service
            .file_through(right, address, Channel::Form)
            .await
            .unwrap()
    }

    /// An erasure that waits for a decision.
    pub(super) async fn undecided(&self) -> SubjectRequestId {
        let id = self.filed(Right::Erasure).await;
        let effect = TableEffect {
            table: "accounts".to_owned(),
            action: Action::Delete,
            rows: 1,
            because: None,
        };
        let preview = SourcePreview {
            effects: vec![effect],
        };
        let previews = [("app".to_owned(), preview)].into();
        let proof = Proof::Mail;
        for event in [Event::Verified { proof }, Event::Located { previews }] {
            let nothing = Change::default();
            let taken = self.service.take_in(&id, &event, &nothing).await;
            taken.unwrap().unwrap();
        }
        id
    }

    /// The last part of a link, as mails carry it.
    pub(super) fn link(address: &str) -> &str {
        address.rsplit('/').next().unwrap()
    }
}
