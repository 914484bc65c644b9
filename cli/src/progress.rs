//! The progress bar: on a terminal only, on standard error, never part of any result.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use phisift::scan::Progress;
use phisift::walk::{Walk, Walked};

/// A bar that watches a scan until it is dropped.
pub struct Bar {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// What there is to scan, as counted so far.
#[derive(Default)]
struct Ahead {
    sources: AtomicU64,
    bytes: AtomicU64,
    counted: AtomicBool,
}

impl Bar {
    /// Shows a bar where standard error is a terminal; the walk counts what is ahead.
    pub fn watch(progress: &Arc<Progress>, ahead: Option<Walk>) -> Option<Bar> {
        if !std::io::stderr().is_terminal() {
            return None;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let total = Arc::new(Ahead::default());
        let mut threads = Vec::new();
        if let Some(walk) = ahead {
            let (stop, total) = (stop.clone(), total.clone());
            threads.push(std::thread::spawn(move || count(walk, &total, &stop)));
        }
        let (stopped, progress) = (stop.clone(), progress.clone());
        threads.push(std::thread::spawn(move || draw(&progress, &total, &stopped)));
        Some(Bar { stop, threads })
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.thread().unpark();
            // A bar that failed to draw is no reason to fail.
            let _ = thread.join();
        }
    }
}

fn count(walk: Walk, total: &Ahead, stop: &AtomicBool) {
    for walked in walk {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        total.sources.fetch_add(1, Ordering::Relaxed);
        if let Walked::Source(source) = walked {
            total.bytes.fetch_add(source.size.unwrap_or(0), Ordering::Relaxed);
        }
    }
    total.counted.store(true, Ordering::Relaxed);
}

fn draw(progress: &Progress, total: &Ahead, stop: &AtomicBool) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let template = "{spinner} [{bar:24}] {msg}";
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    let start = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        bar.set_message(message(progress, total, start.elapsed()));
        if total.counted.load(Ordering::Relaxed) {
            bar.set_length(total.bytes.load(Ordering::Relaxed));
        }
        bar.set_position(progress.bytes.load(Ordering::Relaxed));
        std::thread::park_timeout(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}

fn message(progress: &Progress, total: &Ahead, elapsed: Duration) -> String {
    let (sources, bytes) = (progress.sources.load(Ordering::Relaxed), progress.bytes.load(Ordering::Relaxed));
    let findings = progress.findings.load(Ordering::Relaxed);
    let rate = bytes as f64 / elapsed.as_secs_f64().max(0.001);
    let (all, ahead) = (total.sources.load(Ordering::Relaxed), total.bytes.load(Ordering::Relaxed));
    let left = match total.counted.load(Ordering::Relaxed) && rate > 0.0 {
        true => {
            let left = Duration::from_secs_f64(ahead.saturating_sub(bytes) as f64 / rate);
            format!(", {} left", HumanDuration(left))
        }
        false => String::new(),
    };
    let (sources, all, findings) = (HumanCount(sources), HumanCount(all.max(sources)), HumanCount(findings));
    format!("{sources}/{all} files, {}, {:.0} MB/s, {findings} findings{left}", HumanBytes(bytes), rate / 1e6)
}
