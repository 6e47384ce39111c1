//! Whether a file is still the one that was seen: by what the system says of it, and by what is in it where that does not
//! settle it.

use serde::{Deserialize, Serialize};
use std::fs::{File, Metadata};
use std::hash::Hasher;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use twox_hash::XxHash64;

/// What the system says of a file without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    /// In bytes.
    pub(super) size: u64,
    /// When what is in it changed last, in nanoseconds since 1970; `None` where the system does not say.
    modified: Option<i64>,
    /// When anything about it changed last, which nobody can set back; with the file's number on its disk.
    #[serde(default)]
    changed: Option<(i64, u64)>,
}

/// A file that data were read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SourceFile {
    /// Its canonical path.
    pub(super) path: PathBuf,
    /// As messages name it.
    pub(super) name: String,
    /// What the system said of it before it was read.
    pub(super) identity: Identity,
    /// The sum of all that was in it.
    pub(super) content: u64,
    /// When it was read, in nanoseconds since 1970.
    seen: i64,
}

/// Clocks of file systems may be this coarse, in nanoseconds: what changed that shortly before it was read may have changed
/// once more without a sign.
const COARSE: i64 = if cfg!(test) { 20_000_000 } else { 2_000_000_000 };

impl Identity {
    /// Of a file.
    pub(super) fn of(metadata: &Metadata) -> Identity {
        let modified = metadata.modified().ok().map(nanoseconds);
        Identity { size: metadata.len(), modified, changed: changed(metadata) }
    }

    /// When anything about it changed last, as far as is known.
    fn newest(&self) -> i64 {
        self.modified.unwrap_or(0).max(self.changed.map_or(0, |(time, _)| time))
    }

    /// Whether nothing about a file changed since, for sure.
    pub(super) fn is_untouched(&self, before: &Identity) -> bool {
        self == before && self.changed.is_some()
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<(i64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec()), metadata.ino()))
}

#[cfg(not(unix))]
fn changed(_metadata: &Metadata) -> Option<(i64, u64)> {
    None
}

fn nanoseconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

impl SourceFile {
    /// The file as it is now, all of it read once for its sum.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn seen(path: &Path, name: &str) -> io::Result<SourceFile> {
        let path = path.canonicalize()?;
        let file = File::open(&path)?;
        let mut identity = Identity::of(&file.metadata()?);
        // What has just changed may change once more without a sign: once it is settled, nobody has to read it again.
        let age = nanoseconds(SystemTime::now()).saturating_sub(identity.newest());
        if let Ok(age @ 0..) = u64::try_from(age) {
            std::thread::sleep(Duration::from_nanos(COARSE.unsigned_abs().saturating_sub(age)));
            identity = Identity::of(&file.metadata()?);
        }
        let seen = nanoseconds(SystemTime::now());
        Ok(SourceFile { content: content(file)?, name: name.to_owned(), path, identity, seen })
    }

    /// Whether the file still holds what it held. Its content is read only where the system's word does not settle it.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn is_same(&self) -> io::Result<bool> {
        let file = File::open(&self.path)?;
        let now = Identity::of(&file.metadata()?);
        if now.size != self.identity.size {
            return Ok(false);
        }
        let long_before = now.modified.is_some() && now.newest() <= self.seen.saturating_sub(COARSE);
        if now == self.identity && long_before {
            return Ok(true);
        }
        Ok(content(file)? == self.content)
    }
}

fn content(mut file: File) -> io::Result<u64> {
    let mut hasher = XxHash64::with_seed(0);
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(count) => hasher.write(buffer.get(..count).unwrap_or(&[])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
