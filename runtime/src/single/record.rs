//! A customer with events and records, in room that is used again for the next one.

use super::answer::Answer;
use super::convert;
use super::general;
use super::layout::{Field, Kind, Layout, Place, Rows, Spot, TableLayout};
use super::sets::Joined;
use super::slots::Slot;
use super::work::Scratch;
use super::{Inner, SingleError};
use crate::data::{LoadReport, Raw, ZoneClock, compare_ids};
use rustc_hash::FxHashSet;
use segue_compiler::program::{CUSTOMERS, TableId, Type};
use segue_compiler::values::Value;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::mem::ManuallyDrop;
use std::ops::Range;
use std::sync::Arc;

/// One customer. Made by [`super::Compiled::record`], filled and evaluated as often as wanted.
#[derive(Debug)]
pub struct Record {
    pub(super) inner: Arc<Inner>,
    /// By table of the program.
    pub(super) tables: Vec<TableRows>,
    /// Clocks of the fields that hold moments.
    pub(super) clocks: Vec<ZoneClock>,
    pub(super) answer: Answer,
    /// Room for the clauses of the customer.
    pub(super) joined: Joined,
    pub(super) scratch: Scratch,
}

/// The rows of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct TableRows {
    pub(super) rows: usize,
    /// By field, what is asked of it each time one is set.
    pub(super) slots: Arc<[Slot]>,
    /// Where the words of the last row begin.
    pub(super) last: usize,
    /// Row by row, see [`TableLayout`].
    pub(super) words: Vec<u64>,
    /// Values that are outside of their lists.
    pub(super) outside: Vec<Outside>,
    /// All texts that no rule names, one after the other.
    pub(super) texts: String,
    pub(super) lists: Vec<Value>,
    /// Events and records: their rows in order.
    pub(super) order: Vec<u32>,
    /// Lists of records: by row of the table that holds them, where its elements begin.
    pub(super) starts: Vec<u32>,
    /// Lists of records: by element its row there.
    pub(super) owners: Vec<u32>,
    /// By name in JSON the one that followed it last, after all of them the one that came first.
    pub(super) follows: Vec<u32>,
}

/// A value that was given and is none of the listed ones.
#[derive(Debug, Clone)]
pub(super) struct Outside {
    pub(super) row: usize,
    pub(super) place: usize,
    pub(super) text: String,
}

impl Record {
    pub(super) fn new(inner: Arc<Inner>) -> Record {
        let of_table = |table: &TableLayout| TableRows { slots: Arc::clone(&table.slots), ..TableRows::default() };
        let tables = inner.layout.tables.iter().map(of_table).collect();
        let clocks = inner.layout.zones.iter().map(|zone| ZoneClock::new(*zone)).collect();
        let answer = Answer::new(&inner);
        let (joined, scratch) = Default::default();
        let mut record = Record { inner, tables, clocks, answer, joined, scratch };
        record.clear();
        record
    }

    /// Forgets the customer, so that the next one can be filled in.
    #[inline]
    pub fn clear(&mut self) {
        let Record { inner, tables, .. } = self;
        let Some((own, others)) = tables.split_first_mut() else { return };
        for table in others {
            if table.rows > 0 || !table.starts.is_empty() {
                table.clear();
            }
        }
        let has_lists = inner.layout.table(CUSTOMERS).is_none_or(|table| !table.lists.is_empty());
        if own.rows == 1 && !has_lists {
            own.forget_all(inner.layout.table(CUSTOMERS).map_or(0, |table| table.required.len()));
        } else {
            own.clear();
            begin(&inner.layout, tables, CUSTOMERS);
        }
    }

    /// Begins another event or record, which [`Record::set`] then fills; of a list of records, another element of the row
    /// begun last.
    pub fn add(&mut self, rows: Rows) {
        if rows.0 != CUSTOMERS {
            let Record { inner, tables, .. } = self;
            begin(&inner.layout, tables, rows.0);
        }
    }

    /// Sets a field of the customer, or of the row of its table that was begun last. Values are judged as those of files are.
    ///
    /// # Errors
    /// The value does not suit the field, or no row was begun.
    #[inline(always)]
    pub fn set<'v>(&mut self, field: Field, value: impl Into<Raw<'v>>) -> Result<(), SingleError> {
        // What is put at once holds nothing that would have to be freed.
        let raw = ManuallyDrop::new(value.into());
        if let Some(rows) = self.tables.get_mut(field.spot.table.0 as usize)
            && rows.put(&self.inner, field.slot, &raw)
        {
            return Ok(());
        }
        self.set_with_care(field.spot, ManuallyDrop::into_inner(raw))
    }

    /// What loading this customer alone would count: values outside of their lists, which are missing, and ids that point
    /// at no row. It is found when it is asked for, which takes as long as many records do.
    ///
    /// # Errors
    /// The record cannot be made into data.
    pub fn report(&self) -> Result<LoadReport, SingleError> {
        general::report(Cells { inner: &self.inner, tables: &self.tables })
    }

    /// A value that is judged first.
    #[cold]
    #[inline(never)]
    fn set_with_care(&mut self, field: Spot, raw: Raw<'_>) -> Result<(), SingleError> {
        convert::put(&self.inner, &mut self.tables, &mut self.clocks, field, &raw)
    }

    /// Checks what must be known, and puts events and records in order.
    #[inline]
    pub(super) fn settle(&mut self) -> Result<(), SingleError> {
        let of_customer = self.inner.layout.tables.first().zip(self.tables.split_first());
        match of_customer {
            Some((customers, (own, others)))
                if own.is_complete(customers) && others.iter().all(|table| table.rows == 0) =>
            {
                Ok(())
            }
            _ => self.settle_rows(),
        }
    }

    #[inline(never)]
    fn settle_rows(&mut self) -> Result<(), SingleError> {
        let inner = &*self.inner;
        let layouts = inner.layout.tables.split_first();
        let Some(((customers, others), (own, tables))) = layouts.zip(self.tables.split_first_mut()) else {
            return Ok(());
        };
        own.complete(customers)?;
        for (table, rows) in others.iter().zip(tables).filter(|(_, rows)| rows.rows > 0) {
            rows.complete(table)?;
            if let Some(by) = table.by.and_then(|by| table.places.get(by)) {
                let key = key_of(inner, own, customers);
                let stranger = (0..rows.rows).find_map(|row| {
                    let words = rows.row(table, row);
                    let known = words.get(by.known.0).is_some_and(|word| word & by.known.1 != 0);
                    let named = rows.text(inner, by, words);
                    (known && named != key).then(|| named.into_owned())
                });
                if let Some(customer) = stranger {
                    return Err(SingleError::OtherCustomer { table: table.name.to_string(), customer });
                }
            }
            if table.parent.is_none() && (table.at.is_some() || table.key.is_some()) && rows.rows > 1 {
                rows.sort(inner, table)?;
            }
        }
        Ok(())
    }
}

/// The rows of a record, to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'r> {
    pub(super) inner: &'r Inner,
    pub(super) tables: &'r [TableRows],
}

impl<'r> Cells<'r> {
    /// The value of a field of a row.
    pub(super) fn value(&self, field: Spot, row: usize) -> Option<Value> {
        let table = self.inner.layout.table(field.table)?;
        self.rows(field.table)?.value(self.inner, table, table.places.get(field.place)?, row)
    }

    pub(super) fn rows(&self, table: TableId) -> Option<&'r TableRows> {
        self.tables.get(table.0 as usize)
    }
}

/// Whether a bit is missing of those that say what must be known.
#[inline]
fn lacks(table: &TableLayout, words: &[u64]) -> bool {
    words.iter().zip(&table.required).any(|(known, required)| known & required != *required)
}

/// The first field that must be known and is not. One whose value is not among the listed ones may be missing (rule 9).
fn lacking(table: &TableLayout, words: &[u64]) -> Option<SingleError> {
    let known = |place: &Place| words.get(place.known.0).is_some_and(|word| word & place.known.1 != 0);
    let outside = |place: &Place| words.get(place.at + 1) == Some(&convert::OUTSIDE);
    let place = table.places.iter().find(|place| place.required && !known(place) && !outside(place))?;
    let of_customer = table.by.is_none() && table.parent.is_none();
    let field = if of_customer { place.column.to_string() } else { format!("{}.{}", table.name, place.column) };
    let expected = convert::missing(place.structural).to_owned();
    Some(SingleError::Refused { field, value: Raw::Missing.shown(), expected })
}

/// The customer's key.
fn key_of<'r>(inner: &'r Inner, rows: &'r TableRows, table: &TableLayout) -> Cow<'r, str> {
    let place = table.key.and_then(|key| table.places.get(key));
    place.map_or(Cow::Borrowed(""), |place| rows.text(inner, place, rows.row(table, 0)))
}

/// Begins a row.
pub(super) fn begin(layout: &Layout, tables: &mut [TableRows], id: TableId) {
    let Some(table) = layout.table(id) else { return };
    let owner = table.parent.and_then(|parent| tables.get(parent.0 as usize)).map(|parent| parent.rows);
    if let Some(rows) = tables.get_mut(id.0 as usize) {
        rows.order.push(u32::try_from(rows.rows).unwrap_or(u32::MAX));
        if let Some(owner) = owner {
            rows.owners.push(u32::try_from(owner.saturating_sub(1)).unwrap_or(u32::MAX));
        }
        rows.rows += 1;
        rows.last = rows.words.len();
        rows.words.resize(rows.rows * table.stride, 0);
    }
    for list in &table.lists {
        if let Some(elements) = tables.get_mut(list.0 as usize) {
            elements.starts.push(u32::try_from(elements.rows).unwrap_or(u32::MAX));
        }
    }
}

impl TableRows {
    /// Forgets the values of the only row, of which so many words say which are known.
    #[inline]
    fn forget_all(&mut self, known: usize) {
        self.texts.clear();
        match self.words.first_mut() {
            Some(word) if known == 1 && self.outside.is_empty() && self.lists.is_empty() => *word = 0,
            _ => {
                // What stands at a missing value means something where it was outside of a list.
                let words = if self.outside.is_empty() { known } else { self.words.len() };
                self.words.iter_mut().take(words).for_each(|word| *word = 0);
                self.outside.clear();
                self.lists.clear();
            }
        }
    }

    fn clear(&mut self) {
        self.outside.clear();
        self.rows = 0;
        self.last = 0;
        self.words.clear();
        self.texts.clear();
        self.lists.clear();
        self.order.clear();
        self.starts.clear();
        self.owners.clear();
    }

    pub(super) fn row(&self, table: &TableLayout, row: usize) -> &[u64] {
        self.words.get(row * table.stride..(row + 1) * table.stride).unwrap_or(&[])
    }

    /// Checks that all is known that must be.
    fn complete(&self, table: &TableLayout) -> Result<(), SingleError> {
        for words in self.words.chunks(table.stride.max(1)) {
            if lacks(table, words)
                && let Some(error) = lacking(table, words)
            {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Whether all is known of the only row that must be; where it is not, it may have been outside of a list.
    #[inline]
    fn is_complete(&self, table: &TableLayout) -> bool {
        self.rows == 1 && !lacks(table, &self.words)
    }

    /// Notes which name followed another one, of so many.
    #[cold]
    pub(super) fn expect(&mut self, before: u32, name: u32, count: u32) {
        self.follows.resize(count as usize + 1, u32::MAX);
        if let Some(slot) = self.follows.get_mut(before as usize) {
            *slot = name;
        }
    }

    /// The values of a field of a row that are outside of its list.
    pub(super) fn outside_of(&self, row: usize, place: usize) -> impl Iterator<Item = &str> {
        let of_place = self.outside.iter().filter(move |outside| (outside.row, outside.place) == (row, place));
        of_place.map(|outside| outside.text.as_str())
    }

    /// The elements of a list of records: those of a row of the table that holds it.
    pub(super) fn of_owner(&self, owner: usize) -> Range<usize> {
        let from = self.starts.get(owner).map_or(self.rows, |start| *start as usize);
        from..self.starts.get(owner + 1).map_or(self.rows, |end| *end as usize)
    }

    /// The value of a field of a row.
    pub(super) fn value(&self, inner: &Inner, table: &TableLayout, place: &Place, row: usize) -> Option<Value> {
        let words = self.row(table, row);
        if words.get(place.known.0)? & place.known.1 == 0 {
            return place.filled.then(|| Value::List(Arc::default()));
        }
        let cell = *words.get(place.at)?;
        Some(match place.kind {
            Kind::Text | Kind::Zone | Kind::Id | Kind::Listed(_) => Value::Text(self.text(inner, place, words).into()),
            Kind::List(_) | Kind::Bits(_) => self.lists.get(usize::try_from(cell).ok()?)?.clone(),
            Kind::Records(_) => return None,
            Kind::Number | Kind::Percent(_) => Value::Number(f64::from_bits(cell)),
            _ => of_whole(&place.ty, cell.cast_signed())?,
        })
    }

    /// Events in (time, key, input) order, records in (key, input) order.
    fn sort(&mut self, inner: &Inner, table: &TableLayout) -> Result<(), SingleError> {
        let mut order = std::mem::take(&mut self.order);
        let rows = &*self;
        if !order.is_sorted_by(|one, next| rows.compare(inner, table, *one as usize, *next as usize).is_le()) {
            order.sort_by(|one, next| rows.compare(inner, table, *one as usize, *next as usize));
        }
        let repeated = table.key.and_then(|key| {
            let place = table.places.get(key)?;
            let mut seen = FxHashSet::default();
            let key = |row: usize| rows.text(inner, place, rows.row(table, row));
            (0..rows.rows).map(key).find(|key| !seen.insert(key.clone())).map(Cow::into_owned)
        });
        self.order = order;
        match repeated {
            Some(key) => Err(SingleError::RepeatedKey { table: table.name.to_string(), key }),
            None => Ok(()),
        }
    }

    /// Order of two rows by time, then key.
    pub(super) fn compare(&self, inner: &Inner, table: &TableLayout, one: usize, other: usize) -> Ordering {
        let (one, other) = (self.row(table, one), self.row(table, other));
        let place = |place: Option<usize>| table.places.get(place?);
        let time = |words: &[u64]| Some(words.get(place(table.at)?.at)?.cast_signed());
        time(one).cmp(&time(other)).then_with(|| {
            let key = |words| place(table.key).map(|place| self.text(inner, place, words));
            match (key(one), key(other)) {
                (Some(one), Some(other)) => compare_ids(&one, &other),
                _ => Ordering::Equal,
            }
        })
    }
}

/// The value that a whole number means in a type.
pub(super) fn of_whole(ty: &Type, whole: i64) -> Option<Value> {
    Some(match ty {
        Type::Boolean => Value::Boolean(whole != 0),
        Type::Integer | Type::Location => Value::Integer(whole),
        Type::Money(_) => Value::Money(whole),
        Type::Date => Value::Date(i32::try_from(whole).ok()?),
        Type::Datetime => Value::Instant(whole),
        Type::Duration => Value::Duration(whole),
        _ => return None,
    })
}
