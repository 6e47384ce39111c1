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
    rounds: &Rounds,
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
    let record = match with_long_numbers_quoted(line) {
        None => serde_json::from_slice(line).map_err(told)?,
        Some(quoted) => match serde_json::from_slice::<Raw<'_>>(&quoted) {
            Ok(record) => record.into_owned(),
            // The line itself is told about, by its own places.
            Err(_) => serde_json::from_slice(line).map_err(told)?,
        },
    };
    match record {
        Raw::Record(cells) => Ok(cells),
        _ => Err(EXPECTED.to_owned()),
    }
}

/// Digits of the largest whole number that 64 bits hold, with a sign.
const DIGITS: usize = 19;

/// The line with quotes around whole numbers beyond 64 bits. As numbers they would lose digits, and of an id each digit
/// counts; as texts they are judged by what their field is declared as. `None` where the line has none.
fn with_long_numbers_quoted(line: &[u8]) -> Option<Vec<u8>> {
    // So many digits in a row stand at one of these places, too.
    if !line.iter().step_by(DIGITS).any(u8::is_ascii_digit) {
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
                if is_long_whole_number(number) {
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
