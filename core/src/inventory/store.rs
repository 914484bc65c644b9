//! The file: made for its owner only, opened only where it is one of ours. Knows nothing of what is in the tables.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::{Error, ErrorKind};

/// Marks a SQLite file as an inventory (`phis`).
const APPLICATION: i32 = 0x7068_6973;
/// Version of the schema that this program reads and writes.
const VERSION: i32 = 1;
const SCHEMA: &str = include_str!("schema.sql");
/// What brings an older schema to the next version, from version 1 on.
const MIGRATIONS: &[&str] = &[];

/// A store of what scans found.
pub struct Inventory {
    pub(super) connection: Connection,
    path: PathBuf,
    /// Held while this process may write.
    _lock: Option<File>,
}

impl std::fmt::Debug for Inventory {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Inventory")
    }
}

/// What a file is, told by its first bytes.
enum Found {
    Absent,
    Ours(i32),
}

impl Inventory {
    /// Opens an inventory that is there, for reading.
    ///
    /// # Errors
    /// Kind `Usage` where the file is no inventory or one of a newer version, `Io` where it cannot be read.
    pub fn open_read(path: &Path) -> Result<Inventory, Error> {
        match look(path)? {
            Found::Absent => Err(Error::new(ErrorKind::Usage, format!("no inventory at {}", path.display()))),
            Found::Ours(version) if version < VERSION => {
                let advice = "was made by an older phisift; a scan or `phisift key rotate-info` into it updates it";
                Err(Error::new(ErrorKind::Usage, format!("the inventory {} {advice}", path.display())))
            }
            Found::Ours(_) => Ok(Inventory { connection: connect(path, false)?, path: path.to_owned(), _lock: None }),
        }
    }

    /// Opens an inventory for writing; makes it where there is none.
    ///
    /// # Errors
    /// Kind `Usage` where the file is no inventory, one of a newer version, one whose fingerprints were made with
    /// another key, or one that another process writes to; `Io` where it cannot be written.
    pub fn open_write(path: &Path, key_id: &str, now: i64) -> Result<Inventory, Error> {
        // Nothing is put beside a file that is not ours; and what was there may have changed until the lock was had.
        look(path)?;
        let lock = lock(path)?;
        let found = look(path)?;
        if matches!(found, Found::Absent) {
            make(path, key_id, now)?;
        }
        let connection = connect(path, true)?;
        let inventory = Inventory { connection, path: path.to_owned(), _lock: Some(lock) };
        if let Found::Ours(version) = found {
            inventory.migrate(version)?;
        }
        inventory.check_key(key_id)?;
        Ok(inventory)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tells the key of its fingerprints from others.
    ///
    /// # Errors
    /// Kind `Io` where the store cannot be read.
    pub fn key_id(&self) -> Result<String, Error> {
        let read = self.connection.query_row("SELECT key_id FROM store", [], |row| row.get(0));
        read.map_err(|error| self.failed("reading", error))
    }

    /// What went wrong with the database; its messages name tables and columns, never contents.
    pub(super) fn failed(&self, attempt: &str, error: rusqlite::Error) -> Error {
        failed(attempt, &self.path, error)
    }

    fn migrate(&self, version: i32) -> Result<(), Error> {
        for (from, step) in (1..).zip(MIGRATIONS) {
            if version <= from {
                let step = format!("BEGIN; {step} PRAGMA user_version = {}; COMMIT;", from + 1);
                self.connection.execute_batch(&step).map_err(|error| self.failed("updating", error))?;
            }
        }
        Ok(())
    }

    fn check_key(&self, key_id: &str) -> Result<(), Error> {
        if self.key_id()? == key_id {
            return Ok(());
        }
        let path = self.path.display();
        let message = format!("the fingerprints in {path} were made with another key; name it with --key-file");
        Err(Error::new(ErrorKind::Usage, message))
    }
}

/// Fills a buffer with random bytes of the operating system.
pub(super) fn random(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|_| Error::new(ErrorKind::Io, "the system gives no random bytes"))
}

pub(super) fn failed(attempt: &str, path: &Path, error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let path = path.display();
    let message = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => format!("the inventory {path} is damaged"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => format!("the inventory {path} is being written"),
        _ => format!("{attempt} the inventory {path}: {error}"),
    };
    Error::new(ErrorKind::Io, message)
}

/// Reads the header of a SQLite file (sqlite.org/fileformat2.html, section 1.3) without SQLite, which would write
/// beside a file that is not ours.
fn look(path: &Path) -> Result<Found, Error> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Absent),
        Err(error) => return Err(Error::io("reading the inventory", path, error)),
    };
    let meta = file.metadata().map_err(|error| Error::io("reading the inventory", path, error))?;
    let refuse = |what: &str| Err(Error::new(ErrorKind::Usage, format!("{} {what}", path.display())));
    if !meta.is_file() {
        return refuse("is no file");
    }
    let mut header = [0; 100];
    if file.read_exact(&mut header).is_err() || !header.starts_with(b"SQLite format 3\0") {
        return refuse("is no inventory; it was left as it is");
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if number(68) != APPLICATION as u32 {
        return refuse("is a database but no inventory; it was left as it is");
    }
    let version = number(60) as i32;
    if version > VERSION {
        return refuse("was made by a newer phisift; it was left as it is");
    }
    let page = match u64::from(u16::from_be_bytes([header[16], header[17]])) {
        1 => 65_536,
        size => size,
    };
    // Where a process died while the log was written back, the log makes up for what is missing.
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let has_log = std::fs::metadata(PathBuf::from(log)).is_ok_and(|it| it.len() > 0);
    let cut = meta.len() < page * u64::from(number(28)) || meta.len() % page != 0;
    if version < 1 || page < 512 || (cut && !has_log) {
        return refuse("is a damaged inventory; it was left as it is");
    }
    Ok(Found::Ours(version))
}

/// A file beside the store says that somebody writes: the operating system lets go of it however a process ends.
fn lock(path: &Path) -> Result<File, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let name = PathBuf::from(name);
    let file = private().truncate(false).open(&name).map_err(|error| Error::io("opening", &name, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            let message = format!("another phisift is writing to {}; start again when it is done", path.display());
            Err(Error::new(ErrorKind::Usage, message))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(Error::io("locking", &name, error)),
    }
}

/// Makes a store beside its place and moves it there whole: whenever the process dies, what lies there is ours.
fn make(path: &Path, key_id: &str, now: i64) -> Result<(), Error> {
    let mut log_id = [0; 16];
    random(&mut log_id)?;
    let log_id: String = log_id.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut new = path.as_os_str().to_owned();
    new.push("-new");
    let new = PathBuf::from(new);
    let made = private().truncate(true).open(&new);
    made.map_err(|error| Error::io("making the inventory", path, error))?;
    let write = || {
        let connection = Connection::open(&new)?;
        let pragmas = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};");
        connection.execute_batch(&format!("PRAGMA synchronous = FULL; BEGIN; {pragmas} {SCHEMA}"))?;
        let insert = "INSERT INTO store (id, log_id, key_id, created_at) VALUES (1, ?1, ?2, ?3)";
        connection.execute(insert, (&log_id, key_id, now))?;
        connection.execute_batch("COMMIT")
    };
    write().map_err(|error| failed("making", path, error))?;
    std::fs::rename(&new, path).map_err(|error| Error::io("making the inventory", path, error))
}

/// Files that say where ePHI is are their owner's only. SQLite gives its side files the mode of the main one.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

pub(super) fn connect(path: &Path, writes: bool) -> Result<Connection, Error> {
    let mode = if writes { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(64);
        // A source's blocks are written before its own row, whose sums are known last.
        connection.execute_batch(
            "PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
             PRAGMA mmap_size = 0; PRAGMA cache_size = -16384;",
        )?;
        if writes {
            connection.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;
                 PRAGMA wal_autocheckpoint = 4096;",
            )?;
        }
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    };
    open().map_err(|error| failed("opening", path, error))
}
