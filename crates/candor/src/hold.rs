//! `candor hold`: holds on people through the API of a running service. On whom, and
//! why, comes from standard input, never from the arguments.

use std::process::ExitCode;

use anyhow::bail;
use comfy_table::Table;
use hyper::Method;
use serde_json::{Map, Value, json};

use crate::api::{Api, encoded, from_input, named_lines, word};
use crate::cli::{Format, HoldArguments, HoldCommand};

/// Where holds are.
const PATH: &str = "/holds";

/// Does one thing and prints what came of it.
pub(crate) async fn hold(arguments: HoldArguments) -> anyhow::Result<ExitCode> {
    let api = Api::new(&arguments.remote)?;
    let format = arguments.remote.format;
    match arguments.what {
        HoldCommand::Add { hold, once } => {
            let body = read(&hold, &from_input()?)?;
            let set = api.ask_json(Method::POST, PATH, Some(&body), once).await?;
            show(&[set], format)?;
        }
        HoldCommand::List => {
            let mut listed = api.ask(Method::GET, PATH, None, None).await?;
            let holds = listed.get_mut("holds").map(Value::take);
            show(
                holds
                    .as_ref()
                    .and_then(Value::as_array)
                    .map_or(&[], Vec::as_slice),
                format,
            )?;
        }
        HoldCommand::Lift { id, once } => {
            let path = format!("{PATH}/{}/lift", encoded(&id));
            api.done(Method::POST, &path, once).await?;
            println!("lifted");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is to be set, from the lines of standard input.
fn read(hold: &str, text: &str) -> anyhow::Result<Value> {
    let mut identities = Map::new();
    let mut reason = None;
    for (name, value) in named_lines(text)? {
        if name == "reason" {
            reason = Some(value);
        } else {
            identities.insert(name.to_owned(), json!(value));
        }
    }
    let (false, Some(reason)) = (identities.is_empty(), reason) else {
        bail!("standard input needs a line `email: person@host.example` and a line `reason: why`");
    };
    Ok(json!({ "hold": hold, "identities": identities, "reason": reason }))
}

fn show(holds: &[Value], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        println!("{}", serde_json::to_string_pretty(holds)?);
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["ID", "HOLD", "ON", "SINCE", "BY", "REASON"]);
    for hold in holds {
        let identities = hold.get("identities").and_then(Value::as_object);
        let values = identities.into_iter().flatten();
        let on: Vec<&str> = values.filter_map(|(_, value)| value.as_str()).collect();
        let [id, name, since, by, reason] =
            ["id", "hold", "set_at", "set_by", "reason"].map(|name| word(hold, name));
        table.add_row([id, name, on.join(", "), since, by, reason]);
    }
    println!("{table}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_is_read_from_lines() {
        let read = |text: &str| read("claims", text);
        let body = read("reason: a suit: file 7\nemail: ada@post.example\n").unwrap();
        let expected = json!({
            "hold": "claims", "identities": { "email": "ada@post.example" },
            "reason": "a suit: file 7",
        });
        assert_eq!(body, expected);
        for text in [
            "",
            "email: ada@post.example",
            "reason: why",
            "ada@post.example",
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(!error.contains("ada@"), "{error}");
        }
    }
}
