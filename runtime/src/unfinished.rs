//! Files that are being written and would be half a result if the process ended now.
//!
//! Whoever writes a result writes it under a side name, registers that here, and moves it to its place when it is whole.
//! On an interruption what is still registered is removed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static PATHS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A registered file or folder; dropping it forgets the path without touching what lies there.
#[derive(Debug)]
#[must_use = "the path is forgotten when this is dropped"]
pub struct Unfinished(PathBuf);

/// Registers a side file or folder until the returned value is dropped.
pub fn register(path: &Path) -> Unfinished {
    paths().insert(path.to_owned());
    Unfinished(path.to_owned())
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        paths().remove(&self.0);
    }
}

/// Removes all registered files and folders.
pub fn remove_all() {
    remove(std::mem::take(&mut *paths()));
}

fn remove(paths: BTreeSet<PathBuf>) {
    for path in paths {
        // What cannot be removed stays under its side name, which nobody takes for a result.
        _ = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
    }
}

fn paths() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PATHS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    #[test]
    fn only_what_is_still_registered_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (done, open) = (folder.path().join("done"), folder.path().join("open"));
        std::fs::write(&done, "whole").unwrap();
        std::fs::write(&open, "ha").unwrap();
        drop(super::register(&done));
        let _open = super::register(&open);
        // Other tests have files of theirs here, which must stay.
        let ours = super::paths().iter().filter(|path| path.starts_with(folder.path())).cloned().collect();
        super::remove(ours);
        assert!(done.exists() && !open.exists());
    }
}
