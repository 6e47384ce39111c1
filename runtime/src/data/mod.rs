//! Data in and out: reading files, converting and encoding columns, the data set in memory, writing results.
//!
//! The way in: a reader gives [`Raw`] cells batch by batch -> `convert` judges them by the declared types -> `table`
//! takes bad rows out and counts -> `assemble` checks keys, groups rows by customer and counts what points nowhere.

mod assemble;
mod bits;
pub(crate) mod convert;
mod dataset;
mod error;
mod group;
pub mod infer;
mod keys;
mod moments;
mod needed;
mod numbers;
mod parts;
pub mod prepared;
mod ranges;
mod raw;
mod read;
mod report;
mod rows;
mod runs;
mod stored;
mod table;
#[cfg(test)]
mod tests;
mod texts;
mod write;

pub(crate) use assemble::{assemble, count_lookup_misses};
pub use bits::Bits;
pub(crate) use convert::{find_cell, scalar};
pub(crate) use dataset::length;
pub use dataset::{Column, Dataset, Dictionary, TableData, Values, canonical_integer, compare_ids};
pub use error::{DataError, DataErrors, Whole};
pub(crate) use error::{check, did_you_mean, over_memory};
pub(crate) use group::{NO_OWNER, gather_groups, joined_ends, key_ranks, sorted_by_owner};
pub use keys::{KeyIndex, LookupMap};
pub(crate) use moments::{Moment, ZoneClock, is_day, is_moment};
pub use needed::{NeededFields, needed_fields};
pub use numbers::Numbers;
pub use parts::Seen;
pub(crate) use parts::{HowParted, can_be_parted, is_keyed, read_parts};
pub(crate) use prepared::Unused;
pub(crate) use ranges::{HowRanged, can_be_ranged, loaded_size, read_ranges, reading_size};
pub use raw::{Raw, RawField};
pub(crate) use read::ndjson::parse_line;
pub use read::{LoadOptions, Sources, load, load_within};
pub(crate) use read::{load_files, of_prepared};
pub use report::{
    BadByColumns, BadCell, LoadReport, LookupMisses, Misses, Outside, Progress, Quiet, TableReport, Warning,
};
pub use rows::{DatasetBuilder, column_names};
pub use runs::Runs;
pub(crate) use runs::{conjuncts, is_held_alike};
pub use stored::{Buffer, Cells, Flags, Integers, Marks, Stored, StoredValues, U40};
pub(crate) use stored::{MarkCells, Memory, Settled, turned, union};
pub(crate) use table::TableBuilder;
pub use texts::Texts;
pub use write::{
    CustomerKeys, Memberships, OtherMemberships, OutputFormat, OutputShape, WholeFiles, write_memberships,
};

use std::path::PathBuf;

/// What loading gave.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The data.
    pub dataset: Dataset,
    /// What was counted on the way.
    pub report: LoadReport,
    /// The files that are named as data, needed or not, by their canonical paths: nothing may be written over them.
    pub files: Vec<PathBuf>,
    /// Where they came from.
    pub origin: Origin,
}

/// Where loaded data came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// The files that are named for the tables.
    #[default]
    Sources,
    /// The same files, though data had been prepared; why.
    SourcesInstead(prepared::Unused),
    /// Data prepared from these files.
    Prepared {
        /// When, in microseconds UTC.
        made: i64,
    },
}

/// What becomes of rows with a cell that cannot be converted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BadRows {
    /// The load fails and shows the first of them.
    #[default]
    Stop,
    /// They are left out and counted.
    Skip,
    /// They are left out, counted, and their cells written to this file (CSV, or NDJSON by its name).
    Report(PathBuf),
}

impl BadRows {
    /// How many bad cells of a table are kept.
    fn kept_cells(&self) -> usize {
        match self {
            BadRows::Stop | BadRows::Skip => 5,
            BadRows::Report(_) => usize::MAX,
        }
    }
}

/// What becomes of events and records whose customer is not in the customers' data. Without data for customers they are
/// always added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownCustomers {
    /// Their rows are left out and counted.
    #[default]
    Report,
    /// They become customers whose other fields are all missing.
    Add,
}

/// Whether two names of columns or tables are the same but for capitals.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || !(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase()
}

/// At most three of the names that are spelled most like `name`, best first; all of them are reasonably like it.
pub(crate) fn closest_names<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let wanted = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .map(|other| (strsim::jaro_winkler(&wanted, &other.to_lowercase()), other))
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    scored.into_iter().take(3).map(|(_, other)| other.to_owned()).collect()
}
