//! `candor export-ledger`: the ledger as static files (C2SP tlog-tiles), with a
//! fresh signed checkpoint.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, bail};
use candor_seal::checkpoint::Checkpoint;
use candor_seal::entropy::SystemEntropy;
use candor_seal::hash::Hash;
use candor_server::keys;

use crate::cli::ExportArguments;
use crate::serve;

/// Entries read at once.
const BATCH: u32 = 1_000;

/// Writes the whole ledger to a folder.
pub(crate) async fn export(arguments: ExportArguments) -> anyhow::Result<ExitCode> {
    let installation = &arguments.installation;
    let key_folder = installation.data.join("keys");
    if !key_folder.join("ledger.key").exists() {
        bail!(
            "`{}` holds no ledger key; name the installation's data folder with --data",
            key_folder.display()
        );
    }
    let folder = &arguments.folder;
    fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
    if fs::read_dir(folder)?.next().is_some() {
        bail!("`{}` is not empty", folder.display());
    }
    let keys = keys::open(&key_folder, "unused", &SystemEntropy::new())?;
    let store = candor_store::open(&serve::state(installation)).await?;
    let head = store.ledger_head().await?;
    let size = head.size;
    let mut entries = Vec::new();
    while (entries.len() as u64) < size {
        let rows = store.ledger_entries(entries.len() as u64, BATCH).await?;
        if rows.is_empty() {
            bail!("the ledger ends at entry {} of {size}", entries.len());
        }
        entries.extend(rows.into_iter().map(|row| row.bytes));
    }
    let checkpoint = Checkpoint {
        origin: keys.ledger.verifier().name().to_owned(),
        size,
        root: Hash::from_bytes(head.root),
    };
    let checkpoint = checkpoint.sign(&keys.ledger)?;
    let files = candor_seal::export::export(&entries, &checkpoint)
        .context("the ledger's entries do not make the tree the state names")?;
    for (path, bytes) in &files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, bytes)
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    println!(
        "{} entries, {} files in {}",
        entries.len(),
        files.len(),
        folder.display()
    );
    println!(
        "check it with: candor verify {} --key '{}'",
        folder.display(),
        keys.ledger.verifier()
    );
    Ok(ExitCode::SUCCESS)
}
