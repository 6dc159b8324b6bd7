//! One message to an address that somebody is told at. Refuses to follow where its
//! answer leads, and reads nothing of it: what counts is whether it was taken.

use std::time::Duration;

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use thiserror::Error;

use crate::http::{self, AddressError, Client, SendError};

/// How long the other side may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CallbackError {
    /// Nothing is sent there.
    #[error("its address can't be used: {0}")]
    Address(AddressError),
    /// A header can't be written.
    #[error("the message can't be written")]
    Message,
    /// No answer.
    #[error("{0}")]
    Unanswered(SendError),
    /// An answer that takes nothing.
    #[error("it answered {status}")]
    Refused {
        /// The answer's status.
        status: u16,
    },
}

/// Posts a message in JSON.
///
/// # Errors
/// A [`CallbackError`] unless it was answered with a status of success.
pub async fn post(
    client: &Client,
    address: &str,
    headers: &[(&'static str, String)],
    body: Vec<u8>,
) -> Result<(), CallbackError> {
    let address = http::address(address).map_err(CallbackError::Address)?;
    let mut request = Request::post(address).header(CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(body)));
    let request = request.map_err(|_| CallbackError::Message)?;
    let answer = client.send(request, PATIENCE).await;
    let status = answer.map_err(CallbackError::Unanswered)?.status();
    if status.is_success() {
        Ok(())
    } else {
        let status = status.as_u16();
        Err(CallbackError::Refused { status })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// A server that gives one answer, and what it was asked.
    fn answering(answer: String) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/told", listener.local_addr().unwrap());
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 4096];
            let mut length = 0;
            while !asked[..length].ends_with(b"{}") {
                length += stream.read(&mut asked[length..]).unwrap();
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        (address, asked)
    }

    async fn told(answer: &str) -> (Result<(), CallbackError>, String) {
        let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n");
        let (address, asked) = answering(answer);
        let headers = [("x-signature", "abc".to_owned())];
        let taken = post(&Client::default(), &address, &headers, b"{}".to_vec()).await;
        (taken, asked.join().unwrap())
    }

    #[tokio::test]
    async fn only_success_takes_a_message() {
        let (taken, asked) = told("204 No Content").await;
        assert_eq!(taken, Ok(()));
        assert!(asked.starts_with("POST /told HTTP/1.1"), "{asked}");
        assert!(asked.contains("x-signature: abc"), "{asked}");
        for status in [400, 410, 500] {
            let (taken, _) = told(&format!("{status} No")).await;
            assert_eq!(taken, Err(CallbackError::Refused { status }));
        }
    }

    #[tokio::test]
    async fn nobody_leads_it_elsewhere() {
        let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
        elsewhere.set_nonblocking(true).unwrap();
        let address = elsewhere.local_addr().unwrap();
        for status in [301, 307, 308] {
            let (taken, _) = told(&format!("{status} There\r\nlocation: http://{address}/")).await;
            assert_eq!(taken, Err(CallbackError::Refused { status }));
        }
        assert!(elsewhere.accept().is_err(), "somebody came");
    }

    #[tokio::test]
    async fn nothing_is_sent_where_others_could_read_it() {
        let sent = post(&Client::default(), "http://agent.example/", &[], Vec::new()).await;
        assert_eq!(sent, Err(CallbackError::Address(AddressError::Unencrypted)));
    }
}
