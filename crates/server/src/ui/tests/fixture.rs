//! A service with the sample charter and an empty database, and a browser that
//! speaks to its pages.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use candor_domain::api_key::{Permission, Scope};
use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::plan::{Action, SourcePreview, TableEffect};
use candor_domain::subject_request::{Channel, Event, Ground, Proof, tasks_of};
use candor_policy::charter::{Charter, Right};
use candor_seal::login::LoginKeys;
use candor_store::Change;
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt;

use crate::api::openapi;
use crate::keys;
use crate::network::Visitor;
use crate::protocols::Parties;
use crate::service::{KeyTerms, MadeKey, OpenError, Said, Service, Settings};
use crate::ui::{router, sample};
use crate::worker::Worker;
use crate::world::{Clock, World};

/// Pages read in a test are smaller than this.
const BODY_MAX: usize = 1024 * 1024;

/// A clock that stands until it is moved.
#[derive(Clone)]
pub(crate) struct Hand(Arc<Mutex<Timestamp>>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Hand {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(at("2026-11-20T09:00:00Z"))))
    }

    pub(crate) fn turn(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }
}

/// A moment.
pub(crate) fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

pub(crate) struct Site {
    pub(crate) service: Service,
    /// Session cookie, once signed in.
    pub(crate) session: Option<String>,
    /// Where everybody comes from, if from one place.
    pub(crate) visitor: Option<IpAddr>,
    visits: AtomicU32,
    folder: tempfile::TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::under(sample::charter()).await
    }

    pub(crate) async fn under(charter: Charter) -> Self {
        Self::made(charter, World::real(), Parties::default(), None).await
    }

    /// A site under a charter, in a world of the test's own.
    pub(crate) async fn at(charter: Charter, world: World) -> Self {
        Self::made(charter, world, Parties::default(), None).await
    }

    /// A site with parties that may file through a protocol.
    pub(crate) async fn with(charter: Charter, parties: Parties) -> Self {
        Self::made(charter, World::real(), parties, None).await
    }

    /// A site with parties, in a world of the test's own.
    pub(crate) async fn of(charter: Charter, world: World, parties: Parties) -> Self {
        Self::made(charter, world, parties, None).await
    }

    /// A site beside a login of the company's own.
    pub(crate) async fn with_login(charter: Charter, login: LoginKeys) -> Self {
        Self::made(charter, World::real(), Parties::default(), Some(login)).await
    }

    async fn made(
        charter: Charter,
        world: World,
        parties: Parties,
        login: Option<LoginKeys>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("mail")).unwrap();
        let keys = keys::open(
            &folder.path().join("keys"),
            "privacy.example/ledger",
            world.entropy.as_ref(),
        )
        .unwrap();
        let settings = settings(folder.path(), parties, login.map(Arc::new));
        let service = Service::open(charter, settings, keys, world).await.unwrap();
        Self {
            service,
            session: None,
            visitor: None,
            visits: AtomicU32::new(0),
            folder,
        }
    }

    /// The same state and keys in another process, in a world of its own.
    pub(crate) async fn reopened(&self, world: World) -> Service {
        self.try_reopened(world).await.unwrap()
    }

    /// The same, where it may be refused.
    pub(crate) async fn try_reopened(&self, world: World) -> Result<Service, OpenError> {
        self.opened_in(self.folder.path(), world).await
    }

    /// A copy of the state and of keys in another folder.
    pub(crate) async fn opened_in(
        &self,
        folder: &Path,
        world: World,
    ) -> Result<Service, OpenError> {
        let settings = settings(folder, self.service.parties(), None);
        let keys = keys::open(&folder.join("keys"), "unused", world.entropy.as_ref());
        let charter = self.service.charter().as_ref().clone();
        Service::open(charter, settings, keys.unwrap(), world).await
    }

    /// A site whose console has one member of staff, who is signed in.
    pub(crate) async fn signed_in() -> Self {
        Self::signed_in_under(sample::charter()).await
    }

    /// The same, under another charter.
    pub(crate) async fn signed_in_under(charter: Charter) -> Self {
        Self::under(charter).await.sign_in().await
    }

    /// Its first member of staff, signed in.
    pub(crate) async fn sign_in(self) -> Self {
        let mut site = self;
        let link = site.service.setup_link().await.unwrap().unwrap();
        let path = link.strip_prefix("https://privacy.example").unwrap();
        let form = "login=ines&password=four+unrelated+words&again=four+unrelated+words";
        let answer = site.post(path, form).await;
        assert_eq!(answer.location(), "/console");
        let cookie = answer.header(SET_COOKIE.as_str());
        site.session = Some(cookie.split(';').next().unwrap().to_owned());
        site
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", &[]).await
    }

    /// A form from the site's own page.
    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        let own = [("origin", "https://privacy.example")];
        self.send("POST", path, form, &own).await
    }

    pub(crate) async fn send(
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
        self.answer(request.body(Body::from(form.to_owned())).unwrap())
            .await
    }

    pub(crate) async fn answer(&self, mut request: Request<Body>) -> Answer {
        // Everybody comes from a network of their own, unless a test says otherwise.
        let number = self.visits.fetch_add(1, Ordering::Relaxed);
        let [.., high, low] = number.to_be_bytes();
        let visitor = self.visitor.unwrap_or([10, high, low, 1].into());
        request.extensions_mut().insert(Visitor(visitor));
        let response = router(self.service.clone()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, BODY_MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// A program's call.
    pub(crate) async fn call(&self, method: &str, path: &str, key: &str, json: &str) -> Answer {
        self.call_with(method, path, key, json, &[]).await
    }

    /// The same, with headers.
    pub(crate) async fn call_with(
        &self,
        method: &str,
        path: &str,
        key: &str,
        json: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(HOST, "privacy.example");
        if !key.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        let named = headers
            .iter()
            .any(|(name, _)| *name == CONTENT_TYPE.as_str());
        if !json.is_empty() && !named {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(json.to_owned())).unwrap();
        let answer = self.answer(request).await;
        openapi::check(method, path, &answer);
        answer
    }

    /// A new key with these permissions, for these rights, of this tenant.
    pub(crate) async fn key(
        &self,
        may: &[Permission],
        rights: &[Right],
        tenant: Option<&str>,
    ) -> MadeKey {
        let terms = KeyTerms {
            name: "test".to_owned(),
            scope: Scope {
                may: may.iter().copied().collect(),
                rights: rights.iter().copied().collect(),
                tenant: tenant.map(|name| name.parse().unwrap()),
            },
            expires_at: None,
            by: None,
        };
        self.service.make_api_key(terms).await.unwrap()
    }

    /// A subject request that nobody confirmed yet.
    pub(crate) async fn filed(&self, right: Right) -> SubjectRequestId {
        let address = "mireille@post.example";
        self.service
            .file_through(right, address, Channel::Form)
            .await
            .unwrap()
    }

    /// An erasure that waits for a decision.
    pub(crate) async fn undecided(&self) -> SubjectRequestId {
        self.undecided_for("mireille@post.example").await
    }

    /// The same, of whoever has this address.
    pub(crate) async fn undecided_for(&self, address: &str) -> SubjectRequestId {
        let filed = self
            .service
            .file_through(Right::Erasure, address, Channel::Form);
        let id = filed.await.unwrap();
        let proof = Proof::Mail;
        let verified = Event::Verified { proof };
        let nothing = Change::default();
        let taken = self.service.take_in(&id, &verified, &nothing).await;
        taken.unwrap().unwrap();
        self.located(&id).await;
        id
    }

    /// Takes a restriction to where people have to carry it out.
    pub(crate) async fn with_tasks(&self, id: &SubjectRequestId) {
        let nothing = Change::default();
        let proof = Proof::Mail;
        let verified = Event::Verified { proof };
        let taken = self.service.take_in(id, &verified, &nothing).await;
        taken.unwrap().unwrap();
        let said = Said {
            ground: Some(Ground::Contested),
            ..Said::default()
        };
        let by = sample::staff_id();
        self.service.say_for(id, &by, &said, None).await.unwrap();
        self.located(id).await;
        let request = self.service.required(id).await.unwrap().value;
        let tasks = tasks_of(&request, &self.service.charter());
        let writes = [].into();
        let prepared = Event::Prepared { tasks, writes };
        let taken = self.service.take_in(id, &prepared, &nothing).await;
        taken.unwrap().unwrap();
    }

    /// The sample's source holds something of the person.
    pub(crate) async fn located(&self, id: &SubjectRequestId) {
        let effect = TableEffect {
            table: "accounts".to_owned(),
            action: Action::Delete,
            rows: 1,
            because: None,
        };
        let previews = [("app".to_owned(), SourcePreview::of(vec![effect]))].into();
        let located = Event::Located { previews };
        let taken = self.service.take_in(id, &located, &Change::default()).await;
        taken.unwrap().unwrap();
    }

    /// Carries an erasure out that waits for a decision, as jobs would.
    pub(crate) async fn erased(&self, id: &SubjectRequestId) {
        let source = || "app".to_owned();
        let effects = self.service.required(id).await.unwrap().value.sources["app"]
            .preview
            .effects
            .clone();
        let events = [
            Event::Approved {
                by: StaffId::from_random([9; 16]),
            },
            Event::Prepared {
                tasks: BTreeMap::new(),
                writes: [].into(),
            },
            Event::Erased {
                source: source(),
                effects,
                held: BTreeMap::new(),
            },
            Event::Searched {
                source: source(),
                residue: Vec::new(),
                replicas: Vec::new(),
            },
            Event::ReceiptIssued,
        ];
        for event in events {
            let nothing = Change::default();
            let taken = self.service.take_in(id, &event, &nothing).await;
            taken.unwrap().unwrap();
        }
    }

    /// Where the state is kept.
    pub(crate) fn state_file(&self) -> PathBuf {
        self.folder.path().join("state.sqlite")
    }

    /// Runs every job that is ready.
    pub(crate) async fn work(&self) {
        let worker = Worker::new(self.service.clone(), SignedDuration::from_mins(1));
        while worker.round().await.unwrap() > 0 {}
    }

    /// All mails so far, as they travel.
    pub(super) fn mails(&self) -> Vec<String> {
        let mails = std::fs::read_dir(self.folder.path().join("mail")).unwrap();
        mails
            .map(|mail| std::fs::read_to_string(mail.unwrap().path()).unwrap())
            .collect()
    }

    /// The subject lines of all mails so far.
    pub(super) fn subjects(&self) -> Vec<String> {
        let mails = self.mails();
        let subjects = mails.iter().filter_map(|mail| {
            let mut lines = mail.lines();
            lines.find_map(|line| Some(line.strip_prefix("Subject: ")?.to_owned()))
        });
        subjects.collect()
    }

    /// The last part of a link, as mails carry it.
    pub(crate) fn link(address: &str) -> &str {
        address.rsplit('/').next().unwrap()
    }
}

fn settings(folder: &Path, parties: Parties, login: Option<Arc<LoginKeys>>) -> Settings {
    Settings {
        state: folder.join("state.sqlite").display().to_string(),
        public_address: "https://privacy.example".to_owned(),
        mail_server: None,
        mail_folder: folder.join("mail"),
        sweep: false,
        parties,
        login,
        backups: None,
        policy_folder: folder.to_owned(),
        variables: BTreeMap::new(),
    }
}
