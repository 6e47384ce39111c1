//! Putting a new text in the place of a file.

use crate::exit::Failure;
use segue_runtime::unfinished;
use std::fs;
use std::path::Path;

/// Puts the text in the file's place in one step, so that an interruption leaves the old file or the new one. The file
/// keeps its permissions, and a link stays a link: what it points at is replaced.
///
/// # Errors
/// The file or its folder cannot be written.
pub(crate) fn rewrite(path: &Path, text: &str) -> Result<(), Failure> {
    let told = |error: std::io::Error| Failure::Use(format!("{} cannot be written: {error}", path.display()));
    let target = fs::canonicalize(path).map_err(told)?;
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    let side = target.with_file_name(name);
    let _unfinished = unfinished::register(&side);
    let written = fs::write(&side, text)
        .and_then(|()| fs::set_permissions(&side, fs::metadata(&target)?.permissions()))
        .and_then(|()| fs::rename(&side, &target));
    written.map_err(|error| {
        _ = fs::remove_file(&side);
        told(error)
    })
}
