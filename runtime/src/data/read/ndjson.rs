//! Reading NDJSON: one record a line. A field that a record lacks is missing.
#![expect(clippy::indexing_slicing, reason = "slots are places of the fields that were asked for")]

use super::files::InputFile;
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
                    let start: String = String::from_utf8_lossy(line).chars().take(60).collect();
                    table.unreadable_row(number, start, reason, &file.name);
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
    match serde_json::from_slice(line) {
        Ok(Raw::Record(cells)) => Ok(cells),
        Ok(_) => Err(EXPECTED.to_owned()),
        Err(error) => Err(format!("{EXPECTED}: the line cannot be read from character {} on", error.column())),
    }
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
