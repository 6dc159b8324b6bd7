//! `candor verify`: a receipt, or an exported ledger, checked offline. The
//! first thing that is wrong is named; exit code 1.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use candor_seal::export::{verify_export, verify_export_since};
use candor_seal::note::VerifierKey;
use candor_seal::receipt::Receipt;

use crate::cli::VerifyArguments;

/// Checks a receipt or a ledger.
pub(crate) fn verify(arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    let keys = arguments
        .key
        .iter()
        .map(|text| {
            text.parse::<VerifierKey>()
                .with_context(|| format!("`{text}` is not a ledger key"))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let since = arguments.since.as_deref().map(text_of).transpose()?;
    // Whoever has a receipt has a checkpoint.
    let since = since.map(|text| match Receipt::parse(&text) {
        Ok(receipt) => receipt.checkpoint().to_owned(),
        Err(_) => text,
    });
    if arguments.path.is_dir() {
        return Ok(ledger(&arguments.path, &keys, since.as_deref()));
    }
    anyhow::ensure!(
        since.is_none(),
        "`--since` is for the folder of an exported ledger, and `{}` is a file",
        arguments.path.display()
    );
    let text = text_of(&arguments.path)?;
    Ok(receipt(&text, &keys, arguments.about.as_deref()))
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("`{}` cannot be read", path.display()))
}

fn ledger(folder: &Path, keys: &[VerifierKey], since: Option<&str>) -> ExitCode {
    let mut read = |path: &str| fs::read(folder.join(path)).ok();
    let verified = match since {
        Some(since) => verify_export_since(&mut read, keys, since),
        None => verify_export(&mut read, keys),
    };
    match verified {
        Ok(verified) => {
            println!(
                "the ledger is whole: {} entries of {}",
                verified.size, verified.origin
            );
            println!("root {}", verified.root);
            if let Some(since) = verified.since {
                println!("it continues the older checkpoint of {since} entries");
            }
            ExitCode::SUCCESS
        }
        Err(error) => refused("the ledger", &error),
    }
}

fn receipt(text: &str, keys: &[VerifierKey], about: Option<&str>) -> ExitCode {
    let checked = Receipt::parse(text).and_then(|receipt| {
        let verified = receipt.verify(keys)?;
        Ok((receipt, verified))
    });
    let (receipt, verified) = match checked {
        Ok(checked) => checked,
        Err(error) => return refused("the receipt", &error),
    };
    println!(
        "the receipt is genuine: entry {} of {}",
        verified.index, verified.origin
    );
    println!("  what      {}", verified.entry.kind);
    println!("  when      {}", verified.entry.at);
    println!("  promises  {}", verified.entry.promises.join(", "));
    if let Some(charter) = &verified.entry.charter {
        println!("  charter   {charter}");
    }
    for (name, value) in &verified.entry.facts {
        println!("  {name:9} {value}");
    }
    let Some(about) = about else {
        println!(
            "  about     {}",
            if verified.opened {
                "a person it can be opened for: --about ADDRESS"
            } else {
                "nobody it can be opened for"
            }
        );
        return ExitCode::SUCCESS;
    };
    let opened = receipt.opening().map(|opening| opening.subject.clone());
    if opened.as_deref() == Some(about.trim().to_lowercase().as_bytes()) {
        println!("  about     the address you gave");
        return ExitCode::SUCCESS;
    }
    eprintln!("error: this receipt does not show that it is about that address");
    ExitCode::FAILURE
}

fn refused(what: &str, error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {what} does not hold: {error}");
    ExitCode::FAILURE
}
