//! Files that appear whole or not at all: written beside their place, then renamed.

use super::refused;
use crate::data::DataError;
use crate::unfinished::{Unfinished, register};
use std::fs::File;
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// Files being written that belong together. None is at its place before [`WholeFiles::commit`]; dropping them before that
/// removes what was written.
#[derive(Debug, Default)]
pub struct WholeFiles {
    files: Vec<(NamedTempFile, PathBuf, Unfinished)>,
}

impl WholeFiles {
    /// None.
    pub fn new() -> WholeFiles {
        WholeFiles::default()
    }

    /// Starts a file that is to be at `path`; its folder is made where it is missing.
    ///
    /// # Errors
    /// The folder cannot be made or written to.
    pub fn create(&mut self, path: &Path) -> Result<File, DataError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
        let mut builder = Builder::new();
        builder.prefix(".segue-").suffix(".part");
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
