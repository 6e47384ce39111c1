//! Where prepared data are kept: a folder in the project, in it a folder for each set of sources, readable by its owner
//! only.

use super::file::sum;
use crate::unfinished;
use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Most sets that are kept; those that were made longest ago go first.
const KEPT: usize = 4;
const IGNORED: &str = ".gitignore";
const TAG: &str = "CACHEDIR.TAG";
const LOCK: &str = "lock";
/// How files of tables begin.
pub(super) const TABLE: &str = "table-";
/// How files begin that are not whole yet.
const NEW: &str = "new-";
pub(super) const MANIFEST: &str = "manifest";

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
        fill(&parent.join(IGNORED), "*\n")?;
        fill(
            &parent.join(TAG),
            "Signature: 8a477f597d28d172789f06886806bc55\n# Data that segue has prepared; they can be made again.\n",
        )?;
        if fs::symlink_metadata(&self.folder).is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(io::Error::other("it is a link to somewhere else"));
        }
        private(&self.folder)?;
        for_owner(parent);
        for_owner(&self.folder);
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut waits = Some(waits);
        loop {
            let file = match options.open(self.path(LOCK)) {
                Ok(file) => file,
                // Whoever removed the set took the folder as well.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    private(&self.folder)?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            match file.try_lock() {
                Ok(()) => {}
                Err(fs::TryLockError::WouldBlock) => {
                    waits.take().into_iter().for_each(|waits| waits());
                    file.lock()?;
                }
                Err(fs::TryLockError::Error(error)) => return Err(error),
            }
            // Who held it before may have removed it with the set: then it keeps nobody from making another.
            if is_at(&file, &self.path(LOCK)) {
                return Ok(file);
            }
        }
    }

    /// Writes a file under another name, and puts it in its place once it is whole and on the disk.
    pub(super) fn replace<R>(&self, name: &str, write: impl FnOnce(&File) -> io::Result<R>) -> io::Result<R> {
        // Readable by its owner only from its first moment.
        let file = tempfile::Builder::new().prefix(NEW).tempfile_in(&self.folder)?;
        // An interruption leaves nothing behind.
        let _unfinished = unfinished::register(file.path());
        let written = write(file.as_file())?;
        file.as_file().sync_all()?;
        file.persist(self.path(name)).map_err(|error| error.error)?;
        // The name is on the disk once the folder is.
        #[cfg(unix)]
        File::open(&self.folder)?.sync_all()?;
        Ok(written)
    }

    /// Removes files of earlier sets, and what was left when somebody was killed. Who still reads them keeps what was read. What
    /// cannot be removed takes room and does no harm; what is not ours stays.
    pub(super) fn tidy<'n>(&self, files: impl Iterator<Item = &'n str>) {
        let own: Vec<&str> = files.collect();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let left = name.to_str().is_some_and(|name| is_ours(name) && !own.contains(&name));
            if left && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Removes the sets made longest ago, so that there are not more than a few. Those that somebody works on stay, and so does
    /// what is no set.
    pub(super) fn evict_others(&self) {
        let parent = self.folder.parent().unwrap_or(&self.folder);
        let mut others: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let is_set = entry.file_name().to_str().is_some_and(is_name_of_set);
            if is_set && entry.file_type().is_ok_and(|kind| kind.is_dir()) && entry.path() != self.folder {
                let newest = fs::metadata(entry.path().join(MANIFEST)).and_then(|metadata| metadata.modified());
                others.push((newest.unwrap_or(SystemTime::UNIX_EPOCH), entry.path()));
            }
        }
        others.sort();
        let many = others.len().saturating_sub(KEPT - 1);
        for (_, folder) in others.into_iter().take(many) {
            if File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok()) {
                remove_set(&folder);
            }
        }
    }

    /// Removes the set.
    pub(super) fn remove(&self) {
        remove_set(&self.folder);
    }

    /// Bytes of these files.
    pub(super) fn size<'n>(&self, files: impl Iterator<Item = &'n str>) -> u64 {
        files.filter_map(|name| fs::metadata(self.path(name)).ok()).map(|metadata| metadata.len()).sum()
    }
}

/// Whether an open file is the one that is there under a name.
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let of = |metadata: io::Result<fs::Metadata>| metadata.ok().map(|found| (found.dev(), found.ino()));
        of(file.metadata()).is_some_and(|own| of(fs::metadata(path)) == Some(own))
    }
    // A file that is open cannot be removed there.
    #[cfg(not(unix))]
    return path.exists() && file.metadata().is_ok();
}

/// Whether a file of a set is one that we write.
fn is_ours(name: &str) -> bool {
    name == MANIFEST || name.starts_with(TABLE) || name.starts_with(NEW)
}

/// Whether a folder is called as sets are.
fn is_name_of_set(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Removes our files of a set, and its folder where nothing else is in it.
fn remove_set(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(|name| is_ours(name) || name == LOCK) {
            _ = fs::remove_file(entry.path());
        }
    }
    _ = fs::remove_dir(folder);
}

/// Removes all sets in a folder, and the folder where nothing else is in it; gives whether there were any.
pub(super) fn remove(folder: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut any = false;
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(is_name_of_set) && entry.file_type()?.is_dir() {
            // Whoever is at work on it ends first.
            let lock = File::open(entry.path().join(LOCK));
            if let Ok(lock) = &lock {
                lock.lock()?;
            }
            remove_set(&entry.path());
            any = true;
            if entry.path().exists() {
                return Err(io::Error::other(format!("{} could not be removed", entry.path().display())));
            }
        }
    }
    for name in [IGNORED, TAG] {
        _ = fs::remove_file(folder.join(name));
    }
    // Only where nothing else is in it.
    _ = fs::remove_dir(folder);
    Ok(any)
}

/// Takes everybody else's rights from a folder of ours.
fn for_owner(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if !fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir()) {
            return;
        }
        _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Makes a folder for its owner only, with those it is in.
pub(crate) fn private(folder: &Path) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn who_waited_for_a_set_that_was_removed_meanwhile_locks_the_one_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let set = Set::of(folder.path(), "sources");
        let first = set.lock(|| {}).unwrap();
        let (waits, waiting) = channel();
        let waiter = std::thread::spawn({
            let set = set.clone();
            move || set.lock(|| waits.send(()).unwrap()).unwrap()
        });
        waiting.recv().unwrap();
        set.remove();
        assert!(!set.folder().exists());
        drop(first);
        let second = waiter.join().unwrap();
        assert!(is_at(&second, &set.path(LOCK)));
        // Nobody else has it beside.
        let (waits, waiting) = channel();
        let third = std::thread::spawn({
            let set = set.clone();
            move || drop(set.lock(|| waits.send(()).unwrap()).unwrap())
        });
        waiting.recv().unwrap();
        drop(second);
        third.join().unwrap();
    }
}
