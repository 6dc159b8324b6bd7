//! The API's description against the API: every call that a test makes is looked
//! at, and every route. What the description allows beyond itself, so that fields
//! can be added, is a fault here: they are described first.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::OPENAPI;
use crate::ui::routes::{Audience, all};
use crate::ui::tests::fixture::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::from_str(OPENAPI).unwrap();
    close(&mut document);
    document
});

/// Looks at an answer as somebody reads it who knows only the description.
pub(crate) fn check(method: &str, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap();
    let Some(operation) = operation(method, path) else {
        return;
    };
    let at = format!("{method} {path}: {} {}", answer.status, answer.body);
    let responses = operation["responses"].as_object().unwrap();
    let response = responses.get(answer.status.as_str());
    let response = followed(response.unwrap_or_else(|| panic!("not described: {at}")));
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        assert_eq!(answer.body, "", "{at}");
        return;
    };
    let media = answer.header("content-type").split(';').next().unwrap();
    let described = content.get(media);
    let described = described.unwrap_or_else(|| panic!("`{media}` is not described: {at}"));
    if media.ends_with("json") {
        let body = serde_json::from_str(&answer.body).unwrap();
        let mut schema = described["schema"].clone();
        schema["components"] = DOCUMENT["components"].clone();
        let options = jsonschema::options().should_validate_formats(true);
        let schema = options.build(&schema).unwrap();
        let faults: Vec<String> = schema
            .iter_errors(&body)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{faults:#?}\n{at}");
    }
}

/// The operation for a method at an address; one without `{…}` comes first.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let fits = |template: &str| {
        let mut parts = template.split('/').zip(path.split('/'));
        template.split('/').count() == path.split('/').count()
            && parts.all(|(own, given)| own == given || own.starts_with('{'))
    };
    let fitting = paths.iter().filter(|(template, _)| fits(template));
    let (_, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
    item.get(method.to_lowercase())
}

fn followed(value: &'static Value) -> &'static Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    reference.map_or(value, |reference| {
        DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap()
    })
}

/// Forbids what is not described.
fn close(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("properties") && fields.get("type").is_some() {
                fields.entry("additionalProperties").or_insert(json!(false));
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let routes = all().into_iter();
    let routes = routes.filter(|route| route.audience == Audience::Program);
    let served: BTreeSet<(String, String)> = routes
        .flat_map(|route| {
            let methods = route.methods.iter();
            methods.map(move |method| (route.path.to_owned(), method.to_lowercase()))
        })
        .collect();
    let empty = Map::new();
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let described: BTreeSet<(String, String)> = paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap_or(&empty).keys();
            methods.map(move |method| (path.clone(), method.clone()))
        })
        .collect();
    assert_eq!(described, served);
}

#[test]
fn names_are_those_of_the_domain() {
    use candor_domain::clock::{ExtensionReason, Question};
    use candor_domain::subject_request::{Channel, Ground, RefusalReason};
    use candor_policy::charter::Right;

    let names = |pointer: &str| -> BTreeSet<String> {
        let list = DOCUMENT.pointer(pointer).unwrap().as_array().unwrap();
        let texts = list.iter().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let own = |keys: &mut dyn Iterator<Item = &'static str>| -> BTreeSet<String> {
        keys.map(str::to_owned).collect()
    };
    let schemas = "/components/schemas";
    assert_eq!(
        names(&format!("{schemas}/Right/enum")),
        own(&mut Right::ALL.into_iter().map(Right::key))
    );
    assert_eq!(
        names(&format!("{schemas}/RefusalReason/enum")),
        own(&mut RefusalReason::ALL.into_iter().map(RefusalReason::key))
    );
    assert_eq!(
        names(&format!("{schemas}/ExtensionReason/enum")),
        own(&mut ExtensionReason::ALL.into_iter().map(ExtensionReason::key))
    );
    assert_eq!(
        names(&format!("{schemas}/Question/enum")),
        own(&mut Question::ALL.into_iter().map(Question::key))
    );
    assert_eq!(
        names(&format!("{schemas}/Ground/enum")),
        own(&mut Ground::ALL.into_iter().map(Ground::key))
    );
    assert_eq!(
        names(&format!("{schemas}/SubjectRequest/properties/channel/enum")),
        own(&mut Channel::ALL.into_iter().map(Channel::key))
    );
}
