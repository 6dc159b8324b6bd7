//! `candor source test`: a service of the company's own, tried on the protocol
//! it speaks.

use std::process::ExitCode;

use anyhow::bail;
use candor_connect::Limits;
use candor_connect::service::conformance::try_out;
use candor_domain::identity::Identity;
use candor_server::sources;

use crate::cli::SourceTestArguments;
use crate::{check, serve};

/// Tries one service. Exit code 1 where it does something else than it should.
pub(crate) async fn test(arguments: SourceTestArguments) -> anyhow::Result<ExitCode> {
    let charter = check::charter(&arguments.folder)?;
    let name = &arguments.name;
    let services = charter.sources.iter();
    let services: Vec<&str> = services
        .filter(|(_, source)| source.is_service())
        .map(|(name, _)| name.as_str())
        .collect();
    let Some(declared) = charter.sources.get(name).filter(|one| one.is_service()) else {
        bail!(
            "`{name}` is no source of `kind: http`; there are: {}",
            services.join(", ")
        );
    };
    let variables = serve::environment();
    let surroundings = serve::surroundings(&arguments.folder, &variables);
    let source = sources::open_one(name, declared, surroundings, Limits::default())?;
    let identities: Vec<Identity> = arguments
        .identity
        .iter()
        .map(|(kind, value)| Identity::new(kind, value))
        .collect();
    let trials = try_out(&source, &identities, arguments.erase).await;
    let mut failed = 0;
    for trial in &trials {
        match &trial.outcome {
            Ok(()) => println!("ok      {}", trial.what),
            Err(why) => {
                failed += 1;
                println!("FAILED  {}: {why}", trial.what);
            }
        }
    }
    if failed > 0 {
        println!("{failed} of {} failed", trials.len());
        return Ok(ExitCode::FAILURE);
    }
    match (identities.is_empty(), arguments.erase) {
        (true, _) => println!("not tried: a person; name one made for it with `--identity`"),
        (false, false) => println!("not tried: erasing; ask for it with `--erase`"),
        (false, true) => println!("everything was tried"),
    }
    Ok(ExitCode::SUCCESS)
}
