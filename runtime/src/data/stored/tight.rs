//! Columns in less room than they were loaded in, where runs do not become slower by it.

use super::forty::U40;
use super::{Buffer, Cells, Integers, Stored, StoredValues};

/// Fewer rows than this are left as they are.
const FEW_ROWS: usize = 1 << 14;

impl Stored {
    /// Takes less room: times and amounts that 40 bits hold take no more, and the codes of ids that ascend row by row, one
    /// by one, are only written out once somebody goes over them.
    ///
    /// Worth it for columns with marks, whose cells are read here and there only.
    pub(crate) fn tighten(&mut self) {
        if self.rows < FEW_ROWS {
            return;
        }
        let marked = self.marks.is_some();
        match &mut self.values {
            StoredValues::Integer(integers)
            | StoredValues::Money(integers)
            | StoredValues::Instant(integers)
            | StoredValues::Duration(integers)
            | StoredValues::Date(integers)
                if marked =>
            {
                if let Some(tight) = of_forty(integers) {
                    *integers = tight;
                }
            }
            StoredValues::Text { codes, .. } => {
                if let Cells::U32(cells) = &codes
                    && (0..).zip(cells.iter()).all(|(row, code)| row == *code)
                {
                    *codes = Cells::U32(Buffer::late(cells.len(), |row| u32::try_from(row).unwrap_or(u32::MAX)));
                }
            }
            _ => {}
        }
    }
}

fn of_forty(integers: &Integers) -> Option<Integers> {
    let Cells::U64(cells) = integers.cells() else { return None };
    if integers.greatest() > U40::MAX {
        return None;
    }
    let cells = cells.iter().map(|cell| U40::lower_bits_of(*cell)).collect();
    Some(integers.with_cells(Cells::U40(cells), integers.greatest()))
}
