//! `phisift extract`: the text of documents as JSON lines, as detection sees it. Shows everything, finds nothing.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use phisift::extract::Emit;
use phisift::model::{Segment, SourceState, Unread};
use phisift::report::{Extracted, shown_path};
use phisift::scan::{ScanOptions, extract_path};

use crate::cmd::worker;
use crate::exit::{OK, UNREAD};
use crate::output;

/// Exit status: 0 all read, 3 something was not read, 2 usage or fatal error.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files whose text is printed. It may be ePHI
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Prints the text of every file.
pub fn run(args: Args) -> Result<u8> {
    let options = ScanOptions {
        #[cfg(unix)]
        workers: worker::workers()?,
        ..ScanOptions::default()
    };
    let mut lines = Lines {
        out: output::open(args.output.as_deref())?,
        buffer: Vec::new(),
        form: Extracted::default(),
        failed: None,
    };
    let mut code = OK;
    for path in &args.files {
        let (state, reason) = match extract_path(path, &options, &mut lines) {
            Ok(extraction) => (extraction.state, extraction.reason),
            Err((state, reason)) => (state, Some(reason)),
        };
        lines.flush();
        if let Some(error) = lines.failed.take() {
            return Err(error.into());
        }
        if state != SourceState::Complete {
            let reason = reason.map_or("unknown", |it| it.id());
            eprintln!("phisift: {}: {}: {reason}", shown_path(path).0, state.id());
            code = UNREAD;
        }
    }
    Ok(code)
}

struct Lines {
    out: Box<dyn Write + Send>,
    buffer: Vec<u8>,
    form: Extracted,
    failed: Option<std::io::Error>,
}

impl Lines {
    fn flush(&mut self) {
        let written = self.out.write_all(&self.buffer).and_then(|()| self.out.flush());
        self.buffer.clear();
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }
}

impl Emit for Lines {
    fn segment(&mut self, segment: Segment) -> bool {
        self.form.write_segment(&mut self.buffer, &segment);
        self.flush();
        self.failed.is_none()
    }

    fn unread(&mut self, part: Unread) {
        self.form.write_unread(&mut self.buffer, &part);
    }

    fn is_over(&self) -> bool {
        self.failed.is_some()
    }
}
