//! Reading NDJSON: one record a line. A field that a record lacks is missing.
#![expect(clippy::indexing_slicing, reason = "slots are places of the fields that were asked for")]

use super::files::InputFile;
use super::quotes::as_written;
use super::rounds::{Rounds, convert_in_rounds};
use crate::data::convert::find_cell;
use crate::data::raw::{Raw, RawField};
use crate::data::table::TableBuilder;
use crate::data::{DataError, Progress};
use std::collections::BTreeSet;
use std::io::BufRead;
use std::sync::Mutex;

/// Whole lines.
struct Block {
    bytes: Vec<u8>,
    /// Number of the first line, from 1.
    first: u64,
}

const BLOCK: usize = 1 << 20;

/// Which columns the records of a file have.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// By the table's fields: whether any record has it.
    pub(crate) fields: Vec<bool>,
    /// Names met in the records looked at.
    pub(crate) names: BTreeSet<String>,
}

/// Reads all lines, and gives which columns were met.
pub(crate) fn read(
    file: &InputFile,
    table: &mut TableBuilder,
    rounds: &Rounds<'_>,
    progress: &dyn Progress,
) -> Result<Seen, DataError> {
    let mut input = file.unpacked(progress)?;
    let mut line = 1;
    let next = || {
        let mut block = Block { bytes: Vec::new(), first: line };
        while block.bytes.len() < BLOCK {
            let count = input.read_until(b'\n', &mut block.bytes).map_err(|error| file.error(error))?;
            if count == 0 {
                break;
            }
            line += 1;
        }
        Ok((!block.bytes.is_empty()).then_some(block))
    };
    let all = Mutex::new(Seen { fields: vec![false; table.fields.len()], names: BTreeSet::new() });
    convert_in_rounds(rounds, table, next, |block, table| {
        let seen = block.convert(file, table);
        if let Ok(mut all) = all.lock() {
            all.fields.iter_mut().zip(seen.fields).for_each(|(all, seen)| *all |= seen);
            all.names.extend(seen.names);
        }
        Ok(())
    })?;
    Ok(all.into_inner().unwrap_or_default())
}

impl Block {
    fn convert(&self, file: &InputFile, table: &mut TableBuilder) -> Seen {
        let mut seen = Seen { fields: vec![false; table.fields.len()], names: BTreeSet::new() };
        let columns: Vec<_> = table.fields.iter().map(|field| field.column.clone()).collect();
        let mut row = 0;
        for (number, line) in (self.first..).zip(self.bytes.split(|byte| *byte == b'\n')) {
            let line = line.trim_ascii();
            let line = if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
            if line.is_empty() {
                continue;
            }
            let cells = match parse_line(line) {
                Ok(cells) => cells,
                Err(reason) => {
                    table.unreadable_row(number, as_written(line), reason, &file.name);
                    continue;
                }
            };
            if row < 100 {
                seen.names.extend(cells.iter().map(|(name, _)| name.to_string()));
            }
            table.begin_row(number);
            for (slot, column) in columns.iter().enumerate() {
                let cell = find_cell(&cells, column);
                seen.fields[slot] |= cell.is_some();
                table.cell(slot, row, cell.unwrap_or(&Raw::Missing), &file.name);
            }
            row += 1;
        }
        table.end_batch(&file.name);
        seen
    }
}

/// The cells of a line's record.
pub(crate) fn parse_line(line: &[u8]) -> Result<Vec<RawField<'_>>, String> {
    const EXPECTED: &str = "I expected one record a line, such as {\"customer_id\": 7, \"country\": \"US\"}";
    let told =
        |error: serde_json::Error| format!("{EXPECTED}: the line cannot be read from character {} on", error.column());
    let quoted = |quoted: Vec<u8>| serde_json::from_slice::<Raw<'_>>(&quoted).map(Raw::into_owned);
    let plain = match with_numbers_quoted(line, DIGITS, is_long_whole_number).map(quoted) {
        // The line itself is told about, by its own places.
        None | Some(Err(_)) => serde_json::from_slice(line),
        Some(Ok(record)) => Ok(record),
    };
    let record = match plain {
        Ok(record) => record,
        Err(error) => {
            let judged = |number: &[u8]| is_long_whole_number(number) || is_endless(number);
            let record = with_numbers_quoted(line, 1, judged).map(quoted);
            record.and_then(Result::ok).ok_or_else(|| told(error))?
        }
    };
    let Raw::Record(cells) = record else { return Err(EXPECTED.to_owned()) };
    match named_twice(&cells) {
        Some(name) => Err(format!("the field \"{name}\" stands in the record twice: which of them is meant?")),
        None => Ok(cells),
    }
}

/// A name that several fields of a record have, or of a record in it.
fn named_twice<'c>(cells: &'c [RawField<'_>]) -> Option<&'c str> {
    // Records have few fields, so looking at all pairs is quicker than anything clever; those of many are sorted.
    const FEW: usize = 24;
    let twice = if cells.len() <= FEW {
        let mut pairs = cells.iter().enumerate();
        pairs
            .find(|(at, (name, _))| cells.iter().take(*at).any(|(other, _)| other == name))
            .map(|(_, (name, _))| &**name)
    } else {
        let mut names: Vec<&str> = cells.iter().map(|(name, _)| &**name).collect();
        names.sort_unstable();
        names.windows(2).find(|pair| pair.first() == pair.last()).and_then(|pair| pair.first().copied())
    };
    twice.or_else(|| cells.iter().find_map(|(_, cell)| named_twice_within(cell)))
}

fn named_twice_within<'c>(cell: &'c Raw<'_>) -> Option<&'c str> {
    match cell {
        Raw::Record(cells) => named_twice(cells),
        Raw::List(items) => items.iter().find_map(named_twice_within),
        _ => None,
    }
}

/// Digits of the largest whole number that 64 bits hold, with a sign.
const DIGITS: usize = 19;

/// The line with quotes around the numbers to be quoted, none of which has fewer than so many digits in a row; `None`
/// where the line has none. As numbers, whole ones beyond 64 bits would lose digits, and of an id each digit counts; those
/// that no float holds would make the whole line unreadable. As texts both are judged by what their field is declared as.
fn with_numbers_quoted(line: &[u8], digits: usize, is_quoted: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    // So many digits in a row stand at one of these places, too.
    if !line.iter().step_by(digits).any(u8::is_ascii_digit) {
        return None;
    }
    let mut quoted = Vec::new();
    let (mut copied, mut at, mut inside) = (0, 0, false);
    while let Some(byte) = line.get(at) {
        match byte {
            b'\\' if inside => at += 1,
            b'"' => inside = !inside,
            b'-' | b'0'..=b'9' if !inside => {
                let is_part = |byte: &&u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
                let end = at + line.iter().skip(at).take_while(is_part).count();
                let number = line.get(at..end)?;
                if is_quoted(number) {
                    quoted.extend_from_slice(line.get(copied..at)?);
                    quoted.push(b'"');
                    quoted.extend_from_slice(number);
                    quoted.push(b'"');
                    copied = end;
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    if copied == 0 {
        return None;
    }
    quoted.extend_from_slice(line.get(copied..)?);
    Some(quoted)
}

fn is_long_whole_number(number: &[u8]) -> bool {
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    digits.len() >= DIGITS
        && digits.iter().all(u8::is_ascii_digit)
        && !digits.starts_with(b"0")
        && std::str::from_utf8(number)
            .is_ok_and(|number| number.parse::<i64>().is_err() && number.parse::<u64>().is_err())
}

/// Whether a number is too great for a float.
fn is_endless(number: &[u8]) -> bool {
    std::str::from_utf8(number).is_ok_and(|number| number.parse::<f64>().is_ok_and(f64::is_infinite))
}

/// Calls `visit` with each of the first records; gives whether these were all.
pub(crate) fn visit(
    file: &InputFile,
    rows: u64,
    progress: &dyn Progress,
    visit: &mut dyn FnMut(&[RawField<'_>]),
) -> Result<bool, DataError> {
    let mut input = file.unpacked(progress)?;
    let (mut line, mut seen) = (Vec::new(), 0);
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(|error| file.error(error))? == 0 {
            return Ok(true);
        }
        if seen == rows {
            return Ok(false);
        }
        if let Ok(cells) = parse_line(line.trim_ascii()) {
            visit(&cells);
            seen += 1;
        }
    }
}
