//! The way in: parts of tables as they are read, their rows put out by ranges of customers.

use super::cells;
use super::places::{NOBODY, Places};
use super::store::{Stretch, Temporary};
use crate::data::assemble::{Id, bytes_of_ids};
use crate::data::error::{DataError, check};
use crate::data::parts::{AllKeys, Key, Keys};
use crate::data::read::{NEXT_ROWS, Place, Sink};
use crate::data::stored::bytes::{Bytes, put_cells, put_count};
use crate::data::table::{Counts, Origins, TableBuilder};
use crate::memory::Bound;
use rustc_hash::FxHashSet;
use segue_compiler::program::{CUSTOMERS, FieldId, Program, TableId};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// So many ranges have a list each, whether rows are in it or not.
const MOST_LISTED: usize = 1 << 12;

/// What a row costs while it is dealt out, besides its cells: its key, its customer and its place among those of a range.
const OF_DEALT: u64 = 24;

/// Takes the customers, and then the events and records.
pub(super) struct Dealer<'p> {
    pub(super) program: &'p Program,
    /// By table: a builder without rows.
    pub(super) empty: BTreeMap<u32, TableBuilder>,
    pub(super) file: Temporary,
    pub(super) customers: Mutex<Vec<CustomersPart>>,
    /// Events and records.
    pub(super) rows: BTreeMap<u32, Mutex<Rows>>,
    /// Made with the first row that is no customer.
    pub(super) customers_known: OnceLock<Arc<Places>>,
    /// Whether there are data of the customers themselves.
    pub(super) has_customers: bool,
    /// Customers are added where events name others: nobody knows yet who stands in which range.
    pub(super) adding: bool,
    /// About so many ranges are wanted.
    pub(super) ranges: u32,
    pub(super) rows_of_part: usize,
    pub(super) threads: usize,
    pub(super) bound: Option<Bound>,
    /// Bytes that what is at hand may take.
    pub(super) room: u64,
    /// Why no more is wanted.
    pub(super) over: OnceLock<DataError>,
}

/// Customers that follow one another in the files, put out as they are.
pub(super) struct CustomersPart {
    pub(super) place: Place,
    pub(super) rows: u32,
    /// Until all are in, and [`Dealer::places`] has them.
    keys: Option<Keys>,
    pub(super) origins: Origins,
    pub(super) texts: u32,
    pub(super) at: Stretch,
}

/// What is known of the rows of a table.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) parts: Vec<Part>,
    pub(super) chunks: Vec<Chunk>,
    /// Rows of customers that the data do not have and whose keys must differ from all others'.
    pub(super) nobodys: Vec<Chunk>,
    /// Those of customers that the data do not have: how many, and of whom.
    pub(super) unknown: u64,
    pub(super) unknown_ids: FxHashSet<Id>,
}

/// What is known of a part of a table's files.
pub(super) struct Part {
    pub(super) place: Place,
    pub(super) origins: Origins,
    /// Its keys, where rows have any that must differ.
    pub(super) keys: Option<KeysOf>,
}

/// What is known of the keys of a part.
#[derive(Debug, Clone)]
pub(super) struct KeysOf {
    pub(super) first: Id,
    pub(super) last: Id,
    /// Whether each is greater than the one before.
    pub(super) ascend: bool,
    /// The least and the greatest of whole numbers.
    pub(super) ends: Option<(i64, i64)>,
    pub(super) rows: usize,
}

/// Rows of one part and one range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk {
    /// The customers it is of are those from `range` times the width of ranges on.
    pub(super) range: u32,
    pub(super) place: Place,
    pub(super) rows: u32,
    /// How many different texts they have.
    pub(super) texts: u32,
    pub(super) at: Stretch,
}

pub(super) fn locked<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn id_of(key: Key<'_>) -> Id {
    match key {
        Key::Integer(number) => Id::Integer(number),
        Key::Text(text) => Id::Text(text.into()),
    }
}

/// Customers of a range, where so many are dealt out to so many ranges.
pub(super) fn width(customers: usize, ranges: u32) -> u32 {
    u32::try_from(customers.div_ceil(ranges.max(1) as usize)).unwrap_or(u32::MAX).max(1)
}

impl Dealer<'_> {
    /// Who the customers of the data are, once all of them are in.
    pub(super) fn places(&self) -> &Arc<Places> {
        self.customers_known.get_or_init(|| {
            let mut parts = locked(&self.customers);
            parts.sort_unstable_by_key(|part| part.place);
            let mut keys = AllKeys::default();
            parts.iter_mut().filter_map(|part| part.keys.take()).for_each(|of_part| keys.push(of_part));
            Arc::new(Places::new(keys))
        })
    }

    /// Customers of a range, when rows are first dealt out.
    pub(super) fn width(&self) -> u32 {
        if self.adding { u32::MAX } else { width(self.places().keys().count(), self.ranges) }
    }

    fn put_customers(&self, place: Place, part: TableBuilder) -> Result<(), DataError> {
        let key = self.program.tables.first().and_then(|customers| customers.key);
        let Some(keys) = keys_of(&part, key) else { return Ok(()) };
        let all: Vec<u32> = (0..).take(part.rows()).collect();
        let (bytes, texts) = chunk(&part, &all, None);
        let at = self.file.add(&bytes)?;
        let rows = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let keys = Some(keys);
        locked(&self.customers).push(CustomersPart { place, rows, keys, origins: part.origins, texts, at });
        Ok(())
    }

    fn put_rows(&self, place: Place, part: TableBuilder) -> Result<(), DataError> {
        let (Some(of_table), Some(declared)) =
            (self.rows.get(&part.table.0), self.program.tables.get(part.table.0 as usize))
        else {
            return Ok(());
        };
        let places = self.places();
        let Some(ids) = keys_of(&part, declared.by) else { return Ok(()) };
        let mut owners = places.of_all(&ids);
        let (mut unknown, mut unknown_ids) = (0, FxHashSet::default());
        for (row, owner) in owners.iter_mut().enumerate().filter(|(_, owner)| **owner == NOBODY) {
            unknown += 1;
            unknown_ids.extend(ids.get(row).map(id_of));
            if self.adding {
                *owner = 0;
            }
        }
        let keys = keys_of(&part, declared.key).and_then(|keys| {
            let (first, last) = (keys.get(0)?, keys.get(keys.len().checked_sub(1)?)?);
            let (first, last) = (id_of(first), id_of(last));
            Some(KeysOf { first, last, ascend: keys.ascend(), ends: keys.ends(), rows: keys.len() })
        });
        let width = self.width();
        // Where a row stands in its part is only asked for where keys are compared.
        let numbers: Option<Vec<u32>> = keys.as_ref().map(|_| (0..).take(part.rows()).collect());
        let dealt = dealt(&owners, |owner| owner / width);
        let chunks = self.put_out(&part, (place, numbers.as_deref()), dealt)?;
        let nobodys = (0..).zip(&owners).filter(|(_, owner)| keys.is_some() && **owner == NOBODY);
        let nobodys: Vec<u32> = nobodys.map(|(row, _)| row).collect();
        let nobodys = if nobodys.is_empty() { Vec::new() } else { vec![(u32::MAX, nobodys)] };
        let nobodys = self.put_out(&part, (place, numbers.as_deref()), nobodys)?;
        let mut of_table = locked(of_table);
        of_table.parts.push(Part { place, origins: part.origins, keys });
        of_table.chunks.extend(chunks);
        of_table.nobodys.extend(nobodys);
        of_table.unknown += unknown;
        of_table.unknown_ids.extend(unknown_ids);
        Ok(())
    }

    /// Puts out the rows of each range.
    fn put_out(
        &self,
        part: &TableBuilder,
        (place, numbers): (Place, Option<&[u32]>),
        dealt: Vec<(u32, Vec<u32>)>,
    ) -> Result<Vec<Chunk>, DataError> {
        let chunks = dealt.into_iter().map(|(range, rows)| {
            let (bytes, texts) = chunk(part, &rows, numbers);
            let at = self.file.add(&bytes)?;
            Ok(Chunk { range, place, rows: u32::try_from(rows.len()).unwrap_or(u32::MAX), texts, at })
        });
        chunks.collect()
    }

    /// Deals rows that were put out for a range of customers out to ranges of so many of them; the number of a range says how
    /// many of these stand before it.
    pub(super) fn deal_again(
        &self,
        table: TableId,
        chunks: &[Chunk],
        (customers, width): (&Range<u32>, u32),
        places: &Places,
    ) -> Result<Vec<Chunk>, DataError> {
        let by = self.program.tables.get(table.0 as usize).and_then(|table| table.by);
        let mut all = Vec::new();
        for chunk in chunks {
            let coming = cells(chunk.texts, chunk.at) + u64::from(chunk.rows) * OF_DEALT;
            self.check(&[("dealing rows out to customers", coming)], Vec::new)?;
            let Some(Read { builder, numbers }) = self.read(table, chunk)? else { continue };
            let Some(ids) = keys_of(&builder, by) else { continue };
            let owners = places.of_all(&ids);
            let dealt = dealt(&owners, |owner| owner.saturating_sub(customers.start) / width.max(1));
            let numbers = numbers.as_deref();
            all.extend(self.put_out(&builder, (chunk.place, numbers), dealt)?);
        }
        Ok(all)
    }

    /// Rows that were put out; `None` of a table that is not read.
    pub(super) fn read(&self, table: TableId, chunk: &Chunk) -> Result<Option<Read>, DataError> {
        let Some(empty) = self.empty.get(&table.0) else { return Ok(None) };
        let bytes = self.file.bytes(chunk.at)?;
        let read = read_chunk(&bytes, empty.clone()).ok_or_else(|| self.file.torn())?;
        Ok(Some(read))
    }

    /// Only the rows' places in their part and one of their fields.
    pub(super) fn read_field(
        &self,
        table: TableId,
        chunk: &Chunk,
        field: FieldId,
    ) -> Result<Option<(Vec<u32>, Keys)>, DataError> {
        let Some(mut empty) = self.empty.get(&table.0).cloned() else { return Ok(None) };
        let Some(at) = empty.fields.iter().position(|builder| builder.field == field) else { return Ok(None) };
        let builder = empty.fields.swap_remove(at).builder;
        let bytes = self.file.bytes(chunk.at)?;
        let read = || {
            let mut from = Bytes::new(&bytes);
            let (_, numbers) = head(&mut from)?;
            for _ in 0..at {
                let length = usize::try_from(from.word()?).ok()?;
                from.take(length)?;
            }
            let length = usize::try_from(from.word()?).ok()?;
            let mut builder = builder;
            builder.fill(&mut Bytes::new(from.take(length)?))?;
            Some((numbers?, builder.into_keys()?))
        };
        read().map(Some).ok_or_else(|| self.file.torn())
    }

    /// Whether what is held is within the bound, with what is coming.
    pub(super) fn check(&self, coming: &[(&str, u64)], what: impl Fn() -> Vec<(String, u64)>) -> Result<(), DataError> {
        let Some(bound) = self.bound else { return Ok(()) };
        let places = self.customers_known.get();
        let keys = places.map_or(0, |places| places.keys().bytes() as u64);
        let index = places.map_or(0, |places| places.bytes() as u64);
        check(bound, coming, || {
            let unknown = self.rows.values().map(|rows| bytes_of_ids(locked(rows).unknown_ids.iter())).sum();
            let kept = [
                ("the customers' keys", keys),
                ("finding customers by their keys", index),
                ("ids of customers that the data do not have", unknown),
            ];
            what().into_iter().chain(kept.map(|(what, bytes)| (what.to_owned(), bytes))).collect()
        })
    }
}

/// The ids in a column of ids; `None` where there is none.
pub(super) fn keys_of(part: &TableBuilder, field: Option<FieldId>) -> Option<Keys> {
    part.field(field?)?.builder.clone().into_keys()
}

/// Rows by range, ascending; those of nobody are in none.
fn dealt(owners: &[u32], range: impl Fn(u32) -> u32) -> Vec<(u32, Vec<u32>)> {
    let ranges = || (0..).zip(owners).filter(|(_, owner)| **owner != NOBODY).map(|(row, owner)| (row, range(*owner)));
    let (least, greatest) =
        ranges().fold((u32::MAX, 0), |(least, greatest), (_, range)| (range.min(least), range.max(greatest)));
    if least > greatest {
        return Vec::new();
    }
    let span = (greatest - least) as usize + 1;
    if span > owners.len().max(MOST_LISTED) {
        let mut dealt: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        ranges().for_each(|(row, range)| dealt.entry(range).or_default().push(row));
        return dealt.into_iter().collect();
    }
    let mut dealt: Vec<Vec<u32>> = vec![Vec::new(); span];
    for (row, range) in ranges() {
        if let Some(rows) = dealt.get_mut((range - least) as usize) {
            rows.push(row);
        }
    }
    (least..=greatest).zip(dealt).filter(|(_, rows)| !rows.is_empty()).collect()
}

/// Some rows of a part as bytes, with their places in it where they are given; and how many texts are among them.
pub(super) fn chunk(part: &TableBuilder, rows: &[u32], numbers: Option<&[u32]>) -> (Vec<u8>, u32) {
    let mut bytes = Vec::new();
    put_count(rows.len(), &mut bytes);
    bytes.push(u8::from(numbers.is_some()));
    if let Some(numbers) = numbers {
        let numbers: Vec<u64> =
            rows.iter().filter_map(|row| numbers.get(*row as usize)).map(|at| (*at).into()).collect();
        put_cells(&numbers, &mut bytes);
    }
    let texts = part.put(rows, &mut bytes);
    (bytes, u32::try_from(texts).unwrap_or(u32::MAX))
}

/// Rows that were put out.
pub(super) struct Read {
    pub(super) builder: TableBuilder,
    /// Their places in their part.
    pub(super) numbers: Option<Vec<u32>>,
}

pub(super) fn read_chunk(bytes: &[u8], mut builder: TableBuilder) -> Option<Read> {
    let mut from = Bytes::new(bytes);
    let (rows, numbers) = head(&mut from)?;
    builder.fill(rows, &mut from)?;
    Some(Read { builder, numbers })
}

fn head(from: &mut Bytes<'_>) -> Option<(usize, Option<Vec<u32>>)> {
    let rows = from.count()?;
    let numbers = if from.byte()? == 1 { Some(from.cells(rows)?.codes().collect()) } else { None };
    Some((rows, numbers))
}

impl Sink for Dealer<'_> {
    fn takes(&self, table: TableId) -> bool {
        table == CUSTOMERS || self.rows.contains_key(&table.0)
    }

    fn rows(&self) -> usize {
        self.rows_of_part
    }

    fn threads(&self) -> usize {
        self.threads
    }

    fn is_over(&self) -> bool {
        self.over.get().is_some()
    }

    fn check(&self, next_rows: u64) -> Result<(), DataError> {
        Dealer::check(self, &[(NEXT_ROWS, next_rows)], Vec::new)
    }

    fn take(&self, place: Place, mut part: TableBuilder, _alone: bool) -> Counts {
        let counts = std::mem::take(&mut part.counts);
        if part.rows() == 0 || self.is_over() {
            return counts;
        }
        part.ready();
        let put = match part.table {
            CUSTOMERS => self.put_customers(place, part),
            _ => self.put_rows(place, part),
        };
        let put = put.and_then(|()| {
            // What holds ids is made anew, twice as large, as it grows.
            let of_set = |rows: &Mutex<Rows>| locked(rows).unknown_ids.capacity() * size_of::<Id>() * 2;
            let ids = self.rows.values().map(of_set).sum::<usize>() as u64;
            self.check(&[("more ids of customers that the data do not have", ids)], Vec::new)
        });
        if let Err(error) = put {
            _ = self.over.set(error);
        }
        counts
    }
}
