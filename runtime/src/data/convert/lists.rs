//! Cells that hold several values: lists, sets of flags, records within rows.
#![expect(clippy::indexing_slicing, reason = "ends of lists are one more than rows")]

use super::{ColumnBuilder, FieldBuilder, Listed, Note, Pushed, Refusal, scalar};
use crate::data::raw::{Raw, RawField};
use crate::data::same_name;
use std::borrow::Cow;

/// What is said about a value that is no list.
pub(crate) const LIST: &str = "I expected a list, such as [\"hiking\", \"cycling\"] or hiking;cycling";
/// What is said about a set of flags that is a negative number.
pub(crate) const FLAGS: &str = "I expected a whole number of flags, from 0 on";
/// What is said about a value that is no list of records.
pub(crate) const RECORDS: &str = "I expected a list of records, such as [{\"product\": 7, \"quantity\": 1}]";
/// What is said about an element of such a list that is no record.
pub(crate) const RECORD: &str = "I expected a record, such as {\"product\": 7, \"quantity\": 1}";

const TOO_MANY_ENTRIES: &str = "the lists of this column hold more than 4,294,967,294 values together";

pub(super) fn push_list(
    offsets: &mut Vec<u32>,
    elements: &mut ColumnBuilder,
    raw: &Raw<'_>,
    notes: &mut Vec<Note>,
) -> Result<Pushed, Refusal> {
    let mut first_refusal = None;
    let mut push = |item: &Raw<'_>| {
        if let Err(refusal) = elements.push_element(item, notes) {
            first_refusal.get_or_insert(refusal);
        }
    };
    let pushed = match raw {
        Raw::Missing | Raw::Empty => Ok(Pushed::EmptyList),
        Raw::List(items) => {
            items.iter().for_each(&mut push);
            Ok(Pushed::Known)
        }
        Raw::Text(text) if text.trim_start().starts_with('[') => match serde_json::from_str(text) {
            Ok(serde_json::Value::Array(items)) => {
                items.iter().for_each(|item| push(&Raw::from_json(item)));
                Ok(Pushed::Known)
            }
            _ => Err(refused_list(raw)),
        },
        Raw::Text(text) => {
            let items = text.split([';', '|']).map(str::trim).filter(|item| !item.is_empty());
            items.for_each(|item| push(&Raw::Text(Cow::Borrowed(item))));
            Ok(Pushed::Known)
        }
        _ => Err(refused_list(raw)),
    };
    let pushed = first_refusal.map_or(pushed, Err);
    match end_list(offsets, elements.len()) {
        Ok(()) => pushed,
        Err(expected) => Err(Refusal { path: Vec::new(), value: raw.shown(), expected: expected.to_owned() }),
    }
}

/// Notes where the elements of the row's list end. Past what 32 bits can count the row is refused, with an end that is
/// taken out with it.
fn end_list(offsets: &mut Vec<u32>, elements: usize) -> Result<(), &'static str> {
    let end = u32::try_from(elements).ok().filter(|end| *end < u32::MAX);
    offsets.push(end.unwrap_or(u32::MAX));
    end.map(|_| ()).ok_or(TOO_MANY_ENTRIES)
}

fn refused_list(raw: &Raw<'_>) -> Refusal {
    let expected = LIST.to_owned();
    Refusal { path: Vec::new(), value: raw.shown(), expected }
}

pub(super) fn push_bits(
    sets: &mut Vec<u64>,
    entries: &mut u64,
    listed: &Listed,
    raw: &Raw<'_>,
    notes: &mut Vec<Note>,
) -> Result<Pushed, &'static str> {
    let judged = match raw {
        Raw::Unsigned(flags) => Ok(Some(*flags)),
        raw => scalar::integer(raw).and_then(|flags| match flags {
            Some(flags) => u64::try_from(flags).map(Some).map_err(|_| FLAGS),
            None => Ok(None),
        }),
    };
    let mut set = 0;
    if let Ok(Some(flags)) = judged {
        for bit in (0..64).filter(|bit| flags >> bit & 1 == 1) {
            if (bit as usize) < listed.values.len() {
                set |= 1 << bit;
            } else {
                notes.push(Note::Outside { path: Vec::new(), value: format!("flag {bit}") });
            }
        }
    }
    sets.push(set);
    *entries += u64::from(set.count_ones());
    if *entries >= u64::from(u32::MAX) {
        return Err(TOO_MANY_ENTRIES);
    }
    judged.map(|flags| if flags.is_some() { Pushed::Known } else { Pushed::EmptyList })
}

pub(super) fn push_records(
    offsets: &mut Vec<u32>,
    fields: &mut [FieldBuilder],
    raw: &Raw<'_>,
    notes: &mut Vec<Note>,
) -> Result<Pushed, Refusal> {
    let refused = || Refusal { path: Vec::new(), value: raw.shown(), expected: RECORDS.to_owned() };
    let mut count = offsets.last().map_or(0, |end| *end as usize);
    let mut push = |item: &Raw<'_>| {
        count += 1;
        push_record(fields, item, notes)
    };
    let pushed = match raw {
        Raw::Missing | Raw::Empty => Ok(Pushed::EmptyList),
        Raw::List(items) => items.iter().map(&mut push).fold(Ok(()), Result::and).map(|()| Pushed::Known),
        Raw::Text(text) => match serde_json::from_str(text) {
            Ok(serde_json::Value::Array(items)) => {
                let pushed = items.iter().map(|item| push(&Raw::from_json(item)));
                pushed.fold(Ok(()), Result::and).map(|()| Pushed::Known)
            }
            _ => Err(refused()),
        },
        _ => Err(refused()),
    };
    match end_list(offsets, count) {
        Ok(()) => pushed,
        Err(expected) => Err(Refusal { path: Vec::new(), value: raw.shown(), expected: expected.to_owned() }),
    }
}

/// Adds one record as a row of the list's own table.
fn push_record(fields: &mut [FieldBuilder], raw: &Raw<'_>, notes: &mut Vec<Note>) -> Result<(), Refusal> {
    let mut result = match raw {
        Raw::Record(_) => Ok(()),
        _ => Err(Refusal { path: Vec::new(), value: raw.shown(), expected: RECORD.to_owned() }),
    };
    for field in fields {
        let cell = if let Raw::Record(cells) = raw { find_cell(cells, &field.column) } else { None };
        let start = notes.len();
        let pushed = field.builder.push(cell.unwrap_or(&Raw::Missing), notes);
        for note in notes.iter_mut().skip(start) {
            let (Note::Outside { path, .. } | Note::Clock { path, .. }) = note;
            path.insert(0, field.column.clone());
        }
        result = result.and(pushed.map_err(|mut refusal| {
            refusal.path.insert(0, field.column.clone());
            refusal
        }));
    }
    result
}

/// A record's value by its name: exactly, else ignoring capitals.
pub(crate) fn find_cell<'c, 'a>(cells: &'c [RawField<'a>], name: &str) -> Option<&'c Raw<'a>> {
    let exact = cells.iter().find(|(cell, _)| cell == name);
    let found = exact.or_else(|| cells.iter().find(|(cell, _)| same_name(cell, name)));
    found.map(|(_, raw)| raw)
}

/// Drops rows of a list column; gives where its elements to judge start and which of them stay.
pub(super) fn retain_offsets(offsets: &mut Vec<u32>, start: usize, keep: &[bool]) -> (usize, Vec<bool>) {
    let first = offsets[start];
    let mut inner = Vec::new();
    let (mut end, mut to, mut before) = (first, start + 1, first);
    for from in start + 1..offsets.len() {
        let (length, stays) = (offsets[from] - before, keep.get(from - start - 1).copied().unwrap_or(true));
        before = offsets[from];
        inner.extend(std::iter::repeat_n(stays, length as usize));
        if stays {
            end += length;
            offsets[to] = end;
            to += 1;
        }
    }
    offsets.truncate(to);
    (first as usize, inner)
}

pub(super) fn append_offsets(offsets: &mut Vec<u32>, more: &[u32]) {
    let last = offsets.last().copied().unwrap_or(0);
    offsets.extend(more.iter().skip(1).map(|offset| last.saturating_add(*offset)));
}
