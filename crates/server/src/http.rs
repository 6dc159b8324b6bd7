//! The pages on a socket, until the process is told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;

use crate::network::{self, Network};
use crate::service::Service;
use crate::ui;

/// Serves the pages, behind these proxies if there are any; ends after `stopped` does and open answers are given.
///
/// # Errors
/// Where the socket fails.
pub async fn serve(
    service: Service,
    listener: TcpListener,
    proxies: Vec<Network>,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let proxies: Arc<[Network]> = Arc::from(proxies);
    let note = from_fn_with_state(proxies, network::note);
    let router = ui::router(service).layer(note);
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, router)
        .with_graceful_shutdown(stopped)
        .await
}
