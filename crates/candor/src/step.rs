//! What is sent for one step of a subject request. What people say comes from standard
//! input, never from the arguments.

use anyhow::bail;
use serde_json::{Map, Value, json};

use crate::api::{from_input, named_lines};
use crate::cli::Step;

/// A step as the API takes it.
pub(crate) struct Sent {
    /// Number of the subject request.
    pub(crate) id: String,
    /// The step's name.
    pub(crate) what: &'static str,
    /// What it says.
    pub(crate) body: Option<Value>,
}

/// What is to be sent for a step; reads standard input where the step needs it.
pub(crate) fn sent(step: Step) -> anyhow::Result<Sent> {
    let input = || from_input().map(|text| text.trim().to_owned());
    let (id, what, body) = match step {
        Step::Vouch { id } => (id, "vouch", Some(json!({ "reason": input()? }))),
        Step::Approve { id } => (id, "approve", None),
        Step::Refuse { id, reason } => (id, "refuse", Some(json!({ "reason": reason }))),
        Step::Cancel { id } => (id, "cancel", None),
        Step::Undo { id } => (id, "undo", None),
        Step::Wish {
            id,
            purposes,
            ground,
        } => {
            let mut wish = read_wish(&from_input()?)?;
            wish.insert("purposes".to_owned(), json!(purposes));
            wish.insert("ground".to_owned(), json!(ground));
            (id, "wish", Some(wish.into()))
        }
        Step::Acknowledge { id } => (id, "acknowledge", None),
        Step::Extend { id, reason } => (id, "extend", Some(json!({ "reason": reason }))),
        Step::Ask { id, question } => {
            let ask = json!({ "question": question, "text": input()? });
            (id, "ask", Some(ask))
        }
        Step::Replied { id } => (id, "replied", None),
        Step::Answer { id } => (id, "answer", Some(json!({ "text": input()? }))),
        Step::Task { id, system, note } => {
            let note = if note { Some(input()?) } else { None };
            let done = json!({ "system": system, "note": note });
            (id, "task", Some(done))
        }
        Step::Reopen { id, system } => {
            let reopened = json!({ "system": system, "reason": input()? });
            (id, "reopen", Some(reopened))
        }
        Step::Lift { id } => (id, "lift", None),
        Step::Retry { id, source } => (id, "retry", Some(json!({ "source": source }))),
    };
    Ok(Sent { id, what, body })
}

/// What standard input says of a wish: the person's words and their corrections. A
/// value that is empty is taken away.
fn read_wish(text: &str) -> anyhow::Result<Map<String, Value>> {
    let lines = named_lines(text)?;
    let mut wish = Map::new();
    let mut corrections = Vec::new();
    for (name, value) in &lines {
        if *name == "text" {
            wish.insert("text".to_owned(), json!(value));
        } else if let Some(what) = name.strip_prefix("was ") {
            if !lines.iter().any(|(other, _)| *other == what.trim()) {
                bail!("standard input says what `{what}` was, and not what is right");
            }
        } else {
            let was = format!("was {name}");
            let was = lines.iter().find(|(other, _)| *other == was);
            let value = (!value.is_empty()).then_some(value);
            corrections.push(json!({
                "what": name, "value": value, "was": was.map(|(_, was)| was),
            }));
        }
    }
    if !corrections.is_empty() {
        wish.insert("corrections".to_owned(), corrections.into());
    }
    Ok(wish)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_read_from_lines() {
        let text = "text: I moved: twice.\ncontact.phone: 12\nwas contact.phone: 21\nname:\n";
        let expected = json!({
            "text": "I moved: twice.",
            "corrections": [
                { "what": "contact.phone", "value": "12", "was": "21" },
                { "what": "name", "value": null, "was": null },
            ],
        });
        assert_eq!(Value::from(read_wish(text).unwrap()), expected);
        assert_eq!(Value::from(read_wish("").unwrap()), json!({}));
        assert!(read_wish("was name: Ada").is_err());
    }
}
