//! Why data cannot be loaded or written.

use super::Origin;
use super::report::BadCell;
use crate::memory::{Bound, shown};
use std::fmt;

/// All that stands in the way of a load, found in one go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataErrors {
    /// At least one.
    pub errors: Vec<DataError>,
    /// Where the data came from, or would have.
    pub origin: Origin,
}

impl fmt::Display for DataErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.errors.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("\n\n"))
    }
}

impl std::error::Error for DataErrors {}

impl From<DataError> for DataErrors {
    fn from(error: DataError) -> DataErrors {
        vec![error].into()
    }
}

impl From<Vec<DataError>> for DataErrors {
    fn from(errors: Vec<DataError>) -> DataErrors {
        DataErrors { errors, origin: Origin::Sources }
    }
}

impl DataErrors {
    pub(crate) fn none_or(errors: Vec<DataError>) -> Result<(), DataErrors> {
        if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
    }

    /// The same, of data from there.
    pub(crate) fn of(self, origin: Origin) -> DataErrors {
        DataErrors { origin, ..self }
    }

    /// The same; where data go over the bound they say why they are held as a whole.
    pub(crate) fn because(mut self, why: Whole) -> DataErrors {
        for error in &mut self.errors {
            if let DataError::OverMemory { whole, .. } = error {
                *whole = Some(why);
            }
        }
        self
    }
}

/// One reason why data cannot be loaded or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// Data were given under a name that is not declared.
    #[error("there is data for `{name}`, but nothing is declared under that name{}", did_you_mean(closest))]
    UnknownTable {
        /// The name.
        name: String,
        /// Declared names like it.
        closest: Vec<String>,
    },
    /// A declared table that is needed has no data.
    #[error("there is no data for `{table}`: name its file under [data] in segue.toml, or give --data {table}=FILE")]
    NoData {
        /// The table.
        table: String,
    },
    /// A file name or pattern fits no file.
    #[error("no file for `{table}`: nothing is called {pattern}")]
    NoFile {
        /// The table.
        table: String,
        /// The name or pattern.
        pattern: String,
    },
    /// A folder holds nothing that can be read.
    #[error("no file for `{table}`: the folder {folder} holds no file that I can read")]
    EmptyFolder {
        /// The table.
        table: String,
        /// The folder.
        folder: String,
    },
    /// The end of a file's name says nothing that can be read.
    #[error("{file}: I can read .csv, .tsv, .ndjson, .jsonl and .parquet files, also with .gz or .zst at the end")]
    UnknownFormat {
        /// The file.
        file: String,
    },
    /// The operating system or a decoder refused.
    #[error("{file}: {reason}")]
    File {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// A file cannot be written, or must not be.
    #[error("{file}: {reason}")]
    NotWritten {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// A declared column is not in the data.
    #[error("{file} has no column \"{column}\" for the field `{table}.{field}`{}", columns_like(closest))]
    NoColumn {
        /// The file.
        file: String,
        /// The table.
        table: String,
        /// The field.
        field: String,
        /// The column it is read from.
        column: String,
        /// The names most like it, or the first ones.
        closest: Vec<String>,
    },
    /// Two columns have the name, or differ from it only in capitals and none fits exactly.
    #[error("{file} has several columns that could be \"{column}\": {}", quoted(found))]
    AmbiguousColumn {
        /// The file.
        file: String,
        /// The column wanted.
        column: String,
        /// Those found.
        found: Vec<String>,
    },
    /// Cells cannot be converted.
    #[error("{}", bad_rows_text(table, *bad_rows, *rows, cells))]
    BadRows {
        /// The table.
        table: String,
        /// How many rows hold such cells.
        bad_rows: u64,
        /// How many rows were read.
        rows: u64,
        /// The first of them.
        cells: Vec<BadCell>,
    },
    /// A key occurs twice.
    #[error("`{table}` has the key {key} twice: {first} and {second}{}", further(*more))]
    DuplicateKey {
        /// The table.
        table: String,
        /// The key.
        key: String,
        /// File and row of the first.
        first: String,
        /// File and row of the second.
        second: String,
        /// How many further rows repeat a key.
        more: u64,
    },
    /// Customers are to be added, but they would lack fields that must be known.
    #[error(
        "customers that are only in the events have no {}: declare {} with `?`, or set unknown_customers = \"report\"",
        names(fields),
        if fields.len() == 1 { "the field" } else { "these fields" }
    )]
    AddedCustomersLackFields {
        /// The required fields.
        fields: Vec<String>,
    },
    /// No column says which customer a row is about.
    #[error("{}", no_customer_text(wanted.as_deref(), columns))]
    NoCustomerColumn {
        /// The column that was asked for.
        wanted: Option<String>,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// The bound on memory does not do.
    #[error("{}", over_memory_text(*bound, *needed, parts, *whole))]
    OverMemory {
        /// The bound.
        bound: Bound,
        /// What is held, or would be in the next step, in bytes.
        needed: u64,
        /// What takes how many bytes of it.
        parts: Vec<(String, u64)>,
        /// Why it is not done by way of a temporary file, where that cannot be.
        whole: Option<Whole>,
    },
    /// More rows than row numbers.
    #[error("`{table}` has {rows} rows; more than 4,294,967,294 cannot be loaded")]
    TooManyRows {
        /// The table.
        table: String,
        /// How many.
        rows: u64,
    },
}

impl DataError {
    /// Whether the bound on memory does not do.
    pub(crate) fn is_of_memory(&self) -> bool {
        matches!(self, DataError::OverMemory { .. })
    }
}

/// Why data have to be held as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// Customers are asked for fields of other customers.
    CustomersLookedUp,
    /// Segments of other tables' rows are asked about.
    OtherTables,
    /// The interpreter goes through all of them.
    Interpreter,
    /// They are put in order before they are written.
    Preparing,
}

impl Whole {
    fn text(self) -> &'static str {
        match self {
            Whole::CustomersLookedUp => {
                "all customers are held at once because some are asked for fields of others, who may be anywhere"
            }
            Whole::OtherTables => {
                "all data are held at once because there are segments of other tables, whose rows belong to many customers"
            }
            Whole::Interpreter => "all data are held at once because the interpreter goes through them as they are",
            Whole::Preparing => {
                "all data are held at once because they are put in order before they are written; `segue run` does without"
            }
        }
    }
}

fn names(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// The nearest name, for the end of a sentence.
pub(crate) fn did_you_mean(closest: &[String]) -> String {
    match closest.first() {
        Some(name) => format!(": did you mean `{name}`?"),
        None => String::new(),
    }
}

fn columns_like(closest: &[String]) -> String {
    if closest.is_empty() { String::new() } else { format!(": it has {}", quoted(closest)) }
}

fn no_customer_text(wanted: Option<&str>, columns: &[String]) -> String {
    let mut names = columns.to_vec();
    names.sort();
    names.dedup();
    match wanted {
        Some(wanted) => format!("no file has a column \"{wanted}\"; the columns are {}", quoted(&names)),
        None => {
            format!(
                "I cannot tell which column names the customer: say it with --customer COLUMN, one of {}",
                quoted(&names)
            )
        }
    }
}

/// Whether what the process holds, and what is still to come, are within a bound: each thing with its bytes. Where the
/// system does not tell what is held, what is known of it counts.
///
/// # Errors
/// It is not.
pub(crate) fn check(
    bound: Bound,
    coming: &[(&str, u64)],
    held: impl Fn() -> Vec<(String, u64)>,
) -> Result<(), DataError> {
    let sum = |parts: &[(String, u64)]| parts.iter().map(|(_, bytes)| bytes).sum();
    let more: u64 = coming.iter().map(|(_, bytes)| bytes).sum();
    let needed = || crate::memory::held().unwrap_or_else(|| sum(&held())).saturating_add(more);
    let Err(needed) = bound.keeps(needed) else { return Ok(()) };
    let coming = coming.iter().map(|(what, bytes)| ((*what).to_owned(), *bytes));
    Err(over_memory(bound, needed, coming.chain(held()).collect()))
}

/// The bound does not do, for these parts and the rest of what is needed.
pub(crate) fn over_memory(bound: Bound, needed: u64, mut parts: Vec<(String, u64)>) -> DataError {
    let known: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
    parts.retain(|(_, bytes)| *bytes > 0);
    // What a part will take is an estimate from above.
    let needed = needed.max(known);
    let rest = needed.saturating_sub(known);
    if rest > 0 {
        parts.push(("what is at hand, and the program itself".to_owned(), rest));
    }
    DataError::OverMemory { bound, needed, parts, whole: None }
}

fn over_memory_text(bound: Bound, needed: u64, parts: &[(String, u64)], whole: Option<Whole>) -> String {
    let mut lines = vec![format!("this takes {} of memory, and the bound is {bound}:", shown(needed))];
    lines.extend(parts.iter().map(|(what, bytes)| format!("  {} for {what}", shown(*bytes))));
    lines.extend(whole.map(|whole| format!("  ({})", whole.text())));
    lines.push(match whole {
        Some(Whole::Preparing) => "  (--memory sets another bound)".to_owned(),
        _ => "  (--only some segments reads fewer columns; --memory sets another bound)".to_owned(),
    });
    lines.join("\n")
}

fn further(more: u64) -> String {
    match more {
        0 => String::new(),
        1 => " (one more row repeats a key)".to_owned(),
        more => format!(" ({more} more rows repeat a key)"),
    }
}

fn bad_rows_text(table: &str, bad_rows: u64, rows: u64, cells: &[BadCell]) -> String {
    let mut lines = vec![format!("{bad_rows} of the {rows} rows of `{table}` cannot be used:")];
    lines.extend(cells.iter().map(|cell| format!("  {cell}")));
    lines.push(
        "  (--bad-rows skip leaves them out and counts them; --bad-rows report=FILE also writes them to a file)"
            .to_owned(),
    );
    lines.join("\n")
}
