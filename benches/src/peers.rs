//! The programs we measure ourselves against. A peer that is not installed is named as skipped.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::setup::Setup;

/// One SSN regex: what a person in a hurry would grep for.
pub const SSN: &str = r"\b\d{3}-\d{2}-\d{4}\b";

/// A program and its arguments, but for the file.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its key in `floors.toml`.
    pub key: &'static str,
    /// Its name and version, for tables.
    pub title: String,
    program: PathBuf,
    arguments: Vec<String>,
    /// Exit codes that are not failures.
    pub accepted: &'static [i32],
}

impl Peer {
    /// The command for one file. What it prints is thrown away.
    pub fn command(&self, file: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// The peers that are there, and notes on those that are not.
pub fn find(setup: &Setup) -> Result<(Vec<Peer>, Vec<String>)> {
    let (mut peers, mut notes) = (Vec::new(), Vec::new());
    let patterns = patterns_file(setup);
    let rows = read_patterns(&patterns)?;
    match first_line(Command::new("rg").arg("--version")) {
        Some(version) => {
            peers.push(ripgrep("rg26", format!("{version}, {} regexes", rows.len()), &rows));
            peers.push(ripgrep("rg1", format!("{version}, one SSN regex"), &[SSN.to_owned()]));
        }
        None => notes.push("ripgrep is not installed: skipped".into()),
    }
    match vectorscan(setup, &patterns) {
        Ok(peer) => {
            if peer.key == "hyperscan" {
                notes.push("the installed libhs is Hyperscan, not Vectorscan: its ratio is shown, not checked".into());
            }
            peers.push(peer);
        }
        Err(error) => notes.push(format!("Vectorscan: skipped ({error:#})")),
    }
    notes.push(format!("peers match ASCII only (no Unicode classes); {} regexes", rows.len()));
    Ok((peers, notes))
}

fn patterns_file(setup: &Setup) -> PathBuf {
    let given = setup.inputs.as_ref().map(|folder| folder.join("patterns.txt")).filter(|path| path.is_file());
    given.unwrap_or_else(|| setup.root.join("benches/peers/patterns.tsv"))
}

/// The regexes with their flags written into them.
fn read_patterns(path: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let rows = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.splitn(3, '\t').skip(1);
        let (flags, regex) = (fields.next()?, fields.next()?);
        Some(if flags.contains('i') { format!("(?i:{regex})") } else { regex.to_owned() })
    });
    Ok(rows.collect())
}

/// `--no-unicode`: the patterns mean ASCII, and it is the faster setting for ripgrep.
fn ripgrep(key: &'static str, title: String, regexes: &[String]) -> Peer {
    let mut arguments: Vec<String> = ["--no-config", "--no-unicode", "--count-matches", "-j1"].map(String::from).into();
    for regex in regexes {
        arguments.extend(["-e".to_owned(), regex.clone()]);
    }
    Peer { key, title, program: "rg".into(), arguments, accepted: &[0, 1] }
}

/// Builds the peer with the flags pkg-config knows; `PKG_CONFIG_PATH` may lead to a copy outside the system folders.
fn vectorscan(setup: &Setup, patterns: &Path) -> Result<Peer> {
    let flags = text(Command::new("pkg-config").args(["--cflags", "--libs", "libhs"])).context("no libhs found")?;
    let program = setup.scratch.join("vectorscan-peer");
    let source = setup.root.join("benches/peers/vectorscan.cpp");
    let mut build = Command::new(std::env::var_os("CXX").unwrap_or_else(|| "g++".into()));
    build.arg("-O3").arg("-std=c++17").arg("-o").arg(&program).arg(&source).args(flags.split_whitespace());
    build.args(rpath(&flags));
    text(&mut build).context("it does not compile")?;
    let version = first_line(Command::new(&program).arg("version")).context("it does not start")?;
    let (key, name) = if is_vectorscan(&version) { ("vectorscan", "Vectorscan") } else { ("hyperscan", "Hyperscan") };
    let title = format!("{name} {}", version.split(' ').next().unwrap_or_default());
    let database = setup.scratch.join("vectorscan-database");
    text(Command::new(&program).arg("compile").arg(patterns).arg(&database)).context("it cannot use the patterns")?;
    let arguments = vec!["scan".into(), database.to_string_lossy().into_owned()];
    Ok(Peer { key, title, program, arguments, accepted: &[0] })
}

/// A library outside the system folders must be found again at run time.
fn rpath(flags: &str) -> Vec<String> {
    let folders = flags.split_whitespace().filter_map(|flag| flag.strip_prefix("-L"));
    folders.map(|folder| format!("-Wl,-rpath,{folder}")).collect()
}

/// Both libraries call themselves `libhs`. Vectorscan forked at 5.4.3; Hyperscan's own 5.4 line ended at 5.4.2.
fn is_vectorscan(version: &str) -> bool {
    let number = version.split(' ').next().unwrap_or_default();
    let mut parts = number.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    version >= (5, 4, 3)
}

fn first_line(command: &mut Command) -> Option<String> {
    text(command).ok().and_then(|text| text.lines().next().map(|line| line.trim().to_owned()))
}

/// What a command prints; an error where it fails.
fn text(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("start {name}"))?;
    anyhow::ensure!(output.status.success(), "{name} ended with {}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fork_is_told_by_its_version() {
        assert!(is_vectorscan("5.4.9 "));
        assert!(is_vectorscan("5.4.11 2023-11-21"));
        assert!(!is_vectorscan("5.4.0 2021-01-26"));
    }

    #[test]
    fn our_own_list_is_as_long_as_it_says() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/patterns.tsv");
        assert_eq!(read_patterns(&path).unwrap().len(), 26);
    }
}
