//! How soon `candor serve` answers, and how much memory it holds idle. Runs the
//! optimised binary on the example company, as an operator would.

#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark reads the machine's clock"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::{binary, kilo_to_mega};

const STARTS: usize = 7;
const START_GOAL: Duration = Duration::from_millis(200);
const MEMORY_GOAL_KB: u64 = 40 * 1024;
/// Long enough for the first round of observation to be over.
const IDLE: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures and prints; an error where a goal is missed.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
pub(super) fn run() -> Result<()> {
    let binary = binary()?;
    let folder = std::env::temp_dir().join(format!("candor-bench-{}", std::process::id()));
    let measured = measure(&binary, &folder);
    std::fs::remove_dir_all(&folder)?;
    let (starts, memory_kb) = measured?;
    let median = starts
        .get(starts.len() / 2)
        .context("no start was measured")?;
    println!(
        "first page answered after  {:>6.1} ms (median of {STARTS}; goal {} ms)",
        median.as_secs_f64() * 1_000.0,
        START_GOAL.as_millis()
    );
    println!(
        "memory, idle               {:>6.1} MB (resident, {} s after start; goal {} MB)",
        kilo_to_mega(memory_kb),
        IDLE.as_secs(),
        kilo_to_mega(MEMORY_GOAL_KB)
    );
    ensure!(*median <= START_GOAL, "it starts too slowly");
    ensure!(memory_kb <= MEMORY_GOAL_KB, "it holds too much memory");
    Ok(())
}

fn measure(binary: &Path, folder: &Path) -> Result<(Vec<Duration>, u64)> {
    let made = Command::new(binary)
        .args(["demo", "--once", "--customers", "1000", "--folder"])
        .arg(folder)
        .stdout(Stdio::null())
        .status()?;
    ensure!(made.success(), "the example company could not be made");
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let (mut server, after) = start(binary, folder)?;
        starts.push(after);
        server.kill()?;
        server.wait()?;
    }
    starts.sort_unstable();
    let (mut server, _) = start(binary, folder)?;
    std::thread::sleep(IDLE);
    let memory_kb = resident_kb(server.id());
    server.kill()?;
    server.wait()?;
    Ok((starts, memory_kb?))
}

/// Starts the server; the time until its first page has arrived whole.
fn start(binary: &Path, folder: &Path) -> Result<(Child, Duration)> {
    let address = free_address()?;
    let began = Instant::now();
    let server = Command::new(binary)
        .arg("serve")
        .arg(folder.join("policy"))
        .arg("--data")
        .arg(folder.join("data"))
        .args(["--listen", &address.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    while began.elapsed() < PATIENCE {
        if let Ok(page) = get(address)
            && page.starts_with("HTTP/1.1 200")
        {
            return Ok((server, began.elapsed()));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    anyhow::bail!("the server did not answer")
}

fn get(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut page = String::new();
    stream.read_to_string(&mut page)?;
    Ok(page)
}

fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

fn resident_kb(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("the system does not tell")?.parse()?)
}
