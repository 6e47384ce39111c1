//! Where prepared data are kept: a folder in the project, in it a folder for each set of sources, readable by its owner
//! only.

use super::file::sum;
use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Most sets that are kept; those that were made longest ago go first.
const KEPT: usize = 4;
const LOCK: &str = "lock";

/// The folder of a prepared data set.
#[derive(Debug, Clone)]
pub(super) struct Set {
    folder: PathBuf,
}

impl Set {
    /// The set in `folder` for sources that are described so.
    pub(super) fn of(folder: &Path, sources: &str) -> Set {
        Set { folder: folder.join(format!("{:016x}", sum(sources.as_bytes()))) }
    }

    /// A file of it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Its folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the folder where there is none, and keeps others from making this set until the file is closed. `waits` is
    /// told where somebody else has to finish first.
    pub(super) fn lock(&self, waits: impl FnOnce()) -> io::Result<File> {
        let parent = self.folder.parent().unwrap_or(&self.folder);
        private(parent)?;
        // Version control and backups need no copy of what can be made again.
        fill(&parent.join(".gitignore"), "*\n")?;
        fill(
            &parent.join("CACHEDIR.TAG"),
            "Signature: 8a477f597d28d172789f06886806bc55\n# Data that segue has prepared; they can be made again.\n",
        )?;
        private(&self.folder)?;
        let file = File::options().create(true).truncate(false).write(true).open(self.path(LOCK))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                waits();
                file.lock()?;
            }
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
        Ok(file)
    }

    /// Writes a file under another name, and puts it in its place once it is whole and on the disk.
    pub(super) fn replace<R>(&self, name: &str, write: impl FnOnce(&File) -> io::Result<R>) -> io::Result<R> {
        // Readable by its owner only from its first moment.
        let file = tempfile::Builder::new().prefix("new-").tempfile_in(&self.folder)?;
        let written = write(file.as_file())?;
        file.as_file().sync_all()?;
        file.persist(self.path(name)).map_err(|error| error.error)?;
        // The name is on the disk once the folder is.
        #[cfg(unix)]
        File::open(&self.folder)?.sync_all()?;
        Ok(written)
    }

    /// Removes what does not belong to the set: files of earlier ones, and what was left when somebody was killed. Who
    /// still reads them keeps what was read.
    pub(super) fn tidy<'n>(&self, files: impl Iterator<Item = &'n str>) -> io::Result<()> {
        let own: Vec<&str> = files.chain([LOCK]).collect();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| own.contains(&name)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes the sets made longest ago, so that there are not more than a few. Those that somebody works on stay.
    pub(super) fn evict_others(&self) -> io::Result<()> {
        let parent = self.folder.parent().unwrap_or(&self.folder);
        let mut others: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(parent)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() && entry.path() != self.folder {
                let newest = fs::metadata(entry.path().join("manifest")).and_then(|metadata| metadata.modified());
                others.push((newest.unwrap_or(SystemTime::UNIX_EPOCH), entry.path()));
            }
        }
        others.sort();
        let many = others.len().saturating_sub(KEPT - 1);
        for (_, folder) in others.into_iter().take(many) {
            let lock = File::open(folder.join(LOCK));
            if lock.as_ref().map_or(true, |lock| lock.try_lock().is_ok()) {
                fs::remove_dir_all(folder)?;
            }
        }
        Ok(())
    }

    /// Bytes of these files.
    pub(super) fn size<'n>(&self, files: impl Iterator<Item = &'n str>) -> u64 {
        files.filter_map(|name| fs::metadata(self.path(name)).ok()).map(|metadata| metadata.len()).sum()
    }
}

/// Removes all that was prepared in a folder; gives whether there was anything.
pub(super) fn remove(folder: &Path) -> io::Result<bool> {
    match fs::remove_dir_all(folder) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes a folder for its owner only, with those it is in.
fn private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn fill(path: &Path, text: &str) -> io::Result<()> {
    match File::options().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
