//! Prepared data: what the files of a project's data hold, packed and in order, in files of its own that are mapped into
//! memory when a run begins.
//!
//! [`prepare`] makes them, or brings them up to date: tables whose files did not change stay, files that were added to a
//! table's are read and merged in, anything else is read again. [`load`](super::load) uses them where they are exactly what it would have
//! loaded: the files are the same by what the system says of them (or, where that leaves a doubt, by the sum of what is
//! in them), the declarations of what is needed are the same, and so are the rows left out. Otherwise it reads the files.
//!
//! A set is a folder with a manifest and a file for each table. Both are written under other names and put in their
//! places when they are on the disk, the manifest last, so whatever happens a set is the old one or the new one.

mod declared;
mod file;
mod identity;
mod keep;
mod make;
mod manifest;
mod open;
mod pages;
#[cfg(test)]
mod tests;

pub(crate) use file::{owned, owned_folder};
pub(crate) use keep::private as make_private;
pub(super) use open::open;

pub use make::{Made, MadeTable, PrepareError, Work, prepare};

use super::read::Sources;
use super::{BadRows, LoadOptions};
use keep::Set;
use std::path::Path;

/// Why prepared data are not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unused {
    /// None were prepared from these sources.
    #[error("nothing has been prepared from these files")]
    Nothing,
    /// All bad cells are to be written, and only the first of them are known.
    #[error("they do not hold the bad cells that are to be written")]
    BadCells,
    /// Other rows would be left out.
    #[error("`{table}` has bad rows whose bad cells are in columns that are not asked about")]
    OtherRows {
        /// The table.
        table: String,
    },
    /// A table is not among them.
    #[error("`{table}` was not prepared")]
    NoTable {
        /// The table.
        table: String,
    },
    /// A declaration is another one.
    #[error("{what} is declared otherwise since")]
    Declared {
        /// The table or field.
        what: String,
    },
    /// A table's files are others.
    #[error("`{table}` has other files since")]
    Files {
        /// The table.
        table: String,
    },
    /// A file changed.
    #[error("{file} has changed since")]
    Changed {
        /// The file.
        file: String,
    },
    /// Two fields are read from one column, and what is counted is kept by column.
    #[error("two fields of `{table}` are read from the column \"{column}\"")]
    Twice {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// They would take more memory than there may be.
    #[error("they would take {needed} of memory, and {bound} are allowed")]
    TooLarge {
        /// What they would take, with what is held already.
        needed: String,
        /// What is allowed.
        bound: String,
    },
    /// A file of prepared data cannot be used.
    #[error("{file} cannot be used: {reason}")]
    Unfit {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
}

impl Unused {
    /// Whether preparing the data again is all it takes.
    pub fn is_mended_by_preparing(&self) -> bool {
        match self {
            Unused::Nothing
            | Unused::NoTable { .. }
            | Unused::Declared { .. }
            | Unused::Files { .. }
            | Unused::Changed { .. }
            | Unused::Unfit { .. } => true,
            Unused::BadCells | Unused::OtherRows { .. } | Unused::Twice { .. } | Unused::TooLarge { .. } => false,
        }
    }
}

/// Removes all data that were prepared in a folder; gives whether there were any.
///
/// # Errors
/// They cannot be removed.
pub fn remove(folder: &Path) -> std::io::Result<bool> {
    keep::remove(folder)
}

/// The set of data for these sources.
fn set_of(folder: &Path, sources: &Sources, options: &LoadOptions<'_>) -> Set {
    let bad = if options.bad_rows == BadRows::Stop { "stop" } else { "skip" };
    Set::of(folder, &format!("{bad} {:?}\n{}", options.unknown_customers, sources.described()))
}
