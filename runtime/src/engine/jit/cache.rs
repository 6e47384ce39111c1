//! Machine code kept on the disk between runs, a file for each function.
//!
//! A file is found by the function's content: Cranelift's `incremental-cache` hashes (SHA-256) what was written down, its own
//! version, the processor and all settings, and tells how what it kept is made code again; the names of helpers become addresses
//! only then, so nothing in a file depends on where a program was loaded. What is here is where the files are and whether
//! they are believed: machine code is run, so they must belong to the user, nobody else may write to them or to their folder, and
//! a sum over key and content must be right. Anything else is as if there were no file: the function is compiled, and its
//! file written anew. No failure of the cache is one of the run.

use crate::data::prepared::{make_private, owned, owned_folder};
use crate::unfinished;
use cranelift::codegen::incremental_cache::CacheKvStore;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::hash::Hasher;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};
use twox_hash::XxHash64;

/// Most bytes that are kept; more are brought down to three quarters of it, those used longest ago first.
const KEPT: u64 = 64 << 20;
/// A file that is larger than any function's code is none of ours.
const LARGEST: u64 = 16 << 20;
/// How files begin, with the version of their form.
const MARK: [u8; 8] = *b"segucod\x01";
const HEAD: usize = MARK.len() + size_of::<u64>();
/// How files begin to be called that are not whole yet.
const NEW: &str = "new-";
/// How old such a file is when nobody writes it any more.
const LEFT: Duration = Duration::from_secs(3600);
/// How exactly it is known when a file was used last: noting it costs a write.
const NOTED: Duration = Duration::from_secs(24 * 3600);

/// Where machine code is kept between runs: a folder that only its owner can read and write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeCache {
    folder: PathBuf,
    most: u64,
}

impl CodeCache {
    /// The user's own: `segue/code` in `$XDG_CACHE_HOME`, or else in `~/.cache` (`~/Library/Caches` on a Mac). `None` where the
    /// user has no such folder, and on systems where it cannot be asked whom a file belongs to.
    pub fn of_user() -> Option<CodeCache> {
        if cfg!(not(unix)) {
            return None;
        }
        // Paths that begin nowhere count as none, as the standard for the variable says.
        let set = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
        let usual = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        let home = || std::env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(usual));
        Some(CodeCache::at(set.or_else(home)?.join("segue").join("code")))
    }

    /// In a folder, which is made where it is missing.
    pub fn at(folder: impl Into<PathBuf>) -> CodeCache {
        CodeCache { folder: folder.into(), most: KEPT }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The cache for a run; `None` where it cannot be made or others may put files into it.
    pub(super) fn open(&self) -> Option<Opened> {
        if cfg!(not(unix)) {
            return None;
        }
        // A link is not followed, so what is asked about here is what is opened below.
        let known = fs::symlink_metadata(&self.folder).or_else(|_| {
            make_private(&self.folder)?;
            fs::symlink_metadata(&self.folder)
        });
        owned_folder(&known.ok()?).ok()?;
        Some(Opened { folder: self.folder.clone(), most: self.most, written: AtomicBool::new(false) })
    }
}

/// A cache in use.
#[derive(Debug)]
pub(super) struct Opened {
    folder: PathBuf,
    most: u64,
    /// Whether something new was kept.
    written: AtomicBool,
}

/// The cache as Cranelift sees it, one for each function that is made.
pub(super) struct Shelf<'c>(pub(super) &'c Opened);

impl CacheKvStore for Shelf<'_> {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        self.0.read(key).map(Cow::Owned)
    }

    fn insert(&mut self, key: &[u8], code: Vec<u8>) {
        // Where nothing can be written the next run compiles again.
        if self.0.write(key, &code).is_ok() {
            self.0.written.store(true, Ordering::Relaxed);
        }
    }
}

impl Opened {
    fn read(&self, key: &[u8]) -> Option<Vec<u8>> {
        let path = self.path(key);
        // Asked before it is opened, since opening what is no file may wait for ever, and again of what was opened.
        owned(&fs::symlink_metadata(&path).ok()?).ok()?;
        let mut file = File::open(&path).ok()?;
        let known = file.metadata().ok()?;
        owned(&known).ok()?;
        if known.len() > LARGEST {
            return None;
        }
        let mut content = Vec::new();
        (&mut file).take(LARGEST).read_to_end(&mut content).ok()?;
        let (head, code) = content.split_at_checked(HEAD)?;
        if head != self::head(key, code) {
            return None;
        }
        let code = code.to_vec();
        if known.modified().ok().and_then(|then| then.elapsed().ok()).is_some_and(|age| age > NOTED) {
            _ = file.set_modified(SystemTime::now());
        }
        Some(code)
    }

    fn write(&self, key: &[u8], code: &[u8]) -> io::Result<()> {
        // Readable by its owner only from its first moment. It need not be on the disk before it gets its name: one that is
        // torn after all has another sum.
        let mut file = tempfile::Builder::new().prefix(NEW).tempfile_in(&self.folder)?;
        // An interruption leaves nothing behind.
        let _unfinished = unfinished::register(file.path());
        file.write_all(&head(key, code))?;
        file.write_all(code)?;
        file.persist(self.path(key)).map_err(|error| error.error)?;
        Ok(())
    }

    fn path(&self, key: &[u8]) -> PathBuf {
        let mut name = String::with_capacity(key.len() * 2);
        for byte in key {
            _ = write!(name, "{byte:02x}");
        }
        self.folder.join(name)
    }

    /// Ends a use: where something was added, what is too much is removed. Who still reads it keeps what was opened.
    pub(super) fn close(&self) {
        if !self.written.load(Ordering::Relaxed) {
            return;
        }
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let (Some(name), Ok(known)) = (name.to_str(), entry.metadata()) else { continue };
            let modified = known.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if known.is_file() && is_name_of_function(name) {
                files.push((modified, known.len(), entry.path()));
            } else if known.is_file() && name.starts_with(NEW) && modified.elapsed().is_ok_and(|age| age > LEFT) {
                // Left when somebody was killed.
                _ = fs::remove_file(entry.path());
            }
        }
        let mut bytes: u64 = files.iter().map(|(_, bytes, _)| *bytes).sum();
        if bytes <= self.most {
            return;
        }
        files.sort();
        for (_, size, path) in files {
            if bytes <= self.most / 4 * 3 {
                return;
            }
            // What is gone already another process has removed.
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {}
                _ => bytes -= size,
            }
        }
    }
}

/// What stands before the code of a key.
fn head(key: &[u8], code: &[u8]) -> [u8; HEAD] {
    let mut sum = XxHash64::with_seed(0);
    sum.write(key);
    sum.write(code);
    let mut head = [0; HEAD];
    let bytes = MARK.into_iter().chain(sum.finish().to_le_bytes());
    head.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    head
}

/// Whether a file is called as those of functions are.
fn is_name_of_function(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;
