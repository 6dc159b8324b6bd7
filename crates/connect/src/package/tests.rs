//! Packages, opened again.

use std::fs::File;
use std::io::{Cursor, Seek};

use candor_domain::portability::LeftOut;
use candor_policy::render::information::{DataLine, PurposeLine, Recipient};
use serde_json::json;

use zip::ZipArchive;

use super::*;
use crate::source::ExportColumn;

/// A spool for packages of a few rows.
#[derive(Default)]
struct Memory(Vec<u8>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spool for Memory {
    type Contents = Cursor<Vec<u8>>;

    fn contents(self) -> io::Result<Self::Contents> {
        Ok(Cursor::new(self.0))
    }
}

/// A spool that holds nothing in memory.
struct OnDisk(File);

impl Write for OnDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Spool for OnDisk {
    type Contents = File;

    fn contents(mut self) -> io::Result<File> {
        self.0.rewind()?;
        Ok(self.0)
    }
}

/// A spool that loses what was written last.
struct Forgetful(Memory);

impl Write for Forgetful {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spool for Forgetful {
    type Contents = Cursor<Vec<u8>>;

    fn contents(mut self) -> io::Result<Self::Contents> {
        self.0.0.truncate(self.0.0.len() / 2);
        self.0.contents()
    }
}

fn about() -> About {
    About {
        made_for: MadeFor::Access,
        organisation: "Stackyard & Sons".to_owned(),
        contact: "privacy@stackyard.example".to_owned(),
        asked_at: "2026-11-20T10:00:00Z".parse().unwrap(),
        made_at: "2026-11-22T23:30:00Z".parse().unwrap(),
    }
}

fn column(name: &str, category: Option<&str>) -> ExportColumn {
    ExportColumn {
        name: name.to_owned(),
        category: category.map(str::to_owned),
        is_key: name == "id",
        withheld: category == Some("credential.password"),
    }
}

fn table(source: &str, name: &str, kept_because: Option<&str>) -> ExportTable {
    ExportTable {
        source: source.to_owned(),
        table: name.to_owned(),
        label: Some(format!("Your {name}")),
        columns: vec![
            column("id", None),
            column("note", Some("content.message")),
            column("secret", Some("credential.password")),
        ],
        kept_because: kept_because.map(str::to_owned),
    }
}

fn row(note: Value) -> Map<String, Value> {
    json!({"id": 1, "note": note, "secret": "held, not shown"})
        .as_object()
        .unwrap()
        .clone()
}

fn files(zipped: Vec<u8>) -> Vec<(String, String)> {
    let mut archive = ZipArchive::new(Cursor::new(zipped)).unwrap();
    (0..archive.len())
        .map(|place| {
            let mut file = archive.by_index(place).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

fn sample() -> Vec<(String, String)> {
    files(filled())
}

fn filled() -> Vec<u8> {
    let mut package = PackageWriter::new(Vec::new(), Memory::default(), about()).unwrap();
    package.table(&table("app", "orders", None)).unwrap();
    for place in 0..PAGE_ROWS_MAX + 5 {
        package.row(row(json!(format!("order {place}")))).unwrap();
    }
    package
        .table(&table("app", "invoices", Some("retention.invoices")))
        .unwrap();
    package
        .row(row(json!("<script>alert(1)</script>")))
        .unwrap();
    package.row(row(Value::Null)).unwrap();
    package.table(&table("support", "tickets", None)).unwrap();
    package
        .row(row(json!("=HYPERLINK(\"http://x\"), \"a\"\nb")))
        .unwrap();
    package.row(row(json!({"nested": [1, 2]}))).unwrap();
    package.finish(&[], None).unwrap()
}

fn file<'a>(files: &'a [(String, String)], name: &str) -> &'a str {
    &files.iter().find(|(own, _)| own == name).unwrap().1
}

#[test]
fn machines_read_everything_as_json() {
    let files = sample();
    let data: Value = serde_json::from_str(file(&files, "data.json")).unwrap();
    assert_eq!(data["about"]["organisation"], "Stackyard & Sons");
    let orders = &data["sources"]["app"]["orders"];
    assert_eq!(orders["rows"].as_array().unwrap().len(), PAGE_ROWS_MAX + 5);
    assert_eq!(orders["categories"]["note"], "content.message");
    assert_eq!(
        data["sources"]["app"]["invoices"]["kept_because"],
        "retention.invoices"
    );
    assert_eq!(
        data["sources"]["support"]["tickets"]["rows"][1]["note"],
        json!({"nested": [1, 2]})
    );
}

#[test]
fn spreadsheets_read_everything_and_run_nothing() {
    let files = sample();
    let mut sheet = csv::Reader::from_reader(file(&files, "tables/support.tickets.csv").as_bytes());
    let rows: Vec<Vec<String>> = sheet.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows[0][1], "'=HYPERLINK(\"http://x\"), \"a\"\nb");
    assert_eq!(
        file(&files, "tables/app.orders.csv").lines().count(),
        PAGE_ROWS_MAX + 6
    );
}

#[test]
fn the_page_is_escaped_bounded_and_says_what_stays() {
    let files = sample();
    let page = file(&files, "index.html");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains("<script"));
    assert!(page.contains("What Stackyard &amp; Sons holds about you"));
    assert!(page.contains("Asked for on 20 November 2026, put together on 22 November 2026"));
    assert!(page.contains("The first 200 of 205 rows"));
    assert_eq!(page.matches("<td>order ").count(), PAGE_ROWS_MAX);
    assert!(page.contains(
        "Stays even after an erasure: the retention rule <code>retention.invoices</code>"
    ));
    assert!(page.contains("<td class=\"withheld\">held, not shown</td>"));
    for (open, close) in [
        ("<section", "</section>"),
        ("<article", "</article>"),
        ("<ul", "</ul>"),
        ("<table", "</table>"),
    ] {
        assert_eq!(
            page.matches(open).count(),
            page.matches(close).count(),
            "{open}"
        );
    }
}

/// Streamed files say that a data descriptor follows (APPNOTE 4.4.4, bit 3);
/// where none does, `unzip` takes the package for a zip bomb.
#[test]
fn every_file_that_announces_a_data_descriptor_has_one() {
    let package = filled();
    let mut archive = zip::ZipArchive::new(Cursor::new(&package)).unwrap();
    let announced = (0..archive.len())
        .filter(|place| {
            let header = archive.by_index_raw(*place).unwrap().header_start();
            package[usize::try_from(header).unwrap() + 6] & 8 != 0
        })
        .count();
    let descriptors = package
        .windows(4)
        .filter(|four| four == b"PK\x07\x08")
        .count();
    assert!(announced > 3);
    assert_eq!(descriptors, announced);
}

#[test]
fn what_is_taken_elsewhere_holds_only_chosen_columns_and_lists_the_rest() {
    let about = About {
        made_for: MadeFor::Portability,
        ..about()
    };
    let mut package = PackageWriter::new(Vec::new(), Memory::default(), about).unwrap();
    let choose = |column: &ExportColumn| match column.category.as_deref() {
        Some("content.message") => Ok(()),
        Some(_) => Err(LeftOut::Credential),
        None => Err(LeftOut::Undeclared),
    };
    let mut portable = Portable::new(&mut package, &choose);
    portable.table(&table("app", "orders", None)).unwrap();
    portable.row(row(json!("<mine>"))).unwrap();
    let nothing = ExportTable {
        columns: vec![column("id", None), column("rank", Some("profile.inferred"))],
        ..table("app", "ranks", None)
    };
    portable.table(&nothing).unwrap();
    let hidden = json!({"id": 7, "rank": "hidden value"});
    portable.row(hidden.as_object().unwrap().clone()).unwrap();
    let (tables, omissions) = portable.ends();
    assert_eq!(tables.into_iter().collect::<Vec<_>>(), ["orders"]);
    let files = files(package.finish(&omissions, None).unwrap());
    let data: Value = serde_json::from_str(file(&files, "data.json")).unwrap();
    assert_eq!(data["about"]["made_for"], "portability");
    assert_eq!(
        data["sources"]["app"]["orders"]["rows"],
        json!([{"id": 1, "note": "<mine>"}])
    );
    assert_eq!(data["sources"]["app"].as_object().unwrap().len(), 1);
    assert_eq!(
        data["left_out"],
        json!([
            {"source": "app", "table": "orders", "columns": {"credential": ["secret"]}},
            {"source": "app", "table": "ranks", "columns": {"credential": ["rank"]}},
        ])
    );
    for (name, text) in &files {
        assert!(!text.contains("hidden value"), "{name}");
        assert!(!text.contains("held, not shown"), "{name}");
    }
    let page = file(&files, "index.html");
    assert!(page.contains("to take elsewhere") && page.contains("opens your account"));
    assert!(page.contains("<code>app.ranks</code>"));
    assert_eq!(file(&files, "tables/app.orders.csv").lines().count(), 2);
}

#[test]
fn a_package_without_anything_says_so() {
    let files = files(
        PackageWriter::new(Vec::new(), Memory::default(), about())
            .unwrap()
            .finish(&[], None)
            .unwrap(),
    );
    assert!(file(&files, "index.html").contains("Nothing is held about you."));
    let data: Value = serde_json::from_str(file(&files, "data.json")).unwrap();
    assert_eq!(data["sources"], json!({}));
}

/// The most memory that a package of so many rows holds at one moment, in bytes.
fn held_at_most(rows: usize, spool: impl Spool + Send) -> u64 {
    let held = allocation_counter::measure(|| {
        let mut package = PackageWriter::new(io::sink(), spool, about()).unwrap();
        package.table(&table("app", "events", None)).unwrap();
        for place in 0..rows {
            // Words that don't compress to nothing.
            let note = format!("{:x}", place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            package.row(row(json!(note))).unwrap();
        }
        package.finish(&[], None).unwrap();
    });
    held.bytes_max
}

#[test]
fn thirty_times_the_rows_hold_no_more_memory() {
    let on_disk = || OnDisk(tempfile::tempfile().unwrap());
    let few = held_at_most(1_000, on_disk());
    let many = held_at_most(30_000, on_disk());
    assert!(many < few + few / 20, "{many} bytes instead of {few}");
    // What is held would be seen: this spool holds all.
    let all = held_at_most(30_000, Memory::default());
    assert!(all > many + few / 20, "{all} bytes, and {many}");
}

#[test]
fn a_spool_that_loses_something_is_noticed() {
    let spool = Forgetful(Memory::default());
    let mut package = PackageWriter::new(io::sink(), spool, about()).unwrap();
    package.table(&table("app", "events", None)).unwrap();
    for place in 0..1_000 {
        package.row(row(json!(place))).unwrap();
    }
    assert!(package.finish(&[], None).is_err());
}

/// Everything that Article 15(1) and (2) asks for, with something that a page must
/// escape.
fn told() -> Information {
    let text = |text: &str| text.to_owned();
    Information {
        purposes: vec![PurposeLine {
            purpose: text("billing"),
            basis: text("contract, Article 6(1)(b)"),
            data: vec![text("your <name>")],
        }],
        data: vec![DataLine {
            data: text("Your name"),
            category: text("name"),
            found_in: vec![text("app.accounts")],
            kept: text("10 years"),
            from: text("you"),
        }],
        recipients: vec![Recipient {
            name: text("Paylane"),
            role: "acts for us",
            receives: vec![text("your name")],
            purposes: vec![text("billing")],
            place: Some(text("United States")),
            safeguard: Some(text("standard contractual clauses, Article 46(2)(c)")),
            because: text("we pass it what stands in app.accounts"),
        }],
        not_received: vec![text("Parley")],
        disclosures: vec![text("When a court orders it")],
        rights: vec![text("right to erasure, GDPR Article 17")],
        complaint: text("the CNIL, www.cnil.fr"),
        decisions: vec![text("Limits: by age of the account")],
        on_behalf_of: None,
    }
}

#[test]
fn a_copy_tells_all_that_article_15_asks_for() {
    let package = PackageWriter::new(Vec::new(), Memory::default(), about()).unwrap();
    let files = files(package.finish(&[], Some(&told())).unwrap());
    let data: Value = serde_json::from_str(file(&files, "data.json")).unwrap();
    let page = file(&files, "index.html");
    for (letter, pointer, heading, words) in [
        (
            "(1)(a)",
            "/purposes/0/purpose",
            "What we use it for",
            "billing",
        ),
        ("(1)(b)", "/data/0/category", "Which data", "<td>name</td>"),
        (
            "(1)(c)",
            "/recipients/0/name",
            "Who received it",
            "Paylane (acts for us)",
        ),
        ("(1)(d)", "/data/0/kept", "how long", "10 years"),
        ("(1)(e)", "/rights/0", "Your rights", "Article 17"),
        (
            "(1)(f)",
            "/complaint",
            "Where you can complain",
            "www.cnil.fr",
        ),
        (
            "(1)(g)",
            "/data/0/from",
            "where it came from",
            "<td>you</td>",
        ),
        (
            "(1)(h)",
            "/decisions/0",
            "by machine alone",
            "age of the account",
        ),
        (
            "(2)",
            "/recipients/0/safeguard",
            "Who received it",
            "Article 46(2)(c)",
        ),
    ] {
        let value = data["information"].pointer(pointer);
        assert!(
            value.is_some_and(|value| value.is_string()),
            "{letter}: {data}"
        );
        assert!(
            page.contains(heading) && page.contains(words),
            "{letter}: {page}"
        );
    }
    assert!(page.contains("your &lt;name&gt;") && !page.contains("<name>"));
    assert!(page.contains("nothing of yours went there"));
    assert!(page.contains("href=\"#told\"") && page.contains("id=\"told\""));
}

#[test]
fn what_was_found_is_what_has_a_value() {
    let mut package = PackageWriter::new(Vec::new(), Memory::default(), about()).unwrap();
    package.table(&table("app", "orders", None)).unwrap();
    package
        .row(
            json!({"id": 1, "note": null, "secret": "x"})
                .as_object()
                .unwrap()
                .clone(),
        )
        .unwrap();
    package.table(&table("app", "notes", None)).unwrap();
    package.row(row(json!("written"))).unwrap();
    let found = |category: &str| -> Vec<String> {
        let tables = package.found().get(category);
        tables.into_iter().flatten().cloned().collect()
    };
    assert_eq!(found("content.message"), ["app.notes"]);
    assert_eq!(found("credential.password"), ["app.notes", "app.orders"]);
}
