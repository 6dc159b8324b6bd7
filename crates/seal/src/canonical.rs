//! Canonical JSON: one value, one spelling.
//!
//! Keys sorted, no spaces, strings escaped only where JSON demands it, integers
//! only. Keys are printable ASCII, so that this agrees with RFC 8785, which
//! sorts by UTF-16. Refuses fractions (they have many spellings), keys outside
//! ASCII or longer than [`KEY_BYTES_MAX`], and depth above [`DEPTH_MAX`].

use serde_json::Value;

/// Bytes of an object's key.
pub(crate) const KEY_BYTES_MAX: usize = 128;
/// How deep arrays and objects may nest.
pub(crate) const DEPTH_MAX: usize = 8;

/// Why a value has no canonical form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalError {
    /// A number with a fraction or an exponent.
    #[error("number `{0}` is not an integer")]
    Fraction(String),
    /// An empty, long or non-ASCII key.
    #[error("key `{0}` is not 1 to 128 printable ASCII characters")]
    Key(String),
    /// Nested too deeply.
    #[error("nested deeper than 8 levels")]
    Depth,
    /// A string that could not be written.
    #[error("a string could not be written")]
    Text,
}

/// The canonical bytes of `value`.
pub(crate) fn to_bytes(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::new();
    write(value, DEPTH_MAX, &mut out)?;
    Ok(out)
}

fn write(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.extend(b"null"),
        Value::Bool(true) => out.extend(b"true"),
        Value::Bool(false) => out.extend(b"false"),
        Value::Number(number) if number.is_f64() => {
            return Err(CanonicalError::Fraction(number.to_string()));
        }
        Value::Number(number) => out.extend(number.to_string().bytes()),
        Value::String(text) => write_string(text, out)?,
        Value::Array(items) => {
            let depth = depth.checked_sub(1).ok_or(CanonicalError::Depth)?;
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                separate(at, out);
                write(item, depth, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            let depth = depth.checked_sub(1).ok_or(CanonicalError::Depth)?;
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            out.push(b'{');
            for (at, (key, member)) in sorted.into_iter().enumerate() {
                separate(at, out);
                check_key(key)?;
                write_string(key, out)?;
                out.push(b':');
                write(member, depth, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn separate(at: usize, out: &mut Vec<u8>) {
    if at > 0 {
        out.push(b',');
    }
}

fn check_key(key: &str) -> Result<(), CanonicalError> {
    let printable = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if key.is_empty() || key.len() > KEY_BYTES_MAX || !printable {
        return Err(CanonicalError::Key(
            key.escape_default().take(KEY_BYTES_MAX).collect(),
        ));
    }
    Ok(())
}

fn write_string(text: &str, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    serde_json::to_writer(out, text).map_err(|_| CanonicalError::Text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = json!({"b": [1, {"z": null, "a": true}], "B": -2, "a": "\u{e9}\n\"\\/"});
        let text = String::from_utf8(to_bytes(&value).unwrap()).unwrap();
        assert_eq!(
            text,
            "{\"B\":-2,\"a\":\"\u{e9}\\n\\\"\\\\/\",\"b\":[1,{\"a\":true,\"z\":null}]}"
        );
    }

    #[test]
    fn what_has_many_spellings_is_refused() {
        assert_eq!(
            to_bytes(&json!(1.5)),
            Err(CanonicalError::Fraction("1.5".into()))
        );
        assert_eq!(
            to_bytes(&json!({"\u{e9}": 1})),
            Err(CanonicalError::Key("\\u{e9}".into()))
        );
        assert_eq!(
            to_bytes(&json!({"": 1})),
            Err(CanonicalError::Key(String::new()))
        );
        assert!(to_bytes(&json!({"k".repeat(129): 1})).is_err());
        let mut deep = json!(1);
        for _ in 0..DEPTH_MAX {
            deep = json!([deep]);
        }
        assert!(to_bytes(&deep).is_ok());
        assert_eq!(to_bytes(&json!([deep])), Err(CanonicalError::Depth));
    }
}
