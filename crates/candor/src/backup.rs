//! `candor backup` and `candor restore`: Candor's own state into a folder and
//! back. Both need the keys of the data folder, which no backup holds.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use candor_server::backup::{self, BackupError, Folder};
use candor_server::keys;
use candor_server::service::Keys;
use candor_server::world::World;
use jiff::SignedDuration;

use crate::cli::{BackupArguments, Installation, RestoreArguments};
use crate::serve;

/// How moments are written.
const MOMENT: &str = "%Y-%m-%d %H:%M:%S UTC";

/// Backs the state up, or looks at a backup.
pub(crate) async fn backup(arguments: BackupArguments) -> anyhow::Result<ExitCode> {
    let installation = &arguments.installation;
    let world = World::real();
    let keys = keys(installation, &world)?;
    let folder = folder(installation, arguments.to.as_deref())?;
    if let Some(name) = &arguments.check {
        return check(&folder, name, &keys).await;
    }
    let store = candor_store::open(&serve::state(installation)).await?;
    if arguments.since {
        let path = folder.path().to_owned();
        let newest = folder.kept()?.pop().ok_or(BackupError::None { path })?;
        let about = (&folder, &newest);
        let noted = backup::note(store.as_ref(), (&keys).into(), about, &world).await?;
        say("written down and read back", &folder, &noted);
        return Ok(ExitCode::SUCCESS);
    }
    let written = backup::write(store.as_ref(), (&keys).into(), &folder, &world).await?;
    say("backed up and read back", &folder, &written);
    if let Some(days) = arguments.keep_days {
        let keep = SignedDuration::from_hours(24 * i64::from(days));
        for name in folder.expire(keep, world.now())? {
            println!("removed {name}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn check(folder: &Folder, name: &str, keys: &Keys) -> anyhow::Result<ExitCode> {
    let name = match name {
        "" => {
            let newest = folder.kept()?.pop();
            let path = folder.path().to_owned();
            newest.ok_or(BackupError::None { path })?.name
        }
        name => name.to_owned(),
    };
    let read = backup::verify(&folder.file(&name), keys.into()).await?;
    say("could be restored", folder, &read);
    Ok(ExitCode::SUCCESS)
}

/// Restores a backup.
pub(crate) async fn restore(arguments: RestoreArguments) -> anyhow::Result<ExitCode> {
    let installation = &arguments.installation;
    let world = World::real();
    let keys = keys(installation, &world)?;
    let folder = folder(installation, arguments.from.as_deref())?;
    let state = serve::state(installation);
    let name = arguments.name.as_deref();
    let restored = backup::restore(&folder, name, arguments.older, (&keys).into(), &state).await?;
    let made_at = restored.header.made_at.strftime(MOMENT);
    println!(
        "restored {}, of {made_at}: {} rows",
        restored.header.name(),
        restored.rows
    );
    match restored.until {
        Some(until) => println!("with what happened until {}", until.strftime(MOMENT)),
        None => println!(
            "what happened since is lost: erasures and withdrawals, too. Look for them in mail \
             before you serve it"
        ),
    }
    Ok(ExitCode::SUCCESS)
}

/// The keys that are there: a backup under new ones would open for nobody who
/// has the state's.
fn keys(installation: &Installation, world: &World) -> anyhow::Result<Keys> {
    let folder = installation.data.join("keys");
    for name in ["root.key", "ledger.key"] {
        if !folder.join(name).exists() {
            bail!(
                "`{}` is missing; name the installation's data folder with --data, or put the keys \
                 back",
                folder.join(name).display()
            );
        }
    }
    let keys = keys::open(&folder, "unused", world.entropy.as_ref());
    keys.context("the keys cannot be read")
}

fn folder(installation: &Installation, given: Option<&Path>) -> Result<Folder, BackupError> {
    let default = || installation.data.join("backups");
    Folder::open(&given.map_or_else(default, PathBuf::from))
}

fn say(what: &str, folder: &Folder, read: &backup::Written) {
    println!(
        "{what}: {} ({} rows, {} entries in the ledger, {} bytes)",
        folder.file(&read.header.name()).display(),
        read.rows,
        read.header.entries,
        read.bytes
    );
}
