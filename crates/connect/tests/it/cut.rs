//! The network is cut between Candor and a database, at every message, before
//! it arrives and after it was carried out. Nothing is lost, nothing is done
//! twice, and the next attempt goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use candor_connect::{
    KeptStep, Key, Limits, RewriteStep, Source, SourceError, noted, whom_to_tell,
};
use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::{Action, Footprint};
use candor_domain::rectification::Writing;
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;
use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::notice::{account_map, accounts, of, rule, start};
use crate::support::{
    Exported, Mapping as _, World, capture, effect, email, kinds, map, step, table,
};
use crate::sweep::{event_map, events, order, run, small};
use crate::tally;
use crate::undo::Turned;

const SHOP: &str = "
CREATE TABLE account (id bigint PRIMARY KEY, email varchar(100) NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id), note varchar(100));
CREATE INDEX orders_account ON orders (account_id);
INSERT INTO account VALUES (1, 'mireille@post.example'), (2, 'otto@post.example');
INSERT INTO orders VALUES (10, 1, 'a'), (11, 1, 'b'), (12, 2, 'c');";

fn shop() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email").about("email", "email"),
        ),
        (
            "orders",
            table("id:key account_id:key note:content").owned("account_id"),
        ),
    ])
}

/// Worlds that are cut at the same time.
const AT_ONCE: usize = 8;

/// Messages from one silence to the next: each takes its patience.
const SILENCES_EVERY: usize = 4;

/// How the network fails at one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// The message is lost, and the connection with it.
    Before,
    /// It arrives; its answer is lost, and the connection with it.
    After,
    /// It is lost, and nobody says so.
    Silence,
}

/// Lies between a source and its server, and cuts once.
struct Proxy {
    address: String,
    messages: Arc<AtomicUsize>,
}

impl Proxy {
    /// Cuts at the message with this number, counted from 1; 0 never.
    async fn start(server: String, at: usize, cut: Cut) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let messages = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&messages);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                let (client, server) = (with_no_delay(client), with_no_delay(server));
                tokio::spawn(relay(client, server, Arc::clone(&counter), (at, cut)));
            }
        });
        Self { address, messages }
    }

    fn messages(&self) -> usize {
        self.messages.load(Ordering::SeqCst)
    }
}

fn with_no_delay(stream: TcpStream) -> TcpStream {
    stream.set_nodelay(true).unwrap();
    stream
}

async fn relay(
    mut client: TcpStream,
    mut server: TcpStream,
    messages: Arc<AtomicUsize>,
    (at, cut): (usize, Cut),
) {
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                let number = messages.fetch_add(1, Ordering::SeqCst) + 1;
                match cut {
                    Cut::Before if number == at => return,
                    Cut::Silence if number == at => std::future::pending().await,
                    _ => {}
                }
                if server.write_all(&asked[..length]).await.is_err() { return }
                if number == at {
                    // Whatever it does, it does; nobody hears of it.
                    let _ = server.read(&mut answered).await;
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Ok(length @ 1..) = read else { return };
                if client.write_all(&answered[..length]).await.is_err() { return }
            }
        }
    }
}

/// The world's address, by way of a proxy.
fn through(url: &str, proxy: &Proxy) -> String {
    let (before, rest) = url.split_once('@').unwrap();
    let (_, path) = rest.split_once('/').unwrap();
    format!("{before}@{}/{path}", proxy.address)
}

fn server_of(url: &str) -> String {
    let (_, rest) = url.split_once('@').unwrap();
    rest.split_once('/').unwrap().0.to_owned()
}

/// Asks as the queue does: again, as long as the source is out of reach.
macro_rules! insist {
    ($ask:expr, $told:expr) => {{
        let mut attempts = 0;
        loop {
            match $ask.await {
                Ok(done) => break done,
                // Whoever was cut off may hold its locks a little longer.
                Err(SourceError::Unreachable { .. } | SourceError::Busy { .. }) if attempts < 5 => {
                    attempts += 1;
                }
                Err(error) => panic!("{}: {error}", $told),
            }
        }
    }};
}

/// What is under way while the network fails.
#[derive(Clone, Copy, Debug)]
enum Work {
    Erasure,
    /// Of two people in one transaction.
    Together,
    /// An erasure that is taken back.
    Undo,
    Rewrite,
    /// Before rows go.
    Notice,
    Sweep,
    /// A sweep that counts rows before they go.
    Tally,
}

impl Work {
    async fn world(self, kind: SourceKind) -> World {
        match self {
            Self::Erasure | Self::Together | Self::Undo | Self::Rewrite => {
                World::new(kind, SHOP).await
            }
            Self::Notice => World::new(kind, &accounts(kind, &[65, 70, 80, 10])).await,
            Self::Sweep => World::new(kind, &events(kind, 110)).await,
            Self::Tally => tally::world(kind).await,
        }
    }

    fn map(self) -> SourceMap {
        match self {
            Self::Erasure | Self::Together | Self::Undo | Self::Rewrite => shop(),
            Self::Notice => account_map(),
            Self::Sweep => event_map(),
            Self::Tally => tally::mapped(),
        }
    }

    async fn carry_out(self, source: &Source, told: &str) {
        match self {
            Self::Erasure => erasure(source, told).await,
            Self::Together => together(source, told).await,
            Self::Undo => undone(source, told).await,
            Self::Rewrite => rewritten(source, told).await,
            Self::Notice => noticed(source, told).await,
            Self::Sweep => sweep(source, told).await,
            Self::Tally => tallied(source, told).await,
        }
    }

    async fn is_whole(self, world: &World, told: &str) {
        match self {
            Self::Erasure => {
                assert_eq!(world.count("account").await, 1, "{told}");
                assert_eq!(world.count("orders").await, 1, "{told}");
                assert_eq!(world.count("candor_journal").await, 1, "{told}: done once");
            }
            Self::Together => {
                assert_eq!(world.count("account").await, 0, "{told}");
                assert_eq!(world.count("orders").await, 0, "{told}");
                assert_eq!(world.count("candor_journal").await, 2, "{told}: done once");
            }
            Self::Undo => {
                assert_eq!(world.count("account").await, 2, "{told}");
                assert_eq!(world.count("orders").await, 3, "{told}");
                assert_eq!(world.count("candor_undo").await, 0, "{told}");
                assert_eq!(world.count("candor_journal").await, 2, "{told}: done once");
            }
            Self::Rewrite => {
                let right = world
                    .rows("SELECT note FROM orders WHERE note = 'right'")
                    .await;
                assert_eq!(right.len(), 2, "{told}");
                assert_eq!(world.count("candor_journal").await, 1, "{told}: done once");
            }
            Self::Notice => {
                assert_eq!(world.count("account").await, 4, "{told}: nothing goes");
                assert_eq!(world.count("candor_notice").await, 3, "{told}");
            }
            Self::Sweep => assert_eq!(world.count("event").await, 92, "{told}"),
            Self::Tally => {
                assert_eq!(world.count("view").await, 0, "{told}");
                assert_eq!(tally::lines(world).await, tally::expected(), "{told}");
            }
        }
    }
}

/// Everything that is done to a person.
async fn erasure(source: &Source, told: &str) {
    let mireille: [Identity; 1] = [email("mireille@post.example")];
    let preview = insist!(source.preview(&mireille), told);
    let exported = insist!(
        async {
            let mut sink = Exported::default();
            source.export(&mireille, &mut sink).await.map(|_| sink)
        },
        told
    );
    assert_eq!(exported.rows("orders").len(), 2, "{told}");
    let captured = insist!(capture(source, &mireille), told);
    let steps = [step("request/0", &mireille)];
    let reports = insist!(source.erase(&steps), told);
    assert_eq!(reports[0].effects, preview.effects, "{told}");
    let residue = insist!(captured.left(source), told);
    assert_eq!(residue, [], "{told}");
    let gone = |table, rows| effect(table, Action::Delete, rows);
    let effects = [gone("account", 1), gone("orders", 2)];
    assert_eq!(reports[0].effects, effects, "{told}");
}

/// Two people, erased and looked for together.
async fn together(source: &Source, told: &str) {
    let people = ["mireille@post.example", "otto@post.example"].map(|own| [email(own)]);
    let identities: Vec<&[Identity]> = people.iter().map(|own| own.as_slice()).collect();
    let (footprints, keys) = insist!(
        async {
            let mut keys: Vec<Key> = Vec::new();
            let footprints = source.footprints(&identities, &mut keys).await?;
            Ok((footprints, keys))
        },
        told
    );
    let steps = [step("m/0", &people[0]), step("o/0", &people[1])];
    let reports = insist!(source.erase(&steps), told);
    let gone = |table, rows| effect(table, Action::Delete, rows);
    assert_eq!(
        reports[0].effects,
        [gone("account", 1), gone("orders", 2)],
        "{told}"
    );
    assert_eq!(
        reports[1].effects,
        [gone("account", 1), gone("orders", 1)],
        "{told}"
    );
    let footprints: Vec<&Footprint> = footprints.iter().collect();
    let left = insist!(
        async {
            let mut search = source.verification(&footprints);
            search.keys(&keys).await?;
            search.finish().await
        },
        told
    );
    assert_eq!(left, [vec![], vec![]], "{told}");
}

/// An erasure that keeps what it takes, and its end.
async fn undone(source: &Source, told: &str) {
    let mireille = step("request/0", &[email("mireille@post.example")]);
    let sealer = Turned::default();
    let kept = [KeptStep {
        step: &mireille,
        sealer: &sealer,
    }];
    let reports = insist!(source.erase_keeping(&kept), told);
    assert_eq!(reports[0].effects.len(), 2, "{told}");
    let steps = ["request/0".to_owned()];
    let returns = insist!(source.take_back("request/undo", &steps, &sealer), told);
    let rows: u64 = returns.iter().map(|own| own.returned).sum();
    assert_eq!(rows, 3, "{told}: each is counted once");
}

/// A value that is tried out, written and read again.
async fn rewritten(source: &Source, told: &str) {
    let mireille = [email("mireille@post.example")];
    let wanted = [Writing {
        table: "orders".to_owned(),
        column: "note".to_owned(),
        value: Some(Personal::new("right".to_owned())),
        was: None,
    }];
    let tried = insist!(source.try_rewriting(&mireille, &wanted), told);
    let rewrite = RewriteStep {
        step: "request/0".to_owned(),
        identities: mireille.to_vec(),
        writings: wanted.to_vec(),
    };
    let report = insist!(source.rewrite(&rewrite), told);
    assert_eq!(report.effects, tried.effects, "{told}: counted once");
    let left = insist!(source.unwritten(&mireille, &wanted, &report.effects), told);
    assert_eq!(left, [], "{told}");
}

/// Everybody whose row goes soon is told, and that is noted.
async fn noticed(source: &Source, told: &str) {
    let sources = of(source);
    let rule = rule(start());
    let mut people = Vec::new();
    loop {
        let next = insist!(whom_to_tell(&rule, &sources, start(), 2), told);
        if next.is_empty() {
            break;
        }
        for one in next {
            people.push(one.email.value.expose("a test looks").clone());
            insist!(noted("idle", &sources, &one, start(), true), told);
        }
    }
    people.sort();
    let once = ["p0@post.example", "p1@post.example", "p2@post.example"];
    assert_eq!(people, once, "{told}: each is told once");
}

/// A rule carried out, in several batches, under one name.
async fn sweep(source: &Source, told: &str) {
    let order = order(&["event.at"], &["event"]);
    let run = run("run", small());
    let preview = insist!(source.sweep_preview(&order), told);
    let swept = insist!(source.sweep(&order, &run), told);
    assert!(swept.complete && swept.batches > 2, "{told}: {swept:?}");
    let all = [effect("event", Action::Delete, 19)];
    assert_eq!(swept.effects, all, "{told}: each row is counted once");
    assert!(preview == all, "{told}");
}

/// Rows that are counted into a table, each once.
async fn tallied(source: &Source, told: &str) {
    let order = tally::counting();
    let run = run("run", small());
    let swept = insist!(source.sweep(&order, &run), told);
    let effects = [
        effect("view", Action::Delete, tally::ROWS),
        effect("view_daily", Action::Aggregate, tally::COUNTED),
    ];
    assert_eq!(swept.effects, effects, "{told}");
}

async fn cut(work: Work, kind: SourceKind, at: usize, cut: Cut, limits: Limits) -> usize {
    let told = format!("{work:?}, {kind:?}, {cut:?} message {at}");
    let world = work.world(kind).await;
    let proxy = Proxy::start(server_of(&world.url), at, cut).await;
    let url = through(&world.url, &proxy);
    let source = Source::open("app", kind, &url, work.map(), limits).unwrap();
    work.carry_out(&source, &told).await;
    work.is_whole(&world, &told).await;
    proxy.messages()
}

fn servers() -> impl Iterator<Item = SourceKind> {
    kinds()
        .into_iter()
        .filter(|kind| *kind != SourceKind::Sqlite)
}

async fn breaks_at_any_message(work: Work) {
    for kind in servers() {
        let messages = cut(work, kind, 0, Cut::Before, Limits::default()).await;
        assert!(messages > 10, "{kind:?}: {messages}");
        let cuts = (1..=messages).flat_map(|at| [(at, Cut::Before), (at, Cut::After)]);
        let cuts = cuts.map(|(at, how)| cut(work, kind, at, how, Limits::default()));
        let done = futures_util::stream::iter(cuts).buffer_unordered(AT_ONCE);
        assert_eq!(done.count().await, 2 * messages);
    }
}

async fn falls_silent(work: Work) {
    let limits = Limits {
        connect: Duration::from_secs(1),
        statement: Duration::from_secs(3),
        scan: Duration::from_secs(3),
        ..Limits::default()
    };
    for kind in servers() {
        let messages = cut(work, kind, 0, Cut::Before, limits).await;
        let places = (1..=messages).step_by(SILENCES_EVERY);
        let cuts = places.clone().map(|at| async move {
            let patience = Duration::from_secs(60);
            let done = cut(work, kind, at, Cut::Silence, limits);
            let done = tokio::time::timeout(patience, done).await;
            assert!(
                done.is_ok(),
                "{work:?}, {kind:?}: silence at message {at} is waited for"
            );
        });
        let done = futures_util::stream::iter(cuts).buffer_unordered(AT_ONCE);
        assert_eq!(done.count().await, places.count());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_at_any_message_loses_and_doubles_nothing() {
    breaks_at_any_message(Work::Erasure).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_who_go_together_go_once_wherever_the_connection_broke() {
    breaks_at_any_message(Work::Together).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_comes_back_once_wherever_the_connection_broke() {
    breaks_at_any_message(Work::Undo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_right_is_written_once_wherever_the_connection_broke() {
    breaks_at_any_message(Work::Rewrite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_noted_once_wherever_the_connection_broke() {
    breaks_at_any_message(Work::Notice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_goes_on_wherever_its_connection_broke() {
    breaks_at_any_message(Work::Sweep).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_counted_once_wherever_the_connection_broke() {
    breaks_at_any_message(Work::Tally).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_falls_silent_is_not_waited_for() {
    falls_silent(Work::Erasure).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_does_not_wait_for_a_network_that_falls_silent() {
    falls_silent(Work::Sweep).await;
}
