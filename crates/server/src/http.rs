//! The pages on a socket, until the process is told to stop.

use std::io;

use tokio::net::TcpListener;

use crate::service::Service;
use crate::ui;

/// Serves the pages; ends after `stopped` does and open answers are given.
///
/// # Errors
/// Where the socket fails.
pub async fn serve(
    service: Service,
    listener: TcpListener,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, ui::router(service))
        .with_graceful_shutdown(stopped)
        .await
}
