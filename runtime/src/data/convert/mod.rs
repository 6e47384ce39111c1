//! From raw cells to typed columns: one builder a declared field, rules 9 and 10.
//!
//! INVARIANT: [`ColumnBuilder::push`] adds exactly one row, whatever the cell holds; a refused row is taken out again by
//! [`ColumnBuilder::retain`] at the end of its batch, before anybody can read it.
//!
//! Rows are wide only until their batch is over: then [`ColumnBuilder::pack`] makes a narrow piece of them, and
//! [`ColumnBuilder::finish`] a column of the pieces.
#![expect(
    clippy::indexing_slicing,
    reason = "the columns were made long enough just before, and ends of lists are one more than rows"
)]

mod arrays;
mod bulk;
mod bytes;
mod codes;
mod keys;
mod lists;
pub(crate) mod scalar;
#[cfg(test)]
mod tests;

use super::bits::Bits;
use super::dataset::{Dictionary, TableData};
use super::moments::{ClockChange, Moment, ZoneClock};
use super::raw::Raw;
use super::stored::pieces::{Piece, PieceValues};
use super::stored::{Stored, StoredValues};
use bulk::Found;
pub(crate) use bulk::{Bulk, Kind};
pub(crate) use bytes::{fill_fields, put_fields};
use chrono_tz::Tz;
use codes::{IdCodes, TextCodes, retain_from};
pub(crate) use lists::{FLAGS, LIST, RECORD, RECORDS, find_cell};
use lists::{append_offsets, push_bits, push_list, push_records, retain_offsets};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use scalar::Judged;
use segue_compiler::program::{Field, FieldId, FieldSource, Program, Reading, TableId, Type};
use std::borrow::Cow;
use std::sync::Arc;

/// A cell that cannot be converted: its row is a bad row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    /// Fields of nested records, outermost first; empty for the column itself.
    pub(crate) path: Vec<Arc<str>>,
    /// The value as the file gave it.
    pub(crate) value: String,
    /// What was expected instead.
    pub(crate) expected: String,
}

/// Something to count about a cell that was converted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Note {
    /// The value is not among the listed ones, so it is missing.
    Outside {
        /// As in [`Refusal::path`].
        path: Vec<Arc<str>>,
        /// The value.
        value: String,
    },
    /// A change of the clocks touched the time.
    Clock {
        /// As in [`Refusal::path`].
        path: Vec<Arc<str>>,
        /// Which.
        change: ClockChange,
    },
}

/// Fewer rows than this wait for more before they are packed.
const ROWS_OF_PIECE: usize = 4096;
/// What is said about a missing value that must be known.
pub(crate) const MISSING_VALUE: &str = "the value is missing: declare the field with `?` if that may be";
/// What is said about a missing key or time.
pub(crate) const MISSING_KEY: &str = "the value is missing, and every row needs it";

/// What became of a cell.
enum Pushed {
    Known,
    Missing,
    /// Missing because it is not among the listed values: allowed in a required field (rule 9).
    Outside(String),
    /// Missing and known: an empty list (rule 8).
    EmptyList,
}

/// Collects one column.
#[derive(Debug, Clone)]
pub(crate) struct ColumnBuilder {
    /// The rows since the last piece.
    store: Store,
    /// Which of them are known; empty while all are.
    known: Vec<bool>,
    all_known: bool,
    pieces: Vec<Piece>,
    /// How many rows the pieces have.
    packed: usize,
    /// A missing value is refused.
    required: bool,
    /// Refused whatever is declared: a key, the customer or the time of an event.
    structural: bool,
}

#[derive(Debug, Clone)]
enum Store {
    Boolean(Vec<u8>),
    Integer(Vec<i64>),
    Number(Vec<f64>),
    Percent {
        values: Vec<f64>,
        hundredths: bool,
    },
    Money(Vec<i64>),
    Date(Vec<i32>),
    Instant {
        values: Vec<i64>,
        clock: Box<ZoneClock>,
    },
    Duration(Vec<i64>),
    Location(Vec<i64>),
    Text(TextCodes),
    Zone(TextCodes),
    Id(IdCodes),
    Listed {
        codes: Vec<u32>,
        listed: Listed,
        found: Found<u32>,
    },
    List {
        offsets: Vec<u32>,
        elements: Box<ColumnBuilder>,
    },
    /// A bit for each listed value, and how many are set in all rows.
    Bits {
        sets: Vec<u64>,
        entries: u64,
        listed: Listed,
    },
    Records {
        table: TableId,
        offsets: Vec<u32>,
        fields: Vec<FieldBuilder>,
    },
}

/// The values of a `one of`; their codes are their places in the declaration.
#[derive(Debug, Clone)]
struct Listed {
    values: Arc<[Arc<str>]>,
    codes: Arc<FxHashMap<Arc<str>, u32>>,
}

impl Listed {
    fn new(values: &Arc<[Arc<str>]>) -> Listed {
        let codes = values.iter().zip(0..).map(|(value, code)| (value.clone(), code)).collect();
        Listed { values: values.clone(), codes: Arc::new(codes) }
    }

    fn dictionary(self) -> Arc<Dictionary> {
        Arc::new(Dictionary::Texts(self.values.to_vec().into()))
    }
}

/// A field with its column in the data and its builder.
#[derive(Debug, Clone)]
pub(crate) struct FieldBuilder {
    pub(crate) field: FieldId,
    /// The column's name in the data.
    pub(crate) column: Arc<str>,
    pub(crate) builder: ColumnBuilder,
}

/// A finished field: a column, or the rows of a table of its own for a list of records.
pub(crate) enum Finished {
    Column(Stored),
    Records { table: TableId, rows: TableData, nested: Vec<(TableId, TableData)> },
}

impl FieldBuilder {
    /// Builders for the stored fields of a table that `wanted` names; `structural` says which must be known
    /// whatever is declared.
    pub(crate) fn of_table(
        program: &Program,
        table: TableId,
        wanted: &dyn Fn(TableId, FieldId) -> bool,
        structural: &dyn Fn(FieldId) -> bool,
    ) -> Vec<FieldBuilder> {
        let Some(declared) = program.tables.get(table.0 as usize) else { return Vec::new() };
        let stored = declared.fields.iter().zip(0..).map(|(field, at)| (field, FieldId(at)));
        let wanted_fields = stored.filter(|(_, id)| wanted(table, *id));
        wanted_fields
            .filter_map(|(field, id)| {
                let FieldSource::Column { column, reading } = &field.source else { return None };
                let builder = ColumnBuilder::new(program, field, reading, structural(id), wanted);
                Some(FieldBuilder { field: id, column: column.clone(), builder })
            })
            .collect()
    }
}

impl ColumnBuilder {
    fn new(
        program: &Program,
        field: &Field,
        reading: &Reading,
        structural: bool,
        wanted: &dyn Fn(TableId, FieldId) -> bool,
    ) -> ColumnBuilder {
        let store = Store::new(program, &field.ty, reading, wanted);
        let required = structural || !field.optional;
        ColumnBuilder { required, structural, ..ColumnBuilder::of_elements(store) }
    }

    fn of_elements(store: Store) -> ColumnBuilder {
        ColumnBuilder {
            store,
            known: Vec::new(),
            all_known: true,
            pieces: Vec::new(),
            packed: 0,
            required: false,
            structural: false,
        }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.packed + self.store.len()
    }

    /// Whether a missing value is refused.
    pub(crate) fn is_required(&self) -> bool {
        self.required
    }

    /// Converts a cell and adds it as a row.
    ///
    /// # Errors
    /// The cell cannot be converted, or is missing where it must be known; a row was added nevertheless.
    pub(crate) fn push(&mut self, raw: &Raw<'_>, notes: &mut Vec<Note>) -> Result<(), Refusal> {
        let pushed = self.store.push(raw, self.required, notes);
        let known = match &pushed {
            Ok(Pushed::Known) => true,
            Ok(Pushed::EmptyList) => self.required,
            Ok(Pushed::Missing | Pushed::Outside(_)) | Err(_) => false,
        };
        self.push_known(known);
        match pushed? {
            Pushed::Missing if self.required => Err(Refusal {
                path: Vec::new(),
                value: raw.shown(),
                expected: if self.structural { MISSING_KEY } else { MISSING_VALUE }.to_owned(),
            }),
            Pushed::Outside(value) => {
                notes.push(Note::Outside { path: Vec::new(), value });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Adds an element of a list; missing ones are left out, so all rows stay known.
    fn push_element(&mut self, raw: &Raw<'_>, notes: &mut Vec<Note>) -> Result<(), Refusal> {
        let start = self.len();
        let pushed = self.store.push(raw, false, notes);
        if !matches!(pushed, Ok(Pushed::Known)) {
            self.store.retain(start, &[false]);
        }
        if let Pushed::Outside(value) = pushed? {
            notes.push(Note::Outside { path: Vec::new(), value });
        }
        Ok(())
    }

    fn push_known(&mut self, known: bool) {
        if self.all_known && !known {
            self.all_known = false;
            self.known = vec![true; self.store.len() - 1];
        }
        if !self.all_known {
            self.known.push(known);
        }
    }

    /// Drops the rows from `start` on for which `keep` is false; all of them are in the last piece, or none is in any.
    pub(crate) fn retain(&mut self, start: usize, keep: &[bool]) {
        if let Some(piece) = self.pieces.last_mut().filter(|_| self.packed > start) {
            // All of the batch came as one array.
            let before = piece.rows;
            piece.retain(keep);
            self.packed -= before - piece.rows;
            return;
        }
        let start = start.saturating_sub(self.packed);
        if !self.all_known {
            retain_from(&mut self.known, start, &mut answers(keep));
        }
        self.store.retain(start, keep);
    }

    /// Makes a piece of the rows since the last one, where they are many.
    pub(crate) fn pack_many(&mut self) {
        if self.store.len() >= ROWS_OF_PIECE {
            self.pack();
        }
    }

    /// Makes a piece of the rows since the last one. Lists are left as they are.
    pub(crate) fn pack(&mut self) {
        let rows = self.store.len();
        if rows == 0 {
            return;
        }
        let known = (!self.all_known).then(|| Bits::from_bools(self.known.iter().copied()));
        let known = known.filter(|known| known.count() < rows);
        if let Some(values) = self.store.take(known.as_ref()) {
            self.pieces.push(Piece { values, known, rows });
            self.packed += rows;
            (self.all_known, self.known) = (true, Vec::new());
        }
    }

    /// Makes one piece of all.
    pub(crate) fn merge(&mut self) {
        self.pack();
        Piece::merge(&mut self.pieces);
    }

    /// Adds another builder's rows; both were made for the same field.
    pub(crate) fn append(&mut self, mut other: ColumnBuilder) {
        self.pack();
        other.pack();
        let (rows, more) = (self.store.len(), other.store.len());
        if !(self.all_known && other.all_known) {
            if self.all_known {
                self.known = vec![true; rows];
            }
            self.all_known = false;
            if other.all_known {
                self.known.resize(rows + more, true);
            } else {
                self.known.extend(other.known);
            }
        }
        let map: Option<Arc<[u32]>> = self.store.append(other.store).map(Arc::from);
        self.packed += other.packed;
        self.pieces.extend(other.pieces.into_iter().map(|piece| match &map {
            Some(map) => piece.with_codes(map),
            None => piece,
        }));
    }

    /// The column, or a list of records' rows.
    pub(crate) fn finish(mut self) -> Finished {
        self.pack();
        let mut pieces = self.pieces;
        Finished::Column(match self.store {
            Store::Boolean(_) => Stored::of_truths(&pieces),
            Store::Integer(_) | Store::Location(_) => Stored::of_integers(&pieces, StoredValues::Integer),
            Store::Number(_) | Store::Percent { .. } => Stored::of_numbers(&mut pieces),
            Store::Money(_) => Stored::of_integers(&pieces, StoredValues::Money),
            Store::Date(_) => Stored::of_integers(&pieces, StoredValues::Date),
            Store::Instant { .. } => Stored::of_integers(&pieces, StoredValues::Instant),
            Store::Duration(_) => Stored::of_integers(&pieces, StoredValues::Duration),
            Store::Text(texts) | Store::Zone(texts) => Stored::of_codes(&pieces, texts.into_texts()),
            Store::Id(ids) if ids.are_integers() => Stored::of_ids(&pieces),
            Store::Id(mut ids) => {
                // Pieces from before the first id that was no integer.
                pieces.iter_mut().for_each(|piece| piece.integers_to_codes(|id| ids.texts().intern(&id.to_string())));
                Stored::of_codes(&pieces, std::mem::take(ids.texts()).into_texts())
            }
            Store::Listed { listed, .. } => Stored::of_codes(&pieces, listed.values.to_vec()),
            Store::Bits { listed, .. } => Stored::of_slices(&pieces, listed.dictionary()),
            Store::List { offsets, elements } => match elements.finish() {
                Finished::Column(elements) => {
                    let known = (!self.all_known).then(|| Bits::from_bools(self.known));
                    Stored::of_lists(offsets, &elements, known)
                }
                records @ Finished::Records { .. } => return records,
            },
            Store::Records { table, offsets, fields } => {
                let count = offsets.last().map_or(0, |last| *last as usize);
                let (mut rows, nested) = finish_fields(fields, count);
                rows.groups = Some(offsets.into());
                return Finished::Records { table, rows, nested };
            }
        })
    }
}

/// Columns at their fields' places, and the tables of lists of records.
pub(crate) fn finish_fields(fields: Vec<FieldBuilder>, rows: usize) -> (TableData, Vec<(TableId, TableData)>) {
    let (mut table, mut nested) = (TableData { rows, ..TableData::default() }, Vec::new());
    let finished: Vec<(usize, Finished)> =
        fields.into_par_iter().map(|field| (field.field.0 as usize, field.builder.finish())).collect();
    for (at, finished) in finished {
        if table.columns.len() <= at {
            table.columns.resize(at + 1, None);
        }
        match finished {
            Finished::Column(column) => table.columns[at] = Some(column),
            Finished::Records { table, rows, nested: deeper } => {
                nested.push((table, rows));
                nested.extend(deeper);
            }
        }
    }
    (table, nested)
}

fn answers(keep: &[bool]) -> impl FnMut() -> bool + '_ {
    let mut keep = keep.iter();
    move || keep.next().copied().unwrap_or(true)
}

impl Store {
    fn new(program: &Program, ty: &Type, reading: &Reading, wanted: &dyn Fn(TableId, FieldId) -> bool) -> Store {
        match ty {
            Type::Boolean => Store::Boolean(Vec::new()),
            Type::Integer => Store::Integer(Vec::new()),
            Type::Number => Store::Number(Vec::new()),
            Type::Percent => Store::Percent { values: Vec::new(), hundredths: *reading == Reading::Hundredths },
            Type::Money(_) => Store::Money(Vec::new()),
            Type::Text => Store::Text(TextCodes::default()),
            Type::OneOf(values) => {
                Store::Listed { codes: Vec::new(), listed: Listed::new(values), found: Found::default() }
            }
            Type::Date => Store::Date(Vec::new()),
            Type::Datetime => {
                let zone: Tz = if let Reading::Zone(zone) = reading { *zone } else { program.settings.zone };
                Store::Instant { values: Vec::new(), clock: Box::new(ZoneClock::new(zone)) }
            }
            Type::Duration => Store::Duration(Vec::new()),
            Type::Location => Store::Location(Vec::new()),
            Type::Id(_) => Store::Id(IdCodes::new()),
            Type::Timezone => Store::Zone(TextCodes::default()),
            Type::List(of) => match (&**of, reading) {
                (Type::OneOf(values), Reading::Bits) => {
                    Store::Bits { sets: Vec::new(), entries: 0, listed: Listed::new(values) }
                }
                _ => {
                    let elements = ColumnBuilder::of_elements(Store::new(program, of, reading, wanted));
                    Store::List { offsets: vec![0], elements: Box::new(elements) }
                }
            },
            Type::Records(table) => {
                let fields = FieldBuilder::of_table(program, *table, wanted, &|_| false);
                Store::Records { table: *table, offsets: vec![0], fields }
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Store::Boolean(values) => values.len(),
            Store::Integer(values) | Store::Money(values) | Store::Duration(values) | Store::Location(values) => {
                values.len()
            }
            Store::Instant { values, .. } => values.len(),
            Store::Number(values) | Store::Percent { values, .. } => values.len(),
            Store::Date(values) => values.len(),
            Store::Text(texts) | Store::Zone(texts) => texts.codes.len(),
            Store::Id(ids) => ids.len(),
            Store::Listed { codes, .. } => codes.len(),
            Store::Bits { sets, .. } => sets.len(),
            Store::List { offsets, .. } | Store::Records { offsets, .. } => offsets.len() - 1,
        }
    }

    fn push(&mut self, raw: &Raw<'_>, required: bool, notes: &mut Vec<Note>) -> Result<Pushed, Refusal> {
        let refuse =
            |expected: &'static str| Refusal { path: Vec::new(), value: raw.shown(), expected: expected.to_owned() };
        match self {
            Store::Boolean(values) => keep(values, scalar::boolean(raw)),
            Store::Integer(values) => keep(values, scalar::integer(raw)),
            Store::Number(values) => keep(values, scalar::number(raw)),
            Store::Percent { values, hundredths } => keep(values, scalar::percent(raw, *hundredths)),
            Store::Money(values) => keep(values, scalar::amount(raw)),
            Store::Date(values) => keep(values, scalar::date(raw)),
            Store::Duration(values) => keep(values, scalar::duration(raw)),
            Store::Location(values) => keep(values, scalar::location(raw)),
            Store::Instant { values, clock } => {
                let micros = scalar::moment(raw).map(|moment| match moment? {
                    Moment::Instant(micros) => Some(micros),
                    Moment::Day(_) => None,
                    Moment::ClockTime(time) => {
                        let (micros, change) = clock.instant(time);
                        notes.extend(change.map(|change| Note::Clock { path: Vec::new(), change }));
                        Some(micros)
                    }
                });
                keep(values, micros)
            }
            Store::Text(texts) => keep_text(texts, scalar::text(raw, required)),
            Store::Zone(texts) => keep_text(texts, scalar::zone(raw)),
            Store::Id(ids) => match scalar::id(raw) {
                Ok(Some(id)) => {
                    ids.push(&id);
                    Ok(Pushed::Known)
                }
                judged => {
                    ids.push_missing();
                    judged.map(|_| Pushed::Missing)
                }
            },
            Store::Listed { codes, listed, .. } => match scalar::text(raw, false) {
                Ok(Some(text)) => match listed.codes.get(text.as_ref()) {
                    Some(code) => {
                        codes.push(*code);
                        Ok(Pushed::Known)
                    }
                    None => {
                        codes.push(0);
                        Ok(Pushed::Outside(text.into_owned()))
                    }
                },
                judged => {
                    codes.push(0);
                    judged.map(|_| Pushed::Missing)
                }
            },
            Store::List { offsets, elements } => return push_list(offsets, elements, raw, notes),
            Store::Bits { sets, entries, listed } => push_bits(sets, entries, listed, raw, notes),
            Store::Records { offsets, fields, .. } => return push_records(offsets, fields, raw, notes),
        }
        .map_err(refuse)
    }

    fn retain(&mut self, start: usize, keep: &[bool]) {
        let answers = &mut answers(keep);
        match self {
            Store::Boolean(values) => retain_from(values, start, answers),
            Store::Integer(values) | Store::Money(values) | Store::Duration(values) | Store::Location(values) => {
                retain_from(values, start, answers);
            }
            Store::Instant { values, .. } => retain_from(values, start, answers),
            Store::Number(values) | Store::Percent { values, .. } => retain_from(values, start, answers),
            Store::Date(values) => retain_from(values, start, answers),
            Store::Text(texts) | Store::Zone(texts) => retain_from(&mut texts.codes, start, answers),
            Store::Id(ids) => ids.retain(answers, start),
            Store::Listed { codes, .. } => retain_from(codes, start, answers),
            Store::List { offsets, elements } => {
                let (from, inner) = retain_offsets(offsets, start, keep);
                elements.retain(from, &inner);
            }
            Store::Bits { sets, .. } => retain_from(sets, start, answers),
            Store::Records { offsets, fields, .. } => {
                let (from, inner) = retain_offsets(offsets, start, keep);
                for field in fields {
                    field.builder.retain(from, &inner);
                }
            }
        }
    }

    /// The values as those of a piece, of which those that are `known` mean something; no rows are left. `None` for lists,
    /// which stay.
    fn take(&mut self, known: Option<&Bits>) -> Option<PieceValues> {
        Some(match self {
            Store::Boolean(values) => {
                let is_known = |row: usize| known.is_none_or(|known| known.get(row));
                let truths = values.iter().enumerate().map(|(row, value)| *value != 0 && is_known(row));
                let truths = PieceValues::Truths(Bits::from_bools(truths));
                values.clear();
                truths
            }
            Store::Integer(values)
            | Store::Money(values)
            | Store::Duration(values)
            | Store::Location(values)
            | Store::Instant { values, .. } => taken(values, |values| PieceValues::integers(values, known)),
            Store::Date(values) => taken(values, |values| {
                let days: Vec<i64> = values.iter().map(|day| i64::from(*day)).collect();
                PieceValues::integers(&days, known)
            }),
            Store::Number(values) | Store::Percent { values, .. } => PieceValues::Numbers(std::mem::take(values)),
            Store::Text(texts) | Store::Zone(texts) => taken(&mut texts.codes, PieceValues::codes),
            Store::Id(ids) => match ids.integers() {
                Some(integers) => taken(integers, |values| PieceValues::integers(values, known)),
                None => taken(&mut ids.texts().codes, PieceValues::codes),
            },
            Store::Listed { codes, .. } => taken(codes, PieceValues::codes),
            Store::Bits { sets, listed, .. } => {
                taken(sets, |sets| PieceValues::slices(sets, listed.values.len().min(64)))
            }
            Store::List { .. } | Store::Records { .. } => return None,
        })
    }

    /// Adds the rows of another's lists, or its texts: of other stores all rows are in pieces. Gives what the codes of its
    /// pieces become here, `None` where they stay.
    fn append(&mut self, other: Store) -> Option<Vec<u32>> {
        match (self, other) {
            (Store::Text(texts), Store::Text(more)) | (Store::Zone(texts), Store::Zone(more)) => {
                return texts.adopt(more);
            }
            (Store::Id(ids), Store::Id(more)) => return ids.adopt(more),
            (Store::Bits { entries, .. }, Store::Bits { entries: more, .. }) => *entries += more,
            (Store::List { offsets, elements }, Store::List { offsets: more, elements: more_elements }) => {
                append_offsets(offsets, &more);
                elements.append(*more_elements);
            }
            (Store::Records { offsets, fields, .. }, Store::Records { offsets: more, fields: more_fields, .. }) => {
                append_offsets(offsets, &more);
                for (field, more) in fields.iter_mut().zip(more_fields) {
                    field.builder.append(more.builder);
                }
            }
            // Both were made for the same field, so their stores are of one kind.
            _ => {}
        }
        None
    }
}

/// What is made of values, which are then gone; their room is used again.
fn taken<T>(values: &mut Vec<T>, make: impl FnOnce(&[T]) -> PieceValues) -> PieceValues {
    let made = make(values);
    values.clear();
    made
}

/// Adds the value, or a zero that nobody reads.
fn keep<T: Default>(values: &mut Vec<T>, judged: Judged<T>) -> Result<Pushed, &'static str> {
    let (value, pushed) = match judged {
        Ok(Some(value)) => (value, Ok(Pushed::Known)),
        Ok(None) => (T::default(), Ok(Pushed::Missing)),
        Err(expected) => (T::default(), Err(expected)),
    };
    values.push(value);
    pushed
}

fn keep_text(texts: &mut TextCodes, judged: Judged<Cow<'_, str>>) -> Result<Pushed, &'static str> {
    match judged {
        Ok(Some(text)) => {
            texts.push(&text);
            Ok(Pushed::Known)
        }
        judged => {
            texts.push_missing();
            judged.map(|_| Pushed::Missing)
        }
    }
}
