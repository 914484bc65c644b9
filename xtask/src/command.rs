//! Starts commands, shows their output as it comes and keeps it for counting.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result};

/// How a command ended.
pub struct Ended {
    pub success: bool,
    /// Standard output and standard error, by line, as they came.
    pub lines: Vec<String>,
}

/// The cargo that runs this.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(root);
    command
}

/// Runs it to its end.
pub fn run(command: &mut Command) -> Result<Ended> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("start {name}"))?;
    let lines = Mutex::new(Vec::new());
    let out = child.stdout.take().context("standard output was piped")?;
    let err = child.stderr.take().context("standard error was piped")?;
    thread::scope(|scope| {
        scope.spawn(|| follow(out, &lines));
        scope.spawn(|| follow(err, &lines));
    });
    let status = child.wait().with_context(|| format!("wait for {name}"))?;
    Ok(Ended { success: status.success(), lines: lines.into_inner().unwrap_or_default() })
}

/// What a command prints, where it exists and succeeds.
pub fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn follow(stream: impl Read, lines: &Mutex<Vec<String>>) {
    for line in BufReader::new(stream).split(b'\n') {
        let Ok(line) = line else { return };
        let line = String::from_utf8_lossy(&line).into_owned();
        println!("{line}");
        if let Ok(mut lines) = lines.lock() {
            lines.push(line);
        }
    }
}
