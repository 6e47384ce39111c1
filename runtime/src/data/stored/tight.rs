//! Columns in less room than they were loaded in, where runs do not become slower by it, and in larger pages.

use super::forty::U40;
use super::{Buffer, Cells, FEW_ROWS, Integers, Stored, StoredValues};

impl Stored {
    /// Takes less room: times and amounts that 40 bits hold take no more, and the codes of ids that ascend row by row, one
    /// by one, are only written out once somebody goes over them. What is read here and there is put into large pages.
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
                if let Some(tight) = here_and_there(integers) {
                    *integers = tight;
                }
            }
            StoredValues::Number(numbers) if marked => *numbers = Buffer::in_large_pages(numbers.iter().copied()),
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

fn here_and_there(integers: &Integers) -> Option<Integers> {
    let greatest = integers.greatest();
    let cells = match integers.cells() {
        Cells::U64(cells) if greatest <= U40::MAX => {
            Cells::U40(Buffer::in_large_pages(cells.iter().map(|cell| U40::lower_bits_of(*cell))))
        }
        Cells::U64(cells) => Cells::U64(Buffer::in_large_pages(cells.iter().copied())),
        Cells::U32(cells) => Cells::U32(Buffer::in_large_pages(cells.iter().copied())),
        // Narrow ones have no marks, and what is tight stands where it should.
        Cells::U8(_) | Cells::U16(_) | Cells::U40(_) => return None,
    };
    Some(integers.with_cells(cells, greatest))
}
