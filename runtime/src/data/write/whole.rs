//! Files that appear whole or not at all: written beside their place, then renamed.

use super::refused;
use crate::data::DataError;
use crate::unfinished::{Unfinished, register};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::{Builder, NamedTempFile};

/// Files being written that belong together. None is at its place before [`WholeFiles::commit`]; dropping them before that
/// removes what was written.
#[derive(Debug, Default)]
pub struct WholeFiles {
    files: Vec<(NamedTempFile, PathBuf, Unfinished)>,
    spared: Vec<PathBuf>,
}

/// How long a file that was left by a killed run stays: a run that still writes touches its files all the time.
const LEFT_FOR: Duration = Duration::from_secs(60 * 60);
/// Why a file that is spared is not written.
pub(super) const IS_READ: &str = "this file holds data that are read, and would be replaced: write elsewhere";
const PREFIX: &str = ".segue-";
const SUFFIX: &str = ".part";

impl WholeFiles {
    /// None.
    pub fn new() -> WholeFiles {
        WholeFiles::default()
    }

    /// None, and none of these files, given by their canonical paths, will be replaced: they are being read.
    pub fn sparing(spared: &[PathBuf]) -> WholeFiles {
        WholeFiles { spared: spared.to_vec(), ..WholeFiles::default() }
    }

    /// Starts a file that is to be at `path`; its folder is made where it is missing.
    ///
    /// # Errors
    /// The folder cannot be made or written to, or a folder or a file that is spared stands at `path`.
    pub fn create(&mut self, path: &Path) -> Result<File, DataError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if folder.exists() && !folder.is_dir() {
            return Err(refused(folder, "this is a file, and a folder is needed here"));
        }
        std::fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
        if path.is_dir() {
            return Err(refused(path, "a folder of this name is there"));
        }
        if path.canonicalize().is_ok_and(|path| self.spared.contains(&path)) {
            return Err(refused(path, IS_READ));
        }
        sweep(folder);
        let mut builder = Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As any other new file; the system takes away what the user's mask says.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let side = builder.tempfile_in(folder).map_err(|error| refused(path, error))?;
        let file = side.reopen().map_err(|error| refused(path, error))?;
        let unfinished = register(side.path());
        self.files.push((side, path.to_owned(), unfinished));
        Ok(file)
    }

    /// Puts all files at their places, replacing what was there.
    ///
    /// # Errors
    /// A file cannot be stored or renamed.
    pub fn commit(self) -> Result<(), DataError> {
        for (side, path, _) in &self.files {
            side.as_file().sync_all().map_err(|error| refused(path, error))?;
        }
        for (side, path, _unfinished) in self.files {
            side.persist(&path).map_err(|error| refused(&path, error.error))?;
        }
        Ok(())
    }
}

/// Removes what runs left in a folder that were killed long ago.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if ours && age().is_some_and(|age| age > LEFT_FOR) {
            // Somebody else may have done it.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
