//! `/v1/seal`, `/v1/open` and `/v1/index`: an application's own columns, sealed under the key of the
//! person they are about. Values come and go in bodies only; an error names the place
//! of a field, never what it holds.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use candor_domain::api_key::Permission;
use candor_domain::identity::Identity;
use candor_domain::subject_request::Tenant;
use candor_seal::field::SealedField;
use serde_json::{Value, json};

use super::access::{Caller, within};
use super::as_json;
use super::body::Fields;
use super::problem::{Kind, Problem};
use crate::service::fields::{FIELDS_MAX, Opened, Standing, ToOpen, ToSeal, VALUE_BYTES_MAX};
use crate::service::{FileError, Service};

/// What a call holds at most: [`FIELDS_MAX`] short values, or a hundred long ones.
pub(crate) const FIELDS_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of the name of a table or a column, and of a row's key.
const NAME_BYTES_MAX: usize = 256;

/// `POST /v1/seal`.
pub(crate) async fn seal(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Permission::Seal)?;
    let mut fields = Fields::of_body(&headers, &body)?;
    let tenant = tenant(&caller, &mut fields);
    let about = fields.text("about");
    let mut wanted = Vec::new();
    for mut one in several(&mut fields, "fields") {
        wanted.extend(to_seal(&mut one));
        fields.join(one);
    }
    fields.finish()?;
    let tenant = tenant?;
    let sealed = service.seal_fields(tenant.as_ref(), about.as_deref(), &wanted);
    let sealed = sealed.await.map_err(|error| of_person(error, "/fields"))?;
    let sealed: Vec<Value> = sealed
        .iter()
        .map(|field| json!({ "sealed": field.to_string(), "key": field.key_id().to_string() }))
        .collect();
    Ok(as_json(StatusCode::OK, &json!({ "fields": sealed })))
}

/// `POST /v1/index`: by which key people are known, without opening anything.
pub(crate) async fn index(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Permission::Seal)?;
    let mut fields = Fields::of_body(&headers, &body)?;
    let tenant = tenant(&caller, &mut fields);
    let about = fields.text("about");
    let mut people = Vec::new();
    for mut one in several(&mut fields, "people") {
        people.extend(person(&mut one));
        fields.join(one);
    }
    fields.finish()?;
    let tenant = tenant?;
    let ids = service.field_key_ids(tenant.as_ref(), about.as_deref(), &people);
    let ids = ids.await.map_err(|error| of_person(error, "/people"))?;
    let ids: Vec<Value> = ids.iter().map(|id| json!({ "key": id })).collect();
    Ok(as_json(StatusCode::OK, &json!({ "people": ids })))
}

/// `POST /v1/open`.
pub(crate) async fn open(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Permission::Open)?;
    let mut fields = Fields::of_body(&headers, &body)?;
    let tenant = tenant(&caller, &mut fields);
    let mut wanted = Vec::new();
    for mut one in several(&mut fields, "fields") {
        wanted.extend(to_open(&mut one));
        fields.join(one);
    }
    fields.finish()?;
    let opened = service.open_fields(tenant?.as_ref(), &wanted).await?;
    let opened: Vec<Value> = opened.into_iter().map(shape).collect();
    Ok(as_json(StatusCode::OK, &json!({ "fields": opened })))
}

/// The tenant that is meant, within what the key reaches.
fn tenant(caller: &Caller, fields: &mut Fields) -> Result<Option<Tenant>, Problem> {
    let tenant = fields.text("tenant").map(|name| name.parse::<Tenant>());
    if let Some(Err(error)) = &tenant {
        fields.wrong("tenant", &error.to_string());
    }
    within(caller, tenant.and_then(Result::ok))
}

fn several(fields: &mut Fields, key: &str) -> Vec<Fields> {
    let several = fields.objects(key);
    if several.is_empty() || several.len() > FIELDS_MAX {
        fields.wrong(key, &format!("1 to {FIELDS_MAX} are expected"));
    }
    several
}

fn to_seal(one: &mut Fields) -> Option<ToSeal> {
    let place = standing(one);
    let person = person(one);
    let value = match (one.text("value"), one.text("base64")) {
        (Some(text), None) => Some(text.into_bytes()),
        (None, Some(text)) => STANDARD.decode(text).ok(),
        _ => None,
    };
    let value = value.filter(|value| value.len() <= VALUE_BYTES_MAX);
    if value.is_none() {
        let words = format!("`value` or `base64` is expected, of {VALUE_BYTES_MAX} bytes at most");
        one.wrong("value", &words);
    }
    Some(ToSeal {
        person: person?,
        place: place?,
        value: value?,
    })
}

/// One identity of somebody.
fn person(one: &mut Fields) -> Option<Identity> {
    let mut identities = one.texts("person").into_iter();
    let (known, more) = (identities.next(), identities.next());
    if known.is_none() || more.is_some() {
        one.wrong("person", "one identity is expected, such as `customer_id`");
    }
    known.map(|(kind, value)| Identity::new(&kind, &value))
}

fn to_open(one: &mut Fields) -> Option<ToOpen> {
    let place = standing(one);
    let field = one
        .required("sealed")
        .map(|text| text.parse::<SealedField>());
    if let Some(Err(error)) = &field {
        one.wrong("sealed", &error.to_string());
    }
    Some(ToOpen {
        place: place?,
        field: field?.ok()?,
    })
}

fn standing(one: &mut Fields) -> Option<Standing> {
    let [table, column, row] = ["table", "column", "row"].map(|key| {
        let name = one.required(key)?;
        let fits = !name.is_empty() && name.len() <= NAME_BYTES_MAX;
        if !fits {
            one.wrong(key, &format!("1 to {NAME_BYTES_MAX} bytes are expected"));
        }
        fits.then_some(name)
    });
    Some(Standing {
        table: table?,
        column: column?,
        row: row?,
    })
}

fn shape(opened: Opened) -> Value {
    match opened {
        Opened::Open(bytes) => match String::from_utf8(bytes) {
            Ok(text) => json!({ "is": "open", "value": text }),
            Err(error) => json!({ "is": "open", "base64": STANDARD.encode(error.as_bytes()) }),
        },
        Opened::Gone => json!({ "is": "gone" }),
        Opened::Refused => json!({ "is": "refused" }),
    }
}

/// A person who can't be one: which of them is not said, since a batch is one call.
fn of_person(error: FileError, place: &str) -> Problem {
    match error {
        FileError::Service(error) => error.into(),
        FileError::Tenant => Problem::field("/tenant", FileError::Tenant),
        FileError::About => Problem::field("/about", FileError::About),
        FileError::Address | FileError::Identity { .. } => Problem::field(place, error),
        _ => Kind::Invalid.into(),
    }
}
