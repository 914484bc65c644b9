//! `phisift audit`: the audit log of an inventory, checked and copied out.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use phisift::inventory::{Head, Inventory, parse_hash, verify_lines};

use crate::exit::{FOUND, OK};
use crate::output;
use crate::store::{KeyArgs, now};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check that no record was changed, removed, added or moved. Exit code 1 where one was
    Verify {
        /// The inventory
        #[arg(long, value_name = "FILE", required_unless_present = "log")]
        inventory: Option<PathBuf>,
        /// A log that was exported, instead of an inventory; `-` is standard input
        #[arg(long, value_name = "FILE", conflicts_with = "inventory")]
        log: Option<PathBuf>,
        /// A head that was kept elsewhere: the log must still hold it
        #[arg(long, value_name = "SEQ:HASH", value_parser = anchor)]
        anchor: Vec<(u64, [u8; 32])>,
    },
    /// Copy the log out: a line for each record, its hash and its bytes
    Export {
        /// The inventory
        #[arg(long, value_name = "FILE")]
        inventory: PathBuf,
        /// Write to a file
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        key: KeyArgs,
    },
}

/// Runs a command about audit logs.
pub fn run(args: Args) -> Result<u8> {
    match args.command {
        Command::Verify { inventory, log, anchor } => verify(inventory, log, &anchor),
        Command::Export { inventory, output, key } => export(inventory, output, &key),
    }
}

fn verify(inventory: Option<PathBuf>, log: Option<PathBuf>, anchors: &[(u64, [u8; 32])]) -> Result<u8> {
    let verified = match (inventory, log) {
        (Some(store), _) => Inventory::open_read(&store)?.verify_audit(anchors),
        (None, Some(log)) => {
            let input: Box<dyn BufRead> = if log.as_os_str() == "-" {
                Box::new(BufReader::new(std::io::stdin()))
            } else {
                let file = std::fs::File::open(&log).with_context(|| format!("reading {}", log.display()))?;
                Box::new(BufReader::new(file))
            };
            verify_lines(input, anchors)
        }
        (None, None) => bail!("name an inventory or a log"),
    };
    match verified {
        Ok(head) => {
            output::print(format!("intact: {} records, head {head}\n", head.seq).as_bytes())?;
            Ok(OK)
        }
        Err(error) if error.kind() == phisift::ErrorKind::Usage => {
            output::print(format!("NOT intact: {error}\n").as_bytes())?;
            Ok(FOUND)
        }
        Err(error) => Err(error.into()),
    }
}

fn export(inventory: PathBuf, path: Option<PathBuf>, key: &KeyArgs) -> Result<u8> {
    let mut store = key.open_write(&inventory)?;
    let head: Head = store.note(now(), "export", &serde_json::json!({"what": "audit"}))?;
    let mut out = std::io::BufWriter::new(output::open(path.as_deref())?);
    let mut failed = None;
    store.each_audit_record(|_, record, hash| {
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        failed = failed.take().or_else(|| writeln!(out, "{hex} {record}").err());
        Ok(())
    })?;
    failed.map_or(Ok(()), Err).and_then(|()| out.flush()).context("writing the log")?;
    eprintln!("audit head {head}");
    Ok(OK)
}

fn anchor(text: &str) -> Result<(u64, [u8; 32]), String> {
    let parsed = text.split_once(':').and_then(|(seq, hash)| Some((seq.parse().ok()?, parse_hash(hash)?)));
    parsed.ok_or_else(|| "expected SEQ:HASH, as `audit head` shows it".into())
}
