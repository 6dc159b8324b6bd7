//! Reading a JSON object, key by key, so that every mistake is named with its place
//! and none of the values is repeated. Unknown keys are errors, so that a misspelt
//! `tenant` is not a subject request of the organisation's own.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::problem::{FieldError, Kind, Problem, escaped};
use crate::service::kept_text;

/// An object that is being read.
pub(crate) struct Fields {
    at: String,
    left: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// The object of an HTTP request's body; an empty body is an empty object.
    pub(crate) fn of_body(headers: &HeaderMap, body: &Bytes) -> Result<Self, Problem> {
        if body.is_empty() {
            return Ok(Self::new(String::new(), Map::new()));
        }
        if !is_json(headers) {
            return Err(Kind::MediaType.into());
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(left)) => Ok(Self::new(String::new(), left)),
            Ok(_) => Err(Problem::field("", "an object is expected")),
            // Its message could repeat what was sent.
            Err(error) => Err(Problem::new(
                Kind::Malformed,
                format!(
                    "no JSON at line {}, column {}",
                    error.line(),
                    error.column()
                ),
            )),
        }
    }

    fn new(at: String, left: Map<String, Value>) -> Self {
        Self {
            at,
            left,
            errors: Vec::new(),
        }
    }

    /// A text that may be missing or null.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        match self.left.remove(key)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            _ => {
                self.wrong(key, "a text is expected");
                None
            }
        }
    }

    /// A text that must be there.
    pub(crate) fn required(&mut self, key: &str) -> Option<String> {
        let known = self.errors.len();
        let text = self.text(key);
        if text.is_none() && self.errors.len() == known {
            self.wrong(key, "it is missing");
        }
        text
    }

    /// A text that must be there and is kept: see [`kept_text`].
    pub(crate) fn kept(&mut self, key: &str) -> Option<String> {
        let text = self.required(key)?;
        let kept = kept_text(&text).map(str::to_owned);
        if kept.is_none() {
            self.wrong(key, "1 to 2,000 characters are expected");
        }
        kept
    }

    /// The same, where it is there.
    pub(crate) fn kept_if_any(&mut self, key: &str) -> Option<String> {
        match self.left.get(key) {
            None | Some(Value::Null) => self.text(key),
            Some(_) => self.kept(key),
        }
    }

    /// One of a list, by its key; it must be there.
    pub(crate) fn chosen<T: Copy>(
        &mut self,
        key: &str,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.required(key)?;
        let mut known = all.iter().copied();
        let found = known.find(|one| name(*one) == text);
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
            self.wrong(key, &format!("one of {} is expected", names.join(", ")));
        }
        found
    }

    /// The same, where it is there.
    pub(crate) fn chosen_if_any<T: Copy>(
        &mut self,
        key: &str,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        match self.left.get(key) {
            None | Some(Value::Null) => {
                self.left.remove(key);
                None
            }
            Some(_) => self.chosen(key, all, name),
        }
    }

    /// Texts in a row; none where it is missing.
    pub(crate) fn list(&mut self, key: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for (place, value) in self.items(key) {
            match value {
                Value::String(text) => texts.push(text),
                _ => self.wrong(&place, "a text is expected"),
            }
        }
        texts
    }

    /// Objects in a row; none where it is missing.
    pub(crate) fn objects(&mut self, key: &str) -> Vec<Self> {
        let mut objects = Vec::new();
        for (place, value) in self.items(key) {
            match value {
                Value::Object(left) => {
                    objects.push(Self::new(format!("{}/{place}", self.at), left));
                }
                _ => self.wrong(&place, "an object is expected"),
            }
        }
        objects
    }

    /// What stands in a row, each with its place.
    fn items(&mut self, key: &str) -> Vec<(String, Value)> {
        match self.left.remove(key) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => {
                let items = items.into_iter().enumerate();
                let placed = items.map(|(place, value)| (format!("{key}/{place}"), value));
                placed.collect()
            }
            Some(_) => {
                self.wrong(key, "a list is expected");
                Vec::new()
            }
        }
    }

    /// Yes or no; no where it is missing.
    pub(crate) fn flag(&mut self, key: &str) -> bool {
        match self.left.remove(key) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(yes)) => yes,
            Some(_) => {
                self.wrong(key, "`true` or `false` is expected");
                false
            }
        }
    }

    /// A whole number that must be there.
    pub(crate) fn number(&mut self, key: &str) -> Option<u32> {
        let number = self.left.remove(key).and_then(|value| value.as_u64());
        let number = number.and_then(|number| u32::try_from(number).ok());
        if number.is_none() {
            self.wrong(key, "a whole number is expected");
        }
        number
    }

    /// An object of texts; empty where it is missing.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<(String, String)> {
        let object = match self.left.remove(key) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Object(object)) => object,
            Some(_) => {
                self.wrong(key, "an object is expected");
                return Vec::new();
            }
        };
        let mut texts = Vec::new();
        for (name, value) in object {
            match value {
                Value::String(text) => texts.push((name, text)),
                _ => self.wrong(&format!("{key}/{}", escaped(&name)), "a text is expected"),
            }
        }
        texts
    }

    /// An object within; `None` where it is missing.
    pub(crate) fn object(&mut self, key: &str) -> Option<Self> {
        match self.left.remove(key)? {
            Value::Null => None,
            Value::Object(left) => Some(Self::new(format!("{}/{key}", self.at), left)),
            _ => {
                self.wrong(key, "an object is expected");
                None
            }
        }
    }

    /// Takes over what was wrong in an object within.
    pub(crate) fn join(&mut self, inner: Self) {
        self.errors.extend(inner.checked());
    }

    /// Says that a value doesn't fit.
    pub(crate) fn wrong(&mut self, key: &str, detail: &str) {
        self.errors.push(FieldError {
            pointer: format!("{}/{key}", self.at),
            detail: detail.to_owned(),
        });
    }

    /// Ends reading.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        let errors = self.checked();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(errors))
        }
    }

    fn checked(mut self) -> Vec<FieldError> {
        let unknown = std::mem::take(&mut self.left);
        for name in unknown.keys() {
            self.wrong(&escaped(name), "there is no such key");
        }
        self.errors
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = media_type(headers);
    kind == "application/json" || kind.ends_with("+json")
}

/// Whether a body is of a media type.
pub(super) fn is_media(headers: &HeaderMap, expected: &str) -> bool {
    media_type(headers) == expected
}

fn media_type(headers: &HeaderMap) -> String {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next();
    kind.unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Result<Fields, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            "application/json; charset=utf-8".parse().unwrap(),
        );
        Fields::of_body(&headers, &Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn every_mistake_is_named_and_no_value_is_repeated() {
        let text = r#"{"right": 7, "identities": {"email": ["mireille@post.example"], "a/b": 1},
            "vouched": {"reason": "known", "nme": "mireille@post.example"}, "tenat": "acme"}"#;
        let mut fields = fields(text).unwrap();
        fields.required("right");
        fields.required("about");
        fields.texts("identities");
        let mut vouched = fields.object("vouched").unwrap();
        assert_eq!(vouched.required("reason"), Some("known".to_owned()));
        fields.join(vouched);
        let problem = format!("{:?}", fields.finish().unwrap_err());
        for pointer in [
            "/right",
            "/about",
            "/identities/email",
            "/identities/a~1b",
            "/vouched/nme",
            "/tenat",
        ] {
            assert!(
                problem.contains(&format!("\"{pointer}\"")),
                "{pointer}: {problem}"
            );
        }
        assert!(!problem.contains("mireille"), "{problem}");
    }

    #[test]
    fn what_is_no_json_says_where_and_not_what() {
        let problem = format!("{:?}", fields("{\"email\": mireille}").err().unwrap());
        assert!(
            problem.contains("line 1, column 1") && !problem.contains("mireille"),
            "{problem}"
        );
        assert!(fields("[]").is_err() && fields("").is_ok());
        let other = Fields::of_body(&HeaderMap::new(), &Bytes::from_static(b"{}"));
        assert_eq!(other.err(), Some(Kind::MediaType.into()));
    }
}
