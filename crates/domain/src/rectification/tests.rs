//! What can be put right, and what a correction means where.

use candor_policy::charter::{Approval, Data, Source, SourceKind};
use candor_policy::map::{ColumnMap, SourceMap, TableMap};

use super::*;
use crate::subject_request::{Wish, WishError};
use crate::testing::{charter, terms};

fn column(category: &str) -> ColumnMap {
    ColumnMap {
        content: match category {
            "plain" => Content::Plain,
            "key" => Content::Key,
            category => Content::Personal(category.to_owned()),
        },
        erased: None,
        rectify: None,
    }
}

fn table(columns: &[(&str, &str)]) -> TableMap {
    let columns = columns.iter();
    TableMap {
        columns: columns
            .map(|(name, category)| ((*name).to_owned(), column(category)))
            .collect(),
        ..TableMap::default()
    }
}

fn company() -> Charter {
    let data = |category: &str, from: &[&str], automatic| Data {
        category: category.to_owned(),
        of: vec!["customer".to_owned()],
        from: from.iter().map(|one| (*one).to_owned()).collect(),
        automatic,
        ..Data::default()
    };
    let mut people = table(&[
        ("id", "key"),
        ("email", "contact.email"),
        ("phone", "contact.phone"),
        ("name", "name"),
        ("birth", "demographic.birth_date"),
        ("rating", "financial.credit"),
        ("guess", "profile.inferred"),
        ("note", "content"),
    ]);
    people.identities = [("email", "email"), ("phone", "phone")]
        .map(|(kind, column)| (kind.to_owned(), column.to_owned()))
        .into();
    people.columns.get_mut("note").unwrap().rectify = Some(true);
    let mut letters = table(&[("to_email", "contact.email"), ("to_name", "name")]);
    letters.columns.get_mut("to_name").unwrap().rectify = Some(false);
    letters.restriction = Some(Mark {
        column: "frozen".to_owned(),
        value: Some("true".to_owned()),
        lifted: Some("false".to_owned()),
    });
    let source = |tables: &[(&str, TableMap)]| Source {
        kind: SourceKind::Sqlite.into(),
        url: String::new(),
        region: None,
        replicas: Vec::new(),
        tenant: None,
        map: SourceMap {
            tables: tables
                .iter()
                .map(|(name, table)| ((*name).to_owned(), table.clone()))
                .collect(),
            ..SourceMap::default()
        },
    };
    let mut charter = charter(Approval::Automatic);
    charter.sources = [
        ("app", source(&[("people", people)])),
        ("desk", source(&[("letters", letters)])),
    ]
    .map(|(name, source)| (name.to_owned(), source))
    .into();
    charter.data = [
        ("contact", data("contact", &[], false)),
        ("name", data("name", &[], false)),
        ("birth", data("demographic", &["an agency"], false)),
        ("guess", data("profile", &[], true)),
    ]
    .map(|(name, data)| (name.to_owned(), data))
    .into();
    charter
}

fn correction(what: &str, value: Option<&str>) -> Correction {
    Correction {
        what: what.to_owned(),
        was: None,
        value: value.map(|value| Personal::new(value.to_owned())),
    }
}

#[test]
fn only_what_people_provide_can_be_put_right_unless_the_map_says_otherwise() {
    let charter = company();
    let places = places(&charter, "customer");
    let places: Vec<String> = places
        .iter()
        .map(|place| format!("{}.{}.{}", place.source, place.table, place.column))
        .collect();
    // Not the phone: people are known by it, and no mail proves a new one.
    assert_eq!(
        places,
        [
            "app.people.email",
            "app.people.name",
            "app.people.note",
            "desk.letters.to_email"
        ]
    );
    // What the map says itself holds for whoever is found there.
    assert!(categories(&charter, "visitor").into_iter().eq(["content"]));
    let mut kept = charter;
    let tables = &mut kept.sources.get_mut("app").unwrap().map.tables;
    tables.get_mut("people").unwrap().on_erasure = OnErasure::Keep;
    let categories = categories(&kept, "customer");
    assert!(
        categories.into_iter().eq(["contact.email", "content"]),
        "a record stays as it was"
    );
}

#[test]
fn a_category_means_every_column_of_it_and_a_column_only_itself() {
    let charter = company();
    let corrections = [
        correction("contact.email", Some("old@new.example")),
        correction("contact.email", Some("ada@new.example")),
        correction("app.people.name", None),
    ];
    let app = writings(&charter, "customer", "app", &corrections);
    let columns: Vec<&str> = app.iter().map(|one| one.column.as_str()).collect();
    assert_eq!(columns, ["email", "name"], "the later of two counts");
    assert_eq!(app[0].value, corrections[1].value);
    let desk = writings(&charter, "customer", "desk", &corrections);
    assert_eq!(desk.len(), 1);
    assert!(changes_identity(&charter, "customer", "contact.email"));
    assert!(!changes_identity(
        &charter,
        "customer",
        "desk.letters.to_email"
    ));
}

#[test]
fn a_wish_for_what_nobody_may_put_right_is_refused() {
    let charter = company();
    let wish = |corrections: &[Correction], text| {
        Wish::correcting(&charter, "customer", corrections, text)
    };
    assert_eq!(wish(&[], false), Err(WishError::Text));
    for what in [
        "profile.inferred",
        "demographic.birth_date",
        "app.people.id",
        "name.x",
    ] {
        let refused = wish(&[correction(what, Some("x"))], true);
        assert_eq!(refused, Err(WishError::Correction), "{what}");
    }
    let long = "x".repeat(VALUE_CHARS_MAX + 1);
    for value in [Some(long.as_str()), Some("")] {
        assert_eq!(
            wish(&[correction("name", value)], false),
            Err(WishError::Value)
        );
    }
    // Whoever has no address any more can't be found by it.
    let nobody = wish(&[correction("contact.email", None)], false);
    assert_eq!(nobody, Err(WishError::Value));
    let many = vec![correction("name", Some("x")); CORRECTIONS_MAX + 1];
    assert_eq!(wish(&many, false), Err(WishError::Value));
    let named = wish(&[correction("name", Some("Ada"))], false).unwrap();
    assert!(!named.changes_contact && named.corrections == ["name"]);
    let moved = wish(&[correction("contact.email", Some("a@b.example"))], true).unwrap();
    assert!(moved.changes_contact && moved.has_text);
}

#[test]
fn marks_are_written_for_the_right_they_are_for() {
    let charter = company();
    let file = |right, wish| {
        let (mut request, _) =
            crate::subject_request::file(terms(right), &charter, crate::testing::start()).unwrap();
        request.wish = Some(wish);
        request
    };
    let restricts = file(Right::Restriction, Wish::default());
    let able = |_: &str| true;
    let written_by = |request| written(&charter, request, &able);
    assert_eq!(written_by(&restricts), [("desk".to_owned(), true)].into());
    let set = marks(&charter, &restricts, "desk", false);
    let lifted = marks(&charter, &restricts, "desk", true);
    let value = |writings: &[Writing]| {
        let value = writings[0].value.as_ref();
        value.map(|value| value.expose("a test").clone())
    };
    assert_eq!(value(&set).as_deref(), Some("true"));
    assert_eq!(value(&lifted).as_deref(), Some("false"));
    let objects = file(Right::Objection, Wish::default());
    assert!(written_by(&objects).is_empty(), "no mark says so");
    assert!(written(&charter, &restricts, &|_| false).is_empty());
    let text = Wish::correcting(&charter, "customer", &[correction("name", None)], true);
    let corrects = file(Right::Rectification, text.unwrap());
    // A text may say more than the fields: staff look as well.
    let all = [("app".to_owned(), false), ("desk".to_owned(), false)];
    assert_eq!(written_by(&corrects), all.into());
}
