//! Charters as they are kept, for as long as a record names one. Each is written
//! with the number of its form, so that a later release knows what it reads:
//! INVARIANT: whatever a release wrote, every later one opens. Refuses a form it
//! doesn't know and says what to do; never guesses at one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use super::Charter;

/// The form that [`encode`] writes. It rises when a charter of the form before
/// would no longer be read as it was meant; then a step brings the
/// older ones up, and `tests/stored` gets a charter of the new form.
pub const FORMAT: u32 = 2;

/// Charters of the first form stood by themselves, without a number.
const UNNUMBERED: u32 = 1;

/// What brings a charter from one form to the next, the first form's step first.
const STEPS: [fn(&mut Map<String, Value>); 1] = [number];

/// What stands around a charter.
#[derive(Serialize)]
struct Stored<'c> {
    format: u32,
    charter: &'c Charter,
}

/// A stored charter that was not opened.
#[derive(Debug, Error)]
pub enum StoredCharterError {
    /// A newer release wrote it.
    #[error(
        "it has form {found} and this release of candor reads forms up to {FORMAT}: \
         run the release that published it, or a newer one"
    )]
    Newer {
        /// Its form.
        found: u32,
    },
    /// It is none of the forms that were ever written.
    #[error(
        "it is not what any release wrote as form {format} ({why}): the state was changed from \
         outside or damaged, so restore it from a backup"
    )]
    Damaged {
        /// The form it claims to have.
        format: u32,
        /// Where it differs.
        why: serde_json::Error,
    },
}

/// A charter as text, to be kept.
///
/// # Errors
/// Never for a charter that was compiled.
pub fn encode(charter: &Charter) -> Result<String, serde_json::Error> {
    let format = FORMAT;
    serde_json::to_string(&Stored { format, charter })
}

/// A charter from the text it was kept as, by this release or an older one.
///
/// ```
/// use candor_policy::charter::{Charter, stored};
///
/// let charter = Charter::default();
/// let kept = stored::encode(&charter)?;
/// assert_eq!(stored::decode(&kept)?, charter);
///
/// let newer = r#"{"format": 1000000, "charter": {}}"#;
/// let refused = stored::decode(newer).unwrap_err().to_string();
/// assert!(refused.contains("run the release that published it"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A [`StoredCharterError`], which names the remedy.
pub fn decode(text: &str) -> Result<Charter, StoredCharterError> {
    let damaged = |format| move |why| StoredCharterError::Damaged { format, why };
    let mut stored: Map<String, Value> = serde_json::from_str(text).map_err(damaged(UNNUMBERED))?;
    let format = match stored.get("format") {
        None => UNNUMBERED,
        Some(number) => u32::deserialize(number).map_err(damaged(UNNUMBERED))?,
    };
    if format > FORMAT {
        return Err(StoredCharterError::Newer { found: format });
    }
    let reached = usize::try_from(format.saturating_sub(UNNUMBERED)).unwrap_or(usize::MAX);
    for step in STEPS.iter().skip(reached) {
        step(&mut stored);
    }
    let charter = stored.remove("charter").unwrap_or_default();
    // Not optional here, although a charter in memory begins empty.
    let is_named = charter.get("id").is_some_and(Value::is_string);
    if !is_named {
        let why = serde::de::Error::custom("it has no id");
        return Err(StoredCharterError::Damaged { format, why });
    }
    serde_json::from_value(charter).map_err(damaged(format))
}

/// Form 1 to form 2: the charter gets its number.
fn number(stored: &mut Map<String, Value>) {
    let charter = std::mem::take(stored);
    stored.insert("charter".to_owned(), Value::Object(charter));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::tests::examples;

    /// A charter of each form, as the release that wrote it did.
    const KEPT: [(u32, &str); 2] = [
        (1, include_str!("../../tests/stored/format-1.json")),
        (2, include_str!("../../tests/stored/format-2.json")),
    ];

    #[test]
    fn whatever_a_release_wrote_opens() {
        assert_eq!(KEPT.len(), usize::try_from(FORMAT).unwrap());
        assert_eq!(STEPS.len() + 1, KEPT.len());
        for (format, text) in KEPT {
            let charter = decode(text).unwrap_or_else(|why| panic!("form {format}: {why}"));
            assert_eq!(charter.id.0.len(), 64, "form {format}");
            assert_eq!(charter.organisation.country, "FR", "form {format}");
            assert!(charter.promises.len() > 20, "form {format}");
            assert!(!charter.retention.is_empty() && !charter.vendors.is_empty());
            assert_eq!(decode(&encode(&charter).unwrap()).unwrap(), charter);
        }
    }

    /// Nothing of a charter of the present form may be lost or get another
    /// meaning without its number rising: a key that is renamed, removed or
    /// retyped shows here.
    #[test]
    fn the_present_form_is_read_without_a_remainder() {
        let (format, kept) = KEPT.last().unwrap();
        assert_eq!(*format, FORMAT);
        let charter = decode(kept).unwrap();
        let written: Value = serde_json::from_str(&encode(&charter).unwrap()).unwrap();
        let kept: Value = serde_json::from_str(kept).unwrap();
        let lost = lost(&kept, &written, "");
        assert!(lost.is_empty(), "{lost:#?}");
    }

    /// Where `now` says something else than `then`; keys that are new are fine.
    fn lost(then: &Value, now: &Value, at: &str) -> Vec<String> {
        match (then, now) {
            (Value::Object(then), Value::Object(now)) => then
                .iter()
                .flat_map(|(key, value)| match now.get(key) {
                    Some(now) => lost(value, now, &format!("{at}/{key}")),
                    None => vec![format!("{at}/{key}")],
                })
                .collect(),
            (Value::Array(then), Value::Array(now)) if then.len() == now.len() => {
                let pairs = then.iter().zip(now).enumerate();
                pairs
                    .flat_map(|(index, (then, now))| lost(then, now, &format!("{at}/{index}")))
                    .collect()
            }
            (then, now) if then == now => Vec::new(),
            _ => vec![at.to_owned()],
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_the_remedy() {
        let kept = encode(&examples::charter(examples::DECLARATION)).unwrap();
        let refused = |text: &str| decode(text).unwrap_err().to_string();
        let newer = kept.replacen("\"format\":2", "\"format\":3", 1);
        assert_eq!(
            refused(&newer),
            "it has form 3 and this release of candor reads forms up to 2: run the release that \
             published it, or a newer one"
        );
        let retyped = kept.replacen("\"no_sale\":true", "\"no_sale\":\"never\"", 1);
        for damaged in [
            retyped.as_str(),
            "{}",
            "[]",
            "",
            "{\"format\":2,\"charter\":[]}",
        ] {
            let why = refused(damaged);
            assert!(why.contains("restore it from a backup"), "{damaged}: {why}");
        }
    }
}
