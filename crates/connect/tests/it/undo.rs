//! Taking erasures back: everything as it was, nothing overwritten, nothing
//! without the key. On random worlds, and on types that are hard to keep.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use candor_connect::{EraseStep, KeptStep, SealFailed, Sealer, Source, SourceError, StepReport};
use candor_domain::plan::Action;
use candor_domain::undo::{Conflict, TableReturn};
use candor_policy::charter::{OnErasure, SourceKind};

use crate::property::{State, made, state};
use crate::random::{Cell, Dice, RandomWorld, address, values};
use crate::support::{Mapping as _, World, effect, email, kinds, map, step, table, unchecked};
use crate::worlds::{has_plan, is_one_world, on_worlds};

/// Erases one person and keeps what goes.
pub(crate) async fn erase_keeping(
    source: &Source,
    step: &EraseStep,
    sealer: &dyn Sealer,
) -> Result<StepReport, SourceError> {
    let reports = source.erase_keeping(&[KeptStep { step, sealer }]).await?;
    Ok(reports.into_iter().next().unwrap())
}

/// Seals by turning bits around, under a key that can be destroyed.
#[derive(Default)]
pub(crate) struct Turned {
    destroyed: AtomicBool,
}

impl Sealer for Turned {
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealFailed> {
        let sealed = place.bytes().chain([0]).chain(plain.iter().copied());
        Ok(sealed.map(|byte| !byte).collect())
    }

    fn open(&self, place: &str, sealed: Vec<u8>) -> Result<Vec<u8>, SealFailed> {
        if self.destroyed.load(Ordering::Relaxed) {
            return Err(SealFailed);
        }
        let plain: Vec<u8> = sealed.into_iter().map(|byte| !byte).collect();
        let plain = plain.strip_prefix(place.as_bytes()).ok_or(SealFailed)?;
        Ok(plain.strip_prefix(&[0]).ok_or(SealFailed)?.to_vec())
    }
}

#[test]
fn an_erasure_that_is_taken_back_never_was() {
    on_worlds(2, async |kind, random, dice| {
        let random = &random.listed(dice);
        let told = random.sql(SourceKind::Sqlite);
        let (world, source) = made(kind, random).await;
        if !has_plan(&source, &told).await {
            return false;
        }
        let before = state(&world, random).await;
        let sealer = Turned::default();
        let identities = [email(&address(0))];
        let plain = source.erase(&[step("plain", &identities)]).await.unwrap();
        let plain = plain[0].effects.clone();
        world.run(&random.again(kind)).await;
        let one = step("one", &identities);
        let kept = erase_keeping(&source, &one, &sealer).await.unwrap();
        assert_eq!(kept.effects, plain, "keeping changes nothing\n{told}");
        let again = erase_keeping(&source, &one, &sealer).await.unwrap();
        assert_eq!(again, kept, "{told}");
        let steps = ["one".to_owned()];
        let returns = source.take_back("back", &steps, &sealer).await.unwrap();
        assert_eq!(state(&world, random).await, before, "{told}");
        for own in &returns {
            assert!(own.conflicts.is_empty(), "{own:?}\n{told}");
        }
        let repeat = source.take_back("back", &steps, &sealer).await.unwrap();
        assert_eq!(repeat, returns, "{told}");
        assert_eq!(state(&world, random).await, before, "{told}");
        assert_eq!(world.count("candor_undo").await, 0);
        // And it can be carried out again.
        let two = source.erase(&[step("two", &identities)]).await.unwrap();
        assert_eq!(two[0].effects, plain, "{told}");
        true
    });
}

#[test]
fn what_changed_after_an_erasure_is_never_overwritten() {
    let met = AtomicUsize::new(0);
    on_worlds(2, async |kind, random, seed| {
        let told = random.sql(SourceKind::Sqlite);
        let (world, source) = made(kind, random).await;
        if !has_plan(&source, &told).await {
            return false;
        }
        let before = state(&world, random).await;
        let sealer = Turned::default();
        let one = step("one", &[email(&address(0))]);
        erase_keeping(&source, &one, &sealer).await.unwrap();
        let erased = state(&world, random).await;
        meddle(&world, random, (&before, &erased), seed).await;
        let later = state(&world, random).await;
        let steps = ["one".to_owned()];
        let returns = source.take_back("back", &steps, &sealer).await;
        let returns =
            returns.unwrap_or_else(|error| panic!("{error}\n{erased:?}\n{later:?}\n{told}"));
        let end = state(&world, random).await;
        let conflicts: u64 = returns.iter().flat_map(|own| own.conflicts.values()).sum();
        met.fetch_add(usize::from(conflicts > 0), Ordering::Relaxed);
        for (place, table) in random.tables.iter().enumerate() {
            let own = returns.iter().find(|own| own.table == table.name);
            check_table(
                own,
                (&before[place], &erased[place]),
                (&later[place], &end[place]),
                &told,
            );
        }
        true
    });
    assert!(
        is_one_world() || met.into_inner() > 10,
        "hardly anything met a later change"
    );
}

type Rows = Vec<Vec<Option<String>>>;

/// Every row of the table is one that was there before the erasure, or one that
/// was there before it was taken back; those of later are all there, except
/// where the erasure had left them as they were and the row is its old self.
fn check_table(
    own: Option<&TableReturn>,
    (before, erased): (&Rows, &Rows),
    (later, end): (&Rows, &Rows),
    told: &str,
) {
    for row in end {
        assert!(
            before.contains(row) || later.contains(row) || is_mixed(row, before, later),
            "{row:?} comes from nowhere\n{told}"
        );
    }
    for row in later {
        let is_new = !erased.contains(row);
        assert!(
            !is_new || end.contains(row) || is_mixed_of(row, end),
            "{row:?} of later is overwritten\n{told}"
        );
    }
    let set_back = own.map_or(0, |own| own.set_back);
    let returned = own.map_or(0, |own| own.returned);
    let more = u64::try_from(end.len() - later.len()).unwrap();
    assert_eq!(more, returned, "{set_back}\n{told}");
}

/// A row whose values each stand in an old or a later form of it.
fn is_mixed(row: &[Option<String>], before: &Rows, later: &Rows) -> bool {
    before.iter().any(|old| {
        later.iter().any(|new| {
            let mut cells = row.iter().zip(old).zip(new);
            cells.all(|((own, old), new)| own == old || own == new)
        })
    })
}

/// Whether the text that somebody wrote later is still in a row with its keys.
fn is_mixed_of(row: &[Option<String>], end: &Rows) -> bool {
    let last = |row: &[Option<String>]| row.last().cloned();
    end.iter()
        .any(|own| last(own) == last(row) && own.first() == row.first())
}

/// Writes what others may write before an erasure is taken back: new rows under
/// old keys, and new values in rows that stayed.
async fn meddle(world: &World, random: &RandomWorld, states: (&State, &State), seed: u64) {
    let mut dice = Dice::new(seed ^ 0x5eed);
    let unchecked = unchecked(world.kind);
    for (place, table) in random.tables.iter().enumerate() {
        let (before, erased) = (&states.0[place], &states.1[place]);
        if table.on_erasure != OnErasure::Delete {
            if dice.below(2) == 0 {
                let sql = format!("UPDATE {} SET val = 'later'", table.name);
                world.run(&sql).await;
            }
            continue;
        }
        let keys = table.key.len();
        let is_there = |key: &[Option<String>]| erased.iter().any(|row| row[..keys] == *key);
        let gone = before.iter().find(|row| !is_there(&row[..keys]));
        let Some(gone) = gone.filter(|_| dice.below(2) == 0) else {
            continue;
        };
        let mut row: Vec<Cell> = gone
            .iter()
            .map(|cell| match cell {
                None => Cell::Null,
                Some(text) => match text.parse() {
                    Ok(number) => Cell::Number(number),
                    Err(_) => Cell::Text(text.clone()),
                },
            })
            .collect();
        *row.last_mut().unwrap() = Cell::Text("somebody else".to_owned());
        let insert = format!(
            "{unchecked}; INSERT INTO {} VALUES ({})",
            table.name,
            values(world.kind, table, &row)
        );
        world.run(&insert).await;
    }
}

/// A person with an order, an invoice that stays, and a note by somebody else.
const SHOP: &str = "
    CREATE TABLE accounts (id bigint PRIMARY KEY, email varchar(190) NOT NULL UNIQUE);
    CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL, FOREIGN KEY (account_id) REFERENCES accounts (id));
    CREATE TABLE invoices (id bigint PRIMARY KEY, account_id bigint, name varchar(190) NOT NULL, paid bigint,
      FOREIGN KEY (account_id) REFERENCES accounts (id));
    INSERT INTO accounts VALUES (1, 'ann@post.example'), (2, 'bob@post.example');
    INSERT INTO orders VALUES (10, 1), (11, 1), (20, 2);
    INSERT INTO invoices VALUES (100, 1, 'Ann', 1), (200, 2, 'Bob', 1);
";

async fn shop(kind: SourceKind) -> (World, Source) {
    let world = World::new(kind, SHOP).await;
    let source = world.source(map([
        (
            "accounts",
            table("id:key email:contact.email")
                .about("email", "email")
                .about("customer_id", "id"),
        ),
        ("orders", table("id:key account_id:key").owned("account_id")),
        (
            "invoices",
            table("id:key account_id:key name:person.name!gone paid:plain")
                .owned("account_id")
                .on_erasure(OnErasure::Pseudonymise),
        ),
    ]));
    (world, source)
}

fn of<'a>(returns: &'a [TableReturn], table: &str) -> &'a TableReturn {
    returns.iter().find(|own| own.table == table).unwrap()
}

#[tokio::test]
async fn whoever_has_the_key_of_a_row_now_keeps_it() {
    for kind in kinds() {
        let (world, source) = shop(kind).await;
        let sealer = Turned::default();
        let one = step("one", &[email("ann@post.example")]);
        erase_keeping(&source, &one, &sealer).await.unwrap();
        // The id is given again, to somebody else.
        world
            .run("INSERT INTO accounts VALUES (1, 'eve@post.example')")
            .await;
        let steps = ["one".to_owned()];
        let returns = source.take_back("back", &steps, &sealer).await.unwrap();
        assert_eq!(of(&returns, "accounts").conflicts[&Conflict::Taken], 1);
        // Nothing of Ann's is hung onto Eve.
        assert_eq!(of(&returns, "orders").conflicts[&Conflict::Parentless], 2);
        assert_eq!(of(&returns, "orders").returned, 0);
        assert_eq!(of(&returns, "invoices").conflicts[&Conflict::Parentless], 1);
        let rows = world
            .rows("SELECT CAST(count(*) AS char) FROM orders WHERE account_id = 1")
            .await;
        assert_eq!(rows[0][0].as_deref(), Some("0"), "{kind:?}");
    }
}

#[tokio::test]
async fn a_value_that_was_written_since_stays_and_the_others_come_back() {
    for kind in kinds() {
        let (world, source) = shop(kind).await;
        let sealer = Turned::default();
        let one = step("one", &[email("ann@post.example")]);
        erase_keeping(&source, &one, &sealer).await.unwrap();
        world
            .run("UPDATE invoices SET name = 'Heirs', paid = 2 WHERE id = 100")
            .await;
        let steps = ["one".to_owned()];
        let returns = source.take_back("back", &steps, &sealer).await.unwrap();
        assert_eq!(of(&returns, "accounts").returned, 1);
        assert_eq!(of(&returns, "orders").returned, 2);
        assert_eq!(of(&returns, "invoices").conflicts[&Conflict::Changed], 1);
        let rows = world
            .rows("SELECT CAST(account_id AS char), name, CAST(paid AS char) FROM invoices WHERE id = 100")
            .await;
        let texts: Vec<&str> = rows[0].iter().flatten().map(String::as_str).collect();
        assert_eq!(texts, ["1", "Heirs", "2"], "{kind:?}");
    }
}

#[tokio::test]
async fn two_erasures_of_one_person_come_back_together() {
    for kind in kinds() {
        let (world, source) = shop(kind).await;
        let sealer = Turned::default();
        let identities = [email("ann@post.example")];
        erase_keeping(&source, &step("one", &identities), &sealer)
            .await
            .unwrap();
        // A writer that knew the person still writes them again.
        world
            .run("INSERT INTO accounts VALUES (1, 'ann@post.example'); INSERT INTO orders VALUES (12, 1)")
            .await;
        erase_keeping(&source, &step("two", &identities), &sealer)
            .await
            .unwrap();
        let steps = ["one".to_owned(), "two".to_owned()];
        let returns = source.take_back("back", &steps, &sealer).await.unwrap();
        assert_eq!(of(&returns, "accounts").returned, 1, "{kind:?} {returns:?}");
        assert_eq!(of(&returns, "orders").returned, 3, "{kind:?} {returns:?}");
        assert_eq!(of(&returns, "invoices").set_back, 1, "{kind:?} {returns:?}");
        assert_eq!(world.count("orders").await, 4);
    }
}

#[tokio::test]
async fn of_several_who_went_in_one_transaction_each_comes_back_alone() {
    for kind in kinds() {
        let (world, source) = shop(kind).await;
        let sealer = Turned::default();
        let ann = step("ann", &[email("ann@post.example")]);
        let bob = step("bob", &[email("bob@post.example")]);
        let kept = [&ann, &bob].map(|step| KeptStep {
            step,
            sealer: &sealer,
        });
        let reports = source.erase_keeping(&kept).await.unwrap();
        assert_eq!(
            reports[1].effects,
            [
                effect("accounts", Action::Delete, 1),
                effect("invoices", Action::Pseudonymise, 1),
                effect("orders", Action::Delete, 1),
            ],
            "{kind:?}"
        );
        assert_eq!(world.count("accounts").await, 0);
        // One that was done, and one that was not: nothing is done twice.
        let again = source.erase_keeping(&kept[1..]).await.unwrap();
        assert_eq!(again, reports[1..]);
        let returns = source.take_back("back", &["bob".to_owned()], &sealer).await;
        assert_eq!(of(&returns.unwrap(), "orders").returned, 1);
        let left = world.rows("SELECT email FROM accounts").await;
        assert_eq!(left, [[Some("bob@post.example".to_owned())]], "{kind:?}");
        // One that cannot be kept takes none of the others with it.
        let (world, source) = shop(kind).await;
        let broken = Broken;
        let kept: [KeptStep<'_>; 2] = [
            KeptStep {
                step: &ann,
                sealer: &sealer,
            },
            KeptStep {
                step: &bob,
                sealer: &broken,
            },
        ];
        assert!(source.erase_keeping(&kept).await.is_err());
        assert_eq!(world.count("accounts").await, 2, "{kind:?}: all or nothing");
    }
}

/// Seals nothing.
struct Broken;

impl Sealer for Broken {
    fn seal(&self, _: &str, _: &[u8]) -> Result<Vec<u8>, SealFailed> {
        Err(SealFailed)
    }

    fn open(&self, _: &str, _: Vec<u8>) -> Result<Vec<u8>, SealFailed> {
        Err(SealFailed)
    }
}

#[tokio::test]
async fn without_its_key_nothing_comes_back_and_nothing_can_be_read() {
    for kind in kinds() {
        let (world, source) = shop(kind).await;
        let sealer = Turned::default();
        let one = step("one", &[email("ann@post.example")]);
        erase_keeping(&source, &one, &sealer).await.unwrap();
        let kept = world.rows("SELECT sealed FROM candor_undo").await;
        let kept = kept.concat().into_iter().flatten().collect::<String>();
        assert!(!kept.is_empty() && !kept.contains("ann@"), "{kind:?}");
        // What is kept is not residue, and no table of the map.
        source.plan().await.unwrap();
        let after = world.rows("SELECT CAST(id AS char) FROM accounts").await;
        sealer.destroyed.store(true, Ordering::Relaxed);
        let steps = ["one".to_owned()];
        let refused = source.take_back("back", &steps, &sealer).await.unwrap_err();
        assert!(
            refused.to_string().contains("its key is destroyed"),
            "{refused}"
        );
        source.forget(&steps).await.unwrap();
        assert_eq!(world.count("candor_undo").await, 0);
        let sealer = Turned::default();
        let refused = source.take_back("back", &steps, &sealer).await.unwrap_err();
        assert!(refused.to_string().contains("no longer kept"), "{refused}");
        assert_eq!(
            world.rows("SELECT CAST(id AS char) FROM accounts").await,
            after,
            "nothing came back"
        );
    }
}

#[tokio::test]
async fn values_of_every_type_come_back_as_they_were() {
    for kind in kinds() {
        let (schema, rows) = everything(kind);
        let world = World::new(kind, schema).await;
        let names = world_columns(schema);
        let columns = names.iter().map(|column| match column.as_str() {
            "email" => "email:contact.email".to_owned(),
            "computed" => "computed:contact.email".to_owned(),
            own => format!("{own}:plain"),
        });
        let columns: Vec<String> = columns.collect();
        let source = world.source(map([(
            "everything",
            table(&columns.join(" ")).about("email", "email"),
        )]));
        let before = world.rows(rows).await;
        let sealer = Turned::default();
        let one = step("one", &[email("ann@post.example")]);
        let report = erase_keeping(&source, &one, &sealer).await.unwrap();
        assert_eq!(report.effects[0].rows, 2, "{kind:?}");
        assert_eq!(world.count("everything").await, 0);
        let steps = ["one".to_owned()];
        source.take_back("back", &steps, &sealer).await.unwrap();
        assert_eq!(world.rows(rows).await, before, "{kind:?}");
    }
}

/// Names of the columns: the first word of each line.
fn world_columns(schema: &str) -> Vec<String> {
    let lines = schema.lines().filter_map(|line| line.strip_prefix("  "));
    lines
        .take_while(|line| !line.starts_with(')'))
        .map(|line| line.split([' ', ',']).next().unwrap().to_owned())
        .collect()
}

#[expect(
    clippy::too_many_lines,
    reason = "one table of types for each database"
)]
fn everything(kind: SourceKind) -> (&'static str, &'static str) {
    match kind {
        SourceKind::Mysql => (
            r#"CREATE TABLE everything (
  id bigint unsigned PRIMARY KEY AUTO_INCREMENT,
  email varchar(190) CHARACTER SET utf8mb4,
  latin varchar(50) CHARACTER SET latin1,
  bytes varbinary(20),
  bits bit(10),
  f float,
  d double,
  n decimal(30,10),
  t datetime(6),
  day date,
  clock time(3),
  y year,
  choice enum('a','b'),
  many set('x','y','z'),
  j json,
  place point,
  u uuid,
  computed varchar(200) AS (concat(email, '!')) STORED
  ) ENGINE = InnoDB;
INSERT INTO everything (id, email, latin, bytes, bits, f, d, n, t, day, clock, y, choice, many, j, place, u) VALUES
 (7, 'ann@post.example', 'é"\', x'00ff27', b'1010000001', 0.1, 0.1e0 + 0.2e0, 12345678901234567890.0123456789, '2026-02-28 23:59:59.123456',
  '2024-02-29', '-12:00:01.5', 1999, 'b', 'x,z', '{"a": ["ü", 1.50]}', ST_PointFromText('POINT(1.5 -2)'), '123e4567-e89b-12d3-a456-426614174000'),
 (18446744073709551615, 'ann@post.example', '', '', NULL, -3.4e38, NULL, -0.5, NULL, NULL, NULL, NULL, NULL, '', NULL, NULL, NULL)"#,
            "SELECT concat_ws('|', id, hex(email), hex(latin), hex(bytes), hex(bits), CAST(f AS double), d, n, t, day, clock, y, choice, many, hex(j), hex(place), u, computed), bytes IS NULL, d IS NULL FROM everything ORDER BY id",
        ),
        SourceKind::Postgres => (
            r#"CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE everything (
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  email text,
  padded char(5),
  bytes bytea,
  bits bit(3),
  f real,
  d double precision,
  n numeric,
  t timestamptz,
  naive timestamp,
  span interval,
  feeling mood,
  lists text[],
  j json,
  jb jsonb,
  net inet,
  r int4range,
  u uuid,
  b boolean,
  computed text GENERATED ALWAYS AS (email || '!') STORED
  );
INSERT INTO everything (id, email, padded, bytes, bits, f, d, n, t, naive, span, feeling, lists, j, jb, net, r, u, b)
 OVERRIDING SYSTEM VALUE VALUES
 (7, 'ann@post.example', 'é"\', '\x00ff27', B'101', 0.1, 0.1::float8 + 0.2, 12345678901234567890.01234567890, '2026-02-28 23:59:59.123456+02',
  'infinity', '1 mon -3 days 00:00:01.5', 'sad', '{"a,b","",NULL,"{x}"}', '{"b": 1,  "a":[1.50] }', '{"b": 1,  "a":[1.50] }', '10.0.0.1/8', '[1,5)',
  '123e4567-e89b-12d3-a456-426614174000', true),
 (8, 'ann@post.example', '', '', NULL, 'NaN', '-Infinity', 'NaN', NULL, NULL, NULL, NULL, '{}', NULL, 'null', NULL, 'empty', NULL, NULL)"#,
            "SELECT everything::text FROM everything ORDER BY id",
        ),
        SourceKind::Sqlite => (
            "CREATE TABLE everything (
  id INTEGER PRIMARY KEY,
  email TEXT,
  anything,
  number NUMERIC,
  real REAL,
  bytes BLOB,
  computed TEXT GENERATED ALWAYS AS (email || '!') STORED
  );
INSERT INTO everything (id, email, anything, number, real, bytes) VALUES
 (7, 'ann@post.example', 'tab	\"quote\" '' back\\slash', 9223372036854775807, 0.1 + 0.2, x'00ff27'),
 (8, 'ann@post.example', CAST(x'610062' AS TEXT), 'not a number', 9e999, '')",
            "SELECT quote(id) || quote(email) || typeof(anything) || hex(anything) || quote(number) || printf('%!.17g', real) || quote(bytes) || computed FROM everything ORDER BY id",
        ),
    }
}
