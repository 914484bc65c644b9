//! Opens HTML reports in headless Chromium, as readers do: of examples/, and of a tree with hostile file names.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{self, cargo};
use crate::test::{Counts, Outcome};

/// Names under which Chromium is installed.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/// File names that no page may take for anything but text.
const HOSTILE: [&str; 6] = [
    "<script>alert(1)<",
    "\"><img src=x onerror=alert(1)>.csv",
    "red\u{1b}[31m.csv",
    "gpj.\u{202e}vsc.csv",
    "two\nlines.csv",
    "=cmd|' '!A1.csv",
];

/// The step.
pub fn step(root: &Path) -> Result<Outcome> {
    let Some(browser) = BROWSERS.into_iter().find(|it| command::output(it, &["--version"]).is_some()) else {
        return Ok(Outcome::Absent("no chromium".into()));
    };
    if command::output("node", &["--version"]).is_none() {
        return Ok(Outcome::Absent("no node".into()));
    }
    if !command::run(cargo(root).args(["build", "--quiet", "--package", "phisift-cli"]))?.success {
        return Ok(Outcome::Failed(Counts::default()));
    }
    let folder = std::env::temp_dir().join(format!("phisift-browser-{}", std::process::id()));
    let done = run(root, &folder, browser);
    std::fs::remove_dir_all(&folder).context("removing the reports")?;
    done
}

fn run(root: &Path, folder: &Path, browser: &str) -> Result<Outcome> {
    let pictures = target(root).join("reports");
    let hostile = folder.join("hostile");
    for made in [&pictures, &hostile] {
        std::fs::create_dir_all(made).with_context(|| format!("making {}", made.display()))?;
    }
    for name in HOSTILE {
        let text = "name,ssn,diagnosis\nMarisol Quintanilla,424-27-2679,E11.9\n";
        std::fs::write(hostile.join(name), text).context("writing a file with a hostile name")?;
    }
    let key = folder.join("key");
    std::fs::write(&key, [7; 32]).context("writing a key")?;
    for (name, tree) in [("examples", root.join("examples")), ("hostile", hostile)] {
        let shots = pictures.join(name);
        std::fs::create_dir_all(&shots).with_context(|| format!("making {}", shots.display()))?;
        let (page, figures) = (folder.join(format!("{name}.html")), folder.join(format!("{name}.json")));
        let store = folder.join(format!("{name}.db"));
        let mut scan = phisift(root, &key);
        scan.args(["scan", "--quiet", "--exit-zero", "--format", "csv", "--output"]).arg(folder.join("found.csv"));
        scan.arg(&tree).arg("--inventory").arg(&store).arg("--report").arg(&page);
        let mut report = phisift(root, &key);
        report.arg("report").arg("--inventory").arg(&store).args(["--format", "json", "--output"]).arg(&figures);
        let mut opened = Command::new("node");
        opened.arg(root.join("tests/browser/report.mjs")).arg(browser).arg(&page).arg(&figures).arg(&shots);
        for command in [&mut scan, &mut report, &mut opened] {
            if !command::run(command)?.success {
                return Ok(Outcome::Failed(Counts::default()));
            }
        }
    }
    println!("screenshots: {}", pictures.display());
    Ok(Outcome::Passed(Counts::default()))
}

fn phisift(root: &Path, key: &Path) -> Command {
    let mut command = Command::new(target(root).join("debug").join("phisift"));
    command.env("PHISIFT_KEY_FILE", key);
    command
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
