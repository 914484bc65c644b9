//! The key of the fingerprints: made once, kept apart from the store, never shown.

use std::io::Write;
use std::path::Path;

use super::store::{private, random};
use crate::model::Key;
use crate::{Error, ErrorKind};

/// The key in a file; where there is none, a new one is put there.
///
/// # Errors
/// Kind `Usage` where the file holds no key, `Io` where it cannot be read or made.
pub fn load_or_create(path: &Path) -> Result<Key, Error> {
    match load(path) {
        Err(error) if error.kind() == ErrorKind::Io && !path.exists() => create(path),
        loaded => loaded,
    }
}

/// The key in a file.
///
/// # Errors
/// Kind `Usage` where the file holds no key, `Io` where it cannot be read.
pub fn load(path: &Path) -> Result<Key, Error> {
    let content = std::fs::read(path).map_err(|error| Error::io("reading the key file", path, error))?;
    Key::from_file(&content).map_err(|error| Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// Makes a key and the file that holds it, for its owner only. An existing file is never written to.
///
/// # Errors
/// Kind `Io` where the file is there already or cannot be made.
pub fn create(path: &Path) -> Result<Key, Error> {
    let mut bytes = [0; 32];
    random(&mut bytes)?;
    let key = Key::new(bytes);
    if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Error::io("making the folder", folder, error))?;
    }
    let write = || {
        let mut file = private().create_new(true).open(path)?;
        file.write_all(key.reveal().as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| Error::io("making the key file", path, error))?;
    Ok(key)
}

/// True where others than the owner may read the file.
#[cfg(unix)]
pub fn is_exposed(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

/// True where others than the owner may read the file; systems without such bits cannot tell.
#[cfg(not(unix))]
pub fn is_exposed(_: &Path) -> bool {
    false
}
