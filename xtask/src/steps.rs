//! The steps of `cargo xtask test`: one row and one function each.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command::{self, cargo};
use crate::test::{Counts, Outcome};
use crate::{browser, docs, licences, tools, vectors};

/// One step.
pub struct Step {
    pub name: &'static str,
    pub what: &'static str,
    pub run: fn(&Path) -> Result<Outcome>,
}

/// Cheap checks first, so that a slip shows early.
pub const STEPS: &[Step] = &[
    Step { name: "fmt", what: "formatting (rustfmt.toml)", run: fmt },
    Step { name: "docs", what: "docs/identifiers.md is what patterns/data gives", run: docs_current },
    Step { name: "vectors", what: "tests/vectors are well formed", run: vectors_valid },
    Step { name: "licences", what: "every dependency's licence is on deny.toml's list", run: licences::step },
    Step { name: "deny", what: "cargo deny: licences, bans, sources", run: deny },
    Step { name: "clippy", what: "lints, warnings as errors", run: clippy },
    Step { name: "rust", what: "unit, integration, tidy and property tests", run: rust },
    Step { name: "rust-docs", what: "examples in the documentation", run: rust_docs },
    Step { name: "python", what: "Python binding: build, tests, stubs", run: python },
    Step { name: "node", what: "Node binding: build, tests", run: node },
    Step { name: "browser", what: "HTML reports in headless Chromium", run: browser::step },
    Step { name: "cross", what: "cargo check for Windows and ARM Linux", run: cross },
];

/// Both need a host (Python, Node) to link against, and are tested by their own steps.
const WITHOUT_BINDINGS: [&str; 5] = ["--workspace", "--exclude", "phisift-python", "--exclude", "phisift-node"];

/// Targets and the C compiler that one dependency (zstd) builds with there.
const CROSS_TARGETS: [(&str, &str); 2] =
    [("x86_64-pc-windows-gnu", "x86_64-w64-mingw32-gcc"), ("aarch64-unknown-linux-gnu", "aarch64-linux-gnu-gcc")];

fn fmt(root: &Path) -> Result<Outcome> {
    check(cargo(root).args(["fmt", "--all", "--check", "--", "--color", "never"]))
}

fn docs_current(root: &Path) -> Result<Outcome> {
    Ok(passed_if(docs::run(root, &["--check".into()])?))
}

fn vectors_valid(root: &Path) -> Result<Outcome> {
    Ok(passed_if(vectors::run(root)?))
}

fn deny(root: &Path) -> Result<Outcome> {
    if command::output("cargo-deny", &["--version"]).is_none() {
        return Ok(Outcome::Skipped("cargo-deny is not installed; the licences step read the same list".into()));
    }
    check(cargo(root).args(["deny", "--offline", "check", "licenses", "bans", "sources"]))
}

fn clippy(root: &Path) -> Result<Outcome> {
    let mut command = cargo(root);
    command.arg("clippy");
    // The Python binding's build script asks an interpreter for its version.
    if tools::has_python() {
        command.arg("--workspace")
    } else {
        command.args(WITHOUT_BINDINGS)
    };
    check(command.args(["--all-targets", "--", "-D", "warnings"]))
}

fn rust(root: &Path) -> Result<Outcome> {
    let mut command = cargo(root);
    if command::output("cargo-nextest", &["nextest", "--version"]).is_some() {
        command.args(["nextest", "run", "--no-fail-fast", "--status-level", "fail", "--cargo-quiet"]);
    } else {
        command.args(["test", "--quiet", "--no-fail-fast", "--lib", "--bins", "--tests"]);
    }
    counted(command.args(WITHOUT_BINDINGS))
}

fn rust_docs(root: &Path) -> Result<Outcome> {
    let ended = command::run(cargo(root).args(["test", "--quiet", "--doc"]).args(WITHOUT_BINDINGS))?;
    let counts = Counts::read(&ended.lines);
    Ok(if ended.success { Outcome::Passed(counts) } else { Outcome::Failed(counts) })
}

fn python(root: &Path) -> Result<Outcome> {
    if !tools::has_python() {
        return Ok(Outcome::Absent("no python3 with venv".into()));
    }
    if !tools::python_packages(root)? {
        return Ok(Outcome::Absent("bindings-python/requirements-dev.txt could not be installed".into()));
    }
    let folder = root.join("bindings-python");
    let python = tools::venv_python(root);
    let mut build = Command::new(&python);
    build.args(["-m", "maturin", "develop", "--quiet"]).env("VIRTUAL_ENV", tools::venv(root));
    if !command::run(build.current_dir(&folder))?.success {
        return Ok(Outcome::Failed(Counts::default()));
    }
    let mut stubs = Command::new(&python);
    stubs.args(["-m", "mypy.stubtest", "phisift", "--allowlist", "tests/stubtest-allowlist.txt"]);
    let stubs = command::run(stubs.current_dir(&folder))?.success;
    let tests = counted(Command::new(&python).args(["-m", "pytest", "-q", "tests"]).current_dir(&folder))?;
    Ok(match tests {
        Outcome::Passed(counts) if !stubs => Outcome::Failed(counts),
        other => other,
    })
}

fn node(root: &Path) -> Result<Outcome> {
    if !tools::has_node() {
        return Ok(Outcome::Absent("no node with npm".into()));
    }
    if !tools::node_packages(root)? {
        return Ok(Outcome::Absent("bindings-node's development packages could not be installed".into()));
    }
    let folder = root.join("bindings-node");
    let run = |script: &str| {
        let mut command = Command::new(tools::npm());
        command.args(["run", "--silent", script]).current_dir(&folder);
        command
    };
    if !command::run(&mut run("build:debug"))?.success {
        return Ok(Outcome::Failed(Counts::default()));
    }
    counted(&mut run("test"))
}

fn cross(root: &Path) -> Result<Outcome> {
    let installed = command::output("rustup", &["target", "list", "--installed"]).unwrap_or_default();
    let mut absent = Vec::new();
    for (target, compiler) in CROSS_TARGETS {
        if !installed.lines().any(|line| line.trim() == target) {
            absent.push(format!("target std not installed: {target}"));
        } else if command::output(compiler, &["--version"]).is_none() {
            absent.push(format!("{compiler} not installed: {target}"));
        } else if !command::run(cargo(root).args(["check", "--package", "phisift-cli", "--target", target]))?.success {
            return Ok(Outcome::Failed(Counts::default()));
        }
    }
    if absent.is_empty() {
        return Ok(Outcome::Passed(Counts::default()));
    }
    Ok(Outcome::Skipped(absent.join("; ")))
}

fn check(command: &mut Command) -> Result<Outcome> {
    Ok(passed_if(command::run(command)?.success))
}

/// A runner that ran no test has not passed.
fn counted(command: &mut Command) -> Result<Outcome> {
    let ended = command::run(command)?;
    let counts = Counts::read(&ended.lines);
    Ok(if ended.success && counts.passed > 0 { Outcome::Passed(counts) } else { Outcome::Failed(counts) })
}

fn passed_if(success: bool) -> Outcome {
    if success { Outcome::Passed(Counts::default()) } else { Outcome::Failed(Counts::default()) }
}
