//! Arguments of the commands that speak to a running service. Nothing here names a
//! person: what does comes from standard input.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Format;

#[derive(Debug, Args)]
pub(crate) struct RequestArguments {
    #[command(subcommand)]
    pub(crate) what: RequestCommand,
    #[command(flatten)]
    pub(crate) remote: Remote,
}

/// The service that is asked.
#[derive(Debug, Args)]
pub(crate) struct Remote {
    /// Address of the service: https, or http on this machine.
    #[arg(
        long,
        env = "CANDOR_SERVER",
        default_value = "http://127.0.0.1:7311",
        global = true
    )]
    pub(crate) server: String,
    /// File that holds the API key [default: the variable CANDOR_API_KEY].
    #[arg(long, env = "CANDOR_API_KEY_FILE", global = true)]
    pub(crate) key_file: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RequestCommand {
    /// File one. Standard input holds what leads to the person, a line each:
    /// `email: ada@post.example`. A line `vouched: why it is them` files it without
    /// a mail.
    File {
        /// The right: `access`, `erasure`, …
        right: String,
        /// Kind of person, as declared [default: the one that fits].
        #[arg(long)]
        about: Option<String>,
        /// The business customer whose end user it is.
        #[arg(long)]
        tenant: Option<String>,
        /// How the person told you: `letter`, `message`, `telephone` or `in_person`.
        #[arg(long)]
        channel: Option<String>,
        /// The day on which it reached you, where that was before today: its time
        /// runs from then.
        #[arg(long)]
        received: Option<jiff::civil::Date>,
        /// A name under which this happens once, however often it is sent.
        #[arg(long)]
        once: Option<String>,
    },
    /// File one for each row of a CSV file, 10,000 at most. Its header names the
    /// columns: identities as declared (`email`), and where you like `right`,
    /// `about`, `reference`, `received`. Standard input says how these people were
    /// recognised. Exit code 1 where nothing was filed for what is in the file.
    Bulk(BulkArguments),
    /// Decide all of a file that wait: says what their plans do over all of them, then
    /// approves, or refuses with a reason. Each of them has its own record.
    Decide(DecideArguments),
    /// List them, the nearest deadline first.
    List {
        /// Only in this state, such as `undecided`.
        #[arg(long)]
        state: Option<String>,
        /// Only under this right.
        #[arg(long)]
        right: Option<String>,
        /// Only of this business customer's end users.
        #[arg(long)]
        tenant: Option<String>,
    },
    /// List what is to be done by hand over all of them, the nearest deadline first.
    Tasks {
        /// Only in databases (`source`) or at vendors (`vendor`).
        #[arg(long)]
        kind: Option<String>,
        /// Only what is due before this moment, such as 2026-12-01T00:00:00Z.
        #[arg(long)]
        due_before: Option<String>,
        /// Only under this right.
        #[arg(long)]
        right: Option<String>,
        /// Only of this business customer's end users.
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Show one.
    Show {
        /// Its number.
        id: String,
    },
    /// A step of one.
    #[command(flatten)]
    Step(Step),
    /// Fetch the package of one.
    Package {
        /// Its number.
        id: String,
        /// File to write to. Nothing is written over.
        #[arg(long)]
        out: PathBuf,
    },
}

/// What is decided and done about one subject request.
#[derive(Debug, Subcommand)]
pub(crate) enum Step {
    /// Vouch for the person of one; standard input says why it is them.
    Vouch {
        /// Its number.
        id: String,
    },
    /// Approve the plan of one.
    Approve {
        /// Its number.
        id: String,
    },
    /// Refuse one.
    Refuse {
        /// Its number.
        id: String,
        /// Why: `no_match`, `insufficient_verification`, `suspected_fraud`,
        /// `claim_not_covered`, `outside_jurisdiction`, `too_many_requests`,
        /// `excessive` or `legal_exception`.
        #[arg(long)]
        reason: String,
    },
    /// Take one back in the person's name, before it is carried out.
    Cancel {
        /// Its number.
        id: String,
    },
    /// Have an erasure undone, within the window that the policy declares.
    Undo {
        /// Its number.
        id: String,
    },
    /// Say what the person wants beside the right, as they told you. Standard input
    /// holds it, line by line, and may be empty: `text: in their own words`; for a
    /// rectification `contact.phone: what is right` and, where only one of several
    /// values is wrong, `was contact.phone: what stands there`.
    Wish {
        /// Its number.
        id: String,
        /// A use of the data they object to, or whose consent they withdraw.
        #[arg(long = "purpose", value_name = "NAME")]
        purposes: Vec<String>,
        /// Why a use is to be restricted: `contested`, `unlawful`, `claims` or
        /// `objected`.
        #[arg(long)]
        ground: Option<String>,
    },
    /// Tell the person now that it arrived.
    Acknowledge {
        /// Its number.
        id: String,
    },
    /// Take more time. The person is told; then the deadline moves.
    Extend {
        /// Its number.
        id: String,
        /// Why: `complexity` or `number`.
        #[arg(long)]
        reason: String,
    },
    /// Ask the person something on their own page; standard input says what.
    Ask {
        /// Its number.
        id: String,
        /// What it is about: `identity` or `meaning`.
        #[arg(long)]
        question: String,
    },
    /// The person answered in another way.
    Replied {
        /// Its number.
        id: String,
    },
    /// Answer a complaint; standard input holds the text, which goes out by mail.
    Answer {
        /// Its number.
        id: String,
    },
    /// A task is done.
    Task {
        /// Its number.
        id: String,
        /// Where: `source/NAME` or `vendor/NAME`, as `show` lists them.
        system: String,
        /// Read a note about it from standard input.
        #[arg(long)]
        note: bool,
    },
    /// A task that was said to be done is not; standard input says why. Not once
    /// the subject request is answered.
    Reopen {
        /// Its number.
        id: String,
        /// Where: `source/NAME` or `vendor/NAME`, as `show` lists them.
        system: String,
    },
    /// End a restriction, once the person was told.
    Lift {
        /// Its number.
        id: String,
    },
    /// Try a stuck source once more.
    Retry {
        /// Its number.
        id: String,
        /// Its declared name.
        source: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BulkArguments {
    /// The file.
    pub(crate) file: PathBuf,
    /// The right of rows that name none.
    #[arg(long)]
    pub(crate) right: Option<String>,
    /// The kind of people of rows that name none [default: the one that fits].
    #[arg(long)]
    pub(crate) about: Option<String>,
    /// The business customer whose end users they are.
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// Only say what would be filed.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// File the rows that can be, though others can't.
    #[arg(long = "leave-out-bad")]
    pub(crate) leave_out: bool,
    /// File a file that was filed before.
    #[arg(long)]
    pub(crate) again: bool,
    /// Write what each row became to a new CSV file.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// A name under which this happens once, however often it is sent.
    #[arg(long)]
    pub(crate) once: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DecideArguments {
    /// Number of the file, as `bulk` says it.
    pub(crate) file: String,
    /// Refuse them, for this reason (see `refuse`), instead of approving them.
    #[arg(long, value_name = "REASON")]
    pub(crate) refuse: Option<String>,
    /// Only say what waits, and what its plans do.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How many there are to be, as a dry run said; else nothing is decided.
    #[arg(long, required_unless_present = "dry_run")]
    pub(crate) waiting: Option<u64>,
    /// A name under which this happens once, however often it is sent.
    #[arg(long)]
    pub(crate) once: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct HoldArguments {
    #[command(subcommand)]
    pub(crate) what: HoldCommand,
    #[command(flatten)]
    pub(crate) remote: Remote,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HoldCommand {
    /// Set one on a person: nothing that it covers is deleted or changed until it is
    /// lifted. Standard input holds two lines, `email: ada@post.example` and
    /// `reason: why`.
    Add {
        /// A hold that the policy declares.
        hold: String,
        /// A name under which this happens once, however often it is sent.
        #[arg(long)]
        once: Option<String>,
    },
    /// List those that stand, with whom they are on.
    List,
    /// Lift one; what it kept back goes on by itself.
    Lift {
        /// Its id, as `list` shows it.
        id: String,
        /// A name under which this happens once, however often it is sent.
        #[arg(long)]
        once: Option<String>,
    },
}
