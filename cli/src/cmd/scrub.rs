//! `phisift scrub`: a text stream in, the same stream without identifiers out, line by line.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use phisift::redact::{RedactOptions, Redactor, profile, strategy};

use crate::args::DetectArgs;
use crate::exit::OK;
use crate::output;

/// Lines come out as soon as they went in. Evidence flows forward only: what a later line would tell of an earlier
/// one is not waited for.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The text; `-` is standard input
    #[arg(default_value = "-", value_name = "FILE")]
    input: PathBuf,
    /// Write to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What stands in a value's place
    #[arg(long, default_value = "label", value_parser = ["label", "mask", "drop"])]
    strategy: String,
    /// Letters and digits at a value's end that `mask` keeps (half of the value at most)
    #[arg(long, default_value = "0", value_name = "N")]
    keep_last: usize,
    /// Keep what this kind of text needs: `logs` keeps log timestamps, internal addresses and plain URLs
    #[arg(long, value_parser = ["logs"])]
    profile: Option<String>,
    #[command(flatten)]
    detect: DetectArgs,
}

/// Redacts until the input ends.
pub fn run(args: Args) -> Result<u8> {
    let detector = args.detect.detector(&args.detect.ruleset()?, false)?;
    let options = RedactOptions {
        strategy: strategy(&args.strategy).context("no such strategy")?,
        profile: args.profile.as_deref().map(|id| profile(id).context("no such profile")).transpose()?,
        keep_last: args.keep_last,
        allow: args.detect.allow_list()?,
    };
    let redactor = Redactor::new(detector, options);
    let mut input: Box<dyn Read> = match args.input.as_os_str() == "-" {
        true => Box::new(std::io::stdin().lock()),
        false => {
            let reading = || format!("reading {}", args.input.display());
            Box::new(File::open(&args.input).with_context(reading)?)
        }
    };
    let mut out = output::open(args.output.as_deref())?;
    copy(&redactor, &mut input, &mut out)?;
    Ok(OK)
}

/// One read, one write: a line is never held back, and a busy pipe is not written to byte by byte.
fn copy(redactor: &Redactor, input: &mut dyn Read, out: &mut dyn Write) -> Result<()> {
    let mut stream = redactor.stream();
    let (mut chunk, mut redacted) = (vec![0; 256 << 10], Vec::new());
    loop {
        let count = match input.read(&mut chunk) {
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error).context("reading the input"),
        };
        if count == 0 {
            break;
        }
        stream.push(&chunk[..count], &mut redacted);
        write(out, &mut redacted)?;
    }
    stream.finish(&mut redacted);
    write(out, &mut redacted)
}

fn write(out: &mut dyn Write, redacted: &mut Vec<u8>) -> Result<()> {
    if redacted.is_empty() {
        return Ok(());
    }
    out.write_all(redacted).and_then(|()| out.flush()).context("writing the output")?;
    redacted.clear();
    Ok(())
}
