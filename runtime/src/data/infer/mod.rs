//! A first draft of a project from data files: what the tables are, what their fields mean, and one segment to begin with.
//!
//! What is guessed is marked in the text with `# guess: ...`. The draft checks and runs on the files it was made from.

mod field;
mod long_parquet;
mod look;
mod print;
mod profile;
mod roles;
#[cfg(test)]
mod tests;
mod words;

use super::read::files::{self, InputFile};
use super::{DataError, DataErrors, Progress};
use look::FileProfile;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// The files of a project, and what was found on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// `segue.toml`.
    pub settings: String,
    /// `declarations.segue`.
    pub declarations: String,
    /// `segments.segue`: one example.
    pub segments: String,
    /// Lines that say what each file was taken for.
    pub findings: Vec<String>,
}

/// What to draft from.
#[derive(Debug, Clone)]
pub struct DraftRequest<'a> {
    /// Data files and folders of them.
    pub paths: &'a [PathBuf],
    /// The folder the project is for: files are named relative to it.
    pub folder: &'a Path,
    /// The column that names the customer, where it is not to be guessed.
    pub customer: Option<&'a str>,
}

/// Looks at the files and drafts a project.
///
/// # Errors
/// A file cannot be found or read, or no column names the customers.
pub fn draft(request: &DraftRequest<'_>, progress: &dyn Progress) -> Result<Draft, DataErrors> {
    let (inputs, passed_over) = inputs(request.paths)?;
    progress.start("looking at the files", Some(inputs.iter().map(|file| file.size).sum()));
    let looked: Vec<Result<FileProfile, DataError>> =
        inputs.par_iter().map(|file| look::look(file, progress)).collect();
    progress.finish();
    let (mut profiles, mut errors) = (Vec::new(), Vec::new());
    for result in looked {
        match result {
            Ok(profile) => profiles.push(profile),
            Err(error) => errors.push(error),
        }
    }
    DataErrors::none_or(errors)?;
    let profiles = join_parts(profiles);
    let Some(roles) = roles::roles(&profiles, request.customer) else {
        let columns = profiles.iter().flat_map(|file| file.columns.iter().map(|column| column.name.clone())).collect();
        return Err(DataError::NoCustomerColumn { wanted: request.customer.map(str::to_owned), columns }.into());
    };
    Ok(print::print(&profiles, &roles, request.folder, passed_over))
}

/// The files to look at. Of several with the same name but for the ending, Parquet is taken, then the first; the others are
/// passed over and named.
fn inputs(paths: &[PathBuf]) -> Result<(Vec<InputFile>, Vec<String>), DataErrors> {
    let mut found: Vec<InputFile> = Vec::new();
    let mut errors = Vec::new();
    for path in paths {
        match files::resolve("the draft", Path::new(""), &[path.to_string_lossy().into_owned()]) {
            Ok(files) => found.extend(files),
            Err(more) => errors.extend(more.into_iter().map(|error| plainly(path, error))),
        }
    }
    DataErrors::none_or(errors)?;
    let rank = |file: &InputFile| u8::from(file.format != files::Format::Parquet);
    let mut kept: Vec<InputFile> = Vec::new();
    let mut passed_over = Vec::new();
    for file in found {
        let same =
            |other: &InputFile| other.path.parent() == file.path.parent() && look::stem(other) == look::stem(&file);
        match kept.iter_mut().find(|other| same(other)) {
            Some(other) if other.path == file.path => {}
            Some(other) => {
                let mut less = file;
                if rank(&less) < rank(other) {
                    std::mem::swap(&mut less, other);
                }
                let (less, other) = (print::file_name(&less.path), print::file_name(&other.path));
                passed_over.push(format!("{less}: passed over, as {other} has the same name"));
            }
            None => kept.push(file),
        }
    }
    Ok((kept, passed_over))
}

/// Here files are named for themselves, not as the data of a table.
fn plainly(path: &Path, error: DataError) -> DataError {
    let DataError::NoFile { pattern: file, .. } = error else { return error };
    let reason = match path.is_dir() {
        true => "nothing in this folder is a file that I can read: .csv, .tsv, .ndjson, .jsonl and .parquet",
        false => "there is no such file or folder",
    };
    DataError::File { file, reason: reason.to_owned() }
}

/// Joins files that are parts of one table: the same columns, and names that differ only in digits at their end.
fn join_parts(profiles: Vec<FileProfile>) -> Vec<FileProfile> {
    let base = |stem: &str| {
        let ending = |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '_');
        stem.trim_end_matches(ending).to_owned()
    };
    let names = |file: &FileProfile| file.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    let mut joined: Vec<FileProfile> = Vec::new();
    for file in profiles {
        let part_of = joined.iter_mut().find(|other| {
            let stem = base(&file.stem);
            !stem.is_empty() && stem == base(&other.stem) && other.stem != file.stem && names(other) == names(&file)
        });
        match part_of {
            Some(other) => {
                other.paths.extend(file.paths);
                for (column, more) in other.columns.iter_mut().zip(file.columns) {
                    column.join(more);
                }
                other.rows += file.rows;
                other.complete &= file.complete;
                other.repeated_names.extend(file.repeated_names);
                other.repeated_names.dedup();
            }
            None => joined.push(file),
        }
    }
    for file in joined.iter_mut().filter(|file| file.paths.len() > 1) {
        file.stem = base(&file.stem);
    }
    joined
}
