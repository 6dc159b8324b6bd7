//! `candor demo`: the whole idea on the example company's real databases. It
//! does what a person and the company's staff would do, through the same
//! doors, and believes nothing it has not looked at itself.

mod company;
mod mailbox;
mod report;
mod shown;
mod walk;

use std::process::ExitCode;

use anyhow::Context;
use candor_policy::charter::Right;
use candor_server::worker::{LEASE, Worker};
use candor_server::world::World;
use tokio::net::TcpListener;

use crate::check;
use crate::cli::DemoArguments;
use crate::demo::company::Company;
use crate::demo::mailbox::Mailbox;
use crate::demo::shown::Shown;
use crate::demo::walk::Walk;
use crate::serve;

/// Runs the demo; with `--once` the exit code says whether all was shown.
pub(crate) async fn demo(arguments: DemoArguments) -> anyhow::Result<ExitCode> {
    let mut shown = Shown::default();
    let listener = listen(&arguments).await?;
    let address = format!("http://{}", listener.local_addr()?);
    report::title("1. A company with real data");
    let company = Company::create(&arguments, &address).await?;

    report::title("2. Its privacy policy, compiled");
    let charter = check::charter(&company.policy_folder())?;
    report::policy(&charter, &company.policy_folder());
    let promises = charter.promises.len();
    shown.note("the policy compiles", promises > 0);

    report::title("3. Serving it");
    let settings = company.settings(&address);
    let mail_folder = settings.mail_folder.clone();
    let service = serve::open(charter, settings, &company.data_folder(), World::real()).await?;
    let setup = service.setup_link().await?;
    tokio::spawn(Worker::new(service.clone(), LEASE).run());
    let serving = tokio::spawn(serve::run(service.clone(), listener, Vec::new()));
    report::line(&format!("listening on {address}"));

    let mailbox = Mailbox::new(mail_folder);
    let mut walk = Walk::new(service.clone(), mailbox, company);
    walk.sign_in(setup).await?;
    // What is due goes before anybody counts rows.
    walk.observed().await?;
    report::retention(&service.retention().await?, &mut shown);
    report::title("4. A customer asks what is held, and receives it");
    walk.access(stackyard::ALONE.email, &mut shown).await?;
    report::title("5. The same customer asks to be erased");
    walk.erase(stackyard::ALONE.email, &mut shown).await?;
    report::title("6. Every promise, judged");
    walk.observed().await?;
    report::board(&service.board().await?, &mut shown);
    report::title("7. The receipt");
    walk.receipt(&mut shown)?;
    report::title("8. Look around");
    report::addresses(&walk, &address);
    let complete = shown.print();

    if arguments.once {
        return Ok(if complete {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    println!("\nServing until you press Ctrl-C.");
    serving.await.context("the server stopped")??;
    Ok(ExitCode::SUCCESS)
}

/// Listens where asked, or on any free port if that one is in use.
async fn listen(arguments: &DemoArguments) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(arguments.listen).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let mut other = arguments.listen;
            other.set_port(0);
            Ok(TcpListener::bind(other).await?)
        }
        Err(error) => Err(error).context(format!("`{}` cannot be listened on", arguments.listen)),
    }
}

/// Rights the demo exercises.
pub(crate) const fn words(right: Right) -> &'static str {
    match right {
        Right::Access => "access",
        Right::Erasure => "erasure",
        _ => "other",
    }
}
