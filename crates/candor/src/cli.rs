//! Arguments. What an operator sets once can also stand in the environment,
//! under the name each option shows.

mod remote;

use std::net::SocketAddr;
use std::path::PathBuf;

use candor_server::network::Network;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use remote::{
    BulkArguments, DecideArguments, HoldArguments, HoldCommand, Remote, RequestArguments,
    RequestCommand, Step,
};

/// The privacy policy, executed.
#[derive(Debug, Parser)]
#[command(name = "candor", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Say more: once for what happens, twice for everything.
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the whole idea on an example company: a policy, an access and an
    /// erasure request carried out, verdicts, a receipt.
    Demo(DemoArguments),
    /// Compile a policy and say what is wrong with it.
    Check(CheckArguments),
    /// Compare two versions of a policy, promise by promise. Exit code 1 where
    /// one is weaker, or changed in a way that somebody has to judge.
    Diff(DiffArguments),
    /// Read a database and draft its map: what its columns are, and whose its
    /// rows are. Shows what changed where there is a map already.
    Map(MapArguments),
    /// Read any privacy policy, with nothing but its text: what it promises,
    /// and what is wrong with it.
    Lint(LintArguments),
    /// Write a policy in another form: its text, overviews, the record of
    /// processing activities, the Data Privacy Vocabulary.
    Render(RenderArguments),
    /// Draft a policy's folder from any privacy policy: the text with links,
    /// and a declaration whose every entry tells the words it came from. `import
    /// fides` makes maps and a declaration of Fides' files.
    Import(ImportArguments),
    /// Carry retention rules out once: delete what may not be kept any longer.
    /// Exit code 1 where a rule is refused or rows that are due were left.
    Retention(RetentionArguments),
    /// Try sources out.
    #[command(subcommand)]
    Source(SourceCommand),
    /// Say what a diagnostic means and how to mend it.
    Explain {
        /// Its code, such as `CND0103`.
        code: String,
    },
    /// Put a version of the policy in force, after comparing it with the one
    /// before it. What gets weaker has to be acknowledged.
    Publish(PublishArguments),
    /// Serve the policy's pages, the console, and carry promises out.
    Serve(ServeArguments),
    /// File, look at and decide subject requests, through the API of a running
    /// service. What names a person is read from standard input.
    Request(RequestArguments),
    /// Set, list and lift holds on people, through the API of a running service.
    Hold(HoldArguments),
    /// Make, list and revoke the keys with which programs call the API.
    Key(KeyArguments),
    /// Check a receipt, or an exported ledger, without asking anybody.
    Verify(VerifyArguments),
    /// Write the ledger as static files that `verify` and other tools read.
    ExportLedger(ExportArguments),
    /// Back Candor's own state up: encrypted, and read back before it counts.
    /// The keys are not in it; keep `DATA/keys` elsewhere.
    Backup(BackupArguments),
    /// Restore a backup of Candor's own state, whole or not at all, where there
    /// is no state.
    Restore(RestoreArguments),
}

#[derive(Debug, Args)]
pub(crate) struct BackupArguments {
    #[command(flatten)]
    pub(crate) installation: Installation,
    /// Folder for backups [default: DATA/backups].
    #[arg(long, env = "CANDOR_BACKUPS")]
    pub(crate) to: Option<PathBuf>,
    /// Afterwards remove backups that are older than so many days; the newest
    /// stays.
    #[arg(long, value_name = "DAYS")]
    pub(crate) keep_days: Option<u32>,
    /// Only write down what happened since the newest backup, beside it: a restore
    /// takes both.
    #[arg(long, conflicts_with_all = ["check", "keep_days"])]
    pub(crate) since: bool,
    /// Only read a backup of the folder through, and say whether it could be
    /// restored [default: the newest].
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    pub(crate) check: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArguments {
    #[command(flatten)]
    pub(crate) installation: Installation,
    /// Folder with backups [default: DATA/backups].
    #[arg(long, env = "CANDOR_BACKUPS")]
    pub(crate) from: Option<PathBuf>,
    /// Name of a backup [default: the newest].
    pub(crate) name: Option<String>,
    /// A backup is meant that is older than the newest.
    #[arg(long)]
    pub(crate) older: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Folder with `candor.yaml`.
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// How to print diagnostics.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Make the changes that diagnostics propose, then check again. Only files
    /// of the policy's folder are written.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Also read the catalogues of the declared sources and compare them with
    /// their maps.
    #[arg(long)]
    pub(crate) sources: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RetentionArguments {
    /// Folder with `candor.yaml`.
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Only say what would go, and what is due when.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Only foretell what comes due in the year ahead, by days, weeks and months.
    #[arg(long)]
    pub(crate) forecast: bool,
    /// Carry rules out although there is no state, because this policy was never
    /// served: then nobody is on hold, and no use is restricted.
    #[arg(long)]
    pub(crate) no_state: bool,
    /// Only these rules [default: all].
    #[arg(long, value_name = "NAME")]
    pub(crate) rule: Vec<String>,
    #[command(flatten)]
    pub(crate) installation: Installation,
    /// How to print what was done.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct MapArguments {
    /// A declared source, or an address: `mysql://…`, `postgres://…`,
    /// `sqlite:app.db`.
    pub(crate) source: String,
    /// Folder with `candor.yaml`.
    #[arg(long, default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Write the map's file. What people wrote there stays.
    #[arg(long)]
    pub(crate) write: bool,
    /// Say how a person's rows in this table are found, and which would be
    /// missed.
    #[arg(long, value_name = "TABLE", conflicts_with = "write")]
    pub(crate) explain: Option<String>,
    /// Write a picture of whose rows are whose; with `--explain`, of what lies
    /// around that table.
    #[arg(long, value_name = "FILE", conflicts_with = "write")]
    pub(crate) svg: Option<PathBuf>,
    /// For an address: the kind of people the map is about.
    #[arg(long, default_value = "person")]
    pub(crate) people: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourceCommand {
    /// Try a service of yours (`kind: http`) on the protocol it speaks. Exit
    /// code 1 where it does something else.
    Test(SourceTestArguments),
}

#[derive(Debug, Args)]
pub(crate) struct SourceTestArguments {
    /// A declared source.
    pub(crate) name: String,
    /// Folder with `candor.yaml`.
    #[arg(long, default_value = ".")]
    pub(crate) folder: PathBuf,
    /// What somebody made for this test is known by, such as
    /// `email=test@example.com`.
    #[arg(long, value_name = "KIND=VALUE", value_parser = identity)]
    pub(crate) identity: Vec<(String, String)>,
    /// Also erase them.
    #[arg(long, requires = "identity")]
    pub(crate) erase: bool,
}

fn identity(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((kind, value)) if !kind.is_empty() && !value.is_empty() => {
            Ok((kind.to_owned(), value.to_owned()))
        }
        _ => Err("write it as `email=test@example.com`".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The earlier version: a folder with `candor.yaml`, or a version of the
    /// installation by the beginning of its id, or `latest`.
    pub(crate) old: String,
    /// The later version, in the same way.
    pub(crate) new: String,
    /// How to print the difference.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) installation: Installation,
}

#[derive(Debug, Args)]
pub(crate) struct PublishArguments {
    /// Folder with `candor.yaml`.
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) installation: Installation,
    /// Day on which it comes into force, in the organisation's time zone
    /// [default: now].
    #[arg(long)]
    pub(crate) effective: Option<jiff::civil::Date>,
    /// Promises that get weaker, or may, and that somebody looked at; by id.
    #[arg(long, value_delimiter = ',', requires = "by")]
    pub(crate) acknowledge: Vec<String>,
    /// Who stands for it: a function (`head of legal`), not a name.
    #[arg(long)]
    pub(crate) by: Option<String>,
    /// Only say what would change and what would be asked for.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LintArguments {
    /// The policy: Markdown, HTML or plain text.
    pub(crate) file: PathBuf,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// How to read the file [default: by its name].
    #[arg(long, value_enum)]
    pub(crate) read_as: Option<TextFormat>,
    /// Also print every commitment.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ImportArguments {
    #[command(subcommand)]
    pub(crate) from: Option<ImportFrom>,
    #[command(flatten)]
    pub(crate) text: ImportText,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportFrom {
    /// Make maps and a part of a declaration of Fides' datasets and systems.
    Fides {
        /// A YAML file, or a folder of them.
        path: PathBuf,
        /// Folder to write to. Nothing is written over.
        #[arg(long, default_value = ".")]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ImportText {
    /// The policy: Markdown, HTML or plain text.
    #[arg(required = true)]
    pub(crate) file: Option<PathBuf>,
    /// Folder to write `policy.md` and `candor.yaml` to. Nothing is written
    /// over.
    #[arg(long, default_value = ".")]
    pub(crate) out: PathBuf,
    /// How to read the file [default: by its name].
    #[arg(long, value_enum)]
    pub(crate) read_as: Option<TextFormat>,
    /// The organisation's legal name, where the text doesn't say it.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Its country (`FR`), where the text doesn't say it.
    #[arg(long)]
    pub(crate) country: Option<String>,
    /// Its mailbox for personal data, where the text doesn't say it.
    #[arg(long)]
    pub(crate) email: Option<String>,
    #[command(flatten)]
    pub(crate) model: ModelArguments,
}

/// A model that may propose; without an address, none is asked.
#[derive(Debug, Args)]
pub(crate) struct ModelArguments {
    /// Address of a model that speaks OpenAI's chat completions. Sentences that
    /// the rules made no entry of are sent there; a proposal counts only where
    /// the rules read the same in the words it names.
    #[arg(long, value_name = "URL")]
    pub(crate) model: Option<String>,
    /// The model's name at that address.
    #[arg(long, requires = "model", default_value = "default")]
    pub(crate) model_name: String,
    /// Environment variable that holds its key.
    #[arg(long, requires = "model", value_name = "NAME")]
    pub(crate) model_key_env: Option<String>,
    /// How long to wait for each answer.
    #[arg(long, requires = "model", default_value_t = 60)]
    pub(crate) model_timeout_seconds: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people.
    Text,
    /// For tools.
    Json,
    /// For code hosts, which show findings beside the lines.
    Sarif,
    /// A page with the findings in its margin.
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    /// CommonMark with tables.
    Markdown,
    /// HTML of any age.
    Html,
    /// Paragraphs between empty lines.
    Plain,
}

#[derive(Debug, Args)]
pub(crate) struct RenderArguments {
    /// Folder with `candor.yaml`.
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// What to write.
    #[arg(long, value_enum)]
    pub(crate) format: Form,
    /// File to write to [default: standard output; a sheet needs a file].
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Language of the text [default: the first].
    #[arg(long)]
    pub(crate) language: Option<String>,
}

/// Forms of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// The text as HTML, to be put into a page.
    Page,
    /// The text as Markdown without promise links, with its version.
    Markdown,
    /// One screen: what is held, what for, who receives it, how long.
    Grid,
    /// Who receives data.
    Vendors,
    /// What is stored in the browser.
    Cookies,
    /// GDPR Article 30(1) as CSV: the company as controller.
    ProcessingCsv,
    /// GDPR Article 30(2) as CSV: the company as processor.
    ProcessorCsv,
    /// Both records as a workbook with two sheets.
    ProcessingXlsx,
    /// JSON-LD in the terms of the W3C Data Privacy Vocabulary.
    Dpv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For tools.
    Json,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArguments {
    /// Folder with `candor.yaml`.
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) installation: Installation,
    /// Address to listen on.
    #[arg(long, env = "CANDOR_LISTEN", default_value = "127.0.0.1:7311")]
    pub(crate) listen: SocketAddr,
    /// Address under which people reach the pages [default: http://LISTEN].
    #[arg(long, env = "CANDOR_PUBLIC_ADDRESS")]
    pub(crate) public_address: Option<String>,
    /// Proxies in front of the service, as addresses or networks (`10.0.0.0/8`): only
    /// what they write into `X-Forwarded-For` is believed. Without it, everybody who
    /// comes through a proxy counts as one visitor.
    #[arg(
        long = "trusted-proxy",
        env = "CANDOR_TRUSTED_PROXIES",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    pub(crate) trusted_proxies: Vec<Network>,
    /// Mail server, as smtp://host:port or smtps://user:password@host; without
    /// it, mail is written to the folder `mail` of the data folder.
    #[arg(long, env = "CANDOR_MAIL", hide_env_values = true)]
    pub(crate) mail: Option<String>,
    /// File of the agents and controllers who may file through a protocol.
    #[arg(long, env = "CANDOR_PARTIES")]
    pub(crate) parties: Option<PathBuf>,
    /// Folder for backups of Candor's own state: made as often as the policy says
    /// (`security.backups`), what happened since each minute, and the newest
    /// restored on trial.
    #[arg(long, env = "CANDOR_BACKUPS", value_name = "FOLDER")]
    pub(crate) backups: Option<PathBuf>,
    /// Carry retention rules out: every hour, delete what may not be kept any
    /// longer. Without it, rules are only looked at.
    #[arg(long, env = "CANDOR_SWEEP")]
    pub(crate) sweep: bool,
    /// Public keys of the company's own login, as a JSON Web Key Set: people who are
    /// signed in there need no mail.
    #[arg(long, env = "CANDOR_LOGIN_KEYS", requires = "login_issuer")]
    pub(crate) login_keys: Option<PathBuf>,
    /// Who makes that login's tokens: their `iss`.
    #[arg(long, env = "CANDOR_LOGIN_ISSUER", requires = "login_keys")]
    pub(crate) login_issuer: Option<String>,
    /// Testing aid: stop for ever at a named point, to be killed there.
    #[arg(long, hide = true)]
    pub(crate) pause_at: Option<String>,
    /// Testing aid: how long a job belongs to the process that took it.
    #[arg(long, hide = true, default_value_t = 60)]
    pub(crate) lease_seconds: u32,
}

/// Where an installation keeps what it knows.
#[derive(Clone, Debug, Args)]
pub(crate) struct Installation {
    /// Folder for keys, mail and, by default, the state.
    #[arg(long, env = "CANDOR_DATA", default_value = "candor-data")]
    pub(crate) data: PathBuf,
    /// State: a path, or postgres://… [default: DATA/state.sqlite].
    #[arg(long, env = "CANDOR_STATE", hide_env_values = true)]
    pub(crate) state: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DemoArguments {
    /// How many customers the example company has.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) customers: u32,
    /// Same seed, same data.
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
    /// Folder to make it in; an earlier demo there is replaced.
    #[arg(long, default_value = "candor-demo")]
    pub(crate) folder: PathBuf,
    /// Address to listen on; another port is taken where it is in use.
    #[arg(long, default_value = "127.0.0.1:7311")]
    pub(crate) listen: SocketAddr,
    /// Put the company's databases and the state into this PostgreSQL
    /// database, which must have no schemas `app`, `support` and `candor`.
    #[arg(long)]
    pub(crate) postgres: Option<String>,
    /// End when everything was shown; the exit code says whether it was.
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// A receipt (`.tlog-proof`), or the folder of an exported ledger.
    pub(crate) path: PathBuf,
    /// The ledger's public key, as its page shows it; may be given more than
    /// once.
    #[arg(long, required = true)]
    pub(crate) key: Vec<String>,
    /// The address the receipt should be about.
    #[arg(long)]
    pub(crate) about: Option<String>,
    /// An older checkpoint of the exported ledger, kept from
    /// `/ledger/checkpoint` or another export, or a receipt: the ledger must
    /// continue it.
    #[arg(long, value_name = "FILE", conflicts_with = "about")]
    pub(crate) since: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    pub(crate) installation: Installation,
    /// Folder to write to; it must be new or empty.
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct KeyArguments {
    #[command(subcommand)]
    pub(crate) what: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make one, and print it. It is shown once and kept nowhere.
    Make {
        /// What to call it.
        name: String,
        /// What it may do: `read`, `file`, `vouch`, `decide`,
        /// `handle`, `package`, `hold`, `seal`, `open`.
        #[arg(long, required = true, value_delimiter = ',')]
        may: Vec<String>,
        /// The rights it is for [default: all].
        #[arg(long, value_delimiter = ',')]
        rights: Vec<String>,
        /// The business customer whose key it is: it reaches that customer's end
        /// users only.
        #[arg(long)]
        tenant: Option<String>,
        /// The last day on which it opens anything, in UTC.
        #[arg(long)]
        until: Option<jiff::civil::Date>,
        #[command(flatten)]
        installation: Installation,
    },
    /// List them.
    List {
        /// How to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        #[command(flatten)]
        installation: Installation,
    },
    /// Revoke one: from now on it opens nothing.
    Revoke {
        /// Its id, as `list` shows it.
        id: String,
        #[command(flatten)]
        installation: Installation,
    },
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_table_of_ways_names_every_command_about_subject_requests() {
        let page = include_str!("../../../docs/reference/ways.md");
        let steps = page.split("## Each step").nth(1).unwrap();
        let cells = steps.lines().filter_map(|line| line.split('|').nth(5));
        let named = cells.filter_map(|cell| cell.trim().strip_prefix('`')?.strip_suffix('`'));
        let named: BTreeSet<String> = named
            .map(|name| match name.strip_prefix("candor ") {
                Some(whole) => whole.to_owned(),
                None => format!("request {name}"),
            })
            .collect();
        let command = Cli::command();
        let mut served = BTreeSet::new();
        for parent in ["request", "hold"] {
            let parent = command.find_subcommand(parent).unwrap();
            let children = parent.get_subcommands();
            served.extend(children.map(|one| format!("{} {}", parent.get_name(), one.get_name())));
        }
        assert_eq!(named, served);
    }
}
