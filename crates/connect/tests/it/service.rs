//! A service as a source, asked over real HTTP: the reference service of
//! `examples/http-source`, well and with everything that can go wrong.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use candor_connect::service::ServiceAccess;
use candor_connect::service::conformance::try_out;
use candor_connect::{KeptStep, Limits, RewriteStep, Source, SourceError, closure};
use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::{Action, Residue};
use candor_domain::rectification::Writing;
use candor_domain::undo::Conflict;
use candor_policy::charter::OnErasure;
use candor_policy::map::SourceMap;
use serde_json::{Value, json};

use crate::support::{
    Exported, Mapping as _, World, capture, effect, email, erase, export, kinds, map, residue,
    step, table,
};
use crate::undo::Turned;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const MEMBERS: &str = "
INSERT INTO members VALUES (1, 'Mireille@Post.example', '7', 'Mireille'), (2, 'otto@post.example', '8', 'Otto');
INSERT INTO points VALUES (1, 1, 10, 'Lyon'), (2, 1, 20, 'Paris'), (3, 2, 30, 'Lille');
INSERT INTO receipts VALUES (1, 1, 999, 'Mireille'), (2, 2, 99, 'Otto');";

/// The service, killed with the test.
pub(crate) struct Loyalty {
    process: Child,
    address: String,
}

impl Loyalty {
    /// `None` where no Python is there to run it.
    pub(crate) fn start() -> Option<Self> {
        let python = python()?;
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/tools/faulty_service.py"
        );
        let mut process = Command::new(python)
            .args(["-B", script])
            .env("LOYALTY_SECRET", SECRET)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let service = Self {
            process,
            address: line.trim().to_owned(),
        };
        service.control(&json!({ "sql": MEMBERS }));
        Some(service)
    }

    pub(crate) fn source(&self) -> Source {
        self.opened(SECRET, loyalty_map())
    }

    fn opened(&self, secret: &str, map: SourceMap) -> Source {
        let access = ServiceAccess {
            url: self.address.clone(),
            secret: secret.to_owned(),
            ..ServiceAccess::default()
        };
        let limits = Limits {
            pending: Duration::from_secs(3),
            ..Limits::default()
        };
        Source::open_service("loyalty", &access, map, limits).unwrap()
    }

    /// Goes wrong like this from now on, this often.
    fn fault(&self, name: &str, times: u32) {
        self.control(&json!({ "fault": name, "times": times }));
    }

    pub(crate) fn count(&self, table: &str) -> u64 {
        self.control(&json!({ "count": table }))["count"]
            .as_u64()
            .unwrap()
    }

    /// How often it was asked this.
    fn asked(&self, kind: &str) -> usize {
        let said = self.control(&json!({}));
        let asked = said["asked"].as_array().unwrap();
        asked.iter().filter(|asked| **asked == kind).count()
    }

    fn control(&self, what: &Value) -> Value {
        let host = self.address.strip_prefix("http://").unwrap();
        let host = host.split('/').next().unwrap();
        let body = what.to_string();
        let mut stream = TcpStream::connect(host).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST /control HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

impl Drop for Loyalty {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told where programs are"
)]
fn python() -> Option<String> {
    let python = std::env::var("CANDOR_TEST_PYTHON").ok();
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(python.is_some() || !ci, "CI must say `CANDOR_TEST_PYTHON`");
    python
}

pub(crate) fn loyalty_map() -> SourceMap {
    map([
        (
            "members",
            table("id:key email:contact.email customer_id:key name:identity.name")
                .about("email", "email")
                .about("customer_id", "customer_id"),
        ),
        (
            "points",
            table("id:key member_id:key amount:plain shop:location"),
        ),
        (
            "receipts",
            table("id:key member_id:key total:payment name:identity.name")
                .on_erasure(OnErasure::Pseudonymise),
        ),
    ])
}

fn mireille() -> [Identity; 2] {
    [
        Identity::new("customer_id", "7"),
        email("mireille@post.example"),
    ]
}

/// What is left of somebody, by the service's own word.
async fn left(source: &Source, person: &[Identity]) -> Vec<Residue> {
    let captured = capture(source, person).await.unwrap();
    assert_eq!(captured.footprint.keys, [], "it alone knows its keys");
    captured.left(source).await.unwrap()
}

#[tokio::test]
async fn a_service_is_a_source_like_any_other() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let source = service.source();
    let otto = [email("otto@post.example")];
    let found = closure(&[&source], &email("mireille@post.example")).await;
    assert_eq!(found.unwrap().identities, mireille());
    let preview = source.preview(&mireille()).await.unwrap();
    assert_eq!(
        preview.effects,
        [
            effect("members", Action::Delete, 1),
            effect("points", Action::Delete, 2),
            effect("receipts", Action::Pseudonymise, 1),
        ]
    );
    let exported = export(&source, &mireille()).await;
    assert_eq!(exported.rows("points").len(), 2);
    assert_eq!(
        Value::Object(exported.rows("points")[0].clone()),
        json!({ "id": 1, "amount": 10, "shop": "Lyon" }),
        "keys that name other records stay behind"
    );
    let (announced, _) = &exported.tables[2];
    assert_eq!(announced.kept_because.as_deref(), Some("invoices"));

    erase(&source, "first", &mireille()).await;
    assert_eq!(left(&source, &mireille()).await, []);
    assert!(source.preview(&mireille()).await.unwrap().is_empty());
    assert_eq!(export(&source, &mireille()).await.tables.len(), 0);
    assert_eq!(
        left(&source, &otto).await,
        [
            residue("members", "email", 1),
            residue("points", "*", 1),
            residue("receipts", "*", 1)
        ]
    );
    assert_eq!(service.count("members"), 1);
    assert_eq!(service.count("receipts"), 2);
}

#[tokio::test]
async fn identities_travel_between_databases_and_a_service() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let loyalty = service.source();
    for kind in kinds() {
        // The shop knows a customer's number only, the help desk an address
        // that nobody else has.
        let shop = World::new(
            kind,
            "CREATE TABLE customer (id bigint PRIMARY KEY, note text);
             INSERT INTO customer VALUES (7, 'x'), (8, 'y');",
        )
        .await;
        let desk = World::new(
            kind,
            "CREATE TABLE contact (id bigint PRIMARY KEY, email text, customer bigint);
             INSERT INTO contact VALUES (10, 'mimi@home.example', 7), (11, 'otto@post.example', 8);",
        )
        .await;
        let shop = shop.source(map([(
            "customer",
            table("id:key note:plain").about("customer_id", "id"),
        )]));
        let desk = desk.source(map([(
            "contact",
            table("id:key email:contact.email customer:key")
                .about("email", "email")
                .about("customer_id", "customer"),
        )]));
        let found = closure(&[&shop, &desk, &loyalty], &email("mireille@post.example")).await;
        assert_eq!(
            found.unwrap().identities,
            [
                Identity::new("customer_id", "7"),
                email("mimi@home.example"),
                email("mireille@post.example"),
            ],
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn what_passes_is_tried_again_and_nothing_is_done_twice() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let source = service.source();
    for fault in ["busy", "down", "half", "slow"] {
        service.fault(fault, 2);
        let preview = source.preview(&mireille()).await;
        assert_eq!(preview.unwrap().effects.len(), 3, "{fault}");
    }
    // The erasure happens, and nobody hears of it.
    service.fault("erase/lost", 1);
    let reports = source.erase(&[step("once", &mireille())]).await.unwrap();
    assert_eq!(reports[0].effects.len(), 3, "the first time is reported");
    assert_eq!(service.asked("candor.erase"), 2);
    assert_eq!(service.count("members"), 1);
    service.fault("half_stream", 1);
    let mut sink = Exported::default();
    let otto = [email("otto@post.example")];
    let broken = source.export(&otto, &mut sink).await;
    assert!(matches!(broken, Err(SourceError::Unreachable { .. })));
}

#[tokio::test]
async fn work_that_takes_its_time_is_asked_after_and_begun_once() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let source = service.source();
    service.fault("erase/slow", 1);
    let reports = source.erase(&[step("slow", &mireille())]).await.unwrap();
    assert_eq!(reports[0].effects.len(), 3);
    assert_eq!(service.asked("candor.erase"), 1, "asked for once");
    assert!(service.asked("candor.result") >= 1, "and then asked after");

    let otto = [email("otto@post.example")];
    service.fault("preview/forgets", 1);
    let preview = source.preview(&otto).await.unwrap();
    assert_eq!(preview.effects.len(), 3, "a lost task is begun again");

    service.fault("erase/never", 1);
    let waits = source.erase(&[step("never", &otto)]).await.unwrap_err();
    assert_eq!(
        waits.to_string(),
        "source `loyalty` is not through: it is still erasing"
    );
    let before = service.asked("candor.erase");
    let _ = source.erase(&[step("never", &otto)]).await.unwrap_err();
    assert_eq!(service.asked("candor.erase"), before, "it knows the task");
    assert_eq!(service.count("members"), 1);
}

#[tokio::test]
async fn whoever_says_done_and_is_not_is_found_out() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let source = service.source();
    service.fault("lies", u32::MAX);
    let reports = source.erase(&[step("lie", &mireille())]).await.unwrap();
    assert_eq!(reports[0].effects.len(), 3);
    assert_eq!(
        left(&source, &mireille()).await,
        [
            residue("members", "*", 1),
            residue("points", "*", 2),
            residue("receipts", "*", 1)
        ]
    );
}

#[tokio::test]
async fn nothing_counts_that_is_not_signed_mapped_and_asked_for() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let source = service.source();
    let unsigned = "source `loyalty` is refused: its answer is not signed as agreed: nothing it \
                    says counts";
    for (fault, why) in [
        ("unsigned", unsigned),
        ("strangers", unsigned),
        (
            "preview/other",
            "source `loyalty` answered with an error: it answered something else than it was asked",
        ),
        (
            "preview/keeps",
            "source `loyalty` is refused: an erasure is to delete records of `members`, and it \
             would keep",
        ),
        (
            "describe/grown",
            "the map of `loyalty` does not fit its schema: collection `friends` is neither mapped \
             nor ignored",
        ),
    ] {
        service.fault(fault, 1);
        let refused = source.preview(&mireille()).await.unwrap_err();
        assert_eq!(refused.to_string(), why, "{fault}");
    }
    for (fault, why) in [
        (
            "export/more",
            "source `loyalty` is refused: it hands out what its map does not name",
        ),
        (
            "export/changed_stream",
            "source `loyalty` is refused: what it handed out is not signed",
        ),
    ] {
        service.fault(fault, 1);
        let mut sink = Exported::default();
        let refused = source.export(&mireille(), &mut sink).await.unwrap_err();
        assert_eq!(refused.to_string(), why, "{fault}");
    }
    let stranger = service.opened("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", loyalty_map());
    let refused = stranger.preview(&mireille()).await.unwrap_err().to_string();
    assert!(
        refused.contains("does not accept our signature"),
        "{refused}"
    );
    assert_eq!(service.count("members"), 2);
}

#[tokio::test]
async fn who_is_not_known_there_is_never_named_to_it() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let source = service.source();
    let device = [Identity::new("device", "d-1")];
    assert!(source.preview(&device).await.unwrap().is_empty());
    assert_eq!(left(&source, &device).await, []);
    assert_eq!(service.asked("candor.preview"), 0);
    assert_eq!(service.asked("candor.verify"), 0);
}

#[tokio::test]
async fn what_cannot_be_used_is_said_when_it_is_opened() {
    let open = |url: &str, secret: &str| {
        let access = ServiceAccess {
            url: url.to_owned(),
            secret: secret.to_owned(),
            ..ServiceAccess::default()
        };
        let opened = Source::open_service("loyalty", &access, loyalty_map(), Limits::default());
        opened.map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(
        open("http://loyalty.example/", SECRET),
        "source `loyalty` is refused: its address is refused: it must be an https address, or \
         http on this machine"
    );
    let refused = open("https://loyalty.example/", "hunter2");
    assert!(refused.contains("`whsec_`"), "{refused}");
    assert!(!refused.contains("hunter2"));
}

async fn tried(source: &Source, erase: bool) -> Vec<(&'static str, Option<String>)> {
    let trials = try_out(source, &[email("mireille@post.example")], erase).await;
    let told = trials.into_iter();
    told.map(|trial| (trial.what, trial.outcome.err()))
        .collect()
}

#[tokio::test]
async fn the_reference_service_conforms() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let source = service.source();
    let looked = tried(&source, false).await;
    assert_eq!(looked.len(), 7);
    assert_eq!(service.count("members"), 2, "nothing was erased");
    let trials = tried(&source, true).await;
    assert_eq!(
        trials,
        [
            "describes itself as its map does",
            "refuses a wrong signature",
            "refuses an old message",
            "refuses the same message twice",
            "holds nothing of nobody",
            "finds a person",
            "hands out what it counts",
            "puts right what it is told",
            "brings back what it erased",
            "erases what it counted",
            "reports the same for the same step",
            "has nothing left",
            "erases nothing of who is gone",
            "forgets what it kept",
        ]
        .map(|what| (what, None))
    );
    assert_eq!(service.count("members"), 1);
}

/// Erases the first member in a way that can be taken back.
async fn erased_for_now(source: &Source) {
    let step = step("m/0", &[email("mireille@post.example")]);
    let sealer = Turned::default();
    let kept = KeptStep {
        step: &step,
        sealer: &sealer,
    };
    source.erase_keeping(&[kept]).await.unwrap();
}

#[tokio::test]
async fn what_a_service_erased_comes_back_once_and_overwrites_nothing() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let source = service.source();
    erased_for_now(&source).await;
    assert_eq!((service.count("members"), service.count("points")), (1, 1));
    // Somebody else got the number of one of the records meanwhile.
    service.control(&json!({ "sql": "INSERT INTO points VALUES (2, 2, 5, 'Nice')" }));
    service.fault("restore/lost", 1);
    let steps = ["m/0".to_owned()];
    let sealer = Turned::default();
    let returned = source.take_back("m/undo", &steps, &sealer).await.unwrap();
    assert_eq!(
        service.asked("candor.restore"),
        2,
        "its first answer was lost"
    );
    let of = |table: &str| returned.iter().find(|own| own.table == table).unwrap();
    assert_eq!(of("members").returned, 1);
    assert_eq!(of("points").returned, 1);
    assert_eq!(of("points").conflicts[&Conflict::Taken], 1);
    assert_eq!(of("receipts").set_back, 1);
    let again = source.take_back("m/undo", &steps, &sealer).await.unwrap();
    assert_eq!(again, returned);
    assert_eq!((service.count("members"), service.count("points")), (2, 3));
    source.forget(&steps).await.unwrap();
    assert_eq!(service.count("kept"), 0);
}

fn to(table: &str, column: &str, value: &str) -> Writing {
    Writing {
        table: table.to_owned(),
        column: column.to_owned(),
        value: Some(Personal::new(value.to_owned())),
        was: None,
    }
}

#[tokio::test]
async fn a_service_puts_right_what_it_takes_and_says_why_it_does_not() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let source = service.source();
    let mireille = [email("mireille@post.example")];
    let wanted = [
        to("members", "name", "Mireille P."),
        Writing {
            was: Some(Personal::new("lyon".to_owned())),
            ..to("points", "shop", "Lille")
        },
    ];
    let tried = source.try_rewriting(&mireille, &wanted).await.unwrap();
    let rewrites = |table, rows| effect(table, Action::Rewrite, rows);
    assert_eq!(
        tried.effects,
        [rewrites("members", 1), rewrites("points", 1)]
    );
    assert_eq!(tried.obstacles, [""; 0]);
    let left = source.unwritten(&mireille, &wanted, &tried.effects).await;
    assert_eq!(
        left.unwrap(),
        [residue("members", "name", 1), residue("points", "shop", 1)],
        "it was only tried out"
    );
    service.fault("rectify/lost", 1);
    let step = RewriteStep {
        step: "m/0".to_owned(),
        identities: mireille.to_vec(),
        writings: wanted.to_vec(),
    };
    let report = source.rewrite(&step).await.unwrap();
    assert_eq!(report.effects, tried.effects);
    let left = source.unwritten(&mireille, &wanted, &report.effects).await;
    assert_eq!(left.unwrap(), []);
    assert_eq!(
        service.count("points WHERE shop = 'Lille'"),
        2,
        "and another's"
    );

    let taken = [
        to("members", "email", "otto@post.example"),
        to("members", "name", ""),
    ];
    let tried = source.try_rewriting(&mireille, &taken).await.unwrap();
    let said = tried.obstacles.join("; ");
    assert!(
        said.contains("`members.email` holds this value for somebody else"),
        "{said}"
    );
    assert!(said.contains("`members.name` must not be empty"), "{said}");
    assert!(!said.contains("otto"));
    let step = RewriteStep {
        step: "m/1".to_owned(),
        identities: mireille.to_vec(),
        writings: taken.to_vec(),
    };
    let refused = source.rewrite(&step).await;
    assert!(
        matches!(refused, Err(SourceError::Unfit { .. })),
        "{refused:?}"
    );
    assert_eq!(service.count("members WHERE name = ''"), 0);
}

#[tokio::test]
async fn a_service_that_keeps_nothing_says_so() {
    let Some(service) = Loyalty::start() else {
        return;
    };
    let source = service.source();
    assert!(source.can_take_back().await.unwrap());
    service.fault("describe/unable", 100);
    assert!(!source.can_take_back().await.unwrap());
    erased_for_now(&source).await;
    assert_eq!(service.count("members"), 1);
    assert_eq!(
        service.count("kept"),
        0,
        "it was not asked to keep anything"
    );
    source.forget(&["m/0".to_owned()]).await.unwrap();
    assert_eq!(service.asked("candor.forget"), 0);
}

#[tokio::test]
async fn every_fault_fails_a_trial() {
    for (fault, trial) in [
        ("careless", "refuses a wrong signature"),
        ("forgetful", "refuses the same message twice"),
        ("rectify/pretends", "puts right what it is told"),
        ("rectify/hasty", "puts right what it is told"),
        ("forget/hoards", "forgets what it kept"),
        ("restore/invents", "brings back what it erased"),
        ("describe/grown", "describes itself as its map does"),
        ("preview/keeps", "holds nothing of nobody"),
        ("export/more", "holds nothing of nobody"),
        ("export/nothing", "hands out what it counts"),
        ("lies", "brings back what it erased"),
        ("erase/twice", "reports the same for the same step"),
    ] {
        let Some(service) = Loyalty::start() else {
            return;
        };
        service.fault(fault, u32::MAX);
        let trials = tried(&service.source(), true).await;
        let failed = trials.iter().find(|(_, why)| why.is_some());
        assert_eq!(failed.map(|(what, _)| *what), Some(trial), "{fault}");
    }
}
