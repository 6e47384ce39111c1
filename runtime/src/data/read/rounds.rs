//! Converting batches on several threads: some batches are read, converted side by side, and joined in their order.

use crate::data::DataError;
use crate::data::table::TableBuilder;
use rayon::prelude::*;

/// What conversions start from.
pub(crate) struct Rounds {
    /// A builder without rows.
    empty: TableBuilder,
}

impl Rounds {
    pub(crate) fn new(empty: TableBuilder) -> Rounds {
        Rounds { empty }
    }
}

/// Converts the batches that `next` gives until it gives none, and adds their rows to `table` in order.
pub(crate) fn convert_in_rounds<B: Send>(
    rounds: &Rounds,
    table: &mut TableBuilder,
    mut next: impl FnMut() -> Result<Option<B>, DataError>,
    convert: impl Fn(B, &mut TableBuilder) -> Result<(), DataError> + Sync,
) -> Result<(), DataError> {
    let width = rayon::current_num_threads() * 2;
    loop {
        let mut batches = Vec::with_capacity(width);
        while batches.len() < width {
            let Some(batch) = next()? else { break };
            batches.push(batch);
        }
        let over = batches.len() < width;
        if batches.len() == 1 || rayon::current_num_threads() == 1 {
            for batch in batches {
                convert(batch, table)?;
            }
        } else {
            let parts: Vec<Result<TableBuilder, DataError>> = batches
                .into_par_iter()
                .map(|batch| {
                    let mut part = rounds.empty.clone();
                    convert(batch, &mut part)?;
                    part.merge();
                    Ok(part)
                })
                .collect();
            for part in parts {
                table.append(part?);
            }
        }
        if over {
            return Ok(());
        }
    }
}
