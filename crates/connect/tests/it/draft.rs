//! Drafts of maps: what is found again where nothing is declared, what becomes
//! a question, and that a draft merges with what people wrote.

use candor_connect::Source;
use candor_connect::draft::{Difference, Grade, Inferred, Merged, Terms, merge};
use candor_policy::charter::SourceKind;
use candor_policy::diagnostic::Severity;
use candor_policy::map::SourceMap;
use candor_policy::{Bundle, compile, outline, read_map};

use crate::foreign::{self, Truth};
use crate::support::{World, kinds};

/// How many of the true edges were found, and how many of the found are true,
/// in hundredths.
fn scores(found: &[Inferred], truth: &[Truth]) -> (usize, usize) {
    let is_true = |edge: &Inferred| {
        let column = &edge.edge.from[0].column;
        truth.iter().any(|(table, own, target)| {
            *table == edge.table && own == column && *target == edge.target
        })
    };
    let sure: Vec<&Inferred> = found
        .iter()
        .filter(|edge| edge.reason.grade != Grade::Undetermined)
        .collect();
    let right = sure.iter().filter(|edge| is_true(edge)).count();
    for edge in sure.iter().filter(|edge| !is_true(edge)) {
        println!(
            "not true: {}.{} -> {} ({})",
            edge.table, edge.edge.from[0].column, edge.target, edge.reason.why
        );
    }
    for (table, own, target) in truth {
        let is_it = |edge: &&&Inferred| edge.table == *table && edge.edge.from[0].column == *own;
        if !sure
            .iter()
            .any(|edge| is_it(&edge) && edge.target == *target)
        {
            let other = found.iter().find(|edge| is_it(&edge));
            println!(
                "not found: {table}.{own} -> {target}; {:?}",
                other.map(|own| (&own.target, &own.reason.why))
            );
        }
    }
    (right * 100 / truth.len(), right * 100 / sure.len())
}

#[tokio::test]
async fn undeclared_edges_are_found_again_in_every_style() {
    for kind in kinds() {
        for (style, text, least) in [
            ("forge", foreign::FORGE, 90),
            ("site", foreign::SITE, 90),
            ("office", foreign::OFFICE, 88),
            ("store", foreign::STORE, 90),
        ] {
            for filled in [true, false] {
                let (sql, truth) = foreign::schema(text, kind, filled);
                let world = World::new(kind, &sql).await;
                let source = world.source(SourceMap::default());
                let found = source.inferred().await.unwrap();
                let (recall, precision) = scores(&found, &truth);
                println!(
                    "{kind:?} {style} filled={filled}: recall {recall}, precision {precision}, of {}",
                    truth.len()
                );
                assert!(recall >= least && precision >= 95, "{style}");
            }
        }
    }
}

/// A small shop in which nothing is declared but one key.
const SHOP: &str = "
CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT, phone TEXT, company_id INTEGER, nick TEXT);
CREATE TABLE companies (id INTEGER PRIMARY KEY, title TEXT, vat_id TEXT, created_by INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), approved_by INTEGER, state TEXT, deleted_at TIMESTAMP);
CREATE TABLE order_lines (order_id INTEGER NOT NULL, product_id INTEGER NOT NULL, remark TEXT);
CREATE TABLE products (id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE comments (id INTEGER PRIMARY KEY, about_type TEXT, about_id INTEGER, body TEXT);
CREATE TABLE events (id INTEGER PRIMARY KEY, payload TEXT);
CREATE TABLE subscribers (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE leads (id INTEGER PRIMARY KEY, iban TEXT);
CREATE TABLE staff (id INTEGER PRIMARY KEY, email TEXT, password TEXT);
";

const DECLARATION: &str = "\
candor: 1
organisation: { name: A Shop, country: FR, contact: { email: privacy@shop.example } }
text: { en: policy.md }
people: { customer: { role: controller, known_by: [email, customer_id] } }
data:
  contact: { category: contact, of: [customer], for: [shop] }
  name: { category: name, of: [customer], for: [shop] }
  content: { category: content, of: [customer], for: [shop] }
never: { cards: { categories: [payment.card] } }
purposes: { shop: { basis: contract } }
sources: { app: { kind: sqlite, url: x, map: app.yaml } }
";

fn rows(kind: SourceKind) -> String {
    let count = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 60)";
    let key = match kind {
        SourceKind::Mysql => "CAST(n AS CHAR)",
        SourceKind::Postgres => "n::text",
        SourceKind::Sqlite => "CAST(n AS TEXT)",
    };
    let tables = [
        ("companies", "n + 1000, 'firm ' || n, 'X' || n, NULL"),
        (
            "customers",
            "n + 200, 'p' || n || '@example.org', 'P ' || n, '+33 1 00 00 00 ' || (10 + n), n + 1000, 'nick' || n",
        ),
        (
            "orders",
            "n + 400, n + 200, CASE WHEN n > 30 THEN n + 800 END, CASE WHEN n % 2 = 0 THEN 'open' ELSE 'paid' END, NULL",
        ),
        ("products", "n + 600, 'thing ' || n"),
        ("order_lines", "n + 400, n + 600, 'remark ' || n"),
        (
            "staff",
            "n + 800, 's' || n || '@example.org', '$argon2id$' || n",
        ),
        (
            "comments",
            "n, CASE WHEN n % 2 = 0 THEN 'Shop::Order' ELSE 'Customer' END, CASE WHEN n % 2 = 0 THEN n + 400 ELSE n + 200 END, 'words of one'",
        ),
        (
            "events",
            "n, '{\"name\": \"seen\", \"who\": {\"customer_id\": ' || KEY || '}}'",
        ),
        ("subscribers", "n, 'q' || n || '@example.org'"),
    ];
    tables
        .map(|(table, values)| {
            let values = values.replace("KEY", &key.replace('n', "(n + 200)"));
            format!("INSERT INTO {table} {count} SELECT {values} FROM c;")
        })
        .join("\n")
}

async fn drafted(source: &Source, before: Option<&str>) -> Merged {
    let declaration = Bundle::new([
        ("candor.yaml".to_owned(), DECLARATION.to_owned()),
        ("app.yaml".to_owned(), "tables: {}".to_owned()),
    ]);
    let declared = outline(&declaration).unwrap();
    let terms = Terms {
        people: declared.people,
        declared: Some(declared.collected),
        forbidden: declared.never,
    };
    let catalogue = source.catalogue().await.unwrap();
    let draft = source.draft(&terms).await.unwrap();
    merge("app.yaml", before, &catalogue, &draft).unwrap()
}

/// The draft of a world whose map says this much.
async fn redrafted(world: &World, before: Option<&str>) -> Merged {
    let known = before.map_or_else(SourceMap::default, |text| {
        read_map("app.yaml", text).unwrap().0
    });
    drafted(&world.source(known), before).await
}

/// The lines of a table, without indentation.
fn block<'a>(text: &'a str, table: &str) -> Vec<&'a str> {
    let own = format!("  {table}:");
    let lines = text.lines().skip_while(|line| *line != own).skip(1);
    lines
        .take_while(|line| line.starts_with("    "))
        .map(str::trim)
        .collect()
}

#[track_caller]
fn says(text: &str, table: &str, expected: &[&str]) {
    let lines = block(text, table);
    for line in expected {
        let found = lines.iter().any(|own| own.starts_with(line));
        assert!(found, "`{table}` lacks `{line}`:\n{}", lines.join("\n"));
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table of what a draft says")]
async fn a_draft_says_what_is_known_and_asks_the_rest() {
    for kind in kinds() {
        let world = World::new(kind, &format!("{SHOP}{}", rows(kind))).await;
        let text = redrafted(&world, None).await.text;
        says(
            &text,
            "customers",
            &[
                "about: customer  # weak",
                "identities: { email: email, customer_id: id }",
                "id: key",
                "company_id: key  # proven: names `companies`",
                "email: contact.email  # proven: 60 of 60",
                "name: name  # weak",
                "phone: contact.phone  # weak",
                "# ? nick: ?  # a text, 60 different in 60 rows",
            ],
        );
        // People point at it, so it is theirs to share and owns none of them.
        says(
            &text,
            "companies",
            &[
                "# ? people share its rows",
                "# ? vat_id: financial.tax_id  # by its name; `data` does not declare it; its rows lead",
            ],
        );
        assert!(!block(&text, "companies").contains(&"owned_by:"));
        says(
            &text,
            "orders",
            &[
                "# `deleted_at` hides rows",
                "- customer_id  # proven: foreign key; never without it",
                "state: plain  # weak",
            ],
        );
        says(
            &text,
            "order_lines",
            &[
                "# no primary key",
                "- order_id -> orders.id  # proven: 60 of 60",
                "remark: content",
            ],
        );
        says(
            &text,
            "comments",
            &[
                "- { edge: about_id -> customers.id, when: { about_type: Customer } }  # proven: 30 of 30",
                "- { edge: about_id -> orders.id, when: { about_type: \"Shop::Order\" } }  # proven: 30 of 30",
            ],
        );
        says(
            &text,
            "events",
            &[
                "# ? once `events.payload` is mapped, `owned_by: payload.who.customer_id -> customers.id` (proven: 60 of 60",
                "# ? payload: ?  # a document with name, who.customer_id",
            ],
        );
        says(
            &text,
            "subscribers",
            &["about: customer", "identities: { email: email }"],
        );
        says(
            &text,
            "leads",
            &[
                "# ? whose are its rows?",
                "# ? iban: financial.bank_account",
            ],
        );
        says(
            &text,
            "staff",
            &["# ? its rows are people (email, password), it seems of your own staff"],
        );
        assert!(
            text.contains("  - products  # nothing in it looks personal"),
            "{text}"
        );
        assert!(
            !text.contains("example.org") && !text.contains("nick5"),
            "a value got out"
        );
        check_compiles(&text);
    }
}

/// What was drafted adds no error to a declaration that has none of its own.
#[track_caller]
fn check_compiles(text: &str) {
    let bundle = bundle_of(text);
    let wrong: Vec<String> = compile(&bundle)
        .diagnostics
        .into_iter()
        .filter(|found| found.severity == Severity::Error && found.primary.at.path == "app.yaml")
        .map(|found| found.message)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    // The checks did run.
    let broken = text.replace("email: contact.email", "email: payment.card");
    let bundle = bundle_of(&broken);
    let caught = compile(&bundle).diagnostics;
    let caught = caught
        .iter()
        .filter(|found| found.primary.at.path == "app.yaml");
    assert!(caught.count() > 0);
}

fn bundle_of(text: &str) -> Bundle {
    Bundle::new([
        ("candor.yaml".to_owned(), DECLARATION.to_owned()),
        ("app.yaml".to_owned(), text.to_owned()),
        ("policy.md".to_owned(), "# Privacy\n".to_owned()),
    ])
}

#[tokio::test]
async fn a_draft_of_an_unchanged_database_changes_nothing() {
    for kind in kinds() {
        let world = World::new(kind, &format!("{SHOP}{}", rows(kind))).await;
        let first = redrafted(&world, None).await.text;
        let second = redrafted(&world, Some(&first)).await;
        assert_eq!(second.text, first);
        assert_eq!(second.differences, []);
    }
}

const DECIDED: &str = "\
# Ours. Ask before you touch it.
tables:
  orders: # the heart of it
    label: Orders
    owned_by: customer_id
    columns:
      state: plain # was a category once
      id: key
      customer_id: key
      # approved by whoever was there
      approved_by: plain
      basket: content

  customers:
    about: customer
    identities: { email: email, customer_id: id }
    columns: { id: key, name: name, email: contact.email, fax: contact, phone: contact.phone, company_id: key }

  # A table of the old shop.
  baskets:
    owned_by: customer_id -> customers.id
    columns: { customer_id: key }
ignored: [products, companies, old_products, staff, leads, subscribers, comments]
";

#[tokio::test]
async fn a_redraft_keeps_what_people_decided_and_shows_the_difference() {
    for kind in kinds() {
        let world = World::new(kind, &format!("{SHOP}{}", rows(kind))).await;
        let merged = redrafted(&world, Some(DECIDED)).await;
        let text = &merged.text;
        for kept in [
            "# Ours. Ask before you touch it.\ntables:\n  orders: # the heart of it\n    label: Orders\n    owned_by: customer_id\n",
            "      state: plain # was a category once\n      deleted_at: plain\n      id: key\n      customer_id: key\n      # approved by whoever was there\n      approved_by: plain\n",
            "      # gone: basket: content\n",
            "columns: { id: key, name: name, email: contact.email, phone: contact.phone, company_id: key }",
            "    # gone: fax: contact\n",
            "    # ? nick: ?  # a text",
            "  # A table of the old shop.\n  # gone: baskets:\n    # gone: owned_by: customer_id -> customers.id\n",
            "\n  order_lines:\n",
            "ignored: [products, companies, staff, leads, subscribers, comments]",
        ] {
            assert!(text.contains(kept), "lacks:\n{kept}\nin:\n{text}");
        }
        let shown: Vec<String> = merged
            .differences
            .iter()
            .map(Difference::to_string)
            .collect();
        for difference in [
            "- table `baskets`",
            "- column `customers.fax`",
            "- column `orders.basket`",
            "- ignored table `old_products`",
            "+ column `orders.deleted_at`: plain (weak: by its type)",
        ] {
            assert!(shown.iter().any(|own| own == difference), "{shown:?}");
        }
        // And it is a map, which a second draft leaves alone.
        let again = redrafted(&world, Some(text)).await;
        assert_eq!(again.text, *text);
        assert_eq!(again.differences, []);
    }
}

const EXPLAINED: &str = "\
tables:
  customers:
    about: customer
    identities: { email: email, customer_id: id }
    columns: { id: key, email: contact.email, name: name, phone: contact.phone, company_id: key, nick: name }
  companies:
    last_of: customers.company_id
    columns: { id: key, title: plain, vat_id: plain, created_by: plain }
  orders:
    owned_by: customer_id
    columns: { id: key, customer_id: key, approved_by: key, state: plain }
  order_lines:
    owned_by: order_id -> orders.id
    columns: { order_id: key, product_id: key, remark: content }
  comments:
    owned_by: { edge: about_id -> customers.id, when: { about_type: Customer } }
    columns: { id: key, about_type: plain, about_id: key, body: content }
ignored: [products]
";

#[tokio::test]
async fn an_explanation_says_the_ways_and_what_is_missed() {
    for kind in kinds() {
        let world = World::new(kind, &format!("{SHOP}{}", rows(kind))).await;
        let map = read_map("app.yaml", EXPLAINED).unwrap().0;
        let source = world.source(map);
        for (table, expected) in [
            (
                "customers",
                vec!["`customers` by customer_id, email", "Nothing that is known"],
            ),
            (
                "order_lines",
                vec![
                    "`order_lines` through `order_id` to `orders`, then `orders` through `customer_id` to `customers`, then `customers` by",
                ],
            ),
            (
                "companies",
                vec!["with the last row of `customers` that names it (`company_id`)"],
            ),
            (
                "orders",
                vec![
                    "what `deleted_at` holds",
                    "rows through `approved_by`, which seems to name `staff`",
                ],
            ),
            (
                "comments",
                vec![
                    "`comments` through `about_id` where `about_type` is `Customer` to `customers`",
                    "30 of the 60 looked at",
                ],
            ),
            (
                "events",
                vec![
                    "by nothing",
                    "does not mention the table",
                    "rows through `payload.who.customer_id`",
                ],
            ),
            ("products", vec!["the map ignores the table"]),
        ] {
            let said = source.explain(table).await.unwrap().to_string();
            for part in expected {
                assert!(said.contains(part), "{table} lacks {part}:\n{said}");
            }
        }
        assert!(source.explain("nothing").await.is_err());
    }
}

/// Members and devices, and lists of them in JSON under many names.
fn listing(kind: SourceKind) -> String {
    let (json, uid) = match kind {
        SourceKind::Postgres => ("jsonb", "uuid"),
        SourceKind::Mysql => ("json", "char(36)"),
        SourceKind::Sqlite => ("json", "varchar(36)"),
    };
    let mut sql = format!(
        "CREATE TABLE members (id int PRIMARY KEY, email varchar(60));
         CREATE TABLE devices (uid {uid} PRIMARY KEY);
         CREATE TABLE letters (id int PRIMARY KEY, members {json}, followers {json}, readers {json}, heard {json}, detail {json});
         CREATE TABLE gone (id int PRIMARY KEY, members {json});
         CREATE TABLE words (id int PRIMARY KEY, members {json});
         CREATE TABLE empty (id int PRIMARY KEY, members {json});
         CREATE TABLE noted (id int PRIMARY KEY, members text);"
    );
    for n in 1..=14 {
        let list = format!("[{}, {}]", 100 + n, 100 + n % 14 + 1);
        let uid = |n: usize| format!("{n:08x}-0000-4000-8000-00000000cafe");
        let heard = format!("[\"{}\", \"{}\"]", uid(n), uid(n % 14 + 1));
        sql.push_str(&format!(
            "INSERT INTO members VALUES ({member}, 'm{n}@post.example');
             INSERT INTO devices VALUES ('{uid}');
             INSERT INTO letters VALUES ({n}, '{list}', '{list}', '{list}', '{heard}', '{{\"members\": {list}}}');
             INSERT INTO gone VALUES ({n}, '[{away}]');
             INSERT INTO words VALUES ({n}, '[\"red {n}\", \"blue {n}\"]');
             INSERT INTO noted VALUES ({n}, '{list}');\n",
            member = 100 + n,
            uid = uid(n),
            away = 9_000 + n,
        ));
    }
    sql
}

#[tokio::test]
async fn values_decide_whether_a_column_lists_keys() {
    for kind in kinds() {
        let world = World::new(kind, &listing(kind)).await;
        let found = world.source(SourceMap::default()).inferred().await.unwrap();
        let mut lists: Vec<(String, &str, Grade)> = found
            .iter()
            .filter(|edge| edge.is_list)
            .map(|edge| {
                let from = &edge.edge.from[0];
                let path: Vec<&str> = std::iter::once(&edge.table)
                    .chain([&from.column])
                    .chain(&from.path)
                    .map(String::as_str)
                    .collect();
                (path.join("."), edge.target.as_str(), edge.reason.grade)
            })
            .collect();
        lists.sort_by(|left, right| left.0.cmp(&right.0));
        let mut expected = vec![
            ("letters.detail.members", "members", Grade::Proven),
            ("letters.followers", "members", Grade::Weak),
            ("letters.heard", "devices", Grade::Proven),
            ("letters.members", "members", Grade::Proven),
            ("letters.readers", "members", Grade::Undetermined),
        ];
        if kind != SourceKind::Postgres {
            expected.push(("noted.members", "members", Grade::Proven));
        }
        let lists: Vec<(&str, &str, Grade)> = lists
            .iter()
            .map(|(from, target, grade)| (from.as_str(), *target, *grade))
            .collect();
        assert_eq!(lists, expected, "{kind:?}");
    }
}
