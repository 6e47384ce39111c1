//! The temporary file: bytes are added at its end and read again by their place. It has no name once it is open (where the
//! system can do that), so nothing is left of it however the process ends, and only its owner can ever read it.

use crate::data::DataError;
use crate::memory::shown;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A file that is gone with the process.
#[derive(Debug)]
pub(super) struct Temporary {
    file: File,
    folder: PathBuf,
    end: AtomicU64,
    /// About how many bytes there will be.
    expected: u64,
    #[cfg(not(unix))]
    moving: std::sync::Mutex<()>,
}

/// Where some bytes of it are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    at: u64,
    pub(super) length: u64,
}

impl Temporary {
    /// In this folder, or the system's.
    pub(super) fn new(folder: Option<&Path>, expected: u64) -> Result<Temporary, DataError> {
        let folder = folder.map_or_else(std::env::temp_dir, Path::to_owned);
        let refused = |error: io::Error| DataError::NotWritten {
            file: folder.display().to_string(),
            reason: format!(
                "the data are larger than the memory they may take, and no temporary file can be made in this folder: \
                 {error} (--temp names another folder)"
            ),
        };
        let file = tempfile::tempfile_in(&folder).map_err(refused)?;
        Ok(Temporary {
            file,
            folder,
            end: AtomicU64::new(0),
            expected,
            #[cfg(not(unix))]
            moving: std::sync::Mutex::default(),
        })
    }

    /// Bytes that were added.
    pub(super) fn size(&self) -> u64 {
        self.end.load(Ordering::Relaxed)
    }

    /// Adds bytes. Called from several threads.
    pub(super) fn add(&self, bytes: &[u8]) -> Result<Stretch, DataError> {
        let length = bytes.len() as u64;
        let at = self.end.fetch_add(length, Ordering::Relaxed);
        self.write(bytes, at).map_err(|error| self.full(&error, at))?;
        Ok(Stretch { at, length })
    }

    /// The bytes of a stretch.
    pub(super) fn bytes(&self, stretch: Stretch) -> Result<Vec<u8>, DataError> {
        let mut bytes = vec![0; usize::try_from(stretch.length).unwrap_or(0)];
        let read = self.read(&mut bytes, stretch.at);
        read.map_err(|error| self.error(format!("the temporary file cannot be read: {error}")))?;
        Ok(bytes)
    }

    /// What was read is not what was written.
    pub(super) fn torn(&self) -> DataError {
        self.error("the temporary file is not what was written".to_owned())
    }

    fn error(&self, reason: String) -> DataError {
        DataError::File { file: self.folder.display().to_string(), reason }
    }

    fn full(&self, error: &io::Error, written: u64) -> DataError {
        let needed = shown(self.expected.max(written));
        let failed = match written {
            0 => "be written".to_owned(),
            written => format!("grow beyond {}", shown(written)),
        };
        let reason = format!(
            "the data are larger than the memory they may take, and their temporary file in this folder cannot {failed}: \
             {error}. It needs about {needed} there; --temp names another folder, and a larger --memory needs less"
        );
        DataError::NotWritten { file: self.folder.display().to_string(), reason }
    }

    #[cfg(unix)]
    fn write(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(&self.file, bytes, at)
    }

    #[cfg(unix)]
    fn read(&self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, bytes, at)
    }

    #[cfg(not(unix))]
    fn write(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        use std::io::{Seek, SeekFrom, Write};
        let _moving = self.moving.lock();
        let mut file = &self.file;
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)
    }

    #[cfg(not(unix))]
    fn read(&self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        use std::io::{Read, Seek, SeekFrom};
        let _moving = self.moving.lock();
        let mut file = &self.file;
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(bytes)
    }
}
