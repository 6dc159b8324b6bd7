//! The example's policy in every form.

use std::collections::BTreeMap;
use std::process::Command;

use crate::world::{World, python};

/// What `candor render` writes.
async fn rendered(format: &str) -> Vec<u8> {
    let world = World::new(5).await;
    let out = world.path("out");
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .arg("render")
        .arg(world.path("policy"))
        .args(["--format", format, "--out"])
        .arg(&out)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    std::fs::read(out).unwrap()
}

async fn text(format: &str) -> String {
    String::from_utf8(rendered(format).await).unwrap()
}

#[tokio::test]
async fn the_text_carries_words_in_place_of_promises() {
    let markdown = text("markdown").await;
    assert!(!markdown.contains("promise:"), "{markdown}");
    assert!(markdown.contains("usage statistics after 90 days"));
    assert!(markdown.contains("\nVersion `"));
    let page = text("page").await;
    assert!(page.contains("<span id=\"p1\">") && !page.contains("promise:"));
}

#[tokio::test]
async fn overviews_have_a_row_for_everything_declared() {
    let grid = text("grid").await;
    let row = grid
        .lines()
        .find(|line| line.starts_with("| How you use the portal"));
    let row = row.unwrap();
    assert!(
        row.contains("usage statistics") && row.contains("90 days"),
        "{row}"
    );
    let vendors = text("vendors").await;
    assert_eq!(vendors.lines().count(), 2 + 6, "{vendors}");
    assert!(
        vendors.contains("United States (adequacy decision, Article 45)"),
        "{vendors}"
    );
    let cookies = text("cookies").await;
    assert!(cookies.contains("until the browser is closed"), "{cookies}");
}

#[tokio::test]
async fn the_record_of_processing_has_the_columns_of_article_30() {
    let record = rendered("processing-csv").await;
    let mut reader = csv::Reader::from_reader(record.as_slice());
    let letters = [
        "(a)",
        "(b)",
        "Article 6",
        "(c)",
        "(c)",
        "(d)",
        "(e)",
        "(f)",
        "(g)",
    ];
    let headings = reader.headers().unwrap().clone();
    assert_eq!(headings.len(), letters.len());
    for (heading, letter) in headings.iter().zip(letters) {
        assert!(heading.ends_with(letter), "{heading}");
    }
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let billing = rows
        .iter()
        .find(|row| row.get(1) == Some("Billing"))
        .unwrap();
    assert!(billing.get(2).unwrap().contains("6(1)(b)"));
    assert!(billing.get(5).unwrap().contains("Paylane"));
    let sign_in = rows.iter().find(|row| row.get(1) == Some("Signing you in"));
    assert!(
        sign_in
            .unwrap()
            .get(6)
            .unwrap()
            .contains("GitHub: United States (adequacy")
    );
}

/// What openpyxl reads of a workbook, by sheet; `None` without Python.
fn opened(workbook: &[u8]) -> Option<BTreeMap<String, Vec<Vec<String>>>> {
    let python = python()?;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.xlsx");
    std::fs::write(&path, workbook).unwrap();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/tools/read_workbook.py"
    );
    let output = Command::new(python).arg(script).arg(path).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[tokio::test]
async fn the_workbook_says_what_the_csv_files_say() {
    let Some(sheets) = opened(&rendered("processing-xlsx").await) else {
        return;
    };
    let forms = [
        ("Controller, Article 30(1)", "processing-csv"),
        ("Processor, Article 30(2)", "processor-csv"),
    ];
    assert_eq!(sheets.len(), forms.len());
    for (sheet, format) in forms {
        let text = rendered(format).await;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_slice());
        let rows: Vec<Vec<String>> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(sheets[sheet], rows, "{sheet}");
    }
}

#[tokio::test]
async fn a_processors_record_has_its_own_columns() {
    let record = text("processor-csv").await;
    let mut reader = csv::Reader::from_reader(record.as_bytes());
    let letters = ["(a)", "(a)", "(b)", "(c)", "(d)"];
    let headings = reader.headers().unwrap();
    assert_eq!(headings.len(), letters.len());
    for (heading, letter) in headings.iter().zip(letters) {
        assert!(heading.ends_with(letter), "{heading}");
    }
}
