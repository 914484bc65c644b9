//! What commands that use an inventory share: where it is, and the key of its fingerprints.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use phisift::inventory::{Inventory, key};
use phisift::model::Key;

/// The key of an inventory.
#[derive(Debug, clap::Args)]
pub struct KeyArgs {
    /// Key file of fingerprints and lists of known values; yours is made in your configuration folder on first use
    #[arg(long, value_name = "FILE", env = "PHISIFT_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// The key once it was read.
    #[arg(skip)]
    loaded: OnceLock<Key>,
}

impl KeyArgs {
    /// The file that holds the key, whether it is there or not.
    pub fn path(&self) -> Result<PathBuf> {
        match &self.key_file {
            Some(path) => Ok(path.clone()),
            None => default_key_file().context("no home folder to keep a key in; name a file with --key-file"),
        }
    }

    /// The key. A file that was named must be there; the usual one is made on first use.
    pub fn key(&self) -> Result<&Key> {
        match self.loaded.get() {
            Some(key) => Ok(key),
            None => self.load().map(|key| self.loaded.get_or_init(|| key)),
        }
    }

    fn load(&self) -> Result<Key> {
        let path = self.path()?;
        let key = if self.key_file.is_some() { key::load(&path) } else { key::load_or_create(&path) }?;
        if key::is_exposed(&path) {
            eprintln!("phisift: others may read the key file {}; make it yours alone (chmod 600)", path.display());
        }
        Ok(key)
    }

    /// The inventory, to be written to.
    pub fn open_write(&self, path: &Path) -> Result<Inventory> {
        Ok(Inventory::open_write(path, &self.key()?.id(), now())?)
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs() as i64)
}

fn default_key_file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    let config = if cfg!(windows) {
        set("APPDATA")
    } else {
        set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))
    };
    Some(config?.join("phisift").join("key"))
}
