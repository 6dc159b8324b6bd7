//! What a customer and a member of staff do, step by step, through the same
//! doors as everybody.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::plan::Action;
use candor_domain::subject_request::{Outcome, Stage, State, SubjectRequest, System};
use candor_policy::charter::Right;
use candor_seal::entropy::SystemEntropy;
use candor_seal::note::VerifierKey;
use candor_seal::receipt::Receipt;
use candor_seal::token::Token;
use candor_server::Service;

use crate::demo::company::{Company, Counts};
use crate::demo::mailbox::{Mailbox, Received};
use crate::demo::shown::Shown;
use crate::demo::{report, words};

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// The demo's way through the product.
pub(crate) struct Walk {
    service: Service,
    mailbox: Mailbox,
    company: Company,
    staff: Option<StaffId>,
    /// Name and password of the demo's member of staff.
    pub(crate) sign_in: Option<(String, String)>,
    /// The page of the last subject request.
    pub(crate) page: Option<String>,
    receipt: Option<(PathBuf, String)>,
}

impl Walk {
    pub(crate) const fn new(service: Service, mailbox: Mailbox, company: Company) -> Self {
        Self {
            service,
            mailbox,
            company,
            staff: None,
            sign_in: None,
            page: None,
            receipt: None,
        }
    }

    /// Makes the first member of staff, through the setup link.
    pub(crate) async fn sign_in(&mut self, setup: Option<String>) -> anyhow::Result<()> {
        let setup = setup.context("somebody was set up already")?;
        let token = setup.rsplit('/').next().unwrap_or_default();
        let password = Token::generate(&SystemEntropy::new())?;
        let password: String = password.expose().chars().take(16).collect();
        let session = self.service.setup(token, "demo", &password).await?;
        let staff = self.service.staff(session.expose()).await?;
        self.staff = Some(staff.context("the session is not open")?.id);
        self.sign_in = Some(("demo".to_owned(), password));
        Ok(())
    }

    /// Asks for a copy, and receives it.
    pub(crate) async fn access(&mut self, email: &str, shown: &mut Shown) -> anyhow::Result<()> {
        let before = self.company.counts().await?;
        let (request, _) = self.carry_out(Right::Access, email).await?;
        let link = self.link()?;
        let page = self.service.person_page(&link).await?;
        let package = self.company.folder().join("package.zip");
        let bytes = self.service.package_bytes(&link).await?;
        fs::write(&package, &bytes)?;
        report::package(&request, &package, bytes.len());
        let fulfilled = fulfilled(&request) && page.package;
        shown.note("the access request is answered with a package", fulfilled);
        let untouched = before == self.company.counts().await?;
        shown.note("answering it changed nothing", untouched);
        Ok(())
    }

    /// Asks to be erased, and is.
    pub(crate) async fn erase(&mut self, email: &str, shown: &mut Shown) -> anyhow::Result<()> {
        let before = self.company.counts().await?;
        let (request, answer) = self.carry_out(Right::Erasure, email).await?;
        let after = self.company.counts().await?;
        report::counts(&before, &after, &request);
        let mut sources = request.sources.values();
        let verified = sources.all(|source| source.stage == Stage::Verified);
        shown.note("the erasure request is answered", fulfilled(&request));
        shown.note(
            "every source was searched afterwards, and held nothing",
            verified,
        );
        shown.note(
            "the rows that went are the rows the plan named, and no others",
            adds_up(&before, &after, &request),
        );
        let kept = effects(&request)
            .any(|(_, effect)| effect.action != Action::Delete && effect.because.is_some());
        shown.note(
            "what the law keeps was pseudonymised, with the reason",
            kept,
        );
        let file = answer
            .files
            .into_iter()
            .find(|(name, _)| name.ends_with(".tlog-proof"));
        let (name, text) = file.context("the answer came without its receipt")?;
        let path = self.company.folder().join(name);
        fs::write(&path, &text)?;
        self.receipt = Some((path, text));
        Ok(())
    }

    /// Checks the receipt as a stranger would, and shows that a changed one is
    /// found.
    pub(crate) fn receipt(&self, shown: &mut Shown) -> anyhow::Result<()> {
        let (path, text) = self.receipt.as_ref().context("there is no receipt")?;
        let key = self.service.verifier_key();
        let verified = verifies(text, &key);
        shown.note("the receipt verifies offline", verified);
        let forged = text.replacen("index ", "index 1", 1);
        shown.note("a changed receipt does not", !verifies(&forged, &key));
        let key_file = self.company.folder().join("ledger-key.txt");
        fs::write(key_file, format!("{key}\n"))?;
        report::receipt(path, &key.to_string(), stackyard::ALONE.email);
        Ok(())
    }

    /// Waits until every promise was looked at once.
    pub(crate) async fn observed(&self) -> anyhow::Result<()> {
        for _ in 0..looks() {
            if self.service.is_observed().await? {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!("the world was not observed within {} s", PATIENCE.as_secs())
    }

    async fn carry_out(
        &mut self,
        right: Right,
        email: &str,
    ) -> anyhow::Result<(SubjectRequest, Received)> {
        report::line(&format!(
            "files a request for {} with the address {email}",
            words(right)
        ));
        self.service.file(right, email).await?;
        let asked = self.mailbox.next(email).await?;
        report::line(&format!(
            "receives «{}» and follows its link",
            asked.subject
        ));
        let link = asked
            .link()?
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let page = self.service.confirm(&link).await?;
        self.page = Some(format!("{}/requests/{page}", self.service.public_address()));
        let id = self.service.person_page(&page).await?.request.id;
        let request = self.until_over(&id).await?;
        let answer = self.mailbox.next(email).await?;
        report::line(&format!("receives «{}»", answer.subject));
        report::history(&request);
        Ok((request, answer))
    }

    /// Waits for the end, approving the plan where staff are to look at it, and
    /// doing what is left to people.
    async fn until_over(&self, id: &SubjectRequestId) -> anyhow::Result<SubjectRequest> {
        let mut last = String::new();
        for _ in 0..looks() {
            let request = self.service.request(id).await?;
            let (request, _) = request.context("the subject request is gone")?;
            if request.is_over() {
                return Ok(request);
            }
            if let (State::Undecided, Some(staff)) = (&request.state, &self.staff) {
                report::plan(&request);
                self.service.approve(id, staff).await?;
            }
            if let (State::Carrying, Some(staff)) = (&request.state, &self.staff) {
                for system in open_tasks(&request) {
                    report::line(&format!("staff tell {system} to erase it as well"));
                    self.service.task_done(id, staff, system, None).await?;
                }
            }
            last = format!("{:?} {:?}", request.state, request.waiting);
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!(
            "the subject request was not answered within {} s: {last}",
            PATIENCE.as_secs()
        )
    }

    fn link(&self) -> anyhow::Result<String> {
        let page = self.page.as_ref().context("no page was opened")?;
        Ok(page.rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// Where the demo keeps its things.
    pub(crate) fn company(&self) -> &Company {
        &self.company
    }
}

fn looks() -> u128 {
    PATIENCE.as_millis() / LOOK_EVERY.as_millis()
}

fn verifies(text: &str, key: &VerifierKey) -> bool {
    Receipt::parse(text).is_ok_and(|receipt| receipt.verify(std::slice::from_ref(key)).is_ok())
}

fn fulfilled(request: &SubjectRequest) -> bool {
    matches!(
        request.state,
        State::Completed {
            outcome: Outcome::Fulfilled,
            ..
        }
    )
}

fn effects(
    request: &SubjectRequest,
) -> impl Iterator<Item = (&String, &candor_domain::plan::TableEffect)> {
    let sources = request.sources.iter();
    sources
        .flat_map(|(source, progress)| progress.effects.iter().map(move |effect| (source, effect)))
}

/// Every table shrank by exactly what the subject request reports.
fn adds_up(before: &Counts, after: &Counts, request: &SubjectRequest) -> bool {
    before.iter().all(|(table, rows)| {
        let deleted: u64 = effects(request)
            .filter(|(source, effect)| {
                effect.action == Action::Delete && format!("{source}.{}", effect.table) == *table
            })
            .map(|(_, effect)| effect.rows)
            .sum();
        let left = after.get(table).copied().unwrap_or_default();
        i64::try_from(deleted).is_ok_and(|deleted| rows - left == deleted)
    })
}

/// What staff still have to do.
fn open_tasks(request: &SubjectRequest) -> Vec<System> {
    let tasks = request.tasks.iter();
    let open = tasks.filter(|(_, task)| task.done.is_none());
    open.map(|(system, _)| system.clone()).collect()
}
