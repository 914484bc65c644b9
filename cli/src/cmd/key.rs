//! `phisift key`: the key of fingerprints, made, checked, and how to change it. Never prints it.

use std::path::PathBuf;

use anyhow::{Result, bail};
use phisift::inventory::{Inventory, key};

use crate::exit::OK;
use crate::output;
use crate::store::KeyArgs;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a key file; one that is there is never written to
    New(KeyArgs),
    /// Say where the key is, whether others may read it, and whether an inventory was made with it
    Check {
        #[command(flatten)]
        key: KeyArgs,
        /// An inventory to compare with
        #[arg(long, value_name = "FILE")]
        inventory: Option<PathBuf>,
    },
    /// Say how to change a key
    RotateInfo,
}

/// What changing a key means.
const ROTATION: &str = "\
Fingerprints made with different keys cannot be compared, which is what keeps two deployments apart. So a new key means
a new inventory:

  1. phisift audit export --inventory old.db -o old-audit.jsonl     keep the log and its head
  2. phisift key new --key-file new.key                             on a volume that the inventory is not on
  3. phisift scan PATH --inventory new.db --key-file new.key        a first scan fills the new inventory
  4. keep old.db and its key as long as records must be kept (45 CFR 164.316(b)(2)(i): six years), or delete both

Whoever had the old key and the old inventory can still try values against it; a new key does not change that.
";

/// Runs a command about keys.
pub fn run(args: Args) -> Result<u8> {
    match args.command {
        Command::New(args) => {
            let path = args.path()?;
            let key = key::create(&path)?;
            output::print(format!("made {} (key {})\n", path.display(), key.id()).as_bytes())?;
        }
        Command::Check { key: args, inventory } => {
            let path = args.path()?;
            let key = key::load(&path)?;
            let exposed = if key::is_exposed(&path) { "others may read it: chmod 600" } else { "yours alone" };
            output::print(format!("{} (key {}): {exposed}\n", path.display(), key.id()).as_bytes())?;
            if let Some(store) = inventory {
                if Inventory::open_read(&store)?.key_id()? != key.id() {
                    bail!("the fingerprints in {} were made with another key", store.display());
                }
                output::print(format!("the fingerprints in {} were made with it\n", store.display()).as_bytes())?;
            }
        }
        Command::RotateInfo => output::print(ROTATION.as_bytes())?,
    }
    Ok(OK)
}
