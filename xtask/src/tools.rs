//! Which tools are here, and the private Python environment and Node packages that the bindings' tests use.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;

/// The Python that owns the private environment below `target/`.
pub fn venv_python(root: &Path) -> PathBuf {
    venv(root).join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

/// The private environment's folder.
pub fn venv(root: &Path) -> PathBuf {
    root.join("target").join("venv")
}

/// Installs what the bindings' tests need, where Python and Node are here. False where an install failed.
pub fn set_up(root: &Path) -> Result<bool> {
    let python = !has_python() || python_packages(root)?;
    let node = !has_node() || node_packages(root)?;
    Ok(python && node)
}

/// True where a Python with the `venv` module is here.
pub fn has_python() -> bool {
    command::output(system_python(), &["-c", "import venv, ensurepip"]).is_some()
}

/// True where node and npm are here.
pub fn has_node() -> bool {
    command::output("node", &["--version"]).is_some() && command::output(npm(), &["--version"]).is_some()
}

/// Creates the private environment with the packages of `requirements-dev.txt`, unless it is there already.
pub fn python_packages(root: &Path) -> Result<bool> {
    let wanted = std::fs::read_to_string(root.join("bindings-python/requirements-dev.txt"))
        .context("read bindings-python/requirements-dev.txt")?;
    let stamp = venv(root).join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(true);
    }
    let mut create = Command::new(system_python());
    create.args(["-m", "venv", "--clear"]).arg(venv(root));
    let mut install = Command::new(venv_python(root));
    install.current_dir(root.join("bindings-python"));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements-dev.txt"]);
    let done = command::run(&mut create)?.success && command::run(&mut install)?.success;
    if done {
        std::fs::write(stamp, wanted).context("note what is installed")?;
    }
    Ok(done)
}

/// Installs the Node binding's development packages, unless they are there already.
pub fn node_packages(root: &Path) -> Result<bool> {
    let folder = root.join("bindings-node");
    let wanted = std::fs::read_to_string(folder.join("package.json")).context("read bindings-node/package.json")?;
    let stamp = folder.join("node_modules/installed.json");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(true);
    }
    let mut install = Command::new(npm());
    install.current_dir(&folder).args(["install", "--no-audit", "--no-fund", "--no-package-lock"]);
    let done = command::run(&mut install)?.success;
    if done {
        std::fs::write(stamp, wanted).context("note what is installed")?;
    }
    Ok(done)
}

/// npm's name on this system.
pub fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn system_python() -> &'static str {
    if cfg!(windows) { "python" } else { "python3" }
}
