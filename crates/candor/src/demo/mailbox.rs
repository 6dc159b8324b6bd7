//! The customer's mailbox: mail the server wrote to its folder, read back as a
//! mail program would.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use mailparse::{MailHeaderMap, ParsedMail};

/// How long a mail may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A folder of mail.
pub(crate) struct Mailbox {
    folder: PathBuf,
    seen: BTreeSet<PathBuf>,
}

/// A mail, taken apart.
pub(crate) struct Received {
    /// Its subject.
    pub(crate) subject: String,
    /// Its text.
    pub(crate) text: String,
    /// Its attached files, by name.
    pub(crate) files: Vec<(String, String)>,
}

impl Mailbox {
    pub(crate) const fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            seen: BTreeSet::new(),
        }
    }

    /// Waits for the next mail to an address.
    pub(crate) async fn next(&mut self, to: &str) -> anyhow::Result<Received> {
        let looks = PATIENCE.as_millis() / LOOK_EVERY.as_millis();
        for _ in 0..looks {
            for entry in fs::read_dir(&self.folder)? {
                let path = entry?.path();
                if path.extension().is_none_or(|ending| ending != "eml")
                    || self.seen.contains(&path)
                {
                    continue;
                }
                let raw = fs::read(&path)?;
                // A file that is still being written ends too early.
                let Ok(mail) = mailparse::parse_mail(&raw) else {
                    continue;
                };
                let addressed = mail.headers.get_first_value("To");
                if addressed.is_some_and(|header| header.contains(to)) {
                    self.seen.insert(path);
                    return take_apart(&mail);
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!(
            "no mail arrived in `{}` within a minute",
            self.folder.display()
        )
    }
}

impl Received {
    /// The first link in the text.
    pub(crate) fn link(&self) -> anyhow::Result<&str> {
        let words = self.text.split_whitespace();
        let mut links = words.filter(|word| word.starts_with("http"));
        links.next().context("the mail holds no link")
    }
}

fn take_apart(mail: &ParsedMail<'_>) -> anyhow::Result<Received> {
    let mut received = Received {
        subject: mail.headers.get_first_value("Subject").unwrap_or_default(),
        text: String::new(),
        files: Vec::new(),
    };
    for part in mail.parts() {
        if !part.subparts.is_empty() {
            continue;
        }
        let disposition = part.get_content_disposition();
        match disposition.params.get("filename") {
            Some(name) => {
                let text = String::from_utf8(part.get_body_raw()?)?;
                received.files.push((name.clone(), text));
            }
            None => received.text.push_str(&part.get_body()?),
        }
    }
    Ok(received)
}
