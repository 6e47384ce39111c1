//! Finding a project on disk and reading its files.
//!
//! A project is the folder of the nearest `segue.toml` upward, with all `.segue` files in it and below it, or a single
//! `.segue` file that lies in no such folder. Files are read in the order of their paths, so that messages and results
//! do not depend on the disk.

use segue_compiler::diagnostics::{self, Diagnostic};
use segue_compiler::project::{self, Checked, Constants, Input};
use segue_compiler::source::{FileId, SourceFile, Span};
use segue_compiler::syntax::{MAXIMUM_FILE, invalid_utf8};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The name of the file that makes a folder a project.
pub const SETTINGS_FILE: &str = "segue.toml";
/// How rule files end.
pub const RULES_EXTENSION: &str = "segue";
/// Folders that never hold rules.
const SKIPPED: [&str; 2] = ["target", "node_modules"];

/// Why a project cannot be found or read.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The path does not exist.
    #[error("there is nothing at {}", .0.display())]
    NoSuchPath(PathBuf),
    /// No `segue.toml` in the folder or above it.
    #[error(
        "there is no segue.toml in {} or in a folder above it: name the folder of a project or a .segue file, \
         or let `segue init` make a project from your data files", .0.display()
    )]
    NoProject(PathBuf),
    /// The file is neither `segue.toml` nor a rule file.
    #[error("{} is not a rule file: their names end in .segue", .0.display())]
    NotRules(PathBuf),
    /// The folder holds `segue.toml` but no rules.
    #[error("there is no .segue file in {} or below it", .0.display())]
    NoRules(PathBuf),
    /// The operating system refused.
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// Why not.
        reason: std::io::Error,
    },
}

/// Which files make up a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The folder that relative paths in the project are relative to.
    pub root: PathBuf,
    /// `segue.toml`, unless the project is a single file.
    pub settings: Option<PathBuf>,
    /// The rule files, by path.
    pub rules: Vec<PathBuf>,
}

/// The files' texts.
#[derive(Debug, Clone)]
pub struct Files {
    /// `segue.toml`.
    pub settings: Option<SourceFile>,
    /// The rule files, by path; their names are relative to where the command was started, as people wrote them.
    pub rules: Vec<SourceFile>,
    /// What was wrong with the rule files themselves; their numbers are positions in `rules`.
    pub diagnostics: Vec<Diagnostic>,
}

impl Location {
    /// Finds the project that `path` names: a folder in it, its `segue.toml`, or a rule file.
    ///
    /// # Errors
    /// Nothing is there, it is no project, or a folder cannot be read.
    pub fn find(path: &Path) -> Result<Location, ProjectError> {
        let kind = std::fs::metadata(path).map_err(|reason| match reason.kind() {
            std::io::ErrorKind::NotFound => ProjectError::NoSuchPath(path.to_owned()),
            _ => ProjectError::Unreadable { path: path.to_owned(), reason },
        })?;
        if kind.is_dir() {
            let root = nearest(path)?.ok_or_else(|| ProjectError::NoProject(path.to_owned()))?;
            return Location::folder(root);
        }
        let folder = parent(path);
        if path.file_name().is_some_and(|name| name == SETTINGS_FILE) {
            return Location::folder(folder);
        }
        if !is_rules(path) {
            return Err(ProjectError::NotRules(path.to_owned()));
        }
        if let Some(root) = nearest(&folder)? {
            let project = Location::folder(root)?;
            if project.rules.iter().any(|rules| same_file(rules, path)) {
                return Ok(project);
            }
        }
        Ok(Location { root: folder, settings: None, rules: vec![path.to_owned()] })
    }

    fn folder(root: PathBuf) -> Result<Location, ProjectError> {
        let mut rules = Vec::new();
        collect(&root, &mut rules)?;
        rules.sort();
        if rules.is_empty() {
            return Err(ProjectError::NoRules(root));
        }
        Ok(Location { settings: Some(root.join(SETTINGS_FILE)), root, rules })
    }

    /// Reads all files. What is wrong inside a file (its size, its encoding) becomes a message.
    ///
    /// # Errors
    /// A file cannot be read at all.
    pub fn read(&self) -> Result<Files, ProjectError> {
        let settings = match &self.settings {
            Some(path) => Some(text(path)?.0),
            None => None,
        };
        let mut files = Files { settings, rules: Vec::new(), diagnostics: Vec::new() };
        for path in &self.rules {
            let (source, readable) = text(path)?;
            if let Some(readable) = readable {
                files.diagnostics.push(unreadable_letter(files.rules.len(), &source, readable));
            }
            files.rules.push(source);
        }
        Ok(files)
    }

    /// Whether a file is one of the project's own.
    pub fn holds(&self, path: &Path) -> bool {
        self.rules.iter().chain(&self.settings).any(|own| same_file(own, path))
    }

    /// A path written in the project: relative ones start at the project's folder.
    pub fn resolve(&self, written: &str) -> PathBuf {
        self.root.join(written)
    }
}

impl Files {
    /// Checks the project: everything about its files and in them. `location` says where its lists' files are.
    pub fn check(self, location: &Location) -> Checked {
        self.check_with(location, Constants::default())
    }

    /// The same with some constants other than written.
    pub fn check_with(self, location: &Location, constants: Constants<'_>) -> Checked {
        let read_list = |name: &str| {
            let path = location.resolve(name);
            let bytes = read_bounded(&path).map_err(|error| match error {
                ProjectError::Unreadable { reason, .. } if reason.kind() == std::io::ErrorKind::NotFound => {
                    "there is no such file".to_owned()
                }
                ProjectError::Unreadable { reason, .. } => reason.to_string(),
                other => other.to_string(),
            })?;
            String::from_utf8(bytes).map_err(|_| "it is not saved as UTF-8".to_owned())
        };
        let input = Input { settings: self.settings, files: self.rules, constants, read_list: &read_list };
        let mut checked = project::check(input);
        if !self.diagnostics.is_empty() {
            // What else is said about a line with such a letter is most likely said because of it.
            let sources = &checked.sources;
            checked.diagnostics.retain(|message| !sources.slice(message.span).contains(REPLACED));
            checked.diagnostics.extend(self.diagnostics);
            diagnostics::sort(&mut checked.diagnostics);
            checked.program = None;
        }
        checked
    }
}

/// Stands where a letter could not be read.
const REPLACED: char = char::REPLACEMENT_CHARACTER;

/// A file's text and, where it is not UTF-8, how many of its bytes are. What follows them is still read, so that what it
/// declares is known and its other mistakes are told.
fn text(path: &Path) -> Result<(SourceFile, Option<usize>), ProjectError> {
    let bytes = read_bounded(path)?;
    let name = path.strip_prefix("./").unwrap_or(path).display().to_string();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => (SourceFile::new(name, text), None),
        Err(error) => (SourceFile::new(name, String::from_utf8_lossy(bytes)), Some(error.valid_up_to())),
    })
}

fn unreadable_letter(file: usize, source: &SourceFile, readable: usize) -> Diagnostic {
    let file = FileId(u32::try_from(file).unwrap_or(u32::MAX));
    let message = invalid_utf8(file, source, readable);
    let span = Span::new(file, readable, (readable + REPLACED.len_utf8()).min(source.text.len()));
    Diagnostic { span, ..message }
}

/// The file's bytes, at most one more than a rule file may have: the reader of rules says that it is too large.
fn read_bounded(path: &Path) -> Result<Vec<u8>, ProjectError> {
    let unreadable = |reason| ProjectError::Unreadable { path: path.to_owned(), reason };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(MAXIMUM_FILE as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The nearest folder upward that holds `segue.toml`.
fn nearest(folder: &Path) -> Result<Option<PathBuf>, ProjectError> {
    let mut nearest = folder.to_owned();
    if nearest.join(SETTINGS_FILE).is_file() {
        return Ok(Some(nearest));
    }
    nearest =
        std::path::absolute(folder).map_err(|reason| ProjectError::Unreadable { path: folder.to_owned(), reason })?;
    while nearest.pop() {
        if nearest.join(SETTINGS_FILE).is_file() {
            return Ok(Some(nearest));
        }
    }
    Ok(None)
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn is_rules(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == RULES_EXTENSION)
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (std::fs::canonicalize(one), std::fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// All rule files in a folder and below, but not in hidden folders nor in other projects. Links to folders are not
/// followed, so there is no way to walk in a circle.
fn collect(folder: &Path, rules: &mut Vec<PathBuf>) -> Result<(), ProjectError> {
    let unreadable = |reason| ProjectError::Unreadable { path: folder.to_owned(), reason };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let (path, name) = (entry.path(), entry.file_name());
        let hidden = name.to_string_lossy().starts_with('.');
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            let other = path.join(SETTINGS_FILE).is_file();
            if !hidden && !other && !SKIPPED.iter().any(|skipped| name == *skipped) {
                collect(&path, rules)?;
            }
        } else if !hidden && is_rules(&path) && path.is_file() {
            rules.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
