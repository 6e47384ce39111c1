//! The data of a run in memory: typed columns, one set a declared table, rows in the order every engine relies on.
//!
//! INVARIANTS, which the loader establishes:
//! - [`Dataset::tables`] runs parallel to `Program::tables`; a column that no part of the program needs is `None`.
//! - Events and records are grouped: rows of customer `c` are `groups[c]..groups[c + 1]`; within a customer events stand
//!   in (time, key, input) order (rule 12), records in (key, input) order. Elements of a list of records are grouped under
//!   the parent table's rows in list order.
//! - Numbers are finite and never -0.0; what stands at a missing row means nothing.
//!
//! A data set holds columns packed ([`Stored`]); answers have a wide form ([`Column`]).

use super::bits::Bits;
use super::numbers::Numbers;
use super::runs::Runs;
use super::stored::{Buffer, Stored};
use super::texts::Texts;
use crate::memory::give_back;
use rayon::prelude::*;
use segue_compiler::program::{FieldId, Program, TableId};
use segue_compiler::values::Value;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// Everything loaded for a program.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// By `TableId`.
    pub tables: Vec<TableData>,
}

/// The rows of one table.
#[derive(Debug, Clone, Default)]
pub struct TableData {
    /// How many rows.
    pub rows: usize,
    /// By `FieldId`; `None` for computed fields, lists of records and columns nothing needs.
    pub columns: Vec<Option<Stored>>,
    /// Events, records: by customer; lists of records: by parent row. One more entry than there are owners.
    pub groups: Option<Buffer<u32>>,
    /// The rows by kind, where they were put so.
    pub runs: Option<Arc<Runs>>,
}

/// One column, as answers give it.
#[derive(Debug, Clone)]
pub struct Column {
    /// The values; what stands at a missing row is not to be read.
    pub values: Values,
    /// Which rows are known; `None` where all are.
    pub known: Option<Bits>,
}

/// A column's values in their physical form.
#[derive(Debug, Clone)]
pub enum Values {
    /// One byte a row, 0 or 1.
    Boolean(Vec<u8>),
    /// Integers.
    Integer(Vec<i64>),
    /// Numbers and percentages.
    Number(Vec<f64>),
    /// Money, in ten-thousandths.
    Money(Vec<i64>),
    /// Days since 1970-01-01.
    Date(Vec<i32>),
    /// Microseconds since 1970-01-01T00:00Z.
    Instant(Vec<i64>),
    /// Microseconds.
    Duration(Vec<i64>),
    /// Text, ids, listed values and time zones as codes of a dictionary.
    Text {
        /// A code a row.
        codes: Vec<u32>,
        /// What the codes mean.
        dictionary: Arc<Dictionary>,
    },
    /// Lists of plain values: those of row `r` are `offsets[r]..offsets[r + 1]` of the elements.
    List {
        /// One more entry than there are rows.
        offsets: Vec<u32>,
        /// The elements, all known: missing ones are left out at load.
        elements: Box<Column>,
    },
}

/// The different texts of a column, each once.
#[derive(Debug, Clone)]
pub enum Dictionary {
    /// Texts in any order.
    Texts(Texts),
    /// Ids that are all integers in canonical form, in any order: no text is stored. There may be some that no row has.
    Integers(Numbers),
}

impl Dictionary {
    /// How many different texts.
    pub fn len(&self) -> usize {
        match self {
            Dictionary::Texts(texts) => texts.len(),
            Dictionary::Integers(numbers) => numbers.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a code; empty for a code the dictionary does not have.
    pub fn text(&self, code: u32) -> Cow<'_, str> {
        match self {
            Dictionary::Texts(texts) => texts.get(code as usize).unwrap_or("").into(),
            Dictionary::Integers(numbers) => {
                numbers.get(code as usize).map_or(Cow::Borrowed(""), |number| number.to_string().into())
            }
        }
    }

    /// All texts, by code, to be kept.
    pub(crate) fn shared_texts(&self) -> Vec<Arc<str>> {
        match self {
            Dictionary::Texts(texts) => texts.all_shared().collect(),
            Dictionary::Integers(numbers) => numbers.iter().map(|number| number.to_string().into()).collect(),
        }
    }

    /// The text of a code as a value.
    pub fn value(&self, code: u32) -> Value {
        match self {
            Dictionary::Texts(texts) => Value::Text(texts.shared(code as usize).unwrap_or_default()),
            Dictionary::Integers(_) => Value::Text(self.text(code).into()),
        }
    }
}

/// Order of ids (rule 10): integers in canonical form by number and before all others, the rest by code point.
pub fn compare_ids(left: &str, right: &str) -> Ordering {
    match (canonical_integer(left), canonical_integer(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

/// The integer a text is the canonical form of: no sign but a minus, no leading zero.
pub fn canonical_integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = digits == "0" && text == "0" || !digits.is_empty() && !digits.starts_with('0');
    (canonical && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

impl Column {
    /// Whether the row's value is known.
    pub fn is_known(&self, row: usize) -> bool {
        self.known.as_ref().is_none_or(|known| known.get(row))
    }

    /// The row's value; `None` where it is missing or there is no such row.
    pub fn value(&self, row: usize) -> Option<Value> {
        if !self.is_known(row) {
            return None;
        }
        Some(match &self.values {
            Values::Boolean(values) => Value::Boolean(*values.get(row)? != 0),
            Values::Integer(values) => Value::Integer(*values.get(row)?),
            Values::Number(values) => Value::Number(*values.get(row)?),
            Values::Money(values) => Value::Money(*values.get(row)?),
            Values::Date(values) => Value::Date(*values.get(row)?),
            Values::Instant(values) => Value::Instant(*values.get(row)?),
            Values::Duration(values) => Value::Duration(*values.get(row)?),
            Values::Text { codes, dictionary } => dictionary.value(*codes.get(row)?),
            Values::List { offsets, elements } => {
                let (from, to) = (*offsets.get(row)?, *offsets.get(row + 1)?);
                Value::List((from..to).filter_map(|at| elements.value(at as usize)).collect())
            }
        })
    }
}

/// How many values a column has.
pub(crate) fn length(column: &Column) -> usize {
    match &column.values {
        Values::Boolean(values) => values.len(),
        Values::Integer(values) | Values::Money(values) | Values::Instant(values) | Values::Duration(values) => {
            values.len()
        }
        Values::Date(values) => values.len(),
        Values::Number(values) => values.len(),
        Values::Text { codes, .. } => codes.len(),
        Values::List { offsets, .. } => offsets.len().saturating_sub(1),
    }
}

impl TableData {
    fn mark_times(&mut self) {
        self.columns.iter_mut().flatten().for_each(Stored::mark_times);
        if let Some(runs) = self.runs.as_mut().map(Arc::make_mut) {
            // Runs that are shared are marked already.
            let runs = runs.by_code.iter_mut().flatten().filter_map(Arc::get_mut);
            runs.for_each(TableData::mark_times);
        }
    }
}

impl Dataset {
    /// Makes runs of the program, and of others like it, quicker: those that look at the customers' numbers, amounts and
    /// times, and at the times of events, for a byte or two more a value; and those that ask about events of one kind, for
    /// twice the room that events take. Worth it where there are to be several runs.
    pub fn arrange(&mut self, program: &Program) {
        self.put_by_kind(program);
        if let Some((customers, others)) = self.tables.split_first_mut() {
            customers.columns.par_iter_mut().flatten().for_each(|column| {
                column.mark();
                column.note_blocks();
                column.tighten();
            });
            others.iter_mut().for_each(TableData::mark_times);
        }
        // What loading needed is often as much again.
        give_back();
    }

    /// A data set for so many declared tables, with the rows of some of them.
    pub(crate) fn of_tables(declared: usize, tables: impl IntoIterator<Item = (TableId, TableData)>) -> Dataset {
        let mut dataset = Dataset { tables: vec![TableData::default(); declared] };
        for (id, rows) in tables {
            if let Some(place) = dataset.tables.get_mut(id.0 as usize) {
                *place = rows;
            }
        }
        dataset
    }

    /// A table's rows.
    pub fn table(&self, table: TableId) -> Option<&TableData> {
        self.tables.get(table.0 as usize)
    }

    /// A column, where it was loaded.
    pub fn column(&self, table: TableId, field: FieldId) -> Option<&Stored> {
        self.table(table)?.columns.get(field.0 as usize)?.as_ref()
    }
}
