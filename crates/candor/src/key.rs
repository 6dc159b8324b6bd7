//! `candor key`: the keys with which programs call the API, made, listed and revoked
//! in the state itself, so that it works before anybody can sign in.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use candor_domain::api_key::{Permission, Scope};
use candor_policy::charter::Right;
use candor_seal::entropy::SystemEntropy;
use candor_server::service::{KeyTerms, make_key, revoke_key};
use candor_server::world::{Clock, SystemClock};
use candor_store::Store;
use candor_store::rows::ApiKeyRow;
use comfy_table::Table;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use crate::cli::{Format, Installation, KeyArguments, KeyCommand};
use crate::serve;

/// Makes, lists or revokes.
pub(crate) async fn key(arguments: KeyArguments) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    match arguments.what {
        KeyCommand::Make {
            name,
            may,
            rights,
            tenant,
            until,
            installation,
        } => {
            let store = open(&installation).await?;
            let scope = Scope {
                may: all(&may, "permission", Permission::from_key)?,
                rights: all(&rights, "right", Right::from_key)?,
                tenant: tenant.map(|name| name.parse()).transpose()?,
            };
            let expires_at = until.map(end_of).transpose()?;
            let terms = KeyTerms {
                name,
                scope,
                expires_at,
                by: None,
            };
            let made = make_key(store.as_ref(), &SystemEntropy::new(), terms, now).await?;
            eprintln!("key {}, shown once and kept nowhere:", made.row.id);
            println!("{}", made.secret);
        }
        KeyCommand::List {
            format,
            installation,
        } => list(open(&installation).await?.as_ref(), format, now).await?,
        KeyCommand::Revoke { id, installation } => {
            let store = open(&installation).await?;
            let id = id.parse().context("that is no key's id")?;
            revoke_key(store.as_ref(), &id, None, now).await?;
            println!("revoked: it opens nothing any more");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn open(installation: &Installation) -> anyhow::Result<Arc<dyn Store>> {
    Ok(candor_store::open(&serve::state(installation)).await?)
}

/// Every word, as what it names.
fn all<T, C: FromIterator<T>>(
    words: &[String],
    what: &str,
    named: impl Fn(&str) -> Option<T>,
) -> anyhow::Result<C> {
    let known = |word: &String| named(word).with_context(|| format!("there is no {what} `{word}`"));
    words.iter().map(known).collect()
}

fn end_of(day: Date) -> anyhow::Result<Timestamp> {
    let next = day.checked_add(1.day())?;
    Ok(next.to_zoned(TimeZone::UTC)?.timestamp())
}

async fn list(store: &dyn Store, format: Format, now: Timestamp) -> anyhow::Result<()> {
    let keys = store.api_keys().await?;
    if format == Format::Json {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| {
                json!({
                    "id": key.id, "name": key.name, "scope": key.scope, "state": state(key, now),
                    "created_at": key.created_at, "expires_at": key.expires_at,
                    "revoked_at": key.revoked_at,
                })
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&keys)?);
        return Ok(());
    }
    if keys.is_empty() {
        bail!("there are no keys; make one with `candor key make`");
    }
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["ID", "NAME", "MAY", "RIGHTS", "TENANT", "STATE"]);
    for key in &keys {
        let may: Vec<&str> = key.scope.may.iter().map(|one| one.key()).collect();
        let rights: Vec<&str> = key.scope.rights.iter().map(|one| one.key()).collect();
        let rights = if rights.is_empty() {
            "all".to_owned()
        } else {
            rights.join(" ")
        };
        let tenant = key
            .scope
            .tenant
            .as_ref()
            .map_or("", |tenant| tenant.as_str());
        table.add_row([
            key.id.as_str(),
            &key.name,
            &may.join(" "),
            &rights,
            tenant,
            state(key, now),
        ]);
    }
    println!("{table}");
    Ok(())
}

fn state(key: &ApiKeyRow, now: Timestamp) -> &'static str {
    match (key.is_open(now), key.revoked_at) {
        (true, _) => "open",
        (false, Some(_)) => "revoked",
        (false, None) => "expired",
    }
}
