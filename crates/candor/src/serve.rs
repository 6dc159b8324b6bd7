//! `candor serve`: compiles, opens, listens. A policy that does not compile
//! starts nothing and changes nothing that is in force.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use candor_policy::charter::Charter;
use candor_seal::login::LoginKeys;
use candor_server::network::Network;
use candor_server::protocols::Parties;
use candor_server::service::{Service, Settings};
use candor_server::sources::Surroundings;
use candor_server::world::World;
use candor_server::{Worker, backup, http, keys};
use jiff::SignedDuration;
use tokio::net::TcpListener;

use crate::check;
use crate::cli::{Installation, ServeArguments};

/// Serves until it is told to stop.
pub(crate) async fn serve(arguments: ServeArguments) -> anyhow::Result<ExitCode> {
    let charter = check::charter(&arguments.folder)?;
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("`{}` cannot be listened on", arguments.listen))?;
    let listening = listener.local_addr()?;
    let public_address = arguments
        .public_address
        .clone()
        .unwrap_or_else(|| format!("http://{listening}"));
    let parties = match &arguments.parties {
        Some(path) => Parties::read(path, &public_address)?,
        None => Parties::default(),
    };
    let mut world = World::real();
    world.pause_at.clone_from(&arguments.pause_at);
    let settings = Settings {
        state: state(&arguments.installation),
        public_address,
        mail_server: arguments.mail.clone(),
        mail_folder: arguments.installation.data.join("mail"),
        sweep: arguments.sweep,
        parties,
        login: login(&arguments)?,
        backups: arguments.backups.clone(),
        policy_folder: arguments.folder.clone(),
        variables: environment(),
    };
    let service = open(charter, settings, &arguments.installation.data, world).await?;
    announce(&service, listening).await?;
    let lease = SignedDuration::from_secs(i64::from(arguments.lease_seconds));
    tokio::spawn(Worker::new(service.clone(), lease).run());
    tokio::spawn(backup::keep(service.clone()));
    run(service, listener, arguments.trusted_proxies).await?;
    Ok(ExitCode::SUCCESS)
}

/// The keys of the company's own login, if it has one here.
fn login(arguments: &ServeArguments) -> anyhow::Result<Option<Arc<LoginKeys>>> {
    let (Some(file), Some(issuer)) = (&arguments.login_keys, &arguments.login_issuer) else {
        return Ok(None);
    };
    let named = || format!("`{}`", file.display());
    let text =
        std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", named()))?;
    let keys = LoginKeys::from_jwks(issuer, &text).with_context(named)?;
    Ok(Some(Arc::new(keys)))
}

/// Opens the service with the keys of a data folder.
pub(crate) async fn open(
    charter: Charter,
    settings: Settings,
    data: &Path,
    world: World,
) -> anyhow::Result<Service> {
    std::fs::create_dir_all(&settings.mail_folder)
        .with_context(|| format!("`{}` cannot be made", settings.mail_folder.display()))?;
    let origin = origin(&settings.public_address);
    let keys = keys::open(&data.join("keys"), &origin, world.entropy.as_ref())?;
    Ok(Service::open(charter, settings, keys, world).await?)
}

/// Serves pages until the process is told to stop.
pub(crate) async fn run(
    service: Service,
    listener: TcpListener,
    proxies: Vec<Network>,
) -> anyhow::Result<()> {
    Ok(http::serve(service, listener, proxies, stopped()).await?)
}

/// Where an installation's state is.
pub(crate) fn state(installation: &Installation) -> String {
    let default = || installation.data.join("state.sqlite").display().to_string();
    installation.state.clone().unwrap_or_else(default)
}

async fn announce(service: &Service, listening: SocketAddr) -> anyhow::Result<()> {
    println!("listening on http://{listening}");
    println!("policy page  {}/", service.public_address());
    println!("console      {}/console", service.public_address());
    if let Some(link) = service.setup_link().await? {
        println!("set up       {link}  (once; makes the first account)");
    }
    Ok(())
}

/// The ledger's name: the public address without its scheme.
fn origin(public_address: &str) -> String {
    let host = public_address
        .split_once("://")
        .map_or(public_address, |(_, host)| host);
    format!("{}/ledger", host.trim_end_matches('/'))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read for sources"
)]
pub(crate) fn environment() -> BTreeMap<String, String> {
    std::env::vars().collect()
}

/// What a command opens sources with: it has no pages that a service could reach.
pub(crate) const fn surroundings<'a>(
    folder: &'a Path,
    variables: &'a BTreeMap<String, String>,
) -> Surroundings<'a> {
    Surroundings {
        folder,
        variables,
        public_address: None,
    }
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate =
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(terminate) => terminate,
            Err(_) => return,
        };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
