//! Mail out: by SMTP, or into a folder as `.eml` files, which is the default
//! because it can't go wrong. Refuses addresses that are not addresses; never
//! names one in an error.

use std::path::PathBuf;

use candor_domain::personal::Personal;
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::{
    Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
};
use thiserror::Error;

/// Type of every attached file.
const OCTETS: &str = "application/octet-stream";
/// What a server answers that takes no mail now, whoever it is for.
const SERVICE_CLOSES: u16 = 421;
/// Whose address it is that is none.
const RECIPIENT: &str = "recipient";

/// Where mail goes.
pub enum Mailer {
    /// Into this folder.
    Folder(PathBuf),
    /// To a mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

/// One mail to one person.
#[derive(Debug)]
pub struct Mail {
    /// To whom.
    pub to: Personal<String>,
    /// From whom, as `name@host`.
    pub from: String,
    /// The sender's name.
    pub from_name: String,
    /// Subject line; no personal data, since it travels in the clear.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Left part of the Message-ID: the same for every attempt, so that a
    /// mail handed over twice is recognised as one.
    pub message_id: String,
    /// Files.
    pub attachments: Vec<Attachment>,
}

/// A file that goes with a mail.
#[derive(Debug)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// Content, kept to the byte: line ends of a proof matter.
    pub bytes: Vec<u8>,
}

/// A mail that was not handed over.
#[derive(Debug, Error)]
pub enum MailError {
    /// The settings do not describe a mail server.
    #[error("`{0}` is not the address of a mail server (smtp://user:password@host:port)")]
    Server(String),
    /// An address can't be written to.
    #[error("the {0} is not an address mail can be sent to")]
    Address(&'static str),
    /// The message could not be put together.
    #[error("the mail could not be put together")]
    Compose(#[source] lettre::error::Error),
    /// The mail server refused it or could not be reached.
    #[error("the mail server did not take the mail")]
    Smtp(#[source] lettre::transport::smtp::Error),
    /// The folder could not be written.
    #[error("the mail folder could not be written")]
    Folder(#[source] lettre::transport::file::Error),
}

impl MailError {
    /// Whether the server takes mail and not this one now: a mailbox that is
    /// full, an address that it wants to be asked about again. Answer 421 is
    /// about the server itself (RFC 5321, Section 4.2.3).
    #[must_use]
    pub fn is_of_this_mail(&self) -> bool {
        let Self::Smtp(error) = self else {
            return false;
        };
        let code = error.status().map(u16::from);
        error.is_transient() && code.is_some_and(|code| code != SERVICE_CLOSES)
    }

    /// Whether another attempt would end the same way: the address is none, or
    /// the server refuses it for good (RFC 5321, Section 4.2.1).
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Address(which) => *which == RECIPIENT,
            Self::Smtp(error) => error.is_permanent(),
            Self::Server(_) | Self::Compose(_) | Self::Folder(_) => false,
        }
    }
}

/// `true` where mail could be sent to this address.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.len() <= 254
        && text
            .parse::<Address>()
            .is_ok_and(|address| address.domain().contains('.'))
}

impl Mailer {
    /// A mailer for an address of a mail server: `smtp://host:port` (no
    /// encryption: for a server on this machine), `smtp://…?tls=required`, or
    /// `smtps://user:password@host:port`.
    ///
    /// # Errors
    /// [`MailError::Server`] where that is not such an address.
    pub fn smtp(url: &str) -> Result<Self, MailError> {
        let named = url.rsplit_once('@').map_or(url, |(_, host)| host);
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| MailError::Server(named.to_owned()))?;
        Ok(Self::Smtp(builder.build()))
    }

    /// Hands a mail over. Returns once the server, or the disk, has taken it.
    ///
    /// # Errors
    /// A [`MailError`]; the mail can be tried again.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = compose(mail)?;
        match self {
            Self::Smtp(transport) => transport
                .send(message)
                .await
                .map(|_| ())
                .map_err(MailError::Smtp),
            Self::Folder(folder) => AsyncFileTransport::<Tokio1Executor>::new(folder)
                .send(message)
                .await
                .map(|_| ())
                .map_err(MailError::Folder),
        }
    }
}

fn compose(mail: &Mail) -> Result<Message, MailError> {
    let to = mail.to.expose("the envelope needs it");
    let to: Address = to.parse().map_err(|_| MailError::Address(RECIPIENT))?;
    let from: Address = mail
        .from
        .parse()
        .map_err(|_| MailError::Address("sender"))?;
    let id = format!("<{}@{}>", mail.message_id, from.domain());
    let builder = Message::builder()
        .from(Mailbox::new(Some(mail.from_name.clone()), from))
        .to(Mailbox::new(None, to))
        .subject(mail.subject.clone())
        .message_id(Some(id));
    let body = SinglePart::plain(mail.body.clone());
    if mail.attachments.is_empty() {
        return builder.singlepart(body).map_err(MailError::Compose);
    }
    let mut parts = MultiPart::mixed().singlepart(body);
    for attachment in &mail.attachments {
        let part = Part::new(attachment.name.clone());
        parts = parts.singlepart(part.body(
            attachment.bytes.clone(),
            OCTETS.parse().map_err(|_| MailError::Address("type"))?,
        ));
    }
    builder.multipart(parts).map_err(MailError::Compose)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_text() {
        assert!(is_address("mireille@post.example"));
        for text in [
            "",
            "mireille",
            "mireille@",
            "@post.example",
            "a b@c.example",
            "a@localhost",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }

    #[test]
    fn an_error_never_names_the_password_of_a_server() {
        let Err(error) = Mailer::smtp("nonsense://user:secret@host") else {
            panic!("accepted")
        };
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
