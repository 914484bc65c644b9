//! `phisift detect`: one text, or many in NDJSON, in; detections as JSON lines out.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use phisift::Error;
use phisift::detect::Ruleset;
use phisift::model::{Batch, Sink, Source, SourceState, SourceSummary, Unread};
use phisift::report::{write_number, write_string};
use phisift::scan::{Cancel, Found, Place, Progress, ScanOptions, Scanner};
use phisift::walk::{STDIN, Walk, WalkOptions};
use serde_json::Value;

use crate::args::DetectArgs;
use crate::exit::{OK, UNREAD};
use crate::output;

/// Texts of one batch, in bytes and in number.
const BATCH_BYTES: usize = 4 << 20;
const BATCH_TEXTS: usize = 4096;

/// Offsets are bytes of the text as given: UTF-8 for NDJSON texts.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The text; `-` is standard input
    #[arg(default_value = "-", value_name = "FILE")]
    input: PathBuf,
    /// What to read the text as, instead of what it looks like
    #[arg(long = "as", value_name = "FORMAT", default_value = "auto", value_parser = ["auto", "text", "csv", "json"])]
    format: String,
    /// The input is one JSON object a line, each with a text of its own
    #[arg(long)]
    ndjson: bool,
    /// Member that holds the text
    #[arg(long, default_value = "text", value_name = "NAME", requires = "ndjson")]
    field: String,
    /// Member that is repeated in the output, as `id`
    #[arg(long, default_value = "id", value_name = "NAME", requires = "ndjson")]
    id_field: String,
    /// Worker threads; by default one per processor
    #[arg(long, short = 'j', value_name = "N", default_value = "0", hide_default_value = true)]
    threads: usize,
    #[command(flatten)]
    detect: DetectArgs,
}

/// Detects and prints.
pub fn run(args: Args) -> Result<u8> {
    let detector = args.detect.detector(&args.detect.ruleset()?, false)?;
    let format = (args.format != "auto").then(|| args.format.clone());
    let options =
        ScanOptions { threads: args.threads, format, allow: args.detect.allow_list()?, ..ScanOptions::default() };
    let scanner = Scanner::new(detector, options);
    if args.ndjson { many(&scanner, &args) } else { one(&scanner, &args.input) }
}

fn one(scanner: &Scanner, input: &Path) -> Result<u8> {
    if input.as_os_str() != STDIN && !input.is_file() {
        bail!("cannot read {}: no such file", input.display());
    }
    let walk = Walk::new([input.to_owned()], &WalkOptions::default())?;
    let mut rows = Rows { ruleset: scanner.detector().ruleset(), out: Vec::new(), unread: None };
    scanner.scan(walk, &mut rows, &Progress::default(), &Cancel::default())?;
    output::print(&rows.out)?;
    let Some((state, reason)) = rows.unread else { return Ok(OK) };
    if state != SourceState::Partial {
        bail!("cannot read {}: {reason}", input.display());
    }
    eprintln!("phisift: {} was not fully read: {reason}", input.display());
    Ok(UNREAD)
}

/// Prints a row per finding.
struct Rows<'a> {
    ruleset: &'a Ruleset,
    out: Vec<u8>,
    unread: Option<(SourceState, &'static str)>,
}

impl Sink for Rows<'_> {
    fn begin(&mut self, _: &Source) -> Result<(), Error> {
        Ok(())
    }

    fn findings(&mut self, _: &Source, batch: Batch<'_>) -> Result<(), Error> {
        for finding in batch.findings {
            let place = Place::of(finding);
            write_found(&mut self.out, &Found::new(self.ruleset, &finding.detection, place));
            self.out.push(b'\n');
        }
        if self.out.len() >= 64 << 10 {
            let written = std::io::stdout().lock().write_all(&self.out);
            written.map_err(|error| Error::io("writing", Path::new("the output"), error))?;
            self.out.clear();
        }
        Ok(())
    }

    fn unread(&mut self, _: &Source, _: &Unread) -> Result<(), Error> {
        Ok(())
    }

    fn end(&mut self, summary: &SourceSummary) -> Result<(), Error> {
        if summary.state != SourceState::Complete {
            self.unread = Some((summary.state, summary.reason.map_or("unknown", |it| it.id())));
        }
        Ok(())
    }
}

fn many(scanner: &Scanner, args: &Args) -> Result<u8> {
    let input: Box<dyn Read> = match args.input.as_os_str() == STDIN {
        true => Box::new(std::io::stdin().lock()),
        false => {
            let reading = || format!("reading {}", args.input.display());
            Box::new(std::fs::File::open(&args.input).with_context(reading)?)
        }
    };
    let mut reader = BufReader::with_capacity(1 << 20, input);
    let mut batch = Batched::default();
    while batch.fill(&mut reader)? {
        let rows = scanner.analyze_many(&batch.lines, |(number, line)| row(scanner, args, *number, line));
        let mut out = Vec::new();
        for row in rows {
            match row {
                Ok(row) => out.extend_from_slice(&row),
                Err(error) => {
                    output::print(&out)?;
                    return Err(error);
                }
            }
        }
        output::print(&out)?;
    }
    Ok(OK)
}

/// Lines read together.
#[derive(Default)]
struct Batched {
    lines: Vec<(u64, Vec<u8>)>,
    read: u64,
}

impl Batched {
    /// Reads lines until there are enough, or none can be had without waiting. False at the end.
    fn fill(&mut self, reader: &mut BufReader<Box<dyn Read>>) -> Result<bool> {
        self.lines.clear();
        let mut bytes = 0;
        while bytes < BATCH_BYTES && self.lines.len() < BATCH_TEXTS {
            let mut line = Vec::new();
            if reader.read_until(b'\n', &mut line).context("reading the input")? == 0 {
                break;
            }
            self.read += 1;
            bytes += line.len();
            if !line.trim_ascii().is_empty() {
                self.lines.push((self.read, line));
            }
            if !reader.buffer().contains(&b'\n') && !self.lines.is_empty() {
                break;
            }
        }
        Ok(!self.lines.is_empty())
    }
}

/// The output line of an input line.
fn row(scanner: &Scanner, args: &Args, number: u64, line: &[u8]) -> Result<Vec<u8>> {
    // The parser's own message may quote the line.
    let Ok(Value::Object(object)) = serde_json::from_slice(line) else { bail!("line {number}: not a JSON object") };
    let Some(Value::String(text)) = object.get(&args.field) else {
        bail!("line {number}: no text in member {:?}", args.field);
    };
    let mut out = b"{".to_vec();
    if let Some(id) = object.get(&args.id_field) {
        out.extend_from_slice(b"\"id\":");
        serde_json::to_writer(&mut out, id)?;
        out.push(b',');
    }
    out.extend_from_slice(b"\"detections\":[");
    let found = scanner.detect_text(text);
    for (index, found) in found.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_found(&mut out, found);
    }
    out.extend_from_slice(b"]}\n");
    Ok(out)
}

fn write_found(out: &mut Vec<u8>, found: &Found) {
    let member = |out: &mut Vec<u8>, name: &str, value: &str| {
        out.extend_from_slice(name.as_bytes());
        write_string(out, value);
    };
    out.extend_from_slice(b"{\"start\":");
    write_number(out, found.start as u64);
    out.extend_from_slice(b",\"end\":");
    write_number(out, found.end as u64);
    member(out, ",\"entity\":", &found.entity);
    match found.category {
        Some(category) => member(out, ",\"category\":", category.encode_utf8(&mut [0; 4])),
        None => out.extend_from_slice(b",\"category\":null"),
    }
    out.extend_from_slice(format!(",\"score\":{}", found.score).as_bytes());
    member(out, ",\"band\":", found.band);
    let validated = found.validated.map_or("null", |it| if it { "true" } else { "false" });
    out.extend_from_slice(format!(",\"validated\":{validated}").as_bytes());
    if let Some(role) = found.role {
        member(out, ",\"role\":", role);
    }
    if let Some(subject) = found.subject {
        member(out, ",\"subject\":", subject);
    }
    out.extend_from_slice(b",\"evidence\":[");
    for (index, id) in found.evidence.iter().enumerate() {
        member(out, if index > 0 { "," } else { "" }, id);
    }
    out.extend_from_slice(b"]}");
}
