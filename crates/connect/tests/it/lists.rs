//! Lists whose elements each name a row: arrays of PostgreSQL, arrays in JSON,
//! whole or inside an object. What is found through them, and that an element
//! is taken out of a list while the row and the other elements stay.

use candor_connect::{KeptStep, Source};
use candor_domain::plan::Action;
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;
use candor_policy::read_map;

use crate::support::{Captured, World, capture, email, erase, export, kinds, residue, step};
use crate::undo::Turned;

/// How a list is kept: type of its column, and type of the key it names.
struct Form {
    kind: SourceKind,
    list: &'static str,
    key: &'static str,
}

fn forms() -> Vec<Form> {
    const POSTGRES: [(&str, &str); 6] = [
        ("bigint[]", "bigint"),
        ("integer[]", "bigint"),
        ("text[]", "text"),
        ("varchar(20)[]", "bigint"),
        ("jsonb", "bigint"),
        ("json", "text"),
    ];
    const OTHERS: [(&str, &str); 2] = [("json", "bigint"), ("json", "varchar(20)")];
    let mut forms = Vec::new();
    for kind in kinds() {
        let types = match kind {
            SourceKind::Postgres => &POSTGRES[..],
            _ => &OTHERS,
        };
        forms.extend(types.iter().map(|(list, key)| Form { kind, list, key }));
    }
    forms
}

impl Form {
    fn told(&self) -> String {
        format!("{:?} {} {}", self.kind, self.list, self.key)
    }

    /// A list as a literal.
    fn list(&self, elements: &[&str]) -> String {
        if self.list.ends_with("[]") {
            return format!("'{{{}}}'", elements.join(","));
        }
        format!("'{}'", self.json(elements))
    }

    fn json(&self, elements: &[&str]) -> String {
        let quote = |own: &&str| match (self.key, *own) {
            (_, "null") | ("bigint", _) => (*own).to_owned(),
            _ => format!("\"{own}\""),
        };
        let elements: Vec<String> = elements.iter().map(quote).collect();
        format!("[{}]", elements.join(", "))
    }

    /// Rooms that have members, polls that have voters, letters of all their
    /// readers, and minutes that stay.
    async fn world(&self) -> World {
        let Self { list, key, .. } = self;
        let json = match self.kind {
            SourceKind::Postgres => "jsonb",
            _ => "json",
        };
        let lists = |lists: &[&[&str]]| -> String {
            let rows = lists.iter().enumerate();
            let rows = rows.map(|(row, own)| format!("({}, {})", row + 1, self.list(own)));
            rows.collect::<Vec<_>>().join(", ")
        };
        let poll = |elements: &[&str]| {
            format!(
                "'{{\"open\": true, \"by\": {{\"voters\": {}}}}}'",
                self.json(elements)
            )
        };
        let schema = format!(
            "CREATE TABLE account (id {key} PRIMARY KEY, email varchar(60) NOT NULL UNIQUE);
             CREATE TABLE room (id int PRIMARY KEY, members {list});
             CREATE TABLE poll (id int PRIMARY KEY, detail {json});
             CREATE TABLE letter (id int PRIMARY KEY, readers {list} NOT NULL);
             CREATE TABLE minutes (id int PRIMARY KEY, present {list});
             INSERT INTO account VALUES ('1', 'a@post.example'), ('2', 'b@post.example'), ('21', 'c@post.example');
             INSERT INTO room VALUES {}, (9, NULL);
             INSERT INTO poll VALUES (1, {}), (2, {}), (3, '{{\"by\": {{\"voters\": \"1\"}}}}'), (4, '[1]'), (5, NULL);
             INSERT INTO letter VALUES {};
             INSERT INTO minutes VALUES {};",
            lists(&[&["2", "1", "21", "1"], &["1"], &["21", "2"], &[], &["null", "1"]]),
            poll(&["1", "2"]),
            poll(&["21"]),
            lists(&[&["1", "2"], &["2", "21"]]),
            lists(&[&["1", "2"], &["2"]]),
        );
        World::new(self.kind, &schema).await
    }

    /// The elements of every list, whatever they are kept in.
    async fn left(&self, world: &World, table: &str, column: &str) -> Vec<String> {
        let cast = match self.kind {
            SourceKind::Mysql => "char",
            _ => "text",
        };
        let sql = format!("SELECT CAST({column} AS {cast}) FROM {table} ORDER BY id");
        let rows = world.rows(&sql).await.into_iter().flatten();
        rows.map(|own| {
            let text = own.unwrap_or_else(|| "-".to_owned()).to_lowercase();
            text.replace(['{', '}', '[', ']', ' ', '"'], "")
        })
        .collect()
    }
}

fn house() -> SourceMap {
    const MAP: &str = r#"
tables:
  account:
    about: person
    identities: { email: email }
    columns: { id: key, email: contact.email }
  room:
    references: [{ edge: "members[] -> account.id", action: unlink }]
    columns: { id: key, members: key }
  poll:
    references: [{ edge: "detail.by.voters[] -> account.id", action: unlink }]
    columns: { id: key, detail: plain }
  letter:
    owned_by: "readers[] -> account.id"
    columns: { id: key, readers: key }
  minutes:
    owned_by: "present[] -> account.id"
    columns: { id: key, present: key }
    on_erasure: keep
    because: minutes
ignored: [candor_journal]
"#;
    let mut map = read_map("app.yaml", MAP).unwrap().0;
    map.ignored.clear();
    map
}

fn effects(report: &candor_connect::StepReport) -> Vec<(&str, Action, u64)> {
    let own = report.effects.iter();
    own.map(|own| (own.table.as_str(), own.action, own.rows))
        .collect()
}

async fn made(form: &Form) -> (World, Source) {
    let world = form.world().await;
    let source = world.source(house());
    source
        .plan()
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", form.told()));
    (world, source)
}

#[tokio::test]
async fn an_element_is_taken_out_and_the_rest_of_the_list_stays() {
    for form in forms() {
        let told = form.told();
        let (world, source) = made(&form).await;
        let person = [email("a@post.example")];
        let shown = export(&source, &person).await;
        assert_eq!(shown.rows("letter").len(), 1, "{told}");
        assert_eq!(shown.rows("minutes").len(), 1, "{told}");
        assert_eq!(shown.rows("room").len(), 0, "{told}: rooms are nobody's");
        let captured = capture(&source, &person).await.unwrap();
        let report = erase(&source, "a", &person).await;
        assert_eq!(
            effects(&report),
            [
                ("account", Action::Delete, 1),
                ("letter", Action::Delete, 1),
                ("minutes", Action::Keep, 1),
                ("poll", Action::Unlink, 1),
                ("room", Action::Unlink, 3),
            ],
            "{told}"
        );
        let rooms = form.left(&world, "room", "members").await;
        assert_eq!(rooms, ["2,21", "", "21,2", "", "null", "-"], "{told}");
        let polls = form.left(&world, "poll", "detail").await;
        let first = ["open:true", "by:voters:2"];
        assert!(
            first.iter().all(|own| polls[0].contains(own)),
            "{told}: {polls:?}"
        );
        assert!(!polls[0].contains("voters:1"), "{told}: {polls:?}");
        // What is no list there is left as it is.
        assert_eq!(
            polls[1..],
            form.left(&form.world().await, "poll", "detail").await[1..],
            "{told}"
        );
        assert_eq!(
            form.left(&world, "letter", "readers").await,
            ["2,21"],
            "{told}"
        );
        assert_eq!(
            form.left(&world, "minutes", "present").await,
            ["2", "2"],
            "{told}"
        );
        assert_eq!(captured.left(&source).await.unwrap(), [], "{told}");
        put_back(&form, &world, &source, &captured).await;
    }
}

/// Put back anywhere, it is found.
async fn put_back(form: &Form, world: &World, source: &Source, captured: &Captured) {
    let told = form.told();
    for (table, column) in [
        ("room", "members"),
        ("letter", "readers"),
        ("minutes", "present"),
    ] {
        let own = form.list(&["21", "1"]);
        world
            .run(&format!("UPDATE {table} SET {column} = {own} WHERE id = 2"))
            .await;
        assert_eq!(
            captured.keys_left(source).await,
            [residue(table, column, 1)],
            "{told}"
        );
        let own = form.list(&["21"]);
        world
            .run(&format!("UPDATE {table} SET {column} = {own} WHERE id = 2"))
            .await;
    }
    let detail = format!("'{{\"by\": {{\"voters\": {}}}}}'", form.json(&["2", "1"]));
    world
        .run(&format!("UPDATE poll SET detail = {detail} WHERE id = 2"))
        .await;
    assert_eq!(
        captured.keys_left(source).await,
        [residue("poll", "detail", 1)],
        "{told}"
    );
}

#[tokio::test]
async fn two_people_at_once_are_taken_out_as_one_after_the_other() {
    for form in forms() {
        let told = form.told();
        let mut ends = Vec::new();
        for at_once in [true, false] {
            let (world, source) = made(&form).await;
            let steps = [
                step("a", &[email("a@post.example")]),
                step("c", &[email("c@post.example")]),
            ];
            if at_once {
                source.erase(&steps).await.unwrap();
            } else {
                for one in &steps {
                    source.erase(std::slice::from_ref(one)).await.unwrap();
                }
            }
            let mut end = Vec::new();
            for (table, column) in [
                ("room", "members"),
                ("poll", "detail"),
                ("minutes", "present"),
            ] {
                end.extend(form.left(&world, table, column).await);
            }
            ends.push(end);
        }
        assert_eq!(ends[0], ends[1], "{told}");
        assert_eq!(ends[0][..5], ["2", "", "2", "", "null"], "{told}");
    }
}

#[tokio::test]
async fn a_list_is_put_back_unless_it_was_changed_meanwhile() {
    for form in forms() {
        let told = form.told();
        let (world, source) = made(&form).await;
        let before = form.left(&world, "room", "members").await;
        let sealer = Turned::default();
        let one = step("one", &[email("a@post.example")]);
        let kept = KeptStep {
            step: &one,
            sealer: &sealer,
        };
        source.erase_keeping(&[kept]).await.unwrap();
        let meanwhile = form.list(&["21", "2"]);
        world
            .run(&format!(
                "UPDATE room SET members = {meanwhile} WHERE id = 2"
            ))
            .await;
        source
            .take_back("back", &["one".to_owned()], &sealer)
            .await
            .unwrap();
        let after = form.left(&world, "room", "members").await;
        assert_eq!(after[0], before[0], "{told}");
        assert_eq!(after[1], "21,2", "{told}: somebody changed it");
        assert_eq!(
            form.left(&world, "letter", "readers").await,
            ["1,2", "2,21"],
            "{told}"
        );
    }
}

#[tokio::test]
async fn what_is_no_list_is_refused() {
    let map = "tables:\n  account: { about: person, identities: { email: email }, columns: { id: key, email: contact.email } }\n  note: { owned_by: \"words[] -> account.id\", columns: { words: content } }\n";
    for kind in kinds()
        .into_iter()
        .filter(|kind| *kind != SourceKind::Sqlite)
    {
        let words = if kind == SourceKind::Postgres {
            "text"
        } else {
            "int"
        };
        let schema = format!(
            "CREATE TABLE account (id int PRIMARY KEY, email varchar(60)); CREATE TABLE note (words {words});"
        );
        let world = World::new(kind, &schema).await;
        let source = world.source(read_map("app.yaml", map).unwrap().0);
        let error = source.plan().await.unwrap_err().to_string();
        assert!(
            error.contains("`note.words` is read as a list, and its type is "),
            "{error}"
        );
    }
}

/// People who list one another, and albums that list photographs.
async fn albums(form: &Form) -> (World, Source) {
    const MAP: &str = r#"
tables:
  account:
    about: person
    identities: { email: email }
    references: [{ edge: "friends[] -> account.id", action: unlink }]
    columns: { id: key, email: contact.email, friends: key }
  album:
    owned_by: "owner -> account.id"
    columns: { id: key, owner: key, photos: key }
  photo:
    last_of: "album.photos[]"
    columns: { id: key, title: content }
"#;
    let Form { list, key, .. } = form;
    let own = |elements: &[&str]| form.list(elements);
    let schema = format!(
        "CREATE TABLE account (id {key} PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, friends {list});
         CREATE TABLE photo (id {key} PRIMARY KEY, title varchar(60));
         CREATE TABLE album (id int PRIMARY KEY, owner {key} NOT NULL, photos {list});
         INSERT INTO account VALUES ('1', 'a@post.example', {}), ('2', 'b@post.example', {}), ('21', 'c@post.example', {});
         INSERT INTO photo VALUES ('10', 'x'), ('11', 'x'), ('12', 'x'), ('13', 'x'), ('14', 'x'), ('1', 'x');
         INSERT INTO album VALUES (1, '1', {}), (2, '2', {}), (3, '1', {}), (4, '1', NULL);",
        own(&["2", "1"]),
        own(&["1", "21"]),
        own(&["1"]),
        own(&["10", "11"]),
        own(&["11", "12"]),
        own(&["13", "13", "999"]),
    );
    let world = World::new(form.kind, &schema).await;
    let source = world.source(read_map("app.yaml", MAP).unwrap().0);
    (world, source)
}

#[tokio::test]
async fn a_row_goes_with_the_last_list_and_people_may_list_one_another() {
    for form in forms() {
        let told = form.told();
        let (world, source) = albums(&form).await;
        let person = [email("a@post.example")];
        let shown = export(&source, &person).await;
        assert_eq!(shown.rows("photo").len(), 2, "{told}");
        let captured = capture(&source, &person).await.unwrap();
        let report = erase(&source, "a", &person).await;
        assert_eq!(
            effects(&report),
            [
                ("account", Action::Delete, 1),
                ("account", Action::Unlink, 2),
                ("album", Action::Delete, 3),
                ("photo", Action::Delete, 2),
            ],
            "{told}"
        );
        let friends = form.left(&world, "account", "friends").await;
        assert_eq!(friends, ["21", ""], "{told}");
        let mut photos = form.left(&world, "photo", "id").await;
        photos.sort();
        assert_eq!(photos, ["1", "11", "12", "14"], "{told}");
        assert_eq!(captured.left(&source).await.unwrap(), [], "{told}");
        // The other album's person takes what is left of it along.
        erase(&source, "b", &[email("b@post.example")]).await;
        let mut photos = form.left(&world, "photo", "id").await;
        photos.sort();
        assert_eq!(photos, ["1", "14"], "{told}");
    }
}
